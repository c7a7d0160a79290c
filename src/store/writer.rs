//! The one writer: commands queue up, those waiting at a moment are decided one after another in memory and written
//! in one transaction.
//!
//! ```text
//!   use cases ──▶ bounded queue ──▶ batch of waiting jobs
//!                 (full → Busy)      1  begin immediate          nobody else writes from here on
//!                                    2  load what is not held    a few `in (…)` queries for the whole batch
//!                                    3  decide in order          each sees what those before it changed;
//!                                                                a panic or refusal throws only its own changes away
//!                                    4  write                    some multi-row statements for the whole batch
//!                                    5  commit                   one flush to disk
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
//! **Somebody else's writes** (`ombud import` beside a running server) show in SQLite's data version: what is held is
//! forgotten then. The unique keys of `events` and `rungs` are the last line: two never write the same next event.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::sync::{mpsc, oneshot};

use super::connect::Database;
use super::held::{Cache, TicketRef};
use super::load;
use super::sheet::{AnswerKey, Changes, Loaded, NumberKey, Sheet};
use super::signals::Signals;
use super::{StoreError, flush, sqlite};

/// Commands waiting at most; more are told to come back.
pub const QUEUE_MAX: usize = 1_024;
/// Commands of one transaction at most.
const BATCH_MAX: usize = 128;

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

