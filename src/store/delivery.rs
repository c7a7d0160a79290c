//! The outbox as delivery sees it: which messages of a channel are due, who is sending them, what became of them.
//!
//! ```text
//!            lease                        settle
//!  pending ─────────▶ pending, leased ─────────────▶ sent · dead · pending again, later
//!     │                    │ the sender died: the lease runs out, somebody else takes it
//!     └▶ superseded (a later rung of the same clock stands for it, or the person is not meant any more)
//!     └▶ skipped    (mail is not configured)
//!     └▶ held       (`digest`: it waits on purpose, and may go with others as one)
//! ```
//! Nothing is locked while a mail is on its way: a lease is two columns, and works the same on both databases. Its name
//! is that of the instance: who was frozen and lost it settles nothing that somebody else has taken meanwhile, but that
//! it was sent.

use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use crate::workflow::id::{MessageId, PersonId};
use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::digest::Held;
use super::notice::Payload;
use super::sheet::Sheet;
use super::{StoreError, rows};

/// A mail of the outbox that is not out yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// `ticket:seq:person:channel`, stable for ever.
    pub key: String,
    /// `None` for a digest, and for what is told of no ticket.
    pub ticket: Option<Uuid>,
    /// The event that tells.
    pub seq: u64,
    pub person: PersonId,
    pub message: Option<MessageId>,
    /// `ticket:clock:task:cycle`, without the person.
    pub clock: Option<String>,
    pub payload: Payload,
    /// How often it was tried, this time included.
    pub attempts: u32,
    pub stands_for: u32,
    /// The mail as it was first sent, and to which address.
    pub written: Option<(String, Vec<u8>)>,
    pub created_at: Moment,
    /// Why it waits, or waited.
    pub held: Option<Held>,
}

impl Waiting {
    /// The nominal moment of the rung that tells; `None` for what is no rung.
    pub fn rung_due_at(&self) -> Option<Moment> {
        match &self.payload {
            Payload::Rung { due_at, .. } => Some(*due_at),
            Payload::Told { .. }
            | Payload::RungFailed { .. }
            | Payload::Chased
            | Payload::Digest
            | Payload::Calendar { .. } => None,
        }
    }
}

pub(super) const COLUMNS: &str = "o.key, o.ticket, o.seq, o.person, o.message, o.clock_key, o.payload, o.attempts, \
    o.stands_for, o.address, o.mail, o.created_at, o.held";
/// Of a channel, and nobody is sending it nor does it go with a digest.
pub(super) const FREE: &str = "o.channel = ? and o.state = 'pending' and o.digest is null \
    and (o.leased_until is null or o.leased_until <= ?)";

/// Messages of a channel due now that nobody is sending, the longest waiting first. Of one ticket and person only the
/// first: order is kept where somebody would notice. What waits on purpose holds no other up.
///
/// `channel || ''` keeps PostgreSQL from looking for the first one among all mails that wait, which it does as long as
/// its statistics say that few do.
pub async fn due(db: &Database, channel: &str, now: Moment, limit: u64) -> Result<Vec<Waiting>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from outbox o where {FREE} and o.due_at <= ? and o.person is not null \
         and (o.ticket is null or o.id = (select e.id from outbox e where e.ticket = o.ticket \
         and e.person = o.person and e.state = 'pending' and e.channel || '' = ? and e.digest is null \
         and (e.held_until is null or e.held_until <= ?) order by e.id limit 1)) order by o.due_at, o.id limit ?"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let now = Value::from(now.0);
    let values = vec![
        channel.into(),
        now.clone(),
        now.clone(),
        channel.into(),
        now,
        limit.into(),
    ];
    read(db, &sql, values).await
}

/// Whether anything of a channel is due, or waits on purpose.
pub async fn waits(db: &Database, channel: &str, now: Moment) -> Result<bool, StoreError> {
    let sql =
        "select 1 from outbox where channel = ? and state = 'pending' and (due_at <= ? or held is not null) limit 1";
    let values = vec![channel.into(), now.0.into()];
    let row = db.readers().query_one_raw(statement(db.backend(), sql, values)).await?;
    Ok(row.is_some())
}

/// All free mails of one clock, due or not.
pub async fn of_clock(db: &Database, channel: &str, clock: &str, now: Moment) -> Result<Vec<Waiting>, StoreError> {
    // `;` follows `:`, so this is everything that begins with `clock:`, by the index.
    let sql = format!(
        "select {COLUMNS} from outbox o where {FREE} and o.clock_key >= ? and o.clock_key < ? order by o.id limit 1000"
    );
    let range = [format!("{clock}:"), format!("{clock};")].map(Value::from);
    let [from, to] = range;
    read(db, &sql, vec![channel.into(), now.0.into(), from, to]).await
}

