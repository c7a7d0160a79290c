//! Commands over HTTP: opening, acting, revisions, repeats, rehearsals, refusals.

use serde_json::json;

use super::app::{App, errand};

#[actix_web::test]
async fn an_errand_goes_from_contact_to_closure() {
    let app = App::new().await;
    let mut body = errand();
    body["contact"] = json!({"id": "call-1", "channel": "phone", "number": "13800001111",
        "started_at": "2026-03-02T08:55:00+08:00"});
    let opened = app.post("li", "/api/v1/tickets", &[], &body).await;
    assert_eq!(opened.status, 201, "{}", opened.text);
    let number = opened.at("/ticket/number").as_str().unwrap().to_owned();
    assert_eq!(opened.header("location"), format!("/api/v1/tickets/{number}"));
    assert_eq!(opened.header("etag"), format!("\"{}\"", opened.at("/ticket/revision")));
    assert_eq!(opened.at("/ticket/contact/running"), json!(true));

    let hung_up = app
        .post(
            "li",
            "/api/v1/contacts/call-1/hang-up",
            &[],
            &json!({"ended_at": "2026-03-02T08:59:00+08:00"}),
        )
        .await;
    assert_eq!(hung_up.status, 200, "{}", hung_up.text);
    assert_eq!(hung_up.at("/ticket"), json!(number));
    let ticket = app.get("li", &format!("/api/v1/tickets/{number}")).await;
    assert_eq!(ticket.at("/contact/ended_at"), json!("2026-03-02T00:59:00.000Z"));

    assert_eq!(app.act("li", &number, "submit", &json!({})).await.status, 200);
    let dispatch = json!({"values": {"lead": "finance"}});
    assert_eq!(app.act("zhang", &number, "dispatch", &dispatch).await.status, 200);
    let task = format!("/api/v1/tickets/{number}/tasks/1/actions");
    let seen = [("If-Match", "*")];
    assert_eq!(
        app.post("sun", &format!("{task}/sign"), &seen, &json!({})).await.status,
        200
    );
    let reply = json!({"values": {"result": "已修复"}});
    let replied = app.post("sun", &format!("{task}/reply"), &seen, &reply).await;
    assert_eq!(replied.status, 200, "{}", replied.text);
    assert_eq!(replied.at("/ticket/state"), json!("callback"));
    let closed = app.act("cai", &number, "reached", &json!({})).await;
    assert_eq!(closed.status, 200, "{}", closed.text);
    assert_eq!(closed.at("/ticket/outcome"), json!("done"));
    // Nothing comes due by a clock that stands: it says when it stopped.
    let path = format!("/api/v1/tickets/{number}");
    assert_eq!(app.get("li", &path).await.at("/due_at"), json!(null));
    let clocks = app.get("li", &format!("{path}/clocks")).await;
    for clock in clocks.at("/items").as_array().unwrap() {
        assert_eq!(clock["due_at"], json!(null), "{clock}");
        assert!(clock["stopped_at"].is_string(), "{clock}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_repeated_request_gets_the_same_bytes_and_has_no_second_effect() {
    let app = App::new().await;
    let key = [("Idempotency-Key", "order-1")];
    let first = app.post("li", "/api/v1/tickets", &key, &errand()).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let before = app.events().await;
    let again = app.post("li", "/api/v1/tickets", &key, &errand()).await;
    assert_eq!((again.status, &again.text), (201, &first.text));
    assert_eq!(again.header("etag"), first.header("etag"));
    assert_eq!(again.header("location"), first.header("location"));
    let mut other = errand();
    other["values"]["place"] = json!("另一处");
    let reused = app.post("li", "/api/v1/tickets", &key, &other).await;
    assert_eq!((reused.status, reused.at("/code")), (422, json!("key_reused")));
    // Somebody else's key of the same name is another key.
    let others = app.post("wang", "/api/v1/tickets", &key, &errand()).await;
    assert_eq!(others.status, 201);
    assert_ne!(others.at("/ticket/number"), first.at("/ticket/number"));
    assert!(app.events().await > before);
    app.stop().await;
}

#[actix_web::test]
async fn many_at_once_with_one_key_have_one_effect() {
    let app = App::new().await;
    let body = errand();
    let requests = (0..12).map(|_| app.post("li", "/api/v1/tickets", &[("Idempotency-Key", "storm")], &body));
    let answers = futures_util::future::join_all(requests).await;
    let mut texts: Vec<&str> = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .map(|answer| answer.text.as_str())
        .collect();
    assert!(!texts.is_empty());
    texts.dedup();
    assert_eq!(texts.len(), 1, "one ticket, one answer");
    for answer in &answers {
        assert!([201, 409].contains(&answer.status), "{}", answer.text);
    }
    app.stop().await;
}

#[actix_web::test]
async fn an_action_needs_the_revision_that_was_seen() {
    let app = App::new().await;
    let number = app.open("li").await;
    let path = format!("/api/v1/tickets/{number}/actions/submit");
    let missing = app.post("li", &path, &[], &json!({})).await;
    assert_eq!((missing.status, missing.at("/code")), (428, json!("if_match_missing")));
    let stale = app.post("li", &path, &[("If-Match", "\"99\"")], &json!({})).await;
    assert_eq!((stale.status, stale.at("/code")), (412, json!("stale")));
    assert_eq!(stale.at("/changed_by"), json!("li"));
    assert!(stale.at("/detail").as_str().unwrap().contains("li"), "{}", stale.text);
    for broken in ["7", "\"seven\"", "W/\"1\"", "\"1\", \"2\"", "\"99999999999999999999\""] {
        let answer = app.post("li", &path, &[("If-Match", broken)], &json!({})).await;
        assert_eq!(answer.status, 400, "{broken}: {}", answer.text);
    }
    let tag = app
        .get("li", &format!("/api/v1/tickets/{number}"))
        .await
        .header("etag")
        .to_owned();
    let done = app.post("li", &path, &[("If-Match", &tag)], &json!({})).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_ne!(done.header("etag"), tag);
    app.stop().await;
}

#[actix_web::test]
async fn a_rehearsal_answers_and_saves_nothing() {
    let app = App::new().await;
    let number = app.open("li").await;
    let before = app.events().await;
    let path = format!("/api/v1/tickets/{number}/actions/submit?dry_run=true");
    let rehearsed = app.post("li", &path, &[("If-Match", "*")], &json!({})).await;
    assert_eq!(rehearsed.status, 200, "{}", rehearsed.text);
    assert_eq!(rehearsed.at("/ticket/state"), json!("review"));
    assert_eq!(rehearsed.at("/dry_run"), json!(true));
    assert_eq!(app.events().await, before);
    assert_eq!(
        app.get("li", &format!("/api/v1/tickets/{number}")).await.at("/state"),
        json!("draft")
    );
    let opened = app.post("li", "/api/v1/tickets?dry_run=true", &[], &errand()).await;
    assert_eq!(opened.status, 200, "{}", opened.text);
    assert_eq!(app.events().await, before);
    app.stop().await;
}

#[actix_web::test]
async fn a_refusal_says_why_who_could_and_what_is_possible_instead() {
    let app = App::new().await;
    let number = app.dispatched().await;
    let path = format!("/api/v1/tickets/{number}/tasks/1/actions/sign");
    // The shift lead sees the ticket, but the task is for the liaison of finance.
    let refused = app.post("zhang", &path, &[("If-Match", "*")], &json!({})).await;
    assert_eq!(
        (refused.status, refused.at("/code")),
        (403, json!("refused_who")),
        "{}",
        refused.text
    );
    assert_eq!(refused.at("/errors/0/code"), json!("by"));
    assert_eq!(refused.at("/errors/0/who/0"), json!("sun"));
    assert!(refused.at("/allowed_actions").is_array(), "{}", refused.text);
    // Not signed for yet.
    let reply = format!("/api/v1/tickets/{number}/tasks/1/actions/reply");
    let early = app
        .post(
            "sun",
            &reply,
            &[("If-Match", "*")],
            &json!({"values": {"result": "好"}}),
        )
        .await;
    assert_eq!(
        (early.status, early.at("/errors/0/code")),
        (409, json!("unsigned")),
        "{}",
        early.text
    );
    // Signed, but the result is missing.
    app.post("sun", &path, &[("If-Match", "*")], &json!({})).await;
    let empty = app.post("sun", &reply, &[("If-Match", "*")], &json!({})).await;
    assert_eq!(
        (empty.status, empty.at("/errors/0/pointer")),
        (422, json!("/values/result")),
        "{}",
        empty.text
    );
    // No such action in this file, no such task.
    let unknown = app.act("zhang", &number, "vanish", &json!({})).await;
    assert_eq!(unknown.status, 404, "{}", unknown.text);
    let nowhere = format!("/api/v1/tickets/{number}/tasks/77/actions/sign");
    assert_eq!(
        app.post("sun", &nowhere, &[("If-Match", "*")], &json!({})).await.status,
        404
    );
    app.stop().await;
}

#[actix_web::test]
async fn sentences_come_in_the_language_of_the_reader() {
    let app = App::new().await;
    for (accept, word) in [("zh-CN,zh;q=0.9", "未找到"), ("en-GB", "Not found"), ("fr", "未找到")] {
        let headers = [("Accept-Language", accept)];
        let answer = app.send("li", "GET", "/api/v1/tickets/E0", &headers, None).await;
        assert_eq!(answer.status, 404);
        assert_eq!(answer.at("/title"), json!(word), "{accept}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    app.stop().await;
}

#[actix_web::test]
async fn tickets_are_linked_and_merged_on_both_sides() {
    let app = App::new().await;
    let (one, two) = (app.open("li").await, app.open("li").await);
    let seen = [("If-Match", "*")];
    let link = json!({"ticket": two, "kind": "repeat"});
    let linked = app
        .post("li", &format!("/api/v1/tickets/{one}/links"), &seen, &link)
        .await;
    assert_eq!(linked.status, 200, "{}", linked.text);
    let other = app.get("li", &format!("/api/v1/tickets/{two}/links")).await;
    assert_eq!(other.at("/items").as_array().unwrap().len(), 1, "{}", other.text);
    let undone = app
        .post("li", &format!("/api/v1/tickets/{one}/links/undo"), &seen, &link)
        .await;
    assert_eq!(undone.status, 200, "{}", undone.text);
    let merge = json!({"into": two, "reason": "同一事项"});
    let merged = app
        .post("li", &format!("/api/v1/tickets/{one}/merge"), &seen, &merge)
        .await;
    assert_eq!(merged.status, 200, "{}", merged.text);
    assert_eq!(merged.at("/ticket/open"), json!(false));
    app.stop().await;
}
