//! Changes of the directory: all or none, logged, never retroactive, never the last member.

use ombud::desk::directory::{Edit, Kind};
use ombud::desk::{DeskError, Principal, Problem};
use ombud::ticket::event::Body;
use ombud::workflow::id::PersonId;
use ombud::workflow::moment::{DAY, HOUR, Moment};
use serde_json::json;

use crate::support::{MONDAY_9, TestDesk, put};

fn ada() -> Principal {
    Principal::whole("ada")
}

async fn problems(test: &TestDesk, edits: Vec<Edit>) -> Vec<Problem> {
    match test.desk.edit(&ada(), edits).await {
        Err(DeskError::Invalid(problems)) => problems,
        other => panic!("{other:?}"),
    }
}

fn end(kind: Kind, key: &str, at: Option<Moment>) -> Edit {
    Edit::End {
        kind,
        key: key.to_owned(),
        at,
    }
}

#[tokio::test]
async fn an_edit_counts_at_once_and_stands_in_the_log() {
    let test = TestDesk::new().await;
    let before = test.desk.directory();
    let edits = vec![
        put(
            Kind::Person,
            json!({"id": "chen", "name": "陈", "email": null, "language": "zh-CN"}),
        ),
        put(
            Kind::Membership,
            json!({"person": "chen", "role": "agent", "department": null}),
        ),
    ];
    let entries = test.desk.edit(&ada(), edits).await.unwrap();
    assert_eq!(entries.len(), 2);
    let now = test.desk.directory();
    assert_eq!(now.version, before.version + 2);
    assert!(now.members(&"agent".into(), None, MONDAY_9).contains(&"chen".into()));
    let log = test.desk.directory_log(&ada(), before.version, 100).await.unwrap();
    assert_eq!(log.len(), 2);
    assert_eq!(log[0].by.as_ref().unwrap().as_str(), "ada");
    assert_eq!((log[0].before.clone(), log[1].kind), (None, Kind::Membership));
    // A membership without a beginning begins now.
    assert_eq!(entries[1].body["valid"]["from"], MONDAY_9.0);

    let test = test.again().await;
    let loaded = test.desk.directory();
    assert_eq!(loaded.version, now.version);
    assert_eq!(loaded.people, now.people);
    assert_eq!(loaded.memberships.len(), now.memberships.len());
    assert_eq!(loaded.calendars.len(), 1);
}

