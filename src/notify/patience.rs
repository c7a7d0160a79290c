//! What may wait, and until when: a digest instead of a storm, and quiet hours.
//!
//! A message waits only where waiting harms nobody. Of an urgent ticket nothing waits, nor what a hotline clock says
//! (one that counts elapsed minutes or hours, R9), nor that an automatic action was refused. For a digest nothing waits
//! beyond the moment at which a clock of the ticket runs out; for the end of quiet hours only steps of a ladder wait
//! whose file says so (`quiet_hours: wait`).

use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::ticket::model::ClockPhase;
use crate::workflow::duration::Duration;
use crate::workflow::moment::{MINUTE, Moment};
use crate::workflow::value::Value;

use super::compose::{Cause, Scene};

/// From how many messages on further ones go as one (`[digest]`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gathering {
    /// Messages that one person gets by one channel within the time; 0: none is ever gathered.
    pub after: u64,
    /// Milliseconds.
    pub within: i64,
}

impl Default for Gathering {
    /// As in the reference.
    fn default() -> Self {
        Self {
            after: 10,
            within: 10 * MINUTE,
        }
    }
}

/// Hours in which what may wait does (`[quiet_hours]`), by the clock on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    pub from: Time,
    /// Before `from`: over midnight.
    pub to: Time,
}

impl QuietHours {
    /// When they end, if it is quiet now.
    pub fn end(&self, now: Moment, zone: &TimeZone) -> Option<Moment> {
        let local = now.timestamp().to_zoned(zone.clone());
        let (time, today) = (local.time(), local.date());
        let over_midnight = self.to <= self.from;
        let day = if over_midnight && time >= self.from {
            today.tomorrow().ok()?
        } else if time < self.to && (over_midnight || time >= self.from) {
            today
        } else {
            return None;
        };
        let end = day.to_datetime(self.to).to_zoned(zone.clone()).ok()?;
        Some(Moment::from_timestamp(end.timestamp())).filter(|end| *end > now)
    }
}

impl Scene<'_> {
    /// It may wait until that moment, to go with others as one.
    pub fn may_be_gathered(&self, until: Moment) -> bool {
        !self.is_pressing_now() && !self.runs_out_before(until)
    }

    /// Until when it waits because it is quiet; `None`: it goes now.
    pub fn quiet_until(&self) -> Option<Moment> {
        let quiet = self.house.quiet.as_ref()?;
        let allowed = match self.cause {
            Cause::Rung { clock, step, .. } => {
                let step = usize::try_from(*step).ok()?;
                let rung = self.definition.clocks.get(clock)?.ladder.get(step)?;
                rung.quiet_hours_wait.is_some()
            }
            Cause::Told { .. } | Cause::Refused { .. } | Cause::Chased => false,
        };
        if !allowed || self.is_pressing_now() {
            return None;
        }
        quiet.end(self.now, &self.zone())
    }

    /// Whoever is told must act now.
    fn is_pressing_now(&self) -> bool {
        let is_urgent = self.ticket.fields.get("urgent") == Some(&Value::YesNo(true));
        let is_refused = matches!(self.cause, Cause::Refused { .. });
        is_urgent || is_refused || self.is_of_a_hotline_clock()
    }

    /// A clock says it whose limit is elapsed minutes or hours. What cannot be told any more is taken for one.
    fn is_of_a_hotline_clock(&self) -> bool {
        let Some((clock, task)) = self.clock() else {
            return false;
        };
        let limits = self.definition.clocks.get(clock).map(|clock| &clock.limit);
        let case = self.ticket.clock(clock, task).map(|run| run.case);
        let limit = limits.zip(case).and_then(|(limits, case)| {
            let place = usize::try_from(case).ok()?;
            limits.get(place).or(limits.last())
        });
        limit.is_none_or(|limit| matches!(limit.is.value, Duration::Elapsed(_)))
    }

    /// A clock of the ticket that is in time now runs out before that moment.
    fn runs_out_before(&self, until: Moment) -> bool {
        let mut running = self.ticket.clocks.iter().filter(|run| run.phase == ClockPhase::Running);
        running.any(|run| run.due_at.is_some_and(|due_at| due_at > self.now && due_at <= until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        Moment::from_timestamp(text.parse().unwrap())
    }

    #[test]
    fn quiet_hours_end_in_the_morning_whichever_side_of_midnight_it_is() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let night = QuietHours {
            from: Time::constant(21, 30, 0, 0),
            to: Time::constant(7, 0, 0, 0),
        };
        let seven = Some(at("2026-03-02T23:00:00Z"));
        assert_eq!(night.end(at("2026-03-02T13:29:59Z"), &zone), None, "21:29:59");
        assert_eq!(night.end(at("2026-03-02T13:30:00Z"), &zone), seven);
        assert_eq!(night.end(at("2026-03-02T16:00:00Z"), &zone), seven, "midnight");
        assert_eq!(night.end(at("2026-03-02T22:59:59Z"), &zone), seven);
        assert_eq!(night.end(at("2026-03-02T23:00:00Z"), &zone), None, "07:00");
        let noon = QuietHours {
            from: Time::constant(12, 0, 0, 0),
            to: Time::constant(14, 0, 0, 0),
        };
        assert_eq!(
            noon.end(at("2026-03-02T05:00:00Z"), &zone),
            Some(at("2026-03-02T06:00:00Z"))
        );
        assert_eq!(noon.end(at("2026-03-02T06:00:00Z"), &zone), None);
        assert_eq!(noon.end(at("2026-03-02T03:59:59Z"), &zone), None);
    }

    #[test]
    fn a_night_in_which_the_clock_is_changed_ends_when_the_clock_on_the_wall_says_so() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let night = QuietHours {
            from: Time::constant(22, 0, 0, 0),
            to: Time::constant(2, 30, 0, 0),
        };
        // 29 March 2026 has no 02:30: the clock jumps from 02:00 to 03:00.
        let end = night.end(at("2026-03-29T00:30:00Z"), &zone).unwrap();
        assert_eq!(end, at("2026-03-29T01:30:00Z"));
    }
}
