//! How the due time of a clock came out, in words that a head of a department can check with a calendar in hand.

use jiff::tz::TimeZone;

use crate::texts::{Arg, Language, say};
use crate::ticket::model::{ClockPhase, ClockRun, Ticket};
use crate::workflow::calendar::Calendar;
use crate::workflow::definition::{Clock, Definition, From};
use crate::workflow::duration::Duration;
use crate::workflow::moment::{HOUR, MINUTE, Moment};

/// What the words are about.
pub struct Told<'a> {
    pub run: &'a ClockRun,
    pub ticket: &'a Ticket,
    pub definition: &'a Definition,
    pub calendar: Option<&'a Calendar>,
    pub now: Moment,
}

/// The explanation, sentence by sentence.
pub fn explain(told: &Told<'_>, language: Language) -> Vec<String> {
    let run = told.run;
    let clock = told.definition.clocks.get(&run.clock);
    let mut lines = Vec::new();
    let Some(zero) = run.zero else {
        let key = if told.ticket.contact.as_ref().is_some_and(|contact| contact.running) {
            "clock-waits-for-contact"
        } else {
            "clock-not-begun"
        };
        return vec![say(language, key, &[])];
    };
    let zone = told.calendar.map_or(TimeZone::UTC, |calendar| calendar.zone.clone());
    let time = |moment: Moment| local(moment, &zone);
    lines.push(say(language, from_key(clock), &[("at", Arg::from(time(zero)))]));
    let limit = clock
        .and_then(|clock| clock.limit.get(usize::try_from(run.case).ok()?))
        .map(|case| duration(case.is.value, language));
    if let Some(limit) = limit {
        let key = if run.budget.working {
            "clock-limit-working"
        } else {
            "clock-limit-elapsed"
        };
        let calendar = told
            .calendar
            .map_or_else(String::new, |calendar| calendar.id.to_string());
        lines.push(say(
            language,
            key,
            &[("limit", Arg::from(limit)), ("calendar", Arg::from(calendar))],
        ));
    }
    if run.extended != 0 {
        let more = span(run.extended, told, language);
        lines.push(say(language, "clock-extended", &[("more", Arg::from(more))]));
    }
    for (before, after) in run.spans.iter().zip(run.spans.iter().skip(1)) {
        if let Some(stopped) = before.1 {
            let arguments = [("from", Arg::from(time(stopped))), ("to", Arg::from(time(after.0)))];
            lines.push(say(language, "clock-waited", &arguments));
        }
    }
    let used = span(run.used(told.calendar, told.now), told, language);
    let budget = span(run.budget.ms.saturating_add(run.extended), told, language);
    lines.push(say(
        language,
        "clock-used",
        &[("used", Arg::from(used)), ("budget", Arg::from(budget))],
    ));
    lines.push(ending(run, language, &time));
    if run.provisional {
        lines.push(say(language, "clock-provisional", &[]));
    }
    lines
}

fn ending(run: &ClockRun, language: Language, time: &dyn Fn(Moment) -> String) -> String {
    let stopped = run.stopped_at().map_or_else(String::new, time);
    match (run.phase, run.coming_due(), run.late_at) {
        (ClockPhase::Met, _, None) => say(language, "clock-met", &[("at", Arg::from(stopped))]),
        (ClockPhase::Met, _, Some(late)) => {
            let arguments = [("at", Arg::from(stopped)), ("late", Arg::from(time(late)))];
            say(language, "clock-met-late", &arguments)
        }
        (ClockPhase::Running, Some(due), None) => say(language, "clock-due", &[("at", Arg::from(time(due)))]),
        (ClockPhase::Running, _, Some(late)) => say(language, "clock-late", &[("at", Arg::from(time(late)))]),
        (ClockPhase::Running, None, None) => say(language, "clock-never", &[]),
        (ClockPhase::Paused, _, _) => say(language, "clock-paused", &[]),
        (ClockPhase::Stopped, _, _) => say(language, "clock-stopped", &[]),
    }
}

fn from_key(clock: Option<&Clock>) -> &'static str {
    match clock.and_then(|clock| clock.from.as_ref()) {
        Some(From::ContactEnded) => "clock-from-contact",
        Some(From::Field(_)) => "clock-from-field",
        Some(From::Opened) => "clock-from-opened",
        None => "clock-from-entry",
    }
}

/// `2026-03-02 09:00 +08:00`: the wall clock of the calendar.
fn local(moment: Moment, zone: &TimeZone) -> String {
    moment
        .timestamp()
        .to_zoned(zone.clone())
        .strftime("%Y-%m-%d %H:%M:%S %:z")
        .to_string()
}

/// A limit as the file writes it, in the reader's words.
fn duration(limit: Duration, language: Language) -> String {
    let (key, count) = match limit {
        Duration::Elapsed(ms) | Duration::Working(ms) => return hours_of(ms, limit.is_working(), language),
        Duration::Days(days) => ("span-days", days.to_string()),
        Duration::WorkingDays(days) => ("span-working-days", days.to_string()),
        Duration::WorkingDaysFromNext(days) => ("span-working-days-from-next", days.to_string()),
    };
    say(language, key, &[("count", Arg::from(count))])
}

/// Counted milliseconds in the unit of the budget: working days where the calendar knows how long one is.
fn span(ms: i64, told: &Told<'_>, language: Language) -> String {
    let day = told.calendar.map_or(0, |calendar| calendar.day);
    if told.run.budget.working && day > 0 && ms >= day {
        let tenths = ms.saturating_mul(10) / day;
        let count = if tenths % 10 == 0 {
            (tenths / 10).to_string()
        } else {
            format!("{}.{}", tenths / 10, tenths % 10)
        };
        return say(language, "span-working-days", &[("count", Arg::from(count))]);
    }
    hours_of(ms, told.run.budget.working, language)
}

fn hours_of(ms: i64, working: bool, language: Language) -> String {
    let (hours, minutes) = (ms / HOUR, ms % HOUR / MINUTE);
    let seconds = ms % MINUTE / crate::workflow::moment::SECOND;
    let key = match (working, hours, minutes) {
        (false, 0, 0) => "span-seconds",
        (false, 0, _) => "span-minutes",
        (false, _, 0) => "span-whole-hours",
        (false, _, _) => "span-hours",
        (true, 0, _) => "span-working-minutes",
        (true, _, 0) => "span-whole-working-hours",
        (true, _, _) => "span-working-hours",
    };
    let arguments = [
        ("hours", Arg::from(hours.to_string())),
        ("minutes", Arg::from(minutes.to_string())),
        ("seconds", Arg::from(seconds.to_string())),
    ];
    say(language, key, &arguments)
}
