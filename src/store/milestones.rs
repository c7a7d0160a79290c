//! Milestones: written with their events, counted for sheets, listed behind each number.

use sea_orm::sea_query::{
    CaseStatement, CommonTableExpression, Condition, Expr, ExprTrait, Func, Order, Query, SelectStatement,
};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use crate::ticket::milestone::{Milestone, MilestoneKind};
use crate::ticket::model::Ticket;
use crate::workflow::definition::CountsAs;
use crate::workflow::id::{DepartmentId, WorkflowId};
use crate::workflow::moment::{DAY, Moment};

use super::StoreError;
use super::connect::{Database, built, statement};
use super::rows::Rows;
use super::visible::{Viewer, visible_to};

/// Puts the milestones of a ticket on the sheet.
pub(super) fn put(rows: &mut Rows, ticket: &Ticket, reached: &[Milestone]) {
    for milestone in reached {
        rows.push([
            ticket.id.into(),
            super::sheet::number(milestone.seq).into(),
            milestone.department.as_ref().map_or("", DepartmentId::as_str).into(),
            milestone.at.0.into(),
            milestone.kind.as_str().into(),
            ticket.workflow.as_str().into(),
            milestone.in_time.into(),
            milestone.outcome.as_ref().map(ToString::to_string).into(),
            milestone.counts_as.map(|counts| counts.as_str().to_owned()).into(),
            milestone.solved.into(),
        ]);
    }
}

/// Which milestones. Everything that is set must hold.
#[derive(Clone, Debug, Default)]
pub struct Which {
    /// From here on.
    pub from: Moment,
    /// And before this.
    pub to: Moment,
    /// Of these departments only; the centre's own are then left out.
    pub departments: Option<Vec<DepartmentId>>,
    pub workflow: Option<WorkflowId>,
    pub kind: Option<MilestoneKind>,
    pub in_time: Option<bool>,
    pub counts_as: Option<CountsAs>,
    pub solved: Option<bool>,
}

/// How many are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    pub kind: MilestoneKind,
    pub workflow: WorkflowId,
    pub department: Option<DepartmentId>,
    pub in_time: Option<bool>,
    pub counts_as: Option<CountsAs>,
    pub solved: Option<bool>,
    pub count: u64,
}

/// A milestone and the ticket that reached it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    pub ticket: Uuid,
    pub seq: i64,
    pub at: Moment,
    pub department: Option<DepartmentId>,
}

/// Where a page of milestones ended: `(at, ticket, seq, department)`.
pub type End = (i64, Uuid, i64, String);

/// How many are alike on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfDay {
    /// Days since 1970 in the zone asked for.
    pub day: i64,
    /// Of all departments together.
    pub alike: Alike,
}

/// From a moment on a zone is so many milliseconds ahead of UTC.
pub type Ahead = (Moment, i64);

/// Columns by which they are counted.
const DIMENSIONS: [&str; 6] = ["kind", "workflow", "in_time", "counts_as", "solved", "department"];
/// The same without the departments.
const OF_ALL: [&str; 5] = ["kind", "workflow", "in_time", "counts_as", "solved"];

/// Counts them, those that are alike together. Reads an index over the time asked for, and nothing older.
pub async fn count(db: &Database, which: &Which) -> Result<Vec<Alike>, StoreError> {
    let query = counted(&DIMENSIONS, which);
    let rows = db.readers().query_all_raw(built(db.backend(), &query)).await?;
    rows.iter().map(|row| alike(row, department(row)?)).collect()
}

/// How many of one kind, whatever else they are: in time, late, and not judged.
pub async fn in_time(db: &Database, which: &Which) -> Result<Vec<(Option<bool>, u64)>, StoreError> {
    let query = counted(&["in_time"], which);
    let rows = db.readers().query_all_raw(built(db.backend(), &query)).await?;
    rows.iter()
        .map(|row| {
            let count: i64 = row.try_get("", "count")?;
            Ok((row.try_get("", "in_time")?, u64::try_from(count).unwrap_or(0)))
        })
        .collect()
}

/// As [`count`], day by day. `ahead` says when days begin: the first holds from the beginning, the others from their moment.
pub async fn count_by_day(db: &Database, which: &Which, ahead: &[Ahead]) -> Result<Vec<OfDay>, StoreError> {
    let mut query = counted(&OF_ALL, which);
    let local = Expr::col(("milestones", "at")).add(offset(ahead));
    query.expr_as(local.div(DAY), "day").add_group_by([Expr::col("day")]);
    let rows = db.readers().query_all_raw(built(db.backend(), &query)).await?;
    rows.iter()
        .map(|row| {
            Ok(OfDay {
                day: row.try_get("", "day")?,
                alike: alike(row, None)?,
            })
        })
        .collect()
}

