//! READ16: files so large that nobody understands them, and a check on every keystroke would take too long.
//!
//! Everything behind these bounds takes time in proportion to a product of two or three of them, never more
//! (`tests/it/check_bounds`).

use crate::workflow::definition::{Action, Definition, Place, Rung, Span, Step, Way};
use crate::workflow::finding::{Code, Finding};

use super::graph::steps;

/// States beyond which nobody understands a file.
pub const STATES_MAX: usize = 300;
/// Steps that are looked at: each case of each action counts, once for every state that it is possible in.
pub const STEPS_MAX: usize = 10_000;
/// Further headings and lists, by the key that a manager reads.
const MOST: &[(&str, usize)] = &[
    ("fields", 500),
    ("people", 300),
    ("clocks", 300),
    ("messages", 1_000),
    ("to", 100),
    ("not_by", 10),
    ("limit", 100),
    ("options", 1_000),
    ("ladder", 100),
    ("at", RUNGS_MAX),
    ("tests", 500),
];
/// Rungs of all ladders, their repetitions counted: what time alone can make happen.
const RUNGS_MAX: usize = 5_000;

/// The first bound that the file exceeds.
pub(super) fn check(file: &Definition) -> Option<Finding> {
    if file.states.len() > STATES_MAX {
        return Some(many("states", file.states.len(), STATES_MAX, file.start.span));
    }
    let count = steps_of(file);
    if count > STEPS_MAX {
        return Some(many("steps", count, STEPS_MAX, file.start.span).variant("steps"));
    }
    counts(file).into_iter().find_map(|(key, count, span)| {
        let (_, max) = MOST.iter().find(|(known, max)| *known == key && count > *max)?;
        Some(many(key, count, *max, span))
    })
}

fn many(key: &str, count: usize, max: usize, span: Span) -> Finding {
    let finding = Finding::new(Code::ReadBounds, span).variant("many");
    finding.with("key", key).with("count", count).with("max", max)
}

fn counts(file: &Definition) -> Vec<(&'static str, usize, Span)> {
    let whole = file.workflow.span;
    let mut found = vec![
        ("fields", file.fields.len(), whole),
        ("people", file.people.len(), whole),
        ("clocks", file.clocks.len(), whole),
        ("messages", file.messages.len(), whole),
        ("tests", file.tests.len(), whole),
        ("at", rungs_of(file), whole),
    ];
    for field in file.fields.values() {
        found.push(("options", field.options.len(), field.span));
    }
    for (_, action) in super::actions(file) {
        found.push(("to", cases(&action.way), action.span));
        found.push(("not_by", action.not_by.len(), action.span));
    }
    for join in file.states.values().flat_map(|state| &state.joins) {
        found.push(("to", cases(&join.way), join.span));
    }
    for clock in file.clocks.values() {
        found.push(("limit", clock.limit.len(), clock.span));
        found.push(("ladder", clock.ladder.len(), clock.span));
    }
    found
}

fn rungs_of(file: &Definition) -> usize {
    let rungs = file.clocks.values().flat_map(|clock| &clock.ladder);
    let times = |rung: &Rung| rung.repeat.as_ref().map_or(1, |repeat| repeat.times.saturating_add(1));
    rungs
        .map(times)
        .map(|times| usize::try_from(times).unwrap_or(usize::MAX))
        .fold(0, usize::saturating_add)
}

fn cases(way: &Way) -> usize {
    match way {
        Way::One(_) => 1,
        Way::Cases(cases) => cases.len(),
    }
}

/// The edges of the graph, or a little more.
fn steps_of(file: &Definition) -> usize {
    let states = file.states.len();
    let of_way = |way: &Way| -> usize {
        let back = steps(way).filter(|(_, step)| matches!(step, Step::Back(_))).count();
        cases(way) + back.saturating_mul(states)
    };
    let of_action = |action: &Action| {
        let possible = match action.place {
            Place::Anytime if action.only_in.is_empty() => states,
            Place::Anytime => action.only_in.len(),
            Place::State | Place::AfterClose => 1,
        };
        of_way(&action.way).saturating_mul(possible)
    };
    let actions = super::actions(file).map(|(_, action)| of_action(action));
    let joins = file.states.values().flat_map(|state| &state.joins);
    actions
        .chain(joins.map(|join| of_way(&join.way)))
        .fold(0, usize::saturating_add)
}
