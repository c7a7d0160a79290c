//! Who sees what (DESIGN, «People»): one table for reading, lists and acting.

use ombud::desk::act::Act;
use ombud::desk::directory::Kind;
use ombud::desk::list::{Filter, Sort};
use ombud::desk::{Desk, DeskError, Principal};
use ombud::workflow::id::DepartmentId;
use serde_json::json;

use crate::support::{TestDesk, act, by, put, whole};

async fn reads(desk: &Desk, person: &str, number: &str) -> bool {
    match desk.read(&Principal::whole(person), number).await {
        Ok(_) => true,
        Err(DeskError::NotFound { .. }) => false,
        Err(error) => panic!("{error}"),
    }
}

async fn lists(desk: &Desk, person: &str) -> Vec<String> {
    let page = desk
        .list(&Principal::whole(person), &Filter::default(), Sort::Number, None, 50)
        .await
        .unwrap();
    page.rows.into_iter().map(|row| row.number).collect()
}

/// Everybody who reads it, and that the list says the same.
async fn readers(desk: &Desk, number: &str) -> Vec<&'static str> {
    let mut readers = Vec::new();
    for person in [
        "li", "wang", "zhang", "sun", "hao", "nora", "hua", "cai", "boss", "audrey", "ada",
    ] {
        let reads = reads(desk, person, number).await;
        let listed = lists(desk, person).await.iter().any(|listed| listed == number);
        assert_eq!(reads, listed, "{person} reads and lists {number} differently");
        if reads {
            readers.push(person);
        }
    }
    readers
}

#[tokio::test]
async fn a_draft_is_its_creators_and_the_centres() {
    let test = TestDesk::new().await;
    let number = test.open("li", whole()).await.ticket.number.to_string();
    assert_eq!(readers(&test.desk, &number).await, ["li", "zhang", "boss", "audrey"]);
}

#[tokio::test]
async fn a_dispatched_ticket_is_also_the_departments() {
    let test = TestDesk::new().await;
    let number = test.dispatched().await.ticket.number.to_string();
    assert_eq!(
        readers(&test.desk, &number).await,
        ["li", "zhang", "sun", "hao", "boss", "audrey"]
    );
}

#[tokio::test]
async fn a_head_sees_the_departments_below() {
    let test = TestDesk::new().await;
    let number = test.submitted().await.ticket.number.to_string();
    test.act("zhang", &number, "dispatch", json!({"lead": "north"})).await;
    assert_eq!(
        readers(&test.desk, &number).await,
        ["li", "zhang", "nora", "hua", "boss", "audrey"]
    );
}

#[tokio::test]
async fn a_head_of_very_many_departments_sees_what_lies_with_each() {
    let test = TestDesk::new().await;
    let below = (0..260).map(|place| {
        let id = format!("field_{place}");
        put(
            Kind::Department,
            json!({"id": id, "title": {"zh": id, "en": id}, "parent": "field"}),
        )
    });
    test.desk.edit(&Principal::machine(), below.collect()).await.unwrap();
    let mut numbers = Vec::new();
    for lead in ["north", "north", "finance"] {
        let number = test.submitted().await.ticket.number.to_string();
        let done = test.act("zhang", &number, "dispatch", json!({"lead": lead})).await;
        numbers.push((number, done.ticket.open_tasks().next().unwrap().id));
    }
    let (closed, task) = &numbers[1];
    for (action, values) in [("sign", json!({})), ("reply", json!({"result": "已修复"}))] {
        let act = Act {
            task: Some(*task),
            ..act(closed, action, values)
        };
        test.desk.act(by("nora"), act).await.unwrap();
    }
    test.act("cai", closed, "reached", json!({})).await;
    assert_eq!(lists(&test.desk, "hua").await, [closed.as_str(), numbers[0].0.as_str()]);
    for (open, wanted) in [(true, &numbers[0].0), (false, closed)] {
        let filter = Filter {
            open: Some(open),
            ..Filter::default()
        };
        let hua = Principal::whole("hua");
        let page = test.desk.list(&hua, &filter, Sort::Updated, None, 50).await.unwrap();
        let listed: Vec<_> = page.rows.iter().map(|row| row.number.as_str()).collect();
        assert_eq!(listed, [wanted.as_str()]);
        assert_eq!(test.desk.count(&hua, &filter).await.unwrap(), 1);
    }
    let (hua, now) = (Principal::whole("hua"), test.desk.clock().now());
    let board = test.desk.board(&hua, None, now, 12).await.unwrap();
    assert_eq!(board.rows.len(), 1);
    assert_eq!(board.columns.iter().map(|column| column.open).sum::<u64>(), 1);
}

#[tokio::test]
async fn a_callback_agent_sees_what_is_due_for_callback() {
    let test = TestDesk::new().await;
    let dispatched = test.dispatched().await;
    let number = dispatched.ticket.number.to_string();
    assert!(!reads(&test.desk, "cai", &number).await);
    let task = dispatched.ticket.open_tasks().next().unwrap().id;
    for (action, values) in [("sign", json!({})), ("reply", json!({"result": "已修复"}))] {
        let act = Act {
            task: Some(task),
            ..act(&number, action, values)
        };
        test.desk.act(by("sun"), act).await.unwrap();
    }
    assert!(readers(&test.desk, &number).await.contains(&"cai"));
    test.act("cai", &number, "reached", json!({})).await;
    assert!(!reads(&test.desk, "cai", &number).await);
}

