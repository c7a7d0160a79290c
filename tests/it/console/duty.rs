//! Duty and the roster as pages: the same places and gaps as the API, signing on and off, a shift that moves.

use super::visit::Visit;
use crate::api::App;

/// A made-up key, as the page makes them.
const KEY: &str = "0195f0000000700080000000000000aa";

#[actix_web::test]
async fn places_and_gaps_are_those_of_the_api_for_everybody() {
    let app = App::new().await;
    for person in ["li", "zhang", "sun", "boss", "audrey", "ada"] {
        let visit = Visit::signed_in(&app, person).await;
        let api = app.get(person, "/api/v1/duty/now").await;
        let page = visit.get("/duty").await;
        assert_eq!(page.status, api.status, "{person}: {}", page.text);
        let places = api.at("/items").as_array().unwrap().len();
        assert_eq!(page.text.matches("data-place=").count(), places, "{person}");
        let gaps = app.get(person, "/api/v1/duty/gaps?days=14&limit=200").await;
        let gaps = gaps.at("/items").as_array().unwrap().len();
        assert!(gaps > 0, "zhang is on duty until Tuesday only");
        assert!(page.text.contains(&format!("data-gaps=\"{gaps}\"")), "{person}: {gaps}");
    }
    app.stop().await;
}

/// What stands in the first attribute of this name.
fn attribute<'p>(page: &'p str, name: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("{name}=\"")).unwrap();
    rest.split_once('"').unwrap().0
}

