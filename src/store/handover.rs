//! Handover notes and who has read them.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::{Sheet, StoreError};

/// A note as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct HandoverRow {
    pub id: i64,
    pub at: Moment,
    pub person: String,
    pub role: Option<String>,
    pub note: String,
    /// JSON.
    pub urgent: String,
    /// JSON.
    pub late: String,
}

/// Writes a note; its id is that of the newest one of this person afterwards.
pub fn write(sheet: &mut Sheet<'_>, row: &HandoverRow) {
    sheet.statement(
        "insert into handovers (at, person, role, note, urgent, late) values (?, ?, ?, ?, ?, ?)",
        vec![
            row.at.0.into(),
            row.person.as_str().into(),
            row.role.clone().into(),
            row.note.as_str().into(),
            row.urgent.as_str().into(),
            row.late.as_str().into(),
        ],
    );
}

/// Writes down that somebody has read it; the first time stays.
pub fn read(sheet: &mut Sheet<'_>, handover: i64, person: &str, at: Moment) {
    sheet.statement(
        "insert into handover_reads (handover, person, at) values (?, ?, ?) on conflict (handover, person) do nothing",
        vec![handover.into(), person.into(), at.0.into()],
    );
}

/// Notes older than one, the newest first.
pub async fn before(db: &Database, id: i64, limit: u64) -> Result<Vec<HandoverRow>, StoreError> {
    let sql = "select * from handovers where id < ? order by id desc limit ?";
    let values = vec![id.into(), super::sheet::number(limit).into()];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter().map(row_of).collect()
}

/// One note.
pub async fn one(db: &Database, id: i64) -> Result<Option<HandoverRow>, StoreError> {
    let sql = "select * from handovers where id = ?";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![id.into()]))
        .await?;
    row.as_ref().map(row_of).transpose()
}

/// The newest note of a person.
pub async fn newest_of(db: &Database, person: &str) -> Result<Option<HandoverRow>, StoreError> {
    let sql = "select * from handovers where person = ? order by id desc limit 1";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![person.into()]))
        .await?;
    row.as_ref().map(row_of).transpose()
}

/// Who has read a note, in order; at most so many.
pub async fn readers(db: &Database, handover: i64, limit: u64) -> Result<Vec<(String, Moment)>, StoreError> {
    let sql = "select person, at from handover_reads where handover = ? order by at, person limit ?";
    let values = vec![handover.into(), super::sheet::number(limit).into()];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "person")?, Moment(row.try_get("", "at")?))))
        .collect()
}

fn row_of(row: &QueryResult) -> Result<HandoverRow, StoreError> {
    Ok(HandoverRow {
        id: row.try_get("", "id")?,
        at: Moment(row.try_get("", "at")?),
        person: row.try_get("", "person")?,
        role: row.try_get("", "role")?,
        note: row.try_get("", "note")?,
        urgent: row.try_get("", "urgent")?,
        late: row.try_get("", "late")?,
    })
}
