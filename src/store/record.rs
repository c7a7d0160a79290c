//! The record of what administrators did beside changing their data: written with the deed, in its transaction.

use sea_orm::ConnectionTrait;

use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::{Sheet, StoreError};

/// A line of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    pub position: i64,
    pub at: Moment,
    /// `None` is the machine itself.
    pub by: Option<String>,
    /// `resent`, `erased`.
    pub kind: String,
    /// A mail's key, a ticket's number, a contact's id.
    pub key: String,
    pub reason: Option<String>,
}

/// Writes a line.
pub fn note(sheet: &mut Sheet<'_>, kind: &str, key: &str, by: Option<&str>, reason: Option<&str>, at: Moment) {
    sheet.statement(
        "insert into record (at, \"by\", kind, key, reason) values (?, ?, ?, ?, ?)",
        vec![
            at.0.into(),
            by.map(str::to_owned).into(),
            kind.into(),
            key.into(),
            reason.map(str::to_owned).into(),
        ],
    );
}

/// Lines after a position, oldest first.
pub async fn after(db: &Database, position: i64, limit: u64) -> Result<Vec<Deed>, StoreError> {
    let sql = "select position, at, \"by\", kind, key, reason from record where position > ? order by position limit ?";
    let values = vec![position.into(), super::sheet::number(limit).into()];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter()
        .map(|row| {
            Ok(Deed {
                position: row.try_get("", "position")?,
                at: Moment(row.try_get("", "at")?),
                by: row.try_get("", "by")?,
                kind: row.try_get("", "kind")?,
                key: row.try_get("", "key")?,
                reason: row.try_get("", "reason")?,
            })
        })
        .collect()
}
