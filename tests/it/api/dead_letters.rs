//! Mails that were put aside, over HTTP: listed in pages, looked at, sent again, and who did it stands in the record.

use ombud::desk::outbox::Settled;
use ombud::store::delivery;
use ombud::workflow::moment::DAY;
use serde_json::json;

use super::app::App;

/// Mails that a day without anybody doing anything made, all put aside.
async fn buried(app: &App) -> usize {
    for _ in 0..3 {
        app.dispatched().await;
    }
    app.test.clock.advance(3 * DAY);
    app.test.desk.sweep().await.unwrap();
    let mut count = 0;
    loop {
        let due = delivery::due(app.test.desk.database(), "mail", app.test.clock.now(), 100)
            .await
            .unwrap();
        if due.is_empty() {
            return count;
        }
        count += due.len();
        let reason = || "550 no such mailbox".to_owned();
        let settled = due
            .into_iter()
            .map(|mail| (mail.key, Settled::Dead { reason: reason() }));
        app.test.desk.settle_mails(settled.collect()).await.unwrap();
    }
}

#[actix_web::test]
async fn a_mail_that_was_put_aside_is_looked_at_and_sent_again() {
    let app = App::new().await;
    let count = buried(&app).await;
    assert!(count > 2, "{count}");
    let mut keys = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = app.get("ada", &format!("/api/v1/dead-letters?limit=2{cursor}")).await;
        assert_eq!(page.status, 200, "{}", page.text);
        for item in page.at("/items").as_array().unwrap() {
            assert_eq!(
                (&item["state"], &item["reason"]),
                (&json!("dead"), &json!("550 no such mailbox"))
            );
            keys.push(item["key"].as_str().unwrap().to_owned());
        }
        match page.at("/next").as_i64() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(keys.len(), count);
    let path = format!("/api/v1/dead-letters/{}", keys[0]);
    let one = app.get("boss", &path).await;
    assert_eq!(one.at("/key"), json!(keys[0]), "{}", one.text);
    assert!(one.at("/ticket").as_str().unwrap().starts_with('E'), "{}", one.text);

    let header = [("Idempotency-Key", "again-1")];
    let resend = format!("{path}/resend");
    let sent = app
        .post("ada", &resend, &header, &json!({"reason": "邮箱已修复"}))
        .await;
    assert_eq!(
        (sent.status, sent.at("/state")),
        (200, json!("pending")),
        "{}",
        sent.text
    );
    assert_eq!(sent.at("/attempts"), json!(0));
    let again = app
        .post("ada", &resend, &header, &json!({"reason": "邮箱已修复"}))
        .await;
    assert_eq!((again.status, &again.text), (200, &sent.text));
    // It is on its way: there is nothing to send again.
    let twice = app.post("ada", &resend, &[], &json!({})).await;
    assert_eq!(
        (twice.status, twice.at("/code")),
        (409, json!("conflict")),
        "{}",
        twice.text
    );
    assert_eq!(twice.at("/errors/0/code"), json!("not_dead"));
    let due = delivery::due(app.test.desk.database(), "mail", app.test.clock.now(), 10)
        .await
        .unwrap();
    assert_eq!(due.iter().map(|mail| mail.key.clone()).collect::<Vec<_>>(), keys[..1]);
    let record = app.get("boss", "/api/v1/record").await;
    assert_eq!(record.at("/items").as_array().unwrap().len(), 1, "{}", record.text);
    assert_eq!(record.at("/items/0/kind"), json!("resent"));
    assert_eq!(record.at("/items/0/key"), json!(keys[0]));
    assert_eq!(record.at("/items/0/reason"), json!("邮箱已修复"));
    app.stop().await;
}
