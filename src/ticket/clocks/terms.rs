//! What a clock promises: from when it counts, how long, and when the promise is made anew (L6).

use crate::workflow::calendar::Budget;
use crate::workflow::definition::{Clock, Definition, From};
use crate::workflow::duration::Duration;
use crate::workflow::id::ClockId;
use crate::workflow::moment::{DAY, HOUR, MINUTE, Moment};
use crate::workflow::value::Value;

use super::super::facts::{View, holds};
use super::super::model::{ClockRun, Ticket};
use super::super::refusal::{Code, Objection, Refusal};
use super::super::schedule::in_unit;
use super::super::turn::Turn;

/// A contact that never ends cannot hold back a clock for longer than this after opening (L6).
const CONTACT_MAX: i64 = 60 * MINUTE;

/// Where counting begins. `from` moves the first cycle only; a field moves every cycle; else it is the entry.
pub(super) fn zero(clock: &Clock, ticket: &Ticket, entered: Moment, first: bool) -> Option<Moment> {
    match &clock.from {
        Some(From::Field(field)) => match ticket.fields.get(&field.value) {
            Some(Value::Time(at)) => Some(*at),
            _ => None,
        },
        Some(From::Opened) if first => Some(ticket.opened_at),
        Some(From::ContactEnded) if first => Some(match &ticket.contact {
            None => ticket.opened_at,
            Some(contact) => contact.ended_at.unwrap_or(if contact.running {
                ticket.opened_at.plus(CONTACT_MAX)
            } else {
                ticket.opened_at
            }),
        }),
        Some(From::Opened | From::ContactEnded) | None => Some(entered),
    }
}

pub(super) fn choose(definition: &Definition, clock: &Clock, ticket: &Ticket, now: Moment) -> Result<u32, Refusal> {
    let view = View {
        ticket,
        overlay: None,
        now,
    };
    for (place, case) in clock.limit.iter().enumerate() {
        let fits = match &case.when {
            None => true,
            Some(when) => holds(definition, when, &view)?,
        };
        if fits {
            return Ok(u32::try_from(place).unwrap_or(u32::MAX));
        }
    }
    Err(Objection::new(Code::Expression)
        .with("workflow", definition.workflow.as_str())
        .with("clock", clock.id.as_str())
        .into())
}

fn limit_of(clock: &Clock, case: u32) -> Option<Duration> {
    let place = usize::try_from(case).ok()?;
    clock.limit.get(place).or(clock.limit.last()).map(|case| case.is.value)
}

/// The limit as a budget from the zero on. A calendar that never opens must not make anybody forgotten: the limit is
/// then counted in elapsed time and marked provisional.
pub(super) fn fix_budget(turn: &Turn<'_>, clock: &Clock, run: &mut ClockRun) {
    let (Some(zero), Some(limit)) = (run.zero, limit_of(clock, run.case)) else {
        return;
    };
    let counted = turn.calendar().and_then(|calendar| calendar.budget(zero, limit));
    run.budget = counted.unwrap_or(Budget {
        working: false,
        ms: in_unit(limit, None),
    });
    run.provisional = counted.is_none();
}

/// What counts from another zero: what ended before it is gone, what began with the old zero begins with the new one.
pub(super) fn moved_to(
    zero: Moment,
    old: Option<Moment>,
    spans: &[(Moment, Option<Moment>)],
) -> Vec<(Moment, Option<Moment>)> {
    let begun = |from: Moment| if Some(from) == old { zero } else { from.max(zero) };
    spans
        .iter()
        .filter(|(_, to)| to.is_none_or(|to| to > zero))
        .map(|(from, to)| (begun(*from), *to))
        .collect()
}

/// The field that the clock counts from was written since its last cycle, if only with the same instant.
pub(super) fn is_promised_anew(turn: &Turn<'_>, clock: &Clock, run: &ClockRun) -> bool {
    let Some(From::Field(field)) = &clock.from else {
        return false;
    };
    match turn.ticket.fields.get(&field.value) {
        Some(Value::Time(at)) => from_written_field(turn, clock) || run.zero != Some(*at),
        _ => false,
    }
}

/// A clock counts from a field, and the field was written in this turn.
pub(super) fn from_written_field(turn: &Turn<'_>, clock: &Clock) -> bool {
    matches!(&clock.from, Some(From::Field(field)) if turn.written.contains(&field.value))
}

/// Milliseconds of one unit of a clock's limit: what a number in `extend: {by: FIELD}` counts.
pub(in crate::ticket) fn unit_of(turn: &Turn<'_>, clock: &ClockId) -> i64 {
    let calendar = turn.calendar().map(|calendar| &**calendar);
    let case = turn.ticket.clock(clock, None).map_or(0, |run| run.case);
    match turn
        .definition
        .clocks
        .get(clock)
        .and_then(|clock| limit_of(clock, case))
    {
        Some(Duration::WorkingDays(_) | Duration::WorkingDaysFromNext(_)) => {
            calendar.map_or(DAY, |calendar| calendar.day)
        }
        Some(Duration::Days(_)) | None => DAY,
        Some(Duration::Elapsed(ms) | Duration::Working(ms)) => {
            if ms % HOUR == 0 {
                HOUR
            } else {
                MINUTE
            }
        }
    }
}
