//! What departments do with their tasks: sign, reply, ask for return, hand over (R14-R16, L4).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::workflow::definition::{At, TaskSpec};
use crate::workflow::id::{DepartmentId, FieldId};
use crate::workflow::value::{Value, Values};

use super::super::event::{Body, Why};
use super::super::model::{Task, TaskId, TaskPhase};
use super::super::people::Walk;
use super::super::refusal::{Code, Objection, Refusal};
use super::super::turn::Turn;
use super::super::{clocks, may, schedule, values, way};
use super::{must_be_open, must_say, told};

type Texts = BTreeMap<Arc<str>, String>;

pub(super) fn sign(turn: &mut Turn<'_>, id: TaskId) -> Result<(), Refusal> {
    let task = find(turn, id)?;
    if may::by_rules(turn, &owner(&task), Walk::Whole, &[], Some(&task)).is_err() {
        may::by_roles(turn, &turn.world.directory.builtin.sign).map_err(|_| not_owner(turn, &task))?;
    }
    in_phase(&task, &[TaskPhase::Open])?;
    turn.emit(Body::TaskSigned { task: id });
    after(turn)
}

pub(super) fn reply(turn: &mut Turn<'_>, id: TaskId, given: &Values, texts: &Texts) -> Result<(), Refusal> {
    let task = find(turn, id)?;
    may_handle(turn, &task)?;
    // Nothing is answered unsigned (R14).
    if task.phase == TaskPhase::Open {
        return Err(Objection::new(Code::Unsigned).task(id).into());
    }
    in_phase(&task, &[TaskPhase::Signed])?;
    let definition = Arc::clone(&turn.definition);
    let spec = spec(turn, &definition, &task)?;
    let asked = |field: &FieldId| spec.require.iter().chain(&spec.ask).any(|asked| asked.value == *field);
    let mut objections = Vec::new();
    if let Err(refusal) = values::validate(&definition, given, turn.world.directory, &asked) {
        objections.extend(refusal.objections);
    }
    objections.extend(values::missing(&definition, &task.fields, given, &spec.require));
    let on_form: Vec<At<FieldId>> = spec.require.iter().chain(&spec.ask).cloned().collect();
    let mut fields = turn.ticket.fields.clone();
    fields.extend(task.fields.clone());
    if let Err(refusal) = values::run_checks(&definition, &turn.ticket, &fields, turn.now, given, &on_form) {
        objections.extend(refusal.objections);
    }
    if !objections.is_empty() {
        let objections = objections.into_iter().map(|objection| objection.task(id)).collect();
        return Err(Refusal { objections });
    }
    turn.emit_with(Body::TaskReplied { task: id }, given.clone(), texts.clone());
    // The task's fields are not the ticket's before the join: no limit may go by them yet.
    turn.written.clear();
    after(turn)
}

pub(super) fn ask_return(turn: &mut Turn<'_>, id: TaskId, texts: &Texts) -> Result<(), Refusal> {
    let task = find(turn, id)?;
    may_handle(turn, &task)?;
    in_phase(&task, &[TaskPhase::Open, TaskPhase::Signed])?;
    must_say(texts, "reason")?;
    must_say(texts, "basis")?;
    if task.forced {
        return Err(Objection::new(Code::NoReturn).task(id).with("why", "forced").into());
    }
    let definition = Arc::clone(&turn.definition);
    if let Some(within) = spec(turn, &definition, &task)?.return_within.as_ref() {
        let calendar = turn.calendar();
        let over = match calendar.and_then(|calendar| Some((calendar, calendar.budget(task.opened_at, within.value)?)))
        {
            Some((calendar, budget)) => calendar.measure(budget.working, task.opened_at, turn.now) > budget.ms,
            None => turn.now.since(task.opened_at) > schedule::in_unit(within.value, None),
        };
        if over {
            let objection = Objection::new(Code::NoReturn).task(id).with("why", "late");
            return Err(objection.with("within", within.value.to_string()).into());
        }
    }
    turn.emit_with(Body::ReturnAsked { task: id }, Values::new(), texts.clone());
    told::deciders(turn, "ask_return");
    after(turn)
}

pub(super) fn grant_return(turn: &mut Turn<'_>, id: TaskId, texts: &Texts) -> Result<(), Refusal> {
    let task = find(turn, id)?;
    may::by_roles(turn, &turn.world.directory.builtin.grant_return)?;
    in_phase(&task, &[TaskPhase::ReturnAsked])?;
    turn.emit_with(Body::ReturnGranted { task: id }, Values::new(), texts.clone());
    told::owners_of(turn, id, "grant_return");
    after(turn)
}

pub(super) fn force(turn: &mut Turn<'_>, id: TaskId, texts: &Texts) -> Result<(), Refusal> {
    let task = find(turn, id)?;
    may::by_roles(turn, &turn.world.directory.builtin.grant_return)?;
    in_phase(&task, &[TaskPhase::ReturnAsked])?;
    turn.emit_with(Body::Forced { task: id }, Values::new(), texts.clone());
    told::owners_of(turn, id, "force");
    after(turn)
}

