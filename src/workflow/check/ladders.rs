//! C04, C07, N02: ladders. Their steps stand in the order of time, count in the clock's own time, and can be done.

use crate::workflow::definition::{Action, Clock, ExtendBy, Place, Point, Rung, State};
use crate::workflow::duration::Duration;
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::{ActionId, FieldId, StateId};

use super::Ground;
use super::clocks::{calendar_of, nominal};
use super::graph::{action_in, runs_in};

/// Messages of one clock in one cycle, to each recipient counted; more is noise that nobody reads.
const MESSAGES_MAX: usize = 50;

pub(super) fn check(ground: &Ground, findings: &mut Findings) {
    for clock in ground.file.clocks.values() {
        order(ground, clock, findings);
        units(clock, findings);
        acts(ground, clock, findings);
        messages(clock, findings);
        quiet_hours(clock, findings);
    }
    extensions(ground, findings);
}

/// C04: each step is due at or after the one before it, whichever case of the limit holds.
fn order(ground: &Ground, clock: &Clock, findings: &mut Findings) {
    let calendar = calendar_of(ground);
    let mut told: Vec<usize> = Vec::new();
    for case in &clock.limit {
        let limit = nominal(*case.is, calendar);
        let due = |rung: &Rung| {
            let percent = |percent: u32| limit / 100 * i64::from(percent) + limit % 100 * i64::from(percent) / 100;
            match rung.at.value {
                Point::Percent(share) => percent(share),
                Point::PercentPlus(share, more) => percent(share).saturating_add(nominal(more, calendar)),
                Point::Remaining(left) => limit.saturating_sub(nominal(left, calendar)),
            }
        };
        for rung in &clock.ladder {
            if due(rung) < 0 && !told.contains(&rung.span.start) {
                told.push(rung.span.start);
                let finding = Finding::new(Code::C04, rung.at.span)
                    .variant("before-start")
                    .with("clock", &clock.id);
                findings.add(finding.with("limit", case.is.to_string()));
            }
        }
        for pair in clock.ladder.windows(2) {
            if let [earlier, later] = pair
                && due(later) < due(earlier)
                && !told.contains(&later.span.start)
            {
                told.push(later.span.start);
                let finding = Finding::new(Code::C04, later.at.span).with("clock", &clock.id);
                findings.add(finding.note(earlier.at.span, "finding-C04-earlier"));
            }
        }
    }
}

/// C04: a duration in the ladder counts in the time of every case of the limit (rule 4). The cases themselves may
/// differ, for urgent ones count elapsed time and the others working time (R9); a share of the limit fits them all.
fn units(clock: &Clock, findings: &mut Findings) {
    let mixed = |duration: Duration, span, findings: &mut Findings| {
        let finding = Finding::new(Code::C04, span)
            .with("clock", &clock.id)
            .with("duration", duration.to_string());
        let other = clock
            .limit
            .iter()
            .find(|case| case.is.is_working() != duration.is_working());
        if let Some(other) = other {
            let finding = finding.variant("units").with("limit", other.is.to_string());
            findings.add(finding.note(other.is.span, "finding-C04-limit"));
        } else if let Duration::WorkingDaysFromNext(_) = duration {
            findings.add(finding.variant("from-next"));
        }
    };
    for rung in &clock.ladder {
        match rung.at.value {
            Point::Percent(_) => {}
            Point::PercentPlus(_, more) => mixed(more, rung.at.span, findings),
            Point::Remaining(left) => mixed(left, rung.at.span, findings),
        }
        if let Some(repeat) = &rung.repeat {
            mixed(*repeat.every, repeat.every.span, findings);
        }
    }
}

/// C04 of `extend: {by: duration}`.
fn extensions(ground: &Ground, findings: &mut Findings) {
    for (_, action) in ground.actions() {
        let Some(extend) = &action.extend else { continue };
        let ExtendBy::Duration(by) = &extend.by else { continue };
        let Some(limit) = ground
            .file
            .clocks
            .get(&extend.clock.value)
            .and_then(|clock| clock.limit.first())
        else {
            continue;
        };
        let finding = Finding::new(Code::C04, by.span)
            .with("clock", &*extend.clock)
            .with("duration", by.to_string())
            .with("limit", limit.is.to_string());
        if by.is_working() != limit.is.is_working() {
            findings.add(finding.variant("units").note(limit.is.span, "finding-C04-limit"));
        } else if let Duration::WorkingDaysFromNext(_) = by.value {
            findings.add(finding.variant("from-next"));
        }
    }
}