fn counted(dimensions: &[&'static str], which: &Which) -> SelectStatement {
    let mut query = Query::select();
    for dimension in dimensions {
        query
            .column(("milestones", *dimension))
            .group_by_col(("milestones", *dimension));
    }
    query
        // A column of the index along which they are counted.
        .expr_as(Func::count(Expr::col(("milestones", "kind"))), "count")
        .from("milestones")
        .cond_where(condition(which));
    query
}

/// How far ahead of UTC the zone was when it was reached.
fn offset(ahead: &[Ahead]) -> Expr {
    let mut steps = ahead.iter();
    let first = steps.next().map_or(0, |(_, first)| *first);
    let Some((_, last)) = ahead.last().filter(|_| ahead.len() > 1) else {
        return Expr::val(first);
    };
    let mut cases = CaseStatement::new();
    let mut before = first;
    for (from, then) in steps {
        cases = cases.case(Expr::col(("milestones", "at")).lt(from.0), before);
        before = *then;
    }
    cases.finally(*last).into()
}

/// Those whose tickets the viewer may see, the latest first.
pub async fn page(
    db: &Database,
    viewer: &Viewer,
    which: &Which,
    after: Option<&End>,
    limit: u64,
) -> Result<Vec<Reached>, StoreError> {
    let mut query = Query::select()
        .columns(["ticket", "seq", "at", "department"].map(|column| ("milestones", column)))
        .from("milestones")
        .inner_join(
            "tickets",
            Expr::col(("tickets", "id")).eq(Expr::col(("milestones", "ticket"))),
        )
        .cond_where(visible_to(viewer))
        .cond_where(condition(which))
        .limit(limit)
        .to_owned();
    ordered(&mut query, after);
    let rows = db.readers().query_all_raw(built(db.backend(), &query)).await?;
    rows.iter()
        .map(|row| {
            Ok(Reached {
                ticket: row.try_get("", "ticket")?,
                seq: row.try_get("", "seq")?,
                at: Moment(row.try_get("", "at")?),
                department: department(row)?,
            })
        })
        .collect()
}

fn ordered(query: &mut SelectStatement, after: Option<&End>) {
    let columns = ["at", "ticket", "seq", "department"].map(|column| ("milestones", column));
    if let Some((at, ticket, seq, department)) = after {
        let end = Expr::tuple([
            Expr::val(*at),
            Expr::val(*ticket),
            Expr::val(*seq),
            Expr::val(department.as_str()),
        ]);
        query.and_where(Expr::tuple(columns.map(Expr::col)).lt(end));
    }
    for column in columns {
        query.order_by(column, Order::Desc);
    }
}

fn condition(which: &Which) -> Condition {
    let column = |name: &'static str| Expr::col(("milestones", name));
    let mut all = Condition::all()
        .add(column("at").gte(which.from.0))
        .add(column("at").lt(which.to.0));
    if let Some(departments) = &which.departments {
        all = all.add(column("department").is_in(departments.iter().map(DepartmentId::as_str)));
    }
    if let Some(workflow) = &which.workflow {
        all = all.add(column("workflow").eq(workflow.as_str()));
    }
    if let Some(kind) = which.kind {
        all = all.add(column("kind").eq(kind.as_str()));
    }
    if let Some(in_time) = which.in_time {
        all = all.add(column("in_time").eq(in_time));
    }
    if let Some(counts_as) = which.counts_as {
        all = all.add(column("counts_as").eq(counts_as.as_str()));
    }
    if let Some(solved) = which.solved {
        all = all.add(column("solved").eq(solved));
    }
    all
}

fn alike(row: &QueryResult, department: Option<DepartmentId>) -> Result<Alike, StoreError> {
    let kind: String = row.try_get("", "kind")?;
    let workflow: String = row.try_get("", "workflow")?;
    let counts_as: Option<String> = row.try_get("", "counts_as")?;
    let count: i64 = row.try_get("", "count")?;
    Ok(Alike {
        kind: MilestoneKind::parse(&kind).ok_or_else(|| StoreError::unreadable("milestones.kind", kind))?,
        workflow: WorkflowId::from(workflow.as_str()),
        department,
        in_time: row.try_get("", "in_time")?,
        counts_as: counts_as.as_deref().and_then(CountsAs::parse),
        solved: row.try_get("", "solved")?,
        count: u64::try_from(count).unwrap_or(0),
    })
}

fn department(row: &QueryResult) -> Result<Option<DepartmentId>, StoreError> {
    let department: String = row.try_get("", "department")?;
    Ok((!department.is_empty()).then(|| DepartmentId::from(department.as_str())))
}

/// Open tickets at this moment, as a sheet shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub workflow: WorkflowId,
    pub department: Option<DepartmentId>,
    pub overdue: bool,
    pub count: u64,
}

