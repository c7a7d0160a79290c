//! Sessions of the console, passwords and one-time links as they are stored: never a secret, only its hash.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::{Sheet, StoreError};

/// A session without its secret.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionRow {
    pub id: String,
    pub person: String,
    pub browser: String,
    pub created_at: Moment,
    pub used_at: Moment,
    pub expires_at: Moment,
    /// It began with a second factor.
    pub second: bool,
}

/// Sessions of one person that are listed at most.
const LISTED_MAX: i64 = 100;

/// Begins a session under the hash of its secret.
pub fn begin(sheet: &mut Sheet<'_>, row: &SessionRow, hash: &[u8]) {
    sheet.statement(
        "insert into sessions (id, hash, person, browser, created_at, used_at, expires_at, second) \
         values (?, ?, ?, ?, ?, ?, ?, ?)",
        vec![
            row.id.as_str().into(),
            hash.to_vec().into(),
            row.person.as_str().into(),
            row.browser.as_str().into(),
            row.created_at.0.into(),
            row.used_at.0.into(),
            row.expires_at.0.into(),
            row.second.into(),
        ],
    );
}

/// A session whose person has just shown a second factor.
pub fn strengthen(sheet: &mut Sheet<'_>, id: &str) {
    sheet.statement(
        "update sessions set second = ? where id = ?",
        vec![true.into(), id.into()],
    );
}

/// Notes that a session was used.
pub fn used(sheet: &mut Sheet<'_>, id: &str, at: Moment) {
    sheet.statement(
        "update sessions set used_at = ? where id = ? and used_at < ?",
        vec![at.0.into(), id.into(), at.0.into()],
    );
}

/// Ends one session of a person.
pub fn end(sheet: &mut Sheet<'_>, person: &str, id: &str) {
    sheet.statement(
        "delete from sessions where person = ? and id = ?",
        vec![person.into(), id.into()],
    );
}

/// Ends all sessions of a person but one.
pub fn end_others(sheet: &mut Sheet<'_>, person: &str, but: Option<&str>) {
    sheet.statement(
        "delete from sessions where person = ? and id <> ?",
        vec![person.into(), but.unwrap_or_default().into()],
    );
}

/// Forgets what has expired: sessions, links, refused attempts and drafts from before these moments.
pub fn forget(sheet: &mut Sheet<'_>, now: Moment, idle_since: Moment, attempts_before: Moment, drafts_before: Moment) {
    sheet.statement(
        "delete from sessions where expires_at <= ? or used_at <= ?",
        vec![now.0.into(), idle_since.0.into()],
    );
    sheet.statement("delete from invitations where expires_at <= ?", vec![now.0.into()]);
    sheet.statement(
        "delete from attempts where last_at <= ?",
        vec![attempts_before.0.into()],
    );
    sheet.statement("delete from drafts where updated_at <= ?", vec![drafts_before.0.into()]);
}

/// The session of a secret, by its hash.
pub async fn by_hash(db: &Database, hash: &[u8]) -> Result<Option<SessionRow>, StoreError> {
    let sql = "select * from sessions where hash = ?";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![hash.to_vec().into()]))
        .await?;
    row.as_ref().map(read).transpose()
}

/// Sessions of a person, last used first.
pub async fn of_person(db: &Database, person: &str) -> Result<Vec<SessionRow>, StoreError> {
    let sql = "select * from sessions where person = ? order by used_at desc, id limit ?";
    let values = vec![person.into(), LISTED_MAX.into()];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        id: row.try_get("", "id")?,
        person: row.try_get("", "person")?,
        browser: row.try_get("", "browser")?,
        created_at: Moment(row.try_get("", "created_at")?),
        used_at: Moment(row.try_get("", "used_at")?),
        expires_at: Moment(row.try_get("", "expires_at")?),
        second: row.try_get("", "second")?,
    })
}

/// The password of a person, in PHC form.
pub async fn password(db: &Database, person: &str) -> Result<Option<String>, StoreError> {
    let sql = "select hash from passwords where person = ?";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![person.into()]))
        .await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Whether anybody has a password.
pub async fn has_passwords(db: &Database) -> Result<bool, StoreError> {
    let sql = "select person from passwords limit 1";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, Vec::new()))
        .await?;
    Ok(row.is_some())
}

/// Sets the password of a person.
pub fn set_password(sheet: &mut Sheet<'_>, person: &str, hash: &str, at: Moment) {
    sheet.statement(
        "insert into passwords (person, hash, changed_at) values (?, ?, ?) \
         on conflict (person) do update set hash = excluded.hash, changed_at = excluded.changed_at",
        vec![person.into(), hash.into(), at.0.into()],
    );
}

/// A one-time link.
#[derive(Clone, Debug, PartialEq)]
pub struct Invitation {
    pub person: String,
    pub created_at: Moment,
    pub expires_at: Moment,
}

/// Makes a one-time link; those before it are void.
pub fn invite(sheet: &mut Sheet<'_>, hash: &[u8], invitation: &Invitation, by: Option<&str>) {
    withdraw(sheet, &invitation.person);
    sheet.statement(
        "insert into invitations (hash, person, created_by, created_at, expires_at) values (?, ?, ?, ?, ?)",
        vec![
            hash.to_vec().into(),
            invitation.person.as_str().into(),
            by.map(str::to_owned).into(),
            invitation.created_at.0.into(),
            invitation.expires_at.0.into(),
        ],
    );
}

/// Sets the password of whoever a link is for, once: a link that is gone sets nothing.
pub fn accept(sheet: &mut Sheet<'_>, link: &[u8], hash: &str, at: Moment) {
    sheet.statement(
        "insert into passwords (person, hash, changed_at) \
         select i.person, cast(? as text), cast(? as bigint) from invitations i where i.hash = ? \
         on conflict (person) do update set hash = excluded.hash, changed_at = excluded.changed_at",
        vec![hash.into(), at.0.into(), link.to_vec().into()],
    );
    sheet.statement(
        "delete from sessions where person in (select person from invitations where hash = ?)",
        vec![link.to_vec().into()],
    );
    sheet.statement("delete from invitations where hash = ?", vec![link.to_vec().into()]);
}

/// The links of a person are void.
pub fn withdraw(sheet: &mut Sheet<'_>, person: &str) {
    sheet.statement("delete from invitations where person = ?", vec![person.into()]);
}

/// The link of a secret, by its hash.
pub async fn invitation(db: &Database, hash: &[u8]) -> Result<Option<Invitation>, StoreError> {
    let sql = "select person, created_at, expires_at from invitations where hash = ?";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![hash.to_vec().into()]))
        .await?;
    row.as_ref().map(read_invitation).transpose()
}

/// The link that a person has.
pub async fn invitation_of(db: &Database, person: &str) -> Result<Option<Invitation>, StoreError> {
    let sql = "select person, created_at, expires_at from invitations where person = ? limit 1";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![person.into()]))
        .await?;
    row.as_ref().map(read_invitation).transpose()
}

fn read_invitation(row: &QueryResult) -> Result<Invitation, StoreError> {
    Ok(Invitation {
        person: row.try_get("", "person")?,
        created_at: Moment(row.try_get("", "created_at")?),
        expires_at: Moment(row.try_get("", "expires_at")?),
    })
}
