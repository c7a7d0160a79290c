//! What readers do with what they are told: acknowledge by a link, wish for other ways, look at what became of it.

use ombud::desk::outbox::Wish;
use ombud::desk::{Desk, DeskError, Principal};
use ombud::jobs::{self, Jobs, Settings};
use ombud::notify::compose::House;
use ombud::texts::Language;
use ombud::workflow::moment::{HOUR, SECOND};
use serde_json::json;

use super::delivery::{founded, staff, states, ticket, until};
use super::parse::Parsed;
use super::server::{Fault, Server, Tls};
use super::settings;
use crate::support::TestDesk;

async fn start(desk: &Desk, server: &Server) -> Jobs {
    let settings = Settings {
        mail: settings(server),
        house: House {
            public_url: "https://ombud.example.org".to_owned(),
            acknowledge_hours: 72,
            ..House::default()
        },
        ..Settings::default()
    };
    jobs::start(desk.clone(), &settings).await.unwrap()
}

/// The text of the first mail to somebody.
async fn mail_to(server: &Server, person: &str) -> String {
    let to = format!("<{person}@");
    until(person, || server.received().iter().any(|mail| mail.to[0].contains(&to))).await;
    let received = server.received();
    let mail = received.iter().find(|mail| mail.to[0].contains(&to)).unwrap();
    Parsed::of(&mail.raw).parts[0].1.clone()
}

