//! From the outbox to the server, with a real database: outages, poison, order, what is superseded, what is recorded.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ombud::desk::directory::{Edit, Kind};
use ombud::desk::open::Open;
use ombud::desk::{Desk, Principal, Request};
use ombud::jobs::{self, Jobs, Settings};
use ombud::notify::compose::House;
use ombud::store::Database;
use ombud::workflow::moment::{HOUR, SECOND};
use serde_json::json;

use crate::support::{MONDAY_9, TestDesk, done, object, put};

use super::parse::Parsed;
use super::server::{Fault, Server, Tls};
use super::settings;

const QUICK: &str = include_str!("../../e2e/quick.yaml");

/// A desk with the quick workflow and these people: id, name, address, role.
pub(super) async fn founded(people: &[(String, String, Option<String>, &str)], on_duty: &[&str]) -> TestDesk {
    founded_with(people, on_duty, QUICK).await
}

/// The same with another workflow.
pub(super) async fn founded_with(
    people: &[(String, String, Option<String>, &str)],
    on_duty: &[&str],
    workflow: &str,
) -> TestDesk {
    let test = TestDesk::empty().await;
    let mut edits = vec![
        put(
            Kind::Department,
            json!({"id": "finance", "title": {"zh": "财务部", "en": "Finance"}, "parent": null}),
        ),
        put(
            Kind::Calendar,
            json!({"id": "default", "zone": "Asia/Shanghai", "day": "8 hours", "hours": {"mon": "08:30-18:00"}}),
        ),
    ];
    for (role, zh, en) in [
        ("agent", "坐席", "agent"),
        ("shift_lead", "值班长", "shift lead"),
        ("head", "负责人", "head"),
        ("manager", "经理", "manager"),
        ("administrator", "管理员", "administrator"),
    ] {
        edits.push(put(Kind::Role, json!({"id": role, "title": {"zh": zh, "en": en}})));
    }
    for (id, name, email, role) in people {
        edits.push(put(
            Kind::Person,
            json!({"id": id, "name": name, "email": email, "language": "zh-CN"}),
        ));
        let department = (*role == "head").then_some("finance");
        edits.push(Edit::Put {
            kind: Kind::Membership,
            key: Some(format!("{id}-{role}")),
            body: json!({"person": id, "role": role, "department": department}),
        });
    }
    for person in on_duty {
        edits.push(shift(person, -HOUR, 8 * HOUR));
    }
    test.desk.edit(&Principal::machine(), edits).await.unwrap();
    test.desk.publish(&Principal::machine(), workflow, None).await.unwrap();
    test
}

pub(super) fn shift(person: &str, from: i64, to: i64) -> Edit {
    Edit::Put {
        kind: Kind::Shift,
        key: Some(format!("{person}-shift")),
        body: json!({"person": person, "role": null, "from": MONDAY_9.0 + from, "to": MONDAY_9.0 + to}),
    }
}

pub(super) fn staff() -> Vec<(String, String, Option<String>, &'static str)> {
    [
        ("li", "agent"),
        ("zhang", "shift_lead"),
        ("zhao", "shift_lead"),
        ("head_fin", "head"),
        ("boss", "manager"),
    ]
    .map(|(id, role)| (id.to_owned(), id.to_owned(), Some(format!("{id}@example.org")), role))
    .to_vec()
}

pub(super) async fn ticket(desk: &Desk, person: &str, summary: &str) -> String {
    let open = Open {
        workflow: "quick".into(),
        values: object(json!({"place": "和平路12号", "summary": summary, "lead": "finance"})),
        contact: None,
    };
    let opened = desk.open(Request::by(Principal::whole(person)), open).await.unwrap();
    done(opened).ticket.number.to_string()
}

async fn start(desk: &Desk, server: &Server) -> Jobs {
    let settings = Settings {
        mail: settings(server),
        house: House::default(),
        ..Settings::default()
    };
    jobs::start(desk.clone(), &settings).await.unwrap()
}

