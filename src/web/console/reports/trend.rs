//! How a figure ran, as a picture: a small line in its tile, a control chart of the one that was chosen, and what stands
//! out of it. Drawn here as numbers; the template makes lines of them, so that it is escaped and printed like everything.

use serde::Serialize;

use crate::desk::figures::{Course, Point, Tally};
use crate::texts::say;

use super::Tab;
use super::control::{Limits, Mark, limits, marks};
use super::line::{COLUMNS, Column, RECEIVED, Shown};
use super::picture::{LineName, Picture, pictures};

/// Size of the line in a tile.
const SPARK: (f64, f64) = (120.0, 26.0);
/// Signals that are listed, the latest first.
const SIGNALS_SHOWN: usize = 4;
/// What came out of a division is whole when it is so near.
pub const NEARLY: f64 = 1e-6;
/// Points of a line at least.
pub const LINE_MIN: usize = 2;

/// The chart with its table and its signals.
#[derive(Serialize)]
pub struct ChartView {
    title: String,
    /// Which figure it is.
    pub key: &'static str,
    measures: Vec<Tab>,
    pictures: Vec<Picture>,
    /// What its lines are, where there is no room for their names in the picture.
    legend: Vec<LineName>,
    rows: Vec<DayRow>,
    signals: Vec<DayRow>,
    signal_count: usize,
    /// There is something to see.
    drawn: bool,
    weekly: bool,
}

/// A day in the table beside the picture.
#[derive(Serialize)]
struct DayRow {
    day: String,
    value: String,
    path: String,
    mark: &'static str,
    words: String,
}

/// A number of a tile beside the one before it.
#[derive(Serialize)]
pub struct Delta {
    words: String,
    /// `up` is better, `down` worse, whatever the number does.
    class: &'static str,
    title: String,
}

/// What a figure is worth; a share in per cent, or nothing where nothing was to be shared.
fn value(column: &Column, tally: &Tally) -> Option<f64> {
    match column.share {
        Some(share) => {
            let (part, whole) = share(tally);
            (whole > 0).then(|| real(part) * 100.0 / real(whole))
        }
        None => Some(real((column.number)(tally))),
    }
}

fn real(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::from(u32::MAX), f64::from)
}

pub fn place(index: usize) -> f64 {
    u32::try_from(index).map_or(0.0, f64::from)
}

/// `96.4`, `17`: without a digit that says nothing. Rounded down, so that not quite all is never all.
pub fn written(number: f64, unit: &str) -> String {
    let tenths = (number * 10.0 + NEARLY).floor() / 10.0;
    let whole = (tenths - tenths.round()).abs() < 0.05;
    let number = if whole {
        format!("{tenths:.0}")
    } else {
        format!("{tenths:.1}")
    };
    format!("{number}{unit}")
}

/// What a tile says: the number, or the share; of nothing there is none.
pub fn told(column: &Column, tally: &Tally) -> String {
    match value(column, tally) {
        Some(_) if column.share.is_none() => (column.number)(tally).to_string(),
        Some(value) => written(value, unit(column)),
        None => "—".to_owned(),
    }
}

pub fn unit(column: &Column) -> &'static str {
    if column.share.is_some() { "%" } else { "" }
}

/// The line of a tile; empty where there is none to draw.
pub fn spark(column: &Column, course: &Course) -> String {
    let known: Vec<(usize, f64)> = course
        .points
        .iter()
        .enumerate()
        .skip(opened(course))
        .filter_map(|(index, point)| Some((index, value(column, &point.tally)?)))
        .collect();
    if column.is_now || known.len() < LINE_MIN {
        return String::new();
    }
    let (width, height) = SPARK;
    let across = place(course.points.len().saturating_sub(1)).max(1.0);
    let (least, most) = scale(column, &known);
    let up = |value: f64| 2.0 + (height - 4.0) * (1.0 - (value - least) / (most - least));
    let points = known
        .iter()
        .map(|(index, value)| format!("{:.1},{:.1}", width * place(*index) / across, up(*value)));
    points.collect::<Vec<_>>().join(" ")
}

/// From where to where the line of a tile goes: a share from nothing to all, so that all lies on top; a count between
/// what it was at least and at most. One that never changed lies in the middle.
fn scale(column: &Column, known: &[(usize, f64)]) -> (f64, f64) {
    if column.share.is_some() {
        return (0.0, 100.0);
    }
    let least = known.iter().map(|(_, value)| *value).fold(f64::MAX, f64::min);
    let most = known.iter().map(|(_, value)| *value).fold(f64::MIN, f64::max);
    if most - least < NEARLY {
        (least - 1.0, most + 1.0)
    } else {
        (least, most)
    }
}

