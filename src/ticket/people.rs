//! Who is meant: rules resolved to persons at an instant, along `else`, until somebody is found (L2, R27).

use crate::workflow::check::LEVELS_MAX;
use crate::workflow::definition::{Definition, PeopleRule, PeopleSource, Recipient, RoleOf};
use crate::workflow::directory::Directory;
use crate::workflow::id::{ActionId, DepartmentId, PersonId, RoleId, RuleId};
use crate::workflow::moment::Moment;
use crate::workflow::value::Value;

use super::event::{Fallen, FallenWhy};
use super::model::{Task, Ticket};

/// How an `else` chain is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// Level by level.
    Whole,
    /// From the first level straight to the `always` role: `by` in `anytime` and `after_close` (L2).
    FirstThenAlways,
}

/// Who was found, and the levels that were fallen through on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub persons: Vec<PersonId>,
    pub way: Vec<Fallen>,
}

/// Where people are looked for.
#[derive(Clone, Copy)]
pub struct Search<'a> {
    pub definition: &'a Definition,
    pub ticket: &'a Ticket,
    pub directory: &'a Directory,
    pub at: Moment,
    pub task: Option<&'a Task>,
    /// Persons whom `not_by` removes while resolving, with their substitutes.
    pub excluded: &'a [PersonId],
}

