//! Files of tickets: their contents in a folder, each once under its hash, and the rows that say which are needed.
//!
//! ```text
//!   bytes ─▶ incoming/UUID ─▶ measured, looked into ─▶ fsync ─▶ content/ab/cd/HASH ─▶ fsync of the folders
//!                                                                       │
//!                                       only now a row may name it:  uploads ─▶ attachments (with the event)
//! ```
//!
//! A row without a file must be impossible, a file without a row is harmless. So the content is on disk before the
//! command that names it, and it goes only after the row has gone. What keeps the two apart in time is the file's own
//! time of change: whoever is about to commit a row has put or touched the file less than a day before
//! ([`folder::Folder::touch`]), and the sweeper ([`sweep`]) takes away only what it has first moved aside, then found to be
//! old, then found in no row. What it moved aside too early it puts back; a crash in between is mended by the next sweep.

pub mod folder;
pub mod intake;
pub mod media;
pub mod name;
mod office;
mod plan;
pub mod rows;
pub mod sweep;

pub use folder::{Folder, Hash};
pub use intake::{Intake, Kept, Refused};
pub use media::{Group, Media};
pub use plan::Plan;
