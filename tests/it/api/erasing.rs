//! Erasing personal data over HTTP: nothing personal is left, the record says who and why, the audit stays clean.

use std::path::PathBuf;

use ombud::desk::Principal;
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};

use super::app::{App, errand};
use crate::audit::findings;

const PHONE: &str = "13800001111";
/// What the caller said and who they are, wherever it was said.
const PERSONAL: [&str; 6] = [PHONE, "王先生", "和平路12号", "路灯不亮", "已换灯泡", "核实来电"];

fn call(id: &str) -> Value {
    json!({"id": id, "channel": "phone", "number": PHONE, "recording": "rec-1",
        "started_at": "2026-03-02T08:55:00+08:00", "ended_at": "2026-03-02T08:59:00+08:00"})
}

/// An errand that came by a call, with words in every place that takes some; still open.
async fn lived(app: &App, call: &str) -> String {
    let mut body = errand();
    body["contact"] = self::call(call);
    let key = format!("open-{call}");
    let opened = app
        .post("li", "/api/v1/tickets", &[("Idempotency-Key", key.as_str())], &body)
        .await;
    assert_eq!(opened.status, 201, "{}", opened.text);
    let number = opened.at("/ticket/number").as_str().unwrap().to_owned();
    for (person, action, body) in [
        ("li", "submit", json!({})),
        ("zhang", "note", json!({"note": "王先生 又来电"})),
        ("zhang", "dispatch", json!({"values": {"lead": "finance"}})),
        ("boss", "reveal", json!({"field": "phone", "reason": "核实来电号码"})),
    ] {
        let answer = app.act(person, &number, action, &body).await;
        assert_eq!(answer.status, 200, "{action}: {}", answer.text);
    }
    let task = format!("/api/v1/tickets/{number}/tasks/1/actions");
    let seen = [("If-Match", "*")];
    for (action, body) in [
        ("sign", json!({})),
        ("reply", json!({"values": {"result": "已换灯泡"}})),
    ] {
        let answer = app.post("sun", &format!("{task}/{action}"), &seen, &body).await;
        assert_eq!(answer.status, 200, "{action}: {}", answer.text);
    }
    number
}

async fn close(app: &App, number: &str) {
    let closed = app
        .act("cai", number, "reached", &json!({"values": {"remark": "王先生满意"}}))
        .await;
    assert_eq!(closed.status, 200, "{}", closed.text);
}

async fn erase(app: &App, person: &str, query: &str, body: &Value) -> super::app::Answer {
    app.post(person, &format!("/api/v1/erasures{query}"), &[], body).await
}

/// Which of the words still stand in the files of the database; on a server, whose files are not ours, in its tables.
async fn left(app: &App) -> Vec<&'static str> {
    let bytes = match app.test.url.strip_prefix("sqlite:") {
        Some(file) => {
            let path = PathBuf::from(file.split('?').next().unwrap());
            let mut bytes = std::fs::read(&path).unwrap();
            let log = PathBuf::from(format!("{}-wal", path.display()));
            bytes.extend(std::fs::read(log).unwrap_or_default());
            bytes
        }
        None => rows(app).await,
    };
    let holds = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    PERSONAL.into_iter().filter(|word| holds(word)).collect()
}

/// All rows of all tables.
async fn rows(app: &App) -> Vec<u8> {
    let db = Database::connect(&app.test.url).await.unwrap();
    let ask = |sql: String| {
        let db = db.clone();
        async move {
            let rows = db
                .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
                .await
                .unwrap();
            let texts: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
            texts
        }
    };
    let mut all = Vec::new();
    for table in ask("select tablename::text from pg_tables where schemaname = 'public'".to_owned()).await {
        for row in ask(format!("select t::text from {table} t")).await {
            all.extend(row.into_bytes());
        }
    }
    all
}

async fn count(app: &App, sql: &str) -> i64 {
    let db = Database::connect(&app.test.url).await.unwrap();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    db.query_one_raw(statement)
        .await
        .unwrap()
        .unwrap()
        .try_get_by_index(0)
        .unwrap()
}

