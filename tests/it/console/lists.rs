//! Lists as pages: filters as chips, saved views, several tickets at once, files.

use std::io::Cursor;

use calamine::Reader as _;
use serde_json::{Value, json};

use super::visit::Visit;
use crate::api::App;

async fn open_at(app: &App, place: &str) -> String {
    let body = json!({"workflow": "errand",
        "values": {"place": place, "summary": "路灯不亮", "caller": "王先生", "phone": "13800001111"}});
    let opened = app.post("li", "/api/v1/tickets", &[], &body).await;
    assert_eq!(opened.status, 201, "{}", opened.text);
    opened.at("/ticket/number").as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn what_is_looked_for_and_filtered_stands_above_the_list_and_can_be_taken_away() {
    let app = App::new().await;
    let (road, lane) = (open_at(&app, "和平路").await, open_at(&app, "新华巷").await);
    let visit = Visit::signed_in(&app, "boss").await;
    let page = visit
        .get("/tickets?view=open&q=%E5%92%8C%E5%B9%B3&workflow=errand")
        .await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains(&road) && !page.text.contains(&lane), "{}", page.text);
    assert!(
        page.text
            .contains("href=\"/tickets?view&#x3D;open&amp;workflow&#x3D;errand\""),
        "{}",
        page.text
    );
    assert!(page.text.contains("30 days"), "how far back is said");
    let by_number = visit.get(&format!("/tickets?view=all&q={}", lane.to_lowercase())).await;
    assert!(by_number.text.contains(&lane) && !by_number.text.contains(&road));
    // What no list can do is said, not broken.
    assert_eq!(visit.get("/tickets?view=all&q=a+b+c+d+e+f").await.status, 422);
    let columns = visit.get("/tickets?view=open&cols=creator&cols=due").await;
    assert!(columns.text.contains("Written by") && !columns.text.contains("<td class=\"hide clip\">"));
    app.stop().await;
}

#[actix_web::test]
async fn a_view_is_saved_counted_begun_with_and_removed() {
    let app = App::new().await;
    for place in ["一路", "二路"] {
        open_at(&app, place).await;
    }
    let visit = Visit::signed_in(&app, "zhang").await;
    let form = [
        ("do", "new"),
        ("id", ""),
        ("title", "急件 <b>"),
        ("shared", "*"),
        ("query", "view=open&text=%E4%B8%80%E8%B7%AF&sort=due_desc"),
    ];
    let saved = visit.post("/tickets/views", &form).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let there = saved.header("location").to_owned();
    let page = visit.get(&there).await;
    assert!(page.text.contains("急件 &lt;b&gt;"), "{}", page.text);
    assert!(page.text.contains("<td class=\"num muted c-no\">") && page.text.matches("data-row").count() == 1);
    let id = there.split('=').next_back().unwrap().to_owned();
    // Its number is that of the API for the same person, and others see the view with theirs.
    let li = Visit::signed_in(&app, "li").await;
    for (visit, person) in [(&visit, "zhang"), (&li, "li")] {
        let tabs = visit.get("/tickets/tabs?view=open").await;
        let (_, tab) = tabs
            .text
            .split_once(&id)
            .unwrap_or_else(|| panic!("{person}: {}", tabs.text));
        let shown = tab
            .split("class=\"cnt")
            .nth(1)
            .unwrap()
            .split(['>', '<'])
            .nth(1)
            .unwrap()
            .to_owned();
        let counted = app
            .get(person, "/api/v1/tickets/count?text=%E4%B8%80%E8%B7%AF")
            .await
            .at("/count");
        assert_eq!(shown, counted.to_string(), "{person}: {}", tabs.text);
    }
    // Li may begin with it and not change it.
    let begin = li.post("/tickets/views", &[("do", "usual"), ("id", &id)]).await;
    assert_eq!(begin.status, 303);
    let first = li.get("/tickets").await;
    assert!(
        first.text.matches("data-row").count() == 1 && first.text.contains("Shared by"),
        "{}",
        first.text
    );
    assert_eq!(
        li.post("/tickets/views", &[("do", "remove"), ("id", &id)]).await.status,
        403
    );
    let renamed = [
        ("do", "save"),
        ("id", &*id),
        ("title", "一路的"),
        ("query", "view=open&text=%E4%B8%80"),
    ];
    assert_eq!(visit.post("/tickets/views", &renamed).await.status, 303);
    assert!(visit.get("/tickets?view=open").await.text.contains("一路的"));
    assert!(
        !li.get("/tickets?view=open").await.text.contains("一路的"),
        "no longer shared"
    );
    assert_eq!(
        visit
            .post("/tickets/views", &[("do", "remove"), ("id", &id)])
            .await
            .status,
        303
    );
    assert!(!visit.get("/tickets?view=open").await.text.contains("一路的"));
    assert_eq!(li.get("/tickets").await.status, 200, "what is gone is the open ones");
    app.stop().await;
}

