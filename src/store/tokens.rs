//! API tokens as they are stored: never the secret, only its hash.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::signals::Topic;
use super::{Sheet, StoreError, load};

/// A token without its secret.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenRow {
    pub id: String,
    pub person: String,
    pub title: String,
    /// Words of scopes, separated by spaces.
    pub scopes: String,
    pub department: Option<String>,
    pub created_at: Moment,
    pub created_by: Option<String>,
    pub expires_at: Moment,
    pub last_used_at: Option<Moment>,
    pub revoked_at: Option<Moment>,
}

/// Stores a new token under the hash of its secret.
pub fn insert(sheet: &mut Sheet<'_>, row: &TokenRow, hash: &[u8]) {
    sheet.statement(
        "insert into tokens (id, hash, person, title, scopes, department, created_at, created_by, expires_at) \
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        vec![
            row.id.as_str().into(),
            hash.to_vec().into(),
            row.person.as_str().into(),
            row.title.as_str().into(),
            row.scopes.as_str().into(),
            row.department.clone().into(),
            row.created_at.0.into(),
            row.created_by.clone().into(),
            row.expires_at.0.into(),
        ],
    );
}

/// Revokes a token; the first time counts.
pub fn revoke(sheet: &mut Sheet<'_>, id: &str, at: Moment) {
    sheet.announce(Topic::Tokens);
    sheet.statement(
        "update tokens set revoked_at = ? where id = ? and revoked_at is null",
        vec![at.0.into(), id.into()],
    );
}

/// Notes when it was used.
pub fn used(sheet: &mut Sheet<'_>, id: &str, at: Moment) {
    sheet.statement(
        "update tokens set last_used_at = ? where id = ?",
        vec![at.0.into(), id.into()],
    );
}

/// The token of a secret, by its hash.
pub async fn by_hash(db: &Database, hash: &[u8]) -> Result<Option<TokenRow>, StoreError> {
    let sql = "select * from tokens where hash = ?";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![hash.to_vec().into()]))
        .await?;
    row.as_ref().map(read).transpose()
}

/// The token of an id.
pub async fn by_id(db: &Database, id: &str) -> Result<Option<TokenRow>, StoreError> {
    let sql = "select * from tokens where id = ?";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![id.into()]))
        .await?;
    row.as_ref().map(read).transpose()
}

/// A page of the tokens of a person, or of everybody, newest first, after the one that is given.
pub async fn page(
    db: &Database,
    person: Option<&str>,
    after: Option<&TokenRow>,
    limit: u64,
) -> Result<Vec<TokenRow>, StoreError> {
    let mut sql = String::from("select * from tokens where 1 = 1");
    let mut values = Vec::new();
    if let Some(person) = person {
        sql.push_str(" and person = ?");
        values.push(person.into());
    }
    if let Some(after) = after {
        sql.push_str(" and (created_at < ? or (created_at = ? and id > ?))");
        values.extend([
            after.created_at.0.into(),
            after.created_at.0.into(),
            after.id.as_str().into(),
        ]);
    }
    sql.push_str(" order by created_at desc, id limit ?");
    values.push(super::sheet::number(limit).into());
    let rows = db
        .readers()
        .query_all_raw(statement(db.backend(), &sql, values))
        .await?;
    rows.iter().map(read).collect()
}

/// Tokens of a person, or of everybody, newest first.
pub async fn all(db: &Database, person: Option<&str>) -> Result<Vec<TokenRow>, StoreError> {
    let (sql, values) = match person {
        Some(person) => (
            "select * from tokens where person = ? order by created_at desc, id",
            vec![person.into()],
        ),
        None => ("select * from tokens order by created_at desc, id", Vec::new()),
    };
    let rows = db.readers().query_all_raw(statement(db.backend(), sql, values)).await?;
    rows.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        id: row.try_get("", "id")?,
        person: row.try_get("", "person")?,
        title: row.try_get("", "title")?,
        scopes: row.try_get("", "scopes")?,
        department: row.try_get("", "department")?,
        created_at: Moment(row.try_get("", "created_at")?),
        created_by: row.try_get("", "created_by")?,
        expires_at: Moment(row.try_get("", "expires_at")?),
        last_used_at: load::moment(row, "last_used_at")?,
        revoked_at: load::moment(row, "revoked_at")?,
    })
}
