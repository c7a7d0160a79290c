//! Signing in at the console: passwords, sessions, one-time links, refused attempts; and drafts of forms that are not
//! sent yet. Secrets stand here as hashes only.

use sea_orm_migration::prelude::*;

use super::{bytes, index, key, number, table, text, text_or_null};

pub struct Console;

impl MigrationName for Console {
    fn name(&self) -> &'static str {
        "console"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Console {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let passwords = table("passwords")
            .col(text("person").primary_key())
            // argon2id in PHC form, with its own salt.
            .col(text("hash"))
            .col(number("changed_at"))
            .to_owned();
        let sessions = table("sessions")
            .col(text("id").primary_key())
            .col(bytes("hash"))
            .col(text("person"))
            // What the browser calls itself, so that somebody knows their own sessions apart.
            .col(text("browser"))
            .col(number("created_at"))
            .col(number("used_at"))
            .col(number("expires_at"))
            .to_owned();
        let invitations = table("invitations")
            .col(bytes("hash").primary_key())
            .col(text("person"))
            .col(text_or_null("created_by"))
            .col(number("created_at"))
            .col(number("expires_at"))
            .to_owned();
        let attempts = table("attempts")
            // Hash of a name or address: who was refused is nobody's business.
            .col(bytes("key").primary_key())
            .col(number("failures"))
            .col(number("next_at"))
            // Names the attempt that holds the row, so that of many at once one goes on.
            .col(text("holder"))
            .col(number("last_at"))
            .to_owned();
        let drafts = table("drafts")
            .col(text("person"))
            .col(text("id"))
            .col(text("form"))
            .col(text("title"))
            .col(text("content"))
            .col(number("created_at"))
            .col(number("updated_at"))
            .primary_key(&mut key(&["person", "id"]))
            .to_owned();
        for table in [passwords, sessions, invitations, attempts, drafts] {
            manager.create_table(table).await?;
        }
        for index in [
            index("sessions", &["hash"], true),
            index("sessions", &["person"], false),
            index("sessions", &["expires_at"], false),
            index("invitations", &["person"], false),
            index("drafts", &["updated_at"], false),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
