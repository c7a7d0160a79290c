//! B and O: every choice is total, every outcome is used, `becomes` leads into a workflow that can carry the clocks on.

use std::collections::HashSet;

use crate::workflow::definition::{Action, At, Case, Step, Way};
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::{ClockId, StateId, WorkflowId};

use super::graph::{alive_in, possible_in, steps};
use super::names::unknown;
use super::{Ground, Others};

pub(super) fn check(ground: &Ground, findings: &mut Findings) {
    let joins = ground
        .file
        .states
        .values()
        .flat_map(|state| state.joins.iter().map(move |join| (state, join)));
    for (_, action) in ground.actions() {
        cases(&action.way, findings);
    }
    for (_, join) in joins.clone() {
        cases(&join.way, findings);
    }
    unused_outcomes(ground, findings);
    for (home, action) in ground.actions() {
        becomes(ground, &possible_in(ground.file, home, action), &action.way, findings);
    }
    for (state, join) in joins {
        becomes(ground, &[&state.id], &join.way, findings);
    }
    staying_closed(ground, findings);
}

/// B01 and B02: the last case is `else`, and no other.
fn cases(way: &Way, findings: &mut Findings) {
    let Way::Cases(cases) = way else { return };
    let Some((last, earlier)) = cases.split_last() else {
        return;
    };
    for case in earlier.iter().filter(|case| is_else(case)) {
        findings.add(Finding::new(Code::B02, case.span));
    }
    if last.when.is_some() && !earlier.iter().any(is_else) {
        findings.add(Finding::new(Code::B01, last.span));
    }
}

fn is_else(case: &Case) -> bool {
    case.when.is_none()
}

/// O01. `duplicate` is what the built-in `merge` closes with (R22).
fn unused_outcomes(ground: &Ground, findings: &mut Findings) {
    if ground.around.incomplete {
        return;
    }
    let mut used = HashSet::new();
    let ways = ground.actions().map(|(_, action)| &action.way);
    let joins = ground
        .file
        .states
        .values()
        .flat_map(|state| &state.joins)
        .map(|join| &join.way);
    for way in ways.chain(joins) {
        for (_, step) in steps(way) {
            if let Step::Close(outcome) = step {
                used.insert(&outcome.value);
            }
        }
    }
    for outcome in ground
        .file
        .outcomes
        .values()
        .filter(|outcome| !used.contains(&outcome.id) && outcome.id.as_str() != "duplicate")
    {
        findings.add(Finding::new(Code::O01, outcome.span).with("outcome", &outcome.id));
    }
}

/// B05: L10, «a running clock must exist there under the same id or be ended by name».
fn becomes(ground: &Ground, from: &[&StateId], way: &Way, findings: &mut Findings) {
    for (_, step) in steps(way) {
        let Step::Becomes { workflow, end } = step else {
            continue;
        };
        if workflow.value == ground.file.workflow.value {
            findings.add(
                Finding::new(Code::B05, workflow.span)
                    .variant("itself")
                    .with("workflow", &**workflow),
            );
            continue;
        }
        let Some(others) = ground.around.others else { continue };
        match others.get(&workflow.value) {
            Some(clocks) => carried(ground, from, workflow, end, clocks, findings),
            None => findings.add(unknown_workflow(workflow, others)),
        }
    }
}

fn unknown_workflow(workflow: &At<WorkflowId>, others: &Others) -> Finding {
    unknown(Code::B05, "workflow", workflow, others.keys().map(WorkflowId::as_str))
}

fn carried(
    ground: &Ground,
    from: &[&StateId],
    workflow: &At<WorkflowId>,
    end: &[At<ClockId>],
    there: &[ClockId],
    findings: &mut Findings,
) {
    for clock in ground.file.clocks.values() {
        let of_task = matches!(clock.runs, crate::workflow::definition::Runs::Task { .. });
        let alive = alive_in(ground.file, clock);
        let carried_on = there.contains(&clock.id) || end.iter().any(|ended| ended.value == clock.id);
        if !of_task && !carried_on && from.iter().any(|state| alive.contains(state)) {
            findings.add(
                Finding::new(Code::B05, workflow.span)
                    .variant("clock")
                    .with("clock", &clock.id)
                    .with("workflow", &**workflow),
            );
        }
    }
}

/// B04: a closed ticket cannot be closed again, nor stay in a state it is not in.
fn staying_closed(ground: &Ground, findings: &mut Findings) {
    let closing = |action: &Action| {
        steps(&action.way).find_map(|(_, step)| match step {
            Step::Close(outcome) => Some(outcome.span),
            Step::Becomes { workflow, .. } => Some(workflow.span),
            Step::To(_) | Step::Back(_) | Step::Stay(_) | Step::Unread(_) => None,
        })
    };
    for action in ground.file.after_close.values() {
        if let Some(span) = closing(action) {
            findings.add(
                Finding::new(Code::B04, span)
                    .variant("after-close")
                    .with("action", &action.id),
            );
        }
    }
}
