//! What became of messages, for whoever looks: figures of each channel, the messages of a ticket, those put aside.

use std::collections::BTreeMap;

use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use crate::workflow::moment::Moment;

use super::StoreError;
use super::connect::{Database, statement};
use super::delivery::{count, held};
use super::digest::Held;

/// Figures of the outbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub pending: u64,
    pub dead: u64,
    /// When the longest waiting pending mail was due first.
    pub oldest: Option<Moment>,
}

/// A mail that was put aside, or was once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dead {
    /// Its place among the mails.
    pub id: i64,
    pub key: String,
    /// `mail`, or the name of a channel of ours.
    pub channel: String,
    /// The ticket's number; of a digest none.
    pub number: Option<String>,
    /// For how many messages it stands.
    pub stands_for: u32,
    /// The event it tells of.
    pub seq: u64,
    pub person: String,
    pub message: Option<String>,
    /// `dead`; of one that was sent again `pending` or `sent`.
    pub state: String,
    pub reason: String,
    pub attempts: u32,
    pub created_at: Moment,
    /// When it is tried next, where it is pending.
    pub due_at: Moment,
}

/// Figures of each channel of which something waits or was put aside. What goes as one counts once, and how long
/// something waits on purpose is no delay.
pub async fn figures(db: &Database, now: Moment) -> Result<BTreeMap<String, Figures>, StoreError> {
    let sql = "select channel, state, count(*), min(case when held_until is null then created_at \
               when held_until <= ? then held_until end) from outbox where channel <> 'app' and digest is null \
               and state in ('pending', 'dead') group by channel, state";
    let mut channels: BTreeMap<String, Figures> = BTreeMap::new();
    for row in db
        .readers()
        .query_all_raw(statement(db.backend(), sql, vec![now.0.into()]))
        .await?
    {
        let figures = channels.entry(row.try_get_by_index(0)?).or_default();
        let count = u64::try_from(row.try_get_by_index::<i64>(2)?).unwrap_or(0);
        if row.try_get_by_index::<String>(1)? == "dead" {
            figures.dead = count;
        } else {
            figures.pending = count;
            figures.oldest = row.try_get_by_index::<Option<i64>>(3)?.map(Moment);
        }
    }
    Ok(channels)
}

/// A message about a ticket, on its way or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its place among all messages.
    pub id: i64,
    pub key: String,
    /// `mail`, `app` (the inbox), or the name of a channel of ours.
    pub channel: String,
    pub person: String,
    /// The event it tells of.
    pub seq: u64,
    /// `pending`, `sent`, `dead`, `superseded`, `skipped`.
    pub state: String,
    pub attempts: u32,
    /// For how many steps of a clock it stands.
    pub stands_for: u32,
    pub created_at: Moment,
    /// When it is tried next, or was tried last.
    pub due_at: Moment,
    pub sent_at: Option<Moment>,
    pub read_at: Option<Moment>,
    /// What was said last, where it did not go at once.
    pub reason: Option<String>,
    /// Why it waits on purpose, or waited.
    pub held: Option<Held>,
    /// Key of the digest with which it goes, or went.
    pub digest: Option<String>,
}

/// Messages about one ticket, the newest first, of events up to `until`, older than the one at `before`.
pub async fn of_ticket(
    db: &Database,
    ticket: Uuid,
    until: Option<u64>,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<Delivery>, StoreError> {
    // The keys of a ticket's messages begin with it: found by their index.
    let sql = "select id, key, channel, person, seq, state, attempts, stands_for, created_at, due_at, sent_at, read_at, \
               last_error, held, digest from outbox where key >= ? and key < ? and seq <= ? and id < ? order by id desc limit ?";
    let [from, to] = [format!("{ticket}:"), format!("{ticket};")].map(Value::from);
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let values = vec![
        from,
        to,
        number(until.unwrap_or(u64::MAX)).into(),
        before.unwrap_or(i64::MAX).into(),
        number(limit).into(),
    ];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    let moment = |row: &QueryResult, column: &str| -> Result<Option<Moment>, StoreError> {
        Ok(row.try_get::<Option<i64>>("", column)?.map(Moment))
    };
    rows.iter()
        .map(|row| {
            Ok(Delivery {
                id: row.try_get("", "id")?,
                key: row.try_get("", "key")?,
                channel: row.try_get("", "channel")?,
                person: row.try_get::<Option<String>>("", "person")?.unwrap_or_default(),
                seq: u64::try_from(row.try_get::<i64>("", "seq")?).unwrap_or(0),
                state: row.try_get("", "state")?,
                attempts: count(row, "attempts")?,
                stands_for: count(row, "stands_for")?,
                created_at: Moment(row.try_get("", "created_at")?),
                due_at: Moment(row.try_get("", "due_at")?),
                sent_at: moment(row, "sent_at")?,
                read_at: moment(row, "read_at")?,
                reason: row.try_get("", "last_error")?,
                held: held(row)?,
                digest: row.try_get("", "digest")?,
            })
        })
        .collect()
}

const DEAD_COLUMNS: &str = "o.id, o.key, o.channel, t.number, o.stands_for, o.seq, o.person, o.message, o.state, \
    o.last_error, o.attempts, o.created_at, o.due_at from outbox o left join tickets t on t.id = o.ticket";

/// Mails that were put aside, the newest first, older than the one at `before`; those that went as one are one.
pub async fn dead(db: &Database, before: Option<i64>, limit: u64) -> Result<Vec<Dead>, StoreError> {
    let sql = format!(
        "select {DEAD_COLUMNS} where o.channel <> 'app' and o.state = 'dead' and o.digest is null and o.id < ? \
         order by o.id desc limit ?"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = vec![before.unwrap_or(i64::MAX).into(), limit.into()];
    let rows = db
        .readers()
        .query_all_raw(statement(db.backend(), &sql, values))
        .await?;
    rows.iter().map(dead_row).collect()
}

/// One mail, put aside or not.
pub async fn one(db: &Database, key: &str) -> Result<Option<Dead>, StoreError> {
    let sql = format!("select {DEAD_COLUMNS} where o.channel <> 'app' and o.key = ?");
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), &sql, vec![key.into()]))
        .await?;
    row.as_ref().map(dead_row).transpose()
}

fn dead_row(row: &QueryResult) -> Result<Dead, StoreError> {
    Ok(Dead {
        id: row.try_get("", "id")?,
        key: row.try_get("", "key")?,
        channel: row.try_get("", "channel")?,
        number: row.try_get("", "number")?,
        stands_for: count(row, "stands_for")?,
        seq: u64::try_from(row.try_get::<i64>("", "seq")?).unwrap_or(0),
        person: row.try_get::<Option<String>>("", "person")?.unwrap_or_default(),
        message: row.try_get("", "message")?,
        state: row.try_get("", "state")?,
        reason: row.try_get::<Option<String>>("", "last_error")?.unwrap_or_default(),
        attempts: count(row, "attempts")?,
        created_at: Moment(row.try_get("", "created_at")?),
        due_at: Moment(row.try_get("", "due_at")?),
    })
}
