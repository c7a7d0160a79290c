//! Entries of the directory and the log of their changes, as JSON.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::signals::Topic;
use super::{Sheet, StoreError};

/// An entry as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryRow {
    pub kind: String,
    pub key: String,
    pub body: String,
    pub valid_from: Option<Moment>,
    pub valid_to: Option<Moment>,
    pub version: i64,
}

/// A line of the log as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct LogRow {
    pub version: i64,
    pub at: Moment,
    pub by: Option<String>,
    pub kind: String,
    pub key: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// All entries but shifts, absences and sign-ons that ended before `since`.
pub async fn all(db: &Database, since: Moment) -> Result<Vec<EntryRow>, StoreError> {
    let sql = "select * from directory where kind <> 'swap' \
        and (kind not in ('shift', 'absence', 'sign_on') or valid_to is null or valid_to >= ?) order by kind, key";
    let rows = db
        .readers()
        .query_all_raw(statement(db.backend(), sql, vec![since.0.into()]))
        .await?;
    rows.iter().map(entry).collect()
}

/// Entries of one kind with keys after `after`, in the order of keys.
pub async fn of_kind(
    db: &Database,
    kind: &str,
    after: &str,
    since: Moment,
    limit: u64,
) -> Result<Vec<EntryRow>, StoreError> {
    let sql = "select * from directory where kind = ? and key > ? \
        and (kind not in ('shift', 'absence', 'sign_on') or valid_to is null or valid_to >= ?) order by key limit ?";
    let values = vec![
        kind.into(),
        after.into(),
        since.0.into(),
        super::sheet::number(limit).into(),
    ];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter().map(entry).collect()
}

/// Shifts that touch a stretch of time, by beginning and key, after such a place.
pub async fn shifts_between(
    db: &Database,
    (from, to): (Moment, Moment),
    (after_from, after_key): (Moment, &str),
    limit: u64,
) -> Result<Vec<EntryRow>, StoreError> {
    let sql = "select * from directory where kind = 'shift' and valid_from < ? and valid_to > ? \
        and (valid_from > ? or (valid_from = ? and key > ?)) order by valid_from, key limit ?";
    let values = vec![
        to.0.into(),
        from.0.into(),
        after_from.0.into(),
        after_from.0.into(),
        after_key.into(),
        super::sheet::number(limit).into(),
    ];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter().map(entry).collect()
}

/// Entries of one kind whose keys rise with time, the newest first, older than one.
pub async fn newest_of_kind(
    db: &Database,
    kind: &str,
    before: Option<&str>,
    limit: u64,
) -> Result<Vec<EntryRow>, StoreError> {
    let sql = "select * from directory where kind = ? and key < ? order by key desc limit ?";
    // Keys are hexadecimal.
    let before = before.unwrap_or("g");
    let values = vec![kind.into(), before.into(), super::sheet::number(limit).into()];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter().map(entry).collect()
}

/// One entry.
pub async fn one(db: &Database, kind: &str, key: &str) -> Result<Option<EntryRow>, StoreError> {
    let sql = "select * from directory where kind = ? and key = ?";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![kind.into(), key.into()]))
        .await?;
    row.as_ref().map(entry).transpose()
}

/// The version: that of the last change.
pub async fn version(db: &Database) -> Result<i64, StoreError> {
    let sql = "select coalesce(max(version), 0) from directory_log";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, Vec::new()))
        .await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0))
}

/// Changes after a version, oldest first.
pub async fn log(db: &Database, after: i64, limit: u64) -> Result<Vec<LogRow>, StoreError> {
    let sql = "select version, at, \"by\", kind, key, before, after from directory_log where version > ? \
        order by version limit ?";
    let values = vec![after.into(), super::sheet::number(limit).into()];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter().map(log_row).collect()
}

/// Stores an entry and its line of the log. The version is the caller's next one: when another process took it
/// meanwhile, nothing is saved.
pub fn put(sheet: &mut Sheet<'_>, row: &EntryRow, before: Option<&str>, by: Option<&str>, at: Moment) {
    log_change(sheet, row, before, Some(&row.body), by, at);
    sheet.statement(
        "insert into directory (kind, key, body, valid_from, valid_to, version) values (?, ?, ?, ?, ?, ?) \
         on conflict (kind, key) do update set body = excluded.body, valid_from = excluded.valid_from, \
         valid_to = excluded.valid_to, version = excluded.version",
        vec![
            row.kind.as_str().into(),
            row.key.as_str().into(),
            row.body.as_str().into(),
            row.valid_from.map(|at| at.0).into(),
            row.valid_to.map(|at| at.0).into(),
            row.version.into(),
        ],
    );
}

/// Removes an entry that never began; the log keeps it.
pub fn remove(sheet: &mut Sheet<'_>, row: &EntryRow, by: Option<&str>, at: Moment) {
    log_change(sheet, row, Some(&row.body), None, by, at);
    sheet.statement(
        "delete from directory where kind = ? and key = ?",
        vec![row.kind.as_str().into(), row.key.as_str().into()],
    );
}

fn log_change(
    sheet: &mut Sheet<'_>,
    row: &EntryRow,
    before: Option<&str>,
    after: Option<&str>,
    by: Option<&str>,
    at: Moment,
) {
    sheet.announce(Topic::Directory);
    sheet.statement(
        "insert into directory_log (version, at, \"by\", kind, key, before, after) values (?, ?, ?, ?, ?, ?, ?)",
        vec![
            row.version.into(),
            at.0.into(),
            by.map(ToOwned::to_owned).into(),
            row.kind.as_str().into(),
            row.key.as_str().into(),
            before.map(ToOwned::to_owned).into(),
            after.map(ToOwned::to_owned).into(),
        ],
    );
}

pub(super) fn log_row(row: &QueryResult) -> Result<LogRow, StoreError> {
    Ok(LogRow {
        version: row.try_get("", "version")?,
        at: Moment(row.try_get("", "at")?),
        by: row.try_get("", "by")?,
        kind: row.try_get("", "kind")?,
        key: row.try_get("", "key")?,
        before: row.try_get("", "before")?,
        after: row.try_get("", "after")?,
    })
}

pub(super) fn entry(row: &QueryResult) -> Result<EntryRow, StoreError> {
    Ok(EntryRow {
        kind: row.try_get("", "kind")?,
        key: row.try_get("", "key")?,
        body: row.try_get("", "body")?,
        valid_from: super::load::moment(row, "valid_from")?,
        valid_to: super::load::moment(row, "valid_to")?,
        version: row.try_get("", "version")?,
    })
}
