//! What a caller sees of the own ticket: where it stands in plain words, dates, what the file marks as `public`, notes
//! written for the caller. No internal note, no name of anybody who works here, no private field.

use std::collections::BTreeSet;

use crate::store::{Database, events};
use crate::ticket::event::Body;
use crate::ticket::model::Ticket;
use crate::workflow::definition::{Definition, Field, PeopleSource, State, Text};
use crate::workflow::directory::Directory;
use crate::workflow::moment::Moment;
use crate::workflow::value::Value;

use super::Shows;
use crate::desk::DeskError;

/// Events at the end of a life that are looked through for notes.
const EVENTS: u64 = 500;
/// Who calls back, by the word of DOMAIN.
const CALLBACK: &str = "callback";

/// A ticket as its caller sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Followed {
    pub number: String,
    /// The kind of ticket.
    pub kind: Text,
    pub stage: Stage,
    pub outcome: Option<Text>,
    pub opened_at: Moment,
    /// Since when it has stood where it stands.
    pub since: Moment,
    pub closed_at: Option<Moment>,
    /// It was opened once more.
    pub again: bool,
    /// It was joined with another one of the same matter.
    pub joined: bool,
    /// Departments at work, where the centre shows them.
    pub departments: Vec<Text>,
    /// Replies: public fields, once they are told to callers.
    pub said: Vec<Said>,
    /// Notes for the caller, oldest first.
    pub notes: Vec<Note>,
}

/// Where a ticket stands, in words for everybody. What a file calls its states is for those who work with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It is being written down.
    Received,
    /// The centre is at it.
    Centre,
    /// Departments are.
    Handling,
    /// It waits for something outside.
    Waiting,
    /// A department has replied; the reply is looked at.
    Checking,
    /// Somebody is going to call the caller.
    Callback,
    Closed,
}

impl Stage {
    pub const ALL: [Self; 7] = [
        Self::Received,
        Self::Centre,
        Self::Handling,
        Self::Waiting,
        Self::Checking,
        Self::Callback,
        Self::Closed,
    ];

    /// The word of the API; sentences are `follow-stage-WORD`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Centre => "centre",
            Self::Handling => "handling",
            Self::Waiting => "waiting",
            Self::Checking => "checking",
            Self::Callback => "callback",
            Self::Closed => "closed",
        }
    }
}

/// A public field.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub title: Text,
    pub content: Content,
}

/// What a field says.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Words(String),
    Lines(Vec<String>),
    /// An option, or a department.
    Title(Text),
    Yes(bool),
    At(Moment),
}

/// A note that was written for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub at: Moment,
    pub text: String,
}

/// What a caller sees.
pub(super) fn of(
    ticket: &Ticket,
    definition: &Definition,
    directory: &Directory,
    notes: Vec<Note>,
    shows: Shows,
) -> Followed {
    let stage = stage(ticket, definition);
    let outcome = ticket
        .outcome
        .as_ref()
        .and_then(|outcome| definition.outcomes.get(outcome));
    let at_work: BTreeSet<_> = ticket.open_tasks().map(|task| &task.department).collect();
    let departments = at_work
        .into_iter()
        .filter(|_| shows.departments)
        .filter_map(|id| directory.departments.get(id))
        .map(|department| department.title.clone())
        .collect();
    Followed {
        number: ticket.number.to_string(),
        kind: definition.title.value.clone(),
        stage,
        outcome: outcome.map(|outcome| outcome.title.clone()),
        opened_at: ticket.opened_at,
        since: ticket.closed_at.unwrap_or(ticket.entered_at),
        closed_at: ticket.closed_at,
        again: ticket.round > 1,
        joined: ticket.merged_into.is_some(),
        departments,
        said: said(ticket, definition, directory, stage, shows),
        notes,
    }
}

/// From what the file says of the state; it has no words for callers of its own.
fn stage(ticket: &Ticket, definition: &Definition) -> Stage {
    if ticket.is_closed() {
        return Stage::Closed;
    }
    let Some(state) = definition.states.get(&ticket.state) else {
        return Stage::Centre;
    };
    if state.pause {
        Stage::Waiting
    } else if is_callback(state, definition) {
        Stage::Callback
    } else if ticket.open_tasks().next().is_some() {
        Stage::Handling
    } else if ticket.state == definition.start.value {
        Stage::Received
    } else if ticket.tasks.iter().any(|task| task.ended_at.is_some()) {
        Stage::Checking
    } else {
        Stage::Centre
    }
}

/// The turn of those who call back.
fn is_callback(state: &State, definition: &Definition) -> bool {
    let Some(rule) = definition.people.get(&state.owner.value) else {
        return false;
    };
    match &rule.source {
        PeopleSource::Role { role, .. } => role.value == *CALLBACK,
        PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => false,
    }
}

/// Public fields. A reply that nobody has checked yet is no reply (R25): they are shown when the caller is to be called,
/// and when the ticket is closed.
fn said(ticket: &Ticket, definition: &Definition, directory: &Directory, stage: Stage, shows: Shows) -> Vec<Said> {
    let told = match stage {
        Stage::Callback | Stage::Closed => true,
        Stage::Received | Stage::Centre | Stage::Handling | Stage::Waiting | Stage::Checking => false,
    };
    let public = definition
        .fields
        .values()
        .filter(|field| told && field.public && !field.private);
    let filled = public.filter_map(|field| Some((field, ticket.fields.get(&field.id)?)));
    filled
        .filter_map(|(field, value)| {
            Some(Said {
                title: field.title.clone(),
                content: content(field, value, directory, shows)?,
            })
        })
        .collect()
}

/// A value as anybody may read it; nothing where it names a person or is gone.
fn content(field: &Field, value: &Value, directory: &Directory, shows: Shows) -> Option<Content> {
    match value {
        Value::Text(text) => Some(Content::Words(text.clone())),
        Value::Number(number) | Value::Money(number) => Some(Content::Words(number.to_string())),
        Value::YesNo(yes) => Some(Content::Yes(*yes)),
        Value::Choice(option) => field.options.get(option).cloned().map(Content::Title),
        Value::Time(at) => Some(Content::At(*at)),
        Value::List(lines) => Some(Content::Lines(lines.clone())),
        Value::Department(id) if shows.departments => {
            let department = directory.departments.get(id)?;
            Some(Content::Title(department.title.clone()))
        }
        Value::Department(_) | Value::Departments(_) | Value::Phone(_) | Value::Person(_) | Value::Erased => None,
    }
}

/// Notes that were written for the caller.
pub(super) async fn notes(database: &Database, ticket: &Ticket) -> Result<Vec<Note>, DeskError> {
    let after = ticket.seq.saturating_sub(EVENTS);
    let stored = events::of_ticket(database, ticket.id, after, None, EVENTS).await?;
    let public = stored
        .into_iter()
        .filter(|stored| stored.event.body == Body::Noted { public: true });
    Ok(public
        .filter_map(|stored| {
            let text = stored.event.texts.get("note")?.clone();
            Some(Note {
                at: stored.event.at,
                text,
            })
        })
        .collect())
}
