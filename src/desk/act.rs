//! Does something to a ticket: an action of the file or a built-in one.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::ticket::model::TaskId;
use crate::workflow::id::{ActionId, DepartmentId};

use super::{Answered, Desk, DeskError, Request};

/// What `POST /tickets/{number}/actions/{action}` and `…/tasks/{id}/actions/{action}` carry.
#[derive(Clone, Debug)]
pub struct Act {
    pub number: String,
    pub task: Option<TaskId>,
    pub action: ActionId,
    /// Fields as JSON, read by their types.
    pub values: Map<String, Json>,
    /// `reason`, `basis`, `note`, `evidence`.
    pub texts: BTreeMap<Arc<str>, String>,
    /// What built-in actions take beside fields and texts.
    pub with: With,
    pub on_behalf_of: Option<DepartmentId>,
    /// The revision the user saw. `Seen::Unasked` is for the machine itself and for built-ins that race with nobody.
    pub seen: Seen,
}

/// `If-Match`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    Revision(u64),
    /// The header was missing: `PreconditionRequired`.
    Missing,
    /// `If-Match: *`, and commands that are not made against a page.
    Any,
}

/// Parameters of built-in actions, as JSON: `{"to": "finance"}` of `hand_over`, `{"ticket": "T2026…", "kind": "repeat"}`
/// of `link` and `unlink`, `{"ticket": …}` of `merge`, `{"on": false}` of `watch`, `{"public": true}` of `note`,
/// `{"field": "phone"}` of `reveal`.
pub type With = Map<String, Json>;

impl Desk {
    /// Needs `tickets:act`. Errors: `NotFound`, `PreconditionRequired`, `Stale`, `Refused`, `Invalid`.
    /// `link`, `merge` and `unmerge` write their events on both tickets in the same transaction.
    pub async fn act(&self, _request: Request, _act: Act) -> Result<Answered, DeskError> {
        Err(DeskError::not_found("ticket"))
    }
}
