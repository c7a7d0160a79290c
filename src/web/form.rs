//! The form of an action as a JSON Schema of the body to post: which fields, which texts, what must be there.

use serde_json::{Map, Value as Json, json};

use crate::desk::possible::Possible;
use crate::workflow::definition::{Definition, Field, LIST_LENGTH_MAX, TEXT_LENGTH_MAX};
use crate::workflow::id::FieldId;
use crate::workflow::value::{Decimal, FieldType};

/// What built-in actions take beside fields: members and whether they must be there.
const BUILT_IN: &[(&str, &[(&str, bool)])] = &[
    ("ask_return", &[("reason", true), ("basis", true)]),
    ("hand_over", &[("to", true), ("reason", true)]),
    ("note", &[("note", true), ("public", false)]),
    ("correct", &[("reason", true)]),
    ("link", &[("ticket", true), ("kind", true)]),
    ("unlink", &[("ticket", true), ("kind", true)]),
    ("merge", &[("ticket", true), ("reason", true)]),
    ("unmerge", &[("reason", true)]),
    ("reveal", &[("field", true), ("reason", true)]),
    ("watch", &[("on", false)]),
    ("attach", &[("files", true), ("note", false)]),
    ("detach", &[("attachment", true), ("reason", true)]),
];

/// The schema of the body of an action.
pub fn schema(possible: &Possible, definition: &Definition) -> Json {
    let mut members = Map::new();
    let mut required = Vec::new();
    let fields: Vec<&FieldId> = possible.require.iter().chain(&possible.ask).collect();
    if possible.action == *"correct" {
        members.insert("values".into(), json!({"type": "object", "minProperties": 1}));
        required.push("values");
    } else if !fields.is_empty() {
        let properties: Map<String, Json> = fields
            .iter()
            .filter_map(|id| Some((id.to_string(), field(definition.fields.get(*id)?))))
            .collect();
        members.insert(
            "values".into(),
            json!({
                "type": "object",
                "properties": properties,
                // Filled already or given now: what is filled need not be given again, unless it is asked each time.
                "x-must-be-filled": possible.require.iter().map(FieldId::as_str).collect::<Vec<_>>(),
                "additionalProperties": false,
            }),
        );
    }
    let built_in = BUILT_IN
        .iter()
        .find(|(action, _)| possible.builtin && possible.action == **action)
        .map_or(&[][..], |(_, members)| members);
    for (name, must) in built_in {
        members.insert((*name).to_owned(), member(name));
        if *must {
            required.push(name);
        }
    }
    for name in ["reason", "basis", "note", "evidence", "source", "on_behalf_of", "files"] {
        members.entry(name).or_insert_with(|| member(name));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": members,
        "required": required,
        "additionalProperties": false,
    })
}

/// What is written down when a ticket is opened: whatever the actions of the first state ask, in the order of the file.
/// What the first of them must have is marked.
pub fn opening(definition: &Definition) -> Json {
    let start = definition.states.get(&definition.start.value);
    let actions: Vec<_> = start.into_iter().flat_map(|start| start.actions.values()).collect();
    let asked = |id: &FieldId| {
        let mut all = actions
            .iter()
            .flat_map(|action| action.require.iter().chain(&action.ask));
        all.any(|field| field.value == *id)
    };
    let first = actions.first().map(|action| &action.require);
    let must: Vec<&str> = first.into_iter().flatten().map(|field| field.value.as_str()).collect();
    let properties: Map<String, Json> = definition
        .fields
        .iter()
        .filter(|(id, _)| asked(id))
        .map(|(id, about)| (id.to_string(), field(about)))
        .collect();
    json!({"properties": {"values": {"properties": properties, "x-must-be-filled": must}}})
}

/// The schema with what only a page needs besides: which texts must be said, and each field that may be corrected.
pub fn whole(possible: &Possible, definition: &Definition) -> Json {
    let mut schema = schema(possible, definition);
    if let Some(members) = schema.as_object_mut() {
        members.insert("x-must-be-said".into(), json!(possible.texts));
    }
    if possible.action == *"correct"
        && let Some(values) = schema.pointer_mut("/properties/values").and_then(Json::as_object_mut)
    {
        let properties: Map<String, Json> = definition
            .fields
            .iter()
            .map(|(id, about)| (id.to_string(), field(about)))
            .collect();
        values.insert("properties".into(), Json::Object(properties));
    }
    schema
}

fn member(name: &str) -> Json {
    match name {
        "on" | "public" => json!({"type": "boolean"}),
        "files" => {
            json!({"type": "array", "items": {"type": "string", "description": "an upload"}, "uniqueItems": true})
        }
        "attachment" => json!({"type": "integer", "description": "a file of the ticket"}),
        "kind" => json!({"enum": ["related", "repeat", "parent", "child", "bypass", "successor"]}),
        "to" | "on_behalf_of" => json!({"type": "string", "description": "a department"}),
        "field" => json!({"type": "string", "description": "a private field"}),
        "ticket" => json!({"type": "string", "description": "number of the other ticket"}),
        _ => json!({"type": "string", "minLength": 1}),
    }
}

/// The schema of a field's value.
fn field(field: &Field) -> Json {
    let bound = |bound: Option<Decimal>| bound.and_then(Decimal::whole);
    let (min, max) = (bound(field.min), bound(field.max));
    let list = |items: Json| json!({"type": "array", "items": items, "minItems": min.unwrap_or(0), "maxItems": max.unwrap_or(LIST_LENGTH_MAX)});
    let mut schema = match field.kind {
        FieldType::Text => {
            json!({"type": "string", "minLength": min.unwrap_or(0), "maxLength": max.unwrap_or(TEXT_LENGTH_MAX)})
        }
        FieldType::Number | FieldType::Money => json!({"type": "number"}),
        FieldType::YesNo => json!({"type": "boolean"}),
        FieldType::Choice => json!({
            "oneOf": field.options.iter()
                .map(|(id, title)| json!({"const": id.as_str(), "title": title}))
                .collect::<Vec<_>>(),
        }),
        FieldType::Time => json!({"type": "string", "format": "date-time"}),
        FieldType::Phone => json!({"type": "string", "description": "digits, + and -"}),
        FieldType::Department | FieldType::Person => json!({"type": "string"}),
        FieldType::Departments => list(json!({"type": "string"})),
        FieldType::List => list(json!({"type": "string"})),
    };
    if let Some(members) = schema.as_object_mut() {
        if matches!(field.kind, FieldType::Number | FieldType::Money) {
            for (name, limit) in [("minimum", field.min), ("maximum", field.max)] {
                if let Some(limit) = limit.and_then(|limit| serde_json::from_str::<Json>(&limit.to_string()).ok()) {
                    members.insert(name.to_owned(), limit);
                }
            }
        }
        members.insert("x-title".into(), json!(field.title));
        members.insert("x-type".into(), json!(field.kind.as_str()));
        if let Some(help) = &field.help {
            members.insert("x-help".into(), json!(help));
        }
        if field.private {
            members.insert("x-private".into(), json!(true));
        }
        if field.each_time {
            members.insert("x-each-time".into(), json!(true));
        }
    }
    schema
}