pub(super) fn hand_over(turn: &mut Turn<'_>, id: TaskId, to: &DepartmentId, texts: &Texts) -> Result<(), Refusal> {
    let task = find(turn, id)?;
    may_handle(turn, &task)?;
    in_phase(&task, &[TaskPhase::Open, TaskPhase::Signed])?;
    must_say(texts, "reason")?;
    if !turn.world.directory.departments.contains_key(to) {
        return Err(Objection::new(Code::UnknownDepartment)
            .with("found", to.as_str())
            .into());
    }
    let busy = turn.ticket.open_tasks().any(|other| other.department == *to);
    if busy {
        return Err(Objection::new(Code::NoDepartment)
            .task(id)
            .with("found", to.as_str())
            .into());
    }
    turn.emit_with(
        Body::HandedOver {
            task: id,
            to: to.clone(),
        },
        Values::new(),
        texts.clone(),
    );
    told::owners_of(turn, id, "hand_over");
    follow(turn, &task, to)
}

pub(super) fn give_back(turn: &mut Turn<'_>, id: TaskId, texts: &Texts) -> Result<(), Refusal> {
    let task = find(turn, id)?;
    may_handle(turn, &task)?;
    in_phase(&task, &[TaskPhase::Open])?;
    let Some(to) = task.handed_from.clone() else {
        return Err(Objection::new(Code::Nothing).task(id).into());
    };
    turn.emit_with(
        Body::GivenBack {
            task: id,
            to: to.clone(),
        },
        Values::new(),
        texts.clone(),
    );
    told::owners_of(turn, id, "give_back");
    follow(turn, &task, &to)
}

/// The field that named the old department names the new one: rules `of:` that field must find the right head.
fn follow(turn: &mut Turn<'_>, task: &Task, to: &DepartmentId) -> Result<(), Refusal> {
    let definition = Arc::clone(&turn.definition);
    let field = spec(turn, &definition, task)?.field.value.clone();
    let value = match turn.ticket.fields.get(&field) {
        Some(Value::Departments(departments)) => Value::Departments(
            departments
                .iter()
                .map(|known| {
                    if *known == task.department {
                        to.clone()
                    } else {
                        known.clone()
                    }
                })
                .collect(),
        ),
        _ => Value::Department(to.clone()),
    };
    let moved: Values = [(field, value)].into_iter().collect();
    values::run_checks(&definition, &turn.ticket, &turn.ticket.fields, turn.now, &moved, &[])?;
    turn.write(Why::HandOver, moved);
    after(turn)
}

fn after(turn: &mut Turn<'_>) -> Result<(), Refusal> {
    clocks::settle(turn)?;
    way::join(turn)
}

fn find(turn: &Turn<'_>, id: TaskId) -> Result<Task, Refusal> {
    must_be_open(turn)?;
    turn.ticket
        .task(id)
        .cloned()
        .ok_or_else(|| Objection::new(Code::UnknownTask).with("found", id.to_string()).into())
}

fn spec<'d>(
    turn: &Turn<'_>,
    definition: &'d crate::workflow::definition::Definition,
    task: &Task,
) -> Result<&'d TaskSpec, Refusal> {
    // A task waits while the ticket is on hold (L5).
    if task.state != turn.ticket.state {
        return Err(Objection::new(Code::OnlyIn)
            .task(task.id)
            .with("states", task.state.as_str())
            .into());
    }
    let spec = definition
        .states
        .get(&task.state)
        .and_then(|state| state.tasks.get(&task.key));
    spec.ok_or_else(|| {
        Objection::new(Code::UnknownTask)
            .with("found", task.id.to_string())
            .into()
    })
}

fn owner(task: &Task) -> [At<crate::workflow::id::RuleId>; 1] {
    [At::new(
        task.owner.clone(),
        crate::workflow::definition::Span::default(),
    )]
}

fn may_handle(turn: &Turn<'_>, task: &Task) -> Result<(), Refusal> {
    Ok(may::by_rules(turn, &owner(task), Walk::Whole, &[], Some(task)).map_err(|objection| objection.task(task.id))?)
}

fn not_owner(turn: &Turn<'_>, task: &Task) -> Objection {
    let owners = turn.search(Some(task), &[]).resolve(&task.owner, Walk::Whole);
    Objection::new(Code::By).task(task.id).who(owners.persons)
}

fn in_phase(task: &Task, accepted: &[TaskPhase]) -> Result<(), Refusal> {
    if accepted.contains(&task.phase) {
        return Ok(());
    }
    let phases: Vec<&str> = accepted.iter().map(|phase| phase.as_str()).collect();
    let objection = Objection::new(Code::TaskPhase)
        .task(task.id)
        .with("found", task.phase.as_str());
    Err(objection.with("accepted", phases.join(", ")).into())
}
