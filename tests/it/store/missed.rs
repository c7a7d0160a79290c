//! A database from before there were milestones: they are written from its events, once, beside whatever is done
//! meanwhile, and are what they would have been.

use ombud::desk::audit::Code;
use ombud::desk::figures::{By, Days, FiguresSheet, SheetAsked};
use ombud::desk::{Desk, Principal};
use ombud::jobs::{self, Settings};
use ombud::store::Database;
use ombud::store::connect::statement;
use ombud::workflow::moment::{DAY, HOUR};
use sea_orm::{ConnectionTrait, Database as SeaOrm};
use serde_json::json;

use crate::audit::findings;
use crate::support::database::is_postgres;
use crate::support::{TestDesk, act, by};

/// Two tickets, one with a whole life of two rounds; and the number of one that is open.
async fn lived() -> (TestDesk, String) {
    let test = TestDesk::new().await;
    let open = test.submitted().await.ticket.number.to_string();
    let number = test.dispatched().await.ticket.number.to_string();
    test.clock.advance(HOUR);
    for (action, values) in [("sign", json!({})), ("reply", json!({"result": "已修复"}))] {
        let mut on_task = act(&number, action, values);
        on_task.task = Some(1);
        test.desk.act(by("sun"), on_task).await.unwrap();
        test.clock.advance(DAY);
    }
    test.act("cai", &number, "reached", json!({})).await;
    test.act("li", &number, "reopen", json!({"remark": "又灭了"})).await;
    test.clock.advance(3 * DAY);
    test.desk.sweep().await.unwrap();
    (test, open)
}

async fn sheets(test: &TestDesk) -> Vec<FiguresSheet> {
    let mut sheets = Vec::new();
    for by in [By::Department, By::Workflow] {
        for day in ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"] {
            let day = Some(day.parse().unwrap());
            let asked = SheetAsked {
                days: Days { from: day, to: day },
                by,
                department: None,
                workflow: None,
            };
            sheets.push(test.desk.figures(&Principal::whole("boss"), &asked).await.unwrap());
        }
    }
    sheets
}

/// As an earlier version left it.
async fn forget(url: &str) {
    let db = SeaOrm::connect(url).await.unwrap();
    for sql in [
        "delete from milestones",
        "delete from settings where name = 'milestones.whole'",
    ] {
        db.execute_unprepared(sql).await.unwrap();
    }
    db.close().await.unwrap();
}

async fn count(test: &TestDesk, sql: &str) -> i64 {
    let db = test.desk.database();
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, Vec::new()))
        .await;
    row.unwrap().unwrap().try_get_by_index(0).unwrap()
}

async fn is_clean(test: &TestDesk) {
    let found = findings(&test.url, test.clock.now()).await;
    assert!(found.is_empty(), "{found:#?}");
}

const ROWS: &str = "select count(*) from milestones";
const SAID: &str = "select count(*) from settings where name = 'milestones.whole'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_version_without_milestones_did_is_counted_after_the_update() {
    let (test, open) = lived().await;
    let (sheets_before, rows_before) = (sheets(&test).await, count(&test, ROWS).await);
    forget(&test.url).await;
    let found = findings(&test.url, test.clock.now()).await;
    assert!(!found.is_empty() && found.iter().all(|finding| finding.code == Code::Milestone));

    // One goes on before its turn comes; where several instances may be, two do it at once.
    test.act("boss", &open, "dispatch", json!({"lead": "finance"})).await;
    let more = count(&test, ROWS).await;
    assert!(more > 0);
    if is_postgres() {
        let other = Desk::start(Database::open(&test.url).await.unwrap(), test.clock.clone())
            .await
            .unwrap();
        let (one, two) = tokio::join!(test.desk.write_missed_milestones(), other.write_missed_milestones());
        assert_eq!(one.unwrap().max(two.unwrap()), 2);
    } else {
        assert_eq!(test.desk.write_missed_milestones().await.unwrap(), 2);
        // Who found something looks once more; of two at once the later one may have found nothing, and said so.
        assert_eq!(count(&test, SAID).await, 0);
    }
    assert_eq!(count(&test, ROWS).await, rows_before + more);
    is_clean(&test).await;
    assert_eq!(sheets(&test).await, sheets_before);

    // Nothing is missed: it is said, and not looked at again.
    assert_eq!(test.desk.write_missed_milestones().await.unwrap(), 0);
    assert_eq!(count(&test, SAID).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_does_it_by_itself_while_it_works() {
    let (test, _) = lived().await;
    let before = count(&test, ROWS).await;
    forget(&test.url).await;
    let jobs = jobs::start(test.desk.clone(), &Settings::default()).await.unwrap();
    for _ in 0..500 {
        if count(&test, ROWS).await == before {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    jobs.stop().await;
    is_clean(&test).await;
}
