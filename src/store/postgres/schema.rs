//! Whether the tables are as this program makes them (I25): what SQLite has by name, and what only PostgreSQL needs.

use sea_orm::{ConnectionTrait, DbErr};

use crate::store::connect::statement;
use crate::store::sqlite;

/// What a fresh database has beside what SQLite has.
const ONLY_HERE: [&str; 2] = ["table claims", "index events_by_xid_position"];

/// Tables, valid indexes without those of primary keys, migrations, and text columns that do not compare by bytes.
const FOUND: &str = "select 'table ' || c.relname as what from pg_class c
        where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
    union all select 'index ' || c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
        where c.relnamespace = current_schema()::regnamespace and not i.indisprimary and i.indisvalid and i.indisready
    union all select 'migration ' || version from seaql_migrations
    union all select 'collation ' || c.relname || '.' || a.attname
        from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
            and c.relname <> 'seaql_migrations' and a.attnum > 0 and not a.attisdropped
            and a.atttypid = 'text'::regtype and a.attcollation <> '\"C\"'::regcollation
    order by 1";

/// Whether there is such a table.
pub(in crate::store) async fn has_table(db: &impl ConnectionTrait, name: &str) -> Result<bool, DbErr> {
    let sql = "select 1 from pg_tables where schemaname = current_schema() and tablename = ?";
    let row = db
        .query_one_raw(statement(db.get_database_backend(), sql, vec![name.into()]))
        .await?;
    Ok(row.is_some())
}

/// What is missing, unknown or not as it should be.
pub(in crate::store) async fn foreign_schema(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let rows = db
        .query_all_raw(statement(db.get_database_backend(), FOUND, Vec::new()))
        .await?;
    let found: Vec<String> = rows
        .iter()
        .map(|row| row.try_get_by_index(0))
        .collect::<Result<_, _>>()?;
    let ours = sqlite::schema_of_ours().await?;
    let named = |line: &String| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let mut ours: Vec<String> = ours.iter().map(named).collect();
    ours.extend(ONLY_HERE.map(ToOwned::to_owned));
    let strange = found.iter().filter(|line| !ours.contains(line));
    let missing = ours.iter().filter(|line| !found.contains(line));
    let mut all: Vec<String> = strange.chain(missing).cloned().collect();
    all.sort();
    all.dedup();
    Ok(all)
}
