//! Strict JSON: what other readers let pass silently is a fault with a place here.
//!
//! Duplicate keys, NUL characters and unpaired surrogates are refused, nesting and numbers are bounded. The grammar is
//! `serde_json`'s; this module adds what it leaves to its user, and names the place of every fault.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::problem::{Code, Fault, Place, Problem};

/// Faults that are collected before reading on makes no sense any more.
const FAULTS_MAX: usize = 50;

/// What `serde_json` complains of, and the key of our sentence.
const KINDS: &[(&str, &str)] = &[
    ("EOF", "json-cut-off"),
    ("recursion limit", "json-too-deep"),
    ("surrogate", "json-surrogate"),
    ("hex escape", "json-surrogate"),
    ("number out of range", "json-number"),
    ("invalid number", "json-number"),
    ("trailing characters", "json-trailing"),
    ("trailing comma", "json-trailing-comma"),
    ("key must be a string", "json-key"),
    ("control character", "json-control"),
    ("invalid escape", "json-escape"),
];

/// Reads a body. Faults of the grammar are `bad_json` with line and column; duplicate keys and NUL come as `invalid`.
pub fn read(bytes: &[u8]) -> Result<Value, Problem> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Problem::new(Code::NotUtf8).with("position", error.valid_up_to().to_string()))?;
    let faults = RefCell::new(Vec::new());
    let mut reader = serde_json::Deserializer::from_str(text);
    let seed = Strict {
        pointer: String::new(),
        faults: &faults,
    };
    let value = seed
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| broken(&error))?;
    let faults = faults.into_inner();
    if faults.is_empty() {
        Ok(value)
    } else {
        Err(Problem::invalid(faults))
    }
}

/// What `serde_json` says, as one of our sentences.
fn broken(error: &serde_json::Error) -> Problem {
    let message = error.to_string();
    let key = KINDS
        .iter()
        .find(|(part, _)| message.contains(part))
        .map_or("json-unexpected", |(_, key)| key);
    let mut fault = Fault::new(Place::Pointer(String::new()), "bad_json")
        .with("line", error.line().to_string())
        .with("column", error.column().to_string());
    fault.key = Some(key.to_owned());
    Problem::new(Code::BadJson)
        .with("line", error.line().to_string())
        .with("column", error.column().to_string())
        .fault(fault)
}

/// A pointer with one more segment (RFC 6901).
pub fn join(pointer: &str, segment: &str) -> String {
    format!("{pointer}/{}", segment.replace('~', "~0").replace('/', "~1"))
}

struct Strict<'a> {
    pointer: String,
    faults: &'a RefCell<Vec<Fault>>,
}

impl Strict<'_> {
    fn fault(&self, pointer: String, code: &'static str, name: &str) {
        let mut faults = self.faults.borrow_mut();
        if faults.len() < FAULTS_MAX {
            let shown: String = name.chars().take(80).collect();
            faults.push(Fault::new(Place::Pointer(pointer), code).with("name", shown));
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        if value.contains('\0') {
            self.fault(self.pointer.clone(), "nul", "");
        }
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        loop {
            let seed = Strict {
                pointer: join(&self.pointer, &read.len().to_string()),
                faults: self.faults,
            };
            match items.next_element_seed(seed)? {
                Some(item) => read.push(item),
                None => return Ok(Value::Array(read)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let pointer = join(&self.pointer, &key);
            if key.contains('\0') {
                self.fault(pointer.clone(), "nul", "");
            }
            if read.contains_key(&key) {
                self.fault(pointer.clone(), "duplicate_key", &key);
            }
            let seed = Strict {
                pointer,
                faults: self.faults,
            };
            let value = entries.next_value_seed(seed)?;
            read.insert(key, value);
        }
        Ok(Value::Object(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_keys_and_nul_are_faults_with_a_pointer() {
        let problem = read(br#"{"a":{"b/c":1,"b/c":2},"t":["x\u0000"]}"#).unwrap_err();
        let found: Vec<_> = problem
            .faults
            .iter()
            .map(|fault| (fault.code, fault.place.clone().unwrap()))
            .collect();
        assert_eq!(found[0], ("duplicate_key", Place::Pointer("/a/b~1c".into())));
        assert_eq!(found[1], ("nul", Place::Pointer("/t/0".into())));
    }

    #[test]
    fn broken_grammar_names_line_and_column() {
        for (text, key) in [
            (&b"{\"a\": "[..], "json-cut-off"),
            (br#"{"a": "\ud800"}"#, "json-surrogate"),
            (b"{\"a\": 1e400}", "json-number"),
            (b"{} x", "json-trailing"),
            (b"{\"a\": 1,}", "json-trailing-comma"),
            (b"{a: 1}", "json-key"),
            (b"\xef\xbb\xbf{}", "json-unexpected"),
        ] {
            let problem = read(text).unwrap_err();
            assert_eq!(problem.code, Code::BadJson);
            assert_eq!(problem.faults[0].key.as_deref(), Some(key), "{text:?}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(
            read(deep.as_bytes()).unwrap_err().faults[0].key.as_deref(),
            Some("json-too-deep")
        );
        assert_eq!(read(b"\xff").unwrap_err().code, Code::NotUtf8);
    }
}
