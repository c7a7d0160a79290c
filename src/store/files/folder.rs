//! The folder: where a content lies, how it is put there so that it stays, how it is read and touched.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use crate::workflow::moment::Moment;

/// Says whose folder it is: it holds the id that the database knows it by.
const MARK: &str = ".ombud-files";
const INCOMING: &str = "incoming";
const CONTENT: &str = "content";
const ASIDE: &str = "aside";
/// Bytes read at a time.
const CHUNK: usize = 1 << 16;

/// SHA-256 of a content, as 64 small hex digits: safe as the name of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(Arc<str>);

impl Hash {
    /// `None` for whatever is no such hash: a row that somebody has written by hand names no other file.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 64 && text.bytes().all(hex)).then(|| Self(Arc::from(text)))
    }

    pub(super) fn of(hasher: Sha256) -> Self {
        Self(Arc::from(hex::encode(hasher.finalize())))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// `ab/cd/…`: no folder gets more than 256 others.
    fn path(&self) -> PathBuf {
        let digits = |from: usize| self.0.chars().skip(from).take(2).collect::<String>();
        PathBuf::from(digits(0)).join(digits(2)).join(&*self.0)
    }
}

/// Why the folder cannot be worked with.
#[derive(Debug, thiserror::Error)]
pub enum FolderProblem {
    #[error("{}: {error}", .path.display())]
    Io { path: PathBuf, error: io::Error },
    /// Not mounted, or another folder was named.
    #[error("{}: this is not the folder of this database (its mark is missing)", .0.display())]
    Unmarked(PathBuf),
    #[error("{}: this folder belongs to another database", .0.display())]
    Foreign(PathBuf),
}

/// The folder of all contents. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Folder {
    root: Arc<Path>,
    /// What its mark must say.
    id: Arc<str>,
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> FolderProblem {
    let path = path.to_owned();
    |error| FolderProblem::Io { path, error }
}

impl Folder {
    /// The folder as the database knows it. Nothing is looked at yet.
    pub fn new(root: impl Into<PathBuf>, id: &str) -> Self {
        let root: PathBuf = root.into();
        Self {
            root: Arc::from(root),
            id: Arc::from(id),
        }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes the folder ours where nobody has marked it; refuses one of somebody else.
    pub fn found(&self) -> Result<(), FolderProblem> {
        for name in [INCOMING, CONTENT, ASIDE] {
            let folder = self.root.join(name);
            fs::create_dir_all(&folder).map_err(at(&folder))?;
        }
        let mark = self.root.join(MARK);
        if !mark.exists() {
            let draft = self.root.join(format!("{MARK}.{}", uuid::Uuid::now_v7().simple()));
            let mut file = File::create(&draft).map_err(at(&draft))?;
            file.write_all(self.id.as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(at(&draft))?;
            fs::rename(&draft, &mark).map_err(at(&mark))?;
            sync_folder(&self.root)?;
        }
        self.must_be_ours()
    }

    /// Refuses a folder that is not there, not mounted, or somebody else's.
    pub fn must_be_ours(&self) -> Result<(), FolderProblem> {
        let mark = self.root.join(MARK);
        match fs::read_to_string(&mark) {
            Ok(id) if id == *self.id => Ok(()),
            Ok(_) => Err(FolderProblem::Foreign(self.root.to_path_buf())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(FolderProblem::Unmarked(self.root.to_path_buf()))
            }
            Err(error) => Err(at(&mark)(error)),
        }
    }

    /// Where something is written.
    pub fn rooms(&self) -> [PathBuf; 3] {
        [Part::Incoming, Part::Content, Part::Aside].map(|part| self.part(part))
    }

    /// Where a content lies.
    pub fn path_of(&self, hash: &Hash) -> PathBuf {
        self.root.join(CONTENT).join(hash.path())
    }

    /// A name for bytes that are on their way.
    pub fn incoming(&self) -> PathBuf {
        self.root.join(INCOMING).join(uuid::Uuid::now_v7().simple().to_string())
    }

    /// Gives bytes that are on disk their name, and waits until that is on disk as well. What lay there before is the
    /// same content; it is replaced, so that its time is new and damage is mended.
    pub fn place(&self, from: &Path, hash: &Hash, now: Moment) -> Result<(), FolderProblem> {
        let to = self.path_of(hash);
        let folder = to.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).map_err(at(folder))?;
        date(from, now).map_err(at(from))?;
        fs::rename(from, &to).map_err(at(&to))?;
        // The folders may be new: their names are on disk only when those above them are.
        let above = folder.ancestors().take_while(|above| above.starts_with(&*self.root));
        for above in above.take(3) {
            sync_folder(above)?;
        }
        Ok(())
    }

    /// Says that a row is about to name this content. `None` when it is not there.
    pub fn touch(&self, hash: &Hash, size: u64, now: Moment) -> Result<Option<()>, FolderProblem> {
        let path = self.path_of(hash);
        match File::options().write(true).open(&path) {
            Ok(file) => {
                let found = file.metadata().map_err(at(&path))?.len();
                if found != size {
                    return Ok(None);
                }
                file.set_modified(time_of(now)).map_err(at(&path))?;
                Ok(Some(()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(at(&path)(error)),
        }
    }

    /// Opens a content to be read; `None` when it is not there.
    pub fn open(&self, hash: &Hash) -> Result<Option<File>, FolderProblem> {
        let path = self.path_of(hash);
        match File::open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(at(&path)(error)),
        }
    }

    /// What lies under this hash: `None` when nothing does, else whether it is what the hash says, of this size.
    pub fn is_whole(&self, hash: &Hash, size: u64) -> Result<Option<bool>, FolderProblem> {
        let Some(file) = self.open(hash)? else { return Ok(None) };
        let (found, bytes) = digest(file).map_err(at(&self.path_of(hash)))?;
        Ok(Some(found == *hash && bytes == size))
    }

    /// Removes every content but these; for the folder of backups, where nobody puts any meanwhile.
    pub fn retain(&self, kept: &std::collections::BTreeSet<Hash>) -> Result<usize, FolderProblem> {
        let mut removed = 0;
        let mut folders = vec![self.part(Part::Content)];
        while let Some(folder) = folders.pop() {
            let entries = match fs::read_dir(&folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                entries => entries.map_err(at(&folder))?,
            };
            for entry in entries {
                let path = entry.map_err(at(&folder))?.path();
                let hash = path.file_name().and_then(|name| Hash::parse(name.to_str()?));
                match hash {
                    Some(hash) if !kept.contains(&hash) => {
                        fs::remove_file(&path).map_err(at(&path))?;
                        removed += 1;
                    }
                    None if path.is_dir() => folders.push(path),
                    Some(_) | None => {}
                }
            }
        }
        Ok(removed)
    }

    pub(super) fn part(&self, part: Part) -> PathBuf {
        self.root.join(match part {
            Part::Incoming => INCOMING,
            Part::Content => CONTENT,
            Part::Aside => ASIDE,
        })
    }
}

/// Where in the folder.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Incoming,
    Content,
    /// Moved there by a sweeper that is about to decide.
    Aside,
}

/// Hash and length of a file.
pub fn digest(mut file: File) -> io::Result<(Hash, u64)> {
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut bytes = 0_u64;
    loop {
        let read = file.read(&mut chunk)?;
        let Some(part) = chunk.get(..read).filter(|part| !part.is_empty()) else {
            return Ok((Hash::of(hasher), bytes));
        };
        hasher.update(part);
        bytes = bytes.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
    }
}

/// The names in a folder are on disk.
pub(super) fn sync_folder(folder: &Path) -> Result<(), FolderProblem> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(at(folder))
}

pub(super) fn date(file: &Path, now: Moment) -> io::Result<()> {
    File::options().write(true).open(file)?.set_modified(time_of(now))
}

fn time_of(now: Moment) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(now.0).unwrap_or(0))
}

