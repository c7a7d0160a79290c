//! Takes away what no row names: uploads that broke off, contents whose rows are gone, what a crash left aside.
//!
//! ```text
//!   content/…/HASH ──rename──▶ aside/HASH.UUID ──▶ changed within the grace, or named by a row?
//!                                                     yes: ──rename──▶ content/…/HASH      no: removed
//! ```
//!
//! Moving aside comes first: from then on nobody else can put a time on this very file. Somebody who puts the same
//! content meanwhile puts another file, which stays. Safe twice, and beside other instances.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::workflow::moment::Moment;

use super::super::{Database, StoreError};
use super::folder::{Folder, FolderProblem, Hash, Part, changed_at};
use super::rows;

/// Contents that are asked for in one query.
const ASKED_AT_ONCE: usize = 64;

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Contents that were looked at.
    pub seen: usize,
    /// Contents that went.
    pub removed: usize,
    /// Uploads that had broken off.
    pub partial: usize,
    /// What was aside, or was moved there too early, and came back.
    pub put_back: usize,
}

/// Why a sweep ended early; the next one goes on.
#[derive(Debug, thiserror::Error)]
pub enum SweepProblem {
    #[error(transparent)]
    Folder(#[from] FolderProblem),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<io::Error> for SweepProblem {
    fn from(error: io::Error) -> Self {
        Self::Folder(FolderProblem::Io {
            path: PathBuf::new(),
            error,
        })
    }
}

/// Sweeps everything that was last put or touched before this.
pub async fn all(db: &Database, folder: &Folder, before: Moment) -> Result<Swept, SweepProblem> {
    folder.must_be_ours()?;
    let mut swept = Swept {
        partial: partial(folder, before)?,
        ..Swept::default()
    };
    let sweep = Sweep { db, folder, before };
    let left = names_in(&folder.part(Part::Aside))?;
    for aside in left {
        sweep.decide(&aside, &mut swept).await?;
    }
    for first in names_in(&folder.part(Part::Content))? {
        for second in names_in(&first)? {
            let mut old = Vec::new();
            for path in names_in(&second)? {
                swept.seen += 1;
                if let Some(hash) = hash_of(&path).filter(|_| is_old(&path, before)) {
                    old.push(hash);
                }
            }
            for some in old.chunks(ASKED_AT_ONCE) {
                sweep.these(some, &mut swept).await?;
            }
            tokio::task::yield_now().await;
        }
    }
    Ok(swept)
}

/// Sweeps these contents only, if nobody put or touched them since.
pub async fn these(db: &Database, folder: &Folder, hashes: &[Hash], before: Moment) -> Result<Swept, SweepProblem> {
    folder.must_be_ours()?;
    let mut swept = Swept::default();
    let sweep = Sweep { db, folder, before };
    for some in hashes.chunks(ASKED_AT_ONCE) {
        sweep.these(some, &mut swept).await?;
    }
    Ok(swept)
}

struct Sweep<'a> {
    db: &'a Database,
    folder: &'a Folder,
    before: Moment,
}

impl Sweep<'_> {
    async fn these(&self, hashes: &[Hash], swept: &mut Swept) -> Result<(), SweepProblem> {
        // A cheap first look: of nearly all a row says that they are needed.
        let needed = rows::needed(self.db, hashes).await?;
        for hash in hashes.iter().filter(|hash| !needed.contains(hash.as_str())) {
            // Put or touched since it was found: whoever did so is about to look for it.
            if !is_old(&self.folder.path_of(hash), self.before) {
                continue;
            }
            let aside = self.folder.part(Part::Aside);
            let aside = aside.join(format!("{}.{}", hash.as_str(), uuid::Uuid::now_v7().simple()));
            if moved(&self.folder.path_of(hash), &aside)? {
                self.decide(&aside, swept).await?;
            }
        }
        Ok(())
    }

    /// What lies aside goes, or comes back.
    async fn decide(&self, aside: &Path, swept: &mut Swept) -> Result<(), SweepProblem> {
        let Some(hash) = hash_of(aside) else { return Ok(()) };
        let is_old = is_old(aside, self.before);
        if is_old
            && !rows::needed(self.db, std::slice::from_ref(&hash))
                .await?
                .contains(hash.as_str())
        {
            swept.removed += usize::from(gone(aside)?);
            return Ok(());
        }
        let back = self.folder.path_of(&hash);
        if let Some(above) = back.parent() {
            fs::create_dir_all(above)?;
        }
        swept.put_back += usize::from(put_back(aside, &back)?);
        Ok(())
    }
}

/// Back under its name, unless somebody has put the same content meanwhile: that one is newer and stays.
fn put_back(aside: &Path, back: &Path) -> io::Result<bool> {
    match fs::hard_link(aside, back) {
        Ok(()) => gone(aside),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => gone(aside).map(|_| false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        // A file system without second names.
        Err(_) if !back.exists() => moved(aside, back),
        Err(_) => gone(aside).map(|_| false),
    }
}

/// Uploads that broke off and left something, through a crash.
fn partial(folder: &Folder, before: Moment) -> io::Result<usize> {
    let mut removed = 0;
    for path in names_in(&folder.part(Part::Incoming))? {
        if is_old(&path, before) {
            removed += usize::from(gone(&path)?);
        }
    }
    Ok(removed)
}

fn names_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// `HASH` of content, `HASH.UUID` of what is aside.
fn hash_of(path: &Path) -> Option<Hash> {
    let name = path.file_name()?.to_str()?;
    Hash::parse(name.split('.').next()?)
}

/// False for what is gone meanwhile, too.
fn is_old(path: &Path, before: Moment) -> bool {
    let changed = fs::metadata(path).and_then(|about| changed_at(&about));
    changed.is_ok_and(|changed| changed < before)
}

/// False when it was not there any more: another instance was quicker.
fn moved(from: &Path, to: &Path) -> io::Result<bool> {
    was_there(fs::rename(from, to))
}

fn gone(path: &Path) -> io::Result<bool> {
    was_there(fs::remove_file(path))
}

fn was_there(done: io::Result<()>) -> io::Result<bool> {
    match done {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
