//! What is broken in a database on PostgreSQL is found there too; `broken` has the whole list, for the file.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, Database, DatabaseConnection};

use super::{findings, lived};
use crate::support::database::server;

/// Code of the finding, and what breaks it.
const BREAKS: [(&str, &str); 9] = [
    ("i1-gap", "delete from events where seq = 3"),
    ("i2-hash", "update events set hash = '\\x00' where seq = 2"),
    (
        "i2-content",
        "update event_content set content = replace(content, '和平路', '解放路')",
    ),
    ("i4-column", "update tickets set subject = 'x'"),
    ("i13-row", "delete from rungs"),
    ("i24-log", "delete from directory_log where version = 2"),
    ("i25-schema", "drop index events_by_ticket_seq"),
    ("i25-schema", "create table stray (id bigint)"),
    (
        "i25-schema",
        "alter table tickets alter column number type text collate \"C.utf8\"",
    ),
];

async fn run(db: &DatabaseConnection, sql: &str) {
    db.execute_unprepared(sql).await.unwrap();
}

#[tokio::test]
async fn what_is_broken_on_a_server_is_found_too() {
    let Some(server) = server() else { return };
    let (test, now) = lived().await;
    let (place, original) = test.url.rsplit_once('/').unwrap();
    drop(test.desk);
    let maintenance = Database::connect(server.as_str()).await.unwrap();
    let mut missed = Vec::new();
    for (count, (code, sql)) in BREAKS.iter().enumerate() {
        let copy = format!("{original}_{count}");
        let alone = format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{original}'");
        run(&maintenance, &alone).await;
        run(&maintenance, &format!("create database {copy} template {original}")).await;
        let url = format!("{place}/{copy}");
        let db = Database::connect(url.as_str()).await.unwrap();
        assert!(findings(&url, now).await.is_empty());
        run(&db, sql).await;
        db.close().await.unwrap();
        let found: BTreeSet<String> = findings(&url, now)
            .await
            .iter()
            .map(|finding| finding.code.as_str().to_owned())
            .collect();
        if !found.contains(*code) {
            missed.push((*code, *sql, found));
        }
        run(&maintenance, &format!("drop database {copy} with (force)")).await;
    }
    assert!(missed.is_empty(), "not found: {missed:#?}");
}
