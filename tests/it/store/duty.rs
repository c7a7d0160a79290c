//! Duty: signing on and off, what it means for who is reached, gaps of the roster.

use ombud::desk::directory::{Edit, Kind};
use ombud::desk::duty::{DutyWish, Wanted, Window};
use ombud::desk::{DeskError, NotAllowed, Principal};
use ombud::ticket::event::{Body, FallenWhy, RungEffect};
use ombud::workflow::coverage::GapWhy;
use ombud::workflow::duty::OnDuty;
use ombud::workflow::id::PersonId;
use ombud::workflow::moment::{DAY, HOUR, MINUTE, Moment};
use serde_json::json;

use crate::support::{MONDAY_9, TestDesk, put, whole};

fn who(person: &str) -> Principal {
    Principal::whole(person)
}

fn hour(hours: i64) -> Moment {
    MONDAY_9.plus(hours * HOUR)
}

/// A shift in the role shift_lead, in hours after Monday nine.
fn shift(person: &str, from: i64, to: i64) -> Edit {
    put(
        Kind::Shift,
        json!({"person": person, "role": "shift_lead", "from": hour(from), "to": hour(to)}),
    )
}

/// Two shift leads on Monday, zhang and wang, and the rule that they must sign on.
async fn two_who_must_sign_on() -> TestDesk {
    let test = TestDesk::new().await;
    let edits = vec![
        put(
            Kind::Membership,
            json!({"person": "wang", "role": "shift_lead", "department": null}),
        ),
        shift("wang", 0, 8),
    ];
    test.desk.edit(&who("ada"), edits).await.unwrap();
    let wish = DutyWish {
        roles: [("shift_lead".into(), OnDuty::SignedOn)].into_iter().collect(),
        ..DutyWish::default()
    };
    test.desk.set_duty_settings(&who("ada"), wish, None).await.unwrap();
    test
}

/// Whom the rung of 15 minutes told, and what stands in its way.
async fn told(test: &TestDesk) -> (Vec<String>, Vec<FallenWhy>) {
    let number = test.open("li", whole()).await.ticket.number.to_string();
    test.clock.advance(16 * MINUTE);
    test.desk.sweep().await.unwrap();
    let (_, events) = test.desk.events(&who("boss"), &number, 0, 100).await.unwrap();
    let effect = events.iter().rev().find_map(|event| {
        let Body::Rung { effect, .. } = &event.event.body else {
            return None;
        };
        Some(effect.clone())
    });
    let Some(RungEffect::Tell { to, way, .. }) = effect else {
        panic!("{events:?}")
    };
    let mut to: Vec<String> = to.iter().map(PersonId::to_string).collect();
    to.sort();
    (to, way.iter().map(|fallen| fallen.why).collect())
}

#[tokio::test]
async fn signing_on_is_for_the_shift_and_the_log_says_who_did_it() {
    let test = TestDesk::new().await;
    let signed = test.desk.sign_on(&who("zhang"), None).await.unwrap();
    assert_eq!(signed.on, Some((MONDAY_9, hour(24))));
    test.clock.advance(MINUTE);
    let version = test.desk.directory().version;
    let again = test.desk.sign_on(&who("boss"), Some("zhang".into())).await.unwrap();
    assert_eq!(again.on, signed.on, "who is there already stays there");
    assert_eq!(test.desk.directory().version, version);
    match test.desk.sign_on(&who("wang"), Some("zhang".into())).await {
        Err(DeskError::NotAllowed {
            why: NotAllowed::ShiftLead,
        }) => {}
        other => panic!("{other:?}"),
    }
    match test.desk.sign_on(&who("li"), None).await {
        Err(DeskError::Conflict(problem)) => assert_eq!(problem.code, "not_rostered"),
        other => panic!("{other:?}"),
    }
    let test = test.again().await;
    let off = test.desk.sign_off(&who("boss"), Some("zhang".into())).await.unwrap();
    assert_eq!(off.on, None);
    let log = test.desk.directory_log(&who("ada"), version - 1, 100).await.unwrap();
    let by: Vec<Option<String>> = log
        .iter()
        .map(|line| line.by.as_ref().map(PersonId::to_string))
        .collect();
    assert_eq!(by, [Some("zhang".to_owned()), Some("boss".to_owned())]);
    assert_eq!(log[1].after.as_ref().unwrap()["to"], json!(MONDAY_9.plus(MINUTE)));
}

