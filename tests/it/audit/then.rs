//! Who might is judged by what was known then: rights are narrowed later, absences entered when somebody is gone already,
//! and another instance hears of a change a moment late.

use ombud::desk::Principal;
use ombud::desk::audit::Code;
use ombud::desk::directory::{Edit, Kind};
use ombud::store::connect::statement;
use ombud::workflow::moment::{MINUTE, SECOND};
use sea_orm::{ConnectionTrait, Database};
use serde_json::json;

use super::{codes, findings, run};
use crate::support::{TestDesk, put};

fn chasing(roles: &[&str]) -> Edit {
    put(
        Kind::Builtin,
        json!({"sign": ["liaison"], "chase": roles, "watch": ["manager"], "correct": ["shift_lead"],
            "reveal": ["manager"], "grant_return": ["shift_lead"], "link": ["agent"]}),
    )
}

async fn edit(test: &TestDesk, edit: Edit) {
    test.desk.edit(&Principal::whole("ada"), vec![edit]).await.unwrap();
}

#[tokio::test]
async fn a_right_that_was_taken_away_later_was_there_when_it_was_used() {
    let test = TestDesk::new().await;
    edit(&test, chasing(&["agent"])).await;
    let number = test.dispatched().await.ticket.number.to_string();
    test.clock.advance(MINUTE);
    test.act("li", &number, "chase", json!({})).await;
    test.clock.advance(MINUTE);
    edit(&test, chasing(&["manager"])).await;
    let found = findings(&test.url, test.clock.now()).await;
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test]
async fn an_absence_entered_a_little_late_does_not_undo_what_was_done_before() {
    let test = TestDesk::new().await;
    let begun = test.clock.now();
    test.clock.advance(MINUTE);
    let number = test.submitted().await.ticket.number.to_string();
    test.clock.advance(MINUTE);
    edit(
        &test,
        put(
            Kind::Absence,
            json!({"person": "li", "from": begun.0, "to": begun.plus(60 * MINUTE).0, "substitute": null}),
        ),
    )
    .await;
    let found = findings(&test.url, test.clock.now()).await;
    assert!(found.is_empty(), "{number}: {found:#?}");
}

/// As another instance writes it: this one has not heard yet.
async fn li_is_no_agent_any_more(test: &TestDesk) {
    let (db, at) = (Database::connect(&test.url).await.unwrap(), test.clock.now().0);
    let before = json!({"person": "li", "role": "agent", "department": null, "valid": {}}).to_string();
    let after = json!({"person": "li", "role": "agent", "department": null, "valid": {"to": at}}).to_string();
    let version = test.desk.directory().version + 1;
    for (sql, values) in [
        (
            "update directory set body = ?, valid_to = ?, version = ? where kind = 'membership' and key = 'li-agent'",
            vec![after.as_str().into(), at.into(), version.into()],
        ),
        (
            "insert into directory_log (version, at, \"by\", kind, key, before, after) \
             values (?, ?, 'ada', 'membership', 'li-agent', ?, ?)",
            vec![version.into(), at.into(), before.as_str().into(), after.as_str().into()],
        ),
    ] {
        let done = db.execute_raw(statement(db.get_database_backend(), sql, values)).await;
        assert_eq!(done.unwrap().rows_affected(), 1);
    }
}

#[tokio::test]
async fn a_line_of_the_log_that_cannot_be_read_is_a_finding_and_does_not_stop_the_audit() {
    let test = TestDesk::new().await;
    test.submitted().await;
    let db = Database::connect(&test.url).await.unwrap();
    let damaged = "update directory_log set after = '{\"x\": 1}' where kind = 'membership' and key = 'li-agent'";
    assert_eq!(run(&db, damaged).await, 1);
    let found = findings(&test.url, test.clock.now()).await;
    assert_eq!(codes(&found), [Code::ChangeUnlogged].into(), "{found:#?}");
}

#[tokio::test]
async fn whoever_has_not_heard_yet_is_forgiven_for_a_moment_and_no_longer() {
    let test = TestDesk::new().await;
    edit(&test, chasing(&["agent"])).await;
    let number = test.dispatched().await.ticket.number.to_string();
    test.clock.advance(MINUTE);
    li_is_no_agent_any_more(&test).await;
    test.clock.advance(SECOND);
    test.act("li", &number, "chase", json!({})).await;
    let found = findings(&test.url, test.clock.now()).await;
    assert!(found.is_empty(), "{found:#?}");

    test.clock.advance(15 * MINUTE);
    test.act("li", &number, "chase", json!({})).await;
    let found = findings(&test.url, test.clock.now()).await;
    assert_eq!(codes(&found), [Code::NotAllowed].into());
}
