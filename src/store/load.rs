//! Reads what a batch wants and the writer does not hold: a few `in (…)` queries however many jobs there are.

use std::collections::HashSet;
use std::sync::Arc;

use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult};

use crate::workflow::moment::Moment;

use super::chain::Hash;
use super::connect::{Database, statement};
use super::held::{Cache, Held, TicketRef};
use super::projection::Projection;
use super::rows::list_of;
use super::sheet::{AnswerKey, ContactRow, Kept, KeptAnswer, Loaded, NumberKey};
use super::writer::Wants;
use super::{StoreError, tickets};

/// Length of the secret under which callers' numbers are hashed.
const SECRET_BYTES: usize = 32;

/// Reads for all jobs of a batch.
pub(super) async fn all(db: &DatabaseTransaction, wants: &[&Wants], cache: &mut Cache) -> Result<Loaded, StoreError> {
    let mut loaded = Loaded::default();
    let mut missing = HashSet::new();
    for wanted in wants.iter().flat_map(|wants| &wants.tickets) {
        match cache.get(wanted) {
            Some(held) => {
                loaded.tickets.insert(wanted.clone(), held);
            }
            None => {
                missing.insert(wanted.clone());
            }
        }
    }
    load_tickets(db, missing, cache, &mut loaded).await?;
    load_counters(db, wants, &mut loaded).await?;
    load_answers(db, wants, &mut loaded).await?;
    load_contacts(db, wants, &mut loaded).await?;
    Ok(loaded)
}

async fn load_tickets(
    db: &DatabaseTransaction,
    missing: HashSet<TicketRef>,
    cache: &mut Cache,
    loaded: &mut Loaded,
) -> Result<(), StoreError> {
    let mut ids: Vec<Value> = Vec::new();
    let mut numbers: Vec<Value> = Vec::new();
    for wanted in &missing {
        match wanted {
            TicketRef::Id(id) => ids.push((*id).into()),
            TicketRef::Number(number) => numbers.push(number.as_ref().into()),
        }
    }
    for (column, mut list) in [("id", ids), ("number", numbers)] {
        if list.is_empty() {
            continue;
        }
        let places = list_of(&mut list);
        let sql = format!("select {HELD_COLUMNS} from tickets where {column} in ({places})");
        let rows = db
            .query_all_raw(statement(db.get_database_backend(), &sql, list))
            .await?;
        for row in rows {
            let held = Arc::new(held(&row)?);
            for key in [
                TicketRef::Id(held.ticket.id),
                TicketRef::Number(Arc::clone(&held.ticket.number)),
            ] {
                loaded.tickets.insert(key, Arc::clone(&held));
            }
            cache.put(held);
        }
    }
    Ok(())
}

/// Columns from which a ticket is held; `owned` has a line `TASK CHAIN` for each of its owners.
const HELD_COLUMNS: &str = "snapshot, head, caller, due_at, late_since, urgent, subject, \
    (select string_agg(task || ' ' || chain, '\n') from owners where owners.ticket = tickets.id) as owned";

fn held(row: &QueryResult) -> Result<Held, StoreError> {
    let snapshot: String = row.try_get("", "snapshot")?;
    let ticket = tickets::snapshot(&snapshot)?;
    let head: Vec<u8> = row.try_get("", "head")?;
    let head: Hash = head
        .try_into()
        .map_err(|_| StoreError::unreadable("tickets.head", "not 32 bytes"))?;
    let owned: Option<String> = row.try_get("", "owned")?;
    Ok(Held {
        ticket: Arc::new(ticket),
        head,
        caller: row.try_get("", "caller")?,
        projection: Projection {
            due_at: moment(row, "due_at")?,
            late_since: moment(row, "late_since")?,
            urgent: row.try_get("", "urgent")?,
            subject: row.try_get("", "subject")?,
            owners: owners(owned.as_deref()),
        },
    })
}

/// One ticket, read without the writer.
pub(super) async fn one(database: &Database, wanted: &TicketRef) -> Result<Option<Arc<Held>>, StoreError> {
    let (column, value) = match wanted {
        TicketRef::Id(id) => ("id", Value::from(*id)),
        TicketRef::Number(number) => ("number", Value::from(number.as_ref())),
    };
    let sql = format!("select {HELD_COLUMNS} from tickets where {column} = ?");
    let statement = statement(database.backend(), &sql, vec![value]);
    let row = database.readers().query_one_raw(statement).await?;
    row.map(|row| held(&row).map(Arc::new)).transpose()
}

pub(super) fn owners(lines: Option<&str>) -> Vec<(u32, String)> {
    let line = |line: &str| {
        let (task, chain) = line.split_once(' ')?;
        Some((task.parse().ok()?, chain.to_owned()))
    };
    let mut owners: Vec<_> = lines.unwrap_or_default().lines().filter_map(line).collect();
    owners.sort_unstable();
    owners
}

