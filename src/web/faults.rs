//! What is wrong with a request, and where: every fault with its place, bounded, never the first alone.

use serde_json::Value;

use super::json::join;
use super::problem::{Fault, Place};

/// Faults that are told at once.
const FAULTS_MAX: usize = 50;

/// Where a value stands.
#[derive(Clone, Debug)]
pub enum At {
    /// In the body.
    Body(String),
    /// In the query, where every value is a text.
    Query(String),
}

impl At {
    pub fn inside(&self, name: &str) -> Self {
        match self {
            Self::Body(pointer) => Self::Body(join(pointer, name)),
            Self::Query(_) => Self::Query(name.to_owned()),
        }
    }

    pub fn place(&self) -> Place {
        match self {
            Self::Body(pointer) => Place::Pointer(pointer.clone()),
            Self::Query(name) => Place::Parameter(name.clone()),
        }
    }

    pub fn is_query(&self) -> bool {
        match self {
            Self::Body(_) => false,
            Self::Query(_) => true,
        }
    }
}

/// The faults found so far.
#[derive(Debug, Default)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    pub fn push(&mut self, fault: Fault) {
        if self.0.len() < FAULTS_MAX {
            self.0.push(fault);
        }
    }

    pub fn at(&mut self, at: &At, code: &'static str, arguments: &[(&'static str, &str)]) {
        let mut fault = Fault::new(at.place(), code);
        for (name, value) in arguments {
            fault = fault.with(name, shown(value));
        }
        self.push(fault);
    }

    /// The value has another type than `expected`, a JSON type or `time`.
    pub fn wrong_type(&mut self, at: &At, expected: &'static str, found: &Value) {
        let mut fault = Fault::new(at.place(), "type").with("found", kind_of(found));
        fault.key = Some(format!("fault-type-{expected}"));
        self.push(fault);
    }
}

/// A value as it may be repeated in a sentence: short, without control characters.
pub fn shown(text: &str) -> String {
    text.chars()
        .map(|character| if character.is_control() { '\u{fffd}' } else { character })
        .take(300)
        .collect()
}

pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
