//! What a backup says about itself: a small JSON file beside it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::contents::Needed;
use super::{BackupProblem, at};
use crate::desk::audit::Progress;

/// Bytes read at a time.
const CHUNK: usize = 1 << 20;

/// The manifest of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of the program that made it.
    pub ombud: String,
    /// RFC 3339; everything acknowledged before is in it.
    pub made_at: String,
    pub tickets: u64,
    pub events: u64,
    /// What `ombud audit` found in the copy; 0 is a clean record.
    pub findings: u64,
    /// Contents of files that it needs, and their bytes.
    #[serde(default)]
    pub files: u64,
    #[serde(default)]
    pub file_bytes: u64,
    pub bytes: u64,
    /// Of the whole file, in hex.
    pub sha256: String,
}

impl Manifest {
    /// Of a file that was audited.
    pub fn of(file: &Path, made_at: String, audited: Progress) -> Result<Self, BackupProblem> {
        let (bytes, sha256) = digest(file)?;
        Ok(Self {
            ombud: env!("CARGO_PKG_VERSION").to_owned(),
            made_at,
            tickets: audited.tickets,
            events: audited.events,
            findings: audited.findings,
            files: 0,
            file_bytes: 0,
            bytes,
            sha256,
        })
    }

    /// With the contents of files that the backup needs.
    pub(super) fn with_files(self, needed: &Needed) -> Self {
        Self {
            files: u64::try_from(needed.len()).unwrap_or(u64::MAX),
            file_bytes: needed.iter().map(|(_, size)| size).sum(),
            ..self
        }
    }

    /// As it is written beside the backup.
    pub(super) fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Where the manifest of a backup lies.
    pub fn beside(backup: &Path) -> PathBuf {
        backup.with_extension("json")
    }

    /// The manifest of a backup; `None` when there is none.
    pub fn read(backup: &Path) -> Result<Option<Self>, BackupProblem> {
        let file = Self::beside(backup);
        if !file.is_file() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&file).map_err(at(&file))?;
        let manifest = serde_json::from_str(&text).map_err(|error| at(&file)(error.into()))?;
        Ok(Some(manifest))
    }

    /// Whether the file is, byte for byte, the one that was written.
    pub fn fits(&self, backup: &Path) -> Result<bool, BackupProblem> {
        let (bytes, sha256) = digest(backup)?;
        Ok(bytes == self.bytes && sha256 == self.sha256)
    }
}

/// Length and SHA-256 of a file.
fn digest(file: &Path) -> Result<(u64, String), BackupProblem> {
    let mut from = File::open(file).map_err(at(file))?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut bytes: u64 = 0;
    loop {
        let read = from.read(&mut chunk).map_err(at(file))?;
        let Some(part) = chunk.get(..read).filter(|part| !part.is_empty()) else {
            return Ok((bytes, hex::encode(hasher.finalize())));
        };
        hasher.update(part);
        bytes = bytes.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
    }
}
