//! The directory and the log of its changes.

use crate::store::StoreError;
use crate::store::directory::{self, EntryRow, LogRow};
use crate::workflow::moment::Moment;

use super::Scan;

/// Lines of the log that are read at once.
const LOG_PAGE: i64 = 1_000;

impl Scan {
    /// Every entry of the directory, what is past included.
    pub async fn directory(&self) -> Result<Vec<EntryRow>, StoreError> {
        let rows = self
            .rows("select * from directory order by kind, key", Vec::new())
            .await?;
        rows.iter().map(directory::entry).collect()
    }

    /// Changes of the directory after a version, oldest first, as many as fit in a page; none after the last.
    pub async fn directory_log(&self, after: i64) -> Result<Vec<LogRow>, StoreError> {
        let sql = "select * from directory_log where version > ? order by version limit ?";
        let rows = self.rows(sql, vec![after.into(), LOG_PAGE.into()]).await?;
        rows.iter().map(directory::log_row).collect()
    }

    /// Changes of the directory in a span of time, its end included, newest first.
    pub async fn directory_changed(&self, after: Moment, to: Moment) -> Result<Vec<LogRow>, StoreError> {
        let sql = "select * from directory_log where at > ? and at <= ? order by version desc";
        let rows = self.rows(sql, vec![after.0.into(), to.0.into()]).await?;
        rows.iter().map(directory::log_row).collect()
    }
}
