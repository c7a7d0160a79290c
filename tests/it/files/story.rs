//! The way of a file: up, to a ticket by itself or with an action, read, taken away, erased.

use serde_json::json;

use super::{FILE_MAX, Kept, PNG};
use crate::api::app::errand;

#[actix_web::test]
async fn a_file_is_uploaded_attached_listed_read_and_taken_away() {
    let kept = Kept::new().await;
    let app = &kept.app;
    let number = app.dispatched().await;
    let up = kept.put("sun", "photo-1", "?name=%E7%8E%B0%E5%9C%BA.JPG", PNG).await;
    assert_eq!(up.status, 201, "{}", up.text);
    // The name ends as the content wants it.
    assert_eq!(up.at("/name"), json!("现场.JPG.png"));
    assert_eq!(
        (up.at("/media"), up.at("/size")),
        (json!("image/png"), json!(PNG.len()))
    );
    assert_eq!(
        app.get("sun", "/api/v1/uploads").await.at("/items/0/id"),
        json!("photo-1")
    );
    assert_eq!(app.get("li", "/api/v1/uploads").await.at("/items"), json!([]));

    // The same again is the same upload; another content under this id is refused.
    assert_eq!(kept.put("sun", "photo-1", "?name=x.png", PNG).await.status, 200);
    let other = kept.put("sun", "photo-1", "", b"words").await;
    assert_eq!((other.status, other.faults()[0].0.as_str()), (409, "upload_taken"));

    let done = app
        .act(
            "sun",
            &number,
            "attach",
            &json!({"files": ["photo-1"], "note": "见照片"}),
        )
        .await;
    assert_eq!(done.status, 200, "{}", done.text);
    let event = done.at("/events/0");
    assert_eq!(
        (&event["type"], &event["about"]["media"]),
        (&json!("attached"), &json!("image/png"))
    );
    assert_eq!(event["about"]["hash"], up.at("/sha256"));
    assert!(!done.text.contains("IHDR"), "never the content");
    let seq = event["seq"].as_u64().unwrap();
    assert_eq!(
        app.get("sun", "/api/v1/uploads").await.at("/items"),
        json!([]),
        "used once"
    );
    assert_eq!(
        app.act("sun", &number, "attach", &json!({"files": ["photo-1"]}))
            .await
            .status,
        422
    );

    for (person, sees) in [
        ("li", true),
        ("zhang", true),
        ("hao", true),
        ("audrey", true),
        ("nora", false),
        ("cai", false),
    ] {
        let list = app.get(person, &format!("/api/v1/tickets/{number}/attachments")).await;
        assert_eq!(list.status, if sees { 200 } else { 404 }, "{person}");
        let file = kept.read(person, &number, seq, &[]).await;
        assert_eq!(file.status, if sees { 200 } else { 404 }, "{person}");
    }
    let file = kept.read("li", &number, seq, &[]).await;
    assert_eq!(file.header("content-type"), "image/png");
    assert!(
        file.header("content-disposition")
            .starts_with("attachment; filename=\""),
        "{file:?}"
    );
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert!(
        file.header("content-security-policy")
            .starts_with("sandbox; default-src 'none'"),
        "{file:?}"
    );
    assert!(file.header("cache-control").starts_with("private"), "{file:?}");
    let part = kept.read("li", &number, seq, &[("Range", "bytes=1-3")]).await;
    assert_eq!((part.status, part.text.as_str()), (206, "PNG"));
    assert_eq!(part.header("content-range"), format!("bytes 1-3/{}", PNG.len()));
    let tag = file.header("etag").to_owned();
    assert_eq!(
        kept.read("li", &number, seq, &[("If-None-Match", &tag)]).await.status,
        304
    );
    assert_eq!(
        kept.read("li", &number, seq, &[("Range", "bytes=9999-")]).await.status,
        416
    );

    // By whom it came from, or whoever may correct; with a reason.
    let away = json!({"attachment": seq, "reason": "传错了"});
    let refused = app.act("li", &number, "detach", &away).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    let silent = app.act("sun", &number, "detach", &json!({"attachment": seq})).await;
    assert_eq!(silent.status, 422, "{}", silent.text);
    let gone = app.act("sun", &number, "detach", &away).await;
    assert_eq!(gone.status, 200, "{}", gone.text);
    assert_eq!(kept.read("li", &number, seq, &[]).await.status, 404);
    let listed = &kept.list("li", &number).await[0];
    assert_eq!((&listed["gone"], &listed["href"]), (&json!("removed"), &json!(null)));
    assert_eq!(app.act("sun", &number, "detach", &away).await.status, 409, "once");
    kept.app.stop().await;
}

