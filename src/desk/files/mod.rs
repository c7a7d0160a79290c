//! Files of tickets: uploaded first, then given to a ticket with a command of their own or with any other.
//!
//! ```text
//!   receive ─▶ content on disk ─▶ row of an upload          (nobody's ticket yet; gone after a day)
//!   claim   ─▶ content touched ─▶ command with its files    (event `attached`, row, upload forgotten: one transaction)
//! ```
//! So a form may be sent again, refused, corrected and sent once more without a byte travelling twice.

mod claim;
mod read;
mod sweep;
mod upload;

pub use claim::{Claim, MEMBER, named};
pub use read::{AttachmentView, Opened};
pub use sweep::SWEPT_AFTER;
pub use upload::{Received, Receiving, UPLOADS_MAX, Wish};

pub use crate::store::files::Plan;
pub use crate::store::files::rows::Upload;

use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::store::files::folder::FolderProblem;
use crate::store::files::{Folder, rows};
use crate::store::{StoreError, Wants, settings};
use crate::workflow::moment::Moment;

use super::{Desk, DeskError, Problem};

/// Files that come in at the same time.
const AT_ONCE: usize = 16;
/// The name of the setting that says whose folder it is.
const SETTING: &str = "files";

/// The folder as a running desk uses it.
pub(super) struct Files {
    folder: Folder,
    plan: Plan,
    places: Arc<Semaphore>,
    swept: Mutex<Option<Moment>>,
}

/// Why files cannot be kept now.
#[derive(Debug, thiserror::Error)]
pub enum KeepProblem {
    #[error(transparent)]
    Folder(#[from] FolderProblem),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Desk {
    /// Takes files from now on. A folder that is away today is used as soon as it is back; the problem is told.
    pub async fn keep_files(&self, plan: Plan) -> Result<(), KeepProblem> {
        let id = self.files_id().await?;
        let folder = Folder::new(plan.folder.clone(), &id);
        let files = Files {
            folder: folder.clone(),
            plan,
            places: Arc::new(Semaphore::new(AT_ONCE)),
            swept: Mutex::new(None),
        };
        // Named once; a second call finds it named.
        let _ = self.inner.files.set(files);
        if rows::is_unused(&self.inner.database).await? {
            folder.found()?;
        }
        folder.must_be_ours()?;
        Ok(())
    }

    /// What may come, where files are kept at all.
    pub fn file_plan(&self) -> Option<&Plan> {
        self.inner.files.get().map(|files| &files.plan)
    }

    /// By which this database knows its folder; made at the first call.
    async fn files_id(&self) -> Result<String, StoreError> {
        let database = &self.inner.database;
        if let Some(id) = settings::get(database, SETTING).await? {
            return Ok(id);
        }
        let id = Uuid::now_v7().simple().to_string();
        let first = id.clone();
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                settings::set_first(sheet, SETTING, &first);
                Ok(())
            })
            .await?;
        // Another instance may have been first.
        Ok(settings::get(database, SETTING).await?.unwrap_or(id))
    }

    fn files(&self) -> Result<&Files, DeskError> {
        self.inner.files.get().ok_or_else(|| {
            Problem::new(
                "",
                "files_off",
                "本系统尚未设置附件文件夹（ombud.toml 的 files.folder）：不能收取附件",
                "No folder for files is set up here (files.folder in ombud.toml): files are not taken",
            )
            .into()
        })
    }
}

/// What the folder says, as an error of the desk: it is away, and it is nobody's own fault.
fn away(problem: &FolderProblem) -> DeskError {
    DeskError::Store(StoreError::Away(format!("files: {problem}")))
}

/// `20 MB`, rounded down to what a reader can remember.
pub fn human(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KB", bytes / 1_024),
        1_048_576.. => {
            let tenths = bytes.saturating_mul(10) / 1_048_576;
            if tenths < 100 && !tenths.is_multiple_of(10) {
                format!("{}.{} MB", tenths / 10, tenths % 10)
            } else {
                format!("{} MB", bytes / 1_048_576)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::human;

    #[test]
    fn sizes_are_said_as_people_say_them() {
        for (bytes, said) in [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1 KB"),
            (1_048_576, "1 MB"),
            (1_600_000, "1.5 MB"),
            (20_971_520, "20 MB"),
        ] {
            assert_eq!(human(bytes), said);
        }
    }
}
