//! The shift lead's board: open tickets in columns by state, late ones and those about to be late first, dispatched
//! from the card; what today has brought; the same on a large screen.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};

use crate::desk::board::{self, Board};
use crate::desk::figures::Tally;
use crate::desk::list::Row;
use crate::texts::say;
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::id::{StateId, WorkflowId};
use crate::workflow::moment::MINUTE;

use super::answer::{self, word};
use super::board_duty::Strip;
use super::tickets::{RowView, escaped};
use super::tracks;
use super::visitor::Visitor;
use super::words::{Names, text};

/// Which kind is shown; all when nothing is said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    kind: String,
}

/// Cards of a column.
const CARDS_MAX: u64 = 12;
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
    /// Columns beside each other, and below each other.
    tracks: Vec<Vec<Column>>,
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
    count: u64,
    late: u64,
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

/// A column while it is filled: states of several kinds that are called alike.
struct Filling {
    title: String,
    /// Of the first definition that has it: where it stands in the life of a ticket.
    place: usize,
    states: Vec<board::Column>,
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
        let soon = visitor.now.plus(SOON);
        let board = state
            .desk
            .board(&visitor.principal, asked.workflow(), soon, CARDS_MAX)
            .await?;
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
        let mut tiles = tiles(&board.columns, asked, visitor);
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
            tracks: tracks::stacked(columns(board, state, &names, visitor), |column| column.cards.len()),
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

fn tiles(columns: &[board::Column], asked: &Asked, visitor: &Visitor) -> Vec<Tile> {
    let language = visitor.look.language;
    let sum = |of: fn(&board::Column) -> u64| columns.iter().map(of).fold(0, u64::saturating_add);
    let tile = |key: &str, count: u64, tone, icon, path: &str| Tile {
        title: say(language, key, &[]),
        count: count.to_string(),
        tone: if count == 0 { "" } else { tone },
        icon,
        path: asked.list(path),
        of_today: false,
    };
    vec![
        tile(
            "tile-late",
            sum(|column| column.late),
            "crit",
            "alert-octagon",
            "/tickets?view=late",
        ),
        tile(
            "tile-soon",
            sum(|column| column.soon),
            "warn",
            "clock-exclamation",
            "/tickets?view=open&sort=due",
        ),
        tile(
            "tile-urgent",
            sum(|column| column.urgent),
            "crit",
            "flame",
            "/tickets?view=urgent",
        ),
        tile(
            "tile-open",
            sum(|column| column.open),
            "",
            "inbox",
            "/tickets?view=open",
        ),
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
    let share = share.map_or_else(|| "—".to_owned(), |share| format!("{share}%"));
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

/// Columns by the title of their state, in the order of the lives of the kinds.
fn columns(board: Board, state: &State, names: &Names<'_>, visitor: &Visitor) -> Vec<Column> {
    let mut filling: Vec<Filling> = Vec::new();
    for column in board.columns {
        let (place, title) = Filling::place_and_title(&column.workflow, &column.state, state, names);
        match filling.iter_mut().find(|filling| filling.title == title) {
            Some(filling) => filling.add(place, column),
            None => filling.push(Filling {
                title,
                place,
                states: vec![column],
                rows: Vec::new(),
            }),
        }
    }
    for row in board.rows {
        let of = |column: &board::Column| column.workflow == row.workflow && column.state == row.state;
        if let Some(filling) = filling.iter_mut().find(|filling| filling.states.iter().any(of)) {
            filling.rows.push(row);
        }
    }
    // Old versions know states that stand nowhere now: they come last. What stands alike goes by its word in the
    // file, so that the order is the same in both languages.
    filling.sort_by(|one, other| (one.place, one.word()).cmp(&(other.place, other.word())));
    filling
        .into_iter()
        .map(|column| column.shown(state, names, visitor))
        .collect()
}

impl Filling {
    fn place_and_title(workflow: &WorkflowId, id: &StateId, state: &State, names: &Names<'_>) -> (usize, String) {
        let definition = state.desk.active(workflow);
        let known = definition.as_ref().and_then(|known| known.states.get_full(id));
        known.map_or((usize::MAX, id.to_string()), |(place, _, known)| {
            (place, text(&known.title, names.language))
        })
    }

    /// The least of its states, whichever was counted first.
    fn word(&self) -> Option<(&str, &str)> {
        let words = self
            .states
            .iter()
            .map(|one| (one.state.as_str(), one.workflow.as_str()));
        words.min()
    }

    fn add(&mut self, place: usize, column: board::Column) {
        self.place = self.place.min(place);
        self.states.push(column);
    }

    fn shown(self, state: &State, names: &Names<'_>, visitor: &Visitor) -> Column {
        let sum = |of: fn(&board::Column) -> u64| self.states.iter().map(of).fold(0, u64::saturating_add);
        let (count, late) = (sum(|column| column.open), sum(|column| column.late));
        let cards: Vec<Card> = self
            .rows
            .into_iter()
            .take(usize::try_from(CARDS_MAX).unwrap_or(usize::MAX))
            .map(|row| Card::of(row, state, names, visitor))
            .collect();
        Column {
            count,
            late,
            hidden: u64::try_from(cards.len()).is_ok_and(|shown| shown < count),
            path: path(&self.states),
            title: self.title,
            cards,
        }
    }
}

/// The list of a column. Kinds whose states are called alike are listed together where their states are one word.
fn path(states: &[board::Column]) -> String {
    let kind = match states {
        [one] => format!("&workflow={}", one.workflow),
        _ => String::new(),
    };
    let state = states.first().map(|one| one.state.to_string()).unwrap_or_default();
    format!("/tickets?view=open{kind}&state={state}&sort=due")
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
