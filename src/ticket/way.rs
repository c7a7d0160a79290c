//! Ways out of a state: choosing a case, entering, closing, becoming; tasks and their joins (L4, L5, L10).

use std::sync::Arc;

use crate::workflow::definition::{Definition, Join, JoinCondition, Place, State, Step, Way};
use crate::workflow::id::{ClockId, DepartmentId, OutcomeId, StateId, TaskKey, WorkflowId};
use crate::workflow::value::{Value, Values};

use super::clocks;
use super::event::{Body, Why};
use super::facts::{View, holds};
use super::model::{Task, TaskId, TaskPhase};
use super::people::departments_in;
use super::refusal::{Code, Objection, Refusal};
use super::turn::Turn;
use super::values;

/// Joins that one command may set off one after the other; the checker refuses circles (N01).
const JOINS_MAX: u32 = 16;

/// Goes the way an action or a join names.
pub(super) fn take(turn: &mut Turn<'_>, way: &Way, again: &[TaskKey], place: Place) -> Result<(), Refusal> {
    let definition = Arc::clone(&turn.definition);
    match choose(turn, &definition, way)? {
        Step::To(state) if place == Place::AfterClose => {
            turn.emit(Body::Reopened { state: state.value });
            arrive(turn, again)
        }
        Step::To(state) => enter(turn, &state.value, again),
        Step::Back(_) => back(turn),
        Step::Close(outcome) => close(turn, outcome.value),
        Step::Becomes { workflow, end } => {
            let end: Vec<ClockId> = end.into_iter().map(|clock| clock.value).collect();
            become_other(turn, &workflow.value, &end)
        }
        Step::Stay(_) => stay(turn),
        Step::Unread(_) => Err(Refusal::of(Code::UnknownAction)),
    }
}

fn choose(turn: &Turn<'_>, definition: &Definition, way: &Way) -> Result<Step, Refusal> {
    match way {
        Way::One(step) => Ok(step.clone()),
        Way::Cases(cases) => {
            let view = View {
                ticket: &turn.ticket,
                overlay: None,
                now: turn.now,
            };
            for case in cases {
                let fits = match &case.when {
                    None => true,
                    Some(when) => holds(definition, when, &view)?,
                };
                if fits {
                    return Ok(case.step.clone());
                }
            }
            // The checker demands `else` (B01); without it nothing may happen.
            Err(Objection::new(Code::Expression)
                .with("workflow", definition.workflow.as_str())
                .into())
        }
    }
}

fn enter(turn: &mut Turn<'_>, state: &StateId, again: &[TaskKey]) -> Result<(), Refusal> {
    let pausing = turn.definition.states.get(state).is_some_and(|state| state.pause);
    if !pausing {
        cancel_open_tasks(turn);
    }
    turn.emit(Body::Entered {
        state: state.clone(),
        visit: turn.ticket.visits + 1,
        pausing,
    });
    if pausing {
        clocks::settle(turn)
    } else {
        arrive(turn, again)
    }
}

fn arrive(turn: &mut Turn<'_>, again: &[TaskKey]) -> Result<(), Refusal> {
    open_tasks(turn, again)?;
    clocks::settle(turn)?;
    join(turn)
}

fn back(turn: &mut Turn<'_>) -> Result<(), Refusal> {
    let Some((state, visit)) = turn.ticket.paused_from.clone() else {
        return Err(Refusal::of(Code::Nothing));
    };
    turn.emit(Body::Entered {
        state,
        visit,
        pausing: false,
    });
    clocks::settle(turn)?;
    join(turn)
}

pub(super) fn close(turn: &mut Turn<'_>, outcome: OutcomeId) -> Result<(), Refusal> {
    cancel_open_tasks(turn);
    turn.emit(Body::Closed { outcome });
    clocks::settle(turn)
}

