//! The JSON Schema of workflow and organisation files, for editors: they complete keys, explain them in both languages
//! and underline slips while the file is written.
//!
//! It is made from the same tables of keys that the reader uses, so that the two can never disagree about a key. It says
//! less than `ombud check`: what a name refers to is beyond a schema.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::id::ID_LENGTH_MAX;
use super::read::keys;
use super::read::shape::{Form, Key, Noun, Shape, Table};

/// Where the schemas stand, from the root of the project; the first line of each shipped file points there.
pub const WORKFLOW_SCHEMA: &str = "schema/workflow-1.json";
pub const ORGANISATION_SCHEMA: &str = "schema/organisation-1.json";

/// The schema of a workflow file, version 1 of the language.
pub fn workflow() -> Value {
    schema(
        &keys::FILE,
        "urn:ombud:schema:workflow:1",
        "A workflow of ombud: one kind of ticket",
    )
}

/// The schema of `organisation.yaml`.
pub fn organisation() -> Value {
    schema(
        &keys::ORGANISATION,
        "urn:ombud:schema:organisation:1",
        "Departments, roles, people and calendars of ombud",
    )
}

fn schema(root: &'static Table, id: &str, title: &str) -> Value {
    let mut writer = Writer {
        written: BTreeMap::new(),
    };
    let mut schema = Map::new();
    schema.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("$id".into(), json!(id));
    schema.insert("title".into(), json!(title));
    schema.extend(writer.table(root));
    schema.insert("$defs".into(), writer.written.into_iter().collect::<Map<_, _>>().into());
    Value::Object(schema)
}

struct Writer {
    /// Tables below the root, by their name.
    written: BTreeMap<String, Value>,
}

impl Writer {
    fn table(&mut self, table: &'static Table) -> Map<String, Value> {
        let properties: Map<_, _> = table
            .keys
            .iter()
            .map(|key| (key.name.to_owned(), self.key(key)))
            .collect();
        let needed: Vec<_> = table.keys.iter().filter(|key| key.needed).map(|key| key.name).collect();
        let mut schema = Map::new();
        schema.insert("type".into(), json!("object"));
        schema.insert("properties".into(), properties.into());
        match table.open {
            None => schema.insert("additionalProperties".into(), json!(false)),
            Some((_, shape)) => {
                schema.insert("propertyNames".into(), json!({ "pattern": id_pattern() }));
                let shape = self.shape(shape);
                schema.insert("additionalProperties".into(), shape)
            }
        };
        if !needed.is_empty() {
            schema.insert("required".into(), json!(needed));
        }
        let groups: Vec<_> = table
            .one_of
            .iter()
            .map(|group| json!({ "oneOf": group.iter().map(|key| json!({ "required": [key] })).collect::<Vec<_>>() }))
            .collect();
        if !groups.is_empty() {
            schema.insert("allOf".into(), json!(groups));
        }
        let mut depends: Map<String, Value> = Map::new();
        for (key, other) in table.needs {
            depends.insert((*key).to_owned(), json!([other]));
        }
        if !depends.is_empty() {
            schema.insert("dependentRequired".into(), depends.into());
        }
        schema
    }

    /// What the key holds, with its explanation.
    fn key(&mut self, key: &'static Key) -> Value {
        let shape = self.shape(key.shape);
        let description = json!(format!("{}\n{}", key.en, key.zh));
        if let Value::Object(mut schema) = shape {
            schema.insert("description".into(), description);
            return Value::Object(schema);
        }
        shape
    }

