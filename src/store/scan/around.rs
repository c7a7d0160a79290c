//! What the tickets of a page point at: contacts, and tickets of other pages.

use sea_orm::sea_query::Value;
use sea_orm::{DbErr, QueryResult};
use uuid::Uuid;

use super::{Scan, TicketRow, get};
use crate::store::StoreError;

/// `contacts`: which ticket a contact came in with first.
#[derive(Clone, Debug)]
pub struct ContactRow {
    pub id: String,
    pub ticket: Uuid,
    pub channel: String,
    pub started_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub reported_at: i64,
}

impl Scan {
    /// Contacts that came in first with one of these tickets, which stand side by side.
    pub async fn contacts(&self, tickets: &[TicketRow]) -> Result<Vec<ContactRow>, StoreError> {
        let Some((first, last)) = tickets.first().zip(tickets.last()) else {
            return Ok(Vec::new());
        };
        let sql = "select id, ticket, channel, started_at, ended_at, reported_at from contacts \
            where ticket >= ? and ticket <= ? order by ticket, id";
        let rows = self.rows(sql, vec![first.id.into(), last.id.into()]).await?;
        let contact = |row: &QueryResult| {
            Ok(ContactRow {
                id: get(row, "id")?,
                ticket: get(row, "ticket")?,
                channel: get(row, "channel")?,
                started_at: get(row, "started_at")?,
                ended_at: get(row, "ended_at")?,
                reported_at: get(row, "reported_at")?,
            })
        };
        Ok(rows.iter().map(contact).collect::<Result<_, DbErr>>()?)
    }

    /// Which of these contacts came in first with a ticket (of this workflow).
    pub async fn contacts_known(&self, ids: &[String], workflow: Option<&str>) -> Result<Vec<String>, StoreError> {
        let sql = "select c.id from contacts c join tickets t on t.id = c.ticket where c.id in";
        let ids = ids.iter().map(|id| Value::from(id.as_str()));
        let rows = self.among(sql, ids.collect(), workflow).await?;
        Ok(rows
            .iter()
            .map(|row| row.try_get_by_index(0))
            .collect::<Result<_, DbErr>>()?)
    }

    /// Which of these tickets are of this workflow.
    pub async fn tickets_known(&self, ids: &[Uuid], workflow: Option<&str>) -> Result<Vec<Uuid>, StoreError> {
        let ids = ids.iter().map(|id| Value::from(*id));
        let rows = self
            .among("select t.id from tickets t where t.id in", ids.collect(), workflow)
            .await?;
        Ok(rows
            .iter()
            .map(|row| row.try_get_by_index(0))
            .collect::<Result<_, DbErr>>()?)
    }

    async fn among(
        &self,
        sql: &str,
        mut ids: Vec<Value>,
        workflow: Option<&str>,
    ) -> Result<Vec<QueryResult>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = format!("{sql} ({})", vec!["?"; ids.len()].join(","));
        if let Some(workflow) = workflow {
            sql.push_str(" and t.workflow = ?");
            ids.push(workflow.into());
        }
        self.rows(&sql, ids).await
    }
}
