//! Who sees which tickets: the start of every query, so that it cannot be forgotten (DESIGN, «People»).
//!
//! The rule stands here twice: [`visible_to`] for queries, [`sees`] for a ticket in memory. A test asks both about the
//! same tickets. Only «the same caller» needs the database.

use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Query};

use crate::workflow::id::{DepartmentId, PersonId};

use super::held::Held;

/// What somebody may see, worked out from their roles before the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    pub person: PersonId,
    /// Managers, auditors: every ticket.
    pub all: bool,
    /// Shift leads, team leaders: every open ticket of the centre.
    pub open: bool,
    /// Chains of owners that lead to this person now: what is theirs to do, callback agents' tickets among them.
    /// Worked out for lists only; one ticket is asked by its own chains ([`sees`]).
    pub chains: Vec<String>,
    /// Liaisons and heads: tickets in which these departments are or were involved, subtrees included.
    pub departments: Vec<DepartmentId>,
    /// A token narrowed to departments: nothing else, whoever holds it.
    pub narrowed: Option<Vec<DepartmentId>>,
}

/// How much of one ticket somebody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sees {
    All,
    /// Up to this event: their department gave the ticket away after it.
    Until(u64),
    Nothing,
}

/// The condition on `tickets` with which every query of tickets begins.
pub fn visible_to(viewer: &Viewer) -> Condition {
    condition(viewer, When::Ever)
}

/// The condition on `events` joined with `tickets`: what a department saw of a ticket it gave away ends with that.
pub fn events_visible_to(viewer: &Viewer) -> Condition {
    condition(viewer, When::AtEvent)
}

/// The condition on `tickets` for lists that show how tickets stand now: not those a department gave away. Asked of
/// each ticket; a list is read part by part instead ([`super::parts`]).
pub fn visible_now_to(viewer: &Viewer) -> Condition {
    condition(viewer, When::Now)
}

/// Tickets that one of the viewer's departments gave away and that the viewer does not see otherwise.
pub fn given_away_by(viewer: &Viewer) -> Condition {
    let departments = viewer.departments.iter().map(DepartmentId::as_str);
    let given = Query::select()
        .expr(Expr::col(("ticket_departments", "ticket")))
        .from("ticket_departments")
        .and_where(Expr::col(("ticket_departments", "department")).is_in(departments))
        .and_where(Expr::col(("ticket_departments", "until")).is_not_null())
        .to_owned();
    Condition::all()
        .add(visible_to(viewer))
        .add(ticket("id").in_subquery(given))
        .add(visible_now_to(viewer).not())
}

/// When a department must be involved.
#[derive(Clone, Copy)]
enum When {
    Ever,
    Now,
    /// At the event of the same row.
    AtEvent,
}

fn condition(viewer: &Viewer, when: When) -> Condition {
    let mut all = Condition::all();
    if let Some(departments) = &viewer.narrowed {
        all = all.add(involves(departments, when));
    }
    if viewer.all {
        return all;
    }
    let person = viewer.person.as_str();
    let mut any = Condition::any()
        .add(is("creator", person))
        .add(is("assignee", person))
        .add(same_caller(person));
    if viewer.open {
        any = any.add(ticket("closed_at").is_null());
    }
    if !viewer.chains.is_empty() {
        any = any.add(owned_by(&viewer.chains));
    }
    if !viewer.departments.is_empty() {
        any = any.add(involves(&viewer.departments, when));
    }
    all.add(any)
}

/// Tickets whose owner is found along one of these chains.
pub fn owned_by(chains: &[String]) -> Expr {
    let owners = Query::select()
        .expr(Expr::val(1))
        .from("owners")
        .and_where(Expr::col(("owners", "ticket")).eq(ticket("id")))
        .and_where(Expr::col(("owners", "chain")).is_in(chains.iter().map(String::as_str)))
        .to_owned();
    Expr::exists(owners)
}

/// Tickets in which one of the departments is involved now.
pub fn involves_now(departments: &[DepartmentId]) -> Expr {
    involves(departments, When::Now)
}

fn involves(departments: &[DepartmentId], when: When) -> Expr {
    let until = || Expr::col(("ticket_departments", "until"));
    let mut involved = Query::select()
        .expr(Expr::val(1))
        .from("ticket_departments")
        .and_where(Expr::col(("ticket_departments", "ticket")).eq(ticket("id")))
        .and_where(Expr::col(("ticket_departments", "department")).is_in(departments.iter().map(DepartmentId::as_str)))
        .to_owned();
    match when {
        When::Ever => {}
        When::Now => {
            involved.and_where(until().is_null());
        }
        When::AtEvent => {
            involved.and_where(until().is_null().or(until().gte(Expr::col(("events", "seq")))));
        }
    }
    Expr::exists(involved)
}

/// Tickets of a caller of whom this person has written one down.
fn same_caller(person: &str) -> Expr {
    let own = Alias::new("own");
    let of_caller = Query::select()
        .expr(Expr::val(1))
        .from_as("tickets", own)
        .and_where(Expr::col(("own", "creator")).eq(person))
        .and_where(Expr::col(("own", "caller")).eq(ticket("caller")))
        .to_owned();
    Expr::exists(of_caller)
}

/// Never unknown, so that the whole condition can also be negated.
fn is(column: &'static str, person: &str) -> Condition {
    Condition::all()
        .add(ticket(column).is_not_null())
        .add(ticket(column).eq(person))
}

fn ticket(column: &'static str) -> Expr {
    Expr::col(("tickets", column))
}

/// The same rule for a ticket in memory, all but «the same caller»; `leads` says whether a chain of owners leads to the
/// viewer now.
pub fn sees(viewer: &Viewer, held: &Held, leads: &dyn Fn(&str) -> bool) -> Sees {
    let ticket = &held.ticket;
    if let Some(departments) = &viewer.narrowed
        && !departments
            .iter()
            .any(|department| ticket.departments.contains_key(department))
    {
        return Sees::Nothing;
    }
    let person = Some(&viewer.person);
    if viewer.all
        || ticket.creator.person() == person
        || ticket.assignee.as_ref() == person
        || (viewer.open && !ticket.is_closed())
        || held.projection.owners.iter().any(|(_, chain)| leads(chain))
    {
        return Sees::All;
    }
    seen_by_departments(viewer, held)
}

/// A department that gave a ticket away keeps what it saw, not what comes later.
fn seen_by_departments(viewer: &Viewer, held: &Held) -> Sees {
    let mut sees = Sees::Nothing;
    for (department, seen) in &held.ticket.departments {
        if !viewer.departments.contains(department) {
            continue;
        }
        match (seen.until, sees) {
            (None, _) => return Sees::All,
            (Some(until), Sees::Until(before)) if until <= before => {}
            (Some(until), _) => sees = Sees::Until(until),
        }
    }
    sees
}
