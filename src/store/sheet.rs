//! What one job sees and changes, in memory: nothing touches the database before the whole batch is decided.
//!
//! ```text
//!   job ── reads ──▶ its own changes ─▶ changes of earlier jobs of the batch ─▶ held tickets ─▶ (loaded before)
//!       ── writes ─▶ its own changes ── taken over when the job ends well, thrown away when it panics
//! ```

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use indexmap::IndexMap;
use sea_orm::sea_query::Value;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ticket::event::{Actor, Body, Event};
use crate::ticket::milestone;
use crate::ticket::model::Ticket;
use crate::workflow::definition::Definition;
use crate::workflow::moment::Moment;

use super::StoreError;
use super::chain::{self, START};
use super::held::{Held, TicketRef};
use super::milestones;
use super::notice::{self, Audience, Notice};
use super::projection::{caller_key, caller_number, project};
use super::rows::Rows;
use super::signals::Topic;
use super::tables;

/// A kept answer under an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Hash of the request it answered.
    pub request: Vec<u8>,
    pub answer: Kept,
}

/// What is kept of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The answer itself.
    Text { status: u16, body: String },
    /// What a command did to a ticket: the answer is made of the events again, so that nothing personal lies about and
    /// a command writes half as much.
    Events { ticket: Uuid, span: Span },
}

/// The events of one command, and whether its reader saw private fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub first: u64,
    pub last: u64,
    pub private: bool,
}

impl Kept {
    /// `(status, answer, ticket)` as they are stored.
    fn row(&self) -> Result<(i64, String, Option<Uuid>), StoreError> {
        match self {
            Self::Text { status, body } => Ok((i64::from(*status), body.clone(), None)),
            Self::Events { ticket, span } => {
                let span =
                    serde_json::to_string(span).map_err(|error| StoreError::unreadable("idempotency.answer", error))?;
                Ok((0, span, Some(*ticket)))
            }
        }
    }

    /// What [`Kept::row`] stored.
    pub(super) fn read(status: i64, answer: String, ticket: Option<Uuid>) -> Result<Self, StoreError> {
        match ticket {
            None => Ok(Self::Text {
                status: u16::try_from(status).unwrap_or(200),
                body: answer,
            }),
            Some(ticket) => Ok(Self::Events {
                ticket,
                span: serde_json::from_str(&answer)
                    .map_err(|error| StoreError::unreadable("idempotency.answer", error))?,
            }),
        }
    }
}

/// Whose key it is, and the key.
pub type AnswerKey = (String, String);

/// `(prefix, date)` of a row that counts ticket numbers.
pub type NumberKey = (String, String);

/// A contact as it is to be stored, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct ContactRow {
    pub id: String,
    pub channel: String,
    /// Key of the number; worked out when it is put.
    pub caller: Option<String>,
    pub caller_number: Option<String>,
    pub started_at: Option<Moment>,
    pub ended_at: Option<Moment>,
    pub recording: Option<String>,
    pub ticket: Option<Uuid>,
    pub agent: Option<String>,
    pub reported_at: Moment,
    pub updated_at: Moment,
}

/// A ticket with its new events, to be saved.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// With all events applied.
    pub ticket: &'a Arc<Ticket>,
    pub definition: &'a Definition,
    pub events: &'a [Event],
    /// The number of the contact it came by, where no phone field holds one.
    pub caller_number: Option<&'a str>,
    /// History: nobody is told (L12).
    pub quiet: bool,
}

/// All that a batch is going to write.
#[derive(Debug)]
pub(super) struct Changes {
    /// Tickets as they were committed and as they are now.
    pub tickets: IndexMap<Uuid, (Option<Arc<Held>>, Arc<Held>)>,
    pub numbers: HashMap<Arc<str>, Uuid>,
    pub counters: IndexMap<NumberKey, i64>,
    pub answers: IndexMap<AnswerKey, KeptAnswer>,
    pub contacts: IndexMap<String, ContactRow>,
    pub events: Rows,
    pub content: Rows,
    pub rungs: Rows,
    pub milestones: Rows,
    pub outbox: Rows,
    pub idempotency: Rows,
    /// Rare writes, each a statement of its own.
    pub statements: Vec<(String, Vec<Value>)>,
    /// What other instances must read again.
    pub topics: BTreeSet<Topic>,
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            tickets: IndexMap::new(),
            numbers: HashMap::new(),
            counters: IndexMap::new(),
            answers: IndexMap::new(),
            contacts: IndexMap::new(),
            events: Rows::of(&tables::EVENTS),
            content: Rows::of(&tables::EVENT_CONTENT),
            rungs: Rows::of(&tables::RUNGS),
            milestones: Rows::of(&tables::MILESTONES),
            outbox: Rows::of(&tables::OUTBOX),
            idempotency: Rows::of(&tables::IDEMPOTENCY),
            statements: Vec::new(),
            topics: BTreeSet::new(),
        }
    }
}

