//! The list behind a number of the sheet.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use serde::Serialize;

use crate::desk::figures::{Behind, By, Figure};
use crate::texts::{Arg, say};
use crate::web::console::answer::{self, sentence, word};
use crate::web::console::tickets::RowView;
use crate::web::console::visitor::Visitor;
use crate::web::console::words::{Names, When, text};
use crate::web::problem::{Fault, Place, Problem};
use crate::web::state::State;
use crate::workflow::id::{DepartmentId, WorkflowId};

use super::{Asked, line, some};

/// Rows of a page.
const ROWS: u64 = 50;

#[derive(Serialize)]
struct BehindView {
    heading: String,
    /// Which days, and of whom.
    about: String,
    /// How many were counted, and how many of them one may see, where that is known.
    counted: String,
    help: String,
    /// Nothing is listed because nothing was counted.
    nothing: bool,
    /// Some were counted for a department.
    departments: bool,
    back: String,
    rows: Vec<CountedView>,
    first: Option<String>,
    next: Option<String>,
}

#[derive(Serialize)]
struct CountedView {
    at: When,
    department: String,
    ticket: RowView,
}

/// `GET /reports/tickets`
pub async fn page(state: Data<State>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    let asked = asked.into_inner();
    let figure = Figure::parse(&asked.figure).ok_or_else(|| unknown(&asked.figure))?;
    let behind = behind(&asked, figure)?;
    let cursor = some(&asked.cursor);
    let found = state
        .desk
        .behind(&visitor.principal, &behind, cursor.as_deref(), ROWS)
        .await?;
    let count = count(&state, &visitor, &asked, figure).await?;
    // A list that fits its page says how many may be seen.
    let seen = (cursor.is_none() && found.next.is_none()).then_some(found.rows.len());
    let look = &visitor.look;
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language: look.language,
    };
    let title = word(look, &format!("figure-{}", figure.as_str()));
    let row = asked.row.as_str();
    let here = |cursor: &str| {
        let changed = [("figure", figure.as_str()), ("row", row), ("cursor", cursor)];
        asked.path("/reports/tickets", &changed)
    };
    let view = BehindView {
        heading: sentence(look, "report-behind", &[("figure", title.as_str().into())]),
        about: about(&asked, &behind, &names, &state, &visitor),
        counted: counted(count, seen, &visitor),
        nothing: count == 0,
        departments: found.rows.iter().any(|row| row.department.is_some()),
        help: word(look, "report-behind-help"),
        back: asked.path("/reports", &[]),
        first: cursor.as_ref().map(|_| here("")),
        next: found.next.as_deref().map(here),
        rows: found
            .rows
            .into_iter()
            .map(|row| CountedView {
                at: When::new(row.at, visitor.now, &visitor.zone),
                department: row
                    .department
                    .as_ref()
                    .map(|id| names.department(id))
                    .unwrap_or_default(),
                ticket: RowView::of(row.ticket, &state, &names, &visitor),
            })
            .collect(),
    };
    answer::page(&visitor, "reports", view.heading.clone(), "report_tickets", &view)
}

/// Behind which number: of a row, or of the total.
fn behind(asked: &Asked, figure: Figure) -> Result<Behind, Problem> {
    let (row, by) = (some(&asked.row), asked.by());
    let of_department = row.clone().filter(|_| by == By::Department);
    let of_kind = row.filter(|_| by == By::Workflow);
    Ok(Behind {
        days: asked.days()?,
        figure,
        own: of_department.is_some(),
        department: of_department.or_else(|| some(&asked.department)).map(DepartmentId::new),
        workflow: of_kind.or_else(|| some(&asked.workflow)).map(WorkflowId::new),
    })
}

/// The number itself.
async fn count(state: &State, visitor: &Visitor, asked: &Asked, figure: Figure) -> Result<u64, Problem> {
    let sheet = state.desk.figures(&visitor.principal, &asked.sheet()?).await?;
    let tally = match some(&asked.row) {
        Some(id) => sheet.rows.into_iter().find(|row| row.id == id).map(|row| row.tally),
        None => Some(sheet.total),
    };
    Ok(tally.map_or(0, |tally| line::counted(figure, &tally)))
}

/// «57, of which you may see 27».
fn counted(count: u64, seen: Option<usize>, visitor: &Visitor) -> String {
    let seen = seen
        .and_then(|seen| u64::try_from(seen).ok())
        .filter(|seen| *seen < count);
    let facts = [
        ("count", Arg::from(count.to_string())),
        ("seen", Arg::from(seen.unwrap_or(count).to_string())),
    ];
    let key = match seen {
        Some(_) => "report-behind-seen",
        None => "report-behind-counted",
    };
    say(visitor.look.language, key, &facts)
}

/// The days, and the department and the kind where only theirs were asked for.
fn about(asked: &Asked, behind: &Behind, names: &Names<'_>, state: &State, visitor: &Visitor) -> String {
    let today = visitor
        .now
        .timestamp()
        .to_zoned(visitor.zone.clone())
        .date()
        .to_string();
    let from = some(&asked.from).or_else(|| some(&asked.to)).unwrap_or(today);
    let to = some(&asked.to).unwrap_or_else(|| from.clone());
    let mut words = vec![if from == to { from } else { format!("{from} – {to}") }];
    words.extend(behind.department.as_ref().map(|id| names.department(id)));
    let kind = behind.workflow.as_ref().and_then(|id| state.desk.active(id));
    words.extend(kind.map(|kind| text(&kind.title, visitor.look.language)));
    words.join(" · ")
}

fn unknown(figure: &str) -> Problem {
    let known: Vec<&str> = Figure::ALL.iter().map(|figure| figure.as_str()).collect();
    let fault = Fault::new(Place::Parameter("figure".to_owned()), "word")
        .with("value", figure.to_owned())
        .with("accepted", known.join(", "));
    Problem::invalid(vec![fault])
}
