//! What reaches people beside mail: what somebody has not read yet is found without reading all that they have.

use sea_orm_migration::prelude::*;

use super::{index, number, table, text};

pub struct Inbox;

impl MigrationName for Inbox {
    fn name(&self) -> &'static str {
        "inbox"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Inbox {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let unread = index("outbox", &["person", "id"], false)
            .name("outbox_unread")
            .and_where(Expr::col("channel").eq("app").and(Expr::col("read_at").is_null()))
            .to_owned();
        manager.create_index(unread).await
    }
}

/// How people wish to be told.
pub struct Preferences;

impl MigrationName for Preferences {
    fn name(&self) -> &'static str {
        "preferences"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Preferences {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let preferences = table("preferences")
            .col(text("person").primary_key())
            // `{"off": ["sms"], "language": "en"}`.
            .col(text("wish"))
            .col(number("updated_at"))
            .to_owned();
        manager.create_table(preferences).await
    }
}
