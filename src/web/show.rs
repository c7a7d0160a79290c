//! How tickets, events and clocks look in JSON. Everything that leaves the API with values of a ticket goes through
//! here, and so through the one mask ([`crate::ticket::mask`]).

use indexmap::IndexMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;

use crate::desk::read::{EventView, Sight, View};
use crate::desk::request::Done;
use crate::ticket::event::{Actor, Event};
use crate::ticket::json::show;
use crate::ticket::mask;
use crate::ticket::model::{ClockPhase, ClockRun, Contact, Task, Ticket};
use crate::workflow::definition::{Definition, Text};
use crate::workflow::id::{DepartmentId, FieldId, OutcomeId, PersonId, StateId, TaskKey, WorkflowId};
use crate::workflow::moment::Moment;
use crate::workflow::value::{Value, Values};

/// A time as the API writes it: RFC 3339.
#[derive(Clone, Copy, Debug)]
pub struct Time(pub Moment);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.rfc3339())
    }
}

/// A ticket.
#[derive(Serialize, ToSchema)]
pub struct TicketView {
    pub number: String,
    #[schema(value_type = String)]
    pub id: String,
    pub workflow: WorkflowId,
    /// Hash of the version it runs on.
    pub definition: String,
    /// The ETag: rises with every command.
    pub revision: u64,
    /// Number of its events.
    pub seq: u64,
    pub subject: String,
    pub urgent: bool,
    pub state: StateId,
    pub state_title: Text,
    pub open: bool,
    pub outcome: Option<OutcomeId>,
    pub opened_at: Time,
    pub entered_at: Time,
    pub updated_at: Time,
    pub closed_at: Option<Time>,
    /// When the next clock that runs reaches its limit; null when none does.
    pub due_at: Option<Time>,
    /// Clocks past their limit that still run.
    pub late: Vec<String>,
    pub round: u32,
    /// Null: opened by the system.
    pub creator: Option<PersonId>,
    pub assignee: Option<PersonId>,
    pub watched_by: Option<PersonId>,
    pub contact: Option<ContactShown>,
    /// Fields by id: texts, numbers, true and false, times, ids, lists. Private ones are masked unless you act on it.
    #[schema(value_type = Object)]
    pub values: Map<String, Json>,
    /// Fields that are masked for you; `reveal` shows one, with a reason, and is recorded.
    pub masked: Vec<FieldId>,
    pub tasks: Vec<TaskShown>,
    /// Departments that have a part in it now.
    pub departments: Vec<DepartmentId>,
    pub links: Vec<LinkShown>,
    #[schema(value_type = Option<String>)]
    pub merged_into: Option<String>,
    /// Returns granted and transfers (R15).
    pub transfers: u32,
}

/// The call or message by which it came.
#[derive(Serialize, ToSchema)]
pub struct ContactShown {
    pub id: Option<String>,
    pub channel: crate::ticket::model::Channel,
    pub started_at: Option<Time>,
    pub ended_at: Option<Time>,
    pub recording: Option<String>,
    pub running: bool,
}

/// A department's part.
#[derive(Serialize, ToSchema)]
pub struct TaskShown {
    pub id: u32,
    #[schema(value_type = String)]
    pub key: TaskKey,
    pub state: StateId,
    pub department: DepartmentId,
    /// open, signed, return_asked, done, returned, cancelled
    pub phase: &'static str,
    pub assignee: Option<PersonId>,
    pub opened_at: Time,
    pub signed_at: Option<Time>,
    pub ended_at: Option<Time>,
    /// Return was refused: it may not be asked again.
    pub forced: bool,
    #[schema(value_type = Object)]
    pub values: Map<String, Json>,
}

/// A link to another ticket.
#[derive(Serialize, ToSchema)]
pub struct LinkShown {
    /// The id of the other ticket.
    #[schema(value_type = String)]
    pub to: String,
    pub kind: crate::ticket::model::LinkKind,
}

/// An entry of the history.
#[derive(Serialize, ToSchema)]
pub struct EventShown {
    pub seq: u64,
    pub at: Time,
    pub recorded_at: Time,
    /// Null: a clock, an import, the engine itself.
    pub actor: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<DepartmentId>,
    /// What happened: opened, did, entered, task_opened, rung, told, closed, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Members that belong to this type.
    #[schema(value_type = Object)]
    pub about: Map<String, Json>,
    #[schema(value_type = Object)]
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub values: Map<String, Json>,
    /// reason, basis, note, evidence
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    #[schema(value_type = Object)]
    pub texts: IndexMap<String, String>,
}

/// Values as a reader sees them.
pub fn values(definition: &Definition, content: &Values, sight: Sight) -> Map<String, Json> {
    mask::values(definition, content, sight.private)
        .iter()
        .map(|(field, content)| (field.to_string(), show(content)))
        .collect()
}

/// A ticket as a reader sees it.
pub fn ticket(view: &View) -> TicketView {
    let ticket = &*view.ticket;
    let definition = &*view.definition;
    shown(ticket, definition, view.sight, &view.subject, view.urgent)
}

/// What a command led to, as a reader sees it.
pub fn done(done: &Done) -> TicketView {
    let ticket = &*done.ticket;
    let urgent = ticket
        .fields
        .get("urgent")
        .is_some_and(|value| *value == Value::YesNo(true));
    shown(
        ticket,
        &done.definition,
        done.sight,
        &subject(&done.definition, ticket, done.sight),
        urgent,
    )
}

