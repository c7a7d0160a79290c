//! What happens by itself: tickets whose next rung is due are brought up to now (L8).

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::join_all;
use uuid::Uuid;

use crate::discreet::discreet;
use crate::store::{StoreError, TicketRef, Wants, tickets};
use crate::ticket::event::{Body, Event};
use crate::ticket::turn;
use crate::workflow::moment::{MINUTE, Moment};

use super::{Desk, DeskError, Inner, act};

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
        let ailing = self.inner.ailing(now);
        let limit = TURN_MAX + u64::try_from(ailing.len()).unwrap_or(0);
        let instance = self.inner.writer.signals().instance();
        let mut due = tickets::due_before(&self.inner.database, now, limit, instance).await?;
        let taken = !due.is_empty();
        due.retain(|(ticket, _)| !ailing.contains(ticket));
        due.truncate(usize::try_from(TURN_MAX).unwrap_or(usize::MAX));
        let more = u64::try_from(due.len()).unwrap_or(u64::MAX) >= TURN_MAX;
        let turns = due
            .into_iter()
            .map(|(ticket, due_at)| async move { (ticket, self.sweep_known(ticket, due_at).await) });
        let mut swept = Swept {
            more,
            ..Swept::default()
        };
        let mut away = None;
        for (ticket, turn) in join_all(turns).await {
            match turn {
                Ok(one) => {
                    self.inner.healed(ticket);
                    swept.tickets += 1;
                    swept.events += one.events;
                    swept.lag_ms = swept.lag_ms.max(one.lag_ms);
                    // Fired is what is on disk: the commit counts into the lateness.
                    swept
                        .lags_ms
                        .extend(one.rungs.iter().map(|due_at| one.saved_at.since(*due_at)));
                }
                // The database went away: no fault of the ticket, and it must not wait longer for it than a turn.
                Err(error) if error.is_of_the_database() => {
                    swept.failed += 1;
                    away = Some(error);
                }
                // One bad ticket does not stop the others: it is left alone for a while, and the audit names it.
                Err(error) => {
                    swept.failed += 1;
                    self.inner.ails(ticket, now.plus(RETRY_AFTER));
                    tracing::error!(error = discreet(&error), %ticket, "a ticket could not be brought up to now");
                }
            }
        }
        if let Some(error) = away {
            tracing::warn!(
                error = discreet(&error),
                "due tickets could not be saved; they stay due"
            );
        }
        if taken {
            tickets::let_go(&self.inner.database, instance).await?;
        }
        swept.next_due = self.next_due().await?;
        Ok(swept)
    }

    /// A version that another instance has published meanwhile is read first.
    async fn sweep_known(&self, ticket: Uuid, due_at: Moment) -> Result<One, DeskError> {
        match self.sweep_one(ticket, due_at).await {
            Err(DeskError::UnknownDefinition(hash)) => {
                self.inner.definition(&hash).await?;
                self.sweep_one(ticket, due_at).await
            }
            swept => swept,
        }
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
                    Ok(advanced) if turn::next_due(&advanced.ticket).is_some_and(|due| due <= around.now) => {
                        Err(StoreError::unreadable("tickets", "a rung that is due does not fire"))
                    }
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
        let ailing = self.inner.ailing(self.inner.clock.now());
        let first = u64::try_from(ailing.len()).unwrap_or(0) + 1;
        let signals = self.inner.writer.signals();
        let due = tickets::due_first(&self.inner.database, first, signals.instance()).await?;
        let next = due
            .iter()
            .find(|(ticket, _)| !ailing.contains(ticket))
            .map(|(_, due)| *due);
        let next = next.into_iter().chain(self.inner.next_retry()).min();
        signals.sleeping_until(next);
        Ok(next)
    }

    /// Completes when something was written that is due earlier than all before: wake up and ask `next_due` again.
    pub async fn earlier_due(&self) {
        self.inner.writer.signals().earlier_due().await;
    }
}

/// How long a ticket is left alone that could not be brought up to now.
const RETRY_AFTER: i64 = MINUTE;

/// Tickets that could not be brought up to now, and when to try again.
pub(super) type Ailing = Mutex<HashMap<Uuid, Moment>>;

impl Inner {
    fn ailing_tickets(&self) -> MutexGuard<'_, HashMap<Uuid, Moment>> {
        self.ailing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tickets that are not to be tried yet.
    fn ailing(&self, now: Moment) -> HashSet<Uuid> {
        let mut ailing = self.ailing_tickets();
        ailing.retain(|_, again| *again > now);
        ailing.keys().copied().collect()
    }

    fn next_retry(&self) -> Option<Moment> {
        self.ailing_tickets().values().min().copied()
    }

    fn ails(&self, ticket: Uuid, again: Moment) {
        self.ailing_tickets().insert(ticket, again);
    }

    fn healed(&self, ticket: Uuid) {
        self.ailing_tickets().remove(&ticket);
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
