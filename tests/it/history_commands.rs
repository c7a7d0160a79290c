//! `ombud import`, `export` and `audit` as commands on one database: what they take, leave alone, print, and how they end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event as Xml};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value as Json, json};

use crate::support::TestDesk;

/// A database with organisation and workflow, and a folder for files.
struct Place {
    test: TestDesk,
    folder: tempfile::TempDir,
}

impl Place {
    async fn new() -> Self {
        let test = TestDesk::new().await;
        let folder = tempfile::tempdir().unwrap();
        Self { test, folder }
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let file = self.folder.path().join(name);
        fs::write(&file, content).unwrap();
        file
    }

    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.output(arguments);
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    }

    fn output(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_ombud"))
            .current_dir(self.folder.path())
            .env_remove("OMBUD_LANG")
            .env("LANG", "en_GB.UTF-8")
            .args(arguments)
            .args(["--database", &self.test.url])
            .output()
            .unwrap()
    }

    async fn count(&self, table: &str) -> i64 {
        let db = Database::connect(&self.test.url).await.unwrap();
        let sql = format!("select count(*) from {table}");
        let statement = Statement::from_string(db.get_database_backend(), sql);
        let row = db.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }
}

fn path(file: &Path) -> &str {
    file.to_str().unwrap()
}

/// A life of January, closed after two hours.
fn life(number: &str, place: &str) -> Json {
    json!({"workflow": "errand", "number": number, "at": "2026-01-05T09:00:00+08:00", "by": "gone",
        "values": {"place": place, "summary": "路灯不亮", "caller": "王先生", "phone": "13800001111"},
        "commands": [
            {"at": "2026-01-05T09:05:00+08:00", "by": "gone", "action": "submit", "values": {}},
            {"at": "2026-01-05T09:05:00+08:00", "by": "zhang", "action": "dispatch", "values": {"lead": "finance"}},
            {"at": "2026-01-05T10:00:00+08:00", "by": "old_hand", "action": "sign", "task": "lead", "values": {}},
            {"at": "2026-01-05T10:30:00+08:00", "by": "old_hand", "action": "reply", "task": "lead@finance",
             "values": {"result": "已修"}},
            {"at": "2026-01-05T11:00:00+08:00", "by": "cai", "action": "reached", "values": {}}]})
}

fn lines(tickets: &[Json]) -> String {
    let lines: Vec<String> = tickets.iter().map(Json::to_string).collect();
    lines.join("\n") + "\n"
}

#[tokio::test]
async fn an_import_takes_what_it_can_says_where_it_cannot_and_goes_on_when_repeated() {
    let place = Place::new().await;
    let mut unanswered = life("OLD-3", "和平路3号");
    unanswered["commands"][3]["values"] = json!({});
    let mut open = life("OLD-2", "和平路2号");
    open["commands"].as_array_mut().unwrap().truncate(2);
    let file = place.file("old.jsonl", &lines(&[life("OLD-1", "和平路1号"), unanswered, open]));
    let (code, said) = place.run(&["import", path(&file), "--dry-run"]);
    assert_eq!(code, 1, "{said}");
    let would = "2 tickets would be taken over, 0 are there already, 1 would be refused; nothing was changed";
    assert!(said.contains(would), "{said}");
    assert!(said.contains("old.jsonl: line 2: step 4 is refused"), "{said}");
    assert_eq!(place.count("tickets").await, 0);
    assert_eq!(place.count("numbers").await, 0);
    let (code, said) = place.run(&["import", path(&file)]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("2 tickets taken over, 0 were there already, 1 refused"),
        "{said}"
    );
    let refused = "old.jsonl: line 2: step 4 is refused, so nothing of the ticket was taken over:";
    assert!(said.contains(refused), "{said}");
    assert_eq!(place.count("tickets").await, 2);
    let events = place.count("events").await;
    let (code, said) = place.run(&["import", "history", path(&file)]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("0 tickets taken over, 2 were there already, 1 refused"),
        "{said}"
    );
    assert_eq!(place.count("events").await, events);
    assert_eq!(place.run(&["audit"]).0, 0);
}

