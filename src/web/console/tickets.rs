//! Lists of tickets: what waits for me, what is open, late, urgent; what is looked for; saved lists; page by page.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::desk::list::{Row, SEARCH_DAYS, Sort};
use crate::desk::views::{COLUMNS, SavedView, USUAL_COLUMNS};
use crate::texts::{Language, say};
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::moment::HOUR;

use super::answer::{self, word};
use super::list_tabs::{self, TabsView};
use super::list_views::{self, SaveView};
use super::listing::Asked;
use super::visitor::Visitor;
use super::words::{Chip, Names, When, text};

pub use super::listing::escaped;

/// Departments that are offered in the filter at most; more are found by typing.
pub const OFFERED_MAX: usize = 2_000;
/// Rows of a page.
const ROWS: u64 = 50;

#[derive(Serialize)]
struct ListView {
    view: &'static str,
    /// This list, to be asked for again.
    path: String,
    tabs: TabsView,
    save: SaveView,
    chips: Vec<Chosen>,
    /// What is looked for: words or a number.
    looked_for: String,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
    departments: Vec<Choice>,
    me: String,
    assigned_to_me: bool,
    late: bool,
    urgent: bool,
    sort: &'static str,
    saved: String,
    columns: Vec<Column>,
    /// Nobody chose columns: on a smaller window some of them give way.
    usual: bool,
    /// The columns by name: a row does not look through them for each of its cells.
    shows: BTreeMap<&'static str, bool>,
    offered: Vec<Choice>,
    rows: Vec<RowView>,
    first: Option<String>,
    next: Option<String>,
    /// Several may be chosen and acted on: not what is only there to read.
    selectable: bool,
    /// So many at once at most.
    most: i64,
    /// Words are looked for: how far back among closed tickets.
    days: Option<i64>,
}

/// A filter that is set, and the list without it.
#[derive(Serialize)]
struct Chosen {
    title: String,
    value: String,
    without: String,
}

