//! Contents that no row names any more go: at once when somebody's data is erased, else within a day or two.

use std::sync::PoisonError;

use crate::discreet::discreet;
use crate::store::Wants;
use crate::store::files::sweep::{self, SweepProblem, Swept};
use crate::store::files::{Hash, rows};
use crate::workflow::moment::{DAY, HOUR};

use super::super::Desk;

/// What nobody put, touched or named for so long is swept. An upload may be claimed for a day; its row stays an hour
/// longer and its content two, so that a claim at the last moment still finds both.
pub const SWEPT_AFTER: i64 = DAY + 2 * HOUR;
const UPLOADS_FORGOTTEN_AFTER: i64 = DAY + HOUR;
/// A content that is to go at once is left for the sweep if somebody put or touched it within this: the same content may
/// be on its way to another ticket, and no command takes so long.
const AT_ONCE_AFTER: i64 = HOUR;
/// The whole folder is walked once in this time.
const EVERY: i64 = DAY;

impl Desk {
    /// Sweeps the folder when the last time is a day ago; nothing where no files are kept.
    pub async fn sweep_files_if_due(&self) {
        let Some(files) = self.inner.files.get() else { return };
        let now = self.clock().now();
        let last = *files.swept.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| now.since(last) < EVERY) {
            return;
        }
        match self.sweep_files().await {
            Ok(swept) => {
                *files.swept.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
                if swept
                    != (Swept {
                        seen: swept.seen,
                        ..Swept::default()
                    })
                {
                    let Swept {
                        removed,
                        partial,
                        put_back,
                        ..
                    } = swept;
                    tracing::info!(
                        removed,
                        partial,
                        put_back,
                        "contents of files that nobody needs were removed"
                    );
                }
            }
            Err(error) => tracing::warn!(
                error = discreet(&error),
                "the folder of files could not be swept; in an hour again"
            ),
        }
    }

    /// Forgets uploads nobody used and takes away contents that no row names. Safe twice, and beside other instances.
    pub async fn sweep_files(&self) -> Result<Swept, SweepProblem> {
        let Some(files) = self.inner.files.get() else {
            return Ok(Swept::default());
        };
        let now = self.clock().now();
        let before = now.plus(-UPLOADS_FORGOTTEN_AFTER);
        self.inner
            .writer
            .run_patiently(Wants::default(), move |sheet| {
                rows::forget(sheet, before);
                Ok(())
            })
            .await?;
        sweep::all(&self.inner.database, &files.folder, now.plus(-SWEPT_AFTER)).await
    }

    /// Takes these contents away now, where no row names them any more.
    pub(in super::super) async fn forget_contents(&self, hashes: &[String]) {
        let Some(files) = self.inner.files.get().filter(|_| !hashes.is_empty()) else {
            return;
        };
        let hashes: Vec<Hash> = hashes.iter().filter_map(|hash| Hash::parse(hash)).collect();
        let before = self.clock().now().plus(-AT_ONCE_AFTER);
        if let Err(error) = sweep::these(&self.inner.database, &files.folder, &hashes, before).await {
            tracing::warn!(
                error = discreet(&error),
                "contents of files that nobody needs stay until the folder is swept"
            );
        }
    }
}
