//! What of a history becomes events and objects of an object-centric log, and how they hang together.
//!
//! Objects are tickets, their tasks, the contacts they came by, people and departments. Ids name the type first
//! (`task:…:2`), so that they are unique over all types. People are `person:1`, `person:2` … in the order they first
//! occur, unless their ids are asked for; contacts carry a keyed hash of the telephone system's id, made anew for each
//! log. Fields leave only where the workflow does not call them private and where they cannot hold words of a caller:
//! choices, numbers, amounts, yes and no, times, departments.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexSet;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::attribute::{Attribute, text, time, whole};
use super::log::{Depth, Step, steps};
use super::ocel::{Dated, Event as Told, Object, Relation};
use crate::ticket::apply::{apply, born};
use crate::ticket::event::{Body, Event};
use crate::ticket::model::{LinkKind, TaskId, Ticket};
use crate::workflow::definition::Definition;
use crate::workflow::directory::Directory;
use crate::workflow::id::{DepartmentId, FieldId, PersonId};
use crate::workflow::moment::Moment;
use crate::workflow::value::{Decimal, FieldType, Value};

/// Definitions by their hash.
pub type Definitions = HashMap<String, Arc<Definition>>;

/// Which objects outside the tickets at hand are a part of the log: a relation never leads nowhere.
#[derive(Debug, Default)]
pub struct Around {
    /// Ids of contacts, as telephone systems call them, that came in first with a ticket of the log.
    pub contacts: HashSet<String>,
    /// Tickets of the log that these ones point at.
    pub tickets: HashSet<Uuid>,
}

/// The contact a ticket was opened with, as the telephone system calls it.
pub fn contact_of(events: &[Event]) -> Option<&str> {
    let Body::Opened { contact, .. } = &events.first()?.body else {
        return None;
    };
    contact.as_ref()?.id.as_deref()
}

/// Tickets that a ticket's events point at.
pub fn linked(events: &[Event]) -> Vec<Uuid> {
    let to = |event: &Event| {
        if let Body::Linked { to, .. } | Body::Unlinked { to, .. } | Body::MergedInto { to } = &event.body {
            Some(*to)
        } else {
            None
        }
    };
    events.iter().filter_map(to).collect()
}

/// What is said of a contact.
#[derive(Clone, Debug)]
pub struct Contact {
    pub channel: String,
    pub started_at: Option<Moment>,
    pub ended_at: Option<Moment>,
    /// When it was reported.
    pub known_at: Moment,
}

/// Makes events and objects of one ticket after the other, and at the end the objects of the organisation.
pub struct Weaver<'a> {
    depth: Depth,
    definitions: &'a Definitions,
    /// Fields that leave, with the type of their values where all workflows agree on it.
    fields: HashMap<FieldId, Option<FieldType>>,
    /// People so far; `None` when their ids may leave.
    people: People,
    departments: IndexSet<DepartmentId>,
    salt: [u8; 16],
}

struct People {
    met: IndexSet<PersonId>,
    named: bool,
}

impl<'a> Weaver<'a> {
    /// `named`: ids of people leave. `salt`: makes ids of contacts unguessable.
    pub fn new(depth: Depth, named: bool, definitions: &'a Definitions, salt: [u8; 16]) -> Self {
        Self {
            depth,
            definitions,
            fields: kinds(definitions),
            people: People {
                met: IndexSet::new(),
                named,
            },
            departments: IndexSet::new(),
            salt,
        }
    }

    /// The events of one ticket, given in the order of their sequence.
    pub fn events(&mut self, id: Uuid, events: &[Event], around: &Around) -> Vec<Told> {
        let contact = contact_of(events).filter(|contact| around.contacts.contains(*contact));
        steps(self.depth, events)
            .into_iter()
            .map(|step| self.event(id, step, contact, around))
            .collect()
    }

