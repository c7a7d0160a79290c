//! Messages that wait on purpose, and those that go as one.
//!
//! ```text
//!  pending ──hold──▶ pending, held ──its time comes──▶ alone, as ever
//!                                  └──gather──▶ pending, with a digest ──the digest is sent──▶ sent
//! ```
//! A digest is a row of its own without a ticket: its key is made once and stays, so that a repeat is the same mail.
//! Those that go with it name it, and become what it becomes; each stays a row of its ticket. Whoever makes a digest
//! names its members in the same transaction, and nobody adds one later: what a mail says is what goes with it.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Value;

use crate::workflow::id::PersonId;
use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::delivery::{self, COLUMNS, FREE, Waiting};
use super::notice::Payload;
use super::sheet::{Sheet, number};
use super::{StoreError, rows};

/// Messages that one digest stands for at most.
pub const MEMBERS_MAX: u64 = 100;
/// What the keys of digests begin with; keys of other messages begin with a ticket's id.
const PREFIX: &str = "digest:";

/// Why a message waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Its reader got many: it goes with others as one.
    Digest,
    /// Quiet hours.
    Quiet,
}

impl Held {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::Quiet => "quiet",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Digest, Self::Quiet]
            .into_iter()
            .find(|held| held.as_str() == word)
    }
}

/// The key of a new digest.
pub fn new_key() -> String {
    format!("{PREFIX}{}", uuid::Uuid::now_v7().simple())
}

pub fn is_digest(key: &str) -> bool {
    key.starts_with(PREFIX)
}

/// How many messages of a channel each of these people got after that moment; those that went as one count once.
pub async fn sent_since(
    db: &Database,
    channel: &str,
    people: &[&PersonId],
    since: Moment,
) -> Result<BTreeMap<PersonId, u64>, StoreError> {
    let sql = "select person, count(*) from outbox where channel = ? and person in ({}) and state = 'sent' \
               and channel <> 'app' and sent_at > ? and digest is null group by person";
    let found = by_person(db, sql, channel, people, since).await?;
    let counted = found.into_iter();
    Ok(counted
        .map(|(person, count)| (person, u64::try_from(count).unwrap_or_default()))
        .collect())
}

/// When that goes which waits for a digest already, of those of these people for whom something does.
pub async fn open_until(
    db: &Database,
    channel: &str,
    people: &[&PersonId],
    now: Moment,
) -> Result<BTreeMap<PersonId, Moment>, StoreError> {
    let sql = "select person, min(held_until) from outbox where channel = ? and person in ({}) and state = 'pending' \
               and held = 'digest' and held_until > ? and digest is null group by person";
    let found = by_person(db, sql, channel, people, now).await?;
    Ok(found
        .into_iter()
        .map(|(person, until)| (person, Moment(until)))
        .collect())
}

async fn by_person(
    db: &Database,
    sql: &str,
    channel: &str,
    people: &[&PersonId],
    moment: Moment,
) -> Result<Vec<(PersonId, i64)>, StoreError> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let mut persons: Vec<Value> = people.iter().map(|person| person.as_str().into()).collect();
    let sql = sql.replace("{}", &rows::list_of(&mut persons));
    let mut values = vec![channel.into()];
    values.extend(persons);
    values.push(moment.0.into());
    let found = db
        .readers()
        .query_all_raw(statement(db.backend(), &sql, values))
        .await?;
    found
        .iter()
        .map(|row| {
            Ok((
                PersonId::new(row.try_get_by_index::<String>(0)?),
                row.try_get_by_index(1)?,
            ))
        })
        .collect()
}

/// What waited for somebody and whose time has come, the oldest first.
pub async fn ripe(db: &Database, channel: &str, person: &PersonId, now: Moment) -> Result<Vec<Waiting>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from outbox o where {FREE} and o.person = ? and o.held is not null and o.held_until <= ? \
         and o.mail is null order by o.id limit ?"
    );
    let values = vec![
        channel.into(),
        now.0.into(),
        person.as_str().into(),
        now.0.into(),
        number(MEMBERS_MAX).into(),
    ];
    delivery::read(db, &sql, values).await
}

