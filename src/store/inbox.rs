//! The inbox: what the outbox holds for the channel `app`. A row is there as soon as its event is, whatever becomes of
//! mails, and only its person asks for it.

use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use crate::workflow::id::{MessageId, PersonId};
use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::notice::Payload;
use super::sheet::Sheet;
use super::{StoreError, settings};

/// Something somebody was told.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Its place among all that anybody was told.
    pub id: i64,
    /// `None` for what is told of no ticket.
    pub ticket: Option<Uuid>,
    /// The event that tells.
    pub seq: u64,
    pub message: Option<MessageId>,
    pub payload: Payload,
    pub at: Moment,
    pub read_at: Option<Moment>,
}

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Which {
    pub unread_only: bool,
    /// Older than the one at this place.
    pub before: Option<i64>,
}

const COLUMNS: &str = "id, ticket, seq, message, payload, created_at, read_at";
/// Rows looked at in one go when old ones are forgotten.
const FORGOTTEN_AT_ONCE: i64 = 5_000;
/// The setting that says before which moment the inbox is not kept: an audit does not miss what is older.
pub const KEPT_FROM: &str = "inbox.kept_from";
/// The setting that says how far old rows were looked at.
const LOOKED_TO: &str = "inbox.looked_to";

/// What a person was told, the newest first.
pub async fn page(db: &Database, person: &PersonId, which: Which, limit: u64) -> Result<Vec<Told>, StoreError> {
    let unread = if which.unread_only { "and read_at is null" } else { "" };
    let sql = format!(
        "select {COLUMNS} from outbox where person = ? and channel = 'app' {unread} \
         and id < ? order by id desc limit ?"
    );
    let values = vec![
        person.as_str().into(),
        which.before.unwrap_or(i64::MAX).into(),
        super::sheet::number(limit).into(),
    ];
    let rows = db
        .readers()
        .query_all_raw(statement(db.backend(), &sql, values))
        .await?;
    rows.iter().map(told).collect()
}

/// What a person was told lately of tickets that are urgent and open, the newest first.
pub async fn urgent(db: &Database, person: &PersonId, lately: u64) -> Result<Vec<Told>, StoreError> {
    // What was told is bounded first: who has been told ten thousand things is asked as quickly as who is new.
    let sql = format!(
        "select {COLUMNS} from (select {COLUMNS} from outbox where person = ? and channel = 'app' \
         and ticket is not null order by id desc limit ?) as last where exists (select 1 from tickets \
         where tickets.id = last.ticket and tickets.urgent and tickets.closed_at is null) order by id desc"
    );
    let values = vec![person.as_str().into(), super::sheet::number(lately).into()];
    let rows = db
        .readers()
        .query_all_raw(statement(db.backend(), &sql, values))
        .await?;
    rows.iter().map(told).collect()
}

/// One of them, of this person only.
pub async fn one(db: &Database, person: &PersonId, id: i64) -> Result<Option<Told>, StoreError> {
    let sql = format!("select {COLUMNS} from outbox where id = ? and person = ? and channel = 'app'");
    let values = vec![id.into(), person.as_str().into()];
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), &sql, values))
        .await?;
    row.as_ref().map(told).transpose()
}

/// How many a person has not read, counted up to `max`.
pub async fn unread(db: &Database, person: &PersonId, max: u64) -> Result<u64, StoreError> {
    let sql = "select count(*) from (select 1 from outbox where person = ? and channel = 'app' and read_at is null \
               limit ?) as found";
    let values = vec![person.as_str().into(), super::sheet::number(max).into()];
    let row = db.readers().query_one_raw(statement(db.backend(), sql, values)).await?;
    let count: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0);
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Marks one as read; what was read before stays as it was.
pub fn read(sheet: &mut Sheet<'_>, person: &PersonId, id: i64, now: Moment) {
    sheet.statement(
        "update outbox set read_at = ? where id = ? and person = ? and channel = 'app' and read_at is null",
        vec![now.0.into(), id.into(), person.as_str().into()],
    );
}

/// Marks everything up to this one as read: what came while somebody looked stays unread.
pub fn read_to(sheet: &mut Sheet<'_>, person: &PersonId, last: i64, now: Moment) {
    sheet.statement(
        "update outbox set read_at = ? where person = ? and channel = 'app' and read_at is null and id <= ?",
        vec![now.0.into(), person.as_str().into(), last.into()],
    );
}

/// The next rows that are old enough to be forgotten, and up to which place; `None` when there are none.
pub async fn forgettable(db: &Database, before: Moment) -> Result<Option<(i64, i64)>, StoreError> {
    let from = settings::get(db, LOOKED_TO).await?;
    let from: i64 = from.and_then(|text| text.parse().ok()).unwrap_or(0);
    let sql = "select max(id) from (select id, created_at from outbox where id > ? order by id limit ?) as next \
               where created_at < ?";
    let values: Vec<Value> = vec![from.into(), FORGOTTEN_AT_ONCE.into(), before.0.into()];
    let row = db.readers().query_one_raw(statement(db.backend(), sql, values)).await?;
    let last: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
    Ok(last.map(|last| (from, last)))
}

/// Forgets the inbox rows in `(from, to]` that are older, and writes down that it did.
pub fn forget(sheet: &mut Sheet<'_>, (from, to): (i64, i64), before: Moment) {
    sheet.statement(
        "delete from outbox where id > ? and id <= ? and channel = 'app' and created_at < ?",
        vec![from.into(), to.into(), before.0.into()],
    );
    settings::set(sheet, LOOKED_TO, &to.to_string());
    settings::set(sheet, KEPT_FROM, &before.0.to_string());
}

fn told(row: &QueryResult) -> Result<Told, StoreError> {
    let payload: String = row.try_get("", "payload")?;
    Ok(Told {
        id: row.try_get("", "id")?,
        ticket: row.try_get("", "ticket")?,
        seq: u64::try_from(row.try_get::<i64>("", "seq")?).unwrap_or(0),
        message: row.try_get::<Option<String>>("", "message")?.map(MessageId::new),
        payload: serde_json::from_str(&payload).map_err(|error| StoreError::unreadable("outbox.payload", error))?,
        at: Moment(row.try_get("", "created_at")?),
        read_at: row.try_get::<Option<i64>>("", "read_at")?.map(Moment),
    })
}
