//! Refused attempts to sign in, counted for a name and for an address so that all instances wait together.
//!
//! An attempt takes its turn before the password is looked at: a statement that changes the row only as somebody saw
//! it. Of two hundred attempts at once one gets the turn, the others read again; so none passes uncounted.

use sea_orm::ConnectionTrait;

use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::{Sheet, StoreError};

/// What is known of a name or an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    pub failures: i64,
    pub next_at: Moment,
    pub holder: String,
    pub last_at: Moment,
}

/// What is counted under a key.
pub async fn of(db: &Database, key: &[u8]) -> Result<Attempts, StoreError> {
    let sql = "select failures, next_at, holder, last_at from attempts where key = ?";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![key.to_vec().into()]))
        .await?;
    let Some(row) = row else {
        return Ok(Attempts::default());
    };
    Ok(Attempts {
        failures: row.try_get("", "failures")?,
        next_at: Moment(row.try_get("", "next_at")?),
        holder: row.try_get("", "holder")?,
        last_at: Moment(row.try_get("", "last_at")?),
    })
}

/// Counts an attempt, if the row still is as it was seen. Whose turn it is says the holder afterwards.
pub fn take_turn(sheet: &mut Sheet<'_>, key: &[u8], seen: &Attempts, turn: &Attempts) {
    sheet.statement(
        "insert into attempts (key, failures, next_at, holder, last_at) values (?, 0, 0, '', ?) \
         on conflict (key) do nothing",
        vec![key.to_vec().into(), turn.last_at.0.into()],
    );
    sheet.statement(
        "update attempts set failures = ?, next_at = ?, holder = ?, last_at = ? where key = ? and holder = ?",
        vec![
            turn.failures.into(),
            turn.next_at.0.into(),
            turn.holder.as_str().into(),
            turn.last_at.0.into(),
            key.to_vec().into(),
            seen.holder.as_str().into(),
        ],
    );
}

/// Forgets the failures under a key: somebody has signed in.
pub fn clear(sheet: &mut Sheet<'_>, key: &[u8]) {
    sheet.statement("delete from attempts where key = ?", vec![key.to_vec().into()]);
}
