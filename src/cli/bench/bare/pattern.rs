//! The rows that are copied: those of one ticket's opening, and those of what was done to it then.

use anyhow::Context;
use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult};
use uuid::Uuid;

use crate::store::connect::statement;
use crate::store::rows::Table;
use crate::store::tables::{DEPARTMENTS, EVENT_CONTENT, EVENTS, MILESTONES, OWNERS, TICKETS};

/// A ticket that is written again; ombud's own statement would leave one alone that has not moved on.
pub const TICKETS_AGAIN: &str = "on conflict (id) do update set state = excluded.state, \
    updated_at = excluded.updated_at, revision = excluded.revision, seq = excluded.seq, head = excluded.head, \
    due_at = excluded.due_at, subject = excluded.subject, snapshot = excluded.snapshot";
pub type Rows = Vec<Vec<Value>>;

/// What is kept for a repeat: which events a command wrote.
const KEPT: &str = "{\"first\":1,\"last\":6,\"private\":true}";

pub struct Pattern {
    pub ticket: Vec<Value>,
    pub owners: Rows,
    pub departments: Rows,
    pub opened: Step,
    pub acted: Step,
}

/// What one command adds to the record.
pub struct Step {
    pub events: Rows,
    pub content: Rows,
    pub milestones: Rows,
}

impl Pattern {
    pub async fn of(db: &DatabaseConnection, number: &str) -> anyhow::Result<Self> {
        let backend = db.get_database_backend();
        let sql = format!("select {} from tickets where number = ?", names(TICKETS.columns));
        let row = db
            .query_one_raw(statement(backend, &sql, vec![number.into()]))
            .await?
            .context("the ticket to copy")?;
        let id: Uuid = row.try_get("", "id")?;
        let rows = async |table: &Table, more: &str| -> anyhow::Result<Rows> {
            let sql = format!(
                "select {} from {} where ticket = ? {more}",
                names(table.columns),
                table.name
            );
            let found = db.query_all_raw(statement(backend, &sql, vec![id.into()])).await?;
            found.iter().map(|row| values(row, table.columns)).collect()
        };
        // Its opening is all before the first action.
        let sql = "select min(seq) from events where ticket = ? and type = 'did'";
        let did = db.query_one_raw(statement(backend, sql, vec![id.into()])).await?;
        let did: Option<i64> = did.context("its events")?.try_get_by_index(0)?;
        let did = did.context("the ticket to copy has no action")?;
        let step = async |which: &str| -> anyhow::Result<Step> {
            let which = format!("and seq {which} {did} order by seq");
            Ok(Step {
                events: rows(&EVENTS, &which).await?,
                content: rows(&EVENT_CONTENT, &which).await?,
                milestones: rows(&MILESTONES, &which).await?,
            })
        };
        Ok(Self {
            ticket: values(&row, TICKETS.columns)?,
            owners: rows(&OWNERS, "").await?,
            departments: rows(&DEPARTMENTS, "").await?,
            opened: step("<").await?,
            acted: step(">=").await?,
        })
    }

    /// The row of a ticket under this id.
    pub fn ticket(&self, id: Uuid) -> Vec<Value> {
        under(&self.ticket, &[(0, id.into()), (1, id.simple().to_string().into())])
    }
}

/// The answer that is kept for a repeat.
pub fn kept(id: Uuid) -> Vec<Value> {
    let key = Uuid::now_v7().simple().to_string();
    vec![
        "li".into(),
        key.into(),
        vec![0_u8; 32].into(),
        0_i64.into(),
        KEPT.into(),
        id.into(),
        0_i64.into(),
    ]
}

/// The rows with another ticket's id in front.
pub fn of(id: Uuid, rows: &Rows) -> impl Iterator<Item = Vec<Value>> {
    rows.iter().map(move |row| under(row, &[(0, id.into())]))
}

fn under(row: &[Value], other: &[(usize, Value)]) -> Vec<Value> {
    let mut row = row.to_vec();
    for (place, value) in other {
        if let Some(slot) = row.get_mut(*place) {
            *slot = value.clone();
        }
    }
    row
}

/// Columns of a statement; some of them are words of SQL.
pub fn names(columns: &[&str]) -> String {
    let quoted: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
    quoted.join(",")
}

/// The columns of a row as values of their types; what is empty keeps its type too.
fn values(row: &QueryResult, columns: &[&str]) -> anyhow::Result<Vec<Value>> {
    let value = |column: &&str| -> anyhow::Result<Value> {
        Ok(match *column {
            "id" | "ticket" => row.try_get::<Uuid>("", column)?.into(),
            "head" | "hash" => row.try_get::<Vec<u8>>("", column)?.into(),
            "urgent" | "open" => row.try_get::<bool>("", column)?.into(),
            "in_time" | "solved" => row.try_get::<Option<bool>>("", column)?.into(),
            "seq" | "at" | "recorded_at" | "task" | "updated_at" | "since" | "until" | "opened_at" | "closed_at"
            | "entered_at" | "revision" | "due_at" | "late_since" => row.try_get::<Option<i64>>("", column)?.into(),
            _ => row.try_get::<Option<String>>("", column)?.into(),
        })
    };
    columns.iter().map(value).collect()
}
