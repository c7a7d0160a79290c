//! The daily sheet and the month: a row for each department or kind, each number opens its list; as a table for
//! spreadsheets, and on paper.

mod behind;
mod control;
mod files;
mod line;
mod picture;
mod trend;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::desk::figures::{By, Course, Days, FiguresSheet, SheetAsked};
use crate::web::problem::{Fault, Place, Problem};
use crate::web::state::State;
use crate::workflow::id::{DepartmentId, WorkflowId};

use super::answer::{self, sentence, word};
use super::tickets::{Choice, OFFERED_MAX, escaped};
use super::visitor::Visitor;
use super::words::{Names, text};

pub use behind::page as behind;
pub use files::{csv, xlsx};
use line::{Bar, COLUMNS, Line, Shown, Tile};
use trend::ChartView;

/// What was asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    from: String,
    to: String,
    by: String,
    department: String,
    workflow: String,
    figure: String,
    cursor: String,
    /// The figure that is drawn.
    chart: String,
    /// The row whose list is asked for: a department or a kind, whichever rows stand for.
    row: String,
}

#[derive(Serialize)]
struct ReportView {
    from: String,
    to: String,
    by: &'static str,
    spans: Vec<Tab>,
    rows_by: Vec<Tab>,
    departments: Vec<Choice>,
    kinds: Vec<Choice>,
    filtered: bool,
    /// Whose figures they are, of which days, in which zone.
    about: String,
    running: bool,
    tiles: Vec<Tile>,
    chart: ChartView,
    /// Key of the figure that is drawn.
    drawn: &'static str,
    /// Rows with most of what should not be, of which the first has the most.
    worst: Vec<Bar>,
    worst_most: u64,
    headings: Vec<Heading>,
    lines: Vec<Line>,
    total: Line,
    /// Why the rows do not add up to the total; empty where they do.
    apart: String,
    csv: String,
    xlsx: String,
}

#[derive(Serialize)]
struct Tab {
    path: String,
    title: String,
    current: bool,
}

#[derive(Serialize)]
struct Heading {
    title: String,
    help: String,
}

impl Asked {
    fn days(&self) -> Result<Days, Problem> {
        Ok(Days {
            from: day(&self.from, "from")?,
            to: day(&self.to, "to")?,
        })
    }

    fn by(&self) -> By {
        By::parse(&self.by).unwrap_or(By::Department)
    }

    fn sheet(&self) -> Result<SheetAsked, Problem> {
        Ok(SheetAsked {
            days: self.days()?,
            by: self.by(),
            department: some(&self.department).map(DepartmentId::new),
            workflow: some(&self.workflow).map(WorkflowId::new),
        })
    }

    /// The address of what was asked for, with some of it changed.
    fn path(&self, page: &str, changed: &[(&str, &str)]) -> String {
        let known = [
            ("from", self.from.as_str()),
            ("to", &self.to),
            ("by", &self.by),
            ("department", &self.department),
            ("workflow", &self.workflow),
            ("chart", &self.chart),
        ];
        let kept = known
            .into_iter()
            .filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
        let pairs: Vec<String> = kept
            .chain(changed.iter().copied())
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", escaped(value)))
            .collect();
        format!("{page}?{}", pairs.join("&"))
    }
}

fn some(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.trim().to_owned())
}

fn day(text: &str, name: &str) -> Result<Option<Date>, Problem> {
    let Some(text) = some(text) else {
        return Ok(None);
    };
    let read = if text.len() == 10 { text.parse().ok() } else { None };
    read.map(Some).ok_or_else(|| {
        let fault = Fault::new(Place::Parameter(name.to_owned()), "date").with("value", text);
        Problem::invalid(vec![fault])
    })
}

