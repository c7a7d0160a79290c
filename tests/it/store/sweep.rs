//! What happens by itself: rungs fire once, whoever brings them about, and somebody is told.

use ombud::desk::Principal;
use ombud::store::Wants;
use ombud::store::connect::statement;
use ombud::ticket::event::Body;
use ombud::workflow::moment::{HOUR, MINUTE};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::support::{MONDAY_9, TestDesk, whole};

/// `(person, message)` of the mails waiting, in the order they were put there.
async fn mails(test: &TestDesk) -> Vec<(String, String)> {
    let db = test.desk.database();
    let sql = "select person, message from outbox where channel = 'mail' order by id";
    let rows = db
        .readers()
        .query_all_raw(statement(db.backend(), sql, Vec::new()))
        .await
        .unwrap();
    rows.iter()
        .map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap()))
        .collect()
}

fn told(person: &str, message: &str) -> (String, String) {
    (person.to_owned(), message.to_owned())
}

#[tokio::test]
async fn an_unfinished_ticket_reaches_the_shift_lead() {
    let test = TestDesk::new().await;
    test.open("li", whole()).await;
    assert_eq!(test.desk.next_due().await.unwrap(), Some(MONDAY_9.plus(9 * MINUTE)));
    test.clock.advance(8 * MINUTE);
    assert_eq!(test.desk.sweep().await.unwrap().tickets, 0);
    test.clock.advance(MINUTE);
    let swept = test.desk.sweep().await.unwrap();
    assert_eq!((swept.tickets, swept.failed, swept.lag_ms), (1, 0, 0));
    assert_eq!(mails(&test).await, [told("li", "due_soon")]);
    test.clock.advance(6 * MINUTE + 500);
    let swept = test.desk.sweep().await.unwrap();
    assert_eq!(swept.lags_ms, [500]);
    assert_eq!(mails(&test).await, [told("li", "due_soon"), told("zhang", "overdue")]);
    assert_eq!(test.desk.sweep().await.unwrap().tickets, 0);
}

#[tokio::test]
async fn nobody_on_duty_means_the_next_level() {
    let test = TestDesk::new().await;
    test.clock.advance(30 * HOUR);
    let number = test.open("li", whole()).await.ticket.number.to_string();
    test.act("li", &number, "submit", json!({})).await;
    test.clock.advance(30 * MINUTE);
    test.desk.sweep().await.unwrap();
    let mut told = mails(&test).await;
    told.sort();
    assert_eq!(told, [self::told("boss", "overdue"), self::told("vice", "overdue")]);
}

#[tokio::test]
async fn two_sweepers_and_a_command_fire_each_rung_once() {
    let test = TestDesk::new().await;
    let mut numbers = Vec::new();
    for _ in 0..40 {
        numbers.push(test.open("li", whole()).await.ticket.number.to_string());
    }
    test.clock.advance(20 * MINUTE);
    let acts = futures_util::future::join_all(
        numbers
            .iter()
            .take(10)
            .map(|number| test.try_act("li", number, "withdraw", json!({"remark": "不用了"}))),
    );
    let (one, two, acted) = tokio::join!(test.desk.sweep(), test.desk.sweep(), acts);
    assert_eq!(one.unwrap().failed + two.unwrap().failed, 0);
    assert!(acted.iter().all(Result::is_ok));
    let boss = Principal::whole("boss");
    for number in &numbers {
        let (_, events) = test.desk.events(&boss, number, 0, 200).await.unwrap();
        let rungs = events
            .iter()
            .filter(|event| matches!(event.event.body, Body::Rung { .. }))
            .count();
        assert_eq!(rungs, 2, "{number}");
    }
    assert_eq!(mails(&test).await.len(), 80);
}

#[tokio::test]
async fn rungs_that_were_due_before_a_refused_command_stay() {
    let test = TestDesk::new().await;
    let number = test.open("li", whole()).await.ticket.number.to_string();
    test.clock.advance(10 * MINUTE);
    let refused = test.try_act("zhang", &number, "submit", json!({})).await;
    assert!(refused.is_err());
    assert_eq!(mails(&test).await, [told("li", "due_soon")]);
}

#[tokio::test]
async fn lateness_of_the_sweeper_changes_no_result() {
    let early = TestDesk::new().await;
    let late = TestDesk::new().await;
    let boss = Principal::whole("boss");
    let mut lives = Vec::new();
    for (test, steps) in [(&early, 600), (&late, 1)] {
        let number = test.submitted().await.ticket.number.to_string();
        for _ in 0..steps {
            test.clock.advance(10 * HOUR / steps);
            test.desk.sweep().await.unwrap();
        }
        let (view, events) = test.desk.events(&boss, &number, 0, 200).await.unwrap();
        let bodies: Vec<_> = events
            .iter()
            .map(|event| (event.event.at, event.event.body.clone()))
            .collect();
        lives.push((
            view.ticket.clocks.clone(),
            bodies.into_iter().skip(1).collect::<Vec<_>>(),
        ));
    }
    assert_eq!(lives[0], lives[1]);
}

