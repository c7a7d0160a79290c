//! Writes a batch with one statement, in one round trip, or nothing at all.
//!
//! ```text
//!   locked   the tickets the batch looked at, by id ┐ so that two instances never wait for each other
//!   counted  the counters it took numbers from      │
//!   met      the contacts it looked at              ┘
//!   verdict  all of them are as they were seen
//!   t0, t1…  one insert for each table, where the verdict is good
//!   select   the verdict; the others are told
//! ```
//! What it does not look at is kept apart by unique keys: the next event of a ticket, a rung, an idempotency key, the
//! number of a ticket. A violation writes nothing either.

use std::collections::HashMap;
use std::fmt::Write as _;

use sea_orm::sqlx::postgres::PgArguments;
use sea_orm::sqlx::{self, AssertSqlSafe, PgConnection, Row as _};
use uuid::Uuid;

use super::CHANNEL;
use super::columns::{add, bind, transposed};
use super::load::Seen;
use super::trouble::{Trouble, answered};
use crate::store::connect::placed;
use crate::store::flush::Gathered;
use crate::store::sheet::{Changes, number};

/// What was expected to be as it was seen.
const FRAME: &str = "with locked as materialized (
        select t.id, t.seq from tickets t where t.id = any($1) order by t.id for update
    ), counted as materialized (
        select n.prefix, n.date, n.counter from numbers n
        where n.prefix = any($3) and n.date = any($4)
            and (n.prefix, n.date) in (select * from unnest($3::text[], $4::text[]))
            and (select count(*) from locked) >= 0 order by n.prefix, n.date for update
    ), met as materialized (
        select c.id, c.xmin::text as version from contacts c
        where c.id = any($6) and (select count(*) from counted) >= 0 order by c.id for update
    ), verdict as materialized (
        select not exists (
            select 1 from unnest($1::uuid[], $2::int8[]) e(id, seq)
            left join locked l on l.id = e.id where l.seq is distinct from e.seq
        ) and not exists (
            select 1 from unnest($3::text[], $4::text[], $5::int8[]) e(prefix, date, counter)
            left join counted n on n.prefix = e.prefix and n.date = e.date where coalesce(n.counter, 0) <> e.counter
        ) and not exists (
            select 1 from unnest($6::text[], $7::text[]) e(id, version)
            left join met m on m.id = e.id where coalesce(m.version, '') <> e.version
        ) as good
    )";
/// Parameters of the frame; those of the tables come after.
const FRAME_PARAMETERS: usize = 8;

/// Carries the statement out. False when somebody else was faster: nothing was written then.
pub(super) async fn write(
    connection: &mut PgConnection,
    seen: &Seen,
    changes: &Changes,
    gathered: &mut Gathered,
    news: String,
) -> Result<bool, Trouble> {
    let mut arguments = PgArguments::default();
    expect(&mut arguments, seen, changes)?;
    add(&mut arguments, news)?;
    let mut sql = FRAME.to_owned();
    let mut next = FRAME_PARAMETERS + 1;
    if !gathered.disowned.is_empty() {
        add(&mut arguments, std::mem::take(&mut gathered.disowned))?;
        let _ = write!(
            sql,
            ", gone as (delete from owners where ticket = any(${next}) and (select good from verdict) returning 1)"
        );
        next += 1;
    }
    let after_gone = if next > FRAME_PARAMETERS + 1 {
        // Owners that stay are written again: only after the old ones are gone.
        " and (select count(*) from gone) >= 0"
    } else {
        ""
    };
    for (index, rows) in gathered.rows.iter_mut().enumerate() {
        if rows.is_empty() {
            continue;
        }
        let (table, values) = rows.take();
        let columns = transposed(values, table.columns.len())?;
        let mut places = Vec::with_capacity(columns.len());
        for column in columns {
            places.push(format!("${next}::{}", column.kind()));
            column.bind(&mut arguments)?;
            next += 1;
        }
        let (name, names, conflict) = (table.name, table.columns.join(", "), table.conflict);
        let places = places.join(", ");
        let after = if name == "owners" { after_gone } else { "" };
        let _ = write!(
            sql,
            ", t{index} as (insert into {name} ({names}) select * from unnest({places}) \
             where (select good from verdict){after} {conflict})"
        );
    }
    let _ = write!(
        sql,
        " select good, case when good then pg_notify('{CHANNEL}', $8::text)::text end from verdict"
    );
    let row = answered(sqlx::query_with(AssertSqlSafe(sql), arguments).fetch_one(connection)).await?;
    row.try_get(0).map_err(|error| Trouble::Lost(error.to_string()))
}

fn expect(arguments: &mut PgArguments, seen: &Seen, changes: &Changes) -> Result<(), Trouble> {
    let (ids, seqs): (Vec<Uuid>, Vec<i64>) = seen.tickets().into_iter().map(|(id, seq)| (id, number(seq))).unzip();
    add(arguments, ids)?;
    add(arguments, seqs)?;
    let (mut prefixes, mut dates, mut counters) = (Vec::new(), Vec::new(), Vec::new());
    for key in changes.counters.keys() {
        prefixes.push(key.0.clone());
        dates.push(key.1.clone());
        counters.push(seen.loaded.counters.get(key).copied().unwrap_or(0));
    }
    add(arguments, prefixes)?;
    add(arguments, dates)?;
    add(arguments, counters)?;
    let versions: HashMap<&String, &str> = changes
        .contacts
        .keys()
        .map(|id| (id, seen.contacts.get(id).map_or("", String::as_str)))
        .collect();
    let (ids, versions): (Vec<String>, Vec<String>) = versions
        .into_iter()
        .map(|(id, version)| (id.clone(), version.to_owned()))
        .unzip();
    add(arguments, ids)?;
    add(arguments, versions)?;
    Ok(())
}

/// A rare statement, in the transaction that the caller has begun.
pub(super) async fn rare(
    connection: &mut PgConnection,
    (sql, values): (String, Vec<sea_orm::sea_query::Value>),
) -> Result<(), Trouble> {
    let mut arguments = PgArguments::default();
    for value in values {
        bind(value, &mut arguments)?;
    }
    let sql = placed(sea_orm::DbBackend::Postgres, &sql);
    let done = answered(sqlx::query_with(AssertSqlSafe(sql), arguments).execute(connection)).await;
    match done {
        Ok(_) => Ok(()),
        // What a job wrote itself will not become right by writing it again.
        Err(Trouble::Taken(why)) => Err(Trouble::Refused(why)),
        Err(trouble) => Err(trouble),
    }
}
