//! Lists: filters, order, pages, what is mine.

use ombud::desk::list::{Filter, Page, Sort};
use ombud::desk::{DeskError, Principal};
use ombud::workflow::moment::HOUR;
use serde_json::json;

use crate::support::{TestDesk, whole};

async fn list(test: &TestDesk, person: &str, filter: Filter) -> Vec<String> {
    let page = test
        .desk
        .list(&Principal::whole(person), &filter, Sort::Number, None, 200)
        .await
        .unwrap();
    page.rows.into_iter().map(|row| row.number).collect()
}

#[tokio::test]
async fn every_filter_narrows() {
    let test = TestDesk::new().await;
    let draft = test.open("li", whole()).await.ticket.number.to_string();
    let urgent = json!({"place": "医院", "summary": "停电", "urgent": true});
    let urgent = test.open("wang", urgent).await.ticket.number.to_string();
    test.act("wang", &urgent, "submit", json!({})).await;
    let finance = test.dispatched().await.ticket.number.to_string();
    let closed = test.open("li", whole()).await.ticket.number.to_string();
    test.act("li", &closed, "withdraw", json!({"remark": "已自行解决"}))
        .await;

    let all = Filter::default;
    assert_eq!(list(&test, "boss", all()).await.len(), 4);
    let state = Filter {
        state: Some("draft".into()),
        open: Some(true),
        ..all()
    };
    assert_eq!(list(&test, "boss", state).await, [draft.as_str()]);
    let department = Filter {
        department: Some("finance".into()),
        ..all()
    };
    assert_eq!(list(&test, "boss", department).await, [finance.as_str()]);
    let above = Filter {
        department: Some("field".into()),
        ..all()
    };
    assert!(list(&test, "boss", above).await.is_empty());
    let open = Filter {
        open: Some(false),
        ..all()
    };
    assert_eq!(list(&test, "boss", open).await, [closed.as_str()]);
    let urgent_ones = Filter {
        urgent: Some(true),
        ..all()
    };
    assert_eq!(list(&test, "boss", urgent_ones).await, [urgent.as_str()]);
    let number = Filter {
        number: Some("E20260302-00000".into()),
        workflow: Some("errand".into()),
        ..all()
    };
    assert_eq!(list(&test, "boss", number).await.len(), 4);
    let nothing = Filter {
        number: Some("X".into()),
        ..all()
    };
    assert!(list(&test, "boss", nothing).await.is_empty());

    test.clock.advance(HOUR);
    while test.desk.sweep().await.unwrap().more {}
    let late = Filter {
        late: Some(true),
        ..all()
    };
    assert_eq!(list(&test, "boss", late).await, [urgent.as_str(), draft.as_str()]);
}

#[tokio::test]
async fn mine_is_what_waits_for_me() {
    let test = TestDesk::new().await;
    let mine = || Filter {
        mine: true,
        ..Filter::default()
    };
    let number = test.open("li", whole()).await.ticket.number.to_string();
    assert_eq!(list(&test, "li", mine()).await, [number.as_str()]);
    assert!(list(&test, "zhang", mine()).await.is_empty());
    test.act("li", &number, "submit", json!({})).await;
    assert!(list(&test, "li", mine()).await.is_empty());
    assert_eq!(list(&test, "zhang", mine()).await, [number.as_str()]);
    assert!(list(&test, "boss", mine()).await.is_empty());
    // After the shift lead's duty is over nobody is rostered: it falls to the manager (no lead department yet).
    test.clock.advance(25 * HOUR);
    assert!(list(&test, "zhang", mine()).await.is_empty());
    assert_eq!(list(&test, "boss", mine()).await, [number.as_str()]);
}

#[tokio::test]
async fn what_somebody_took_is_theirs_alone() {
    let test = TestDesk::new().await;
    let number = test.dispatched().await.ticket.number.to_string();
    let mine = || Filter {
        mine: true,
        ..Filter::default()
    };
    assert_eq!(
        list(&test, "hao", mine()).await,
        [number.as_str()],
        "the head owns the state"
    );
    test.act("hao", &number, "take", json!({})).await;
    let assignee = Filter {
        assignee: Some("hao".into()),
        ..Filter::default()
    };
    assert_eq!(list(&test, "boss", assignee).await, [number.as_str()]);
    assert_eq!(
        list(&test, "sun", mine()).await,
        [number.as_str()],
        "the task is still the liaison's"
    );
}

#[tokio::test]
async fn pages_hold_every_row_once_in_every_order() {
    let test = TestDesk::new().await;
    for _ in 0..23 {
        test.open("li", whole()).await;
    }
    let boss = Principal::whole("boss");
    for sort in [Sort::Updated, Sort::Number, Sort::Due] {
        let mut seen = Vec::new();
        let mut cursor = None;
        loop {
            let page: Page = test
                .desk
                .list(&boss, &Filter::default(), sort, cursor.as_deref(), 5)
                .await
                .unwrap();
            assert!(page.rows.len() <= 5);
            seen.extend(page.rows.into_iter().map(|row| row.number));
            match page.next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(seen.len(), 23, "{sort:?}");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 23, "{sort:?}");
    }
}

#[tokio::test]
async fn what_somebody_sees_for_several_reasons_is_listed_once() {
    let test = TestDesk::new().await;
    let mut numbers = Vec::new();
    for _ in 0..3 {
        numbers.push(test.open("li", whole()).await.ticket.number.to_string());
    }
    numbers.reverse();
    // Drafts are theirs because they wrote them, and because they are theirs to do.
    let open = Filter {
        open: Some(true),
        ..Filter::default()
    };
    assert_eq!(list(&test, "li", open.clone()).await, numbers);
    let li = Principal::whole("li");
    assert_eq!(test.desk.count(&li, &open).await.unwrap(), 3);
    let now = test.desk.clock().now();
    let board = test.desk.board(&li, None, now, 12).await.unwrap();
    assert_eq!(board.columns.iter().map(|column| column.open).sum::<u64>(), 3);
    assert_eq!(board.rows.len(), 3);
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let test = TestDesk::new().await;
    for _ in 0..3 {
        test.open("li", whole()).await;
    }
    let boss = Principal::whole("boss");
    let page = test
        .desk
        .list(&boss, &Filter::default(), Sort::Updated, None, 1)
        .await
        .unwrap();
    let cursor = page.next.unwrap();
    for (sort, cursor) in [
        (Sort::Number, cursor.as_str()),
        (Sort::Updated, "???"),
        (Sort::Updated, ""),
    ] {
        let refused = test.desk.list(&boss, &Filter::default(), sort, Some(cursor), 1).await;
        assert!(matches!(refused, Err(DeskError::Invalid(_))), "{cursor}");
    }
}
