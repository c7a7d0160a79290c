//! N01: steps that the system takes by itself never go round for ever.
//!
//! A `do` rung fires once per cycle of its clock (L7). A circle is without a bound when every `do` on it can fire again
//! each time: its clock starts a new cycle because the circle leaves the clock's states and enters them again under
//! `reentry: restart`, or because it is a clock of tasks. Joins carry a circle on, but a circle of joins alone needs
//! people at every turn. A case that counts with `times` or `times_ever` bounds what comes after it.

use std::collections::{HashMap, HashSet};

use crate::workflow::definition::{Clock, Reentry, Runs};
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::StateId;

use super::graph::runs_in;
use super::{Edge, Ground, Target};

pub(super) fn check(ground: &Ground, findings: &mut Findings) {
    let mut steps = system_steps(ground);
    if steps.iter().all(|step| step.clock.is_none()) {
        return;
    }
    loop {
        let before = steps.len();
        let reach = reach(&steps);
        steps.retain(|step| fires_again(ground, step, &circle_of(step, &reach)));
        if steps.len() == before {
            break;
        }
    }
    let reach = reach(&steps);
    let mut told: HashSet<&StateId> = HashSet::new();
    for step in &steps {
        let Some(clock) = step.clock else { continue };
        let circle = circle_of(step, &reach);
        if circle.iter().any(|state| told.contains(state)) {
            continue;
        }
        told.extend(&circle);
        let names: Vec<&str> = ground
            .file
            .states
            .keys()
            .filter(|state| circle.contains(state))
            .map(StateId::as_str)
            .collect();
        let action = step.edge.driver.action().map_or("", |action| action.id.as_str());
        let span = clock
            .ladder
            .iter()
            .find(|rung| rung.act.as_ref().is_some_and(|act| act.as_str() == action));
        findings.add(
            Finding::new(Code::N01, span.map_or(clock.span, |rung| rung.span))
                .with("clock", &clock.id)
                .with("action", action)
                .with("states", names.join(" → ")),
        );
    }
}

/// A step the system takes: by a clock, or (`None`) by a join.
struct SystemStep<'a> {
    edge: &'a Edge<'a>,
    clock: Option<&'a Clock>,
    from: &'a StateId,
    to: &'a StateId,
}

fn system_steps<'a>(ground: &'a Ground<'a>) -> Vec<SystemStep<'a>> {
    let mut found = Vec::new();
    for edge in ground.graph.edges.iter().filter(|edge| !is_counted(edge)) {
        let (Some(from), Some(to)) = (edge.from, edge.target.state()) else {
            continue;
        };
        match edge.driver.action() {
            None => found.push(SystemStep {
                edge,
                clock: None,
                from,
                to,
            }),
            Some(action) => {
                for clock in ground.file.clocks.values() {
                    let does = clock
                        .ladder
                        .iter()
                        .any(|rung| rung.act.as_ref().is_some_and(|act| act.value == action.id));
                    if does && runs_in(ground.file, clock).contains(&from) {
                        found.push(SystemStep {
                            edge,
                            clock: Some(clock),
                            from,
                            to,
                        });
                    }
                }
            }
        }
    }
    found
}

/// `times_here` starts again with each visit and bounds no circle.
fn is_counted(edge: &Edge) -> bool {
    edge.asked
        .iter()
        .any(|condition| condition.text.contains("times(") || condition.text.contains("times_ever("))
}

/// What each state reaches over the steps, itself included.
type Reach<'a> = HashMap<&'a StateId, HashSet<&'a StateId>>;

fn reach<'a>(steps: &[SystemStep<'a>]) -> Reach<'a> {
    let mut next: HashMap<&StateId, Vec<&StateId>> = HashMap::new();
    for step in steps {
        next.entry(step.from).or_default().push(step.to);
        next.entry(step.to).or_default();
    }
    let walk = |from: &'a StateId| {
        let mut found = HashSet::from([from]);
        let mut waiting = vec![from];
        while let Some(state) = waiting.pop() {
            for other in next.get(state).into_iter().flatten() {
                if found.insert(*other) {
                    waiting.push(other);
                }
            }
        }
        found
    };
    next.keys().map(|state| (*state, walk(state))).collect()
}

/// The states on circles through this step; empty when it is on none.
fn circle_of<'a>(step: &SystemStep<'a>, reach: &Reach<'a>) -> HashSet<&'a StateId> {
    let forth = reach.get(step.to).into_iter().flatten();
    let back = |state: &StateId| reach.get(state).is_some_and(|reached| reached.contains(step.from));
    forth.copied().filter(|state| back(state)).collect()
}

fn fires_again(ground: &Ground, step: &SystemStep, circle: &HashSet<&StateId>) -> bool {
    if circle.is_empty() {
        return false;
    }
    let Some(clock) = step.clock else { return true };
    // `back` continues the visit (L5): the clocks of the state go on where they waited.
    let returns = matches!(step.edge.target, Target::Back(_));
    match &clock.runs {
        Runs::Open => false,
        Runs::Task { .. } => !returns,
        Runs::States(_) => {
            let counts = runs_in(ground.file, clock);
            let alive = |state: &StateId| {
                counts.contains(&state) || clock.paused_in.iter().any(|paused| paused.value == *state)
            };
            let enters_anew = step.from == step.to || circle.iter().any(|state| !alive(state));
            clock.reentry != Some(Reentry::Continue) && enters_anew
        }
    }
}
