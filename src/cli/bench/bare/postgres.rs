//! One statement for each action, committed by itself: the inserts of all tables, each in a part of its own.

use std::sync::Arc;

use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};
use uuid::Uuid;

use super::What;
use super::pattern::{Pattern, Rows, Step, TICKETS_AGAIN, kept, names, of};
use crate::store::connect::statement;
use crate::store::rows::Table;
use crate::store::tables::{DEPARTMENTS, EVENT_CONTENT, EVENTS, IDEMPOTENCY, MILESTONES, OWNERS, TICKETS};

/// Connections, and the two statements there are.
#[derive(Clone)]
pub struct Pool {
    db: DatabaseConnection,
    pattern: Arc<Pattern>,
    open: Arc<str>,
    act: Arc<str>,
}

impl Pool {
    pub fn new(db: DatabaseConnection, pattern: Pattern) -> Self {
        let text = |step: &Step, departments: &Rows| {
            let parts = [
                insert(&EVENT_CONTENT, step.content.len(), EVENT_CONTENT.conflict),
                insert(&OWNERS, pattern.owners.len(), OWNERS.conflict),
                insert(&DEPARTMENTS, departments.len(), DEPARTMENTS.conflict),
                insert(&MILESTONES, step.milestones.len(), MILESTONES.conflict),
                insert(&IDEMPOTENCY, 1, IDEMPOTENCY.conflict),
                insert(&EVENTS, step.events.len(), EVENTS.conflict),
            ];
            let parts = parts.into_iter().flatten().enumerate();
            let with: Vec<String> = parts.map(|(place, part)| format!("t{place} as ({part})")).collect();
            let ticket = insert(&TICKETS, 1, TICKETS_AGAIN).unwrap_or_default();
            Arc::from(format!("with {} {ticket}", with.join(", ")))
        };
        Self {
            open: text(&pattern.opened, &Vec::new()),
            act: text(&pattern.acted, &pattern.departments),
            db,
            pattern: Arc::new(pattern),
        }
    }

    /// The ticket that was written.
    pub async fn write(&self, what: &What) -> anyhow::Result<Uuid> {
        let pattern = &self.pattern;
        let (id, sql, step) = match what {
            What::Open => (Uuid::now_v7(), &self.open, &pattern.opened),
            What::Act(id) => (*id, &self.act, &pattern.acted),
        };
        let mut values: Vec<Value> = of(id, &step.content).flatten().collect();
        values.extend(of(id, &pattern.owners).flatten());
        if matches!(what, What::Act(_)) {
            values.extend(of(id, &pattern.departments).flatten());
        }
        values.extend(of(id, &step.milestones).flatten());
        values.extend(kept(id));
        values.extend(of(id, &step.events).flatten());
        values.extend(pattern.ticket(id));
        self.db.execute_raw(statement(DbBackend::Postgres, sql, values)).await?;
        Ok(id)
    }
}

fn insert(table: &Table, rows: usize, conflict: &str) -> Option<String> {
    let (name, columns) = (table.name, table.columns);
    let one = format!("({})", vec!["?"; columns.len()].join(","));
    let all = vec![one.as_str(); rows].join(",");
    (rows > 0).then(|| format!("insert into {name} ({}) values {all} {conflict}", names(columns)))
}
