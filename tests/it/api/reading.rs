//! Reading over HTTP: what may be seen, masks, lists and their pages, events, clocks in words, the feed.

use serde_json::json;

use super::app::App;

#[actix_web::test]
async fn private_fields_are_masked_for_whoever_does_not_act_on_the_ticket() {
    let app = App::new().await;
    let number = app.dispatched().await;
    let path = format!("/api/v1/tickets/{number}");
    // The auditor sees everything and acts on nothing.
    let masked = app.get("audrey", &path).await;
    assert_eq!(masked.at("/values/phone"), json!("138****1111"), "{}", masked.text);
    assert_eq!(masked.at("/values/caller"), json!("王**"));
    assert_eq!(masked.at("/values/place"), json!("和平路12号"));
    assert!(masked.at("/masked").as_array().unwrap().contains(&json!("phone")));
    // The liaison of the department works on it.
    let shown = app.get("sun", &path).await;
    assert_eq!(shown.at("/values/phone"), json!("13800001111"), "{}", shown.text);
    // The same through every other way out.
    for way in ["events", "actions?why_not=true", "clocks", "links"] {
        let answer = app.get("audrey", &format!("{path}/{way}")).await;
        assert_eq!(answer.status, 200, "{way}: {}", answer.text);
        assert!(!answer.text.contains("13800001111"), "{way} shows the number");
        assert!(!answer.text.contains("王先生"), "{way} shows the name");
    }
    for list in ["/api/v1/tickets", "/api/v1/events"] {
        let answer = app.get("audrey", list).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(
            !answer.text.contains("13800001111") && !answer.text.contains("王先生"),
            "{list}"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_reveal_shows_one_field_once_and_is_recorded() {
    let app = App::new().await;
    let number = app.dispatched().await;
    let body = json!({"field": "phone", "reason": "核实来电号码"});
    let revealed = app.act("boss", &number, "reveal", &body).await;
    assert_eq!(revealed.status, 200, "{}", revealed.text);
    assert_eq!(revealed.at("/revealed/phone"), json!("13800001111"));
    let events = app
        .get("audrey", &format!("/api/v1/tickets/{number}/events?limit=200"))
        .await;
    assert!(events.text.contains("revealed"), "{}", events.text);
    // A rehearsal is no event, and shows nothing that would have been one.
    let before = app.events().await;
    let rehearsed = app.act("boss", &number, "reveal?dry_run=true", &body).await;
    assert_eq!(rehearsed.status, 200, "{}", rehearsed.text);
    assert!(!rehearsed.text.contains("13800001111"), "{}", rehearsed.text);
    assert_eq!(app.events().await, before);
    // A repeat under the same key answers without it: once is once.
    let path = format!("/api/v1/tickets/{number}/actions/reveal");
    let headers = [("If-Match", "*"), ("Idempotency-Key", "reveal-1")];
    let first = app.post("boss", &path, &headers, &body).await;
    assert_eq!(first.at("/revealed/phone"), json!("13800001111"), "{}", first.text);
    let again = app.post("boss", &path, &headers, &body).await;
    assert_eq!(
        (again.status, again.at("/revealed")),
        (200, json!(null)),
        "{}",
        again.text
    );
    assert!(!again.text.contains("13800001111"), "{}", again.text);
    // An auditor changes nothing, and a reveal is an event.
    let refused = app.act("audrey", &number, "reveal", &body).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    app.stop().await;
}

#[actix_web::test]
async fn other_departments_tickets_are_not_there() {
    let app = App::new().await;
    let number = app.dispatched().await;
    for person in ["nora", "hua", "wang", "ada"] {
        for way in ["", "/events", "/clocks", "/actions", "/links"] {
            let answer = app.get(person, &format!("/api/v1/tickets/{number}{way}")).await;
            assert_eq!(answer.status, 404, "{person} {way}: {}", answer.text);
        }
        let list = app.get(person, "/api/v1/tickets").await;
        assert_eq!(list.at("/items"), json!([]), "{person}");
        assert_eq!(
            app.act(person, &number, "withdraw", &json!({})).await.status,
            404,
            "{person}"
        );
    }
    // What is not yours and what is nowhere look the same.
    let hidden = app.get("nora", &format!("/api/v1/tickets/{number}")).await;
    let nowhere = app.get("nora", "/api/v1/tickets/E20260302-999999").await;
    assert_eq!(hidden.at("/detail"), nowhere.at("/detail"));
    assert_eq!(hidden.at("/what"), nowhere.at("/what"));
    app.stop().await;
}

#[actix_web::test]
async fn pages_of_a_list_stay_stable_while_tickets_come_in() {
    let app = App::new().await;
    let mut expected = Vec::new();
    for _ in 0..7 {
        expected.push(app.open("li").await);
    }
    expected.reverse();
    let mut found: Vec<String> = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = app
            .get("li", &format!("/api/v1/tickets?sort=number&limit=3{cursor}"))
            .await;
        assert_eq!(page.status, 200, "{}", page.text);
        for row in page.at("/items").as_array().unwrap() {
            found.push(row["number"].as_str().unwrap().to_owned());
        }
        // Somebody opens one between the pages.
        app.open("li").await;
        match page.at("/next").as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found, expected, "none twice, none missing");
    app.stop().await;
}

#[actix_web::test]
async fn lists_are_filtered() {
    let app = App::new().await;
    let number = app.dispatched().await;
    let draft = app.open("li").await;
    for (query, expected) in [
        ("state=handling", vec![&number]),
        ("state=draft", vec![&draft]),
        ("department=finance", vec![&number]),
        ("workflow=errand&open=true&sort=number", vec![&draft, &number]),
        ("open=false", vec![]),
        ("urgent=true", vec![]),
        ("late=true", vec![]),
    ] {
        let page = app.get("boss", &format!("/api/v1/tickets?{query}")).await;
        assert_eq!(page.status, 200, "{query}: {}", page.text);
        let found: Vec<String> = page
            .at("/items")
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["number"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn clocks_say_in_words_how_a_due_time_came_out() {
    let app = App::new().await;
    let number = app.dispatched().await;
    let clocks = app.get("sun", &format!("/api/v1/tickets/{number}/clocks")).await;
    assert_eq!(clocks.status, 200, "{}", clocks.text);
    let items = clocks.at("/items");
    let handle = items
        .as_array()
        .unwrap()
        .iter()
        .find(|clock| clock["clock"] == "handle")
        .unwrap();
    assert_eq!(handle["phase"], "running");
    // 8 working hours from Monday 09:00: 3 until noon, 4.5 until six, 0.5 on Tuesday.
    assert_eq!(handle["due_at"], "2026-03-03T01:00:00.000Z");
    let en = handle["explanation"]["en"].to_string();
    assert!(
        en.contains("8 working hours") && en.contains("2026-03-03 09:00"),
        "{en}"
    );
    assert!(handle["explanation"]["zh"].to_string().contains("8 小时"), "{handle}");
    app.stop().await;
}

#[actix_web::test]
async fn actions_come_with_the_form_of_their_body() {
    let app = App::new().await;
    let number = app.open("li").await;
    let path = format!("/api/v1/tickets/{number}/actions");
    let mine = app.get("li", &path).await;
    assert_eq!(mine.status, 200, "{}", mine.text);
    let items = mine.at("/items");
    let submit = items
        .as_array()
        .unwrap()
        .iter()
        .find(|action| action["action"] == "submit")
        .unwrap();
    assert_eq!(submit["possible"], true);
    assert_eq!(
        submit["schema"]["properties"]["values"]["properties"]["place"]["maxLength"],
        80
    );
    assert_eq!(submit["title"]["en"], "Submit");
    let all = app.get("li", &format!("{path}?why_not=true")).await;
    let items = all.at("/items");
    let impossible: Vec<_> = items
        .as_array()
        .unwrap()
        .iter()
        .filter(|action| action["possible"] == false)
        .collect();
    assert!(!impossible.is_empty());
    for action in impossible {
        assert!(!action["why_not"].as_array().unwrap().is_empty(), "{action}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn the_feed_goes_on_where_it_was_left() {
    let app = App::new().await;
    app.open("li").await;
    app.test.feed_is_whole().await;
    let mut cursor = String::new();
    let mut seen = 0;
    loop {
        let page = app.get("boss", &format!("/api/v1/events?limit=2{cursor}")).await;
        assert_eq!(page.status, 200, "{}", page.text);
        seen += page.at("/items").as_array().unwrap().len();
        cursor = format!("&after={}", page.at("/next").as_str().unwrap());
        if page.at("/more") == json!(false) {
            break;
        }
    }
    assert!(seen > 0);
    let nothing = app.get("boss", &format!("/api/v1/events?limit=2{cursor}")).await;
    assert_eq!(nothing.at("/items"), json!([]));
    app.open("li").await;
    app.test.feed_is_whole().await;
    let more = app.get("boss", &format!("/api/v1/events?limit=2{cursor}")).await;
    assert_eq!(more.at("/items").as_array().unwrap().len(), 2);
    let broken = app.get("boss", "/api/v1/events?after=AAAA").await;
    assert!([410, 422].contains(&broken.status), "{}", broken.text);
    app.stop().await;
}
