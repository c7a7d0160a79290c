//! Opens a ticket (R1, R4): number, first events, its contact, in one transaction.

use serde_json::{Map, Value as Json};

use crate::ticket::model::Channel;
use crate::workflow::id::WorkflowId;
use crate::workflow::moment::Moment;

use super::{Answered, Desk, DeskError, Request};

/// What `POST /tickets` carries.
#[derive(Clone, Debug)]
pub struct Open {
    pub workflow: WorkflowId,
    /// Fields as JSON, read by their types.
    pub values: Map<String, Json>,
    pub contact: Option<ContactReport>,
}

/// A contact as a telephone system or an agent reports it. The number is personal and never stands in an event.
#[derive(Clone, Debug, Default)]
pub struct ContactReport {
    /// The telephone system's own id; made up where there is none.
    pub id: Option<String>,
    pub channel: Option<Channel>,
    pub caller_number: Option<String>,
    pub started_at: Option<Moment>,
    /// Hang-up; empty while it runs.
    pub ended_at: Option<Moment>,
    /// Reference of the recording (R11).
    pub recording: Option<String>,
}

impl Desk {
    /// Needs `tickets:open`. Errors: `NotFound` for an unknown workflow, `Refused`, `Invalid`.
    pub async fn open(&self, _request: Request, _open: Open) -> Result<Answered, DeskError> {
        Err(DeskError::not_found("workflow"))
    }
}
