//! Event logs of tickets with files: that one came, with what, on which task, and went; never what it is called, what is
//! in it, or why it went.

use serde_json::json;

use super::{Kept, PNG};
use crate::event_logs::{Ocel, export};

#[actix_web::test]
async fn a_log_says_that_files_came_and_went_and_nothing_of_what_is_in_them() {
    let kept = Kept::new().await;
    let app = &kept.app;
    let number = app.dispatched().await;
    let seq = kept.attach("sun", &number, "13800001111.png", PNG).await;
    let up = kept
        .put(
            "sun",
            "letter",
            "?name=%E7%8E%8B%E5%85%88%E7%94%9F.txt&private=true",
            b"who lives there\n",
        )
        .await;
    assert_eq!(up.status, 201, "{}", up.text);
    let hash = up.at("/sha256").as_str().unwrap().to_owned();
    let tasks = format!("/api/v1/tickets/{number}/tasks/1/actions");
    for (action, body) in [
        ("sign", json!({})),
        ("reply", json!({"values": {"result": "fixed"}, "files": ["letter"]})),
    ] {
        let key = format!("k-{action}");
        let headers = [("Idempotency-Key", key.as_str()), ("If-Match", "*")];
        let done = app.post("sun", &format!("{tasks}/{action}"), &headers, &body).await;
        assert_eq!(done.status, 200, "{action}: {}", done.text);
    }
    let away = json!({"attachment": seq, "reason": "王先生不愿意"});
    let gone = app.act("sun", &number, "detach", &away).await;
    assert_eq!(gone.status, 200, "{}", gone.text);

    let bytes = export(&app.test, &["ocel", "--all"]);
    let log = Ocel::read(&bytes);
    log.is_whole();
    let attached = log.events_of("attach");
    let media: Vec<_> = attached.iter().flat_map(|event| event.values("media")).collect();
    assert_eq!(media, [json!("image/png"), json!("text/plain")]);
    assert_eq!(attached[0].qualifiers(), ["by", "ticket"]);
    assert_eq!(attached[1].qualifiers(), ["by", "for", "task", "ticket"]);
    assert_eq!(log.events_of("detach").len(), 1);

    let ocel = String::from_utf8(bytes).unwrap();
    let xes = String::from_utf8(export(&app.test, &["xes", "--all"])).unwrap();
    assert_eq!(xes.matches("value=\"attach\"").count(), 2, "{xes}");
    assert!(xes.contains("key=\"ombud:media\" value=\"text/plain\""), "{xes}");
    for log in [&ocel, &xes] {
        for private in ["13800001111", "王先生", "who lives", "不愿意", &hash, ".png", "letter"] {
            assert!(!log.contains(private), "{private}");
        }
    }
    kept.app.stop().await;
}
