//! The board reads open tickets state by state, what is late first: one index carries its numbers and its cards. Lists of
//! what is late or urgent do not look at all the others.

use sea_orm_migration::prelude::*;

pub struct Board;

impl MigrationName for Board {
    fn name(&self) -> &'static str {
        "board"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Board {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["tickets_by_workflow_state", "tickets_by_late_since"] {
            let old = Index::drop().name(name).table("tickets").to_owned();
            manager.drop_index(old).await?;
        }
        // The expression is that of `store::board`: what is late, then what is due, then what no clock runs for.
        let create = "create index tickets_open_board on tickets (workflow, state, \
            (coalesce(late_since, due_at, 9223372036854775807)), id, urgent, late_since, due_at) \
            where closed_at is null";
        let db = manager.get_connection();
        db.execute_unprepared(create).await?;
        for (name, which) in [("late", "late_since is not null"), ("urgent", "urgent = true")] {
            for (order, column) in [("due", "due_at"), ("updated", "updated_at")] {
                let create = format!(
                    "create index tickets_{name}_{order} on tickets ({column}, id) where closed_at is null and {which}"
                );
                db.execute_unprepared(&create).await?;
            }
        }
        Ok(())
    }
}
