//! A control chart as numbers of a picture: where its lines, limits and points lie. Twice, for a desk and for a telephone:
//! letters that shrink with the picture could not be read there.

use serde::Serialize;

use crate::texts::say;

use super::control::Limits;
use super::line::{Column, Shown};
use super::trend::{LINE_MIN, NEARLY, Told, place, unit, written};

/// Sizes of the picture: for a desk, and for a telephone.
const PICTURES: [Size; 2] = [
    Size {
        class: "wide",
        width: 860.0,
        height: 260.0,
        left: 44.0,
        right: 84.0,
        days: 6,
    },
    Size {
        class: "slim",
        width: 380.0,
        height: 230.0,
        left: 34.0,
        right: 8.0,
        days: 4,
    },
];
/// Room above and below the drawing.
const TOP: f64 = 16.0;
const BOTTOM: f64 = 30.0;
/// Room for the name of a limit.
const NAME: f64 = 14.0;

/// How large a picture is.
struct Size {
    class: &'static str,
    width: f64,
    height: f64,
    /// Room for the numbers of the axis, and for the names of the limits.
    left: f64,
    right: f64,
    /// Days written below, about.
    days: usize,
}

#[derive(Serialize)]
pub struct Picture {
    class: &'static str,
    width: f64,
    height: f64,
    top: f64,
    bottom: f64,
    grid: String,
    words: Vec<Word>,
    band: String,
    limits: Vec<LimitLine>,
    lines: Vec<String>,
    points: Vec<Dot>,
}

/// A word in a picture.
#[derive(Serialize)]
struct Word {
    class: &'static str,
    x: String,
    y: String,
    words: String,
}

#[derive(Serialize)]
struct LimitLine {
    class: &'static str,
    path: String,
}

#[derive(Serialize)]
struct Dot {
    x: String,
    y: String,
    /// `plain`, `beyond`, `run`, `running`: told by shape and colour.
    shape: &'static str,
    tip: String,
}

/// A line across, as it stands in the legend.
#[derive(Serialize)]
pub struct LineName {
    class: &'static str,
    words: String,
}

/// The pictures of what was told, and what their lines are.
pub fn pictures(
    told: &[Told<'_>],
    limits: Option<Limits>,
    column: &Column,
    shown: &Shown<'_>,
) -> (Vec<Picture>, Vec<LineName>) {
    let highest = told.iter().filter_map(|one| one.value);
    let highest = highest.fold(limits.map_or(1.0, |one| one.upper), f64::max);
    let (most, step) = axis(highest, column.share.is_some());
    let across = limits.map_or_else(Vec::new, |limits| across(limits, most, column, shown));
    let draw = |size| {
        let frame = Frame {
            size,
            count: told.len(),
            first: told.iter().take_while(|one| one.before).count(),
            most,
        };
        picture(&frame, step, told, limits, &across, column, shown)
    };
    let pictures = PICTURES.iter().map(draw).collect();
    (pictures, legend(&across))
}

/// A line across the picture.
struct Across {
    class: &'static str,
    value: f64,
    words: String,
}

/// The mean between its limits, from the top down.
fn across(limits: Limits, most: f64, column: &Column, shown: &Shown<'_>) -> Vec<Across> {
    // Limits that lie on the mean would hide it, and say nothing.
    let apart = limits.upper - limits.lower > most / 20.0;
    let named = [
        ("cc-lim", "report-upper", limits.upper, apart),
        ("cc-cl", "report-mean", limits.mean, true),
        ("cc-lim", "report-lower", limits.lower, apart),
    ];
    let named = named.into_iter().filter(|(_, _, _, shown)| *shown);
    named
        .map(|(class, key, value, _)| {
            let name = say(shown.visitor.look.language, key, &[]);
            Across {
                class,
                value,
                words: format!("{name} {}", written(value, unit(column))),
            }
        })
        .collect()
}

/// One entry for each kind of line: the mean, and both limits.
fn legend(across: &[Across]) -> Vec<LineName> {
    let entry = |class: &'static str| {
        let words = across
            .iter()
            .filter(|line| line.class == class)
            .map(|line| line.words.as_str());
        LineName {
            class,
            words: words.collect::<Vec<_>>().join(" · "),
        }
    };
    let entries = ["cc-cl", "cc-lim"].map(entry).into_iter();
    entries.filter(|entry| !entry.words.is_empty()).collect()
}

fn short(number: f64) -> String {
    format!("{number:.1}")
}

/// Below what the axis ends, and its steps.
fn axis(most: f64, share: bool) -> (f64, f64) {
    if share {
        return (100.0, 25.0);
    }
    let mut step = 1.0;
    for factor in [2.0, 2.5, 2.0].into_iter().cycle().take(24) {
        if most / step <= 5.0 {
            break;
        }
        step *= factor;
    }
    ((most / step).ceil().max(1.0) * step, step)
}

/// Where values lie in a picture.
struct Frame<'s> {
    size: &'s Size,
    count: usize,
    /// The first that is drawn.
    first: usize,
    most: f64,
}

