//! The schema of ombud's database. One source serves SQLite and PostgreSQL; migrations only go forward.

use sea_orm_migration::prelude::*;

/// Runs the migrations that a database has not seen yet.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        Vec::new()
    }
}
