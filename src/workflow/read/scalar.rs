//! Whether a scalar is what its shape wants.

use super::forms::{FormProblem, date, event, point, rate, seat, who, zone};
use super::shape::{Form, Noun};
use super::tree::Scalar;
use crate::workflow::calendar::hours;
use crate::workflow::constant::local_time;
use crate::workflow::definition::Span;
use crate::workflow::duration::{Duration, DurationProblem};
use crate::workflow::finding::{Code, Finding};
use crate::workflow::id::{ID_LENGTH_MAX, is_id};
use crate::workflow::nearest::nearest;
use crate::workflow::value::Decimal;

/// Characters of `number_prefix`.
pub const PREFIX_LENGTH_MAX: usize = 8;
/// Characters any text of a file may have.
pub const TEXT_LENGTH_MAX: usize = 4_000;

/// What is wrong with the scalar, or nothing.
pub fn problem(written: &Scalar, whole: Span, form: &Form, key: &str) -> Option<Finding> {
    let text = written.text.as_str();
    let span = written.inner;
    let finding = |code: Code| Finding::new(code, span).with("key", key).with("found", text);
    match form {
        Form::Text => text_problem(text, span, key),
        Form::Template => text_problem(text, span, key).or_else(|| template_problem(text, span, key)),
        Form::Prefix => {
            let good = !text.is_empty()
                && text.len() <= PREFIX_LENGTH_MAX
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            (!good).then(|| finding(Code::ReadWord).variant("prefix").with("max", PREFIX_LENGTH_MAX))
        }
        Form::Id(noun) => id_problem(written, span, *noun),
        Form::Word(words) => (!words.contains(&text)).then(|| {
            finding(Code::ReadWord)
                .with("words", words.join(", "))
                .near(nearest(text, words.iter().copied()))
        }),
        Form::YesNo => yes_no_problem(written, whole, key),
        Form::True => {
            if yes_no(written) == Some(false) {
                return Some(finding(Code::ReadYesNo).variant("only-true"));
            }
            yes_no_problem(written, whole, key)
        }
        Form::Whole(least, most) => whole_problem(written, whole, *least, *most, key),
        Form::Number => {
            if written.quoted {
                return Some(finding(Code::ReadNumber).variant("quoted").fix(whole, text));
            }
            Decimal::parse(text).is_none().then(|| number_finding(written, key))
        }
        Form::Duration => {
            let problem = Duration::parse(text).err()?;
            Some(duration_finding(span, text, &problem))
        }
        Form::Point => point(text)
            .err()
            .map(|problem| form_finding(&problem, text, span, Code::ReadDuration)),
        Form::Rate => rate(text)
            .err()
            .map(|problem| form_finding(&problem, text, span, Code::ReadDuration)),
        // Its syntax is read with the definition, where the finding can point into it.
        Form::Expression => None,
        Form::Who => who(text, span).is_none().then(|| {
            finding(Code::ReadWord)
                .variant("who")
                .near(nearest(text, ["creator", "assignee"]))
        }),
        Form::Time => local_time(text).is_none().then(|| finding(Code::ReadTime)),
        Form::Date => date(text).is_none().then(|| finding(Code::ReadTime).variant("date")),
        Form::Instant => {
            (date(text).is_none() && local_time(text).is_none()).then(|| finding(Code::ReadTime).variant("instant"))
        }
        Form::Hours => hours::parse(text).err().map(|problem| {
            let (name, value) = problem.parameter();
            finding(Code::ReadTime).says(problem.key()).with(name, value)
        }),
        Form::Zone => zone(text).is_none().then(|| finding(Code::ReadTime).variant("zone")),
        Form::Seat => seat(text).is_none().then(|| finding(Code::ReadId).variant("seat")),
        Form::Event => event(text)
            .err()
            .map(|problem| form_finding(&problem, text, span, Code::ReadStory)),
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
    // The nearest unit behind the number is what was meant; a week is seven days, a month is as long as it is.
    let Some((number, unit)) = text.split_once(' ') else {
        return finding;
    };
    match unit.trim().to_lowercase().as_str() {
        "week" | "weeks" => match number.parse::<u32>().ok().and_then(|weeks| weeks.checked_mul(7)) {
            Some(days) => {
                let meant = format!("{days} days");
                let mut finding = finding.fix(span, meant.clone());
                finding.nearest = Some(meant);
                finding
            }
            None => finding,
        },
        "month" | "months" => {
            let mut finding = finding;
            finding.fix = None;
            finding
        }
        _ => finding.fix(span, format!("{number} {nearest}")),
    }
}

/// The finding about a small form, at the duration in it where that is what is wrong.
fn form_finding(problem: &FormProblem, text: &str, span: Span, code: Code) -> Finding {
    match problem {
        FormProblem::Variant(variant) => Finding::new(code, span).variant(variant).with("found", text),
        FormProblem::Duration(at, problem) => {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_offered_where_it_is_clear() {
        for (text, id) in [
            ("Shift Lead", "shift_lead"),
            ("shiftLead", "shift_lead"),
            ("shift-lead", "shift_lead"),
        ] {
            assert_eq!(snake_case(text).as_deref(), Some(id));
        }
        assert_eq!(snake_case("值班长"), None);
        assert_eq!(snake_case("1st"), None);
    }
}
