//! Saved views: lists that somebody keeps, for themselves or for others too; and the one they begin with.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::{Sheet, StoreError};

/// A view as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewRow {
    pub id: String,
    pub person: String,
    /// `None`: nobody else's; `*`: everybody's; else a department's id.
    pub shared: Option<String>,
    pub title: String,
    /// JSON.
    pub listing: String,
    pub created_at: Moment,
    pub updated_at: Moment,
}

/// Keeps a view in its newest state. One of somebody else under the same id stays as it is.
pub fn put(sheet: &mut Sheet<'_>, row: &ViewRow) {
    sheet.statement(
        "insert into views (id, person, shared, title, listing, created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?) \
         on conflict (id) do update set shared = excluded.shared, title = excluded.title, listing = excluded.listing, \
         updated_at = excluded.updated_at where views.person = excluded.person",
        vec![
            row.id.as_str().into(),
            row.person.as_str().into(),
            row.shared.clone().into(),
            row.title.as_str().into(),
            row.listing.as_str().into(),
            row.created_at.0.into(),
            row.updated_at.0.into(),
        ],
    );
}

/// Throws a view away, and that somebody begins with it.
pub fn drop(sheet: &mut Sheet<'_>, id: &str) {
    sheet.statement("delete from views where id = ?", vec![id.into()]);
    sheet.statement("delete from view_choices where view = ?", vec![id.into()]);
}

/// With which view a person begins; `None` takes the choice back.
pub fn choose(sheet: &mut Sheet<'_>, person: &str, view: Option<&str>) {
    match view {
        None => sheet.statement("delete from view_choices where person = ?", vec![person.into()]),
        Some(view) => sheet.statement(
            "insert into view_choices (person, view) values (?, ?) \
             on conflict (person) do update set view = excluded.view",
            vec![person.into(), view.into()],
        ),
    }
}

/// One view, whoever's.
pub async fn one(db: &Database, id: &str) -> Result<Option<ViewRow>, StoreError> {
    let sql = "select * from views where id = ?";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![id.into()]))
        .await?;
    row.as_ref().map(read).transpose()
}

/// Views of a person, oldest first.
pub async fn of_person(db: &Database, person: &str, limit: u64) -> Result<Vec<ViewRow>, StoreError> {
    let sql = "select * from views where person = ? order by created_at, id limit ?";
    let values = vec![person.into(), super::sheet::number(limit).into()];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter().map(read).collect()
}

/// Views that are shared, oldest first: few, since there are so many for each department at most.
pub async fn shared(db: &Database, limit: u64) -> Result<Vec<ViewRow>, StoreError> {
    let sql = "select * from views where shared is not null order by created_at, id limit ?";
    let values = vec![super::sheet::number(limit).into()];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter().map(read).collect()
}

/// With which view a person begins.
pub async fn chosen(db: &Database, person: &str) -> Result<Option<String>, StoreError> {
    let sql = "select view from view_choices where person = ?";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![person.into()]))
        .await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

fn read(row: &QueryResult) -> Result<ViewRow, StoreError> {
    Ok(ViewRow {
        id: row.try_get("", "id")?,
        person: row.try_get("", "person")?,
        shared: row.try_get("", "shared")?,
        title: row.try_get("", "title")?,
        listing: row.try_get("", "listing")?,
        created_at: Moment(row.try_get("", "created_at")?),
        updated_at: Moment(row.try_get("", "updated_at")?),
    })
}
