//! What somebody may do to a ticket now: `decide` asked for every action, so that it never disagrees with `act`.

use crate::ticket::model::TaskId;
use crate::ticket::refusal::Refusal;
use crate::workflow::id::{ActionId, FieldId};

use super::read::View;
use super::{Desk, DeskError, Principal};

/// An action, and whether it is possible for this person now.
#[derive(Clone, Debug)]
pub struct Possible {
    pub action: ActionId,
    pub task: Option<TaskId>,
    /// Built in, not of the file.
    pub builtin: bool,
    /// Fields that must be given or filled already.
    pub require: Vec<FieldId>,
    /// Fields that may be given.
    pub ask: Vec<FieldId>,
    /// `None` when it is possible; else why not, and who could.
    pub refusal: Option<Refusal>,
}

impl Desk {
    /// Needs `tickets:read`. With `why_not` also what is not possible, each with its reasons.
    pub async fn possible(
        &self,
        _principal: &Principal,
        _number: &str,
        _why_not: bool,
    ) -> Result<(View, Vec<Possible>), DeskError> {
        Err(DeskError::not_found("ticket"))
    }
}
