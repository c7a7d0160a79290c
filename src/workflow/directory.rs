//! The administrator's data: departments, roles, people, duty roster, absences, calendars; all with validity.
//!
//! Pure values with the questions the core asks of them. A `Directory` is one consistent picture; `store` loads it,
//! `ombud import` and the API change it. Nothing here knows a database.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::definition::Text;
use super::duty::{DutySettings, SignOn};
use super::id::{CalendarId, DepartmentId, PersonId, RoleId};
use super::moment::Moment;

/// From (included) and to (excluded); an open end is for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Moment>,
}

impl Validity {
    pub fn covers(&self, at: Moment) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at < to)
    }
}

/// A department, a node of the tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Department {
    pub id: DepartmentId,
    pub title: Text,
    pub parent: Option<DepartmentId>,
    #[serde(default)]
    pub valid: Validity,
}

/// Somebody who can act.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    pub email: Option<String>,
    /// Where else they are reached, by kind: a telephone for short messages, an account of a chat room.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub addresses: BTreeMap<String, String>,
    /// `zh-CN` or `en`.
    pub language: String,
    #[serde(default)]
    pub valid: Validity,
}

/// Whether a text may stand among a person's addresses.
pub fn is_address(text: &str) -> bool {
    let length = text.chars().count();
    (1..=ADDRESS_LENGTH_MAX).contains(&length) && text.trim() == text && !text.chars().any(char::is_control)
}

/// Characters of an address at most.
const ADDRESS_LENGTH_MAX: usize = 200;

/// A role of a person, in a department or in the whole centre.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Membership {
    pub person: PersonId,
    pub role: RoleId,
    pub department: Option<DepartmentId>,
    #[serde(default)]
    pub valid: Validity,
}

/// A shift of the duty roster; may cross midnight. Without a role it counts for every role of the person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    pub person: PersonId,
    pub role: Option<RoleId>,
    pub from: Moment,
    pub to: Moment,
}

impl Shift {
    /// Whether the shift counts in this role; in any when none is asked for.
    pub fn is_in(&self, role: Option<&RoleId>) -> bool {
        match (&self.role, role) {
            (None, _) | (_, None) => true,
            (Some(own), Some(role)) => own == role,
        }
    }
}

/// Somebody is away; the substitute, where there is one, stands in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Absence {
    pub person: PersonId,
    pub from: Moment,
    pub to: Moment,
    pub substitute: Option<PersonId>,
}

/// Who may use the built-in actions that are configured here and not in the files (LANGUAGE, «Built in»).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BuiltinRoles {
    /// Beside the task's owners.
    pub sign: Vec<RoleId>,
    pub chase: Vec<RoleId>,
    pub watch: Vec<RoleId>,
    pub correct: Vec<RoleId>,
    pub reveal: Vec<RoleId>,
    /// Grants returns and forces dispatch (R15).
    pub grant_return: Vec<RoleId>,
    /// Links, merges and undoes merging.
    pub link: Vec<RoleId>,
}

impl Default for BuiltinRoles {
    fn default() -> Self {
        let roles = |names: &[&str]| names.iter().map(|name| RoleId::from(*name)).collect();
        Self {
            sign: Vec::new(),
            chase: roles(&["agent", "shift_lead", "manager"]),
            watch: roles(&["manager"]),
            correct: roles(&["shift_lead", "manager"]),
            reveal: roles(&["agent", "shift_lead", "callback", "manager"]),
            grant_return: roles(&["shift_lead"]),
            link: roles(&["agent", "shift_lead", "manager"]),
        }
    }
}

/// One consistent picture of the administrator's data.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// Rises with every change; events name it.
    pub version: i64,
    pub departments: IndexMap<DepartmentId, Department>,
    pub roles: IndexMap<RoleId, Text>,
    pub people: IndexMap<PersonId, Person>,
    pub memberships: Vec<Membership>,
    pub shifts: Vec<Shift>,
    pub absences: Vec<Absence>,
    pub calendars: IndexMap<CalendarId, Arc<Calendar>>,
    pub builtin: BuiltinRoles,
    pub sign_ons: Vec<SignOn>,
    pub duty: DutySettings,
    /// Made on the first question; a `Directory` in use is never changed, only replaced.
    index: OnceLock<Index>,
}

