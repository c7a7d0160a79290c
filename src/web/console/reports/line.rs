//! The columns of a sheet, and a row of it: numbers, shares, and the list behind each.

use serde::Serialize;

use crate::desk::figures::{By, Course, Figure, SheetRow, Tally};
use crate::texts::say;
use crate::web::console::visitor::Visitor;
use crate::web::console::words::{Names, text};
use crate::web::state::State;
use crate::workflow::id::{DepartmentId, WorkflowId};

use super::Asked;
use super::trend::{Delta, delta, spark, told};

/// A share below this is red, below the other amber.
const POOR_PER_CENT: u64 = 80;
const FAIR_PER_CENT: u64 = 95;

/// Bars beside the chart.
const BARS: usize = 5;

/// `(part, whole)`: shown in per cent.
pub type Share = fn(&Tally) -> (u64, u64);

/// A column: the text `figure-KEY`, its number, of how many it is a share, and the list behind it.
pub struct Column {
    pub key: &'static str,
    pub number: fn(&Tally) -> u64,
    pub share: Option<Share>,
    pub behind: Behind,
    /// How it stands now: not there for days that are over.
    pub is_now: bool,
    /// Whether more is better; of some it is neither.
    pub better: Option<bool>,
    /// The list of those that made a share poor.
    pub against: Option<Figure>,
}

impl Column {
    /// The milestones behind it; for how it stands now, what came in.
    pub fn figure(&self) -> Figure {
        match self.behind {
            Behind::Figure(figure) => figure,
            Behind::View(_) => Figure::Received,
        }
    }
}

/// What a number opens.
pub enum Behind {
    Figure(Figure),
    /// A view of the list of tickets.
    View(&'static str),
}

const fn plain(key: &'static str, number: fn(&Tally) -> u64, figure: Figure) -> Column {
    Column {
        key,
        number,
        share: None,
        behind: Behind::Figure(figure),
        is_now: false,
        better: Some(false),
        against: None,
    }
}

const fn shared(key: &'static str, number: fn(&Tally) -> u64, share: Share, figure: Figure, against: Figure) -> Column {
    Column {
        share: Some(share),
        better: Some(true),
        against: Some(against),
        ..plain(key, number, figure)
    }
}

const fn now(key: &'static str, number: fn(&Tally) -> u64, view: &'static str) -> Column {
    Column {
        key,
        number,
        share: None,
        behind: Behind::View(view),
        is_now: true,
        better: None,
        against: None,
    }
}

/// What came in: neither good nor bad.
pub const RECEIVED: Column = Column {
    better: None,
    ..plain("received", |tally| tally.received, Figure::Received)
};

/// Every column, in order.
pub const COLUMNS: &[Column] = &[
    RECEIVED,
    shared(
        "signed",
        |tally| tally.signed,
        |tally| (tally.signed_in_time, tally.signed_judged),
        Figure::Signed,
        Figure::SignedLate,
    ),
    shared(
        "completed",
        |tally| tally.completed,
        |tally| (tally.completed_in_time, tally.completed_judged),
        Figure::Completed,
        Figure::CompletedLate,
    ),
    shared(
        "closed",
        |tally| tally.closed,
        |tally| (tally.closed_in_time, tally.closed_judged),
        Figure::Closed,
        Figure::ClosedLate,
    ),
    shared(
        "solved",
        |tally| tally.solved,
        |tally| (tally.solved, tally.asked_solved),
        Figure::Solved,
        Figure::Unsolved,
    ),
    shared(
        "satisfied",
        |tally| tally.satisfied,
        |tally| (tally.satisfied, tally.satisfied + tally.dissatisfied),
        Figure::Satisfied,
        Figure::Dissatisfied,
    ),
    plain("late", |tally| tally.late, Figure::Late),
    plain("returned", |tally| tally.returned, Figure::Returned),
    plain("reopened", |tally| tally.reopened, Figure::Reopened),
    now("waiting", |tally| tally.waiting.unwrap_or(0), "open"),
    now("overdue", |tally| tally.overdue.unwrap_or(0), "late"),
];

/// The number behind which a list stands.
pub fn counted(figure: Figure, tally: &Tally) -> u64 {
    let by_day = COLUMNS.iter().filter(|column| !column.is_now);
    let found = by_day.filter_map(|column| {
        if column.figure() == figure {
            return Some((column.number)(tally));
        }
        let share = column.share.filter(|_| column.against == Some(figure))?;
        let (part, whole) = share(tally);
        Some(whole.saturating_sub(part))
    });
    found.take(1).sum()
}

/// Columns that stand above the table, large.
const TILES: [&str; 6] = ["received", "signed", "completed", "solved", "satisfied", "overdue"];

/// A row of the table.
#[derive(Serialize)]
pub struct Line {
    pub title: String,
    pub cells: Vec<Cell>,
}

#[derive(Serialize)]
pub struct Cell {
    pub number: u64,
    pub heading: String,
    /// `97 %`, where it is a share.
    pub share: Option<String>,
    /// Of its column others are, so that its figure stands below theirs.
    pub shared: bool,
    /// `ok`, `warn`, `crit`; the number says it too.
    pub level: &'static str,
    pub path: String,
}

/// A number above the table.
#[derive(Serialize)]
pub struct Tile {
    pub title: String,
    pub value: String,
    pub note: String,
    pub level: &'static str,
    pub path: String,
    /// How it ran, as the points of a line.
    pub spark: String,
    pub delta: Option<Delta>,
}

/// A row with most of something, as a bar.
#[derive(Serialize)]
pub struct Bar {
    pub title: String,
    pub number: u64,
    pub path: String,
}

/// What rows are made with.
pub struct Shown<'s> {
    pub state: &'s State,
    pub visitor: &'s Visitor,
    pub names: &'s Names<'s>,
    pub asked: &'s Asked,
    pub by: By,
    pub running: bool,
}

