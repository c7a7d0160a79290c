//! Handover notes between shifts, and who has read them.

use sea_orm_migration::prelude::*;

use super::{counted, index, key, number, table, text, text_or_null};

pub struct Handover;

impl MigrationName for Handover {
    fn name(&self) -> &'static str {
        "handover"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Handover {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let handovers = table("handovers")
            .col(counted("id"))
            .col(number("at"))
            .col(text("person"))
            // For whom: whoever comes in this role; null: everybody.
            .col(text_or_null("role"))
            .col(text("note"))
            // Numbers of tickets as JSON: what was urgent and what was late when it was written.
            .col(text("urgent"))
            .col(text("late"))
            .to_owned();
        manager.create_table(handovers).await?;
        let reads = table("handover_reads")
            .col(number("handover"))
            .col(text("person"))
            .col(number("at"))
            .primary_key(&mut key(&["handover", "person"]))
            .to_owned();
        manager.create_table(reads).await?;
        // The roster of some days is asked for by time.
        let shifts = index("directory", &["kind", "valid_from"], false);
        manager.create_index(shifts).await
    }
}
