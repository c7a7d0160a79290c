//! Sheets: what is counted, for whom, and the list behind each number.

use ombud::desk::act::Act;
use ombud::desk::figures::{Behind, BehindPage, By, Days, Figure, FiguresSheet, SheetAsked, Tally};
use ombud::desk::list::Filter;
use ombud::desk::{DeskError, NotAllowed, Principal};
use ombud::store::milestones::{Ahead, Which, count_by_day};
use ombud::ticket::milestone::MilestoneKind;
use ombud::workflow::moment::{DAY, HOUR};
use serde_json::json;

use crate::support::{TestDesk, act, by, done};

fn asked(by: By, from: &str, to: &str) -> SheetAsked {
    SheetAsked {
        days: Days {
            from: Some(from.parse().unwrap()),
            to: Some(to.parse().unwrap()),
        },
        by,
        department: None,
        workflow: None,
    }
}

async fn sheet(test: &TestDesk, person: &str, asked: &SheetAsked) -> FiguresSheet {
    test.desk.figures(&Principal::whole(person), asked).await.unwrap()
}

/// Two rows at a time.
async fn behind(test: &TestDesk, person: &str, wanted: &Behind, cursor: Option<&str>) -> BehindPage {
    test.desk
        .behind(&Principal::whole(person), wanted, cursor, 2)
        .await
        .unwrap()
}

/// The row of an id, or nothing at all.
fn row(sheet: &FiguresSheet, id: &str) -> Tally {
    let found = sheet.rows.iter().find(|row| row.id == id);
    found.map_or_else(Tally::default, |row| row.tally)
}

async fn on_task(test: &TestDesk, person: &str, number: &str, action: &str, values: serde_json::Value) {
    let on_task = Act {
        task: Some(1),
        ..act(number, action, values)
    };
    done(test.desk.act(by(person), on_task).await.unwrap());
}

/// Monday: two are received and one dispatched to finance, which signs. Tuesday, after its eight working hours: it
/// replies, and the caller is reached. Wednesday it is reopened.
async fn three_days() -> (TestDesk, String) {
    let test = TestDesk::new().await;
    test.submitted().await;
    let number = test.dispatched().await.ticket.number.to_string();
    test.clock.advance(HOUR);
    on_task(&test, "sun", &number, "sign", json!({})).await;
    test.clock.advance(DAY + 6 * HOUR);
    on_task(&test, "sun", &number, "reply", json!({"result": "已修复"})).await;
    test.act("cai", &number, "reached", json!({})).await;
    test.clock.advance(DAY);
    test.act("li", &number, "reopen", json!({"remark": "又灭了"})).await;
    (test, number)
}

#[tokio::test]
async fn what_stands_open_is_what_the_lists_have_whoever_counts() {
    let test = TestDesk::new().await;
    let mut all = Vec::new();
    for lead in ["finance", "north", "field", "finance"] {
        let number = test.submitted().await.ticket.number.to_string();
        test.act("zhang", &number, "dispatch", json!({"lead": lead})).await;
        all.push(number);
        test.clock.advance(HOUR);
    }
    // One is handed over, one is closed; some are late by then.
    let mut away = act(&all[0], "hand_over", json!({}));
    away.task = Some(1);
    away.with.insert("to".into(), json!("north"));
    away.texts.insert("reason".into(), "线路归北区".into());
    test.desk.act(by("sun"), away).await.unwrap();
    on_task(&test, "sun", &all[3], "sign", json!({})).await;
    on_task(&test, "sun", &all[3], "reply", json!({"result": "已修复"})).await;
    test.act("cai", &all[3], "reached", json!({})).await;
    test.clock.advance(DAY);
    while test.desk.sweep().await.unwrap().more {}
    test.submitted().await;

    let today = |by: By| SheetAsked {
        days: Days::default(),
        by,
        department: None,
        workflow: None,
    };
    let listed = |person: &'static str, department: Option<&str>, late: Option<bool>| {
        let filter = Filter {
            open: Some(true),
            department: department.map(Into::into),
            late,
            ..Filter::default()
        };
        let desk = &test.desk;
        async move { desk.count(&Principal::whole(person), &filter).await.unwrap() }
    };
    let mut overdue = 0;
    for (person, departments) in [
        ("boss", vec!["finance", "north"]),
        ("sun", vec!["finance"]),
        ("nora", vec!["north"]),
    ] {
        let sheet = sheet(&test, person, &today(By::Department)).await;
        for department in departments {
            let tally = row(&sheet, department);
            let wanted = [
                listed(person, Some(department), None).await,
                listed(person, Some(department), Some(true)).await,
            ];
            let counted = [tally.waiting.unwrap_or(0), tally.overdue.unwrap_or(0)];
            assert_eq!(counted, wanted, "{person}: {department}");
            overdue += wanted[1];
        }
        let counted = [sheet.total.waiting, sheet.total.overdue];
        let wanted = [listed(person, None, None).await, listed(person, None, Some(true)).await];
        assert_eq!(counted, wanted.map(Some), "{person}");
    }
    assert!(overdue > 0, "nothing was late: the test would see no wrong number");
    let by_kind = sheet(&test, "boss", &today(By::Workflow)).await;
    assert_eq!(row(&by_kind, "errand").waiting, by_kind.total.waiting);
    assert_eq!(by_kind.total.waiting, Some(4));
}