/// Waits for something that must come; a signal would be better, but the other side is a socket.
pub(super) async fn until(what: &str, mut reached: impl FnMut() -> bool) {
    for _ in 0..2400 {
        if reached() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never came: {what}");
}

/// Waits until nothing is pending.
async fn settled(jobs: &Jobs) -> jobs::Figures {
    for _ in 0..2400 {
        let figures = jobs.figures().await;
        if figures.mails_pending == 0 {
            return figures;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("mails stay pending: {:?}", jobs.figures().await);
}

/// Addresses and keys in the order of arrival.
fn arrived(server: &Server) -> Vec<(String, String)> {
    server
        .received()
        .iter()
        .map(|mail| {
            let to = mail.to[0]
                .trim_start_matches("RCPT TO:<")
                .split('@')
                .next()
                .unwrap()
                .to_owned();
            (to, Parsed::of(&mail.raw).value("x-ombud-key"))
        })
        .collect()
}

pub(super) async fn states(desk: &Desk) -> BTreeMap<String, u64> {
    use sea_orm::ConnectionTrait;
    let readers = Database::readers(desk.database());
    let rows = readers
        .query_all_raw(sea_orm::Statement::from_string(
            readers.get_database_backend(),
            "select state, count(*) as n from outbox where channel = 'mail' group by state",
        ))
        .await
        .unwrap();
    rows.iter()
        .map(|row| {
            let count: i64 = row.try_get("", "n").unwrap();
            (row.try_get("", "state").unwrap(), u64::try_from(count).unwrap())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_clock_says_reaches_the_shift_lead_and_without_one_the_head() {
    for (on_duty, expected) in [(&["zhang"][..], "zhang"), (&[][..], "head_fin")] {
        let test = founded(&staff(), on_duty).await;
        let server = Server::start(Fault::None, Tls::None).await;
        ticket(&test.desk, "li", "水管爆裂").await;
        let jobs = start(&test.desk, &server).await;
        test.clock.advance(2 * SECOND);
        until("the reminder", || server.received().len() == 1).await;
        test.clock.advance(2 * SECOND);
        until("the escalation", || server.received().len() == 2).await;
        let to: Vec<String> = arrived(&server).into_iter().map(|(to, _)| to).collect();
        assert_eq!(to, ["li", expected]);
        let figures = settled(&jobs).await;
        assert_eq!((figures.mails_sent, figures.mails_dead), (2, 0));
        assert!(figures.lag.count >= 2);
        jobs.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_outage_one_mail_stands_for_all_rungs_and_goes_to_whoever_is_there_now() {
    let test = founded(&staff(), &["zhang"]).await;
    let number = ticket(&test.desk, "li", "水管爆裂").await;
    // Nothing runs while three rungs come due and the shift changes.
    test.clock.advance(HOUR);
    let edits = vec![shift("zhang", -HOUR, SECOND), shift("zhao", 2 * SECOND, 9 * HOUR)];
    test.desk.edit(&Principal::machine(), edits).await.unwrap();
    let server = Server::start(Fault::None, Tls::None).await;
    let jobs = start(&test.desk, &server).await;
    settled(&jobs).await;
    until("the mail", || server.received().len() == 1).await;
    let parsed = Parsed::of(&server.received()[0].raw);
    assert!(
        server.received()[0].to[0].contains("boss@"),
        "the last rung tells the manager"
    );
    assert!(
        parsed.parts[0].1.contains("代替这个时限的 3 次提醒"),
        "{}",
        parsed.parts[0].1
    );
    assert!(parsed.parts[0].1.contains(&number));
    let states = states(&test.desk).await;
    assert_eq!((states["sent"], states["superseded"]), (1, 2));
    jobs.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_resolved_at_sending_and_whoever_went_home_is_not_told() {
    let test = founded(&staff(), &["zhang"]).await;
    ticket(&test.desk, "li", "水管爆裂").await;
    test.clock.advance(4 * SECOND);
    // The rungs fire at their nominal moment, for zhang; until the mail goes out zhao has taken over.
    while test.desk.sweep().await.unwrap().more {}
    test.clock.advance(SECOND);
    let edits = vec![shift("zhang", -HOUR, 5 * SECOND), shift("zhao", 0, 9 * HOUR)];
    test.desk.edit(&Principal::machine(), edits).await.unwrap();
    let server = Server::start(Fault::None, Tls::None).await;
    let jobs = start(&test.desk, &server).await;
    settled(&jobs).await;
    let to: Vec<String> = arrived(&server).into_iter().map(|(to, _)| to).collect();
    assert_eq!(to, ["zhao"]);
    jobs.stop().await;
}

/// P26: poison among a thousand; P8: each key once, in order for each reader.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_good_mails_arrive_among_poison() {
    let mut people = staff();
    let mut poison = BTreeSet::new();
    for index in 0..100 {
        people.push((
            format!("a{index}"),
            format!("坐席{index}"),
            Some(format!("a{index}@example.org")),
            "agent",
        ));
    }
    for (id, name, email) in [
        ("p1", "王\r\nBcc: all@example.org", Some("-oQ/tmp@x.test")),
        ("p2", "p2", Some("not an address")),
        ("p3", "p3", None),
        ("p4", "p4", Some("nobody-550@example.org")),
        ("p5", "p5", Some("a\u{0}b@example.org")),
    ] {
        people.push((id.to_owned(), name.to_owned(), email.map(str::to_owned), "agent"));
        poison.insert(id.to_owned());
    }
    people.push((
        "nasty".to_owned(),
        "张\r\n\u{0}\u{202e}丽 =?utf-8?q?x?=".to_owned(),
        Some("nasty@example.org".to_owned()),
        "agent",
    ));
    let test = founded(&people, &["zhang"]).await;
    let server = Server::start(Fault::Rcpt("550", "550 no such user"), Tls::None).await;
    let mut expected = 0;
    for round in 0..10 {
        for index in 0..100 {
            ticket(&test.desk, &format!("a{index}"), "{{7*7}} {{{x}}} <b>").await;
            expected += 1;
            if index % 20 == 0 {
                let person = poison.iter().nth(index / 20).unwrap().clone();
                ticket(&test.desk, &person, "毒").await;
            }
        }
        ticket(&test.desk, "nasty", &format!("第{round}张 =?utf-8?q?x?= \u{202e}")).await;
        expected += 1;
    }
    let jobs = start(&test.desk, &server).await;
    test.clock.advance(2 * SECOND);
    until("all good mails", || server.received().len() == expected).await;
    let figures = settled(&jobs).await;
    assert_eq!(figures.mails_dead, 50);
    assert_eq!(server.received().len(), expected);
    let keys: BTreeSet<String> = arrived(&server).into_iter().map(|(_, key)| key).collect();
    assert_eq!(keys.len(), expected, "each key once");
    let dead = test.desk.dead_mails(100).await.unwrap();
    assert!(dead.iter().all(|mail| !mail.reason.is_empty()), "{dead:?}");
    assert!(
        dead.iter().any(|mail| mail.reason.contains("550"))
            && dead.iter().any(|mail| mail.reason.contains("no mail address"))
    );
    jobs.stop().await;
}

/// P9 in the small: the server is away, hangs, comes back; everything arrives, nothing storms, order is kept.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_the_server_loses_nothing_and_is_no_storm() {
    let test = founded(&staff(), &["zhang"]).await;
    let mut numbers = Vec::new();
    for index in 0..50 {
        numbers.push(ticket(&test.desk, "li", &format!("第{index}张")).await);
    }
    let server = Server::start(Fault::Banner("421 too busy"), Tls::None).await;
    let jobs = start(&test.desk, &server).await;
    test.clock.advance(2 * SECOND);
    tokio::time::sleep(Duration::from_secs(6)).await;
    let figures = jobs.figures().await;
    assert!(figures.mail_server_down);
    assert_eq!((figures.mails_pending, figures.mails_sent), (50, 0));
    // At most those under way at the first failure, then one for each pause.
    assert!(server.connections() <= 4 + 6, "{} attempts", server.connections());
    server.become_faulty(Fault::None);
    // The pauses of mails are by the desk's clock.
    test.clock.advance(SECOND);
    for _ in 0..200 {
        test.clock.advance(30 * SECOND);
        if jobs.figures().await.mails_pending == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let figures = settled(&jobs).await;
    assert_eq!(figures.mails_dead, 0);
    assert!(!figures.mail_server_down);
    let arrived = arrived(&server);
    let keys: BTreeSet<&String> = arrived.iter().map(|(_, key)| key).collect();
    assert_eq!(keys.len(), arrived.len(), "nothing twice");
    jobs.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_was_taken_without_an_answer_comes_again_with_the_same_bytes() {
    let test = founded(&staff(), &["zhang"]).await;
    let number = ticket(&test.desk, "li", "水管爆裂").await;
    test.act("li", &number, "submit", json!({})).await;
    let server = Server::start(Fault::CutAfterData, Tls::None).await;
    let jobs = start(&test.desk, &server).await;
    until("the first time", || server.received().len() == 1).await;
    server.become_faulty(Fault::None);
    for _ in 0..100 {
        test.clock.advance(SECOND);
        if server.received().len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let received = server.received();
    assert!(
        received.len() == 2 && received[0].raw == received[1].raw,
        "same key, same bytes (P8)"
    );
    jobs.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_mail_server_the_outbox_says_so() {
    let test = founded(&staff(), &["zhang"]).await;
    ticket(&test.desk, "li", "水管爆裂").await;
    let jobs = jobs::start(test.desk.clone(), &Settings::default()).await.unwrap();
    test.clock.advance(2 * SECOND);
    for _ in 0..100 {
        if states(&test.desk).await.get("skipped") == Some(&1) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(states(&test.desk).await["skipped"], 1);
    jobs.stop().await;
}

#[tokio::test]
async fn a_bad_template_or_setting_stops_the_start() {
    let test = founded(&staff(), &[]).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("en")).unwrap();
    std::fs::write(folder.path().join("en/clock.text.hbs"), "{{nmae}}").unwrap();
    let mut settings = Settings::default();
    settings.mail.templates = folder.path().display().to_string();
    let problem = jobs::start(test.desk.clone(), &settings).await.err().unwrap();
    assert!(problem.to_string().contains("en/clock.text.hbs:1"), "{problem}");
    let mut settings = Settings::default();
    settings.mail.host = "localhost".to_owned();
    let problem = jobs::start(test.desk.clone(), &settings).await.err().unwrap();
    assert!(problem.to_string().contains("mail.from"), "{problem}");
}
