//! Opening hours as the administrator writes them: `08:30-12:00,13:30-18:00`, over midnight `22:00-06:00`.

use std::fmt::Write as _;

use super::Interval;
use crate::texts::{Arg, Language, say};

/// Keys of a week's hours, Monday first as in [`super::Calendar::weekly`].
pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Stretches a day may have.
pub const STRETCHES_MAX: usize = 12;

const DAY: u32 = 1_440;

/// Why a text says no hours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursProblem {
    /// A part is not `FROM-TO`.
    #[error("`{found}` says no hours; write 08:30-12:00,13:30-18:00")]
    Shape { found: String },
    /// Not a time of day from 00:00 to 24:00.
    #[error("`{found}` is no time of day; write 08:30, and 24:00 for the end of the day")]
    Time { found: String },
    /// Begins and ends at the same time.
    #[error("`{found}` begins and ends at the same time; write 00:00-24:00 for the whole day")]
    Empty { found: String },
    /// Two stretches of the day overlap.
    #[error("`{found}` overlaps with the hours before it")]
    Overlap { found: String },
    #[error("more than {STRETCHES_MAX} stretches in a day")]
    TooMany,
}

impl HoursProblem {
    /// Key of the sentence in the texts.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Shape { .. } => "hours-shape",
            Self::Time { .. } => "hours-time",
            Self::Empty { .. } => "hours-empty",
            Self::Overlap { .. } => "hours-overlap",
            Self::TooMany => "hours-too-many",
        }
    }

    /// The one parameter of the sentence.
    pub fn parameter(&self) -> (&'static str, String) {
        match self {
            Self::Shape { found } | Self::Time { found } | Self::Empty { found } | Self::Overlap { found } => {
                ("found", found.clone())
            }
            Self::TooMany => ("max", STRETCHES_MAX.to_string()),
        }
    }

    /// The sentence the administrator reads.
    pub fn sentence(&self, language: Language) -> String {
        let (name, value) = self.parameter();
        say(language, self.key(), &[(name, Arg::from(value))])
    }
}

/// Reads the hours of a day, in order. An end that is not later than its beginning lies on the next day.
pub fn parse(text: &str) -> Result<Vec<Interval>, HoursProblem> {
    let mut hours: Vec<(Interval, &str)> = Vec::new();
    for part in text.split(',').map(str::trim) {
        let found = || part.to_owned();
        let (from, to) = part
            .split_once('-')
            .ok_or_else(|| HoursProblem::Shape { found: found() })?;
        let (from, to) = (minute(from.trim())?, minute(to.trim())?);
        if from == to || from == DAY {
            return Err(HoursProblem::Empty { found: found() });
        }
        let to = if to < from { to + DAY } else { to };
        hours.push((Interval { from, to }, part));
        if hours.len() > STRETCHES_MAX {
            return Err(HoursProblem::TooMany);
        }
    }
    hours.sort_by_key(|(interval, _)| interval.from);
    let mut busy = 0;
    for (interval, part) in &hours {
        if interval.from < busy {
            return Err(HoursProblem::Overlap {
                found: (*part).to_owned(),
            });
        }
        busy = interval.to;
    }
    Ok(hours.into_iter().map(|(interval, _)| interval).collect())
}

/// Minute of the day: two digits, a colon, two digits; `9:30` is taken as well.
fn minute(text: &str) -> Result<u32, HoursProblem> {
    let bad = || HoursProblem::Time { found: text.to_owned() };
    let number = |part: &str, least: usize| {
        let plain = (least..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| part.parse::<u32>().ok()).flatten().ok_or_else(bad)
    };
    let (hour, minute) = text.split_once(':').ok_or_else(bad)?;
    let (hour, minute) = (number(hour, 1)?, number(minute, 2)?);
    if minute > 59 || hour > 24 || (hour == 24 && minute > 0) {
        return Err(bad());
    }
    Ok(hour * 60 + minute)
}

/// The same in words that [`parse`] reads.
pub fn write(hours: &[Interval]) -> String {
    let mut text = String::new();
    for interval in hours {
        let separator = if text.is_empty() { "" } else { "," };
        let to = if interval.to > DAY {
            interval.to - DAY
        } else {
            interval.to
        };
        let (from_hour, from_minute) = (interval.from / 60, interval.from % 60);
        let _ = write!(
            text,
            "{separator}{from_hour:02}:{from_minute:02}-{:02}:{:02}",
            to / 60,
            to % 60
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_and_written() {
        for (text, expected) in [
            ("08:30-12:00,13:30-18:00", vec![(510, 720), (810, 1080)]),
            ("00:00-24:00", vec![(0, 1440)]),
            ("22:00-06:00", vec![(1320, 1800)]),
            ("20:00-00:00", vec![(1200, 1440)]),
        ] {
            let hours = parse(text).unwrap();
            assert_eq!(
                hours.iter().map(|hours| (hours.from, hours.to)).collect::<Vec<_>>(),
                expected
            );
            assert_eq!(parse(&write(&hours)), Ok(hours), "{text}");
        }
        assert_eq!(parse("13:30-18:00, 8:30-12:00"), parse("08:30-12:00,13:30-18:00"));
    }

    #[test]
    fn what_says_no_hours_says_why() {
        for (text, key) in [
            ("", "hours-shape"),
            ("08:30", "hours-shape"),
            ("08:30-12:00,", "hours-shape"),
            ("8-12", "hours-time"),
            ("08:30-25:00", "hours-time"),
            ("08:30-24:01", "hours-time"),
            ("08:60-12:00", "hours-time"),
            ("08：30-12:00", "hours-time"),
            ("+8:30-12:00", "hours-time"),
            ("08:00-08:00", "hours-empty"),
            ("24:00-06:00", "hours-empty"),
            ("08:00-12:00,11:00-13:00", "hours-overlap"),
            ("22:00-06:00,23:00-24:00", "hours-overlap"),
            (&["00:00-00:01"; 13].join(","), "hours-too-many"),
        ] {
            let problem = parse(text).unwrap_err();
            assert_eq!(problem.key(), key, "{text}");
            for language in Language::ALL {
                assert!(!problem.sentence(language).is_empty());
            }
        }
    }
}
