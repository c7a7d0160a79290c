//! The administrator's data: read it, change it. Each change is a row of the log: who, when, what, before, after.
//!
//! Changes are never retroactive (L11): what has begun can be ended from now on, not undone.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::workflow::directory::Directory;
use crate::workflow::id::PersonId;
use crate::workflow::moment::Moment;

use super::{Desk, DeskError, Principal};

/// What kind of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Department,
    Role,
    Person,
    Membership,
    Shift,
    Absence,
    Calendar,
    /// Who may use the built-in actions: one entry, `builtin`.
    Builtin,
}

impl Kind {
    pub const ALL: [Self; 8] = [
        Self::Department,
        Self::Role,
        Self::Person,
        Self::Membership,
        Self::Shift,
        Self::Absence,
        Self::Calendar,
        Self::Builtin,
    ];

    /// The word used in the table, the log and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::Role => "role",
            Self::Person => "person",
            Self::Membership => "membership",
            Self::Shift => "shift",
            Self::Absence => "absence",
            Self::Calendar => "calendar",
            Self::Builtin => "builtin",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// An entry: its key (the id; for memberships, shifts and absences a made-up one) and its body in JSON, shaped as the
/// types of `workflow::directory` (a calendar: as in `organisation.yaml`).
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub kind: Kind,
    pub key: String,
    pub body: Json,
    /// The directory's version at which it was last changed: its ETag.
    pub version: i64,
}

/// A change.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Adds or replaces. Without a key one is made (memberships, shifts, absences).
    Put {
        kind: Kind,
        key: Option<String>,
        body: Json,
    },
    /// Ends a membership, shift, absence, person or department at this moment, now at the earliest; what has not
    /// begun yet is removed.
    End {
        kind: Kind,
        key: String,
        at: Option<Moment>,
    },
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogLine {
    pub version: i64,
    pub at: Moment,
    pub by: Option<PersonId>,
    pub kind: Kind,
    pub key: String,
    pub before: Option<Json>,
    pub after: Option<Json>,
}

impl Desk {
    /// The picture everything is decided by now.
    pub fn directory(&self) -> Arc<Directory> {
        Arc::new(Directory::default())
    }

    /// Needs `directory:read`. Entries of one kind, by key; shifts and absences that touch the last 60 days or later.
    pub async fn entries(
        &self,
        _principal: &Principal,
        _kind: Kind,
        _after: Option<&str>,
        _limit: u64,
    ) -> Result<Vec<Entry>, DeskError> {
        Ok(Vec::new())
    }

    /// Needs `directory:edit`. All edits or none. `Conflict` with `last_member` when a role that may never be empty
    /// would be; `Invalid` with pointers `/0/…` into the list of edits. Returns the entries as they are now.
    pub async fn edit(&self, _principal: &Principal, _edits: Vec<Edit>) -> Result<Vec<Entry>, DeskError> {
        Ok(Vec::new())
    }

    /// Needs `record:read`. Changes after a version, oldest first.
    pub async fn directory_log(
        &self,
        _principal: &Principal,
        _after: i64,
        _limit: u64,
    ) -> Result<Vec<LogLine>, DeskError> {
        Ok(Vec::new())
    }
}
