//! What happens by itself: tickets whose next rung is due are brought up to now (L8).

use std::sync::Arc;

use futures_util::future::join_all;
use uuid::Uuid;

use crate::store::{TicketRef, Wants, tickets};
use crate::ticket::event::{Body, Event};
use crate::workflow::moment::Moment;

use super::{Desk, DeskError, act};

/// Tickets of one turn at most.
pub const TURN_MAX: u64 = 256;

/// What a turn of the sweeper did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub tickets: u64,
    pub events: u64,
    /// Tickets that could not be brought up to now; each is logged.
    pub failed: u64,
    /// Worst `fired − due`, in milliseconds.
    pub lag_ms: i64,
    /// `fired − due` of each rung that fired, in milliseconds, for the histogram of the sweeper.
    pub lags_ms: Vec<i64>,
    /// More was due than one turn takes.
    pub more: bool,
    /// When to look again at the latest; `None` when no ticket has a rung to come.
    pub next_due: Option<Moment>,
}

impl Desk {
    /// Brings at most [`TURN_MAX`] due tickets up to now. Safe to run twice and side by side: a rung fires once.
    pub async fn sweep(&self) -> Result<Swept, DeskError> {
        let now = self.inner.clock.now();
        let due = tickets::due_before(&self.inner.database, now, TURN_MAX).await?;
        let more = u64::try_from(due.len()).unwrap_or(u64::MAX) >= TURN_MAX;
        let turns = due.into_iter().map(|(ticket, due_at)| self.sweep_one(ticket, due_at));
        let mut swept = Swept {
            more,
            ..Swept::default()
        };
        for turn in join_all(turns).await {
            match turn {
                Ok(one) => {
                    swept.tickets += 1;
                    swept.events += one.events;
                    swept.lag_ms = swept.lag_ms.max(one.lag_ms);
                    // Fired is what is on disk: the commit counts into the lateness.
                    swept
                        .lags_ms
                        .extend(one.rungs.iter().map(|due_at| one.saved_at.since(*due_at)));
                }
                // One bad ticket does not stop the others; the audit names it.
                Err(error) => {
                    swept.failed += 1;
                    tracing::error!(%error, "a ticket could not be brought up to now");
                }
            }
        }
        swept.next_due = self.next_due().await?;
        Ok(swept)
    }

    async fn sweep_one(&self, ticket: Uuid, due_at: Moment) -> Result<One, DeskError> {
        let wanted = TicketRef::Id(ticket);
        let inner = Arc::clone(&self.inner);
        let one: Result<One, DeskError> = self
            .inner
            .writer
            .run_patiently(Wants::tickets(vec![wanted.clone()]), move |sheet| {
                let around = inner.around();
                let Some(held) = sheet.ticket(&wanted) else {
                    return Ok(Ok(One::default()));
                };
                match act::advance(sheet, &around, &held) {
                    Ok(advanced) => Ok(Ok(One {
                        events: u64::try_from(advanced.events.len()).unwrap_or(0),
                        lag_ms: around.now.since(due_at),
                        rungs: advanced.events.iter().filter_map(rung_due_at).collect(),
                        saved_at: around.now,
                    })),
                    Err(DeskError::Store(error)) => Err(error),
                    Err(error) => Ok(Err(error)),
                }
            })
            .await?;
        one.map(|one| One {
            saved_at: self.inner.clock.now(),
            ..one
        })
    }

    /// The earliest rung to come, so that a sleeper knows how long. The writer wakes it when an earlier one is written.
    pub async fn next_due(&self) -> Result<Option<Moment>, DeskError> {
        let next = tickets::next_due(&self.inner.database).await?;
        self.inner.writer.signals().sleeping_until(next);
        Ok(next)
    }

    /// Completes when something was written that is due earlier than all before: wake up and ask `next_due` again.
    pub async fn earlier_due(&self) {
        self.inner.writer.signals().earlier_due().await;
    }
}

/// What bringing one ticket up to now did.
#[derive(Default)]
struct One {
    events: u64,
    lag_ms: i64,
    /// Nominal moments of the rungs that fired.
    rungs: Vec<Moment>,
    saved_at: Moment,
}

fn rung_due_at(event: &Event) -> Option<Moment> {
    if let Body::Rung { due_at, .. } = &event.body {
        Some(*due_at)
    } else {
        None
    }
}
