//! A whole copy of the database as of one moment, made while others work, and what a copy needs to become the database.
//!
//! SQLite writes the copy itself (`vacuum into`): one read transaction, so it holds everything that was acknowledged
//! before it began and nothing half. PostgreSQL has `pg_dump` for this (`desk::backup::dump`).

use std::path::Path;

use sea_orm::{ConnectOptions, ConnectionTrait, Database as SeaOrm, DatabaseConnection, DbBackend};

use super::StoreError;
use super::connect::statement;
use super::{postgres, sqlite};

/// True for the address of a PostgreSQL database.
pub fn is_postgres(url: &str) -> bool {
    postgres::is_meant(url)
}

/// Whether a PostgreSQL database has no table yet.
pub async fn is_bare(url: &str) -> Result<bool, StoreError> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let db = SeaOrm::connect(options).await?;
    let bare = postgres::is_bare(&db).await?;
    db.close().await?;
    Ok(bare)
}

/// Writes a copy of a SQLite database into a file that is not there yet.
pub async fn copy(url: &str, to: &Path) -> Result<(), StoreError> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(1)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| options.read_only(true).create_if_missing(false));
    let db = SeaOrm::connect(options).await?;
    sqlite::copy_into(&db, &to.display().to_string()).await?;
    db.close().await?;
    // The copy is written with a rollback journal; the database has a write-ahead log.
    let copy = alone(to).await?;
    sqlite::log_ahead(&copy).await?;
    Ok(copy.close().await?)
}

/// Makes a copy the database: cursors of the feed that were given out before are void, nobody is sending its mails.
pub async fn become_database(file: &Path) -> Result<(), StoreError> {
    let db = alone(file).await?;
    for sql in [
        "delete from settings where name = 'feed'",
        "update outbox set lease = null, leased_until = null where lease is not null",
    ] {
        db.execute_raw(statement(DbBackend::Sqlite, sql, Vec::new())).await?;
    }
    Ok(db.close().await?)
}

/// Whether somebody has this SQLite file open.
pub async fn is_in_use(file: &Path) -> Result<bool, StoreError> {
    let db = alone(file).await?;
    let free = sqlite::is_ours_alone(&db).await;
    db.close().await?;
    Ok(!free)
}

async fn alone(file: &Path) -> Result<DatabaseConnection, StoreError> {
    let mut options = ConnectOptions::new(format!("sqlite:{}", file.display()));
    options
        .max_connections(1)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| options.create_if_missing(false).pragma("busy_timeout", "200"));
    Ok(SeaOrm::connect(options).await?)
}
