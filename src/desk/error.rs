//! Why a use case did not do what was asked. `web` turns each into a problem with a stable code and a status.

use std::sync::Arc;

use thiserror::Error;

use crate::store::StoreError;
use crate::ticket::event::Actor;
use crate::ticket::refusal::Refusal;
use crate::workflow::definition::Text;
use crate::workflow::id::{ActionId, DepartmentId};
use crate::workflow::moment::Moment;

use super::definitions::Checked;
use super::principal::Scope;

/// What went wrong, and what the caller can do about it.
#[derive(Debug, Error)]
pub enum DeskError {
    /// 422 (403 when every objection is about who): the workflow refuses. Rungs that were due stay applied (L3).
    #[error("refused: {}", codes(.0))]
    Refused(Refusal),
    /// 404: not there, or not visible to this person; the answer does not say which.
    #[error("not found: {what}")]
    NotFound { what: &'static str },
    /// 412: somebody changed it since. `by` is who did something last, and what; nothing yet but opening it is `None`.
    #[error("stale: the ticket is at revision {revision}")]
    Stale {
        revision: u64,
        by: Actor,
        at: Moment,
        what: Option<ActionId>,
    },
    /// 428: an action needs the revision the user saw.
    #[error("the revision that was seen is required")]
    PreconditionRequired,
    /// 422: the idempotency key was used with another body.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// 409: the first request with this key is still running.
    #[error("a request with this idempotency key is running")]
    InFlight,
    /// 503 with Retry-After: the queue is full.
    #[error("the queue is full")]
    Busy,
    /// 503: the commit may or may not have happened; the idempotency key decides.
    #[error("unknown whether it was saved: {0}")]
    Unknown(String),
    /// 403: the token lacks a scope.
    #[error("needs the scope {}", .need.word())]
    Forbidden { need: Scope },
    /// 403: the person's roles do not allow it.
    #[error("not allowed: {}", .why.as_str())]
    NotAllowed { why: NotAllowed },
    /// 422: the request does not hold together.
    #[error("invalid: {}", pointers(.0))]
    Invalid(Vec<Problem>),
    /// 409: what is there forbids it (the last member of an `always` role, a version that is already published).
    #[error("conflict: {}", .0.code)]
    Conflict(Box<Problem>),
    /// 422: the file has findings, or a story did not go as told.
    #[error("the file is not clean: {} findings, {} stories failed", .0.findings.len(), .0.failures.len())]
    Unclean(Box<Checked>),
    /// 503: the version a ticket runs on is not loaded (published by another process a moment ago).
    #[error("the workflow version {0} is not loaded")]
    UnknownDefinition(Arc<str>),
    /// 503 when the store is out of reach, else 500; logged where it is answered.
    #[error(transparent)]
    Store(StoreError),
}

/// Why somebody's roles do not allow it. Each has a sentence `not-allowed-WORD` in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAllowed {
    /// For administrators.
    Administrator,
    /// For administrators and managers.
    Administer,
    /// The person is not in the directory, or no longer.
    Unknown,
    /// Auditors see everything and change nothing.
    Watches,
    /// Their department gave the ticket away: it is there to read.
    GivenAway,
    /// Somebody else reported the contact.
    OthersContact,
    /// The duty of others is for shift leads, managers and administrators.
    ShiftLead,
    /// Figures are for managers, auditors, shift leads and whoever belongs to a department.
    Figures,
    /// Codes for callers are made by the people of the centre, not by departments.
    Centre,
    /// A private file is for whoever acts on the ticket.
    PrivateFile,
}

impl NotAllowed {
    pub const ALL: [Self; 10] = [
        Self::Administrator,
        Self::Administer,
        Self::Unknown,
        Self::Watches,
        Self::GivenAway,
        Self::OthersContact,
        Self::ShiftLead,
        Self::Figures,
        Self::Centre,
        Self::PrivateFile,
    ];

    pub(super) fn into_error(self) -> DeskError {
        DeskError::NotAllowed { why: self }
    }

    /// Stable for programs: the code of the fault.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Administer => "administrator_or_manager",
            Self::Unknown => "not_in_directory",
            Self::Watches => "auditor",
            Self::GivenAway => "given_away",
            Self::OthersContact => "others_contact",
            Self::ShiftLead => "shift_lead",
            Self::Figures => "figures",
            Self::Centre => "centre",
            Self::PrivateFile => "private_file",
        }
    }
}

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// JSON pointer into the request: `/values/place`.
    pub pointer: String,
    /// Stable: `unknown_action`, `last_member`, …
    pub code: &'static str,
    pub sentence: Text,
}

impl Problem {
    pub fn new(pointer: impl Into<String>, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            sentence: Text {
                zh: zh.into(),
                en: en.into(),
            },
        }
    }

    /// A department that is named and is not there.
    pub fn no_department(pointer: impl Into<String>, department: &DepartmentId) -> Self {
        Self::new(
            pointer,
            "unknown",
            format!("没有“{department}”这个部门"),
            format!("There is no department “{department}”"),
        )
    }

    /// A cursor that was given out for another list, or by nobody.
    pub fn wrong_cursor() -> Self {
        Self::new(
            "cursor",
            "cursor",
            "这个游标不是这个列表给出的：请从第一页开始",
            "This cursor is not of this list: begin at the first page",
        )
    }
}

impl From<Problem> for DeskError {
    fn from(problem: Problem) -> Self {
        Self::Invalid(vec![problem])
    }
}

impl From<Vec<Problem>> for DeskError {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Invalid(problems)
    }
}

impl From<StoreError> for DeskError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Busy,
            StoreError::Unknown(why) => Self::Unknown(why),
            StoreError::Database(_)
            | StoreError::Unreadable { .. }
            | StoreError::Stopped
            | StoreError::Panicked(_)
            | StoreError::Failed(_)
            | StoreError::Away(_) => Self::Store(error),
        }
    }
}

impl From<Refusal> for DeskError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl DeskError {
    /// True when nothing could be saved whoever asked: the same again may succeed in a moment.
    pub fn is_of_the_database(&self) -> bool {
        match self {
            Self::Busy | Self::Unknown(_) => true,
            Self::Store(error) => match error {
                StoreError::Away(_)
                | StoreError::Database(_)
                | StoreError::Stopped
                | StoreError::Busy
                | StoreError::Unknown(_) => true,
                StoreError::Unreadable { .. } | StoreError::Panicked(_) | StoreError::Failed(_) => false,
            },
            Self::Refused(_)
            | Self::NotFound { .. }
            | Self::Stale { .. }
            | Self::PreconditionRequired
            | Self::KeyReused
            | Self::InFlight
            | Self::Forbidden { .. }
            | Self::NotAllowed { .. }
            | Self::Invalid(_)
            | Self::Conflict(_)
            | Self::Unclean(_)
            | Self::UnknownDefinition(_) => false,
        }
    }

    pub fn not_found(what: &'static str) -> Self {
        Self::NotFound { what }
    }
}

fn codes(refusal: &Refusal) -> String {
    let codes: Vec<_> = refusal
        .objections
        .iter()
        .map(|objection| objection.code.as_str())
        .collect();
    codes.join(", ")
}

fn pointers(problems: &[Problem]) -> String {
    let pointers: Vec<_> = problems
        .iter()
        .map(|problem| format!("{} {}", problem.pointer, problem.code))
        .collect();
    pointers.join(", ")
}
