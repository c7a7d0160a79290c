//! Durations as managers write them; the unit says which time counts (LANGUAGE, rule 4).
//!
//! Reading and writing use the same words, so that `Duration::parse(&duration.to_string())` gives the same duration.
//! What a duration means in a calendar is `calendar`'s business.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::moment::{HOUR, MINUTE, SECOND};
use super::nearest::nearest;
use super::value::{DECIMAL_SCALE, Decimal};
use crate::texts::{Arg, Language, say};

/// A span of time in the words of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duration {
    /// `15 minutes`, `24 hours`, `30 seconds`: elapsed milliseconds.
    Elapsed(i64),
    /// `10 days`: the same wall-clock time so many calendar days later, DST or not.
    Days(i64),
    /// `2 working hours`, `30 working minutes`: milliseconds of the calendar's working time.
    Working(i64),
    /// `5 working days`, `1.5 working days`: each is the calendar's nominal day.
    WorkingDays(Decimal),
    /// `5 working days from the next day` (次日起): to close of work of the nth working day after the start day.
    WorkingDaysFromNext(i64),
}

/// The longest duration, ten years: what any unit may say is bounded by it.
pub const DAYS_MAX: i64 = 3_660;

/// What is accepted, for every message about a duration.
pub const ACCEPTED: &str = "seconds, minutes, hours, days, working minutes, working hours, working days, \
                            working days from the next day";

/// Why a text is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationProblem {
    /// Nothing is written.
    #[error("a duration is missing; write for example `15 minutes` or `5 working days`")]
    Missing,
    /// It does not begin with a plain number.
    #[error("`{found}` is no plain number; write for example `15 minutes` or `1.5 working days`")]
    Number { found: String },
    /// A number without a unit.
    #[error("the unit is missing after {number}; one of {ACCEPTED}")]
    NoUnit { number: String },
    /// No such unit.
    #[error("there is no unit `{found}`; one of {ACCEPTED}")]
    Unit {
        found: String,
        nearest: Option<&'static str>,
    },
    /// A unit that cannot be divided.
    #[error("{unit} are counted whole, not {number}")]
    Fraction { number: String, unit: &'static str },
    /// Finer than a millisecond, or than a ten-thousandth of a working day.
    #[error("{number} {unit} is finer than what is counted")]
    TooFine { number: String, unit: &'static str },
    /// Nothing, or more than ten years.
    #[error("{number} {unit} is out of range: more than 0, at most {max}")]
    Range {
        number: String,
        unit: &'static str,
        max: i64,
    },
}

impl DurationProblem {
    /// Key of the sentence in the texts; its parameters are [`Self::parameters`].
    pub fn key(&self) -> &'static str {
        match self {
            Self::Missing => "duration-missing",
            Self::Number { .. } => "duration-number",
            Self::NoUnit { .. } => "duration-no-unit",
            Self::Unit { .. } => "duration-unit",
            Self::Fraction { .. } => "duration-fraction",
            Self::TooFine { .. } => "duration-too-fine",
            Self::Range { .. } => "duration-range",
        }
    }

    /// Parameters of the sentence.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = match self {
            Self::Missing => Vec::new(),
            Self::Number { found } | Self::Unit { found, .. } => vec![("found", found.clone())],
            Self::NoUnit { number } => vec![("number", number.clone())],
            Self::Fraction { number, unit } | Self::TooFine { number, unit } => {
                vec![("number", number.clone()), ("unit", (*unit).to_owned())]
            }
            Self::Range { number, unit, max } => vec![
                ("number", number.clone()),
                ("unit", (*unit).to_owned()),
                ("max", max.to_string()),
            ],
        };
        parameters.push(("accepted", ACCEPTED.to_owned()));
        parameters
    }

    /// The sentence the author reads.
    pub fn sentence(&self, language: Language) -> String {
        let parameters = self.parameters();
        let arguments: Vec<(&str, Arg)> = parameters.iter().map(|(name, value)| (*name, value.into())).collect();
        say(language, self.key(), &arguments)
    }

    /// The unit that was probably meant.
    pub fn nearest(&self) -> Option<&'static str> {
        match self {
            Self::Unit { nearest, .. } => *nearest,
            Self::Missing
            | Self::Number { .. }
            | Self::NoUnit { .. }
            | Self::Fraction { .. }
            | Self::TooFine { .. }
            | Self::Range { .. } => None,
        }
    }
}