/// Those of the keys that are leased under this token.
pub async fn leased(db: &Database, keys: &[String], token: &str) -> Result<Vec<Waiting>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut values: Vec<Value> = keys.iter().map(|key| key.as_str().into()).collect();
    let places = rows::list_of(&mut values);
    let sql = format!("select {COLUMNS} from outbox o where o.key in ({places}) and o.lease = ? order by o.id");
    values.push(token.into());
    read(db, &sql, values).await
}

/// Keys of all messages of a channel about one event, and whether any of them was written already.
pub async fn of_event(db: &Database, channel: &str, ticket: Uuid, seq: u64) -> Result<(Vec<String>, bool), StoreError> {
    let sql = "select key, way from outbox where key >= ? and key < ? and channel = ?";
    let [from, to] = [format!("{ticket}:{seq}:"), format!("{ticket}:{seq};")].map(Value::from);
    let found = db
        .readers()
        .query_all_raw(statement(db.backend(), sql, vec![from, to, channel.into()]))
        .await?;
    let mut keys = Vec::new();
    let mut written = false;
    for row in &found {
        keys.push(row.try_get("", "key")?);
        written |= row.try_get::<Option<String>>("", "way")?.is_some();
    }
    Ok((keys, written))
}

/// When the next mail is to be tried, as far as is known.
pub async fn next_due(db: &Database) -> Result<Option<Moment>, StoreError> {
    let sql = "select min(due_at) from outbox where channel = 'mail' and state = 'pending'";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, Vec::new()))
        .await?;
    Ok(row
        .map(|row| row.try_get_by_index::<Option<i64>>(0))
        .transpose()?
        .flatten()
        .map(Moment))
}

pub(super) async fn read(db: &Database, sql: &str, values: Vec<Value>) -> Result<Vec<Waiting>, StoreError> {
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter().map(waiting).collect()
}

fn waiting(row: &QueryResult) -> Result<Waiting, StoreError> {
    let payload: String = row.try_get("", "payload")?;
    let person: String = row.try_get("", "person")?;
    let clock: Option<String> = row.try_get("", "clock_key")?;
    let address: Option<String> = row.try_get("", "address")?;
    let mail: Option<Vec<u8>> = row.try_get("", "mail")?;
    Ok(Waiting {
        key: row.try_get("", "key")?,
        ticket: row.try_get("", "ticket")?,
        seq: u64::try_from(row.try_get::<i64>("", "seq")?).unwrap_or(0),
        person: PersonId::new(person),
        message: row.try_get::<Option<String>>("", "message")?.map(MessageId::new),
        clock: clock.and_then(|key| key.rsplit_once(':').map(|(clock, _)| clock.to_owned())),
        payload: serde_json::from_str(&payload).map_err(|error| StoreError::unreadable("outbox.payload", error))?,
        attempts: count(row, "attempts")?,
        stands_for: count(row, "stands_for")?,
        written: address.zip(mail),
        created_at: Moment(row.try_get("", "created_at")?),
        held: held(row)?,
    })
}

pub(super) fn held(row: &QueryResult) -> Result<Option<Held>, StoreError> {
    Ok(row
        .try_get::<Option<String>>("", "held")?
        .and_then(|word| Held::from_word(&word)))
}

pub(super) fn count(row: &QueryResult, column: &str) -> Result<u32, StoreError> {
    Ok(u32::try_from(row.try_get::<i64>("", column)?).unwrap_or(0))
}

/// Takes mails for sending, each counted as one attempt more.
pub fn lease(sheet: &mut Sheet<'_>, keys: &[String], token: &str, now: Moment, until: Moment) {
    if keys.is_empty() {
        return;
    }
    let mut list: Vec<Value> = keys.iter().map(|key| key.as_str().into()).collect();
    let places = rows::list_of(&mut list);
    let sql = format!(
        "update outbox set lease = ?, leased_until = ?, attempts = attempts + 1 where key in ({places}) \
         and state = 'pending' and (leased_until is null or leased_until <= ?)"
    );
    let mut values = vec![token.into(), until.0.into()];
    values.extend(list);
    values.push(now.0.into());
    sheet.statement(sql, values);
}

/// Another mail stands for this one, or its person is not meant any more; `why` says which. Not while somebody other
/// than `holder` is sending it.
pub fn supersede(sheet: &mut Sheet<'_>, key: &str, holder: &str, why: &str, now: Moment) {
    sheet.statement(
        "update outbox set state = 'superseded', last_error = ?, sent_at = ?, lease = null, leased_until = null, \
         mail = null where key = ? and state = 'pending' \
         and (leased_until is null or leased_until <= ? or lease = ?)",
        vec![why.into(), now.0.into(), key.into(), now.0.into(), holder.into()],
    );
}

/// For how many rungs a mail stands.
pub fn stand_for(sheet: &mut Sheet<'_>, key: &str, rungs: u32) {
    sheet.statement(
        "update outbox set stands_for = ? where key = ?",
        vec![i64::from(rungs).into(), key.into()],
    );
}

