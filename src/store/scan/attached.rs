//! Which contents the tickets need, for whoever looks whether they are there or takes them along.

use sea_orm::sea_query::Value;
use sea_orm::{DbErr, QueryResult};
use uuid::Uuid;

use super::{Page, Scan, damaged};
use crate::store::{StoreError, postgres, sqlite};

/// `attachments`
#[derive(Clone, Debug)]
pub struct AttachmentRow {
    pub ticket: Uuid,
    pub seq: i64,
    pub hash: String,
    pub size: i64,
}

/// A content, and one of those who need it.
#[derive(Clone, Debug)]
pub struct NeededFile {
    pub hash: String,
    pub size: i64,
    /// Its number, or its id where there is no such ticket.
    pub ticket: String,
    pub seq: i64,
}

/// Contents of one page.
const PAGE: i64 = 500;

impl Scan {
    /// Whether there is a table of files: an older database is looked at all the same.
    pub(super) async fn knows_files(&self) -> Result<bool, StoreError> {
        Ok(if self.is_sqlite() {
            sqlite::has_table(&self.db, "attachments").await?
        } else {
            postgres::has_table(&self.db, "attachments").await?
        })
    }

    /// The files of a range of tickets.
    pub(super) async fn attachments(&self, page: &mut Page, range: Vec<Value>) -> Result<(), StoreError> {
        if !self.has_files {
            return Ok(());
        }
        let sql = "select ticket, seq, hash, size from attachments where ticket > ? and ticket <= ?";
        for row in self.rows(sql, range).await? {
            match attachment(&row) {
                Ok(read) => page.attachments.push(read),
                Err(error) => page.damaged.push(damaged("attachments", &row, &error)),
            }
        }
        Ok(())
    }

    /// Contents after one of them, in the order of their hashes, each once.
    pub async fn needed_files(&self, after: &str) -> Result<Vec<NeededFile>, StoreError> {
        if !self.has_files {
            return Ok(Vec::new());
        }
        let sql = "select a.hash, a.size, coalesce(t.number, '-') as number, a.seq from attachments a \
                   left join tickets t on t.id = a.ticket where a.hash > ? order by a.hash, a.ticket, a.seq limit ?";
        let rows = self.rows(sql, vec![after.into(), PAGE.into()]).await?;
        let mut found: Vec<NeededFile> = rows.iter().map(needed).collect::<Result<_, DbErr>>()?;
        found.dedup_by(|later, first| later.hash == first.hash);
        Ok(found)
    }

    /// By which the database knows its folder; nothing where no file ever came.
    pub async fn files_id(&self) -> Result<Option<String>, StoreError> {
        if !self.has_files {
            return Ok(None);
        }
        Ok(self
            .words("select value from settings where name = 'files'")
            .await?
            .pop())
    }
}

fn attachment(row: &QueryResult) -> Result<AttachmentRow, DbErr> {
    Ok(AttachmentRow {
        ticket: row.try_get("", "ticket")?,
        seq: row.try_get("", "seq")?,
        hash: row.try_get("", "hash")?,
        size: row.try_get("", "size")?,
    })
}

fn needed(row: &QueryResult) -> Result<NeededFile, DbErr> {
    Ok(NeededFile {
        hash: row.try_get("", "hash")?,
        size: row.try_get("", "size")?,
        ticket: row.try_get("", "number")?,
        seq: row.try_get("", "seq")?,
    })
}
