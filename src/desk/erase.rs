//! Erases what a caller has said and who they are (docs/decisions/0005): the chain stays whole, and an event says who
//! erased, and why.
//!
//! What goes: every free text, phone number and list of the ticket, reasons and notes, the key by which the caller is
//! found, the contact's number and recording reference, files with their names, mails not yet sent. What stays: states, times,
//! choices, departments, who did what. Only a closed ticket is erased: on an open one people could not go on.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::discreet::discreet;
use crate::store::erase::{self, Found};
use crate::store::files::rows as files;
use crate::store::{Change, Sheet, StoreError, TicketRef, Wants, contact, record, tickets};
use crate::ticket::apply::apply;
use crate::ticket::event::{Actor, Body, Event};
use crate::ticket::model::Ticket;
use crate::workflow::id::PersonId;

use super::command::Around;
use super::principal::Scope;
use super::{Desk, DeskError, Inner, NotAllowed, Principal, Problem, access};

/// Tickets, and contacts without one, that one call erases at most; called again it goes on.
pub const ERASED_MAX: u64 = 200;
/// Characters of a reason.
const REASON_MAX: usize = 500;

/// Whose data.
#[derive(Clone, Debug)]
pub enum Whose {
    /// Of one ticket, by its number, with its contact.
    Ticket(String),
    /// Of one contact, with its ticket.
    Contact(String),
    /// Of everybody who called from this number.
    Phone(String),
}

/// What is to be erased.
#[derive(Clone, Debug)]
pub struct Erasure {
    pub whose: Whose,
    /// Why; it stays in the record, so it names nobody.
    pub reason: String,
    /// Say what would be erased, erase nothing.
    pub dry_run: bool,
}

/// What became of one ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Erased,
    /// Nothing was left to erase.
    Empty,
    /// It is open: close it first.
    Open,
}

/// What became of a call.
#[derive(Clone, Debug, Default)]
pub struct Erased {
    pub tickets: Vec<(String, Fate)>,
    /// Contacts without a ticket.
    pub contacts: usize,
    /// There may be more: call again.
    pub more: bool,
}

impl Desk {
    /// Needs `record:erase` and the role administrator. `NotFound` for a ticket or contact that is not there.
    pub async fn erase(&self, principal: &Principal, erasure: Erasure) -> Result<Erased, DeskError> {
        principal.needs(Scope::Erase)?;
        must_erase(principal, &self.inner.around())?;
        let reason = erasure.reason.trim().to_owned();
        if reason.is_empty() || reason.chars().count() > REASON_MAX {
            return Err(Problem::new(
                "/reason",
                "reason",
                format!("请写明理由，1 到 {REASON_MAX} 个字；理由会留存，不要写个人信息"),
                format!("Give a reason of 1 to {REASON_MAX} characters; it is kept, so name nobody in it"),
            )
            .into());
        }
        let found = self.found(&erasure.whose).await?;
        let limit = usize::try_from(ERASED_MAX).unwrap_or(usize::MAX);
        let mut erased = Erased {
            more: found.tickets.len() >= limit || found.contacts.len() >= limit,
            contacts: found.contacts.len(),
            tickets: Vec::with_capacity(found.tickets.len()),
        };
        for ticket in found.tickets {
            erased
                .tickets
                .push(self.erase_one(principal, ticket, &reason, erasure.dry_run).await?);
        }
        // What stays open stays in the way: there is more only where something went.
        erased.more &= erased.contacts > 0 || erased.tickets.iter().any(|(_, fate)| *fate == Fate::Erased);
        if !erasure.dry_run && !found.contacts.is_empty() {
            self.erase_contacts(principal, found.contacts, reason).await?;
        }
        // It is erased for whoever asks; old pages of the file are cleared as soon as nobody reads them.
        if !erasure.dry_run
            && let Err(error) = erase::forget(&self.inner.database).await
        {
            tracing::warn!(
                error = discreet(&error),
                "the log of the database was not emptied after an erasure"
            );
        }
        Ok(erased)
    }

    async fn found(&self, whose: &Whose) -> Result<Found, DeskError> {
        match whose {
            Whose::Ticket(number) => {
                let wanted = TicketRef::Number(Arc::from(number.as_str()));
                let held = tickets::find_unscoped(&self.inner.database, &wanted).await?;
                let held = held.ok_or(DeskError::not_found("ticket"))?;
                Ok(Found {
                    tickets: vec![held.ticket.id],
                    contacts: Vec::new(),
                })
            }
            Whose::Contact(id) => {
                let row = contact::by_id(&self.inner.database, id).await?;
                let row = row.ok_or(DeskError::not_found("contact"))?;
                Ok(Found {
                    contacts: if row.ticket.is_none() { vec![row.id] } else { Vec::new() },
                    tickets: row.ticket.into_iter().collect(),
                })
            }
            Whose::Phone(number) => {
                let asked = number.clone();
                let key = self
                    .inner
                    .writer
                    .run(Wants::default(), move |sheet| Ok(sheet.key_of_caller(&asked)))
                    .await?;
                let key = key.ok_or_else(|| {
                    Problem::new(
                        "/phone",
                        "phone",
                        "这不是电话号码：须含数字",
                        "This is no telephone number: it has no digits",
                    )
                })?;
                Ok(erase::of_caller(&self.inner.database, &key, ERASED_MAX).await?)
            }
        }
    }

