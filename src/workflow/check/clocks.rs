//! C: clocks. In every open state one surely runs, somebody hears of it, and it knows when to begin anew.

use std::collections::HashMap;

use crate::workflow::calendar::Calendar;
use crate::workflow::definition::{Clock, From, Point, Runs};
use crate::workflow::duration::Duration;
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::{CalendarId, StateId};
use crate::workflow::moment::HOUR;
use crate::workflow::value::{DECIMAL_SCALE, FieldType};

use super::graph::{action_in, alive_in, runs_in};
use super::names::unknown;
use super::{Ground, builtin};

pub(super) fn check(ground: &Ground, findings: &mut Findings) {
    for clock in ground.file.clocks.values() {
        at_hundred(ground, clock, findings);
        limit_cases(clock, findings);
        runs_and_waits(clock, findings);
        reentry(ground, clock, findings);
        met(ground, clock, findings);
    }
    unwatched(ground, findings);
    calendar(ground, findings);
}

/// True when it runs in each of its states whatever anybody does: not stopped by `until`, not waiting for a field, not
/// bound to a task. Only such a clock keeps a ticket from being forgotten.
pub(in crate::workflow) fn is_certain(clock: &Clock) -> bool {
    let begins = !matches!(clock.from, Some(From::Field(_)));
    begins && clock.until.is_empty() && !matches!(clock.runs, Runs::Task { .. })
}

/// Milliseconds of a duration in its own kind of time; a working day is the calendar's, or eight hours.
pub(super) fn nominal(duration: Duration, calendar: Option<&Calendar>) -> i64 {
    let day = calendar.map_or(8 * HOUR, |calendar| calendar.day);
    match duration {
        Duration::Elapsed(ms) | Duration::Working(ms) => ms,
        Duration::Days(days) => days.saturating_mul(24 * HOUR),
        Duration::WorkingDays(days) => days.0.saturating_mul(day / DECIMAL_SCALE),
        Duration::WorkingDaysFromNext(days) => days.saturating_mul(day),
    }
}

/// The calendar of the file, where a directory is known.
pub(super) fn calendar_of<'a>(ground: &Ground<'a>) -> Option<&'a Calendar> {
    let directory = ground.around.directory?;
    directory
        .calendar(ground.file.calendar.as_ref().map(|id| &id.value))
        .map(|calendar| &**calendar)
}

/// C02.
fn at_hundred(ground: &Ground, clock: &Clock, findings: &mut Findings) {
    let acts = clock
        .ladder
        .iter()
        .any(|rung| rung.at.value == Point::Percent(100) && (!rung.tell.is_empty() || rung.act.is_some()));
    if !acts && !ground.around.incomplete {
        findings.add(Finding::new(Code::C02, clock.span).with("clock", &clock.id));
    }
}

/// C06, and B02 for an `else` that is not the last.
fn limit_cases(clock: &Clock, findings: &mut Findings) {
    let Some((last, earlier)) = clock.limit.split_last() else {
        return;
    };
    if last.when.is_some() {
        findings.add(Finding::new(Code::C06, last.span).with("clock", &clock.id));
    }
    for case in earlier.iter().filter(|case| case.when.is_none()) {
        findings.add(Finding::new(Code::B02, case.span));
    }
}

/// C08.
fn runs_and_waits(clock: &Clock, findings: &mut Findings) {
    let Runs::States(states) = &clock.runs else { return };
    for paused in &clock.paused_in {
        if states.iter().any(|state| state.value == paused.value) {
            let finding = Finding::new(Code::C08, paused.span).with("clock", &clock.id);
            findings.add(finding.with("state", &**paused));
        }
    }
}

