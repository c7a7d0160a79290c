//! Plays a brought history through the core, each command at its own time (L12). Pure: the desk saves what comes out.
//!
//! States, guards, `require`, `check` and `not_by` hold as for everybody; membership is not asked, nothing is sent, and
//! rungs that would act wait for the end of the import. One refused command refuses the whole ticket.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::past::{Past, PastCommand};
use crate::ticket::command::{Command, Opening, Order};
use crate::ticket::event::{Actor, Event};
use crate::ticket::json;
use crate::ticket::model::{Contact, TaskId, Ticket};
use crate::ticket::refusal::{Code, Objection, Refusal};
use crate::ticket::turn::{self, Decision, World};
use crate::workflow::definition::Definition;
use crate::workflow::id::{ActionId, DepartmentId, PersonId};
use crate::workflow::moment::Moment;

/// A history that was accepted.
#[derive(Debug)]
pub struct Replayed {
    pub ticket: Ticket,
    pub definition: Arc<Definition>,
    pub events: Vec<Event>,
}

/// Where a history was refused: the command, counted from 0, or `None` for the opening.
#[derive(Debug)]
pub struct Stopped {
    pub command: Option<usize>,
    pub refusal: Refusal,
}

/// What the ticket is to be called.
#[derive(Clone, Debug)]
pub struct Name {
    pub id: Uuid,
    pub number: Arc<str>,
}

/// Plays the history; `recorded` is when it is written down, and no event may be later.
pub fn replay(
    past: &Past,
    name: Name,
    definition: &Arc<Definition>,
    contact: Option<Contact>,
    recorded: Moment,
    world: &World<'_>,
) -> Result<Replayed, Stopped> {
    let stop = |command: Option<usize>| move |refusal: Refusal| Stopped { command, refusal };
    if past.at > recorded {
        return Err(stop(None)(in_future(past.at)));
    }
    let opening = Opening {
        id: name.id,
        number: name.number,
        creator: actor(past.by.as_ref()),
        contact,
        values: json::read(definition, &past.values).map_err(stop(None))?,
        imported: true,
    };
    let mut so_far = Replayed::of(turn::open(definition, &opening, past.at, world).map_err(stop(None))?);
    for (place, command) in past.commands.iter().enumerate() {
        so_far.step(command, recorded, world).map_err(stop(Some(place)))?;
    }
    so_far.wait(recorded, recorded, world);
    for event in &mut so_far.events {
        event.recorded_at = recorded;
    }
    Ok(so_far)
}

impl Replayed {
    fn of(decision: Decision) -> Self {
        Self {
            ticket: decision.ticket,
            definition: decision.definition,
            events: decision.events,
        }
    }

    fn add(&mut self, decision: Decision) {
        self.ticket = decision.ticket;
        self.definition = decision.definition;
        self.events.extend(decision.events);
    }

    fn wait(&mut self, until: Moment, recorded: Moment, world: &World<'_>) {
        let waited = turn::advance_imported(&self.definition, &self.ticket, until, recorded, world);
        self.add(waited);
    }

    fn step(&mut self, past: &PastCommand, recorded: Moment, world: &World<'_>) -> Result<(), Refusal> {
        if past.at > recorded {
            return Err(in_future(past.at));
        }
        // Equal times are fine, the order is the file's; going back in time is not.
        if past.at < self.ticket.last_at {
            let objection = Objection::new(Code::Time).with("at", past.at.rfc3339());
            return Err(objection.with("earliest", self.ticket.last_at.rfc3339()).into());
        }
        self.wait(past.at, recorded, world);
        let command = Command {
            actor: actor(past.by.as_ref()),
            on_behalf_of: past.on_behalf_of.clone(),
            order: order(past, &self.ticket, &self.definition)?,
            texts: past.texts.clone(),
            files: Vec::new(),
            imported: true,
        };
        let decision = turn::decide_recorded(&self.definition, &self.ticket, &command, past.at, recorded, world)?;
        self.add(decision);
        Ok(())
    }
}

fn in_future(at: Moment) -> Refusal {
    Objection::new(Code::Time).with("at", at.rfc3339()).into()
}

fn actor(person: Option<&PersonId>) -> Actor {
    person.map_or(Actor::System, |person| Actor::Person(person.clone()))
}

/// What is asked, in the terms of the core: an action of the file, or a built-in one by its name.
pub fn order(past: &PastCommand, ticket: &Ticket, definition: &Definition) -> Result<Order, Refusal> {
    let values = json::read(definition, &past.values)?;
    if is_of_file(&past.action, definition) {
        return Ok(Order::Do {
            action: past.action.clone(),
            values,
        });
    }
    let task = || -> Result<TaskId, Refusal> {
        let named = past.task.as_ref().and_then(|name| name.find(ticket));
        named.ok_or_else(|| Refusal::of(Code::UnknownTask))
    };
    let maybe_task = || past.task.as_ref().map(|_| task()).transpose();
    let yes = |name: &str, otherwise: bool| past.with.get(name).and_then(Json::as_bool).unwrap_or(otherwise);
    let order = match past.action.as_str() {
        "sign" => Order::Sign { task: task()? },
        "reply" => Order::Reply { task: task()?, values },
        "ask_return" => Order::AskReturn { task: task()? },
        "grant_return" => Order::GrantReturn { task: task()? },
        "force" => Order::Force { task: task()? },
        "hand_over" => Order::HandOver {
            task: task()?,
            to: department(&past.with)?,
        },
        "give_back" => Order::GiveBack { task: task()? },
        "take" => Order::Take { task: maybe_task()? },
        "release" => Order::Release { task: maybe_task()? },
        "acknowledge" => Order::Acknowledge,
        "chase" => Order::Chase,
        "watch" => Order::Watch { on: yes("on", true) },
        "note" => Order::Note {
            public: yes("public", false),
        },
        "correct" => Order::Correct { values },
        "contact_ended" => {
            let at = past.with.get("at").and_then(json::moment);
            Order::ContactEnded {
                at: at.unwrap_or(past.at),
            }
        }
        // Links, merges and reveals concern other tickets or other people's eyes: they are not brought along.
        other => return Err(Objection::new(Code::UnknownAction).with("action", other).into()),
    };
    Ok(order)
}

fn is_of_file(action: &ActionId, definition: &Definition) -> bool {
    definition.anytime.contains_key(action)
        || definition.after_close.contains_key(action)
        || definition
            .states
            .values()
            .any(|state| state.actions.contains_key(action))
}

fn department(with: &Map<String, Json>) -> Result<DepartmentId, Refusal> {
    let to = with.get("to").and_then(Json::as_str);
    to.map(DepartmentId::from)
        .ok_or_else(|| Refusal::of(Code::UnknownDepartment))
}
