//! The board: how many open tickets stand in each state, and the first ones of each.
//!
//! Both are read along one index, `tickets_open_board`: state by state, what is late first (by when it became late),
//! then what is due next, then what no clock runs for.

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{CaseStatement, Cond, Expr, ExprTrait, Func, Order, Query, SelectStatement, UnionType};

use crate::workflow::moment::Moment;

use super::StoreError;
use super::connect::{Database, built};
use super::list::{ListRow, RANK, Seen, Wanted, filter, read, rows};
use super::visible::Viewer;

/// States whose first tickets are asked for together: SQLite joins 500 questions to one, and no more.
const STATES_AT_A_TIME: usize = 200;

/// Open tickets of one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateCount {
    pub workflow: String,
    pub state: String,
    pub open: u64,
    pub late: u64,
    /// Not late, and due before a moment.
    pub soon: u64,
    pub urgent: u64,
}

/// What the viewer sees, state by state.
pub async fn count(
    db: &Database,
    viewer: &Viewer,
    wanted: &Wanted,
    soon: Moment,
) -> Result<Vec<StateCount>, StoreError> {
    let Some(seen) = Seen::by(viewer, wanted) else {
        return Ok(Vec::new());
    };
    let mut query = open(&seen, wanted);
    let late = || Cond::all().add(ticket("late_since").is_not_null());
    let due_soon = Cond::all()
        .add(ticket("late_since").is_null())
        .add(ticket("due_at").lte(soon.0));
    query
        .expr(ticket("workflow"))
        .expr(ticket("state"))
        .expr(Func::count(ticket("id")))
        .expr(how_many(late()))
        .expr(how_many(due_soon))
        .expr(how_many(Cond::all().add(ticket("urgent").eq(true))))
        .add_group_by([ticket("workflow"), ticket("state")]);
    seen.gather(&mut query);
    let found = db.readers().query_all_raw(built(db.backend(), &query)).await?;
    found
        .iter()
        .map(|row| {
            let number = |at: usize| -> Result<u64, StoreError> {
                let number: i64 = row.try_get_by_index(at)?;
                Ok(u64::try_from(number).unwrap_or(0))
            };
            Ok(StateCount {
                workflow: row.try_get_by_index(0)?,
                state: row.try_get_by_index(1)?,
                open: number(2)?,
                late: number(3)?,
                soon: number(4)?,
                urgent: number(5)?,
            })
        })
        .collect()
}

/// The first tickets of each of these states, so many of each, in the order of the board.
pub async fn first(
    db: &Database,
    viewer: &Viewer,
    wanted: &Wanted,
    states: &[StateCount],
    of_each: u64,
) -> Result<Vec<ListRow>, StoreError> {
    let Some(seen) = Seen::by(viewer, wanted) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for some in states.chunks(STATES_AT_A_TIME) {
        let Some(query) = first_of(&seen, wanted, some, of_each) else {
            continue;
        };
        let rows = db.readers().query_all_raw(built(db.backend(), &query)).await?;
        for row in &rows {
            found.push(read(row)?);
        }
    }
    found.sort_by_key(|row| (row.rank(), row.id));
    Ok(found)
}

/// The same for as many states as one statement takes, in no order.
fn first_of(seen: &Seen<'_>, wanted: &Wanted, states: &[StateCount], of_each: u64) -> Option<SelectStatement> {
    let mut found: Option<SelectStatement> = None;
    for one in states {
        let mut ids = open(seen, wanted);
        ids.expr(ticket("id"))
            .and_where(ticket("workflow").eq(one.workflow.as_str()))
            .and_where(ticket("state").eq(one.state.as_str()))
            .order_by_expr(Expr::cust(RANK), Order::Asc)
            .order_by(("tickets", "id"), Order::Asc)
            .limit(of_each);
        // What is ordered and cut must stand in brackets of its own: as a table.
        let part = Query::select()
            .expr(Expr::col(("part", "id")))
            .from_subquery(ids, "part")
            .to_owned();
        match &mut found {
            Some(found) => {
                found.union(UnionType::All, part);
            }
            None => found = Some(part),
        }
    }
    let mut query = rows();
    query.from("tickets").and_where(ticket("id").in_subquery(found?));
    seen.gather(&mut query);
    Some(query)
}

/// Open tickets the viewer sees.
fn open(seen: &Seen<'_>, wanted: &Wanted) -> SelectStatement {
    let mut query = Query::select().from("tickets").to_owned();
    seen.narrow(&mut query);
    query
        .and_where(ticket("closed_at").is_null())
        .cond_where(filter(wanted));
    query
}

fn how_many(which: Cond) -> sea_orm::sea_query::FunctionCall {
    Func::count(CaseStatement::new().case(which, 1))
}

fn ticket(column: &'static str) -> Expr {
    Expr::col(("tickets", column))
}