impl Search<'_> {
    /// The persons a rule means.
    pub fn resolve(&self, rule: &RuleId, walk: Walk) -> Found {
        let mut found = Found::default();
        let mut current = self.definition.people.get(rule);
        for level in 0..LEVELS_MAX {
            let Some(rule) = current else { break };
            let skipped = walk == Walk::FirstThenAlways && level > 0 && !rule.always;
            if !skipped {
                match self.level(rule) {
                    Ok((persons, note)) => {
                        found.persons = persons;
                        found.way.extend(note.map(|why| fallen(rule, why)));
                        return found;
                    }
                    Err(why) => found.way.push(fallen(rule, why)),
                }
            }
            current = rule
                .otherwise
                .as_ref()
                .and_then(|next| self.definition.people.get(&**next));
        }
        found
    }

    /// The persons a `tell` reaches: the assignee, else of the members those on duty, else all (L2).
    pub fn recipients(&self, recipient: &Recipient) -> Found {
        match recipient {
            Recipient::Rule(rule) => self.prefer_on_duty(rule, self.resolve(rule, Walk::Whole)),
            Recipient::OpenTasks => self.open_tasks(),
        }
    }

    fn open_tasks(&self) -> Found {
        let mut all = Found::default();
        for task in self.ticket.open_tasks() {
            let search = Search {
                task: Some(task),
                ..*self
            };
            match &task.assignee {
                Some(assignee) if self.directory.is_present(assignee, self.at) => all.add(Found {
                    persons: vec![assignee.clone()],
                    way: Vec::new(),
                }),
                _ => all.add(search.prefer_on_duty(&task.owner, search.resolve(&task.owner, Walk::Whole))),
            }
        }
        if all.persons.is_empty() {
            return self.owner();
        }
        all
    }

    /// The owner of the state: the assignee, else the group.
    pub fn owner(&self) -> Found {
        if let Some(assignee) = &self.ticket.assignee
            && self.directory.is_present(assignee, self.at)
        {
            return Found {
                persons: vec![assignee.clone()],
                way: Vec::new(),
            };
        }
        match self.definition.states.get(&self.ticket.state) {
            Some(state) => self.prefer_on_duty(&state.owner, self.resolve(&state.owner, Walk::Whole)),
            None => Found::default(),
        }
    }

    fn prefer_on_duty(&self, rule: &RuleId, mut found: Found) -> Found {
        let role = self.definition.people.get(rule).and_then(|rule| match &rule.source {
            PeopleSource::Role { role, .. } => Some(&role.value),
            PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => None,
        });
        let on_duty: Vec<PersonId> = found
            .persons
            .iter()
            .filter(|person| self.directory.serves(person, role, self.at))
            .cloned()
            .collect();
        if !on_duty.is_empty() {
            found.persons = match role {
                Some(role) => self.directory.at_their_post(on_duty, role, self.at).0,
                None => on_duty,
            };
        }
        found
    }

    /// Whom a level means, and what is to be recorded of it though it was not left.
    fn level(&self, rule: &PeopleRule) -> Result<(Vec<PersonId>, Option<FallenWhy>), FallenWhy> {
        let (persons, empty_because) = match &rule.source {
            PeopleSource::Role { role, of, on_duty } => self.by_role(role, of.as_ref(), *on_duty)?,
            PeopleSource::Creator => (self.present(self.ticket.creator.person())?, FallenWhy::Absent),
            PeopleSource::Assignee => {
                let assignee = self
                    .task
                    .map_or(self.ticket.assignee.as_ref(), |task| task.assignee.as_ref());
                (self.present(assignee)?, FallenWhy::Absent)
            }
            PeopleSource::DoerOf(action) => (self.present(self.last_doer(action))?, FallenWhy::Absent),
        };
        if persons.is_empty() {
            // «Nobody» is never a result: an `always` role is reached even when all its members are away (R27).
            return if rule.always && self.excluded.is_empty() {
                self.always(rule).map(|persons| (persons, None))
            } else {
                Err(empty_because)
            };
        }
        let concerned = self.concerned(rule);
        let allowed: Vec<PersonId> = persons
            .into_iter()
            .filter(|person| !self.excluded.contains(person) && !concerned.contains(&person))
            .collect();
        if allowed.is_empty() {
            return Err(FallenWhy::FourEyes);
        }
        let PeopleSource::Role {
            role, on_duty: true, ..
        } = &rule.source
        else {
            return Ok((allowed, None));
        };
        // After four eyes: whoever is rostered and may decide is asked before the next level is.
        let (persons, nobody_signed_on) = self.directory.at_their_post(allowed, role, self.at);
        Ok((persons, nobody_signed_on.then_some(FallenWhy::NobodySignedOn)))
    }

    fn by_role(
        &self,
        role: &RoleId,
        of: Option<&RoleOf>,
        on_duty: bool,
    ) -> Result<(Vec<PersonId>, FallenWhy), FallenWhy> {
        let members = match of {
            None => self.directory.members(role, None, self.at),
            Some(RoleOf::Task(_)) => match self.task {
                Some(task) => self.directory.members(role, Some(&task.department), self.at),
                None => return Err(FallenWhy::NothingNamed),
            },
            Some(RoleOf::Field(field)) => {
                let departments = departments_in(self.ticket.fields.get(&field.value));
                if departments.is_empty() {
                    return Err(FallenWhy::NothingNamed);
                }
                let mut members = Vec::new();
                for department in departments {
                    members.extend(self.directory.members(role, Some(department), self.at));
                }
                members
            }
        };
        if members.is_empty() {
            return Err(FallenWhy::NoMember);
        }
        let on_shift = |person: &PersonId| !on_duty || self.directory.is_on_duty(person, Some(role), self.at);
        let mut persons = Vec::new();
        for member in members.into_iter().filter(|member| on_shift(member)) {
            // The substitute of an absent member stands in, with the member's own shift.
            if let Some(present) = self.directory.stand_in(&member, self.at)
                && !persons.contains(&present)
            {
                persons.push(present);
            }
        }
        Ok((
            persons,
            if on_duty {
                FallenWhy::NobodyOnDuty
            } else {
                FallenWhy::Absent
            },
        ))
    }

    /// The person a complaint is about never handles it, nor do they through a substitute (R20).
    fn concerned(&self, rule: &PeopleRule) -> Vec<&PersonId> {
        let field = rule.not.as_ref().and_then(|field| self.ticket.fields.get(&field.value));
        let Some(Value::Person(person)) = field else {
            return Vec::new();
        };
        self.directory
            .substitute_of(person, self.at)
            .into_iter()
            .chain([person])
            .collect()
    }

    fn always(&self, rule: &PeopleRule) -> Result<Vec<PersonId>, FallenWhy> {
        match &rule.source {
            PeopleSource::Role { role, .. } => {
                let members = self.directory.members(role, None, self.at);
                if members.is_empty() {
                    Err(FallenWhy::NoMember)
                } else {
                    Ok(members)
                }
            }
            PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => Err(FallenWhy::NoMember),
        }
    }

    fn present(&self, person: Option<&PersonId>) -> Result<Vec<PersonId>, FallenWhy> {
        let person = person.ok_or(FallenWhy::NothingNamed)?;
        if !self.directory.is_known(person, self.at) {
            return Err(FallenWhy::NoMember);
        }
        Ok(self.directory.stand_in(person, self.at).into_iter().collect())
    }

    fn last_doer(&self, action: &ActionId) -> Option<&PersonId> {
        self.ticket
            .doings
            .iter()
            .rev()
            .find(|doing| doing.round == self.ticket.round && doing.action == *action)
            .and_then(|doing| doing.by.person())
    }
}

fn fallen(rule: &PeopleRule, why: FallenWhy) -> Fallen {
    Fallen {
        rule: rule.id.clone(),
        why,
    }
}

impl Found {
    /// Adds what another search found, each person and each fallen level once.
    pub fn add(&mut self, other: Self) {
        for person in other.persons {
            if !self.persons.contains(&person) {
                self.persons.push(person);
            }
        }
        for fallen in other.way {
            if !self.way.contains(&fallen) {
                self.way.push(fallen);
            }
        }
    }
}

/// The departments a value names; none for an empty field.
pub fn departments_in(value: Option<&Value>) -> Vec<&DepartmentId> {
    match value {
        Some(Value::Department(department)) => vec![department],
        Some(Value::Departments(departments)) => departments.iter().collect(),
        Some(
            Value::Text(_)
            | Value::Number(_)
            | Value::Money(_)
            | Value::YesNo(_)
            | Value::Choice(_)
            | Value::Time(_)
            | Value::Phone(_)
            | Value::Person(_)
            | Value::List(_)
            | Value::Erased,
        )
        | None => Vec::new(),
    }
}