#[tokio::test]
async fn one_may_sign_on_an_hour_early_and_through_shifts_that_follow() {
    let test = TestDesk::new().await;
    test.desk
        .edit(
            &who("ada"),
            vec![shift("boss", 2, 4), shift("boss", 4, 6), shift("boss", 7, 8)],
        )
        .await
        .unwrap();
    assert!(
        test.desk.sign_on(&who("boss"), None).await.is_err(),
        "two hours are too early"
    );
    test.clock.advance(HOUR);
    let signed = test.desk.sign_on(&who("boss"), None).await.unwrap();
    assert_eq!(signed.on, Some((hour(1), hour(6))));
    test.clock.move_to(hour(6));
    assert!(
        test.desk.directory().sign_on_of(&"boss".into(), hour(6)).is_none(),
        "it ends with the shift"
    );
}

#[tokio::test]
async fn of_those_rostered_whoever_signed_on_is_told_and_nobody_is_forgotten() {
    let test = two_who_must_sign_on().await;
    let both = vec!["wang".to_owned(), "zhang".to_owned()];
    assert_eq!(told(&test).await, (both, vec![FallenWhy::NobodySignedOn]));
    test.desk.sign_on(&who("wang"), None).await.unwrap();
    assert_eq!(told(&test).await, (vec!["wang".to_owned()], Vec::new()));
    let rows = test.desk.duty_now(&who("li"), &Wanted::default(), None, 100).unwrap();
    let reached: Vec<(&str, bool, bool)> = rows
        .iter()
        .filter(|row| row.role == *"shift_lead")
        .map(|row| (row.person.as_str(), row.signed_on.is_some(), row.reached))
        .collect();
    assert_eq!(reached, [("wang", true, true), ("zhang", false, false)]);
    // Without the rule the roster alone counts.
    test.desk
        .set_duty_settings(&who("ada"), DutyWish::default(), None)
        .await
        .unwrap();
    assert_eq!(told(&test).await.0, ["wang", "zhang"]);
}

#[tokio::test]
async fn who_is_not_signed_on_acts_when_four_eyes_or_forgetting_leaves_nobody_else() {
    let test = two_who_must_sign_on().await;
    let number = test.submitted().await.ticket.number.to_string();
    test.desk.sign_on(&who("wang"), None).await.unwrap();
    let refused = test
        .try_act("zhang", &number, "dispatch", json!({"lead": "finance"}))
        .await;
    assert!(matches!(refused, Err(DeskError::Refused(_))), "{refused:?}");
    test.desk.sign_off(&who("wang"), None).await.unwrap();
    test.act("zhang", &number, "dispatch", json!({"lead": "finance"})).await;
    assert_eq!(crate::audit::findings(&test.url, test.clock.now()).await, []);
}

#[tokio::test]
async fn a_stricter_rule_does_not_make_the_past_look_wrong() {
    let test = TestDesk::new().await;
    test.dispatched().await;
    test.clock.advance(MINUTE);
    let wish = DutyWish {
        on_duty: OnDuty::SignedOn,
        ..DutyWish::default()
    };
    test.desk.edit(&who("ada"), vec![shift("boss", 1, 8)]).await.unwrap();
    test.desk.set_duty_settings(&who("ada"), wish, None).await.unwrap();
    assert_eq!(crate::audit::findings(&test.url, test.clock.now()).await, []);
}

