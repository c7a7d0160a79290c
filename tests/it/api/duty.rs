//! Duty over HTTP: acting for a department without accounts, signing on, the house's rules.

use serde_json::{Value, json};

use super::app::App;

#[actix_web::test]
async fn a_task_is_signed_and_replied_for_a_department_and_both_names_stand_in_the_record() {
    let app = App::new().await;
    let number = app.dispatched().await;
    let act = async |person: &str, action: &str, body: Value| {
        let path = format!("/api/v1/tickets/{number}/tasks/1/actions/{action}");
        app.post(person, &path, &[("If-Match", "*")], &body).await
    };
    let evidence = "财务部电话，王科长";
    let sign = json!({"on_behalf_of": "finance", "evidence": evidence});
    let none = act("zhang", "sign", json!({"on_behalf_of": "finance"})).await;
    assert_eq!(none.status, 422, "{}", none.text);
    assert!(none.text.contains("evidence"), "{}", none.text);
    for (person, department) in [("li", "finance"), ("zhang", "north"), ("sun", "finance")] {
        let body = json!({"on_behalf_of": department, "evidence": evidence});
        let refused = act(person, "sign", body).await;
        assert_eq!(refused.status, 403, "{person}: {}", refused.text);
    }
    let signed = act("zhang", "sign", sign).await;
    assert_eq!(signed.status, 200, "{}", signed.text);
    let reply = json!({"on_behalf_of": "finance", "evidence": evidence, "values": {"result": "已退费"}});
    let replied = act("zhang", "reply", reply).await;
    assert_eq!(replied.status, 200, "{}", replied.text);
    let events = app
        .get("boss", &format!("/api/v1/tickets/{number}/events?limit=200"))
        .await;
    let both: Vec<Value> = events
        .at("/items")
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["on_behalf_of"] == "finance")
        .map(|event| json!([event["type"], event["actor"], event["texts"]["evidence"]]))
        .collect();
    assert!(both.len() >= 2, "{}", events.text);
    assert!(events.text.contains(evidence), "{}", events.text);
    assert!(
        both.iter().all(|event| event.to_string().contains("zhang")),
        "{both:?}: {}",
        events.text
    );
    app.stop().await;
}

#[actix_web::test]
async fn who_signs_on_is_shown_and_the_rules_come_back_as_they_were_put() {
    let app = App::new().await;
    let rules = json!({"on_duty": "rostered", "roles": [{"role": "shift_lead", "on_duty": "signed_on"}],
        "shift_codes": [{"code": "早", "hours": "08:00-16:00"}, {"code": "休", "hours": ""}]});
    let put = async |body: &Value| {
        let body = body.to_string().into_bytes();
        app.send("ada", "PUT", "/api/v1/duty/settings", &[], Some(body)).await
    };
    let set = put(&rules).await;
    assert_eq!(set.status, 200, "{}", set.text);
    assert_eq!(set.at("/roles/0/on_duty"), json!("signed_on"));
    assert_eq!(set.at("/shift_codes"), rules["shift_codes"]);
    assert_eq!(set.at("/swaps"), json!("granted"));
    let wrong = json!({"on_duty": "rostered", "roles": [{"role": "king", "on_duty": "rostered"}]});
    assert_eq!(
        put(&wrong).await.faults(),
        [("unknown".to_owned(), "/roles/0/role".to_owned())]
    );
    let wrong = json!({"on_duty": "asleep", "shift_codes": [{"code": "早", "hours": "8-16"}]});
    assert_eq!(put(&wrong).await.faults()[0].1, "/on_duty");
    let wrong = json!({"on_duty": "rostered", "shift_codes": [{"code": "早", "hours": "8-16"}]});
    assert_eq!(
        put(&wrong).await.faults(),
        [("hours".to_owned(), "/shift_codes/0/hours".to_owned())]
    );
    let signed = app.post("zhang", "/api/v1/duty/sign-on", &[], &json!({})).await;
    assert_eq!(signed.at("/signed_on"), json!(true), "{}", signed.text);
    let now = app.get("li", "/api/v1/duty/now?role=shift_lead").await;
    assert_eq!(now.at("/items/0/person"), json!("zhang"), "{}", now.text);
    assert_eq!(now.at("/items/0/reached"), json!(true));
    let gaps = app.get("li", "/api/v1/duty/gaps?limit=1").await;
    assert_eq!(gaps.at("/items/0/instead/role"), json!("manager"), "{}", gaps.text);
    assert_eq!(app.get("li", "/api/v1/duty/gaps?days=93").await.status, 422);
    app.stop().await;
}
