//! Everything that can be said of a workflow file: read it, check it, and, where that finds no error, run its stories.
//!
//! `ombud check`, the editor and publishing all ask here, so that they can never disagree.

use std::sync::Arc;

use crate::workflow::check::{Surroundings, check};
use crate::workflow::definition::Definition;
use crate::workflow::finding::{Code, Finding, Findings, Severity};
use crate::workflow::id::WorkflowId;
use crate::workflow::read::read;

use super::story::{self, Failure};

/// What a file comes to.
#[derive(Debug)]
pub struct Judgement {
    /// What could be read. Only without errors among the findings may it be run.
    pub definition: Option<Arc<Definition>>,
    /// In the order of the file.
    pub findings: Vec<Finding>,
    /// Stories that were run; none without the stand-in organisation, or when there are errors.
    pub stories: usize,
    /// Findings beyond the bound that were not kept.
    pub omitted: usize,
}

impl Judgement {
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// Judges a file. `active` knows the other kinds, for stories that go on in one (`becomes`). Stories need the stand-in
/// organisation, [`Surroundings::directory`]; without it they are not run.
pub fn judge(
    source: &[u8],
    around: &Surroundings,
    active: &dyn Fn(&WorkflowId) -> Option<Arc<Definition>>,
) -> Judgement {
    let reading = read(source);
    let mut findings = reading.findings;
    let Some(mut definition) = reading.definition else {
        return done(None, findings, 0);
    };
    let incomplete = findings.has_unread();
    let around = Surroundings {
        incomplete: incomplete || around.incomplete,
        ..*around
    };
    findings.extend(check(&mut definition, &around));
    let definition = Arc::new(definition);
    let mut stories = 0;
    if let (Some(directory), false) = (around.directory, findings.has_errors()) {
        stories = definition.tests.len();
        findings.extend(story::run_all(&definition, directory, active).into_iter().map(failed));
    }
    done(Some(definition), findings, stories)
}

fn done(definition: Option<Arc<Definition>>, findings: Findings, stories: usize) -> Judgement {
    Judgement {
        definition,
        stories,
        omitted: findings.omitted(),
        findings: findings.sorted(),
    }
}

/// A story that did not go as told, as a finding (T01).
pub fn failed(failure: Failure) -> Finding {
    Finding::new(Code::T01, failure.span)
        .with("story", failure.story)
        .with("what", failure.what)
        .with("expected", failure.expected)
        .with("found", failure.found)
}
