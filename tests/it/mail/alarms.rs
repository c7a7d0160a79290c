//! What administrators are told of no ticket: a calendar that lacks a year, once in its period, whoever looks.

use ombud::desk::directory::Kind;
use ombud::desk::inbox::Which;
use ombud::desk::{Desk, Principal};
use ombud::jobs::{self, Settings};
use ombud::notify::compose::House;
use ombud::notify::letter::Kind as Letter;
use ombud::store::Database;
use ombud::workflow::moment::{DAY, HOUR, Moment};
use serde_json::json;

use super::delivery::{founded, staff, states, until};
use super::parse::Parsed;
use super::server::{Fault, Server, Tls};
use super::settings;
use crate::support::{TestDesk, put};

/// Half past seven in Shanghai, on the first of October 2026, a Thursday.
fn october() -> Moment {
    Moment::from_timestamp("2026-09-30T23:30:00Z".parse().unwrap())
}

async fn ending() -> TestDesk {
    let mut people = staff();
    people.push((
        "ada".to_owned(),
        "Ada".to_owned(),
        Some("ada@example.org".to_owned()),
        "administrator",
    ));
    let test = founded(&people, &[]).await;
    test.clock.move_to(october());
    let calendar = json!({"id": "default", "zone": "Asia/Shanghai", "day": "8 hours",
        "hours": {"mon": "09:00-17:00"}, "loaded_through": 2026});
    let edits = vec![put(Kind::Calendar, calendar)];
    test.desk.edit(&Principal::machine(), edits).await.unwrap();
    test
}

async fn inbox(desk: &Desk, person: &str) -> Vec<String> {
    let which = Which {
        unread_only: false,
        before: None,
    };
    let page = desk.inbox(&Principal::whole(person), which, 100, None).await.unwrap();
    let said = page.entries.into_iter().map(|entry| {
        assert_eq!((entry.kind, entry.number), (Letter::Calendar, None));
        entry.content.unwrap().sentence
    });
    said.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn administrators_hear_of_a_calendar_that_ends_once_in_a_period_whoever_looks() {
    let test = ending().await;
    test.desk.tell_of_calendars().await.unwrap();
    assert!(inbox(&test.desk, "ada").await.is_empty(), "nobody is told before eight");
    test.clock.advance(HOUR);
    // Two instances look at the same time, and a third one starts.
    let other = Desk::start(Database::open(&test.url).await.unwrap(), test.clock.clone())
        .await
        .unwrap();
    let (one, two) = tokio::join!(test.desk.tell_of_calendars(), other.tell_of_calendars());
    one.and(two).unwrap();
    drop(other);
    let test = test.again().await;
    test.desk.tell_of_calendars().await.unwrap();
    let said = inbox(&test.desk, "ada").await;
    assert_eq!(said.len(), 1);
    assert!(said[0].contains("2027"), "{said:?}");
    assert!(inbox(&test.desk, "boss").await.is_empty(), "there is an administrator");
    assert_eq!(states(&test.desk).await.get("pending"), Some(&1));
    // Next Monday again, not before; in December every day; from New Year's Day on it has ended.
    let mut told_on = Vec::new();
    for day in 1..=95 {
        test.clock.advance(DAY);
        let before = inbox(&test.desk, "ada").await.len();
        for _ in 0..2 {
            test.desk.tell_of_calendars().await.unwrap();
        }
        told_on.extend((inbox(&test.desk, "ada").await.len() > before).then_some(day));
    }
    assert_eq!(told_on[..9], [4, 11, 18, 25, 32, 39, 46, 53, 60]);
    assert_eq!(told_on[9..], (61..=95).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mail_names_the_year_and_is_not_sent_once_the_calendar_is_mended() {
    let test = ending().await;
    test.clock.advance(HOUR);
    let server = Server::start(Fault::None, Tls::None).await;
    let settings = Settings {
        mail: settings(&server),
        house: House {
            public_url: "https://ombud.example.org".to_owned(),
            ..House::default()
        },
        ..Settings::default()
    };
    // The chores at the start tell it.
    let jobs = jobs::start(test.desk.clone(), &settings).await.unwrap();
    until("the mail", || server.received().len() == 1).await;
    let mail = Parsed::of(&server.received()[0].raw);
    let text = mail.parts[0].1.clone();
    assert!(
        text.contains("2027年") && text.contains("https://ombud.example.org/calendars"),
        "{text}"
    );
    assert!(server.received()[0].to[0].contains("<ada@"));
    jobs.stop().await;
    // Told again on Monday; before it is sent somebody enters the holidays.
    test.clock.advance(4 * DAY);
    test.desk.tell_of_calendars().await.unwrap();
    let calendar = json!({"id": "default", "zone": "Asia/Shanghai", "day": "8 hours",
        "hours": {"mon": "09:00-17:00"}, "loaded_through": 2027});
    let edits = vec![put(Kind::Calendar, calendar)];
    test.desk.edit(&Principal::machine(), edits).await.unwrap();
    let jobs = jobs::start(test.desk.clone(), &settings).await.unwrap();
    for _ in 0..100 {
        if states(&test.desk).await.contains_key("superseded") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(states(&test.desk).await["superseded"], 1);
    assert_eq!(server.received().len(), 1);
    jobs.stop().await;
}
