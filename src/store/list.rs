//! Lists of tickets: one query, keyset pages, no counting.
//!
//! Each part of what the viewer sees ([`parts`]) gives its first rows along an index; together they hold the page.

use sea_orm::sea_query::{
    CommonTableExpression, Condition, Expr, ExprTrait, Func, LikeExpr, Order, Query, SelectStatement, UnionType,
};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use crate::workflow::id::DepartmentId;
use crate::workflow::moment::Moment;

use super::connect::{Database, built};
use super::parts::{self, Part, Source};
use super::visible::{self, Viewer, given_away_by};
use super::{StoreError, load};

/// What must hold of a row, beside that the viewer may see it.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub workflow: Option<String>,
    pub state: Option<String>,
    pub departments: Option<Vec<DepartmentId>>,
    pub mine: bool,
    pub late: Option<bool>,
    pub urgent: Option<bool>,
    pub open: Option<bool>,
    pub assignee: Option<String>,
    pub number_begins: Option<String>,
    /// Tickets of this caller, by the keyed hash of the number.
    pub caller: Option<String>,
    /// Each of these stands in the subject, whatever the case.
    pub words: Vec<String>,
    /// Closed tickets only as far as they changed since: what is asked of each row must not walk through the archive.
    pub closed_since: Option<Moment>,
}

/// By what the rows are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    UpdatedDesc,
    UpdatedAsc,
    NumberDesc,
    NumberAsc,
    /// By what is left ([`RANK`]): open tickets only, nothing is due of closed ones.
    DueAsc,
    DueDesc,
}

/// Where the page before ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    At(i64, Uuid),
    Number(String),
}

/// A row of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListRow {
    pub id: Uuid,
    pub number: String,
    pub workflow: String,
    pub definition: String,
    pub state: String,
    pub outcome: Option<String>,
    pub subject: String,
    pub urgent: bool,
    pub creator: Option<String>,
    pub assignee: Option<String>,
    pub opened_at: Moment,
    pub updated_at: Moment,
    pub closed_at: Option<Moment>,
    pub due_at: Option<Moment>,
    pub late_since: Option<Moment>,
    pub revision: i64,
    /// Involved now.
    pub departments: Vec<DepartmentId>,
}

impl ListRow {
    /// What [`RANK`] is of it.
    pub fn rank(&self) -> i64 {
        self.late_since.or(self.due_at).map_or(i64::MAX, |at| at.0)
    }
}

/// A page of tickets as they stand now, each with the departments involved.
pub async fn page(
    db: &Database,
    viewer: &Viewer,
    wanted: &Wanted,
    by: By,
    after: Option<&After>,
    limit: u64,
) -> Result<Vec<ListRow>, StoreError> {
    let mut parts = parts::of(viewer, wanted);
    if matches!(by, By::DueAsc | By::DueDesc) {
        parts.retain(Part::is_open);
    }
    let mut query = rows();
    if parts::lie_apart(&parts) {
        // Nothing has to be looked up twice.
        let Some(found) = firsts(&parts, &COLUMNS, wanted, Some((by, after)), limit) else {
            return Ok(Vec::new());
        };
        query.from_subquery(found, "tickets");
    } else {
        let Some(found) = firsts(&parts, &["id"], wanted, Some((by, after)), limit) else {
            return Ok(Vec::new());
        };
        query.from("tickets").and_where(ticket("id").in_subquery(found));
    }
    order(&mut query, by, Source::Tickets, None);
    query.limit(limit);
    let rows = db.readers().query_all_raw(built(db.backend(), &query)).await?;
    rows.iter().map(read).collect()
}

/// How many tickets there are, counted up to `most`.
pub async fn count(db: &Database, viewer: &Viewer, wanted: &Wanted, most: u64) -> Result<u64, StoreError> {
    let Some(found) = firsts(&parts::of(viewer, wanted), &["id"], wanted, None, most) else {
        return Ok(0);
    };
    let query = Query::select()
        .expr(Func::count(Expr::col(("found", "id"))))
        .from_subquery(found, "found")
        .to_owned();
    let row = db.readers().query_one_raw(built(db.backend(), &query)).await?;
    let counted: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0);
    Ok(std::cmp::min(u64::try_from(counted).unwrap_or(0), most))
}

