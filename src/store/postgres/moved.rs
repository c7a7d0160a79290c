//! A dump that was restored is another database than the one it was taken from: what was given out since is not in it, so
//! cursors of its feed must not be taken for those of this one, and nobody is sending its mails.
//!
//! The database remembers where it lies: the identifier of the cluster and its own number there. Both are new after
//! `pg_restore` into a database that was made for it. A base backup keeps both; then the administrator says so.

use sea_orm::{ConnectionTrait, DbErr};

use crate::store::connect::statement;
use crate::store::settings::PLACE;

const HERE: &str = "select (select system_identifier from pg_control_system())::text || '/' || \
    (select oid from pg_database where datname = current_database())::text";

/// One statement, so that of several instances that start together one does it.
const MOVE: &str = "with moved as (
        update settings set value = ? where name = ? and value <> ? returning 1
    ), void as (
        delete from settings where name = 'feed' and exists (select 1 from moved)
    ), free as (
        update outbox set lease = null, leased_until = null where lease is not null and exists (select 1 from moved)
    ) select count(*) from moved";

const FIRST: &str = "insert into settings (name, value) values (?, ?) on conflict (name) do nothing";

/// Looks where we are; true when the database was somewhere else before.
pub(in crate::store) async fn notice_move(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let backend = db.get_database_backend();
    // Where nobody may ask that, nothing is noticed.
    let Ok(Some(row)) = db.query_one_raw(statement(backend, HERE, Vec::new())).await else {
        return Ok(false);
    };
    let here: String = row.try_get_by_index(0)?;
    let values = vec![PLACE.into(), here.as_str().into()];
    db.execute_raw(statement(backend, FIRST, values)).await?;
    let values = vec![here.as_str().into(), PLACE.into(), here.as_str().into()];
    let row = db.query_one_raw(statement(backend, MOVE, values)).await?;
    let moved: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    Ok(moved > 0)
}
