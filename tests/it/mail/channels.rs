//! Messages over HTTP: to whom, in which words, and what becomes of them when the other end misbehaves (P8, P10, P26).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

use ombud::desk::directory::Kind;
use ombud::desk::{Desk, Principal};
use ombud::jobs::{self, Jobs, Settings};
use ombud::notify::channel::settings::{ChannelSettings, Channels, Kind as Form};
use ombud::notify::channel::sign;
use ombud::notify::settings::Secret;
use ombud::store::connect::statement;
use ombud::workflow::moment::{MINUTE, SECOND};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::delivery::{founded, staff, ticket, until};
use super::sink::{GOOD, Reply, Sink};
use crate::support::{TestDesk, put};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn channel(sink: &Sink) -> ChannelSettings {
    ChannelSettings {
        url: Secret(sink.url()),
        address: "phone".to_owned(),
        allow: vec!["127.0.0.1".to_owned()],
        plain_http: true,
        timeout_seconds: 1,
        ..ChannelSettings::default()
    }
}

async fn start(desk: &Desk, channels: Channels) -> Jobs {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = Settings {
        channels,
        ..Settings::default()
    };
    jobs::start(desk.clone(), &settings).await.unwrap()
}

/// The staff, of whom these have a telephone.
async fn reachable(people: &[&str]) -> TestDesk {
    let test = founded(&staff(), &["zhang"]).await;
    let edits = people.iter().map(|id| {
        let body = json!({"id": id, "name": id, "email": null, "addresses": {"phone": format!("+86-{id}")},
            "language": "zh-CN"});
        put(Kind::Person, body)
    });
    test.desk.edit(&Principal::machine(), edits.collect()).await.unwrap();
    test
}

/// State, attempts and reason of the messages of a channel by key.
async fn rows(desk: &Desk, channel: &str) -> BTreeMap<String, (String, i64, String)> {
    let db = desk.database();
    let sql = "select key, state, attempts, coalesce(last_error, '') from outbox where channel = ?";
    let rows = db
        .readers()
        .query_all_raw(statement(db.backend(), sql, vec![channel.into()]))
        .await
        .unwrap();
    rows.iter()
        .map(|row| {
            let text = |column| row.try_get_by_index::<String>(column).unwrap();
            (text(0), (text(1), row.try_get_by_index(2).unwrap(), text(3)))
        })
        .collect()
}

async fn states(desk: &Desk, channel: &str) -> BTreeMap<String, usize> {
    let mut states = BTreeMap::new();
    for (state, ..) in rows(desk, channel).await.into_values() {
        *states.entry(state).or_default() += 1;
    }
    states
}

