//! Queries of tickets. Each begins with what the viewer may see.

use std::sync::Arc;

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult};
use uuid::Uuid;

use crate::ticket::model::Ticket;
use crate::workflow::moment::Moment;

use super::connect::{Database, built, statement};
use super::held::{Held, TicketRef};
use super::visible::{Sees, Viewer, sees, visible_to};
use super::{StoreError, load, postgres};

/// True when the viewer may see at least a part of it.
pub async fn is_visible(db: &Database, viewer: &Viewer, ticket: Uuid) -> Result<bool, StoreError> {
    let query = Query::select()
        .expr(Expr::val(1))
        .from("tickets")
        .cond_where(visible_to(viewer))
        .and_where(Expr::col(("tickets", "id")).eq(ticket))
        .limit(1)
        .to_owned();
    Ok(db.readers().query_one_raw(built(db.backend(), &query)).await?.is_some())
}

/// A ticket as it was last committed, and how much of it the viewer may see; `None` when nothing.
pub async fn find(
    db: &Database,
    viewer: &Viewer,
    leads: &(dyn Fn(&str) -> bool + Sync),
    wanted: &TicketRef,
) -> Result<Option<(Arc<Held>, Sees)>, StoreError> {
    let Some(held) = find_unscoped(db, wanted).await? else {
        return Ok(None);
    };
    match sees(viewer, &held, leads) {
        Sees::Nothing if is_visible(db, viewer, held.ticket.id).await? => Ok(Some((held, Sees::All))),
        Sees::Nothing => Ok(None),
        seen @ (Sees::All | Sees::Until(_)) => Ok(Some((held, seen))),
    }
}

/// A ticket for the system itself: sweeper, jobs, audit. Never for an answer to somebody.
pub async fn find_unscoped(db: &Database, wanted: &TicketRef) -> Result<Option<Arc<Held>>, StoreError> {
    load::one(db, wanted).await
}

/// The number of a ticket.
pub async fn number_of(db: &Database, ticket: Uuid) -> Result<Option<String>, StoreError> {
    let sql = "select number from tickets where id = ?";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![ticket.into()]))
        .await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Tickets with a rung due at or before `now`, the longest overdue first. Where several instances sweep, only those
/// that no other is at; [`let_go`] gives them back.
pub async fn due_before(
    db: &Database,
    now: Moment,
    limit: u64,
    instance: &str,
) -> Result<Vec<(Uuid, Moment)>, StoreError> {
    if db.backend() == DbBackend::Postgres {
        return postgres::claim(db, now, limit, instance).await;
    }
    let sql = "select id, due_at from tickets where due_at is not null and due_at <= ? order by due_at limit ?";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = db
        .readers()
        .query_all_raw(statement(db.backend(), sql, vec![now.0.into(), limit.into()]))
        .await?;
    rows.iter().map(due).collect()
}

/// Other sweepers may have what this one took.
pub async fn let_go(db: &Database, instance: &str) -> Result<(), StoreError> {
    if db.backend() == DbBackend::Postgres {
        postgres::release(db, instance).await?;
    }
    Ok(())
}

pub(super) fn due(row: &QueryResult) -> Result<(Uuid, Moment), StoreError> {
    Ok((row.try_get_by_index(0)?, Moment(row.try_get_by_index(1)?)))
}

/// The tickets with the earliest rungs to come, without those another instance is at.
pub async fn due_first(db: &Database, limit: u64, instance: &str) -> Result<Vec<(Uuid, Moment)>, StoreError> {
    if db.backend() == DbBackend::Postgres {
        return postgres::first(db, limit, instance).await;
    }
    let sql = "select id, due_at from tickets where due_at is not null order by due_at limit ?";
    let values = vec![super::sheet::number(limit).into()];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter().map(due).collect()
}

/// Open tickets by id, a page after the last one.
pub async fn open_after(db: &Database, after: Option<Uuid>, limit: u64) -> Result<Vec<Uuid>, StoreError> {
    let sql = "select id from tickets where closed_at is null and id > ? order by id limit ?";
    let values = vec![after.unwrap_or(Uuid::nil()).into(), super::sheet::number(limit).into()];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Open tickets on each version of a workflow.
pub async fn open_by_definition(db: &Database) -> Result<Vec<(String, u64)>, StoreError> {
    let sql = "select definition, count(*) from tickets where closed_at is null group by definition";
    let rows = db
        .readers()
        .query_all_raw(statement(db.backend(), sql, Vec::new()))
        .await?;
    rows.iter()
        .map(|row| {
            let count: i64 = row.try_get_by_index(1)?;
            Ok((row.try_get_by_index(0)?, u64::try_from(count).unwrap_or(0)))
        })
        .collect()
}

/// The ticket of a snapshot.
pub(super) fn snapshot(text: &str) -> Result<Ticket, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::unreadable("tickets.snapshot", error))
}
