//! The tickets behind a number of a sheet: each number opens its list.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::store::milestones::{self, End, Reached, Which};
use crate::store::visible::{Sees, Viewer, sees};
use crate::store::{TicketRef, list, tickets};
use crate::ticket::milestone::MilestoneKind;
use crate::workflow::definition::CountsAs;
use crate::workflow::id::{DepartmentId, WorkflowId};
use crate::workflow::moment::Moment;

use super::super::command::Around;
use super::super::list::{Row, cut};
use super::super::{Desk, DeskError, Principal, Problem, Scope};
use super::{Days, Reach, Span, reach};

/// Rows of a page at most.
pub const LIMIT_MAX: u64 = 100;

/// A number of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    Received,
    Signed,
    SignedLate,
    Completed,
    CompletedLate,
    Late,
    Returned,
    Closed,
    ClosedLate,
    Solved,
    Unsolved,
    Satisfied,
    Dissatisfied,
    Reopened,
}

impl Figure {
    pub const ALL: [Self; 14] = [
        Self::Received,
        Self::Signed,
        Self::SignedLate,
        Self::Completed,
        Self::CompletedLate,
        Self::Late,
        Self::Returned,
        Self::Closed,
        Self::ClosedLate,
        Self::Solved,
        Self::Unsolved,
        Self::Satisfied,
        Self::Dissatisfied,
        Self::Reopened,
    ];

    /// The word used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Signed => "signed",
            Self::SignedLate => "signed_late",
            Self::Completed => "completed",
            Self::CompletedLate => "completed_late",
            Self::Late => "late",
            Self::Returned => "returned",
            Self::Closed => "closed",
            Self::ClosedLate => "closed_late",
            Self::Solved => "solved",
            Self::Unsolved => "unsolved",
            Self::Satisfied => "satisfied",
            Self::Dissatisfied => "dissatisfied",
            Self::Reopened => "reopened",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|figure| figure.as_str() == word)
    }

    /// Which milestones it counts, seen by a department or by the centre.
    fn narrow(self, which: &mut Which, of_department: bool) {
        let closing = if of_department {
            MilestoneKind::Shared
        } else {
            MilestoneKind::Closed
        };
        let (kind, in_time) = match self {
            Self::Received if of_department => (MilestoneKind::Assigned, None),
            Self::Received => (MilestoneKind::Received, None),
            Self::Signed => (MilestoneKind::Signed, None),
            Self::SignedLate => (MilestoneKind::Signed, Some(false)),
            Self::Completed => (MilestoneKind::Completed, None),
            Self::CompletedLate => (MilestoneKind::Completed, Some(false)),
            Self::Late => (MilestoneKind::Late, None),
            Self::Returned => (MilestoneKind::Returned, None),
            Self::ClosedLate => (closing, Some(false)),
            Self::Closed | Self::Solved | Self::Unsolved | Self::Satisfied | Self::Dissatisfied => (closing, None),
            Self::Reopened => (MilestoneKind::Reopened, None),
        };
        which.kind = Some(kind);
        which.in_time = in_time;
        if self == Self::Solved || self == Self::Unsolved {
            which.solved = Some(self == Self::Solved);
        }
        if self == Self::Satisfied {
            which.counts_as = Some(CountsAs::Satisfied);
        }
        if self == Self::Dissatisfied {
            which.counts_as = Some(CountsAs::Dissatisfied);
        }
    }
}

/// Behind which number.
#[derive(Clone, Debug)]
pub struct Behind {
    pub days: Days,
    pub figure: Figure,
    /// Of this department and those below it; nothing is the centre's total.
    pub department: Option<DepartmentId>,
    /// Of the department alone, as its row counts it.
    pub own: bool,
    pub workflow: Option<WorkflowId>,
}

/// One that was counted.
#[derive(Clone, Debug, PartialEq)]
pub struct BehindRow {
    pub at: Moment,
    pub department: Option<DepartmentId>,
    pub ticket: Row,
}