/// A column that is shown.
#[derive(Serialize)]
struct Column {
    key: &'static str,
    title: String,
    /// The list in the order of this column, or the other way round.
    sorted: Option<String>,
    /// `ascending`, `descending` where the list is in its order.
    order: Option<&'static str>,
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
    pub open: bool,
    pub state: String,
    pub departments: String,
    pub assignee: String,
    pub chip: Option<Chip>,
    pub opened: When,
    pub creator: String,
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
            opened: When::new(row.opened_at, visitor.now, &visitor.zone),
            creator: row
                .creator
                .as_ref()
                .map(|person| names.person(person))
                .unwrap_or_default(),
            updated: When::new(row.updated_at, visitor.now, &visitor.zone),
            kind: row.workflow.to_string(),
            number: row.number,
            subject: subject(&row.subject, language),
            urgent: row.urgent,
            open: row.closed_at.is_none(),
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

/// Columns that order the list: their word, the order on the first click, and on the second.
const ORDERS: [(&str, Sort, Sort); 3] = [
    ("number", Sort::Number, Sort::NumberAsc),
    ("due", Sort::Due, Sort::DueDesc),
    ("updated", Sort::Updated, Sort::UpdatedAsc),
];

fn column(key: &'static str, asked: &Asked, language: Language) -> Column {
    let word = match key {
        "departments" => "department",
        other => other,
    };
    let order = ORDERS.iter().find(|(column, _, _)| *column == key);
    let searched = asked.value("text").is_some();
    Column {
        key,
        title: say(language, &format!("col-{word}"), &[]),
        sorted: order
            // Words are not read along numbers, and nothing is due of what is closed.
            .filter(|_| !(searched && key == "number" || key == "due" && asked.view == "closed"))
            .filter(|_| asked.view != "given_away")
            .map(|(_, first, second)| asked.sorted(if asked.sort == *first { *second } else { *first })),
        order: order.and_then(|(_, first, second)| {
            let ascending = matches!(asked.sort, Sort::Due | Sort::UpdatedAsc | Sort::NumberAsc);
            let word = if ascending { "ascending" } else { "descending" };
            (asked.sort == *first || asked.sort == *second).then_some(word)
        }),
    }
}

/// The title of a state: of the kind that is chosen, else of the first that has it.
fn states(state: &State, asked: &Asked, language: Language) -> Vec<Choice> {
    let kind = asked.value("workflow");
    let mut found: Vec<Choice> = Vec::new();
    for definition in state.desk.all_active() {
        if kind.is_some_and(|kind| definition.workflow.as_str() != kind) {
            continue;
        }
        for known in definition.states.values() {
            if found.iter().all(|one| one.value != known.id.as_str()) {
                found.push(Choice {
                    value: known.id.to_string(),
                    title: text(&known.title, language),
                    chosen: asked.value("state") == Some(known.id.as_str()),
                });
            }
        }
    }
    found
}

/// The filters that are set, in words.
fn chips(asked: &Asked, choices: &[(&str, &[Choice])], names: &Names<'_>) -> Vec<Chosen> {
    let chosen = |name: &str, value: &str| {
        let listed = choices.iter().find(|(known, _)| *known == name);
        let listed = listed.and_then(|(_, all)| all.iter().find(|choice| choice.value == value));
        match (listed, name) {
            (Some(choice), _) => choice.title.clone(),
            (None, "assignee") => names.person(&value.into()),
            (None, "late" | "urgent") => say(names.language, "value-yes", &[]),
            (None, _) => value.to_owned(),
        }
    };
    asked
        .filters
        .iter()
        .map(|(name, value)| Chosen {
            title: say(names.language, &format!("filter-{name}"), &[]),
            value: chosen(name, value),
            without: asked.without(name),
        })
        .collect()
}

/// The list that is meant: a saved view alone is read, nothing at all is what the person begins with.
pub(super) async fn meant(state: &State, visitor: &Visitor, query: &str) -> Result<(Asked, Vec<SavedView>), Problem> {
    let asked = Asked::read(query)?;
    let saved = state.desk.views(&visitor.principal).await?;
    if !asked.bare {
        return Ok((asked, saved));
    }
    let begun = saved.iter().find(|view| {
        if asked.saved.is_empty() {
            view.usual
        } else {
            view.id == asked.saved
        }
    });
    match begun {
        Some(view) => {
            let listed = Asked {
                cursor: asked.cursor,
                ..Asked::of(&view.listing, &view.id)
            };
            Ok((listed, saved))
        }
        // A view that is gone is the open ones.
        None => Ok((
            Asked {
                saved: String::new(),
                ..asked
            },
            saved,
        )),
    }
}

/// `GET /tickets`
pub async fn page(state: Data<State>, visitor: Visitor, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let (asked, saved) = meant(&state, &visitor, request.query_string()).await?;
    let language = visitor.look.language;
    let listing = asked.listing();
    let cursor = (!asked.cursor.is_empty()).then_some(asked.cursor.as_str());
    let found = state
        .desk
        .list(&visitor.principal, &listing.filter, listing.sort, cursor, ROWS)
        .await?;
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language,
    };
    let choice = |name: &str, value: &str, title: String| Choice {
        chosen: asked.value(name) == Some(value),
        value: value.to_owned(),
        title,
    };
    let kinds: Vec<Choice> = state
        .desk
        .all_active()
        .iter()
        .map(|known| choice("workflow", known.workflow.as_str(), text(&known.title, language)))
        .collect();
    let departments: Vec<Choice> = directory
        .departments
        .values()
        .take(OFFERED_MAX)
        .map(|known| choice("department", known.id.as_str(), text(&known.title, language)))
        .collect();
    let states = states(&state, &asked, language);
    let chips = chips(
        &asked,
        &[("workflow", &kinds), ("department", &departments), ("state", &states)],
        &names,
    );
    let me = visitor.principal.person.to_string();
    let view = ListView {
        view: asked.view,
        path: if cursor.is_some() {
            asked.page(&asked.cursor)
        } else {
            asked.path()
        },
        tabs: list_tabs::tabs(&visitor, &asked, &saved)?,
        save: list_views::panel(
            &visitor,
            &names,
            &asked,
            saved.iter().find(|view| view.id == asked.saved),
        ),
        chips,
        looked_for: asked
            .value("text")
            .or(asked.value("number"))
            .unwrap_or_default()
            .to_owned(),
        kinds,
        states,
        departments,
        assigned_to_me: asked.value("assignee") == Some(me.as_str()),
        me,
        late: asked.value("late").is_some(),
        urgent: asked.value("urgent").is_some(),
        sort: asked.sort.as_str(),
        saved: asked.saved.clone(),
        columns: asked.columns.iter().map(|key| column(key, &asked, language)).collect(),
        usual: asked.columns == USUAL_COLUMNS,
        shows: COLUMNS.iter().map(|key| (*key, asked.columns.contains(key))).collect(),
        offered: COLUMNS
            .iter()
            .map(|key| Choice {
                value: (*key).to_owned(),
                title: column(key, &asked, language).title,
                chosen: asked.columns.contains(key),
            })
            .collect(),
        first: cursor.map(|_| asked.path()),
        next: found.next.as_deref().map(|next| asked.page(next)),
        rows: found
            .rows
            .into_iter()
            .map(|row| RowView::of(row, &state, &names, &visitor))
            .collect(),
        selectable: asked.view != "given_away",
        most: i64::try_from(state.config.limits.bulk_items_max).unwrap_or(i64::MAX),
        days: asked.value("text").map(|_| SEARCH_DAYS),
    };
    if visitor.look.part {
        return answer::part(&visitor, StatusCode::OK, "parts/tickets", &view);
    }
    let mine = asked.view == "mine" && asked.saved.is_empty();
    let (section, title) = if mine {
        ("work", "nav-work")
    } else {
        ("tickets", "nav-tickets")
    };
    answer::page(&visitor, section, word(&visitor.look, title), "tickets", &view)
}
