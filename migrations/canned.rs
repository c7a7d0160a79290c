//! Canned answers: what is written again and again, kept for a department or for everybody.

use sea_orm_migration::prelude::*;

use super::{index, number, table, text, text_or_null};

pub struct Canned;

impl MigrationName for Canned {
    fn name(&self) -> &'static str {
        "canned"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Canned {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let canned = table("canned")
            .col(text("id").primary_key())
            // Null: everybody's.
            .col(text_or_null("department"))
            // `answer`, or `basis`: a law, a policy, a rule to cite.
            .col(text("kind"))
            .col(text("title"))
            .col(text("text"))
            // Words that speak for it, with spaces between.
            .col(text("words"))
            .col(text("person"))
            .col(number("updated_at"))
            .to_owned();
        manager.create_table(canned).await?;
        manager.create_index(index("canned", &["department"], false)).await
    }
}
