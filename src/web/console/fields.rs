//! A form out of the JSON Schema that the API gives for an action, and the body of the action out of the form: what a
//! page asks is what the API asks.

use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use crate::texts::{find, say};
use crate::workflow::moment::Moment;

use super::form::Form;
use super::words::{Names, text};

/// A field of a form.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    /// In the form: `values.place`, `reason`.
    pub name: String,
    /// On the page, for labels and links.
    pub id: String,
    pub title: String,
    /// text, area, number, yes_no, choice, time, phone, one, many
    pub kind: &'static str,
    pub required: bool,
    pub hint: Option<String>,
    pub value: String,
    pub options: Vec<Choice>,
    pub max: Option<i64>,
    /// What is wrong with it.
    pub wrong: Option<String>,
}

/// Something to choose.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    pub value: String,
    pub title: String,
    pub chosen: bool,
}

/// What forms are made with.
pub struct Around<'a> {
    pub names: &'a Names<'a>,
    pub zone: &'a TimeZone,
    pub now: Moment,
}

/// Characters up to which a text gets one line.
const LINE_MAX: i64 = 120;
/// Members of a body that are texts of several lines.
const AREAS: [&str; 5] = ["reason", "basis", "note", "evidence", "source"];
/// What an action may carry that a page asks only when the schema says it must.
const UNASKED: [&str; 6] = ["reason", "basis", "note", "evidence", "source", "on_behalf_of"];

/// The fields of a schema, in its order; `filled` are values the reader may see, as JSON.
pub fn of_schema(schema: &Json, filled: &Map<String, Json>, around: &Around<'_>) -> Vec<Field> {
    let mut fields = Vec::new();
    let strings = |pointer: &str| -> Vec<&str> {
        let list = schema.pointer(pointer).and_then(Json::as_array);
        list.into_iter().flatten().filter_map(Json::as_str).collect()
    };
    let must_be_filled = strings("/properties/values/x-must-be-filled");
    let values = schema
        .pointer("/properties/values/properties")
        .and_then(Json::as_object);
    for (id, about) in values.into_iter().flatten() {
        let each_time = about.get("x-each-time") == Some(&Json::Bool(true));
        let before = filled.get(id).filter(|_| !each_time);
        let mut field = of_field(id, about, before, around);
        field.required = must_be_filled.contains(&id.as_str());
        fields.push(field);
    }
    let required = strings("/required");
    let said = strings("/x-must-be-said");
    let members = schema.get("properties").and_then(Json::as_object);
    // Files have a place of their own in the form.
    let others = members.into_iter().flatten();
    for (name, about) in others.filter(|(name, _)| !matches!(name.as_str(), "values" | "files" | "attachment")) {
        let must = required.contains(&name.as_str()) || said.contains(&name.as_str());
        if must || !UNASKED.contains(&name.as_str()) {
            fields.push(of_member(name, about, must, around));
        }
    }
    fields
}

fn of_member(name: &str, about: &Json, required: bool, around: &Around<'_>) -> Field {
    let language = around.names.language;
    let kind = match name {
        "to" => "one",
        "kind" => "choice",
        "on" | "public" => "yes_no",
        _ if AREAS.contains(&name) => "area",
        _ => "text",
    };
    let options = match name {
        "to" => departments(around, &[]),
        "kind" => {
            let words = about.get("enum").and_then(Json::as_array);
            words
                .into_iter()
                .flatten()
                .filter_map(Json::as_str)
                .map(|word| Choice {
                    value: word.to_owned(),
                    title: say(language, &format!("link-{word}"), &[]),
                    chosen: word == "related",
                })
                .collect()
        }
        _ => Vec::new(),
    };
    Field {
        name: name.to_owned(),
        id: format!("f-{name}"),
        title: say(language, &format!("member-{name}"), &[]),
        kind,
        required,
        hint: find(language, &format!("member-help-{name}"), &[]),
        value: String::new(),
        options,
        max: None,
        wrong: None,
    }
}

fn of_field(id: &str, about: &Json, before: Option<&Json>, around: &Around<'_>) -> Field {
    let language = around.names.language;
    let both = |name: &str| {
        let title = about.get(name)?;
        let title = serde_json::from_value(title.clone()).ok()?;
        Some(text(&title, language))
    };
    let max = about.get("maxLength").and_then(Json::as_i64);
    let kind = about.get("x-type").and_then(Json::as_str).unwrap_or_default();
    let chosen: Vec<&str> = match before {
        Some(Json::String(one)) => vec![one.as_str()],
        Some(Json::Array(many)) => many.iter().filter_map(Json::as_str).collect(),
        Some(_) | None => Vec::new(),
    };
    let value = shown(kind, before, around);
    let (kind, options) = match kind {
        "number" | "money" => ("number", Vec::new()),
        "yes_no" => ("yes_no", Vec::new()),
        "choice" => ("choice", choices(about, &chosen, around)),
        "time" => ("time", Vec::new()),
        "phone" => ("phone", Vec::new()),
        "department" => ("one", departments(around, &chosen)),
        "departments" => ("many", departments(around, &chosen)),
        "person" => ("one", people(around, &chosen)),
        "list" => ("list", Vec::new()),
        _ if max.is_some_and(|max| max <= LINE_MAX) => ("text", Vec::new()),
        _ => ("area", Vec::new()),
    };
    Field {
        name: format!("values.{id}"),
        id: format!("f-{id}"),
        title: both("x-title").unwrap_or_else(|| id.to_owned()),
        kind,
        required: false,
        hint: both("x-help"),
        value,
        options,
        max,
        wrong: None,
    }
}