#[actix_web::test]
async fn files_come_with_an_action_and_stay_up_when_it_is_refused() {
    let kept = Kept::new().await;
    let app = &kept.app;
    for id in ["one", "two", "three", "four"] {
        let bytes = format!("说明 {id}\n");
        assert_eq!(kept.put("li", id, "?name=a.txt", bytes.as_bytes()).await.status, 201);
    }
    let mut body = errand();
    body["files"] = json!(["one"]);
    let opened = app
        .post("li", "/api/v1/tickets", &[("Idempotency-Key", "k1")], &body)
        .await;
    assert_eq!(opened.status, 201, "{}", opened.text);
    let number = opened.at("/ticket/number").as_str().unwrap().to_owned();
    assert_eq!(
        opened.at("/events").as_array().unwrap().last().unwrap()["type"],
        "attached"
    );
    // A client that did not hear the answer asks again: the same answer, though the upload is used.
    let again = app
        .post("li", "/api/v1/tickets", &[("Idempotency-Key", "k1")], &body)
        .await;
    assert_eq!((again.status, again.at("/ticket/number")), (201, json!(number)));

    let many = json!({"files": ["two", "three", "four", "five"]});
    let refused = app.act("li", &number, "submit", &many).await;
    assert_eq!(
        (refused.status, refused.faults()[0].0.as_str()),
        (422, "files_too_many")
    );
    let unknown = app
        .act("li", &number, "submit", &json!({"files": ["two", "none"]}))
        .await;
    assert_eq!(unknown.faults(), [("unknown_upload".to_owned(), "/files/1".to_owned())]);
    // Somebody else's upload is nobody's.
    let stolen = app.act("zhang", &number, "attach", &json!({"files": ["two"]})).await;
    assert_eq!(stolen.faults()[0].0, "unknown_upload", "{}", stolen.text);
    let rehearsed = app
        .post(
            "li",
            &format!("/api/v1/tickets/{number}/actions/submit?dry_run=true"),
            &[("If-Match", "*")],
            &json!({"files": ["two"]}),
        )
        .await;
    assert_eq!(rehearsed.status, 200, "{}", rehearsed.text);
    let done = app
        .act("li", &number, "submit", &json!({"files": ["two", "three"]}))
        .await;
    assert_eq!(done.status, 200, "{}", done.text);
    let files = kept.list("li", &number).await;
    assert_eq!(files.len(), 3);
    assert_eq!(
        (&files[0]["action"], &files[1]["action"]),
        (&json!(null), &json!("submit"))
    );
    let page = app
        .get("li", &format!("/api/v1/tickets/{number}/attachments?limit=2"))
        .await;
    let next = page.at("/next").as_u64().unwrap();
    let rest = app
        .get("li", &format!("/api/v1/tickets/{number}/attachments?after={next}"))
        .await;
    assert_eq!((rest.at("/items/0"), rest.at("/next")), (files[2].clone(), json!(null)));
    kept.app.stop().await;
}

