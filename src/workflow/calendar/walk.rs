//! A walk over the days of a calendar, giving the stretches of working time in order.
//!
//! Between two dates out of the ordinary (a closed or opened date, a change of the zone's clock) every week is the
//! same; the walk jumps over such weeks at once. Two days beside each border are walked, because hours over midnight
//! and shared hours reach into the next day.

use super::wall::{Wall, date_of, day_of};
use super::{Calendar, Interval, local};
use crate::workflow::moment::{DAY, Moment};

const WEEK: i64 = 7 * DAY;

pub struct Walk<'a> {
    calendar: &'a Calendar,
    wall: Wall<'a>,
    /// The day to be walked next, counted from 1970-01-01.
    pub day: i64,
    /// Everything before this instant was counted already, or lies before the beginning.
    covered: i64,
    /// From this day on nothing of the beginning is felt: weeks may be skipped.
    steady_from: i64,
    /// Working time of a regular week.
    week: i64,
    /// The first date out of the ordinary that is not yet behind; `i64::MAX` when there is none any more.
    special: i64,
}

impl<'a> Walk<'a> {
    pub fn new(calendar: &'a Calendar, from: Moment) -> Self {
        let mut wall = Wall::new(&calendar.zone, from.0);
        // The day before may have hours over midnight.
        let day = wall.local(from.0).div_euclid(DAY) - 1;
        Self {
            calendar,
            wall,
            day,
            covered: from.0,
            steady_from: day + 3,
            week: week(&calendar.weekly),
            special: i64::MIN,
        }
    }

    /// The number of the local date of an instant.
    pub fn day_of(&mut self, at: Moment) -> i64 {
        self.wall.local(at.0).div_euclid(DAY)
    }

    /// False when no working time can come any more.
    pub fn may_open(&mut self) -> bool {
        let Some(date) = date_of(self.day) else {
            return false;
        };
        self.week > 0 || self.calendar.opened.range(date..).next().is_some()
    }

    /// Walks one day: `each` is shown the stretches of working time that begin on it, and ends the walk with `Some`.
    pub fn stretches<T>(&mut self, mut each: impl FnMut(i64, i64) -> Option<T>) -> Option<T> {
        self.find_special();
        let hours = if self.special > self.day {
            self.calendar.weekly_hours(self.day)
        } else {
            self.calendar.hours_of(self.day).unwrap_or_default()
        };
        for interval in hours {
            let start = self.wall.instant(local(self.day, interval.from)).max(self.covered);
            let end = self.wall.instant(local(self.day, interval.to));
            if start < end {
                self.covered = end;
                if let Some(found) = each(start, end) {
                    return Some(found);
                }
            }
        }
        self.day += 1;
        None
    }

    /// Jumps over regular weeks while what is left stays positive; the working time jumped over.
    pub fn skip_weeks_within(&mut self, left: i64) -> i64 {
        // Without weekly hours whole weeks cost nothing and every one may be skipped.
        let wanted = (left - 1).checked_div(self.week).unwrap_or(i64::MAX);
        self.skip_weeks(wanted)
    }

    /// Jumps over regular weeks that end before `last`; the working time jumped over.
    pub fn skip_weeks_before(&mut self, last: i64) -> i64 {
        // Two days stay to be walked, for the hours that are cut off.
        self.skip_weeks((last - 2 - self.day).div_euclid(7))
    }

    fn skip_weeks(&mut self, wanted: i64) -> i64 {
        if wanted <= 0 || self.day < self.steady_from {
            return 0;
        }
        self.find_special();
        let to_special = self.special.saturating_sub(self.day).div_euclid(7);
        // `covered` came from yesterday, which must have been regular as well.
        if self.special < self.day || to_special <= 0 {
            return 0;
        }
        let midnight = self.wall.instant(local(self.day, 0));
        if midnight.saturating_sub(3 * DAY) < self.wall.from {
            return 0;
        }
        let steady = self.wall.until.saturating_sub(3 * DAY).saturating_sub(midnight);
        let weeks = wanted.min(to_special).min(steady.div_euclid(WEEK)).min(WEEKS_MAX);
        if weeks <= 0 {
            return 0;
        }
        self.day += weeks * 7;
        self.covered = self.covered.saturating_add(weeks * WEEK);
        weeks.saturating_mul(self.week)
    }

    /// The first closed or opened date from yesterday on.
    fn find_special(&mut self) {
        let yesterday = self.day - 1;
        if self.special >= yesterday {
            return;
        }
        self.special = match date_of(yesterday) {
            None => yesterday,
            Some(date) => {
                let closed = self.calendar.closed.range(date..).next();
                let opened = self.calendar.opened.range(date..).next().map(|(date, _)| date);
                closed
                    .into_iter()
                    .chain(opened)
                    .min()
                    .map_or(i64::MAX, |date| day_of(*date))
            }
        };
    }
}

/// No jump is longer, so that nothing overflows.
const WEEKS_MAX: i64 = super::HORIZON_YEARS * 53;

/// Working time of a week in the middle of regular weeks, what intervals share counted once.
fn week(weekly: &[Vec<Interval>; 7]) -> i64 {
    // Sunday's hours over midnight reach into Monday.
    let before = weekly
        .last()
        .into_iter()
        .flatten()
        .map(|interval| i64::from(interval.to));
    let mut covered = before.max().map_or(0, |minute| (minute - 1_440).max(0));
    let mut minutes = 0;
    for (weekday, hours) in (0_i64..).zip(weekly) {
        for interval in hours {
            let start = (weekday * 1_440 + i64::from(interval.from)).max(covered);
            let end = weekday * 1_440 + i64::from(interval.to);
            if start < end {
                covered = end;
                minutes += end - start;
            }
        }
    }
    minutes * crate::workflow::moment::MINUTE
}
