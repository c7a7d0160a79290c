//! Opens the database: one connection that writes, several that read (SQLite), or a pool (PostgreSQL).

use std::sync::Arc;

use sea_orm::{DatabaseConnection, DbErr};
use thiserror::Error;

/// What the database said.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// A row that cannot be read: written by a newer version, or damaged.
    #[error("{table}: {what}")]
    Unreadable { table: &'static str, what: String },
    #[error("the writer has stopped")]
    Stopped,
    #[error("the queue of the writer is full")]
    Busy,
    /// The commit failed: it may or may not have happened.
    #[error("unknown whether it was saved: {0}")]
    Unknown(String),
}

/// The open database. Clones are cheap.
#[derive(Clone)]
pub struct Database {
    pub(crate) readers: DatabaseConnection,
    #[allow(dead_code, reason = "the writer takes it in the next commit")]
    pub(crate) writer: Arc<DatabaseConnection>,
}

impl Database {
    /// Connections for reading; each query sees the last commit.
    pub fn readers(&self) -> &DatabaseConnection {
        &self.readers
    }
}