/// The first point at which anything was counted: before it the house was not open yet.
fn opened(course: &Course) -> usize {
    let counted = course.points.iter().position(|point| point.tally != Tally::default());
    counted.unwrap_or(course.points.len())
}

/// A number beside what it was before.
pub fn delta(column: &Column, tally: &Tally, course: &Course, shown: &Shown<'_>) -> Option<Delta> {
    let (now, before) = (value(column, tally)?, value(column, &course.before)?);
    if column.is_now || (now == 0.0 && before == 0.0) {
        return None;
    }
    let language = shown.visitor.look.language;
    let change = ((now - before) * 10.0).round() / 10.0;
    let class = match column.better {
        Some(more) if change != 0.0 => {
            if more == (change > 0.0) {
                "up"
            } else {
                "down"
            }
        }
        Some(_) | None => "",
    };
    let sign = if change > 0.0 {
        "+"
    } else if change < 0.0 {
        "−"
    } else {
        "±"
    };
    let (from, to) = (course.before_from.to_string(), course.before_to.to_string());
    let arguments = [("from", from.as_str().into()), ("to", to.as_str().into())];
    let title = if shown.running {
        "report-before-so-far"
    } else {
        "report-before"
    };
    let change = format!("{sign}{}", written(change.abs(), ""));
    Some(Delta {
        words: say(language, "report-versus", &[("change", change.as_str().into())]),
        class,
        title: say(language, title, &arguments),
    })
}

/// The figures that can be drawn: what is counted by day.
fn drawable(key: &str) -> &'static Column {
    let found = COLUMNS.iter().find(|column| column.key == key && !column.is_now);
    found.unwrap_or(&RECEIVED)
}

/// The chart of the figure that was asked for.
pub fn chart(course: &Course, shown: &Shown<'_>) -> ChartView {
    let column = drawable(&shown.asked.chart);
    let language = shown.visitor.look.language;
    let (told, limits) = judged(course, column);
    let rows = |told: &[&Told<'_>]| -> Vec<DayRow> { told.iter().map(|one| one.row(column, shown)).collect() };
    let signals = signals(&told, column, shown);
    let (pictures, legend) = pictures(&told, limits, column, shown);
    ChartView {
        title: say(language, &format!("figure-{}-tile", column.key), &[]),
        key: column.key,
        measures: measures(column, shown),
        pictures,
        legend,
        drawn: told.iter().any(|one| one.value.is_some_and(|value| value > 0.0)),
        rows: rows(&told.iter().rev().collect::<Vec<_>>()),
        signal_count: signals.len(),
        signals: signals.into_iter().take(SIGNALS_SHOWN).collect(),
        weekly: course.points.first().is_some_and(|point| point.from != point.to),
    }
}

/// The points with what stands out. A day that still runs is drawn, and neither judged nor counted into the limits.
fn judged<'c>(course: &'c Course, column: &Column) -> (Vec<Told<'c>>, Option<Limits>) {
    let opened = opened(course);
    let mut told: Vec<Told<'c>> = course
        .points
        .iter()
        .enumerate()
        .map(|(index, point)| Told {
            point,
            value: value(column, &point.tally),
            before: index < opened,
            mark: None,
        })
        .collect();
    let over = |one: &&mut Told<'c>| !one.point.running && one.value.is_some() && !one.before;
    let values: Vec<f64> = told.iter_mut().filter(over).filter_map(|one| one.value).collect();
    let limits = limits(&values, column.share.map(|_| 100.0));
    if let Some(limits) = limits {
        for (one, mark) in told.iter_mut().filter(over).zip(marks(&values, limits)) {
            one.mark = mark;
        }
    }
    (told, limits)
}

/// What stands out, the latest first; a run is one signal from its first point to its last.
fn signals(told: &[Told<'_>], column: &Column, shown: &Shown<'_>) -> Vec<DayRow> {
    let mut rows: Vec<DayRow> = Vec::new();
    let groups = told.chunk_by(|one, next| one.mark == Some(Mark::Run) && next.mark == Some(Mark::Run));
    for group in groups {
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            continue;
        };
        if first.mark.is_none() {
            continue;
        }
        let mut row = first.row(column, shown);
        if group.len() == 1 {
            if let Some(mark) = first.mark {
                let facts = [("value", row.value.as_str().into())];
                row.words = say(
                    shown.visitor.look.language,
                    &format!("report-told-{}", mark.as_str()),
                    &facts,
                );
            }
            rows.push(row);
            continue;
        }
        let (from, to) = (first.point.from.to_string(), last.point.to.to_string());
        let figure = [("figure", column.figure().as_str()), ("from", &from), ("to", &to)];
        rows.push(DayRow {
            day: format!("{from} – {}", last.point.to.strftime("%m-%d")),
            path: shown.asked.path("/reports/tickets", &figure),
            ..row
        });
    }
    rows.reverse();
    rows
}

