//! Working time: weekly hours, closed dates, opened make-up days, in a zone (`docs/workflows/time.md`).
//!
//! Three layers, the later one wins: the hours of the weekday; a date in `closed` has none; a date in `opened` has its
//! own. An interval belongs to the date on which it begins, also when it runs over midnight: closing Monday closes
//! Monday 22:00 to Tuesday 06:00 and leaves what began on Sunday.
//!
//! Intervals are wall-clock: one begins at the first instant at which the zone's clock shows its beginning or later
//! and ends likewise, and what counts is the time that really passes between the two. So a night shift over the end
//! of summer time counts an hour more, one over its beginning an hour less, and an opening at 02:30 in a night without
//! 02:30 is the moment at which the clock jumps. What two intervals share counts once.
//!
//! Everything is a function of its arguments; nothing is allocated, and whole regular weeks are counted at once, so
//! that ten years cost little more than a month.

pub mod holidays;
pub mod hours;
mod walk;
mod wall;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::duration::Duration;
use super::id::CalendarId;
use super::moment::{DAY, Moment};
use super::value::DECIMAL_SCALE;
use walk::Walk;
use wall::{Wall, date_of, day_of};

/// Minutes of a day, end excluded; an end past 1,440 runs over midnight into the next day.
///
/// `from` lies below 1,440, `to` after it and at most 1,440 later; the intervals of a day stand in order.
/// [`hours::parse`] makes them so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    pub from: u32,
    pub to: u32,
}

/// Which time a budget counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    pub working: bool,
    /// Milliseconds, elapsed or of working time.
    pub ms: i64,
}

/// A calendar in three layers.
#[derive(Clone, Debug)]
pub struct Calendar {
    pub id: CalendarId,
    pub zone: jiff::tz::TimeZone,
    /// Milliseconds of a nominal working day.
    pub day: i64,
    /// Monday first.
    pub weekly: [Vec<Interval>; 7],
    pub closed: BTreeSet<Date>,
    pub opened: BTreeMap<Date, Vec<Interval>>,
    /// Years whose holidays are known; beyond the last one a deadline is provisional (L11). `None`: the administrator
    /// loads no yearly holidays, and nothing is provisional.
    pub loaded_through: Option<i16>,
    pub version: i64,
}

/// Years beyond which nobody looks for working time, nor counts it.
pub const HORIZON_YEARS: i64 = 200;
const HORIZON_DAYS: i64 = HORIZON_YEARS * 366;

impl Calendar {
    /// Milliseconds that count between two instants; 0 when `to` is not later. Working time is counted for at most
    /// [`HORIZON_YEARS`].
    pub fn measure(&self, working: bool, from: Moment, to: Moment) -> i64 {
        if to <= from {
            return 0;
        }
        if !working {
            return to.since(from);
        }
        let mut walk = Walk::new(self, from);
        let last = (walk.day_of(to) + 1).min(walk.day + HORIZON_DAYS);
        let mut measured: i64 = 0;
        while walk.day <= last && walk.may_open() {
            measured = measured.saturating_add(walk.skip_weeks_before(last));
            let ended = walk.stretches(|start, end| {
                if start >= to.0 {
                    return Some(());
                }
                measured += end.min(to.0) - start;
                None
            });
            if ended.is_some() {
                break;
            }
        }
        measured
    }

    /// The instant at which `ms` more have counted from `from` on, the earliest such; `from` itself when `ms` is not
    /// positive. `None` when the calendar never opens for so long, or not within [`HORIZON_YEARS`].
    pub fn reach(&self, working: bool, from: Moment, ms: i64) -> Option<Moment> {
        if ms <= 0 {
            return Some(from);
        }
        if !working {
            return Some(from.plus(ms));
        }
        let mut walk = Walk::new(self, from);
        let horizon = walk.day + HORIZON_DAYS;
        let mut left = ms;
        while walk.day <= horizon && walk.may_open() {
            left -= walk.skip_weeks_within(left);
            let reached = walk.stretches(|start, end| {
                let length = end - start;
                if left <= length {
                    return Some(start + left);
                }
                left -= length;
                None
            });
            if let Some(reached) = reached {
                return Some(Moment(reached));
            }
        }
        None
    }

    /// The instant at which a budget that began at `zero` is used up.
    pub fn due(&self, zero: Moment, budget: Budget) -> Option<Moment> {
        self.reach(budget.working, zero, budget.ms)
    }

