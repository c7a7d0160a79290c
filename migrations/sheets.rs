//! Sheets count milestones along one index that has all they ask for: no row is looked up to be counted.

use sea_orm_migration::prelude::*;

use super::index;

pub struct Sheets;

impl MigrationName for Sheets {
    fn name(&self) -> &'static str {
        "sheets"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Sheets {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let old = Index::drop().name("milestones_by_at").table("milestones").to_owned();
        manager.drop_index(old).await?;
        let columns = ["at", "kind", "department", "workflow", "in_time", "counts_as", "solved"];
        let whole = index("milestones", &columns, false)
            .name("milestones_counted")
            .to_owned();
        manager.create_index(whole).await
    }
}
