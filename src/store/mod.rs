//! The database: connections, queries, the one writer, outbox. Rows never leave as rows of sea-orm.
//!
//! No rule of a workflow stands here, and no HTTP. SQL lives only in this folder; what only SQLite understands lives
//! in `sqlite.rs`.

pub mod connect;
pub mod visible;

pub use connect::{Database, StoreError};
