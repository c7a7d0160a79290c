//! The small forms that only scalars have: points of a ladder, rates, `who`, seats, dates, events of a story.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::workflow::definition::{At, PeopleSource, Point, Span, StoryEvent};
use crate::workflow::duration::{Duration, DurationProblem};
use crate::workflow::id::{ActionId, DepartmentId, PersonId, TaskKey, is_id};
use crate::workflow::value::Decimal;

/// Greatest percentage of a ladder's step: ten times the limit.
pub const PERCENT_MAX: u32 = 1_000;
/// `2026-03-02`, exactly so.
pub fn date(text: &str) -> Option<Date> {
    (text.len() == "2026-03-02".len()).then(|| text.parse().ok()).flatten()
}

/// A zone by its name in the IANA database.
pub fn zone(text: &str) -> Option<TimeZone> {
    TimeZone::get(text).ok()
}

/// `agent`, `head@finance`: a role, and where.
pub fn seat(text: &str) -> Option<(&str, Option<&str>)> {
    match text.split_once('@') {
        Some((role, department)) => (is_id(role) && is_id(department)).then_some((role, Some(department))),
        None => is_id(text).then_some((text, None)),
    }
}

/// Why a small form is not understood.
pub enum FormProblem {
    /// One of the sentences of the code.
    Variant(&'static str),
    /// The duration in it, and where it begins in the text.
    Duration(usize, DurationProblem),
}

/// A duration that is the rest of a text from a byte on.
fn duration_from(text: &str, rest: &str) -> Result<Duration, FormProblem> {
    let at = text.len() - rest.len();
    Duration::parse(rest).map_err(|problem| FormProblem::Duration(at, problem))
}

/// `60%`, `100% + 30 minutes`, `remaining 2 hours`.
pub fn point(text: &str) -> Result<Point, FormProblem> {
    if let Some(rest) = text.strip_prefix("remaining ") {
        return duration_from(text, rest.trim_start()).map(Point::Remaining);
    }
    let Some((percent, rest)) = text.split_once('%') else {
        return Err(FormProblem::Variant("point"));
    };
    let percent = Decimal::parse(percent.trim_end())
        .and_then(Decimal::whole)
        .and_then(|percent| u32::try_from(percent).ok())
        .filter(|percent| *percent <= PERCENT_MAX)
        .ok_or(FormProblem::Variant("percent"))?;
    let rest = rest.trim_start();
    if rest.is_empty() {
        return Ok(Point::Percent(percent));
    }
    match rest.strip_prefix('+') {
        Some(more) => duration_from(text, more.trim_start()).map(|more| Point::PercentPlus(percent, more)),
        None if rest.starts_with('-') => Err(FormProblem::Variant("minus")),
        None => Err(FormProblem::Variant("point")),
    }
}

/// `once per 10 minutes`, `3 times per 1 days`.
pub fn rate(text: &str) -> Result<(u32, Duration), FormProblem> {
    let Some((times, per)) = text.split_once(" per ") else {
        return Err(FormProblem::Variant("rate"));
    };
    let times = match times.trim() {
        "once" => 1,
        "twice" => 2,
        times => times
            .strip_suffix("times")
            .and_then(|number| Decimal::parse(number.trim()))
            .and_then(Decimal::whole)
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| (1..=1_000).contains(number))
            .ok_or(FormProblem::Variant("rate"))?,
    };
    duration_from(text, per.trim_start()).map(|per| (times, per))
}

/// `creator`, `assignee`, `doer of ACTION`.
pub fn who(text: &str, span: Span) -> Option<PeopleSource> {
    match text {
        "creator" => Some(PeopleSource::Creator),
        "assignee" => Some(PeopleSource::Assignee),
        _ => {
            let action = text.strip_prefix("doer of ")?.trim();
            is_id(action).then(|| PeopleSource::DoerOf(At::new(ActionId::from(action), span)))
        }
    }
}

