//! The daily sheet and the month (R34): how many were received, signed for in time, completed in time, solved …
//!
//! A sheet counts milestones, which were written with their events; what is over never changes. «Waiting» and
//! «overdue» are how it stands now, and are there only when the time asked for has not ended.
//! Managers, auditors and shift leads see the centre; heads and liaisons their departments.

mod behind;
mod course;
mod missed;
mod tally;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::store::milestones::{self, Which, Whose};
use crate::store::visible::Viewer;
use crate::ticket::milestone::MilestoneKind;
use crate::workflow::directory::Directory;
use crate::workflow::id::{DepartmentId, WorkflowId};
use crate::workflow::moment::Moment;

use super::command::Around;
use super::{Desk, DeskError, Inner, NotAllowed, Principal, Problem, Scope};

pub use behind::{Behind, BehindPage, BehindRow, Figure};
pub use course::{Course, Point};
pub use tally::Tally;

/// Days of a sheet at most.
pub const DAYS_MAX: i32 = 366;

/// What the rows of a sheet stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Department,
    /// 类别: complaint, help …
    Workflow,
}

impl By {
    /// The word used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::Workflow => "workflow",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::Department, Self::Workflow]
            .into_iter()
            .find(|by| by.as_str() == word)
    }
}

/// Which days: whole ones, the last included; nothing said is today.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    pub from: Option<Date>,
    pub to: Option<Date>,
}

/// Which sheet.
#[derive(Clone, Debug)]
pub struct SheetAsked {
    pub days: Days,
    pub by: By,
    /// Of this department and those below it.
    pub department: Option<DepartmentId>,
    pub workflow: Option<WorkflowId>,
}

/// A row: a department, a kind of ticket, or what no department was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    /// Id of the department or the workflow.
    pub id: String,
    pub tally: Tally,
}

/// A sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiguresSheet {
    pub from: Date,
    pub to: Date,
    /// Name of the zone in which days begin and end.
    pub zone: String,
    /// The whole centre, or the reader's departments only.
    pub centre: bool,
    pub rows: Vec<SheetRow>,
    /// Of the centre each ticket once, however many departments had a part in it.
    pub total: Tally,
}

/// Whose figures somebody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Reach {
    Centre,
    Departments(Vec<DepartmentId>),
}

impl Desk {
    /// Needs `reports:read`.
    pub async fn figures(&self, principal: &Principal, asked: &SheetAsked) -> Result<FiguresSheet, DeskError> {
        principal.needs(Scope::ReadReports)?;
        let around = self.inner.around();
        let viewer = Inner::viewer(principal, &around);
        let reach = reach(&viewer, asked.department.as_ref(), &around.directory)?;
        let span = Span::of(asked.days, &around)?;
        let centre = reach == Reach::Centre;
        let which = Which {
            from: span.begin,
            to: span.end,
            departments: reach.departments(),
            workflow: asked.workflow.clone(),
            ..Which::default()
        };
        let alike = milestones::count(&self.inner.database, &which).await?;
        let standing = if span.is_running(around.now) {
            Some(self.standing(&reach, asked).await?)
        } else {
            None
        };
        let (rows, total) = tally::tally(&alike, standing.as_ref(), asked.by, centre);
        Ok(FiguresSheet {
            from: span.from,
            to: span.to,
            zone: span.zone.iana_name().unwrap_or("UTC").to_owned(),
            centre,
            rows,
            total,
        })
    }

    /// Needs `reports:read`. What came in and what was completed today, of every kind of ticket or one, and nothing
    /// else: what a page may show that is looked at all day.
    pub async fn today(&self, principal: &Principal, workflow: Option<WorkflowId>) -> Result<Tally, DeskError> {
        principal.needs(Scope::ReadReports)?;
        let around = self.inner.around();
        let viewer = Inner::viewer(principal, &around);
        let reach = reach(&viewer, None, &around.directory)?;
        let span = Span::of(Days::default(), &around)?;
        let which = Which {
            from: span.begin,
            to: span.end,
            departments: reach.departments(),
            workflow,
            ..Which::default()
        };
        let centre = reach == Reach::Centre;
        let received = if centre {
            MilestoneKind::Received
        } else {
            MilestoneKind::Assigned
        };
        let mut total = Tally::default();
        for kind in [received, MilestoneKind::Completed] {
            let which = Which {
                kind: Some(kind),
                ..which.clone()
            };
            for (in_time, count) in milestones::in_time(&self.inner.database, &which).await? {
                if kind == received {
                    total.received = total.received.saturating_add(count);
                    continue;
                }
                total.completed = total.completed.saturating_add(count);
                if in_time.is_some() {
                    total.completed_judged = total.completed_judged.saturating_add(count);
                }
                if in_time == Some(true) {
                    total.completed_in_time = total.completed_in_time.saturating_add(count);
                }
            }
        }
        Ok(total)
    }

