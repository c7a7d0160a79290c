//! The board: counts that are those of the lists, whoever looks, and cards in the order of what presses most.

use ombud::desk::Principal;
use ombud::desk::board::Board;
use ombud::desk::list::{Filter, Sort};
use ombud::workflow::id::{StateId, WorkflowId};
use ombud::workflow::moment::{HOUR, MINUTE};
use sea_orm::{ConnectionTrait, Database};
use serde_json::json;

use crate::support::TestDesk;
use crate::support::database::is_postgres;

fn who(person: &str) -> Principal {
    Principal::whole(person)
}

async fn open(test: &TestDesk, place: usize) -> String {
    let values =
        json!({"place": format!("和平路{place}号"), "summary": "路灯不亮", "caller": "王先生", "phone": "13800001111"});
    test.open("li", values).await.ticket.number.to_string()
}

async fn board(test: &TestDesk, person: &str, of_each: u64) -> Board {
    let soon = test.desk.clock().now().plus(15 * MINUTE);
    test.desk.board(&who(person), None, soon, of_each).await.unwrap()
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap()
}

/// The same numbers, counted from lists.
async fn listed(test: &TestDesk, person: &str, workflow: &WorkflowId, state: &StateId) -> [u64; 3] {
    let mut counts = [0; 3];
    for (place, (late, urgent)) in [(None, None), (Some(true), None), (None, Some(true))]
        .into_iter()
        .enumerate()
    {
        let filter = Filter {
            open: Some(true),
            workflow: Some(workflow.clone()),
            state: Some(state.clone()),
            late,
            urgent,
            ..Filter::default()
        };
        let page = test
            .desk
            .list(&who(person), &filter, Sort::Updated, None, 200)
            .await
            .unwrap();
        counts[place] = count(page.rows.len());
    }
    counts
}

#[tokio::test]
async fn its_numbers_are_those_of_the_lists_for_everybody() {
    let test = TestDesk::new().await;
    let mut numbers = Vec::new();
    for place in 0..9 {
        numbers.push(open(&test, place).await);
        test.clock.advance(MINUTE);
    }
    for (place, number) in numbers[..4].iter().enumerate() {
        test.act("li", number, "submit", json!({"urgent": place == 0})).await;
    }
    test.act("zhang", &numbers[3], "dispatch", json!({"lead": "finance"}))
        .await;
    test.act("li", &numbers[8], "withdraw", json!({"remark": "已自行解决"}))
        .await;
    // Some are late now, and more are due soon.
    test.clock.advance(11 * MINUTE);
    test.desk.sweep().await.unwrap();
    let mut late = 0;
    for person in ["boss", "li", "sun"] {
        let board = board(&test, person, 200).await;
        assert_eq!(
            count(board.rows.len()),
            board.columns.iter().map(|column| column.open).sum::<u64>(),
            "{person}: with room for all, all are there"
        );
        for column in &board.columns {
            let [open, is_late, urgent] = listed(&test, person, &column.workflow, &column.state).await;
            let counted = [column.open, column.late, column.urgent];
            assert_eq!(counted, [open, is_late, urgent], "{person}: {}", column.state);
            late += is_late;
        }
    }
    assert!(late > 0, "nothing was late: the test would see no wrong number");
    let columns = board(&test, "boss", 1).await.columns;
    let open: u64 = columns.iter().map(|column| column.open).sum();
    assert_eq!(open, 8, "the closed one is not counted");
    let soon: u64 = columns.iter().map(|column| column.soon).sum();
    assert!(soon > 0, "{columns:?}");
    let urgent: u64 = columns.iter().map(|column| column.urgent).sum();
    assert_eq!(urgent, 1);
    let theirs = board(&test, "sun", 12).await;
    assert_eq!(theirs.rows.len(), 1, "what lies with the department, and nothing else");
}

#[tokio::test]
async fn late_ones_stand_first_and_each_column_is_cut_for_itself() {
    let test = TestDesk::new().await;
    let mut numbers = Vec::new();
    for place in 0..6 {
        numbers.push(open(&test, place).await);
        test.clock.advance(2 * MINUTE);
    }
    test.act("li", &numbers[5], "submit", json!({})).await;
    test.clock.advance(HOUR);
    test.desk.sweep().await.unwrap();
    let newest = open(&test, 6).await;
    let board = board(&test, "boss", 3).await;
    let of = |state: &StateId| -> Vec<&str> {
        let rows = board.rows.iter().filter(|row| row.state == *state);
        rows.map(|row| row.number.as_str()).collect()
    };
    let full = board.columns.iter().find(|column| column.open == 6).unwrap();
    assert_eq!(
        of(&full.state),
        [&numbers[0], &numbers[1], &numbers[2]],
        "late for longest first"
    );
    assert_eq!(full.late, 5);
    let other = board.columns.iter().find(|column| column.state != full.state).unwrap();
    assert_eq!(of(&other.state), [&numbers[5]]);
    let due: Vec<_> = test
        .desk
        .board(&who("boss"), None, test.desk.clock().now(), 50)
        .await
        .unwrap()
        .rows;
    assert_eq!(
        due.last().map(|row| row.number.as_str()),
        Some(newest.as_str()),
        "what has time comes last"
    );
    let kind = Some(WorkflowId::new("nothing"));
    let none = test
        .desk
        .board(&who("boss"), kind, test.desk.clock().now(), 50)
        .await
        .unwrap();
    assert!(none.columns.is_empty() && none.rows.is_empty());
}

/// So many copies of an open ticket, each in a state of its own.
async fn spread(test: &TestDesk, number: &str, states: usize) {
    let id = if is_postgres() {
        "gen_random_uuid()"
    } else {
        "randomblob(16)"
    };
    let columns = "definition, outcome, creator, assignee, caller, opened_at, closed_at, entered_at, updated_at, revision, \
        seq, head, due_at, late_since, urgent, subject, snapshot";
    let copy = format!(
        "with recursive places(place) as (select 1 union all select place + 1 from places where place < {states}) \
         insert into tickets (id, number, workflow, state, {columns}) \
         select {id}, 'S' || place, workflow, 'state_' || place, {columns} from tickets, places where number = '{number}'"
    );
    let db = Database::connect(&test.url).await.unwrap();
    db.execute_unprepared(&copy).await.unwrap();
    db.close().await.unwrap();
}

#[tokio::test]
async fn more_states_than_one_statement_takes_have_their_cards_too() {
    let test = TestDesk::new().await;
    let number = open(&test, 0).await;
    test.clock.advance(HOUR);
    test.desk.sweep().await.unwrap();
    let (late, states) = (open(&test, 1).await, 520);
    spread(&test, &late, states).await;
    // For who sees everything open, and for who sees what is theirs for several reasons.
    for person in ["boss", "li"] {
        let board = board(&test, person, 12).await;
        assert_eq!(board.columns.len(), states + 1, "{person}");
        assert_eq!(board.rows.len(), states + 2, "{person}");
        let first = board.rows.first().map(|row| row.number.as_str());
        assert_eq!(
            first,
            Some(number.as_str()),
            "{person}: what is late stands before all the others"
        );
    }
}
