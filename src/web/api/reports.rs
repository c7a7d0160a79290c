//! The daily sheet and the month, how their figures ran, and the tickets behind each number.

use actix_web::HttpResponse;
use actix_web::web::Data;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::figures::{
    Behind, BehindRow, By, Course, Days, Figure, FiguresSheet, Point, SheetAsked, SheetRow, Tally,
};
use crate::web::auth::{Allowed, ReadReports};
use crate::web::problem::Problem;
use crate::web::query::Query;
use crate::web::show::Time;
use crate::web::state::State;
use crate::workflow::id::{DepartmentId, WorkflowId};
use crate::{query, words};

use super::tickets::TicketRow;

words!(By {
    "department" => By::Department,
    "workflow" => By::Workflow,
});

words!(Figure {
    "received" => Figure::Received,
    "signed" => Figure::Signed,
    "signed_late" => Figure::SignedLate,
    "completed" => Figure::Completed,
    "completed_late" => Figure::CompletedLate,
    "late" => Figure::Late,
    "returned" => Figure::Returned,
    "closed" => Figure::Closed,
    "closed_late" => Figure::ClosedLate,
    "solved" => Figure::Solved,
    "unsolved" => Figure::Unsolved,
    "satisfied" => Figure::Satisfied,
    "dissatisfied" => Figure::Dissatisfied,
    "reopened" => Figure::Reopened,
});

query! {
    /// Which sheet.
    pub struct SheetQuery {
        /// First day, in the zone of the house's calendar (today).
        #[param(value_type = Option<String>, format = Date)]
        from: Option<Date>,
        /// Last day, included (the first day, or today when that is later).
        #[param(value_type = Option<String>, format = Date)]
        to: Option<Date>,
        /// What the rows stand for: `department` (when nothing is said) or `workflow`.
        #[param(value_type = Option<String>)]
        by: Option<By>,
        /// Of this department and those below it.
        department: Option<DepartmentId>,
        workflow: Option<WorkflowId>,
    }

    /// The course of which sheet.
    pub struct CourseQuery {
        /// First day, as in the sheet.
        #[param(value_type = Option<String>, format = Date)]
        from: Option<Date>,
        /// Last day, included.
        #[param(value_type = Option<String>, format = Date)]
        to: Option<Date>,
        /// Of this department and those below it.
        department: Option<DepartmentId>,
        workflow: Option<WorkflowId>,
    }

    /// Behind which number.
    pub struct BehindQuery {
        /// First day, as in the sheet.
        #[param(value_type = Option<String>, format = Date)]
        from: Option<Date>,
        /// Last day, included.
        #[param(value_type = Option<String>, format = Date)]
        to: Option<Date>,
        /// The number: `received`, `signed`, `signed_late`, `completed`, `completed_late`, `late`, `returned`, `closed`,
        /// `closed_late`, `solved`, `unsolved`, `satisfied`, `dissatisfied`, `reopened`.
        #[param(value_type = String)]
        figure: Figure,
        /// Of this department and those below it; nothing is the centre's total.
        department: Option<DepartmentId>,
        /// Of the department alone, as its row of the sheet counts it.
        own: Option<bool>,
        workflow: Option<WorkflowId>,
        /// `next` of the page before.
        cursor: Option<String>,
        /// Rows of a page (50, at most 100).
        limit: Option<u32>,
    }
}

/// A daily sheet, or that of a month.
#[derive(Serialize, ToSchema)]
pub struct SheetOut {
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// The zone in which days begin and end.
    zone: String,
    /// The whole centre, or your departments only.
    centre: bool,
    rows: Vec<SheetLine>,
    /// Of the centre each ticket once, however many departments had a part in it.
    total: TallyOut,
}

/// The figures of a department or a kind.
#[derive(Serialize, ToSchema)]
pub struct SheetLine {
    /// Of the department, or of the workflow.
    id: String,
    #[serde(flatten)]
    tally: TallyOut,
}

/// What was done in time.
#[derive(Serialize, ToSchema)]
pub struct Share {
    /// All of them.
    count: u64,
    /// Of those that had a clock.
    judged: u64,
    in_time: u64,
}

/// Figures.
#[derive(Serialize, ToSchema)]
pub struct TallyOut {
    /// Tickets that were opened; of a department those it was assigned.
    received: u64,
    signed: Share,
    completed: Share,
    closed: Share,
    /// Clocks that came due.
    late: u64,
    /// Returns that were granted.
    returned: u64,
    reopened: u64,
    /// Callers who said at the callback that it is solved, of those who were asked.
    solved: u64,
    asked_solved: u64,
    /// Closings whose outcome counts as satisfied, and as dissatisfied.
    satisfied: u64,
    dissatisfied: u64,
    /// Open at this moment; null for days that are over.
    waiting: Option<u64>,
    /// Of those, with a late clock.
    overdue: Option<u64>,
}

/// How the figures of a sheet ran.
#[derive(Serialize, ToSchema)]
pub struct CourseOut {
    /// Days, or whole weeks where the sheet is longer than 62 days, the earliest first; the last ends with the sheet. A
    /// sheet shorter than 14 days shows the 30 days up to its end. At most 62 points.
    points: Vec<CoursePoint>,
    before: CourseBefore,
}

