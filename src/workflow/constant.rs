//! A value as written in a file (`2026-03-02 08:30`, `[dispatch]`, `billing`) read by the type of its field.
//!
//! One place for defaults, `set`, routing rows, samples and stories, so that a text means the same everywhere.
//! Nothing is guessed: a time is `YYYY-MM-DD HH:MM`, yes and no are `true` and `false`. Limits of the field (`min`,
//! `max`, `check`) are not judged here, they hold for every command (L9).

use jiff::{civil::DateTime, tz::TimeZone};

use super::definition::{Field, StoryValue};
use super::id::{DepartmentId, OptionId, PersonId, is_id};
use super::moment::Moment;
use super::nearest::nearest;
use super::value::{Decimal, FieldType, Value};

/// Digits a telephone number may have; short service numbers have three.
pub const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 3..=20;

/// Why a text is no value of the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConstantProblem {
    /// One value where a list is wanted, or the other way round.
    #[error("a field of type {} takes {}", kind.as_str(), if *many { "one value" } else { "a list" })]
    Shape { kind: FieldType, many: bool },
    /// Not written as the type wants it.
    #[error("`{found}` is no {}", kind.as_str())]
    Form { kind: FieldType, found: String },
    /// No such option.
    #[error("there is no option `{found}`")]
    Option { found: String, nearest: Option<String> },
}

/// The value that is written, in the words of the language; a local time is in `zone`.
pub fn value(field: &Field, written: &StoryValue, zone: &TimeZone) -> Result<Value, ConstantProblem> {
    match written {
        StoryValue::One(text) => one(field, text, zone),
        StoryValue::Many(texts) => many(field, texts),
    }
}

fn one(field: &Field, text: &str, zone: &TimeZone) -> Result<Value, ConstantProblem> {
    let wrong = || ConstantProblem::Form {
        kind: field.kind,
        found: text.to_owned(),
    };
    match field.kind {
        FieldType::Text => Ok(Value::Text(text.to_owned())),
        FieldType::Number => Decimal::parse(text).map(Value::Number).ok_or_else(wrong),
        FieldType::Money => Decimal::parse(text)
            .filter(|amount| amount.is_money())
            .map(Value::Money)
            .ok_or_else(wrong),
        FieldType::YesNo => match text {
            "true" => Ok(Value::YesNo(true)),
            "false" => Ok(Value::YesNo(false)),
            _ => Err(wrong()),
        },
        FieldType::Choice => match field.options.get_key_value(text) {
            Some((option, _)) => Ok(Value::Choice(option.clone())),
            None => Err(ConstantProblem::Option {
                found: text.to_owned(),
                nearest: nearest(text, field.options.keys().map(OptionId::as_str)),
            }),
        },
        FieldType::Time => local_time(text)
            .and_then(|time| zone.to_ambiguous_zoned(time).compatible().ok())
            .map(|zoned| Value::Time(Moment::from_timestamp(zoned.timestamp())))
            .ok_or_else(wrong),
        FieldType::Phone => phone(text).map(Value::Phone).ok_or_else(wrong),
        FieldType::Department => is_id(text)
            .then(|| Value::Department(DepartmentId::from(text)))
            .ok_or_else(wrong),
        FieldType::Person => is_id(text)
            .then(|| Value::Person(PersonId::from(text)))
            .ok_or_else(wrong),
        FieldType::Departments | FieldType::List => Err(ConstantProblem::Shape {
            kind: field.kind,
            many: false,
        }),
    }
}

fn many(field: &Field, texts: &[String]) -> Result<Value, ConstantProblem> {
    match field.kind {
        FieldType::Departments => texts
            .iter()
            .map(|text| {
                is_id(text)
                    .then(|| DepartmentId::from(text.as_str()))
                    .ok_or_else(|| ConstantProblem::Form {
                        kind: FieldType::Department,
                        found: text.clone(),
                    })
            })
            .collect::<Result<_, _>>()
            .map(Value::Departments),
        FieldType::List => Ok(Value::List(texts.to_vec())),
        FieldType::Text
        | FieldType::Number
        | FieldType::Money
        | FieldType::YesNo
        | FieldType::Choice
        | FieldType::Time
        | FieldType::Phone
        | FieldType::Department
        | FieldType::Person => Err(ConstantProblem::Shape {
            kind: field.kind,
            many: true,
        }),
    }
}

/// `2026-03-02 08:30`, exactly so; seconds may follow.
pub fn local_time(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once(' ')?;
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = date.split('-');
    let well_formed = [4, 2, 2]
        .into_iter()
        .all(|length| parts.next().is_some_and(|part| digits(part, length)))
        && parts.next().is_none()
        && matches!(time.len(), 5 | 8)
        && time.split(':').all(|part| digits(part, 2));
    if !well_formed {
        return None;
    }
    // Sixty seconds are a leap second, which a wall clock of an office does not show.
    if time.ends_with(":60") {
        return None;
    }
    text.parse().ok()
}

/// Digits, with `-` between them and a `+` in front where somebody wrote so; blanks are dropped.
pub fn phone(text: &str) -> Option<String> {
    let kept: String = text.chars().filter(|character| *character != ' ').collect();
    let rest = kept.strip_prefix('+').unwrap_or(&kept);
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let plain = rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    (PHONE_DIGITS.contains(&digits) && plain && rest.len() <= 2 * digits).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_times_are_read_without_guessing() {
        assert_eq!(
            local_time("2026-03-02 08:30").unwrap().to_string(),
            "2026-03-02T08:30:00"
        );
        assert!(local_time("2026-03-02 08:30:15").is_some());
        for text in [
            "",
            "9:30",
            "2026-3-2 08:30",
            "2026-03-02",
            "2026-03-02T08:30",
            "2026-02-30 08:30",
            "2026-03-02 24:00",
            "2026-03-02 08:30:60",
            "2026-03-02 08.30",
        ] {
            assert_eq!(local_time(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_to_call_is_digits() {
        assert_eq!(phone("+86 755-1234 5678").as_deref(), Some("+86755-12345678"));
        assert_eq!(phone("110").as_deref(), Some("110"));
        for text in ["", "12", "１３８００", "138x", "+", "123456789012345678901"] {
            assert_eq!(phone(text), None, "{text}");
        }
    }
}