/// Which entries of the lists are about whom.
#[derive(Clone, Debug, Default)]
struct Index {
    by_role: HashMap<RoleId, Vec<usize>>,
    by_seat: HashMap<(RoleId, DepartmentId), Vec<usize>>,
    by_person: HashMap<PersonId, Vec<usize>>,
    shifts: HashMap<PersonId, Vec<usize>>,
    absences: HashMap<PersonId, Vec<usize>>,
    /// Absences by who stands in.
    stands_in: HashMap<PersonId, Vec<usize>>,
    sign_ons: HashMap<PersonId, Vec<usize>>,
    /// Departments right below each one.
    below: HashMap<DepartmentId, Vec<DepartmentId>>,
}

impl Directory {
    /// Forgets what was indexed: to be called after its lists were changed.
    pub fn changed(&mut self) {
        self.index = OnceLock::new();
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut index = Index::default();
            for (place, membership) in self.memberships.iter().enumerate() {
                index.by_role.entry(membership.role.clone()).or_default().push(place);
                index
                    .by_person
                    .entry(membership.person.clone())
                    .or_default()
                    .push(place);
                if let Some(department) = &membership.department {
                    index
                        .by_seat
                        .entry((membership.role.clone(), department.clone()))
                        .or_default()
                        .push(place);
                }
            }
            for (place, shift) in self.shifts.iter().enumerate() {
                index.shifts.entry(shift.person.clone()).or_default().push(place);
            }
            for (place, absence) in self.absences.iter().enumerate() {
                index.absences.entry(absence.person.clone()).or_default().push(place);
                if let Some(substitute) = &absence.substitute {
                    index.stands_in.entry(substitute.clone()).or_default().push(place);
                }
            }
            for (place, sign_on) in self.sign_ons.iter().enumerate() {
                index.sign_ons.entry(sign_on.person.clone()).or_default().push(place);
            }
            for department in self.departments.values() {
                if let Some(parent) = &department.parent {
                    index
                        .below
                        .entry(parent.clone())
                        .or_default()
                        .push(department.id.clone());
                }
            }
            index
        })
    }

    /// Persons with a role at that instant: in one department exactly (never up the tree), or in any.
    pub fn members(&self, role: &RoleId, department: Option<&DepartmentId>, at: Moment) -> Vec<PersonId> {
        let index = self.index();
        let places = match department {
            None => index.by_role.get(role),
            Some(department) => index.by_seat.get(&(role.clone(), department.clone())),
        };
        let mut members = Vec::new();
        for membership in places
            .into_iter()
            .flatten()
            .filter_map(|place| self.memberships.get(*place))
        {
            if membership.valid.covers(at)
                && self.is_known(&membership.person, at)
                && !members.contains(&membership.person)
            {
                members.push(membership.person.clone());
            }
        }
        members
    }

    /// The roles of a person at that instant, each with its department.
    pub fn roles_of(&self, person: &PersonId, at: Moment) -> impl Iterator<Item = &Membership> {
        let known = self.is_known(person, at);
        self.index()
            .by_person
            .get(person)
            .into_iter()
            .flatten()
            .filter_map(|place| self.memberships.get(*place))
            .filter(move |membership| known && membership.valid.covers(at))
    }

    /// Somebody who works here at that instant.
    pub fn is_known(&self, person: &PersonId, at: Moment) -> bool {
        self.people.get(person).is_some_and(|person| person.valid.covers(at))
    }

    /// Rostered at that instant, in this role or in every role; whether they have signed on is asked by
    /// [`Self::at_their_post`].
    pub fn is_on_duty(&self, person: &PersonId, role: Option<&RoleId>, at: Moment) -> bool {
        self.shifts_of(person)
            .any(|shift| shift.is_in(role) && shift.from <= at && at < shift.to)
    }

    /// The shifts of a person, in no order.
    pub fn shifts_of(&self, person: &PersonId) -> impl Iterator<Item = &Shift> {
        let places = self.index().shifts.get(person).into_iter().flatten();
        places.filter_map(|place| self.shifts.get(*place))
    }

    /// The absences of a person, in no order.
    pub fn absences_of(&self, person: &PersonId) -> impl Iterator<Item = &Absence> {
        let places = self.index().absences.get(person).into_iter().flatten();
        places.filter_map(|place| self.absences.get(*place))
    }

    /// Whom a person stands in for at that instant.
    pub fn stands_in_for(&self, person: &PersonId, at: Moment) -> impl Iterator<Item = &PersonId> {
        let places = self.index().stands_in.get(person).into_iter().flatten();
        places
            .filter_map(|place| self.absences.get(*place))
            .filter(move |absence| absence.from <= at && at < absence.to)
            .map(|absence| &absence.person)
    }

    /// On duty by their own shift, or by that of an absent holder of the role for whom they stand in.
    pub fn serves(&self, person: &PersonId, role: Option<&RoleId>, at: Moment) -> bool {
        let holds = |absent: &PersonId| {
            role.is_none_or(|role| self.roles_of(absent, at).any(|membership| membership.role == *role))
        };
        self.is_on_duty(person, role, at)
            || self
                .stands_in_for(person, at)
                .any(|absent| holds(absent) && self.is_on_duty(absent, role, at))
    }

    /// The sign-on that runs at that instant.
    pub fn sign_on_of(&self, person: &PersonId, at: Moment) -> Option<&SignOn> {
        let mut places = self.index().sign_ons.get(person).into_iter().flatten();
        places.find_map(|place| {
            self.sign_ons
                .get(*place)
                .filter(|sign_on| sign_on.from <= at && at < sign_on.to)
        })
    }

    /// Of those who are rostered in a role the ones who have signed on, where the house wants that; all of them when
    /// nobody has, so that nobody is forgotten because people forgot to sign on (decision 0010). The second value says
    /// that it came to this.
    pub fn at_their_post(&self, rostered: Vec<PersonId>, role: &RoleId, at: Moment) -> (Vec<PersonId>, bool) {
        if rostered.is_empty() || !self.duty.must_sign_on(role, at) {
            return (rostered, false);
        }
        let (signed_on, others): (Vec<PersonId>, Vec<PersonId>) = rostered
            .into_iter()
            .partition(|person| self.sign_on_of(person, at).is_some());
        if signed_on.is_empty() {
            (others, true)
        } else {
            (signed_on, false)
        }
    }

    fn absence(&self, person: &PersonId, at: Moment) -> Option<&Absence> {
        let mut places = self.index().absences.get(person).into_iter().flatten();
        places.find_map(|place| {
            self.absences
                .get(*place)
                .filter(|absence| absence.from <= at && at < absence.to)
        })
    }

    /// Known and not away.
    pub fn is_present(&self, person: &PersonId, at: Moment) -> bool {
        self.is_known(person, at) && self.absence(person, at).is_none()
    }

    /// The person, or while away the substitute; `None` when both are away.
    pub fn stand_in(&self, person: &PersonId, at: Moment) -> Option<PersonId> {
        match self.absence(person, at) {
            None => Some(person.clone()),
            Some(absence) => absence
                .substitute
                .clone()
                .filter(|substitute| self.is_present(substitute, at)),
        }
    }

    /// Who stands in for this person at that instant.
    pub fn substitute_of(&self, person: &PersonId, at: Moment) -> Option<&PersonId> {
        self.absence(person, at).and_then(|absence| absence.substitute.as_ref())
    }

    /// The department and everything below it; bounded, so that a circle in the tree cannot hang anybody.
    pub fn subtree(&self, root: &DepartmentId) -> Vec<DepartmentId> {
        let below = &self.index().below;
        let mut known = HashSet::from([root]);
        let mut found = vec![root];
        let mut next = 0;
        while let Some(parent) = found.get(next).copied() {
            let children = below.get(parent).into_iter().flatten();
            found.extend(children.filter(|child| known.insert(child)));
            next += 1;
        }
        found.into_iter().cloned().collect()
    }

    /// The calendar of that name, else `default`, else the first.
    pub fn calendar(&self, id: Option<&CalendarId>) -> Option<&Arc<Calendar>> {
        id.and_then(|id| self.calendars.get(id))
            .or_else(|| self.calendars.get("default"))
            .or_else(|| self.calendars.values().next())
    }
}
