//! Which contents are needed: files that were uploaded and wait for their command, and those of tickets.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use crate::workflow::moment::Moment;

use super::super::connect::{Database, statement};
use super::super::rows::list_of;
use super::super::sheet::number;
use super::super::{Sheet, StoreError};
use super::folder::Hash;

/// A file that was uploaded and belongs to no ticket yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The uploader's own.
    pub id: String,
    /// Cleaned.
    pub name: String,
    pub media: String,
    pub size: u64,
    pub hash: String,
    pub private: bool,
    pub created_at: Moment,
}

/// Keeps an upload; the same id again takes its place.
pub fn put(sheet: &mut Sheet<'_>, person: &str, upload: &Upload) {
    sheet.statement(
        "insert into uploads (person, id, name, media, size, hash, private, created_at) values (?, ?, ?, ?, ?, ?, ?, ?) \
         on conflict (person, id) do update set name = excluded.name, media = excluded.media, size = excluded.size, \
         hash = excluded.hash, private = excluded.private, created_at = excluded.created_at",
        vec![
            person.into(),
            upload.id.as_str().into(),
            upload.name.as_str().into(),
            upload.media.as_str().into(),
            number(upload.size).into(),
            upload.hash.as_str().into(),
            upload.private.into(),
            upload.created_at.0.into(),
        ],
    );
}

/// Forgets an upload: it was used, or nobody wants it.
pub fn drop(sheet: &mut Sheet<'_>, person: &str, id: &str) {
    sheet.statement(
        "delete from uploads where person = ? and id = ?",
        vec![person.into(), id.into()],
    );
}

/// Forgets uploads that nobody used in time.
pub fn forget(sheet: &mut Sheet<'_>, before: Moment) {
    sheet.statement("delete from uploads where created_at < ?", vec![before.0.into()]);
}

/// Uploads of a person whose ids come after one, in the order of their ids.
pub async fn of_person(db: &Database, person: &str, after: &str, limit: u64) -> Result<Vec<Upload>, StoreError> {
    let sql = "select * from uploads where person = ? and id > ? order by id limit ?";
    let values = vec![person.into(), after.into(), number(limit).into()];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter().map(read).collect()
}

/// One upload of a person.
pub async fn one(db: &Database, person: &str, id: &str) -> Result<Option<Upload>, StoreError> {
    let sql = "select * from uploads where person = ? and id = ?";
    let values = vec![person.into(), id.into()];
    let row = db.readers().query_one_raw(statement(db.backend(), sql, values)).await?;
    row.as_ref().map(read).transpose()
}

/// Those of these contents that some row names.
pub async fn needed(db: &Database, hashes: &[Hash]) -> Result<BTreeSet<String>, StoreError> {
    let mut values: Vec<sea_orm::Value> = hashes.iter().map(|hash| hash.as_str().into()).collect();
    if values.is_empty() {
        return Ok(BTreeSet::new());
    }
    let list = list_of(&mut values);
    let sql = format!(
        "select hash from attachments where hash in ({list}) union select hash from uploads where hash in ({list})"
    );
    let values = [values.clone(), values].concat();
    let rows = db
        .readers()
        .query_all_raw(statement(db.backend(), &sql, values))
        .await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// True while no row names any content: a new database, or one that has no use for files.
pub async fn is_unused(db: &Database) -> Result<bool, StoreError> {
    let sql = "select 1 from attachments union all select 1 from uploads limit 1";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, Vec::new()))
        .await?;
    Ok(row.is_none())
}

/// Contents of a ticket's files that are still there, from the events of a range.
pub async fn of_ticket(db: &Database, ticket: Uuid, from: u64) -> Result<Vec<String>, StoreError> {
    let sql = "select hash from attachments where ticket = ? and seq >= ?";
    let values = vec![ticket.into(), number(from).into()];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

fn read(row: &QueryResult) -> Result<Upload, StoreError> {
    let size: i64 = row.try_get("", "size")?;
    Ok(Upload {
        id: row.try_get("", "id")?,
        name: row.try_get("", "name")?,
        media: row.try_get("", "media")?,
        size: u64::try_from(size).unwrap_or(0),
        hash: row.try_get("", "hash")?,
        private: row.try_get("", "private")?,
        created_at: Moment(row.try_get("", "created_at")?),
    })
}

impl Sheet<'_> {
    /// A ticket needs this content from now on.
    pub(in super::super) fn need_file(&mut self, ticket: Uuid, seq: u64, hash: &str, size: u64) {
        self.statement(
            "insert into attachments (ticket, seq, hash, size) values (?, ?, ?, ?)",
            vec![ticket.into(), number(seq).into(), hash.into(), number(size).into()],
        );
    }

    /// A ticket does not need the content any more that this event had brought.
    pub(in super::super) fn release_file(&mut self, ticket: Uuid, seq: u64) {
        self.statement(
            "delete from attachments where ticket = ? and seq = ?",
            vec![ticket.into(), number(seq).into()],
        );
    }
}
