//! Second factors of people who sign in at the console, their written-down codes as hashes, and which sessions began
//! with one.

use sea_orm_migration::prelude::*;

use super::{bytes, key, number, number_or_null, table, text, yes_no};

pub struct SecondFactors;

impl MigrationName for SecondFactors {
    fn name(&self) -> &'static str {
        "second_factors"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SecondFactors {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let factors = table("second_factors")
            .col(text("person").primary_key())
            // As it is: codes are calculated with it.
            .col(bytes("secret"))
            .col(number("begun_at"))
            .col(number_or_null("confirmed_at"))
            // A code is good once.
            .col(number("last_step"))
            .col(text("holder"))
            .to_owned();
        let codes = table("recovery_codes")
            .col(text("person"))
            .col(bytes("hash"))
            // Names the attempt that used it.
            .col(text("holder"))
            .primary_key(&mut key(&["person", "hash"]))
            .to_owned();
        for table in [factors, codes] {
            manager.create_table(table).await?;
        }
        let sessions = Table::alter()
            .table("sessions")
            .add_column(yes_no("second").default(false))
            .to_owned();
        manager.alter_table(sessions).await
    }
}
