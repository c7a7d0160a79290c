//! Links and merging stand on both tickets, or on none.

use ombud::desk::act::Act;
use ombud::desk::{DeskError, Principal};
use ombud::ticket::model::LinkKind;
use serde_json::json;

use crate::support::{TestDesk, act, by, done, whole};

fn with(number: &str, action: &str, other: &str, kind: Option<&str>) -> Act {
    let mut act = act(number, action, json!({}));
    if !other.is_empty() {
        act.with.insert("ticket".into(), json!(other));
    }
    if let Some(kind) = kind {
        act.with.insert("kind".into(), json!(kind));
    }
    act.texts.insert("reason".into(), "同一件事".into());
    act
}

async fn two(test: &TestDesk) -> (String, String) {
    let one = test.open("li", whole()).await.ticket.number.to_string();
    let two = test.open("li", whole()).await.ticket.number.to_string();
    (one, two)
}

#[tokio::test]
async fn a_link_stands_on_both_tickets() {
    let test = TestDesk::new().await;
    let (one, two) = two(&test).await;
    let linked = done(
        test.desk
            .act(by("li"), with(&one, "link", &two, Some("parent")))
            .await
            .unwrap(),
    );
    assert_eq!(linked.ticket.links[0].kind, LinkKind::Parent);
    let other = test.desk.read(&Principal::whole("li"), &two).await.unwrap().ticket;
    assert_eq!(other.links[0].kind, LinkKind::Child);
    assert_eq!(other.links[0].to, linked.ticket.id);
    test.desk
        .act(by("li"), with(&two, "unlink", &one, Some("child")))
        .await
        .unwrap();
    for number in [&one, &two] {
        let ticket = test.desk.read(&Principal::whole("li"), number).await.unwrap().ticket;
        assert!(ticket.links.is_empty());
    }
}

#[tokio::test]
async fn merging_closes_one_marks_the_other_and_can_be_undone() {
    let test = TestDesk::new().await;
    let (one, two) = two(&test).await;
    let merged = done(test.desk.act(by("li"), with(&one, "merge", &two, None)).await.unwrap());
    assert!(merged.ticket.is_closed());
    let kept = test.desk.read(&Principal::whole("li"), &two).await.unwrap().ticket;
    assert_eq!(kept.links[0].kind, LinkKind::Absorbed);
    let undone = done(test.desk.act(by("li"), with(&one, "unmerge", "", None)).await.unwrap());
    assert!(!undone.ticket.is_closed());
    let kept = test.desk.read(&Principal::whole("li"), &two).await.unwrap().ticket;
    assert!(kept.links.is_empty());
}

#[tokio::test]
async fn a_ticket_nobody_showed_you_cannot_be_linked() {
    let test = TestDesk::new().await;
    let mine = test.open("li", whole()).await.ticket.number.to_string();
    let theirs = json!({"place": "别处", "summary": "别人的事"});
    let theirs = test.open("wang", theirs).await.ticket.number.to_string();
    let hidden = test.desk.act(by("li"), with(&mine, "link", &theirs, None)).await;
    assert!(matches!(hidden, Err(DeskError::NotFound { .. })), "{hidden:?}");
    let missing = test
        .desk
        .act(by("li"), with(&mine, "link", "E20260302-999999", None))
        .await;
    assert!(matches!(missing, Err(DeskError::Invalid(_))), "{missing:?}");
    let ticket = test.desk.read(&Principal::whole("li"), &mine).await.unwrap().ticket;
    assert!(ticket.links.is_empty());
}
