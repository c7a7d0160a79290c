//! The administrator's data: departments, roles, people, duty roster, absences, calendars; all with validity.
//!
//! Pure values with the questions the core asks of them. A `Directory` is one consistent picture; `store` loads it,
//! `ombud import` and the API change it. Nothing here knows a database.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::definition::Text;
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
    /// `zh-CN` or `en`.
    pub language: String,
    #[serde(default)]
    pub valid: Validity,
}

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
}