/// The words for units, plural.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Seconds,
    Minutes,
    Hours,
    Days,
    WorkingMinutes,
    WorkingHours,
    WorkingDays,
    WorkingDaysFromNext,
}

const UNITS: [Unit; 8] = [
    Unit::Seconds,
    Unit::Minutes,
    Unit::Hours,
    Unit::Days,
    Unit::WorkingMinutes,
    Unit::WorkingHours,
    Unit::WorkingDays,
    Unit::WorkingDaysFromNext,
];

impl Unit {
    fn words(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
            Self::WorkingMinutes => "working minutes",
            Self::WorkingHours => "working hours",
            Self::WorkingDays => "working days",
            Self::WorkingDaysFromNext => "working days from the next day",
        }
    }

    fn singular(self) -> &'static str {
        match self {
            Self::Seconds => "second",
            Self::Minutes => "minute",
            Self::Hours => "hour",
            Self::Days => "day",
            Self::WorkingMinutes => "working minute",
            Self::WorkingHours => "working hour",
            Self::WorkingDays => "working day",
            Self::WorkingDaysFromNext => "working day from the next day",
        }
    }

    /// Key of the words for a reader.
    fn key(self) -> &'static str {
        match self {
            Self::Seconds => "duration-words-seconds",
            Self::Minutes => "duration-words-minutes",
            Self::Hours => "duration-words-hours",
            Self::Days => "duration-words-days",
            Self::WorkingMinutes => "duration-words-working-minutes",
            Self::WorkingHours => "duration-words-working-hours",
            Self::WorkingDays => "duration-words-working-days",
            Self::WorkingDaysFromNext => "duration-words-working-days-from-next",
        }
    }

    /// Greatest whole number of this unit: all end at ten years.
    fn max(self) -> i64 {
        match self {
            Self::Seconds => DAYS_MAX * 86_400,
            Self::Minutes | Self::WorkingMinutes => DAYS_MAX * 1_440,
            Self::Hours | Self::WorkingHours => DAYS_MAX * 24,
            Self::Days | Self::WorkingDays | Self::WorkingDaysFromNext => DAYS_MAX,
        }
    }

    fn find(words: &str) -> Option<Self> {
        UNITS
            .into_iter()
            .find(|unit| unit.words() == words || unit.singular() == words)
    }
}

/// What people write for a unit, and the unit they mean.
const MEANT: &[(&str, Unit)] = &[
    ("s", Unit::Seconds),
    ("sec", Unit::Seconds),
    ("秒", Unit::Seconds),
    ("m", Unit::Minutes),
    ("min", Unit::Minutes),
    ("mins", Unit::Minutes),
    ("分钟", Unit::Minutes),
    ("h", Unit::Hours),
    ("hr", Unit::Hours),
    ("小时", Unit::Hours),
    ("d", Unit::Days),
    ("天", Unit::Days),
    ("日", Unit::Days),
    ("weeks", Unit::Days),
    ("week", Unit::Days),
    ("months", Unit::Days),
    ("month", Unit::Days),
    ("workdays", Unit::WorkingDays),
    ("business days", Unit::WorkingDays),
    ("days from the next day", Unit::WorkingDaysFromNext),
    ("工作日", Unit::WorkingDays),
    ("个工作日", Unit::WorkingDays),
    ("business hours", Unit::WorkingHours),
    ("工作小时", Unit::WorkingHours),
];

fn nearest_unit(words: &str) -> Option<&'static str> {
    let lower = words.to_lowercase();
    if let Some(unit) = Unit::find(&lower) {
        return Some(unit.words());
    }
    if let Some((_, unit)) = MEANT.iter().find(|(written, _)| *written == lower) {
        return Some(unit.words());
    }
    let names = UNITS.into_iter().flat_map(|unit| [unit.words(), unit.singular()]);
    let near = nearest(&lower, names)?;
    Unit::find(&near).map(Unit::words)
}

