//! What is said of an event or an object beyond its name and time: typed values under keys, the same for every format.

use serde::{Serialize, Serializer};

use crate::workflow::moment::Moment;

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    Text(String),
    Time(Moment),
    Whole(i64),
    Real(f64),
    YesNo(bool),
}

/// Values by key, in the order they are to be shown.
pub type Attributes = Vec<(String, Attribute)>;

impl Attribute {
    /// The type as OCEL 2.0 names it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "string",
            Self::Time(_) => "time",
            Self::Whole(_) => "integer",
            Self::Real(_) => "float",
            Self::YesNo(_) => "boolean",
        }
    }
}

/// As JSON has it: times are RFC 3339.
impl Serialize for Attribute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Time(at) => serializer.serialize_str(&at.rfc3339()),
            Self::Whole(number) => serializer.serialize_i64(*number),
            Self::Real(number) => serializer.serialize_f64(*number),
            Self::YesNo(yes) => serializer.serialize_bool(*yes),
        }
    }
}

/// A text under its key.
pub fn text(key: &str, value: impl Into<String>) -> (String, Attribute) {
    (key.to_owned(), Attribute::Text(value.into()))
}

/// A time under its key.
pub fn time(key: &str, at: Moment) -> (String, Attribute) {
    (key.to_owned(), Attribute::Time(at))
}

/// A whole number under its key.
pub fn whole(key: &str, number: impl Into<i64>) -> (String, Attribute) {
    (key.to_owned(), Attribute::Whole(number.into()))
}
