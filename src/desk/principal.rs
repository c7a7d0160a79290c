//! Who asks: a person, and what the way they signed in allows.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::workflow::id::{DepartmentId, PersonId};

use super::error::DeskError;

/// The name under which the machine itself works.
pub const MACHINE: &str = "ombud";

/// A person with the scopes of the token or session they came by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    pub person: PersonId,
    pub scopes: BTreeSet<Scope>,
    /// A token may be narrowed to one department: only that department's tickets are visible.
    pub department: Option<DepartmentId>,
}

/// What a token may be used for. Roles decide what the person may do; scopes only narrow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// See tickets, their events and clocks.
    ReadTickets,
    OpenTickets,
    /// Actions, tasks, contacts.
    ActOnTickets,
    /// History with its own times (L12).
    ImportTickets,
    /// The feed of all events.
    ReadFeed,
    ReadDirectory,
    EditDirectory,
    ReadWorkflows,
    PublishWorkflows,
    /// Tokens of others.
    ManageTokens,
    /// The record: audit, exports.
    ReadRecord,
}

impl Scope {
    pub const ALL: [Self; 11] = [
        Self::ReadTickets,
        Self::OpenTickets,
        Self::ActOnTickets,
        Self::ImportTickets,
        Self::ReadFeed,
        Self::ReadDirectory,
        Self::EditDirectory,
        Self::ReadWorkflows,
        Self::PublishWorkflows,
        Self::ManageTokens,
        Self::ReadRecord,
    ];

    /// The word used in tokens and API: `tickets:read`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadTickets => "tickets:read",
            Self::OpenTickets => "tickets:open",
            Self::ActOnTickets => "tickets:act",
            Self::ImportTickets => "tickets:import",
            Self::ReadFeed => "feed:read",
            Self::ReadDirectory => "directory:read",
            Self::EditDirectory => "directory:edit",
            Self::ReadWorkflows => "workflows:read",
            Self::PublishWorkflows => "workflows:publish",
            Self::ManageTokens => "tokens:manage",
            Self::ReadRecord => "record:read",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

impl Principal {
    /// A person with every scope.
    pub fn whole(person: impl Into<PersonId>) -> Self {
        Self {
            person: person.into(),
            scopes: Scope::ALL.into_iter().collect(),
            department: None,
        }
    }

    /// The machine itself: first start, command line, demo. It administers; it is nobody who could act on a ticket,
    /// and nobody in the directory can have its name.
    pub fn machine() -> Self {
        Self::whole(MACHINE)
    }

    pub fn is_machine(&self) -> bool {
        self.person == *MACHINE
    }

    /// The person's name for the record; nothing for the machine.
    pub(super) fn named(&self) -> Option<String> {
        (!self.is_machine()).then(|| self.person.to_string())
    }

    /// Refuses when the scope is missing.
    pub fn needs(&self, need: Scope) -> Result<(), DeskError> {
        if self.scopes.contains(&need) {
            Ok(())
        } else {
            Err(DeskError::Forbidden { need })
        }
    }
}
