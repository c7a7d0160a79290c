//! The database: connections, queries, the one writer, outbox. Rows never leave as rows of sea-orm.
//!
//! No rule of a workflow stands here, and no HTTP. SQL lives only in this folder; what only one database understands
//! lives in `sqlite.rs` and `postgres/`. Who writes goes through [`writer::Writer`], always.

pub mod alarm;
pub mod attempts;
pub mod backup;
mod batch;
pub mod board;
pub mod caller;
pub mod canned;
pub mod chain;
pub mod connect;
pub mod contact;
pub mod definitions;
pub mod deliveries;
pub mod delivery;
pub mod digest;
pub mod directory;
pub mod drafts;
pub mod erase;
pub mod events;
pub mod files;
mod flush;
pub mod handover;
pub mod held;
pub mod inbox;
pub mod list;
mod load;
pub mod milestones;
pub mod missed;
pub mod notice;
mod parts;
mod postgres;
pub mod preferences;
pub mod presence;
pub mod projection;
mod readers;
pub mod record;
pub(crate) mod rows;
pub mod scan;
pub mod second;
pub mod sessions;
pub mod settings;
pub mod sheet;
pub mod signals;
mod sqlite;
pub(crate) mod tables;
pub mod tickets;
pub mod tokens;
pub mod views;
pub mod visible;
pub mod writer;

pub use connect::{Database, StoreError};
pub use held::{Held, TicketRef};
pub use postgres::ServerFacts;
pub use readers::Readers;
pub use sheet::{Change, Sheet};
pub use writer::{Wants, Writer};
