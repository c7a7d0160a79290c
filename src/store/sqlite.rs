//! What only SQLite understands. No other file holds SQL that PostgreSQL would refuse.

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::{ConnectionTrait, DbErr};

/// How every connection to SQLite is set up.
pub(super) fn tuned(options: SqliteConnectOptions) -> SqliteConnectOptions {
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
        // 16 MiB of pages for each connection; the system keeps more of the file.
        .pragma("cache_size", "-16384")
        .pragma("journal_size_limit", "67108864")
}

/// Changes whenever another connection has committed something since: what is cached may be old then.
pub(super) async fn data_version(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let statement = super::connect::statement(db.get_database_backend(), "pragma data_version", Vec::new());
    match db.query_one_raw(statement).await? {
        Some(row) => row.try_get_by_index(0),
        None => Ok(0),
    }
}