    fn event(&mut self, id: Uuid, step: Step<'_>, contact: Option<&str>, around: &Around) -> Told {
        let event = step.event;
        let mut relations = Relations(vec![relation(ticket_id(id), "ticket")]);
        for task in step.task.into_iter().chain(consumed(&event.body)) {
            relations.add(task_id(id, task), "task");
        }
        if let Some(person) = event.actor.person() {
            relations.add(self.people.id(person), "by");
        }
        if let Some(department) = &step.department {
            relations.add(self.department(department), "for");
        }
        let by_contact = matches!(
            event.body,
            Body::Opened { .. } | Body::ContactEnded { .. } | Body::ContactReported { .. }
        );
        if let Some(contact) = contact.filter(|_| by_contact) {
            relations.add(self.contact(contact), "contact");
        }
        if let Body::TaskOpened { department, .. } = &event.body {
            relations.add(self.department(department), "for");
        }
        if let Body::HandedOver { to, .. } | Body::GivenBack { to, .. } = &event.body {
            relations.add(self.department(to), "to");
        }
        if let Body::Linked { to, .. } | Body::Unlinked { to, .. } | Body::MergedInto { to } = &event.body
            && around.tickets.contains(to)
        {
            relations.add(ticket_id(*to), "other");
        }
        for person in event.body.told().map(|told| told.1).unwrap_or_default() {
            relations.add(self.people.id(person), "told");
        }
        let mut attributes = vec![
            whole("seq", i64::try_from(event.seq).unwrap_or(i64::MAX)),
            text("lifecycle", step.transition),
        ];
        attributes.extend(step.more);
        if event.recorded_at != event.at {
            attributes.push(time("recorded_at", event.recorded_at));
        }
        Told {
            id: format!("{}:{}", id.simple(), event.seq),
            kind: step.name,
            at: event.at,
            attributes,
            relations: relations.0,
        }
    }

    /// The ticket itself and its tasks.
    pub fn objects(&mut self, id: Uuid, events: &[Event], around: &Around) -> Vec<Object> {
        let Some((first, rest)) = events.split_first() else {
            return Vec::new();
        };
        let Some(mut ticket) = born(first) else {
            return Vec::new();
        };
        let mut life = Life::default();
        self.look(&ticket, first, &mut life);
        for event in rest {
            apply(&mut ticket, event);
            self.look(&ticket, event, &mut life);
        }
        let contact = ticket.contact.as_ref().and_then(|contact| contact.id.as_deref());
        let mut relations = Relations::default();
        if let Some(contact) = contact.filter(|contact| around.contacts.contains(*contact)) {
            relations.add(self.contact(contact), "came by");
        }
        for link in ticket.links.iter().filter(|link| around.tickets.contains(&link.to)) {
            relations.add(ticket_id(link.to), link_word(link.kind));
        }
        let mut objects = vec![Object {
            id: ticket_id(id),
            kind: "ticket",
            attributes: life.ticket.changes,
            relations: relations.0,
        }];
        for (task, (changes, departments)) in life.tasks {
            let mut relations = Relations(vec![relation(ticket_id(id), "of")]);
            for department in departments {
                relations.add(self.department(&department), "with");
            }
            objects.push(Object {
                id: task_id(id, task),
                kind: "task",
                attributes: changes.changes,
                relations: relations.0,
            });
        }
        objects
    }

    /// The contact under this id.
    pub fn contact_object(&self, id: &str, about: &Contact) -> Object {
        let mut changes = Changes::default();
        let at = about.started_at.unwrap_or(about.known_at);
        changes.set(at, "channel", Attribute::Text(about.channel.clone()));
        if let Some(started) = about.started_at {
            changes.set(at, "started_at", Attribute::Time(started));
        }
        if let Some(ended) = about.ended_at {
            changes.set(ended, "ended_at", Attribute::Time(ended));
        }
        Object {
            id: self.contact(id),
            kind: "contact",
            attributes: changes.changes,
            relations: Vec::new(),
        }
    }

