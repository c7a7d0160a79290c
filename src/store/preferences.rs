//! What people wish about how they are told: a row for whoever has said something.

use std::collections::{BTreeSet, HashMap};

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Value;
use serde::{Deserialize, Serialize};

use crate::texts::Language;
use crate::workflow::id::PersonId;
use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::rows::list_of;
use super::{Sheet, StoreError};

/// How somebody wishes to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wish {
    /// Channels they do without, where nothing presses.
    pub off: BTreeSet<String>,
    /// Of mails and messages; that of the directory where nothing is said.
    pub language: Option<Language>,
}

/// What these people wish; whoever has said nothing is not in it.
pub async fn of(db: &Database, persons: &[&PersonId]) -> Result<HashMap<PersonId, Wish>, StoreError> {
    if persons.is_empty() {
        return Ok(HashMap::new());
    }
    let mut values: Vec<Value> = persons.iter().map(|person| person.as_str().into()).collect();
    let places = list_of(&mut values);
    let sql = format!("select person, wish from preferences where person in ({places})");
    let rows = db
        .readers()
        .query_all_raw(statement(db.backend(), &sql, values))
        .await?;
    rows.iter()
        .map(|row| {
            let wish: String = row.try_get_by_index(1)?;
            let wish =
                serde_json::from_str(&wish).map_err(|error| StoreError::unreadable("preferences.wish", error))?;
            Ok((PersonId::new(row.try_get_by_index::<String>(0)?), wish))
        })
        .collect()
}

/// Writes down what somebody wishes.
pub fn put(sheet: &mut Sheet<'_>, person: &PersonId, wish: &Wish, now: Moment) -> Result<(), StoreError> {
    let wish = serde_json::to_string(wish).map_err(|error| StoreError::unreadable("preferences.wish", error))?;
    sheet.statement(
        "insert into preferences (person, wish, updated_at) values (?, ?, ?) on conflict (person) do update \
         set wish = excluded.wish, updated_at = excluded.updated_at",
        vec![person.as_str().into(), wish.into(), now.0.into()],
    );
    Ok(())
}