/// A value as it stands in a field.
fn shown(kind: &str, before: Option<&Json>, around: &Around<'_>) -> String {
    match before {
        Some(Json::Bool(true)) => "yes".to_owned(),
        Some(Json::Bool(false)) => "no".to_owned(),
        Some(Json::Number(number)) => number.to_string(),
        Some(Json::String(at)) if kind == "time" => at
            .parse::<jiff::Timestamp>()
            .map(|at| local(at, around.zone))
            .unwrap_or_default(),
        Some(Json::String(text)) => text.clone(),
        Some(Json::Array(items)) => {
            let items: Vec<&str> = items.iter().filter_map(Json::as_str).collect();
            items.join("\n")
        }
        Some(Json::Null | Json::Object(_)) | None => String::new(),
    }
}

/// `2026-11-22 12:03`, as people write it.
fn local(at: jiff::Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn choices(about: &Json, chosen: &[&str], around: &Around<'_>) -> Vec<Choice> {
    let listed = about.get("oneOf").and_then(Json::as_array);
    listed
        .into_iter()
        .flatten()
        .filter_map(|option| {
            let value = option.get("const")?.as_str()?;
            let title = serde_json::from_value(option.get("title")?.clone()).ok()?;
            Some(Choice {
                value: value.to_owned(),
                title: text(&title, around.names.language),
                chosen: chosen.contains(&value),
            })
        })
        .collect()
}

fn departments(around: &Around<'_>, chosen: &[&str]) -> Vec<Choice> {
    let all = around.names.directory.departments.values();
    all.filter(|department| department.valid.covers(around.now))
        .map(|department| Choice {
            value: department.id.to_string(),
            title: text(&department.title, around.names.language),
            chosen: chosen.contains(&department.id.as_str()),
        })
        .collect()
}

fn people(around: &Around<'_>, chosen: &[&str]) -> Vec<Choice> {
    let all = around.names.directory.people.values();
    all.filter(|person| person.valid.covers(around.now))
        .map(|person| Choice {
            value: person.id.to_string(),
            title: format!("{} ({})", person.name, person.id),
            chosen: chosen.contains(&person.id.as_str()),
        })
        .collect()
}

/// The body of the action that a form means: what is empty is left out.
pub fn body(fields: &[Field], form: &Form, zone: &TimeZone) -> Json {
    let mut values = Map::new();
    let mut members = Map::new();
    for field in fields {
        let Some(content) = content(field, form, zone) else {
            continue;
        };
        match field.name.strip_prefix("values.") {
            Some(id) => values.insert(id.to_owned(), content),
            None => members.insert(field.name.clone(), content),
        };
    }
    if !values.is_empty() {
        members.insert("values".to_owned(), Json::Object(values));
    }
    Json::Object(members)
}

fn content(field: &Field, form: &Form, zone: &TimeZone) -> Option<Json> {
    let text = form.text(&field.name);
    if field.kind == "many" {
        let all: Vec<&str> = form.all(&field.name).filter(|one| !one.is_empty()).collect();
        return (!all.is_empty()).then(|| json!(all));
    }
    if text.is_empty() {
        return None;
    }
    Some(match field.kind {
        "number" => {
            serde_json::from_str::<serde_json::Number>(&narrow(text)).map_or_else(|_| json!(text), Json::Number)
        }
        "yes_no" | "tick" => json!(text == "yes"),
        "time" => json!(moment(&narrow(text), zone).unwrap_or_else(|| text.to_owned())),
        "phone" => json!(narrow(text)),
        "list" => json!(
            text.lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .collect::<Vec<_>>()
        ),
        _ => json!(text),
    })
}

/// Digits and signs as a Chinese input method may write them, narrowed.
fn narrow(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '０'..='９' | '＋' | '－' | '．' | '：' | '／' => {
                u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(c)
            }
            '　' => ' ',
            _ => c,
        })
        .collect()
}

/// `2026-11-22 12:03` on the wall clock of the centre, as RFC 3339.
fn moment(text: &str, zone: &TimeZone) -> Option<String> {
    let text = text.trim().replace('/', "-").replace('T', " ");
    let read = jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M", &text);
    let zoned = read.ok()?.to_zoned(zone.clone()).ok()?;
    Some(Moment::from_timestamp(zoned.timestamp()).rfc3339())
}

/// Puts back what was typed, and at each field what is wrong with it. What belongs to no field is returned.
pub fn refill(fields: &mut [Field], form: &Form, faults: &[Json]) -> Vec<String> {
    for field in fields.iter_mut() {
        field.value = form.get(&field.name).unwrap_or_default().to_owned();
        let chosen: Vec<&str> = form.all(&field.name).collect();
        for option in &mut field.options {
            option.chosen = chosen.contains(&option.value.as_str());
        }
    }
    let mut others = Vec::new();
    for fault in faults {
        let text = |name: &str| fault.get(name).and_then(Json::as_str).unwrap_or_default();
        let name = text("pointer")
            .trim_start_matches('/')
            .trim_start_matches("with/")
            .replace('/', ".");
        match fields.iter_mut().find(|field| !name.is_empty() && field.name == name) {
            Some(field) => field.wrong = Some(text("detail").to_owned()),
            None => others.push(text("detail").to_owned()),
        }
    }
    others
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_read_as_they_mean_it() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        assert_eq!(
            moment("2026-11-22 12:03", &zone).as_deref(),
            Some("2026-11-22T04:03:00.000Z")
        );
        assert_eq!(
            moment("2026/11/22 12:03", &zone).as_deref(),
            Some("2026-11-22T04:03:00.000Z")
        );
        assert_eq!(moment("tomorrow", &zone), None);
        assert_eq!(narrow("１３８－００００　１１１１"), "138-0000 1111");
    }
}
