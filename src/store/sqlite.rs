//! What only SQLite understands. No other file holds SQL that PostgreSQL would refuse.

mod keeper;

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DbErr};

pub(super) use keeper::Keeper;

use super::connect::statement;
use super::settings::{SECURE_DELETE, SYNCHRONOUS};

/// How every connection to SQLite is set up. The one that writes keeps more pages: its transactions hold what many
/// commands change, while readers find in the system's memory what they do not keep.
pub(super) fn tuned(options: SqliteConnectOptions, writes: bool) -> SqliteConnectOptions {
    let kibibytes = if writes { "-8192" } else { "-4096" };
    options
        // The first start needs no other step than starting.
        .create_if_missing(true)
        .pragma("journal_mode", "WAL")
        // Acknowledged means on disk, also after a power cut.
        .pragma("synchronous", "FULL")
        .pragma("foreign_keys", "ON")
        .pragma("busy_timeout", "5000")
        // What was erased is overwritten, not only forgotten.
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", kibibytes)
        .pragma("journal_size_limit", "67108864")
}

/// Writes the log back and empties it: what was erased must not live on in its old pages. Somebody who reads for long
/// keeps it from that; then the next erasure, or the last server that closes, does it.
pub(super) async fn empty_log(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let statement = statement(db.get_database_backend(), "pragma wal_checkpoint(TRUNCATE)", Vec::new());
    db.query_one_raw(statement).await.map(|_| ())
}

/// Keeps what the writer's connection says of itself, so that an audit sees how the database is really written.
pub(super) async fn note_settings(writer: &impl ConnectionTrait) -> Result<(), DbErr> {
    let backend = writer.get_database_backend();
    for (name, pragma) in [
        (SYNCHRONOUS, "pragma synchronous"),
        (SECURE_DELETE, "pragma secure_delete"),
    ] {
        let row = writer.query_one_raw(statement(backend, pragma, Vec::new())).await?;
        let Some(row) = row else { continue };
        let found: i64 = row.try_get_by_index(0)?;
        let sql = "insert into settings (name, value) values (?, ?) on conflict (name) \
                   do update set value = excluded.value where value <> excluded.value";
        let values = vec![name.into(), found.to_string().into()];
        writer.execute_raw(statement(backend, sql, values)).await?;
    }
    Ok(())
}

/// Tables, indexes and migrations of a database, one line each, sorted.
pub(super) async fn schema(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let sql = "select type || ' ' || name || ' ' || sql from sqlite_master where sql is not null and name not like 'sqlite%' \
               union all select 'migration ' || version || ' ' from seaql_migrations order by 1";
    let rows = db
        .query_all_raw(statement(db.get_database_backend(), sql, Vec::new()))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Whether there is such a table.
pub(super) async fn has_table(db: &impl ConnectionTrait, name: &str) -> Result<bool, DbErr> {
    let sql = "select 1 from sqlite_master where type = 'table' and name = ?";
    let row = db
        .query_one_raw(statement(db.get_database_backend(), sql, vec![name.into()]))
        .await?;
    Ok(row.is_some())
}

/// What [`schema`] gives of a database that this program has just made.
pub(super) async fn schema_of_ours() -> Result<Vec<String>, DbErr> {
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1).sqlx_logging(false);
    let fresh = Database::connect(options).await?;
    migrations::bring_up(&fresh).await?;
    schema(&fresh).await
}

/// A copy of the whole as of this moment, into a new file.
pub(super) async fn copy_into(db: &impl ConnectionTrait, file: &str) -> Result<(), DbErr> {
    let copy = statement(db.get_database_backend(), "vacuum into ?", vec![file.into()]);
    db.execute_raw(copy).await.map(|_| ())
}

/// From now on with a write-ahead log.
pub(super) async fn log_ahead(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    db.execute_unprepared("pragma journal_mode = wal").await.map(|_| ())
}

/// True when no other connection has the file open.
pub(super) async fn is_ours_alone(db: &impl ConnectionTrait) -> bool {
    db.execute_unprepared("pragma locking_mode = exclusive; begin exclusive; rollback")
        .await
        .is_ok()
}
