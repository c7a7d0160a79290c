//! Tokens for single actions: `tickets:act:ACTION` opens this one door and no other.

use ombud::desk::Scope;
use serde_json::{Value, json};

use super::app::{Answer, App, errand, token};

/// A request with a token of its own.
async fn with(app: &App, secret: &str, method: &str, path: &str, body: &Value) -> Answer {
    let authorization = format!("Bearer {secret}");
    let headers = [
        ("Authorization", authorization.as_str()),
        ("If-Match", "*"),
        ("Content-Type", "application/json"),
    ];
    let body = (method != "GET").then(|| body.to_string().into_bytes());
    app.send("", method, path, &headers, body).await
}

#[actix_web::test]
async fn a_token_for_one_action_does_this_one_and_no_other() {
    let app = App::new().await;
    let number = app.open("li").await;
    let other = app.open("li").await;
    let scopes = ["tickets:read", "tickets:act:submit"].map(|word| Scope::parse(word).unwrap());
    let secret = token(&app.test, "li", &scopes).await;
    let path = format!("/api/v1/tickets/{number}");

    let me = with(&app, &secret, "GET", "/api/v1/me", &json!({})).await;
    assert_eq!(me.at("/scopes"), json!(["tickets:read", "tickets:act:submit"]));
    // What the token cannot do is not offered; asked why, it says so.
    let offered = with(&app, &secret, "GET", &format!("{path}/actions"), &json!({})).await;
    let names: Vec<Value> = offered
        .at("/items")
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["action"].clone())
        .collect();
    assert_eq!(names, [json!("submit")], "{}", offered.text);
    let reasons = with(
        &app,
        &secret,
        "GET",
        &format!("{path}/actions?why_not=true"),
        &json!({}),
    )
    .await;
    assert!(reasons.text.contains("“tickets:act:withdraw”"), "{}", reasons.text);

    let before = app.events().await;
    for (path, scope) in [
        (format!("{path}/actions/withdraw"), "tickets:act:withdraw"),
        (format!("{path}/tasks/1/actions/sign"), "tickets:act:sign"),
        (format!("{path}/links"), "tickets:act:link"),
        (format!("{path}/links/undo"), "tickets:act:unlink"),
        (format!("{path}/merge"), "tickets:act:merge"),
        ("/api/v1/contacts".to_owned(), "tickets:act"),
        ("/api/v1/tickets".to_owned(), "tickets:open"),
    ] {
        let body = match scope {
            "tickets:act:link" | "tickets:act:unlink" => json!({"ticket": other, "kind": "related"}),
            "tickets:act:merge" => json!({"into": other}),
            "tickets:act" => json!({"channel": "phone"}),
            "tickets:open" => errand(),
            _ => json!({}),
        };
        let refused = with(&app, &secret, "POST", &path, &body).await;
        assert_eq!(
            (refused.status, refused.at("/code")),
            (403, json!("scope_missing")),
            "{path}: {}",
            refused.text
        );
        assert_eq!(refused.at("/scope"), json!(scope), "{path}");
        assert!(refused.header("www-authenticate").contains(scope), "{path}");
    }
    assert_eq!(app.events().await, before);
    let done = with(&app, &secret, "POST", &format!("{path}/actions/submit"), &json!({})).await;
    assert_eq!(done.status, 200, "{}", done.text);
    app.stop().await;
}

