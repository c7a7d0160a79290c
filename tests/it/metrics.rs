//! What Prometheus reads of a real server: every metric of the manual, right after what happened, nothing of anybody.

use std::collections::BTreeMap;
use std::time::Duration;

use ombud::clock::Clock;
use ombud::desk::Scope;
use ombud::measure;
use ombud::workflow::moment::HOUR;
use serde_json::json;

use crate::api::token;
use crate::logs::Server;
use crate::support::{TestDesk, whole};

const MANUAL: &str = include_str!("../../docs/operations/watching.md");

/// Values by name with labels, as they stand in the text.
fn values(text: &str) -> BTreeMap<&str, f64> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').expect("name and value");
            (name, value.parse().expect("a number"))
        })
        .collect()
}

#[test]
fn the_manual_lists_every_metric() {
    let missing: Vec<_> = measure::described()
        .filter(|(name, _)| !MANUAL.contains(&format!("`{name}`")))
        .collect();
    assert!(missing.is_empty(), "not in watching.md: {missing:?}");
    for word in MANUAL.split(|c: char| !(c.is_ascii_lowercase() || c == '_')) {
        let known = measure::described().any(|(name, _)| {
            let rest = word.strip_prefix(name);
            rest.is_some_and(|rest| ["", "_bucket", "_sum", "_count"].contains(&rest))
        });
        assert!(known || !word.starts_with("ombud_"), "no such metric: {word}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_is_counted_and_nobody_is_named() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let test = TestDesk::new().await;
    // A draft of an hour ago: two of its rungs are due, one mail for each, and nobody takes mails.
    test.clock.move_to(Clock::system().now().plus(-HOUR));
    test.open("li", whole()).await;
    test.clock.move_to(Clock::system().now());
    let works = token(&test, "li", &[Scope::OpenTickets, Scope::ReadTickets]).await;
    let watches = token(&test, "ada", &[Scope::ReadMetrics]).await;
    let TestDesk { desk, url, fresh, .. } = test;
    drop(desk);
    let server = Server::start(&url, "text", "warn");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let get = |path: &str, secret: &str| {
        let request = client.get(format!("http://{}{path}", server.address));
        request.bearer_auth(secret).send()
    };
    for _ in 0..3 {
        let opened = client
            .post(format!("http://{}/api/v1/tickets", server.address))
            .bearer_auth(&works)
            .json(&json!({"workflow": "errand", "values": whole()}));
        assert_eq!(opened.send().await.unwrap().status(), 201);
    }
    for _ in 0..2 {
        assert_eq!(get("/api/v1/tickets/13800001111", &works).await.unwrap().status(), 404);
    }
    assert_eq!(get("/nowhere/13800001111", "").await.unwrap().status(), 404);
    assert_eq!(get("/metrics", &works).await.unwrap().status(), 403);
    assert_eq!(get("/metrics", "").await.unwrap().status(), 401);
    tokio::time::sleep(Duration::from_millis(1_500)).await;

    let answer = get("/metrics", &watches).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(
        answer.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let text = answer.text().await.unwrap();
    for (name, says) in measure::described() {
        assert!(text.contains(&format!("# HELP {name} {says}\n")), "{name}: {text}");
    }
    let found = values(&text);
    let http = |method: &str, route: &str, status: &str| {
        let name = format!(
            "{}_count{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}",
            measure::HTTP
        );
        found.get(name.as_str()).copied().unwrap_or_default()
    };
    let is = |name: &str| found.get(name).copied().unwrap_or(-1.0);
    assert!((http("POST", "/api/v1/tickets", "2xx") - 3.0).abs() < 0.1, "{text}");
    assert!(
        (http("GET", "/api/v1/tickets/{number}", "4xx") - 2.0).abs() < 0.1,
        "{text}"
    );
    assert!((http("GET", "-", "4xx") - 1.0).abs() < 0.1, "{text}");
    assert!(is(measure::FIRED) >= 2.0, "{text}");
    assert!(is(measure::MAILS_PENDING) >= 1.0, "{text}");
    assert!(is(measure::MAILS_PUT_OFF) >= 1.0, "{text}");
    assert!((is(measure::MAIL_DOWN) - 1.0).abs() < 0.1, "{text}");
    assert!(is(&format!("{}_count", measure::COMMIT)) >= 3.0, "{text}");
    // An hour late by the clock of the machine, as nobody was there.
    let late = is(&format!("{}_sum", measure::LAG));
    assert!(late > 2_000.0 && late < 8_000.0, "{late}");
    assert!(is(measure::OVERDUE) >= 0.0 && is(measure::MAILS_DEAD) >= 0.0, "{text}");
    for words in ["13800001111", "王", "zhang", "li@", "nowhere", "omb_"] {
        assert!(!text.contains(words), "«{words}»: {text}");
    }
    drop(server);
    drop(fresh);
}
