//! Due tickets, shared among the sweepers of all instances. A claim only keeps two from doing the same work; that a
//! rung fires once is the business of its unique key, so a claim may be lost, forgotten or run out at any time.

use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use crate::store::StoreError;
use crate::store::connect::{Database, statement};
use crate::store::sheet::number;
use crate::store::tickets::due;
use crate::workflow::moment::Moment;

/// Takes tickets that are due and nobody else is at, the longest overdue first. By the clock of the database a claim
/// lasts three seconds: then whoever holds it is frozen or cut off, and somebody else takes over. Who was killed has no
/// connection any more: what it held is free at once.
const CLAIM: &str = "with due as materialized (
        select t.id, t.due_at from tickets t left join claims c on c.ticket = t.id
        where t.due_at is not null and t.due_at <= ?
            and (c.until is null or c.until < clock_timestamp() or c.instance = ?
                or 'ombud ' || c.instance not in (select a.application_name from pg_stat_activity a
                    where a.application_name like 'ombud %'))
        order by t.due_at limit ?
    ), claimed as (
        insert into claims (ticket, instance, until)
        select id, ?, clock_timestamp() + interval '3 seconds' from due order by id
        on conflict (ticket) do update set instance = excluded.instance, until = excluded.until
            where claims.until < clock_timestamp() or claims.instance = excluded.instance
                or 'ombud ' || claims.instance not in (select a.application_name from pg_stat_activity a
                    where a.application_name like 'ombud %')
        returning ticket
    ) select due.id, due.due_at from due join claimed on claimed.ticket = due.id order by due.due_at";

/// What somebody else is at is due as well, but not for us.
const FIRST: &str = "select t.id, t.due_at from tickets t left join claims c on c.ticket = t.id
    where t.due_at is not null and (c.until is null or c.until < clock_timestamp() or c.instance = ?
        or 'ombud ' || c.instance not in (select a.application_name from pg_stat_activity a
            where a.application_name like 'ombud %'))
    order by t.due_at limit ?";

pub(in crate::store) async fn claim(
    db: &Database,
    now: Moment,
    limit: u64,
    instance: &str,
) -> Result<Vec<(Uuid, Moment)>, StoreError> {
    let values = vec![now.0.into(), instance.into(), number(limit).into(), instance.into()];
    let rows = db
        .readers()
        .query_all_raw(statement(db.backend(), CLAIM, values))
        .await?;
    rows.iter().map(due).collect()
}

pub(in crate::store) async fn first(
    db: &Database,
    limit: u64,
    instance: &str,
) -> Result<Vec<(Uuid, Moment)>, StoreError> {
    let values = vec![instance.into(), number(limit).into()];
    let rows = db
        .readers()
        .query_all_raw(statement(db.backend(), FIRST, values))
        .await?;
    rows.iter().map(due).collect()
}

/// Gives everything back.
pub(in crate::store) async fn release(db: &Database, instance: &str) -> Result<(), StoreError> {
    let sql = "delete from claims where instance = ?";
    db.readers()
        .execute_raw(statement(db.backend(), sql, vec![instance.into()]))
        .await?;
    Ok(())
}