/// A command as the writer sees it.
trait Job: Send {
    fn wants(&self) -> &Wants;
    /// Decides on the sheet; false when it failed and its changes must not be taken over.
    fn decide(&mut self, sheet: &mut Sheet<'_>) -> bool;
    fn finish(self: Box<Self>, outcome: Outcome);
}

/// How a batch ended.
#[derive(Clone)]
enum Outcome {
    Saved,
    Failed(String),
    Unknown(String),
}

struct Call<F, T> {
    wants: Wants,
    decide: F,
    decided: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Job for Call<F, T>
where
    F: FnMut(&mut Sheet<'_>) -> Result<T, StoreError> + Send,
    T: Send,
{
    fn wants(&self) -> &Wants {
        &self.wants
    }

    fn decide(&mut self, sheet: &mut Sheet<'_>) -> bool {
        let decided = catch_unwind(AssertUnwindSafe(|| (self.decide)(sheet)))
            .unwrap_or_else(|panic| Err(StoreError::Panicked(message_of(panic.as_ref()))));
        let well = decided.is_ok();
        self.decided = Some(decided);
        well
    }

    fn finish(self: Box<Self>, outcome: Outcome) {
        let answer = match (outcome, self.decided) {
            // What failed by itself says so, however the others ended.
            (_, Some(Err(error))) => Err(error),
            (Outcome::Saved, Some(decided)) => decided,
            (Outcome::Saved, None) => Err(StoreError::Stopped),
            (Outcome::Failed(why), _) => Err(StoreError::Failed(why)),
            (Outcome::Unknown(why), _) => Err(StoreError::Unknown(why)),
        };
        // Whoever asked may have gone away; what was saved stays saved.
        let _ = self.reply.send(answer);
    }
}

fn message_of(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panic".to_owned())
}

impl Writer {
    /// Starts the writer's task; it ends when the last clone is gone and the queue is empty.
    pub async fn start(database: Database) -> Result<Self, StoreError> {
        let secret = load::secret(&database).await?;
        let signals = Arc::new(Signals::load(database.readers()).await?);
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let task = Task {
            database,
            waiting,
            cache: Cache::default(),
            data_version: None,
            secret,
            signals: Arc::clone(&signals),
        };
        tokio::spawn(task.run());
        Ok(Self { queue, signals })
    }

    /// What others may wait for: commits, earlier due times.
    pub fn signals(&self) -> &Signals {
        &self.signals
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

type Answer<T> = oneshot::Receiver<Result<T, StoreError>>;

fn call<T, F>(wants: Wants, decide: F) -> (Box<dyn Job>, Answer<T>)
where
    F: FnMut(&mut Sheet<'_>) -> Result<T, StoreError> + Send + 'static,
    T: Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let job = Call {
        wants,
        decide,
        decided: None,
        reply,
    };
    (Box::new(job), answer)
}

/// The writer's own state; it lives in one task.
struct Task {
    database: Database,
    waiting: mpsc::Receiver<Box<dyn Job>>,
    cache: Cache,
    data_version: Option<i64>,
    secret: Vec<u8>,
    signals: Arc<Signals>,
}

/// Where it failed decides what is known.
enum Failure {
    /// Nothing could begin: another process holds the database.
    Begin(DbErr),
    /// Nothing was saved.
    Before(StoreError),
    /// It may have been saved.
    Commit(DbErr),
}

impl Task {
    async fn run(mut self) {
        let mut jobs = Vec::with_capacity(BATCH_MAX);
        while self.waiting.recv_many(&mut jobs, BATCH_MAX).await > 0 {
            let batch = std::mem::replace(&mut jobs, Vec::with_capacity(BATCH_MAX));
            self.carry_out(batch).await;
        }
    }

    async fn carry_out(&mut self, mut batch: Vec<Box<dyn Job>>) {
        let outcome = match self.together(&mut batch).await {
            Ok(()) => Outcome::Saved,
            Err(Failure::Before(error)) if batch.len() > 1 => {
                tracing::warn!(%error, jobs = batch.len(), "a batch failed and is tried again one by one");
                self.one_by_one(batch).await;
                return;
            }
            Err(failure) => self.failed(failure),
        };
        for job in batch {
            job.finish(outcome.clone());
        }
    }

    async fn one_by_one(&mut self, batch: Vec<Box<dyn Job>>) {
        for job in batch {
            let mut alone = vec![job];
            let outcome = match self.together(&mut alone).await {
                Ok(()) => Outcome::Saved,
                Err(failure) => self.failed(failure),
            };
            for job in alone {
                job.finish(outcome.clone());
            }
        }
    }

    fn failed(&mut self, failure: Failure) -> Outcome {
        self.cache.clear();
        match failure {
            Failure::Begin(error) => Outcome::Failed(error.to_string()),
            Failure::Before(error) => Outcome::Failed(error.to_string()),
            Failure::Commit(error) => {
                tracing::error!(%error, "unknown whether a batch was committed");
                Outcome::Unknown(error.to_string())
            }
        }
    }

    /// Decides and writes all jobs in one transaction.
    async fn together(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<(), Failure> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let writer = self.database.writer().clone();
        let begun = writer.begin_with_options(options).await;
        let transaction = begun.map_err(Failure::Begin)?;
        let changes = match self.decide_and_write(&transaction, jobs).await {
            Ok(changes) => changes,
            Err(error) => {
                self.cache.clear();
                // Its failure changes nothing: the connection rolls back when it is used next.
                let _ = transaction.rollback().await;
                return Err(Failure::Before(error));
            }
        };
        let Some(changes) = changes else {
            return transaction.rollback().await.map_err(Failure::Begin);
        };
        if let Err(error) = transaction.commit().await {
            self.data_version = None;
            return Err(Failure::Commit(error));
        }
        self.committed(changes);
        Ok(())
    }

    async fn decide_and_write(
        &mut self,
        transaction: &DatabaseTransaction,
        jobs: &mut [Box<dyn Job>],
    ) -> Result<Option<Changes>, StoreError> {
        self.notice_others(transaction).await?;
        let wants: Vec<&Wants> = jobs.iter().map(|job| job.wants()).collect();
        let loaded = load::all(transaction, &wants, &mut self.cache).await?;
        let mut changes = decide_all(jobs, &loaded, &self.secret);
        if changes.is_empty() {
            return Ok(None);
        }
        flush::write(transaction, &mut changes).await?;
        Ok(Some(changes))
    }

    /// Another process has written since the last batch: what is held may be old.
    async fn notice_others(&mut self, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        if transaction.get_database_backend() != DbBackend::Sqlite {
            return Ok(());
        }
        let version = sqlite::data_version(transaction).await?;
        if self.data_version.replace(version) != Some(version) {
            self.cache.clear();
        }
        Ok(())
    }

    fn committed(&mut self, changes: Changes) {
        self.signals.committed(&changes);
        for (_, held) in changes.tickets.into_values() {
            self.cache.put(held);
        }
    }
}

fn decide_all(jobs: &mut [Box<dyn Job>], loaded: &Loaded, secret: &[u8]) -> Changes {
    let mut batch = Changes::default();
    for job in jobs {
        let mut sheet = Sheet {
            loaded,
            batch: &batch,
            own: Changes::default(),
            secret,
        };
        let well = job.decide(&mut sheet);
        let own = sheet.own;
        if well {
            batch.take_over(own);
        }
    }
    batch
}

/// How long somebody should wait who was told `Busy`.
pub const RETRY_AFTER: Duration = Duration::from_secs(1);