/// What goes with a digest and is not out yet, the oldest first.
pub async fn members(db: &Database, digest: &str) -> Result<Vec<Waiting>, StoreError> {
    let sql =
        format!("select {COLUMNS} from outbox o where o.digest = ? and o.state = 'pending' order by o.id limit ?");
    delivery::read(db, &sql, vec![digest.into(), number(MEMBERS_MAX).into()]).await
}

/// Puts a message off that nobody is sending.
pub fn hold(sheet: &mut Sheet<'_>, key: &str, why: Held, until: Moment, now: Moment) {
    sheet.statement(
        "update outbox set held = ?, held_until = ?, due_at = ? where key = ? and state = 'pending' and digest is null \
         and (leased_until is null or leased_until <= ?)",
        vec![
            why.as_str().into(),
            until.0.into(),
            until.0.into(),
            key.into(),
            now.0.into(),
        ],
    );
}

/// From now on these go as one, those of them that nobody is sending and that go with no other.
pub fn gather(
    sheet: &mut Sheet<'_>,
    digest: &str,
    channel: &str,
    person: &PersonId,
    members: &[String],
    now: Moment,
) -> Result<(), StoreError> {
    let payload =
        serde_json::to_string(&Payload::Digest).map_err(|error| StoreError::unreadable("outbox.payload", error))?;
    sheet.statement(
        "insert into outbox (key, channel, person, seq, payload, created_at, due_at, attempts, state, stands_for) \
         values (?, ?, ?, 0, ?, ?, ?, 0, 'pending', ?)",
        vec![
            digest.into(),
            channel.into(),
            person.as_str().into(),
            payload.into(),
            now.0.into(),
            now.0.into(),
            i64::try_from(members.len()).unwrap_or(i64::MAX).into(),
        ],
    );
    let mut list: Vec<Value> = members.iter().map(|key| key.as_str().into()).collect();
    let places = rows::list_of(&mut list);
    let mut values = vec![digest.into()];
    values.extend(list);
    values.push(now.0.into());
    sheet.statement(
        format!(
            "update outbox set digest = ? where key in ({places}) and state = 'pending' and digest is null \
             and (leased_until is null or leased_until <= ?)"
        ),
        values,
    );
    Ok(())
}

/// Keeps how the reader of a member was found.
pub fn note(sheet: &mut Sheet<'_>, key: &str, digest: &str, way: &str) {
    sheet.statement(
        "update outbox set way = ? where key = ? and digest = ? and state = 'pending'",
        vec![way.into(), key.into(), digest.into()],
    );
}

/// The digest is out, and all that goes with it.
pub fn sent(sheet: &mut Sheet<'_>, digest: &str, now: Moment) {
    sheet.statement(
        "update outbox set state = 'sent', sent_at = ?, attempts = attempts + 1, last_error = null \
         where digest = ? and state = 'pending'",
        vec![now.0.into(), digest.into()],
    );
}

/// The digest was put aside, and all that goes with it.
pub fn bury(sheet: &mut Sheet<'_>, digest: &str, reason: &str) {
    sheet.statement(
        "update outbox set state = 'dead', last_error = ?, attempts = attempts + 1 where digest = ? and state = 'pending'",
        vec![reason.into(), digest.into()],
    );
}

/// The digest is tried again, with all that was to go with it.
pub fn revive(sheet: &mut Sheet<'_>, digest: &str, now: Moment) {
    sheet.statement(
        "update outbox set state = 'pending', due_at = ?, attempts = 0, way = null, last_error = null \
         where digest = ? and state = 'dead'",
        vec![now.0.into(), digest.into()],
    );
}
