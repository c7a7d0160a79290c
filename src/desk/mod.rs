//! The use cases: one file each. Load, ask the core, save, in ONE transaction; nothing is sent inside it.
//!
//! A [`Desk`] is what page, API, import and sweeper talk to. It knows people by [`principal::Principal`], never HTTP.
//! Clones are cheap and share everything.

pub mod access;
pub mod act;
pub mod contacts;
pub mod definitions;
pub mod directory;
pub mod error;
pub mod feed;
pub mod import;
pub mod list;
pub mod open;
pub mod possible;
pub mod principal;
pub mod read;
pub mod request;
pub mod sweep;
pub mod tokens;

use std::sync::Arc;

use crate::clock::Clock;
use crate::store::{Database, StoreError};

pub use error::{DeskError, Problem};
pub use principal::{Principal, Scope};
pub use request::{Answered, Done, Idempotency, Request};

/// Everything a use case needs.
#[derive(Clone)]
pub struct Desk {
    pub(crate) inner: Arc<Inner>,
}

/// Shared by all clones.
pub(crate) struct Inner {
    pub(crate) database: Database,
    pub(crate) clock: Clock,
}

impl Desk {
    /// Starts the writer, loads directory and definitions. `database` is migrated already.
    pub async fn start(database: Database, clock: Clock) -> Result<Self, StoreError> {
        Ok(Self {
            inner: Arc::new(Inner { database, clock }),
        })
    }

    /// The clock by which this desk works.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The database, for jobs that read tables of their own (the outbox).
    pub fn database(&self) -> &Database {
        &self.inner.database
    }
}
