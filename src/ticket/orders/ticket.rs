//! What can be done with a ticket in any workflow: take, acknowledge, chase, watch, note, correct, reveal.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::workflow::definition::Recipient;
use crate::workflow::id::{FieldId, PersonId};
use crate::workflow::moment::MINUTE;
use crate::workflow::value::{Value, Values};

use super::super::event::Body;
use super::super::model::TaskId;
use super::super::people::{Found, Walk};
use super::super::refusal::{Code, Objection, Refusal};
use super::super::turn::Turn;
use super::super::{may, values, way};
use super::{must_be_open, must_say, person};

type Texts = BTreeMap<Arc<str>, String>;

/// A chase is passed on at most once in this time for a ticket (R18).
const CHASE_EVERY: i64 = 10 * MINUTE;

pub(super) fn take(turn: &mut Turn<'_>, task: Option<TaskId>) -> Result<(), Refusal> {
    must_be_open(turn)?;
    let by = person(turn)?.clone();
    let group = match task {
        Some(id) => {
            let task = open_task(turn, id)?;
            turn.search(Some(task), &[]).resolve(&task.owner, Walk::Whole)
        }
        None => owners(turn),
    };
    if !turn.imported && !group.persons.contains(&by) {
        return Err(Objection::new(Code::By).who(group.persons).into());
    }
    turn.emit(Body::Taken { task, by });
    Ok(())
}

pub(super) fn release(turn: &mut Turn<'_>, task: Option<TaskId>) -> Result<(), Refusal> {
    must_be_open(turn)?;
    let assignee = match task {
        Some(id) => open_task(turn, id)?.assignee.clone(),
        None => turn.ticket.assignee.clone(),
    };
    let Some(assignee) = assignee else {
        return Err(Refusal::of(Code::Nothing));
    };
    if *person(turn)? != assignee {
        // Somebody who went home must not keep a ticket: whoever grants returns can free it.
        may::by_roles(turn, &turn.world.directory.builtin.grant_return)
            .map_err(|objection| objection.who(vec![assignee]))?;
    }
    turn.emit(Body::Released { task });
    Ok(())
}

/// «I know»: by whoever was told something about this ticket, or owns it (R9).
pub(super) fn acknowledge(turn: &mut Turn<'_>, texts: &Texts) -> Result<(), Refusal> {
    must_be_open(turn)?;
    let by = person(turn)?.clone();
    let mut may = owners(turn).persons;
    may.extend(turn.ticket.told.iter().cloned());
    if !may.contains(&by) && !turn.imported {
        return Err(Objection::new(Code::By).who(may).into());
    }
    turn.emit_with(Body::Acknowledged, Values::new(), texts.clone());
    super::super::clocks::settle(turn)
}

/// The caller rings again: the owner is told and it is counted (R18).
pub(super) fn chase(turn: &mut Turn<'_>, texts: &Texts) -> Result<(), Refusal> {
    must_be_open(turn)?;
    may::by_roles(turn, &turn.world.directory.builtin.chase)?;
    let last = turn
        .ticket
        .doings
        .iter()
        .rev()
        .find(|doing| doing.action == *"chase")
        .map(|doing| doing.at);
    if let Some(last) = last.filter(|last| turn.now.since(*last) < CHASE_EVERY) {
        let objection = Objection::new(Code::AtMost).with("action", "chase").with("times", "1");
        return Err(objection.with("per", "10 minutes").with("last", last.rfc3339()).into());
    }
    let to = if turn.imported {
        Vec::new()
    } else {
        turn.search(None, &[]).recipients(&Recipient::OpenTasks).persons
    };
    turn.emit_with(Body::Chased { to }, Values::new(), texts.clone());
    super::super::clocks::settle(turn)
}

pub(super) fn watch(turn: &mut Turn<'_>, on: bool, texts: &Texts) -> Result<(), Refusal> {
    must_be_open(turn)?;
    may::by_roles(turn, &turn.world.directory.builtin.watch)?;
    person(turn)?;
    if !on && turn.ticket.watched_by.is_none() {
        return Err(Refusal::of(Code::Nothing));
    }
    turn.emit_with(Body::Watched { on }, Values::new(), texts.clone());
    Ok(())
}

/// Whoever may see a ticket may add a note, also to a closed one.
pub(super) fn note(turn: &mut Turn<'_>, public: bool, texts: &Texts) -> Result<(), Refusal> {
    must_say(texts, "note")?;
    turn.emit_with(Body::Noted { public }, Values::new(), texts.clone());
    Ok(())
}

/// A field is put right, with a reason; what was required stays filled.
pub(super) fn correct(turn: &mut Turn<'_>, given: &Values, texts: &Texts) -> Result<(), Refusal> {
    must_be_open(turn)?;
    may_correct(turn)?;
    must_say(texts, "reason")?;
    if given.is_empty() {
        return Err(Refusal::of(Code::Nothing));
    }
    let definition = Arc::clone(&turn.definition);
    values::validate(&definition, given, turn.world.directory, &|_| true)?;
    let emptied = given.iter().find(|(field, value)| {
        value.is_blank() && turn.ticket.fields.get(*field).is_some_and(|known| !known.is_blank())
    });
    if let Some((field, _)) = emptied {
        return Err(Objection::new(Code::Require).field(field).into());
    }
    values::run_checks(&definition, &turn.ticket, &turn.ticket.fields, turn.now, given, &[])?;
    turn.emit_with(Body::Corrected, given.clone(), texts.clone());
    way::stay(turn)
}

/// The roles of the directory; in the start state also whoever writes the ticket (R4).
fn may_correct(turn: &Turn<'_>) -> Result<(), Refusal> {
    let writing = turn.ticket.state == turn.definition.start.value
        && turn
            .actor
            .person()
            .is_some_and(|person| owners(turn).persons.contains(person));
    if writing {
        return Ok(());
    }
    Ok(may::by_roles(turn, &turn.world.directory.builtin.correct)?)
}

/// A masked field is shown once: who and why stand in the record (R10).
pub(super) fn reveal(turn: &mut Turn<'_>, field: &FieldId, texts: &Texts) -> Result<(), Refusal> {
    may::by_roles(turn, &turn.world.directory.builtin.reveal)?;
    must_say(texts, "reason")?;
    match turn.definition.fields.get(field) {
        None => return Err(Objection::new(Code::UnknownField).field(field).into()),
        Some(known) if !known.private => return Err(Objection::new(Code::Nothing).field(field).into()),
        Some(_) => {}
    }
    if turn
        .ticket
        .fields
        .get(field)
        .is_none_or(|value| *value == Value::Erased)
    {
        return Err(Objection::new(Code::Nothing).field(field).into());
    }
    turn.emit_with(Body::Revealed { field: field.clone() }, Values::new(), texts.clone());
    Ok(())
}

fn owners(turn: &Turn<'_>) -> Found {
    match turn.definition.states.get(&turn.ticket.state) {
        Some(state) => turn.search(None, &[]).resolve(&state.owner.value, Walk::Whole),
        None => Found {
            persons: Vec::<PersonId>::new(),
            way: Vec::new(),
        },
    }
}

fn open_task<'t>(turn: &'t Turn<'_>, id: TaskId) -> Result<&'t super::super::model::Task, Refusal> {
    let unknown = || Objection::new(Code::UnknownTask).with("found", id.to_string());
    Ok(turn
        .ticket
        .open_tasks()
        .find(|task| task.id == id)
        .ok_or_else(unknown)?)
}
