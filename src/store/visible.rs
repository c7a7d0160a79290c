//! Who sees which tickets: the start of every query, so that it cannot be forgotten (DESIGN, «People»).

use crate::workflow::id::{DepartmentId, PersonId};

/// What somebody may see, worked out from their roles before the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    pub person: PersonId,
    /// Managers, auditors: every ticket.
    pub all: bool,
    /// Shift leads, team leaders: every open ticket of the centre.
    pub open: bool,
    /// Callback agents: what is owned by one of these keys now.
    pub keys: Vec<String>,
    /// Liaisons and heads: tickets in which these departments are or were involved, subtrees included.
    pub departments: Vec<DepartmentId>,
}
