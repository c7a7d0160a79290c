//! The writer: neighbours of a failing job are safe, a full queue says so, nobody writes the same event twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use ombud::desk::{Desk, DeskError, Principal};
use ombud::store::{Database, StoreError, Wants, settings};
use serde_json::json;

use crate::support::{TestDesk, act, by, errand, whole};

#[tokio::test]
async fn a_job_that_panics_falls_alone() {
    let test = TestDesk::new().await;
    let writer = test.desk.writer();
    let job = |name: &'static str, bad: bool| {
        writer.run(Wants::default(), move |sheet| {
            settings::set(sheet, name, "here");
            assert!(!bad, "as planned");
            Ok(())
        })
    };
    let (one, two, three) = tokio::join!(job("one", false), job("two", true), job("three", false));
    assert!(one.is_ok() && three.is_ok());
    assert!(matches!(two, Err(StoreError::Panicked(why)) if why.contains("as planned")));
    let db = test.desk.database();
    assert!(settings::get(db, "one").await.unwrap().is_some());
    assert!(settings::get(db, "two").await.unwrap().is_none());
}

#[tokio::test]
async fn a_job_that_the_database_refuses_falls_alone_and_the_others_are_saved() {
    let test = TestDesk::new().await;
    let writer = test.desk.writer();
    let runs = Arc::new(AtomicUsize::new(0));
    let job = |name: &'static str, bad: bool| {
        let runs = Arc::clone(&runs);
        writer.run(Wants::default(), move |sheet| {
            runs.fetch_add(1, Ordering::SeqCst);
            settings::set(sheet, name, "here");
            if bad {
                sheet.statement("insert into settings (name) values (?)", vec!["no value".into()]);
            }
            Ok(())
        })
    };
    let (one, two, three) = tokio::join!(job("one", false), job("two", true), job("three", false));
    assert!(one.is_ok() && three.is_ok());
    assert!(matches!(two, Err(StoreError::Failed(_))), "{two:?}");
    let db = test.desk.database();
    for (name, there) in [("one", true), ("two", false), ("three", true)] {
        assert_eq!(settings::get(db, name).await.unwrap().is_some(), there, "{name}");
    }
}

#[tokio::test]
async fn a_full_queue_says_busy_and_loses_nothing_it_took() {
    let test = TestDesk::new().await;
    let jobs = (0..3_000).map(|_| test.desk.open(by("li"), errand(whole())));
    let answers = join_all(jobs).await;
    let done = answers.iter().filter(|answer| answer.is_ok()).count();
    let busy = answers
        .iter()
        .filter(|answer| matches!(answer, Err(DeskError::Busy)))
        .count();
    assert_eq!(done + busy, 3_000);
    assert!(busy > 0 && done >= 1_024, "{done} done, {busy} busy");
    let last = test.open("li", whole()).await.ticket.number.to_string();
    assert_eq!(last, format!("E20260302-{:06}", done + 1));
}

#[tokio::test]
async fn many_commands_on_one_ticket_at_once_are_all_in_its_history() {
    let test = TestDesk::new().await;
    let number = test.submitted().await.ticket.number.to_string();
    let notes = (0..50).map(|count| {
        let mut note = act(&number, "note", json!({}));
        note.texts.insert("note".into(), format!("第 {count} 条"));
        test.desk.act(by("zhang"), note)
    });
    assert!(join_all(notes).await.iter().all(Result::is_ok));
    let boss = Principal::whole("boss");
    let (view, events) = test.desk.events(&boss, &number, 0, 200).await.unwrap();
    assert_eq!(usize::try_from(view.ticket.seq).unwrap(), events.len());
    assert_eq!(
        events
            .iter()
            .filter(|event| event.event.texts.contains_key("note"))
            .count(),
        50
    );
}

#[tokio::test]
async fn two_processes_on_one_database_never_overwrite_each_other() {
    let test = TestDesk::new().await;
    let other = Database::open(&test.url).await.unwrap();
    let other = Desk::start(other, test.clock.clone()).await.unwrap();
    let number = test.submitted().await.ticket.number.to_string();
    for count in 0..10 {
        for desk in [&test.desk, &other] {
            let mut note = act(&number, "note", json!({}));
            note.texts.insert("note".into(), format!("{count}"));
            desk.act(by("zhang"), note).await.unwrap();
        }
        assert!(test.desk.open(by("li"), errand(whole())).await.is_ok());
        assert!(other.open(by("li"), errand(whole())).await.is_ok());
    }
    let boss = Principal::whole("boss");
    let (view, events) = test.desk.events(&boss, &number, 0, 200).await.unwrap();
    assert_eq!(
        events
            .iter()
            .filter(|event| event.event.texts.contains_key("note"))
            .count(),
        20
    );
    assert_eq!(usize::try_from(view.ticket.seq).unwrap(), events.len());
}
