//! The pages of workflows: the same versions as the API, the file line by line, checking and publishing.

use super::visit::Visit;
use crate::api::App;
use crate::support::ERRAND;

/// Everybody of the organisation, whatever their role.
const EVERYBODY: [&str; 8] = ["li", "zhang", "sun", "hao", "boss", "audrey", "ada", "cai"];

#[actix_web::test]
async fn the_list_has_the_versions_of_the_api_for_everybody_who_may_ask_it() {
    let app = App::new().await;
    let second = ERRAND.replacen("version: 1", "version: 2", 1);
    assert_ne!(second, ERRAND);
    app.test
        .desk
        .publish(&ombud::desk::Principal::machine(), &second, None)
        .await
        .unwrap();
    app.dispatched().await;
    for person in EVERYBODY {
        let visit = Visit::signed_in(&app, person).await;
        let api = app.get(person, "/api/v1/workflows").await;
        let page = visit.get("/workflows").await;
        assert_eq!(page.status, api.status, "{person}");
        let items = api.at("/items");
        let items = items.as_array().unwrap();
        assert_eq!(items.len(), 2);
        for item in items {
            let hash = item["hash"].as_str().unwrap();
            let row = page.text.split("<tr data-row>").find(|row| row.contains(hash)).unwrap();
            let open = item["open_tickets"].as_u64().unwrap();
            let shown = [format!(">{open}</a></td>"), format!(">{open}</span></td>")];
            assert!(shown.iter().any(|shown| row.contains(shown)), "{person}: {row}");
            assert_eq!(
                row.contains("For new tickets"),
                item["active"].as_bool().unwrap(),
                "{row}"
            );
            let version = visit.get(&format!("/workflows/{hash}")).await;
            assert_eq!(version.status, 200, "{person}: {}", version.text);
        }
        assert_eq!(visit.get("/workflows/nothing").await.status, 404);
        assert_eq!(visit.get("/workflows/nothing/file").await.status, 404);
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_version_shows_its_picture_its_states_and_every_line_of_its_file() {
    let app = App::new().await;
    let api = app.get("boss", "/api/v1/workflows").await;
    let hash = api.at("/items/0/hash").as_str().unwrap().to_owned();
    let source = app.get("boss", &format!("/api/v1/workflows/{hash}")).await.text;
    let mut visit = Visit::signed_in(&app, "boss").await;
    for language in ["zh-CN", "en"] {
        visit.language = language;
        let page = visit.get(&format!("/workflows/{hash}")).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(
            page.text.contains("<svg class=\"sd\""),
            "the picture stands in the page"
        );
        assert!(!page.text.contains("style=") && !page.text.contains("<style"));
        // The file is fetched by whoever wants to see it.
        assert!(!page.text.contains("class=\"src\""), "{}", page.text);
        let way = format!("/workflows/{hash}/file");
        assert!(page.text.contains(&format!("href=\"{way}\"")), "{}", page.text);
        let file = visit.get(&way).await;
        assert_eq!(file.status, 200, "{}", file.text);
        assert_eq!(file.text.matches("<li><code>").count(), source.lines().count());
        assert!(file.text.contains(&format!("<code>{hash}</code>")));
        assert!(page.text.contains(&format!("<code>{hash}</code>")));
        let definition = app.test.desk.active(&"errand".into()).unwrap();
        for state in definition.states.keys() {
            assert!(
                page.text.contains(&format!("<code class=\"muted\">{state}</code>")),
                "{state}"
            );
        }
        assert!(
            !page.text.contains("{{") && !page.text.contains("workflow-"),
            "{}",
            page.text
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_file_is_checked_with_line_and_column_and_published_by_whoever_may() {
    let app = App::new().await;
    let boss = Visit::signed_in(&app, "boss").await;
    let wrong = ERRAND.replacen("start: ", "start: nowhere_", 1);
    let line = wrong.lines().position(|line| line.starts_with("start:")).unwrap() + 1;
    let page = boss
        .post("/workflows/check", &[("source", &wrong), ("do", "check")])
        .await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(
        page.text.contains(&format!("href=\"#L{line}\">Line {line}, column")),
        "{}",
        page.text
    );
    assert!(page.text.contains(&format!("<li id=\"L{line}\" class=\"is-marked\">")));
    assert!(!page.text.contains("value=\"publish\""), "what is wrong is not offered");
    let page = boss
        .post("/workflows/check", &[("source", &wrong), ("do", "publish")])
        .await;
    assert_eq!(page.status, 422, "{}", page.text);

    let second = ERRAND.replacen("version: 1", "version: 2", 1);
    let page = boss
        .post("/workflows/check", &[("source", &second), ("do", "check")])
        .await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("value=\"publish\""), "{}", page.text);
    let own = boss
        .post(
            "/workflows/check",
            &[("source", &second), ("do", "publish"), ("author", "boss")],
        )
        .await;
    assert_eq!(own.status, 409, "four eyes: {}", own.text);
    let li = Visit::signed_in(&app, "li").await;
    let page = li
        .post("/workflows/check", &[("source", &second), ("do", "publish")])
        .await;
    assert_eq!(page.status, 403, "{}", page.text);
    assert_eq!(app.test.desk.active(&"errand".into()).unwrap().version, 1);
    let done = boss
        .post("/workflows/check", &[("source", &second), ("do", "publish")])
        .await;
    assert_eq!(done.status, 303, "{}", done.text);
    let active = app.test.desk.active(&"errand".into()).unwrap();
    assert_eq!(
        (active.version, done.header("location")),
        (2, format!("/workflows/{}", active.hash).as_str())
    );
    app.stop().await;
}

#[actix_web::test]
async fn hostile_words_of_a_file_stay_words_in_the_picture_too() {
    let app = App::new().await;
    let visit = Visit::signed_in(&app, "boss").await;
    let title = ERRAND
        .lines()
        .find(|line| line.contains("title:") && line.contains("en:"))
        .unwrap();
    let hostile = "    title: {zh: \"<script>alert(1)</script>\", en: \"<script>alert(1)</script>\"}";
    let indent = title.len() - title.trim_start().len();
    let line = format!("{}{}", &title[..indent], hostile.trim_start());
    let source = ERRAND.replace(title, &line);
    assert!(source.contains("<script>"));
    let page = visit
        .post("/workflows/check", &[("source", &source), ("do", "check")])
        .await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(!page.text.contains("<script>"), "{}", page.text);
    assert!(page.text.contains("&lt;script&gt;"));
    app.stop().await;
}