#[tokio::test]
async fn nothing_is_saved_when_one_edit_is_wrong_and_each_is_named() {
    let test = TestDesk::new().await;
    let version = test.desk.directory().version;
    let found = problems(
        &test,
        vec![
            put(
                Kind::Person,
                json!({"id": "chen", "name": "陈", "email": null, "language": "zh-CN"}),
            ),
            put(Kind::Membership, json!({"person": "nobody", "role": "agent"})),
            put(Kind::Person, json!({"id": "Chen", "name": "陈", "language": "zh-CN"})),
            put(Kind::Person, json!({"id": "dong", "name": "董", "language": "fr"})),
            put(
                Kind::Department,
                json!({"id": "field", "title": {"zh": "", "en": ""}, "parent": "north"}),
            ),
            put(Kind::Shift, json!({"person": "li", "role": null, "from": 2, "to": 1})),
            put(Kind::Person, json!({"id": "ombud", "name": "x", "language": "en"})),
            put(Kind::Absence, json!({"person": "li", "from": 1, "to": 2, "why": "ill"})),
            put(Kind::Calendar, json!({"id": "other", "zone": "Mars/Base", "hours": {}})),
            end(Kind::Shift, "nowhere", None),
        ],
    )
    .await;
    let named: Vec<(&str, &str)> = found
        .iter()
        .map(|problem| (problem.pointer.as_str(), problem.code))
        .collect();
    assert_eq!(
        named,
        [
            ("/1/body/person", "unknown"),
            ("/2/body/id", "id"),
            ("/3/body/language", "language"),
            ("/4/body/parent", "circle"),
            ("/5/body/to", "order"),
            ("/5/body/from", "retroactive"),
            ("/6/body/id", "id"),
            ("/7/body/why", "unknown_key"),
            ("/8/body/zone", "zone"),
            ("/9/key", "not_found"),
        ]
    );
    assert!(
        found
            .iter()
            .all(|problem| !problem.sentence.zh.is_empty() && !problem.sentence.en.is_empty())
    );
    assert_eq!(test.desk.directory().version, version);
    assert!(test.desk.directory_log(&ada(), version, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_last_member_of_an_always_role_stays() {
    let test = TestDesk::new().await;
    test.desk
        .edit(&ada(), vec![end(Kind::Membership, "boss-manager", None)])
        .await
        .unwrap();
    for edits in [
        vec![end(Kind::Membership, "vice-manager", None)],
        vec![end(Kind::Membership, "vice-manager", Some(MONDAY_9.plus(30 * DAY)))],
        vec![end(Kind::Person, "vice", None)],
    ] {
        match test.desk.edit(&ada(), edits).await {
            Err(DeskError::Conflict(problem)) => assert_eq!(problem.code, "last_member"),
            other => panic!("{other:?}"),
        }
    }
    // Somebody else first, then it is fine, also in one request.
    let edits = vec![
        put(Kind::Membership, json!({"person": "audrey", "role": "manager"})),
        end(Kind::Membership, "vice-manager", None),
    ];
    test.desk.edit(&ada(), edits).await.unwrap();
    let managers = test.desk.directory().members(&"manager".into(), None, MONDAY_9);
    assert_eq!(managers, [PersonId::from("audrey")]);
}

#[tokio::test]
async fn the_past_is_not_changed() {
    let test = TestDesk::new().await;
    let hour = |hours: i64| MONDAY_9.0 + hours * HOUR;
    let shift = |from: i64, to: i64| Edit::Put {
        kind: Kind::Shift,
        key: Some("zhang-monday".into()),
        body: json!({"person": "zhang", "role": null, "from": hour(from), "to": hour(to)}),
    };
    assert_eq!(problems(&test, vec![shift(-2, 24)]).await[0].code, "retroactive");
    assert_eq!(
        problems(&test, vec![end(Kind::Shift, "zhang-monday", Some(Moment(hour(-1))))]).await[0].pointer,
        "/0/at"
    );
    let new = |from: i64| {
        put(
            Kind::Shift,
            json!({"person": "li", "role": null, "from": hour(from), "to": hour(8)}),
        )
    };
    assert_eq!(problems(&test, vec![new(-1)]).await[0].code, "retroactive");
    test.desk.edit(&ada(), vec![new(0)]).await.unwrap();
    // What has begun may end now; what has not begun is removed.
    test.desk
        .edit(&ada(), vec![end(Kind::Shift, "zhang-monday", None)])
        .await
        .unwrap();
    assert!(!test.desk.directory().is_on_duty(&"zhang".into(), None, MONDAY_9));
    let future = test.desk.edit(&ada(), vec![new(2)]).await.unwrap();
    let left = test
        .desk
        .edit(&ada(), vec![end(Kind::Shift, &future[0].key, None)])
        .await
        .unwrap();
    assert!(left.is_empty());
    let gone = test.desk.entry(&ada(), Kind::Shift, &future[0].key).await;
    assert!(matches!(gone, Err(DeskError::NotFound { .. })));
}

#[tokio::test]
async fn only_administrators_and_managers_change_it() {
    let test = TestDesk::new().await;
    let edit = || {
        vec![put(
            Kind::Role,
            json!({"id": "expert", "title": {"zh": "专家", "en": "Expert"}}),
        )]
    };
    for (person, may) in [
        ("li", false),
        ("zhang", false),
        ("audrey", false),
        ("ada", true),
        ("boss", true),
    ] {
        let done = test.desk.edit(&Principal::whole(person), edit()).await;
        assert_eq!(done.is_ok(), may, "{person}");
    }
    let mut reader = ada();
    reader.scopes.remove(&ombud::desk::Scope::EditDirectory);
    assert!(matches!(
        test.desk.edit(&reader, edit()).await,
        Err(DeskError::Forbidden { .. })
    ));
}

#[tokio::test]
async fn a_new_calendar_moves_the_clocks_of_open_tickets_by_an_event() {
    let test = TestDesk::new().await;
    let number = test.dispatched().await.ticket.number.to_string();
    let boss = Principal::whole("boss");
    let due = async || {
        let view = test.desk.read(&boss, &number).await.unwrap();
        view.ticket
            .clocks
            .iter()
            .find(|run| run.clock == *"handle")
            .unwrap()
            .due_at
            .unwrap()
    };
    let before = due().await;
    let calendar = json!({"id": "default", "zone": "Asia/Shanghai", "day": "8 hours", "hours": {"fri": "09:00-17:00"}});
    test.desk
        .edit(&ada(), vec![put(Kind::Calendar, calendar)])
        .await
        .unwrap();
    let after = due().await;
    assert_eq!(after, MONDAY_9.plus(4 * DAY + 8 * HOUR));
    assert!(after > before);
    let (_, events) = test.desk.events(&boss, &number, 0, 200).await.unwrap();
    let changed = events
        .iter()
        .filter(
            |event| matches!(&event.event.body, Body::ClockSet { why, .. } if format!("{why:?}") == "CalendarChanged"),
        )
        .count();
    assert_eq!(changed, 1, "only the clock that counts working time");
    assert_eq!(test.desk.recount_clocks().await.unwrap(), 0, "and once");
}

#[tokio::test]
async fn what_another_process_changed_is_taken_up() {
    let test = TestDesk::new().await;
    let other = ombud::store::Database::open(&test.url).await.unwrap();
    let other = ombud::desk::Desk::start(other, test.clock.clone()).await.unwrap();
    let role = put(
        Kind::Role,
        json!({"id": "expert", "title": {"zh": "专家", "en": "Expert"}}),
    );
    other.edit(&Principal::machine(), vec![role]).await.unwrap();
    assert!(!test.desk.directory().roles.contains_key("expert"));
    test.desk.refresh().await.unwrap();
    assert!(test.desk.directory().roles.contains_key("expert"));
}
