//! Several instances on one database: nothing twice, nothing lost, no number left out. On SQLite there is only one, so
//! these tests run with `TEST_OMBUD_DATABASE` only.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use ombud::desk::directory::Kind;
use ombud::desk::{Answered, Desk, DeskError, Principal};
use ombud::store::{Database, events};
use ombud::workflow::moment::{HOUR, MINUTE};
use sea_orm::{ConnectionTrait, Database as SeaOrm, Statement, TransactionTrait};
use serde_json::json;

use crate::support::database::is_postgres;
use crate::support::{ERRAND, TestDesk, act, by, errand, keyed, put, whole};

/// The first desk and two more on the same database.
async fn three() -> (TestDesk, Vec<Desk>) {
    let test = TestDesk::new().await;
    let mut desks = vec![test.desk.clone()];
    for _ in 0..2 {
        let database = Database::open(&test.url).await.unwrap();
        desks.push(Desk::start(database, test.clock.clone()).await.unwrap());
    }
    (test, desks)
}

#[tokio::test]
async fn tickets_opened_everywhere_at_once_are_numbered_without_a_gap() {
    if !is_postgres() {
        return;
    }
    let (_test, desks) = three().await;
    let each = 60;
    let opened = join_all((0..each).flat_map(|_| desks.iter().map(|desk| desk.open(by("li"), errand(whole()))))).await;
    let mut numbers: Vec<String> = opened
        .into_iter()
        .map(|opened| crate::support::done(opened.unwrap()).ticket.number.to_string())
        .collect();
    numbers.sort();
    let wanted: Vec<String> = (1..=3 * each).map(|count| format!("E20260302-{count:06}")).collect();
    assert_eq!(numbers, wanted);
}

#[tokio::test]
async fn commands_on_one_ticket_from_everywhere_are_all_in_its_history() {
    if !is_postgres() {
        return;
    }
    let (test, desks) = three().await;
    let number = test.submitted().await.ticket.number.to_string();
    let notes = (0..45).map(|count| {
        let mut note = act(&number, "note", json!({}));
        note.texts.insert("note".into(), format!("第 {count} 条"));
        desks[count % 3].act(by("zhang"), note)
    });
    for noted in join_all(notes).await {
        noted.unwrap();
    }
    let boss = Principal::whole("boss");
    for desk in &desks {
        let (view, events) = desk.events(&boss, &number, 0, 200).await.unwrap();
        assert_eq!(usize::try_from(view.ticket.seq).unwrap(), events.len());
        let notes = events.iter().filter(|event| event.event.texts.contains_key("note"));
        assert_eq!(notes.count(), 45);
    }
}

#[tokio::test]
async fn the_same_key_at_two_instances_has_one_effect() {
    if !is_postgres() {
        return;
    }
    let (test, desks) = three().await;
    for round in 0..20 {
        let key = format!("key-{round}");
        let answers = join_all(
            desks
                .iter()
                .map(|desk| desk.open(keyed("li", &key, 1), errand(whole()))),
        )
        .await;
        let answers: Vec<Answered> = answers.into_iter().map(Result::unwrap).collect();
        let done = answers.iter().filter(|answer| matches!(answer, Answered::Done(_)));
        assert_eq!(done.count(), 1, "round {round}");
        let numbers: Vec<&str> = answers
            .iter()
            .map(|answer| match answer {
                Answered::Done(done) | Answered::Repeated(done) => &*done.ticket.number,
            })
            .collect();
        assert!(numbers.iter().all(|number| *number == numbers[0]), "{numbers:?}");
    }
    assert_eq!(&*test.open("li", whole()).await.ticket.number, "E20260302-000021");
}

#[tokio::test]
async fn a_refusal_is_never_decided_on_what_another_instance_has_changed() {
    if !is_postgres() {
        return;
    }
    let (_test, desks) = three().await;
    for round in 0..10 {
        let number = crate::support::done(desks[0].open(by("li"), errand(whole())).await.unwrap())
            .ticket
            .number
            .to_string();
        // The others hold the draft in memory.
        for desk in &desks[1..] {
            let mut note = act(&number, "note", json!({}));
            note.texts.insert("note".into(), "看一下".into());
            desk.act(by("li"), note).await.unwrap();
        }
        desks[round % 3]
            .act(by("li"), act(&number, "submit", json!({})))
            .await
            .unwrap();
        // In review it may be dispatched, whoever is asked.
        let dispatched = desks[(round + 1) % 3]
            .act(by("zhang"), act(&number, "dispatch", json!({"lead": "finance"})))
            .await;
        assert!(dispatched.is_ok(), "{dispatched:?}");
        let again = desks[(round + 2) % 3]
            .act(by("zhang"), act(&number, "dispatch", json!({"lead": "finance"})))
            .await;
        assert!(matches!(again, Err(DeskError::Refused(_))), "{again:?}");
    }
}

