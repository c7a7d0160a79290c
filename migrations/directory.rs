//! What administrators keep: the directory with its log, workflow definitions, access tokens, settings.

use sea_orm_migration::prelude::*;

use super::{bytes, counted, index, key, number, number_or_null, table, text, text_or_null, yes_no};

#[derive(DeriveMigrationName)]
pub struct Directory;

#[async_trait::async_trait]
impl MigrationTrait for Directory {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for create in tables() {
            manager.create_table(create).await?;
        }
        for create in [
            index("definitions", &["workflow"], true)
                .and_where(Expr::col("active").eq(true))
                .to_owned(),
            index("tokens", &["hash"], true),
            index("tokens", &["person"], false),
        ] {
            manager.create_index(create).await?;
        }
        Ok(())
    }
}

fn tables() -> Vec<TableCreateStatement> {
    vec![
        // One row for each department, role, person, membership, shift, absence, calendar and setting of built-ins.
        table("directory")
            .col(text("kind"))
            .col(text("key"))
            .col(text("body"))
            .col(number_or_null("valid_from"))
            .col(number_or_null("valid_to"))
            .col(number("version"))
            .primary_key(&mut key(&["kind", "key"]))
            .to_owned(),
        // Who changed what, when; the version of the directory is the last one here.
        table("directory_log")
            .col(counted("version"))
            .col(number("at"))
            .col(text_or_null("by"))
            .col(text("kind"))
            .col(text("key"))
            .col(text_or_null("before"))
            .col(text_or_null("after"))
            .to_owned(),
        table("definitions")
            .col(text("hash").primary_key())
            .col(text("workflow"))
            .col(number("version"))
            .col(text("source"))
            .col(text_or_null("author"))
            .col(text_or_null("published_by"))
            .col(number("published_at"))
            .col(yes_no("active"))
            .to_owned(),
        table("tokens")
            .col(text("id").primary_key())
            .col(bytes("hash"))
            .col(text("person"))
            .col(text("title"))
            .col(text("scopes"))
            .col(text_or_null("department"))
            .col(number("created_at"))
            .col(text_or_null("created_by"))
            .col(number("expires_at"))
            .col(number_or_null("last_used_at"))
            .col(number_or_null("revoked_at"))
            .to_owned(),
        table("settings")
            .col(text("name").primary_key())
            .col(text("value"))
            .to_owned(),
    ]
}
