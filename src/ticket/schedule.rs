//! When the rungs of a clock come, worked out from the spans in which it counted (L6). Pure arithmetic: what a clock
//! should do is `clocks`' concern.

use crate::workflow::calendar::Calendar;
use crate::workflow::definition::{Clock, Point};
use crate::workflow::duration::Duration;
use crate::workflow::moment::{DAY, Moment};
use crate::workflow::value::DECIMAL_SCALE;

use super::apply::LATE;
use super::model::{ClockPhase, ClockRun, RungKey, Scheduled};

/// Works out when each rung comes that has not fired, if the clock goes on counting.
pub(super) fn plan(clock: &Clock, run: &mut ClockRun, calendar: Option<&Calendar>) {
    run.schedule.clear();
    run.due_at = None;
    run.calendar = calendar.map_or(0, |calendar| calendar.version);
    if run.phase != ClockPhase::Running || run.spans.is_empty() {
        return;
    }
    let total = run.budget.ms.saturating_add(run.extended);
    run.due_at = moment_at(run, calendar, total);
    let mut schedule = Vec::new();
    for (step, rung) in clock.ladder.iter().enumerate() {
        let step = u32::try_from(step).unwrap_or(u32::MAX - 1);
        let first = threshold(&rung.at.value, total, calendar);
        let (every, times) = rung
            .repeat
            .as_ref()
            .map_or((0, 0), |repeat| (in_unit(repeat.every.value, calendar), repeat.times));
        for repetition in 0..=times {
            let key = RungKey { step, repetition };
            let ms = first.saturating_add(every.saturating_mul(i64::from(repetition)));
            if !run.fired.contains(&key)
                && let Some(at) = moment_at(run, calendar, ms)
            {
                schedule.push(Scheduled {
                    at: at.max(run.changed_at),
                    rung: key,
                });
            }
        }
    }
    if !run.fired.contains(&LATE)
        && let Some(due) = run.due_at
    {
        schedule.push(Scheduled {
            at: due.max(run.changed_at),
            rung: LATE,
        });
    }
    schedule.sort_by_key(|scheduled| (scheduled.at, scheduled.rung));
    run.schedule = schedule;
    if let (Some(due), Some(calendar), true) = (run.due_at, calendar, run.budget.working) {
        run.provisional = calendar.is_provisional(due);
    }
}

/// How much of the budget has been used when this point of the ladder is reached.
fn threshold(point: &Point, total: i64, calendar: Option<&Calendar>) -> i64 {
    let share = |percent: u32| i64::try_from(i128::from(total) * i128::from(percent) / 100).unwrap_or(i64::MAX);
    match point {
        Point::Percent(percent) => share(*percent),
        Point::PercentPlus(percent, offset) => share(*percent).saturating_add(in_unit(*offset, calendar)),
        Point::Remaining(rest) => total.saturating_sub(in_unit(*rest, calendar)).max(0),
    }
}

/// The instant at which so much has been counted, over all spans; `None` when the calendar never gets there.
fn moment_at(run: &ClockRun, calendar: Option<&Calendar>, ms: i64) -> Option<Moment> {
    let mut used = 0_i64;
    for (from, to) in &run.spans {
        let left = ms.saturating_sub(used);
        match to {
            Some(to) => {
                let counted = measure(calendar, run.budget.working, *from, *to);
                if counted >= left {
                    return reach(calendar, run.budget.working, *from, left);
                }
                used = used.saturating_add(counted);
            }
            None => return reach(calendar, run.budget.working, *from, left),
        }
    }
    None
}

fn measure(calendar: Option<&Calendar>, working: bool, from: Moment, to: Moment) -> i64 {
    match calendar {
        Some(calendar) if working => calendar.measure(true, from, to),
        _ => to.since(from).max(0),
    }
}

fn reach(calendar: Option<&Calendar>, working: bool, from: Moment, ms: i64) -> Option<Moment> {
    match calendar {
        Some(calendar) if working => calendar.reach(true, from, ms),
        _ => Some(from.plus(ms.max(0))),
    }
}

impl ClockRun {
    /// Milliseconds counted so far in this cycle, in the unit of the budget.
    pub fn used(&self, calendar: Option<&Calendar>, now: Moment) -> i64 {
        self.spans
            .iter()
            .map(|(from, to)| measure(calendar, self.budget.working, *from, to.unwrap_or(now)))
            .fold(0, i64::saturating_add)
    }
}

/// Milliseconds of a duration in the unit of its own kind; a nominal day is the calendar's, or 24 hours without one.
pub(super) fn in_unit(duration: Duration, calendar: Option<&Calendar>) -> i64 {
    let day = calendar.map_or(DAY, |calendar| calendar.day);
    match duration {
        Duration::Elapsed(ms) | Duration::Working(ms) => ms,
        Duration::Days(days) => days.saturating_mul(DAY),
        Duration::WorkingDays(days) => days.0.saturating_mul(day) / DECIMAL_SCALE,
        Duration::WorkingDaysFromNext(days) => days.saturating_mul(day),
    }
}
