//! The clock on the wall: from wall-clock time to instants and back, fast while the zone's offset stays the same.
//!
//! Wall-clock time is counted as if it were UTC: milliseconds since 1970-01-01 00:00 on the wall. One rule turns it
//! into an instant: **the first instant at which the wall clock shows this time or later.** When clocks are set back
//! that is the first of the two; when they jump ahead over this time it is the moment of the jump.

use jiff::civil::{Date, DateTime, date};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use crate::workflow::moment::{DAY, Moment, SECOND};

/// No zone shifts its clock by more: far from its borders an offset is the only one in question.
const SHIFT_MAX: i64 = 2 * DAY;

/// A zone and the offset that holds around the instants asked for last.
pub struct Wall<'a> {
    zone: &'a TimeZone,
    offset: i64,
    /// First instant at which the offset holds.
    pub from: i64,
    /// First instant at which it holds no more.
    pub until: i64,
}

impl<'a> Wall<'a> {
    pub fn new(zone: &'a TimeZone, at: i64) -> Self {
        let mut wall = Self {
            zone,
            offset: 0,
            from: 0,
            until: 0,
        };
        wall.look(at);
        wall
    }

    /// Remembers the offset that holds at this instant, and how long.
    fn look(&mut self, at: i64) {
        let timestamp = Moment(at).timestamp();
        self.offset = milliseconds(self.zone.to_offset(timestamp));
        let next = self.zone.following(timestamp).next();
        self.until = next.map_or(i64::MAX, |transition| transition.timestamp().as_millisecond());
        // «Preceding» excludes the instant itself.
        let just_after = Moment(at.saturating_add(1)).timestamp();
        let last = self.zone.preceding(just_after).next();
        self.from = last.map_or(i64::MIN, |transition| transition.timestamp().as_millisecond());
    }

    /// What the wall clock shows at this instant.
    pub fn local(&mut self, at: i64) -> i64 {
        if at < self.from || at >= self.until {
            self.look(at);
        }
        at.saturating_add(self.offset)
    }

    fn is_sure(&self, instant: i64) -> bool {
        instant.saturating_sub(SHIFT_MAX) >= self.from && instant.saturating_add(SHIFT_MAX) < self.until
    }

    /// The first instant at which the wall clock shows this time or later.
    pub fn instant(&mut self, local: i64) -> i64 {
        let guess = local.saturating_sub(self.offset);
        if self.is_sure(guess) {
            return guess;
        }
        self.look(guess);
        let guess = local.saturating_sub(self.offset);
        if self.is_sure(guess) {
            return guess;
        }
        self.ask(local).unwrap_or(guess)
    }

    /// Close to a change of the clock: what jiff knows about it. `None` beyond the years it knows.
    fn ask(&self, local: i64) -> Option<i64> {
        let with = |offset: Offset| local.saturating_sub(milliseconds(offset));
        match self.zone.to_ambiguous_timestamp(civil(local)?).offset() {
            AmbiguousOffset::Unambiguous { offset } => Some(with(offset)),
            AmbiguousOffset::Fold { before, .. } => Some(with(before)),
            AmbiguousOffset::Gap { before, .. } => {
                // With the offset before the jump one lands behind the jump: it is the last change up to there.
                let behind = Moment(with(before).saturating_add(SECOND)).timestamp();
                let jump = self.zone.preceding(behind).next()?;
                Some(jump.timestamp().as_millisecond())
            }
        }
    }
}

fn milliseconds(offset: Offset) -> i64 {
    i64::from(offset.seconds()) * SECOND
}

fn civil(local: i64) -> Option<DateTime> {
    let timestamp = jiff::Timestamp::from_millisecond(local).ok()?;
    Some(Offset::UTC.to_datetime(timestamp))
}

/// The date of the nth day since 1970-01-01; `None` beyond the years there are.
pub fn date_of(day: i64) -> Option<Date> {
    civil(day.checked_mul(DAY)?).map(DateTime::date)
}

/// Days since 1970-01-01.
pub fn day_of(date: Date) -> i64 {
    let since = self::date(1970, 1, 1).until(date);
    since.map_or(0, |span| i64::from(span.get_days()))
}
