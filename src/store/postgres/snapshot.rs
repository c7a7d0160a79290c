//! A snapshot that others may read, and whether there is anything to lose where a dump is brought back to.

use sea_orm::{ConnectionTrait, DbErr};

use crate::store::connect::statement;

/// Names the snapshot of a transaction that goes on. It may idle as long as the others take.
pub(in crate::store) async fn share(db: &impl ConnectionTrait) -> Result<String, DbErr> {
    let backend = db.get_database_backend();
    let patient = "select set_config('idle_in_transaction_session_timeout', '0', true)";
    db.query_one_raw(statement(backend, patient, Vec::new())).await?;
    let row = db
        .query_one_raw(statement(backend, "select pg_export_snapshot()", Vec::new()))
        .await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("pg_export_snapshot".to_owned()))?;
    row.try_get_by_index(0)
}

/// Whether the schema has no table at all.
pub(in crate::store) async fn is_bare(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let sql = "select 1 from pg_tables where schemaname = current_schema() limit 1";
    let row = db
        .query_one_raw(statement(db.get_database_backend(), sql, Vec::new()))
        .await?;
    Ok(row.is_none())
}
