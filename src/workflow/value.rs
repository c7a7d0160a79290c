//! Values of fields, and their types.

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