#[tokio::test]
async fn an_agent_sees_the_tickets_of_a_caller_they_have_spoken_to() {
    let test = TestDesk::new().await;
    let number = test.open("li", whole()).await.ticket.number.to_string();
    assert!(!reads(&test.desk, "wang", &number).await);
    test.open(
        "wang",
        json!({"place": "别处", "summary": "另一件事", "phone": "+86 138-0000-1111"}),
    )
    .await;
    assert!(reads(&test.desk, "wang", &number).await);
    // Others' tickets do not fill one's own list; who asks for the number finds it.
    assert!(!lists(&test.desk, "wang").await.contains(&number));
    let filter = Filter {
        number: Some(number.clone()),
        ..Filter::default()
    };
    let wang = Principal::whole("wang");
    let page = test.desk.list(&wang, &filter, Sort::Updated, None, 10).await.unwrap();
    assert_eq!(page.rows.len(), 1);
    // Seeing is enough to be told that it is not theirs to submit.
    let refused = test.try_act("wang", &number, "submit", json!({})).await;
    assert!(matches!(refused, Err(DeskError::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn a_department_that_gave_it_away_keeps_what_it_saw_and_no_more() {
    let test = TestDesk::new().await;
    let dispatched = test.dispatched().await;
    let number = dispatched.ticket.number.to_string();
    let task = dispatched.ticket.open_tasks().next().unwrap().id;
    let mut away = act(&number, "hand_over", json!({}));
    away.task = Some(task);
    away.with.insert("to".into(), json!("north"));
    away.texts.insert("reason".into(), "线路归北区".into());
    let handed = test.desk.act(by("sun"), away).await;
    assert!(handed.is_ok(), "{handed:?}");
    let mut note = act(&number, "note", json!({}));
    note.texts.insert("note".into(), "财务不该看到这句".into());
    test.desk.act(by("zhang"), note).await.unwrap();

    let sun = Principal::whole("sun");
    let (view, events) = test.desk.events(&sun, &number, 0, 200).await.unwrap();
    let until = view.sight.until.expect("limited");
    assert_eq!(view.ticket.seq, until);
    assert_eq!(events.last().unwrap().event.seq, until);
    assert!(!events.iter().any(|event| event.event.texts.contains_key("note")));
    // Not in the lists of what is, but among those given away.
    assert!(!lists(&test.desk, "sun").await.contains(&number));
    let filter = Filter {
        given_away: true,
        ..Filter::default()
    };
    let page = test.desk.list(&sun, &filter, Sort::Number, None, 10).await.unwrap();
    assert_eq!(page.rows.len(), 1);
    assert_eq!(page.rows[0].updated_at, view.ticket.last_at);
    // To read, not to act on.
    let mut note = act(&number, "note", json!({}));
    note.texts.insert("note".into(), "还想说".into());
    let refused = test.desk.act(by("sun"), note).await;
    assert!(matches!(refused, Err(DeskError::NotAllowed { .. })), "{refused:?}");
    assert!(test.desk.possible(&sun, &number, false).await.unwrap().1.is_empty());
    // The feed stops there too.
    test.feed_is_whole().await;
    let page = test.desk.feed(&sun, None, 500).await.unwrap();
    let last = page.items.iter().map(|item| item.view.event.seq).max().unwrap();
    assert_eq!(last, until);
}

#[tokio::test]
async fn private_fields_are_for_those_who_act_on_the_ticket() {
    let test = TestDesk::new().await;
    let number = test.open("li", whole()).await.ticket.number.to_string();
    let private = async |person: &str| {
        let view = test.desk.read(&Principal::whole(person), &number).await.unwrap();
        view.sight.private
    };
    assert!(private("li").await, "the draft is li's");
    assert!(!private("boss").await);
    test.act("li", &number, "submit", json!({})).await;
    assert!(!private("li").await);
    assert!(private("zhang").await, "review is the shift lead's");
    test.act("zhang", &number, "dispatch", json!({"lead": "finance"})).await;
    assert!(private("sun").await);
    assert!(!private("zhang").await);
}

#[tokio::test]
async fn a_token_narrowed_to_a_department_shows_that_departments_tickets_only() {
    let test = TestDesk::new().await;
    let finance = test.dispatched().await.ticket.number.to_string();
    let draft = test.open("li", whole()).await.ticket.number.to_string();
    let narrowed = Principal {
        department: Some(DepartmentId::from("finance")),
        ..Principal::whole("boss")
    };
    assert!(test.desk.read(&narrowed, &finance).await.is_ok());
    assert!(test.desk.read(&narrowed, &draft).await.is_err());
    let page = test
        .desk
        .list(&narrowed, &Filter::default(), Sort::Updated, None, 50)
        .await
        .unwrap();
    assert_eq!(page.rows.len(), 1);
}

#[tokio::test]
async fn who_no_longer_works_here_does_nothing() {
    let test = TestDesk::new().await;
    let refused = test.try_open("stranger", whole()).await;
    assert!(matches!(refused, Err(DeskError::NotAllowed { .. })));
    let machine = test
        .desk
        .open(crate::support::by("ombud"), crate::support::errand(whole()))
        .await;
    assert!(matches!(machine, Err(DeskError::NotAllowed { .. })));
}

#[tokio::test]
async fn an_auditor_changes_nothing() {
    let test = TestDesk::new().await;
    let number = test.open("li", whole()).await.ticket.number.to_string();
    let mut note = act(&number, "note", json!({}));
    note.texts.insert("note".into(), "只看不改".into());
    let refused = test.desk.act(by("audrey"), note).await;
    assert!(matches!(refused, Err(DeskError::NotAllowed { .. })), "{refused:?}");
    let refused = test.try_open("audrey", whole()).await;
    assert!(matches!(refused, Err(DeskError::NotAllowed { .. })), "{refused:?}");
}