#[actix_web::test]
async fn a_private_file_is_for_whoever_acts_and_for_whom_it_came_from() {
    let kept = Kept::new().await;
    let app = &kept.app;
    let number = app.dispatched().await;
    assert_eq!(
        kept.put("li", "id-card", "?name=%E7%8E%8B%E4%BA%94.png&private=true", PNG)
            .await
            .status,
        201
    );
    let done = app.act("li", &number, "attach", &json!({"files": ["id-card"]})).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let seq = kept.list("li", &number).await[0]["attachment"].as_u64().unwrap();
    for (person, reads) in [("li", true), ("sun", true), ("zhang", false), ("audrey", false)] {
        let file = kept.read(person, &number, seq, &[]).await;
        assert_eq!(file.status, if reads { 200 } else { 403 }, "{person}: {}", file.text);
        let listed = &kept.list(person, &number).await[0];
        assert_eq!(listed["name"] == "王五.png", reads, "{person}: {listed}");
        let events = app.get(person, &format!("/api/v1/tickets/{number}/events")).await;
        assert_eq!(events.text.contains("王五"), person == "sun", "{person}");
    }
    let feed = app.get("audrey", "/api/v1/events?limit=200").await;
    assert!(
        feed.text.contains("attached") && !feed.text.contains("王五"),
        "{}",
        feed.text
    );
    kept.app.stop().await;
}

#[actix_web::test]
async fn erasing_takes_the_content_unless_another_ticket_needs_it() {
    let kept = Kept::new().await;
    let app = &kept.app;
    let (one, two) = (app.dispatched().await, app.dispatched().await);
    let own = kept.attach("sun", &one, "own.txt", b"only here\n").await;
    kept.attach("sun", &one, "shared.txt", b"in both\n").await;
    let shared = kept.attach("sun", &two, "other.txt", b"in both\n").await;
    assert_eq!(kept.contents().len(), 2, "the same content lies there once");
    // What somebody has just put is left for the sweep: the same content may be on its way elsewhere.
    app.test.clock.advance(2 * 3_600_000);
    app.act("zhang", &one, "withdraw", &json!({"values": {"remark": "撤回"}}))
        .await;
    let erased = app
        .post(
            "ada",
            "/api/v1/erasures",
            &[],
            &json!({"ticket": one, "reason": "当事人要求"}),
        )
        .await;
    assert_eq!(erased.status, 200, "{}", erased.text);
    assert_eq!(kept.contents().len(), 1);
    let files = kept.list("boss", &one).await;
    assert!(
        files.iter().all(|file| file["gone"] == "erased" && file["name"] == ""),
        "{files:?}"
    );
    // The event keeps what the content was.
    assert_eq!(files[0]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(kept.read("boss", &one, own, &[]).await.status, 404);
    assert_eq!(kept.read("boss", &two, shared, &[]).await.text, "in both\n");
    assert!(super::audited::found(&kept).await.is_empty());
    kept.app.stop().await;
}

#[actix_web::test]
async fn a_ticket_has_room_for_so_much() {
    let kept = Kept::new().await;
    let app = &kept.app;
    let number = app.dispatched().await;
    let large = |first: u8| {
        let mut bytes = vec![b'x'; usize::try_from(FILE_MAX).unwrap()];
        bytes[0] = first;
        bytes
    };
    for (id, first) in [("a", b'1'), ("b", b'2'), ("c", b'3')] {
        assert_eq!(kept.put("sun", id, "?name=x.txt", &large(first)).await.status, 201);
    }
    assert_eq!(
        app.act("sun", &number, "attach", &json!({"files": ["a", "b"]}))
            .await
            .status,
        200
    );
    let full = app.act("sun", &number, "attach", &json!({"files": ["c"]})).await;
    assert_eq!((full.status, full.faults()[0].0.as_str()), (422, "files_too_large"));
    let first = kept.list("sun", &number).await[0]["attachment"].clone();
    let gone = app
        .act(
            "sun",
            &number,
            "detach",
            &json!({"attachment": first, "reason": "换一张"}),
        )
        .await;
    assert_eq!(gone.status, 200, "{}", gone.text);
    assert_eq!(
        app.act("sun", &number, "attach", &json!({"files": ["c"]})).await.status,
        200
    );
    kept.app.stop().await;
}
