//! Durations as managers write them; the unit says which time counts (LANGUAGE, rule 4).

use serde::{Deserialize, Serialize};

use super::value::Decimal;

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

impl Duration {
    /// True when the calendar's working time counts.
    pub fn is_working(self) -> bool {
        match self {
            Self::Working(_) | Self::WorkingDays(_) | Self::WorkingDaysFromNext(_) => true,
            Self::Elapsed(_) | Self::Days(_) => false,
        }
    }
}
