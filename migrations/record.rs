//! What administrators did that is no change of their data and no event of a ticket: mails sent again, personal data
//! erased. And the index for mails that were put aside.

use sea_orm_migration::prelude::*;

use super::{counted, index, number, table, text, text_or_null};

#[derive(DeriveMigrationName)]
pub struct Record;

#[async_trait::async_trait]
impl MigrationTrait for Record {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let record = table("record")
            .col(counted("position"))
            .col(number("at"))
            .col(text_or_null("by"))
            // `resent`, `erased`.
            .col(text("kind"))
            // What it was done to: a mail's key, a ticket's number, a contact's id; never a caller's number.
            .col(text("key"))
            .col(text_or_null("reason"))
            .to_owned();
        manager.create_table(record).await?;
        let dead = index("outbox", &["state", "id"], false)
            .and_where(Expr::col("state").eq("dead"))
            .to_owned();
        manager.create_index(dead).await
    }
}