#[tokio::test]
async fn edits_of_the_directory_at_two_instances_are_both_kept() {
    if !is_postgres() {
        return;
    }
    let (test, desks) = three().await;
    let before = test.desk.directory().version;
    let edits = (0..12).map(|count| {
        let id = format!("role_{count}");
        let role = put(Kind::Role, json!({"id": id, "title": {"zh": id, "en": id}}));
        let desk = desks[count % 3].clone();
        async move { desk.edit(&Principal::machine(), vec![role]).await }
    });
    for edited in join_all(edits).await {
        edited.unwrap();
    }
    for desk in &desks {
        desk.refresh().await.unwrap();
        let directory = desk.directory();
        assert_eq!(directory.version, before + 12);
        assert!((0..12).all(|count| directory.roles.contains_key(format!("role_{count}").as_str())));
    }
}

#[tokio::test]
async fn what_one_instance_changes_the_others_take_up_at_once() {
    if !is_postgres() {
        return;
    }
    let (test, desks) = three().await;
    let other = desks[1].clone();
    let following = tokio::spawn(async move { other.follow().await });
    // Listening begins a moment after the start.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let role = put(
        Kind::Role,
        json!({"id": "expert", "title": {"zh": "专家", "en": "Expert"}}),
    );
    let begun = std::time::Instant::now();
    test.desk.edit(&Principal::machine(), vec![role]).await.unwrap();
    while !desks[1].directory().roles.contains_key("expert") {
        assert!(begun.elapsed() < Duration::from_millis(1_500), "nobody told");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    following.abort();
    // A version published a moment ago is known wherever its tickets come along.
    let newer = ERRAND.replace("version: 1", "version: 2");
    desks[0].publish(&Principal::machine(), &newer, None).await.unwrap();
    let number = test.open("li", whole()).await.ticket.number.to_string();
    let submitted = desks[2].act(by("li"), act(&number, "submit", json!({}))).await;
    assert!(submitted.is_ok(), "{submitted:?}");
}

#[tokio::test]
async fn sweepers_of_three_instances_fire_each_rung_once_and_none_is_left() {
    if !is_postgres() {
        return;
    }
    let (test, desks) = three().await;
    for _ in 0..40 {
        test.open("li", whole()).await;
    }
    test.clock.advance(9 * MINUTE);
    let swept = join_all(desks.iter().map(Desk::sweep)).await;
    let tickets: u64 = swept.iter().map(|swept| swept.as_ref().unwrap().tickets).sum();
    let failed: u64 = swept.iter().map(|swept| swept.as_ref().unwrap().failed).sum();
    assert_eq!((tickets, failed), (40, 0), "nobody does what another does");
    test.clock.advance(HOUR);
    for desk in &desks {
        desk.sweep().await.unwrap();
    }
    let db = test.desk.database();
    let count = async |sql: &str| -> i64 {
        let statement = Statement::from_string(db.backend(), sql);
        let row = db.readers().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    };
    assert_eq!(count("select count(*) from claims").await, 0);
    let now = test.clock.now().0;
    assert_eq!(
        count(&format!("select count(*) from tickets where due_at <= {now}")).await,
        0
    );
    assert_eq!(
        count("select count(*) from events where type = 'rung'").await,
        count("select count(*) from rungs").await
    );
}

#[tokio::test]
async fn a_frozen_sweeper_holds_tickets_for_three_seconds_only() {
    if !is_postgres() {
        return;
    }
    let (test, desks) = three().await;
    test.open("li", whole()).await;
    test.clock.advance(9 * MINUTE);
    // As somebody leaves it who was stopped right after claiming.
    claimed_by(&test, desks[2].writer().signals().instance()).await;
    assert_eq!(desks[1].sweep().await.unwrap().tickets, 0);
    tokio::time::sleep(Duration::from_millis(3_100)).await;
    assert_eq!(desks[1].sweep().await.unwrap().tickets, 1);
}

