//! Telling the other instances who is at a ticket. Nothing is written, and nobody waits for it.

use sea_orm::{ConnectionTrait, DbErr};

use super::PRESENCE;
use crate::store::connect::statement;
use crate::store::readers::Readers;

/// Tells them.
pub(in crate::store) async fn tell(readers: &Readers, news: &str) -> Result<(), DbErr> {
    let told = statement(
        readers.get_database_backend(),
        "select pg_notify(?, ?)::text",
        vec![PRESENCE.into(), news.into()],
    );
    readers.query_one_raw(told).await.map(|_| ())
}
