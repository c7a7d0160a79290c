//! Canned answers as they are stored.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::{Sheet, StoreError};

/// A canned answer.
#[derive(Clone, Debug, PartialEq)]
pub struct CannedRow {
    pub id: String,
    /// `None`: everybody's.
    pub department: Option<String>,
    pub kind: String,
    pub title: String,
    pub text: String,
    pub words: String,
    pub person: String,
    pub updated_at: Moment,
}

/// Keeps one in its newest state.
pub fn put(sheet: &mut Sheet<'_>, row: &CannedRow) {
    sheet.statement(
        "insert into canned (id, department, kind, title, text, words, person, updated_at) \
         values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set department = excluded.department, \
         kind = excluded.kind, title = excluded.title, text = excluded.text, words = excluded.words, \
         person = excluded.person, updated_at = excluded.updated_at",
        vec![
            row.id.as_str().into(),
            row.department.clone().into(),
            row.kind.as_str().into(),
            row.title.as_str().into(),
            row.text.as_str().into(),
            row.words.as_str().into(),
            row.person.as_str().into(),
            row.updated_at.0.into(),
        ],
    );
}

/// Throws one away.
pub fn drop(sheet: &mut Sheet<'_>, id: &str) {
    sheet.statement("delete from canned where id = ?", vec![id.into()]);
}

/// One of them.
pub async fn one(db: &Database, id: &str) -> Result<Option<CannedRow>, StoreError> {
    let sql = "select * from canned where id = ?";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![id.into()]))
        .await?;
    row.as_ref().map(read).transpose()
}

/// All of them, by title: few, since each department has so many at most.
pub async fn all(db: &Database, limit: u64) -> Result<Vec<CannedRow>, StoreError> {
    let sql = "select * from canned order by title, id limit ?";
    let values = vec![super::sheet::number(limit).into()];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<CannedRow, StoreError> {
    Ok(CannedRow {
        id: row.try_get("", "id")?,
        department: row.try_get("", "department")?,
        kind: row.try_get("", "kind")?,
        title: row.try_get("", "title")?,
        text: row.try_get("", "text")?,
        words: row.try_get("", "words")?,
        person: row.try_get("", "person")?,
        updated_at: Moment(row.try_get("", "updated_at")?),
    })
}
