//! A digest instead of a storm: from how many on, what never waits, what a crash does to it, and what is kept of it.

use ombud::desk::inbox::Which;
use ombud::desk::open::Open;
use ombud::desk::outbox::{Delivery, Form, Held, MAIL, Post};
use ombud::desk::{Desk, Principal, Request};
use ombud::jobs::{self, Jobs, Settings};
use ombud::notify::compose::House;
use ombud::notify::line::Lines;
use ombud::notify::patience::Gathering;
use ombud::notify::render::Templates;
use ombud::workflow::moment::{HOUR, MINUTE, SECOND};
use serde_json::{Value as Json, json};
use std::collections::HashSet;
use std::sync::Arc;

use super::delivery::{founded_with, staff, states, until};
use super::parse::Parsed;
use super::server::{Fault, Server, Tls};
use super::settings;
use crate::support::{TestDesk, done, object};

pub(super) const SLOW: &str = include_str!("slow.yaml");

fn house() -> House {
    House {
        public_url: "https://ombud.example.org".to_owned(),
        acknowledge_hours: 72,
        gathering: Gathering {
            after: 3,
            within: 10 * MINUTE,
        },
        ..House::default()
    }
}

async fn start(desk: &Desk, server: &Server) -> Jobs {
    let settings = Settings {
        mail: settings(server),
        house: house(),
        ..Settings::default()
    };
    jobs::start(desk.clone(), &settings).await.unwrap()
}

/// A ticket that li wrote and submitted: zhang is told of it.
pub(super) async fn submitted(test: &TestDesk, more: Json) -> String {
    let mut values = object(json!({"place": "和平路12号", "summary": "水管爆裂", "lead": "finance"}));
    values.extend(object(more));
    let open = Open {
        workflow: "slow".into(),
        values,
        contact: None,
    };
    let opened = test.desk.open(Request::by(Principal::whole("li")), open).await.unwrap();
    let number = done(opened).ticket.number.to_string();
    test.act("li", &number, "submit", json!({})).await;
    number
}

async fn eight(test: &TestDesk) -> Vec<String> {
    let mut numbers = Vec::new();
    for _ in 0..8 {
        numbers.push(submitted(test, json!({})).await);
    }
    numbers
}

/// What became of the last mail about a ticket to somebody.
pub(super) async fn delivery(test: &TestDesk, number: &str, person: &str) -> Delivery {
    let boss = Principal::whole("boss");
    let found = test.desk.deliveries(&boss, number, None, 100).await.unwrap();
    let mail = found
        .into_iter()
        .find(|one| one.person == person && one.channel == MAIL);
    mail.expect("a mail")
}