/// A plain decimal number as ten-thousandths; `None` when it is none, `Err` when it has more than four places.
fn ten_thousandths(text: &str) -> Option<Result<i64, ()>> {
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let dotted = text.contains('.');
    // `010` is eight to some and ten to others (rule 3).
    if !digits(whole) || (whole.len() > 1 && whole.starts_with('0')) || (dotted && !digits(places)) {
        return None;
    }
    let places = places.trim_end_matches('0');
    if places.len() > 4 {
        return Some(Err(()));
    }
    // Longer numbers are out of every range; the cut keeps them so without overflowing.
    let whole: i64 = whole.parse().unwrap_or(i64::MAX).min(i64::MAX / DECIMAL_SCALE - 1);
    let fraction: i64 = format!("{places:0<4}").parse().unwrap_or(0);
    Some(Ok(whole.saturating_mul(DECIMAL_SCALE).saturating_add(fraction)))
}

impl Duration {
    /// Reads `15 minutes`, `1.5 working days`, `5 working days from the next day`.
    pub fn parse(text: &str) -> Result<Self, DurationProblem> {
        let mut words = text.split_whitespace();
        let first = words.next().ok_or(DurationProblem::Missing)?;
        let number = || first.to_owned();
        let Some(scaled) = ten_thousandths(first) else {
            return Err(DurationProblem::Number { found: number() });
        };
        let rest = words.collect::<Vec<_>>().join(" ");
        if rest.is_empty() {
            return Err(DurationProblem::NoUnit { number: number() });
        }
        let unit = Unit::find(&rest).ok_or_else(|| DurationProblem::Unit {
            nearest: nearest_unit(&rest),
            found: rest.clone(),
        })?;
        let words = unit.words();
        let scaled = scaled.map_err(|()| DurationProblem::TooFine {
            number: number(),
            unit: words,
        })?;
        let max = unit.max();
        if scaled == 0 || scaled > max.saturating_mul(DECIMAL_SCALE) {
            return Err(DurationProblem::Range {
                number: number(),
                unit: words,
                max,
            });
        }
        let whole = || match scaled % DECIMAL_SCALE {
            0 => Ok(scaled / DECIMAL_SCALE),
            _ => Err(DurationProblem::Fraction {
                number: number(),
                unit: words,
            }),
        };
        let milliseconds = |each: i64| {
            let product = scaled.saturating_mul(each);
            match product % DECIMAL_SCALE {
                0 => Ok(product / DECIMAL_SCALE),
                _ => Err(DurationProblem::TooFine {
                    number: number(),
                    unit: words,
                }),
            }
        };
        Ok(match unit {
            Unit::Seconds => Self::Elapsed(milliseconds(SECOND)?),
            Unit::Minutes => Self::Elapsed(milliseconds(MINUTE)?),
            Unit::Hours => Self::Elapsed(milliseconds(HOUR)?),
            Unit::Days => Self::Days(whole()?),
            Unit::WorkingMinutes => Self::Working(milliseconds(MINUTE)?),
            Unit::WorkingHours => Self::Working(milliseconds(HOUR)?),
            Unit::WorkingDays => Self::WorkingDays(Decimal(scaled)),
            Unit::WorkingDaysFromNext => Self::WorkingDaysFromNext(whole()?),
        })
    }

    /// True when the calendar's working time counts.
    pub fn is_working(self) -> bool {
        match self {
            Self::Working(_) | Self::WorkingDays(_) | Self::WorkingDaysFromNext(_) => true,
            Self::Elapsed(_) | Self::Days(_) => false,
        }
    }

    /// As a reader says it: `5 个工作日`, `5 working days`.
    pub fn words(self, language: Language) -> String {
        match language {
            Language::En => self.to_string(),
            Language::Zh => {
                let (scaled, unit) = self.written();
                say(language, unit.key(), &[("number", number(scaled).into())])
            }
        }
    }

    /// The number, in ten-thousandths, and its unit: what is written.
    fn written(self) -> (i64, Unit) {
        let span = |ms: i64, hours: Unit, minutes: Unit| {
            if ms % HOUR == 0 {
                (ms / HOUR * DECIMAL_SCALE, hours)
            } else if ms % MINUTE == 0 || minutes == Unit::WorkingMinutes {
                (ms.saturating_mul(DECIMAL_SCALE) / MINUTE, minutes)
            } else {
                (ms.saturating_mul(DECIMAL_SCALE) / SECOND, Unit::Seconds)
            }
        };
        match self {
            Self::Elapsed(ms) => span(ms, Unit::Hours, Unit::Minutes),
            Self::Working(ms) => span(ms, Unit::WorkingHours, Unit::WorkingMinutes),
            Self::Days(days) => (days.saturating_mul(DECIMAL_SCALE), Unit::Days),
            Self::WorkingDays(days) => (days.0, Unit::WorkingDays),
            Self::WorkingDaysFromNext(days) => (days.saturating_mul(DECIMAL_SCALE), Unit::WorkingDaysFromNext),
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scaled, unit) = self.written();
        let words = if scaled == DECIMAL_SCALE {
            unit.singular()
        } else {
            unit.words()
        };
        write!(f, "{} {words}", number(scaled))
    }
}

