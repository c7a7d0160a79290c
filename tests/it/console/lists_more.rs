//! What stands around a ticket: the palette, the sheet on paper, the hands it went through, canned answers, what an agent
//! is offered.

use serde_json::json;

use super::visit::Visit;
use crate::api::App;

const PART: [(&str, &str); 1] = [("HX-Request", "true")];

#[actix_web::test]
async fn the_palette_finds_what_the_person_may_see_by_number_and_by_words() {
    let app = App::new().await;
    let number = app.dispatched().await;
    for (person, sees) in [
        ("boss", true),
        ("li", true),
        ("sun", true),
        ("nora", false),
        ("ada", false),
    ] {
        let visit = Visit::signed_in(&app, person).await;
        for typed in ["%E5%92%8C%E5%B9%B3", &number.to_lowercase()] {
            let found = visit.send("GET", &format!("/palette?q={typed}"), &PART, None).await;
            assert_eq!(found.status, 200, "{}", found.text);
            assert_eq!(found.text.contains(&number), sees, "{person} {typed}: {}", found.text);
        }
        for nothing in ["", "x", "a+b+c+d+e+f+g"] {
            let found = visit.send("GET", &format!("/palette?q={nothing}"), &PART, None).await;
            assert_eq!(
                (found.status, found.text.contains("role=\"option\"")),
                (200, false),
                "{person} {nothing}"
            );
        }
    }
    // Pages are found by the first letters of their sound.
    let mut visit = Visit::signed_in(&app, "boss").await;
    visit.language = "zh-CN";
    let page = visit.get("/me").await;
    assert!(page.text.contains("wddb"), "我的待办: {}", page.text);
    app.stop().await;
}

#[actix_web::test]
async fn the_sheet_on_paper_shows_private_fields_to_whom_the_page_does() {
    let app = App::new().await;
    let number = app.dispatched().await;
    for person in ["li", "zhang", "sun", "nora", "boss", "audrey", "ada"] {
        let mut visit = Visit::signed_in(&app, person).await;
        for language in ["zh-CN", "en"] {
            visit.language = language;
            let page = visit.get(&format!("/tickets/{number}")).await;
            let sheet = visit.get(&format!("/tickets/{number}/print")).await;
            assert_eq!(sheet.status, page.status, "{person}");
            for secret in ["13800001111", "王先生"] {
                assert_eq!(
                    sheet.text.contains(secret),
                    page.text.contains(secret),
                    "{person} {secret}"
                );
            }
            if sheet.status == 200 {
                assert!(sheet.text.contains("class=\"paper\"") && sheet.text.contains(&number));
            }
        }
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_ticket_shows_through_whose_hands_it_went_and_where_it_stands() {
    let app = App::new().await;
    let number = app.dispatched().await;
    let visit = Visit::signed_in(&app, "zhang").await;
    let page = visit.get(&format!("/tickets/{number}")).await;
    assert!(page.text.contains("class=\"hops\""), "{}", page.text);
    let position = visit
        .send("GET", &format!("/tickets/{number}/position"), &PART, None)
        .await;
    assert_eq!(position.status, 200, "{}", position.text);
    assert!(
        position.text.contains("is-now") && position.text.contains("is-past"),
        "{}",
        position.text
    );
    let nora = Visit::signed_in(&app, "nora").await;
    let hidden = nora
        .send("GET", &format!("/tickets/{number}/position"), &PART, None)
        .await;
    assert_eq!(hidden.status, 404);
    app.stop().await;
}

#[actix_web::test]
async fn a_canned_answer_is_kept_offered_and_removed() {
    let app = App::new().await;
    let boss = Visit::signed_in(&app, "boss").await;
    let li = Visit::signed_in(&app, "li").await;
    let form = [
        ("do", "save"),
        ("id", ""),
        ("department", ""),
        ("kind", "basis"),
        ("title", "停电赔偿办法"),
        ("text", "第<3>条：先核实。"),
        ("words", "和平"),
    ];
    assert_eq!(li.post("/canned", &form).await.status, 403);
    assert_eq!(boss.post("/canned", &form).await.status, 303);
    let list = li.send("GET", "/canned/list", &PART, None).await;
    assert!(
        list.text.contains("data-text=\"第&lt;3&gt;条：先核实。\"") && list.text.contains("tdpcbf"),
        "{}",
        list.text
    );
    let page = li.get("/canned").await;
    assert!(
        page.text.contains("停电赔偿办法") && !page.text.contains("value=\"remove\""),
        "li may not change it"
    );
    // It is offered to the agent where its words stand in what was written; and open tickets about the same place.
    let number = app.open("li").await;
    let written = [
        ("workflow", "errand"),
        ("values.place", "和平路12号"),
        ("values.summary", "路灯"),
    ];
    let aside = li.post("/desk/aside", &written).await;
    assert!(
        aside.text.contains("第&lt;3&gt;条") && aside.text.contains(&number),
        "{}",
        aside.text
    );
    let wang = Visit::signed_in(&app, "wang").await;
    let aside = wang.post("/desk/aside", &written).await;
    assert!(!aside.text.contains(&number), "nobody is shown what they may not see");
    let id = boss.get("/canned").await.field("id");
    assert_eq!(li.post("/canned", &[("do", "remove"), ("id", &id)]).await.status, 403);
    assert_eq!(boss.post("/canned", &[("do", "remove"), ("id", &id)]).await.status, 303);
    assert!(!li.get("/canned").await.text.contains("停电赔偿办法"));
    let api = app.get("li", "/api/v1/canned").await;
    assert_eq!(api.at("/items"), json!([]));
    app.stop().await;
}
