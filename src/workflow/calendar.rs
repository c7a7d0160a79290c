//! Working time: weekly hours, closed dates, opened make-up days, in a zone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::duration::Duration;
use super::id::CalendarId;
use super::moment::Moment;

/// Minutes of a day, end excluded; an end past 1,440 runs over midnight into the next day.
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
    /// Years whose holidays are known; beyond the last one a deadline is provisional (L11).
    pub loaded_through: Option<i16>,
    pub version: i64,
}

impl Calendar {
    /// Milliseconds that count between two instants; 0 when `to` is not later.
    pub fn measure(&self, _working: bool, _from: Moment, _to: Moment) -> i64 {
        0
    }

    /// The instant at which `ms` more have counted from `from` on; `None` when the calendar never opens for so long.
    pub fn reach(&self, _working: bool, from: Moment, _ms: i64) -> Option<Moment> {
        Some(from)
    }

    /// A limit as a budget, fixed at the start of a cycle (L6).
    pub fn budget(&self, _zero: Moment, _limit: Duration) -> Option<Budget> {
        None
    }

    /// True when the instant lies after the last year whose holidays are loaded.
    pub fn is_provisional(&self, _at: Moment) -> bool {
        false
    }
}