impl Changes {
    pub fn is_empty(&self) -> bool {
        self.tickets.is_empty()
            && self.counters.is_empty()
            && self.contacts.is_empty()
            && self.idempotency.is_empty()
            && self.outbox.is_empty()
            && self.statements.is_empty()
    }

    /// Takes over what a job changed after what was changed before.
    pub fn take_over(&mut self, mut later: Self) {
        for (id, (base, now)) in later.tickets {
            match self.tickets.get_mut(&id) {
                Some((_, current)) => *current = now,
                None => {
                    self.tickets.insert(id, (base, now));
                }
            }
        }
        self.numbers.extend(later.numbers);
        self.counters.extend(later.counters);
        self.answers.extend(later.answers);
        self.contacts.extend(later.contacts);
        self.events.append(&mut later.events);
        self.content.append(&mut later.content);
        self.rungs.append(&mut later.rungs);
        self.milestones.append(&mut later.milestones);
        self.outbox.append(&mut later.outbox);
        self.idempotency.append(&mut later.idempotency);
        self.statements.append(&mut later.statements);
        self.topics.append(&mut later.topics);
    }
}

/// What was loaded for the batch.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub tickets: HashMap<TicketRef, Arc<Held>>,
    pub counters: HashMap<NumberKey, i64>,
    pub answers: HashMap<AnswerKey, KeptAnswer>,
    pub contacts: HashMap<String, ContactRow>,
}

/// The sheet of one job.
pub struct Sheet<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) batch: &'a Changes,
    pub(super) own: Changes,
    pub(super) means: &'a Means,
}

/// What every job may look at beside the database.
#[derive(Debug)]
pub(super) struct Means {
    pub secret: Vec<u8>,
    pub audience: Audience,
}

