//! The entrances of the core: open a ticket, decide a command, let time pass, ask when something is due next.
//!
//! A [`Turn`] is one of these in progress: each event is applied the moment it is emitted, so that whatever comes next
//! sees the ticket as it is by then. A refusal throws the whole turn away (L3).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::workflow::calendar::Calendar;
use crate::workflow::definition::Definition;
use crate::workflow::directory::Directory;
use crate::workflow::id::{DepartmentId, FieldId, PersonId, StateId, WorkflowId};
use crate::workflow::moment::Moment;
use crate::workflow::value::Values;

use super::apply::{apply, born};
use super::command::{Command, Opening};
use super::event::{Actor, Body, Event, Why};
use super::model::{Task, Ticket};
use super::people::Search;
use super::refusal::{Code, Objection, Refusal};
use super::{clocks, orders, route, rungs, values, way};

/// What the core may look at beside the ticket.
#[derive(Clone, Copy)]
pub struct World<'a> {
    pub directory: &'a Directory,
    /// The active version of another workflow, for `becomes`.
    pub active: &'a dyn Fn(&WorkflowId) -> Option<Arc<Definition>>,
}

/// What follows: the events in order, and the ticket with all of them applied.
#[derive(Clone, Debug)]
pub struct Decision {
    pub ticket: Ticket,
    pub events: Vec<Event>,
    /// The definition the ticket runs on now (`becomes` changes it).
    pub definition: Arc<Definition>,
}

/// Opens a ticket: the first events of its history.
pub fn open(
    definition: &Arc<Definition>,
    opening: &Opening,
    now: Moment,
    world: &World<'_>,
) -> Result<Decision, Refusal> {
    let asked = values::asked_at_start(definition);
    let allowed = |field: &FieldId| opening.imported || asked.contains(&field);
    values::validate(definition, &opening.values, world.directory, &allowed)?;
    let mut turn = born_turn(definition, opening, &definition.start, now, world)?;
    values::run_checks(
        &turn.definition,
        &turn.ticket,
        &turn.ticket.fields,
        now,
        &opening.values,
        &[],
    )?;
    way::open_tasks(&mut turn, &[])?;
    clocks::settle(&mut turn)?;
    Ok(turn.finish())
}

/// Opens a ticket as it would stand in `state`, for a story's `given`: routing has run, tasks are open.
pub fn open_in_state(
    definition: &Arc<Definition>,
    opening: &Opening,
    state: &StateId,
    now: Moment,
    world: &World<'_>,
) -> Result<Decision, Refusal> {
    values::validate(definition, &opening.values, world.directory, &|_| true)?;
    let mut turn = born_turn(definition, opening, state, now, world)?;
    if !definition.routing.is_empty() {
        let filled = route::route(&turn.definition, &turn.ticket.fields)?;
        turn.write(Why::Routing, filled);
    }
    way::open_tasks(&mut turn, &[])?;
    clocks::settle(&mut turn)?;
    Ok(turn.finish())
}

/// Decides a command at `now`. The caller has advanced the ticket to `now` before (L8).
pub fn decide(
    definition: &Arc<Definition>,
    ticket: &Ticket,
    command: &Command,
    now: Moment,
    world: &World<'_>,
) -> Result<Decision, Refusal> {
    decide_recorded(definition, ticket, command, now, now, world)
}

/// As [`decide`], for history: it happened at `now` and is written down at `recorded`.
pub fn decide_recorded(
    definition: &Arc<Definition>,
    ticket: &Ticket,
    command: &Command,
    now: Moment,
    recorded: Moment,
    world: &World<'_>,
) -> Result<Decision, Refusal> {
    values::validate_texts(&command.texts)?;
    must_be_evident(command)?;
    let mut turn = Turn {
        world: *world,
        definition: Arc::clone(definition),
        ticket: ticket.clone(),
        events: Vec::new(),
        actor: command.actor.clone(),
        on_behalf_of: command.on_behalf_of.clone(),
        now,
        recorded,
        imported: command.imported,
        written: Vec::new(),
        joins: 0,
    };
    orders::carry_out(&mut turn, command)?;
    Ok(turn.finish())
}

/// Who acts for a department without accounts says what shows it: a letter, a call, a reference. History is taken as it
/// was (L12).
fn must_be_evident(command: &Command) -> Result<(), Refusal> {
    let given = command
        .texts
        .get("evidence")
        .is_some_and(|text| !text.trim().is_empty());
    if command.on_behalf_of.is_none() || command.imported || given {
        return Ok(());
    }
    Err(Objection::new(Code::TextMissing).with("text", "evidence").into())
}

/// Applies every rung due at or before `until`, each at its nominal moment (L8). `now` is when it is written down.
pub fn advance(
    definition: &Arc<Definition>,
    ticket: &Ticket,
    until: Moment,
    now: Moment,
    world: &World<'_>,
) -> Decision {
    rungs::advance(Turn::resting(definition, ticket, now, world), until)
}