/// When a file was last put or touched.
pub(super) fn changed_at(about: &fs::Metadata) -> io::Result<Moment> {
    let since = about.modified()?.duration_since(SystemTime::UNIX_EPOCH);
    let milliseconds = since.map(|since| since.as_millis()).unwrap_or_default();
    Ok(Moment(i64::try_from(milliseconds).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let place = tempfile::TempDir::new().unwrap();
        let folder = Folder::new(place.path().join("files"), "one");
        folder.found().unwrap();
        (place, folder)
    }

    #[test]
    fn only_a_hash_is_a_name() {
        assert!(Hash::parse(&"a1".repeat(32)).is_some());
        for wrong in [
            "",
            "../../../etc/passwd",
            &"A1".repeat(32),
            &"a1".repeat(31),
            &"ä".repeat(32),
        ] {
            assert_eq!(Hash::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_folder_of_somebody_else_or_one_that_is_not_mounted_is_refused() {
        let (place, folder) = folder();
        assert!(folder.found().is_ok());
        let other = Folder::new(folder.root(), "two");
        assert!(matches!(other.found(), Err(FolderProblem::Foreign(_))));
        let empty = Folder::new(place.path().join("mount"), "one");
        assert!(matches!(empty.must_be_ours(), Err(FolderProblem::Unmarked(_))));
    }

    #[test]
    fn a_content_lies_under_its_hash_and_damage_is_seen() {
        let (_place, folder) = folder();
        let from = folder.incoming();
        fs::write(&from, "words").unwrap();
        let (hash, size) = digest(File::open(&from).unwrap()).unwrap();
        folder.place(&from, &hash, Moment(5_000)).unwrap();
        assert!(!from.exists());
        assert_eq!(folder.is_whole(&hash, size).unwrap(), Some(true));
        assert_eq!(folder.touch(&hash, size, Moment(9_000)).unwrap(), Some(()));
        assert_eq!(
            changed_at(&fs::metadata(folder.path_of(&hash)).unwrap()).unwrap(),
            Moment(9_000)
        );
        assert_eq!(folder.touch(&hash, size + 1, Moment(9_000)).unwrap(), None);
        fs::write(folder.path_of(&hash), "wordz").unwrap();
        assert_eq!(folder.is_whole(&hash, size).unwrap(), Some(false));
        fs::remove_file(folder.path_of(&hash)).unwrap();
        assert_eq!(folder.is_whole(&hash, size).unwrap(), None);
        assert_eq!(folder.touch(&hash, size, Moment(9_000)).unwrap(), None);
    }
}
