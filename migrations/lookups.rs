//! Indexes for questions that came later: the mails before one of the same ticket and person, and
//! that a version number stands for one file only.

use sea_orm_migration::prelude::*;

use super::index;

pub struct Lookups;

impl MigrationName for Lookups {
    fn name(&self) -> &'static str {
        "lookups"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Lookups {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for create in [
            index("outbox", &["ticket", "person", "id"], false)
                .and_where(Expr::col("state").eq("pending"))
                .to_owned(),
            index("definitions", &["workflow", "version"], true),
        ] {
            manager.create_index(create).await?;
        }
        Ok(())
    }
}
