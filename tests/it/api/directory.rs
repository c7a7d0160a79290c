//! The administrator's data over HTTP: put, list, end; tokens; workflows.

use serde_json::json;

use super::app::App;

#[actix_web::test]
async fn what_is_put_is_listed_and_can_be_ended() {
    let app = App::new().await;
    let put = |path: &'static str, body: serde_json::Value| {
        let body = body.to_string().into_bytes();
        app.send("ada", "PUT", path, &[], Some(body))
    };
    let title = json!({"zh": "仓库", "en": "Stores"});
    let department = put("/api/v1/departments/stores", json!({"title": title, "parent": "field"})).await;
    assert_eq!(department.status, 200, "{}", department.text);
    assert_eq!(department.at("/entry/title/zh"), json!("仓库"));
    let person = json!({"name": "赵云", "email": "zhao@example.org", "language": "zh-CN"});
    assert_eq!(put("/api/v1/people/zhao", person).await.status, 200);
    let member = json!({"person": "zhao", "role": "liaison", "department": "stores"});
    let added = app.post("ada", "/api/v1/memberships", &[], &member).await;
    assert_eq!(added.status, 201, "{}", added.text);
    let key = added.at("/key").as_str().unwrap().to_owned();
    let listed = app.get("ada", "/api/v1/memberships?limit=200").await;
    assert!(listed.text.contains(&key), "{}", listed.text);
    app.test.clock.advance(60_000);
    let ended = app
        .send("ada", "DELETE", &format!("/api/v1/memberships/{key}"), &[], None)
        .await;
    assert_eq!(ended.status, 204, "{}", ended.text);
    let log = app.get("ada", "/api/v1/directory/log?limit=200").await;
    assert!(log.text.contains("\"by\":\"ada\""), "{}", log.text);
    app.stop().await;
}

#[actix_web::test]
async fn the_last_member_of_a_role_that_may_never_be_empty_stays() {
    let app = App::new().await;
    app.test.clock.advance(60_000);
    let end = |key: &'static str| app.send("ada", "DELETE", key, &[], None);
    let first = end("/api/v1/memberships/vice-manager").await;
    let second = end("/api/v1/memberships/boss-manager").await;
    assert_eq!(second.status, 409, "{} {}", first.text, second.text);
    assert_eq!(second.at("/errors/0/code"), json!("last_member"), "{}", second.text);
    app.stop().await;
}

#[actix_web::test]
async fn times_of_the_roster_go_in_and_out_with_their_zone() {
    let app = App::new().await;
    let shift = json!({"person": "wang", "from": "2026-03-10T20:00:00+08:00", "to": "2026-03-11T04:00:00+08:00"});
    let added = app.post("ada", "/api/v1/roster", &[], &shift).await;
    assert_eq!(added.status, 201, "{}", added.text);
    assert_eq!(
        added.at("/entry/from"),
        json!("2026-03-10T12:00:00.000Z"),
        "{}",
        added.text
    );
    let listed = app.get("ada", "/api/v1/roster").await;
    assert!(listed.text.contains("2026-03-10T20:00:00.000Z"), "{}", listed.text);
    app.stop().await;
}

#[actix_web::test]
async fn a_token_shows_its_secret_once_works_and_is_taken_back_at_once() {
    let app = App::new().await;
    let wish = json!({"title": "dashboard", "scopes": ["tickets:read"]});
    let made = app.post("boss", "/api/v1/tokens", &[], &wish).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let secret = made.at("/secret").as_str().unwrap().to_owned();
    assert!(secret.starts_with("omb_"), "{secret}");
    let authorization = format!("Bearer {secret}");
    let headers = [("Authorization", authorization.as_str())];
    let me = app.send("", "GET", "/api/v1/me", &headers, None).await;
    assert_eq!(me.at("/scopes"), json!(["tickets:read"]), "{}", me.text);
    // No more than its scopes, and it cannot give itself more.
    assert_eq!(app.send("", "GET", "/api/v1/events", &headers, None).await.status, 403);
    let more = json!({"title": "more", "scopes": ["feed:read"]})
        .to_string()
        .into_bytes();
    let refused = app.send("", "POST", "/api/v1/tokens", &headers, Some(more)).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    let list = app.get("boss", "/api/v1/tokens").await;
    assert!(
        !list.text.contains(&secret) && !list.text.contains("\"secret\""),
        "{}",
        list.text
    );
    let id = made.at("/id").as_str().unwrap().to_owned();
    let renewed = app
        .post("boss", &format!("/api/v1/tokens/{id}/renew"), &[], &json!({}))
        .await;
    assert_eq!(renewed.status, 201, "{}", renewed.text);
    assert_ne!(renewed.at("/secret"), json!(secret));
    assert_eq!(app.send("", "GET", "/api/v1/me", &headers, None).await.status, 200);
    assert_eq!(
        app.send("boss", "DELETE", &format!("/api/v1/tokens/{id}"), &[], None)
            .await
            .status,
        204
    );
    assert_eq!(app.send("", "GET", "/api/v1/me", &headers, None).await.status, 401);
    app.stop().await;
}