async fn events(test: &TestDesk, number: &str) -> Vec<String> {
    let boss = Principal::whole("boss");
    let (_, events) = test.desk.events(&boss, number, 0, 200).await.unwrap();
    let shown = events
        .iter()
        .map(|view| format!("{} {:?}", view.event.body.word(), view.event.actor.person()));
    shown.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_acknowledges_once_as_its_reader_and_looking_at_it_does_nothing() {
    let test = founded(&staff(), &["zhang"]).await;
    let server = Server::start(Fault::None, Tls::None).await;
    let jobs = start(&test.desk, &server).await;
    let number = ticket(&test.desk, "li", "水管爆裂").await;
    // zhang is told that it arrived, and a later step of the clock asks whether anybody has acknowledged.
    test.act("li", &number, "submit", json!({})).await;
    let text = mail_to(&server, "zhang").await;
    let at = text.find("/acknowledge/").expect("a link") + "/acknowledge/".len();
    let token: String = text[at..].chars().take_while(|c| !c.is_whitespace()).collect();
    let before = events(&test, &number).await;
    for _ in 0..3 {
        let page = test.desk.acknowledgement(&token).await.unwrap();
        assert_eq!(
            (page.number.as_str(), page.done, page.language),
            (number.as_str(), false, Language::Zh)
        );
    }
    assert_eq!(events(&test, &number).await, before, "a scanner of mails follows links");
    assert!(test.desk.acknowledge_by_link(&token).await.unwrap().done);
    let after = events(&test, &number).await;
    assert!(
        after
            .iter()
            .any(|event| event.contains("acknowledged") && event.contains("zhang")),
        "{after:?}"
    );
    assert!(test.desk.acknowledge_by_link(&token).await.unwrap().done);
    assert_eq!(events(&test, &number).await.len(), after.len(), "once");
    let junk = token.replacen(|c: char| c.is_ascii_lowercase(), "Z", 1);
    for (token, what) in [(junk.as_str(), "forged"), ("x.y", "junk")] {
        let refused = test.desk.acknowledge_by_link(token).await;
        assert!(matches!(refused, Err(DeskError::NotFound { .. })), "{what}");
    }
    test.clock.advance(73 * HOUR);
    assert!(
        matches!(test.desk.acknowledgement(&token).await, Err(DeskError::NotFound { .. })),
        "over"
    );
    jobs.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_wishes_no_mail_gets_none_but_what_presses_and_their_inbox_has_everything() {
    let test = founded(&staff(), &["zhang"]).await;
    let server = Server::start(Fault::None, Tls::None).await;
    let jobs = start(&test.desk, &server).await;
    let li = Principal::whole("li");
    let wish = |off: &str| Wish {
        off: [off.to_owned()].into(),
        language: Some(Language::En),
    };
    assert!(
        matches!(test.desk.choose(&li, wish("app")).await, Err(DeskError::Invalid(_))),
        "the inbox stays"
    );
    assert!(
        matches!(test.desk.choose(&li, wish("sms")).await, Err(DeskError::Invalid(_))),
        "no address there"
    );
    let choices = test.desk.choose(&li, wish("mail")).await.unwrap();
    assert!(!choices.channels[0].on && choices.language == Some(Language::En));
    test.desk
        .choose(&Principal::whole("zhang"), wish("mail"))
        .await
        .unwrap();
    let number = ticket(&test.desk, "li", "水管爆裂").await;
    test.clock.advance(2 * SECOND);
    for _ in 0..200 {
        if states(&test.desk).await.contains_key("skipped") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    // li was reminded before the time was up: a wish that counts. zhang hears that it is up, in the language of the wish.
    test.clock.advance(2 * SECOND);
    let text = mail_to(&server, "zhang").await;
    assert!(text.contains("Ticket:"), "{text}");
    assert!(!server.received().iter().any(|mail| mail.to[0].contains("<li@")));
    assert_eq!(test.desk.unread(&li).await.unwrap().count, 1);
    // Everybody who sees the ticket sees what became of it.
    let boss = Principal::whole("boss");
    let told = test.desk.deliveries(&boss, &number, None, 100).await.unwrap();
    let of = |person: &str, channel: &str| {
        let found = told.iter().find(|one| one.person == person && one.channel == channel);
        found.map(|one| one.state.clone()).unwrap_or_default()
    };
    assert_eq!(
        (of("li", "mail"), of("li", "app")),
        ("skipped".to_owned(), "sent".to_owned())
    );
    assert_eq!(of("zhang", "app"), "sent");
    let hidden = test
        .desk
        .deliveries(&Principal::whole("nobody"), &number, None, 100)
        .await;
    assert!(matches!(hidden, Err(DeskError::NotFound { .. })));
    jobs.stop().await;
}

/// P9 in the time of the test: an hour without a server, then everything within ten minutes, in order for each ticket.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_hour_without_a_server_is_made_up_for_within_ten_minutes() {
    let test = founded(&staff(), &["zhang"]).await;
    let server = Server::start(Fault::Banner("421 away"), Tls::None).await;
    let jobs = start(&test.desk, &server).await;
    let mut numbers = Vec::new();
    for minute in 0..60 {
        numbers.push(ticket(&test.desk, "li", &format!("第{minute}张")).await);
        test.clock.advance(60 * SECOND);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    while test.desk.sweep().await.unwrap().more {}
    assert_eq!(server.received().len(), 0);
    let pending = |states: &std::collections::BTreeMap<String, u64>| states.get("pending").copied().unwrap_or(0);
    assert!(pending(&states(&test.desk).await) > 60);
    server.become_faulty(Fault::None);
    let back = test.clock.now();
    while pending(&states(&test.desk).await) > 0 && test.clock.now().since(back) < HOUR {
        test.clock.advance(2 * SECOND);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let took = test.clock.now().since(back);
    assert!(took <= HOUR / 6, "{} s", took / SECOND);
    let states = states(&test.desk).await;
    assert!(!states.contains_key("dead"), "{states:?}");
    // In order for each ticket and reader, each key once, every ticket told of.
    let mut last: std::collections::BTreeMap<(String, String), u64> = std::collections::BTreeMap::new();
    let mut keys = std::collections::BTreeSet::new();
    for mail in server.received() {
        let key = Parsed::of(&mail.raw).value("x-ombud-key");
        assert!(keys.insert(key.clone()), "{key} twice");
        let text = Parsed::of(&mail.raw).parts[0].1.clone();
        let number = numbers
            .iter()
            .find(|number| text.contains(*number))
            .expect("a ticket")
            .clone();
        let seq: u64 = key
            .split('.')
            .nth(1)
            .and_then(|seq| seq.parse().ok())
            .unwrap_or_default();
        let before = last.insert((number, mail.to[0].clone()), seq).unwrap_or_default();
        assert!(seq >= before, "{key} after {before}");
    }
    let told: std::collections::BTreeSet<&String> = last.keys().map(|(number, _)| number).collect();
    assert_eq!(told.len(), 60);
    jobs.stop().await;
}