fn become_other(turn: &mut Turn<'_>, workflow: &WorkflowId, end: &[ClockId]) -> Result<(), Refusal> {
    let Some(other) = (turn.world.active)(workflow) else {
        return Err(Objection::new(Code::UnknownWorkflow)
            .with("workflow", workflow.as_str())
            .into());
    };
    cancel_open_tasks(turn);
    for clock in end {
        clocks::end(turn, clock);
    }
    let kept: Vec<_> = turn
        .ticket
        .fields
        .iter()
        .filter(
            |(id, value)| match (turn.definition.fields.get(*id), other.fields.get(*id)) {
                (Some(from), Some(to)) => {
                    // What the new workflow could not have accepted is asked anew (L9), and nothing loses its mask (R10).
                    from.kind == to.kind
                        && (to.private || !from.private)
                        && (**value == Value::Erased || values::fits(to, value, turn.world.directory).is_none())
                }
                (None, _) | (_, None) => false,
            },
        )
        .map(|(id, _)| id.clone())
        .collect();
    let defaults: Values = values::defaults(&other)
        .into_iter()
        .filter(|(field, _)| !kept.contains(field))
        .collect();
    turn.emit_with(
        Body::Became {
            workflow: other.workflow.value.clone(),
            definition: other.hash.clone(),
            calendar: other.calendar.as_ref().map(|calendar| calendar.value.clone()),
            state: other.start.value.clone(),
            kept,
        },
        defaults,
        std::collections::BTreeMap::new(),
    );
    turn.definition = other;
    clocks::carry_over(turn);
    arrive(turn, &[])
}

/// Nothing moves; but when a department field was written, the tasks of the state follow it (R16).
pub(super) fn stay(turn: &mut Turn<'_>) -> Result<(), Refusal> {
    let definition = Arc::clone(&turn.definition);
    if let Some(state) = definition.states.get(&turn.ticket.state)
        && !turn.ticket.is_closed()
    {
        let written = turn.written.clone();
        for spec in state.tasks.values().filter(|spec| written.contains(&spec.field.value)) {
            let named = named_departments(turn, &spec.field.value);
            let gone: Vec<TaskId> = turn
                .ticket
                .open_tasks()
                .filter(|task| task.state == state.id && task.key == spec.key && !named.contains(&task.department))
                .map(|task| task.id)
                .collect();
            for task in gone {
                turn.emit(Body::TaskCancelled { task });
            }
            for department in named {
                let has_one =
                    current_tasks(turn, state).any(|task| task.key == spec.key && task.department == department);
                if !has_one {
                    open_task(turn, state, &spec.key, department, &spec.owner.value);
                }
            }
        }
    }
    clocks::settle(turn)?;
    join(turn)
}

fn named_departments(turn: &Turn<'_>, field: &crate::workflow::id::FieldId) -> Vec<DepartmentId> {
    departments_in(turn.ticket.fields.get(field))
        .into_iter()
        .cloned()
        .collect()
}

fn open_task(
    turn: &mut Turn<'_>,
    state: &State,
    key: &TaskKey,
    department: DepartmentId,
    owner: &crate::workflow::id::RuleId,
) {
    let task = turn.ticket.tasks.iter().map(|task| task.id).max().unwrap_or(0) + 1;
    turn.emit(Body::TaskOpened {
        task,
        key: key.clone(),
        state: state.id.clone(),
        department,
        owner: owner.clone(),
    });
}

/// Opens one task for each department named, except where a finished one of an unchanged department is kept (L4).
pub(super) fn open_tasks(turn: &mut Turn<'_>, again: &[TaskKey]) -> Result<(), Refusal> {
    let definition = Arc::clone(&turn.definition);
    let Some(state) = definition.states.get(&turn.ticket.state) else {
        return Ok(());
    };
    if state.tasks.is_empty() {
        return Ok(());
    }
    let dropped: Vec<TaskId> = current_tasks(turn, state)
        .filter(|task| {
            let field = state.tasks.get(&task.key).map(|spec| &spec.field.value);
            field.is_none_or(|field| !named_departments(turn, field).contains(&task.department))
        })
        .map(|task| task.id)
        .collect();
    if !dropped.is_empty() {
        turn.emit(Body::TasksConsumed { tasks: dropped });
    }
    for spec in state
        .tasks
        .values()
        .filter(|spec| again.is_empty() || again.contains(&spec.key))
    {
        for department in named_departments(turn, &spec.field.value) {
            let kept = current_tasks(turn, state).any(|task| task.key == spec.key && task.department == department);
            if !kept {
                open_task(turn, state, &spec.key, department, &spec.owner.value);
            }
        }
    }
    if current_tasks(turn, state).next().is_none() {
        let fields: Vec<&str> = state.tasks.values().map(|spec| spec.field.as_str()).collect();
        return Err(Objection::new(Code::NoDepartment)
            .with("fields", fields.join(", "))
            .into());
    }
    Ok(())
}

