//! Public holidays and make-up days: what a year's list says, where it comes from, and putting it into a calendar.
//!
//! Lists come from the built-in facts for China, from a JSON file or from an `.ics` file. Reading is pure: bytes in,
//! dates or problems out. What the administrator wrote about a date himself always wins over a list.

mod china;
mod ics;
mod json;
mod problem;

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Calendar, Interval};

pub use ics::read as read_ics;
pub use json::read as read_json;
pub use problem::{HolidayProblem, HolidayProblemKind};

/// Largest file with holidays, in bytes.
pub const FILE_SIZE_MAX: usize = 1_048_576;
/// Most entries of a file.
pub const ENTRIES_MAX: usize = 5_000;
/// Most days in a row of one entry.
pub const DAYS_IN_A_ROW_MAX: i64 = 60;

/// Days off and days made up for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holidays {
    /// Years the list speaks of.
    pub years: BTreeSet<i16>,
    /// Days off; some lie on weekends.
    pub closed: BTreeSet<Date>,
    /// Weekend days that are worked.
    pub made_up: BTreeSet<Date>,
    /// Entries of a file that say neither: shown to the administrator, nothing else.
    pub ignored: Vec<String>,
}

impl Holidays {
    /// The State Council's holidays of this year, where they are known.
    pub fn china(year: i16) -> Option<Self> {
        let notice = china::NOTICES.iter().find(|notice| notice.year == year)?;
        let mut holidays = Self::default();
        holidays.years.insert(year);
        for (first, days) in notice.closed {
            let first: Date = first.parse().ok()?;
            holidays
                .closed
                .extend(first.series(jiff::Span::new().days(1)).take(usize::from(*days)));
        }
        for day in notice.made_up {
            holidays.made_up.insert(day.parse().ok()?);
        }
        Some(holidays)
    }

    /// All years that are known: `calendar: {country: cn}`.
    pub fn china_all() -> Self {
        let mut all = Self::default();
        for notice in &china::NOTICES {
            if let Some(year) = Self::china(notice.year) {
                all.add(year);
            }
        }
        all
    }

    /// The notices behind [`Self::china_all`]: year and address.
    pub fn china_sources() -> Vec<(i16, &'static str)> {
        china::NOTICES
            .iter()
            .map(|notice| (notice.year, notice.source))
            .collect()
    }

    /// Both lists in one; where they disagree the other one counts.
    pub fn add(&mut self, other: Self) {
        self.years.extend(other.years);
        for day in other.closed {
            self.made_up.remove(&day);
            self.closed.insert(day);
        }
        for day in other.made_up {
            self.closed.remove(&day);
            self.made_up.insert(day);
        }
        self.ignored.extend(other.ignored);
    }
}

impl Calendar {
    /// With these days closed and made up for. A made-up day has the hours of Monday (of the first weekday with hours
    /// where Monday has none) unless others are given. The calendar's own `closed` and `opened` win.
    pub fn with_holidays(mut self, holidays: &Holidays, made_up_hours: Option<&[Interval]>) -> Self {
        let usual = self.weekly.iter().find(|hours| !hours.is_empty());
        let hours = made_up_hours.map(<[Interval]>::to_vec).or_else(|| usual.cloned());
        for day in &holidays.made_up {
            let is_free = !self.closed.contains(day) && !self.opened.contains_key(day);
            if let Some(hours) = hours.as_ref().filter(|_| is_free) {
                self.opened.insert(*day, hours.clone());
            }
        }
        self.closed.extend(holidays.closed.iter().copied());
        self.loaded_through = self.loaded_through.max(holidays.years.last().copied());
        self
    }
}
