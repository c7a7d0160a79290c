//! The roster of one's own people (decision 0015), and edits of what somebody has seen.

use serde_json::{Value, json};

use super::app::{Answer, App};

const SHIFT: &str = "/api/v1/roster";

fn shift(person: &str) -> Value {
    json!({"person": person, "from": "2026-03-10T08:00:00+08:00", "to": "2026-03-10T17:00:00+08:00"})
}

async fn put(app: &App, who: &str, path: &str, seen: Option<&str>, body: &Value) -> Answer {
    let headers: Vec<(&str, &str)> = seen.iter().map(|seen| ("If-Match", *seen)).collect();
    app.send(who, "PUT", path, &headers, Some(body.to_string().into_bytes()))
        .await
}

#[actix_web::test]
async fn a_shift_lead_edits_the_roster_of_the_centre_and_of_nobody_else() {
    let app = App::new().await;
    for (person, status) in [
        ("wang", 201),
        ("cai", 201),
        ("zhang", 201),
        // Of a department, above, watching, keeping the settings.
        ("sun", 403),
        ("boss", 403),
        ("audrey", 403),
        ("ada", 403),
    ] {
        let added = app.post("zhang", SHIFT, &[], &shift(person)).await;
        assert_eq!(added.status, status, "{person}: {}", added.text);
    }
    // What is another's does not become theirs by being rewritten, and theirs does not become another's.
    let body = shift("boss");
    assert_eq!(put(&app, "ada", "/api/v1/roster/b-1", None, &body).await.status, 200);
    assert_eq!(
        put(&app, "zhang", "/api/v1/roster/b-1", None, &shift("wang"))
            .await
            .status,
        403
    );
    assert_eq!(
        app.send("zhang", "DELETE", "/api/v1/roster/b-1", &[], None)
            .await
            .status,
        403
    );
    assert_eq!(
        put(&app, "ada", "/api/v1/roster/w-1", None, &shift("wang"))
            .await
            .status,
        200
    );
    assert_eq!(
        put(&app, "zhang", "/api/v1/roster/w-1", None, &shift("boss"))
            .await
            .status,
        403
    );
    assert_eq!(
        app.send("zhang", "DELETE", "/api/v1/roster/w-1", &[], None)
            .await
            .status,
        204
    );
    let absence = app.post("zhang", "/api/v1/absences", &[], &shift("wang")).await;
    assert_eq!(absence.status, 201, "{}", absence.text);
    // Who stands in sees what the absent person sees: only somebody of the own people.
    for (substitute, status) in [("cai", 201), ("sun", 403), ("boss", 403)] {
        let mut absence = shift("wang");
        absence["substitute"] = json!(substitute);
        let added = app.post("zhang", "/api/v1/absences", &[], &absence).await;
        assert_eq!(added.status, status, "{substitute}: {}", added.text);
    }
    let member = json!({"person": "wang", "role": "shift_lead"});
    assert_eq!(app.post("zhang", "/api/v1/memberships", &[], &member).await.status, 403);
    let log = app.get("ada", "/api/v1/directory/log?limit=200").await;
    assert!(log.text.contains("\"by\":\"zhang\""), "{}", log.text);
    app.stop().await;
}

#[actix_web::test]
async fn an_edit_of_what_was_seen_is_refused_when_somebody_was_quicker() {
    let app = App::new().await;
    let path = "/api/v1/roster/w-1";
    let made = put(&app, "ada", path, Some("\"0\""), &shift("wang")).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let again = put(&app, "ada", path, Some("\"0\""), &shift("cai")).await;
    assert_eq!(again.status, 409, "it is there by now: {}", again.text);
    let seen = format!("\"{}\"", made.at("/version"));
    let other = put(&app, "boss", path, Some(&seen), &shift("cai")).await;
    assert_eq!(other.status, 200, "{}", other.text);
    let late = put(&app, "ada", path, Some(&seen), &shift("li")).await;
    assert_eq!(
        (late.status, late.at("/errors/0/code")),
        (409, json!("changed")),
        "{}",
        late.text
    );
    let ended = app.send("ada", "DELETE", path, &[("If-Match", &seen)], None).await;
    assert_eq!(ended.status, 409, "{}", ended.text);
    let kept = app.get("ada", "/api/v1/roster?limit=200").await;
    assert!(kept.text.contains("\"person\":\"cai\""), "{}", kept.text);
    // Without it the last one wins, as for imports.
    assert_eq!(put(&app, "ada", path, None, &shift("li")).await.status, 200);
    app.stop().await;
}
