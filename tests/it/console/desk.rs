//! The agent's desk, the board, what is live.

use std::time::Duration;

use futures_util::StreamExt;

use super::visit::{Visit, escaped};
use crate::api::App;

/// What an errand wants, as the page of the desk sends it.
fn errand<'a>(draft: &'a str, place: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("draft", draft),
        ("workflow", "errand"),
        ("channel", "phone"),
        ("values.place", place),
        ("values.summary", "路灯不亮"),
        ("values.caller", "王先生"),
        ("values.phone", "１３８ ００００ １１１１"),
    ]
}

fn number_of(location: &str) -> String {
    location.rsplit('/').next().unwrap().to_owned()
}

#[actix_web::test]
async fn a_ticket_is_written_and_sent_twice_it_is_one() {
    let app = App::new().await;
    let visit = Visit::signed_in(&app, "li").await;
    let desk = visit.get("/desk").await;
    assert_eq!(desk.status, 200, "{}", desk.text);
    let draft = desk.field("draft");
    let mut form = errand(&draft, "和平路12号");
    form.push(("action", "submit"));
    let first = visit.post("/desk", &form).await;
    assert_eq!(first.status, 303, "{}", first.text);
    let number = number_of(first.header("location"));
    let again = visit.post("/desk", &form).await;
    assert_eq!(number_of(again.header("location")), number, "{}", again.text);
    let ticket = app.get("li", &format!("/api/v1/tickets/{number}")).await;
    assert_eq!(ticket.at("/state"), "review", "{}", ticket.text);
    assert_eq!(ticket.at("/contact/channel"), "phone");
    let listed = app.get("li", "/api/v1/tickets?open=true").await;
    assert_eq!(listed.at("/items").as_array().unwrap().len(), 1);
    // The same number again: the agent sees what came before, and no address holds the number.
    let known = visit.post("/desk/aside", &errand("another", "")).await;
    assert!(known.text.contains(&number), "{}", known.text);
    app.stop().await;
}

#[actix_web::test]
async fn a_repeated_call_is_seen_and_merged_into_the_ticket_that_is_there() {
    let app = App::new().await;
    let visit = Visit::signed_in(&app, "li").await;
    let mut form = errand("first", "和平路12号");
    form.push(("action", "submit"));
    let first = number_of(visit.post("/desk", &form).await.header("location"));

    let mut again = errand("second", "和平路12号");
    let known = visit.post("/desk/aside", &again).await;
    assert!(
        known.text.contains("Call no. 2 in 30 days") && known.text.contains("1 still open"),
        "{}",
        known.text
    );
    again.push(("merge_into", &first));
    let said = visit.post("/desk/aside", &again).await;
    assert!(
        said.text.contains("checked") && said.text.contains("closed as a duplicate"),
        "{}",
        said.text
    );
    again.push(("action", "submit"));
    let second = number_of(visit.post("/desk", &again).await.header("location"));
    let ticket = app.get("li", &format!("/api/v1/tickets/{second}")).await;
    assert_eq!(ticket.at("/outcome"), "duplicate", "{}", ticket.text);
    let into = app.get("li", &format!("/api/v1/tickets/{first}")).await;
    assert_eq!(into.at("/state"), "review", "{}", into.text);
    let page = visit.get(&format!("/tickets/{first}")).await;
    assert!(page.text.contains(&second), "both name each other: {}", page.text);
    let others = visit.get(&format!("/tickets/{first}/caller")).await;
    assert!(
        others.text.contains(&second) && !others.text.contains(&format!(">{first}<")),
        "{}",
        others.text
    );
    app.stop().await;
}

#[actix_web::test]
async fn what_is_missing_is_said_before_anything_is_opened() {
    let app = App::new().await;
    let visit = Visit::signed_in(&app, "li").await;
    let mut form = errand("one", "");
    form.push(("action", "submit"));
    let page = visit.post("/desk", &form).await;
    assert_eq!(page.status, 422, "{}", page.text);
    assert!(
        page.text.contains("aria-invalid=\"true\"") && page.text.contains("路灯不亮"),
        "{}",
        page.text
    );
    let listed = app.get("li", "/api/v1/tickets?open=true").await;
    assert!(listed.at("/items").as_array().unwrap().is_empty());
    app.stop().await;
}

