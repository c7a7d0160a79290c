//! What only PostgreSQL needs: one instance migrates at a time, texts are ordered by their bytes, and each event knows
//! its transaction.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DatabaseConnection, DbBackend};

use super::Migrator;

/// Names our lock among those of other programs on the same database: «ombud» in ASCII, and 255.
const LOCK: i64 = 0x6f6d_6275_64ff;

/// Every text column compares by bytes, as on SQLite: pages, prefixes and keys come in one order everywhere, whatever
/// the locale of the database. Looks at all columns each time, so that no migration can forget it.
const BY_BYTES: &str = r#"
do $$
declare found record;
begin
    for found in
        select c.oid::regclass as of_table, a.attname as named
        from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
            and c.relname <> 'seaql_migrations' and a.attnum > 0 and not a.attisdropped
            and a.atttypid = 'text'::regtype and a.attcollation <> '"C"'::regcollation
    loop
        execute format('alter table %s alter column %I type text collate "C"', found.of_table, found.named);
    end loop;
end $$"#;

/// A database that was restored on another server brings transaction ids that this one has not reached: events keep
/// their order by position then, and the feed begins anew under another id.
const MOVED: &str = "
do $$
begin
    if exists (select 1 from events where xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint) then
        update events set xid = 0;
        delete from settings where name = 'feed';
    end if;
end $$";

/// Runs the migrations while no other instance does. The connection must be the only one of its pool: the lock is its.
pub(super) async fn bring_up(db: &DatabaseConnection) -> Result<(), DbErr> {
    db.execute_unprepared(&format!("select pg_advisory_lock({LOCK})"))
        .await?;
    let done = migrate(db).await;
    let freed = db
        .execute_unprepared(&format!("select pg_advisory_unlock({LOCK})"))
        .await;
    done.and(freed.map(|_| ()))
}

async fn migrate(db: &DatabaseConnection) -> Result<(), DbErr> {
    Migrator::up(db, None).await?;
    db.execute_unprepared(BY_BYTES).await?;
    db.execute_unprepared(MOVED).await?;
    Ok(())
}

/// Events carry their transaction's id: the feed shows what no running transaction can still precede. Sweepers say
/// which tickets they are at; what they said may be forgotten in a crash, so it is not logged.
pub struct SideBySide;

impl MigrationName for SideBySide {
    fn name(&self) -> &'static str {
        "side_by_side"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SideBySide {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let db = manager.get_connection();
        db.execute_unprepared(
            "alter table events add column xid bigint not null default (pg_current_xact_id()::text::bigint)",
        )
        .await?;
        db.execute_unprepared("create index events_by_xid_position on events (xid, position)")
            .await?;
        db.execute_unprepared(
            "create unlogged table claims (ticket uuid primary key, instance text not null, until timestamptz not null)",
        )
        .await?;
        Ok(())
    }
}
