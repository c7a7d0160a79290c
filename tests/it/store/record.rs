//! The record: the chain, what is erasable, the projection, the feed.

use ombud::desk::{DeskError, Principal};
use ombud::store::chain::{START, broken_commitments, follow};
use ombud::store::connect::statement;
use ombud::store::{TicketRef, events, projection, tickets};
use ombud::ticket::apply::fold;
use ombud::workflow::moment::HOUR;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::support::{TestDesk, whole};

/// Lives of several kinds, some hours of rungs among them.
async fn lived() -> (TestDesk, Vec<String>) {
    let test = TestDesk::new().await;
    let mut numbers = Vec::new();
    numbers.push(test.open("li", whole()).await.ticket.number.to_string());
    numbers.push(test.submitted().await.ticket.number.to_string());
    numbers.push(test.dispatched().await.ticket.number.to_string());
    for hours in [1, 30, 30] {
        test.clock.advance(hours * HOUR);
        test.desk.sweep().await.unwrap();
    }
    test.act("li", &numbers[0], "withdraw", json!({"remark": "不用了"}))
        .await;
    (test, numbers)
}

#[tokio::test]
async fn a_ticket_is_the_fold_of_its_events_and_its_row_follows() {
    let (test, numbers) = lived().await;
    let db = test.desk.database();
    for number in &numbers {
        let wanted = TicketRef::Number(number.as_str().into());
        let held = tickets::find_unscoped(db, &wanted).await.unwrap().unwrap();
        let stored = events::of_ticket(db, held.ticket.id, 0, None, 1_000).await.unwrap();
        let folded = fold(stored.iter().map(|stored| &stored.event)).unwrap();
        assert_eq!(folded, *held.ticket);
        let view = test.desk.read(&Principal::whole("boss"), number).await.unwrap();
        assert_eq!(projection::project(&folded, &view.definition), held.projection);
        assert_eq!(held.projection.subject, "和平路12号：路灯不亮");
    }
}

#[tokio::test]
async fn the_chain_holds_and_the_head_is_the_tickets() {
    let (test, numbers) = lived().await;
    let db = test.desk.database();
    for number in &numbers {
        let wanted = TicketRef::Number(number.as_str().into());
        let held = tickets::find_unscoped(db, &wanted).await.unwrap().unwrap();
        let mut hash = START;
        for stored in events::of_ticket(db, held.ticket.id, 0, None, 1_000).await.unwrap() {
            hash = follow(&hash, &stored.body);
            assert_eq!(hash, stored.hash);
            assert!(
                broken_commitments(&stored.body, stored.content.as_deref())
                    .unwrap()
                    .is_empty()
            );
        }
        assert_eq!(hash, held.head);
    }
}

#[tokio::test]
async fn what_callers_said_stands_only_where_it_can_be_erased() {
    let (test, _) = lived().await;
    let db = test.desk.database();
    for (table, columns) in [
        ("events", "body"),
        ("outbox", "payload || coalesce(address, '')"),
        ("rungs", "clock"),
        ("owners", "chain"),
        ("idempotency", "answer"),
    ] {
        for said in ["13800001111", "王先生", "和平路"] {
            let sql = format!("select count(*) from {table} where {columns} like ?");
            let value = format!("%{said}%");
            let row = db
                .readers()
                .query_one_raw(statement(db.backend(), &sql, vec![value.into()]))
                .await
                .unwrap()
                .unwrap();
            assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), 0, "{said} in {table}");
        }
    }
    // The caller's number is findable only as a keyed hash.
    let sql = "select count(*) from tickets where caller is not null and caller not like '%1380%'";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, Vec::new()))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), 3);
}

#[tokio::test]
async fn the_feed_gives_every_event_once_in_order() {
    let (test, _) = lived().await;
    test.feed_is_whole().await;
    let boss = Principal::whole("boss");
    let mut positions = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = test.desk.feed(&boss, after.as_deref(), 7).await.unwrap();
        positions.extend(page.items.iter().map(|item| item.view.position));
        after = Some(page.next);
        if !page.more {
            break;
        }
    }
    let last = events::last_place(test.desk.database()).await.unwrap().position;
    assert_eq!(positions, (1..=last).collect::<Vec<_>>());
    let nothing = test.desk.feed(&boss, after.as_deref(), 7).await.unwrap();
    assert!(nothing.items.is_empty());
    test.open("li", whole()).await;
    test.feed_is_whole().await;
    let fresh = test.desk.feed(&boss, after.as_deref(), 100).await.unwrap();
    assert_eq!(fresh.items[0].view.position, last + 1);
    assert!(!fresh.items[0].view.event.values.is_empty());
}

#[tokio::test]
async fn a_cursor_of_another_database_is_void() {
    let (one, _) = lived().await;
    let (two, _) = lived().await;
    one.feed_is_whole().await;
    let boss = Principal::whole("boss");
    let cursor = one.desk.feed(&boss, None, 5).await.unwrap().next;
    for cursor in [cursor.as_str(), "nonsense", ""] {
        match two.desk.feed(&boss, Some(cursor), 5).await {
            Err(DeskError::Invalid(problems)) => assert!(["feed_void", "cursor"].contains(&problems[0].code)),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn the_feed_shows_only_what_its_reader_may_see() {
    let (test, numbers) = lived().await;
    test.feed_is_whole().await;
    let page = test.desk.feed(&Principal::whole("sun"), None, 500).await.unwrap();
    assert!(!page.items.is_empty());
    assert!(page.items.iter().all(|item| item.number == numbers[2]));
    let page = test.desk.feed(&Principal::whole("ada"), None, 500).await.unwrap();
    assert!(page.items.is_empty());
}