/// C07: what a clock does by itself is possible wherever it runs, whatever the ticket says.
fn acts(ground: &Ground, clock: &Clock, findings: &mut Findings) {
    for (rung, act) in clock.ladder.iter().filter_map(|rung| Some((rung, rung.act.as_ref()?))) {
        if act.as_str().is_empty() {
            continue;
        }
        let add = |finding: Finding, findings: &mut Findings| {
            findings.add(finding.with("clock", &clock.id).with("action", &**act));
        };
        let known: Vec<&Action> = super::actions(ground.file)
            .filter(|(_, action)| action.id == act.value)
            .map(|(_, action)| action)
            .collect();
        // C07 of an unknown name is told by `names`.
        if known.is_empty() {
            continue;
        }
        if known.iter().all(|action| action.place == Place::AfterClose) {
            add(Finding::new(Code::C07, act.span).variant("after-close"), findings);
            continue;
        }
        let states: Vec<&State> = runs_in(ground.file, clock)
            .into_iter()
            .filter_map(|id| ground.file.states.get(id))
            .collect();
        let missing: Vec<&str> = states
            .iter()
            .filter(|state| action_in(ground.file, state, &act.value).is_none())
            .map(|state| state.id.as_str())
            .collect();
        if !missing.is_empty() {
            add(
                Finding::new(Code::C07, act.span).with("states", missing.join(", ")),
                findings,
            );
        }
        for state in &states {
            if let Some(action) = action_in(ground.file, state, &act.value)
                && may_refuse(ground, state, action, rung, &act.value, &clock.id, findings)
            {
                break;
            }
        }
    }
}

/// C07: nobody is there to fill in a field, and a guard may say no. True when told.
fn may_refuse(
    ground: &Ground,
    state: &State,
    action: &Action,
    rung: &Rung,
    act: &ActionId,
    clock: &crate::workflow::id::ClockId,
    findings: &mut Findings,
) -> bool {
    let span = rung.act.as_ref().map_or(rung.span, |act| act.span);
    let finding = Finding::new(Code::C07, span)
        .with("clock", clock)
        .with("action", act)
        .with("state", &state.id);
    let missing: Vec<&str> = needed(ground, &state.id, action)
        .into_iter()
        .map(FieldId::as_str)
        .collect();
    if !missing.is_empty() {
        findings.add(finding.variant("fields").with("fields", missing.join(", ")));
        return true;
    }
    let guard = match (&action.only_if, &action.at_most) {
        (Some(_), _) => "only_if",
        (None, Some(_)) => "at_most",
        (None, None) => return false,
    };
    findings.add(finding.variant("guard").with("guard", guard));
    true
}

/// Required fields that are not surely filled there, or must be given anew.
fn needed<'a>(ground: &Ground, state: &StateId, action: &'a Action) -> Vec<&'a FieldId> {
    let filled = ground.filled.on_entry(state);
    let Some(filled) = filled.filter(|_| !ground.around.incomplete) else {
        return Vec::new();
    };
    let known = |field: &FieldId| ground.file.fields.contains_key(field);
    let anew = |field: &FieldId| ground.file.fields.get(field).is_some_and(|field| field.each_time);
    let set = |field: &FieldId| action.set.iter().any(|(name, _)| name.value == *field);
    action
        .require
        .iter()
        .map(|field| &field.value)
        .filter(|field| known(field) && !set(field) && (!filled.contains(field) || anew(field)))
        .collect()
}

/// C11: what may wait for quiet hours to end tells somebody, and not only for a hotline clock. Of a limit by cases those
/// in minutes or hours never wait; what is to be said is that some case can.
fn quiet_hours(clock: &Clock, findings: &mut Findings) {
    let is_hotline = !clock.limit.is_empty() && clock.limit.iter().all(|case| matches!(*case.is, Duration::Elapsed(_)));
    for rung in &clock.ladder {
        let Some(span) = rung.quiet_hours_wait else { continue };
        let finding = Finding::new(Code::C11, span).with("clock", &clock.id);
        if is_hotline {
            findings.add(finding);
        } else if rung.tell.is_empty() {
            findings.add(finding.variant("silent"));
        }
    }
}

/// N02.
fn messages(clock: &Clock, findings: &mut Findings) {
    let count: usize = clock
        .ladder
        .iter()
        .map(|rung| {
            let times = rung
                .repeat
                .as_ref()
                .map_or(1, |repeat| usize::try_from(repeat.times).unwrap_or(usize::MAX));
            rung.tell
                .len()
                .saturating_mul(times.saturating_add(usize::from(rung.repeat.is_some())))
        })
        .fold(0, usize::saturating_add);
    if count > MESSAGES_MAX {
        let finding = Finding::new(Code::N02, clock.span).with("clock", &clock.id);
        findings.add(finding.with("count", count).with("max", MESSAGES_MAX));
    }
}
