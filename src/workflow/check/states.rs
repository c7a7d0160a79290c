//! S: states. Each can be reached, from each the ticket can be closed, each pause ends.

use std::collections::{HashMap, HashSet};

use crate::workflow::definition::{Place, Runs, Span, State, Step};
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::StateId;

use super::graph::{Target, action_in, actions_in, possible_in, runs_in, steps};
use super::{Edge, Ground};

pub(super) fn check(ground: &Ground, findings: &mut Findings) {
    if !ground.around.incomplete && !ground.graph.torn {
        unreachable(ground, findings);
        stuck(ground, findings);
    }
    for state in ground.file.states.values().filter(|state| state.pause) {
        pause(ground, state, findings);
    }
    back_outside_a_pause(ground, findings);
    into_a_pause(ground, findings);
}

/// S02.
fn unreachable(ground: &Ground, findings: &mut Findings) {
    if !ground.file.states.contains_key(&ground.file.start.value) {
        return;
    }
    for state in ground.file.states.values() {
        if !ground.graph.reachable.contains(&state.id) {
            findings.add(
                Finding::new(Code::S02, state.span)
                    .with("state", &state.id)
                    .with("start", &*ground.file.start),
            );
        }
    }
}

/// S03 and S04: a group of states that a ticket cannot leave is told once, where it ends.
fn stuck(ground: &Ground, findings: &mut Findings) {
    let graph = &ground.graph;
    let counts = |edge: &Edge| leads_on(ground, edge);
    let closing: Vec<&StateId> = graph
        .edges
        .iter()
        .filter(|edge| counts(edge) && matches!(edge.target, Target::Closed(_) | Target::Becomes))
        .filter_map(|edge| edge.from)
        .collect();
    let free = graph.reaching(&closing, counts);
    let caught = ground.file.states.keys().filter(|state| !free.contains(state));
    let reached: HashMap<&StateId, HashSet<&StateId>> = caught
        .map(|state| (state, graph.reach_from(&[state], counts)))
        .collect();
    let mut told: HashSet<&StateId> = HashSet::new();
    for state in ground.file.states.values() {
        let Some(circle) = reached.get(&state.id) else { continue };
        if told.contains(&state.id) || !graph.reachable.contains(&state.id) {
            continue;
        }
        // Whatever is reached from a caught state is caught.
        let is_end = circle
            .iter()
            .all(|other| reached.get(*other).is_some_and(|back| back.contains(&state.id)));
        if !is_end {
            continue;
        }
        told.extend(circle);
        let moves = graph
            .leaving(&state.id)
            .any(|edge| counts(edge) && edge.target != Target::Stay);
        findings.add(if moves {
            let names = ground
                .file
                .states
                .keys()
                .filter(|id| circle.contains(id))
                .map(StateId::as_str);
            let finding = Finding::new(Code::S03, state.span)
                .with("state", &state.id)
                .with("states", names.collect::<Vec<_>>().join(", "));
            if circle.len() > 1 {
                finding.variant("circle")
            } else {
                finding
            }
        } else {
            let is_bare = state.actions.is_empty() && state.joins.is_empty();
            let variant = if is_bare { "nothing" } else { "stays" };
            Finding::new(Code::S04, state.span)
                .variant(variant)
                .with("state", &state.id)
        });
    }
}

/// `anytime` is somebody's choice and no promise, unless a clock does it by itself.
fn leads_on(ground: &Ground, edge: &Edge) -> bool {
    let Some(from) = edge.from else { return false };
    edge.driver
        .action()
        .is_none_or(|action| action.place == Place::State || ground.graph.is_automatic(from, &action.id))
}

/// S09: L5, «`to: back` returns; a pause state has a clock whose last rung ends it».
fn pause(ground: &Ground, state: &State, findings: &mut Findings) {
    let file = ground.file;
    let add = |findings: &mut Findings, variant| {
        findings.add(
            Finding::new(Code::S09, state.span)
                .variant(variant)
                .with("state", &state.id),
        );
    };
    let returns = ground
        .graph
        .leaving(&state.id)
        .any(|edge| matches!(edge.target, Target::Back(_)))
        || actions_in(file, state).any(|action| steps(&action.way).any(|(_, step)| matches!(step, Step::Back(_))));
    if !returns && !ground.around.incomplete {
        add(findings, "no-back");
    }
    if !state.tasks.is_empty() {
        add(findings, "tasks");
    }
    if *ground.file.start == state.id {
        add(findings, "start");
    }
    let ended = file.clocks.values().any(|clock| {
        let certain = clock.until.is_empty() && !matches!(clock.runs, Runs::Task { .. });
        certain
            && runs_in(file, clock).contains(&&state.id)
            && clock
                .ladder
                .last()
                .and_then(|rung| rung.act.as_ref())
                .and_then(|act| action_in(file, state, act))
                .is_some_and(|action| steps(&action.way).any(|(_, step)| !matches!(step, Step::Stay(_))))
    });
    if !ended && !ground.around.incomplete {
        add(findings, "no-end");
    }
}

/// S09: `back` has a meaning only where a pause was entered.
fn back_outside_a_pause(ground: &Ground, findings: &mut Findings) {
    let outside = |span: Span, state: &StateId, findings: &mut Findings| {
        findings.add(
            Finding::new(Code::S09, span)
                .variant("back-outside")
                .with("state", state),
        );
    };
    for state in ground.file.states.values() {
        let own = state.actions.values().map(|action| &action.way);
        for way in own.chain(state.joins.iter().map(|join| &join.way)) {
            for (_, step) in steps(way) {
                if let (Step::Back(span), false) = (step, state.pause) {
                    outside(*span, &state.id, findings);
                }
            }
        }
    }
    for action in ground.file.anytime.values().chain(ground.file.after_close.values()) {
        for (_, step) in steps(&action.way) {
            if let Step::Back(span) = step {
                let states = possible_in(ground.file, None, action);
                let wrong = states
                    .into_iter()
                    .find(|id| ground.file.states.get(*id).is_none_or(|state| !state.pause));
                if let Some(state) = wrong {
                    outside(*span, state, findings);
                } else if action.place == Place::AfterClose {
                    outside(*span, &StateId::from("closed"), findings);
                }
            }
        }
    }
}

/// S09: out of a pause, or out of the closed ticket, into a pause: there is no state to go back to.
fn into_a_pause(ground: &Ground, findings: &mut Findings) {
    for (home, action) in ground.actions() {
        for (_, step) in steps(&action.way) {
            let Step::To(target) = step else { continue };
            let Some(pause) = ground.file.states.get(&target.value).filter(|state| state.pause) else {
                continue;
            };
            let from_pause = possible_in(ground.file, home, action)
                .into_iter()
                .find(|id| ground.file.states.get(*id).is_some_and(|state| state.pause));
            let finding = Finding::new(Code::S09, target.span)
                .with("state", &pause.id)
                .with("action", &action.id);
            if let Some(from) = from_pause {
                findings.add(finding.variant("from-pause").with("from", from));
            } else if action.place == Place::AfterClose {
                findings.add(finding.variant("from-closed"));
            }
        }
    }
}
