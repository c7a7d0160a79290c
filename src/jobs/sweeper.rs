//! What happens by itself, on time: the loop that brings due tickets up to now (L8).
//!
//! It sleeps on the monotonic clock until the next rung is due, at most a second, and is woken when an earlier one is
//! written. A system clock that jumps therefore delays nothing by more than that second and fires nothing twice: a
//! rung has a unique key, and what is due is asked of the database each time (TRUST, P16).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use metrics::{counter, histogram};
use tokio::sync::{Notify, watch};

use crate::desk::Desk;
use crate::discreet::discreet;
use crate::measure;

use super::lag::Histogram;

/// The longest sleep: what nobody woke us for is at most this late.
const SLEEP_MAX: Duration = Duration::from_secs(1);
/// The shortest sleep while something is about to be due, so that rounding never makes it spin.
const SLEEP_MIN: Duration = Duration::from_millis(2);

/// What the sweeper shows.
#[derive(Debug, Default)]
pub struct Gauge {
    pub lag: Histogram,
    pub turns: AtomicU64,
    pub tickets: AtomicU64,
    pub failures: AtomicU64,
}

/// Sweeps until told to stop. What cannot be swept is tried again after a second: nothing is lost, it stays due.
pub async fn run(desk: Desk, gauge: Arc<Gauge>, nudge: Arc<Notify>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let sleep = match turn(&desk, &gauge).await {
            Turn::More => {
                tokio::task::yield_now().await;
                continue;
            }
            Turn::Until(sleep) => sleep,
            Turn::Failed => SLEEP_MAX,
        };
        tokio::select! {
            () = tokio::time::sleep(sleep) => {}
            () = desk.earlier_due() => {}
            () = nudge.notified() => {}
            _ = stop.changed() => {}
        }
    }
}

enum Turn {
    More,
    Until(Duration),
    Failed,
}

async fn turn(desk: &Desk, gauge: &Gauge) -> Turn {
    gauge.turns.fetch_add(1, Ordering::Relaxed);
    match desk.sweep().await {
        Ok(swept) => {
            gauge.tickets.fetch_add(swept.tickets, Ordering::Relaxed);
            for late in &swept.lags_ms {
                gauge.lag.record(*late);
                counter!(measure::FIRED).increment(1);
                histogram!(measure::LAG).record(measure::seconds(*late));
            }
            if swept.more && swept.tickets > 0 {
                Turn::More
            } else if swept.failed > 0 {
                // Logged ticket by ticket where it happened; to try at once again would only fill the log.
                gauge.failures.fetch_add(swept.failed, Ordering::Relaxed);
                counter!(measure::SWEEP_FAILURES).increment(swept.failed);
                Turn::Failed
            } else {
                Turn::Until(until(swept.next_due.map(|due| due.since(desk.clock().now()))))
            }
        }
        Err(error) => {
            gauge.failures.fetch_add(1, Ordering::Relaxed);
            counter!(measure::SWEEP_FAILURES).increment(1);
            tracing::warn!(
                error = discreet(&error),
                "due tickets could not be swept; they stay due"
            );
            Turn::Failed
        }
    }
}

fn until(milliseconds: Option<i64>) -> Duration {
    milliseconds.map_or(SLEEP_MAX, |left| {
        Duration::from_millis(u64::try_from(left).unwrap_or(0)).clamp(SLEEP_MIN, SLEEP_MAX)
    })
}
