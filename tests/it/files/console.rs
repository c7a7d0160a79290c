//! Files on pages: up with the page's token and not without, in the form of an action and of a new ticket, on the
//! ticket's page, shown in place only where that is harmless.

use serde_json::Value;

use super::{Kept, PNG};
use crate::console::visit::{Page, Visit};

async fn put(visit: &Visit<'_>, path: &str, token: &str, bytes: &[u8]) -> (u16, String) {
    let url = format!("http://{}{path}", visit.app.address);
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let answer = client
        .put(url)
        .header("Cookie", format!("{}; lang={}", visit.cookie, visit.language))
        .header("Accept", "application/json")
        .header("X-CSRF-Token", token)
        .body(bytes.to_vec())
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn wrong(text: &str) -> String {
    let read: Value = serde_json::from_str(text).unwrap();
    read["wrong"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_file_goes_up_with_the_token_of_a_page_and_comes_with_the_form() {
    let kept = Kept::new().await;
    let number = kept.app.dispatched().await;
    let mut visit = Visit::signed_in(&kept.app, "sun").await;
    let csrf = visit.csrf.clone();
    assert_eq!(put(&visit, "/files/a1?name=a.png", "guessed", PNG).await.0, 403);
    assert_eq!(kept.contents().len(), 0);
    let (status, said) = put(&visit, "/files/a1?name=a.png", &csrf, PNG).await;
    assert_eq!(status, 200, "{said}");
    for (language, words) in [("en", "not taken"), ("zh-CN", "不收取")] {
        visit.language = language;
        let (status, said) = put(&visit, "/files/a2?name=a.png", &csrf, b"<html>").await;
        assert!(status == 415 && wrong(&said).contains(words), "{said}");
    }
    visit.language = "en";
    let path = format!("/tickets/{number}/actions/attach");
    let form = visit.get(&path).await;
    assert!(
        form.text.contains("type=\"file\"") && form.text.contains("data-max=\"3\""),
        "{}",
        form.text
    );
    let sent = |form: &Page, files: &'static str| {
        vec![
            ("revision", form.field("revision")),
            ("key", form.field("key")),
            ("files", files.to_owned()),
        ]
    };
    let send = async |path: &str, fields: &[(&'static str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        visit.post(path, &fields).await
    };
    // What is wrong is said at the field, and what is up stays in the form.
    let mut both = sent(&form, "a1");
    both.push(("files", "none".to_owned()));
    let back = send(&path, &both).await;
    assert_eq!(back.status, 422, "{}", back.text);
    assert!(
        back.text.contains("upload the file again") && back.text.contains("value=\"a1\""),
        "{}",
        back.text
    );
    let done = send(&path, &sent(&form, "a1")).await;
    assert_eq!(done.status, 303, "{}", done.text);

    let page = visit.get(&format!("/tickets/{number}")).await;
    let seq = kept.list("sun", &number).await[0]["attachment"].as_u64().unwrap();
    let file = format!("/tickets/{number}/files/{seq}");
    assert!(
        page.text.contains(&format!("src=\"{file}?show=true\"")),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("a.png") && page.text.contains("added a file"),
        "{}",
        page.text
    );
    let shown = visit.get(&format!("{file}?show=true")).await;
    assert!(shown.header("content-disposition").starts_with("inline"), "{shown:?}");
    assert!(
        visit
            .get(&file)
            .await
            .header("content-disposition")
            .starts_with("attachment")
    );
    let text = kept.attach("sun", &number, "b.txt", b"words\n").await;
    let saved = visit.get(&format!("/tickets/{number}/files/{text}?show=true")).await;
    assert!(
        saved.header("content-disposition").starts_with("attachment"),
        "only images are shown in place"
    );
    assert!(saved.header("content-security-policy").contains("sandbox"));

    let path = format!("/tickets/{number}/actions/detach?attachment={seq}");
    let form = visit.get(&path).await;
    let fields = vec![
        ("revision", form.field("revision")),
        ("key", form.field("key")),
        ("attachment", form.field("attachment")),
        ("reason", "传错了".to_owned()),
    ];
    let done = send(&path, &fields).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let page = visit.get(&format!("/tickets/{number}")).await;
    assert!(
        page.text.contains("Removed") && !page.text.contains(&format!("{file}\"")),
        "{}",
        page.text
    );
    kept.app.stop().await;
}

#[actix_web::test]
async fn hostile_names_are_harmless_on_the_page() {
    let kept = Kept::new().await;
    let number = kept.app.dispatched().await;
    kept.attach("sun", &number, "%3Cscript%3Ealert(1)%3C%2Fscript%3E.txt", b"x\n")
        .await;
    kept.attach("sun", &number, "%22%20onload%3D%22x%E2%80%AE.png", PNG)
        .await;
    let visit = Visit::signed_in(&kept.app, "sun").await;
    let page = visit.get(&format!("/tickets/{number}")).await;
    assert!(
        !page.text.contains("<script>alert") && !page.text.contains("\" onload="),
        "{}",
        page.text
    );
    assert!(!page.text.contains('\u{202e}'));
    kept.app.stop().await;
}

#[actix_web::test]
async fn a_new_ticket_brings_its_files_and_a_draft_keeps_them() {
    let kept = Kept::new().await;
    let visit = Visit::signed_in(&kept.app, "li").await;
    let csrf = visit.csrf.clone();
    assert_eq!(put(&visit, "/files/f1?name=a.png", &csrf, PNG).await.0, 200);
    let form = [
        ("draft", "d1"),
        ("workflow", "errand"),
        ("values.place", "和平路12号"),
        ("values.summary", "路灯不亮"),
        ("files", "f1"),
    ];
    assert_eq!(visit.post("/drafts", &form).await.status, 200);
    let page = visit.get("/desk?draft=d1").await;
    assert!(
        page.text.contains("name=\"files\" value=\"f1\"") && page.text.contains("a.png"),
        "{}",
        page.text
    );
    let sent = visit.post("/desk", &form).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let number = sent.header("location").rsplit('/').next().unwrap().to_owned();
    assert_eq!(kept.list("li", &number).await.len(), 1);
    kept.app.stop().await;
}