/// The first rows of every part, each at most once; nothing where there is no part.
fn firsts(
    parts: &[Part<'_>],
    columns: &[&'static str],
    wanted: &Wanted,
    ordered: Option<(By, Option<&After>)>,
    limit: u64,
) -> Option<SelectStatement> {
    // Parts that lie apart have nothing in common that must be taken out.
    let kind = if parts::lie_apart(parts) {
        UnionType::All
    } else {
        UnionType::Distinct
    };
    let columns = || columns.iter().map(|column| ("tickets", *column));
    let mut found: Option<SelectStatement> = None;
    for part in parts {
        let mut first = Query::select().columns(columns()).from("tickets").to_owned();
        part.narrow(&mut first);
        first.cond_where(filter(wanted)).limit(limit);
        if let Some(since) = wanted.closed_since.filter(|_| !part.is_open()) {
            first.and_where(Expr::col(part.source().updated_at()).gte(since.0));
        }
        if let Some((by, after)) = ordered {
            order(&mut first, by, part.source(), after);
        }
        // A part that is ordered and cut must stand in brackets of its own: as a table.
        let first = Query::select()
            .columns(columns())
            .from_subquery(first, "tickets")
            .to_owned();
        match &mut found {
            Some(found) => {
                found.union(kind, first);
            }
            None => found = Some(first),
        }
    }
    found
}

/// All that a viewer sees, however much, for queries that ask several times.
pub(super) enum Seen<'a> {
    /// What one part has, read along `tickets`.
    Part(Part<'a>),
    /// What several have, gathered once under the name [`SEEN`].
    Gathered(Box<SelectStatement>),
}

const SEEN: &str = "seen";

impl<'a> Seen<'a> {
    /// Nothing where there is no part to be seen.
    pub fn by(viewer: &'a Viewer, wanted: &Wanted) -> Option<Self> {
        let mut parts = parts::of(viewer, wanted);
        if parts.len() == 1
            && let Some(part) = parts.pop_if(|part| part.source() == Source::Tickets)
        {
            return Some(Self::Part(part));
        }
        let mut found: Option<SelectStatement> = None;
        for part in parts {
            let mut ids = Query::select().expr(ticket("id")).from("tickets").to_owned();
            part.narrow(&mut ids);
            match &mut found {
                Some(found) => {
                    found.union(UnionType::Distinct, ids);
                }
                None => found = Some(ids),
            }
        }
        found.map(|found| Self::Gathered(Box::new(found)))
    }

    /// Narrows a query of tickets, which stands in one that [`Self::gather`] was given.
    pub fn narrow(&self, query: &mut SelectStatement) {
        match self {
            Self::Part(part) => part.narrow(query),
            Self::Gathered(_) => {
                let seen = Query::select().column("id").from(SEEN).to_owned();
                query.and_where(ticket("id").in_subquery(seen));
            }
        }
    }

    /// Puts what is gathered before the outermost query.
    pub fn gather(&self, query: &mut SelectStatement) {
        if let Self::Gathered(found) = self {
            let seen = CommonTableExpression::new()
                .table_name(SEEN)
                .column("id")
                .query(SelectStatement::clone(found))
                .to_owned();
            query.with_cte(seen);
        }
    }
}

/// Tickets that the viewer's departments gave away and that the viewer does not see otherwise, newest number first:
/// `(id, the last event they saw)`.
pub async fn given_away(
    db: &Database,
    viewer: &Viewer,
    number_begins: Option<&str>,
    after: Option<&After>,
    limit: u64,
) -> Result<Vec<(Uuid, String)>, StoreError> {
    let mut query = Query::select()
        .expr(ticket("id"))
        .expr(ticket("number"))
        .from("tickets")
        .cond_where(given_away_by(viewer))
        .limit(limit)
        .to_owned();
    if let Some(begin) = number_begins {
        query.cond_where(begins(begin));
    }
    order(&mut query, By::NumberDesc, Source::Tickets, after);
    let rows = db.readers().query_all_raw(built(db.backend(), &query)).await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}

/// These tickets, in no order. Whether the viewer may see them was asked before.
pub async fn of_ids(db: &Database, ids: &[Uuid]) -> Result<Vec<ListRow>, StoreError> {
    let mut query = rows();
    query.from("tickets").and_where(ticket("id").is_in(ids.iter().copied()));
    let rows = db.readers().query_all_raw(built(db.backend(), &query)).await?;
    rows.iter().map(read).collect()
}

/// What must hold of a ticket beside what its part says already.
pub(super) fn filter(wanted: &Wanted) -> Condition {
    let mut all = Condition::all();
    if let Some(workflow) = &wanted.workflow {
        all = all.add(ticket("workflow").eq(workflow.as_str()));
    }
    if let Some(state) = &wanted.state {
        all = all.add(ticket("state").eq(state.as_str()));
    }
    if let Some(departments) = &wanted.departments {
        all = all.add(visible::involves_now(departments));
    }
    if let Some(late) = wanted.late {
        all = all.add(present("late_since", late));
    }
    if let Some(urgent) = wanted.urgent {
        // Written out, not bound: only so is the index of urgent ones known to hold them all.
        all = all.add(ticket("urgent").eq(Expr::cust(if urgent { "true" } else { "false" })));
    }
    if let Some(assignee) = &wanted.assignee {
        all = all.add(ticket("assignee").eq(assignee.as_str()));
    }
    if let Some(caller) = &wanted.caller {
        all = all.add(ticket("caller").eq(caller.as_str()));
    }
    if let Some(begin) = &wanted.number_begins {
        all = all.add(begins(begin));
    }
    for word in &wanted.words {
        let subject = Expr::from(Func::lower(ticket("subject")));
        all = all.add(subject.like(LikeExpr::new(holds(word)).escape('\\')));
    }
    all
}

/// The pattern of a text that holds this word somewhere; nothing in it stands for anything else.
fn holds(word: &str) -> String {
    let mut pattern = String::from("%");
    for character in word.to_lowercase().chars() {
        if "%_\\".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

fn present(column: &'static str, present: bool) -> Expr {
    if present {
        ticket(column).is_not_null()
    } else {
        ticket(column).is_null()
    }
}

/// Numbers are ASCII: what begins so lies between it and it followed by the last letter.
fn begins(begin: &str) -> Condition {
    Condition::all()
        .add(ticket("number").gte(begin))
        .add(ticket("number").lt(format!("{begin}\u{7f}")))
}

fn order(query: &mut SelectStatement, by: By, source: Source, after: Option<&After>) {
    let direction = match by {
        By::UpdatedDesc | By::NumberDesc | By::DueDesc => Order::Desc,
        By::UpdatedAsc | By::NumberAsc | By::DueAsc => Order::Asc,
    };
    let (place, id) = match by {
        By::UpdatedDesc | By::UpdatedAsc => (Expr::col(source.updated_at()), Some(source.id())),
        // Numbers are unique; times need the id beside them.
        By::NumberDesc | By::NumberAsc => (ticket("number"), None),
        By::DueDesc | By::DueAsc => (Expr::cust(RANK), Some(("tickets", "id"))),
    };
    let end = after.map(|after| match after {
        After::At(at, last) => Expr::tuple([Expr::val(*at), Expr::val(*last)]),
        After::Number(number) => Expr::val(number.as_str()),
    });
    if let Some(end) = end {
        let here = match id {
            Some(id) => Expr::tuple([place.clone(), Expr::col(id)]),
            None => place.clone(),
        };
        let behind = if direction == Order::Desc {
            here.lt(end)
        } else {
            here.gt(end)
        };
        query.and_where(behind);
    }
    query.order_by_expr(place, direction.clone());
    if let Some(id) = id {
        query.order_by(id, direction);
    }
}

/// What is late by when it became so, then what is due, then what no clock runs for. Indexes have the same text.
pub(super) const RANK: &str = "coalesce(tickets.late_since, tickets.due_at, 9223372036854775807)";

fn ticket(column: &'static str) -> Expr {
    Expr::col(("tickets", column))
}

/// Of each ticket.
const COLUMNS: [&str; 16] = [
    "id",
    "number",
    "workflow",
    "definition",
    "state",
    "outcome",
    "subject",
    "urgent",
    "creator",
    "assignee",
    "opened_at",
    "updated_at",
    "closed_at",
    "due_at",
    "late_since",
    "revision",
];

/// Rows of something that is called `tickets`.
pub(super) fn rows() -> SelectStatement {
    Query::select()
        .columns(COLUMNS.map(|column| ("tickets", column)))
        .expr_as(Expr::cust(INVOLVED), "departments")
        .to_owned()
}

/// The departments involved now, by when they came, with commas between them.
const INVOLVED: &str = "(select string_agg(d.department, ',' order by d.since, d.department) from ticket_departments d \
    where d.ticket = tickets.id and d.until is null)";

pub(super) fn read(row: &QueryResult) -> Result<ListRow, StoreError> {
    let departments: Option<String> = row.try_get("", "departments")?;
    Ok(ListRow {
        id: row.try_get("", "id")?,
        number: row.try_get("", "number")?,
        workflow: row.try_get("", "workflow")?,
        definition: row.try_get("", "definition")?,
        state: row.try_get("", "state")?,
        outcome: row.try_get("", "outcome")?,
        subject: row.try_get("", "subject")?,
        urgent: row.try_get("", "urgent")?,
        creator: row.try_get("", "creator")?,
        assignee: row.try_get("", "assignee")?,
        opened_at: Moment(row.try_get("", "opened_at")?),
        updated_at: Moment(row.try_get("", "updated_at")?),
        closed_at: load::moment(row, "closed_at")?,
        due_at: load::moment(row, "due_at")?,
        late_since: load::moment(row, "late_since")?,
        revision: row.try_get("", "revision")?,
        departments: departments
            .iter()
            .flat_map(|all| all.split(','))
            .map(DepartmentId::from)
            .collect(),
    })
}
