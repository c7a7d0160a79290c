//! Published workflow versions in memory, compiled: every ticket finds the one it runs on by its hash.

use std::collections::HashMap;
use std::sync::Arc;

use crate::workflow::definition::Definition;
use crate::workflow::id::WorkflowId;

/// All versions. Never changed in place: a publication makes a new one.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    by_hash: HashMap<Arc<str>, Arc<Definition>>,
    active: HashMap<WorkflowId, Arc<Definition>>,
    /// What the database said when it was loaded: shows whether somebody else published since.
    pub stamp: (i64, i64),
}

impl Catalogue {
    pub fn get(&self, hash: &str) -> Option<&Arc<Definition>> {
        self.by_hash.get(hash)
    }

    pub fn active(&self, workflow: &WorkflowId) -> Option<Arc<Definition>> {
        self.active.get(workflow).cloned()
    }

    /// The active version of every workflow, by id.
    pub fn all_active(&self) -> Vec<Arc<Definition>> {
        let mut all: Vec<_> = self.active.values().cloned().collect();
        all.sort_by(|a, b| a.workflow.value.cmp(&b.workflow.value));
        all
    }

    /// Adds a version; with `active` new tickets run on it.
    pub fn add(&mut self, definition: Arc<Definition>, active: bool) {
        if active {
            self.active
                .insert(definition.workflow.value.clone(), Arc::clone(&definition));
        }
        self.by_hash.insert(Arc::clone(&definition.hash), definition);
    }
}
