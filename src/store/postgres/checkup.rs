//! What a PostgreSQL server says of itself, for the doctor.

use sea_orm::{ConnectionTrait, DbErr};

use crate::store::connect::statement;

/// Facts about the server and our database in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerFacts {
    /// `150004` is 15.4.
    pub version: i64,
    /// Of our database.
    pub encoding: String,
    pub fsync: String,
    pub full_page_writes: String,
    pub synchronous_commit: String,
    /// Clients that are connected now, and how many may be without being a superuser.
    pub connections: i64,
    pub connections_max: i64,
    /// Milliseconds since 1970.
    pub now: i64,
}

const FACTS: &str = "select current_setting('server_version_num')::bigint, current_setting('server_encoding'), \
    current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'), \
    (select count(*) from pg_stat_activity where backend_type = 'client backend'), \
    current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint, \
    (extract(epoch from clock_timestamp()) * 1000)::bigint";

/// Asks the server.
pub(in crate::store) async fn facts(db: &impl ConnectionTrait) -> Result<ServerFacts, DbErr> {
    let row = db
        .query_one_raw(statement(db.get_database_backend(), FACTS, Vec::new()))
        .await?
        .ok_or_else(|| DbErr::RecordNotFound("facts".to_owned()))?;
    Ok(ServerFacts {
        version: row.try_get_by_index(0)?,
        encoding: row.try_get_by_index(1)?,
        fsync: row.try_get_by_index(2)?,
        full_page_writes: row.try_get_by_index(3)?,
        synchronous_commit: row.try_get_by_index(4)?,
        connections: row.try_get_by_index(5)?,
        connections_max: row.try_get_by_index(6)?,
        now: row.try_get_by_index(7)?,
    })
}
