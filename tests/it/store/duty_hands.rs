//! Duty changes hands: swaps, notes at the end of a shift, and calendars that run out.

use ombud::desk::directory::{Edit, Kind};
use ombud::desk::duty::{DutyWish, SwapState, Word};
use ombud::desk::{DeskError, NotAllowed, Principal};
use ombud::workflow::duty::Swaps;
use ombud::workflow::id::PersonId;
use ombud::workflow::moment::{DAY, HOUR, Moment};
use serde_json::json;

use crate::support::{MONDAY_9, TestDesk, put, whole};

fn who(person: &str) -> Principal {
    Principal::whole(person)
}

fn hour(hours: i64) -> Moment {
    MONDAY_9.plus(hours * HOUR)
}

fn shift(key: &str, person: &str, from: i64, to: i64) -> Edit {
    Edit::Put {
        kind: Kind::Shift,
        key: Some(key.to_owned()),
        body: json!({"person": person, "role": "agent", "from": hour(from), "to": hour(to)}),
    }
}

fn code<T: std::fmt::Debug>(done: Result<T, DeskError>) -> String {
    match done {
        Err(DeskError::Conflict(problem)) => problem.code.to_owned(),
        Err(DeskError::NotAllowed { why }) => why.as_str().to_owned(),
        Err(DeskError::Invalid(problems)) => problems[0].code.to_owned(),
        other => panic!("{other:?}"),
    }
}

fn on_duty(test: &TestDesk, person: &str, at: i64) -> bool {
    test.desk
        .directory()
        .is_on_duty(&person.into(), Some(&"agent".into()), hour(at))
}

