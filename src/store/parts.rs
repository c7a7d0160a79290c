//! The parts of which a list is put together: what somebody sees, each part with an index in the order of the list.
//!
//! A page takes the first rows of every part and the first of those. It costs what is on it, not what there is: closed
//! tickets lie in parts of their own and are passed by where nobody asks for them.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use crate::workflow::id::DepartmentId;

use super::list::Wanted;
use super::visible::{Viewer, involves_now, visible_now_to};

/// One part of a list.
#[derive(Debug)]
pub(super) struct Part<'a> {
    viewer: &'a Viewer,
    whose: Whose<'a>,
    open: bool,
}

/// Whose tickets a part has.
#[derive(Clone, Copy, Debug)]
enum Whose<'a> {
    Everybodys,
    CreatedByMe,
    AssignedToMe,
    /// Owned along one of the chains that lead to me.
    Chain(&'a str),
    /// The same for many chains at once, gathered whole: open tickets, never closed ones.
    Chains,
    Department(&'a DepartmentId),
    /// The same for many departments at once: open tickets gathered whole, of closed ones each is asked.
    Departments(&'a [DepartmentId]),
    /// Each ticket is asked whether the viewer sees it; only for what other filters make few.
    Visible,
}

/// The table along whose index a part is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Tickets,
    Departments,
    Owners,
}

/// Chains that are parts of their own; more are gathered.
const CHAINS_MAX: usize = 48;
/// Departments that are parts of their own. With chains, and for open and closed tickets, they stay below the 500 questions
/// that SQLite joins to one.
const DEPARTMENTS_MAX: usize = 100;

impl Source {
    pub fn updated_at(self) -> (&'static str, &'static str) {
        match self {
            Self::Tickets => ("tickets", "updated_at"),
            Self::Departments => ("ticket_departments", "updated_at"),
            Self::Owners => ("owners", "updated_at"),
        }
    }

    pub fn id(self) -> (&'static str, &'static str) {
        match self {
            Self::Tickets => ("tickets", "id"),
            Self::Departments => ("ticket_departments", "ticket"),
            Self::Owners => ("owners", "ticket"),
        }
    }
}

/// The parts of a list.
pub(super) fn of<'a>(viewer: &'a Viewer, wanted: &Wanted) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    for open in [true, false] {
        if wanted.open.unwrap_or(open) != open {
            continue;
        }
        for whose in whose(viewer, wanted, open) {
            parts.push(Part { viewer, whose, open });
        }
    }
    parts
}

/// Whether no ticket can be in two of these parts, and each is read along `tickets`: what is open and what is closed.
pub(super) fn lie_apart(parts: &[Part<'_>]) -> bool {
    let alone = |part: &Part<'_>| parts.iter().filter(|other| other.open == part.open).count() == 1;
    parts.iter().all(|part| part.source() == Source::Tickets && alone(part))
}

fn whose<'a>(viewer: &'a Viewer, wanted: &Wanted, open: bool) -> Vec<Whose<'a>> {
    if wanted.mine {
        // What is mine to do is mine to see.
        return owned(viewer, open);
    }
    if viewer.all || (viewer.open && open) {
        return vec![Whose::Everybodys];
    }
    if wanted.number_begins.is_some() {
        return vec![Whose::Visible];
    }
    let mut parts = vec![Whose::CreatedByMe, Whose::AssignedToMe];
    parts.extend(owned(viewer, open));
    if viewer.departments.len() > DEPARTMENTS_MAX {
        parts.push(Whose::Departments(&viewer.departments));
    } else {
        parts.extend(viewer.departments.iter().map(Whose::Department));
    }
    parts
}

/// What is somebody's to do is open.
fn owned(viewer: &Viewer, open: bool) -> Vec<Whose<'_>> {
    match viewer.chains.len() {
        _ if !open => Vec::new(),
        0..=CHAINS_MAX => viewer.chains.iter().map(|chain| Whose::Chain(chain)).collect(),
        _ => vec![Whose::Chains],
    }
}

impl Part<'_> {
    pub fn is_open(&self) -> bool {
        self.open
    }

    pub fn source(&self) -> Source {
        match self.whose {
            Whose::Department(_) => Source::Departments,
            Whose::Chain(_) => Source::Owners,
            Whose::Everybodys
            | Whose::CreatedByMe
            | Whose::AssignedToMe
            | Whose::Chains
            | Whose::Departments(_)
            | Whose::Visible => Source::Tickets,
        }
    }

    /// Narrows a query of tickets to this part.
    pub fn narrow(&self, query: &mut SelectStatement) {
        let person = self.viewer.person.as_str();
        match self.whose {
            Whose::Everybodys => {}
            Whose::CreatedByMe => {
                query.and_where(Expr::col(("tickets", "creator")).eq(person));
            }
            Whose::AssignedToMe => {
                query.and_where(Expr::col(("tickets", "assignee")).eq(person));
            }
            Whose::Chain(chain) => {
                let of = |column: &'static str| Expr::col(("owners", column));
                query
                    .inner_join("owners", of("ticket").eq(Expr::col(("tickets", "id"))))
                    .and_where(of("chain").eq(chain));
            }
            Whose::Chains => {
                let chains = self.viewer.chains.iter().map(String::as_str);
                let owned = Query::select()
                    .expr(Expr::col(("owners", "ticket")))
                    .from("owners")
                    .and_where(Expr::col(("owners", "chain")).is_in(chains))
                    .to_owned();
                query.and_where(Expr::col(("tickets", "id")).in_subquery(owned));
            }
            Whose::Department(department) => {
                let of = |column: &'static str| Expr::col(("ticket_departments", column));
                query
                    .inner_join("ticket_departments", of("ticket").eq(Expr::col(("tickets", "id"))))
                    .and_where(of("department").eq(department.as_str()))
                    .and_where(of("until").is_null())
                    .and_where(of("open").eq(self.open));
            }
            Whose::Departments(departments) if self.open => {
                let of = |column: &'static str| Expr::col(("ticket_departments", column));
                let involved = Query::select()
                    .expr(of("ticket"))
                    .from("ticket_departments")
                    .and_where(of("department").is_in(departments.iter().map(DepartmentId::as_str)))
                    .and_where(of("until").is_null())
                    .and_where(of("open").eq(true))
                    .to_owned();
                query.and_where(Expr::col(("tickets", "id")).in_subquery(involved));
            }
            Whose::Departments(departments) => {
                query.and_where(involves_now(departments));
            }
            Whose::Visible => {
                query.cond_where(visible_now_to(self.viewer));
            }
        }
        let closed_at = Expr::col(("tickets", "closed_at"));
        query.and_where(if self.open {
            closed_at.is_null()
        } else {
            closed_at.is_not_null()
        });
        if let Some(departments) = &self.viewer.narrowed {
            query.and_where(involves_now(departments));
        }
    }
}
