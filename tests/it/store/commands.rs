//! One command, one transaction: numbers, revisions, refusals, idempotency, rehearsals.

use ombud::desk::act::Seen;
use ombud::desk::{Answered, DeskError, Principal, Request};
use ombud::ticket::refusal::Code;
use serde_json::json;

use crate::support::{TestDesk, act, by, done, errand, keyed, whole};

#[tokio::test]
async fn a_ticket_goes_from_opening_to_closure() {
    let test = TestDesk::new().await;
    let opened = test.open("li", whole()).await;
    assert_eq!(&*opened.ticket.number, "E20260302-000001");
    let number = opened.ticket.number.to_string();
    test.act("li", &number, "submit", json!({})).await;
    let dispatched = test.act("zhang", &number, "dispatch", json!({"lead": "finance"})).await;
    let task = dispatched.ticket.open_tasks().next().unwrap().id;
    for (action, values) in [("sign", json!({})), ("reply", json!({"result": "已修复"}))] {
        let mut act = act(&number, action, values);
        act.task = Some(task);
        test.desk.act(by("sun"), act).await.unwrap();
    }
    let closed = test.act("cai", &number, "reached", json!({})).await;
    assert!(closed.ticket.is_closed());
    assert_eq!(closed.ticket.outcome.as_ref().unwrap().as_str(), "done");
    let (view, events) = test
        .desk
        .events(&Principal::whole("boss"), &number, 0, 200)
        .await
        .unwrap();
    assert_eq!(usize::try_from(view.ticket.seq).unwrap(), events.len());
    let seqs: Vec<u64> = events.iter().map(|event| event.event.seq).collect();
    assert_eq!(seqs, (1..=view.ticket.seq).collect::<Vec<_>>());
}

#[tokio::test]
async fn numbers_count_each_day_by_the_calendars_zone() {
    let test = TestDesk::new().await;
    test.open("li", whole()).await;
    assert_eq!(&*test.open("li", whole()).await.ticket.number, "E20260302-000002");
    // 16:00 UTC is midnight in Shanghai.
    test.clock.advance(15 * 3_600_000);
    let test = test.again().await;
    assert_eq!(&*test.open("li", whole()).await.ticket.number, "E20260303-000001");
}

#[tokio::test]
async fn a_refused_command_leaves_nothing_and_uses_no_number() {
    let test = TestDesk::new().await;
    let refused = test.try_open("li", json!({"result": "nobody asked"})).await;
    assert!(matches!(refused, Err(DeskError::Refused(refusal)) if refusal.has(Code::NotAsked)));
    assert_eq!(&*test.open("li", whole()).await.ticket.number, "E20260302-000001");
    let number = "E20260302-000001";
    let before = test.desk.read(&Principal::whole("boss"), number).await.unwrap().ticket;
    let refused = test.try_act("wang", number, "submit", json!({})).await;
    assert!(matches!(refused, Err(DeskError::NotFound { .. })), "{refused:?}");
    let refused = test.try_act("zhang", number, "submit", json!({})).await;
    assert!(matches!(refused, Err(DeskError::Refused(refusal)) if refusal.has(Code::By)));
    let after = test.desk.read(&Principal::whole("boss"), number).await.unwrap().ticket;
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_stale_revision_says_who_changed_it() {
    let test = TestDesk::new().await;
    let opened = test.open("li", whole()).await;
    let number = opened.ticket.number.to_string();
    let mut first = act(&number, "submit", json!({}));
    first.seen = Seen::Revision(opened.ticket.revision);
    test.desk.act(by("li"), first).await.unwrap();
    let mut second = act(&number, "withdraw", json!({"remark": "不用了"}));
    second.seen = Seen::Revision(opened.ticket.revision);
    let stale = test.desk.act(by("li"), second.clone()).await;
    assert!(
        matches!(&stale, Err(DeskError::Stale { by, .. }) if by.person().is_some_and(|person| person.as_str() == "li")),
        "{stale:?}"
    );
    second.seen = Seen::Missing;
    let missing = test.desk.act(by("li"), second).await;
    assert!(matches!(missing, Err(DeskError::PreconditionRequired)));
}

#[tokio::test]
async fn of_two_at_once_with_the_same_revision_one_wins() {
    let test = TestDesk::new().await;
    for _ in 0..20 {
        let opened = test.open("li", whole()).await;
        let number = opened.ticket.number.to_string();
        let attempt = |remark: &str| {
            let mut act = act(&number, "withdraw", json!({"remark": remark}));
            act.seen = Seen::Revision(opened.ticket.revision);
            test.desk.act(by("li"), act)
        };
        let (one, two) = tokio::join!(attempt("一"), attempt("二"));
        let won = [one, two].into_iter().flatten().count();
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn a_rehearsal_answers_and_saves_nothing() {
    let test = TestDesk::new().await;
    let rehearsal = Request {
        dry_run: true,
        ..by("li")
    };
    let rehearsed = done(test.desk.open(rehearsal, errand(whole())).await.unwrap());
    assert!(rehearsed.dry_run);
    let missing = test
        .desk
        .read(&Principal::whole("boss"), &rehearsed.ticket.number)
        .await;
    assert!(matches!(missing, Err(DeskError::NotFound { .. })));
    assert_eq!(test.open("li", whole()).await.ticket.number, rehearsed.ticket.number);
}

#[tokio::test]
async fn a_repeated_request_gets_the_same_answer_and_no_second_effect() {
    let test = TestDesk::new().await;
    let ask = |body| test.desk.open(keyed("li", "key-1", body), errand(whole()));
    let first = done(ask(1).await.unwrap());
    let again = ask(1).await.unwrap();
    let Answered::Repeated(kept) = again else {
        panic!("done twice")
    };
    assert_eq!(kept.ticket, first.ticket);
    assert_eq!(kept.events, first.events);
    assert_eq!((kept.sight, kept.dry_run), (first.sight, false));
    assert!(matches!(ask(2).await, Err(DeskError::KeyReused)));
    // The key is the person's own.
    let other = test
        .desk
        .open(keyed("wang", "key-1", 2), errand(whole()))
        .await
        .unwrap();
    assert_ne!(done(other).ticket.number, first.ticket.number);
    let test = test.again().await;
    let kept = test.desk.open(keyed("li", "key-1", 1), errand(whole())).await.unwrap();
    assert!(matches!(kept, Answered::Repeated(_)));
}

#[tokio::test]
async fn the_same_key_at_the_same_time_has_one_effect() {
    let test = TestDesk::new().await;
    let ask = || test.desk.open(keyed("li", "twice", 1), errand(whole()));
    let (one, two, three) = tokio::join!(ask(), ask(), ask());
    let answers = [one, two, three];
    let done = answers
        .iter()
        .filter(|answer| matches!(answer, Ok(Answered::Done(_))))
        .count();
    let running = answers
        .iter()
        .filter(|answer| matches!(answer, Err(DeskError::InFlight)))
        .count();
    assert_eq!((done, running), (1, 2));
    assert_eq!(&*test.open("li", whole()).await.ticket.number, "E20260302-000002");
}

#[tokio::test]
async fn a_refused_request_does_not_use_its_key_up() {
    let test = TestDesk::new().await;
    let refused = test
        .desk
        .open(keyed("li", "key", 1), errand(json!({"nothing": 1})))
        .await;
    assert!(matches!(refused, Err(DeskError::Refused(_))));
    let fine = test.desk.open(keyed("li", "key", 2), errand(whole())).await;
    assert!(matches!(fine, Ok(Answered::Done(_))));
}