/// The subject: the template over the fields. Private ones never stand in it (X01), and are masked if they did.
fn subject(definition: &Definition, ticket: &Ticket, sight: Sight) -> String {
    let mut subject = definition.subject.value.clone();
    for (field, content) in values(
        definition,
        &ticket.fields,
        Sight {
            private: false,
            ..sight
        },
    ) {
        let text = content.as_str().map_or_else(|| content.to_string(), str::to_owned);
        subject = subject.replace(&format!("{{{field}}}"), &text);
    }
    for field in definition.fields.keys() {
        subject = subject.replace(&format!("{{{field}}}"), "");
    }
    subject
}

fn shown(ticket: &Ticket, definition: &Definition, sight: Sight, subject: &str, urgent: bool) -> TicketView {
    let masked = |id: &&FieldId| !sight.private && definition.fields.get(*id).is_none_or(|field| field.private);
    TicketView {
        number: ticket.number.to_string(),
        id: ticket.id.to_string(),
        workflow: ticket.workflow.clone(),
        definition: ticket.definition.to_string(),
        revision: ticket.revision,
        seq: ticket.seq,
        subject: subject.to_owned(),
        urgent,
        state: ticket.state.clone(),
        state_title: definition
            .states
            .get(&ticket.state)
            .map(|state| state.title.clone())
            .unwrap_or_default(),
        open: !ticket.is_closed(),
        outcome: ticket.outcome.clone(),
        opened_at: Time(ticket.opened_at),
        entered_at: Time(ticket.entered_at),
        updated_at: Time(ticket.last_at),
        closed_at: ticket.closed_at.map(Time),
        due_at: ticket
            .clocks
            .iter()
            .filter(|run| run.late_at.is_none())
            .filter_map(ClockRun::coming_due)
            .min()
            .map(Time),
        late: ticket
            .clocks
            .iter()
            .filter(|run| run.late_at.is_some() && run.phase == ClockPhase::Running)
            .map(|run| run.clock.to_string())
            .collect(),
        round: ticket.round,
        creator: ticket.creator.person().cloned(),
        assignee: ticket.assignee.clone(),
        watched_by: ticket.watched_by.clone(),
        contact: ticket.contact.as_ref().map(contact),
        values: values(definition, &ticket.fields, sight),
        masked: ticket.fields.keys().filter(masked).cloned().collect(),
        tasks: ticket
            .tasks
            .iter()
            .map(|entry| task(entry, definition, sight))
            .collect(),
        departments: ticket
            .departments
            .iter()
            .filter(|(_, seen)| seen.until.is_none())
            .map(|(department, _)| department.clone())
            .collect(),
        links: ticket
            .links
            .iter()
            .map(|link| LinkShown {
                to: link.to.to_string(),
                kind: link.kind,
            })
            .collect(),
        merged_into: ticket.merged_into.map(|id| id.to_string()),
        transfers: ticket.transfers,
    }
}

fn contact(contact: &Contact) -> ContactShown {
    ContactShown {
        id: contact.id.clone(),
        channel: contact.channel,
        started_at: contact.started_at.map(Time),
        ended_at: contact.ended_at.map(Time),
        recording: contact.recording.clone(),
        running: contact.running,
    }
}

fn task(task: &Task, definition: &Definition, sight: Sight) -> TaskShown {
    TaskShown {
        id: task.id,
        key: task.key.clone(),
        state: task.state.clone(),
        department: task.department.clone(),
        phase: task.phase.as_str(),
        assignee: task.assignee.clone(),
        opened_at: Time(task.opened_at),
        signed_at: task.signed_at.map(Time),
        ended_at: task.ended_at.map(Time),
        forced: task.forced,
        values: values(definition, &task.fields, sight),
    }
}

/// An event of a ticket as a reader of the ticket sees it.
pub fn event(view: &EventView, definition: &Definition, sight: Sight) -> EventShown {
    event_of(&view.event, values(definition, &view.event.values, sight), sight)
}

/// An event with values that are shown already.
pub fn event_of(event: &Event, values: Map<String, Json>, sight: Sight) -> EventShown {
    let mut about = match serde_json::to_value(&event.body) {
        Ok(Json::Object(members)) => members,
        Ok(_) | Err(_) => Map::new(),
    };
    let kind = about
        .remove("type")
        .and_then(|kind| kind.as_str().map(str::to_owned))
        .unwrap_or_default();
    for (name, member) in &mut about {
        write_times(name, member);
    }
    EventShown {
        seq: event.seq,
        at: Time(event.at),
        recorded_at: Time(event.recorded_at),
        actor: person_of(&event.actor),
        on_behalf_of: event.on_behalf_of.clone(),
        kind,
        about,
        values,
        texts: mask::texts(event, sight.private)
            .into_iter()
            .map(|(name, text)| (name.to_string(), text))
            .collect(),
    }
}

fn person_of(actor: &Actor) -> Option<PersonId> {
    actor.person().cloned()
}

/// Members of events that are instants: epoch milliseconds inside, RFC 3339 outside.
const TIMES: &[&str] = &[
    "at",
    "due_at",
    "zero",
    "started_at",
    "ended_at",
    "changed_at",
    "late_at",
    "spans",
];

/// Writes instants as times, at any depth.
fn write_times(name: &str, member: &mut Json) {
    match member {
        Json::Number(number) if TIMES.contains(&name) => {
            if let Some(milliseconds) = number.as_i64() {
                *member = json!(Moment(milliseconds).rfc3339());
            }
        }
        Json::Array(items) => {
            for item in items {
                write_times(name, item);
            }
        }
        Json::Object(members) => {
            for (name, member) in members {
                write_times(name, member);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}
