//! What somebody may do with a ticket now: `decide` asked for every action, so that a button and what happens when it
//! is pressed can never disagree (DESIGN, the core).

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::workflow::definition::{Action, Definition, Text};
use crate::workflow::id::{ActionId, FieldId};
use crate::workflow::moment::Moment;
use crate::workflow::value::Values;

use super::command::{Command, Order};
use super::event::Actor;
use super::model::{LinkKind, TaskId, Ticket};
use super::refusal::{Code, Objection};
use super::turn::{World, decide};

/// One action, possible or not.
#[derive(Clone, Debug)]
pub struct Possible {
    pub action: ActionId,
    pub task: Option<TaskId>,
    /// Title and shortcut of an action of the file; built-in ones have texts of their own.
    pub title: Option<Text>,
    pub key: Option<String>,
    pub require: Vec<FieldId>,
    pub ask: Vec<FieldId>,
    /// Texts that must be given: `reason`, `basis` …
    pub texts: Vec<&'static str>,
    /// Why not; empty when it is possible once its form is filled.
    pub objections: Vec<Objection>,
}

/// Every action of the ticket as it stands, for this actor.
pub fn possible(
    definition: &Arc<Definition>,
    ticket: &Ticket,
    actor: &Actor,
    now: Moment,
    world: &World<'_>,
) -> Vec<Possible> {
    let ask = |order: Order, texts: &[&'static str]| {
        let texts = texts
            .iter()
            .map(|key| (Arc::from(*key), String::from("…")))
            .collect::<BTreeMap<_, _>>();
        let command = Command {
            actor: actor.clone(),
            on_behalf_of: None,
            order,
            texts,
            files: Vec::new(),
            imported: false,
        };
        match decide(definition, ticket, &command, now, world) {
            Ok(_) => Vec::new(),
            Err(refusal) => refusal.objections,
        }
    };
    let mut found = Vec::new();
    for action in here(definition, ticket) {
        let objections = ask(
            Order::Do {
                action: action.id.clone(),
                values: Values::new(),
            },
            &[],
        );
        found.push(of_file(action, objections));
    }
    for (name, task, order, texts) in built_in(definition, ticket, actor, world) {
        let objections = ask(order, texts);
        found.push(of_engine(definition, ticket, name, task, texts, objections));
    }
    found
}

fn here<'d>(definition: &'d Definition, ticket: &Ticket) -> Vec<&'d Action> {
    if ticket.is_closed() {
        return definition.after_close.values().collect();
    }
    let state = definition.states.get(&ticket.state);
    state
        .into_iter()
        .flat_map(|state| state.actions.values())
        .chain(definition.anytime.values())
        .collect()
}

fn of_file(action: &Action, objections: Vec<Objection>) -> Possible {
    let require: Vec<FieldId> = action.require.iter().map(|field| field.value.clone()).collect();
    let ask: Vec<FieldId> = action.ask.iter().map(|field| field.value.clone()).collect();
    let objections = standing(objections, &require, &ask);
    Possible {
        action: action.id.clone(),
        task: None,
        title: Some(action.title.clone()),
        key: action.key.clone(),
        require,
        ask,
        texts: Vec::new(),
        objections,
    }
}

