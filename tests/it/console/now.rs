//! What every page asks by itself: urgent tickets until somebody acknowledges them, numbers beside the navigation; whom
//! the desk says would be told; signing in again in the middle of a form.

use serde_json::json;

use super::visit::{PASSWORD, Visit};
use crate::api::App;
use crate::support::ERRAND;

/// The errand, with a way to make it urgent and a clock that falls silent once somebody acknowledges.
async fn alarm(app: &App) {
    let mark = "anytime:\n  mark_urgent: {title: {zh: 标为急件, en: Mark urgent}, by: [agent, shift_lead], require: [remark], \
                set: {urgent: true}, tell: shift_lead, say: alarm, stay: true}\n";
    let source = ERRAND
        .replace("workflow: errand", "workflow: alarm")
        .replace("number_prefix: E", "number_prefix: A")
        .replace("anytime:\n", mark)
        .replace(
            "- {at: 100% + 30 minutes, tell: manager, say: overdue, repeat: 30 minutes, times: 2}",
            "- {at: 100% + 30 minutes, tell: manager, say: overdue, unless: acknowledged}",
        )
        .replace(
            "messages:\n",
            "messages:\n  alarm: {zh: \"急件{number}\", en: \"Urgent {number}\"}\n",
        );
    let headers = [("Content-Type", "application/yaml")];
    let body = Some(source.into_bytes());
    let published = app.send("ada", "POST", "/api/v1/workflows", &headers, body).await;
    assert!(published.status < 300, "{}", published.text);
}

async fn marked(app: &App) -> String {
    let body = json!({"workflow": "alarm", "values": {"place": "医院", "summary": "断电"}});
    let opened = app.post("li", "/api/v1/tickets", &[], &body).await;
    assert_eq!(opened.status, 201, "{}", opened.text);
    let number = opened.at("/ticket/number").as_str().unwrap().to_owned();
    assert_eq!(app.act("li", &number, "submit", &json!({})).await.status, 200);
    let mark = json!({"values": {"remark": "急诊"}});
    let marked = app.act("li", &number, "mark_urgent", &mark).await;
    assert_eq!(marked.status, 200, "{}", marked.text);
    number
}

#[actix_web::test]
async fn an_urgent_ticket_stays_on_every_page_of_who_was_told_until_somebody_acknowledges() {
    let app = App::new().await;
    alarm(&app).await;
    let number = marked(&app).await;
    let here = format!("id=\"urgent-{number}\"");
    let zhang = Visit::signed_in(&app, "zhang").await;
    let li = Visit::signed_in(&app, "li").await;
    let shown = zhang.get("/now").await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert!(shown.text.contains(&here), "{}", shown.text);
    assert!(!li.get("/now").await.text.contains(&here), "who marked it was not told");
    // Reading it is not acknowledging it.
    let last = zhang.get("/inbox").await.field("last");
    assert_eq!(zhang.post("/inbox/read", &[("last", &last)]).await.status, 303);
    assert!(zhang.get("/now").await.text.contains(&here));
    let done = zhang.post("/now/acknowledge", &[("number", &number)]).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert!(!done.text.contains(&here), "{}", done.text);
    let events = app.get("zhang", &format!("/api/v1/tickets/{number}/events")).await;
    assert!(events.text.contains("\"acknowledged\""), "{}", events.text);
    // What nobody knows is not there for who asks either.
    let none = li.post("/now/acknowledge", &[("number", "A20260302-999999")]).await;
    assert_eq!(none.status, 404);
    app.stop().await;
}

