//! `ombud audit` finds each of its invariants when it is broken on purpose, and nothing where nothing is broken.

use std::collections::BTreeSet;

use crate::seeded::{Seeded, cases, first_seed};
use ombud::desk::audit::{self, Finding, Known, Listener, Progress};
use ombud::store::scan::Scan;
use ombud::workflow::moment::{DAY, HOUR, Moment};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement, Value};
use serde_json::json;

use crate::support::{MONDAY_9, TestDesk};

#[derive(Default)]
struct Heard(Vec<Finding>);

impl Listener for Heard {
    fn found(&mut self, finding: &Finding) {
        self.0.push(finding.clone());
    }

    fn progress(&mut self, _: Progress) {}
}

async fn findings(url: &str, now: Moment) -> Vec<Finding> {
    let scan = Scan::open(url).await.unwrap();
    let known = Known::load(&scan, now).await.unwrap();
    let mut heard = Heard::default();
    audit::run(&scan, &known, &mut heard).await.unwrap();
    heard.0
}

/// A desk with tickets in many situations, closed again; the time of the audit.
async fn lived() -> (TestDesk, Moment) {
    let test = TestDesk::new().await;
    let draft = test.open("li", json!({})).await.ticket.number.to_string();
    test.clock.advance(HOUR);
    test.desk.sweep().await.unwrap();
    let dispatched = test.dispatched().await.ticket.number.to_string();
    let mut sign = crate::support::act(&dispatched, "sign", json!({}));
    sign.task = Some(1);
    test.desk.act(crate::support::by("sun"), sign).await.unwrap();
    let mut reply = crate::support::act(&dispatched, "reply", json!({"result": "已换灯泡"}));
    reply.task = Some(1);
    test.desk.act(crate::support::by("sun"), reply).await.unwrap();
    test.act("cai", &dispatched, "reached", json!({"remark": "满意"})).await;
    let withdrawn = test.submitted().await.ticket.number.to_string();
    test.act("zhang", &withdrawn, "withdraw", json!({"remark": "来电撤回"}))
        .await;
    let waiting = test.dispatched().await.ticket.number.to_string();
    assert!(![draft, waiting].contains(&dispatched));
    test.clock.advance(3 * DAY);
    test.desk.sweep().await.unwrap();
    // One whose clocks are running.
    test.open("li", json!({})).await;
    let now = test.clock.now();
    (test, now)
}

async fn run(db: &DatabaseConnection, sql: &str) -> u64 {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    db.execute_raw(statement).await.unwrap().rows_affected()
}

#[tokio::test]
async fn a_lived_database_is_clean() {
    let (test, now) = lived().await;
    let found = findings(&test.url, now).await;
    assert!(found.is_empty(), "{found:#?}");
}

/// Code of the finding, and what breaks it.
const CORRUPTIONS: &[(&str, &str)] = &[
    ("i1-gap", "delete from events where seq = 3"),
    (
        "i1-no-events",
        "delete from events where ticket = (select ticket from events limit 1)",
    ),
    (
        "i1-orphan",
        "pragma foreign_keys = off; delete from tickets where seq = (select min(seq) from tickets)",
    ),
    (
        "i1-positions",
        "delete from events where position = (select max(position) from events)",
    ),
    (
        "i1-position",
        "update events set position = position + 100000 where seq = 2",
    ),
    (
        "i2-hash",
        "update events set body = replace(body, 'submit', 'sbumit') where body like '%submit%'",
    ),
    ("i2-hash", "update events set hash = x'00' where seq = 2"),
    (
        "i2-head",
        "update tickets set head = x'0000000000000000000000000000000000000000000000000000000000000000'",
    ),
    ("i2-column", "update events set at = at + 1 where seq = 2"),
    ("i2-column", "update events set type = 'noted' where seq = 2"),
    ("i2-column", "update events set actor = 'somebody' where seq = 1"),
    (
        "i2-content",
        "update event_content set content = replace(content, '和平路', '解放路')",
    ),
    ("i2-content-missing", "delete from event_content"),
    ("i2-unreadable", "update events set body = 'x' where seq = 1"),
    (
        "i2-orphan",
        "insert into event_content (ticket, seq, content) select ticket, 9999, content from event_content limit 1",
    ),
    (
        "i4-snapshot",
        "update tickets set snapshot = replace(snapshot, '和平路', '解放路')",
    ),
    ("i4-snapshot-unreadable", "update tickets set snapshot = '{}'"),
    ("i4-column", "update tickets set state = 'draft'"),
    (
        "i4-column",
        "update tickets set due_at = due_at + 1 where due_at is not null",
    ),
    (
        "i4-column",
        "update tickets set late_since = null where late_since is not null",
    ),
    ("i4-column", "update tickets set subject = 'x'"),
    ("i4-column", "update ticket_departments set until = 1"),
    ("i4-column", "delete from owners"),
    ("i4-column", "update owners set updated_at = updated_at + 1"),
    (
        "i4-column",
        "update ticket_departments set open = not open where until is null",
    ),
    (
        "i4-column",
        "update ticket_departments set updated_at = 0 where until is null",
    ),
    (
        "i4-orphan",
        "update owners set ticket = x'00000000000000000000000000000001' where task = 0 and ticket = (select ticket from owners limit 1)",
    ),
    ("i5-seq", "update tickets set seq = seq + 1"),
    ("i6-definition", "update definitions set hash = 'x'"),
    ("i13-row", "delete from rungs"),
    ("i13-row", "update rungs set cycle = cycle + 1"),
    (
        "i15-orphan",
        "update rungs set ticket = x'00000000000000000000000000000001' where rowid = (select min(rowid) from rungs)",
    ),
    (
        "i16-no-row",
        "delete from outbox where id = (select min(id) from outbox)",
    ),
    (
        "i16-no-event",
        "update outbox set key = key || 'x' where id = (select min(id) from outbox)",
    ),
    (
        "i16-state",
        "update outbox set state = 'dead', last_error = null where channel = 'mail'",
    ),
    (
        "i17-stuck",
        "update outbox set created_at = 0, attempts = 3 where channel = 'mail' and state = 'pending'",
    ),
    (
        "i16-orphan",
        "update outbox set ticket = x'00000000000000000000000000000001'",
    ),
    (
        "i18-orphan",
        "insert into idempotency (scope, \"key\", request, status, answer, ticket, created_at) values ('li', 'k', x'00', 201, '', x'00000000000000000000000000000001', 0)",
    ),
    (
        "i24-unlogged",
        "update directory set body = replace(body, 'example.org', 'example.com') where kind = 'person'",
    ),
    ("i24-log", "delete from directory_log where version = 2"),
    (
        "i24-orphan",
        "insert into tokens (id, hash, person, title, scopes, created_at, expires_at) values ('a', x'00', 'nobody', 't', '', 0, 0)",
    ),
    ("i25-journal", "pragma journal_mode = delete"),
];

