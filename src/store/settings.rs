//! Named values of this database: its feed's id, and what the administrator sets.

use sea_orm::ConnectionTrait;

use super::connect::{Database, statement};
use super::{Sheet, StoreError};

/// How the writer's connection to SQLite flushes, as it said itself when it was opened; an audit reads it.
pub const SYNCHRONOUS: &str = "sqlite.synchronous";
/// Whether it overwrites what it deletes.
pub const SECURE_DELETE: &str = "sqlite.secure_delete";

/// Where a PostgreSQL database lies; elsewhere it is a restored one.
pub const PLACE: &str = "postgres.place";

/// The value of a setting.
pub async fn get(db: &Database, name: &str) -> Result<Option<String>, StoreError> {
    let sql = "select value from settings where name = ?";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![name.into()]))
        .await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Sets a value.
pub fn set(sheet: &mut Sheet<'_>, name: &str, value: &str) {
    sheet.statement(
        "insert into settings (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
        vec![name.into(), value.into()],
    );
}

/// Sets a value that nobody has set yet; who was first counts.
pub fn set_first(sheet: &mut Sheet<'_>, name: &str, value: &str) {
    sheet.statement(
        "insert into settings (name, value) values (?, ?) on conflict (name) do nothing",
        vec![name.into(), value.into()],
    );
}
