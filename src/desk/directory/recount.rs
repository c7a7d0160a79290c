//! After a calendar was edited the clocks of open tickets are computed anew from now on (L11).

use std::sync::Arc;

use futures_util::future::join_all;
use uuid::Uuid;

use crate::store::{TicketRef, Wants, tickets};
use crate::ticket::command::{Command, Order};
use crate::ticket::event::Actor;

use super::super::{Desk, DeskError, act};

/// Tickets that are recounted side by side.
const RECOUNT_PAGE: u64 = 256;

impl Desk {
    /// Recomputes the clocks of open tickets after a calendar was edited: one event for each clock that changes (L11).
    /// Safe to run again: what is computed already is left alone.
    pub async fn recount_clocks(&self) -> Result<u64, DeskError> {
        let mut after = None;
        let mut events = 0;
        loop {
            let page = tickets::open_after(&self.inner.database, after, RECOUNT_PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(*last);
            for counted in join_all(page.iter().map(|ticket| self.recount(*ticket))).await {
                events += counted?;
            }
        }
        Ok(events)
    }

    async fn recount(&self, ticket: Uuid) -> Result<u64, DeskError> {
        let inner = Arc::clone(&self.inner);
        let wanted = TicketRef::Id(ticket);
        let command = Command {
            actor: Actor::System,
            on_behalf_of: None,
            order: Order::CalendarChanged,
            texts: std::collections::BTreeMap::new(),
            files: Vec::new(),
            imported: false,
        };
        self.inner
            .writer
            .run_patiently(Wants::tickets(vec![wanted.clone()]), move |sheet| {
                let Some(held) = sheet.ticket(&wanted).filter(|held| !held.ticket.is_closed()) else {
                    return Ok(Ok(0));
                };
                match act::advance_and_decide(sheet, &inner.around(), &held, &command) {
                    Ok(done) => Ok(Ok(u64::try_from(done.events.len()).unwrap_or(0))),
                    Err(DeskError::Store(error)) => Err(error),
                    Err(error) => Ok(Err(error)),
                }
            })
            .await?
    }
}
