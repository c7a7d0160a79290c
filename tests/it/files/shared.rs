//! Two servers on one database with one folder: what comes in at one is there at the other, and neither sweeps away
//! what the other has just taken (decision 0014). On SQLite there is only one server.

use futures_util::future::{join, join4};
use ombud::desk::Desk;
use ombud::store::Database;
use ombud::workflow::moment::{DAY, HOUR};
use serde_json::json;

use super::swept::set_time;
use super::{Kept, PNG, audited, plan};
use crate::api::App;
use crate::api::app::Answer;
use crate::support::TestDesk;
use crate::support::database::{Fresh, is_postgres};

/// An app that takes files, and another one beside it.
async fn two() -> (Kept, App) {
    let kept = Kept::new().await;
    let test = &kept.app.test;
    let database = Database::open(&test.url).await.unwrap();
    let desk = Desk::start(database, test.clock.clone()).await.unwrap();
    desk.keep_files(plan(kept.folder.clone())).await.unwrap();
    let beside = TestDesk {
        desk,
        clock: test.clock.clone(),
        url: test.url.clone(),
        fresh: Fresh::file(),
    };
    let other = App::with(beside, &[]).await;
    (kept, other)
}

async fn put(app: &App, person: &str, id: &str, bytes: &[u8]) -> Answer {
    let headers = [("Content-Type", "application/octet-stream")];
    let path = format!("/api/v1/uploads/{id}?name=a.txt");
    app.send(person, "PUT", &path, &headers, Some(bytes.to_vec())).await
}

async fn attach(app: &App, person: &str, number: &str, id: &str) -> u64 {
    let done = app.act(person, number, "attach", &json!({"files": [id]})).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let event = done.at("/events/0");
    assert_eq!(event["type"], "attached", "{}", done.text);
    event["seq"].as_u64().unwrap()
}

async fn read(app: &App, number: &str, seq: u64) -> Answer {
    let path = format!("/api/v1/tickets/{number}/attachments/{seq}");
    app.send("li", "GET", &path, &[], None).await
}

#[actix_web::test]
async fn what_came_in_at_one_server_is_given_to_a_ticket_and_read_at_the_other() {
    if !is_postgres() {
        return;
    }
    let (kept, other) = two().await;
    let number = kept.app.dispatched().await;
    assert_eq!(kept.put("sun", "photo", "?name=a.png", PNG).await.status, 201);
    assert_eq!(
        other.get("sun", "/api/v1/uploads").await.at("/items/0/id"),
        json!("photo")
    );
    let seq = attach(&other, "sun", &number, "photo").await;
    for app in [&kept.app, &other] {
        let file = read(app, &number, seq).await;
        assert_eq!((file.status, file.header("content-type")), (200, "image/png"));
    }
    // Taken away at one, swept by the other; what another ticket has of the same stays.
    let second = other.dispatched().await;
    assert_eq!(put(&other, "sun", "again", PNG).await.status, 201);
    let kept_seq = attach(&kept.app, "sun", &second, "again").await;
    let away = json!({"attachment": seq, "reason": "传错了"});
    assert_eq!(kept.app.act("sun", &number, "detach", &away).await.status, 200);
    assert_eq!(put(&other, "sun", "dropped", b"words\n").await.status, 201);
    other.send("sun", "DELETE", "/api/v1/uploads/dropped", &[], None).await;
    kept.app.test.clock.advance(3 * DAY);
    let (one, two) = join(kept.app.test.desk.sweep_files(), other.test.desk.sweep_files()).await;
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one.removed + two.removed, 1, "once: {one:?} {two:?}");
    assert_eq!(read(&other, &second, kept_seq).await.status, 200);
    assert_eq!(read(&other, &number, seq).await.status, 404);
    let away = json!({"attachment": kept_seq, "reason": "传错了"});
    assert_eq!(other.act("sun", &second, "detach", &away).await.status, 200);
    assert!(kept.contents().is_empty(), "nobody needs it any more");
    other.stop().await;
    kept.app.stop().await;
}

#[actix_web::test]
async fn what_comes_in_at_one_server_while_the_other_sweeps_the_same_content_stays() {
    if !is_postgres() {
        return;
    }
    let (kept, other) = two().await;
    let (one, two) = (&kept.app.test.desk, &other.test.desk);
    let mut there = Vec::new();
    for round in 0..20 {
        let number = kept.app.dispatched().await;
        let bytes = format!("第 {round} 次\n").into_bytes();
        // Nobody has named this content for days: it is to go. At this moment it comes again, at both.
        assert_eq!(put(&other, "li", "dropped", &bytes).await.status, 201);
        other.send("li", "DELETE", "/api/v1/uploads/dropped", &[], None).await;
        let old = kept.app.test.clock.now().plus(-3 * DAY);
        let contents = kept.contents();
        for content in contents
            .iter()
            .filter(|content| std::fs::read(content).unwrap() == bytes)
        {
            set_time(content, old.0);
        }
        let (a, b) = (format!("a{round}"), format!("b{round}"));
        let (swept, also, first, second) = join4(
            one.sweep_files(),
            two.sweep_files(),
            put(&kept.app, "sun", &a, &bytes),
            put(&other, "hao", &b, &bytes),
        )
        .await;
        assert!(swept.is_ok() && also.is_ok(), "{swept:?} {also:?}");
        assert_eq!(
            (first.status, second.status),
            (201, 201),
            "{} {}",
            first.text,
            second.text
        );
        let (a, b) = join(
            attach(&other, "sun", &number, &a),
            attach(&kept.app, "hao", &number, &b),
        )
        .await;
        there.extend([(number.clone(), a, bytes.clone()), (number, b, bytes)]);
    }
    kept.app.test.clock.advance(3 * DAY + HOUR);
    for desk in [one, two] {
        assert_eq!(desk.sweep_files().await.unwrap().removed, 0);
    }
    for (number, seq, bytes) in &there {
        assert_eq!(read(&other, number, *seq).await.text.as_bytes(), bytes.as_slice());
    }
    assert!(super::files_in(kept.folder.join("aside")).is_empty());
    assert!(audited::found(&kept).await.is_empty());
    other.stop().await;
    kept.app.stop().await;
}