#[tokio::test]
async fn a_day_that_is_over_never_changes() {
    let (test, _) = three_days().await;
    let monday = sheet(&test, "boss", &asked(By::Department, "2026-03-02", "2026-03-02")).await;
    assert!(monday.centre);
    assert_eq!((monday.total.received, monday.total.signed), (2, 1));
    assert_eq!((monday.total.waiting, monday.total.completed), (None, 0));
    let finance = row(&monday, "finance");
    assert_eq!((finance.received, finance.signed, finance.closed), (1, 1, 0));

    let tuesday = sheet(&test, "boss", &asked(By::Department, "2026-03-03", "2026-03-03")).await;
    let finance = row(&tuesday, "finance");
    assert_eq!(
        (finance.completed, finance.completed_judged, finance.completed_in_time),
        (1, 1, 0)
    );
    assert_eq!((finance.closed, finance.satisfied), (1, 1), "its part in the closing");
    assert_eq!(tuesday.total.closed, 1, "once, not for each department");
    assert!(tuesday.total.late >= 1, "{:?}", tuesday.total);
    assert_eq!(tuesday.total.reopened, 0);

    let wednesday = sheet(&test, "boss", &asked(By::Workflow, "2026-03-04", "2026-03-04")).await;
    let errand = row(&wednesday, "errand");
    assert_eq!((errand.reopened, errand.waiting), (1, Some(2)));
    assert_eq!(wednesday.total, errand);
    let all = sheet(&test, "boss", &asked(By::Workflow, "2026-03-01", "2026-03-31")).await;
    assert_eq!((all.total.received, all.total.closed, all.total.reopened), (2, 1, 1));
}

#[tokio::test]
async fn a_department_sees_its_own_figures_and_nobody_else_any() {
    let (test, number) = three_days().await;
    let month = asked(By::Department, "2026-03-01", "2026-03-31");
    for person in ["sun", "hao"] {
        let own = sheet(&test, person, &month).await;
        assert!(!own.centre);
        assert_eq!((own.total.received, own.total.closed), (1, 1), "{person}");
        assert_eq!(own.rows.len(), 1);
    }
    let north = sheet(&test, "nora", &month).await;
    assert_eq!((north.total.received, north.rows.len()), (0, 0));
    assert!(sheet(&test, "zhang", &month).await.centre);
    for person in ["li", "cai", "ada"] {
        let refused = test.desk.figures(&Principal::whole(person), &month).await;
        assert!(
            matches!(
                refused,
                Err(DeskError::NotAllowed {
                    why: NotAllowed::Figures
                })
            ),
            "{person}"
        );
    }
    let finance = SheetAsked {
        department: Some("finance".into()),
        ..month
    };
    let refused = test.desk.figures(&Principal::whole("nora"), &finance).await;
    assert!(matches!(refused, Err(DeskError::NotFound { .. })));

    let received = Behind {
        days: finance.days,
        figure: Figure::Received,
        department: None,
        own: false,
        workflow: None,
    };
    let seen = behind(&test, "sun", &received, None).await;
    assert_eq!(seen.rows.len(), 1);
    assert_eq!(seen.rows[0].ticket.number, number);
    assert_eq!(seen.rows[0].department.as_ref().unwrap().as_str(), "finance");
    assert!(behind(&test, "nora", &received, None).await.rows.is_empty());
}

#[tokio::test]
async fn each_number_is_as_long_as_its_list() {
    let (test, _) = three_days().await;
    for _ in 0..3 {
        test.submitted().await;
    }
    let month = asked(By::Department, "2026-03-01", "2026-03-31");
    let total = sheet(&test, "boss", &month).await.total;
    for (figure, count) in [
        (Figure::Received, total.received),
        (Figure::Signed, total.signed),
        (Figure::SignedLate, total.signed_judged - total.signed_in_time),
        (Figure::Completed, total.completed),
        (Figure::CompletedLate, total.completed_judged - total.completed_in_time),
        (Figure::Late, total.late),
        (Figure::Returned, total.returned),
        (Figure::Closed, total.closed),
        (Figure::ClosedLate, total.closed_judged - total.closed_in_time),
        (Figure::Solved, total.solved),
        (Figure::Unsolved, total.asked_solved - total.solved),
        (Figure::Satisfied, total.satisfied),
        (Figure::Dissatisfied, total.dissatisfied),
        (Figure::Reopened, total.reopened),
    ] {
        let wanted = Behind {
            days: month.days,
            figure,
            department: None,
            own: false,
            workflow: None,
        };
        let (mut cursor, mut seen) = (None::<String>, 0);
        loop {
            let page = behind(&test, "boss", &wanted, cursor.as_deref()).await;
            seen += u64::try_from(page.rows.len()).unwrap();
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, count, "{}", figure.as_str());
    }
    assert!(total.received == 5 && total.completed == 1);
}