/// C09: within a round the clock's states can be left and entered again.
fn reentry(ground: &Ground, clock: &Clock, findings: &mut Findings) {
    if clock.reentry.is_some() || !matches!(clock.runs, Runs::States(_)) {
        return;
    }
    let counts = runs_in(ground.file, clock);
    let alive = alive_in(ground.file, clock);
    let back = ground.graph.reaching(&counts, |_| true);
    let leads_back = |from: &StateId, outside: &StateId| {
        alive.contains(from)
            && !alive.contains(outside)
            && back.contains(outside)
            && ground.graph.reachable.contains(from)
    };
    let mut edges = ground.graph.edges.iter();
    let Some((from, outside)) = edges
        .find_map(|edge| Some((edge.from?, edge.target.state()?)).filter(|(from, outside)| leads_back(from, outside)))
    else {
        return;
    };
    let reached = ground.graph.reach_from(&[outside], |_| true);
    if let Some(again) = counts.iter().find(|state| reached.contains(**state)) {
        findings.add(
            Finding::new(Code::C09, clock.span)
                .with("clock", &clock.id)
                .with("from", from)
                .with("outside", outside)
                .with("again", again),
        );
    }
}

/// F03: `until` names what can be done while the clock runs, else it is never met.
fn met(ground: &Ground, clock: &Clock, findings: &mut Findings) {
    let states = runs_in(ground.file, clock);
    for action in &clock.until {
        let builtin = builtin::is_builtin(&action.value);
        if !builtin && !super::actions(ground.file).any(|(_, known)| known.id == action.value) {
            continue;
        }
        let possible = states.iter().filter_map(|id| ground.file.states.get(*id)).any(|state| {
            if builtin {
                !builtin::is_of_task(&action.value) || !state.tasks.is_empty()
            } else {
                action_in(ground.file, state, &action.value).is_some()
            }
        });
        if !possible && !states.is_empty() {
            let finding = Finding::new(Code::F03, action.span).variant("until-never");
            findings.add(finding.with("action", &**action).with("clock", &clock.id));
        }
    }
}

/// C03.
fn unwatched(ground: &Ground, findings: &mut Findings) {
    if ground.around.incomplete {
        return;
    }
    let mut running_in: HashMap<&StateId, Vec<&Clock>> = HashMap::new();
    for clock in ground.file.clocks.values() {
        for state in runs_in(ground.file, clock) {
            running_in.entry(state).or_default().push(clock);
        }
    }
    for state in ground.file.states.values() {
        let running = running_in.remove(&state.id).unwrap_or_default();
        let certain = running
            .iter()
            .any(|clock| is_certain(clock) || starts_from_nothing(ground, clock));
        if certain {
            continue;
        }
        let finding = Finding::new(Code::C03, state.span).with("state", &state.id);
        let names: Vec<&str> = running.iter().map(|clock| clock.id.as_str()).collect();
        findings.add(if names.is_empty() {
            finding
        } else {
            finding.variant("uncertain").with("clocks", names.join(", "))
        });
    }
}

/// `from` a field that is no time field, or not there: F02 or F01, told once.
fn starts_from_nothing(ground: &Ground, clock: &Clock) -> bool {
    match &clock.from {
        Some(From::Field(name)) => ground
            .file
            .fields
            .get(&name.value)
            .is_none_or(|field| field.kind != FieldType::Time),
        Some(From::Opened | From::ContactEnded) | None => false,
    }
}

/// C10: the calendar is there, opens, and lasts as long as the longest limit.
fn calendar(ground: &Ground, findings: &mut Findings) {
    let Some(directory) = ground.around.directory else {
        return;
    };
    if let Some(id) = &ground.file.calendar
        && !id.as_str().is_empty()
        && !directory.calendars.contains_key(&id.value)
    {
        let known = directory.calendars.keys().map(CalendarId::as_str);
        findings.add(unknown(Code::C10, "calendar", id, known).variant("unknown"));
        return;
    }
    let Some(calendar) = calendar_of(ground) else { return };
    let closed = calendar.weekly.iter().all(Vec::is_empty) && calendar.opened.values().all(Vec::is_empty);
    for clock in ground.file.clocks.values() {
        let working = clock.limit.iter().filter(|case| case.is.is_working());
        let longest = working.max_by_key(|case| nominal(*case.is, Some(calendar)));
        let Some(longest) = longest else { continue };
        let finding = Finding::new(Code::C10, longest.is.span)
            .with("calendar", &calendar.id)
            .with("clock", &clock.id);
        if closed {
            findings.add(finding);
        } else if calendar
            .reach(true, ground.around.now, nominal(*longest.is, Some(calendar)))
            .is_none()
        {
            findings.add(finding.variant("ends"));
        }
    }
}
