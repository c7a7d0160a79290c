//! Files of tickets: which contents they need, and what was uploaded and waits for its command. The contents
//! themselves lie in a folder, each under its hash.

use sea_orm_migration::prelude::*;

use super::{id, index, key, number, table, text, yes_no};

pub struct Files;

impl MigrationName for Files {
    fn name(&self) -> &'static str {
        "files"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Files {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let attachments = table("attachments")
            .col(id("ticket"))
            // The event that brought it; a file that was taken away or erased has no row.
            .col(number("seq"))
            .col(text("hash"))
            .col(number("size"))
            .primary_key(&mut key(&["ticket", "seq"]))
            .to_owned();
        let uploads = table("uploads")
            .col(text("person"))
            .col(text("id"))
            .col(text("name"))
            .col(text("media"))
            .col(number("size"))
            .col(text("hash"))
            .col(yes_no("private"))
            .col(number("created_at"))
            .primary_key(&mut key(&["person", "id"]))
            .to_owned();
        for table in [attachments, uploads] {
            manager.create_table(table).await?;
        }
        for index in [
            index("attachments", &["hash"], false),
            index("uploads", &["hash"], false),
            index("uploads", &["created_at"], false),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