#[actix_web::test]
async fn a_token_makes_no_wider_one_and_tickets_act_holds_every_action() {
    let app = App::new().await;
    let scopes = ["tickets:act:submit", "tickets:act:link"].map(|word| Scope::parse(word).unwrap());
    let narrow = token(&app.test, "li", &scopes).await;
    let wide = token(&app.test, "li", &[Scope::ActOnTickets]).await;
    let wish = |scope: &str| json!({"title": "barrier", "scopes": [scope]});
    for (secret, scope, status) in [
        (&narrow, "tickets:act:submit", 201),
        (&narrow, "tickets:act:withdraw", 403),
        (&narrow, "tickets:act", 403),
        (&wide, "tickets:act:withdraw", 201),
        (&wide, "tickets:act", 201),
        (&wide, "tickets:read", 403),
        // Not the word of an action.
        (&wide, "tickets:act:", 422),
        (&wide, "tickets:act:Close it", 422),
        (&wide, "tickets:act:*", 422),
    ] {
        let answer = with(&app, secret, "POST", "/api/v1/tokens", &wish(scope)).await;
        assert_eq!(answer.status, status, "{scope}: {}", answer.text);
        if status == 201 {
            assert_eq!(answer.at("/scopes"), json!([scope]));
        }
    }
    app.stop().await;
}

#[actix_web::test]
async fn tokens_and_versions_come_in_pages() {
    let app = App::new().await;
    for number in 0..3 {
        let wish = json!({"title": format!("token {number}"), "scopes": ["tickets:read"]});
        assert_eq!(app.post("li", "/api/v1/tokens", &[], &wish).await.status, 201);
        let next = crate::support::ERRAND.replace("version: 1\ntitle", &format!("version: {}\ntitle", number + 2));
        app.test.clock.advance(1_000);
        app.test
            .desk
            .publish(&ombud::desk::Principal::machine(), &next, None)
            .await
            .unwrap();
    }
    for (person, list, name, whole) in [("li", "tokens", "id", 4), ("boss", "workflows", "hash", 4)] {
        let mut found = std::collections::BTreeSet::new();
        let (mut cursor, mut pages) = (String::new(), 0);
        loop {
            let page = app.get(person, &format!("/api/v1/{list}?limit=3{cursor}")).await;
            assert_eq!(page.status, 200, "{}", page.text);
            pages += 1;
            for item in page.at("/items").as_array().unwrap() {
                assert!(found.insert(item[name].to_string()), "{list}: twice");
            }
            match page.at("/next").as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!((found.len(), pages), (whole, 2), "{list}");
        let broken = app.get(person, &format!("/api/v1/{list}?cursor=nonsense")).await;
        assert_eq!(
            broken.faults(),
            [("cursor".to_owned(), "cursor".to_owned())],
            "{}",
            broken.text
        );
    }
    // Somebody else's token is no place in one's own list.
    let others = app.get("wang", "/api/v1/tokens").await.at("/items/0/id");
    let page = app
        .get("li", &format!("/api/v1/tokens?cursor={}", others.as_str().unwrap()))
        .await;
    assert_eq!(page.status, 422, "{}", page.text);
    app.stop().await;
}

#[actix_web::test]
async fn a_kept_answer_is_given_to_whoever_got_it_and_to_nobody_else() {
    let app = App::new().await;
    let key = [("Idempotency-Key", "order-1")];
    let first = app.post("li", "/api/v1/tickets", &key, &errand()).await;
    assert!(first.text.contains("13800001111"), "{}", first.text);
    // The same key of somebody else is another key, and means another ticket.
    let other = app.post("wang", "/api/v1/tickets", &key, &errand()).await;
    assert_eq!(other.status, 201, "{}", other.text);
    assert_ne!(other.at("/ticket/number"), first.at("/ticket/number"));
    // So is that of a token of the same person that is narrowed to a department.
    let wish = json!({"title": "narrow", "scopes": ["tickets:open", "tickets:read"], "department": "north"});
    let secret = app.post("li", "/api/v1/tokens", &[], &wish).await.at("/secret");
    let authorization = format!("Bearer {}", secret.as_str().unwrap());
    let headers = [
        ("Authorization", authorization.as_str()),
        ("Content-Type", "application/json"),
        ("Idempotency-Key", "order-1"),
    ];
    let narrow = app
        .send(
            "",
            "POST",
            "/api/v1/tickets",
            &headers,
            Some(errand().to_string().into_bytes()),
        )
        .await;
    assert_ne!(
        narrow.at("/ticket/number"),
        first.at("/ticket/number"),
        "{}",
        narrow.text
    );
    app.stop().await;
}
