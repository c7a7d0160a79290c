//! Judges a workflow file against what is there: the directory, the other kinds. Nothing is saved.

use std::sync::Arc;

use crate::ticket::judge::{Judgement, judge};
use crate::workflow::check::{Others, Surroundings};
use crate::workflow::definition::Definition;
use crate::workflow::id::WorkflowId;

use super::{Desk, DeskError, Principal, Scope};

impl Desk {
    /// Needs `workflows:read`. The same judgement as `ombud check`, with the real directory.
    pub async fn judge(&self, principal: &Principal, source: Vec<u8>) -> Result<Judgement, DeskError> {
        principal.needs(Scope::ReadWorkflows)?;
        let versions = self.versions(principal).await?;
        let kinds: Vec<Arc<Definition>> = versions
            .iter()
            .filter(|version| version.active)
            .filter_map(|version| self.active(&version.workflow))
            .collect();
        let others: Others = kinds
            .iter()
            .map(|kind| (kind.workflow.value.clone(), kind.clocks.keys().cloned().collect()))
            .collect();
        let directory = self.directory();
        let around = Surroundings {
            directory: Some(&directory),
            now: self.clock().now(),
            others: Some(&others),
            previous: None,
            incomplete: false,
        };
        let active = |id: &WorkflowId| kinds.iter().find(|kind| kind.workflow.value == *id).cloned();
        Ok(judge(&source, &around, &active))
    }
}