#[actix_web::test]
async fn numbers_beside_the_navigation_are_those_of_the_api() {
    let app = App::new().await;
    alarm(&app).await;
    marked(&app).await;
    app.dispatched().await;
    for person in ["li", "wang", "zhang", "sun", "boss", "audrey", "ada"] {
        let page = Visit::signed_in(&app, person).await.get("/now").await;
        let waiting = app.get(person, "/api/v1/tickets?mine=true&open=true").await;
        let waiting = waiting.at("/items").as_array().unwrap().len();
        let unread = app
            .get(person, "/api/v1/inbox/unread")
            .await
            .at("/unread")
            .as_u64()
            .unwrap();
        for (key, count) in [("work", waiting.to_string()), ("inbox", unread.to_string())] {
            let words = if count == "0" { "" } else { &count };
            let told = format!("data-count-of=\"{key}\" value=\"{words}\"");
            assert!(page.text.contains(&told), "{person}: {told} in {}", page.text);
        }
    }
    app.stop().await;
}

#[actix_web::test]
async fn the_desk_and_the_form_say_who_gets_it_and_where_nobody_is() {
    let app = App::new().await;
    alarm(&app).await;
    let number = marked(&app).await;
    let desk = [
        ("workflow", "alarm"),
        ("values.place", "医院"),
        ("values.summary", "断电"),
    ];
    let li = Visit::signed_in(&app, "li").await;
    let aside = li.post("/desk/aside", &desk).await;
    assert!(aside.text.contains("data-reached"), "{}", aside.text);
    assert!(!aside.text.contains("nobody is on duty"), "{}", aside.text);
    let other = app.open("li").await;
    assert!(
        !li.get(&format!("/tickets/{other}/actions/note"))
            .await
            .text
            .contains("Told at once")
    );
    // Zhang's shift is over: the manager is reached, and the page says why.
    app.test.clock.advance(3 * 86_400_000);
    let li = Visit::signed_in(&app, "li").await;
    for page in [
        li.post("/desk/aside", &desk).await,
        li.get(&format!("/tickets/{number}/actions/mark_urgent")).await,
    ] {
        assert!(page.text.contains("nobody is on duty as"), "{}", page.text);
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_ticket_is_marked_urgent_while_it_is_written_and_not_without_a_reason() {
    let app = App::new().await;
    alarm(&app).await;
    let li = Visit::signed_in(&app, "li").await;
    let form = |why: &'static str| {
        [
            ("workflow", "alarm"),
            ("values.place", "医院"),
            ("values.summary", "断电"),
            ("action", "submit"),
            ("draft", "d1"),
            ("mark", "yes"),
            ("mark_why", why),
        ]
    };
    let unsaid = li.post("/desk", &form("")).await;
    assert_eq!(unsaid.status, 422, "{}", unsaid.text);
    assert!(unsaid.text.contains("f-mark_why-err"), "{}", unsaid.text);
    let listed = app.get("zhang", "/api/v1/tickets?urgent=true").await;
    assert_eq!(listed.at("/items").as_array().unwrap().len(), 0, "nothing was opened");
    let sent = li.post("/desk", &form("急诊")).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let listed = app.get("zhang", "/api/v1/tickets?urgent=true").await;
    assert_eq!(listed.at("/items/0/state"), json!("review"), "{}", listed.text);
    app.stop().await;
}

#[actix_web::test]
async fn who_signs_in_again_goes_on_with_the_form_that_was_open() {
    let app = App::new().await;
    let mut li = Visit::signed_in(&app, "li").await;
    let wrong = li
        .post("/sign-in/again", &[("name", "li"), ("password", "no such words")])
        .await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    assert!(wrong.text.contains("\"wrong\":\""), "{}", wrong.text);
    assert_eq!(li.post("/me/sessions/end", &[("session", "")]).await.status, 303);
    let again = li
        .post("/sign-in/again", &[("name", "li"), ("password", PASSWORD)])
        .await;
    assert_eq!(again.status, 200, "{}", again.text);
    let said: serde_json::Value = serde_json::from_str(&again.text).unwrap();
    assert_eq!(said["person"], json!("li"));
    let (cookie, _) = again.header("set-cookie").split_once(';').unwrap();
    cookie.clone_into(&mut li.cookie);
    said["csrf"].as_str().unwrap().clone_into(&mut li.csrf);
    assert_eq!(
        li.post("/drafts", &[("draft", "d1"), ("values.place", "x")])
            .await
            .status,
        200
    );
    app.stop().await;
}