#[actix_web::test]
async fn a_workflow_is_read_checked_and_published() {
    let app = App::new().await;
    let list = app.get("boss", "/api/v1/workflows").await;
    assert_eq!(list.at("/items/0/workflow"), json!("errand"), "{}", list.text);
    let hash = list.at("/items/0/hash").as_str().unwrap().to_owned();
    let source = app.get("boss", &format!("/api/v1/workflows/{hash}")).await;
    assert_eq!(source.text, crate::support::ERRAND);
    let yaml = [("Content-Type", "application/yaml")];
    let broken = source.text.replace("to: review", "to: revew");
    let checked = app
        .send(
            "boss",
            "POST",
            "/api/v1/workflows/check",
            &yaml,
            Some(broken.clone().into_bytes()),
        )
        .await;
    assert_eq!(checked.at("/clean"), json!(false), "{}", checked.text);
    assert!(
        checked.text.contains("S01") && checked.text.contains("\"nearest\":\"review\""),
        "{}",
        checked.text
    );
    let refused = app
        .send("boss", "POST", "/api/v1/workflows", &yaml, Some(broken.into_bytes()))
        .await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    let next = source.text.replace("version: 1\ntitle", "version: 2\ntitle");
    let published = app
        .send("boss", "POST", "/api/v1/workflows", &yaml, Some(next.into_bytes()))
        .await;
    assert_eq!(published.status, 201, "{}", published.text);
    assert_eq!(published.at("/version"), json!(2));
    app.stop().await;
}

#[actix_web::test]
async fn holidays_come_from_a_list_an_ics_file_or_the_country() {
    let app = App::new().await;
    let path = "/api/v1/calendars/default/holidays";
    let list = json!({"year": 2026, "days": [
        {"name": "劳动节", "date": "2026-05-01", "isOffDay": true},
        {"name": "调休", "date": "2026-05-09", "isOffDay": false},
    ]});
    let loaded = app.post("ada", path, &[], &list).await;
    assert_eq!(loaded.status, 200, "{}", loaded.text);
    assert_eq!(loaded.at("/entry/closed/0"), json!("2026-05-01"), "{}", loaded.text);
    assert_eq!(loaded.at("/entry/open/2026-05-09"), json!("08:30-12:00,13:30-18:00"));
    let ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n\
        DTSTART;VALUE=DATE:20261001\r\nDTEND;VALUE=DATE:20261004\r\nSUMMARY:国庆节 休\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let kind = [("Content-Type", "text/calendar")];
    let loaded = app.send("ada", "POST", path, &kind, Some(ics.into())).await;
    assert_eq!(loaded.status, 200, "{}", loaded.text);
    assert!(loaded.text.contains("2026-10-03"), "{}", loaded.text);
    let china = app
        .send("ada", "POST", &format!("{path}?country=cn"), &kind, None)
        .await;
    assert_eq!(china.status, 200, "{}", china.text);
    assert_eq!(china.at("/entry/country"), json!("cn"), "{}", china.text);
    let broken = app.post("ada", path, &[], &json!({"year": 2026, "days": []})).await;
    assert_eq!(broken.status, 422, "{}", broken.text);
    let nowhere = app.post("ada", "/api/v1/calendars/moon/holidays", &[], &list).await;
    assert_eq!(nowhere.status, 404, "{}", nowhere.text);
    app.stop().await;
}

#[actix_web::test]
async fn a_calendar_takes_and_shows_its_country() {
    let app = App::new().await;
    let path = "/api/v1/calendars/city";
    let calendar = json!({"zone": "Asia/Shanghai", "day": "8 hours", "hours": {"mon": "09:00-17:00"}, "country": "cn",
        "closed": ["2026-06-30"]});
    let put = |body: serde_json::Value| app.send("ada", "PUT", path, &[], Some(body.to_string().into_bytes()));
    let made = put(calendar.clone()).await;
    assert!(made.status < 300, "{}", made.text);
    assert_eq!(made.at("/entry/country"), json!("cn"), "{}", made.text);
    let closed = made.at("/entry/closed");
    for day in ["2026-06-30", "2026-10-01"] {
        assert!(closed.as_array().unwrap().contains(&json!(day)), "{day}: {}", made.text);
    }
    assert_eq!(made.at("/entry/open/2026-05-09"), json!("09:00-17:00"), "{}", made.text);
    // What it shows may be sent back, and means the same.
    let mut entry = made.at("/entry");
    entry.as_object_mut().unwrap().remove("id");
    let again = put(entry).await;
    assert_eq!(again.at("/entry"), made.at("/entry"), "{}", again.text);
    let mut elsewhere = calendar;
    elsewhere["country"] = json!("atlantis");
    let refused = put(elsewhere).await;
    assert_eq!(
        refused.faults(),
        [("word".to_owned(), "/country".to_owned())],
        "{}",
        refused.text
    );
    app.stop().await;
}

#[actix_web::test]
async fn a_repeated_change_of_the_directory_has_one_effect() {
    let app = App::new().await;
    let key = [("Idempotency-Key", "shift-7")];
    let shift = json!({"person": "wang", "from": "2026-03-10T08:00:00+08:00", "to": "2026-03-10T17:00:00+08:00"});
    let first = app.post("ada", "/api/v1/roster", &key, &shift).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let again = app.post("ada", "/api/v1/roster", &key, &shift).await;
    assert_eq!((again.status, &again.text), (201, &first.text));
    let count = app
        .get("ada", "/api/v1/roster")
        .await
        .at("/items")
        .as_array()
        .unwrap()
        .len();
    assert_eq!(count, 2, "the shift of the organisation and this one");
    let other = json!({"person": "li", "from": "2026-03-10T08:00:00+08:00", "to": "2026-03-10T17:00:00+08:00"});
    assert_eq!(app.post("ada", "/api/v1/roster", &key, &other).await.status, 422);
    // A secret is not kept: the repeat answers without it, and makes no second token.
    let key = [("Idempotency-Key", "token-7")];
    let wish = json!({"title": "x", "scopes": ["tickets:read"]});
    let made = app.post("ada", "/api/v1/tokens", &key, &wish).await;
    let again = app.post("ada", "/api/v1/tokens", &key, &wish).await;
    assert_eq!(made.at("/id"), again.at("/id"), "{}", again.text);
    assert!(made.at("/secret").is_string() && again.at("/secret").is_null());
    app.stop().await;
}
