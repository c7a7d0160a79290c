//! Two hundred bad requests: each is answered by a clear problem, nothing is changed, nothing panics.

use serde_json::json;

use super::app::{Answer, App, errand};
use super::bad_administration::administration;
use super::bad_lists::{Bad, TICKETS, addresses, contents, grammar, heads, shapes};

fn is_clear(request: &Bad, answer: &Answer) {
    let Bad { what, status, .. } = request;
    assert_eq!(answer.status, *status, "{what}: {}", answer.text);
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
    let problem = answer.json();
    for member in ["type", "title", "detail", "code", "request_id"] {
        assert!(
            problem[member].as_str().is_some_and(|text| !text.is_empty()),
            "{what}: {member} of {problem}"
        );
    }
    assert_eq!(problem["status"], *status, "{what}");
    if *status == 422 && problem["code"] != "key_reused" {
        assert!(!problem["errors"].as_array().unwrap().is_empty(), "{what}: {problem}");
        for fault in problem["errors"].as_array().unwrap() {
            assert!(!fault["detail"].as_str().unwrap().is_empty(), "{what}: {fault}");
            assert!(!fault["detail"].as_str().unwrap().contains("none"), "{what}: {fault}");
        }
    }
    for secret in ["panicked", "src/", "sqlx", "sqlite", "select ", ".rs:"] {
        assert!(
            !answer.text.to_lowercase().contains(secret),
            "{what} tells too much: {}",
            answer.text
        );
    }
}

#[actix_web::test]
async fn two_hundred_bad_requests_are_each_answered_clearly_and_change_nothing() {
    // Some are refused for their token; the gate against guessing is not what is tested here.
    let app = App::with_settings(&[("OMBUD_LIMITS_REFUSED_AT_ONCE", "1000")]).await;
    let hidden = app.dispatched().await;
    let draft = app.open("li").await;
    let requests: Vec<Bad> = [
        grammar(),
        shapes(),
        contents(),
        addresses(&hidden),
        heads(&draft),
        administration(),
    ]
    .into_iter()
    .flatten()
    .collect();
    assert!(requests.len() >= 200, "{} bad requests", requests.len());
    let before = app.events().await;
    let people = app.get("ada", "/api/v1/people?limit=200").await.text;
    for request in &requests {
        let headers: Vec<(&str, &str)> = request
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let answer = app
            .send(
                request.person,
                request.method,
                &request.path,
                &headers,
                request.body.clone(),
            )
            .await;
        is_clear(request, &answer);
    }
    assert_eq!(app.events().await, before, "nothing was changed");
    assert_eq!(app.get("ada", "/api/v1/people?limit=200").await.text, people);
    app.stop().await;
}

#[actix_web::test]
async fn a_slip_of_the_pen_is_answered_with_the_right_name() {
    let app = App::new().await;
    let answer = app.post("li", TICKETS, &[], &json!({"workflw": "errand"})).await;
    let expected = [("unknown_member", "/workflw"), ("missing", "/workflow")];
    let found = answer.faults();
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(code, place)| (code.as_str(), place.as_str()))
        .collect();
    assert_eq!(found, expected, "{}", answer.text);
    assert!(
        answer.at("/errors/0/detail").as_str().unwrap().contains("“workflow”"),
        "{}",
        answer.text
    );
    app.stop().await;
}

/// Texts that have broken programs before: all are texts, and come back as they were sent.
#[actix_web::test]
async fn naughty_texts_are_stored_and_shown_unchanged() {
    let app = App::new().await;
    let texts = [
        "<script>alert(1)</script>",
        "'; drop table tickets; --",
        "{{7*7}}",
        "{{> x}}",
        "${jndi:ldap://x}",
        "%s%n%x",
        "=HYPERLINK(\"http://x\")",
        "＝1＋1",
        "\u{202e}desrever",
        "zero\u{200b}width",
        "𠮷野家",
        "e\u{301} é",
        "👩‍👩‍👧‍👦",
        "null",
        "undefined",
        "true",
        "0x1F",
        "1e400",
        "../../etc/passwd",
        "C:\\CON",
        "\u{feff}bom",
        "ﬀ ligature",
        "Ω≈ç√∫˜µ≤≥÷",
        "田中さんにあげて下さい",
        "﷽",
        "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    ];
    for text in texts {
        let mut body = errand();
        body["values"]["summary"] = json!(text);
        let opened = app.post("li", TICKETS, &[], &body).await;
        assert_eq!(opened.status, 201, "{text}: {}", opened.text);
        let number = opened.at("/ticket/number").as_str().unwrap().to_owned();
        let read = app.get("li", &format!("{TICKETS}/{number}")).await;
        assert_eq!(read.at("/values/summary"), json!(text));
    }
    app.stop().await;
}