/// The server has a mail a moment before that is written down.
async fn sent(test: &TestDesk, number: &str) -> Delivery {
    for _ in 0..200 {
        let one = delivery(test, number, "zhang").await;
        if one.state == "sent" {
            return one;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("never written down as sent: {number}");
}

/// Waits until so many mails wait on purpose.
async fn held(test: &TestDesk, numbers: &[String], count: usize) {
    for _ in 0..200 {
        let mut found = 0;
        for number in numbers {
            found += usize::from(delivery(test, number, "zhang").await.held == Some(Held::Digest));
        }
        if found == count {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("never so many held: {count}");
}

/// Eight messages at once: three went on their own, five wait.
async fn five_wait() -> (TestDesk, Server, Vec<String>, Jobs) {
    let test = founded_with(&staff(), &["zhang"], SLOW).await;
    let server = Server::start(Fault::None, Tls::None).await;
    let numbers = eight(&test).await;
    let jobs = start(&test.desk, &server).await;
    until("three on their own", || server.received().len() == 3).await;
    held(&test, &numbers, 5).await;
    (test, server, numbers, jobs)
}

fn key(server: &Server, place: usize) -> String {
    Parsed::of(&server.received()[place].raw).value("x-ombud-key")
}

fn text(server: &Server, place: usize) -> String {
    Parsed::of(&server.received()[place].raw).parts[0].1.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_fourth_message_on_they_go_as_one_and_each_is_recorded_with_its_ticket() {
    let (test, server, numbers, jobs) = five_wait().await;
    // What comes meanwhile waits for the same moment.
    test.clock.advance(9 * MINUTE);
    let late = submitted(&test, json!({})).await;
    held(&test, std::slice::from_ref(&late), 1).await;
    assert_eq!(server.received().len(), 3, "the time is not over");
    assert_eq!(
        jobs.figures().await.mails_oldest,
        None,
        "what waits on purpose is no delay"
    );
    test.clock.advance(MINUTE);
    until("the digest", || server.received().len() == 4).await;
    let digest = Parsed::of(&server.received()[3].raw);
    let told = text(&server, 3);
    assert!(
        digest.value("x-ombud-key").starts_with("digest."),
        "{}",
        digest.value("x-ombud-key")
    );
    assert!(
        told.contains("6条通知") && told.contains("https://ombud.example.org/inbox"),
        "{told}"
    );
    let gathered: Vec<&String> = numbers[3..].iter().chain([&late]).collect();
    let places: Vec<usize> = gathered
        .iter()
        .map(|number| told.find(number.as_str()).unwrap())
        .collect();
    assert!(places.is_sorted(), "the oldest first: {told}");
    assert!(numbers[..3].iter().all(|number| !told.contains(number)), "{told}");
    let mut keys = HashSet::new();
    for number in &gathered {
        let one = sent(&test, number).await;
        assert_eq!(one.attempts, 1, "{one:?}");
        keys.extend(one.digest);
    }
    assert_eq!(keys.len(), 1);
    assert_eq!(delivery(&test, &numbers[0], "zhang").await.digest, None);
    // The inbox shows each.
    let which = Which {
        unread_only: false,
        before: None,
    };
    let inbox = test
        .desk
        .inbox(&Principal::whole("zhang"), which, 50, None)
        .await
        .unwrap();
    assert_eq!(inbox.entries.len(), 9);
    // The digest counts as one, so the next ones go on their own.
    submitted(&test, json!({})).await;
    until("the next", || server.received().len() == 5).await;
    jobs.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_urgent_what_a_hotline_clock_says_and_what_runs_out_before_never_waits() {
    let (test, server, _, jobs) = five_wait().await;
    let urgent = submitted(&test, json!({"urgent": true})).await;
    until("the urgent one", || server.received().len() == 4).await;
    let hurried = submitted(&test, json!({"hurried": true})).await;
    until("whose clock runs out in five minutes", || server.received().len() == 5).await;
    assert!(text(&server, 3).contains(&urgent) && text(&server, 4).contains(&hurried));
    // Six hours: more than three late at once, and each is told on its own.
    test.clock.advance(6 * HOUR);
    let late = |server: &Server| {
        let received = server.received();
        let texts = received.iter().map(|mail| Parsed::of(&mail.raw).parts[0].1.clone());
        texts.filter(|text| text.contains("「答复时限」已超时")).count()
    };
    until("every late one", || late(&server) == 10).await;
    jobs.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_digest_that_was_taken_without_an_answer_comes_again_with_the_same_bytes() {
    let (test, server, _, jobs) = five_wait().await;
    server.become_faulty(Fault::CutAfterData);
    test.clock.advance(10 * MINUTE);
    until("the first time", || server.received().len() == 4).await;
    // Meanwhile there is more to say: that is not what this key says.
    submitted(&test, json!({})).await;
    server.become_faulty(Fault::None);
    let of_the_digest = || -> Vec<usize> {
        let places = 0..server.received().len();
        places.filter(|place| key(&server, *place) == key(&server, 3)).collect()
    };
    until("again", || {
        test.clock.advance(SECOND);
        of_the_digest().len() == 2
    })
    .await;
    let same = of_the_digest();
    assert_eq!(server.received()[same[0]].raw, server.received()[same[1]].raw);
    jobs.stop().await;
}

/// Killed when the digest was put together and worded, before it was sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_dies_over_a_digest_sends_that_digest_when_it_is_back() {
    let test = founded_with(&staff(), &["zhang"], SLOW).await;
    let server = Server::start(Fault::None, Tls::None).await;
    let numbers = eight(&test).await;
    let lines = Lines::new(&settings(&server)).unwrap();
    let post = Post {
        channel: MAIL.to_owned(),
        templates: Arc::new(Templates::load(None).unwrap()),
        form: Form::Mail(lines.sender().clone()),
        house: house(),
        timeout: SECOND,
    };
    let mut taken = Vec::new();
    for _ in 0..5 {
        let claimed = test.desk.claim_mails(&post, 16, &HashSet::new()).await.unwrap();
        taken.extend(claimed.mails);
    }
    assert_eq!(taken.len(), 3);
    test.clock.advance(10 * MINUTE);
    let digest = test.desk.claim_mails(&post, 16, &HashSet::new()).await.unwrap();
    // The leases of the first three are over: they come again, as they were.
    let digest = digest
        .mails
        .into_iter()
        .find(|ready| ready.ticket.is_none())
        .expect("a digest");
    let test = test.again().await;
    test.clock.advance(MINUTE);
    let jobs = start(&test.desk, &server).await;
    until("all of them", || server.received().len() == 4).await;
    let received = server.received();
    let bytes = digest.mail.bytes.trim_ascii_end();
    assert!(
        received.iter().any(|mail| mail.raw.trim_ascii_end() == bytes),
        "the same bytes"
    );
    for number in &numbers[3..] {
        assert_eq!(
            delivery(&test, number, "zhang").await.digest.as_ref(),
            Some(&digest.mail.key)
        );
    }
    jobs.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_digest_that_is_refused_is_put_aside_as_one_and_sent_again_as_one() {
    let test = founded_with(&staff(), &["zhang"], SLOW).await;
    let server = Server::start(Fault::Rcpt("zhang", "550 no such user"), Tls::None).await;
    let numbers = eight(&test).await;
    // Refused messages count for nothing: the others were there first.
    let boss = Principal::whole("boss");
    let jobs = start(&test.desk, &server).await;
    held(&test, &numbers, 5).await;
    test.clock.advance(10 * MINUTE);
    let mut dead = Vec::new();
    for _ in 0..200 {
        dead = test.desk.dead_letters(&boss, None, 50).await.unwrap();
        if dead.iter().any(|one| one.number.is_none()) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let digest = dead.iter().find(|one| one.number.is_none()).expect("a digest").clone();
    assert_eq!((dead.len(), digest.stands_for), (4, 5), "{dead:?}");
    let one = delivery(&test, &numbers[7], "zhang").await;
    assert_eq!(one.state, "dead");
    assert!(one.reason.unwrap().contains("550"));
    server.become_faulty(Fault::None);
    test.desk.resend(&boss, &digest.key, None).await.unwrap();
    until("the digest", || server.received().len() == 1).await;
    let told = text(&server, 0);
    assert!(numbers[3..].iter().all(|number| told.contains(number)), "{told}");
    for _ in 0..200 {
        if delivery(&test, &numbers[7], "zhang").await.state == "sent" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(states(&test.desk).await.get("dead"), Some(&3));
    jobs.stop().await;
}

/// P9: after an hour without a server nothing waits longer than it already has.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_outage_everything_is_told_within_ten_minutes_as_few_messages() {
    let test = founded_with(&staff(), &["zhang"], SLOW).await;
    let server = Server::start(Fault::Banner("421 away"), Tls::None).await;
    let jobs = start(&test.desk, &server).await;
    let mut numbers = Vec::new();
    for _ in 0..40 {
        numbers.push(submitted(&test, json!({})).await);
        test.clock.advance(90 * SECOND);
    }
    server.become_faulty(Fault::None);
    let back = test.clock.now();
    let told = || -> usize {
        let received = server.received();
        let texts: Vec<String> = received
            .iter()
            .map(|mail| Parsed::of(&mail.raw).parts[0].1.clone())
            .collect();
        let is_told = |number: &&String| texts.iter().any(|text| text.contains(number.as_str()));
        numbers.iter().filter(is_told).count()
    };
    while told() < 40 && test.clock.now().since(back) < HOUR {
        test.clock.advance(2 * SECOND);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let took = test.clock.now().since(back);
    assert!(
        told() == 40 && took <= 10 * MINUTE,
        "{} told after {} s",
        told(),
        took / SECOND
    );
    assert!(server.received().len() < 20, "{} messages", server.received().len());
    jobs.stop().await;
}
