//! From events to rows of the outbox: one for each person and channel that is to hear of it.
//!
//! A row holds references, no text of the ticket: what is erased must not live on in a queue. `notify` words the
//! message when it sends.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ticket::event::{Body, Event, RungEffect};
use crate::ticket::model::TaskId;
use crate::workflow::id::{ActionId, CalendarId, ClockId, MessageId, PersonId};
use crate::workflow::moment::Moment;

/// By which ways everybody hears of something.
pub const CHANNELS: [&str; 2] = ["mail", "app"];

/// By which other ways a person hears of something: the channels that are configured and reach them.
#[derive(Clone, Default)]
pub struct Audience(Option<Arc<Reaches>>);

/// The channels that reach a person.
type Reaches = dyn Fn(&PersonId) -> Vec<Arc<str>> + Send + Sync;

impl Audience {
    pub fn new(reaches: impl Fn(&PersonId) -> Vec<Arc<str>> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(reaches)))
    }

    pub fn channels(&self, person: &PersonId) -> Vec<Arc<str>> {
        self.0.as_ref().map_or_else(Vec::new, |reaches| reaches(person))
    }
}

impl fmt::Debug for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Audience").field(&self.0.is_some()).finish()
    }
}

/// Why somebody is told; `payload` of the outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Payload {
    /// An action says so (`tell`, `say`).
    Told { about: Option<ActionId> },
    /// A rung of a clock says so.
    Rung {
        clock: ClockId,
        task: Option<TaskId>,
        cycle: u32,
        step: u32,
        repetition: u32,
        due_at: Moment,
    },
    /// What a rung should have done was refused (L8).
    RungFailed {
        clock: ClockId,
        task: Option<TaskId>,
        action: ActionId,
        refused: String,
        due_at: Moment,
    },
    /// The caller asks again (R18).
    Chased,
    /// It stands for several messages that go as one; no event says so.
    Digest,
    /// A calendar lacks a year; no event says so.
    Calendar {
        calendar: CalendarId,
        /// Its last year is over.
        ended: bool,
        loaded_through: i16,
        missing: i16,
    },
}

/// Somebody is to be told, by every channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub person: PersonId,
    pub seq: u64,
    pub at: Moment,
    pub message: Option<MessageId>,
    /// Set for `tell` rungs: after an outage only the last with the same key is sent (L8).
    pub clock_key: Option<String>,
    pub payload: Payload,
}

/// Who is to be told because of this event.
pub fn notices(ticket: Uuid, event: &Event) -> Vec<Notice> {
    let Some((to, message, clock_key, payload)) = said(ticket, event) else {
        return Vec::new();
    };
    to.iter()
        .map(|person| Notice {
            person: person.clone(),
            seq: event.seq,
            at: event.at,
            message: message.cloned(),
            clock_key: clock_key.as_ref().map(|key| format!("{key}:{person}")),
            payload: payload.clone(),
        })
        .collect()
}

type Said<'a> = (&'a [PersonId], Option<&'a MessageId>, Option<String>, Payload);

fn said(ticket: Uuid, event: &Event) -> Option<Said<'_>> {
    if let Body::Told { message, to, about, .. } = &event.body {
        return Some((to, message.as_ref(), None, Payload::Told { about: about.clone() }));
    }
    if let Body::Chased { to } = &event.body {
        return Some((to, None, None, Payload::Chased));
    }
    let Body::Rung {
        clock,
        task,
        cycle,
        rung,
        due_at,
        effect,
    } = &event.body
    else {
        return None;
    };
    match effect {
        RungEffect::Tell { message, to, .. } => Some((
            to,
            message.as_ref(),
            Some(format!("{ticket}:{clock}:{}:{cycle}", task.unwrap_or(0))),
            Payload::Rung {
                clock: clock.clone(),
                task: *task,
                cycle: *cycle,
                step: rung.step,
                repetition: rung.repetition,
                due_at: *due_at,
            },
        )),
        RungEffect::DoFailed { action, refused, to } => Some((
            to,
            None,
            None,
            Payload::RungFailed {
                clock: clock.clone(),
                task: *task,
                action: action.clone(),
                refused: refused.clone(),
                due_at: *due_at,
            },
        )),
        RungEffect::Do { .. } | RungEffect::Skipped | RungEffect::Silent => None,
    }
}