#[tokio::test]
async fn whoever_sleeps_is_woken_when_something_is_due_earlier() {
    let test = TestDesk::new().await;
    assert_eq!(test.desk.next_due().await.unwrap(), None);
    let woken = test.desk.earlier_due();
    test.open("li", whole()).await;
    woken.await;
    let next = test.desk.next_due().await.unwrap().unwrap();
    test.desk.sweep().await.unwrap();
    assert!(next > MONDAY_9);
}

#[tokio::test]
async fn more_than_one_turn_takes_several() {
    let test = TestDesk::new().await;
    for _ in 0..300 {
        test.open("li", whole()).await;
    }
    test.clock.advance(10 * MINUTE);
    let first = test.desk.sweep().await.unwrap();
    assert_eq!((first.tickets, first.more), (256, true));
    let second = test.desk.sweep().await.unwrap();
    assert_eq!((second.tickets, second.more), (44, false));
}

#[tokio::test]
async fn one_bad_ticket_stops_no_other() {
    let test = TestDesk::new().await;
    let bad = test.open("li", whole()).await.ticket.number.to_string();
    for _ in 0..20 {
        test.open("li", whole()).await;
    }
    let spoil = test.desk.writer().run(Wants::default(), move |sheet| {
        sheet.statement(
            "update tickets set snapshot = '{}' where number = ?",
            vec![bad.as_str().into()],
        );
        Ok(())
    });
    spoil.await.unwrap();
    let test = test.again().await;
    test.clock.advance(10 * MINUTE);
    let swept = test.desk.sweep().await.unwrap();
    assert_eq!((swept.tickets, swept.failed), (20, 1));
    assert!(
        swept.next_due.unwrap() > test.clock.now(),
        "it is left alone for a while"
    );
    assert_eq!(test.desk.sweep().await.unwrap().failed, 0);
    test.clock.advance(MINUTE);
    assert_eq!(test.desk.sweep().await.unwrap().failed, 1);
    assert!(test.try_open("li", whole()).await.is_ok());
}

/// SQLite ends a transaction by itself when the disk fails under it. What is acknowledged afterwards must be committed,
/// not lie in a transaction that nobody ends (P3).
#[tokio::test]
async fn what_is_acknowledged_after_a_transaction_ended_by_itself_is_committed() {
    let test = TestDesk::new().await;
    if test.desk.database().is_shared() {
        return;
    }
    for _ in 0..3 {
        let ended = test.desk.writer().run(Wants::default(), |sheet| {
            let sql = "insert or rollback into settings (name, value) values ('twice', '1')";
            sheet.statement(sql, vec![]);
            sheet.statement(sql, vec![]);
            Ok(())
        });
        assert!(ended.await.is_err());
        // Nothing to write: rolled back.
        test.desk.writer().run(Wants::default(), |_| Ok(())).await.unwrap();
        test.open("li", whole()).await;
    }
    let db = test.desk.database();
    let sql = "select count(*) from tickets";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, Vec::new()))
        .await
        .unwrap();
    assert_eq!(
        row.unwrap().try_get_by_index::<i64>(0).unwrap(),
        3,
        "others see what was acknowledged"
    );
}

/// The disk is full and has room again: nobody waits for the minute that a bad ticket would wait (P13).
#[tokio::test]
async fn what_could_not_be_saved_fires_as_soon_as_the_database_is_well() {
    let test = TestDesk::new().await;
    if test.desk.database().is_shared() {
        // There the disk is the database's own; `tests/kill` restarts it under load.
        return;
    }
    let pages = async |max: &'static str| {
        let limit = test.desk.writer().run(Wants::default(), move |sheet| {
            sheet.statement(max, vec![]);
            Ok(())
        });
        limit.await.unwrap();
    };
    for _ in 0..100 {
        test.open("li", whole()).await;
    }
    test.clock.advance(10 * MINUTE);
    pages("pragma max_page_count = 1").await;
    let swept = test.desk.sweep().await.unwrap();
    assert_eq!((swept.tickets, swept.failed), (0, 100));
    assert!(swept.next_due.unwrap() <= test.clock.now(), "it stays due");
    pages("pragma max_page_count = 1073741823").await;
    let swept = test.desk.sweep().await.unwrap();
    assert_eq!((swept.tickets, swept.failed), (100, 0));
    assert_eq!(mails(&test).await.len(), 100);
}
