//! Everything that is wrong with a form of the directory is told at once: shape and content, each at its field, all of
//! them in the summary above; and the API tells the same of the same request.

use serde_json::{Value, json};

use super::visit::{Page, Visit};
use crate::api::App;

/// Where the API finds faults in a request of the administrator.
async fn places(app: &App, method: &str, path: &str, body: &Value) -> Vec<String> {
    let body = Some(body.to_string().into_bytes());
    let answer = app
        .send("ada", method, path, &[("content-type", "application/json")], body)
        .await;
    assert_eq!(answer.status, 422, "{}", answer.text);
    answer.faults().into_iter().map(|(_, place)| place).collect()
}

/// The fields that a page marks, in its order; the summary must lead to just these.
fn marked(page: &Page) -> Vec<String> {
    let errors = page.text.split("<span class=\"err\" id=\"").skip(1);
    let marked: Vec<String> = errors
        .map(|rest| rest.split_once("-err\"").unwrap().0.to_owned())
        .collect();
    let summary = page
        .text
        .split_once("id=\"form-errors\"")
        .unwrap_or_else(|| panic!("{}", page.text))
        .1;
    let links = summary.split_once("</div>").unwrap().0.split("<a href=\"#").skip(1);
    let links: Vec<&str> = links.map(|rest| rest.split_once('"').unwrap().0).collect();
    assert_eq!(links, marked, "the summary leads to the fields with faults");
    assert_eq!(page.text.matches("aria-invalid=\"true\"").count(), marked.len());
    marked
}

#[actix_web::test]
async fn everything_that_is_wrong_with_a_person_is_told_at_once() {
    let app = App::new().await;
    let boss = Visit::signed_in(&app, "boss").await;
    let path = "/organisation/person/new";
    let sent = [
        ("id", "Li Na"),
        ("name", ""),
        ("email", "nowhere"),
        ("addresses", "SMS 1"),
        ("from", "2027-03-02 08:00"),
        ("to", "2026-02-30 08:00"),
    ];
    let page = boss.post(path, &sent).await;
    assert_eq!(page.status, 422, "{}", page.text);
    let all = ["e-id", "e-name", "e-email", "e-addresses", "e-to"];
    assert_eq!(marked(&page), all);
    assert!(page.text.contains("5 to be filled in or put right"), "{}", page.text);
    assert!(
        page.text.contains("Write it as 2026-05-01 08:30."),
        "as people write a time"
    );
    // An id that somebody has, or none, does not hide the rest.
    for id in ["", "li"] {
        let mut sent = sent;
        sent[0] = ("id", id);
        let page = boss.post(path, &sent).await;
        assert_eq!(
            (page.status, marked(&page)),
            (422, all.map(str::to_owned).to_vec()),
            "{id}"
        );
    }
    // Nothing of it was entered.
    assert!(
        !boss
            .get("/organisation/people?search=Li")
            .await
            .text
            .contains("nowhere")
    );

    // The API, of the same request.
    let body = json!({"name": "", "email": "nowhere", "addresses": {"SMS": "1"}, "from": "2027-03-02T08:00:00+08:00",
        "to": "2026-03-02T08:00:00+08:00"});
    let found = places(&app, "PUT", "/api/v1/people/li_na", &body).await;
    assert_eq!(found, ["/name", "/email", "/addresses/SMS", "/to"]);
    app.stop().await;
}

#[actix_web::test]
async fn everything_that_is_wrong_with_a_calendar_is_told_at_once() {
    let app = App::new().await;
    let boss = Visit::signed_in(&app, "boss").await;
    let path = "/organisation/calendar/default";
    let version = boss.get(path).await.field("version");
    let sent = [
        ("version", version.as_str()),
        ("zone", "Asia/Nowhere"),
        ("day", "long"),
        ("loaded_through", "soon"),
        ("mon", "25:00-26:00"),
        ("tue", "08:00-12:00"),
        ("closed", "2026-05-01\r\n2026-02-30"),
        ("open", "2026-05-09 nine"),
    ];
    let page = boss.post(path, &sent).await;
    assert_eq!(page.status, 422, "{}", page.text);
    let all = ["e-zone", "e-day", "e-loaded_through", "e-mon", "e-closed", "e-open"];
    assert_eq!(marked(&page), all);
    assert!(
        page.text
            .contains("is not a day of the calendar. Write it as 2026-05-01."),
        "{}",
        page.text
    );

    let body = json!({"zone": "Asia/Nowhere", "day": "long", "hours": {"mon": "25:00-26:00", "tue": "08:00-12:00"},
        "closed": ["2026-05-01", "2026-02-30"], "open": {"2026-05-09": "nine"}, "loaded_through": 1});
    let found = places(&app, "PUT", "/api/v1/calendars/default", &body).await;
    let all = [
        "/closed/1",
        "/loaded_through",
        "/zone",
        "/day",
        "/hours/mon",
        "/open/2026-05-09",
    ];
    assert_eq!(found, all);
    app.stop().await;
}

#[actix_web::test]
async fn everything_that_is_wrong_with_a_shift_is_told_to_a_shift_lead_too() {
    let app = App::new().await;
    for who in ["boss", "zhang"] {
        let visit = Visit::signed_in(&app, who).await;
        let sent = [
            ("key", "0199aaaa000070008000000000000001"),
            ("person", "Nobody At All"),
            ("role", "king"),
            ("from", "2026-02-30 08:00"),
            ("to", ""),
        ];
        let page = visit.post("/organisation/shift/new", &sent).await;
        assert_eq!(page.status, 422, "{who}: {}", page.text);
        assert_eq!(marked(&page), ["e-person", "e-role", "e-from", "e-to"], "{who}");
        assert!(page.text.contains("Nobody is called “Nobody At All”."), "{}", page.text);
    }
    let body =
        json!({"person": "nobody", "role": "king", "from": "2020-01-02T08:00:00Z", "to": "2020-01-01T08:00:00Z"});
    let found = places(&app, "POST", "/api/v1/roster", &body).await;
    assert_eq!(found, ["/person", "/role", "/to", "/from"]);
    app.stop().await;
}
