//! Contents of files in a folder of backups: each once, however many backups need it.
//!
//! ```text
//!   ombud-20260302T003000Z.db      the database
//!   ombud-20260302T003000Z.files   which contents it needs: hash and size, a line each
//!   files/content/ab/cd/HASH       the contents of all backups of this folder
//! ```
//! A content that is there is not copied again; one that no list names any more goes with the last backup that did.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{BackupProblem, at};
use crate::store::files::folder::{FolderProblem, digest};
use crate::store::files::{Folder, Hash};
use crate::store::scan::Scan;
use crate::workflow::moment::Moment;

/// The folder beside the backups.
const POOL: &str = "files";
/// What the list of a backup ends with.
const LIST: &str = "files";

/// Contents and their sizes.
pub type Needed = BTreeSet<(Hash, u64)>;

/// Which contents a database needs. What is no hash is left for the audit to find.
pub async fn needed(scan: &Scan) -> Result<Needed, BackupProblem> {
    let mut needed = Needed::new();
    let mut after = String::new();
    loop {
        let page = scan.needed_files(&after).await?;
        let Some(last) = page.last() else { return Ok(needed) };
        after.clone_from(&last.hash);
        let sized =
            |file: &crate::store::scan::NeededFile| Some((Hash::parse(&file.hash)?, u64::try_from(file.size).ok()?));
        needed.extend(page.iter().filter_map(sized));
    }
}

/// The contents beside a backup.
pub fn pool(backups: &Path, id: &str) -> Folder {
    Folder::new(backups.join(POOL), id)
}

/// Copies what is needed and not there yet; each is held against its hash. What the source does not have is left out:
/// the audit names it. Answers how many were copied.
pub fn copy(from: &Folder, to: &Folder, needed: &Needed, now: Moment) -> Result<usize, BackupProblem> {
    let mut copied = 0;
    for (hash, size) in needed {
        if to.touch(hash, *size, now)?.is_some() {
            continue;
        }
        let Some(mut source) = from.open(hash)? else { continue };
        let partial = to.incoming();
        let mut file = File::create_new(&partial).map_err(at(&partial))?;
        io::copy(&mut source, &mut file).map_err(at(&partial))?;
        file.sync_all().map_err(at(&partial))?;
        let found = File::open(&partial).and_then(digest).map_err(at(&partial))?;
        if found == (hash.clone(), *size) {
            to.place(&partial, hash, now)?;
            copied += 1;
        } else {
            fs::remove_file(&partial).map_err(at(&partial))?;
        }
    }
    Ok(copied)
}

/// Where the list of a backup lies.
pub fn list_of(backup: &Path) -> PathBuf {
    backup.with_extension(LIST)
}

/// Writes the list of a backup; when this answers, it is on disk.
pub(super) fn write_list(backup: &Path, needed: &Needed) -> Result<(), BackupProblem> {
    let path = list_of(backup);
    let mut file = File::create(&path).map_err(at(&path))?;
    let lines: Vec<String> = needed
        .iter()
        .map(|(hash, size)| format!("{} {size}\n", hash.as_str()))
        .collect();
    file.write_all(lines.concat().as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(at(&path))
}

/// Removes from the pool what the lists of these backups do not name. Nothing where there is no pool.
pub(super) fn prune(backups: &Path, kept: &[PathBuf]) -> Result<usize, BackupProblem> {
    let mut named = BTreeSet::new();
    for backup in kept {
        let list = list_of(backup);
        match fs::read_to_string(&list) {
            Ok(text) => named.extend(text.lines().filter_map(|line| Hash::parse(line.split(' ').next()?))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(at(&list)(error)),
        }
    }
    let pool = backups.join(POOL);
    Folder::new(pool, "").retain(&named).map_err(BackupProblem::from)
}

impl From<FolderProblem> for BackupProblem {
    fn from(problem: FolderProblem) -> Self {
        match problem {
            FolderProblem::Io { path, error } => Self::File { file: path, error },
            FolderProblem::Unmarked(file) | FolderProblem::Foreign(file) => Self::Foreign { file },
        }
    }
}
