//! What the OpenAPI document says beyond the shapes, once for all routes: what a success is, what a path names, which
//! headers come back, an example of each body. Whoever writes a client reads this and nothing else.

use serde_json::{Map, Value, json};

use super::api::Endpoint;
use super::examples;

/// Completes an operation.
pub fn operation(operation: &mut Map<String, Value>, endpoint: &Endpoint) {
    successes(operation, endpoint);
    if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
        for parameter in parameters.iter_mut().filter_map(Value::as_object_mut) {
            parameter_words(parameter);
        }
    }
    let content = operation
        .get_mut("requestBody")
        .and_then(|body| body.get_mut("content"))
        .and_then(Value::as_object_mut);
    if let (Some(content), Some(example)) = (content, examples::request(endpoint.name)) {
        for media in content.values_mut().filter_map(Value::as_object_mut) {
            media.insert("example".into(), example.clone());
        }
    }
}

fn successes(operation: &mut Map<String, Value>, endpoint: &Endpoint) {
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
        return;
    };
    let of_ticket = endpoint.path.starts_with("/api/v1/tickets");
    for (status, response) in responses.iter_mut().filter(|(status, _)| status.starts_with('2')) {
        let Some(response) = response.as_object_mut() else {
            continue;
        };
        let words = match status.as_str() {
            "201" => "Made.",
            "204" => "Done; there is nothing to say.",
            _ => "Done.",
        };
        response.insert("description".into(), json!(words));
        let mut headers = Map::new();
        let mut header = |name: &str, words: &str| {
            let header = json!({"description": words, "schema": {"type": "string"}});
            headers.insert(name.to_owned(), header);
        };
        header("X-Request-Id", "names this request in the log of the server");
        if of_ticket && TAGGED.contains(&endpoint.name) {
            header("ETag", "the revision; send it back as If-Match");
        }
        if status == "201" && of_ticket && TAGGED.contains(&endpoint.name) {
            header("Location", "where the ticket is");
        }
        response.insert("headers".into(), Value::Object(headers));
    }
}

/// Operations whose answer carries the revision of a ticket.
const TAGGED: &[&str] = &[
    "tickets_open",
    "tickets_one",
    "actions_possible",
    "actions_act",
    "actions_act_on_task",
    "links_link",
    "links_unlink",
    "links_merge",
];

fn parameter_words(parameter: &mut Map<String, Value>) {
    let said = parameter.get("description").and_then(Value::as_str);
    if said.is_some_and(|words| !words.is_empty()) {
        return;
    }
    let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
    let words = match name {
        "number" => "the ticket's number: TS20260302-000001",
        "id" => "the id, as the list shows it",
        "key" => "the key of the mail, as the list shows it",
        "hash" => "the version's hash, as GET /workflows shows it",
        "attachment" => "the number of the event that brought the file, as the list shows it",
        "task" => "the task's number within its ticket, from 1",
        "action" => "an action of the workflow file, or a built-in one, as GET …/actions lists it",
        "code" => "a code, as `code` of a problem says it",
        "limit" => "items of a page (50, at most 200)",
        "workflow" => "the kind: complaint, help, …",
        "state" => "a state of the workflow file",
        "urgent" => "urgent ones (急件), or the others",
        "assignee" => "who has taken it",
        _ => return,
    };
    parameter.insert("description".into(), json!(words));
}

/// A member that may be null says what it means where readers look: beside the alternatives, not inside one of them.
pub fn hoist(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(hoist);
            let inside = members
                .get_mut("oneOf")
                .and_then(Value::as_array_mut)
                .and_then(|choices| {
                    choices
                        .iter_mut()
                        .find_map(|choice| choice.as_object_mut()?.remove("description"))
                });
            if let Some(words) = inside {
                members.entry("description").or_insert(words);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hoist),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The tags, in the order in which somebody who begins would read them.
pub fn tags() -> Value {
    let tags = [
        ("tickets", "Open, list and read tickets; their history and clocks."),
        ("actions", "What may be done to a ticket now, and doing it."),
        ("links", "Tickets that belong together."),
        ("files", "Files of tickets: uploading, listing, reading."),
        ("contacts", "Calls and messages, from the telephone system or an agent."),
        ("feed", "All events in the order they were written, for other systems."),
        ("workflows", "Workflow files: versions, checking, publishing."),
        (
            "directory",
            "The administrator's data: departments, people, roster, calendars.",
        ),
        (
            "duty",
            "Who is on duty, signing on and off, what the roster leaves open.",
        ),
        ("follow", "Callers follow their own tickets by number and code."),
        ("tokens", "Who am I; tokens."),
        ("import", "History from another system."),
        ("mail", "Mails that were put aside."),
        ("record", "What administrators did; erasing personal data."),
        ("problems", "The table of everything that can go wrong."),
        ("health", "For load balancers."),
    ];
    tags.iter()
        .map(|(name, description)| json!({"name": name, "description": description}))
        .collect()
}