    /// Every person met so far, and every department met or known.
    pub fn organisation(&mut self, directory: &Directory) -> Vec<Object> {
        let mut objects: Vec<Object> = Vec::with_capacity(self.people.met.len() + directory.departments.len());
        for person in self.people.met.clone() {
            objects.push(Object {
                id: self.people.id(&person),
                kind: "person",
                attributes: Vec::new(),
                relations: Vec::new(),
            });
        }
        self.departments.extend(directory.departments.keys().cloned());
        for department in &self.departments {
            let known = directory.departments.get(department);
            let mut changes = Changes::default();
            let mut relations = Relations::default();
            if let Some(known) = known {
                let at = known.valid.from.unwrap_or(Moment(0));
                changes.set(at, "title_zh", Attribute::Text(known.title.zh.clone()));
                changes.set(at, "title_en", Attribute::Text(known.title.en.clone()));
                let parent = known.parent.as_ref();
                if let Some(parent) = parent.filter(|parent| directory.departments.contains_key(*parent)) {
                    relations.add(format!("department:{parent}"), "part of");
                }
            }
            objects.push(Object {
                id: format!("department:{department}"),
                kind: "department",
                attributes: changes.changes,
                relations: relations.0,
            });
        }
        objects
    }

    /// Writes down what this event made of the ticket and its tasks.
    fn look(&self, ticket: &Ticket, event: &Event, life: &mut Life) {
        let at = event.at;
        let word = |word: &str| Attribute::Text(word.to_owned());
        if event.seq == 1 {
            life.ticket.set(at, "number", word(&ticket.number));
            let channel = ticket.contact.as_ref().map(|contact| contact.channel.as_str());
            life.ticket.set(at, "channel", word(channel.unwrap_or_default()));
        }
        life.ticket.set(at, "workflow", word(ticket.workflow.as_str()));
        let state = if ticket.is_closed() {
            "closed"
        } else {
            ticket.state.as_str()
        };
        life.ticket.set(at, "state", word(state));
        let outcome = ticket.outcome.as_ref().map_or("", |outcome| outcome.as_str());
        if !outcome.is_empty() || life.ticket.has("outcome") {
            life.ticket.set(at, "outcome", word(outcome));
        }
        life.ticket.set(at, "round", Attribute::Whole(i64::from(ticket.round)));
        life.ticket
            .set(at, "transfers", Attribute::Whole(i64::from(ticket.transfers)));
        if matches!(event.body, Body::Late { .. }) {
            life.ticket.set(at, "late", Attribute::YesNo(true));
        }
        for task in &ticket.tasks {
            let (changes, departments) = life.tasks.entry(task.id).or_default();
            changes.set(task.opened_at, "key", word(task.key.as_str()));
            changes.set(at, "phase", word(task.phase.as_str()));
            changes.set(at, "department", word(task.department.as_str()));
            departments.insert(task.department.clone());
        }
        let definition = self.definitions.get(&*ticket.definition);
        let replied = if let Body::TaskReplied { task } = &event.body {
            Some(*task)
        } else {
            None
        };
        for (field, value) in &event.values {
            let private = definition.and_then(|definition| definition.fields.get(field));
            if private.is_none_or(|field| field.private) {
                continue;
            }
            let Some(value) = self.value(field, value) else {
                continue;
            };
            let name = format!("field:{field}");
            match replied {
                Some(task) => life.tasks.entry(task).or_default().0.set(at, &name, value),
                None => life.ticket.set(at, &name, value),
            }
        }
    }

    /// The value of a field that may leave; where workflows do not agree on its type, as text.
    fn value(&self, field: &FieldId, value: &Value) -> Option<Attribute> {
        let value = match value {
            Value::Number(number) | Value::Money(number) => Attribute::Real(real(*number)),
            Value::YesNo(yes) => Attribute::YesNo(*yes),
            Value::Choice(option) => Attribute::Text(option.to_string()),
            Value::Time(at) => Attribute::Time(*at),
            Value::Department(department) => Attribute::Text(department.to_string()),
            Value::Text(_)
            | Value::Phone(_)
            | Value::Departments(_)
            | Value::Person(_)
            | Value::List(_)
            | Value::Erased => return None,
        };
        if self.fields.get(field).copied().flatten().is_some() {
            return Some(value);
        }
        Some(match value {
            Attribute::Text(text) => Attribute::Text(text),
            Attribute::Time(at) => Attribute::Text(at.rfc3339()),
            Attribute::Whole(number) => Attribute::Text(number.to_string()),
            Attribute::Real(number) => Attribute::Text(number.to_string()),
            Attribute::YesNo(yes) => Attribute::Text(yes.to_string()),
        })
    }

