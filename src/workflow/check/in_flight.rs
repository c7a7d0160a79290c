//! V: what becomes of the tickets that are open when this version is published.

use std::collections::HashMap;

use crate::workflow::definition::InFlight;
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::StateId;

use super::Ground;
use super::names::unknown;

pub(super) fn check(ground: &Ground, findings: &mut Findings) {
    let Some(in_flight) = &ground.file.in_flight else {
        return;
    };
    map(ground, in_flight, findings);
    targets(ground, in_flight, findings);
    policy(ground, in_flight, findings);
}

/// V01: each old state once; with the old version at hand, none that is gone is left out.
fn map(ground: &Ground, in_flight: &InFlight, findings: &mut Findings) {
    let mut seen: HashMap<&StateId, crate::workflow::definition::Span> = HashMap::new();
    for (old, _) in &in_flight.states {
        if let Some(first) = seen.insert(&old.value, old.span) {
            let finding = Finding::new(Code::V01, old.span).variant("twice").with("state", &**old);
            findings.add(finding.note(first, "finding-V01-first"));
        }
    }
    let Some(previous) = ground
        .around
        .previous
        .filter(|previous| previous.version == in_flight.from)
    else {
        return;
    };
    for (old, _) in in_flight
        .states
        .iter()
        .filter(|(old, _)| !previous.states.contains_key(&old.value))
    {
        let finding = unknown(Code::V01, "state", old, previous.states.keys().map(StateId::as_str));
        findings.add(finding.variant("unknown").with("version", in_flight.from));
    }
    if !in_flight.move_tickets {
        return;
    }
    for gone in previous
        .states
        .keys()
        .filter(|state| !ground.file.states.contains_key(*state))
    {
        if !seen.contains_key(gone) {
            let finding = Finding::new(Code::V01, in_flight.span).with("state", gone);
            findings.add(finding.with("version", in_flight.from));
        }
    }
}

/// V02: moved tickets come into a state that is there and is no pause.
fn targets(ground: &Ground, in_flight: &InFlight, findings: &mut Findings) {
    for (_, new) in &in_flight.states {
        match ground.file.states.get(&new.value) {
            None if new.as_str().is_empty() => {}
            None => findings.add(unknown(
                Code::V02,
                "state",
                new,
                ground.file.states.keys().map(StateId::as_str),
            )),
            Some(state) if state.pause => {
                findings.add(
                    Finding::new(Code::V02, new.span)
                        .variant("pause")
                        .with("state", &state.id),
                );
            }
            Some(_) => {}
        }
    }
}

/// V03: what is said fits together.
fn policy(ground: &Ground, in_flight: &InFlight, findings: &mut Findings) {
    let add = |variant, findings: &mut Findings| {
        let finding = Finding::new(Code::V03, in_flight.span).variant(variant);
        findings.add(
            finding
                .with("from", in_flight.from)
                .with("version", ground.file.version),
        );
    };
    if in_flight.from >= ground.file.version {
        add("from", findings);
    }
    if !in_flight.move_tickets && !in_flight.states.is_empty() {
        add("keep-map", findings);
    }
    if !in_flight.move_tickets && in_flight.recompute_deadlines {
        add("keep-recompute", findings);
    }
}
