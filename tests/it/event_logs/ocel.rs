//! An OCEL 2.0 log as a reader sees it, and what the specification demands beyond the schema.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use serde_json::Value as Json;

const SCHEMA: &str = include_str!("../../files/ocel20.schema.json");

pub struct Ocel(Json);

/// An event or an object.
pub struct Entry<'a>(&'a Json);

impl Ocel {
    pub fn read(bytes: &[u8]) -> Self {
        Self(serde_json::from_slice(bytes).unwrap())
    }

    /// Valid by the schema; ids are unique over all types; relations lead to objects; attributes are declared and
    /// have values of their type.
    pub fn is_whole(&self) {
        let schema: Json = serde_json::from_str(SCHEMA).unwrap();
        let validator = jsonschema::draft202012::options().build(&schema).unwrap();
        let wrong: Vec<String> = validator
            .iter_errors(&self.0)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        let ids: HashSet<&str> = self.list("objects").iter().map(|object| word(object, "id")).collect();
        assert_eq!(ids.len(), self.list("objects").len(), "an id stands for two objects");
        let events: HashSet<&str> = self.list("events").iter().map(|event| word(event, "id")).collect();
        assert_eq!(events.len(), self.list("events").len(), "an id stands for two events");
        for (list, types) in [("events", "eventTypes"), ("objects", "objectTypes")] {
            let declared = self.declared(types);
            for entry in self.list(list) {
                let attributes = &declared[word(entry, "type")];
                for attribute in entry["attributes"].as_array().unwrap() {
                    let kind = attributes[word(attribute, "name")];
                    assert!(fits(kind, &attribute["value"]), "{kind}: {attribute}");
                }
                for relation in entry["relationships"].as_array().unwrap() {
                    assert!(ids.contains(word(relation, "objectId")), "{relation} leads nowhere");
                }
            }
        }
    }

    pub fn events(&self) -> usize {
        self.list("events").len()
    }

    /// The first event of this type.
    pub fn event(&self, kind: &str) -> Entry<'_> {
        let found = self.events_of(kind).into_iter().next();
        found.unwrap_or_else(|| panic!("no event {kind}"))
    }

    /// All events of this type.
    pub fn events_of(&self, kind: &str) -> Vec<Entry<'_>> {
        let events = self.list("events").iter();
        events.filter(|event| word(event, "type") == kind).map(Entry).collect()
    }

    pub fn of(&self, kind: &str) -> Vec<Entry<'_>> {
        let objects = self.list("objects").iter();
        objects
            .filter(|object| word(object, "type") == kind)
            .map(Entry)
            .collect()
    }

    pub fn objects_by_type(&self) -> Vec<(&str, usize)> {
        let mut counts = BTreeMap::new();
        for object in self.list("objects") {
            *counts.entry(word(object, "type")).or_default() += 1;
        }
        counts.into_iter().collect()
    }

    fn list(&self, name: &str) -> &[Json] {
        self.0[name].as_array().unwrap()
    }

    fn declared(&self, types: &str) -> HashMap<&str, HashMap<&str, &str>> {
        let mut declared = HashMap::new();
        for kind in self.list(types) {
            let before = declared.insert(word(kind, "name"), attributes_of(kind));
            assert!(before.is_none(), "declared twice: {kind}");
        }
        declared
    }
}

impl Entry<'_> {
    pub fn id(&self) -> String {
        word(self.0, "id").to_owned()
    }

    /// What it has to do with other objects, each word once.
    pub fn qualifiers(&self) -> Vec<&str> {
        let relations = self.0["relationships"].as_array().unwrap().iter();
        let mut words: Vec<&str> = relations.map(|relation| word(relation, "qualifier")).collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    /// The values of an attribute, in the order they were taken on.
    pub fn values(&self, name: &str) -> Vec<Json> {
        let attributes = self.0["attributes"].as_array().unwrap().iter();
        attributes
            .filter(|attribute| word(attribute, "name") == name)
            .map(|attribute| attribute["value"].clone())
            .collect()
    }
}

/// Attributes of a type by name, with the type of their values.
fn attributes_of(kind: &Json) -> HashMap<&str, &str> {
    let list = kind["attributes"].as_array().unwrap().iter();
    list.map(|attribute| (word(attribute, "name"), word(attribute, "type")))
        .collect()
}

fn word<'a>(json: &'a Json, member: &str) -> &'a str {
    json[member].as_str().unwrap()
}

fn fits(kind: &str, value: &Json) -> bool {
    match kind {
        "string" => value.is_string(),
        "time" => value.as_str().is_some_and(|at| at.parse::<Timestamp>().is_ok()),
        "integer" => value.is_i64(),
        "float" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => false,
    }
}
