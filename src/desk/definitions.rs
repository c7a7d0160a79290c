//! Workflow versions: list, read, check, publish. Versions are immutable and named by the hash of their bytes.

use std::sync::Arc;

use crate::workflow::definition::Definition;
use crate::workflow::id::{PersonId, WorkflowId};
use crate::workflow::moment::Moment;

use super::{Desk, DeskError, Principal};

/// A published version.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    pub hash: Arc<str>,
    pub workflow: WorkflowId,
    pub version: u32,
    pub published_by: Option<PersonId>,
    pub published_at: Moment,
    pub active: bool,
    /// Open tickets that run on it.
    pub open_tickets: u64,
}

impl Desk {
    /// Needs `workflows:read`. Every version of every workflow, active ones first.
    pub async fn versions(&self, _principal: &Principal) -> Result<Vec<Version>, DeskError> {
        Ok(Vec::new())
    }

    /// Needs `workflows:read`. The version under this hash, its file included (`definition.source`).
    pub async fn definition(&self, _principal: &Principal, _hash: &str) -> Result<Arc<Definition>, DeskError> {
        Err(DeskError::not_found("workflow"))
    }

    /// The active version; `None` for a workflow that is not published.
    pub fn active(&self, _workflow: &WorkflowId) -> Option<Arc<Definition>> {
        None
    }

    /// Needs `workflows:publish`. The file must be clean and its stories pass. `author` is who wrote it, when somebody
    /// else publishes. Open tickets stay on their version. Publishing an old version again rolls back.
    pub async fn publish(
        &self,
        _principal: &Principal,
        _source: &str,
        _author: Option<PersonId>,
    ) -> Result<Version, DeskError> {
        Err(DeskError::not_found("workflow"))
    }
}
