//! Quiet hours: what waits for their end and in which order it leaves, and what never waits.

use jiff::civil::Time;
use ombud::desk::Desk;
use ombud::desk::outbox::Held;
use ombud::jobs::{self, Jobs, Settings};
use ombud::notify::compose::House;
use ombud::notify::patience::QuietHours;
use ombud::workflow::moment::{HOUR, MINUTE};
use serde_json::json;

use super::delivery::{founded_with, staff, until};
use super::digest::{SLOW, delivery, submitted};
use super::parse::Parsed;
use super::server::{Fault, Server, Tls};
use super::settings;
use crate::support::TestDesk;

async fn start(desk: &Desk, server: &Server) -> Jobs {
    let settings = Settings {
        mail: settings(server),
        house: House {
            quiet: Some(QuietHours {
                from: Time::constant(22, 0, 0, 0),
                to: Time::constant(7, 0, 0, 0),
            }),
            ..House::default()
        },
        ..Settings::default()
    };
    jobs::start(desk.clone(), &settings).await.unwrap()
}

/// Who was reminded of which ticket, in the order of arrival.
fn reminded(server: &Server, numbers: &[String]) -> Vec<(String, usize)> {
    let received = server.received();
    let told = received.iter().filter_map(|mail| {
        let text = Parsed::of(&mail.raw).parts[0].1.clone();
        let to = mail.to[0].trim_start_matches("RCPT TO:<").split('@').next()?.to_owned();
        let number = numbers.iter().position(|number| text.contains(number))?;
        text.contains("「审核时限」还剩").then_some((to, number))
    });
    told.collect()
}

async fn three(test: &TestDesk) -> Vec<String> {
    let mut numbers = Vec::new();
    for more in [json!({}), json!({"urgent": true}), json!({})] {
        numbers.push(submitted(test, more).await);
        test.clock.advance(MINUTE);
    }
    numbers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_wait_leaves_when_quiet_hours_end_in_order_and_what_is_urgent_at_once() {
    // Nobody is on duty: the head of the department is told.
    let test = founded_with(&staff(), &[], SLOW).await;
    let server = Server::start(Fault::None, Tls::None).await;
    let jobs = start(&test.desk, &server).await;
    let numbers = three(&test).await;
    // 30 % of two days after nine: 23:24. The urgent one says so at once.
    test.clock.advance(14 * HOUR + 30 * MINUTE);
    until("the urgent one", || {
        reminded(&server, &numbers) == [("head_fin".to_owned(), 1)]
    })
    .await;
    for number in [&numbers[0], &numbers[2]] {
        let mut one = delivery(&test, number, "head_fin").await;
        for _ in 0..100 {
            if one.held.is_some() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            one = delivery(&test, number, "head_fin").await;
        }
        assert_eq!(
            (one.held, one.state.as_str()),
            (Some(Held::Quiet), "pending"),
            "{one:?}"
        );
        assert_eq!(one.due_at.rfc3339(), "2026-03-02T23:00:00.000Z", "seven in Shanghai");
    }
    // 35 %: a step that says nothing of quiet hours does not wait; it stands for the one before it (L8).
    test.clock.advance(2 * HOUR + 30 * MINUTE);
    until("the next step", || reminded(&server, &numbers).len() == 4).await;
    jobs.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waited_comes_in_the_order_in_which_it_was_said() {
    let one_step = SLOW.replace("      - {at: 35%,  tell: unit_head,  say: due_soon}\n", "");
    let test = founded_with(&staff(), &[], &one_step).await;
    let server = Server::start(Fault::None, Tls::None).await;
    let jobs = start(&test.desk, &server).await;
    let numbers = three(&test).await;
    test.clock.advance(14 * HOUR + 30 * MINUTE);
    until("the urgent one", || reminded(&server, &numbers).len() == 1).await;
    // 23:33 and then 06:59: still quiet.
    test.clock.advance(7 * HOUR + 26 * MINUTE);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(reminded(&server, &numbers).len(), 1);
    test.clock.advance(2 * MINUTE);
    until("the others", || reminded(&server, &numbers).len() == 3).await;
    let order: Vec<usize> = reminded(&server, &numbers)
        .into_iter()
        .map(|(_, number)| number)
        .collect();
    assert_eq!(order, [1, 0, 2]);
    jobs.stop().await;
}
