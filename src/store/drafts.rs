//! Drafts of forms: what somebody has typed and not sent. Theirs alone, and gone once it is sent or forgotten.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::{Sheet, StoreError};

/// A draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub id: String,
    /// Which form: `desk`.
    pub form: String,
    pub title: String,
    /// The form's entries as JSON: `[["values.place", "…"], …]`.
    pub content: String,
    pub created_at: Moment,
    pub updated_at: Moment,
}

/// Keeps a draft in its newest state.
pub fn put(sheet: &mut Sheet<'_>, person: &str, draft: &Draft) {
    sheet.statement(
        "insert into drafts (person, id, form, title, content, created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?) \
         on conflict (person, id) do update set title = excluded.title, content = excluded.content, \
         updated_at = excluded.updated_at",
        vec![
            person.into(),
            draft.id.as_str().into(),
            draft.form.as_str().into(),
            draft.title.as_str().into(),
            draft.content.as_str().into(),
            draft.created_at.0.into(),
            draft.updated_at.0.into(),
        ],
    );
}

/// Throws a draft away.
pub fn drop(sheet: &mut Sheet<'_>, person: &str, id: &str) {
    sheet.statement(
        "delete from drafts where person = ? and id = ?",
        vec![person.into(), id.into()],
    );
}

/// Drafts of a person, oldest first.
pub async fn of_person(db: &Database, person: &str, limit: u64) -> Result<Vec<Draft>, StoreError> {
    let sql = "select * from drafts where person = ? order by created_at, id limit ?";
    let values = vec![person.into(), super::sheet::number(limit).into()];
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<Draft, StoreError> {
    Ok(Draft {
        id: row.try_get("", "id")?,
        form: row.try_get("", "form")?,
        title: row.try_get("", "title")?,
        content: row.try_get("", "content")?,
        created_at: Moment(row.try_get("", "created_at")?),
        updated_at: Moment(row.try_get("", "updated_at")?),
    })
}