impl Sheet<'_> {
    /// The ticket as it stands after all jobs before this one. Only what the job asked for is there.
    pub fn ticket(&self, wanted: &TicketRef) -> Option<Arc<Held>> {
        let id = match wanted {
            TicketRef::Id(id) => Some(*id),
            TicketRef::Number(number) => self
                .own
                .numbers
                .get(number)
                .or_else(|| self.batch.numbers.get(number))
                .copied(),
        };
        if let Some(id) = id
            && let Some((_, held)) = self.own.tickets.get(&id).or_else(|| self.batch.tickets.get(&id))
        {
            return Some(Arc::clone(held));
        }
        self.loaded.tickets.get(wanted).cloned()
    }

    /// The kept answer under a key.
    pub fn answer(&self, key: &AnswerKey) -> Option<&KeptAnswer> {
        self.batch.answers.get(key).or_else(|| self.loaded.answers.get(key))
    }

    /// Keeps an answer under a key.
    pub fn keep(&mut self, key: AnswerKey, answer: KeptAnswer, now: Moment) -> Result<(), StoreError> {
        let (status, text, ticket) = answer.answer.row()?;
        self.own.idempotency.push([
            key.0.clone().into(),
            key.1.clone().into(),
            answer.request.clone().into(),
            status.into(),
            text.into(),
            ticket.into(),
            now.0.into(),
        ]);
        self.own.answers.insert(key, answer);
        Ok(())
    }

    /// The next number of a series that the job asked for, from 1.
    pub fn next_number(&mut self, series: &NumberKey) -> i64 {
        let last = self
            .own
            .counters
            .get(series)
            .or_else(|| self.batch.counters.get(series))
            .or_else(|| self.loaded.counters.get(series))
            .copied()
            .unwrap_or(0);
        self.own.counters.insert(series.clone(), last + 1);
        last + 1
    }

    /// A contact that the job asked for.
    pub fn contact(&self, id: &str) -> Option<&ContactRow> {
        self.own
            .contacts
            .get(id)
            .or_else(|| self.batch.contacts.get(id))
            .or_else(|| self.loaded.contacts.get(id))
    }

    /// The key under which a caller's number is found; `None` without digits.
    pub fn key_of_caller(&self, number: &str) -> Option<String> {
        caller_key(&self.means.secret, number)
    }

    /// Stores a contact, whole.
    pub fn put_contact(&mut self, mut contact: ContactRow) {
        let number = contact.caller_number.as_deref();
        contact.caller = number.and_then(|number| caller_key(&self.means.secret, number));
        self.own.contacts.insert(contact.id.clone(), contact);
    }

    /// A statement for a rare table, run after the others. `?` stands for each value.
    pub fn statement(&mut self, sql: impl Into<String>, values: Vec<Value>) {
        self.own.statements.push((sql.into(), values));
    }

    /// Other instances are to read this again.
    pub(super) fn announce(&mut self, topic: Topic) {
        self.own.topics.insert(topic);
    }

    /// Throws away what this job has changed so far: a rehearsal.
    pub fn discard(&mut self) {
        self.own = Changes::default();
    }

    /// Saves a ticket with its new events: seals them, fills outbox and rungs, works out the row.
    pub fn save(&mut self, change: Change<'_>) -> Result<(), StoreError> {
        if change.events.is_empty() {
            return Ok(());
        }
        let id = change.ticket.id;
        let before = self.ticket(&TicketRef::Id(id)).or_else(|| {
            let number = TicketRef::Number(Arc::clone(&change.ticket.number));
            self.ticket(&number)
        });
        let mut head = before.as_ref().map_or(START, |held| held.head);
        for event in change.events {
            head = self.put_event(id, event, &head)?;
            if !change.quiet {
                for notice in notice::notices(id, event) {
                    self.put_notice(id, &notice)?;
                }
            }
        }
        let reached = milestone::milestones(change.definition, change.ticket, change.events);
        milestones::put(&mut self.own.milestones, change.ticket, &reached);
        let number = caller_number(change.ticket, change.definition).or(change.caller_number);
        let caller = number
            .and_then(|number| caller_key(&self.means.secret, number))
            .or_else(|| before.as_ref().and_then(|held| held.caller.clone()));
        let held = Arc::new(Held {
            ticket: Arc::clone(change.ticket),
            head,
            caller,
            projection: project(change.ticket, change.definition),
        });
        let base = match self.batch.tickets.get(&id) {
            // What an earlier job of this batch left is not committed: the base stays what is.
            Some((base, _)) => base.clone(),
            None => match self.own.tickets.get(&id) {
                Some((base, _)) => base.clone(),
                None => before,
            },
        };
        self.own.numbers.insert(Arc::clone(&change.ticket.number), id);
        self.own.tickets.insert(id, (base, held));
        Ok(())
    }

    fn put_event(&mut self, ticket: Uuid, event: &Event, before: &chain::Hash) -> Result<chain::Hash, StoreError> {
        let sealed = chain::seal(event, before)?;
        let seq = number(event.seq);
        if let Some(content) = sealed.content {
            self.own.content.push([ticket.into(), seq.into(), content.into()]);
        }
        self.own.events.push([
            ticket.into(),
            seq.into(),
            event.at.0.into(),
            event.recorded_at.0.into(),
            match &event.actor {
                Actor::Person(person) => Some(person.to_string()),
                Actor::System => None,
            }
            .into(),
            event.body.word().into(),
            sealed.body.into(),
            sealed.hash.to_vec().into(),
        ]);
        if let Body::Attached { content, .. } = &event.body {
            self.need_file(ticket, event.seq, &content.hash, content.size);
        }
        if let Body::Detached { attachment } = &event.body {
            self.release_file(ticket, *attachment);
        }
        if let Body::Rung {
            clock,
            task,
            cycle,
            rung,
            due_at,
            ..
        } = &event.body
        {
            self.own.rungs.push([
                ticket.into(),
                clock.to_string().into(),
                i64::from(task.unwrap_or(0)).into(),
                i64::from(*cycle).into(),
                i64::from(rung.step).into(),
                i64::from(rung.repetition).into(),
                due_at.0.into(),
                event.recorded_at.0.into(),
            ]);
        }
        Ok(sealed.hash)
    }

    fn put_notice(&mut self, ticket: Uuid, notice: &Notice) -> Result<(), StoreError> {
        let payload =
            serde_json::to_string(&notice.payload).map_err(|error| StoreError::unreadable("outbox", error))?;
        let others = self.means.audience.channels(&notice.person);
        for channel in notice::CHANNELS.into_iter().chain(others.iter().map(AsRef::as_ref)) {
            // What is shown in the console needs no sending: it is there.
            let state = if channel == "app" { "sent" } else { "pending" };
            self.own.outbox.push([
                format!("{ticket}:{}:{}:{channel}", notice.seq, notice.person).into(),
                channel.into(),
                Some(notice.person.to_string()).into(),
                None::<String>.into(),
                Some(ticket).into(),
                number(notice.seq).into(),
                notice.message.as_ref().map(ToString::to_string).into(),
                notice.clock_key.clone().into(),
                payload.clone().into(),
                notice.at.0.into(),
                notice.at.0.into(),
                0_i64.into(),
                state.into(),
                1_i64.into(),
            ]);
        }
        Ok(())
    }
}

/// Counts as the database keeps them.
pub(super) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
