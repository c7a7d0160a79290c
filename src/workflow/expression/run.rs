//! The compiled form, and running it. Types were settled by `compile`: what could still go wrong is an empty field,
//! an instant that has not come, or a number too large.
//!
//! `&&` and `||` go from left to right and stop as soon as the answer is known; what stands behind is not looked at,
//! so an empty field there is no failure. (CEL would also let the right side absolve a failing left one; here the
//! order is what the reader sees.) Nothing is allocated while a condition runs.

use std::sync::Arc;

use super::syntax::Instant;
use super::{ExpressionValue, Facts, Failure, Since, Type};
use crate::workflow::id::{ActionId, ClockId, DepartmentId, FieldId, OptionId, PersonId};
use crate::workflow::moment::Moment;
use crate::workflow::value::{DECIMAL_SCALE, Decimal, Value};

/// A whole expression.
#[derive(Clone, Debug)]
pub enum Program {
    Test(Test),
    Amount(Type, Amount),
    Word(Type, Word),
    Words(Type, Words),
}

/// Yields yes or no.
#[derive(Clone, Debug)]
pub enum Test {
    Constant(bool),
    Filled(FieldId),
    Late(ClockId),
    Field(FieldId),
    Not(Box<Test>),
    All(Vec<Test>),
    Any(Vec<Test>),
    Compare(Comparison, Amount, Amount),
    Agree { differs: bool, pair: Box<(Test, Test)> },
    Same { differs: bool, left: Word, right: Word },
    WordIn(Word, Words),
    AmountIn(Amount, Vec<Amount>),
    Choose(Box<Test>, Box<(Test, Test)>),
}

/// Yields a whole number: ten-thousandths (numbers, money) or milliseconds (times, durations).
#[derive(Clone, Debug)]
pub enum Amount {
    Constant(i64),
    Field(FieldId),
    Instant(Instant),
    Times(Since, ActionId),
    Characters(Box<Word>),
    Items(Words),
    Plus(Box<Amount>, Box<Amount>),
    Minus(Box<Amount>, Box<Amount>),
    Negative(Box<Amount>),
    /// A number made milliseconds: so many for each ten-thousandth.
    Scaled(i64, Box<Amount>),
    Choose(Box<Test>, Box<(Amount, Amount)>),
}

/// Yields a text or an id.
#[derive(Clone, Debug)]
pub enum Word {
    Constant(Arc<str>),
    Field(FieldId),
    Choose(Box<Test>, Box<(Word, Word)>),
}

/// Yields several.
#[derive(Clone, Debug)]
pub enum Words {
    Written(Vec<Word>),
    Field(FieldId),
    Choose(Box<Test>, Box<(Words, Words)>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

fn filled<'a>(facts: &'a dyn Facts, field: &FieldId) -> Result<&'a Value, Failure> {
    match facts.field(field) {
        None => Err(Failure::Empty(field.clone())),
        Some(Value::Erased) => Err(Failure::Erased(field.clone())),
        Some(value) => Ok(value),
    }
}

fn wrong<T>(field: &FieldId) -> Result<T, Failure> {
    Err(Failure::WrongType(field.clone()))
}

fn count(items: usize) -> Result<i64, Failure> {
    i64::try_from(items)
        .ok()
        .and_then(|items| items.checked_mul(DECIMAL_SCALE))
        .ok_or(Failure::Overflow)
}

impl Program {
    pub fn holds(&self, facts: &dyn Facts) -> Result<bool, Failure> {
        match self {
            Self::Test(test) => test.holds(facts),
            Self::Amount(..) | Self::Word(..) | Self::Words(..) => Err(Failure::NotCompiled),
        }
    }

    pub fn evaluate(&self, facts: &dyn Facts) -> Result<ExpressionValue, Failure> {
        Ok(match self {
            Self::Test(test) => ExpressionValue::YesNo(test.holds(facts)?),
            Self::Amount(kind, amount) => {
                let value = amount.value(facts)?;
                match kind {
                    Type::Money => ExpressionValue::Money(Decimal(value)),
                    Type::Time => ExpressionValue::Time(Moment(value)),
                    Type::Duration => ExpressionValue::Duration(value),
                    Type::Number
                    | Type::YesNo
                    | Type::Text
                    | Type::Choice(_)
                    | Type::Department
                    | Type::Departments
                    | Type::Person
                    | Type::List => ExpressionValue::Number(Decimal(value)),
                }
            }
            Self::Word(kind, word) => {
                let text = word.value(facts)?;
                match kind {
                    Type::Choice(_) => ExpressionValue::Choice(OptionId::from(text)),
                    Type::Department => ExpressionValue::Department(DepartmentId::from(text)),
                    Type::Person => ExpressionValue::Person(PersonId::from(text)),
                    Type::Text
                    | Type::YesNo
                    | Type::Number
                    | Type::Money
                    | Type::Time
                    | Type::Duration
                    | Type::Departments
                    | Type::List => ExpressionValue::Text(text.to_owned()),
                }
            }
            Self::Words(kind, words) => {
                let mut found = Vec::new();
                words.each(facts, &mut |word| {
                    found.push(word.to_owned());
                    false
                })?;
                if *kind == Type::Departments {
                    ExpressionValue::Departments(found.iter().map(|id| DepartmentId::from(id.as_str())).collect())
                } else {
                    ExpressionValue::List(found)
                }
            }
        })
    }
}

