//! The use cases: one file each. Load, ask the core, save, in ONE transaction; nothing is sent inside it.
//!
//! A [`Desk`] is what page, API, import and sweeper talk to. It knows people by [`principal::Principal`], never HTTP.
//! Clones are cheap and share everything.

pub mod access;
pub mod act;
mod attempts;
pub mod audit;
pub mod backup;
pub mod board;
pub mod bulk;
pub mod caller;
pub mod canned;
mod catalogue;
mod command;
mod common;
pub mod contacts;
pub mod definitions;
pub mod directory;
pub mod drafts;
pub mod duty;
pub mod erase;
pub mod error;
pub mod feed;
pub mod figures;
pub mod files;
pub mod first;
pub mod follow;
pub mod holidays;
pub mod import;
pub mod inbox;
pub mod invitations;
mod keys;
pub mod links;
pub mod list;
pub mod once;
pub mod open;
mod order;
pub mod outbox;
pub mod passwords;
pub mod possible;
pub mod principal;
pub mod read;
pub mod recipients;
pub mod record;
pub mod request;
pub mod second;
pub mod sessions;
pub mod setup;
pub mod sweep;
pub mod tokens;
pub mod views;

use std::sync::{Arc, PoisonError, RwLock};

use crate::clock::Clock;
use crate::store::{Database, StoreError, Wants, Writer, settings};
use crate::ticket::model::Ticket;
use crate::workflow::definition::Definition;
use crate::workflow::directory::Directory;

use catalogue::Catalogue;
use uuid::Uuid;

pub use error::{DeskError, NotAllowed, Problem};
pub use principal::{Principal, Scope};
pub use request::{Answered, Done, Idempotency, Request};

/// Everything a use case needs.
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Inner>,
}

/// Shared by all clones.
struct Inner {
    database: Database,
    writer: Writer,
    clock: Clock,
    directory: RwLock<Arc<Directory>>,
    catalogue: RwLock<Arc<Catalogue>>,
    /// Where stories play, when it is not the directory.
    stage: RwLock<Option<Arc<Directory>>>,
    running: command::RunningKeys,
    believed: tokens::Believed,
    ailing: sweep::Ailing,
    /// What the roster leaves open, as it was worked out last.
    gaps: duty::Remembered,
    /// Passwords hashed at the same time.
    hashing: tokio::sync::Semaphore,
    /// Changes of directory and workflows, one at a time.
    administration: tokio::sync::Mutex<()>,
    /// Names this feed in its cursors; a restore makes a new one.
    feed_id: String,
    /// Makes and reads links by which people acknowledge.
    links: outbox::Links,
    /// Makes and knows the codes with which callers follow their tickets.
    codes: follow::Codes,
    /// Seals what stands for somebody between password and code.
    pending: second::Pending,
    /// Where files of tickets lie; nothing where none are kept.
    files: std::sync::OnceLock<files::Files>,
}

impl Desk {
    /// Starts the writer, loads directory and definitions. `database` is migrated already.
    pub async fn start(database: Database, clock: Clock) -> Result<Self, StoreError> {
        let writer = Writer::start(database.clone()).await?;
        let feed_id = feed_id(&database, &writer).await?;
        let links = outbox::Links::load(&database, &writer).await?;
        let codes = follow::Codes::load(&database, &writer).await?;
        let pending = second::Pending::load(&database, &writer).await?;
        let inner = Inner {
            database,
            writer,
            clock,
            directory: RwLock::default(),
            catalogue: RwLock::default(),
            stage: RwLock::default(),
            running: command::RunningKeys::default(),
            believed: tokens::Believed::default(),
            ailing: sweep::Ailing::default(),
            gaps: duty::Remembered::default(),
            hashing: tokio::sync::Semaphore::new(passwords::SLOTS),
            administration: tokio::sync::Mutex::default(),
            feed_id,
            links,
            codes,
            pending,
            files: std::sync::OnceLock::new(),
        };
        inner.load_directory().await?;
        inner.load_catalogue().await?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The clock by which this desk works.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The database, for jobs that read tables of their own (the outbox).
    pub fn database(&self) -> &Database {
        &self.inner.database
    }

    /// The one writer: imports and the outbox write through it too.
    pub fn writer(&self) -> &Writer {
        &self.inner.writer
    }
}

/// The id of this database's feed, made at its first start.
async fn feed_id(database: &Database, writer: &Writer) -> Result<String, StoreError> {
    if let Some(id) = settings::get(database, "feed").await? {
        return Ok(id);
    }
    let id = Uuid::now_v7().simple().to_string();
    let kept = id.clone();
    writer
        .run(Wants::default(), move |sheet| {
            settings::set_first(sheet, "feed", &kept);
            Ok(())
        })
        .await?;
    // Another instance may have been first.
    Ok(settings::get(database, "feed").await?.unwrap_or(id))
}

impl Inner {
    fn stage(&self) -> Option<Arc<Directory>> {
        self.stage.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put_stage(&self, organisation: Arc<Directory>) {
        *self.stage.write().unwrap_or_else(PoisonError::into_inner) = Some(organisation);
    }

    fn put_directory(&self, directory: Arc<Directory>) {
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = directory;
    }

    fn put_catalogue(&self, catalogue: Arc<Catalogue>) {
        *self.catalogue.write().unwrap_or_else(PoisonError::into_inner) = catalogue;
    }

    /// The version a ticket runs on.
    async fn definition_of(&self, ticket: &Ticket) -> Result<Arc<Definition>, DeskError> {
        self.definition(&ticket.definition).await
    }

    fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.directory.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.catalogue.read().unwrap_or_else(PoisonError::into_inner))
    }
}
