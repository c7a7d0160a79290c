//! `ombud audit` finds each of its invariants when it is broken on purpose, and nothing where nothing is broken.

mod broken;
mod forged;
pub mod lived;
mod server;
mod then;

use std::collections::BTreeSet;

use crate::seeded::{Seeded, cases, first_seed};
use ombud::desk::audit::{self, Code, Finding, Known, Listener, Progress};
use ombud::store::scan::Scan;
use ombud::workflow::moment::{DAY, HOUR, Moment};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement, Value};
use serde_json::json;

use crate::support::database::is_postgres;
use crate::support::{MONDAY_9, TestDesk, act, done, errand, keyed, whole};

#[derive(Default)]
struct Heard(Vec<Finding>);

impl Listener for Heard {
    fn found(&mut self, finding: &Finding) {
        self.0.push(finding.clone());
    }

    fn progress(&mut self, _: Progress) {}
}

pub async fn findings(url: &str, now: Moment) -> Vec<Finding> {
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
    let kept = test.desk.open(keyed("li", "twice", 1), errand(whole())).await.unwrap();
    let kept = done(kept).ticket.number.to_string();
    let submit = act(&kept, "submit", json!({}));
    test.desk.act(keyed("li", "again", 2), submit).await.unwrap();
    let waiting = test.dispatched().await.ticket.number.to_string();
    assert!(![draft, waiting].contains(&dispatched));
    test.clock.advance(3 * DAY);
    test.desk.sweep().await.unwrap();
    // One whose clocks are running.
    test.open("li", json!({})).await;
    let now = test.clock.now();
    (test, now)
}

fn codes(findings: &[Finding]) -> BTreeSet<Code> {
    findings.iter().map(|finding| finding.code).collect()
}

async fn run(db: &DatabaseConnection, sql: &str) -> u64 {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    db.execute_raw(statement).await.unwrap().rows_affected()
}

/// The database of a desk that has stopped, in one file, of which each break gets a copy.
struct Original {
    file: String,
    _folder: tempfile::TempDir,
}

impl Original {
    async fn of(url: &str) -> Self {
        // Everything of the log file into the database file, so that copying the one file copies all.
        let db = Database::connect(url).await.unwrap();
        run(&db, "pragma wal_checkpoint(truncate)").await;
        db.close().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("original.db").display().to_string();
        let path = url.strip_prefix("sqlite:").unwrap().split('?').next().unwrap();
        std::fs::copy(path, &file).unwrap();
        Self { file, _folder: folder }
    }

    /// A copy to break, as long as the folder lives.
    fn copy(&self) -> (String, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy.db");
        std::fs::copy(&self.file, &copy).unwrap();
        (format!("sqlite:{}?mode=rw", copy.display()), folder)
    }
}

#[tokio::test]
async fn a_lived_database_is_clean() {
    let (test, now) = lived().await;
    let found = findings(&test.url, now).await;
    assert!(found.is_empty(), "{found:#?}");
}

/// A finding without a break is one that nobody knows to work; an invariant without a finding is not looked after.
#[test]
fn every_finding_and_every_invariant_is_broken_on_purpose() {
    let broken: BTreeSet<Code> = broken::CORRUPTIONS
        .iter()
        .map(|(code, _)| *code)
        .chain(forged::forgeries().into_iter().map(|(code, ..)| code))
        .chain(crate::files::BROKEN)
        .collect();
    let unbroken: Vec<_> = Code::ALL.iter().filter(|code| !broken.contains(code)).collect();
    assert!(unbroken.is_empty(), "nothing breaks {unbroken:?}");
    let kept: BTreeSet<&str> = Code::ALL.iter().map(|code| code.invariant()).collect();
    let all: Vec<String> = (1..=26).map(|number| format!("i{number}")).collect();
    assert_eq!(kept, all.iter().map(String::as_str).collect());
}

fn any_of<'a>(dice: &mut Seeded, bytes: &'a mut [u8]) -> &'a mut u8 {
    let places = u64::try_from(bytes.len()).unwrap();
    &mut bytes[usize::try_from(dice.below(places)).unwrap()]
}

/// TRUST P25: any one byte of any event row.
#[tokio::test]
async fn every_flipped_byte_of_an_event_is_found() {
    if is_postgres() {
        return; // It takes the file apart.
    }
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
    let mut flipped = 0;
    while flipped < cases {
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
        flipped += 1;
        if findings(&url, now).await.is_empty() {
            missed.push((flipped, position, column));
        }
        db.execute_raw(set(before)).await.unwrap();
    }
    assert!(missed.is_empty(), "flips that nobody noticed: {missed:?}");
    assert!(findings(&url, now).await.is_empty());
    assert!(now > MONDAY_9);
}
