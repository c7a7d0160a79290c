//! Gaps of the roster before they happen: when nobody is on duty in a role that a workflow needs, and who would be
//! reached instead (R26, R27).
//!
//! Works on intervals, never on instants: for each level of an `else` chain the stretches in which somebody is there
//! are computed once, what they leave open is handed to the next level. The cost grows with shifts and absences of the
//! window, not with its length. Levels that depend on the ticket (`of: FIELD`, `who: creator`) may answer or not; they
//! are named as «perhaps» and not counted on.

mod span;

use super::check::LEVELS_MAX;
use super::definition::{Definition, PeopleRule, PeopleSource, RoleOf};
use super::directory::{Directory, Membership};
use super::id::{DepartmentId, PersonId, RoleId, RuleId, WorkflowId};

pub use span::Span;
use span::{cut, minus, union};

/// An interval in which a level that should be answered is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    pub workflow: WorkflowId,
    pub rule: RuleId,
    pub role: RoleId,
    /// Where the rule asks for the role in a department.
    pub department: Option<DepartmentId>,
    pub span: Span,
    pub why: GapWhy,
    /// Who is reached then; `None` when nobody at all would be.
    pub instead: Option<Instead>,
    /// Levels before it that may answer, depending on the ticket.
    pub perhaps: Vec<RuleId>,
}

/// Why nobody is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GapWhy {
    /// Nobody has the role.
    NoMember,
    NobodyRostered,
    /// Whoever should be there is absent, without a substitute who is not.
    EverybodyAway,
}

impl GapWhy {
    /// The word of the API; its sentence is `duty-gap-WORD`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoMember => "no_member",
            Self::NobodyRostered => "nobody_rostered",
            Self::EverybodyAway => "everybody_away",
        }
    }
}

/// The level that answers in a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instead {
    pub rule: RuleId,
    pub role: RoleId,
    /// Everybody who is there at some time of the interval.
    pub persons: Vec<PersonId>,
    /// They are away and are reached all the same: the role may never be empty.
    pub away: bool,
}

/// The gaps of one workflow in a window, by beginning.
pub fn gaps(definition: &Definition, directory: &Directory, window: Span) -> Vec<Gap> {
    let mut found = Vec::new();
    for rule in definition.people.values() {
        let PeopleSource::Role { role, of, on_duty } = &rule.source else {
            continue;
        };
        if !on_duty && !rule.always {
            continue;
        }
        let departments = match of {
            None => vec![None],
            Some(_) => seats(directory, &role.value, window).into_iter().map(Some).collect(),
        };
        for department in departments {
            let look = Look {
                definition,
                directory,
                of: of.as_ref(),
                department: department.as_ref(),
            };
            look.gaps_of(rule, &role.value, window, &mut found);
        }
    }
    found.sort_by(|one, other| (one.span.from, &one.role).cmp(&(other.span.from, &other.role)));
    found
}

/// Departments in which anybody has the role during the window.
fn seats(directory: &Directory, role: &RoleId, window: Span) -> Vec<DepartmentId> {
    let mut seats: Vec<DepartmentId> = directory
        .memberships
        .iter()
        .filter(|membership| membership.role == *role && window.within(membership.valid).is_some())
        .filter_map(|membership| membership.department.clone())
        .collect();
    seats.sort();
    seats.dedup();
    seats
}

/// Somebody is there in this interval.
struct Stretch {
    span: Span,
    person: PersonId,
}

/// One chain, in one department where it asks for one.
struct Look<'a> {
    definition: &'a Definition,
    directory: &'a Directory,
    of: Option<&'a RoleOf>,
    department: Option<&'a DepartmentId>,
}