#[actix_web::test]
async fn what_a_caller_said_is_erased_everywhere_and_the_record_says_by_whom_and_why() {
    let app = App::new().await;
    let number = lived(&app, "call-1").await;
    let wish = json!({"ticket": number, "reason": "当事人要求删除"});
    // An open ticket stays as it is.
    let open = erase(&app, "ada", "", &wish).await;
    assert_eq!(
        (open.status, open.at("/items/0/status")),
        (200, json!("open")),
        "{}",
        open.text
    );
    close(&app, &number).await;
    assert_eq!(left(&app).await, PERSONAL, "the test must see what it looks for");

    let rehearsed = erase(&app, "ada", "?dry_run=true", &wish).await;
    assert_eq!(rehearsed.at("/items/0/status"), json!("erased"), "{}", rehearsed.text);
    assert_eq!(left(&app).await, PERSONAL, "a rehearsal erases nothing");
    let erased = erase(&app, "ada", "", &wish).await;
    assert_eq!(erased.at("/items/0/status"), json!("erased"), "{}", erased.text);
    assert_eq!(left(&app).await, [""; 0]);
    // A repeat is answered from what is left, and has no second effect.
    let before = app.events().await;
    let mut body = errand();
    body["contact"] = call("call-1");
    let key = [("Idempotency-Key", "open-call-1")];
    let repeated = app.post("li", "/api/v1/tickets", &key, &body).await;
    assert_eq!(
        (repeated.status, repeated.at("/ticket/number")),
        (201, json!(number)),
        "{}",
        repeated.text
    );
    assert!(
        PERSONAL.iter().all(|word| !repeated.text.contains(word)),
        "{}",
        repeated.text
    );
    assert_eq!(app.events().await, before);
    assert_eq!(
        count(&app, "select count(*) from tickets where caller is not null").await,
        0
    );
    assert_eq!(
        count(&app, "select count(*) from contacts where caller is not null or caller_number is not null or recording is not null").await,
        0
    );

    // The life is still there: who did what when, how it ended; and the last event says what was done to it.
    let path = format!("/api/v1/tickets/{number}");
    let ticket = app.get("audrey", &path).await;
    assert_eq!(ticket.at("/outcome"), json!("done"));
    assert_eq!(ticket.at("/values/place"), json!(null), "{}", ticket.text);
    let events = app.get("audrey", &format!("{path}/events?limit=200")).await;
    let last = events.at("/items").as_array().unwrap().last().cloned().unwrap();
    assert_eq!(
        (&last["type"], &last["actor"]),
        (&json!("erased"), &json!("ada")),
        "{last}"
    );
    assert_eq!(last["texts"]["reason"], json!("当事人要求删除"), "{last}");
    let record = app.get("audrey", "/api/v1/record").await;
    assert_eq!(record.at("/items/0/kind"), json!("erased"), "{}", record.text);
    assert_eq!(record.at("/items/0/key"), json!(format!("ticket:{number}")));
    assert_eq!(record.at("/items/0/by"), json!("ada"));
    let found = findings(&app.test.url, app.test.clock.now()).await;
    assert!(found.is_empty(), "{found:#?}");

    // Again: nothing is left. After a reopening there is, and the audit follows.
    let again = erase(&app, "ada", "", &wish).await;
    assert_eq!(again.at("/items/0/status"), json!("empty"), "{}", again.text);
    let reopened = app
        .act(
            "li",
            &number,
            "reopen",
            &json!({"values": {"remark": "王先生再次来电"}}),
        )
        .await;
    assert_eq!(reopened.status, 200, "{}", reopened.text);
    let withdrawn = app
        .act(
            "zhang",
            &number,
            "withdraw",
            &json!({"values": {"remark": "王先生撤回"}}),
        )
        .await;
    assert_eq!(withdrawn.status, 200, "{}", withdrawn.text);
    let second = erase(&app, "ada", "", &json!({"ticket": number, "reason": "再次要求"})).await;
    assert_eq!(second.at("/items/0/status"), json!("erased"), "{}", second.text);
    assert_eq!(left(&app).await, [""; 0]);
    let events = app.get("audrey", &format!("{path}/events?limit=200")).await;
    assert!(
        events.text.contains("当事人要求删除"),
        "the first reason stays: {}",
        events.text
    );
    let found = findings(&app.test.url, app.test.clock.now()).await;
    assert!(found.is_empty(), "{found:#?}");
    app.stop().await;
}

#[actix_web::test]
async fn the_audit_does_not_decide_again_what_was_decided_by_words_that_are_gone() {
    let app = App::new().await;
    let asks = "by: shift_lead, only_if: 'summary != \"无\"', because: {zh: 摘要不能为无, en: Say what it is},";
    let source = crate::support::ERRAND
        .replace("version: 1\ntitle", "version: 2\ntitle")
        .replace("Dispatch}, by: shift_lead,", &format!("Dispatch}}, {asks}"))
        .replace(
            "require: [remark], to: review",
            "require: [remark, summary], to: review",
        );
    assert!(source.contains("only_if"));
    app.test
        .desk
        .publish(&Principal::machine(), &source, None)
        .await
        .unwrap();
    let number = lived(&app, "call-1").await;
    close(&app, &number).await;
    let erased = erase(
        &app,
        "ada",
        "",
        &json!({"contact": "call-1", "reason": "当事人要求删除"}),
    )
    .await;
    assert_eq!(erased.at("/items/0/status"), json!("erased"), "{}", erased.text);
    let found = findings(&app.test.url, app.test.clock.now()).await;
    assert!(found.is_empty(), "{found:#?}");
    app.stop().await;
}

