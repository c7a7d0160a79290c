//! Saves batches beside other instances: reads what they changed, decides, writes with one statement.
//!
//! ```text
//!   usual                                       crowded: somebody was faster last time, or just now
//!   1  load what is not held or has changed     begin · lock tickets and counters · load
//!   2  decide
//!   3  write, if nothing has changed since      write · commit
//! ```
//! Two round trips for a batch. Nobody waits for anybody while it decides; who loses takes locks and cannot lose again.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};

use super::load::Asked;
use super::trouble::{Trouble, answered};
use super::write::{rare, write};
use crate::store::batch::{Failure, Job, decide_all};
use crate::store::connect::Database;
use crate::store::held::Cache;
use crate::store::sheet::{Changes, Means};
use crate::store::signals::Signals;
use crate::store::{StoreError, flush};

/// Attempts at one batch: the second one has locks, more are needed only where keys collide that cannot be locked.
const ATTEMPTS_MAX: u32 = 6;
/// After somebody was faster, so many batches that number tickets take their locks first.
const CROWDED_FOR: u32 = 64;
/// How long a new connection may take; after it the commands are told to come back.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);

/// Every statement here finds its rows by a key. The plans are made once, and never read a table whole because it was small
/// then ([`super::tuned`]). An acknowledged command is on disk, whatever the database's default. Whoever is
/// frozen, or whose machine is gone, between taking locks and committing gives them back after four seconds.
const SET_UP: &str = "select set_config('plan_cache_mode', 'force_generic_plan', false), \
    set_config('idle_in_transaction_session_timeout', '4s', false), \
    set_config('synchronous_commit', case current_setting('synchronous_commit') when 'off' then 'on' \
        else current_setting('synchronous_commit') end, false)";

/// The connection that writes, and the tickets it last saw.
pub(in crate::store) struct Keeper {
    url: Arc<str>,
    instance: Arc<str>,
    connection: Option<PgConnection>,
    cache: Cache,
    crowded: u32,
}

/// How an attempt ended.
enum Tried {
    /// Saved, or there was nothing to save.
    Saved(Option<Box<Changes>>),
    /// Somebody else was faster; nothing was written.
    Late,
}

impl Keeper {
    pub fn of(database: &Database) -> Self {
        Self {
            url: database.url(),
            instance: database.instance(),
            connection: None,
            cache: Cache::default(),
            crowded: 0,
        }
    }

    /// Decides and writes all jobs at once; `None` when there was nothing to write.
    pub async fn together(
        &mut self,
        jobs: &mut [Box<dyn Job>],
        means: &Means,
        signals: &Signals,
    ) -> Result<Option<Changes>, Failure> {
        let asked = Asked::of(jobs);
        let mut fresh = false;
        let mut why = "others were faster".to_owned();
        for attempt in 0..ATTEMPTS_MAX {
            let locked = attempt > 0 || (self.crowded > 0 && !asked.series.is_empty());
            self.crowded = self.crowded.saturating_sub(1);
            let mut connection = if let Some(connection) = self.connection.take() {
                connection
            } else {
                fresh = true;
                self.connect().await.map_err(|trouble| begin(&trouble))?
            };
            let mut step = Step::Before;
            let tried = self
                .attempt(&mut connection, jobs, &asked, means, signals, locked, &mut step)
                .await;
            match (tried, step) {
                (Ok(Tried::Saved(changes)), _) => {
                    self.connection = Some(connection);
                    for (_, held) in changes.iter().flat_map(|changes| changes.tickets.values()) {
                        self.cache.put(Arc::clone(held));
                    }
                    return Ok(changes.map(|changes| *changes));
                }
                (Ok(Tried::Late), _) => self.late(connection, locked).await,
                (Err(Trouble::Crowded(crowded) | Trouble::Taken(crowded)), _) => {
                    why = crowded;
                    self.late(connection, true).await;
                }
                (Err(Trouble::Lost(lost)), Step::Committing) => return Err(Failure::Commit(lost)),
                // The database may have been restarted since the last batch: once more, nothing was saved.
                (Err(Trouble::Lost(lost)), Step::Before) if !fresh => {
                    tracing::info!(lost, "the connection of the writer was lost; a new one is made");
                }
                (Err(Trouble::Lost(lost)), Step::Before) => return Err(Failure::Begin(StoreError::Failed(lost))),
                (Err(trouble), _) => {
                    self.late(connection, true).await;
                    return Err(Failure::Before(match trouble {
                        Trouble::Store(error) => error,
                        Trouble::Lost(why) | Trouble::Crowded(why) | Trouble::Taken(why) | Trouble::Refused(why) => {
                            StoreError::Failed(why)
                        }
                    }));
                }
            }
        }
        Err(Failure::Before(StoreError::Failed(why)))
    }

    async fn connect(&self) -> Result<PgConnection, Trouble> {
        let options: PgConnectOptions = super::options(&self.url, &self.instance)?.disable_statement_logging();
        let connected = tokio::time::timeout(CONNECT_WITHIN, PgConnection::connect_with(&options)).await;
        let mut connection = connected.map_err(|_| Trouble::Lost("the database does not answer".to_owned()))??;
        answered(sqlx::query(SET_UP).execute(&mut connection)).await?;
        Ok(connection)
    }

    /// Nothing was written: the next attempt looks again. The connection is kept when it can begin anew.
    async fn late(&mut self, mut connection: PgConnection, in_transaction: bool) {
        self.crowded = CROWDED_FOR;
        if !in_transaction || run(&mut connection, "rollback").await.is_ok() {
            self.connection = Some(connection);
        }
    }

    #[allow(clippy::too_many_arguments, reason = "one attempt knows all that the batch knows")]
    async fn attempt(
        &mut self,
        connection: &mut PgConnection,
        jobs: &mut [Box<dyn Job>],
        asked: &Asked,
        means: &Means,
        signals: &Signals,
        locked: bool,
        step: &mut Step,
    ) -> Result<Tried, Trouble> {
        if locked {
            run(connection, "begin").await?;
            asked.lock(connection).await?;
        }
        let seen = asked.load(connection, &mut self.cache).await?;
        let mut changes = decide_all(jobs, &seen.loaded, means);
        if changes.is_empty() {
            if locked {
                run(connection, "rollback").await?;
            }
            return Ok(Tried::Saved(None));
        }
        let known = |id: &str| seen.contacts.contains_key(id);
        let mut gathered = flush::gather(&mut changes, &known)?;
        let transaction = locked || !gathered.statements.is_empty();
        if transaction && !locked {
            run(connection, "begin").await?;
        } else if !transaction {
            *step = Step::Committing;
        }
        let news = signals.news(&changes);
        if !write(connection, &seen, &changes, &mut gathered, news).await? {
            if transaction && !locked {
                run(connection, "rollback").await?;
            }
            return Ok(Tried::Late);
        }
        for statement in std::mem::take(&mut gathered.statements) {
            rare(connection, statement).await?;
        }
        if transaction {
            *step = Step::Committing;
            run(connection, "commit").await?;
        }
        Ok(Tried::Saved(Some(Box::new(changes))))
    }
}

/// How far an attempt came: decides what is known when the connection is lost.
enum Step {
    Before,
    Committing,
}

fn begin(trouble: &Trouble) -> Failure {
    Failure::Begin(StoreError::Failed(trouble.to_string()))
}

async fn run(connection: &mut PgConnection, word: &'static str) -> Result<(), Trouble> {
    answered(sqlx::raw_sql(AssertSqlSafe(word)).execute(connection)).await?;
    Ok(())
}