/// Tasks of the state that count for its joins: not cancelled, not yet used by a join.
fn current_tasks<'t>(turn: &'t Turn<'_>, state: &State) -> impl Iterator<Item = &'t Task> {
    let id = state.id.clone();
    turn.ticket
        .tasks
        .iter()
        .filter(move |task| task.state == id && !task.consumed && task.phase != TaskPhase::Cancelled)
}

pub(super) fn cancel_open_tasks(turn: &mut Turn<'_>) {
    let open: Vec<TaskId> = turn.ticket.open_tasks().map(|task| task.id).collect();
    for task in open {
        turn.emit(Body::TaskCancelled { task });
    }
}

/// Goes on when the tasks of the state say so; tried after every change of a task. Entering joins again by itself.
pub(super) fn join(turn: &mut Turn<'_>) -> Result<(), Refusal> {
    let definition = Arc::clone(&turn.definition);
    let Some(state) = definition.states.get(&turn.ticket.state) else {
        return Ok(());
    };
    if turn.ticket.is_closed() || state.tasks.is_empty() || turn.joins >= JOINS_MAX {
        return Ok(());
    }
    let Some(found) = applying(turn, state) else {
        return Ok(());
    };
    turn.joins += 1;
    gather(turn, state, found.condition);
    take(turn, &found.way, &[], Place::State)
}

/// The first row that applies; a granted return wins over all others (L4).
fn applying<'s>(turn: &Turn<'_>, state: &'s State) -> Option<&'s Join> {
    let returned = state
        .joins
        .iter()
        .find(|join| join.condition == JoinCondition::AnyReturned);
    if let Some(join) = returned
        && current_tasks(turn, state).any(|task| task.phase == TaskPhase::Returned)
    {
        return Some(join);
    }
    let done = |task: &&Task| task.phase == TaskPhase::Done;
    state.joins.iter().find(|join| match join.condition {
        JoinCondition::AnyReturned => false,
        JoinCondition::AllDone => {
            current_tasks(turn, state).next().is_some() && current_tasks(turn, state).all(|task| done(&task))
        }
        JoinCondition::LeadDone => {
            let lead = lead_key(state);
            let mut tasks = current_tasks(turn, state)
                .filter(|task| Some(&task.key) == lead)
                .peekable();
            tasks.peek().is_some() && tasks.all(|task| done(&task))
        }
        JoinCondition::NDone(n) => {
            current_tasks(turn, state).filter(done).count() >= usize::try_from(n).unwrap_or(usize::MAX)
        }
    })
}

/// The task under the key `lead`, or the first one listed.
fn lead_key(state: &State) -> Option<&TaskKey> {
    state
        .tasks
        .keys()
        .find(|key| key.as_str() == "lead")
        .or_else(|| state.tasks.keys().next())
}

/// Uses the tasks: the lead's fields become the ticket's, open ones are cancelled, and a return keeps finished ones.
fn gather(turn: &mut Turn<'_>, state: &State, condition: JoinCondition) {
    let returning = condition == JoinCondition::AnyReturned;
    if !returning {
        let lead = lead_key(state);
        let fields = current_tasks(turn, state)
            .filter(|task| Some(&task.key) == lead && task.phase == TaskPhase::Done)
            .last()
            .map(|task| task.fields.clone());
        if let Some(fields) = fields {
            turn.write(Why::Join, fields);
        }
    }
    let used: Vec<TaskId> = current_tasks(turn, state)
        .filter(|task| !returning || task.phase == TaskPhase::Returned)
        .map(|task| task.id)
        .collect();
    cancel_open_tasks(turn);
    turn.emit(Body::TasksConsumed { tasks: used });
}
