//! Reads what a batch wants in one round trip: tickets that are not held or were changed by somebody else, counters,
//! kept answers, contacts.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_orm::sqlx::postgres::{PgArguments, PgRow};
use sea_orm::sqlx::{self, AssertSqlSafe, PgConnection, Row as _};
use serde_json::Value as Json;
use uuid::Uuid;

use super::columns::add;
use super::storable;
use super::trouble::{Trouble, answered};
use crate::store::batch::Job;
use crate::store::chain::Hash;
use crate::store::held::{Cache, Held, TicketRef};
use crate::store::load::owners;
use crate::store::projection::Projection;
use crate::store::sheet::{AnswerKey, ContactRow, Kept, KeptAnswer, Loaded, NumberKey, number};
use crate::store::{StoreError, tickets};
use crate::workflow::moment::Moment;

/// What a batch asks for, each thing once.
#[derive(Default)]
pub(super) struct Asked {
    tickets: HashSet<TicketRef>,
    pub series: Vec<NumberKey>,
    answers: HashSet<AnswerKey>,
    contacts: HashSet<String>,
}

/// What was read for it.
#[derive(Default)]
pub(super) struct Seen {
    pub loaded: Loaded,
    /// Versions of the rows of contacts, to see whether somebody else changes one meanwhile.
    pub contacts: HashMap<String, String>,
}

impl Seen {
    /// The tickets that were looked at, as they were.
    pub fn tickets(&self) -> HashMap<Uuid, u64> {
        let all = self.loaded.tickets.values();
        all.map(|held| (held.ticket.id, held.ticket.seq)).collect()
    }
}

impl Asked {
    pub fn of(jobs: &[Box<dyn Job>]) -> Self {
        let mut asked = Self::default();
        let mut series = HashSet::new();
        for wants in jobs.iter().map(|job| job.wants()) {
            asked.tickets.extend(wants.tickets.iter().cloned());
            asked.answers.extend(wants.answer.iter().cloned());
            asked.contacts.extend(wants.contact.iter().cloned());
            series.extend(wants.numbers.iter().cloned());
        }
        asked.series = series.into_iter().collect();
        asked
    }

    fn is_empty(&self) -> bool {
        self.tickets.is_empty() && self.series.is_empty() && self.answers.is_empty() && self.contacts.is_empty()
    }

    /// Locks the tickets and counters, in the order in which everybody locks them.
    pub async fn lock(&self, connection: &mut PgConnection) -> Result<(), Trouble> {
        let (ids, numbers) = split(&self.tickets);
        let (prefixes, dates): (Vec<_>, Vec<_>) = self.series.iter().cloned().unzip();
        let mut arguments = PgArguments::default();
        add(&mut arguments, ids)?;
        add(&mut arguments, numbers)?;
        add(&mut arguments, prefixes)?;
        add(&mut arguments, dates)?;
        answered(sqlx::query_with(LOCK, arguments).fetch_one(connection)).await?;
        Ok(())
    }

    /// Reads everything as it stands now; what is held and still stands is not read again.
    pub async fn load(&self, connection: &mut PgConnection, cache: &mut Cache) -> Result<Seen, Trouble> {
        let mut seen = Seen::default();
        if self.is_empty() {
            return Ok(seen);
        }
        let (mut held_ids, mut held_seqs, mut missing) = (Vec::new(), Vec::new(), HashSet::new());
        for wanted in &self.tickets {
            if let Some(held) = cache.get(wanted) {
                held_ids.push(held.ticket.id);
                held_seqs.push(number(held.ticket.seq));
                seen.loaded.tickets.insert(wanted.clone(), held);
            } else {
                missing.insert(wanted.clone());
            }
        }
        let (ids, numbers) = split(&missing);
        let (scopes, keys): (Vec<_>, Vec<_>) = self.answers.iter().cloned().unzip();
        let (prefixes, dates): (Vec<_>, Vec<_>) = self.series.iter().cloned().unzip();
        let contacts: Vec<String> = self.contacts.iter().map(|id| storable(id)).collect();
        let mut arguments = PgArguments::default();
        add(&mut arguments, ids)?;
        add(&mut arguments, numbers)?;
        add(&mut arguments, held_ids)?;
        add(&mut arguments, held_seqs)?;
        add(&mut arguments, prefixes)?;
        add(&mut arguments, dates)?;
        add(&mut arguments, scopes)?;
        add(&mut arguments, keys)?;
        add(&mut arguments, contacts)?;
        let sql = AssertSqlSafe(sql());
        for row in answered(sqlx::query_with(sql, arguments).fetch_all(connection)).await? {
            seen.take(&row, cache)?;
        }
        Ok(seen)
    }
}

fn split(wanted: &HashSet<TicketRef>) -> (Vec<Uuid>, Vec<String>) {
    let (mut ids, mut numbers) = (Vec::new(), Vec::new());
    for wanted in wanted {
        match wanted {
            TicketRef::Id(id) => ids.push(*id),
            TicketRef::Number(number) => numbers.push(storable(number)),
        }
    }
    (ids, numbers)
}