async fn load_counters(db: &DatabaseTransaction, wants: &[&Wants], loaded: &mut Loaded) -> Result<(), StoreError> {
    let series: HashSet<&NumberKey> = wants.iter().filter_map(|wants| wants.numbers.as_ref()).collect();
    for (prefix, date) in series {
        let sql = "select counter from numbers where prefix = ? and date = ?";
        let values = vec![prefix.as_str().into(), date.as_str().into()];
        if let Some(row) = db
            .query_one_raw(statement(db.get_database_backend(), sql, values))
            .await?
        {
            loaded
                .counters
                .insert((prefix.clone(), date.clone()), row.try_get_by_index(0)?);
        }
    }
    Ok(())
}

async fn load_answers(db: &DatabaseTransaction, wants: &[&Wants], loaded: &mut Loaded) -> Result<(), StoreError> {
    let wanted: HashSet<&AnswerKey> = wants.iter().filter_map(|wants| wants.answer.as_ref()).collect();
    let Some(last) = wanted.iter().last() else {
        return Ok(());
    };
    let count = wanted.len().next_power_of_two();
    let filled = wanted.iter().chain(std::iter::repeat(last)).take(count);
    let keys: Vec<Value> = filled
        .flat_map(|(scope, key)| [scope.as_str().into(), key.as_str().into()])
        .collect();
    // As a join, because SQLite reads the whole table for `(scope, key) in (…)`.
    let places = vec!["(?,?)"; count].join(",");
    let sql = format!(
        "with wanted (scope, key) as (values {places}) select i.scope, i.key, i.request, i.status, i.answer, i.ticket \
         from wanted w join idempotency i on i.scope = w.scope and i.key = w.key"
    );
    for row in db
        .query_all_raw(statement(db.get_database_backend(), &sql, keys))
        .await?
    {
        let key: AnswerKey = (row.try_get("", "scope")?, row.try_get("", "key")?);
        let answer = KeptAnswer {
            request: row.try_get("", "request")?,
            answer: Kept::read(
                row.try_get("", "status")?,
                row.try_get("", "answer")?,
                row.try_get("", "ticket")?,
            )?,
        };
        loaded.answers.insert(key, answer);
    }
    Ok(())
}

async fn load_contacts(db: &DatabaseTransaction, wants: &[&Wants], loaded: &mut Loaded) -> Result<(), StoreError> {
    let mut ids: Vec<Value> = wants
        .iter()
        .filter_map(|wants| wants.contact.as_deref())
        .map(Value::from)
        .collect();
    if ids.is_empty() {
        return Ok(());
    }
    let places = list_of(&mut ids);
    let sql = format!("select * from contacts where id in ({places})");
    for row in db
        .query_all_raw(statement(db.get_database_backend(), &sql, ids))
        .await?
    {
        let contact = contact(&row)?;
        loaded.contacts.insert(contact.id.clone(), contact);
    }
    Ok(())
}

/// A contact as it is stored.
pub(super) fn contact(row: &QueryResult) -> Result<ContactRow, DbErr> {
    let at = |name: &str| -> Result<Moment, DbErr> { Ok(Moment(row.try_get("", name)?)) };
    Ok(ContactRow {
        id: row.try_get("", "id")?,
        channel: row.try_get("", "channel")?,
        caller: row.try_get("", "caller")?,
        caller_number: row.try_get("", "caller_number")?,
        started_at: moment(row, "started_at")?,
        ended_at: moment(row, "ended_at")?,
        recording: row.try_get("", "recording")?,
        ticket: row.try_get("", "ticket")?,
        agent: row.try_get("", "agent")?,
        reported_at: at("reported_at")?,
        updated_at: at("updated_at")?,
    })
}

/// An instant that may be missing.
pub(super) fn moment(row: &QueryResult, column: &str) -> Result<Option<Moment>, DbErr> {
    let at: Option<i64> = row.try_get("", column)?;
    Ok(at.map(Moment))
}

/// The secret of this database, made at its first start.
pub(super) async fn secret(database: &Database) -> Result<Vec<u8>, StoreError> {
    let backend = database.backend();
    let mut bytes = vec![0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::unreadable("secret", error))?;
    let made = statement(
        backend,
        "insert into settings (name, value) values ('secret', ?) on conflict (name) do nothing",
        vec![hex::encode(bytes).into()],
    );
    database.writer().execute_raw(made).await?;
    let kept = statement(backend, "select value from settings where name = 'secret'", Vec::new());
    let row = database.writer().query_one_raw(kept).await?;
    let row = row.ok_or_else(|| StoreError::unreadable("settings", "no secret"))?;
    let secret: String = row.try_get_by_index(0)?;
    hex::decode(secret).map_err(|error| StoreError::unreadable("settings.secret", error))
}
