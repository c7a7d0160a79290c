//! One ticket, its events, its clocks: what somebody may see of it.

use std::sync::Arc;

use uuid::Uuid;

use crate::store::events::StoredEvent;
use crate::store::{Held, TicketRef, events, projection, tickets};
use crate::ticket::apply::fold;
use crate::ticket::event::Event;
use crate::ticket::model::Ticket;
use crate::ticket::turn;
use crate::workflow::definition::Definition;
use crate::workflow::moment::Moment;

use super::command::Around;
use super::{Desk, DeskError, Inner, Principal, Scope, access};

/// How much of a ticket a reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The last event they may see; `None` is all. A department that gave the ticket away keeps what it saw.
    pub until: Option<u64>,
    /// The reader acts on the ticket: private fields are shown. Else they are masked, and a reveal is an event (R10).
    pub private: bool,
}

/// A ticket as its reader may see it. `ticket` is already the fold of what they may see.
#[derive(Clone, Debug)]
pub struct View {
    pub ticket: Arc<Ticket>,
    pub definition: Arc<Definition>,
    pub sight: Sight,
    /// `subject` filled with the fields, as `{place}：{summary}` says.
    pub subject: String,
    pub urgent: bool,
}

/// An event as its reader may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct EventView {
    /// Place in the feed.
    pub position: i64,
    pub event: Event,
}

/// Events of one page at most.
pub const EVENTS_MAX: u64 = 200;
/// Events of one ticket that are folded at most: longer lives do not exist.
pub(super) const FOLD_MAX: u64 = 100_000;

impl Desk {
    /// Needs `tickets:read`. What nobody may see is not found.
    pub async fn read(&self, principal: &Principal, number: &str) -> Result<View, DeskError> {
        let around = self.inner.around();
        let (view, _) = self.seen(principal, &around, number).await?;
        Ok(view)
    }

    /// Needs `tickets:read`. Events with `seq` over `after`, at most `limit` ([`EVENTS_MAX`]).
    pub async fn events(
        &self,
        principal: &Principal,
        number: &str,
        after: u64,
        limit: u64,
    ) -> Result<(View, Vec<EventView>), DeskError> {
        let around = self.inner.around();
        let (view, _) = self.seen(principal, &around, number).await?;
        let limit = limit.clamp(1, EVENTS_MAX);
        let stored = events::of_ticket(&self.inner.database, view.ticket.id, after, view.sight.until, limit).await?;
        let events = stored.into_iter().map(EventView::of).collect();
        Ok((view, events))
    }

    /// Needs `tickets:read`. The clocks stand in `view.ticket.clocks`, brought up to `Moment`, the time of reading:
    /// rungs due since the sweeper last looked are applied in the picture, nothing is saved.
    pub async fn clocks(&self, principal: &Principal, number: &str) -> Result<(View, Moment), DeskError> {
        let around = self.inner.around();
        let now = around.now;
        let (view, _) = self.seen(principal, &around, number).await?;
        Ok((around.brought_up(view), now))
    }

    /// A ticket as somebody may see it, and as it is held.
    pub(super) async fn seen(
        &self,
        principal: &Principal,
        around: &Around,
        number: &str,
    ) -> Result<(View, Arc<Held>), DeskError> {
        principal.needs(Scope::ReadTickets)?;
        let viewer = Inner::viewer(principal, around);
        let leads = around.leads_to(&principal.person);
        let wanted = TicketRef::Number(Arc::from(number));
        let found = tickets::find(&self.inner.database, &viewer, &leads, &wanted).await?;
        let (held, sees) = found.ok_or(DeskError::not_found("ticket"))?;
        let sight = access::sight(&viewer, &held, sees, &leads).ok_or(DeskError::not_found("ticket"))?;
        let view = self.view_of(&held, sight).await?;
        Ok((view, held))
    }

    /// A ticket as far as this sight goes.
    pub(super) async fn view_of(&self, held: &Held, sight: Sight) -> Result<View, DeskError> {
        let ticket = match sight.until {
            None => Arc::clone(&held.ticket),
            Some(until) => self.as_it_was(held.ticket.id, until).await?,
        };
        let definition = self.inner.definition_of(&ticket).await?;
        Ok(View {
            subject: projection::subject(&ticket, &definition),
            urgent: projection::is_urgent(&ticket),
            ticket,
            definition,
            sight,
        })
    }

    /// The ticket after one of its events: what a department saw that gave it away.
    pub(super) async fn as_it_was(&self, ticket: Uuid, until: u64) -> Result<Arc<Ticket>, DeskError> {
        let stored = events::of_ticket(&self.inner.database, ticket, 0, Some(until), FOLD_MAX).await?;
        let folded = fold(stored.iter().map(|stored| &stored.event));
        folded.map(Arc::new).ok_or(DeskError::not_found("ticket"))
    }
}

impl EventView {
    pub(super) fn of(stored: StoredEvent) -> Self {
        Self {
            position: stored.position,
            event: stored.event,
        }
    }
}

impl Around {
    /// The picture at this moment: due rungs applied, nothing saved. What somebody saw only up to an event stays so.
    pub(super) fn brought_up(&self, view: View) -> View {
        if view.sight.until.is_some() {
            return view;
        }
        let now = self.now;
        let decision = self.with(|world| turn::advance(&view.definition, &view.ticket, now, now, world));
        View {
            ticket: Arc::new(decision.ticket),
            definition: decision.definition,
            ..view
        }
    }
}