    fn department(&mut self, department: &DepartmentId) -> String {
        if !self.departments.contains(department) {
            self.departments.insert(department.clone());
        }
        format!("department:{department}")
    }

    fn contact(&self, id: &str) -> String {
        let mut hasher = Sha256::new();
        hasher.update(self.salt);
        hasher.update(id.as_bytes());
        let mut hash = hex::encode(hasher.finalize());
        hash.truncate(CONTACT_DIGITS);
        format!("contact:{hash}")
    }
}

/// Digits of the hash that stands for a contact: enough that a thousand million of them do not meet.
const CONTACT_DIGITS: usize = 24;

impl People {
    fn id(&mut self, person: &PersonId) -> String {
        let place = match self.met.get_index_of(person) {
            Some(place) => place,
            None => self.met.insert_full(person.clone()).0,
        };
        if self.named {
            format!("person:{person}")
        } else {
            format!("person:{}", place + 1)
        }
    }
}

/// How ticket and tasks changed.
#[derive(Default)]
struct Life {
    ticket: Changes,
    tasks: BTreeMap<TaskId, (Changes, IndexSet<DepartmentId>)>,
}

/// The values of an object over time: written down only when they change.
#[derive(Default)]
struct Changes {
    changes: Vec<Dated>,
}

impl Changes {
    fn set(&mut self, at: Moment, name: &str, value: Attribute) {
        let last = self.changes.iter().rev().find(|dated| dated.name == name);
        if last.is_none_or(|last| last.value != value) {
            let name = name.to_owned();
            self.changes.push(Dated { name, at, value });
        }
    }

    fn has(&self, name: &str) -> bool {
        self.changes.iter().any(|dated| dated.name == name)
    }
}

#[derive(Default)]
struct Relations(Vec<Relation>);

impl Relations {
    /// Each relation once, however often it was said.
    fn add(&mut self, object: String, qualifier: &'static str) {
        let relation = relation(object, qualifier);
        if !self.0.contains(&relation) {
            self.0.push(relation);
        }
    }
}

fn relation(object: String, qualifier: &'static str) -> Relation {
    Relation { object, qualifier }
}

fn ticket_id(id: Uuid) -> String {
    format!("ticket:{}", id.simple())
}

fn task_id(id: Uuid, task: TaskId) -> String {
    format!("task:{}:{task}", id.simple())
}

fn consumed(body: &Body) -> Vec<TaskId> {
    if let Body::TasksConsumed { tasks } = body {
        tasks.clone()
    } else {
        Vec::new()
    }
}

fn link_word(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Related => "related",
        LinkKind::Repeat => "repeat",
        LinkKind::Parent => "parent",
        LinkKind::Child => "child",
        LinkKind::Bypass => "bypass",
        LinkKind::Merged => "merged",
        LinkKind::Absorbed => "absorbed",
        LinkKind::Successor => "successor",
    }
}

/// A decimal as a number of a log: exact up to fifteen digits.
fn real(decimal: Decimal) -> f64 {
    decimal.to_string().parse().unwrap_or_default()
}

/// The type of each field's values where every definition gives it the same one.
fn kinds(definitions: &Definitions) -> HashMap<FieldId, Option<FieldType>> {
    let mut kinds: HashMap<FieldId, Option<FieldType>> = HashMap::new();
    for field in definitions.values().flat_map(|definition| definition.fields.values()) {
        let known = kinds.entry(field.id.clone()).or_insert(Some(field.kind));
        if *known != Some(field.kind) {
            *known = None;
        }
    }
    kinds
}
