//! One action on several tickets: each for itself, one key for all, nothing twice.

use serde_json::{Value, json};

use super::app::{Answer, App};

async fn bulk(app: &App, person: &str, action: &str, key: &str, numbers: &[&str], body: &Value) -> Answer {
    let tickets: Vec<Value> = numbers.iter().map(|number| json!({"number": number})).collect();
    let path = format!("/api/v1/tickets/bulk/{action}");
    let headers = [("Idempotency-Key", key)];
    app.post(person, &path, &headers, &json!({"tickets": tickets, "body": body}))
        .await
}

fn summary(answer: &Answer) -> Vec<(String, bool, bool)> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let flag = |ticket: &Value, name: &str| ticket[name].as_bool().unwrap();
    answer
        .at("/tickets")
        .as_array()
        .unwrap()
        .iter()
        .map(|ticket| {
            let number = ticket["number"].as_str().unwrap().to_owned();
            (number, flag(ticket, "done"), flag(ticket, "repeated"))
        })
        .collect()
}

#[actix_web::test]
async fn each_ticket_is_decided_for_itself() {
    let app = App::new().await;
    let (one, two) = (app.open("li").await, app.open("li").await);
    // Of another caller, so that li has no part in it.
    let body = json!({"workflow": "errand", "values": {"place": "新华巷", "summary": "停水", "phone": "13900002222"}});
    let foreign = app
        .post("wang", "/api/v1/tickets", &[], &body)
        .await
        .at("/ticket/number");
    let foreign = foreign.as_str().unwrap().to_owned();
    app.act("li", &two, "submit", &json!({})).await;
    let answer = bulk(&app, "li", "submit", "k-1", &[&one, &two, &foreign, &one], &json!({})).await;
    let found = summary(&answer);
    assert_eq!(
        found,
        [(one.clone(), true, false), (two, false, false), (foreign, false, false)],
        "a number once"
    );
    assert_eq!((answer.at("/done"), answer.at("/refused")), (json!(1), json!(2)));
    assert!(!answer.at("/tickets/1/problem/code").is_null(), "{}", answer.text);
    assert_eq!(
        answer.at("/tickets/2/problem/code"),
        json!("not_found"),
        "not li's to see"
    );
    // A rehearsal saves nothing.
    let before = app.events().await;
    let path = "/api/v1/tickets/bulk/note?dry_run=true";
    let body = json!({"tickets": [{"number": one}], "body": {"note": "说明"}});
    assert_eq!(app.post("li", path, &[], &body).await.at("/done"), json!(1));
    assert_eq!(app.events().await, before);
    app.stop().await;
}

#[actix_web::test]
async fn a_repeat_goes_on_where_it_ended_and_doubles_nothing() {
    let app = App::new().await;
    let (one, two, three) = (app.open("li").await, app.open("li").await, app.open("li").await);
    let note = json!({"note": "批量说明"});
    // The first time ended after two of them.
    summary(&bulk(&app, "li", "note", "k-2", &[&one, &two], &note).await);
    let before = app.events().await;
    let again = bulk(&app, "li", "note", "k-2", &[&three, &two, &one], &note).await;
    assert_eq!(
        summary(&again),
        [
            (three, true, false),
            (two.clone(), true, true),
            (one.clone(), true, true)
        ]
    );
    assert_eq!(app.events().await, before + 1, "one note more, on the third");
    // The key is bound to what was asked.
    let other = bulk(&app, "li", "note", "k-2", &[&one], &json!({"note": "别的"})).await;
    assert_eq!(
        other.at("/tickets/0/problem/code"),
        json!("key_reused"),
        "{}",
        other.text
    );
    // Another key is another note.
    summary(&bulk(&app, "li", "note", "k-3", &[&one], &note).await);
    assert_eq!(app.events().await, before + 2);
    app.stop().await;
}

#[actix_web::test]
async fn the_task_of_an_action_is_found_for_each_ticket() {
    let app = App::new().await;
    let (one, two) = (app.dispatched().await, app.dispatched().await);
    let signed = bulk(&app, "sun", "sign", "k-4", &[&one, &two], &json!({})).await;
    assert_eq!(
        summary(&signed),
        [(one.clone(), true, false), (two, true, false)],
        "{}",
        signed.text
    );
    let again = bulk(&app, "sun", "sign", "k-4", &[&one], &json!({})).await;
    assert_eq!(
        summary(&again),
        [(one.clone(), true, true)],
        "signed once: {}",
        again.text
    );
    let once_more = bulk(&app, "sun", "sign", "k-5", &[&one], &json!({})).await;
    assert_eq!(summary(&once_more), [(one, false, false)]);
    app.stop().await;
}

#[actix_web::test]
async fn a_stale_revision_is_refused_and_the_number_is_bounded() {
    let app = App::with_settings(&[("OMBUD_LIMITS_BULK_ITEMS_MAX", "2")]).await;
    let (one, two) = (app.open("li").await, app.open("li").await);
    app.act("li", &one, "note", &json!({"note": "先写的"})).await;
    let path = "/api/v1/tickets/bulk/note";
    let body =
        json!({"tickets": [{"number": one, "revision": 1}, {"number": two, "revision": 1}], "body": {"note": "x"}});
    let answer = app.post("li", path, &[], &body).await;
    assert_eq!(answer.at("/tickets/0/problem/code"), json!("stale"), "{}", answer.text);
    assert_eq!(answer.at("/tickets/1/done"), json!(true), "{}", answer.text);
    let three = bulk(&app, "li", "note", "k", &["a", "b", "c"], &json!({"note": "x"})).await;
    assert_eq!(
        (three.status, three.at("/errors/0/code")),
        (422, json!("range")),
        "{}",
        three.text
    );
    let none = bulk(&app, "li", "note", "k", &[], &json!({"note": "x"})).await;
    assert_eq!(none.status, 422);
    app.stop().await;
}
