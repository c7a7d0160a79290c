//! Messages that wait on purpose: until quiet hours end, or until several of one person go out as one.

use sea_orm_migration::prelude::*;

use super::{index, number_or_null, text_or_null};

pub struct Waiting;

impl MigrationName for Waiting {
    fn name(&self) -> &'static str {
        "waiting"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Waiting {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            // `digest` or `quiet`: why it waits, or waited.
            text_or_null("held"),
            number_or_null("held_until"),
            // Key of the digest with which it goes.
            text_or_null("digest"),
        ] {
            let mut column = column;
            // SQLite takes one column at a time.
            let add = Table::alter().table("outbox").add_column(&mut column).to_owned();
            manager.alter_table(add).await?;
        }
        let pending = || Expr::col("state").eq("pending");
        for create in [
            index("outbox", &["digest"], false)
                .and_where(Expr::col("digest").is_not_null())
                .to_owned(),
            index("outbox", &["channel", "person", "held_until"], false)
                .and_where(pending().and(Expr::col("held").is_not_null()))
                .to_owned(),
            // How many somebody got lately. What is shown in the application is there at once and is not counted.
            index("outbox", &["channel", "person", "sent_at"], false)
                .and_where(Expr::col("state").eq("sent").and(Expr::col("channel").ne("app")))
                .to_owned(),
        ] {
            manager.create_index(create).await?;
        }
        Ok(())
    }
}
