//! Reads a workflow file: bytes → text → tree → inspection → definition, collecting every finding on the way.
//!
//! ```text
//! text      size, encoding, characters nobody can see
//! build     the parser's events as a tree with places; tags, anchors, duplicate keys, depth (syntax: its errors)
//! inspect   the tree along the tables of keys (keys, shape, scalar): what may stand where
//! decode    the tree as a Definition; what only several keys together can get wrong
//! ```
//!
//! Serde is not used: it stops at the first error, forgets how a scalar was written, and guesses what `no`, `010` and
//! `9:30` might mean (LANGUAGE, rule 3).

mod build;
mod complaint;
mod decode;
mod forms;
mod inspect;
pub mod keys;
mod organisation;
mod scalar;
pub mod shape;
mod syntax;
mod text;
mod tree;

pub use build::{DEPTH_MAX, NODES_MAX};
pub use organisation::{DEFAULT_CALENDAR, Organisation, OrganisationReading, read_organisation};
pub use text::FILE_BYTES_MAX;

use shape::Shape;

use super::definition::Definition;
use super::finding::Findings;

/// What a file says, and what is wrong with it.
#[derive(Debug)]
pub struct Reading {
    /// What could be read; `None` when the file is no YAML at all. With errors among the findings it is good for further
    /// checks only, never for running.
    pub definition: Option<Definition>,
    pub findings: Findings,
}

/// Reads a workflow file. Never fails: whatever is wrong is a finding.
pub fn read(source: &[u8]) -> Reading {
    let mut findings = Findings::default();
    let definition = text::text(source, &mut findings).and_then(|text| {
        let mut root = build::tree(text, &mut findings)?;
        let corrections = inspect::inspect(&root, &FILE, &mut findings);
        root.mapping()?;
        root.correct(&corrections);
        Some(decode::definition(text, &root, &mut findings))
    });
    Reading { definition, findings }
}

static FILE: Shape = Shape::Mapping(&keys::FILE);