/// As [`advance`] while history is imported: nothing is sent, and `do` rungs wait for the end of the import (L12).
pub fn advance_imported(
    definition: &Arc<Definition>,
    ticket: &Ticket,
    until: Moment,
    now: Moment,
    world: &World<'_>,
) -> Decision {
    let mut turn = Turn::resting(definition, ticket, now, world);
    turn.imported = true;
    rungs::advance(turn, until)
}

/// When the next rung is due, over all clocks and tasks; `None` when nothing is.
pub fn next_due(ticket: &Ticket) -> Option<Moment> {
    ticket
        .clocks
        .iter()
        .filter_map(|run| run.schedule.first())
        .map(|scheduled| scheduled.at)
        .min()
}

fn born_turn<'a>(
    definition: &Arc<Definition>,
    opening: &Opening,
    state: &StateId,
    now: Moment,
    world: &World<'a>,
) -> Result<Turn<'a>, Refusal> {
    let mut fields = values::defaults(definition);
    for (field, value) in &opening.values {
        fields.insert(field.clone(), value.clone());
    }
    let event = Event {
        seq: 1,
        at: now,
        recorded_at: now,
        actor: opening.creator.clone(),
        on_behalf_of: None,
        body: Body::Opened {
            id: opening.id,
            number: opening.number.clone(),
            workflow: definition.workflow.value.clone(),
            definition: definition.hash.clone(),
            calendar: definition.calendar.as_ref().map(|calendar| calendar.value.clone()),
            state: state.clone(),
            contact: opening.contact.clone(),
            imported: opening.imported,
        },
        values: fields,
        texts: BTreeMap::new(),
    };
    let ticket = born(&event).ok_or_else(|| Refusal::of(Code::UnknownAction))?;
    Ok(Turn {
        world: *world,
        definition: Arc::clone(definition),
        ticket,
        events: vec![event],
        actor: opening.creator.clone(),
        on_behalf_of: None,
        now,
        recorded: now,
        imported: opening.imported,
        written: Vec::new(),
        joins: 0,
    })
}

/// A decision in progress.
#[derive(Clone)]
pub(super) struct Turn<'a> {
    pub world: World<'a>,
    pub definition: Arc<Definition>,
    pub ticket: Ticket,
    pub events: Vec<Event>,
    pub actor: Actor,
    pub on_behalf_of: Option<DepartmentId>,
    /// When it happens.
    pub now: Moment,
    /// When it is written down.
    pub recorded: Moment,
    pub imported: bool,
    /// Fields written in this turn: limits and tasks that go by them are looked at anew.
    pub written: Vec<FieldId>,
    /// Joins taken in this turn.
    pub joins: u32,
}

impl<'a> Turn<'a> {
    fn resting(definition: &Arc<Definition>, ticket: &Ticket, now: Moment, world: &World<'a>) -> Self {
        Self {
            world: *world,
            definition: Arc::clone(definition),
            ticket: ticket.clone(),
            events: Vec::new(),
            actor: Actor::System,
            on_behalf_of: None,
            now,
            recorded: now,
            imported: false,
            written: Vec::new(),
            joins: 0,
        }
    }

    pub fn finish(self) -> Decision {
        Decision {
            ticket: self.ticket,
            events: self.events,
            definition: self.definition,
        }
    }

    /// The time events get: never before the ticket's last one.
    pub fn at(&self) -> Moment {
        self.now.max(self.ticket.last_at)
    }

    pub fn emit(&mut self, body: Body) {
        self.emit_with(body, Values::new(), BTreeMap::new());
    }

    pub fn emit_with(&mut self, body: Body, values: Values, texts: BTreeMap<Arc<str>, String>) {
        for field in values.keys() {
            if !self.written.contains(field) {
                self.written.push(field.clone());
            }
        }
        let event = Event {
            seq: self.ticket.seq + 1,
            at: self.at(),
            recorded_at: self.recorded,
            actor: self.actor.clone(),
            on_behalf_of: self.on_behalf_of.clone(),
            body,
            values,
            texts,
        };
        apply(&mut self.ticket, &event);
        self.events.push(event);
    }

    /// Values that the engine writes by itself; no event when there are none.
    pub fn write(&mut self, why: Why, values: Values) {
        if !values.is_empty() {
            self.emit_with(Body::Wrote { why }, values, BTreeMap::new());
        }
    }

    pub fn calendar(&self) -> Option<&'a Arc<Calendar>> {
        self.world.directory.calendar(self.ticket.calendar.as_ref())
    }

    /// Looks for people at the time of this turn.
    pub fn search<'s>(&'s self, task: Option<&'s Task>, excluded: &'s [PersonId]) -> Search<'s> {
        Search {
            definition: &self.definition,
            ticket: &self.ticket,
            directory: self.world.directory,
            at: self.now,
            task,
            excluded,
        }
    }
}
