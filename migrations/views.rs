//! Lists that people keep: saved views, and which of them somebody begins with.

use sea_orm_migration::prelude::*;

use super::{index, number, table, text, text_or_null};

pub struct Views;

impl MigrationName for Views {
    fn name(&self) -> &'static str {
        "views"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Views {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let views = table("views")
            .col(text("id").primary_key())
            .col(text("person"))
            // Null: nobody else's. `*`: everybody's. Else the id of a department.
            .col(text_or_null("shared"))
            .col(text("title"))
            // Filter, order and columns as JSON.
            .col(text("listing"))
            .col(number("created_at"))
            .col(number("updated_at"))
            .to_owned();
        let choices = table("view_choices")
            .col(text("person").primary_key())
            .col(text("view"))
            .to_owned();
        for table in [views, choices] {
            manager.create_table(table).await?;
        }
        manager.create_index(index("views", &["person"], false)).await?;
        let shared = index("views", &["shared"], false)
            .and_where(Expr::col("shared").is_not_null())
            .to_owned();
        manager.create_index(shared).await
    }
}
