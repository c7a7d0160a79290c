//! Field values as they come over the API: JSON read strictly by the type of each field, nothing guessed.

use serde_json::{Map, Value as Json};

use crate::workflow::constant;
use crate::workflow::definition::{Definition, Field};
use crate::workflow::id::{DepartmentId, FieldId, OptionId, PersonId};
use crate::workflow::moment::Moment;
use crate::workflow::nearest::nearest;
use crate::workflow::value::{Decimal, FieldType, Value, Values};

use super::refusal::{Code, Objection, Refusal};

/// Reads an object of field values. Every entry that is wrong is named; bounds are judged by the command itself (L9).
pub fn read(definition: &Definition, given: &Map<String, Json>) -> Result<Values, Refusal> {
    let mut values = Values::new();
    let mut objections = Vec::new();
    for (name, json) in given {
        let Some(field) = definition.fields.get(name.as_str()) else {
            let mut objection = Objection::new(Code::UnknownField).field(&FieldId::from(name.as_str()));
            if let Some(near) = nearest(name, definition.fields.keys().map(FieldId::as_str)) {
                objection = objection.with("nearest", near);
            }
            objections.push(objection);
            continue;
        };
        match value(field, json) {
            Some(value) => {
                values.insert(field.id.clone(), value);
            }
            None => objections.push(
                Objection::new(Code::Value)
                    .field(&field.id)
                    .with("expected", expected(field.kind)),
            ),
        }
    }
    if objections.is_empty() {
        Ok(values)
    } else {
        Err(Refusal { objections })
    }
}

fn value(field: &Field, json: &Json) -> Option<Value> {
    match field.kind {
        FieldType::Text => json.as_str().map(|text| Value::Text(text.to_owned())),
        FieldType::Number => decimal(json).map(Value::Number),
        FieldType::Money => decimal(json).filter(|amount| amount.is_money()).map(Value::Money),
        FieldType::YesNo => json.as_bool().map(Value::YesNo),
        FieldType::Choice => json.as_str().map(|option| Value::Choice(OptionId::from(option))),
        // RFC 3339 with an offset: a time without a zone is a guess.
        FieldType::Time => moment(json).map(Value::Time),
        FieldType::Phone => json.as_str().and_then(constant::phone).map(Value::Phone),
        FieldType::Department => json
            .as_str()
            .map(|department| Value::Department(DepartmentId::from(department))),
        FieldType::Departments => {
            texts(json).map(|departments| Value::Departments(departments.into_iter().map(DepartmentId::from).collect()))
        }
        FieldType::Person => json.as_str().map(|person| Value::Person(PersonId::from(person))),
        FieldType::List => texts(json).map(|items| Value::List(items.into_iter().map(str::to_owned).collect())),
    }
}

/// What a field of this type takes, as the key of a sentence.
fn expected(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Text => "text",
        FieldType::Number => "number",
        FieldType::Money => "money",
        FieldType::YesNo => "yes_no",
        FieldType::Choice => "option",
        FieldType::Time => "time",
        FieldType::Phone => "phone",
        FieldType::Department => "department",
        FieldType::Departments => "departments",
        FieldType::Person => "person",
        FieldType::List => "list",
    }
}

fn decimal(json: &Json) -> Option<Decimal> {
    match json {
        Json::Number(number) => Decimal::parse(&number.to_string()),
        Json::Null | Json::Bool(_) | Json::String(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

/// An instant in RFC 3339 with offset, cut to the millisecond.
pub fn moment(json: &Json) -> Option<Moment> {
    let timestamp: jiff::Timestamp = json.as_str()?.parse().ok()?;
    Some(Moment::from_timestamp(timestamp))
}

fn texts(json: &Json) -> Option<Vec<&str>> {
    json.as_array()?.iter().map(Json::as_str).collect()
}

/// A value as JSON, the way the API shows it: times in RFC 3339, numbers as numbers.
pub fn show(value: &Value) -> Json {
    match value {
        Value::Text(text) | Value::Phone(text) => Json::from(text.as_str()),
        Value::Number(number) | Value::Money(number) => number.to_string().parse().map_or(Json::Null, Json::Number),
        Value::YesNo(yes) => Json::from(*yes),
        Value::Choice(option) => Json::from(option.as_str()),
        Value::Time(at) => Json::from(at.rfc3339()),
        Value::Department(department) => Json::from(department.as_str()),
        Value::Departments(departments) => departments.iter().map(DepartmentId::as_str).collect(),
        Value::Person(person) => Json::from(person.as_str()),
        Value::List(items) => items.iter().map(String::as_str).collect(),
        Value::Erased => Json::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_an_offset_is_refused() {
        assert!(moment(&Json::from("2026-03-02T08:30:00")).is_none());
        assert_eq!(
            moment(&Json::from("2026-03-02T08:30:00+08:00")),
            moment(&Json::from("2026-03-02T00:30:00Z"))
        );
    }
}
