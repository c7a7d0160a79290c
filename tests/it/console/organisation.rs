//! Departments, people, calendars: the same as the API's, edited by who may, refusals at their fields.

use serde_json::json;

use super::visit::Visit;
use crate::api::App;

/// The pages, and the form that each leads to.
const PAGES: [(&str, &str); 3] = [
    ("/organisation", "/organisation/department/new"),
    ("/organisation/people", "/organisation/person/new"),
    ("/organisation/calendars", "/organisation/calendar/new"),
];

#[actix_web::test]
async fn everybody_sees_the_organisation_of_the_api_and_only_who_may_sees_forms() {
    let app = App::new().await;
    for person in ["li", "zhang", "sun", "hao", "boss", "audrey", "ada", "cai"] {
        let mut visit = Visit::signed_in(&app, person).await;
        let may = ["boss", "ada"].contains(&person);
        for language in ["zh-CN", "en"] {
            visit.language = language;
            for (path, form) in PAGES {
                let page = visit.get(path).await;
                assert_eq!(page.status, 200, "{person} {path}: {}", page.text);
                assert_eq!(page.text.contains(form), may, "{person} {path}");
            }
        }
        let people = app.get(person, "/api/v1/people?limit=200").await;
        let people = people.at("/items").as_array().unwrap().len();
        let page = visit.get("/organisation/people").await;
        assert_eq!(page.text.matches("data-person=").count(), people);
        let departments = app.get(person, "/api/v1/departments?limit=200").await;
        let departments = departments.at("/items").as_array().unwrap().len();
        let page = visit.get("/organisation").await;
        assert_eq!(page.text.matches("data-department=").count(), departments);
        for kind in [
            "department",
            "person",
            "membership",
            "shift",
            "absence",
            "calendar",
            "role",
        ] {
            let page = visit.get(&format!("/organisation/{kind}/new")).await;
            // The roster of the own people is the shift lead's too (decision 0015).
            let may = may || (person == "zhang" && ["shift", "absence"].contains(&kind));
            assert_eq!(
                page.status,
                if may { 200 } else { 403 },
                "{person} {kind}: {}",
                page.text
            );
        }
    }
    let boss = Visit::signed_in(&app, "boss").await;
    for kind in ["duty", "sign_on", "builtin", "nothing"] {
        assert_eq!(
            boss.get(&format!("/organisation/{kind}/new")).await.status,
            404,
            "{kind}"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn people_are_found_by_name_role_and_department() {
    let app = App::new().await;
    let visit = Visit::signed_in(&app, "li").await;
    for (query, found) in [
        ("search=NORA", vec!["nora"]),
        ("search=hao@example", vec!["hao"]),
        ("department=finance", vec!["hao", "sun"]),
        ("role=liaison", vec!["nora", "sun"]),
        ("role=liaison&department=finance", vec!["sun"]),
        ("search=nobody_like_this", vec![]),
    ] {
        let page = visit.get(&format!("/organisation/people?{query}")).await;
        let shown: Vec<&str> = page
            .text
            .split("data-person=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert_eq!(shown, found, "{query}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_person_is_entered_and_what_is_wrong_is_said_at_its_field() {
    let app = App::new().await;
    let boss = Visit::signed_in(&app, "boss").await;
    let hostile = "<script>alert(1)</script>";
    let sent = |id: &'static str, email: &'static str, language: &'static str| {
        [("id", id), ("name", hostile), ("email", email), ("language", language)]
    };
    let path = "/organisation/person/new";
    let page = boss.post(path, &sent("mona", "no mail", "en")).await;
    assert_eq!(page.status, 422, "{}", page.text);
    assert!(
        page.text.contains("id=\"e-email-err\"") && page.text.contains("value=\"no mail\""),
        "{}",
        page.text
    );
    let page = boss.post(path, &sent("mona", "", "xx")).await;
    assert!(page.text.contains("id=\"e-language-err\""), "{}", page.text);
    let page = boss.post(path, &sent("Mona!", "", "en")).await;
    assert!(page.text.contains("id=\"e-id-err\""), "{}", page.text);
    let page = boss.post(path, &sent("", "", "en")).await;
    assert!(page.text.contains("id=\"e-id-err\""), "{}", page.text);
    let page = boss.post(path, &sent("li", "", "en")).await;
    assert_eq!(page.status, 409, "li is there already: {}", page.text);
    assert_eq!(boss.post(path, &sent("mona", "", "en")).await.status, 303);
    let page = boss.get("/organisation/people?search=mona").await;
    assert!(page.text.contains("&lt;script&gt;") && !page.text.contains("<script>"));
    let empty = boss.post(path, &[("id", "nona"), ("name", "")]).await;
    assert_eq!(empty.status, 422);
    assert!(empty.text.contains("id=\"e-name-err\""), "{}", empty.text);
    app.stop().await;
}

#[actix_web::test]
async fn the_tree_is_no_circle_and_the_last_manager_stays() {
    let app = App::new().await;
    let ada = Visit::signed_in(&app, "ada").await;
    let path = "/organisation/department/field";
    let version = ada.get(path).await.field("version");
    let sent = [
        ("title_zh", "外勤"),
        ("title_en", "Field work"),
        ("parent", "north"),
        ("version", &version),
    ];
    let page = ada.post(path, &sent).await;
    assert_eq!(page.status, 422, "north is below it: {}", page.text);
    assert!(page.text.contains("id=\"e-parent-err\""), "{}", page.text);
    // Somebody was quicker: what was typed stays, and what stands there now is said at its field.
    let saved = [
        ("title_zh", "外勤"),
        ("title_en", "Field work"),
        ("version", version.as_str()),
    ];
    assert_eq!(ada.post(path, &saved).await.status, 303);
    let late = [
        ("title_zh", "外勤"),
        ("title_en", "Outdoors"),
        ("version", version.as_str()),
    ];
    let page = ada.post(path, &late).await;
    assert_eq!(page.status, 409, "{}", page.text);
    assert!(
        page.text.contains("It is now: Field work") && page.text.contains("value=\"Outdoors\""),
        "{}",
        page.text
    );
    assert!(!page.text.contains("id=\"e-title_zh-err\""), "{}", page.text);
    for (manager, status) in [("vice", 303), ("boss", 409)] {
        let path = format!("/organisation/membership/{manager}-manager");
        let version = ada.get(&path).await.field("version");
        let page = ada
            .post(&path, &[("do", "end"), ("version", &version), ("person", manager)])
            .await;
        assert_eq!(page.status, status, "{manager}: {}", page.text);
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_closed_day_is_entered_and_shown_in_the_year() {
    let app = App::new().await;
    let boss = Visit::signed_in(&app, "boss").await;
    let path = "/organisation/calendar/default";
    let form = boss.get(path).await;
    assert!(form.text.contains("value=\"08:30-12:00,13:30-18:00\""), "{}", form.text);
    let version = form.field("version");
    let sent = [
        ("version", version.as_str()),
        ("zone", "Asia/Shanghai"),
        ("day", "8 hours"),
        ("mon", "08:30-12:00,13:30-18:00"),
        ("closed", "2026-05-01\r\n2026-05-04"),
        ("open", "2026-05-09 08:30-12:00"),
        ("loaded_through", "2026"),
    ];
    let wrong: Vec<(&str, &str)> = sent
        .iter()
        .map(|(name, text)| (*name, if *name == "open" { "2026-05-09 nine" } else { text }))
        .collect();
    let page = boss.post(path, &wrong).await;
    assert_eq!(page.status, 422, "{}", page.text);
    assert!(page.text.contains("id=\"e-open-err\""), "{}", page.text);
    let page = boss.post(path, &sent).await;
    assert_eq!(page.status, 303, "{}", page.text);
    let year = boss.get("/organisation/calendars?year=2026").await;
    assert_eq!(year.text.matches("<td class=\"c-holiday").count(), 2, "{}", year.text);
    assert_eq!(year.text.matches("<td class=\"c-makeup").count(), 1);
    assert!(!year.text.contains("provisional"));
    let next = boss.get("/organisation/calendars?year=2027").await;
    assert!(next.text.contains("provisional"), "2027 is not entered");
    let api = app.get("boss", "/api/v1/calendars").await;
    assert_eq!(api.at("/items/0/entry/closed"), json!(["2026-05-01", "2026-05-04"]));
    app.stop().await;
}

#[actix_web::test]
async fn what_a_person_has_beside_the_form_stays_and_absences_roles_and_signing_in_are_found_from_it() {
    let app = App::new().await;
    let ada = Visit::signed_in(&app, "ada").await;
    let body = json!({"name": "李", "language": "zh-CN", "addresses": {"sms": "13800002222"}});
    let put = app
        .send(
            "ada",
            "PUT",
            "/api/v1/people/li",
            &[],
            Some(body.to_string().into_bytes()),
        )
        .await;
    assert!(put.status < 300, "{}", put.text);
    let path = "/organisation/person/li";
    let page = ada.get(path).await;
    assert!(page.text.contains("sms 13800002222"), "{}", page.text);
    for there in [
        "/organisation/people/li/sign-in",
        "/organisation/absence/new?person=li",
        "/organisation/membership/new?person=li",
    ] {
        assert!(
            page.text.replace("&#x3D;", "=").contains(there),
            "{there} in {}",
            page.text
        );
    }
    let version = page.field("version");
    let form = [
        ("name", "李梅"),
        ("language", "zh-CN"),
        ("version", &version),
        ("addresses", "sms 13800003333\nwecom limei"),
    ];
    let saved = ada.post(path, &form).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let entry = app.get("ada", "/api/v1/people?limit=200").await;
    assert!(
        entry.text.contains("13800003333") && entry.text.contains("limei"),
        "{}",
        entry.text
    );
    let away = [
        ("person", "li"),
        ("from", "2026-03-10T00:00"),
        ("to", "2026-03-12T00:00"),
        ("substitute", "wang"),
        ("key", "trip"),
    ];
    let sent = ada.post("/organisation/absence/new", &away).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let page = ada.get(path).await;
    assert!(page.text.contains("/organisation/absence/trip"), "{}", page.text);
    let boss = Visit::signed_in(&app, "boss").await;
    assert!(
        !boss.get(path).await.text.contains("/organisation/people/li/sign-in"),
        "for administrators only"
    );
    let roles = boss.get("/organisation/roles").await;
    assert!(
        roles.text.contains("data-role=\"agent\"") && roles.text.contains("/organisation/role/new"),
        "{}",
        roles.text
    );
    app.stop().await;
}
