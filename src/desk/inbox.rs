//! The inbox: what a person was told, worded when it is read, in the language of the reader.
//!
//! A row holds references only; subject and sentence come from the ticket as its reader may see it. Who may not see the
//! ticket (any more) reads that there was something, of which ticket and when. Private fields never stand in it.
//! Nobody reads the inbox of somebody else, whatever their roles.

use std::collections::hash_map::Entry as MapEntry;
use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::notify::compose::{House, Scene};
use crate::notify::letter::{ClockLine, Kind};
use crate::notify::why::Reached;
use crate::store::inbox::{self, Told};
use crate::store::{TicketRef, Wants, tickets};
use crate::texts::Language;
use crate::workflow::moment::Moment;

use super::command::Around;
use super::outbox::{CalendarNews, cause};
use super::read::View;
use super::{Desk, DeskError, Inner, Principal, Scope, access};

pub use crate::store::inbox::Which;

/// Entries of a page at most.
pub const LIMIT_MAX: u64 = 200;
/// Entries among which urgent tickets are looked for.
const LATELY: u64 = 300;
/// Urgent tickets that are shown at once.
const URGENT_MAX: usize = 10;
/// Unread entries are counted up to here.
pub const UNREAD_MAX: u64 = 1_000;

/// Something the person was told.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its place: newer ones have higher ones.
    pub id: i64,
    /// Number of the ticket; `None` for what is told of none.
    pub number: Option<String>,
    pub kind: Kind,
    pub at: Moment,
    pub read_at: Option<Moment>,
    /// `None` where the reader may not see the ticket.
    pub content: Option<Content>,
}

/// What it says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content {
    pub subject: String,
    /// Title of the workflow.
    pub workflow: String,
    /// Title of the state the ticket is in now, or of its outcome.
    pub state: String,
    pub closed: bool,
    pub urgent: bool,
    /// The workflow's own sentence; empty where there is none.
    pub sentence: String,
    pub clock: ClockLine,
    /// The action that told or was refused; empty for a clock.
    pub action: String,
    /// Who did it; empty for a clock.
    pub actor: String,
    /// Why a clock's action was refused.
    pub refusal: String,
    /// `acknowledge` would end the reminders of this ticket.
    pub acknowledge: bool,
}

/// A page of entries, the newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    pub entries: Vec<Entry>,
    /// Give it back as `before` for the next page; `None` at the end.
    pub next: Option<i64>,
}

/// How much is unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread {
    pub count: u64,
    /// There are at least so many; nobody counts further.
    pub at_least: bool,
}

impl Desk {
    /// Needs `tickets:read`. What this person was told, worded in `language`; theirs when `None`.
    pub async fn inbox(
        &self,
        principal: &Principal,
        which: Which,
        limit: u64,
        language: Option<Language>,
    ) -> Result<Page, DeskError> {
        principal.needs(Scope::ReadTickets)?;
        let limit = limit.clamp(1, LIMIT_MAX);
        let around = self.inner.around();
        let mut told = inbox::page(self.database(), &principal.person, which, limit + 1).await?;
        let more = u64::try_from(told.len()).unwrap_or(u64::MAX) > limit;
        told.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = told.last().map(|last| last.id).filter(|_| more);
        let mut views: HashMap<Uuid, (String, Option<View>)> = HashMap::new();
        let mut entries = Vec::with_capacity(told.len());
        for one in &told {
            let Some(ticket) = one.ticket else {
                entries.extend(of_no_ticket(principal, &around, one, language));
                continue;
            };
            let (number, view) = match views.entry(ticket) {
                MapEntry::Occupied(known) => known.into_mut(),
                MapEntry::Vacant(unknown) => unknown.insert(self.view_for_inbox(principal, &around, ticket).await?),
            };
            // A token narrowed to a department shows nothing of others, not even a number.
            if view.is_some() || principal.department.is_none() {
                entries.extend(entry(principal, &around, one, number, view.as_ref(), language));
            }
        }
        Ok(Page { entries, next })
    }

    /// Needs `tickets:read`. What this person was told of urgent tickets that nobody has acknowledged yet (R9): the
    /// newest entry of each, read or not, as long as acknowledging would end the reminders.
    pub async fn urgent(&self, principal: &Principal, language: Option<Language>) -> Result<Vec<Entry>, DeskError> {
        principal.needs(Scope::ReadTickets)?;
        let around = self.inner.around();
        let mut seen = HashSet::new();
        let mut entries = Vec::new();
        for one in inbox::urgent(self.database(), &principal.person, LATELY).await? {
            let Some(ticket) = one.ticket.filter(|ticket| seen.insert(*ticket)) else {
                continue;
            };
            if entries.len() >= URGENT_MAX {
                break;
            }
            let (number, view) = self.view_for_inbox(principal, &around, ticket).await?;
            let told = entry(principal, &around, &one, &number, view.as_ref(), language);
            entries.extend(told.filter(|entry| {
                let content = entry.content.as_ref();
                content.is_some_and(|content| content.urgent && content.acknowledge)
            }));
        }
        Ok(entries)
    }

