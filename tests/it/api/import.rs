//! Taking over history over HTTP: the same key again, with and without numbers.

use serde_json::{Value, json};

use super::app::App;

fn past(number: Option<&str>) -> Value {
    json!({
        "workflow": "errand", "number": number, "at": "2026-02-20T09:00:00+08:00", "by": "li",
        "values": {"place": "和平路12号", "summary": "路灯不亮", "caller": "王先生", "phone": "13800001111"},
        "commands": [{"at": "2026-02-20T09:05:00+08:00", "by": "li", "action": "submit", "values": {}}],
    })
}

#[actix_web::test]
async fn an_import_that_is_repeated_under_its_key_is_answered_the_same_and_imports_nothing_twice() {
    let app = App::new().await;
    let path = "/api/v1/import/tickets";
    let key = [("Idempotency-Key", "import-1")];
    // One has no number: only the key knows it again.
    let body = json!({"tickets": [past(Some("OLD-1")), past(None)]});
    let first = app.post("ada", path, &key, &body).await;
    assert_eq!((first.status, first.at("/accepted")), (200, json!(2)), "{}", first.text);
    let before = app.events().await;
    let again = app.post("ada", path, &key, &body).await;
    assert_eq!((again.status, &again.text), (200, &first.text));
    assert_eq!(app.events().await, before);
    // Another body under the key is another request.
    let other = app
        .post("ada", path, &key, &json!({"tickets": [past(Some("OLD-2"))]}))
        .await;
    assert_eq!(
        (other.status, other.at("/code")),
        (422, json!("key_reused")),
        "{}",
        other.text
    );
    assert_eq!(app.events().await, before);
    // Under another key they are other tickets, but for the number that is there.
    let fresh = app.post("ada", path, &[("Idempotency-Key", "import-2")], &body).await;
    assert_eq!(fresh.at("/existing"), json!(1), "{}", fresh.text);
    assert_eq!(fresh.at("/accepted"), json!(1), "{}", fresh.text);
    app.stop().await;
}

#[actix_web::test]
async fn an_import_whose_answer_was_lost_does_not_take_a_ticket_without_a_number_twice() {
    let app = App::new().await;
    let path = "/api/v1/import/tickets";
    let key = [("Idempotency-Key", "import-1")];
    let body = json!({"tickets": [past(None)]});
    let first = app.post("ada", path, &key, &body).await;
    let number = first.at("/items/0/number");
    // As after a crash between the tickets and the answer: the answer is not there.
    app.test
        .desk
        .forget_answers(app.test.clock.now().plus(1))
        .await
        .unwrap();
    let before = app.events().await;
    let again = app.post("ada", path, &key, &body).await;
    assert_eq!(again.at("/items/0/status"), json!("existing"), "{}", again.text);
    assert_eq!(again.at("/items/0/number"), number, "{}", again.text);
    assert_eq!(app.events().await, before);
    app.stop().await;
}
