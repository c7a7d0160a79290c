//! Second factors and written-down codes as they are stored.
//!
//! A code is used by a statement that changes the row only when nobody has used it before; whose use it was says the
//! holder afterwards. So of two that come at once one is believed.

use sea_orm::ConnectionTrait;

use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::{Sheet, StoreError};

/// The second factor of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Second {
    pub secret: Vec<u8>,
    /// Since when it is asked for; nothing while it is only begun.
    pub confirmed_at: Option<Moment>,
    /// The last half minute whose code was used.
    pub last_step: i64,
    pub holder: String,
}

/// Begins with a secret; one that is asked for already stays.
pub fn begin(sheet: &mut Sheet<'_>, person: &str, secret: &[u8], at: Moment) {
    sheet.statement(
        "insert into second_factors (person, secret, begun_at, confirmed_at, last_step, holder) \
         values (?, ?, ?, null, 0, '') \
         on conflict (person) do update set secret = excluded.secret, begun_at = excluded.begun_at, \
         last_step = 0, holder = '' where second_factors.confirmed_at is null",
        vec![person.into(), secret.to_vec().into(), at.0.into()],
    );
}

/// From now on it is asked for.
pub fn confirm(sheet: &mut Sheet<'_>, person: &str, at: Moment) {
    sheet.statement(
        "update second_factors set confirmed_at = ? where person = ? and confirmed_at is null",
        vec![at.0.into(), person.into()],
    );
}

/// Takes it away, with the written-down codes.
pub fn remove(sheet: &mut Sheet<'_>, person: &str) {
    sheet.statement("delete from second_factors where person = ?", vec![person.into()]);
    sheet.statement("delete from recovery_codes where person = ?", vec![person.into()]);
}

/// Uses the code of a half minute, once.
pub fn take_step(sheet: &mut Sheet<'_>, person: &str, step: i64, holder: &str) {
    sheet.statement(
        "update second_factors set last_step = ?, holder = ? where person = ? and last_step < ?",
        vec![step.into(), holder.into(), person.into(), step.into()],
    );
}

/// New written-down codes; the old ones are void.
pub fn put_codes(sheet: &mut Sheet<'_>, person: &str, hashes: &[Vec<u8>]) {
    sheet.statement("delete from recovery_codes where person = ?", vec![person.into()]);
    for hash in hashes {
        sheet.statement(
            "insert into recovery_codes (person, hash, holder) values (?, ?, '')",
            vec![person.into(), hash.clone().into()],
        );
    }
}

/// Uses a written-down code, once.
pub fn take_code(sheet: &mut Sheet<'_>, person: &str, hash: &[u8], holder: &str) {
    sheet.statement(
        "update recovery_codes set holder = ? where person = ? and hash = ? and holder = ''",
        vec![holder.into(), person.into(), hash.to_vec().into()],
    );
}

/// Who used a written-down code; empty while nobody has, nothing where it is none.
pub async fn holder_of_code(db: &Database, person: &str, hash: &[u8]) -> Result<Option<String>, StoreError> {
    let sql = "select holder from recovery_codes where person = ? and hash = ?";
    let values = vec![person.into(), hash.to_vec().into()];
    let row = db.readers().query_one_raw(statement(db.backend(), sql, values)).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Written-down codes nobody has used.
pub async fn codes_left(db: &Database, person: &str) -> Result<u64, StoreError> {
    let sql = "select count(*) from recovery_codes where person = ? and holder = ''";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![person.into()]))
        .await?;
    let count: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    Ok(u64::try_from(count).unwrap_or_default())
}

/// The second factor of a person.
pub async fn of_person(db: &Database, person: &str) -> Result<Option<Second>, StoreError> {
    let sql = "select secret, confirmed_at, last_step, holder from second_factors where person = ?";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![person.into()]))
        .await?;
    let Some(row) = row else { return Ok(None) };
    let confirmed_at: Option<i64> = row.try_get("", "confirmed_at")?;
    Ok(Some(Second {
        secret: row.try_get("", "secret")?,
        confirmed_at: confirmed_at.map(Moment),
        last_step: row.try_get("", "last_step")?,
        holder: row.try_get("", "holder")?,
    }))
}