    /// Needs `tickets:read`. How many entries this person has not read.
    pub async fn unread(&self, principal: &Principal) -> Result<Unread, DeskError> {
        principal.needs(Scope::ReadTickets)?;
        let count = inbox::unread(self.database(), &principal.person, UNREAD_MAX).await?;
        Ok(Unread {
            count,
            at_least: count >= UNREAD_MAX,
        })
    }

    /// Needs `tickets:read`. Marks an entry as read; of somebody else it is not there. How many are left.
    pub async fn mark_read(&self, principal: &Principal, id: i64) -> Result<Unread, DeskError> {
        principal.needs(Scope::ReadTickets)?;
        let found = inbox::one(self.database(), &principal.person, id).await?;
        let found = found.ok_or(DeskError::not_found("inbox entry"))?;
        if found.read_at.is_none() {
            let (person, now) = (principal.person.clone(), self.clock().now());
            self.inner
                .writer
                .run(Wants::default(), move |sheet| {
                    inbox::read(sheet, &person, id, now);
                    Ok(())
                })
                .await?;
        }
        self.unread(principal).await
    }

    /// Needs `tickets:read`. Marks everything up to this entry as read; what came meanwhile stays unread.
    pub async fn mark_read_to(&self, principal: &Principal, last: i64) -> Result<Unread, DeskError> {
        principal.needs(Scope::ReadTickets)?;
        if self.unread(principal).await?.count > 0 {
            let (person, now) = (principal.person.clone(), self.clock().now());
            self.inner
                .writer
                .run(Wants::default(), move |sheet| {
                    inbox::read_to(sheet, &person, last, now);
                    Ok(())
                })
                .await?;
        }
        self.unread(principal).await
    }

    /// Forgets what was told before, some thousand rows in each transaction.
    pub async fn forget_inbox(&self, before: Moment) -> Result<(), DeskError> {
        while let Some(rows) = inbox::forgettable(self.database(), before).await? {
            self.inner
                .writer
                .run_patiently(Wants::default(), move |sheet| {
                    inbox::forget(sheet, rows, before);
                    Ok(())
                })
                .await?;
        }
        Ok(())
    }

    /// The ticket's number, and the ticket as far as this person sees it.
    async fn view_for_inbox(
        &self,
        principal: &Principal,
        around: &Around,
        ticket: Uuid,
    ) -> Result<(String, Option<View>), DeskError> {
        let wanted = TicketRef::Id(ticket);
        let viewer = Inner::viewer(principal, around);
        let leads = around.leads_to(&principal.person);
        let found = tickets::find(self.database(), &viewer, &leads, &wanted).await?;
        let Some((held, sees)) = found else {
            let number = tickets::number_of(self.database(), ticket).await?.unwrap_or_default();
            return Ok((number, None));
        };
        let number = held.ticket.number.to_string();
        let Some(sight) = access::sight(&viewer, &held, sees, &leads) else {
            return Ok((number, None));
        };
        let view = self.view_of(&held, sight).await?;
        Ok((number, Some(view)))
    }
}

/// The language that was asked for, else that of the reader.
fn read_in(principal: &Principal, around: &Around, asked: Option<Language>) -> Language {
    let person = around.directory.people.get(&principal.person);
    let own = || person.and_then(|person| Language::from_tag(&person.language));
    asked.or_else(own).unwrap_or_default()
}

/// What is told of no ticket: a calendar that lacks a year.
fn of_no_ticket(principal: &Principal, around: &Around, told: &Told, language: Option<Language>) -> Option<Entry> {
    let news = CalendarNews::of(&told.payload)?;
    let language = read_in(principal, around, language);
    Some(Entry {
        id: told.id,
        number: None,
        kind: Kind::Calendar,
        at: told.at,
        read_at: told.read_at,
        content: Some(Content {
            subject: news.title(language),
            sentence: news.sentence(language),
            ..Content::default()
        }),
    })
}

fn entry(
    principal: &Principal,
    around: &Around,
    told: &Told,
    number: &str,
    view: Option<&View>,
    language: Option<Language>,
) -> Option<Entry> {
    let cause = cause(&told.payload, told.message.as_ref())?;
    // What came after the reader's department gave the ticket away is none of theirs.
    let view = view.filter(|view| view.sight.until.is_none_or(|until| told.seq <= until));
    let content = view.map(|view| {
        let language = read_in(principal, around, language);
        let scene = Scene {
            definition: &view.definition,
            ticket: &view.ticket,
            directory: &around.directory,
            cause: &cause,
            nominal: &[],
            // As it was said: «2 hours over» means over when it was told.
            now: told.at,
            stands_for: 1,
            house: &House::default(),
        };
        let letter = scene.letter_in(&Reached::plainly(principal.person.clone()), &[], language);
        Content {
            subject: letter.subject,
            workflow: letter.workflow,
            state: letter.state,
            closed: letter.closed,
            urgent: letter.urgent,
            sentence: letter.sentence,
            clock: letter.clock,
            action: letter.action,
            actor: letter.actor,
            refusal: letter.refusal,
            acknowledge: letter.acknowledge,
        }
    });
    Some(Entry {
        id: told.id,
        number: Some(number.to_owned()),
        kind: cause.kind(),
        at: told.at,
        read_at: told.read_at,
        content,
    })
}
