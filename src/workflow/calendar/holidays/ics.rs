//! Holidays from an `.ics` file: all-day events, `DTEND` excluded.
//!
//! An event is a make-up day when its summary begins with 上班, has 补班 in it, or ends with 班 (also in brackets); a
//! day off when it has 假 (放假, 假期) in it, ends with 休, or says "holiday" or "day off". Calendars for
//! subscribing also hold days nobody has off: those are listed as ignored, so that the administrator sees them.

use icalendar::parser::{Component, read_components, unfold};
use jiff::civil::Date;

use super::{DAYS_IN_A_ROW_MAX, ENTRIES_MAX, FILE_SIZE_MAX, HolidayProblem, HolidayProblemKind, Holidays};

/// Components within components; a calendar has two levels, its zones three.
const NESTING_MAX: usize = 8;

/// The holidays of the file, or all that is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Holidays, Vec<HolidayProblem>> {
    use HolidayProblemKind as Kind;
    let one = |problem| Err(vec![problem]);
    if bytes.len() > FILE_SIZE_MAX {
        return one(HolidayProblem::new(Kind::TooLarge, FILE_SIZE_MAX.to_string()));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return one(HolidayProblem::new(Kind::NotText, ""));
    };
    let text = text.trim_start_matches('\u{feff}');
    let lines = event_lines(text).map_err(|problem| vec![problem])?;
    let unfolded = unfold(text);
    let Ok(components) = read_components(&unfolded) else {
        return one(HolidayProblem::new(Kind::Syntax, ""));
    };
    let mut events = Vec::new();
    collect(&components, &mut events);
    if events.is_empty() {
        return one(HolidayProblem::new(Kind::Nothing, ""));
    }
    let mut holidays = Holidays::default();
    let mut problems = Vec::new();
    for (index, event) in events.iter().enumerate() {
        if let Err(problem) = add(&mut holidays, event) {
            let problem = problem.at_entry(index + 1);
            problems.push(match lines.get(index) {
                Some(line) => problem.at_line(*line),
                None => problem,
            });
        }
    }
    if problems.is_empty() && holidays.years.is_empty() {
        problems.push(HolidayProblem::new(Kind::Nothing, ""));
    }
    if problems.is_empty() {
        Ok(holidays)
    } else {
        Err(problems)
    }
}

/// Lines on which events begin. Refuses what would exhaust the reader: deep nesting, too many components.
fn event_lines(text: &str) -> Result<Vec<usize>, HolidayProblem> {
    let mut lines = Vec::new();
    let (mut depth, mut count): (usize, usize) = (0, 0);
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_end().to_ascii_uppercase();
        if let Some(name) = line.strip_prefix("BEGIN:") {
            depth += 1;
            count += 1;
            if depth > NESTING_MAX || count > ENTRIES_MAX {
                let found = if depth > NESTING_MAX { NESTING_MAX } else { ENTRIES_MAX };
                let problem = HolidayProblem::new(HolidayProblemKind::TooLarge, found.to_string());
                return Err(problem.at_line(index + 1));
            }
            if name == "VEVENT" {
                lines.push(index + 1);
            }
        } else if line.starts_with("END:") {
            depth = depth.saturating_sub(1);
        }
    }
    Ok(lines)
}

/// All events, in the file's order.
fn collect<'a>(components: &'a [Component<'a>], events: &mut Vec<&'a Component<'a>>) {
    for component in components {
        if component.name == "VEVENT" {
            events.push(component);
        } else {
            collect(&component.components, events);
        }
    }
}

enum Meaning {
    Off,
    MadeUp,
    Neither,
}

fn meaning(summary: &str) -> Meaning {
    let bare = summary.trim_end_matches([')', '）', ']', '】', ' ']);
    let lower = summary.to_lowercase();
    if summary.starts_with("上班") || summary.contains("补班") || bare.ends_with('班') {
        Meaning::MadeUp
    } else if summary.contains('假') || bare.ends_with('休') || lower.contains("holiday") || lower.contains("day off")
    {
        Meaning::Off
    } else {
        Meaning::Neither
    }
}

fn add(holidays: &mut Holidays, event: &Component) -> Result<(), HolidayProblem> {
    use HolidayProblemKind as Kind;
    let value = |name: &str| {
        event
            .find_prop(name)
            .map(|property| property.val.as_ref().trim().to_owned())
    };
    let summary = value("SUMMARY").unwrap_or_default();
    let off = match meaning(&summary) {
        Meaning::Off => true,
        Meaning::MadeUp => false,
        Meaning::Neither => {
            holidays.ignored.push(summary.chars().take(80).collect());
            return Ok(());
        }
    };
    if let Some(rule) = value("RRULE").or_else(|| value("RDATE")) {
        return Err(HolidayProblem::new(Kind::Repeats, rule));
    }
    if let Some(duration) = value("DURATION") {
        return Err(HolidayProblem::new(Kind::NotAllDay, duration));
    }
    let first = date(&value("DTSTART").unwrap_or_default())?;
    let end = match value("DTEND") {
        Some(end) => date(&end)?,
        None => first.tomorrow().unwrap_or(first),
    };
    let days = first.until(end).map_or(0, |span| i64::from(span.get_days()));
    if !(1..=DAYS_IN_A_ROW_MAX).contains(&days) {
        return Err(HolidayProblem::new(Kind::Length, format!("{first}/{end}")));
    }
    for day in first.series(jiff::Span::new().days(1)).take_while(|day| *day < end) {
        let (into, other) = if off {
            (&mut holidays.closed, &holidays.made_up)
        } else {
            (&mut holidays.made_up, &holidays.closed)
        };
        if other.contains(&day) {
            return Err(HolidayProblem::new(Kind::Contradiction, day.to_string()));
        }
        into.insert(day);
        holidays.years.insert(day.year());
    }
    Ok(())
}

/// `20260101`; a time of day behind it makes it no whole day.
fn date(text: &str) -> Result<Date, HolidayProblem> {
    let kind = if text.contains('T') {
        HolidayProblemKind::NotAllDay
    } else {
        HolidayProblemKind::Date
    };
    let problem = || HolidayProblem::new(kind, text);
    let plain = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    plain
        .then(|| Date::strptime("%Y%m%d", text).ok())
        .flatten()
        .ok_or_else(problem)
}
