//! Lists of tickets: what waits for me, what is open, late, urgent; by kind, department, number; page by page.

use std::fmt::Write as _;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};

use crate::desk::list::{Filter, Row, Sort};
use crate::texts::{Language, say};
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::id::{DepartmentId, StateId, WorkflowId};
use crate::workflow::moment::HOUR;

use super::answer::{self, word};
use super::visitor::Visitor;
use super::words::{Chip, Names, When, text};

/// What to list, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    view: String,
    workflow: String,
    state: String,
    department: String,
    number: String,
    sort: String,
    cursor: String,
}

/// Views everybody has: their word, and the order that makes sense there. Titles are `view-WORD`.
const VIEWS: &[(&str, Sort)] = &[
    ("mine", Sort::Due),
    ("open", Sort::Updated),
    ("late", Sort::Due),
    ("urgent", Sort::Updated),
    ("closed", Sort::Updated),
    ("all", Sort::Number),
    ("given_away", Sort::Number),
];

/// Departments that are offered in the filter at most; more are found by typing.
pub const OFFERED_MAX: usize = 2_000;
/// Rows of a page.
const ROWS: u64 = 50;

#[derive(Serialize)]
struct ListView {
    view: &'static str,
    /// This list, to be asked for again.
    path: String,
    tabs: Vec<Tab>,
    kinds: Vec<Choice>,
    departments: Vec<Choice>,
    number: String,
    sort: &'static str,
    sorts: Vec<Choice>,
    filtered: bool,
    rows: Vec<RowView>,
    first: Option<String>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Tab {
    path: String,
    title: String,
    current: bool,
}

/// An option of a filter.
#[derive(Serialize)]
pub struct Choice {
    pub value: String,
    pub title: String,
    pub chosen: bool,
}

/// A row as it is shown.
#[derive(Serialize)]
pub struct RowView {
    pub number: String,
    pub kind: String,
    pub kind_title: String,
    pub subject: String,
    pub urgent: bool,
    pub state: String,
    pub departments: String,
    pub assignee: String,
    pub chip: Option<Chip>,
    pub updated: When,
}

impl RowView {
    pub fn of(row: Row, state: &State, names: &Names<'_>, visitor: &Visitor) -> Self {
        let language = visitor.look.language;
        let definition = state.desk.active(&row.workflow);
        let titled = definition.as_ref().and_then(|known| known.states.get(&row.state));
        let departments: Vec<String> = row.departments.iter().map(|id| names.department(id)).collect();
        let chip = match (row.closed_at, row.late_since, row.due_at) {
            (Some(_), _, _) | (None, None, None) => None,
            (None, Some(late), _) => Some(Chip::counting(late, HOUR, visitor)),
            (None, None, Some(due)) => Some(Chip::counting(due, due.since(row.opened_at), visitor)),
        };
        Self {
            kind_title: definition
                .as_ref()
                .map_or_else(|| row.workflow.to_string(), |known| text(&known.title, language)),
            state: match &row.outcome {
                Some(_) => say(language, "state-closed", &[]),
                None => titled.map_or_else(|| row.state.to_string(), |known| text(&known.title, language)),
            },
            departments: departments.join(say(language, "list-comma", &[]).as_str()),
            assignee: row
                .assignee
                .as_ref()
                .map(|person| names.person(person))
                .unwrap_or_default(),
            chip,
            updated: When::new(row.updated_at, visitor.now, &visitor.zone),
            kind: row.workflow.to_string(),
            number: row.number,
            subject: subject(&row.subject, language),
            urgent: row.urgent,
        }
    }
}

/// What a ticket is about; a draft may not say it yet.
pub fn subject(subject: &str, language: Language) -> String {
    if subject.chars().any(char::is_alphanumeric) {
        subject.to_owned()
    } else {
        say(language, "subject-none", &[])
    }
}

impl Asked {
    fn view(&self) -> (&'static str, Sort) {
        let found = VIEWS.iter().find(|(word, _)| *word == self.view);
        found.copied().unwrap_or(("open", Sort::Updated))
    }

    fn filter(&self, view: &str) -> Filter {
        let some = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        Filter {
            workflow: some(&self.workflow).map(WorkflowId::new),
            state: some(&self.state).map(StateId::new),
            department: some(&self.department).map(DepartmentId::new),
            mine: view == "mine",
            late: (view == "late").then_some(true),
            urgent: (view == "urgent").then_some(true),
            open: match view {
                "closed" => Some(false),
                "all" | "given_away" => None,
                _ => Some(true),
            },
            assignee: None,
            number: some(&self.number),
            given_away: view == "given_away",
        }
    }

    /// The address of this list with another cursor.
    fn path(&self, view: &str, sort: Sort, cursor: Option<&str>) -> String {
        let mut path = format!("/tickets?view={view}");
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                let _ = write!(path, "&{name}={}", escaped(value));
            }
        };
        add("workflow", &self.workflow);
        add("state", &self.state);
        add("department", &self.department);
        add("number", &self.number);
        add("sort", if self.sort.is_empty() { "" } else { sort.as_str() });
        add("cursor", cursor.unwrap_or_default());
        path
    }
}

/// What may stand in an address as it is; the rest as `%XX`.
pub fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

/// `GET /tickets`
pub async fn page(state: Data<State>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    let asked = asked.into_inner();
    let language = visitor.look.language;
    let (view, usual) = asked.view();
    let sort = Sort::parse(&asked.sort).unwrap_or(usual);
    let cursor = (!asked.cursor.is_empty()).then_some(asked.cursor.as_str());
    let filter = asked.filter(view);
    let found = state.desk.list(&visitor.principal, &filter, sort, cursor, ROWS).await?;
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language,
    };
    let choice = |value: &str, title: String, chosen: &str| Choice {
        chosen: value == chosen,
        value: value.to_owned(),
        title,
    };
    let list = ListView {
        view,
        path: asked.path(view, sort, cursor),
        tabs: VIEWS
            .iter()
            .map(|(known, _)| Tab {
                path: format!("/tickets?view={known}"),
                title: say(language, &format!("view-{known}"), &[]),
                current: *known == view,
            })
            .collect(),
        kinds: state
            .desk
            .all_active()
            .iter()
            .map(|known| choice(known.workflow.as_str(), text(&known.title, language), &asked.workflow))
            .collect(),
        departments: directory
            .departments
            .values()
            .take(OFFERED_MAX)
            .map(|known| choice(known.id.as_str(), text(&known.title, language), &asked.department))
            .collect(),
        sorts: [Sort::Due, Sort::Updated, Sort::Number]
            .iter()
            .map(|known| {
                let title = say(language, &format!("sort-{}", known.as_str()), &[]);
                choice(known.as_str(), title, sort.as_str())
            })
            .collect(),
        filtered: [&asked.workflow, &asked.department, &asked.number]
            .iter()
            .any(|text| !text.is_empty()),
        number: asked.number.clone(),
        sort: sort.as_str(),
        first: cursor.map(|_| asked.path(view, sort, None)),
        next: found.next.as_deref().map(|next| asked.path(view, sort, Some(next))),
        rows: found
            .rows
            .into_iter()
            .map(|row| RowView::of(row, &state, &names, &visitor))
            .collect(),
    };
    if visitor.look.part {
        return answer::part(&visitor, StatusCode::OK, "parts/tickets", &list);
    }
    let section = if view == "mine" { "work" } else { "tickets" };
    let title = if view == "mine" { "nav-work" } else { "nav-tickets" };
    answer::page(&visitor, section, word(&visitor.look, title), "tickets", &list)
}