#[tokio::test]
async fn the_list_behind_a_row_is_of_its_department_alone() {
    let test = TestDesk::new().await;
    for lead in ["field", "north"] {
        let number = test.submitted().await.ticket.number.to_string();
        test.act("zhang", &number, "dispatch", json!({"lead": lead})).await;
    }
    let today = asked(By::Department, "2026-03-02", "2026-03-02");
    let field = sheet(&test, "boss", &today).await;
    assert_eq!(row(&field, "field").received, 1, "north has a row of its own");
    for (own, departments) in [(true, vec!["field"]), (false, vec!["north", "field"])] {
        let wanted = Behind {
            days: today.days,
            figure: Figure::Received,
            department: Some("field".into()),
            own,
            workflow: None,
        };
        let seen = behind(&test, "boss", &wanted, None).await.rows;
        let mut seen: Vec<_> = seen
            .iter()
            .map(|row| row.department.clone().unwrap().to_string())
            .collect();
        seen.sort_unstable_by(|one, other| other.cmp(one));
        assert_eq!(seen, departments);
    }
}

#[tokio::test]
async fn days_that_make_no_sense_are_refused_with_a_cure() {
    let test = TestDesk::new().await;
    for (from, to) in [("2026-03-02", "2026-03-01"), ("2020-01-01", "2026-01-01")] {
        let refused = test
            .desk
            .figures(&Principal::whole("boss"), &asked(By::Workflow, from, to))
            .await;
        let Err(DeskError::Invalid(problems)) = refused else {
            panic!("{from} to {to}: {refused:?}")
        };
        assert_eq!((problems[0].pointer.as_str(), problems[0].code), ("to", "span"));
    }
}

#[tokio::test]
async fn a_course_is_the_sheets_of_its_days() {
    let (test, _) = three_days().await;
    for person in ["boss", "sun"] {
        let month = asked(By::Department, "2026-02-20", "2026-03-04");
        let course = test
            .desk
            .figures_course(&Principal::whole(person), &month)
            .await
            .unwrap();
        assert_eq!(course.points.len(), 30, "one day stands among others");
        assert_eq!(course.points[29].to.to_string(), "2026-03-04");
        assert!(course.points[29].running && !course.points[28].running);
        let mut received = 0;
        for point in &course.points {
            let day = asked(By::Department, &point.from.to_string(), &point.to.to_string());
            let day = Tally {
                waiting: None,
                overdue: None,
                ..sheet(&test, person, &day).await.total
            };
            assert_eq!(point.tally, day, "{person}, {}", point.from);
            received += point.tally.received;
        }
        assert_eq!(received, if person == "boss" { 2 } else { 1 });
    }
    // Tuesday stands beside Monday.
    let boss = Principal::whole("boss");
    let tuesday = asked(By::Workflow, "2026-03-03", "2026-03-03");
    let before = test.desk.figures_course(&boss, &tuesday).await.unwrap();
    assert_eq!(before.before_from.to_string(), "2026-03-02");
    assert_eq!((before.before.received, before.before.signed), (2, 1));
    let long = asked(By::Workflow, "2025-12-01", "2026-03-04");
    let weeks = test.desk.figures_course(&boss, &long).await.unwrap();
    assert_eq!(weeks.points.len(), 13, "of many days, whole weeks");
    assert_eq!(weeks.points[12].tally.received, 2);

    // The day that runs stands beside as much of the day before: on Tuesday at this hour nothing had been closed.
    let wednesday = asked(By::Workflow, "2026-03-04", "2026-03-04");
    let running = test.desk.figures_course(&boss, &wednesday).await.unwrap();
    test.clock.advance(HOUR);
    let later = test.desk.figures_course(&boss, &wednesday).await.unwrap();
    assert_eq!(running.before.closed, 0, "closed exactly a day before, and not earlier");
    assert_eq!(later.before.closed, 1);
}

#[tokio::test]
async fn days_are_counted_where_a_zone_changes_its_offset() {
    let (test, _) = three_days().await;
    let noon = test.clock.now();
    let which = Which {
        from: noon.plus(-10 * DAY),
        to: noon.plus(DAY),
        ..Which::default()
    };
    let count = async |ahead: &[Ahead]| {
        let all = count_by_day(test.desk.database(), &which, ahead).await.unwrap();
        // One kind for each of the three days.
        let kinds = [MilestoneKind::Received, MilestoneKind::Closed, MilestoneKind::Reopened];
        let told = all.iter().filter(|one| kinds.contains(&one.alike.kind));
        let mut days: Vec<i64> = told.map(|one| one.day).collect();
        days.sort_unstable();
        days.dedup();
        days
    };
    let plain = count(&[(which.from, 0)]).await;
    // A day ahead from the beginning; two from the last moment but one; three from the last on.
    let last = noon.plus(-HOUR);
    let steps = count(&[(which.from, DAY), (last.plus(-DAY), 2 * DAY), (last, 3 * DAY)]).await;
    assert_eq!(plain.len(), 3);
    assert_eq!(steps, [plain[0] + 1, plain[1] + 2, plain[2] + 3]);
}