#[tokio::test]
async fn what_a_killed_sweeper_held_is_free_at_once() {
    if !is_postgres() {
        return;
    }
    let (test, desks) = three().await;
    for _ in 0..3 {
        test.open("li", whole()).await;
    }
    test.clock.advance(9 * MINUTE);
    // Nobody of this name has a connection.
    claimed_by(&test, "0123456789abcdef0123456789abcdef").await;
    let due = desks[1].next_due().await.unwrap();
    assert!(due.is_some_and(|due| due <= test.clock.now()), "{due:?}");
    assert_eq!(desks[1].sweep().await.unwrap().tickets, 3);
}

/// Everything that is due, as an instance has claimed it that goes no further.
async fn claimed_by(test: &TestDesk, instance: &str) {
    let db = test.desk.database();
    let claimed = format!(
        "insert into claims (ticket, instance, until) \
         select id, '{instance}', clock_timestamp() + interval '3 seconds' from tickets"
    );
    db.readers().execute_unprepared(&claimed).await.unwrap();
}

#[tokio::test]
async fn a_late_commit_is_never_missed_by_the_feed() {
    if !is_postgres() {
        return;
    }
    let test = TestDesk::new().await;
    let boss = Principal::whole("boss");
    test.open("li", whole()).await;
    test.feed_is_whole().await;
    let cursor = test.desk.feed(&boss, None, 500).await.unwrap().next;
    // Somebody writes an event, of a place before all that follow, and is slow to commit.
    let slow = SeaOrm::connect(test.url.clone()).await.unwrap();
    let transaction = slow.begin().await.unwrap();
    let late = "insert into events (ticket, seq, at, recorded_at, actor, type, body, hash) \
                select ticket, 99, at, recorded_at, actor, type, body, hash from events order by position limit 1";
    transaction.execute_unprepared(late).await.unwrap();
    let other = test.open("li", whole()).await.ticket;
    for _ in 0..3 {
        let page = test.desk.feed(&boss, Some(&cursor), 500).await.unwrap();
        assert!(
            page.items.is_empty(),
            "what is written later would hide what is committed later"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    transaction.commit().await.unwrap();
    // It follows by transaction, not by position: the feed waits for nobody else now.
    let mut items = Vec::new();
    for _ in 0..500 {
        items = test.desk.feed(&boss, Some(&cursor), 500).await.unwrap().items;
        if items.len() > 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(items[0].view.position < items[1].view.position);
    assert_eq!(items[1].number, *other.number);
    assert!(events::last_place(test.desk.database()).await.unwrap().transaction > 0);
}

#[tokio::test]
async fn instances_that_start_together_make_the_tables_once() {
    let Some(server) = crate::support::database::server() else {
        return;
    };
    let name = format!("ombud_{}_together", std::process::id());
    let (place, _) = server.rsplit_once('/').unwrap();
    let url = Arc::new(format!("{place}/{name}"));
    let maintenance = SeaOrm::connect(server.clone()).await.unwrap();
    maintenance
        .execute_unprepared(&format!("create database {name}"))
        .await
        .unwrap();
    let starting = (0..4).map(|_| {
        let url = Arc::clone(&url);
        tokio::spawn(async move {
            let database = Database::open(&url).await?;
            Desk::start(database, ombud::clock::Clock::system()).await
        })
    });
    let mut feeds = Vec::new();
    for started in join_all(starting).await {
        let desk = started.unwrap().unwrap();
        feeds.push(ombud::store::settings::get(desk.database(), "feed").await.unwrap());
    }
    assert!(
        feeds.iter().all(|feed| feed.is_some() && *feed == feeds[0]),
        "{feeds:?}"
    );
    maintenance
        .execute_unprepared(&format!("drop database {name} with (force)"))
        .await
        .unwrap();
}

#[tokio::test]
async fn who_is_at_a_ticket_is_known_at_every_instance_and_nothing_is_written() {
    if !is_postgres() {
        return;
    }
    let (test, desks) = three().await;
    let number = test.submitted().await.ticket.number.to_string();
    test.feed_is_whole().await;
    let events = events::last_place(test.desk.database()).await.unwrap().position;
    let here = |desk: &Desk, person: &str, writing| desk.writer().signals().here(&number, &person.into(), writing);
    // A listener that has just been made may miss a word; pages say it again, and so does this.
    let mut seen = Vec::new();
    for _ in 0..200 {
        here(&desks[0], "li", true);
        here(&desks[1], "zhang", false);
        seen = here(&desks[2], "boss", false);
        if seen.len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(seen, [("li".into(), true), ("zhang".into(), false)]);
    let now = events::last_place(test.desk.database()).await.unwrap().position;
    assert_eq!(now, events);
}