#[tokio::test]
async fn a_swap_is_asked_agreed_and_granted_and_then_the_shifts_change_hands() {
    let test = TestDesk::new().await;
    let edits = vec![
        shift("a", "li", 24, 32),
        shift("b", "wang", 48, 56),
        shift("c", "wang", 25, 26),
    ];
    test.desk.edit(&who("ada"), edits).await.unwrap();
    let desk = &test.desk;
    assert_eq!(
        code(desk.ask_swap(&who("wang"), "a", "li".into(), None).await),
        "shift_lead"
    );
    assert_eq!(code(desk.ask_swap(&who("li"), "a", "cai".into(), None).await), "role");
    assert_eq!(
        code(desk.ask_swap(&who("li"), "a", "wang".into(), Some("b".into())).await),
        "overlap"
    );
    let end = Edit::End {
        kind: Kind::Shift,
        key: "c".into(),
        at: None,
    };
    desk.edit(&who("ada"), vec![end]).await.unwrap();
    let (id, swap) = desk
        .ask_swap(&who("li"), "a", "wang".into(), Some("b".into()))
        .await
        .unwrap();
    assert_eq!(swap.state, SwapState::Asked);
    assert_eq!(
        code(desk.answer_swap(&who("zhang"), &id, Word::Grant, None).await),
        "decided"
    );
    assert_eq!(
        code(desk.answer_swap(&who("li"), &id, Word::Agree, None).await),
        "shift_lead"
    );
    let swap = desk.answer_swap(&who("wang"), &id, Word::Agree, None).await.unwrap();
    assert_eq!(swap.state, SwapState::Agreed);
    assert!(
        on_duty(&test, "li", 24) && on_duty(&test, "wang", 48),
        "nothing has changed yet"
    );
    assert_eq!(
        code(desk.answer_swap(&who("wang"), &id, Word::Grant, None).await),
        "shift_lead"
    );
    let swap = desk
        .answer_swap(&who("zhang"), &id, Word::Grant, Some("好".into()))
        .await
        .unwrap();
    assert_eq!(
        (swap.state, swap.decided_by),
        (SwapState::Granted, Some("zhang".into()))
    );
    assert!(on_duty(&test, "wang", 24) && on_duty(&test, "li", 48));
    assert!(!on_duty(&test, "li", 24) && !on_duty(&test, "wang", 48));
    assert_eq!(
        code(desk.answer_swap(&who("li"), &id, Word::Withdraw, None).await),
        "decided"
    );
    let log = desk.directory_log(&who("ada"), 0, 500).await.unwrap();
    let story: Vec<_> = log
        .iter()
        .filter(|line| line.key == id)
        .filter_map(|line| line.by.clone())
        .collect();
    assert_eq!(story, [PersonId::from("li"), "wang".into(), "zhang".into()]);
    // After a restart it is all the same, and the swap is still to be read.
    let test = test.again().await;
    assert!(on_duty(&test, "wang", 24));
    assert_eq!(test.desk.swaps(&who("li"), None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn where_agreeing_is_enough_nobody_grants_and_what_has_begun_stays() {
    let test = TestDesk::new().await;
    let wish = DutyWish {
        swaps: Swaps::Agreed,
        ..DutyWish::default()
    };
    test.desk.set_duty_settings(&who("ada"), wish, None).await.unwrap();
    test.desk
        .edit(&who("ada"), vec![shift("a", "li", 1, 8), shift("b", "li", 24, 32)])
        .await
        .unwrap();
    let (first, _) = test.desk.ask_swap(&who("li"), "a", "wang".into(), None).await.unwrap();
    let (second, _) = test.desk.ask_swap(&who("li"), "b", "wang".into(), None).await.unwrap();
    test.clock.advance(2 * HOUR);
    assert_eq!(
        code(test.desk.answer_swap(&who("wang"), &first, Word::Agree, None).await),
        "changed"
    );
    assert!(on_duty(&test, "li", 2));
    let done = test
        .desk
        .answer_swap(&who("wang"), &second, Word::Agree, None)
        .await
        .unwrap();
    assert_eq!((done.state, done.decided_by), (SwapState::Granted, None));
    assert!(on_duty(&test, "wang", 24) && !on_duty(&test, "li", 24));
}

#[tokio::test]
async fn a_note_says_what_was_urgent_and_late_and_is_read_by_whoever_comes() {
    let test = TestDesk::new().await;
    let mut urgent = whole();
    urgent["urgent"] = json!(true);
    let first = test.open("li", urgent).await.ticket.number.to_string();
    let second = test.open("li", whole()).await.ticket.number.to_string();
    test.clock.advance(20 * 60_000);
    test.desk.sweep().await.unwrap();
    let role = Some("shift_lead".into());
    let note = test
        .desk
        .hand_over_duty(&who("zhang"), role, "北区停电，已报修".into())
        .await
        .unwrap();
    assert_eq!(note.urgent, std::slice::from_ref(&first));
    let mut late = note.late.clone();
    late.sort();
    assert_eq!(late, [first, second]);
    assert_eq!(
        code(test.desk.hand_over_duty(&who("li"), None, "x".into()).await),
        "not_rostered"
    );
    assert_eq!(
        code(test.desk.hand_over_duty(&who("zhang"), None, " ".into()).await),
        "length"
    );
    assert_eq!(
        code(
            test.desk
                .hand_over_duty(&who("zhang"), Some("king".into()), "x".into())
                .await
        ),
        "unknown"
    );
    test.desk
        .hand_over_duty(&who("zhang"), None, "大家：空调已修".into())
        .await
        .unwrap();
    // For the role and for everybody; the agent sees the second only.
    let seen = async |person: &str| test.desk.handovers(&who(person), None, 10).await.unwrap().len();
    assert_eq!(
        (
            seen("zhang").await,
            seen("boss").await,
            seen("audrey").await,
            seen("li").await
        ),
        (2, 2, 2, 1)
    );
    assert!(matches!(
        test.desk.read_handover(&who("li"), note.id).await,
        Err(DeskError::NotFound { .. })
    ));
    let watches = test.desk.read_handover(&who("audrey"), note.id).await;
    assert!(matches!(
        watches,
        Err(DeskError::NotAllowed {
            why: NotAllowed::Watches
        })
    ));
    test.desk.read_handover(&who("boss"), note.id).await.unwrap();
    test.clock.advance(HOUR);
    let read = test.desk.read_handover(&who("boss"), note.id).await.unwrap().read;
    assert_eq!(
        read,
        [("boss".into(), MONDAY_9.plus(20 * 60_000))],
        "the first time stays"
    );
    let page = test.desk.handovers(&who("boss"), None, 1).await.unwrap();
    let next = test.desk.handovers(&who("boss"), Some(page[0].id), 1).await.unwrap();
    assert_eq!(next[0].id, note.id);
}

#[tokio::test]
async fn a_calendar_that_runs_out_is_an_alarm_from_october_on() {
    let test = TestDesk::new().await;
    assert_eq!(
        test.desk.duty_alarms(&who("li")).unwrap(),
        [],
        "no last year: weekly hours by intention"
    );
    let calendar = json!({"id": "default", "zone": "Asia/Shanghai", "day": "8 hours",
        "hours": {"mon": "09:00-17:00"}, "loaded_through": 2026});
    test.desk
        .edit(&who("ada"), vec![put(Kind::Calendar, calendar)])
        .await
        .unwrap();
    let kinds = || {
        let alarms = test.desk.duty_alarms(&who("li")).unwrap();
        alarms
            .iter()
            .map(|alarm| (alarm.kind.as_str(), alarm.missing))
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds(), []);
    // The last day of September, then October in Shanghai while it is September in UTC.
    test.clock.move_to(
        "2026-09-30T15:59:00Z"
            .parse::<jiff::Timestamp>()
            .map(Moment::from_timestamp)
            .unwrap(),
    );
    assert_eq!(kinds(), []);
    test.clock.advance(60_000);
    assert_eq!(kinds(), [("calendar_ending", 2027)]);
    test.clock.advance(93 * DAY);
    assert_eq!(kinds(), [("calendar_ended", 2027)]);
}
