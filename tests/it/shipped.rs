//! The shipped workflow files, read and checked, for all tests that play with them.

use std::sync::Arc;

use indexmap::IndexMap;
use ombud::texts::Language;
use ombud::ticket::story;
use ombud::workflow::check::{Surroundings, check};
use ombud::workflow::definition::Definition;
use ombud::workflow::directory::Directory;
use ombud::workflow::finding::Severity;
use ombud::workflow::id::WorkflowId;
use ombud::workflow::read::{read, read_organisation};
use ombud::workflow::shipped::{ORGANISATION, WORKFLOWS};

/// The six kinds, ready to run, and the stand-in organisation of their stories.
pub fn load() -> (IndexMap<WorkflowId, Arc<Definition>>, Directory) {
    let directory = organisation();
    let ready = |(name, source): (&str, &str)| (WorkflowId::from(name), Arc::new(definition(source, &directory)));
    (WORKFLOWS.into_iter().map(ready).collect(), directory)
}

pub fn organisation() -> Directory {
    read_organisation(ORGANISATION.as_bytes())
        .organisation
        .unwrap()
        .stand_in()
}

/// A file without findings, compiled.
pub fn definition(source: &str, directory: &Directory) -> Definition {
    let reading = read(source.as_bytes());
    let mut definition = reading.definition.unwrap();
    let found = check(
        &mut definition,
        &Surroundings {
            directory: Some(directory),
            ..Surroundings::default()
        },
    );
    for finding in reading.findings.as_slice().iter().chain(found.as_slice()) {
        assert!(
            finding.severity != Severity::Error,
            "{}: {}",
            definition.workflow.value,
            finding.sentence(Language::En)
        );
    }
    definition
}

#[test]
fn every_story_of_the_shipped_files_goes_as_told() {
    let (definitions, directory) = load();
    let active = |id: &WorkflowId| definitions.get(id).cloned();
    for definition in definitions.values() {
        assert!(!definition.tests.is_empty());
        let failures = story::run_all(definition, &directory, &active);
        assert!(failures.is_empty(), "{}: {failures:#?}", definition.workflow.value);
    }
}