#[tokio::test]
async fn a_file_with_one_bad_line_changes_nothing_and_every_bad_line_is_named() {
    let place = Place::new().await;
    let mut unknown = life("OLD-5", "和平路5号");
    unknown["commands"][0]["colour"] = json!("red");
    let mut timeless = life("OLD-6", "和平路6号");
    timeless["at"] = json!("2026-01-05 09:00");
    let text = lines(&[life("OLD-4", "和平路4号"), unknown, timeless]) + "{\"workflow\": \n";
    let file = place.file("old.jsonl", &text);
    let (code, said) = place.run(&["import", path(&file)]);
    assert_eq!(code, 1, "{said}");
    for expected in [
        "line 2",
        "/commands/0/colour",
        "line 3",
        "/at",
        "line 4",
        "nothing was changed",
    ] {
        assert!(said.contains(expected), "{expected} is missing in: {said}");
    }
    assert!(!said.contains("line 1:"), "{said}");
    assert_eq!(place.count("tickets").await, 0);
    let table = place.file(
        "历史.csv",
        "工单,时间,动作,流程,任务\nT-1,2026-01-05 09:00,create,errand,\nT-1,gestern,submit,,\nT 2,2026-01-05,create,errand,\n",
    );
    let (code, said) = place.run(&["import", path(&table)]);
    assert_eq!(code, 1, "{said}");
    for expected in [
        "line 3, column “时间”",
        "gestern",
        "line 4, column “工单”",
        "nothing was changed",
    ] {
        assert!(said.contains(expected), "{expected} is missing in: {said}");
    }
    assert_eq!(place.count("tickets").await, 0);
    assert_eq!(place.run(&["import", "history", "nowhere.jsonl"]).0, 2);
}

#[tokio::test]
async fn a_table_of_tickets_is_harmless_for_spreadsheets() {
    let place = Place::new().await;
    let formula = "=HYPERLINK(\"http://x.test\")";
    let file = place.file(
        "old.jsonl",
        &lines(&[life("OLD-1", formula), life("OLD-2", "和平路2号")]),
    );
    assert_eq!(place.run(&["import", path(&file)]).0, 0);
    let output = place.output(&["export", "tickets", "-"]);
    assert_eq!(output.status.code(), Some(0));
    let text = output.stdout.strip_prefix(b"\xef\xbb\xbf").expect("a byte order mark");
    let mut table = csv::Reader::from_reader(text);
    let column = |name: &str, headings: &csv::StringRecord| headings.iter().position(|found| found == name).unwrap();
    let headings = table.headers().unwrap().clone();
    let (number, subject) = (column("number", &headings), column("subject", &headings));
    let (state, closed) = (column("state", &headings), column("closed_at", &headings));
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    let of = |wanted: &str| rows.iter().find(|row| &row[number] == wanted).unwrap();
    assert_eq!(&of("OLD-1")[subject], format!("'{formula}：路灯不亮"));
    assert_eq!(&of("OLD-2")[subject], "和平路2号：路灯不亮");
    assert_eq!(
        (&of("OLD-2")[state], &of("OLD-2")[closed]),
        ("closed", "2026-01-05T03:00:00.000Z")
    );
    assert!(!String::from_utf8_lossy(text).contains("13800001111"));
}

#[tokio::test]
async fn a_log_has_every_step_of_every_ticket_in_order_and_nothing_that_callers_said() {
    let place = Place::new().await;
    let file = place.file(
        "old.jsonl",
        &lines(&[life("OLD-1", "和平路1号"), life("OLD-2", "和平路2号")]),
    );
    assert_eq!(place.run(&["import", path(&file)]).0, 0);
    let log = place.folder.path().join("log.xes");
    assert_eq!(place.run(&["export", "xes", path(&log)]).0, 0);
    let text = fs::read_to_string(&log).unwrap();
    let traces = traces(&text);
    assert_eq!(
        traces.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["OLD-1", "OLD-2"]
    );
    let expected = [
        ("create", "2026-01-05T01:00:00.000Z"),
        ("submit", "2026-01-05T01:05:00.000Z"),
        ("dispatch", "2026-01-05T01:05:00.000Z"),
        ("sign", "2026-01-05T02:00:00.000Z"),
        ("reply", "2026-01-05T02:30:00.000Z"),
        ("reached", "2026-01-05T03:00:00.000Z"),
    ]
    .map(|(name, at)| (name.to_owned(), at.to_owned()));
    for (_, events) in &traces {
        assert_eq!(*events, expected);
    }
    for private in ["王先生", "13800001111", "和平路", "路灯"] {
        assert!(!text.contains(private), "{private}");
    }
    // A file that is there is not replaced by accident.
    let (code, _) = place.run(&["export", "xes", path(&log), "--workflow", "nothing"]);
    assert_eq!((code, fs::read_to_string(&log).unwrap()), (2, text));
    let (code, _) = place.run(&["export", "xes", path(&log), "--workflow", "nothing", "--force"]);
    assert_eq!(code, 0);
    assert!(self::traces(&fs::read_to_string(&log).unwrap()).is_empty());
}

