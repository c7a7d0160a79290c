//! History comes in whole or not at all, with its own times, and tells nobody (L12).

use std::collections::BTreeMap;

use ombud::desk::Principal;
use ombud::desk::import::history::Imported;
use ombud::desk::import::past::{Past, PastCommand, TaskName};
use ombud::desk::import::past_table;
use ombud::ticket::refusal::Code;
use ombud::workflow::id::WorkflowId;
use ombud::workflow::moment::{DAY, HOUR, MINUTE, Moment};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Map, json};

use crate::audit::findings;
use crate::support::{MONDAY_9, TestDesk, object, whole};

fn command(at: Moment, by: &str, action: &str, values: serde_json::Value) -> PastCommand {
    PastCommand {
        at,
        by: Some(by.into()),
        action: action.into(),
        task: None,
        values: object(values),
        texts: BTreeMap::new(),
        with: Map::new(),
        on_behalf_of: None,
    }
}

/// A whole life of last month, by people who may not all be there any more.
fn life(number: &str) -> Past {
    let at = |minutes: i64| MONDAY_9.plus(-30 * DAY + minutes * MINUTE);
    let task = |command: PastCommand| PastCommand {
        task: Some(TaskName::parse("lead@finance")),
        ..command
    };
    Past {
        id: None,
        workflow: "errand".into(),
        number: Some(number.to_owned()),
        at: at(0),
        by: Some("gone".into()),
        contact: None,
        values: object(whole()),
        commands: vec![
            command(at(40), "gone", "submit", json!({})),
            command(at(40), "somebody", "dispatch", json!({"lead": "finance"})),
            task(command(at(100), "old_hand", "sign", json!({}))),
            task(command(at(160), "old_hand", "reply", json!({"result": "已修"}))),
            command(at(200), "caller", "reached", json!({})),
        ],
    }
}

async fn bring(test: &TestDesk, past: Past) -> Imported {
    let mut answers = test
        .desk
        .import_history(&Principal::machine(), vec![past])
        .await
        .unwrap();
    answers.remove(0)
}

async fn count(url: &str, sql: &str) -> i64 {
    let db = Database::connect(url).await.unwrap();
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn a_whole_life_comes_in_with_its_own_times_and_nobody_is_told() {
    let test = TestDesk::new().await;
    let answer = bring(&test, life("OLD-1")).await;
    assert!(
        matches!(&answer, Imported::Accepted { number, closed: true, .. } if &**number == "OLD-1"),
        "{answer:?}"
    );
    assert!(matches!(bring(&test, life("OLD-1")).await, Imported::Exists { .. }));
    let view = test.desk.read(&Principal::whole("boss"), "OLD-1").await.unwrap();
    assert_eq!(view.ticket.closed_at, Some(MONDAY_9.plus(-30 * DAY + 200 * MINUTE)));
    assert_eq!(count(&test.url, "select count(*) from outbox").await, 0);
    assert_eq!(
        count(&test.url, "select count(*) from events where recorded_at = at").await,
        0
    );
    // The clock of writing was overdue when it was submitted: that stands in the record, silently.
    assert!(count(&test.url, "select count(*) from rungs").await > 0);
    assert_eq!(findings(&test.url, test.clock.now()).await, []);
}

#[tokio::test]
async fn what_the_workflow_refuses_is_refused_whole() {
    let test = TestDesk::new().await;
    let mut past = life("OLD-2");
    past.commands[3].values.clear();
    let answer = bring(&test, past).await;
    let Imported::Refused {
        command: Some(3),
        refusal,
    } = answer
    else {
        panic!("{answer:?}")
    };
    assert!(refusal.has(Code::Require));
    let mut backwards = life("OLD-3");
    backwards.commands[4].at = backwards.at;
    let answer = bring(&test, backwards).await;
    let Imported::Refused {
        command: Some(4),
        refusal,
    } = answer
    else {
        panic!("{answer:?}")
    };
    assert!(refusal.has(Code::Time));
    let mut future = life("OLD-4");
    future.at = MONDAY_9.plus(HOUR);
    assert!(matches!(
        bring(&test, future).await,
        Imported::Refused { command: None, .. }
    ));
    let mut unknown = life("OLD-5");
    unknown.workflow = "nothing".into();
    assert!(matches!(bring(&test, unknown).await, Imported::Invalid(_)));
    assert_eq!(count(&test.url, "select count(*) from tickets").await, 0);
    assert_eq!(count(&test.url, "select count(*) from events").await, 0);
}

#[tokio::test]
async fn only_administrators_bring_history() {
    let test = TestDesk::new().await;
    assert!(
        test.desk
            .import_history(&Principal::whole("boss"), vec![life("OLD-6")])
            .await
            .is_err()
    );
    assert!(
        test.desk
            .import_history(&Principal::whole("ada"), vec![life("OLD-6")])
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn an_open_ticket_goes_on_after_the_import() {
    let test = TestDesk::new().await;
    let mut past = life("OLD-7");
    past.commands.truncate(1);
    assert!(matches!(
        bring(&test, past).await,
        Imported::Accepted { closed: false, .. }
    ));
    test.act("zhang", "OLD-7", "dispatch", json!({"lead": "finance"})).await;
    assert_eq!(findings(&test.url, test.clock.now()).await, []);
}

#[tokio::test]
async fn a_table_of_history_is_read_by_the_types_of_the_fields() {
    let test = TestDesk::new().await;
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
    let active = |workflow: &WorkflowId| test.desk.active(workflow);
    let text = concat!(
        "工单,时间,动作,人员,流程,任务,place,summary,lead,urgent,result\n",
        "T-1,2026-01-05 09:00,create,li,errand,,和平路12号,路灯不亮,,是,\n",
        "T-1,2026-01-05 09:05,submit,li,,,,,,,\n",
        "T-1,2026-01-05 09:10,dispatch,zhang,,,,,finance,,\n",
        "T-1,2026-01-05 10:00,sign,sun,,lead,,,,,\n",
        "T-1,2026-01-05 11:00,reply,sun,,lead,,,,,已修\n",
    );
    let pasts = past_table::read(text.as_bytes(), &zone, &active).unwrap();
    assert_eq!((pasts.len(), pasts[0].1.commands.len()), (1, 4));
    let answer = bring(&test, pasts[0].1.clone()).await;
    assert!(matches!(answer, Imported::Accepted { closed: false, .. }), "{answer:?}");
    let wrong = "ticket,at,action,workflow,colour\nT 2,soon,create,errand,red\nT-3,2026-01-05,submit,errand,\n";
    let faults = past_table::read(wrong.as_bytes(), &zone, &active).unwrap_err();
    let codes: Vec<_> = faults.iter().map(|fault| (fault.line, fault.what.code())).collect();
    assert_eq!(codes, [(2, "number"), (3, "not-created")]);
}
