//! One writer with group commit.

use std::io::Write;

use sea_orm::sea_query::Value;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::pattern::{Pattern, Rows, TICKETS_AGAIN, kept, names, of};
use super::{Job, What};
use crate::store::connect::statement;
use crate::store::rows::Table;
use crate::store::tables::{DEPARTMENTS, EVENT_CONTENT, EVENTS, IDEMPOTENCY, MILESTONES, OWNERS, TICKETS};

/// Commands of one transaction: as ombud's writer has them.
const BATCH_MAX: usize = 128;
/// Rows of one statement.
const ROWS_MAX: usize = 64;

pub async fn write(db: DatabaseConnection, mut waiting: mpsc::Receiver<Job>, pattern: Pattern) {
    let mut jobs = Vec::with_capacity(BATCH_MAX);
    while waiting.recv_many(&mut jobs, BATCH_MAX).await > 0 {
        let done = together(&db, &jobs, &pattern).await;
        if let Err(error) = &done {
            let _ = writeln!(std::io::stderr(), "the bare server: {error:#}");
        }
        for (place, job) in jobs.drain(..).enumerate() {
            let id = done.as_ref().ok().and_then(|ids| ids.get(place).copied());
            let _ = job.answer.send(id);
        }
    }
}

async fn together(db: &DatabaseConnection, jobs: &[Job], pattern: &Pattern) -> anyhow::Result<Vec<Uuid>> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let tx = db.begin_with_options(options).await?;
    let (mut tickets, mut events, mut content, mut milestones) = (vec![], vec![], vec![], vec![]);
    let (mut owners, mut departments, mut answers) = (vec![], vec![], vec![]);
    let (mut ids, mut acted) = (Vec::with_capacity(jobs.len()), Vec::new());
    for job in jobs {
        let (id, step) = match job.what {
            What::Open => (Uuid::now_v7(), &pattern.opened),
            What::Act(id) => {
                acted.push(Value::from(id));
                departments.extend(of(id, &pattern.departments));
                (id, &pattern.acted)
            }
        };
        ids.push(id);
        tickets.push(pattern.ticket(id));
        events.extend(of(id, &step.events));
        content.extend(of(id, &step.content));
        milestones.extend(of(id, &step.milestones));
        owners.extend(of(id, &pattern.owners));
        answers.push(kept(id));
    }
    if !acted.is_empty() {
        let list = vec!["?"; acted.len()].join(",");
        let sql = format!("delete from owners where ticket in ({list})");
        tx.execute_raw(statement(DbBackend::Sqlite, &sql, acted)).await?;
    }
    insert(&tx, &TICKETS, tickets, TICKETS_AGAIN).await?;
    for (table, rows) in [
        (&EVENTS, events),
        (&EVENT_CONTENT, content),
        (&OWNERS, owners),
        (&DEPARTMENTS, departments),
        (&MILESTONES, milestones),
        (&IDEMPOTENCY, answers),
    ] {
        insert(&tx, table, rows, table.conflict).await?;
    }
    tx.commit().await?;
    Ok(ids)
}

async fn insert(tx: &impl ConnectionTrait, table: &Table, rows: Rows, conflict: &str) -> anyhow::Result<()> {
    let (name, columns) = (table.name, table.columns);
    let mut rows = rows.into_iter();
    loop {
        // As ombud does: powers of two, so that the texts are few and stay prepared.
        let left = rows.len();
        if left == 0 {
            return Ok(());
        }
        let count = (1 << (usize::BITS - 1 - left.leading_zeros())).min(ROWS_MAX);
        let one = format!("({})", vec!["?"; columns.len()].join(","));
        let all = vec![one.as_str(); count].join(",");
        let sql = format!("insert into {name} ({}) values {all} {conflict}", names(columns));
        let values: Vec<Value> = rows.by_ref().take(count).flatten().collect();
        tx.execute_raw(statement(DbBackend::Sqlite, &sql, values)).await?;
    }
}