impl Look<'_> {
    fn gaps_of(&self, rule: &PeopleRule, role: &RoleId, window: Span, found: &mut Vec<Gap>) {
        let on_duty = is_on_duty(rule);
        let there = self.stretches(role, self.department, on_duty, window);
        for gap in minus(window, &spans(&there)) {
            let why = self.why(role, on_duty, gap);
            for (span, instead, perhaps) in self.instead(rule, gap) {
                found.push(Gap {
                    workflow: self.definition.workflow.value.clone(),
                    rule: rule.id.clone(),
                    role: role.clone(),
                    department: self.department.cloned(),
                    span,
                    why,
                    instead,
                    perhaps,
                });
            }
        }
    }

    fn why(&self, role: &RoleId, on_duty: bool, gap: Span) -> GapWhy {
        let mut member = false;
        for membership in self.seated(role, self.department) {
            let Some(valid) = self.valid(membership, gap) else {
                continue;
            };
            member = true;
            let rostered = self.directory.shifts_of(&membership.person);
            let mut shifts = rostered.filter(|shift| shift.is_in(Some(role)));
            if !on_duty || shifts.any(|shift| valid.both(shift.from, shift.to).is_some()) {
                return GapWhy::EverybodyAway;
            }
        }
        if member {
            GapWhy::NobodyRostered
        } else {
            GapWhy::NoMember
        }
    }

    /// Who answers in a gap, piece by piece.
    fn instead(&self, rule: &PeopleRule, gap: Span) -> Vec<(Span, Option<Instead>, Vec<RuleId>)> {
        let mut done = Vec::new();
        let mut open = vec![gap];
        let mut perhaps = Vec::new();
        let mut level = Some(rule);
        for depth in 0..LEVELS_MAX {
            let Some(rule) = level else { break };
            if depth > 0 {
                match self.level(rule) {
                    None => perhaps.push(rule.id.clone()),
                    Some((role, department)) => {
                        let mut left = Vec::new();
                        for span in open {
                            let there = self.stretches(role, department, is_on_duty(rule), span);
                            left.extend(minus(span, &spans(&there)));
                            done.extend(union(&spans(&there)).into_iter().map(|piece| {
                                let persons = persons_in(&there, piece);
                                let instead = Instead {
                                    rule: rule.id.clone(),
                                    role: role.clone(),
                                    persons,
                                    away: false,
                                };
                                (piece, Some(instead), perhaps.clone())
                            }));
                        }
                        open = left;
                    }
                }
            }
            if rule.always {
                done.extend(
                    open.drain(..)
                        .map(|span| (span, self.all_away(rule, span), perhaps.clone())),
                );
            }
            level = rule
                .otherwise
                .as_ref()
                .and_then(|next| self.definition.people.get(&**next));
        }
        done.extend(open.into_iter().map(|span| (span, None, perhaps.clone())));
        done.sort_by_key(|(span, ..)| span.from);
        done
    }

    /// Role and department a level asks for; `None` when that depends on the ticket.
    fn level<'r>(&self, rule: &'r PeopleRule) -> Option<(&'r RoleId, Option<&DepartmentId>)> {
        match &rule.source {
            PeopleSource::Role { role, of: None, .. } => Some((&role.value, None)),
            PeopleSource::Role { role, of: Some(of), .. } => {
                let same = match (of, self.of) {
                    (RoleOf::Task(_), Some(RoleOf::Task(_))) => true,
                    (RoleOf::Field(one), Some(RoleOf::Field(other))) => one.value == other.value,
                    (RoleOf::Task(_) | RoleOf::Field(_), _) => false,
                };
                same.then_some((&role.value, self.department))
            }
            PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => None,
        }
    }

    /// The members of a role that may never be empty, away as they are (R27).
    fn all_away(&self, rule: &PeopleRule, span: Span) -> Option<Instead> {
        let PeopleSource::Role { role, .. } = &rule.source else {
            return None;
        };
        let persons = self.directory.members(&role.value, None, span.from);
        (!persons.is_empty()).then(|| Instead {
            rule: rule.id.clone(),
            role: role.value.clone(),
            persons,
            away: true,
        })
    }

    fn seated<'s>(
        &'s self,
        role: &'s RoleId,
        department: Option<&'s DepartmentId>,
    ) -> impl Iterator<Item = &'s Membership> {
        self.directory.memberships.iter().filter(move |membership| {
            membership.role == *role
                && department.is_none_or(|department| membership.department.as_ref() == Some(department))
        })
    }

    /// When somebody holds the role and works here.
    fn valid(&self, membership: &Membership, span: Span) -> Option<Span> {
        let person = self.directory.people.get(&membership.person)?;
        span.within(membership.valid)?.within(person.valid)
    }

    /// When who is there: rostered where that is asked for, present, or stood in for.
    fn stretches(&self, role: &RoleId, department: Option<&DepartmentId>, on_duty: bool, window: Span) -> Vec<Stretch> {
        let mut found = Vec::new();
        for membership in self.seated(role, department) {
            let Some(valid) = self.valid(membership, window) else {
                continue;
            };
            if !on_duty {
                self.present(&membership.person, valid, &mut found);
                continue;
            }
            for shift in self.directory.shifts_of(&membership.person) {
                if shift.is_in(Some(role))
                    && let Some(span) = valid.both(shift.from, shift.to)
                {
                    self.present(&membership.person, span, &mut found);
                }
            }
        }
        found
    }

    /// The person while present, the substitute while not.
    fn present(&self, person: &PersonId, span: Span, found: &mut Vec<Stretch>) {
        let away: Vec<Span> = self.away(person, span);
        for span in minus(span, &away) {
            found.push(Stretch {
                span,
                person: person.clone(),
            });
        }
        for absence in self.directory.absences_of(person) {
            let substitute = absence
                .substitute
                .as_ref()
                .and_then(|substitute| self.directory.people.get(substitute));
            if let Some(substitute) = substitute
                && let Some(span) = span.both(absence.from, absence.to)
                && let Some(span) = span.within(substitute.valid)
            {
                found.extend(
                    minus(span, &self.away(&substitute.id, span))
                        .into_iter()
                        .map(|span| Stretch {
                            span,
                            person: substitute.id.clone(),
                        }),
                );
            }
        }
    }

    fn away(&self, person: &PersonId, span: Span) -> Vec<Span> {
        let absences = self.directory.absences_of(person);
        cut(absences.map(|absence| (absence.from, absence.to)), span)
    }
}

fn is_on_duty(rule: &PeopleRule) -> bool {
    matches!(rule.source, PeopleSource::Role { on_duty: true, .. })
}

fn spans(stretches: &[Stretch]) -> Vec<Span> {
    stretches.iter().map(|stretch| stretch.span).collect()
}

fn persons_in(stretches: &[Stretch], piece: Span) -> Vec<PersonId> {
    let mut persons: Vec<PersonId> = stretches
        .iter()
        .filter(|stretch| piece.both(stretch.span.from, stretch.span.to).is_some())
        .map(|stretch| stretch.person.clone())
        .collect();
    persons.sort();
    persons.dedup();
    persons
}
