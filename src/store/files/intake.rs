//! Bytes on their way in: written as they come, counted, hashed and looked at, never held whole. What is not finished
//! leaves nothing behind; what a crash leaves behind lies among the incoming and is swept.

use std::io;
use std::path::PathBuf;

use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::workflow::moment::Moment;

use super::folder::{Folder, FolderProblem, Hash};
use super::media::{Group, HEAD, Media, TextLook};
use super::office;

/// What may come in.
#[derive(Clone, Debug)]
pub struct Rules {
    /// In bytes.
    pub size_max: u64,
    pub groups: Vec<Group>,
}

/// A content that is on disk under its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub hash: Hash,
    pub size: u64,
    pub media: Media,
}

/// Why bytes were not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("the file is larger than {max} bytes")]
    TooLarge { max: u64 },
    #[error("the file is empty")]
    Empty,
    /// Nothing that is known, or of a group that may not come.
    #[error("files of this kind are not taken")]
    Kind { found: Option<Media> },
    #[error(transparent)]
    Folder(#[from] FolderProblem),
}

/// A file on its way.
#[derive(Debug)]
pub struct Intake {
    folder: Folder,
    rules: Rules,
    /// Where it lies until it is finished; nothing once it is.
    path: Partial,
    file: File,
    hasher: Sha256,
    size: u64,
    head: Vec<u8>,
    text: TextLook,
}

/// Bytes without a name; they go when this is dropped.
#[derive(Debug)]
struct Partial(Option<PathBuf>);

impl Drop for Partial {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            // What stays is swept after a day.
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Intake {
    /// Begins one; refuses a folder that is not ours.
    pub async fn begin(folder: &Folder, rules: Rules) -> Result<Self, Refused> {
        let known = folder.clone();
        blocking(move || known.must_be_ours()).await?;
        let path = folder.incoming();
        let file = File::create_new(&path).await.map_err(|error| io_at(&path, error))?;
        Ok(Self {
            folder: folder.clone(),
            rules,
            path: Partial(Some(path)),
            file,
            hasher: Sha256::new(),
            size: 0,
            head: Vec::with_capacity(HEAD),
            text: TextLook::default(),
        })
    }

    /// Takes what came; the limit is looked at before anything is written.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        let more = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.size.saturating_add(more) > self.rules.size_max {
            return Err(Refused::TooLarge {
                max: self.rules.size_max,
            });
        }
        self.size += more;
        let missing = HEAD.saturating_sub(self.head.len());
        self.head.extend(bytes.iter().take(missing));
        self.hasher.update(bytes);
        self.text.see(bytes);
        let written = self.file.write_all(bytes).await;
        written.map_err(|error| self.failed(error))
    }

    /// All is there: looks what it is, and keeps it under its hash. When this answers, it is on disk.
    pub async fn finish(mut self, now: Moment) -> Result<Kept, Refused> {
        if self.size == 0 {
            return Err(Refused::Empty);
        }
        let flushed = self.file.flush().await;
        flushed.map_err(|error| self.failed(error))?;
        let (folder, rules, head, size) = (self.folder, self.rules, self.head, self.size);
        let is_text = self.text.is_text(&head);
        let (hash, mut path) = (Hash::of(self.hasher), self.path);
        blocking(move || {
            let Some(from) = path.0.clone() else {
                return Err(Refused::Empty);
            };
            let at = |error| io_at(&from, error);
            let mut file = std::fs::File::open(&from).map_err(at)?;
            file.sync_all().map_err(at)?;
            let found = match Media::of_head(&head) {
                None if head.starts_with(b"PK\x03\x04") => office::kind(&mut file).map_err(at)?,
                None if is_text => Some(Media::Text),
                found => found,
            };
            let Some(media) = found.filter(|media| rules.groups.contains(&media.group())) else {
                return Err(Refused::Kind { found });
            };
            folder.place(&from, &hash, now)?;
            drop(path.0.take());
            Ok(Kept { hash, size, media })
        })
        .await
    }

    fn failed(&self, error: io::Error) -> Refused {
        let path = self.path.0.clone().unwrap_or_default();
        Refused::Folder(FolderProblem::Io { path, error })
    }
}

fn io_at(path: &std::path::Path, error: io::Error) -> Refused {
    Refused::Folder(FolderProblem::Io {
        path: path.to_owned(),
        error,
    })
}

/// Work on the disk, out of the way of those who wait for each other.
async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Refused>
where
    T: Send + 'static,
    E: Into<Refused> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(Into::into),
        Err(error) => Err(io_at(std::path::Path::new(""), io::Error::other(error))),
    }
}