    /// A limit as a budget, fixed at the start of a cycle (L6). `None` when the calendar has not so many working days.
    pub fn budget(&self, zero: Moment, limit: Duration) -> Option<Budget> {
        let elapsed = |ms| Some(Budget { working: false, ms });
        let working = |ms| Some(Budget { working: true, ms });
        match limit {
            Duration::Elapsed(ms) => elapsed(ms),
            Duration::Days(days) => {
                // The same wall-clock time so many calendar days later, whatever the zone's clock does in between.
                let mut wall = Wall::new(&self.zone, zero.0);
                let local = wall.local(zero.0);
                let target = wall.instant(local.saturating_add(days.saturating_mul(DAY)));
                elapsed(target.saturating_sub(zero.0))
            }
            Duration::Working(ms) => working(ms),
            Duration::WorkingDays(days) => {
                let ms = i128::from(self.day) * i128::from(days.0) / i128::from(DECIMAL_SCALE);
                working(i64::try_from(ms).ok()?)
            }
            Duration::WorkingDaysFromNext(days) => {
                let close = self.close_of_working_day(zero, days)?;
                working(self.measure(true, zero, close))
            }
        }
    }

    /// Close of work of the nth working day after the local date of `zero` (次日起).
    fn close_of_working_day(&self, zero: Moment, days: i64) -> Option<Moment> {
        let mut wall = Wall::new(&self.zone, zero.0);
        let start = wall.local(zero.0).div_euclid(DAY);
        let mut left = days;
        for day in start + 1..=start + HORIZON_DAYS {
            date_of(day)?;
            let hours = self.hours_of(day)?;
            let Some(close) = hours.iter().map(|interval| interval.to).max() else {
                continue;
            };
            left -= 1;
            if left <= 0 {
                return Some(Moment(wall.instant(local(day, close))));
            }
        }
        None
    }

    /// True when the instant lies after the last year whose holidays are loaded.
    pub fn is_provisional(&self, at: Moment) -> bool {
        self.loaded_through
            .is_some_and(|last| self.zone.to_datetime(at.timestamp()).year() > last)
    }

    /// The hours that begin on a date: of the three layers the one that counts.
    pub fn hours_on(&self, date: Date) -> &[Interval] {
        if let Some(hours) = self.opened.get(&date) {
            hours
        } else if self.closed.contains(&date) {
            &[]
        } else {
            self.weekly_hours(day_of(date))
        }
    }

    /// True when some hours begin on this date.
    pub fn is_working_day(&self, date: Date) -> bool {
        !self.hours_on(date).is_empty()
    }

    /// True when working time counts at this instant.
    pub fn is_open(&self, at: Moment) -> bool {
        self.measure(true, at, at.plus(1)) > 0
    }

    /// True when there is working time at all, after `from`: without it no working-time limit ever ends (C10).
    pub fn opens_after(&self, from: Moment) -> bool {
        self.reach(true, from, 1).is_some()
    }

    /// The stretches of working time between two instants, in order, at most `count_max`: how a due time came out.
    pub fn stretches(&self, from: Moment, to: Moment, count_max: usize) -> Vec<(Moment, Moment)> {
        let mut found = Vec::new();
        let mut walk = Walk::new(self, from);
        let last = (walk.day_of(to) + 1).min(walk.day + HORIZON_DAYS);
        while walk.day <= last && found.len() < count_max && walk.may_open() {
            let ended = walk.stretches(|start, end| {
                if start >= to.0 || found.len() >= count_max {
                    return Some(());
                }
                found.push((Moment(start), Moment(end.min(to.0))));
                None
            });
            if ended.is_some() {
                break;
            }
        }
        found
    }

    fn weekly_hours(&self, day: i64) -> &[Interval] {
        // 1970-01-01, day 0, was a Thursday.
        let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap_or_default();
        self.weekly.get(weekday).map(Vec::as_slice).unwrap_or_default()
    }

    /// As [`Self::hours_on`], by the number of the day; `None` beyond the years there are.
    fn hours_of(&self, day: i64) -> Option<&[Interval]> {
        if self.closed.is_empty() && self.opened.is_empty() {
            return Some(self.weekly_hours(day));
        }
        date_of(day).map(|date| self.hours_on(date))
    }
}

/// A minute of a day as wall-clock milliseconds.
fn local(day: i64, minute: u32) -> i64 {
    day.saturating_mul(DAY)
        .saturating_add(i64::from(minute) * super::moment::MINUTE)
}