#[actix_web::test]
async fn drafts_are_kept_side_by_side_for_their_writer_alone() {
    let app = App::new().await;
    let li = Visit::signed_in(&app, "li").await;
    let wang = Visit::signed_in(&app, "wang").await;
    for (draft, place) in [("one", "和平路12号"), ("two", "建设街3号")] {
        assert_eq!(li.post("/drafts", &errand(draft, place)).await.status, 200);
    }
    let desk = li.get("/desk?draft=one").await;
    assert!(
        desk.text.contains("value=\"和平路12号\"") && desk.text.contains("建设街3号"),
        "{}",
        desk.text
    );
    assert!(!wang.get("/desk?draft=one").await.text.contains("和平路12号"));
    // Somebody else's draft of the same id is another one.
    assert_eq!(wang.post("/drafts", &errand("one", "北门")).await.status, 200);
    assert!(li.get("/desk?draft=one").await.text.contains("value=\"和平路12号\""));
    li.post("/drafts/drop", &[("draft", "one")]).await;
    assert!(!li.get("/desk").await.text.contains("和平路12号"));
    for count in 0..25 {
        li.post("/drafts", &errand(&format!("more-{count}"), "x")).await;
    }
    let drafts = app
        .test
        .desk
        .drafts(&ombud::desk::Principal::whole("li"))
        .await
        .unwrap();
    assert_eq!(drafts.len(), 20, "and there is a bound");
    app.stop().await;
}

#[actix_web::test]
async fn the_board_shows_what_waits_and_only_what_the_person_may_see() {
    let app = App::new().await;
    let number = app.dispatched().await;
    let zhang = Visit::signed_in(&app, "zhang").await;
    let board = zhang.get("/board").await;
    assert_eq!(board.status, 200, "{}", board.text);
    assert!(board.text.contains(&format!("id=\"tk-{number}\"")), "{}", board.text);
    assert!(board.text.contains("data-today"), "{}", board.text);
    let wall = zhang.get("/board/wall").await;
    assert!(
        wall.text.contains(&format!("id=\"tk-{number}\"")) && !wall.text.contains("/actions/"),
        "it is read and not touched: {}",
        wall.text
    );
    assert!(
        !Visit::signed_in(&app, "nora")
            .await
            .get("/board/wall")
            .await
            .text
            .contains(&number)
    );
    let part = zhang.send("GET", "/board", &[("HX-Request", "true")], None).await;
    assert!(part.text.contains(&number) && !part.text.contains("<html"));
    let nora = Visit::signed_in(&app, "nora").await;
    assert!(!nora.get("/board").await.text.contains(&number));
    app.stop().await;
}

#[actix_web::test]
async fn others_at_the_same_ticket_are_seen_and_news_is_told() {
    let app = App::new().await;
    let number = app.dispatched().await;
    let (zhang, sun) = (
        Visit::signed_in(&app, "zhang").await,
        Visit::signed_in(&app, "sun").await,
    );
    let path = format!("/tickets/{number}/news");
    let page = zhang.get(&format!("/tickets/{number}")).await;
    let seq = page.field("seq");
    let first = zhang.post(&path, &[("seq", &seq), ("writing", "yes")]).await;
    assert!(!first.text.contains("banner"), "{}", first.text);
    let other = sun.post(&path, &[("seq", &seq), ("writing", "no")]).await;
    assert!(other.text.contains("is writing"), "{}", other.text);
    app.act("zhang", &number, "note", &serde_json::json!({"note": "x"}))
        .await;
    let news = sun.post(&path, &[("seq", &seq), ("writing", "no")]).await;
    assert!(news.text.contains("banner"), "{}", news.text);
    let nora = Visit::signed_in(&app, "nora").await;
    assert_eq!(
        nora.post(&path, &[("seq", &seq)]).await.status,
        404,
        "nobody else learns who is there"
    );
    app.stop().await;
}

#[actix_web::test]
async fn a_stream_tells_that_something_changed_and_nothing_else() {
    let app = App::new().await;
    let visit = Visit::signed_in(&app, "nora").await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/events", app.address);
    let response = client.get(url).header("Cookie", &visit.cookie).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = response.bytes_stream();
    let hello = String::from_utf8(stream.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(hello.contains("retry: 2000"), "{hello}");
    let number = app.open("li").await;
    let told = tokio::time::timeout(Duration::from_secs(20), stream.next())
        .await
        .unwrap();
    let told = String::from_utf8(told.unwrap().unwrap().to_vec()).unwrap();
    assert!(
        told.contains("\"topic\":\"tickets\"") && !told.contains(&number),
        "{told}"
    );
    assert!(!told.contains(&escaped("路灯")));
    app.stop().await;
}