    async fn erase_one(
        &self,
        principal: &Principal,
        ticket: Uuid,
        reason: &str,
        dry_run: bool,
    ) -> Result<(String, Fate), DeskError> {
        let wanted = TicketRef::Id(ticket);
        let held = tickets::find_unscoped(&self.inner.database, &wanted).await?;
        let held = held.ok_or(DeskError::not_found("ticket"))?;
        let number = held.ticket.number.to_string();
        if !held.ticket.is_closed() {
            return Ok((number, Fate::Open));
        }
        // Reasons of earlier erasures stay: only what came after the last one is looked at.
        let from = erase::last_of(&self.inner.database, ticket).await? + 1;
        if !erase::has_content(&self.inner.database, ticket, from).await? {
            return Ok((number, Fate::Empty));
        }
        if dry_run {
            return Ok((number, Fate::Erased));
        }
        let contents = files::of_ticket(&self.inner.database, ticket, from).await?;
        let job = Job {
            inner: Arc::clone(&self.inner),
            ticket,
            person: principal.person.clone(),
            from,
            reason: reason.to_owned(),
        };
        let wants = Wants::tickets(vec![wanted]);
        let fate = self.inner.writer.run(wants, move |sheet| job.decide(sheet)).await?;
        self.forget_contents(&contents).await;
        tracing::info!(ticket = %number, "personal data erased");
        Ok((number, fate))
    }

    async fn erase_contacts(
        &self,
        principal: &Principal,
        contacts: Vec<String>,
        reason: String,
    ) -> Result<(), DeskError> {
        let (now, by) = (self.clock().now(), principal.named());
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                for id in &contacts {
                    sheet.erase_contact(id, now);
                    record::note(
                        sheet,
                        "erased",
                        &format!("contact:{id}"),
                        by.as_deref(),
                        Some(&reason),
                        now,
                    );
                }
                Ok(())
            })
            .await?;
        Ok(())
    }
}

/// Only administrators: they see no contents, so erasing shows them nothing. Never the machine: somebody answers for it.
fn must_erase(principal: &Principal, around: &Around) -> Result<(), DeskError> {
    if access::has_role(&around.directory, &principal.person, access::ADMINISTRATOR, around.now) {
        Ok(())
    } else {
        Err(DeskError::NotAllowed {
            why: NotAllowed::Administrator,
        })
    }
}

/// One erasure, ready for the writer.
struct Job {
    inner: Arc<Inner>,
    ticket: Uuid,
    person: PersonId,
    from: u64,
    reason: String,
}

impl Job {
    fn decide(&self, sheet: &mut Sheet<'_>) -> Result<Fate, StoreError> {
        let Some(held) = sheet.ticket(&TicketRef::Id(self.ticket)) else {
            return Ok(Fate::Empty);
        };
        if !held.ticket.is_closed() {
            return Ok(Fate::Open);
        }
        let around = self.inner.around();
        let definition = around
            .definition_of(&held.ticket)
            .map_err(|error| StoreError::unreadable("tickets.definition", error))?;
        let through = held.ticket.seq;
        let event = Event {
            seq: through + 1,
            at: around.now.max(held.ticket.last_at),
            recorded_at: around.now,
            actor: Actor::Person(self.person.clone()),
            on_behalf_of: None,
            body: Body::Erased {
                from: self.from,
                to: through,
            },
            values: crate::workflow::value::Values::new(),
            texts: BTreeMap::from([(Arc::from("reason"), self.reason.clone())]),
        };
        let mut ticket = Ticket::clone(&held.ticket);
        apply(&mut ticket, &event);
        let number = Arc::clone(&ticket.number);
        sheet.save(Change {
            ticket: &Arc::new(ticket),
            definition: &definition,
            events: &[event],
            caller_number: None,
            quiet: true,
        })?;
        sheet.erase_ticket(self.ticket, self.from..=through, around.now);
        let key = format!("ticket:{number}");
        record::note(
            sheet,
            "erased",
            &key,
            Some(self.person.as_str()),
            Some(&self.reason),
            around.now,
        );
        Ok(Fate::Erased)
    }
}
