//! The safety net: a coarse tick that wakes the loops in case a wake-up was lost, and does the slow chores.
//!
//! The scheduler drops ticks and loses them when the clock jumps back (TRUST, fact 4), so nothing here is on time for
//! anybody: every chore asks the database what is to be done and can be run twice.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use crate::desk::Desk;
use crate::discreet::discreet;
use crate::workflow::moment::{DAY, HOUR, MINUTE};

/// How often the loops are woken.
const NUDGE: Duration = Duration::from_secs(30);
/// How often chores are done.
const CHORES: Duration = Duration::from_hours(1);

/// Ticks until it is dropped or shut down.
pub struct Heartbeat(JobScheduler);

impl Heartbeat {
    pub async fn start(desk: Desk, nudges: Vec<Arc<Notify>>, keep: Keep) -> Result<Self, JobSchedulerError> {
        let scheduler = JobScheduler::new().await?;
        let nudge = Job::new_repeated(NUDGE, move |_, _| {
            for nudge in &nudges {
                nudge.notify_one();
            }
        })?;
        scheduler.add(nudge).await?;
        let chores = Job::new_repeated_async(CHORES, move |_, _| {
            let desk = desk.clone();
            Box::pin(async move { chores(&desk, keep).await })
        })?;
        scheduler.add(chores).await?;
        scheduler.start().await?;
        Ok(Self(scheduler))
    }

    pub async fn stop(mut self) {
        if let Err(error) = self.0.shutdown().await {
            tracing::debug!(error = discreet(&error), "the scheduler did not stop by itself");
        }
    }
}

/// How long things are kept.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// Answers to idempotency keys.
    pub answers_hours: u32,
    /// What people were told, in their inbox.
    pub inbox_days: u32,
    /// A session without a request.
    pub sessions_idle_minutes: u32,
}

impl Default for Keep {
    /// As in the reference.
    fn default() -> Self {
        Self {
            answers_hours: 48,
            inbox_days: 180,
            sessions_idle_minutes: 30,
        }
    }
}

/// What is done once an hour, and once at the start.
pub async fn chores(desk: &Desk, keep: Keep) {
    desk.watch_calendars();
    if let Err(error) = desk.tell_of_calendars().await {
        tracing::warn!(
            error = discreet(&error),
            "administrators could not be told of a calendar that lacks a year; in an hour again"
        );
    }
    desk.sweep_files_if_due().await;
    let now = desk.clock().now();
    let before = now.plus(-i64::from(keep.answers_hours) * HOUR);
    if let Err(error) = desk.forget_answers(before).await {
        tracing::warn!(
            error = discreet(&error),
            "old answers to idempotency keys could not be forgotten; in an hour again"
        );
    }
    let before = now.plus(-i64::from(keep.inbox_days) * DAY);
    if let Err(error) = desk.forget_inbox(before).await {
        tracing::warn!(
            error = discreet(&error),
            "old entries of inboxes could not be forgotten; in an hour again"
        );
    }
    let idle = i64::from(keep.sessions_idle_minutes) * MINUTE;
    if let Err(error) = desk.forget_sessions(idle).await {
        tracing::warn!(
            error = discreet(&error),
            "old sessions could not be forgotten; in an hour again"
        );
    }
}