impl Frame<'_> {
    fn x(&self, index: usize) -> f64 {
        let across = place(self.count.saturating_sub(1)).max(1.0);
        self.size.left + (self.end() - self.size.left) * place(index) / across
    }

    fn y(&self, value: f64) -> f64 {
        TOP + (self.size.height - TOP - BOTTOM) * (1.0 - value / self.most)
    }

    /// Where the drawing ends on the right.
    fn end(&self) -> f64 {
        self.size.width - self.size.right
    }

    /// A line across at a value.
    fn across(&self, value: f64) -> String {
        format!("M{:.1} {:.1}H{:.1}", self.size.left, self.y(value), self.end())
    }

    /// A line at a value from the first that is drawn on.
    fn along(&self, value: f64) -> String {
        format!("M{:.1} {:.1}H{:.1}", self.x(self.first), self.y(value), self.end())
    }

    /// The area between two values.
    fn between(&self, limits: Limits) -> String {
        let (left, end) = (self.x(self.first), self.end());
        let (upper, lower) = (self.y(limits.upper), self.y(limits.lower));
        format!("M{left:.1} {upper:.1}H{end:.1}V{lower:.1}H{left:.1}z")
    }
}

/// A picture of a size: grid, limits, lines, points.
fn picture(
    frame: &Frame<'_>,
    step: f64,
    told: &[Told<'_>],
    limits: Option<Limits>,
    named: &[Across],
    column: &Column,
    shown: &Shown<'_>,
) -> Picture {
    let (mut grid, mut words, mut at) = (String::new(), Vec::new(), 0.0);
    while at <= frame.most + NEARLY {
        grid.push_str(&frame.across(at));
        words.push(Word {
            class: "cc-y",
            x: short(frame.size.left - 8.0),
            y: short(frame.y(at) + 4.0),
            words: written(at, unit(column)),
        });
        at += step;
    }
    words.extend(days(frame, told));
    let mut drawn = Vec::new();
    // Names keep their distance, from the top down.
    let mut lowest = 0.0_f64;
    for line in named {
        let at = (frame.y(line.value) + 4.0).max(lowest);
        lowest = at + NAME;
        drawn.push(LimitLine {
            class: line.class,
            path: frame.along(line.value),
        });
        words.push(Word {
            class: "cc-lt",
            x: short(frame.end() + 8.0),
            y: short(at),
            words: line.words.clone(),
        });
    }
    Picture {
        class: frame.size.class,
        width: frame.size.width,
        height: frame.size.height,
        top: TOP,
        bottom: frame.size.height - BOTTOM,
        grid,
        words,
        band: limits.map(|limits| frame.between(limits)).unwrap_or_default(),
        limits: drawn,
        lines: lines(frame, told),
        points: told
            .iter()
            .enumerate()
            .skip(frame.first)
            .filter_map(|(index, one)| dot(one, index, frame, column, shown))
            .collect(),
    }
}

/// Days below the picture: evenly, and the last one.
fn days(frame: &Frame<'_>, told: &[Told<'_>]) -> Vec<Word> {
    let every = told.len().div_ceil(frame.size.days).max(1);
    let last = told.len().saturating_sub(1);
    told.iter()
        .enumerate()
        .filter(|(index, _)| (last - index).is_multiple_of(every))
        .map(|(index, one)| Word {
            class: if index == last { "cc-x is-last" } else { "cc-x" },
            x: short(frame.x(index)),
            y: short(frame.size.height - BOTTOM + 20.0),
            words: one.point.to.strftime("%m-%d").to_string(),
        })
        .collect()
}

/// Lines between neighbours; where nothing was to be shared there is a gap, not a zero.
fn lines(frame: &Frame<'_>, told: &[Told<'_>]) -> Vec<String> {
    let mut lines: Vec<Vec<String>> = vec![Vec::new()];
    for (index, one) in told.iter().enumerate().skip(frame.first) {
        match (one.value, lines.last_mut()) {
            (Some(value), Some(line)) => line.push(format!("{:.1},{:.1}", frame.x(index), frame.y(value))),
            (None, _) => lines.push(Vec::new()),
            (Some(_), None) => {}
        }
    }
    let drawn = lines.into_iter().filter(|line| line.len() >= LINE_MIN);
    drawn.map(|line| line.join(" ")).collect()
}

fn dot(one: &Told<'_>, index: usize, frame: &Frame<'_>, column: &Column, shown: &Shown<'_>) -> Option<Dot> {
    let value = one.value?;
    let words = one.words(shown);
    let separator = if words.is_empty() { "" } else { " · " };
    Some(Dot {
        x: short(frame.x(index)),
        y: short(frame.y(value)),
        shape: match one.mark {
            Some(mark) => mark.as_str(),
            None if one.point.running => "running",
            None => "plain",
        },
        tip: format!("{} · {}{separator}{words}", one.day(), one.value(column)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_has_few_steps_and_room_for_all() {
        for most in [0.0, 1.0, 3.0, 17.0, 99.0, 1234.0] {
            let (end, step) = axis(most, false);
            assert!(end >= most && end / step <= 6.0, "{most}: {end} by {step}");
        }
        assert_eq!(axis(40.0, true), (100.0, 25.0));
    }
}
