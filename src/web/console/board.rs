//! The shift lead's board: open tickets in columns by state, late ones and those about to be late first, dispatched
//! from the card; and the callbacks that are due.

use std::collections::HashSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};

use crate::desk::list::{Filter, LIMIT_MAX, Row, Sort};
use crate::texts::{Arg, say};
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::definition::{Definition, PeopleSource};
use crate::workflow::id::WorkflowId;
use crate::workflow::moment::MINUTE;

use super::answer::{self, word};
use super::board_duty::Strip;
use super::tickets::RowView;
use super::visitor::Visitor;
use super::words::{Names, text};

/// Which kind is shown; all when nothing is said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    kind: String,
}

/// Cards of a column.
const CARDS_MAX: usize = 12;
/// Actions offered on a card.
const BUTTONS_MAX: usize = 2;
/// About to be late.
const SOON: i64 = 15 * MINUTE;

#[derive(Serialize)]
struct BoardView {
    path: String,
    duty: Strip,
    kinds: Vec<Kind>,
    tiles: Vec<Tile>,
    columns: Vec<Column>,
    /// There are more open tickets than could be looked at.
    more: bool,
}

#[derive(Serialize)]
struct Kind {
    path: String,
    title: String,
    current: bool,
}

#[derive(Serialize)]
struct Tile {
    title: String,
    count: String,
    tone: &'static str,
    icon: &'static str,
    path: &'static str,
}

#[derive(Serialize)]
struct Column {
    title: String,
    count: usize,
    late: usize,
    cards: Vec<Card>,
    /// The rest of the column, as a list.
    path: String,
    hidden: bool,
}

#[derive(Serialize)]
struct Card {
    #[serde(flatten)]
    row: RowView,
    buttons: Vec<Button>,
}

#[derive(Serialize)]
struct Button {
    title: String,
    path: String,
    primary: bool,
}

/// A column while it is filled.
struct Filling {
    title: String,
    /// Of the first definition that has it: where it stands in the life of a ticket.
    place: usize,
    workflow: String,
    state: String,
    rows: Vec<Row>,
}

/// `GET /board`
pub async fn page(state: Data<State>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    let asked = asked.into_inner();
    let language = visitor.look.language;
    let filter = Filter {
        open: Some(true),
        workflow: (!asked.kind.is_empty()).then(|| WorkflowId::new(asked.kind.as_str())),
        ..Filter::default()
    };
    let desk = &state.desk;
    let due = desk
        .list(&visitor.principal, &filter, Sort::Due, None, LIMIT_MAX)
        .await?;
    // What is late stands first whatever else is due; among all that has a clock it is there already.
    let (mut rows, rest, more) = if due.next.is_none() {
        let (late, due): (Vec<Row>, Vec<Row>) = due.rows.into_iter().partition(|row| row.late_since.is_some());
        // What no clock runs for is open all the same, and is counted.
        let open = desk
            .list(&visitor.principal, &filter, Sort::Updated, None, LIMIT_MAX)
            .await?;
        (late, [due, open.rows].concat(), open.next.is_some())
    } else {
        let late = Filter {
            late: Some(true),
            ..filter
        };
        let late = desk.list(&visitor.principal, &late, Sort::Due, None, LIMIT_MAX).await?;
        (late.rows, due.rows, true)
    };
    let mut known: HashSet<String> = rows.iter().map(|row| row.number.clone()).collect();
    rows.extend(rest.into_iter().filter(|row| known.insert(row.number.clone())));
    let definitions = desk.all_active();
    let directory = desk.directory();
    let names = Names {
        directory: &directory,
        language,
    };
    let view = BoardView {
        duty: Strip::of(&state, &visitor, &names)?,
        path: format!("/board?kind={}", super::tickets::escaped(&asked.kind)),
        tiles: tiles(&rows, more, &visitor),
        kinds: std::iter::once(Kind {
            path: "/board".to_owned(),
            title: say(language, "list-all-kinds", &[]),
            current: asked.kind.is_empty(),
        })
        .chain(definitions.iter().map(|known| Kind {
            path: format!("/board?kind={}", known.workflow.as_str()),
            title: text(&known.title, language),
            current: asked.kind == known.workflow.as_str(),
        }))
        .collect(),
        columns: columns(rows, &state, &names, &visitor),
        more,
    };
    if visitor.look.part {
        return answer::part(&visitor, StatusCode::OK, "parts/board", &view);
    }
    answer::page(&visitor, "board", word(&visitor.look, "nav-board"), "board", &view)
}