/// A page of them, the latest first.
#[derive(Clone, Debug, PartialEq)]
pub struct BehindPage {
    pub rows: Vec<BehindRow>,
    /// Give it back for the next page; `None` at the end.
    pub next: Option<String>,
}

impl Desk {
    /// Needs `reports:read` and `tickets:read`. Only tickets that the reader may see: for a shift lead, who sees no
    /// closed ones, fewer than were counted.
    pub async fn behind(
        &self,
        principal: &Principal,
        asked: &Behind,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<BehindPage, DeskError> {
        principal.needs(Scope::ReadReports)?;
        principal.needs(Scope::ReadTickets)?;
        let limit = limit.clamp(1, LIMIT_MAX);
        let after = cursor.map(read_cursor).transpose()?;
        let around = self.inner.around();
        let viewer = self.inner.viewer_of_lists(principal, &around);
        let mut reach = reach(&viewer, asked.department.as_ref(), &around.directory)?;
        if let (true, Some(row), Reach::Departments(found)) = (asked.own, &asked.department, &mut reach) {
            found.retain(|department| department == row);
        }
        let which = which(asked, &reach, &around)?;
        let found = milestones::page(&self.inner.database, &viewer, &which, after.as_ref(), limit + 1).await?;
        let (found, more) = cut(found, limit);
        let next = found.last().filter(|_| more).map(write_cursor);
        let mut shown = self.as_seen(&viewer, &found).await?;
        let rows = found
            .into_iter()
            .filter_map(|reached| {
                let ticket = shown.get_mut(&reached.ticket)?.clone();
                Some(BehindRow {
                    at: reached.at,
                    department: reached.department,
                    ticket,
                })
            })
            .collect();
        Ok(BehindPage { rows, next })
    }
}

fn which(asked: &Behind, reach: &Reach, around: &Around) -> Result<Which, DeskError> {
    let span = Span::of(asked.days, around)?;
    let mut which = Which {
        from: span.begin,
        to: span.end,
        departments: reach.departments(),
        workflow: asked.workflow.clone(),
        ..Which::default()
    };
    asked.figure.narrow(&mut which, *reach != Reach::Centre);
    Ok(which)
}

impl Desk {
    /// The tickets as the viewer sees them: what a department gave away as it was then.
    async fn as_seen(&self, viewer: &Viewer, found: &[Reached]) -> Result<HashMap<Uuid, Row>, DeskError> {
        let mut ids: Vec<Uuid> = found.iter().map(|reached| reached.ticket).collect();
        ids.sort();
        ids.dedup();
        let mut shown = HashMap::new();
        for row in list::of_ids(self.database(), &ids).await? {
            shown.insert(row.id, Row::of(row));
        }
        if viewer.all {
            return Ok(shown);
        }
        for id in ids {
            let Some(held) = tickets::find_unscoped(self.database(), &TicketRef::Id(id)).await? else {
                continue;
            };
            // The query has found it visible; here only how far.
            if let Sees::Until(until) = sees(viewer, &held, &|_| false) {
                let ticket = self.as_it_was(id, until).await?;
                let definition = self.inner.definition_of(&ticket).await?;
                shown.insert(id, Row::as_it_was(&ticket, &definition));
            }
        }
        Ok(shown)
    }
}

fn write_cursor(last: &Reached) -> String {
    let department = last.department.as_ref().map_or("", DepartmentId::as_str);
    URL_SAFE_NO_PAD.encode(format!(
        "{} {} {} {department}",
        last.at.0,
        last.ticket.simple(),
        last.seq
    ))
}

fn read_cursor(cursor: &str) -> Result<End, DeskError> {
    let read = || -> Option<End> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let mut parts = text.splitn(4, ' ');
        let at = parts.next()?.parse().ok()?;
        let ticket = Uuid::parse_str(parts.next()?).ok()?;
        let seq = parts.next()?.parse().ok()?;
        Some((at, ticket, seq, parts.next()?.to_owned()))
    };
    read().ok_or_else(|| Problem::wrong_cursor().into())
}
