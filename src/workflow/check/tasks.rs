//! K: tasks. Each has a department, each state with tasks has an end to them, good or bad.

use crate::workflow::definition::{At, JoinCondition, Span, State, TaskSpec};
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::FieldId;
use crate::workflow::value::FieldType;

use super::Ground;
use super::filled::Fields;
use super::graph::Target;

pub(super) fn check(ground: &Ground, findings: &mut Findings) {
    for state in ground.file.states.values() {
        departments(ground, state, findings);
        joins(ground, state, findings);
        if !ground.around.incomplete {
            entries(ground, state, findings);
        }
    }
}

/// K01.
fn departments(ground: &Ground, state: &State, findings: &mut Findings) {
    for task in state.tasks.values() {
        let Some(field) = ground.file.fields.get(&task.field.value) else {
            continue;
        };
        if !matches!(field.kind, FieldType::Department | FieldType::Departments) {
            let finding = Finding::new(Code::K01, task.field.span)
                .with("field", &field.id)
                .with("task", &task.key);
            findings.add(finding);
        }
    }
}

/// K02 and K03; what stands in `then` must be able to happen.
fn joins(ground: &Ground, state: &State, findings: &mut Findings) {
    let add = |findings: &mut Findings, code, span: Span, variant: Option<&'static str>| {
        let finding = Finding::new(code, span).with("state", &state.id);
        findings.add(match variant {
            Some(variant) => finding.variant(variant),
            None => finding,
        });
    };
    if state.tasks.is_empty() {
        if let (Some(join), false) = (state.joins.first(), ground.around.incomplete) {
            add(findings, Code::K02, join.span, Some("no-tasks"));
        }
        return;
    }
    let has = |wanted: fn(&JoinCondition) -> bool| state.joins.iter().any(|join| wanted(&join.condition));
    if !has(|condition| matches!(condition, JoinCondition::AllDone | JoinCondition::LeadDone))
        && !ground.around.incomplete
    {
        add(findings, Code::K02, state.span, None);
    }
    if !has(|condition| matches!(condition, JoinCondition::AnyReturned)) && !ground.around.incomplete {
        add(findings, Code::K03, state.span, None);
    }
    let mut seen: Vec<JoinCondition> = Vec::new();
    for join in &state.joins {
        if seen.contains(&join.condition) {
            add(findings, Code::K02, join.span, Some("twice"));
        }
        seen.push(join.condition);
        if let JoinCondition::NDone(wanted) = join.condition
            && most_tasks(ground, state).is_some_and(|most| wanted > most)
        {
            add(findings, Code::K02, join.span, Some("too-many"));
        }
    }
}

/// How many tasks the state can have at once; `None` without a bound.
fn most_tasks(ground: &Ground, state: &State) -> Option<u32> {
    let mut most: u32 = 0;
    for task in state.tasks.values() {
        let field = ground.file.fields.get(&task.field.value)?;
        most = most.saturating_add(match (field.kind, field.max) {
            (FieldType::Departments, Some(max)) => {
                u32::try_from(max.0 / crate::workflow::value::DECIMAL_SCALE).unwrap_or(u32::MAX)
            }
            (FieldType::Departments, None) => return None,
            (_, _) => 1,
        });
    }
    Some(most)
}

/// K06: whoever enters has named the lead's department, or without a lead at least one. Told once for a state: where
/// one way in is open, those behind it may be open for the same reason.
fn entries(ground: &Ground, state: &State, findings: &mut Findings) {
    if state.tasks.is_empty() {
        return;
    }
    let mut open: Vec<(Span, String)> = Vec::new();
    if *ground.file.start == state.id {
        let filled = ground.filled.on_entry(&state.id);
        if filled.is_some_and(|filled| !names_department(state, filled, &[])) {
            open.push((ground.file.start.span, fields_of(state, &[])));
        }
    }
    for edge in ground.graph.entering(&state.id) {
        if edge.target != Target::State(&state.id) {
            continue;
        }
        let again: Vec<&str> = match edge.driver.action() {
            Some(action) => action.again.iter().map(|key| key.as_str()).collect(),
            None => Vec::new(),
        };
        // Nothing is known of a state that is never reached; S02 has told it.
        let Some(filled) = ground.filled.along(edge) else {
            continue;
        };
        let span = edge.driver.span();
        if !names_department(state, &filled, &again) && !open.iter().any(|(known, _)| *known == span) {
            open.push((span, fields_of(state, &again)));
        }
    }
    let mut open = open.into_iter();
    if let Some((span, fields)) = open.next() {
        let finding = Finding::new(Code::K06, span)
            .with("state", &state.id)
            .with("fields", fields);
        findings.add(open.fold(finding, |finding, (span, _)| finding.note(span, "finding-K06-too")));
    }
}

fn names_department(state: &State, filled: &Fields, again: &[&str]) -> bool {
    wanted(state, again).iter().any(|field| filled.contains(&field.value))
}

fn fields_of(state: &State, again: &[&str]) -> String {
    wanted(state, again)
        .iter()
        .map(|field| field.as_str())
        .collect::<Vec<_>>()
        .join(" / ")
}

/// The fields of which one must be filled: the lead's where it is opened, else those of all tasks that are.
fn wanted<'a>(state: &'a State, again: &[&str]) -> Vec<&'a At<FieldId>> {
    let named = |task: &TaskSpec| again.contains(&task.key.as_str());
    // Where none of the names is right (K05) all are opened.
    let all = !state.tasks.values().any(named);
    let opened: Vec<_> = state.tasks.values().filter(|task| all || named(task)).collect();
    match opened.iter().find(|task| task.key == *"lead") {
        Some(lead) => vec![&lead.field],
        None => opened.iter().map(|task| &task.field).collect(),
    }
}