fn tiles(rows: &[Row], more: bool, visitor: &Visitor) -> Vec<Tile> {
    let language = visitor.look.language;
    let soon = visitor.now.plus(SOON);
    let count = |of: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| of(row)).count();
    let tile = |key: &str, count: usize, tone, icon, path| Tile {
        title: say(language, key, &[]),
        // Of those that were looked at, where there are more.
        count: format!("{count}{}", if more { "+" } else { "" }),
        tone: if count == 0 { "" } else { tone },
        icon,
        path,
    };
    let late = count(&|row| row.late_since.is_some());
    let due = count(&|row| row.late_since.is_none() && row.due_at.is_some_and(|due| due <= soon));
    let urgent = count(&|row| row.urgent);
    vec![
        tile("tile-late", late, "crit", "alert-octagon", "/tickets?view=late"),
        tile(
            "tile-soon",
            due,
            "warn",
            "clock-exclamation",
            "/tickets?view=open&sort=due",
        ),
        tile("tile-urgent", urgent, "crit", "flame", "/tickets?view=urgent"),
        tile("tile-open", rows.len(), "", "inbox", "/tickets?view=open"),
    ]
}

/// Rows by the title of their state, in the order of the lives of the kinds.
fn columns(rows: Vec<Row>, state: &State, names: &Names<'_>, visitor: &Visitor) -> Vec<Column> {
    let mut filling: Vec<Filling> = Vec::new();
    for row in rows {
        let definition = state.desk.active(&row.workflow);
        let known = definition.as_ref().and_then(|known| known.states.get_full(&row.state));
        let (place, title) = known.map_or((usize::MAX, row.state.to_string()), |(place, _, known)| {
            (place, text(&known.title, names.language))
        });
        match filling.iter_mut().find(|column| column.title == title) {
            Some(column) => {
                column.place = column.place.min(place);
                column.rows.push(row);
            }
            None => filling.push(Filling {
                title,
                place,
                workflow: row.workflow.to_string(),
                state: row.state.to_string(),
                rows: vec![row],
            }),
        }
    }
    filling.sort_by_key(|column| column.place);
    filling
        .into_iter()
        .map(|column| column.shown(state, names, visitor))
        .collect()
}

impl Filling {
    fn shown(self, state: &State, names: &Names<'_>, visitor: &Visitor) -> Column {
        let one_kind = self.rows.iter().all(|row| row.workflow.as_str() == self.workflow);
        let kind = if one_kind {
            format!("&workflow={}", self.workflow)
        } else {
            String::new()
        };
        Column {
            count: self.rows.len(),
            late: self.rows.iter().filter(|row| row.late_since.is_some()).count(),
            hidden: self.rows.len() > CARDS_MAX,
            path: format!("/tickets?view=open{kind}&state={}&sort=due", self.state),
            title: self.title,
            cards: self
                .rows
                .into_iter()
                .take(CARDS_MAX)
                .map(|row| Card {
                    buttons: buttons(&row, state, names),
                    row: RowView::of(row, state, names, visitor),
                })
                .collect(),
        }
    }
}

/// The first actions of the state's own; whether somebody may do them the form says.
fn buttons(row: &Row, state: &State, names: &Names<'_>) -> Vec<Button> {
    let Some(definition) = state.desk.active(&row.workflow) else {
        return Vec::new();
    };
    let actions = definition.states.get(&row.state).map(|known| &known.actions);
    actions
        .into_iter()
        .flat_map(|actions| actions.values())
        .take(BUTTONS_MAX)
        .enumerate()
        .map(|(place, action)| Button {
            title: text(&action.title, names.language),
            path: format!("/tickets/{}/actions/{}", row.number, action.id),
            primary: place == 0,
        })
        .collect()
}

#[derive(Serialize)]
struct CallbacksView {
    rows: Vec<RowView>,
    count: String,
}

/// The states in which somebody is to be called back: those whose owner is a callback agent.
fn callback_states(definition: &Definition) -> impl Iterator<Item = &str> {
    definition
        .states
        .values()
        .filter(|state| {
            let rule = definition.people.get(&state.owner.value);
            rule.is_some_and(|rule| match &rule.source {
                PeopleSource::Role { role, .. } => role.as_str() == "callback",
                PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => false,
            })
        })
        .map(|state| state.id.as_str())
}

/// `GET /callbacks`: what is due next stands first.
pub async fn callbacks(state: Data<State>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let desk = &state.desk;
    let mut rows = Vec::new();
    for definition in desk.all_active() {
        for known in callback_states(&definition) {
            let filter = Filter {
                open: Some(true),
                workflow: Some(definition.workflow.value.clone()),
                state: Some(known.into()),
                ..Filter::default()
            };
            let found = desk.list(&visitor.principal, &filter, Sort::Due, None, 50).await?;
            rows.extend(found.rows);
        }
    }
    rows.sort_by_key(|row| (row.late_since.is_none(), row.late_since.or(row.due_at)));
    let directory = desk.directory();
    let names = Names {
        directory: &directory,
        language: visitor.look.language,
    };
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let view = CallbacksView {
        count: say(visitor.look.language, "callbacks-count", &[("count", Arg::from(count))]),
        rows: rows
            .into_iter()
            .map(|row| RowView::of(row, &state, &names, &visitor))
            .collect(),
    };
    if visitor.look.part {
        return answer::part(&visitor, StatusCode::OK, "parts/callbacks", &view);
    }
    let title = word(&visitor.look, "nav-callbacks");
    answer::page(&visitor, "callbacks", title, "callbacks", &view)
}