    async fn standing(&self, reach: &Reach, asked: &SheetAsked) -> Result<tally::StandingNow, DeskError> {
        let (whose, and_centre) = match (reach, asked.by) {
            (Reach::Departments(departments), _) => (Whose::Departments(departments), false),
            (Reach::Centre, By::Department) => (Whose::EachDepartment, true),
            (Reach::Centre, By::Workflow) => (Whose::Centre, false),
        };
        let database = &self.inner.database;
        let of_rows = milestones::standing(database, whose).await?;
        let of_centre = if and_centre {
            Some(milestones::standing(database, Whose::Centre).await?)
        } else {
            None
        };
        let wanted =
            |standing: &milestones::Standing| asked.workflow.as_ref().is_none_or(|id| *id == standing.workflow);
        Ok(tally::StandingNow {
            of_rows: of_rows.into_iter().filter(wanted).collect(),
            of_centre: of_centre.map(|all| all.into_iter().filter(wanted).collect()),
        })
    }
}

impl Reach {
    fn departments(&self) -> Option<Vec<DepartmentId>> {
        match self {
            Self::Centre => None,
            Self::Departments(departments) => Some(departments.clone()),
        }
    }
}

/// Days as moments.
struct Span {
    from: Date,
    to: Date,
    zone: TimeZone,
    begin: Moment,
    end: Moment,
}

impl Span {
    /// Days begin and end in the zone of the house's calendar.
    fn of(days: Days, around: &Around) -> Result<Self, DeskError> {
        let zone = around
            .directory
            .calendar(None)
            .map_or(TimeZone::UTC, |calendar| calendar.zone.clone());
        let today = around.now.timestamp().to_zoned(zone.clone()).date();
        let to = days
            .to
            .unwrap_or_else(|| days.from.map_or(today, |from| from.max(today)));
        let from = days.from.unwrap_or(to);
        let length = from.until(to).map_or(i32::MAX, |span| span.get_days());
        if length < 0 {
            return Err(Problem::new(
                "to",
                "span",
                "结束日期早于开始日期：请让“to”不早于“from”",
                "The last day is before the first: let “to” be no earlier than “from”",
            )
            .into());
        }
        if length >= DAYS_MAX {
            return Err(Problem::new(
                "to",
                "span",
                format!("一次最多统计 {DAYS_MAX} 天：请缩短时间范围"),
                format!("At most {DAYS_MAX} days at a time: ask for fewer"),
            )
            .into());
        }
        let begin = |date: Date| {
            date.to_zoned(zone.clone())
                .ok()
                .map(|at| Moment::from_timestamp(at.timestamp()))
        };
        let ends = to.tomorrow().ok().and_then(begin);
        let (Some(begin), Some(end)) = (begin(from), ends) else {
            return Err(Problem::new(
                "from",
                "span",
                "这个日期超出日历范围",
                "This date lies beyond the calendar",
            )
            .into());
        };
        Ok(Self {
            from,
            to,
            zone,
            begin,
            end,
        })
    }

    /// It has not ended yet.
    fn is_running(&self, now: Moment) -> bool {
        self.begin <= now && now < self.end
    }
}

/// Whose figures this person may see, narrowed to the department asked for.
fn reach(viewer: &Viewer, asked: Option<&DepartmentId>, directory: &Directory) -> Result<Reach, DeskError> {
    let mut reach = match (&viewer.narrowed, viewer.all || viewer.open) {
        (None, true) => Reach::Centre,
        (Some(narrowed), true) => Reach::Departments(narrowed.clone()),
        (None, false) => Reach::Departments(viewer.departments.clone()),
        (Some(narrowed), false) => Reach::Departments(common(&viewer.departments, narrowed)),
    };
    if reach == Reach::Departments(Vec::new()) {
        return Err(DeskError::NotAllowed {
            why: NotAllowed::Figures,
        });
    }
    if let Some(asked) = asked {
        let below = directory.subtree(asked);
        let found = match &reach {
            Reach::Centre => below,
            Reach::Departments(departments) => common(departments, &below),
        };
        if found.is_empty() {
            return Err(DeskError::not_found("department"));
        }
        reach = Reach::Departments(found);
    }
    Ok(reach)
}

fn common(some: &[DepartmentId], others: &[DepartmentId]) -> Vec<DepartmentId> {
    some.iter().filter(|id| others.contains(id)).cloned().collect()
}
