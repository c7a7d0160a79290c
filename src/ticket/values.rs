//! Values of fields: what is accepted, what is still missing, which checks they break (L9: on every path).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::workflow::constant;
use crate::workflow::definition::{At, Definition, Field, LIST_LENGTH_MAX, TEXT_LENGTH_MAX};
use crate::workflow::directory::Directory;
use crate::workflow::id::{FieldId, OptionId};
use crate::workflow::moment::Moment;
use crate::workflow::value::{DECIMAL_SCALE, Decimal, FieldType, Value, Values};

use super::facts::{View, holds};
use super::model::Ticket;
use super::refusal::{Code, Objection, Refusal};

/// Characters that a reason, a basis, a note may have.
pub const NOTE_LENGTH_MAX: usize = 10_000;
/// Texts without line breaks up to this maximum; longer fields may have them.
const ONE_LINE_MAX: i64 = 100;
/// The texts a command may carry, by name.
pub const TEXT_KEYS: [&str; 5] = ["reason", "basis", "note", "evidence", "source"];

/// Defaults of all fields.
pub fn defaults(definition: &Definition) -> Values {
    let default = |field: &Field| field.default.clone().map(|value| (field.id.clone(), value));
    definition.fields.values().filter_map(default).collect()
}

/// Fields that may be given on opening: those which the actions of the start state ask for. Nobody writes a
/// compensation or a finding by opening a ticket.
pub fn asked_at_start(definition: &Definition) -> Vec<&FieldId> {
    let start = definition.states.get(&definition.start.value);
    let actions = start.into_iter().flat_map(|state| state.actions.values());
    let mut asked = Vec::new();
    for field in actions.flat_map(|action| action.require.iter().chain(&action.ask)) {
        if !asked.contains(&&field.value) {
            asked.push(&field.value);
        }
    }
    asked
}

/// Every value is of a known field that is asked for, of its type, and within its bounds.
pub fn validate(
    definition: &Definition,
    values: &Values,
    directory: &Directory,
    asked: &dyn Fn(&FieldId) -> bool,
) -> Result<(), Refusal> {
    let mut objections = Vec::new();
    for (id, value) in values {
        match definition.fields.get(id) {
            None => objections.push(Objection::new(Code::UnknownField).field(id)),
            Some(_) if !asked(id) => objections.push(Objection::new(Code::NotAsked).field(id)),
            Some(field) => objections.extend(fits(field, value, directory).map(|objection| objection.field(id))),
        }
    }
    if objections.is_empty() {
        Ok(())
    } else {
        Err(Refusal { objections })
    }
}

pub(super) fn fits(field: &Field, value: &Value, directory: &Directory) -> Option<Objection> {
    let expected = |what: &'static str| Some(Objection::new(Code::Value).with("expected", what));
    match (field.kind, value) {
        (FieldType::Text, Value::Text(text)) => text_fits(field, text),
        (FieldType::Phone, Value::Phone(number)) => {
            if constant::phone(number).as_ref() == Some(number) {
                None
            } else {
                expected("phone")
            }
        }
        (FieldType::Number, Value::Number(number)) => within(field, number.0),
        (FieldType::Money, Value::Money(amount)) => {
            if amount.0 % (DECIMAL_SCALE / 100) == 0 {
                within(field, amount.0)
            } else {
                expected("money_places")
            }
        }
        (FieldType::YesNo, Value::YesNo(_)) | (FieldType::Time, Value::Time(_)) => None,
        (FieldType::Choice, Value::Choice(option)) => {
            if field.options.contains_key(option) {
                return None;
            }
            let options: Vec<&str> = field.options.keys().map(OptionId::as_str).collect();
            Some(
                Objection::new(Code::Value)
                    .with("expected", "option")
                    .with("found", option.as_str())
                    .with("options", options.join(", ")),
            )
        }
        (FieldType::Department, Value::Department(department)) => {
            if directory.departments.contains_key(department) {
                None
            } else {
                Some(Objection::new(Code::UnknownDepartment).with("found", department.as_str()))
            }
        }
        (FieldType::Departments, Value::Departments(departments)) => {
            let unknown = departments
                .iter()
                .find(|department| !directory.departments.contains_key(*department));
            let twice = departments
                .iter()
                .enumerate()
                .any(|(place, department)| departments.iter().take(place).any(|before| before == department));
            match unknown {
                Some(unknown) => Some(Objection::new(Code::UnknownDepartment).with("found", unknown.as_str())),
                None if twice => expected("each_once"),
                None => count_fits(field, departments.len()),
            }
        }
        (FieldType::Person, Value::Person(person)) => {
            if directory.people.contains_key(person) {
                None
            } else {
                Some(Objection::new(Code::UnknownPerson).with("found", person.as_str()))
            }
        }
        (FieldType::List, Value::List(items)) => count_fits(field, items.len()).or_else(|| {
            items.iter().find_map(|item| {
                if is_clean(item, false) {
                    None
                } else {
                    expected("no_control_characters")
                }
            })
        }),
        (FieldType::Text, _) => expected("text"),
        (FieldType::Phone, _) => expected("phone"),
        (FieldType::Number, _) => expected("number"),
        (FieldType::Money, _) => expected("money"),
        (FieldType::YesNo, _) => expected("yes_no"),
        (FieldType::Time, _) => expected("time"),
        (FieldType::Choice, _) => expected("option"),
        (FieldType::Department, _) => expected("department"),
        (FieldType::Departments, _) => expected("departments"),
        (FieldType::Person, _) => expected("person"),
        (FieldType::List, _) => expected("list"),
    }
}

