//! The codes with which callers follow their own tickets: one for a ticket, as a keyed hash.

use sea_orm_migration::prelude::*;

use super::{bytes, id, number, table, text_or_null};

pub struct CallerCodes;

impl MigrationName for CallerCodes {
    fn name(&self) -> &'static str {
        "caller_codes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CallerCodes {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let codes = table("caller_codes")
            .col(id("ticket").primary_key())
            .col(bytes("hash"))
            .col(text_or_null("issued_by"))
            .col(number("issued_at"))
            .to_owned();
        manager.create_table(codes).await
    }
}