    /// A reference to the table, which is written once.
    fn reference(&mut self, table: &'static Table) -> Value {
        let name = table.name.replace(['.', ' '], "_");
        if !self.written.contains_key(&name) {
            // Marked as written before its keys are: tables name each other.
            self.written.insert(name.clone(), Value::Null);
            let schema = self.table(table);
            self.written.insert(name.clone(), Value::Object(schema));
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    fn shape(&mut self, shape: &'static Shape) -> Value {
        match shape {
            Shape::Mapping(table) => self.reference(table),
            Shape::Each(noun, of) => {
                let pattern = match noun {
                    Noun::Date => DATE.to_owned(),
                    Noun::TaskOf => format!("^{ID}(@{ID})?$"),
                    Noun::Workflow
                    | Noun::Calendar
                    | Noun::Field
                    | Noun::Option
                    | Noun::Rule
                    | Noun::Role
                    | Noun::Department
                    | Noun::Person
                    | Noun::State
                    | Noun::Action
                    | Noun::Task
                    | Noun::Outcome
                    | Noun::Clock
                    | Noun::Message
                    | Noun::Sample => id_pattern(),
                };
                json!({ "type": "object", "propertyNames": { "pattern": pattern }, "additionalProperties": self.shape(of) })
            }
            Shape::List { of, one, least } => {
                let item = self.shape(of);
                let list = json!({ "type": "array", "items": item, "minItems": least });
                if *one { json!({ "anyOf": [item, list] }) } else { list }
            }
            Shape::Either(shapes) => {
                json!({ "anyOf": shapes.iter().map(|shape| self.shape(shape)).collect::<Vec<_>>() })
            }
            Shape::Form(form) => of_form(form),
            Shape::Value => {
                let one = json!({ "type": ["string", "number", "boolean"] });
                json!({ "anyOf": [one, { "type": "array", "items": one }] })
            }
        }
    }
}

const ID: &str = "[a-z][a-z0-9_]*";
const DURATION: &str =
    "[0-9]+(\\.[0-9]+)? (seconds?|minutes?|hours?|days?|working (minutes?|hours?|days?)( from the next day)?)";
const DATE: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
const TIME: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(:[0-9]{2})?$";

fn id_pattern() -> String {
    format!("^[a-z][a-z0-9_]{{0,{}}}$", ID_LENGTH_MAX - 1)
}

fn of_form(form: &Form) -> Value {
    let pattern = |pattern: String| json!({ "type": "string", "pattern": pattern });
    match form {
        // An editor's YAML reader makes numbers of some texts (`title: {zh: 12345}`); ombud does not.
        Form::Text => json!({ "type": ["string", "number"] }),
        Form::Template | Form::Zone => json!({ "type": "string", "minLength": 1 }),
        Form::Expression => json!({ "type": "string", "minLength": 1, "examples": ["compensation > 1000", "urgent"] }),
        Form::Prefix => pattern("^[A-Za-z0-9-]{1,8}$".into()),
        Form::Id(_) => pattern(id_pattern()),
        Form::Word(words) => json!({ "enum": words }),
        Form::YesNo => json!({ "type": "boolean" }),
        Form::True => json!({ "const": true }),
        Form::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Form::Number => json!({ "type": "number" }),
        Form::Duration => {
            json!({ "type": "string", "pattern": format!("^{DURATION}$"), "examples": ["15 minutes", "5 working days"] })
        }
        Form::Point => json!({
            "type": "string",
            "pattern": format!("^([0-9]+ ?%( ?\\+ ?{DURATION})?|remaining {DURATION})$"),
            "examples": ["80%", "100%", "100% + 30 minutes", "remaining 2 hours"],
        }),
        Form::Rate => json!({
            "type": "string",
            "pattern": format!("^(once|twice|[0-9]+ times) per {DURATION}$"),
            "examples": ["once per 4 hours"],
        }),
        Form::Who => pattern(format!("^(creator|assignee|doer of {ID})$")),
        Form::Time => pattern(TIME.into()),
        Form::Date => pattern(DATE.into()),
        Form::Instant => json!({ "type": "string", "anyOf": [{ "pattern": DATE }, { "pattern": TIME }] }),
        Form::Hours => json!({ "type": "string", "examples": ["08:30-12:00,13:30-18:00"] }),
        Form::Seat => pattern(format!("^{ID}(@{ID})?$")),
        Form::Event => json!({
            "type": "string",
            "pattern": format!(
                "^({ID} (creates( {ID})?|does {ID}( {ID}(@{ID})?)?|signs (on|off))|contact ends|{DURATION})$"
            ),
            "examples": ["li creates", "li does submit", "9 minutes", "contact ends", "zhang signs on"],
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::finding::Code;

    /// Two tables of one name would overwrite each other.
    #[test]
    fn tables_have_names_of_their_own() {
        let mut names: Vec<_> = keys::ALL.iter().map(|table| table.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(keys::ALL.iter().all(|table| table.missing != Code::M01));
    }
}