impl Test {
    fn holds(&self, facts: &dyn Facts) -> Result<bool, Failure> {
        match self {
            Self::Constant(yes) => Ok(*yes),
            Self::Filled(field) => Ok(facts.field(field).is_some_and(|value| !value.is_blank())),
            Self::Late(clock) => Ok(facts.is_late(clock)),
            Self::Field(field) => {
                let Value::YesNo(yes) = filled(facts, field)? else {
                    return wrong(field);
                };
                Ok(*yes)
            }
            Self::Not(test) => Ok(!test.holds(facts)?),
            Self::All(tests) => {
                for test in tests {
                    if !test.holds(facts)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Any(tests) => {
                for test in tests {
                    if test.holds(facts)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Compare(comparison, left, right) => Ok(comparison.holds(left.value(facts)?, right.value(facts)?)),
            Self::Agree { differs, pair } => Ok((pair.0.holds(facts)? == pair.1.holds(facts)?) != *differs),
            Self::Same { differs, left, right } => Ok((left.value(facts)? == right.value(facts)?) != *differs),
            Self::WordIn(word, words) => {
                let word = word.value(facts)?;
                words.each(facts, &mut |item| item == word)
            }
            Self::AmountIn(amount, amounts) => {
                let amount = amount.value(facts)?;
                for other in amounts {
                    if other.value(facts)? == amount {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Choose(condition, pair) => {
                if condition.holds(facts)? {
                    pair.0.holds(facts)
                } else {
                    pair.1.holds(facts)
                }
            }
        }
    }
}

impl Amount {
    fn value(&self, facts: &dyn Facts) -> Result<i64, Failure> {
        match self {
            Self::Constant(value) => Ok(*value),
            Self::Field(field) => {
                let value = filled(facts, field)?;
                if let Value::Number(Decimal(amount)) | Value::Money(Decimal(amount)) | Value::Time(Moment(amount)) =
                    value
                {
                    Ok(*amount)
                } else {
                    wrong(field)
                }
            }
            Self::Instant(instant) => match instant {
                Instant::Now => Ok(facts.now().0),
                Instant::OpenedAt => Ok(facts.opened_at().0),
                Instant::ClosedAt => facts.closed_at().map(|at| at.0).ok_or(Failure::NotYet("closed_at")),
                Instant::ContactEndedAt => {
                    let ended = facts.contact_ended_at();
                    ended.map(|at| at.0).ok_or(Failure::NotYet("contact_ended_at"))
                }
            },
            Self::Times(since, action) => {
                let times = facts.times(*since, action);
                times.checked_mul(DECIMAL_SCALE).ok_or(Failure::Overflow)
            }
            Self::Characters(word) => count(word.value(facts)?.chars().count()),
            Self::Items(words) => {
                let mut items = 0;
                words.each(facts, &mut |_| {
                    items += 1;
                    false
                })?;
                count(items)
            }
            Self::Plus(left, right) => {
                let (left, right) = (left.value(facts)?, right.value(facts)?);
                left.checked_add(right).ok_or(Failure::Overflow)
            }
            Self::Minus(left, right) => {
                let (left, right) = (left.value(facts)?, right.value(facts)?);
                left.checked_sub(right).ok_or(Failure::Overflow)
            }
            Self::Negative(amount) => amount.value(facts)?.checked_neg().ok_or(Failure::Overflow),
            Self::Scaled(each, amount) => amount.value(facts)?.checked_mul(*each).ok_or(Failure::Overflow),
            Self::Choose(condition, pair) => {
                if condition.holds(facts)? {
                    pair.0.value(facts)
                } else {
                    pair.1.value(facts)
                }
            }
        }
    }
}

impl Word {
    fn value<'a>(&'a self, facts: &'a dyn Facts) -> Result<&'a str, Failure> {
        match self {
            Self::Constant(text) => Ok(text),
            Self::Field(field) => match filled(facts, field)? {
                Value::Text(text) | Value::Phone(text) => Ok(text),
                Value::Choice(option) => Ok(option.as_str()),
                Value::Department(department) => Ok(department.as_str()),
                Value::Person(person) => Ok(person.as_str()),
                Value::Number(_)
                | Value::Money(_)
                | Value::YesNo(_)
                | Value::Time(_)
                | Value::Departments(_)
                | Value::List(_)
                | Value::Erased => wrong(field),
            },
            Self::Choose(condition, pair) => {
                if condition.holds(facts)? {
                    pair.0.value(facts)
                } else {
                    pair.1.value(facts)
                }
            }
        }
    }
}

impl Words {
    /// Shows each item until `wanted` says yes; true when it did. An empty field has no items.
    fn each(&self, facts: &dyn Facts, wanted: &mut dyn FnMut(&str) -> bool) -> Result<bool, Failure> {
        match self {
            Self::Written(words) => {
                for word in words {
                    if wanted(word.value(facts)?) {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Field(field) => match facts.field(field) {
                None => Ok(false),
                Some(Value::Departments(items)) => Ok(items.iter().any(|item| wanted(item.as_str()))),
                Some(Value::List(items)) => Ok(items.iter().any(|item| wanted(item))),
                Some(Value::Erased) => Err(Failure::Erased(field.clone())),
                Some(_) => wrong(field),
            },
            Self::Choose(condition, pair) => {
                if condition.holds(facts)? {
                    pair.0.each(facts, wanted)
                } else {
                    pair.1.each(facts, wanted)
                }
            }
        }
    }
}