/// Stretches that people ask for: the text of their title, first and last day.
fn stretches(today: Date) -> [(&'static str, Date, Date); 5] {
    let yesterday = today.checked_sub(1.day()).unwrap_or(today);
    let first = today.first_of_month();
    let before = first.checked_sub(1.day()).unwrap_or(first);
    let week = today.checked_sub(6.days()).unwrap_or(today);
    [
        ("report-today", today, today),
        ("report-yesterday", yesterday, yesterday),
        ("report-week", week, today),
        ("report-month", first, today),
        ("report-last-month", before.first_of_month(), before),
    ]
}

/// `GET /reports`
pub async fn page(state: Data<State>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    let asked = asked.into_inner();
    let sheet = state.desk.figures(&visitor.principal, &asked.sheet()?).await?;
    let course = state.desk.figures_course(&visitor.principal, &asked.sheet()?).await?;
    let view = view(&state, &visitor, &asked, &sheet, &course);
    answer::page(
        &visitor,
        "reports",
        word(&visitor.look, "nav-reports"),
        "reports",
        &view,
    )
}

fn view(state: &State, visitor: &Visitor, asked: &Asked, sheet: &FiguresSheet, course: &Course) -> ReportView {
    let look = &visitor.look;
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language: look.language,
    };
    let by = asked.by();
    let today = visitor.now.timestamp().to_zoned(visitor.zone.clone()).date();
    let (from, to) = (sheet.from.to_string(), sheet.to.to_string());
    let shown = Shown {
        state,
        visitor,
        names: &names,
        asked,
        by,
        running: sheet.total.waiting.is_some(),
    };
    let worst = shown.worst(&sheet.rows);
    let chart = trend::chart(course, &shown);
    let choice = |value: &str, title: String, chosen: &str| Choice {
        chosen: value == chosen,
        value: value.to_owned(),
        title,
    };
    let chosen = some(&asked.department).map(DepartmentId::new);
    let below = chosen.as_ref().map_or(0, |id| directory.subtree(id).len());
    let about = match below {
        0 if sheet.centre => "report-of-centre",
        0 => "report-of-departments",
        1 => "report-of-department",
        _ => "report-of-subtree",
    };
    let chosen = chosen.map(|id| names.department(&id)).unwrap_or_default();
    let days = if from == to {
        from.clone()
    } else {
        sentence(
            look,
            "report-days-span",
            &[("from", from.as_str().into()), ("to", to.as_str().into())],
        )
    };
    let arguments = [
        ("department", chosen.as_str().into()),
        ("days", days.as_str().into()),
        ("zone", sheet.zone.as_str().into()),
    ];
    ReportView {
        about: sentence(look, about, &arguments),
        running: shown.running,
        spans: stretches(today)
            .into_iter()
            .map(|(title, first, last)| Tab {
                path: asked.path("/reports", &[("from", &first.to_string()), ("to", &last.to_string())]),
                title: word(look, title),
                current: (first, last) == (sheet.from, sheet.to),
            })
            .collect(),
        rows_by: [By::Department, By::Workflow]
            .into_iter()
            .map(|other| Tab {
                path: asked.path("/reports", &[("by", other.as_str())]),
                title: word(look, &format!("report-by-{}", other.as_str())),
                current: other == by,
            })
            .collect(),
        departments: directory
            .departments
            .values()
            .take(OFFERED_MAX)
            .map(|known| choice(known.id.as_str(), text(&known.title, look.language), &asked.department))
            .collect(),
        kinds: state
            .desk
            .all_active()
            .iter()
            .map(|known| {
                choice(
                    known.workflow.as_str(),
                    text(&known.title, look.language),
                    &asked.workflow,
                )
            })
            .collect(),
        filtered: !asked.department.is_empty() || !asked.workflow.is_empty(),
        tiles: shown.tiles(&sheet.total, course),
        drawn: chart.key,
        chart,
        worst_most: worst.first().map_or(1, |bar| bar.number),
        worst,
        headings: COLUMNS
            .iter()
            .filter(|column| shown.running || !column.is_now)
            .map(|column| Heading {
                title: word(look, &format!("figure-{}", column.key)),
                help: word(look, &format!("figure-{}-help", column.key)),
            })
            .collect(),
        lines: sheet.rows.iter().map(|row| shown.line(&row.id, &row.tally)).collect(),
        total: shown.total(&sheet.total),
        apart: if sheet.centre && by == By::Department {
            word(look, "report-rows-apart")
        } else {
            String::new()
        },
        csv: asked.path("/reports/sheet.csv", &[]),
        xlsx: asked.path("/reports/sheet.xlsx", &[]),
        by: by.as_str(),
        from,
        to,
    }
}
