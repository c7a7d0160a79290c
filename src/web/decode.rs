//! From JSON (or a query) to the shape of a request: collects every fault with its place, never stops at the first.
//!
//! A shape is declared once with [`request!`](crate::request): the struct, its OpenAPI schema and its reader. Unknown
//! members are refused with the nearest right name, so that nobody believes a slip of the pen was heard, and no hidden
//! member of a ticket can be written (TRUST e 19).

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::ticket::model::{Channel, LinkKind};
use crate::workflow::definition::Text;
use crate::workflow::id::{
    ActionId, CalendarId, ClockId, DepartmentId, FieldId, OutcomeId, PersonId, RoleId, StateId, WorkflowId, is_id,
};
use crate::workflow::moment::Moment;
use crate::workflow::nearest::nearest;

pub use super::faults::{At, Faults, shown};

/// Longest text of a request outside the fields of a workflow, in characters.
pub const TEXT_MAX: usize = 10_000;
/// Longest text of one line.
pub const LINE_MAX: usize = 200;
/// Items a list of a request may have.
const ITEMS_MAX: usize = 10_000;
/// End of the times that make sense in a request: the year 2200.
const TIME_MAX: i64 = 7_258_118_400_000;

/// Can be read from a request.
pub trait Decode: Sized {
    /// Reads, or says why not and gives `None`.
    fn decode(value: &Value, at: &At, faults: &mut Faults) -> Option<Self>;

    /// What an absent member means: a fault, unless the type is optional.
    fn absent(at: &At, faults: &mut Faults) -> Option<Self> {
        faults.at(at, "missing", &[]);
        None
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(value: &Value, at: &At, faults: &mut Faults) -> Option<Self> {
        if value.is_null() {
            return Some(None);
        }
        T::decode(value, at, faults).map(Some)
    }

    fn absent(_: &At, _: &mut Faults) -> Option<Self> {
        Some(None)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(value: &Value, at: &At, faults: &mut Faults) -> Option<Self> {
        if let (Value::String(text), true) = (value, at.is_query()) {
            // ?state=review,callback
            let items = text.split(',').filter(|item| !item.is_empty()).take(ITEMS_MAX);
            let read: Vec<Option<T>> = items
                .map(|item| T::decode(&Value::String(item.to_owned()), at, faults))
                .collect();
            return read.into_iter().collect();
        }
        let Value::Array(items) = value else {
            faults.wrong_type(at, "array", value);
            return None;
        };
        if items.len() > ITEMS_MAX {
            faults.at(at, "too_many", &[("max", &ITEMS_MAX.to_string())]);
            return None;
        }
        let mut read = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            read.push(T::decode(item, &at.inside(&index.to_string()), faults));
        }
        read.into_iter().collect()
    }
}

impl Decode for String {
    fn decode(value: &Value, at: &At, faults: &mut Faults) -> Option<Self> {
        let Value::String(text) = value else {
            faults.wrong_type(at, "string", value);
            return None;
        };
        let length = text.chars().count();
        if length > TEXT_MAX {
            too_long(at, TEXT_MAX, length, faults);
            return None;
        }
        if text.contains('\0') {
            faults.at(at, "nul", &[]);
            return None;
        }
        Some(text.clone())
    }
}

fn too_long(at: &At, max: usize, length: usize, faults: &mut Faults) {
    faults.at(
        at,
        "too_long",
        &[("max", &max.to_string()), ("length", &length.to_string())],
    );
}

/// A text of one line: names, references, numbers. Line breaks and other control characters are refused, because they
/// end up in heads of mails and lines of logs (TRUST, fact 6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line(pub String);

impl Decode for Line {
    fn decode(value: &Value, at: &At, faults: &mut Faults) -> Option<Self> {
        let text = String::decode(value, at, faults)?;
        let length = text.chars().count();
        if length > LINE_MAX {
            too_long(at, LINE_MAX, length, faults);
            return None;
        }
        if text
            .chars()
            .any(|character| character.is_control() || "\u{2028}\u{2029}".contains(character))
        {
            faults.at(at, "line_break", &[]);
            return None;
        }
        if text.trim().is_empty() {
            faults.at(at, "blank", &[]);
            return None;
        }
        Some(Self(text))
    }
}

impl Decode for bool {
    fn decode(value: &Value, at: &At, faults: &mut Faults) -> Option<Self> {
        let read = match (value.as_bool(), value.as_str()) {
            (Some(yes), _) => Some(yes),
            (None, Some("true")) if at.is_query() => Some(true),
            (None, Some("false")) if at.is_query() => Some(false),
            (None, _) => None,
        };
        if read.is_none() {
            faults.wrong_type(at, "boolean", value);
        }
        read
    }
}

impl Decode for i64 {
    fn decode(value: &Value, at: &At, faults: &mut Faults) -> Option<Self> {
        let read = match value.as_str() {
            Some(text) if at.is_query() => text.parse().ok(),
            Some(_) | None => value.as_i64(),
        };
        if read.is_none() {
            faults.wrong_type(at, "integer", value);
        }
        read
    }
}

macro_rules! decode_unsigned {
    ($($type:ident),*) => {$(
        impl Decode for $type {
            fn decode(value: &Value, at: &At, faults: &mut Faults) -> Option<Self> {
                let number = i64::decode(value, at, faults)?;
                let read = Self::try_from(number).ok();
                if read.is_none() {
                    faults.at(at, "range", &[("min", "0"), ("max", &Self::MAX.to_string())]);
                }
                read
            }
        }
    )*};
}

decode_unsigned!(u32, u64);

impl Decode for Moment {
    fn decode(value: &Value, at: &At, faults: &mut Faults) -> Option<Self> {
        let Value::String(text) = value else {
            faults.wrong_type(at, "time", value);
            return None;
        };
        if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
            let moment = Self::from_timestamp(timestamp);
            if (0..TIME_MAX).contains(&moment.0) {
                return Some(moment);
            }
            faults.at(at, "time_range", &[]);
            return None;
        }
        let without_zone = text.parse::<jiff::civil::DateTime>().is_ok();
        let code = if without_zone { "time_without_zone" } else { "time" };
        faults.at(at, code, &[("value", text)]);
        None
    }
}

