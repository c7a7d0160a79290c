//! The inbox over HTTP: everybody their own, in their language, nothing private, read or unread, kept for so long.

use ombud::desk::inbox::Which;
use ombud::desk::{Desk, Principal};
use ombud::workflow::moment::{DAY, MINUTE};
use serde_json::{Value, json};

use super::app::{Answer, App};
use crate::support::act;

/// Lets due reminders come.
async fn sweep(desk: &Desk) {
    while desk.sweep().await.unwrap().more {}
}

/// An app in which li was reminded of one draft after nine minutes, and zhang after fifteen.
async fn reminded() -> (App, String) {
    let app = App::new().await;
    let number = app.open("li").await;
    app.test.clock.advance(16 * MINUTE);
    sweep(&app.test.desk).await;
    (app, number)
}

fn items(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.at("/items").as_array().unwrap().clone()
}

#[actix_web::test]
async fn everybody_finds_what_they_were_told_in_their_language_and_nothing_private() {
    let (app, number) = reminded().await;
    // No mail was sent, and there is no mail server.
    let zhang = app.get("zhang", "/api/v1/inbox").await;
    let entry = &items(&zhang)[0];
    assert_eq!((&entry["ticket"], &entry["kind"]), (&json!(number), &json!("clock")));
    assert_eq!(entry["read_at"], Value::Null);
    assert_eq!(
        entry["content"]["sentence"],
        json!(format!("{number}: Writing is overdue by a moment"))
    );
    assert_eq!(entry["content"]["clock"]["late"], json!(true));
    for hidden in ["13800001111", "王先生"] {
        assert!(!zhang.text.contains(hidden), "{}", zhang.text);
    }
    let chinese = [
        ("Authorization", &*format!("Bearer {}", app.token_of("li"))),
        ("Accept-Language", "zh-CN"),
    ];
    let li = app.send("", "GET", "/api/v1/inbox", &chinese, None).await;
    let sentence = items(&li)[0]["content"]["sentence"].clone();
    assert_eq!(sentence, json!(format!("工单{number}「填单」还剩6分钟")));
    assert_eq!(items(&app.get("wang", "/api/v1/inbox").await), Vec::<Value>::new());
    app.stop().await;
}

#[actix_web::test]
async fn what_was_read_is_read_and_only_its_person_reads_it() {
    let (app, _) = reminded().await;
    let id = items(&app.get("li", "/api/v1/inbox").await)[0]["id"].as_i64().unwrap();
    let path = format!("/api/v1/inbox/{id}/read");
    assert_eq!(app.get("li", "/api/v1/inbox/unread").await.at("/unread"), json!(1));
    // Neither a shift lead nor a manager: an inbox is its person's.
    for other in ["zhang", "boss"] {
        assert_eq!(app.post(other, &path, &[], &json!({})).await.status, 404);
    }
    assert_eq!(app.get("li", "/api/v1/inbox/unread").await.at("/unread"), json!(1));
    app.test.clock.advance(MINUTE);
    let read = app.post("li", &path, &[], &json!({})).await;
    assert_eq!((read.status, read.at("/unread")), (200, json!(0)), "{}", read.text);
    let at = items(&app.get("li", "/api/v1/inbox").await)[0]["read_at"].clone();
    app.test.clock.advance(MINUTE);
    assert_eq!(app.post("li", &path, &[], &json!({})).await.status, 200);
    assert_eq!(
        items(&app.get("li", "/api/v1/inbox").await)[0]["read_at"],
        at,
        "read once"
    );
    assert_eq!(
        items(&app.get("li", "/api/v1/inbox?unread=true").await),
        Vec::<Value>::new()
    );
    app.stop().await;
}

#[actix_web::test]
async fn pages_follow_each_other_and_all_that_was_seen_is_read_at_once() {
    let app = App::new().await;
    for _ in 0..5 {
        app.open("li").await;
    }
    app.test.clock.advance(10 * MINUTE);
    sweep(&app.test.desk).await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = app.get("li", &format!("/api/v1/inbox?limit=2{cursor}")).await;
        seen.extend(items(&page).iter().map(|item| item["id"].as_i64().unwrap()));
        match page.at("/next").as_i64() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted_by(|newer, older| newer > older), "{seen:?}");
    // Two came after what was seen.
    let read = app
        .post("li", "/api/v1/inbox/read-all", &[], &json!({"up_to": seen[2]}))
        .await;
    assert_eq!((read.status, read.at("/unread")), (200, json!(2)), "{}", read.text);
    let unread = items(&app.get("li", "/api/v1/inbox?unread=true").await);
    assert_eq!(
        unread
            .iter()
            .map(|item| item["id"].as_i64().unwrap())
            .collect::<Vec<_>>(),
        seen[..2]
    );
    app.stop().await;
}

#[actix_web::test]
async fn who_may_not_see_the_ticket_any_more_reads_that_there_was_one() {
    let (app, number) = reminded().await;
    let desk = &app.test.desk;
    let before = items(&app.get("zhang", "/api/v1/inbox").await);
    assert_ne!(before[0]["content"], Value::Null);
    // A shift lead sees open tickets.
    desk.act(
        crate::support::by("li"),
        act(&number, "withdraw", json!({"remark": "来电人撤回"})),
    )
    .await
    .unwrap();
    let after = items(&app.get("zhang", "/api/v1/inbox").await);
    assert_eq!(
        (&after[0]["ticket"], &after[0]["content"]),
        (&json!(number), &Value::Null)
    );
    // A token for one department shows nothing of others.
    let narrowed = Principal {
        department: Some("finance".into()),
        ..Principal::whole("zhang")
    };
    let which = Which {
        unread_only: false,
        before: None,
    };
    let page = desk.inbox(&narrowed, which, 10, None).await.unwrap();
    assert_eq!(page.entries, Vec::new());
    app.stop().await;
}

#[actix_web::test]
async fn what_is_old_is_forgotten_and_the_audit_does_not_miss_it() {
    let (app, _) = reminded().await;
    let desk = &app.test.desk;
    app.test.clock.advance(DAY);
    let number = app.open("wang").await;
    app.test.clock.advance(16 * MINUTE);
    sweep(desk).await;
    desk.forget_inbox(app.test.clock.now().plus(-DAY / 2)).await.unwrap();
    assert_eq!(items(&app.get("li", "/api/v1/inbox").await), Vec::<Value>::new());
    let kept = items(&app.get("wang", "/api/v1/inbox").await);
    assert_eq!(
        kept.iter().map(|item| item["ticket"].clone()).collect::<Vec<_>>(),
        [json!(number)]
    );
    let found = crate::audit::findings(&app.test.url, app.test.clock.now()).await;
    assert!(found.is_empty(), "{found:?}");
    app.stop().await;
}
