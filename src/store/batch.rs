//! A batch of jobs: decided one after another in memory, handed to whoever keeps it, answered.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use metrics::histogram;
use sea_orm::DbBackend;
use tokio::sync::{mpsc, oneshot};

use crate::discreet::{discreet, words_of};
use crate::measure;

use super::connect::Database;
use super::notice::Audience;
use super::sheet::{Changes, Loaded, Means, Sheet};
use super::signals::Signals;
use super::writer::Wants;
use super::{StoreError, postgres, sqlite};

/// Commands of one transaction at most.
const BATCH_MAX: usize = 128;

/// A command as the writer sees it.
pub(super) trait Job: Send {
    fn wants(&self) -> &Wants;
    /// Decides on the sheet; false when it failed and its changes must not be taken over.
    fn decide(&mut self, sheet: &mut Sheet<'_>) -> bool;
    fn finish(self: Box<Self>, outcome: Outcome);
}

/// How a batch ended.
#[derive(Clone)]
pub(super) enum Outcome {
    Saved,
    Failed(String),
    Away(String),
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
            .unwrap_or_else(|panic| Err(StoreError::Panicked(words_of(panic.as_ref()).to_owned())));
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
            (Outcome::Away(why), _) => Err(StoreError::Away(why)),
            (Outcome::Unknown(why), _) => Err(StoreError::Unknown(why)),
        };
        // Whoever asked may have gone away; what was saved stays saved.
        let _ = self.reply.send(answer);
    }
}

pub(super) type Answer<T> = oneshot::Receiver<Result<T, StoreError>>;

/// A job and where its answer comes.
pub(super) fn call<T, F>(wants: Wants, decide: F) -> (Box<dyn Job>, Answer<T>)
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
pub(super) struct Task {
    waiting: mpsc::Receiver<Box<dyn Job>>,
    keeper: Keeper,
    means: Means,
    signals: Arc<Signals>,
}

/// Who loads and saves, and what it holds in memory.
pub(super) enum Keeper {
    Sqlite(Box<sqlite::Keeper>),
    Postgres(Box<postgres::Keeper>),
}

impl Keeper {
    pub fn of(database: &Database) -> Self {
        if database.backend() == DbBackend::Postgres {
            Self::Postgres(Box::new(postgres::Keeper::of(database)))
        } else {
            Self::Sqlite(Box::new(sqlite::Keeper::of(database)))
        }
    }
}

/// Where it failed decides what is known.
pub(super) enum Failure {
    /// Nothing can be saved, whoever asks: another process holds the database, it is full, or it is not there.
    Begin(StoreError),
    /// Nothing was saved.
    Before(StoreError),
    /// It may have been saved.
    Commit(String),
}

impl Task {
    pub fn new(waiting: mpsc::Receiver<Box<dyn Job>>, keeper: Keeper, secret: Vec<u8>, signals: Arc<Signals>) -> Self {
        Self {
            waiting,
            keeper,
            means: Means {
                secret,
                audience: Audience::default(),
            },
            signals,
        }
    }

    pub async fn run(mut self) {
        let mut jobs = Vec::with_capacity(BATCH_MAX);
        while self.waiting.recv_many(&mut jobs, BATCH_MAX).await > 0 {
            let batch = std::mem::replace(&mut jobs, Vec::with_capacity(BATCH_MAX));
            self.carry_out(batch).await;
        }
    }

    async fn carry_out(&mut self, mut batch: Vec<Box<dyn Job>>) {
        let begun = Instant::now();
        let together = self.together(&mut batch).await;
        histogram!(measure::COMMIT).record(begun.elapsed().as_secs_f64());
        histogram!(measure::BATCH).record(measure::number(u64::try_from(batch.len()).unwrap_or(u64::MAX)));
        let outcome = match together {
            Ok(()) => Outcome::Saved,
            Err(Failure::Before(error)) if batch.len() > 1 => {
                tracing::warn!(
                    error = discreet(&error),
                    jobs = batch.len(),
                    "a batch failed and is tried again one by one"
                );
                self.one_by_one(batch).await;
                return;
            }
            Err(failure) => failed(failure),
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
                Err(failure) => failed(failure),
            };
            for job in alone {
                job.finish(outcome.clone());
            }
        }
    }

    /// Decides and writes all jobs at once.
    async fn together(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<(), Failure> {
        self.means.audience = self.signals.audience();
        let saved = match &mut self.keeper {
            Keeper::Sqlite(keeper) => keeper.together(jobs, &self.means).await?,
            Keeper::Postgres(keeper) => keeper.together(jobs, &self.means, &self.signals).await?,
        };
        if let Some(changes) = saved {
            self.signals.committed(&changes);
        }
        Ok(())
    }
}

fn failed(failure: Failure) -> Outcome {
    match failure {
        Failure::Begin(error) => Outcome::Away(error.to_string()),
        Failure::Before(error) => Outcome::Failed(error.to_string()),
        Failure::Commit(error) => {
            tracing::error!(error = discreet(&error), "unknown whether a batch was committed");
            Outcome::Unknown(error)
        }
    }
}

/// Lets the jobs decide in order. What a job changed that failed is left out.
pub(super) fn decide_all(jobs: &mut [Box<dyn Job>], loaded: &Loaded, means: &Means) -> Changes {
    let mut batch = Changes::default();
    for job in jobs {
        let mut sheet = Sheet {
            loaded,
            batch: &batch,
            own: Changes::default(),
            means,
        };
        let well = job.decide(&mut sheet);
        let own = sheet.own;
        if well {
            batch.take_over(own);
        }
    }
    batch
}
