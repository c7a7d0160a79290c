//! The schema of ombud's database. One source serves SQLite and PostgreSQL; migrations only go forward.
//!
//! Each migration runs in one transaction on both databases, so that a half-made schema is never left behind. On
//! PostgreSQL instances that start together take turns (`postgres::bring_up`).

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{self, DbBackend};

pub use sea_orm_migration::MigratorTrait;

mod board;
mod caller;
mod canned;
mod console;
mod directory;
mod due;
mod duty;
mod files;
mod lookups;
mod milestones;
mod postgres;
mod reach;
mod record;
mod second;
mod sheets;
mod tickets;
mod views;
mod waiting;

/// Runs the migrations that a database has not seen yet.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(tickets::Tickets),
            Box::new(directory::Directory),
            Box::new(record::Record),
            Box::new(postgres::SideBySide),
            Box::new(lookups::Lookups),
            Box::new(reach::Inbox),
            Box::new(milestones::Milestones),
            Box::new(console::Console),
            Box::new(reach::Preferences),
            Box::new(duty::Handover),
            Box::new(views::Views),
            Box::new(canned::Canned),
            Box::new(caller::CallerCodes),
            Box::new(second::SecondFactors),
            Box::new(waiting::Waiting),
            Box::new(files::Files),
            Box::new(board::Board),
            Box::new(sheets::Sheets),
            Box::new(due::Due),
        ]
    }
}

/// Brings the schema up to date, whichever database it is. Safe when several instances start at once.
pub async fn bring_up(db: &sea_orm::DatabaseConnection) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Postgres {
        postgres::bring_up(db).await
    } else {
        Migrator::up(db, None).await
    }
}

/// A table that is created when it is not there.
fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).if_not_exists().to_owned()
}

fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().to_owned()
}

fn text_or_null(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().to_owned()
}

/// Numbers, and instants as milliseconds since 1970 (text timestamps would not sort as time on SQLite).
fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().to_owned()
}

fn number_or_null(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().to_owned()
}

fn id(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().to_owned()
}

fn id_or_null(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().to_owned()
}

fn bytes(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).blob().not_null().to_owned()
}

fn bytes_or_null(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).blob().to_owned()
}

fn yes_no(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().to_owned()
}

fn yes_no_or_null(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().to_owned()
}

/// The primary key of a table that counts its rows.
fn counted(name: &'static str) -> ColumnDef {
    ColumnDef::new(name)
        .big_integer()
        .not_null()
        .auto_increment()
        .primary_key()
        .to_owned()
}

fn key(columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    for column in columns {
        index.col(*column);
    }
    index.primary().to_owned()
}

/// An index over columns, named after them.
fn index(on: &'static str, columns: &[&'static str], unique: bool) -> IndexCreateStatement {
    let mut index = Index::create();
    index
        .name(format!("{on}_by_{}", columns.join("_")))
        .table(on)
        .if_not_exists();
    if unique {
        index.unique();
    }
    for column in columns {
        index.col(*column);
    }
    index.take()
}
