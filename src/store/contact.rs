//! Reads contacts.

use sea_orm::ConnectionTrait;

use super::StoreError;
use super::connect::{Database, statement};
use super::load;
use super::sheet::ContactRow;

/// The contact under this id.
pub async fn by_id(db: &Database, id: &str) -> Result<Option<ContactRow>, StoreError> {
    let sql = "select * from contacts where id = ?";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![id.into()]))
        .await?;
    Ok(row.map(|row| load::contact(&row)).transpose()?)
}