impl Shown<'_> {
    pub fn line(&self, id: &str, tally: &Tally) -> Line {
        Line {
            title: self.title(id),
            cells: self.cells(tally, Some(id)),
        }
    }

    pub fn total(&self, tally: &Tally) -> Line {
        Line {
            title: say(self.visitor.look.language, "report-total", &[]),
            cells: self.cells(tally, None),
        }
    }

    /// The rows that have most of what should not be: overdue now, or overdue in the time that is over.
    pub fn worst(&self, rows: &[SheetRow]) -> Vec<Bar> {
        let key = if self.running { "overdue" } else { "late" };
        let Some(column) = COLUMNS.iter().find(|column| column.key == key) else {
            return Vec::new();
        };
        let mut bars: Vec<Bar> = rows
            .iter()
            .map(|row| Bar {
                title: self.title(&row.id),
                number: (column.number)(&row.tally),
                path: self.path(column, Some(&row.id)),
            })
            .filter(|bar| bar.number > 0)
            .collect();
        bars.sort_by_key(|bar| std::cmp::Reverse(bar.number));
        bars.truncate(BARS);
        bars
    }

    pub fn tiles(&self, tally: &Tally, course: &Course) -> Vec<Tile> {
        let language = self.visitor.look.language;
        let shown = COLUMNS
            .iter()
            .filter(|column| TILES.contains(&column.key) && (self.running || !column.is_now));
        shown
            .map(|column| {
                let cell = self.cell(column, tally, None);
                let note = match column.share {
                    Some(share) if share(tally).1 == 0 => say(language, "report-part-of-none", &[]),
                    Some(share) => {
                        let (part, whole) = share(tally);
                        let arguments = [("part", part.to_string().into()), ("whole", whole.to_string().into())];
                        say(language, "report-part-of", &arguments)
                    }
                    None => say(language, &format!("figure-{}-help", column.key), &[]),
                };
                Tile {
                    title: say(language, &format!("figure-{}-tile", column.key), &[]),
                    value: told(column, tally),
                    note,
                    spark: spark(column, course),
                    delta: delta(column, tally, course, self),
                    level: cell.level,
                    path: cell.path,
                }
            })
            .collect()
    }

    /// The name of a department or a kind; its id where it is no longer known.
    pub fn title(&self, id: &str) -> String {
        match self.by {
            By::Department => self.names.department(&DepartmentId::from(id)),
            By::Workflow => self
                .state
                .desk
                .active(&WorkflowId::from(id))
                .map_or_else(|| id.to_owned(), |known| text(&known.title, self.visitor.look.language)),
        }
    }

    fn cells(&self, tally: &Tally, id: Option<&str>) -> Vec<Cell> {
        COLUMNS
            .iter()
            .filter(|column| self.running || !column.is_now)
            .map(|column| self.cell(column, tally, id))
            .collect()
    }

    fn cell(&self, column: &Column, tally: &Tally, id: Option<&str>) -> Cell {
        let number = (column.number)(tally);
        // Of nothing there is no share. The total says it as exactly as its tile does.
        let per_cent = column.share.and_then(|share| {
            let (part, whole) = share(tally);
            part.saturating_mul(100).checked_div(whole)
        });
        let level = match (per_cent, column.key) {
            (Some(share), _) if share < POOR_PER_CENT => "crit",
            (Some(share), _) if share < FAIR_PER_CENT => "warn",
            (Some(_), _) => "ok",
            (None, "overdue") if number > 0 => "crit",
            (None, _) => "",
        };
        Cell {
            number,
            heading: say(self.visitor.look.language, &format!("figure-{}", column.key), &[]),
            share: per_cent.map(|share| match id {
                Some(_) => format!("{share}%"),
                None => told(column, tally),
            }),
            shared: column.share.is_some(),
            level,
            path: self.path(column, id),
        }
    }

    fn path(&self, column: &Column, id: Option<&str>) -> String {
        match column.behind {
            Behind::Figure(figure) => {
                let changed = [("figure", figure.as_str()), ("row", id.unwrap_or_default())];
                self.asked.path("/reports/tickets", &changed)
            }
            Behind::View(view) => {
                let mut changed = vec![("view", view), ("from", ""), ("to", ""), ("by", "")];
                changed.extend(id.map(|id| match self.by {
                    By::Department => ("department", id),
                    By::Workflow => ("workflow", id),
                }));
                self.asked.path("/tickets", &changed)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_its_number() {
        let tally = Tally {
            received: 1,
            signed: 20,
            signed_judged: 9,
            signed_in_time: 7,
            completed: 21,
            completed_judged: 13,
            completed_in_time: 10,
            late: 4,
            returned: 5,
            closed: 22,
            closed_judged: 19,
            closed_in_time: 13,
            asked_solved: 24,
            solved: 16,
            satisfied: 17,
            dissatisfied: 18,
            reopened: 11,
            ..Tally::default()
        };
        let found = Figure::ALL.map(|figure| counted(figure, &tally));
        assert_eq!(found, [1, 20, 2, 21, 3, 4, 5, 22, 6, 16, 8, 17, 18, 11]);
    }
}
