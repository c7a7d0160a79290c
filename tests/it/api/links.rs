//! Links between tickets: both sides name the other by its number; what it is about stands there for whoever sees it.

use serde_json::json;

use super::app::App;

#[actix_web::test]
async fn a_link_names_the_other_ticket_and_tells_what_it_is_to_whoever_may_see_it() {
    let app = App::new().await;
    let seen = app.dispatched().await;
    let mine = app.open("li").await;
    let path = format!("/api/v1/tickets/{seen}/links");
    let link = json!({"ticket": mine, "kind": "repeat"});
    let linked = app.post("li", &path, &[("If-Match", "*")], &link).await;
    assert_eq!(linked.status, 200, "{}", linked.text);

    let links = app.get("li", &path).await;
    assert_eq!(links.at("/items/0/number"), json!(mine), "{}", links.text);
    assert_eq!(links.at("/items/0/kind"), json!("repeat"));
    assert_eq!(
        links.at("/items/0/other/subject"),
        json!("和平路12号：路灯不亮"),
        "{}",
        links.text
    );
    assert_eq!(links.at("/items/0/other/open"), json!(true));
    assert_eq!(links.at("/next"), json!(null));
    // The liaison works on the one and does not see the other, which is still a draft.
    let links = app.get("sun", &path).await;
    assert_eq!(links.at("/items/0/number"), json!(mine), "{}", links.text);
    assert_eq!(links.at("/items/0/other"), json!(null), "{}", links.text);
    // From the other side.
    let links = app.get("li", &format!("/api/v1/tickets/{mine}/links")).await;
    assert_eq!(links.at("/items/0/number"), json!(seen), "{}", links.text);

    let undone = app
        .post("li", &format!("{path}/undo"), &[("If-Match", "*")], &link)
        .await;
    assert_eq!(undone.status, 200, "{}", undone.text);
    assert_eq!(app.get("li", &path).await.at("/items"), json!([]));
    app.stop().await;
}

#[actix_web::test]
async fn links_come_in_pages() {
    let app = App::new().await;
    let parent = app.open("li").await;
    let path = format!("/api/v1/tickets/{parent}/links");
    let mut children = Vec::new();
    for _ in 0..3 {
        let child = app.open("li").await;
        let link = json!({"ticket": child, "kind": "child"});
        let linked = app.post("li", &path, &[("If-Match", "*")], &link).await;
        assert_eq!(linked.status, 200, "{}", linked.text);
        children.push(json!(child));
    }
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = app.get("li", &format!("{path}?limit=2{cursor}")).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let items = page.at("/items");
        assert!(items.as_array().unwrap().len() <= 2);
        found.extend(items.as_array().unwrap().iter().map(|item| item["number"].clone()));
        match page.at("/next").as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found, children);
    let broken = app.get("li", &format!("{path}?cursor=nonsense")).await;
    assert_eq!(
        broken.faults(),
        [("cursor".to_owned(), "cursor".to_owned())],
        "{}",
        broken.text
    );
    app.stop().await;
}