type Trace = (String, Vec<(String, String)>);

/// Names of the traces with name and time of each event, in the order of the file.
fn traces(text: &str) -> Vec<Trace> {
    let mut reader = Reader::from_str(text);
    let mut traces: Vec<Trace> = Vec::new();
    let mut within = Vec::new();
    let attribute = |tag: &BytesStart, name: &str| {
        let found = tag.try_get_attribute(name).unwrap().unwrap();
        found.value.into_owned()
    };
    loop {
        match reader.read_event().unwrap() {
            Xml::Eof => return traces,
            Xml::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                match name.as_str() {
                    "trace" => traces.push(Trace::default()),
                    "event" => traces.last_mut().unwrap().1.push(Default::default()),
                    _ => {}
                }
                within.push(name);
            }
            Xml::End(_) => {
                within.pop();
            }
            Xml::Empty(tag) => {
                let Some((name, events)) = traces.last_mut() else {
                    continue;
                };
                let (key, value) = (attribute(&tag, "key"), attribute(&tag, "value"));
                match (within.last().unwrap().as_str(), key.as_str()) {
                    ("trace", "concept:name") => *name = value,
                    ("event", "concept:name") => events.last_mut().unwrap().0 = value,
                    ("event", "time:timestamp") => events.last_mut().unwrap().1 = value,
                    _ => {}
                }
            }
            Xml::Text(_)
            | Xml::CData(_)
            | Xml::Comment(_)
            | Xml::Decl(_)
            | Xml::PI(_)
            | Xml::DocType(_)
            | Xml::GeneralRef(_) => {}
        }
    }
}

#[tokio::test]
async fn an_audit_says_what_is_broken_and_what_to_do_and_changes_nothing() {
    let place = Place::new().await;
    let file = place.file("old.jsonl", &lines(&[life("OLD-1", "和平路1号")]));
    assert_eq!(place.run(&["import", path(&file)]).0, 0);
    let (code, said) = place.run(&["audit"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.starts_with("clean: 1 tickets, "), "{said}");
    let db = Database::connect(&place.test.url).await.unwrap();
    let backend = db.get_database_backend();
    let sql = "update events set at = at + 1 where seq = 2";
    db.execute_raw(Statement::from_string(backend, sql)).await.unwrap();
    let (code, said) = place.run(&["audit"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("I2   ticket OLD-1, event 2: the column “at”"), "{said}");
    assert!(said.contains("What to do:\nI2   The record was changed"), "{said}");
    let (_, chinese) = place.run(&["audit", "--lang", "zh"]);
    assert!(chinese.contains("处理办法：\nI2   记录写入后被改动"), "{chinese}");
    let (code, said) = place.run(&["audit", "--format", "json"]);
    assert_eq!(code, 1);
    let said: Vec<Json> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (&said[0]["code"], &said[0]["ticket"], &said[0]["seq"]),
        (&json!("i2-column"), &json!("OLD-1"), &json!(2))
    );
    assert!(said[0]["cure"].as_str().unwrap().starts_with("The record was changed"));
    assert_eq!((&said[1]["tickets"], &said[1]["findings"]), (&json!(1), &json!(1)));
    // Asking twice gives the same: an audit repairs nothing.
    assert_eq!(place.run(&["audit"]).0, 1);
    let nowhere = Command::new(env!("CARGO_BIN_EXE_ombud"))
        .args(["audit", "--database", "sqlite:nowhere/ombud.db"])
        .output()
        .unwrap();
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(!Path::new("nowhere").exists());
}
