//! The connections that read. On PostgreSQL no read waits for ever (P12): a network that swallows packets says nothing,
//! and the system takes a quarter of an hour to notice.
//!
//! ```text
//!   ask ──▶ task of its own ──▶ answer within 7 s ──▶ answer
//!                                └─ none: an error; this pool is left to itself, the next ask makes a new one
//! ```
//! A connection whose answer never came is of no use any more, and neither are its neighbours: they go the same way
//! through the network. The pool would ask each whether it is alive and wait for ever for the answer, so it is replaced as
//! a whole. The question runs in a task of its own: whoever asked may have gone away, and the connection must not be
//! left in the middle of an answer.

use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database as SeaOrm, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult,
    RuntimeErr, Statement,
};

/// How long PostgreSQL may take for an answer.
pub(super) const WITHIN: Duration = Duration::from_secs(7);

/// Clones are cheap and share the connections.
#[derive(Clone)]
pub struct Readers(Arc<Inner>);

struct Inner {
    pool: RwLock<Pool>,
    backend: DbBackend,
    options: ConnectOptions,
}

#[derive(Clone)]
struct Pool {
    connections: DatabaseConnection,
    /// Counts the pools there were: only the first of those whose answer did not come replaces it.
    generation: u64,
}

impl Readers {
    /// Connects.
    pub(super) async fn connect(options: ConnectOptions) -> Result<Self, DbErr> {
        let connections = SeaOrm::connect(options.clone()).await?;
        Ok(Self(Arc::new(Inner {
            backend: connections.get_database_backend(),
            pool: RwLock::new(Pool {
                connections,
                generation: 0,
            }),
            options,
        })))
    }

    /// Closes the connections; other clones are of no use afterwards.
    pub(super) async fn close(&self) -> Result<(), DbErr> {
        self.pool().connections.close_by_ref().await
    }

    fn pool(&self) -> Pool {
        self.0.pool.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks on SQLite; on PostgreSQL in a task of its own, and for so long only.
    async fn ask<T, F>(&self, question: impl FnOnce(DatabaseConnection) -> F) -> Result<T, DbErr>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, DbErr>> + Send + 'static,
    {
        let Pool {
            connections,
            generation,
        } = self.pool();
        let question = question(connections);
        if self.0.backend != DbBackend::Postgres {
            return question.await;
        }
        let readers = self.clone();
        let asking = tokio::spawn(async move {
            let Ok(answer) = tokio::time::timeout(WITHIN, question).await else {
                readers.replace(generation).await;
                return Err(no_answer());
            };
            answer
        });
        asking.await.unwrap_or_else(|_| Err(no_answer()))
    }

    /// A new pool in place of the one of this generation; it connects when it is asked.
    async fn replace(&self, generation: u64) {
        let mut options = self.0.options.clone();
        options.connect_lazy(true);
        let Ok(connections) = SeaOrm::connect(options).await else {
            return;
        };
        let mut pool = self.0.pool.write().unwrap_or_else(PoisonError::into_inner);
        if pool.generation == generation {
            tracing::warn!("the database does not answer; its connections are made again");
            *pool = Pool {
                connections,
                generation: generation.wrapping_add(1),
            };
        }
    }
}

fn no_answer() -> DbErr {
    let why = format!("no answer within {} s", WITHIN.as_secs());
    DbErr::Conn(RuntimeErr::Internal(why))
}

#[async_trait]
impl ConnectionTrait for Readers {
    fn get_database_backend(&self) -> DbBackend {
        self.0.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.ask(|db| async move { db.execute_raw(statement).await }).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let sql = sql.to_owned();
        self.ask(|db| async move { db.execute_unprepared(&sql).await }).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.ask(|db| async move { db.query_one_raw(statement).await }).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.ask(|db| async move { db.query_all_raw(statement).await }).await
    }
}
