//! What stands on the pages, in both languages, and what does not.

use serde_json::json;

use super::visit::Visit;
use crate::api::App;

#[actix_web::test]
async fn every_page_is_made_in_both_languages_with_a_strict_policy() {
    let app = App::new().await;
    let number = app.dispatched().await;
    for person in ["li", "zhang", "sun", "hao", "boss", "audrey", "ada", "cai"] {
        let mut visit = Visit::signed_in(&app, person).await;
        for language in ["zh-CN", "en"] {
            visit.language = language;
            let mut paths = [
                "/me",
                "/sign-in",
                "/welcome",
                "/desk",
                "/board",
                "/board/wall",
                "/callbacks",
                "/inbox",
                "/inbox?all=yes",
            ]
            .map(str::to_owned)
            .to_vec();
            for view in ["mine", "open", "late", "urgent", "closed", "all"] {
                paths.push(format!("/tickets?view={view}"));
            }
            if app.get(person, "/api/v1/reports/sheet").await.status == 200 {
                paths.push("/reports".to_owned());
                paths.push("/reports?by=workflow&from=2026-03-01&to=2026-03-31".to_owned());
                paths.push("/reports/tickets?figure=received".to_owned());
            }
            let sees = app.get(person, &format!("/api/v1/tickets/{number}")).await.status == 200;
            if sees {
                paths.push(format!("/tickets/{number}"));
                paths.push(format!("/tickets/{number}/print"));
            }
            for path in paths {
                let page = visit.get(&path).await;
                assert_eq!(page.status, 200, "{person} {path}: {}", page.text);
                assert_eq!(page.header("content-language"), language);
                let policy = page.header("content-security-policy");
                assert!(
                    policy.contains("script-src 'self';") && !policy.contains("unsafe"),
                    "{policy}"
                );
                assert_eq!(page.header("cache-control"), "no-store");
                assert!(page.text.contains(&format!("<html lang=\"{language}\"")), "{path}");
                assert!(
                    !page.text.contains("<script>") && !page.text.contains("style="),
                    "{path}"
                );
            }
        }
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_page_shows_what_the_api_shows_to_the_same_person_and_nothing_else() {
    let app = App::new().await;
    let number = app.dispatched().await;
    let secret = "13800001111";
    for person in ["li", "wang", "zhang", "sun", "nora", "boss", "audrey", "ada"] {
        let visit = Visit::signed_in(&app, person).await;
        let api = app.get(person, &format!("/api/v1/tickets/{number}")).await;
        let page = visit.get(&format!("/tickets/{number}")).await;
        assert_eq!(page.status, api.status, "{person}");
        assert_eq!(
            page.text.contains(secret),
            api.text.contains(secret),
            "{person}: the caller's number"
        );
        let listed = app.get(person, "/api/v1/tickets?open=true").await;
        let list = visit.get("/tickets?view=open").await;
        assert_eq!(
            list.text.contains(&number),
            listed.text.contains(&number),
            "{person}: the list"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn what_came_of_an_action_stands_with_it_in_the_history() {
    let app = App::new().await;
    let number = app.dispatched().await;
    let visit = Visit::signed_in(&app, "zhang").await;
    let page = visit.get(&format!("/tickets/{number}")).await;
    let history = page.text.split("<ol class=\"tl\">").nth(1).unwrap();
    let entries: Vec<&str> = history.split("<li class=").skip(1).collect();
    let dispatched: Vec<&&str> = entries.iter().filter(|one| one.contains("dispatched to")).collect();
    assert_eq!(dispatched.len(), 1, "{history}");
    let told = dispatched[0];
    assert!(told.contains("<span class=\"then\">dispatched to"), "{told}");
    assert!(
        told.contains("<span class=\"then\">now: "),
        "the state that was entered: {told}"
    );
    assert!(!entries.iter().any(|one| one.contains("<span>now: ")), "{history}");
    app.stop().await;
}

#[actix_web::test]
async fn hostile_text_is_shown_as_text() {
    let app = App::new().await;
    let hostile = "<script>alert(1)</script>\"'&{{7*7}}\u{202e}evil";
    let body = json!({"workflow": "errand",
        "values": {"place": hostile, "summary": "路灯不亮", "caller": "王先生", "phone": "13800001111"}});
    let opened = app.post("li", "/api/v1/tickets", &[], &body).await;
    assert_eq!(opened.status, 201, "{}", opened.text);
    let number = opened.at("/ticket/number").as_str().unwrap().to_owned();
    let visit = Visit::signed_in(&app, "li").await;
    for path in [format!("/tickets/{number}"), "/tickets?view=open".to_owned()] {
        let page = visit.get(&path).await;
        assert_eq!(page.status, 200);
        assert!(!page.text.contains("<script>"), "{path}");
        assert!(page.text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{path}");
        assert!(page.text.contains("{{7*7}}"), "{path}: nothing is worked out");
    }
    app.stop().await;
}

#[actix_web::test]
async fn an_action_is_done_from_its_form_and_who_was_quicker_takes_nothing_that_was_typed() {
    let app = App::new().await;
    let number = app.open("li").await;
    let visit = Visit::signed_in(&app, "li").await;
    let path = format!("/tickets/{number}/actions/note");
    let form = visit.get(&path).await;
    assert_eq!(form.status, 200, "{}", form.text);
    let (revision, key) = (form.field("revision"), form.field("key"));
    // Somebody else is quicker.
    let other = app.act("li", &number, "submit", &json!({})).await;
    assert_eq!(other.status, 200, "{}", other.text);
    let typed = "two pages of careful notes";
    let send = |revision: String, key: String| {
        let visit = &visit;
        let path = path.clone();
        async move {
            let form = [("revision", revision.as_str()), ("key", key.as_str()), ("note", typed)];
            visit.post(&path, &form).await
        }
    };
    let stale = send(revision.clone(), key.clone()).await;
    assert_eq!(stale.status, 409, "{}", stale.text);
    assert!(stale.text.contains(typed), "nothing typed is lost");
    let (now, key) = (stale.field("revision"), stale.field("key"));
    assert_ne!(now, revision);
    let done = send(now.clone(), key.clone()).await;
    assert_eq!(
        (done.status, done.header("location")),
        (303, format!("/tickets/{number}").as_str()),
        "{}",
        done.text
    );
    let again = send(now, key).await;
    assert_eq!(again.status, 303, "the same form again is the same note");
    let page = visit.get(&format!("/tickets/{number}")).await;
    assert_eq!(page.text.matches(typed).count(), 1);
    app.stop().await;
}

#[actix_web::test]
async fn what_is_missing_is_said_at_its_field() {
    let app = App::new().await;
    let number = app.open("li").await;
    let visit = Visit::signed_in(&app, "li").await;
    let path = format!("/tickets/{number}/actions/note");
    let form = visit.get(&path).await;
    let empty = [
        ("revision", form.field("revision")),
        ("key", form.field("key")),
        ("note", String::new()),
    ];
    let empty: Vec<(&str, &str)> = empty.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let page = visit.post(&path, &empty).await;
    assert_eq!(page.status, 422, "{}", page.text);
    assert!(page.text.contains("aria-invalid=\"true\""), "{}", page.text);
    app.stop().await;
}

#[actix_web::test]
async fn a_reveal_shows_one_value_once_and_is_recorded() {
    let app = App::new().await;
    let number = app.dispatched().await;
    let visit = Visit::signed_in(&app, "boss").await;
    let page = visit.get(&format!("/tickets/{number}")).await;
    assert!(!page.text.contains("13800001111"));
    let path = format!("/tickets/{number}/actions/reveal");
    let form = visit.get(&format!("{path}?field=phone")).await;
    let (revision, key) = (form.field("revision"), form.field("key"));
    let fields = [
        ("revision", revision.as_str()),
        ("key", key.as_str()),
        ("field", "phone"),
        ("reason", "the caller asked"),
    ];
    let shown = visit.post(&path, &fields).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert!(shown.text.contains("13800001111"));
    let page = visit.get(&format!("/tickets/{number}")).await;
    assert!(!page.text.contains("13800001111") && page.text.contains("the caller asked"));
    app.stop().await;
}

#[actix_web::test]
async fn the_first_page_weighs_less_than_a_hundred_kilobytes() {
    let app = App::new().await;
    let visit = Visit::signed_in(&app, "zhang").await;
    let page = visit.get("/tickets?view=open").await;
    let mut weight = 0;
    let mut paths = vec!["/tickets?view=open".to_owned()];
    for piece in page.text.split("/assets/").skip(1) {
        let path = format!("/assets/{}", piece.split(['"', '#']).next().unwrap());
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    assert!(paths.len() >= 4, "{paths:?}");
    for path in paths {
        let answer = visit.send("GET", &path, &[("Accept-Encoding", "gzip")], None).await;
        assert_eq!(answer.status, 200, "{path}");
        if path.starts_with("/assets/") {
            assert!(answer.header("cache-control").contains("immutable"), "{path}");
        }
        weight += answer.bytes;
    }
    assert!(weight < 100_000, "{weight} bytes");
    assert!(weight > 10_000, "{weight} bytes: something was not counted");
    app.stop().await;
}
