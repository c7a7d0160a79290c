//! Whether a scalar is what its shape wants, and the small forms that only scalars have: points of a ladder, rates,
//! `who`, events of a story.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::shape::{Noun, Shape};
use super::tree::Scalar;
use crate::workflow::calendar::hours;
use crate::workflow::constant::local_time;
use crate::workflow::definition::At;
use crate::workflow::definition::{PeopleSource, Point, Span, StoryEvent};
use crate::workflow::duration::{Duration, DurationProblem};
use crate::workflow::finding::{Code, Finding};
use crate::workflow::id::{ActionId, DepartmentId, ID_LENGTH_MAX, PersonId, TaskKey, is_id};
use crate::workflow::nearest::nearest;
use crate::workflow::value::Decimal;

/// Greatest percentage of a ladder's step: ten times the limit.
pub const PERCENT_MAX: u32 = 1_000;
/// Characters of `number_prefix`.
pub const PREFIX_LENGTH_MAX: usize = 8;
/// Characters any text of a file may have.
pub const TEXT_LENGTH_MAX: usize = 4_000;

/// What is wrong with the scalar, or nothing.
pub fn problem(written: &Scalar, whole: Span, shape: &Shape, key: &str) -> Option<Finding> {
    let text = written.text.as_str();
    let span = written.inner;
    let finding = |code: Code| Finding::new(code, span).with("key", key).with("found", text);
    match shape {
        Shape::Text | Shape::Value => text_problem(text, span, key),
        Shape::Template => text_problem(text, span, key).or_else(|| template_problem(text, span, key)),
        Shape::Prefix => {
            let good = !text.is_empty()
                && text.len() <= PREFIX_LENGTH_MAX
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            (!good).then(|| finding(Code::ReadWord).variant("prefix").with("max", PREFIX_LENGTH_MAX))
        }
        Shape::Id(noun) => id_problem(written, span, *noun),
        Shape::Word(words) => (!words.contains(&text)).then(|| {
            finding(Code::ReadWord)
                .with("words", words.join(", "))
                .near(nearest(text, words.iter().copied()))
        }),
        Shape::YesNo => yes_no_problem(written, whole, key),
        Shape::True => {
            if yes_no(written) == Some(false) {
                return Some(finding(Code::ReadYesNo).variant("only-true"));
            }
            yes_no_problem(written, whole, key)
        }
        Shape::Whole(least, most) => whole_problem(written, whole, *least, *most, key),
        Shape::Number => {
            if written.quoted {
                return Some(finding(Code::ReadNumber).variant("quoted").fix(whole, text));
            }
            Decimal::parse(text).is_none().then(|| number_finding(written, key))
        }
        Shape::Duration => {
            let problem = Duration::parse(text).err()?;
            Some(duration_finding(span, text, &problem))
        }
        Shape::Point => point(text)
            .err()
            .map(|problem| problem.finding(text, span, Code::ReadDuration)),
        Shape::Rate => rate(text)
            .err()
            .map(|problem| problem.finding(text, span, Code::ReadDuration)),
        // Its syntax is read with the definition, where the finding can point into it.
        Shape::Expression => None,
        Shape::Who => who(text, span).is_none().then(|| {
            finding(Code::ReadWord)
                .variant("who")
                .near(nearest(text, ["creator", "assignee"]))
        }),
        Shape::Time => local_time(text).is_none().then(|| finding(Code::ReadTime)),
        Shape::Date => date(text).is_none().then(|| finding(Code::ReadTime).variant("date")),
        Shape::Instant => {
            (date(text).is_none() && local_time(text).is_none()).then(|| finding(Code::ReadTime).variant("instant"))
        }
        Shape::Hours => hours::parse(text).err().map(|problem| {
            let (name, value) = problem.parameter();
            finding(Code::ReadTime).says(problem.key()).with(name, value)
        }),
        Shape::Zone => zone(text).is_none().then(|| finding(Code::ReadTime).variant("zone")),
        Shape::Seat => seat(text).is_none().then(|| finding(Code::ReadId).variant("seat")),
        Shape::Event => event(text)
            .err()
            .map(|problem| problem.finding(text, span, Code::ReadStory)),
        Shape::Mapping(_) | Shape::Each(..) | Shape::List { .. } | Shape::Either(_) => None,
    }
}

fn text_problem(text: &str, span: Span, key: &str) -> Option<Finding> {
    if text.trim().is_empty() {
        return Some(Finding::new(Code::ReadType, span).variant("blank").with("key", key));
    }
    let length = text.chars().count();
    (length > TEXT_LENGTH_MAX).then(|| {
        Finding::new(Code::ReadBounds, span)
            .variant("text")
            .with("key", key)
            .with("max", TEXT_LENGTH_MAX)
    })
}