impl Decode for jiff::civil::Date {
    fn decode(value: &Value, at: &At, faults: &mut Faults) -> Option<Self> {
        let text = String::decode(value, at, faults)?;
        // A date only: a time of day behind it would be dropped silently.
        let read = if text.len() == 10 { text.parse().ok() } else { None };
        if read.is_none() {
            faults.at(at, "date", &[("value", &text)]);
        }
        read
    }
}

impl Decode for Uuid {
    fn decode(value: &Value, at: &At, faults: &mut Faults) -> Option<Self> {
        let text = String::decode(value, at, faults)?;
        let read = Self::try_parse(&text).ok();
        if read.is_none() {
            faults.at(at, "uuid", &[("value", &text)]);
        }
        read
    }
}

/// An object whose members are read later, when the workflow is known.
impl Decode for Map<String, Value> {
    fn decode(value: &Value, at: &At, faults: &mut Faults) -> Option<Self> {
        object(value, at, faults).cloned()
    }

    fn absent(_: &At, _: &mut Faults) -> Option<Self> {
        Some(Self::new())
    }
}

macro_rules! decode_ids {
    ($($name:ident),*) => {$(
        impl Decode for $name {
            fn decode(value: &Value, at: &At, faults: &mut Faults) -> Option<Self> {
                let text = String::decode(value, at, faults)?;
                if is_id(&text) {
                    return Some(Self::new(text));
                }
                faults.at(at, "id", &[("value", &text)]);
                None
            }
        }
    )*};
}

decode_ids!(
    WorkflowId,
    FieldId,
    StateId,
    ActionId,
    OutcomeId,
    ClockId,
    RoleId,
    DepartmentId,
    CalendarId,
    PersonId
);

/// Reads one of a fixed set of words.
pub fn word<T: Copy>(value: &Value, at: &At, faults: &mut Faults, words: &[(&str, T)]) -> Option<T> {
    let text = String::decode(value, at, faults)?;
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    if found.is_none() {
        let accepted: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let near = nearest(&text, accepted.iter().copied()).unwrap_or_else(|| "none".to_owned());
        let arguments = [
            ("value", text.as_str()),
            ("accepted", &accepted.join(", ")),
            ("near", &near),
        ];
        faults.at(at, "word", &arguments);
    }
    found
}

/// Declares how an enum of words is read.
#[macro_export]
macro_rules! words {
    ($type:ty { $($word:literal => $value:expr,)* }) => {
        impl $crate::web::decode::Decode for $type {
            fn decode(
                value: &serde_json::Value,
                at: &$crate::web::decode::At,
                faults: &mut $crate::web::decode::Faults,
            ) -> Option<Self> {
                $crate::web::decode::word(value, at, faults, &[$(($word, $value)),*])
            }
        }
    };
}

words!(Channel {
    "phone" => Channel::Phone,
    "web" => Channel::Web,
    "mail" => Channel::Mail,
    "chat" => Channel::Chat,
    "letter" => Channel::Letter,
    "visit" => Channel::Visit,
    "platform" => Channel::Platform,
});

// `merged` and `absorbed` come from merging and are made by nobody's hand.
words!(LinkKind {
    "related" => LinkKind::Related,
    "repeat" => LinkKind::Repeat,
    "parent" => LinkKind::Parent,
    "child" => LinkKind::Child,
    "bypass" => LinkKind::Bypass,
    "successor" => LinkKind::Successor,
});

