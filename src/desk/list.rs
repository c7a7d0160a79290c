//! Lists of tickets: filters, order, pages by cursor. Visibility is the start of the query.

use crate::workflow::id::{DepartmentId, PersonId, StateId, WorkflowId};
use crate::workflow::moment::Moment;

use super::{Desk, DeskError, Principal};

/// Rows of a page at most.
pub const LIMIT_MAX: u64 = 200;

/// What to list. Everything that is set must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub workflow: Option<WorkflowId>,
    pub state: Option<StateId>,
    /// A department that is involved now.
    pub department: Option<DepartmentId>,
    /// What waits for me: assigned to me, or owned by a group of mine and taken by nobody.
    pub mine: bool,
    /// A clock is late that still runs.
    pub late: Option<bool>,
    pub urgent: Option<bool>,
    /// `Some(true)` open ones, `Some(false)` closed ones.
    pub open: Option<bool>,
    pub assignee: Option<PersonId>,
    /// The number begins so.
    pub number: Option<String>,
    /// Tickets that my department gave away, as they were then (only with `number`).
    pub given_away: bool,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Last changed first.
    #[default]
    Updated,
    /// Newest number first.
    Number,
    /// What is due next first; tickets without a clock are left out.
    Due,
}

impl Sort {
    /// The word used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Number => "number",
            Self::Due => "due",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::Updated, Self::Number, Self::Due]
            .into_iter()
            .find(|sort| sort.as_str() == word)
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub number: String,
    pub workflow: WorkflowId,
    pub state: StateId,
    pub outcome: Option<String>,
    pub subject: String,
    pub urgent: bool,
    pub creator: Option<PersonId>,
    pub assignee: Option<PersonId>,
    pub opened_at: Moment,
    pub updated_at: Moment,
    pub closed_at: Option<Moment>,
    pub due_at: Option<Moment>,
    pub late_since: Option<Moment>,
    pub revision: u64,
    /// Only departments that are involved now.
    pub departments: Vec<DepartmentId>,
}

/// A page of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    pub rows: Vec<Row>,
    /// Give it back for the next page; `None` at the end.
    pub next: Option<String>,
}

impl Desk {
    /// Needs `tickets:read`. `limit` is 1 to [`LIMIT_MAX`]. A cursor of another list is `Invalid`.
    pub async fn list(
        &self,
        _principal: &Principal,
        _filter: &Filter,
        _sort: Sort,
        _cursor: Option<&str>,
        _limit: u64,
    ) -> Result<Page, DeskError> {
        Ok(Page {
            rows: Vec::new(),
            next: None,
        })
    }
}
