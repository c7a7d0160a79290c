//! What may come, and where it lies.

use std::path::PathBuf;

use super::intake::Rules;
use super::media::{Group, Media};

/// `[files]`.
#[derive(Clone, Debug)]
pub struct Plan {
    pub folder: PathBuf,
    /// Bytes of one file, and of all files of a ticket.
    pub file_max: u64,
    pub ticket_max: u64,
    /// Files with one command.
    pub per_form: usize,
    pub groups: Vec<Group>,
}

impl Plan {
    pub fn rules(&self) -> Rules {
        Rules {
            size_max: self.file_max,
            groups: self.groups.clone(),
        }
    }

    /// How names of files that may come end, for the dialog in which somebody chooses one.
    pub fn extensions(&self) -> Vec<&'static str> {
        let all = Media::ALL.iter();
        all.filter(|media| self.groups.contains(&media.group()))
            .flat_map(|media| media.extensions())
            .copied()
            .collect()
    }
}
