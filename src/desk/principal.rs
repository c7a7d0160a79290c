//! Who asks: a person, and what the way they signed in allows.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::workflow::id::{ActionId, DepartmentId, PersonId, is_id};

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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// Sign on and off, swap shifts, hand over.
    Duty,
    ReadWorkflows,
    PublishWorkflows,
    /// Tokens of others.
    ManageTokens,
    /// The record: what administrators did, audit, exports.
    ReadRecord,
    /// Mails that were put aside.
    ManageMail,
    /// Personal data.
    Erase,
    /// How the server is doing.
    ReadMetrics,
    /// Daily sheets, months.
    ReadReports,
    /// What callers may know of their own tickets, by number and code: for the website of a hotline.
    FollowTickets,
    /// One action only, of the file or built in: a switch that may close a barrier and nothing else.
    Do(ActionId),
}

/// In front of an action in a scope.
const DO: &str = "tickets:act:";

impl Scope {
    /// Every scope but those of single actions, which [`Self::ActOnTickets`] holds.
    pub const ALL: [Self; 17] = [
        Self::ReadTickets,
        Self::OpenTickets,
        Self::ActOnTickets,
        Self::ImportTickets,
        Self::ReadFeed,
        Self::ReadDirectory,
        Self::EditDirectory,
        Self::Duty,
        Self::ReadWorkflows,
        Self::PublishWorkflows,
        Self::ManageTokens,
        Self::ReadRecord,
        Self::ManageMail,
        Self::Erase,
        Self::ReadMetrics,
        Self::ReadReports,
        Self::FollowTickets,
    ];

    /// The word used in tokens and API: `tickets:read`, `tickets:act:submit`.
    pub fn word(&self) -> Cow<'static, str> {
        let word = match self {
            Self::ReadTickets => "tickets:read",
            Self::OpenTickets => "tickets:open",
            Self::ActOnTickets => "tickets:act",
            Self::ImportTickets => "tickets:import",
            Self::ReadFeed => "feed:read",
            Self::ReadDirectory => "directory:read",
            Self::EditDirectory => "directory:edit",
            Self::Duty => "duty:act",
            Self::ReadWorkflows => "workflows:read",
            Self::PublishWorkflows => "workflows:publish",
            Self::ManageTokens => "tokens:manage",
            Self::ReadRecord => "record:read",
            Self::ManageMail => "mail:manage",
            Self::Erase => "record:erase",
            Self::ReadMetrics => "metrics:read",
            Self::ReadReports => "reports:read",
            Self::FollowTickets => "tickets:follow",
            Self::Do(action) => return Cow::Owned(format!("{DO}{action}")),
        };
        Cow::Borrowed(word)
    }

    pub fn parse(word: &str) -> Option<Self> {
        match word.strip_prefix(DO) {
            Some(action) => is_id(action).then(|| Self::Do(ActionId::from(action))),
            None => Self::ALL.into_iter().find(|scope| scope.word() == word),
        }
    }

    /// Every word that is a scope, for whoever wrote another one.
    pub fn words() -> Vec<String> {
        let mut words: Vec<String> = Self::ALL.iter().map(|scope| scope.word().into_owned()).collect();
        words.push(format!("{DO}ACTION"));
        words
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

    /// Whether a scope, or one that holds it, is there.
    pub fn has(&self, need: &Scope) -> bool {
        let whole = matches!(need, Scope::Do(_)) && self.scopes.contains(&Scope::ActOnTickets);
        whole || self.scopes.contains(need)
    }

    /// Under what name the answers to this principal's idempotency keys are kept: a token narrowed to a department never
    /// gets what was answered to a wider one.
    pub fn keeps_as(&self) -> String {
        match &self.department {
            None => self.person.to_string(),
            Some(department) => format!("{}@{department}", self.person),
        }
    }

    /// Refuses when the scope is missing.
    pub fn needs(&self, need: Scope) -> Result<(), DeskError> {
        if self.has(&need) {
            Ok(())
        } else {
            Err(DeskError::Forbidden { need })
        }
    }
}
