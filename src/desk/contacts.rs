//! Contacts: reported by the telephone system or an agent, ended later, each to become a ticket (R1).

use std::sync::Arc;

use uuid::Uuid;

use crate::store::sheet::ContactRow;
use crate::store::{Sheet, StoreError, TicketRef, Wants, contact, tickets};
use crate::ticket::command::{Command, Order};
use crate::ticket::event::Actor;
use crate::ticket::model::{Channel, Contact};
use crate::workflow::id::PersonId;
use crate::workflow::moment::Moment;

use super::command::Around;
use super::open::ContactReport;
use super::{Desk, DeskError, Inner, NotAllowed, Principal, Problem, Scope, access, act};

/// A contact as it is known.
#[derive(Clone, Debug, PartialEq)]
pub struct ContactView {
    pub id: String,
    pub channel: Channel,
    pub started_at: Option<Moment>,
    pub ended_at: Option<Moment>,
    pub recording: Option<String>,
    /// Number of its ticket.
    pub ticket: Option<String>,
    pub agent: Option<PersonId>,
    pub reported_at: Moment,
}

impl ContactReport {
    /// The telephone system's id, or a new one.
    pub(super) fn id_or_new(&self) -> String {
        self.id.clone().unwrap_or_else(|| Uuid::now_v7().to_string())
    }

    /// The row after this report: what it says replaces what was known, what it leaves open stays.
    pub(super) fn row(&self, id: &str, known: Option<&ContactRow>, now: Moment) -> ContactRow {
        let known = known.cloned();
        let channel = match (&known, self.channel) {
            (_, Some(channel)) => channel.as_str().to_owned(),
            (Some(known), None) => known.channel.clone(),
            (None, None) => Channel::Phone.as_str().to_owned(),
        };
        let kept = |pick: fn(&ContactRow) -> Option<Moment>| known.as_ref().and_then(pick);
        ContactRow {
            id: id.to_owned(),
            channel,
            caller: None,
            caller_number: self
                .caller_number
                .clone()
                .or_else(|| known.as_ref().and_then(|known| known.caller_number.clone())),
            started_at: self.started_at.or_else(|| kept(|known| known.started_at)),
            ended_at: self.ended_at.or_else(|| kept(|known| known.ended_at)),
            recording: self
                .recording
                .clone()
                .or_else(|| known.as_ref().and_then(|known| known.recording.clone())),
            ticket: known.as_ref().and_then(|known| known.ticket),
            agent: known.as_ref().and_then(|known| known.agent.clone()),
            reported_at: known.as_ref().map_or(now, |known| known.reported_at),
            updated_at: now,
        }
    }

    /// What cannot be: an end before the start, or in the future.
    pub(super) fn check(&self, now: Moment) -> Result<(), DeskError> {
        let inverted = matches!((self.started_at, self.ended_at), (Some(from), Some(to)) if to < from);
        let future = self.started_at.is_some_and(|at| at > now) || self.ended_at.is_some_and(|at| at > now);
        if inverted || future {
            return Err(Problem::new(
                "/ended_at",
                "time",
                "通话结束时间不能早于开始时间，也不能晚于现在",
                "A contact cannot end before it began, nor in the future",
            )
            .into());
        }
        Ok(())
    }
}

/// The contact as the ticket keeps it: no number.
pub(super) fn of_row(row: &ContactRow) -> Contact {
    let channel = Channel::parse(&row.channel).unwrap_or(Channel::Platform);
    Contact {
        id: Some(row.id.clone()),
        channel,
        started_at: row.started_at,
        ended_at: row.ended_at,
        recording: row.recording.clone(),
        // A letter does not hang up: only what is a conversation can still be running.
        running: row.ended_at.is_none()
            && match channel {
                Channel::Phone | Channel::Chat | Channel::Visit => true,
                Channel::Web | Channel::Mail | Channel::Letter | Channel::Platform => false,
            },
    }
}

