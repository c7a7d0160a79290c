//! Published workflow versions as they are stored.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::signals::Topic;
use super::{Sheet, StoreError};

/// A version with its file.
#[derive(Clone, Debug, PartialEq)]
pub struct DefinitionRow {
    pub hash: String,
    pub workflow: String,
    pub version: i64,
    pub source: String,
    pub author: Option<String>,
    pub published_by: Option<String>,
    pub published_at: Moment,
    pub active: bool,
}

/// Every version, oldest first.
pub async fn all(db: &Database) -> Result<Vec<DefinitionRow>, StoreError> {
    let sql = "select * from definitions order by published_at, hash";
    let rows = db
        .readers()
        .query_all_raw(statement(db.backend(), sql, Vec::new()))
        .await?;
    rows.iter().map(read).collect()
}

/// Changes whenever something was published, here or by another process.
pub async fn stamp(db: &Database) -> Result<(i64, i64), StoreError> {
    let sql = "select count(*), coalesce(max(published_at), 0) from definitions";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, Vec::new()))
        .await?;
    match row {
        Some(row) => Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)),
        None => Ok((0, 0)),
    }
}

/// Makes this the active version of its workflow; stores it when it is new.
pub fn publish(sheet: &mut Sheet<'_>, row: &DefinitionRow) {
    sheet.announce(Topic::Workflows);
    sheet.statement(
        "update definitions set active = ? where workflow = ? and active = ?",
        vec![false.into(), row.workflow.as_str().into(), true.into()],
    );
    sheet.statement(
        "insert into definitions (hash, workflow, version, source, author, published_by, published_at, active) \
         values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (hash) do update set active = excluded.active, \
         published_by = excluded.published_by, published_at = excluded.published_at",
        vec![
            row.hash.as_str().into(),
            row.workflow.as_str().into(),
            row.version.into(),
            row.source.as_str().into(),
            row.author.clone().into(),
            row.published_by.clone().into(),
            row.published_at.0.into(),
            true.into(),
        ],
    );
}

fn read(row: &QueryResult) -> Result<DefinitionRow, StoreError> {
    Ok(DefinitionRow {
        hash: row.try_get("", "hash")?,
        workflow: row.try_get("", "workflow")?,
        version: row.try_get("", "version")?,
        source: row.try_get("", "source")?,
        author: row.try_get("", "author")?,
        published_by: row.try_get("", "published_by")?,
        published_at: Moment(row.try_get("", "published_at")?),
        active: row.try_get("", "active")?,
    })
}
