//! Codes with which callers follow their own tickets: never the code, only its hash.

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Value;
use uuid::Uuid;

use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::{Sheet, StoreError};

/// The code of a ticket, without the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerCode {
    pub ticket: Uuid,
    pub hash: Vec<u8>,
}

/// Gives a ticket a code; the one before is void.
pub fn put(sheet: &mut Sheet<'_>, code: &CallerCode, by: Option<&str>, at: Moment) {
    sheet.statement(
        "insert into caller_codes (ticket, hash, issued_by, issued_at) values (?, ?, ?, ?) \
         on conflict (ticket) do update set hash = excluded.hash, issued_by = excluded.issued_by, \
         issued_at = excluded.issued_at",
        vec![
            code.ticket.into(),
            code.hash.clone().into(),
            by.map(str::to_owned).into(),
            at.0.into(),
        ],
    );
}

/// The code of a ticket by its number, as it was typed or in capitals; one statement whether there is such a ticket or
/// not.
pub async fn of_number(db: &Database, typed: &str, capitals: &str) -> Result<Vec<CallerCode>, StoreError> {
    let sql = "select c.ticket, c.hash from tickets t join caller_codes c on c.ticket = t.id where t.number in (?, ?)";
    all(db, sql, vec![typed.into(), capitals.into()]).await
}

/// The code of a ticket.
pub async fn of_ticket(db: &Database, ticket: Uuid) -> Result<Option<CallerCode>, StoreError> {
    let sql = "select ticket, hash from caller_codes where ticket = ?";
    Ok(all(db, sql, vec![ticket.into()]).await?.pop())
}

async fn all(db: &Database, sql: &str, values: Vec<Value>) -> Result<Vec<CallerCode>, StoreError> {
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter()
        .map(|row| {
            Ok(CallerCode {
                ticket: row.try_get_by_index(0)?,
                hash: row.try_get_by_index(1)?,
            })
        })
        .collect()
}
