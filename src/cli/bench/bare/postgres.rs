//! One statement for each action, committed by itself: the inserts of all tables, each in a part of its own.

use std::sync::Arc;

use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};
use uuid::Uuid;

use super::What;
use super::pattern::{
    CONTENT, DEPARTMENTS, DEPARTMENTS_AGAIN, EVENTS, IDEMPOTENCY, MILESTONES, OWNERS, OWNERS_AGAIN, Pattern, Rows,
    Step, TICKETS, TICKETS_AGAIN, kept, names, of,
};
use crate::store::connect::statement;

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
                insert("event_content", CONTENT, step.content.len(), ""),
                insert("owners", OWNERS, pattern.owners.len(), OWNERS_AGAIN),
                insert("ticket_departments", DEPARTMENTS, departments.len(), DEPARTMENTS_AGAIN),
                insert("milestones", MILESTONES, step.milestones.len(), ""),
                insert("idempotency", IDEMPOTENCY, 1, ""),
                insert("events", EVENTS, step.events.len(), ""),
            ];
            let parts = parts.into_iter().flatten().enumerate();
            let with: Vec<String> = parts.map(|(place, part)| format!("t{place} as ({part})")).collect();
            let ticket = insert("tickets", TICKETS, 1, TICKETS_AGAIN).unwrap_or_default();
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

fn insert(table: &str, columns: &[&str], rows: usize, conflict: &str) -> Option<String> {
    let one = format!("({})", vec!["?"; columns.len()].join(","));
    let all = vec![one.as_str(); rows].join(",");
    (rows > 0).then(|| format!("insert into {table} ({}) values {all} {conflict}", names(columns)))
}