#[tokio::test]
async fn every_corruption_is_found_and_named() {
    let (test, now) = lived().await;
    drop(test.desk);
    let original = test
        .url
        .strip_prefix("sqlite:")
        .unwrap()
        .split('?')
        .next()
        .unwrap()
        .to_owned();
    // Everything of the log file into the database file, so that copying the one file copies all.
    let db = Database::connect(&test.url).await.unwrap();
    run(&db, "pragma wal_checkpoint(truncate)").await;
    db.close().await.unwrap();
    let mut missed = Vec::new();
    for (code, sql) in CORRUPTIONS {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy.db");
        std::fs::copy(&original, &copy).unwrap();
        let url = format!("sqlite:{}?mode=rw", copy.display());
        let db = Database::connect(&url).await.unwrap();
        let changed = run(&db, sql).await;
        assert!(
            changed > 0 || sql.starts_with("pragma"),
            "nothing was changed by: {sql}"
        );
        db.close().await.unwrap();
        let found: BTreeSet<&str> = findings(&url, now).await.iter().map(|finding| finding.code).collect();
        if !found.contains(code) {
            missed.push((*code, *sql, found));
        }
    }
    assert!(missed.is_empty(), "not found: {missed:#?}");
}

fn any_of<'a>(dice: &mut Seeded, bytes: &'a mut [u8]) -> &'a mut u8 {
    let places = u64::try_from(bytes.len()).unwrap();
    &mut bytes[usize::try_from(dice.below(places)).unwrap()]
}

/// TRUST P25: any one byte of any event row.
#[tokio::test]
async fn every_flipped_byte_of_an_event_is_found() {
    let (test, now) = lived().await;
    let url = test.url.clone();
    let db = Database::connect(&url).await.unwrap();
    let backend = db.get_database_backend();
    let rows = db
        .query_all_raw(Statement::from_string(
            backend,
            "select position, ticket, seq, at, recorded_at, actor, type, body, hash from events order by position",
        ))
        .await
        .unwrap();
    let cases = cases(100);
    let mut dice = Seeded::new(first_seed());
    let mut missed = Vec::new();
    for case in 0..cases {
        let row = dice.pick(&rows);
        let position: i64 = row.try_get("", "position").unwrap();
        let column = *dice.pick(&[
            "ticket",
            "seq",
            "at",
            "recorded_at",
            "actor",
            "type",
            "body",
            "body",
            "body",
            "hash",
        ]);
        let (before, after): (Value, Value) = match column {
            "seq" | "at" | "recorded_at" => {
                let number: i64 = row.try_get("", column).unwrap();
                (number.into(), (number ^ (1_i64 << dice.below(40))).into())
            }
            "ticket" | "hash" => {
                let bytes: Vec<u8> = row.try_get("", column).unwrap();
                let mut flipped = bytes.clone();
                *any_of(&mut dice, &mut flipped) ^= 1 << dice.below(8);
                (bytes.into(), flipped.into())
            }
            _ => {
                let text: Option<String> = row.try_get("", column).unwrap();
                let Some(text) = text.filter(|text| !text.is_empty()) else {
                    continue;
                };
                let mut bytes = text.clone().into_bytes();
                *any_of(&mut dice, &mut bytes) ^= 1 << dice.below(8);
                let flipped = match String::from_utf8(bytes) {
                    Ok(flipped) => Value::from(flipped),
                    Err(error) => Value::from(error.into_bytes()),
                };
                (text.into(), flipped)
            }
        };
        let sql = format!("update events set {column} = ? where position = ?");
        let set = |value: Value| Statement::from_sql_and_values(backend, &sql, [value, position.into()]);
        if db.execute_raw(set(after)).await.is_err() {
            // A key that is there already: the database itself refuses.
            continue;
        }
        if findings(&url, now).await.is_empty() {
            missed.push((case, position, column));
        }
        db.execute_raw(set(before)).await.unwrap();
    }
    assert!(missed.is_empty(), "flips that nobody noticed: {missed:?}");
    assert!(findings(&url, now).await.is_empty());
    assert!(now > MONDAY_9);
}