/// Whose open tickets are counted.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// The centre's, each once.
    Centre,
    /// Those a department is involved in now, for each department.
    EachDepartment,
    /// The same, for these.
    Departments(&'a [DepartmentId]),
}

/// Open tickets with what is counted of them.
const OPEN: &str = "open_tickets";

/// Counts open tickets by kind, and by department where departments are meant.
pub async fn standing(db: &Database, whose: Whose<'_>) -> Result<Vec<Standing>, StoreError> {
    let query = match whose {
        Whose::Centre => stand("tickets", ticket("late_since").is_not_null())
            .and_where(ticket("closed_at").is_null())
            .to_owned(),
        Whose::EachDepartment => of_each_department(&departments(db).await?),
        Whose::Departments(departments) => of_departments(departments),
    };
    let by_department = !matches!(whose, Whose::Centre);
    let rows = db.readers().query_all_raw(built(db.backend(), &query)).await?;
    rows.iter()
        .map(|row| {
            let workflow: String = row.try_get("", "workflow")?;
            let count: i64 = row.try_get("", "count")?;
            Ok(Standing {
                workflow: WorkflowId::from(workflow.as_str()),
                department: if by_department { department(row)? } else { None },
                overdue: row.try_get("", "overdue")?,
                count: u64::try_from(count).unwrap_or(0),
            })
        })
        .collect()
}

/// How many of each kind there are in a table of tickets, and of those that are overdue.
fn stand(from: &'static str, overdue: Expr) -> SelectStatement {
    Query::select()
        .column((from, "workflow"))
        .expr_as(overdue.clone(), "overdue")
        .expr_as(Func::count(Expr::col((from, "id"))), "count")
        .from(from)
        .group_by_col((from, "workflow"))
        .add_group_by([overdue])
        .to_owned()
}

/// The tickets of some departments are looked up: no more is read than they have.
fn of_departments(some: &[DepartmentId]) -> SelectStatement {
    let mut query = stand("tickets", ticket("late_since").is_not_null());
    query.and_where(ticket("closed_at").is_null());
    by_department(&mut query, "tickets", some);
    query
}

/// Departments that are involved in some ticket, whatever the directory says now: from one to the next along the index of
/// their lists, however many tickets each has.
const INVOLVED: &str = "with recursive involved(department) as ( \
        select min(department) from ticket_departments where until is null \
        union all \
        select (select min(department) from ticket_departments where until is null and department > involved.department) \
        from involved where involved.department is not null \
    ) select department from involved where department is not null";

async fn departments(db: &Database) -> Result<Vec<DepartmentId>, StoreError> {
    let statement = statement(db.backend(), INVOLVED, Vec::new());
    let rows = db.readers().query_all_raw(statement).await?;
    rows.iter()
        .map(|row| {
            let department: String = row.try_get_by_index(0)?;
            Ok(DepartmentId::new(department))
        })
        .collect()
}

/// All open tickets along the board's index, all that departments have along theirs: what is in one is sought in the
/// other, and no ticket is looked up.
fn of_each_department(all: &[DepartmentId]) -> SelectStatement {
    let open = Query::select()
        .columns(["id", "workflow"].map(|column| ("tickets", column)))
        .expr_as(ticket("late_since").is_not_null(), "overdue")
        .from("tickets")
        .and_where(ticket("closed_at").is_null())
        .order_by(("tickets", "workflow"), Order::Asc)
        .order_by(("tickets", "state"), Order::Asc)
        .to_owned();
    let open = CommonTableExpression::new()
        .table_name(OPEN)
        .query(open)
        // Otherwise its order would be forgotten, and its index with it.
        .materialized(true)
        .to_owned();
    let mut query = stand(OPEN, Expr::col((OPEN, "overdue")));
    by_department(&mut query, OPEN, all);
    query.with_cte(open);
    query
}

fn by_department(query: &mut SelectStatement, from: &'static str, which: &[DepartmentId]) {
    query
        .column(("ticket_departments", "department"))
        .inner_join("ticket_departments", Expr::col((from, "id")).eq(involved("ticket")))
        .and_where(involved("department").is_in(which.iter().map(DepartmentId::as_str)))
        .and_where(involved("open").eq(true))
        .and_where(involved("until").is_null())
        .group_by_col(("ticket_departments", "department"));
}

fn ticket(column: &'static str) -> Expr {
    Expr::col(("tickets", column))
}

fn involved(column: &'static str) -> Expr {
    Expr::col(("ticket_departments", column))
}