fn measures(chosen: &Column, shown: &Shown<'_>) -> Vec<Tab> {
    COLUMNS
        .iter()
        .filter(|column| !column.is_now)
        .map(|column| Tab {
            path: shown.asked.path("/reports", &[("chart", column.key)]),
            title: say(shown.visitor.look.language, &format!("figure-{}-tile", column.key), &[]),
            current: column.key == chosen.key,
        })
        .collect()
}

/// A day with what the figure was and whether it stands out.
pub struct Told<'c> {
    pub point: &'c Point,
    pub value: Option<f64>,
    /// Nothing had been counted yet: it is neither drawn nor judged.
    pub before: bool,
    pub mark: Option<Mark>,
}

impl Told<'_> {
    pub fn day(&self) -> String {
        let from = self.point.from.to_string();
        if self.point.from == self.point.to {
            from
        } else {
            format!("{from} – {}", self.point.to.strftime("%m-%d"))
        }
    }

    pub fn value(&self, column: &Column) -> String {
        let told = self.value.map(|value| written(value, unit(column)));
        told.unwrap_or_else(|| "—".to_owned())
    }

    pub fn words(&self, shown: &Shown<'_>) -> String {
        let key = match self.mark {
            Some(mark) => format!("report-signal-{}", mark.as_str()),
            None if self.before => "report-before-first".to_owned(),
            None if self.point.running => "report-still-running".to_owned(),
            None => return String::new(),
        };
        say(shown.visitor.look.language, &key, &[])
    }

    /// A share that is poor opens those that made it so.
    fn row(&self, column: &Column, shown: &Shown<'_>) -> DayRow {
        let (from, to) = (self.point.from.to_string(), self.point.to.to_string());
        let figure = column.figure();
        let opened = if self.mark == Some(Mark::Beyond) {
            column.against.unwrap_or(figure)
        } else {
            figure
        };
        let changed = [("figure", opened.as_str()), ("from", &from), ("to", &to)];
        DayRow {
            day: self.day(),
            value: self.value(column),
            path: shown.asked.path("/reports/tickets", &changed),
            mark: self.mark.map_or("", Mark::as_str),
            words: self.words(shown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_quite_all_is_never_all() {
        assert_eq!(written(99.96, "%"), "99.9%");
        assert_eq!(written(100.0, "%"), "100%");
        assert_eq!(written(17.0, ""), "17");
        assert_eq!(written(0.0, ""), "0");
    }

    fn course(received: &[u64]) -> Course {
        let point = |received: &u64| Point {
            from: jiff::civil::Date::constant(2026, 3, 1),
            to: jiff::civil::Date::constant(2026, 3, 1),
            running: false,
            tally: Tally {
                received: *received,
                signed: *received,
                signed_judged: *received,
                signed_in_time: *received,
                ..Tally::default()
            },
        };
        Course {
            points: received.iter().map(point).collect(),
            before: Tally::default(),
            before_from: jiff::civil::Date::constant(2026, 2, 1),
            before_to: jiff::civil::Date::constant(2026, 2, 1),
        }
    }

    #[test]
    fn a_line_begins_with_what_was_counted_first_and_a_flat_one_lies_where_it_belongs() {
        let signed = drawable("signed");
        assert_eq!(
            spark(&RECEIVED, &course(&[0, 0, 4, 4, 4])),
            "60.0,13.0 90.0,13.0 120.0,13.0"
        );
        assert_eq!(
            spark(&RECEIVED, &course(&[4, 0, 2])),
            "0.0,2.0 60.0,24.0 120.0,13.0",
            "a zero later is one"
        );
        assert_eq!(spark(signed, &course(&[3, 3])), "0.0,2.0 120.0,2.0", "all of them");
        assert_eq!(spark(&RECEIVED, &course(&[0, 0, 4])), "", "a point is no line");
        let told = |received: &[u64]| -> Vec<bool> {
            let course = course(received);
            judged(&course, &RECEIVED).0.iter().map(|told| told.before).collect()
        };
        assert_eq!(told(&[0, 4, 0]), [true, false, false]);
        assert_eq!(told(&[0, 0]), [true, true]);
    }

    #[test]
    fn every_figure_that_is_counted_by_day_can_be_drawn() {
        assert_eq!(drawable("late").key, "late");
        assert_eq!(drawable("overdue").key, "received", "how it stands now has no course");
        assert_eq!(drawable("").key, "received");
    }
}
