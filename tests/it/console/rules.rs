//! Rights, rules of duty and imports: what the API says of them, changed by who may, wrong lines named and nothing changed.

use serde_json::json;

use super::visit::Visit;
use crate::api::App;

/// The roles that are ticked for an action.
fn ticked(page: &str, name: &str) -> Vec<String> {
    let begin = format!("name=\"{name}\" value=\"");
    page.split(&begin)
        .skip(1)
        .filter_map(|rest| {
            let (value, rest) = rest.split_once('"')?;
            let this = rest.split_once('>')?.0;
            this.contains("checked").then(|| value.to_owned())
        })
        .collect()
}

#[actix_web::test]
async fn rights_are_those_of_the_api_and_changed_by_who_may() {
    let app = App::new().await;
    let boss = Visit::signed_in(&app, "boss").await;
    let page = boss.get("/organisation/rights").await;
    assert_eq!(page.status, 200, "{}", page.text);
    let version = page.field("version");
    let before = ticked(&page.text, "chase");
    assert!(!before.is_empty());
    let form = [
        ("version", version.as_str()),
        ("chase", "agent"),
        ("chase", "liaison"),
        ("grant_return", "shift_lead"),
    ];
    let saved = boss.post("/organisation/rights", &form).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let entry = app.get("boss", "/api/v1/builtin").await;
    assert_eq!(
        entry.at("/items/0/entry/chase"),
        json!(["agent", "liaison"]),
        "{}",
        entry.text
    );
    let page = boss.get("/organisation/rights").await;
    assert_eq!(ticked(&page.text, "chase"), ["agent", "liaison"]);
    assert!(ticked(&page.text, "watch").is_empty());

    // Somebody was quicker: what was ticked stays, and nothing is changed.
    let late = boss
        .post(
            "/organisation/rights",
            &[("version", version.as_str()), ("chase", "callback")],
        )
        .await;
    assert_eq!(late.status, 409, "{}", late.text);
    assert_eq!(ticked(&late.text, "chase"), ["callback"]);
    assert!(
        late.text.contains("It is now: agent, liaison"),
        "what stands there is told: {}",
        late.text
    );
    let page = boss.get("/organisation/rights").await;
    assert_eq!(ticked(&page.text, "chase"), ["agent", "liaison"]);

    // Others read it, and cannot change it.
    let li = Visit::signed_in(&app, "li").await;
    let page = li.get("/organisation/rights").await;
    assert!(page.status == 200 && page.text.contains("disabled"), "{}", page.text);
    let refused = li
        .post("/organisation/rights", &[("version", "0"), ("chase", "agent")])
        .await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    app.stop().await;
}

#[actix_web::test]
async fn rules_of_duty_are_those_of_the_api() {
    let app = App::new().await;
    let boss = Visit::signed_in(&app, "boss").await;
    let first = boss.get("/organisation/duty-rules").await.field("version");
    let form = [
        ("version", first.as_str()),
        ("on_duty", "rostered"),
        ("role_shift_lead", "signed_on"),
        ("swaps", "agreed"),
        ("codes", "早 08:00-16:00\n夜 22:00-06:00\n休"),
    ];
    let saved = boss.post("/organisation/duty-rules", &form).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let settings = app.get("boss", "/api/v1/duty/settings").await;
    assert_eq!(settings.at("/swaps"), json!("agreed"), "{}", settings.text);
    let role = settings.at("/roles/0");
    assert_eq!(
        (&role["role"], &role["on_duty"]),
        (&json!("shift_lead"), &json!("signed_on"))
    );
    assert_eq!(settings.at("/shift_codes/2"), json!({"code": "休", "hours": ""}));
    let page = boss.get("/organisation/duty-rules").await;
    assert!(page.text.contains("夜 22:00-06:00\n休"), "{}", page.text);

    let version = page.field("version");
    let wrong = [
        ("version", version.as_str()),
        ("on_duty", "rostered"),
        ("codes", "早 25:00-26:00"),
    ];
    let wrong = boss.post("/organisation/duty-rules", &wrong).await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    assert!(wrong.text.contains("早 25:00-26:00"), "what was typed stays");

    // Made before the rules were changed: nothing is changed, what was typed stays, and what stands there is told.
    let late = [
        ("version", first.as_str()),
        ("on_duty", "rostered"),
        ("swaps", "granted"),
        ("codes", "早 07:00-15:00"),
    ];
    let late = boss.post("/organisation/duty-rules", &late).await;
    assert_eq!(late.status, 409, "{}", late.text);
    assert!(late.text.contains("早 07:00-15:00"), "what was typed stays");
    assert!(late.text.contains("It is now: 早 08:00-16:00"), "{}", late.text);
    assert_eq!(late.field("version"), version, "saving again is meant");
    let settings = app.get("boss", "/api/v1/duty/settings").await;
    assert_eq!(settings.at("/swaps"), json!("agreed"), "{}", settings.text);
    let li = Visit::signed_in(&app, "li").await;
    let refused = li.post("/organisation/duty-rules", &[("on_duty", "signed_on")]).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    app.stop().await;
}

/// Whether the directory has an entry.
async fn there(app: &App, list: &str, key: &str) -> bool {
    let all = app.get("boss", &format!("/api/v1/{list}?limit=200")).await;
    let items = all.at("/items");
    items.as_array().unwrap().iter().any(|item| item["key"] == *key)
}

#[actix_web::test]
async fn a_file_is_checked_line_by_line_and_taken_whole_or_not_at_all() {
    let app = App::new().await;
    let boss = Visit::signed_in(&app, "boss").await;
    let people = |text| [("what", "people"), ("text", text), ("do", "take")];
    let wrong = boss
        .post(
            "/organisation/import",
            &people("id,name,roles\nwen,Wen,agent\nyu,Yu,agnt\n"),
        )
        .await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    assert!(
        wrong.text.contains("line 3") || wrong.text.contains("Line 3"),
        "{}",
        wrong.text
    );
    assert!(wrong.text.contains("yu,Yu,agnt"), "what was pasted stays");
    assert!(!there(&app, "people", "wen").await);

    let right = "id,name,roles\nwen,Wen,agent\n";
    let checked = boss
        .post(
            "/organisation/import",
            &[("what", "people"), ("text", right), ("do", "check")],
        )
        .await;
    assert_eq!(checked.status, 200, "{}", checked.text);
    assert!(!there(&app, "people", "wen").await, "only checked");
    let taken = boss.post("/organisation/import", &people(right)).await;
    assert_eq!(taken.status, 200, "{}", taken.text);
    assert!(there(&app, "people", "wen").await);

    let departments = [
        ("what", "departments"),
        ("text", "id,zh,en\nwater,水务,Water\n"),
        ("do", "take"),
    ];
    assert_eq!(boss.post("/organisation/import", &departments).await.status, 200);
    assert!(there(&app, "departments", "water").await);
    let empty = boss.post("/organisation/import", &people(" ")).await;
    assert_eq!(empty.status, 422);
    let yaml = [("what", "organisation"), ("text", "departments: [\n"), ("do", "take")];
    assert_eq!(boss.post("/organisation/import", &yaml).await.status, 422);

    for person in ["li", "zhang"] {
        let visit = Visit::signed_in(&app, person).await;
        assert_eq!(visit.get("/organisation/import").await.status, 403, "{person}");
        assert_eq!(
            visit.post("/organisation/import", &people(right)).await.status,
            403,
            "{person}"
        );
    }
    app.stop().await;
}
