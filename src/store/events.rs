//! Reads events: of one ticket, and of all in the order they were written.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use crate::ticket::event::Event;

use super::StoreError;
use super::chain::{self, Hash};
use super::connect::{Database, statement};
use super::visible::{Viewer, events_visible_to};

/// An event as it is stored, with its place in the feed.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    pub position: i64,
    pub ticket: Uuid,
    pub event: Event,
    /// Exactly the bytes that were hashed.
    pub body: String,
    pub content: Option<String>,
    pub hash: Hash,
}

/// An event of the feed and what it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedEvent {
    pub number: String,
    /// Hash of the definition its ticket runs on now.
    pub definition: String,
    pub stored: StoredEvent,
}

/// Events of a ticket with `after < seq <= until`, oldest first.
pub async fn of_ticket(
    db: &Database,
    ticket: Uuid,
    after: u64,
    until: Option<u64>,
    limit: u64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let mut query = stored();
    query
        .and_where(Expr::col(("events", "ticket")).eq(ticket))
        .and_where(Expr::col(("events", "seq")).gt(super::sheet::number(after)))
        .order_by(("events", "seq"), Order::Asc)
        .limit(limit);
    if let Some(until) = until {
        query.and_where(Expr::col(("events", "seq")).lte(super::sheet::number(until)));
    }
    let rows = db.readers().query_all(&query).await?;
    rows.iter().map(read).collect()
}

/// Events written after a position, up to another, that the viewer may see.
pub async fn feed(
    db: &Database,
    viewer: &Viewer,
    after: i64,
    through: i64,
    limit: u64,
) -> Result<Vec<FeedEvent>, StoreError> {
    let on = Expr::col(("tickets", "id")).eq(Expr::col(("events", "ticket")));
    let query = stored()
        .expr_as(Expr::col(("tickets", "number")), "number")
        .expr_as(Expr::col(("tickets", "definition")), "definition")
        .inner_join("tickets", on)
        .cond_where(events_visible_to(viewer))
        .and_where(Expr::col(("events", "position")).gt(after))
        .and_where(Expr::col(("events", "position")).lte(through))
        .order_by(("events", "position"), Order::Asc)
        .limit(limit)
        .to_owned();
    let rows = db.readers().query_all(&query).await?;
    rows.iter()
        .map(|row| {
            Ok(FeedEvent {
                number: row.try_get("", "number")?,
                definition: row.try_get("", "definition")?,
                stored: read(row)?,
            })
        })
        .collect()
}

/// Position of the last event; 0 when there is none.
pub async fn last_position(db: &Database) -> Result<i64, StoreError> {
    let sql = "select coalesce(max(position), 0) from events";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, Vec::new()))
        .await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0))
}

fn stored() -> SelectStatement {
    let on = Expr::col(("c", "ticket"))
        .eq(Expr::col(("events", "ticket")))
        .and(Expr::col(("c", "seq")).eq(Expr::col(("events", "seq"))));
    Query::select()
        .expr_as(Expr::col(("events", "position")), "position")
        .expr_as(Expr::col(("events", "ticket")), "ticket")
        .expr_as(Expr::col(("events", "body")), "body")
        .expr_as(Expr::col(("events", "hash")), "hash")
        .expr_as(Expr::col(("c", "content")), "content")
        .from("events")
        .join_as(
            sea_orm::sea_query::JoinType::LeftJoin,
            "event_content",
            Alias::new("c"),
            on,
        )
        .to_owned()
}

fn read(row: &QueryResult) -> Result<StoredEvent, StoreError> {
    let body: String = row.try_get("", "body")?;
    let content: Option<String> = row.try_get("", "content")?;
    let hash: Vec<u8> = row.try_get("", "hash")?;
    Ok(StoredEvent {
        position: row.try_get("", "position")?,
        ticket: row.try_get("", "ticket")?,
        event: chain::unseal(&body, content.as_deref())?,
        hash: hash
            .try_into()
            .map_err(|_| StoreError::unreadable("events.hash", "not 32 bytes"))?,
        body,
        content,
    })
}