/// Tickets by id, then counters by name: nobody ever waits for somebody who waits for them.
const LOCK: &str = "with ours as materialized (
        select id from tickets where id = any($1) or number = any($2) order by id for update
    ), counted as materialized (
        select 1 from numbers where prefix = any($3) and date = any($4)
            and (prefix, date) in (select * from unnest($3::text[], $4::text[]))
            and (select count(*) from ours) >= 0 order by prefix, date for update
    ) select count(*) from counted";

/// One row for each thing found. What the columns mean depends on `kind`. `offset 0` keeps each thing looked up by its
/// key: plans are made once, and one made while a table is empty would read all of it for every batch.
fn sql() -> String {
    let ticket = "select 'ticket' as kind, t.id as u, t.snapshot as a, t.caller as b, t.subject as c, \
        (select string_agg(o.task || ' ' || o.chain, chr(10)) from owners o where o.ticket = t.id) as d, \
        t.head as x, t.due_at as i, t.late_since as j, t.urgent as f";
    format!(
        "{ticket} from tickets t where t.id = any($1)
        union all {ticket} from tickets t where t.number = any($2)
        union all {ticket} from unnest($3::uuid[], $4::int8[]) h(id, seq)
            cross join lateral (select * from tickets where id = h.id and seq <> h.seq offset 0) t
        union all select 'counter', null, n.prefix, n.date, null, null, null, n.counter, null, null
            from unnest($5::text[], $6::text[]) w(prefix, date)
            cross join lateral (select * from numbers where prefix = w.prefix and date = w.date offset 0) n
        union all select 'answer', i.ticket, i.scope, i.key, i.answer, null, i.request, i.status, null, null
            from unnest($7::text[], $8::text[]) w(scope, key)
            cross join lateral (select * from idempotency where scope = w.scope and key = w.key offset 0) i
        union all select 'contact', null, c.id, c.xmin::text, row_to_json(c)::text, null, null, null, null, null
            from contacts c where c.id = any($9)"
    )
}

impl Seen {
    fn take(&mut self, row: &PgRow, cache: &mut Cache) -> Result<(), Trouble> {
        let loaded = &mut self.loaded;
        match row.try_get::<&str, _>("kind")? {
            "ticket" => {
                let held = Arc::new(held(row)?);
                for key in [
                    TicketRef::Id(held.ticket.id),
                    TicketRef::Number(Arc::clone(&held.ticket.number)),
                ] {
                    loaded.tickets.insert(key, Arc::clone(&held));
                }
                cache.put(held);
            }
            "counter" => {
                let key = (row.try_get("a")?, row.try_get("b")?);
                loaded.counters.insert(key, row.try_get("i")?);
            }
            "answer" => {
                let answer = KeptAnswer {
                    request: row.try_get("x")?,
                    answer: Kept::read(row.try_get("i")?, row.try_get("c")?, row.try_get("u")?)?,
                };
                let key = (row.try_get("a")?, row.try_get("b")?);
                loaded.answers.insert(key, answer);
            }
            _ => {
                let contact = contact(row.try_get("c")?)?;
                self.contacts.insert(contact.id.clone(), row.try_get("b")?);
                loaded.contacts.insert(contact.id.clone(), contact);
            }
        }
        Ok(())
    }
}

fn held(row: &PgRow) -> Result<Held, Trouble> {
    let ticket = tickets::snapshot(row.try_get("a")?)?;
    let head: &[u8] = row.try_get("x")?;
    let head: Hash = head
        .try_into()
        .map_err(|_| StoreError::unreadable("tickets.head", "not 32 bytes"))?;
    let owned: Option<&str> = row.try_get("d")?;
    Ok(Held {
        ticket: Arc::new(ticket),
        head,
        caller: row.try_get("b")?,
        projection: Projection {
            due_at: row.try_get::<Option<i64>, _>("i")?.map(Moment),
            late_since: row.try_get::<Option<i64>, _>("j")?.map(Moment),
            urgent: row.try_get("f")?,
            subject: row.try_get("c")?,
            owners: owners(owned),
        },
    })
}

fn contact(text: &str) -> Result<ContactRow, StoreError> {
    let unreadable = |error: &dyn std::fmt::Display| StoreError::unreadable("contacts", error);
    let row: Json = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    let word = |name: &str| row.get(name).and_then(Json::as_str).map(ToOwned::to_owned);
    let at = |name: &str| row.get(name).and_then(Json::as_i64).map(Moment);
    let ticket = word("ticket").map(|id| Uuid::parse_str(&id)).transpose();
    Ok(ContactRow {
        id: word("id").unwrap_or_default(),
        channel: word("channel").unwrap_or_default(),
        caller: word("caller"),
        caller_number: word("caller_number"),
        started_at: at("started_at"),
        ended_at: at("ended_at"),
        recording: word("recording"),
        ticket: ticket.map_err(|error| unreadable(&error))?,
        agent: word("agent"),
        reported_at: at("reported_at").unwrap_or_default(),
        updated_at: at("updated_at").unwrap_or_default(),
    })
}