/// A day, or a week.
#[derive(Serialize, ToSchema)]
pub struct CoursePoint {
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The last day, included.
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// It has not ended: its figures still grow.
    running: bool,
    #[serde(flatten)]
    tally: TallyOut,
}

/// As many days just before the sheet; no further into the last of them than the sheet has come, where it still runs.
#[derive(Serialize, ToSchema)]
pub struct CourseBefore {
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[schema(value_type = String, format = Date)]
    to: Date,
    #[serde(flatten)]
    tally: TallyOut,
}

/// A page of what was counted, the latest first.
#[derive(Serialize, ToSchema)]
pub struct CountedPage {
    items: Vec<Counted>,
    /// Send it back as `cursor` for the next page; null at the end.
    next: Option<String>,
}

/// One that was counted.
#[derive(Serialize, ToSchema)]
pub struct Counted {
    /// When it happened.
    at: Time,
    department: Option<DepartmentId>,
    ticket: TicketRow,
}

impl From<Tally> for TallyOut {
    fn from(tally: Tally) -> Self {
        let share = |count, judged, in_time| Share { count, judged, in_time };
        Self {
            received: tally.received,
            signed: share(tally.signed, tally.signed_judged, tally.signed_in_time),
            completed: share(tally.completed, tally.completed_judged, tally.completed_in_time),
            closed: share(tally.closed, tally.closed_judged, tally.closed_in_time),
            late: tally.late,
            returned: tally.returned,
            reopened: tally.reopened,
            solved: tally.solved,
            asked_solved: tally.asked_solved,
            satisfied: tally.satisfied,
            dissatisfied: tally.dissatisfied,
            waiting: tally.waiting,
            overdue: tally.overdue,
        }
    }
}

impl From<SheetRow> for SheetLine {
    fn from(row: SheetRow) -> Self {
        Self {
            id: row.id,
            tally: row.tally.into(),
        }
    }
}

impl From<FiguresSheet> for SheetOut {
    fn from(sheet: FiguresSheet) -> Self {
        Self {
            from: sheet.from,
            to: sheet.to,
            zone: sheet.zone,
            centre: sheet.centre,
            rows: sheet.rows.into_iter().map(SheetLine::from).collect(),
            total: sheet.total.into(),
        }
    }
}

impl From<Point> for CoursePoint {
    fn from(point: Point) -> Self {
        Self {
            from: point.from,
            to: point.to,
            running: point.running,
            tally: point.tally.into(),
        }
    }
}

impl From<Course> for CourseOut {
    fn from(course: Course) -> Self {
        Self {
            points: course.points.into_iter().map(CoursePoint::from).collect(),
            before: CourseBefore {
                from: course.before_from,
                to: course.before_to,
                tally: course.before.into(),
            },
        }
    }
}

impl From<BehindRow> for Counted {
    fn from(row: BehindRow) -> Self {
        Self {
            at: Time(row.at),
            department: row.department,
            ticket: row.ticket.into(),
        }
    }
}

/// What was received, signed for, completed, closed on these days: of the centre for managers, auditors and shift
/// leads, else of your departments.
#[utoipa::path(get, path = "/api/v1/reports/sheet", tag = "reports", params(SheetQuery),
    security(("token" = ["reports:read"])), responses((status = 200, body = SheetOut)))]
pub async fn sheet(
    state: Data<State>,
    who: Allowed<ReadReports>,
    query: Query<SheetQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let asked = SheetAsked {
        days: Days {
            from: query.from,
            to: query.to,
        },
        by: query.by.unwrap_or(By::Department),
        department: query.department,
        workflow: query.workflow,
    };
    let sheet = state.desk.figures(&who.principal, &asked).await?;
    Ok(HttpResponse::Ok().json(SheetOut::from(sheet)))
}

/// How the figures of a sheet ran, day by day, and what they were in the time before it; for whom and of whom the sheet is.
#[utoipa::path(get, path = "/api/v1/reports/course", tag = "reports", params(CourseQuery),
    security(("token" = ["reports:read"])), responses((status = 200, body = CourseOut)))]
pub async fn course(
    state: Data<State>,
    who: Allowed<ReadReports>,
    query: Query<CourseQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let asked = SheetAsked {
        days: Days {
            from: query.from,
            to: query.to,
        },
        // A course has no rows.
        by: By::Workflow,
        department: query.department,
        workflow: query.workflow,
    };
    let course = state.desk.figures_course(&who.principal, &asked).await?;
    Ok(HttpResponse::Ok().json(CourseOut::from(course)))
}

/// The tickets behind a number of a sheet, those of them that you may see.
#[utoipa::path(get, path = "/api/v1/reports/tickets", tag = "reports", params(BehindQuery),
    security(("token" = ["reports:read", "tickets:read"])), responses((status = 200, body = CountedPage)))]
pub async fn tickets(
    state: Data<State>,
    who: Allowed<ReadReports>,
    query: Query<BehindQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let asked = Behind {
        days: Days {
            from: query.from,
            to: query.to,
        },
        figure: query.figure,
        department: query.department,
        own: query.own.unwrap_or(false),
        workflow: query.workflow,
    };
    let limit = super::limit(query.limit, &state)?;
    let page = state
        .desk
        .behind(&who.principal, &asked, query.cursor.as_deref(), limit)
        .await?;
    Ok(HttpResponse::Ok().json(CountedPage {
        items: page.rows.into_iter().map(Counted::from).collect(),
        next: page.next,
    }))
}