/// Ten-thousandths as a plain decimal number.
fn number(scaled: i64) -> String {
    let (whole, fraction) = (scaled / DECIMAL_SCALE, (scaled % DECIMAL_SCALE).abs());
    if fraction == 0 {
        return whole.to_string();
    }
    format!("{whole}.{}", format!("{fraction:04}").trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_is_read_and_written_in_the_same_words() {
        for (text, expected) in [
            ("15 minutes", Duration::Elapsed(15 * MINUTE)),
            ("24 hours", Duration::Elapsed(24 * HOUR)),
            ("30 seconds", Duration::Elapsed(30 * SECOND)),
            ("0.5 seconds", Duration::Elapsed(500)),
            ("1 hour", Duration::Elapsed(HOUR)),
            ("90 minutes", Duration::Elapsed(90 * MINUTE)),
            ("10 days", Duration::Days(10)),
            ("1 day", Duration::Days(1)),
            ("2 working hours", Duration::Working(2 * HOUR)),
            ("30 working minutes", Duration::Working(30 * MINUTE)),
            ("5 working days", Duration::WorkingDays(Decimal(50_000))),
            ("1.5 working days", Duration::WorkingDays(Decimal(15_000))),
            ("1 working day", Duration::WorkingDays(Decimal(10_000))),
            ("5 working days from the next day", Duration::WorkingDaysFromNext(5)),
            ("1 working day from the next day", Duration::WorkingDaysFromNext(1)),
        ] {
            assert_eq!(Duration::parse(text), Ok(expected), "{text}");
            assert_eq!(expected.to_string(), text);
            assert_eq!(expected.words(Language::En), text);
            assert!(
                expected.words(Language::Zh).chars().any(|letter| letter > '一'),
                "{text}"
            );
        }
    }

    #[test]
    fn singular_spaces_and_fractions_are_taken() {
        assert_eq!(Duration::parse("  1   working days "), Duration::parse("1 working day"));
        assert_eq!(Duration::parse("1.50 hours"), Ok(Duration::Elapsed(90 * MINUTE)));
        assert_eq!(
            Duration::parse("0.25 working hours"),
            Ok(Duration::Working(15 * MINUTE))
        );
    }

    #[test]
    fn what_is_no_duration_says_why() {
        for (text, key, nearest) in [
            ("", "duration-missing", None),
            ("soon", "duration-number", None),
            ("-5 minutes", "duration-number", None),
            ("010 minutes", "duration-number", None),
            ("1e3 minutes", "duration-number", None),
            ("1_000 minutes", "duration-number", None),
            ("５ minutes", "duration-number", None),
            ("5. minutes", "duration-number", None),
            ("15minutes", "duration-number", None),
            ("15", "duration-no-unit", None),
            ("15 minuts", "duration-unit", Some("minutes")),
            ("15 Minutes", "duration-unit", Some("minutes")),
            ("5 business days", "duration-unit", Some("working days")),
            ("5 个工作日", "duration-unit", Some("working days")),
            ("2 weeks", "duration-unit", Some("days")),
            (
                "5 days from the next day",
                "duration-unit",
                Some("working days from the next day"),
            ),
            ("5 fortnights", "duration-unit", None),
            ("1.5 days", "duration-fraction", None),
            ("1.5 working days from the next day", "duration-fraction", None),
            ("0.00001 working days", "duration-too-fine", None),
            ("0.0001 seconds", "duration-too-fine", None),
            ("0 minutes", "duration-range", None),
            ("3661 days", "duration-range", None),
            ("99999999999999999999999999 hours", "duration-range", None),
        ] {
            let problem = Duration::parse(text).unwrap_err();
            assert_eq!((problem.key(), problem.nearest()), (key, nearest), "{text}: {problem}");
            for language in Language::ALL {
                assert!(!problem.sentence(language).contains('{'), "{text}");
            }
        }
    }
}