#[tokio::test]
async fn a_gap_says_from_when_to_when_and_who_is_reached_instead() {
    let test = TestDesk::new().await;
    let gaps = test.desk.duty_gaps(&who("li"), 14).unwrap();
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    let gap = &gaps[0].gap;
    assert_eq!((gap.role.as_str(), gap.why), ("shift_lead", GapWhy::NobodyRostered));
    assert_eq!((gap.span.from, gap.span.to), (hour(24), MONDAY_9.plus(14 * DAY)));
    let instead = gap.instead.as_ref().unwrap();
    assert_eq!(instead.role.as_str(), "manager");
    assert_eq!(instead.persons, [PersonId::from("boss"), "vice".into()]);
    // Tuesday is filled; zhang is away on Monday afternoon, and from Wednesday on both managers are away too.
    let away = |person: &str, from: i64, to: i64| {
        put(
            Kind::Absence,
            json!({"person": person, "from": hour(from), "to": hour(to)}),
        )
    };
    let edits = vec![
        shift("zhang", 24, 48),
        away("zhang", 4, 6),
        away("boss", 48, 14 * 24),
        away("vice", 72, 14 * 24),
    ];
    test.desk.edit(&who("ada"), edits).await.unwrap();
    let found: Vec<_> = test
        .desk
        .duty_gaps(&who("li"), 14)
        .unwrap()
        .into_iter()
        .map(|found| {
            let instead = found.gap.instead.unwrap();
            let away = if instead.away { "away " } else { "" };
            let persons: Vec<&str> = instead.persons.iter().map(PersonId::as_str).collect();
            let hours = |at: Moment| at.since(MONDAY_9) / HOUR;
            format!(
                "{} {}-{} {} → {away}{}",
                found.gap.role,
                hours(found.gap.span.from),
                hours(found.gap.span.to),
                found.gap.why.as_str(),
                persons.join(",")
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "shift_lead 4-6 everybody_away → boss,vice",
            "shift_lead 48-72 nobody_rostered → vice",
            "manager 72-336 everybody_away → away boss,vice",
            "shift_lead 72-336 nobody_rostered → away boss,vice",
        ]
    );
    // What is remembered does not outlive its minute, a publication or an edit.
    let first = |days| test.desk.duty_gaps(&who("li"), days).unwrap().remove(0).gap;
    test.clock.advance(5 * HOUR);
    assert_eq!(first(14).span.from, hour(5));
    test.clock.advance(MINUTE / 2);
    assert_eq!(first(14).span.from, hour(5), "a moment ago");
    assert_eq!(first(1).span.from, hour(5).plus(MINUTE / 2), "of other days");
    test.clock.advance(MINUTE);
    assert_eq!(first(14).span.from, hour(5).plus(MINUTE + MINUTE / 2));
    test.desk.edit(&who("ada"), vec![shift("hao", 5, 6)]).await.unwrap();
    let again = put(
        Kind::Membership,
        json!({"person": "hao", "role": "shift_lead", "department": null}),
    );
    test.desk.edit(&who("ada"), vec![again]).await.unwrap();
    assert_eq!(first(14).span.from, hour(48));
    let silent = crate::support::ERRAND
        .replace("version: 1", "version: 2")
        .replace("on_duty: true", "on_duty: false");
    assert_ne!(silent, crate::support::ERRAND.replace("version: 1", "version: 2"));
    test.desk.publish(&Principal::machine(), &silent, None).await.unwrap();
    assert!(first(14).role.as_str() != "shift_lead");
}

#[tokio::test]
async fn the_roster_of_some_days_comes_in_pages() {
    let test = TestDesk::new().await;
    let edits = (0..5).map(|day| shift("boss", 24 * day, 24 * day + 8)).collect();
    test.desk.edit(&who("ada"), edits).await.unwrap();
    let window = |from: i64, to: i64, person: Option<&str>| Window {
        from: hour(from),
        to: hour(to),
        person: person.map(PersonId::from),
        role: None,
    };
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = test
            .desk
            .duty_roster(&who("li"), &window(0, 96, None), after, 2)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.shift.from, last.key.clone()));
        found.extend(page.iter().map(|row| row.shift.from.since(MONDAY_9) / HOUR));
    }
    assert_eq!(found, [-1, 0, 24, 48, 72]);
    let boss = test
        .desk
        .duty_roster(&who("li"), &window(24, 48, Some("boss")), None, 100)
        .await
        .unwrap();
    assert_eq!(boss.len(), 1);
    assert!(
        test.desk
            .duty_roster(&who("li"), &window(1, 1, None), None, 100)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn what_has_begun_stays_whose_it_was() {
    let test = TestDesk::new().await;
    let other = Edit::Put {
        kind: Kind::Shift,
        key: Some("zhang-monday".into()),
        body: json!({"person": "wang", "role": null, "from": hour(-1), "to": hour(24)}),
    };
    match test.desk.edit(&who("ada"), vec![other]).await {
        Err(DeskError::Invalid(problems)) => {
            assert_eq!(
                (problems[0].code, problems[0].pointer.as_str()),
                ("retroactive", "/0/body/person")
            );
        }
        done => panic!("{done:?}"),
    }
}
