//! The shift lead's board: open tickets in columns by state, late ones and those about to be late first, dispatched
//! from the card; what today has brought; the same on a large screen.

use std::collections::HashSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};

use crate::desk::figures::Tally;
use crate::desk::list::{Filter, LIMIT_MAX, Row, Sort};
use crate::texts::say;
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::id::WorkflowId;
use crate::workflow::moment::MINUTE;

use super::answer::{self, word};
use super::board_duty::Strip;
use super::tickets::{RowView, escaped};
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
/// A share below this is red, below the other amber, as on the sheets.
const POOR_PER_CENT: u64 = 80;
const FAIR_PER_CENT: u64 = 95;
/// About to be late.
const SOON: i64 = 15 * MINUTE;

#[derive(Serialize)]
struct BoardView {
    path: String,
    /// The same on a large screen.
    wall: String,
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
    path: String,
    /// It counts what happened today, not what is open now.
    of_today: bool,
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
pub struct Card {
    #[serde(flatten)]
    row: RowView,
    buttons: Vec<Button>,
}

impl Card {
    pub fn of(row: Row, state: &State, names: &Names<'_>, visitor: &Visitor) -> Self {
        Self {
            buttons: buttons(&row, state, names),
            row: RowView::of(row, state, names, visitor),
        }
    }
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
    let view = BoardView::of(&state, &visitor, &asked).await?;
    if visitor.look.part {
        return answer::part(&visitor, StatusCode::OK, "parts/board", &view);
    }
    answer::page(&visitor, "board", word(&visitor.look, "nav-board"), "board", &view)
}

/// `GET /board/wall`: the same for a large screen in the room, to be read and not touched.
pub async fn wall(state: Data<State>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    let view = BoardView::of(&state, &visitor, &asked).await?;
    if visitor.look.part {
        return answer::part(&visitor, StatusCode::OK, "parts/wall", &view);
    }
    answer::page(&visitor, "board", word(&visitor.look, "nav-board"), "wall", &view)
}

impl BoardView {
    async fn of(state: &State, visitor: &Visitor, asked: &Asked) -> Result<Self, Problem> {
        let language = visitor.look.language;
        let filter = Filter {
            open: Some(true),
            workflow: asked.workflow(),
            ..Filter::default()
        };
        let (rows, more) = open_tickets(state, visitor, &filter).await?;
        let definitions = state.desk.all_active();
        let directory = state.desk.directory();
        let names = Names {
            directory: &directory,
            language,
        };
        let kind = |path: String, title: String, current: bool| Kind { path, title, current };
        let kinds = definitions.iter().map(|known| {
            let id = known.workflow.as_str();
            kind(
                format!("/board?kind={}", escaped(id)),
                text(&known.title, language),
                asked.kind == id,
            )
        });
        let every = kind(
            "/board".to_owned(),
            say(language, "list-all-kinds", &[]),
            asked.kind.is_empty(),
        );
        let mut tiles = tiles(&rows, more, asked, visitor);
        // Whoever may see a board without figures sees it without them.
        if let Ok(today) = state.desk.today(&visitor.principal, asked.workflow()).await {
            tiles.extend(of_today(&today, asked, visitor));
        }
        Ok(Self {
            duty: Strip::of(state, visitor, &names)?,
            path: asked.path("/board"),
            wall: asked.path("/board/wall"),
            tiles,
            kinds: std::iter::once(every).chain(kinds).collect(),
            columns: columns(rows, state, &names, visitor),
            more,
        })
    }
}

impl Asked {
    fn workflow(&self) -> Option<WorkflowId> {
        (!self.kind.is_empty()).then(|| WorkflowId::new(self.kind.as_str()))
    }

    fn path(&self, page: &str) -> String {
        format!("{page}?kind={}", escaped(&self.kind))
    }

    /// The address of a list, of the same kind as the board.
    fn list(&self, path: &str) -> String {
        if self.kind.is_empty() {
            path.to_owned()
        } else {
            format!("{path}&workflow={}", escaped(&self.kind))
        }
    }
}

/// What is late stands first whatever else is due; and whether there is more than was looked at.
async fn open_tickets(state: &State, visitor: &Visitor, filter: &Filter) -> Result<(Vec<Row>, bool), Problem> {
    let (desk, principal) = (&state.desk, &visitor.principal);
    let due = desk.list(principal, filter, Sort::Due, None, LIMIT_MAX).await?;
    // Among all that has a clock the late ones are there already.
    let (mut rows, rest, more) = if due.next.is_none() {
        let (late, due): (Vec<Row>, Vec<Row>) = due.rows.into_iter().partition(|row| row.late_since.is_some());
        // What no clock runs for is open all the same, and is counted.
        let open = desk.list(principal, filter, Sort::Updated, None, LIMIT_MAX).await?;
        (late, [due, open.rows].concat(), open.next.is_some())
    } else {
        let late = Filter {
            late: Some(true),
            ..filter.clone()
        };
        let late = desk.list(principal, &late, Sort::Due, None, LIMIT_MAX).await?;
        (late.rows, due.rows, true)
    };
    let mut known: HashSet<String> = rows.iter().map(|row| row.number.clone()).collect();
    rows.extend(rest.into_iter().filter(|row| known.insert(row.number.clone())));
    Ok((rows, more))
}

fn tiles(rows: &[Row], more: bool, asked: &Asked, visitor: &Visitor) -> Vec<Tile> {
    let language = visitor.look.language;
    let soon = visitor.now.plus(SOON);
    let count = |of: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| of(row)).count();
    let tile = |key: &str, count: usize, tone, icon, path: &str| Tile {
        title: say(language, key, &[]),
        // Of those that were looked at, where there are more.
        count: format!("{count}{}", if more { "+" } else { "" }),
        tone: if count == 0 { "" } else { tone },
        icon,
        path: asked.list(path),
        of_today: false,
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

/// What today's sheet says: the same numbers, each with the same list behind it.
fn of_today(today: &Tally, asked: &Asked, visitor: &Visitor) -> [Tile; 2] {
    let tile = |key: &str, count: String, tone, icon, path: &str| Tile {
        title: say(visitor.look.language, key, &[]),
        count,
        tone,
        icon,
        path: asked.list(path),
        of_today: true,
    };
    let judged = today.completed_judged;
    let share = today.completed_in_time.saturating_mul(100).checked_div(judged);
    let tone = match share {
        Some(share) if share < POOR_PER_CENT => "crit",
        Some(share) if share < FAIR_PER_CENT => "warn",
        Some(_) => "ok",
        None => "",
    };
    let share = share.map_or_else(|| "—".to_owned(), |share| format!("{share} %"));
    [
        tile(
            "tile-received",
            today.received.to_string(),
            "",
            "phone-incoming",
            "/reports/tickets?figure=received",
        ),
        tile(
            "tile-in-time",
            share,
            tone,
            "circle-check",
            "/reports/tickets?figure=completed",
        ),
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
                .map(|row| Card::of(row, state, names, visitor))
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
