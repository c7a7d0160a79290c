//! Reads events: of one ticket, and of all in the order they were written.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement, Value};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult};
use uuid::Uuid;

use crate::ticket::event::Event;

use super::chain::{self, Hash};
use super::connect::{Database, built, statement};
use super::visible::{Viewer, events_visible_to};
use super::{StoreError, postgres};

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

/// A place in the feed. On SQLite events are written one after another, so their position is enough. On PostgreSQL
/// several instances write at once: transactions come in the order of their ids, events of one by position, and only
/// what no running transaction can still precede is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// 0 on SQLite.
    pub transaction: i64,
    pub position: i64,
}

/// An event of the feed and what it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedEvent {
    pub place: Place,
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
    let rows = db.readers().query_all_raw(built(db.backend(), &query)).await?;
    rows.iter().map(read).collect()
}

/// Events written after a place, up to another, that the viewer may see.
pub async fn feed(
    db: &Database,
    viewer: &Viewer,
    after: Place,
    through: Place,
    limit: u64,
) -> Result<Vec<FeedEvent>, StoreError> {
    let on = Expr::col(("tickets", "id")).eq(Expr::col(("events", "ticket")));
    let mut query = stored()
        .expr_as(Expr::col(("tickets", "number")), "number")
        .expr_as(Expr::col(("tickets", "definition")), "definition")
        .inner_join("tickets", on)
        .cond_where(events_visible_to(viewer))
        .limit(limit)
        .to_owned();
    let postgres = db.backend() == DbBackend::Postgres;
    if postgres {
        query
            .expr_as(Expr::col(("events", "xid")), "xid")
            .and_where(postgres::after(after))
            .and_where(postgres::until(through))
            .order_by(("events", "xid"), Order::Asc);
    } else {
        query
            .and_where(Expr::col(("events", "position")).gt(after.position))
            .and_where(Expr::col(("events", "position")).lte(through.position));
    }
    query.order_by(("events", "position"), Order::Asc);
    let rows = db.readers().query_all_raw(built(db.backend(), &query)).await?;
    rows.iter()
        .map(|row| {
            let stored = read(row)?;
            let transaction = if postgres { row.try_get("", "xid")? } else { 0 };
            Ok(FeedEvent {
                place: Place {
                    transaction,
                    position: stored.position,
                },
                number: row.try_get("", "number")?,
                definition: row.try_get("", "definition")?,
                stored,
            })
        })
        .collect()
}

/// The last place that can be shown; the beginning when there is none.
pub async fn last_place(db: &Database) -> Result<Place, StoreError> {
    let sql = if db.backend() == DbBackend::Postgres {
        postgres::LAST_PLACE
    } else {
        "select 0, coalesce(max(position), 0) from events"
    };
    place(db, sql, Vec::new()).await.map(Option::unwrap_or_default)
}

/// The place so many events after another; `None` when there are not so many.
pub async fn further(db: &Database, after: Place, events: u32) -> Result<Option<Place>, StoreError> {
    if db.backend() == DbBackend::Postgres {
        let values = vec![
            after.transaction.into(),
            after.position.into(),
            i64::from(events).saturating_sub(1).into(),
        ];
        return place(db, postgres::FURTHER, values).await;
    }
    Ok(Some(Place {
        transaction: 0,
        position: after.position.saturating_add(i64::from(events)),
    }))
}

async fn place(db: &Database, sql: &str, values: Vec<Value>) -> Result<Option<Place>, StoreError> {
    let row = db.readers().query_one_raw(statement(db.backend(), sql, values)).await?;
    row.map(|row| {
        Ok(Place {
            transaction: row.try_get_by_index(0)?,
            position: row.try_get_by_index(1)?,
        })
    })
    .transpose()
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