#[actix_web::test]
async fn several_tickets_are_noted_in_one_form_and_each_says_what_became_of_it() {
    let app = App::new().await;
    let (one, two) = (open_at(&app, "一路").await, open_at(&app, "二路").await);
    app.act("li", &two, "submit", &json!({})).await;
    let visit = Visit::signed_in(&app, "li").await;
    let chosen = visit
        .post("/tickets/bulk", &[("n", &one), ("n", &two), ("query", "view=open")])
        .await;
    assert_eq!(chosen.status, 200, "{}", chosen.text);
    assert!(
        chosen.text.contains("/tickets/bulk/note/form") && chosen.text.contains("2 of 2"),
        "{}",
        chosen.text
    );
    assert!(
        chosen.text.contains("1 of 2"),
        "submitting is left for one: {}",
        chosen.text
    );
    for about_one in ["reveal", "merge", "correct", "link"] {
        assert!(!chosen.text.contains(&format!("/bulk/{about_one}/")), "{about_one}");
    }
    let all = visit
        .post("/tickets/bulk", &[("all", "yes"), ("query", "view=open")])
        .await;
    assert!(all.text.contains(&one) && all.text.contains(&two), "{}", all.text);
    let form = visit
        .post("/tickets/bulk/submit/form", &[("n", &one), ("n", &two)])
        .await;
    assert_eq!(form.status, 200, "{}", form.text);
    let key = form.field("key");
    let send = [("n", one.as_str()), ("n", &two), ("key", &key), ("title", "Submit")];
    let done = visit.post("/tickets/bulk/submit", &send).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(
        (
            done.text.matches("is-done").count(),
            done.text.matches("is-refused").count()
        ),
        (1, 1)
    );
    let again = visit.post("/tickets/bulk/submit", &send).await;
    assert!(again.text.contains("was done before"), "{}", again.text);
    let events = app.get("li", &format!("/api/v1/tickets/{one}/events?limit=200")).await;
    assert_eq!(events.text.matches("\"submit\"").count(), 1, "{}", events.text);
    app.stop().await;
}

#[actix_web::test]
async fn a_list_as_a_file_has_the_rows_of_the_page_and_no_formula() {
    let app = App::with_settings(&[("OMBUD_LIMITS_EXPORT_ROWS_MAX", "230")]).await;
    open_at(&app, "=HYPERLINK(\"http://x.test\")").await;
    let number = app.dispatched().await;
    for person in ["boss", "li", "sun", "audrey", "ada"] {
        let visit = Visit::signed_in(&app, person).await;
        let query = "view=open&sort=number&cols=number,subject,creator";
        let listed = app.get(person, "/api/v1/tickets?open=true&sort=number&limit=200").await;
        let listed: Vec<Value> = listed.at("/items").as_array().unwrap().clone();
        let csv = visit.get(&format!("/tickets/export.csv?{query}")).await;
        assert_eq!(csv.status, 200, "{person}: {}", csv.text);
        assert!(csv.header("content-disposition").contains("attachment"), "{person}");
        let text = csv.text.strip_prefix('\u{feff}').expect("a byte order mark");
        let mut rows = csv::ReaderBuilder::new().from_reader(text.as_bytes());
        assert_eq!(
            rows.headers().unwrap().len(),
            5,
            "kind, urgent and subject stand in cells of their own"
        );
        let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
        let numbers: Vec<&str> = rows.iter().map(|row| &row[0]).collect();
        let expected: Vec<&str> = listed.iter().map(|row| row["number"].as_str().unwrap()).collect();
        assert_eq!(numbers, expected, "{person}");
        assert!(
            rows.iter().flatten().all(|cell| !cell.starts_with('=')),
            "{person}: {text}"
        );
        assert!(
            !text.contains("13800001111") && !text.contains("王先生"),
            "{person}: nothing private"
        );
        let xlsx = visit
            .send("GET", &format!("/tickets/export.xlsx?{query}"), &[], None)
            .await;
        assert_eq!(xlsx.status, 200, "{person}");
        assert!(xlsx.bytes > 2_000, "{person}");
    }
    assert!(!number.is_empty());
    // What cannot be listed is refused like on the page, not broken off in the middle.
    let visit = Visit::signed_in(&app, "boss").await;
    assert_eq!(
        visit.get("/tickets/export.csv?view=all&q=a+b+c+d+e+f").await.status,
        422
    );
    app.stop().await;
}

#[actix_web::test]
async fn a_file_ends_where_the_settings_say_and_says_so() {
    let app = App::with_settings(&[("OMBUD_LIMITS_EXPORT_ROWS_MAX", "2")]).await;
    for place in ["一路", "二路", "三路"] {
        open_at(&app, place).await;
    }
    let visit = Visit::signed_in(&app, "boss").await;
    let csv = visit.get("/tickets/export.csv?view=open").await;
    assert_eq!(csv.text.lines().count(), 1 + 2 + 1, "{}", csv.text);
    assert!(
        csv.text.lines().next_back().unwrap().contains("ends after 2 rows"),
        "{}",
        csv.text
    );
    let sheet = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/tickets/export.xlsx?view=open", app.address);
    let bytes = sheet
        .get(url)
        .header("Cookie", &visit.cookie)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    let mut book = calamine::Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(range.rows().count(), 4);
    app.stop().await;
}