fn of_engine(
    definition: &Definition,
    ticket: &Ticket,
    name: &'static str,
    task: Option<TaskId>,
    texts: &[&'static str],
    objections: Vec<Objection>,
) -> Possible {
    let spec = task
        .and_then(|id| ticket.task(id))
        .filter(|_| name == "reply")
        .and_then(|task| {
            definition
                .states
                .get(&task.state)
                .and_then(|state| state.tasks.get(&task.key))
        });
    let require: Vec<FieldId> = spec
        .into_iter()
        .flat_map(|spec| &spec.require)
        .map(|field| field.value.clone())
        .collect();
    let ask: Vec<FieldId> = spec
        .into_iter()
        .flat_map(|spec| &spec.ask)
        .map(|field| field.value.clone())
        .collect();
    let mut objections = standing(objections, &require, &ask);
    if name == "correct" || name == "attach" {
        // The form is still empty: that there is nothing to correct or to add yet is no objection.
        objections.retain(|objection| objection.code != Code::Nothing);
    }
    Possible {
        action: ActionId::from(name),
        task,
        title: None,
        key: None,
        require,
        ask,
        texts: texts.to_vec(),
        objections,
    }
}

/// Objections that filling in the form cannot lift.
fn standing(objections: Vec<Objection>, require: &[FieldId], ask: &[FieldId]) -> Vec<Objection> {
    let asked = |field: &FieldId| require.contains(field) || ask.contains(field);
    let lifts = |objection: &Objection| match objection.code {
        Code::Require | Code::Expression | Code::NoRoute => objection.field.as_ref().is_some_and(asked),
        Code::NoDepartment => !require.is_empty() || !ask.is_empty(),
        Code::TextMissing => true,
        Code::Closed
        | Code::Open
        | Code::UnknownAction
        | Code::By
        | Code::NotBy
        | Code::OnlyIn
        | Code::OnlyIf
        | Code::AtMost
        | Code::Check
        | Code::Value
        | Code::NotAsked
        | Code::UnknownField
        | Code::UnknownTask
        | Code::Unsigned
        | Code::TaskPhase
        | Code::NoReturn
        | Code::UnknownDepartment
        | Code::UnknownPerson
        | Code::ClockStopped
        | Code::UnknownWorkflow
        | Code::Time
        | Code::Nothing => false,
    };
    objections.into_iter().filter(|objection| !lifts(objection)).collect()
}

type BuiltIn = (&'static str, Option<TaskId>, Order, &'static [&'static str]);

fn built_in(definition: &Definition, ticket: &Ticket, actor: &Actor, world: &World<'_>) -> Vec<BuiltIn> {
    let mut all: Vec<BuiltIn> = Vec::new();
    for task in ticket.open_tasks() {
        let id = task.id;
        all.push(("sign", Some(id), Order::Sign { task: id }, &[]));
        all.push((
            "reply",
            Some(id),
            Order::Reply {
                task: id,
                values: Values::new(),
            },
            &[],
        ));
        all.push((
            "ask_return",
            Some(id),
            Order::AskReturn { task: id },
            &["reason", "basis"],
        ));
        all.push(("grant_return", Some(id), Order::GrantReturn { task: id }, &[]));
        all.push(("force", Some(id), Order::Force { task: id }, &[]));
        let busy = |department: &&crate::workflow::id::DepartmentId| {
            ticket.open_tasks().any(|task| task.department == **department)
        };
        if let Some(to) = world.directory.departments.keys().find(|department| !busy(department)) {
            all.push((
                "hand_over",
                Some(id),
                Order::HandOver {
                    task: id,
                    to: to.clone(),
                },
                &["reason"],
            ));
        }
        all.push(("give_back", Some(id), Order::GiveBack { task: id }, &[]));
        all.push(("take", Some(id), Order::Take { task: Some(id) }, &[]));
        all.push(("release", Some(id), Order::Release { task: Some(id) }, &[]));
    }
    all.push(("take", None, Order::Take { task: None }, &[]));
    all.push(("release", None, Order::Release { task: None }, &[]));
    all.push(("acknowledge", None, Order::Acknowledge, &[]));
    all.push(("chase", None, Order::Chase, &[]));
    all.push((
        "watch",
        None,
        Order::Watch {
            on: ticket.watched_by.is_none(),
        },
        &[],
    ));
    all.push(("note", None, Order::Note { public: false }, &["note"]));
    all.push(("correct", None, Order::Correct { values: Values::new() }, &["reason"]));
    all.push((
        "link",
        None,
        Order::Link {
            to: Uuid::nil(),
            kind: LinkKind::Related,
        },
        &[],
    ));
    all.push(("attach", None, Order::Attach, &[]));
    // One of one's own before others: whether there is any that this actor may take away.
    let there = || ticket.attachments.iter().rev().filter(|file| file.gone.is_none());
    if let Some(last) = there().find(|file| file.by == *actor).or_else(|| there().next()) {
        all.push(("detach", None, Order::Detach { attachment: last.seq }, &["reason"]));
    }
    all.push(("merge", None, Order::Merge { into: Uuid::nil() }, &["reason"]));
    all.push(("unmerge", None, Order::Unmerge, &["reason"]));
    let private = |field: &&FieldId| definition.fields.get(*field).is_some_and(|field| field.private);
    if let Some(field) = ticket.fields.keys().find(private) {
        all.push(("reveal", None, Order::Reveal { field: field.clone() }, &["reason"]));
    }
    all
}