/// Keeps a mail as it is going to be sent, and how its reader was found.
pub fn write(sheet: &mut Sheet<'_>, key: &str, address: &str, way: &str, mail: &[u8]) {
    sheet.statement(
        "update outbox set address = ?, way = ?, mail = ? where key = ? and state = 'pending'",
        vec![address.into(), way.into(), mail.to_vec().into(), key.into()],
    );
}

/// Somebody who is meant only now, at sending: rows like that of `model`, for this channel and the inbox. The key of the
/// first one.
pub fn add(
    sheet: &mut Sheet<'_>,
    channel: &str,
    (ticket, model): (Uuid, &Waiting),
    person: &PersonId,
    now: Moment,
) -> Result<String, StoreError> {
    let payload =
        serde_json::to_string(&model.payload).map_err(|error| StoreError::unreadable("outbox.payload", error))?;
    let key = |channel: &str| format!("{ticket}:{}:{person}:{channel}", model.seq);
    for (channel, state) in [(channel, "pending"), ("app", "sent")] {
        sheet.statement(
            "insert into outbox (key, channel, person, ticket, seq, message, clock_key, payload, created_at, due_at, \
             attempts, state, stands_for) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?) on conflict (key) do nothing",
            vec![
                key(channel).into(),
                channel.into(),
                person.as_str().into(),
                ticket.into(),
                i64::try_from(model.seq).unwrap_or(i64::MAX).into(),
                model.message.as_ref().map(ToString::to_string).into(),
                model.clock.as_ref().map(|clock| format!("{clock}:{person}")).into(),
                payload.clone().into(),
                now.0.into(),
                now.0.into(),
                state.into(),
                i64::from(model.stands_for).into(),
            ],
        );
    }
    Ok(key(channel))
}

/// The server took it. Its text is not kept: what is erased must not live on here.
pub fn sent(sheet: &mut Sheet<'_>, key: &str, now: Moment) {
    sheet.statement(
        "update outbox set state = 'sent', sent_at = ?, mail = null, lease = null, leased_until = null, \
         last_error = null where key = ?",
        vec![now.0.into(), key.into()],
    );
}

/// To be tried again.
pub fn later(sheet: &mut Sheet<'_>, key: &str, holder: &str, due_at: Moment, reason: &str) {
    sheet.statement(
        "update outbox set due_at = ?, last_error = ?, lease = null, leased_until = null \
         where key = ? and state = 'pending' and (lease is null or lease = ?)",
        vec![due_at.0.into(), reason.into(), key.into(), holder.into()],
    );
}

/// Put aside with the reason.
pub fn bury(sheet: &mut Sheet<'_>, key: &str, holder: &str, way: Option<&str>, reason: &str) {
    sheet.statement(
        "update outbox set state = 'dead', last_error = ?, way = coalesce(?, way), mail = null, lease = null, \
         leased_until = null where key = ? and state = 'pending' and (lease is null or lease = ?)",
        vec![reason.into(), way.map(str::to_owned).into(), key.into(), holder.into()],
    );
}

/// Given back untried.
pub fn release(sheet: &mut Sheet<'_>, key: &str, holder: &str) {
    sheet.statement(
        "update outbox set lease = null, leased_until = null, attempts = attempts - 1 \
         where key = ? and state = 'pending' and lease = ?",
        vec![key.into(), holder.into()],
    );
}

/// All leases end: at the start of the only server of a database.
pub fn release_all(sheet: &mut Sheet<'_>) {
    sheet.statement(
        "update outbox set lease = null, leased_until = null where state = 'pending' and lease is not null",
        Vec::new(),
    );
}

/// A channel that is not configured: what is due is read in the console only.
pub fn skip_due(sheet: &mut Sheet<'_>, channel: &str, now: Moment) {
    sheet.statement(
        "update outbox set state = 'skipped', last_error = channel || ' is not configured', mail = null, lease = null, \
         leased_until = null where channel = ? and state = 'pending' and (due_at <= ? or held is not null)",
        vec![channel.into(), now.0.into()],
    );
}

/// The reader is not to have it by this channel; `why` says which reason.
pub fn skip(sheet: &mut Sheet<'_>, key: &str, holder: &str, why: &str) {
    sheet.statement(
        "update outbox set state = 'skipped', last_error = ?, mail = null, lease = null, leased_until = null \
         where key = ? and state = 'pending' and (lease is null or lease = ?)",
        vec![why.into(), key.into(), holder.into()],
    );
}

/// A mail that was put aside is tried again, with new people and words; on its own, if it went with others.
pub fn revive(sheet: &mut Sheet<'_>, key: &str, now: Moment) {
    sheet.statement(
        "update outbox set state = 'pending', due_at = ?, attempts = 0, way = null, address = null, \
         last_error = null, held = null, held_until = null, digest = null where key = ? and channel <> 'app' and state = 'dead'",
        vec![now.0.into(), key.into()],
    );
}

/// Forgets answers to idempotency keys that are older.
pub fn forget_answers(sheet: &mut Sheet<'_>, before: Moment) {
    sheet.statement("delete from idempotency where created_at < ?", vec![before.0.into()]);
}
