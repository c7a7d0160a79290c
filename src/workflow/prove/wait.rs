//! After how long: a share of a limit, plus or minus something, in the words of the language.

use serde::{Serialize, Serializer};

use crate::workflow::definition::{Clock, Point, Rung};
use crate::workflow::duration::Duration;
use crate::workflow::moment::{DAY, HOUR};
use crate::workflow::value::{DECIMAL_SCALE, Decimal};

/// A wait, under the condition of its case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Case {
    /// The condition as written; `None` for the rest.
    pub when: Option<String>,
    pub wait: Wait,
}

/// How long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wait {
    Exactly(Duration),
    /// Percent of a duration that cannot be divided in its own words.
    Share(u32, Duration),
    /// And then so much more.
    Plus(u32, Duration, Duration),
    /// So much before the end.
    Before(Duration, Duration),
}

/// The waits of a rung, one for each case of the limit, the longest first.
pub fn cases(clock: &Clock, rung: &Rung) -> Vec<Case> {
    let mut cases: Vec<Case> = clock
        .limit
        .iter()
        .map(|case| Case {
            when: case.when.as_ref().map(|when| when.text.to_string()),
            wait: wait(*case.is, &rung.at.value),
        })
        .collect();
    cases.sort_by_key(|case| std::cmp::Reverse(case.wait.roughly()));
    cases
}

fn wait(limit: Duration, at: &Point) -> Wait {
    match *at {
        Point::Percent(percent) => share(percent, limit),
        Point::PercentPlus(percent, more) => match (share(percent, limit), more) {
            (Wait::Exactly(Duration::Elapsed(ms)), Duration::Elapsed(more)) => {
                Wait::Exactly(Duration::Elapsed(ms.saturating_add(more)))
            }
            (Wait::Exactly(Duration::Working(ms)), Duration::Working(more)) => {
                Wait::Exactly(Duration::Working(ms.saturating_add(more)))
            }
            (Wait::Exactly(Duration::WorkingDays(days)), Duration::WorkingDays(more)) => {
                Wait::Exactly(Duration::WorkingDays(Decimal(days.0.saturating_add(more.0))))
            }
            (Wait::Exactly(Duration::Days(days)), Duration::Days(more)) => {
                Wait::Exactly(Duration::Days(days.saturating_add(more)))
            }
            (_, more) => Wait::Plus(percent, limit, more),
        },
        Point::Remaining(left) => match (limit, left) {
            (Duration::Elapsed(ms), Duration::Elapsed(left)) => Wait::Exactly(Duration::Elapsed(ms - left)),
            (Duration::Working(ms), Duration::Working(left)) => Wait::Exactly(Duration::Working(ms - left)),
            (Duration::WorkingDays(days), Duration::WorkingDays(left)) => {
                Wait::Exactly(Duration::WorkingDays(Decimal(days.0 - left.0)))
            }
            (limit, left) => Wait::Before(limit, left),
        },
    }
}

fn share(percent: u32, limit: Duration) -> Wait {
    if percent == 100 {
        return Wait::Exactly(limit);
    }
    let part = |whole: i64| whole.saturating_mul(i64::from(percent)) / 100;
    let divides = |whole: i64| whole.saturating_mul(i64::from(percent)) % 100 == 0;
    match limit {
        Duration::Elapsed(ms) => Wait::Exactly(Duration::Elapsed(part(ms))),
        Duration::Working(ms) => Wait::Exactly(Duration::Working(part(ms))),
        Duration::WorkingDays(days) if divides(days.0) => Wait::Exactly(Duration::WorkingDays(Decimal(part(days.0)))),
        Duration::Days(days) if divides(days) => Wait::Exactly(Duration::Days(part(days))),
        Duration::Days(_) | Duration::WorkingDays(_) | Duration::WorkingDaysFromNext(_) => Wait::Share(percent, limit),
    }
}

impl Wait {
    /// Elapsed milliseconds, for sorting: an office is taken to be open forty hours of a week's hundred and sixty-eight.
    pub fn roughly(self) -> i64 {
        let percent = |share: u32, limit: Duration| roughly(limit) / 100 * i64::from(share);
        match self {
            Self::Exactly(duration) => roughly(duration),
            Self::Share(share, limit) => percent(share, limit),
            Self::Plus(share, limit, more) => percent(share, limit).saturating_add(roughly(more)),
            Self::Before(limit, left) => roughly(limit).saturating_sub(roughly(left)),
        }
    }
}

fn roughly(duration: Duration) -> i64 {
    const WEEK_PER_DAY: i64 = 7 * 24 / 5;
    match duration {
        Duration::Elapsed(ms) => ms,
        Duration::Days(days) => days.saturating_mul(DAY),
        Duration::Working(ms) => (ms / 8).saturating_mul(WEEK_PER_DAY),
        Duration::WorkingDays(days) => (days.0.saturating_mul(HOUR / DECIMAL_SCALE)).saturating_mul(WEEK_PER_DAY),
        Duration::WorkingDaysFromNext(days) => days.saturating_mul(WEEK_PER_DAY * HOUR).saturating_add(12 * HOUR),
    }
}

impl Serialize for Wait {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&match self {
            Self::Exactly(duration) => duration.to_string(),
            Self::Share(share, limit) => format!("{share}% of {limit}"),
            Self::Plus(100, limit, more) => format!("{limit} + {more}"),
            Self::Plus(share, limit, more) => format!("{share}% of {limit} + {more}"),
            Self::Before(limit, left) => format!("{limit} - {left}"),
        })
    }
}