#[actix_web::test]
async fn everything_of_a_number_is_erased_and_nothing_of_others() {
    let app = App::new().await;
    let one = lived(&app, "call-1").await;
    close(&app, &one).await;
    let open = lived(&app, "call-2").await;
    let mut other = errand();
    other["values"]["phone"] = json!("13900002222");
    let stranger = app
        .post("wang", "/api/v1/tickets", &[], &other)
        .await
        .at("/ticket/number");
    let lost = json!({"id": "call-3", "channel": "phone", "number": PHONE});
    assert_eq!(app.post("li", "/api/v1/contacts", &[], &lost).await.status, 200);

    let wish = json!({"phone": "+86 138 0000 1111", "reason": "当事人要求删除"});
    let erased = erase(&app, "ada", "", &wish).await;
    assert_eq!(erased.status, 200, "{}", erased.text);
    let mut items: Vec<Value> = erased.at("/items").as_array().unwrap().clone();
    items.sort_by_key(|item| item["ticket"].to_string());
    assert_eq!(
        items,
        [
            json!({"ticket": one, "status": "erased"}),
            json!({"ticket": open, "status": "open"})
        ]
    );
    assert_eq!(erased.at("/contacts"), json!(1), "{}", erased.text);
    let stranger = app
        .get("wang", &format!("/api/v1/tickets/{}", stranger.as_str().unwrap()))
        .await;
    assert_eq!(stranger.at("/values/phone"), json!("13900002222"), "{}", stranger.text);
    assert_eq!(
        count(
            &app,
            "select count(*) from contacts where id = 'call-3' and caller_number is null"
        )
        .await,
        1
    );
    // The one that was open goes once it is closed.
    close(&app, &open).await;
    let rest = erase(&app, "ada", "", &wish).await;
    assert_eq!(
        rest.at("/items"),
        json!([{"ticket": open, "status": "erased"}]),
        "{}",
        rest.text
    );
    let found = findings(&app.test.url, app.test.clock.now()).await;
    assert!(found.is_empty(), "{found:#?}");
    app.stop().await;
}

#[actix_web::test]
async fn the_command_erases_what_the_api_erases_and_names_an_administrator() {
    let app = App::new().await;
    let number = lived(&app, "call-1").await;
    // Waited for, not blocked on: the server of the test lives in this thread.
    let run = async |by: &str, more: &[&str]| {
        let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_ombud"))
            .args(["erase", "--database", &app.test.url, "--lang", "en", "--phone", PHONE])
            .args(["--reason", "当事人要求删除", "--by", by])
            .args(more)
            .output()
            .await
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    };
    let (code, said) = run("ada", &[]).await;
    assert_eq!(code, Some(1), "open: {said}");
    assert!(said.contains("close it first"), "{said}");
    close(&app, &number).await;
    let (code, said) = run("boss", &[]).await;
    assert_eq!(code, Some(2), "a manager does not erase: {said}");
    assert!(said.contains("for administrators"), "{said}");
    let (code, said) = run("ada", &["--dry-run"]).await;
    assert_eq!((code, said.trim()), (Some(0), &*format!("{number}: would be erased")));
    let (code, said) = run("ada", &[]).await;
    assert_eq!((code, said.trim()), (Some(0), &*format!("{number}: erased")));
    // The server beside it sees at once that it is gone.
    let ticket = app.get("audrey", &format!("/api/v1/tickets/{number}")).await;
    assert_eq!(ticket.at("/values/place"), json!(null), "{}", ticket.text);
    app.stop().await;
}

#[actix_web::test]
async fn an_erasure_names_one_thing_and_a_reason() {
    let app = App::new().await;
    let number = app.open("li").await;
    for (body, code, place) in [
        (json!({"reason": "x"}), "exactly_one", ""),
        (
            json!({"ticket": number, "phone": PHONE, "reason": "x"}),
            "exactly_one",
            "",
        ),
        (json!({"ticket": number}), "missing", "/reason"),
        (json!({"phone": "none", "reason": "x"}), "phone", "/phone"),
    ] {
        let refused = erase(&app, "ada", "", &body).await;
        assert_eq!(refused.status, 422, "{body}: {}", refused.text);
        assert_eq!(refused.faults(), [(code.to_owned(), place.to_owned())], "{body}");
    }
    for body in [
        json!({"ticket": "E1", "reason": "x"}),
        json!({"contact": "none", "reason": "x"}),
    ] {
        assert_eq!(erase(&app, "ada", "", &body).await.status, 404, "{body}");
    }
    app.stop().await;
}