/// Braces stand only around placeholders. Whether a placeholder is known is said by `check` (M03).
fn template_problem(text: &str, span: Span, key: &str) -> Option<Finding> {
    let mut rest = text;
    loop {
        let at = rest.find(['{', '}'])?;
        let after = rest.get(at..).and_then(|rest| rest.strip_prefix('{'));
        match after.and_then(|after| after.split_once('}')) {
            Some((name, behind)) if is_id(name) => rest = behind,
            Some(_) | None => {
                let shown: String = rest.chars().skip_while(|c| !matches!(c, '{' | '}')).take(20).collect();
                return Some(
                    Finding::new(Code::ReadWord, span)
                        .variant("template")
                        .with("key", key)
                        .with("found", shown),
                );
            }
        }
    }
}

/// Not an id; the fix writes it as one where that is clear.
pub fn id_problem(written: &Scalar, span: Span, noun: Noun) -> Option<Finding> {
    let text = written.text.as_str();
    if noun == Noun::Date {
        let wrong = || {
            Finding::new(Code::ReadTime, span)
                .variant("date")
                .with("key", text)
                .with("found", text)
        };
        return date(text).is_none().then(wrong);
    }
    let good = match (noun, text.split_once('@')) {
        (Noun::TaskOf, Some((task, department))) => is_id(task) && is_id(department),
        _ => is_id(text),
    };
    if good {
        return None;
    }
    let finding = Finding::new(Code::ReadId, span)
        .with("found", text)
        .with("noun", noun.as_str());
    if text.len() > ID_LENGTH_MAX {
        return Some(finding.variant("long").with("max", ID_LENGTH_MAX));
    }
    if text.contains(['，', '、', '：', '；']) {
        return Some(finding.variant("fullwidth"));
    }
    Some(match snake_case(text) {
        Some(id) => finding.near(Some(id)),
        None => finding,
    })
}

/// `Shift Lead`, `shift-lead` and `shiftLead` as `shift_lead`.
fn snake_case(text: &str) -> Option<String> {
    let mut id = String::new();
    for character in text.chars() {
        if character.is_ascii_uppercase() && id.ends_with(|last: char| last.is_ascii_lowercase()) {
            id.push('_');
        }
        match character {
            '-' | ' ' | '.' | '/' => id.push('_'),
            _ => id.push(character.to_ascii_lowercase()),
        }
    }
    is_id(&id).then_some(id)
}

/// What `true`, `false` and their like mean. Only the two words without quotes are accepted; the others have a finding,
/// and are decoded as what they were meant to be.
pub fn yes_no(written: &Scalar) -> Option<bool> {
    match written.text.to_lowercase().as_str() {
        "true" | "yes" | "y" | "on" | "1" | "是" | "对" => Some(true),
        "false" | "no" | "n" | "off" | "0" | "否" | "不" => Some(false),
        _ => None,
    }
}

fn yes_no_problem(written: &Scalar, whole: Span, key: &str) -> Option<Finding> {
    let text = written.text.as_str();
    if matches!(text, "true" | "false") && !written.quoted {
        return None;
    }
    let finding = Finding::new(Code::ReadYesNo, written.inner)
        .with("key", key)
        .with("found", text);
    Some(match yes_no(written) {
        Some(meant) => finding.fix(whole, if meant { "true" } else { "false" }),
        None => finding,
    })
}

fn whole_problem(written: &Scalar, whole: Span, least: i64, most: i64, key: &str) -> Option<Finding> {
    let text = written.text.as_str();
    let Some(number) = Decimal::parse(text)
        .and_then(Decimal::whole)
        .filter(|_| !text.contains('.'))
    else {
        return Some(number_finding(written, key));
    };
    let finding = Finding::new(Code::ReadNumber, written.inner)
        .with("key", key)
        .with("found", text);
    if written.quoted {
        return Some(finding.variant("quoted").fix(whole, text));
    }
    if least == most && number != least {
        return Some(finding.variant("only").with("only", least));
    }
    if number < least || number > most {
        return Some(finding.variant("range").with("min", least).with("max", most));
    }
    None
}

fn number_finding(written: &Scalar, key: &str) -> Finding {
    Finding::new(Code::ReadNumber, written.inner)
        .with("key", key)
        .with("found", &written.text)
}

/// READ10; `9:30` and the like have a sentence of their own, since YAML readers make numbers of them.
fn duration_finding(span: Span, text: &str, problem: &DurationProblem) -> Finding {
    let mut parts = text.split(':');
    let clock =
        text.contains(':') && parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    if clock {
        return Finding::new(Code::ReadDuration, span)
            .variant("clock")
            .with("found", text);
    }
    let finding = Finding::of_duration(span, problem);
    let Some(nearest) = finding.nearest.clone() else {
        return finding;
    };
    // The nearest unit behind the number is what was meant.
    match text.split_once(' ') {
        Some((number, _)) => finding.fix(span, format!("{number} {nearest}")),
        None => finding,
    }
}

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

impl FormProblem {
    fn finding(&self, text: &str, span: Span, code: Code) -> Finding {
        match self {
            Self::Variant(variant) => Finding::new(code, span).variant(variant).with("found", text),
            Self::Duration(at, problem) => {
                let inner = if span.end - span.start == text.len() {
                    span.start + at
                } else {
                    span.start
                };
                let span = Span {
                    start: inner,
                    end: span.end,
                };
                duration_finding(span, text.get(*at..).unwrap_or_default(), problem)
            }
        }
    }
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
