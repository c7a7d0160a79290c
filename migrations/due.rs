//! Lists by what is left: what became late longest ago, then what is due next, then what no clock runs for. The indexes
//! that were ordered by the next moment of a clock stood in the order of its next step, not of its due time.

use sea_orm_migration::prelude::*;

pub struct Due;

impl MigrationName for Due {
    fn name(&self) -> &'static str {
        "due"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Due {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["tickets_late_due", "tickets_urgent_due"] {
            let old = Index::drop().name(name).table("tickets").to_owned();
            manager.drop_index(old).await?;
        }
        // The expression is that of `store::list`.
        for (name, which) in [
            ("open", ""),
            ("late", " and late_since is not null"),
            ("urgent", " and urgent = true"),
        ] {
            let create = format!(
                "create index tickets_{name}_due on tickets ((coalesce(late_since, due_at, 9223372036854775807)), id) \
                 where closed_at is null{which}"
            );
            manager.get_connection().execute_unprepared(&create).await?;
        }
        Ok(())
    }
}
