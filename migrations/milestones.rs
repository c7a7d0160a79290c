//! Milestones of tickets, which daily sheets and months count: written with the events they are.

use sea_orm_migration::prelude::*;

use super::{id, index, key, number, table, text, text_or_null, yes_no_or_null};

pub struct Milestones;

impl MigrationName for Milestones {
    fn name(&self) -> &'static str {
        "milestones"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Milestones {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let milestones = table("milestones")
            .col(id("ticket"))
            .col(number("seq"))
            // Empty where the centre itself is meant.
            .col(text("department"))
            .col(number("at"))
            .col(text("kind"))
            .col(text("workflow"))
            .col(yes_no_or_null("in_time"))
            .col(text_or_null("outcome"))
            .col(text_or_null("counts_as"))
            .col(yes_no_or_null("solved"))
            .primary_key(&mut key(&["ticket", "seq", "department"]))
            .to_owned();
        manager.create_table(milestones).await?;
        for create in [
            index("milestones", &["at"], false),
            index("milestones", &["department", "at"], false),
        ] {
            manager.create_index(create).await?;
        }
        Ok(())
    }
}
