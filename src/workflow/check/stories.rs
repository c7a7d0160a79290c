//! T02, and the names in `tests`: S01, O02, C01, M02, F01, T01. Whether a story holds is found by running it.

use std::collections::HashSet;

use crate::workflow::definition::{At, Story, StoryEvent, StoryStep};
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::{ActionId, ClockId, FieldId, MessageId, OutcomeId, StateId};

use super::names::{unknown, unknown_at};
use super::{Ground, builtin};

pub(super) fn check(ground: &Ground, findings: &mut Findings) {
    for story in &ground.file.tests {
        names(ground, story, findings);
    }
    for sample in ground.file.samples.values() {
        for (field, _) in &sample.values {
            known_field(ground, field, findings);
        }
    }
    untested(ground, findings);
}

fn names(ground: &Ground, story: &Story, findings: &mut Findings) {
    let file = ground.file;
    let state = |state: &At<StateId>, findings: &mut Findings| {
        if !state.as_str().is_empty() && !file.states.contains_key(&state.value) {
            findings.add(unknown(
                Code::S01,
                "state",
                state,
                file.states.keys().map(StateId::as_str),
            ));
        }
    };
    if let Some(given) = &story.given.state {
        state(given, findings);
    }
    if let Some(sample) = &story.given.with {
        known_sample(ground, &sample.value, sample.span, findings);
    }
    for step in &story.steps {
        happens(ground, step, findings);
        let Some(then) = &step.then else { continue };
        if let Some(expected) = &then.state {
            let closed = expected.as_str() == "closed";
            if !closed {
                state(expected, findings);
            }
        }
        let clocks = then
            .late
            .iter()
            .flatten()
            .chain(then.clocks.iter().map(|(clock, _)| clock));
        for clock in clocks.filter(|clock| !file.clocks.contains_key(&clock.value)) {
            let known = file.clocks.keys().map(ClockId::as_str);
            findings.add(unknown(Code::C01, "clock", clock, known).variant("clock"));
        }
        if let Some(outcome) = then
            .closed
            .as_ref()
            .filter(|outcome| !file.outcomes.contains_key(&outcome.value))
        {
            findings.add(unknown(
                Code::O02,
                "outcome",
                outcome,
                file.outcomes.keys().map(OutcomeId::as_str),
            ));
        }
        if let Some(message) = then
            .say
            .as_ref()
            .filter(|message| !file.messages.contains_key(&message.value))
        {
            findings.add(unknown(
                Code::M02,
                "message",
                message,
                file.messages.keys().map(MessageId::as_str),
            ));
        }
        for (field, _) in &then.fields {
            known_field(ground, field, findings);
        }
    }
}

fn known_field(ground: &Ground, field: &At<FieldId>, findings: &mut Findings) {
    if !ground.file.fields.contains_key(&field.value) {
        findings.add(unknown(
            Code::F01,
            "field",
            field,
            ground.file.fields.keys().map(FieldId::as_str),
        ));
    }
}

fn known_sample(ground: &Ground, sample: &str, span: crate::workflow::definition::Span, findings: &mut Findings) {
    if !ground.file.samples.contains_key(sample) {
        let known = ground.file.samples.keys().map(String::as_str);
        findings.add(unknown_at(Code::T01, "sample", &sample, span, known).variant("sample"));
    }
}

/// T01: what is done must be an action, what is created a sample. After `becomes` the story goes on in another file.
fn happens(ground: &Ground, step: &StoryStep, findings: &mut Findings) {
    match &step.when.value {
        StoryEvent::Creates {
            sample: Some(sample), ..
        } => {
            if !ground.file.samples.contains_key(sample) {
                let known = ground.file.samples.keys().map(String::as_str);
                let mut finding = unknown_at(Code::T01, "sample", sample, step.when.span, known).variant("sample");
                finding.fix = None;
                findings.add(finding);
            }
        }
        StoryEvent::Does { action, .. } => {
            let known = builtin::actions(ground.file);
            if !known.contains(&action.as_str()) && !becomes_something(ground) {
                let mut finding = unknown_at(Code::T01, "action", action, step.when.span, known).variant("action");
                finding.fix = None;
                findings.add(finding);
            }
        }
        StoryEvent::Creates { sample: None, .. }
        | StoryEvent::Passes(_)
        | StoryEvent::ContactEnds
        | StoryEvent::SignsOn(_)
        | StoryEvent::SignsOff(_)
        | StoryEvent::Unread => {}
    }
}

fn becomes_something(ground: &Ground) -> bool {
    ground
        .graph
        .edges
        .iter()
        .any(|edge| edge.target == super::Target::Becomes)
}

/// T02: an action that no story takes, and that no clock does by itself. A refused step does not count.
fn untested(ground: &Ground, findings: &mut Findings) {
    if ground.around.incomplete {
        return;
    }
    if ground.file.tests.is_empty() {
        findings.add(Finding::new(Code::T02, ground.file.workflow.span).variant("none"));
        return;
    }
    let mut done: HashSet<&ActionId> = HashSet::new();
    for step in ground.file.tests.iter().flat_map(|story| &story.steps) {
        let refused = step.then.as_ref().is_some_and(|then| then.refused.is_some());
        if let (StoryEvent::Does { action, .. }, false) = (&step.when.value, refused) {
            done.insert(action);
        }
    }
    let rungs = ground.file.clocks.values().flat_map(|clock| &clock.ladder);
    done.extend(rungs.filter_map(|rung| rung.act.as_ref()).map(|act| &act.value));
    let mut told: HashSet<&ActionId> = HashSet::new();
    for (_, action) in ground.actions() {
        if !done.contains(&action.id) && told.insert(&action.id) {
            findings.add(Finding::new(Code::T02, action.span).with("action", &action.id));
        }
    }
}