fn text_fits(field: &Field, text: &str) -> Option<Objection> {
    let max = field.max.map_or(TEXT_LENGTH_MAX, |max| max.0 / DECIMAL_SCALE);
    if !is_clean(text, max > ONE_LINE_MAX) {
        return Some(Objection::new(Code::Value).with("expected", "no_control_characters"));
    }
    length_fits(field, text.chars().count(), TEXT_LENGTH_MAX, "length")
}

fn count_fits(field: &Field, count: usize) -> Option<Objection> {
    length_fits(field, count, LIST_LENGTH_MAX, "count")
}

fn length_fits(field: &Field, found: usize, bound: i64, what: &'static str) -> Option<Objection> {
    let found = i64::try_from(found).unwrap_or(i64::MAX);
    let min = field.min.map_or(0, |min| min.0 / DECIMAL_SCALE);
    let max = field.max.map_or(bound, |max| max.0 / DECIMAL_SCALE);
    if (min..=max).contains(&found) {
        return None;
    }
    let objection = Objection::new(Code::Value)
        .with("expected", what)
        .with("min", min.to_string());
    Some(objection.with("max", max.to_string()).with("found", found.to_string()))
}

fn within(field: &Field, scaled: i64) -> Option<Objection> {
    let low = field.min.is_some_and(|min| scaled < min.0);
    let high = field.max.is_some_and(|max| scaled > max.0);
    if !low && !high {
        return None;
    }
    let bound = |bound: Option<Decimal>| bound.map_or_else(String::new, |bound| bound.to_string());
    Some(
        Objection::new(Code::Value)
            .with("expected", "range")
            .with("min", bound(field.min))
            .with("max", bound(field.max)),
    )
}

/// No control characters; line breaks and tabs only where a text may be long.
fn is_clean(text: &str, breaks: bool) -> bool {
    !text
        .chars()
        .any(|c| c.is_control() && !(breaks && matches!(c, '\n' | '\r' | '\t')))
}

/// The texts of a command: known names, bounded, no control characters.
pub fn validate_texts(texts: &BTreeMap<Arc<str>, String>) -> Result<(), Refusal> {
    for (key, text) in texts {
        let length = text.chars().count();
        if !TEXT_KEYS.contains(&&**key) {
            return Err(Objection::new(Code::UnknownField).with("found", &**key).into());
        }
        if length > NOTE_LENGTH_MAX || !is_clean(text, true) {
            let objection = Objection::new(Code::Value)
                .with("text", &**key)
                .with("expected", "length");
            return Err(objection
                .with("min", "0")
                .with("max", NOTE_LENGTH_MAX.to_string())
                .with("found", length.to_string())
                .into());
        }
    }
    Ok(())
}

/// Required fields that are empty, or must be given anew (`each_time`).
pub fn missing(definition: &Definition, fields: &Values, given: &Values, required: &[At<FieldId>]) -> Vec<Objection> {
    let mut objections = Vec::new();
    for id in required {
        let each_time = definition.fields.get(&id.value).is_some_and(|field| field.each_time);
        let value = match given.get(&id.value) {
            Some(value) => Some(value),
            None if each_time => None,
            None => fields.get(&id.value),
        };
        if value.is_none_or(Value::is_blank) {
            objections.push(Objection::new(Code::Require).field(&id.value));
        }
    }
    objections
}

/// Runs the checks of written and asked fields, and those that name a written one. A check waits until every field
/// that it names outside `filled()` is filled.
pub fn run_checks(
    definition: &Definition,
    ticket: &Ticket,
    fields: &Values,
    now: Moment,
    written: &Values,
    asked: &[At<FieldId>],
) -> Result<(), Refusal> {
    let mut overlay = fields.clone();
    overlay.extend(written.clone());
    let view = View {
        ticket,
        overlay: Some(&overlay),
        now,
    };
    let mut objections = Vec::new();
    for field in definition.fields.values() {
        let Some(check) = &field.check else { continue };
        let concerned = asked.iter().any(|asked| asked.value == field.id)
            || written.contains_key(&field.id)
            || check.condition.fields().iter().any(|id| written.contains_key(id));
        if !concerned {
            continue;
        }
        let empty = |id: &FieldId| overlay.get(id).is_none_or(Value::is_blank);
        if check.condition.needed_fields().iter().any(empty) {
            continue;
        }
        match holds(definition, &check.condition, &view) {
            Ok(true) => {}
            Ok(false) => objections.push(Objection::new(Code::Check).field(&field.id).sentence(&check.otherwise)),
            Err(objection) => objections.push(objection.field(&field.id)),
        }
    }
    if objections.is_empty() {
        Ok(())
    } else {
        Err(Refusal { objections })
    }
}
