//! The schema for editors: fresh, made from the reader's own tables, and of one mind with the reader.

use std::path::Path;
use std::{env, fs};

use granit_parser::{Event, Parser, ScalarStyle};
use jsonschema::Validator;
use ombud::workflow::read::read;
use ombud::workflow::schema;
use serde_json::{Map, Value, json};

const EXAMPLE: &str = include_str!("../files/complaint_example.yaml");
const ORGANISATION: &str = include_str!("../files/organisation_example.yaml");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The file as an editor's YAML reader sees it: with the types that YAML guesses.
fn as_editor_sees(yaml: &str) -> Value {
    enum Open {
        List(Vec<Value>),
        Mapping(Map<String, Value>, Option<String>),
    }
    fn put(open: &mut [Open], value: Value) -> Option<Value> {
        match open.last_mut() {
            None => return Some(value),
            Some(Open::List(items)) => items.push(value),
            Some(Open::Mapping(entries, key)) => match key.take() {
                None => *key = Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
                Some(key) => drop(entries.insert(key, value)),
            },
        }
        None
    }
    let mut open = Vec::new();
    for event in Parser::new_from_str(yaml) {
        #[allow(
            clippy::wildcard_enum_match_arm,
            reason = "the parser's events are foreign and not exhaustive"
        )]
        let value = match event.unwrap().0 {
            Event::Scalar(text, ScalarStyle::Plain, ..) => serde_json::from_str(&text).unwrap_or_else(|_| json!(text)),
            Event::Scalar(text, ..) => json!(text),
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Mapping(Map::new(), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop().unwrap() {
                Open::List(items) => Value::Array(items),
                Open::Mapping(entries, _) => Value::Object(entries),
            },
            _ => continue,
        };
        if let Some(document) = put(&mut open, value) {
            return document;
        }
    }
    Value::Null
}

fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::options().build(schema).unwrap()
}

fn complaints(validator: &Validator, yaml: &str) -> Vec<String> {
    validator
        .iter_errors(&as_editor_sees(yaml))
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn the_committed_schemas_are_fresh() {
    for (path, schema) in [
        (schema::WORKFLOW_SCHEMA, schema::workflow()),
        (schema::ORGANISATION_SCHEMA, schema::organisation()),
    ] {
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        let path = root().join(path);
        if env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &text).unwrap();
        }
        assert!(
            fs::read_to_string(&path).unwrap_or_default() == text,
            "{} is stale: UPDATE_GOLDEN=1",
            path.display()
        );
    }
}

#[test]
fn what_the_reader_takes_the_schema_takes() {
    let (workflow, organisation) = (validator(&schema::workflow()), validator(&schema::organisation()));
    assert_eq!(complaints(&workflow, EXAMPLE), Vec::<String>::new());
    assert_eq!(complaints(&organisation, ORGANISATION), Vec::<String>::new());
    for entry in fs::read_dir(root().join("workflows")).unwrap() {
        let path = entry.unwrap().path();
        let yaml = fs::read_to_string(&path).unwrap();
        let is_organisation = path.file_name().unwrap() == "organisation.yaml";
        let validator = if is_organisation { &organisation } else { &workflow };
        assert_eq!(complaints(validator, &yaml), Vec::<String>::new(), "{}", path.display());
    }
}

/// Slips that an editor should underline while they are typed.
#[test]
fn what_the_reader_refuses_the_schema_underlines() {
    let validator = validator(&schema::workflow());
    let slips = [
        ("    owner: creator\n", "    ownr: creator\n"),
        ("start: draft\n", ""),
        ("title:   {zh: 投诉, en: Complaint}", "title:   {zh: 投诉}"),
        ("type: phone", "type: telephone"),
        ("limit: 15 minutes", "limit: 15"),
        ("limit: 24 hours", "limit: 24 horas"),
        ("at: 60%,", "at: 60,"),
        ("at_most: once per 4 hours", "at_most: 3 per hour"),
        ("always: true}", "always: yes}"),
        ("pause: true", "pause: \"true\""),
        ("to: review}", "to: review, stay: true}"),
        (
            "- {else: true, close: unresolved}",
            "- {when: urgent, else: true, close: unresolved}",
        ),
        ("runs_in: [callback]", "runs_in: [callback]\n    of_task: any"),
        ("counts_as: satisfied", "counts_as: Satisfied"),
        ("from: contact_ended\n", "from: 9:30\n"),
        (
            "given: {now: 2026-03-02 09:00, on_duty: [zhang]}",
            "given: {now: 9:00, on_duty: [zhang]}",
        ),
        ("when: li creates,", "when: li opens,"),
        ("tickets: move ", "tickets: migrate "),
        ("    route: true\n", "    route: 1\n"),
        ("then: {state: draft}}", "then: {State: draft}}"),
    ];
    for (right, wrong) in slips {
        assert!(EXAMPLE.contains(right), "{right}");
        let yaml = EXAMPLE.replacen(right, wrong, 1);
        assert!(!complaints(&validator, &yaml).is_empty(), "the schema takes {wrong}");
        assert!(!read(yaml.as_bytes()).findings.is_empty(), "the reader takes {wrong}");
    }
}