impl Desk {
    /// Needs `tickets:act`. Reports a contact or completes one that is known (hang-up, recording): one's own, or any for
    /// the roles `telephony`, shift lead and manager. Idempotent by its id. When it has a ticket, the hang-up is written there and moves the clocks that count from it (L6).
    pub async fn report_contact(&self, principal: &Principal, report: ContactReport) -> Result<ContactView, DeskError> {
        principal.needs(Scope::ActOnTickets)?;
        let around = self.inner.around();
        Inner::must_work_here(principal, &around)?;
        report.check(around.now)?;
        let id = report.id_or_new();
        let known = contact::by_id(&self.inner.database, &id).await?;
        if let Some(known) = &known {
            must_be_theirs(principal, &around, known)?;
        }
        let ticket = known.as_ref().and_then(|known| known.ticket);
        let wants = Wants {
            tickets: ticket.into_iter().map(TicketRef::Id).collect(),
            contact: Some(id.clone()),
            ..Wants::default()
        };
        let inner = Arc::clone(&self.inner);
        let person = principal.person.clone();
        let saved = self
            .inner
            .writer
            .run(wants, move |sheet| {
                let around = inner.around();
                let before = sheet.contact(&id).cloned();
                let mut row = report.row(&id, before.as_ref(), around.now);
                row.agent = row.agent.or_else(|| Some(person.to_string()));
                if let Some(ticket) = row.ticket {
                    tell_ticket(sheet, &around, &person, ticket, before.as_ref(), &row)?;
                }
                sheet.put_contact(row.clone());
                Ok(row)
            })
            .await?;
        self.contact_view(saved).await
    }

    /// Needs `tickets:read`.
    pub async fn contact(&self, principal: &Principal, id: &str) -> Result<ContactView, DeskError> {
        principal.needs(Scope::ReadTickets)?;
        let row = contact::by_id(&self.inner.database, id).await?;
        let row = row.ok_or(DeskError::not_found("contact"))?;
        let own = row.agent.as_deref() == Some(principal.person.as_str());
        match row.ticket {
            Some(ticket) if !own => {
                let around = self.inner.around();
                let viewer = Inner::viewer(principal, &around);
                let seen = tickets::is_visible(&self.inner.database, &viewer, ticket).await?;
                if !seen {
                    return Err(DeskError::not_found("contact"));
                }
            }
            Some(_) => {}
            None if own => {}
            None => {
                let around = self.inner.around();
                let viewer = Inner::viewer(principal, &around);
                if !viewer.all && !viewer.open {
                    return Err(DeskError::not_found("contact"));
                }
            }
        }
        self.contact_view(row).await
    }

    async fn contact_view(&self, row: ContactRow) -> Result<ContactView, DeskError> {
        let ticket = match row.ticket {
            Some(id) => tickets::number_of(&self.inner.database, id).await?,
            None => None,
        };
        Ok(ContactView {
            channel: Channel::parse(&row.channel).unwrap_or(Channel::Platform),
            id: row.id,
            started_at: row.started_at,
            ended_at: row.ended_at,
            recording: row.recording,
            ticket,
            agent: row.agent.as_deref().map(PersonId::from),
            reported_at: row.reported_at,
        })
    }
}

/// A contact that is known is completed by whoever reported it, the telephone system, a shift lead or a manager.
fn must_be_theirs(principal: &Principal, around: &Around, known: &ContactRow) -> Result<(), DeskError> {
    let own = known
        .agent
        .as_deref()
        .is_none_or(|agent| agent == principal.person.as_str());
    let viewer = Inner::viewer(principal, around);
    if own
        || viewer.all
        || viewer.open
        || access::has_role(&around.directory, &principal.person, access::TELEPHONY, around.now)
    {
        return Ok(());
    }
    Err(DeskError::NotAllowed {
        why: NotAllowed::OthersContact,
    })
}

/// Writes on the ticket what the report brought: the hang-up, the recording's reference.
fn tell_ticket(
    sheet: &mut Sheet<'_>,
    around: &Around,
    person: &PersonId,
    ticket: Uuid,
    before: Option<&ContactRow>,
    row: &ContactRow,
) -> Result<(), StoreError> {
    let Some(held) = sheet.ticket(&TicketRef::Id(ticket)) else {
        return Ok(());
    };
    let same = held.ticket.contact.as_ref().and_then(|contact| contact.id.as_deref()) == Some(row.id.as_str());
    if !same {
        return Ok(());
    }
    let hung_up = held.ticket.contact.as_ref().is_some_and(|contact| contact.running) && row.ended_at.is_some();
    let completed =
        before.is_some_and(|before| before.recording != row.recording || before.started_at != row.started_at);
    let order = match row.ended_at {
        Some(at) if hung_up && !completed => Order::ContactEnded { at },
        _ if hung_up || completed => Order::ContactReported { contact: of_row(row) },
        _ => return Ok(()),
    };
    let command = Command {
        actor: Actor::Person(person.clone()),
        on_behalf_of: None,
        order,
        texts: std::collections::BTreeMap::new(),
        files: Vec::new(),
        imported: false,
    };
    // A report is a fact: where the ticket cannot take it any more (closed long ago), the contact keeps it.
    match act::advance_and_decide(sheet, around, &held, &command) {
        Ok(_) | Err(DeskError::Refused(_)) => Ok(()),
        Err(DeskError::Store(error)) => Err(error),
        Err(error) => Err(StoreError::unreadable("tickets", error)),
    }
}
