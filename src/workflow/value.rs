//! Values of fields, and their types.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::id::{DepartmentId, FieldId, OptionId, PersonId};
use super::moment::Moment;

/// Decimal places that a [`Decimal`] keeps.
pub const DECIMAL_PLACES: u32 = 4;
/// What a [`Decimal`] of one is scaled by.
pub const DECIMAL_SCALE: i64 = 10_000;

/// A number with four decimal places, exact: 12.5 is `Decimal(125_000)`. Money is in yuan and has at most two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Decimal(pub i64);

impl Decimal {
    /// A whole number; `None` when it is too large to be kept.
    pub fn from_whole(whole: i64) -> Option<Self> {
        whole.checked_mul(DECIMAL_SCALE).map(Self)
    }

    /// Plain digits with at most four decimal places: `12`, `-0.5`. No blanks, `_`, exponents, leading zeros or `+`:
    /// what YAML readers guess differently (`017`, `1_000`, `1e3`) is no number here.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (digits, None),
        };
        let plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !plain(whole) || (whole.len() > 1 && whole.starts_with('0')) || fraction.is_some_and(|digits| !plain(digits))
        {
            return None;
        }
        let fraction = fraction.unwrap_or_default();
        let places = usize::try_from(DECIMAL_PLACES).ok()?;
        if fraction.len() > places {
            return None;
        }
        let scaled: i64 = format!("{whole}{fraction:0<places$}").parse().ok()?;
        Some(Self(if negative { -scaled } else { scaled }))
    }

    /// True for an amount with at most two decimal places.
    pub fn is_money(self) -> bool {
        self.0 % (DECIMAL_SCALE / 100) == 0
    }

    /// The whole number, where it is one.
    pub fn whole(self) -> Option<i64> {
        (self.0 % DECIMAL_SCALE == 0).then_some(self.0 / DECIMAL_SCALE)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / DECIMAL_SCALE, (self.0 % DECIMAL_SCALE).unsigned_abs());
        let sign = if self.0 < 0 { "-" } else { "" };
        let digits = format!("{rest:04}");
        match digits.trim_end_matches('0') {
            "" => write!(f, "{sign}{}", whole.unsigned_abs()),
            fraction => write!(f, "{sign}{}.{fraction}", whole.unsigned_abs()),
        }
    }
}

/// What a field can hold (LANGUAGE, `fields.X.type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    Text,
    Number,
    Money,
    YesNo,
    Choice,
    Time,
    Phone,
    Department,
    Departments,
    Person,
    List,
}

/// A value of a field. An empty field has no value at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", content = "v", rename_all = "snake_case")]
pub enum Value {
    Text(String),
    Number(Decimal),
    Money(Decimal),
    YesNo(bool),
    Choice(OptionId),
    Time(Moment),
    /// As written by the agent, digits and `+`, `-` only.
    Phone(String),
    Department(DepartmentId),
    Departments(Vec<DepartmentId>),
    Person(PersonId),
    List(Vec<String>),
    /// The person it spoke of was erased; the field counts as filled, its content is gone.
    Erased,
}

/// Values by field, in the order they were given.
pub type Values = IndexMap<FieldId, Value>;

impl FieldType {
    pub const ALL: [Self; 11] = [
        Self::Text,
        Self::Number,
        Self::Money,
        Self::YesNo,
        Self::Choice,
        Self::Time,
        Self::Phone,
        Self::Department,
        Self::Departments,
        Self::Person,
        Self::List,
    ];

    /// The word of the language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Money => "money",
            Self::YesNo => "yes_no",
            Self::Choice => "choice",
            Self::Time => "time",
            Self::Phone => "phone",
            Self::Department => "department",
            Self::Departments => "departments",
            Self::Person => "person",
            Self::List => "list",
        }
    }

    /// From the word of the language.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl Value {
    /// Free text that may speak of a person: kept in the side table so that it can be erased (DESIGN, the chain).
    pub fn is_free_text(&self) -> bool {
        match self {
            Self::Text(_) | Self::Phone(_) | Self::List(_) => true,
            Self::Number(_)
            | Self::Money(_)
            | Self::YesNo(_)
            | Self::Choice(_)
            | Self::Time(_)
            | Self::Department(_)
            | Self::Departments(_)
            | Self::Person(_)
            | Self::Erased => false,
        }
    }

    /// An empty text or list says nothing: it never satisfies `require` (R4).
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Text(text) | Self::Phone(text) => text.trim().is_empty(),
            Self::List(items) => items.iter().all(|item| item.trim().is_empty()),
            Self::Departments(items) => items.is_empty(),
            Self::Number(_)
            | Self::Money(_)
            | Self::YesNo(_)
            | Self::Choice(_)
            | Self::Time(_)
            | Self::Department(_)
            | Self::Person(_)
            | Self::Erased => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_without_guessing() {
        for (text, scaled) in [
            ("0", 0),
            ("12", 120_000),
            ("-0.5", -5_000),
            ("1200.25", 12_002_500),
            ("0.0001", 1),
        ] {
            let decimal = Decimal::parse(text).unwrap();
            assert_eq!(decimal, Decimal(scaled), "{text}");
            assert_eq!(decimal.to_string(), text);
        }
        for text in [
            "",
            "-",
            ".5",
            "5.",
            "017",
            "1_000",
            "1e3",
            "+1",
            "0.00001",
            "１２",
            "9223372036854775807",
            "12:30",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