#[actix_web::test]
async fn board_and_page_of_duty_tell_the_same_number_of_gaps() {
    let app = App::new().await;
    for person in ["zhang", "boss"] {
        let visit = Visit::signed_in(&app, person).await;
        let (duty, board) = (visit.get("/duty").await, visit.get("/board").await);
        let told = attribute(&duty.text, "data-told");
        assert_eq!(attribute(&board.text, "data-told"), told, "{person}");
        assert_eq!(
            attribute(&board.text, "data-gaps"),
            attribute(&duty.text, "data-gaps"),
            "{person}"
        );
        let found: usize = duty
            .text
            .split("data-found=\"")
            .skip(1)
            .map(|rest| rest.split_once('"').unwrap().0.parse::<usize>().unwrap())
            .sum();
        assert_eq!(
            found.to_string(),
            attribute(&duty.text, "data-gaps"),
            "each is told once"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn people_sign_on_themselves_and_who_leads_signs_others_off() {
    let app = App::new().await;
    let zhang = Visit::signed_in(&app, "zhang").await;
    let signed = || {
        app.test
            .desk
            .directory()
            .sign_on_of(&"zhang".into(), app.test.clock.now())
            .is_some()
    };
    assert_eq!(zhang.post("/duty/sign", &[("do", "on")]).await.status, 303);
    assert!(signed());
    assert!(zhang.get("/duty").await.text.contains("value=\"off\""));
    let li = Visit::signed_in(&app, "li").await;
    let page = li.post("/duty/sign", &[("do", "off"), ("person", "zhang")]).await;
    assert_eq!(page.status, 403, "{}", page.text);
    assert!(signed());
    let page = li.post("/duty/sign", &[("do", "on")]).await;
    assert_eq!(page.status, 409, "no shift: {}", page.text);
    assert!(page.text.contains("one signs on for a shift"), "{}", page.text);
    let boss = Visit::signed_in(&app, "boss").await;
    let page = boss.post("/duty/sign", &[("do", "off"), ("person", "zhang")]).await;
    assert_eq!(page.status, 303, "{}", page.text);
    assert!(!signed());
    app.stop().await;
}

#[actix_web::test]
async fn whoever_leaves_writes_a_note_and_whoever_comes_has_read_it() {
    let app = App::new().await;
    let zhang = Visit::signed_in(&app, "zhang").await;
    let note = "和平路停电，<b>已派抢修</b>";
    let written = zhang.post("/duty/handover", &[("note", note), ("role", "")]).await;
    assert_eq!(written.status, 303, "{}", written.text);
    let li = Visit::signed_in(&app, "li").await;
    let page = li.get("/duty").await;
    assert!(
        page.text.contains("和平路停电，&lt;b&gt;已派抢修&lt;/b&gt;"),
        "{}",
        page.text
    );
    let api = app.get("li", "/api/v1/duty/handovers").await;
    let id = api.at("/items/0/id");
    assert!(page.text.contains(&format!("data-note=\"{id}\"")), "{}", page.text);
    let read = format!("/duty/handover/{id}/read");
    assert!(page.text.contains(&read), "{}", page.text);
    assert_eq!(li.post(&read, &[]).await.status, 303);
    let page = li.get("/duty").await;
    assert!(!page.text.contains(&read), "once is enough: {}", page.text);

    // Who has no shift is told so, and what they typed stays.
    let refused = li
        .post("/duty/handover", &[("note", "从未当班的话"), ("role", "agent")])
        .await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(refused.text.contains("从未当班的话"), "{}", refused.text);
    let empty = zhang.post("/duty/handover", &[("note", "  "), ("role", "")]).await;
    assert_eq!(empty.status, 422, "{}", empty.text);
    app.stop().await;
}

#[actix_web::test]
async fn a_manager_moves_a_shift_and_nobody_moves_the_past() {
    let app = App::new().await;
    let boss = Visit::signed_in(&app, "boss").await;
    let shift = |from: &'static str, to: &'static str| [("person", "li"), ("role", ""), ("from", from), ("to", to)];
    let form = boss.get("/organisation/shift/new?person=li&day=2026-03-03").await;
    assert!(form.text.contains("value=\"2026-03-03 08:00\""), "{}", form.text);
    let mut sent = shift("2026-03-03T08:00", "2026-03-03T16:00").to_vec();
    sent.push(("key", KEY));
    let done = boss.post("/organisation/shift/new", &sent).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(done.header("location"), "/duty/roster?day=2026-03-03");
    let roster = boss.get("/duty/roster?day=2026-03-03").await;
    assert!(roster.text.contains("08:00–16:00"), "{}", roster.text);
    let path = format!("/organisation/shift/{KEY}");
    assert!(roster.text.contains(&path));

    let form = boss.get(&path).await;
    let version = form.field("version");
    let mut sent = shift("2026-03-04T22:00", "2026-03-05T06:00").to_vec();
    sent.push(("version", &version));
    assert_eq!(boss.post(&path, &sent).await.status, 303);
    let roster = boss.get("/duty/roster?day=2026-03-03&role=agent").await;
    assert!(!roster.text.contains("08:00–16:00") && roster.text.contains("22:00–06:00"));
    assert!(roster.text.contains("…06:00"), "it goes on the next morning");
    let stale = boss.post(&path, &sent).await;
    assert_eq!(stale.status, 409, "somebody was quicker: {}", stale.text);
    assert!(
        stale.text.contains("value=\"2026-03-04T22:00\""),
        "nothing typed is lost"
    );

    let version = boss.get(&path).await.field("version");
    let li = Visit::signed_in(&app, "li").await;
    assert_eq!(li.get(&path).await.status, 403);
    let mut own = shift("2026-03-06T08:00", "2026-03-06T16:00").to_vec();
    own.push(("version", &version));
    assert_eq!(li.post(&path, &own).await.status, 403);
    assert!(
        !li.get("/duty/roster?day=2026-03-03")
            .await
            .text
            .contains("/organisation/shift/")
    );

    let version = boss.get(&path).await.field("version");
    let mut past = shift("2026-03-01T22:00", "2026-03-05T06:00").to_vec();
    past.push(("version", &version));
    let page = boss.post(&path, &past).await;
    assert_eq!(page.status, 422, "{}", page.text);
    assert!(page.text.contains("id=\"e-from-err\""), "{}", page.text);
    let mut backwards = shift("2026-03-05T22:00", "2026-03-05T06:00").to_vec();
    backwards.push(("version", &version));
    let page = boss.post(&path, &backwards).await;
    assert!(page.text.contains("id=\"e-to-err\""), "{}", page.text);

    let end = boss
        .post(
            &path,
            &[("do", "end"), ("version", &version), ("from", "2026-03-04T22:00")],
        )
        .await;
    assert_eq!(end.status, 303, "{}", end.text);
    assert_eq!(boss.get(&path).await.status, 404);
    app.stop().await;
}