/// What happens in a step of a story.
pub fn event(text: &str) -> Result<StoryEvent, FormProblem> {
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return duration_from(text, text).map(StoryEvent::Passes);
    }
    let words: Vec<_> = text.split_whitespace().collect();
    let person = |id: &str| {
        is_id(id)
            .then(|| PersonId::from(id))
            .ok_or(FormProblem::Variant("person"))
    };
    match words.as_slice() {
        ["contact", "ends"] => Ok(StoryEvent::ContactEnds),
        [id, "creates"] => Ok(StoryEvent::Creates {
            person: person(id)?,
            sample: None,
        }),
        [id, "creates", sample] => Ok(StoryEvent::Creates {
            person: person(id)?,
            sample: Some((*sample).to_owned()),
        }),
        [id, "signs", "on"] => Ok(StoryEvent::SignsOn(person(id)?)),
        [id, "signs", "off"] => Ok(StoryEvent::SignsOff(person(id)?)),
        [id, "does", action] => does(person(id)?, action, None),
        [id, "does", action, task] => does(person(id)?, action, Some(task)),
        _ => Err(FormProblem::Variant("form")),
    }
}

fn does(person: PersonId, action: &str, task: Option<&str>) -> Result<StoryEvent, FormProblem> {
    let (task, department) = match task.map(|task| task.split_once('@').map_or((task, None), |(t, d)| (t, Some(d)))) {
        Some((task, department)) => (Some(task), department),
        None => (None, None),
    };
    if !is_id(action) || !task.is_none_or(is_id) || !department.is_none_or(is_id) {
        return Err(FormProblem::Variant("form"));
    }
    Ok(StoryEvent::Does {
        person,
        action: ActionId::from(action),
        task: task.map(TaskKey::from),
        department: department.map(DepartmentId::from),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::moment::{HOUR, MINUTE};

    #[test]
    fn moments_of_a_clock_are_read() {
        let more = Duration::Elapsed(30 * MINUTE);
        for (text, read) in [
            ("0%", Point::Percent(0)),
            ("60%", Point::Percent(60)),
            ("100 %", Point::Percent(100)),
            ("100% + 30 minutes", Point::PercentPlus(100, more)),
            ("100%+30 minutes", Point::PercentPlus(100, more)),
            ("remaining 2 hours", Point::Remaining(Duration::Elapsed(2 * HOUR))),
        ] {
            assert_eq!(point(text).ok(), Some(read), "{text}");
        }
        for text in [
            "",
            "60",
            "%",
            "1001%",
            "6e1%",
            "0.5%",
            "-1%",
            "60%%",
            "60% 30 minutes",
            "remaining",
            "remaining 2",
            "100% + 30",
        ] {
            assert!(point(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rates_are_read() {
        let day = Duration::Days(1);
        for (text, read) in [
            ("once per 1 days", (1, day)),
            ("twice per 1 days", (2, day)),
            ("3 times per 1 days", (3, day)),
        ] {
            assert_eq!(rate(text).ok(), Some(read), "{text}");
        }
        for text in [
            "",
            "once",
            "3 per 1 days",
            "0 times per 1 days",
            "-1 times per 1 days",
            "once per day",
            "1001 times per 1 days",
        ] {
            assert!(rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn events_of_a_story_are_read() {
        let person = PersonId::from("li");
        let does = |action: &str, task: Option<&str>, department: Option<&str>| StoryEvent::Does {
            person: person.clone(),
            action: ActionId::from(action),
            task: task.map(TaskKey::from),
            department: department.map(DepartmentId::from),
        };
        for (text, read) in [
            (
                "li creates",
                StoryEvent::Creates {
                    person: person.clone(),
                    sample: None,
                },
            ),
            (
                "li creates meter",
                StoryEvent::Creates {
                    person: person.clone(),
                    sample: Some("meter".into()),
                },
            ),
            ("li does submit", does("submit", None, None)),
            ("li  does reply  lead", does("reply", Some("lead"), None)),
            (
                "li does reply assist@finance",
                does("reply", Some("assist"), Some("finance")),
            ),
            ("2 hours", StoryEvent::Passes(Duration::Elapsed(2 * HOUR))),
            ("contact ends", StoryEvent::ContactEnds),
            ("li signs on", StoryEvent::SignsOn(person.clone())),
            ("li signs off", StoryEvent::SignsOff(person.clone())),
        ] {
            assert_eq!(event(text).ok(), Some(read), "{text}");
        }
        for text in [
            "",
            "li",
            "li does",
            "li does reply a@",
            "Li creates",
            "li signs",
            "contact",
            "2 horas",
            "li does a b c",
        ] {
            assert!(event(text).is_err(), "{text}");
        }
    }
}
