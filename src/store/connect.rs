//! Opens the database and brings its schema up to date.
//!
//! SQLite: one connection writes, a few read; every commit is flushed to disk before it is acknowledged (a power cut
//! was measured to lose a third of the acknowledged commits under `synchronous=NORMAL`, none under `FULL`).
//! PostgreSQL: the same two roles over pools.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sea_query::{SelectStatement, Value};
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database as SeaOrm, DatabaseConnection, DbBackend, DbErr, Statement,
};
use thiserror::Error;
use uuid::Uuid;

use super::readers::Readers;
use super::{postgres, sqlite};

/// Connections for reading.
const READERS: u32 = 4;

/// What the database said.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// A row that cannot be read: written by a newer version, or damaged.
    #[error("{table}: {what}")]
    Unreadable { table: &'static str, what: String },
    #[error("the writer has stopped")]
    Stopped,
    #[error("the queue of the writer is full")]
    Busy,
    /// A job panicked; nothing of it was saved.
    #[error("a command failed inside: {0}")]
    Panicked(String),
    /// The batch could not be written; nothing of it was saved.
    #[error("not saved: {0}")]
    Failed(String),
    /// The database is away, full or held by somebody else: nothing was saved, and it is nobody's own fault.
    #[error("nothing can be saved: {0}")]
    Away(String),
    /// The commit failed: it may or may not have happened.
    #[error("unknown whether it was saved: {0}")]
    Unknown(String),
}

impl StoreError {
    pub(crate) fn unreadable(table: &'static str, what: impl std::fmt::Display) -> Self {
        Self::Unreadable {
            table,
            what: what.to_string(),
        }
    }
}

/// The open database. Clones are cheap.
#[derive(Clone)]
pub struct Database {
    readers: Readers,
    writer: Arc<DatabaseConnection>,
    url: Arc<str>,
    instance: Arc<str>,
}

impl Database {
    /// Opens `sqlite:PATH?mode=rwc` or `postgres://…` and runs the migrations it has not seen.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_with(url, READERS).await
    }

    /// The same with so many connections that read.
    pub async fn open_with(url: &str, readers: u32) -> Result<Self, StoreError> {
        let instance: Arc<str> = Arc::from(Uuid::new_v4().simple().to_string());
        let writer = SeaOrm::connect(options(url, &instance, 1, true)).await?;
        migrations::bring_up(&writer).await?;
        if writer.get_database_backend() == DbBackend::Sqlite {
            sqlite::note_settings(&writer).await?;
        } else if postgres::notice_move(&writer).await? {
            tracing::warn!("the database was restored from elsewhere: cursors of the feed given out before are void");
        }
        let readers = Readers::connect(options(url, &instance, readers, false)).await?;
        Ok(Self {
            readers,
            writer: Arc::new(writer),
            url: Arc::from(url),
            instance,
        })
    }

    /// Closes all connections; other clones are of no use afterwards.
    pub async fn close(self) -> Result<(), StoreError> {
        self.readers.close().await?;
        Ok(self.writer.close_by_ref().await?)
    }

    /// Connections for reading; each query sees the last commit.
    pub fn readers(&self) -> &Readers {
        &self.readers
    }

    /// The connection of the one writer.
    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Where it is, for connections of a kind of their own.
    pub(super) fn url(&self) -> Arc<str> {
        Arc::clone(&self.url)
    }

    /// Names whoever has opened it among the instances of the same database, until it ends. On PostgreSQL each of its
    /// connections bears the name, so that others see whether it is still there.
    pub(super) fn instance(&self) -> Arc<str> {
        Arc::clone(&self.instance)
    }

    /// True when several instances may serve it side by side.
    pub fn is_shared(&self) -> bool {
        self.backend() == DbBackend::Postgres
    }

    pub fn backend(&self) -> DbBackend {
        self.readers.get_database_backend()
    }
}

fn options(url: &str, instance: &Arc<str>, connections: u32, writes: bool) -> ConnectOptions {
    let instance = Arc::clone(instance);
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |options| sqlite::tuned(options, writes))
        .map_sqlx_postgres_opts(move |options| postgres::tuned(options, &instance));
    if postgres::is_meant(url) {
        options
            .test_before_acquire_if_idle_for(postgres::RESTED)
            .acquire_timeout(postgres::WAITED);
    }
    options
}

/// A statement of one text for both databases: `?` becomes `$1`, `$2`, … on PostgreSQL. Texts of ours hold no `?`
/// but placeholders.
pub fn statement(backend: DbBackend, sql: &str, mut values: Vec<Value>) -> Statement {
    if backend == DbBackend::Postgres {
        values.iter_mut().for_each(postgres::make_storable);
    }
    Statement::from_sql_and_values(backend, placed(backend, sql), values)
}

/// A query of sea-query, ready to be asked.
pub(super) fn built(backend: DbBackend, query: &SelectStatement) -> Statement {
    let mut statement = backend.build(query);
    if backend == DbBackend::Postgres {
        postgres::write_bounds(&mut statement);
        let values = statement.values.iter_mut().flat_map(|values| &mut values.0);
        values.for_each(postgres::make_storable);
    }
    statement
}

pub(super) fn placed(backend: DbBackend, sql: &str) -> String {
    if backend != DbBackend::Postgres {
        return sql.to_owned();
    }
    let mut placed = String::with_capacity(sql.len() + 32);
    let mut parts = sql.split('?');
    placed.push_str(parts.next().unwrap_or_default());
    for (index, part) in parts.enumerate() {
        let _ = write!(placed, "${}{part}", index + 1);
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_for_postgres() {
        let sql = "select a from b where c = ? and d in (?, ?)";
        assert_eq!(placed(DbBackend::Sqlite, sql), sql);
        assert_eq!(
            placed(DbBackend::Postgres, sql),
            "select a from b where c = $1 and d in ($2, $3)"
        );
    }
}
