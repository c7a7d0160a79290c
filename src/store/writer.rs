//! The one writer: commands queue up, those waiting at a moment are decided one after another in memory and written
//! in one transaction.
//!
//! ```text
//!   use cases ──▶ bounded queue ──▶ batch of waiting jobs        SQLite (`sqlite`)      PostgreSQL (`postgres`)
//!                 (full → Busy)      1  begin                    begin immediate        —
//!                                    2  load                     what is not held       what is not held or changed
//!                                    3  decide in order          each sees what those before it changed;
//!                                                                a panic or refusal throws only its own changes away
//!                                    4  write                    multi-row statements   one statement: nothing is
//!                                    5  commit                   one flush to disk      written if others were faster
//!                                    6  answer everybody
//! ```
//!
//! While one batch is flushed the next one gathers: the slower the disk, the larger the batches, so that the rate of
//! commands hardly depends on it.
//!
//! **When something fails.** Before the commit nothing is saved: a batch of several is tried again one by one, so that
//! the one at fault falls alone (jobs are therefore `FnMut`). An error *at* the commit means unknown: it may be on
//! disk. Everybody of the batch is told so, what is held is forgotten, and the idempotency key decides on the repeat.
//!
//! **Somebody else's writes.** On SQLite (`ombud import` beside a running server) they show in the data version: what is
//! held is forgotten then. On PostgreSQL several instances write side by side (decision 0008). The unique keys of
//! `events` and `rungs` are the last line: two never write the same next event.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::batch::{Job, Keeper, Task, call};
use super::connect::Database;
use super::held::TicketRef;
use super::sheet::{AnswerKey, NumberKey, Sheet};
use super::signals::Signals;
use super::{StoreError, load, postgres};

/// Commands waiting at most; more are told to come back.
pub const QUEUE_MAX: usize = 1_024;
/// What a job wants to have before it decides.
#[derive(Clone, Debug, Default)]
pub struct Wants {
    pub tickets: Vec<TicketRef>,
    pub numbers: Option<NumberKey>,
    pub answer: Option<AnswerKey>,
    pub contact: Option<String>,
}

impl Wants {
    /// Only these tickets.
    pub fn tickets(tickets: Vec<TicketRef>) -> Self {
        Self {
            tickets,
            ..Self::default()
        }
    }
}

/// The entrance to the writer. Clones share one queue.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Box<dyn Job>>,
    signals: Arc<Signals>,
}

impl Writer {
    /// Starts the writer's task; it ends when the last clone is gone and the queue is empty.
    pub async fn start(database: Database) -> Result<Self, StoreError> {
        let secret = load::secret(&database).await?;
        let signals = Arc::new(Signals::load(database.readers(), database.instance()).await?);
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let keeper = Keeper::of(&database);
        tokio::spawn(Task::new(waiting, keeper, secret, Arc::clone(&signals)).run());
        postgres::listen(&database, &signals);
        Ok(Self { queue, signals })
    }

    /// What others may wait for: commits, earlier due times.
    pub fn signals(&self) -> &Signals {
        &self.signals
    }

    /// Commands that wait, and how many may.
    pub fn waiting(&self) -> (u64, u64) {
        let max = self.queue.max_capacity();
        let waiting = max.saturating_sub(self.queue.capacity());
        let count = |places| u64::try_from(places).unwrap_or(u64::MAX);
        (count(waiting), count(max))
    }

    /// Runs a job, or says `Busy` at once when the queue is full. `decide` may run twice; it answers with what the
    /// last run said, after its changes are on disk.
    pub async fn run<T, F>(&self, wants: Wants, decide: F) -> Result<T, StoreError>
    where
        F: FnMut(&mut Sheet<'_>) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        let (job, answer) = call(wants, decide);
        self.queue.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => StoreError::Stopped,
        })?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }

    /// As [`Writer::run`], but waits for a place in the queue: for what wakes by itself and for imports.
    pub async fn run_patiently<T, F>(&self, wants: Wants, decide: F) -> Result<T, StoreError>
    where
        F: FnMut(&mut Sheet<'_>) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        let (job, answer) = call(wants, decide);
        self.queue.send(job).await.map_err(|_| StoreError::Stopped)?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }
}

/// How long somebody should wait who was told `Busy`.
pub const RETRY_AFTER: Duration = Duration::from_secs(1);
