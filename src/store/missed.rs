//! Milestones that an earlier version did not write (decision 0011): which tickets lack theirs, and writing them beside
//! whatever is done meanwhile.

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Value;
use uuid::Uuid;

use crate::ticket::milestone::Milestone;
use crate::ticket::model::Ticket;

use super::connect::{Database, statement};
use super::rows::{Rows, list_of};
use super::{Sheet, StoreError, milestones, tables};

/// Says that no ticket lacks its milestones: nobody looks again.
pub const WHOLE: &str = "milestones.whole";

/// Milestones of some tickets, as their events make them.
#[derive(Debug)]
pub struct Missed(Rows);

impl Default for Missed {
    fn default() -> Self {
        Self(Rows::of(&tables::MISSED_MILESTONES))
    }
}

impl Missed {
    /// `ticket` is as it stood then.
    pub fn add(&mut self, ticket: &Ticket, reached: &[Milestone]) {
        milestones::put(&mut self.0, ticket, reached);
    }

    /// Puts them on the sheet; those that are there stay as they are.
    pub fn put(&self, sheet: &mut Sheet<'_>) {
        for (sql, values) in self.0.clone().statements() {
            sheet.statement(sql, values);
        }
    }
}

/// Ids of tickets after one, in their order.
pub async fn tickets_after(db: &Database, after: Option<Uuid>, limit: u64) -> Result<Vec<Uuid>, StoreError> {
    let sql = "select id from tickets where id > ? order by id limit ?";
    let values = vec![after.unwrap_or(Uuid::nil()).into(), super::sheet::number(limit).into()];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Those of these tickets whose opening is no milestone: it is one of every ticket that a version opened which knows
/// milestones.
pub async fn lacking(db: &Database, tickets: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let mut values: Vec<Value> = tickets.iter().copied().map(Value::from).collect();
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let list = list_of(&mut values);
    let sql = format!("select ticket from milestones where ticket in ({list}) and seq = 1");
    let rows = db
        .readers()
        .query_all_raw(statement(db.backend(), &sql, values))
        .await?;
    let known: Vec<Uuid> = rows
        .iter()
        .map(|row| row.try_get_by_index(0))
        .collect::<Result<_, _>>()?;
    Ok(tickets.iter().copied().filter(|id| !known.contains(id)).collect())
}