impl Decode for Text {
    fn decode(value: &Value, at: &At, faults: &mut Faults) -> Option<Self> {
        let entries = object(value, at, faults)?;
        known(entries, &["zh", "en"], at, faults);
        let zh = member::<Line>(entries, "zh", at, faults);
        let en = member::<Line>(entries, "en", at, faults);
        Some(Self { zh: zh?.0, en: en?.0 })
    }
}

/// The value as an object.
pub fn object<'a>(value: &'a Value, at: &At, faults: &mut Faults) -> Option<&'a Map<String, Value>> {
    let object = value.as_object();
    if object.is_none() {
        faults.wrong_type(at, "object", value);
    }
    object
}

/// Faults for members that are not known here.
pub fn known(entries: &Map<String, Value>, names: &[&str], at: &At, faults: &mut Faults) {
    for name in entries.keys().filter(|name| !names.contains(&name.as_str())) {
        let near = nearest(name, names.iter().copied()).unwrap_or_else(|| "none".to_owned());
        let accepted = names.join(", ");
        let arguments = [("name", name.as_str()), ("near", &near), ("accepted", &accepted)];
        faults.at(&at.inside(name), "unknown_member", &arguments);
    }
}

/// One member of an object.
pub fn member<T: Decode>(entries: &Map<String, Value>, name: &str, at: &At, faults: &mut Faults) -> Option<T> {
    let at = at.inside(name);
    match entries.get(name) {
        Some(value) => T::decode(value, &at, faults),
        None => T::absent(&at, faults),
    }
}

/// Declares the shape of a body: struct, schema, reader.
#[macro_export]
macro_rules! request {
    ($($(#[$meta:meta])* pub struct $name:ident { $($(#[$inner:meta])* $field:ident : $type:ty,)* })+) => {$(
        $(#[$meta])*
        #[derive(Debug, utoipa::ToSchema, validator::Validate)]
        pub struct $name { $($(#[$inner])* pub $field: $type,)* }

        $crate::reader!($name { $($field: $type,)* });
    )+};
}

/// Declares the shape of a query: struct, parameters, reader.
#[macro_export]
macro_rules! query {
    ($($(#[$meta:meta])* pub struct $name:ident { $($(#[$inner:meta])* $field:ident : $type:ty,)* })+) => {$(
        $(#[$meta])*
        #[derive(Debug, utoipa::IntoParams, validator::Validate)]
        #[into_params(parameter_in = Query)]
        pub struct $name { $($(#[$inner])* pub $field: $type,)* }

        $crate::reader!($name { $($field: $type,)* });
    )+};
}

/// Reads a declared shape, member by member, so that every fault is found.
#[macro_export]
macro_rules! reader {
    ($name:ident { $($field:ident : $type:ty,)* }) => {
        impl $crate::web::decode::Decode for $name {
            fn decode(
                value: &serde_json::Value,
                at: &$crate::web::decode::At,
                faults: &mut $crate::web::decode::Faults,
            ) -> Option<Self> {
                let entries = $crate::web::decode::object(value, at, faults)?;
                $crate::web::decode::known(entries, &[$(stringify!($field)),*], at, faults);
                $(let $field = $crate::web::decode::member::<$type>(entries, stringify!($field), at, faults);)*
                Some(Self { $($field: $field?,)* })
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::super::problem::Place;
    use serde_json::json;

    use super::*;

    request! {
        /// A shape of the test.
        pub struct Shape {
            workflow: WorkflowId,
            started_at: Option<Moment>,
            #[validate(range(min = 1))]
            count: u32,
        }
    }

    fn faults(value: &Value) -> Vec<(&'static str, Place)> {
        let mut faults = Faults::default();
        let _ = Shape::decode(value, &At::Body(String::new()), &mut faults);
        faults
            .0
            .into_iter()
            .map(|fault| (fault.code, fault.place.unwrap()))
            .collect()
    }

    #[test]
    fn every_fault_of_a_body_is_told_at_once() {
        let found = faults(&json!({"workflw": "x", "started_at": "2026-03-02T09:00:00", "count": "1"}));
        let codes: Vec<_> = found.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes, ["unknown_member", "missing", "time_without_zone", "type"]);
        assert_eq!(found[3].1, Place::Pointer("/count".into()));
    }

    #[test]
    fn a_whole_body_has_none() {
        let whole = json!({"workflow": "complaint", "started_at": "2026-03-02T09:00:00+08:00", "count": 1});
        assert_eq!(faults(&whole), []);
        let shape = Shape::decode(&whole, &At::Body(String::new()), &mut Faults::default()).unwrap();
        assert_eq!(shape.workflow.as_str(), "complaint");
        assert_eq!(shape.started_at, Some(Moment(1_772_413_200_000)));
    }
}