/// Turns the clock a minute at a time until no message of the channel waits.
async fn settled(test: &TestDesk, channel: &str) {
    for _ in 0..400 {
        let states = states(&test.desk, channel).await;
        if !states.is_empty() && !states.contains_key("pending") {
            return;
        }
        test.clock.advance(MINUTE / 2);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{channel}: {:?}", rows(&test.desk, channel).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_an_address_of_its_kind_is_told_by_a_channel_and_the_message_is_signed() {
    let test = reachable(&["zhang"]).await;
    let sink = Sink::start(GOOD).await;
    let own = ChannelSettings {
        secret: Secret(SECRET.to_owned()),
        headers: BTreeMap::from([("X-Key".to_owned(), Secret("k".to_owned()))]),
        ..channel(&sink)
    };
    let jobs = start(&test.desk, Channels::from([("own".to_owned(), own)])).await;
    let number = ticket(&test.desk, "li", "水管爆裂").await;
    test.clock.advance(4 * SECOND);
    until("the message", || sink.came().len() == 1).await;
    settled(&test, "own").await;
    // li was reminded first and has no telephone; zhang is told when it is late.
    let message = &sink.came()[0];
    let body: Value = serde_json::from_slice(&message.body).unwrap();
    assert_eq!(
        (&body["person"], &body["address"], &body["ticket"]),
        (&json!("zhang"), &json!("+86-zhang"), &json!(number))
    );
    assert!(message.id().ends_with(":zhang:own"), "{}", message.id());
    assert_eq!(message.headers["x-key"], "k");
    let seconds: i64 = message.headers["webhook-timestamp"].parse().unwrap();
    assert_eq!(
        message.headers["webhook-signature"],
        sign::webhook(SECRET, &message.id(), seconds, &message.body)
    );
    assert_eq!(
        states(&test.desk, "own").await,
        BTreeMap::from([("sent".to_owned(), 1)])
    );
    assert_eq!(jobs.channel("own").unwrap().sent.load(Ordering::Relaxed), 1);
    jobs.stop().await;
}

/// P10: each fault at an endpoint of its own, beside a good one that must not notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_of_a_receiver_has_its_outcome_and_delays_no_other() {
    let test = reachable(&["li"]).await;
    let faults = [
        ("moved", Reply::Status(301, "location: http://127.0.0.1:1/\r\n")),
        ("gone", Reply::Status(410, "")),
        ("refuses", Reply::Status(404, "")),
        ("crowded", Reply::Status(429, "retry-after: 600\r\n")),
        ("broken", Reply::Status(500, "")),
        ("gateway", Reply::Status(502, "")),
        ("hangs", Reply::Hangs),
        ("cuts", Reply::Cuts),
        ("floods", Reply::Floods),
        ("good", GOOD),
    ];
    let mut sinks = BTreeMap::new();
    let mut channels = Channels::new();
    for (name, reply) in faults {
        let sink = Sink::start(reply).await;
        channels.insert(name.to_owned(), channel(&sink));
        sinks.insert(name, sink);
    }
    let jobs = start(&test.desk, channels).await;
    ticket(&test.desk, "li", "第1张").await;
    ticket(&test.desk, "li", "第2张").await;
    let begun = std::time::Instant::now();
    test.clock.advance(2 * SECOND);
    until("the good ones", || sinks["good"].came().len() == 2).await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    until("every fault", || sinks.values().all(|sink| !sink.came().is_empty())).await;
    for (name, state) in [
        ("moved", "dead"),
        ("refuses", "dead"),
        ("gone", "dead"),
        ("floods", "sent"),
    ] {
        settled(&test, name).await;
        assert_eq!(
            states(&test.desk, name).await,
            BTreeMap::from([(state.to_owned(), 2)]),
            "{name}"
        );
    }
    let reasons = |rows: BTreeMap<String, (String, i64, String)>| -> String {
        rows.into_values().map(|(_, _, reason)| reason + ";").collect()
    };
    assert!(reasons(rows(&test.desk, "moved").await).contains("redirects are not followed"));
    assert!(reasons(rows(&test.desk, "gone").await).contains("410"));
    // What is broken waits; nothing storms: one at a time asks again.
    for name in ["crowded", "broken", "gateway", "hangs", "cuts"] {
        until(name, || jobs.channel(name).unwrap().breaker.is_down()).await;
        assert!(states(&test.desk, name).await.contains_key("pending"), "{name}");
        assert!(sinks[name].came().len() <= 12, "{name}: {}", sinks[name].came().len());
    }
    for name in ["crowded", "broken", "gateway", "hangs", "cuts"] {
        sinks[name].become_of(GOOD);
    }
    for name in ["crowded", "broken", "gateway", "hangs", "cuts"] {
        settled(&test, name).await;
        assert_eq!(
            states(&test.desk, name).await,
            BTreeMap::from([("sent".to_owned(), 2)]),
            "{name}"
        );
        // The same key, the same bytes, however often it came (P8); and once accepted never again.
        let mut bodies: BTreeMap<String, BTreeSet<Vec<u8>>> = BTreeMap::new();
        let mut accepted: BTreeMap<String, u32> = BTreeMap::new();
        for came in sinks[name].came() {
            bodies.entry(came.id()).or_default().insert(came.body.clone());
            *accepted.entry(came.id()).or_default() += u32::from(came.reply == GOOD);
        }
        assert!(
            bodies.len() == 2 && bodies.values().all(|bodies| bodies.len() == 1),
            "{name}"
        );
        assert!(accepted.values().all(|times| *times == 1), "{name}: {accepted:?}");
    }
    // Nobody asks an endpoint again that is gone.
    let asked = sinks["gone"].came().len();
    ticket(&test.desk, "li", "第3张").await;
    test.clock.advance(2 * SECOND);
    until("the good one", || sinks["good"].came().len() == 3).await;
    settled(&test, "gone").await;
    assert_eq!(sinks["gone"].came().len(), asked);
    assert_eq!(
        states(&test.desk, "gone").await,
        BTreeMap::from([("dead".to_owned(), 3)])
    );
    jobs.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_endpoint_asks_for_is_waited_for() {
    let test = reachable(&["li"]).await;
    let sink = Sink::start(Reply::Status(429, "retry-after: 600\r\n")).await;
    let jobs = start(&test.desk, Channels::from([("own".to_owned(), channel(&sink))])).await;
    ticket(&test.desk, "li", "水管爆裂").await;
    test.clock.advance(2 * SECOND);
    until("the first time", || sink.came().len() == 1).await;
    sink.become_of(GOOD);
    tokio::time::sleep(Duration::from_secs(2)).await;
    test.clock.advance(500 * SECOND);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(sink.came().len(), 1, "ten minutes were asked for");
    test.clock.advance(100 * SECOND);
    until("the second time", || sink.came().len() == 2).await;
    settled(&test, "own").await;
    jobs.stop().await;
}

/// P26 over HTTP: poison among the good ones.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_refused_stops_no_other() {
    let test = reachable(&["li", "zhang"]).await;
    let sink = Sink::start(Reply::RefusesBody("毒")).await;
    let own = ChannelSettings {
        body: "{\"text\":\"{{text}}\",\"title\":\"{{title}}\"}".to_owned(),
        ..channel(&sink)
    };
    let jobs = start(&test.desk, Channels::from([("own".to_owned(), own)])).await;
    for index in 0..200 {
        let summary = if index % 20 == 7 {
            "毒 {{x}}\"}"
        } else {
            "水管爆裂"
        };
        ticket(&test.desk, "li", summary).await;
    }
    test.clock.advance(2 * SECOND);
    while test.desk.sweep().await.unwrap().more {}
    for _ in 0..400 {
        if !states(&test.desk, "own").await.contains_key("pending") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let states = states(&test.desk, "own").await;
    assert_eq!((states["sent"], states["dead"]), (190, 10), "{states:?}");
    let rows = rows(&test.desk, "own").await;
    assert!(
        rows.values()
            .all(|(state, _, reason)| state == "sent" || reason.starts_with("422"))
    );
    jobs.stop().await;
}

/// A name that leads into the house is not followed, whatever it says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_leads_within_is_never_connected_to() {
    let test = reachable(&["li"]).await;
    let sink = Sink::start(GOOD).await;
    let own = ChannelSettings {
        url: Secret(format!("http://localhost:{}/", sink.address.port())),
        allow: Vec::new(),
        ..channel(&sink)
    };
    let jobs = start(&test.desk, Channels::from([("own".to_owned(), own)])).await;
    ticket(&test.desk, "li", "水管爆裂").await;
    test.clock.advance(2 * SECOND);
    for _ in 0..100 {
        if rows(&test.desk, "own")
            .await
            .values()
            .any(|(_, _, reason)| !reason.is_empty())
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let rows = rows(&test.desk, "own").await;
    assert!(
        rows.values()
            .all(|(_, _, reason)| reason.contains("no address that may be reached")),
        "{rows:?}"
    );
    assert_eq!(sink.came().len(), 0);
    jobs.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_robot_says_in_its_answer_what_it_thinks_and_is_signed_in_its_own_way() {
    let test = reachable(&["li"]).await;
    let sink = Sink::start(GOOD).await;
    let mut channels = Channels::new();
    for (name, kind) in [("wecom", Form::Wecom), ("dingtalk", Form::Dingtalk)] {
        let robot = ChannelSettings {
            kind,
            secret: Secret("SECabc".to_owned()),
            ..channel(&sink)
        };
        channels.insert(name.to_owned(), robot);
    }
    let jobs = start(&test.desk, channels).await;
    ticket(&test.desk, "li", "<@all> 水管爆裂").await;
    test.clock.advance(2 * SECOND);
    for name in ["wecom", "dingtalk"] {
        settled(&test, name).await;
        assert_eq!(
            states(&test.desk, name).await,
            BTreeMap::from([("sent".to_owned(), 1)]),
            "{name}"
        );
    }
    let came = sink.came();
    assert_eq!(came.len(), 2);
    assert!(
        came.iter()
            .all(|came| !String::from_utf8_lossy(&came.body).contains("<@all>"))
    );
    assert_eq!(came.iter().filter(|came| came.target.contains("sign=")).count(), 1);
    jobs.stop().await;
}
