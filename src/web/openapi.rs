//! The OpenAPI 3.1 document, made from the routes themselves, and the page that shows it without any network.
//!
//! A handler describes only what is its own: shape, parameters, success. What holds for all (problems, the headers of
//! commands, members that are not known being refused) is added here, once.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::LOCATION;
use actix_web::web::{self, ServiceConfig};
use serde_json::{Map, Value, json};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApiBuilder, PathsBuilder};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::api::{self, Endpoint};
use super::describe;
use super::problem::Code;

/// Where the document stands.
pub const DOCUMENT_PATH: &str = "/api/v1/openapi.json";
/// Where its page stands.
pub const PAGE_PATH: &str = "/api/docs/";

/// The document.
pub fn document() -> Value {
    let endpoints = api::endpoints();
    let mut schemas = Vec::new();
    for endpoint in &endpoints {
        (endpoint.schemas)(&mut schemas);
    }
    let mut paths = PathsBuilder::new();
    for (path, item) in api::items() {
        paths = paths.path(path, item);
    }
    let document = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("ombud")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "Tickets of contact centres. The rules of this API stand in docs/api.md.",
                ))
                .build(),
        )
        .paths(paths.build())
        .components(Some(ComponentsBuilder::new().schemas_from_iter(schemas).build()))
        .build();
    let mut document = serde_json::to_value(&document).unwrap_or_default();
    add_components(&mut document);
    if let Some(members) = document.as_object_mut() {
        members.insert("tags".into(), describe::tags());
    }
    let mut bodies = Vec::new();
    for endpoint in &endpoints {
        let pointer = format!(
            "/paths/{}/{}",
            escaped(&endpoint.path),
            endpoint.method.as_str().to_ascii_lowercase()
        );
        if let Some(operation) = document.pointer_mut(&pointer).and_then(Value::as_object_mut) {
            complete(operation, endpoint);
            describe::operation(operation, endpoint);
            collect_references(operation.get("requestBody"), &mut bodies);
        }
    }
    close(&mut document, bodies);
    describe::hoist(&mut document);
    prune(&mut document);
    document
}

fn escaped(path: &str) -> String {
    path.replace('~', "~0").replace('/', "~1")
}

fn add_components(document: &mut Value) {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let fault = json!({
        "type": "object",
        "required": ["code", "detail"],
        "properties": {
            "pointer": {"type": "string", "description": "JSON pointer into the body (RFC 6901)"},
            "parameter": {"type": "string", "description": "parameter of path or query"},
            "header": {"type": "string", "description": "header of the request"},
            "code": {"type": "string", "description": "what programs compare"},
            "detail": {"type": "string", "description": "what is wrong and what would be accepted, in your language"},
            "who": {"type": "array", "items": {"type": "string"}, "description": "who could do it"},
        },
    });
    let problem = json!({
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status", "code", "detail", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference", "description": "where this kind of problem is explained"},
            "title": {"type": "string", "description": "the kind of problem, in your language"},
            "status": {"type": "integer", "description": "the status of the answer"},
            "code": {"type": "string", "enum": codes, "description": "what programs compare; sentences may change"},
            "detail": {"type": "string", "description": "what went wrong and what to do about it, in your language"},
            "request_id": {"type": "string", "description": "names the request in the log of the server"},
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}, "description": "each single fault, with its place"},
            "allowed_actions": {
                "type": "array",
                "description": "of a refused action: what you may do instead",
                "items": {
                    "type": "object",
                    "required": ["action", "task"],
                    "properties": {"action": {"type": "string"}, "task": {"type": ["integer", "null"]}},
                },
            },
            "scope": {"type": "string", "description": "scope_missing: the scope that the token lacks"},
            "what": {"type": "string", "description": "not_found: the kind of thing that is not there"},
            "revision": {"type": "integer", "description": "stale: the revision now, also in the ETag"},
            "changed": {"type": "string", "description": "stale: the action that changed it"},
            "changed_by": {"type": ["string", "null"], "description": "stale: who changed it; null is a clock"},
            "changed_at": {"type": "string", "format": "date-time", "description": "stale: when"},
        },
    });
    let Some(document) = document.as_object_mut() else {
        return;
    };
    let components = document.entry("components").or_insert_with(|| json!({}));
    let Some(components) = components.as_object_mut() else {
        return;
    };
    let schemas = components.entry("schemas").or_insert_with(|| json!({}));
    if let Some(schemas) = schemas.as_object_mut() {
        schemas.insert("Fault".into(), fault);
        schemas.insert("Problem".into(), problem);
        schemas.sort_keys();
    }
    let responses: Map<String, Value> = statuses(Code::ALL.iter().copied())
        .into_iter()
        .map(|(status, codes)| {
            let content = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
            (
                format!("Problem{status}"),
                json!({"description": codes.join(", "), "content": content}),
            )
        })
        .collect();
    components.insert("responses".into(), Value::Object(responses));
    let token = json!({"type": "http", "scheme": "bearer", "description": "a token: omb_…"});
    components.insert("securitySchemes".into(), json!({"token": token}));
}

/// The statuses of codes, each with its codes.
fn statuses(codes: impl Iterator<Item = Code>) -> Vec<(u16, Vec<&'static str>)> {
    let mut found: Vec<(u16, Vec<&'static str>)> = Vec::new();
    for code in codes {
        let status = code.status().as_u16();
        match found.iter_mut().find(|(known, _)| *known == status) {
            Some((_, codes)) => codes.push(code.as_str()),
            None => found.push((status, vec![code.as_str()])),
        }
    }
    found.sort_unstable();
    found
}

/// What is posted and takes no key: nothing is saved, or what is made is a secret that is not kept for a repeat.
const WITHOUT_KEY: [&str; 3] = [
    "/api/v1/workflows/check",
    "/api/v1/follow",
    "/api/v1/tickets/{number}/caller-code",
];

/// Adds to an operation what holds for all of its kind.
fn complete(operation: &mut Map<String, Value>, endpoint: &Endpoint) {
    operation.insert("operationId".into(), json!(endpoint.name));
    let secured = operation.get("security").is_some();
    let has_body = operation.contains_key("requestBody");
    let is_command = endpoint.method == Method::POST && !WITHOUT_KEY.contains(&endpoint.path.as_str());
    // For several tickets at once the revisions stand in the body.
    let is_bulk = endpoint.path.starts_with("/api/v1/tickets/bulk/");
    let is_seen = is_command && endpoint.path.starts_with("/api/v1/tickets/") && !is_bulk;
    let mut statuses = vec![400, 500, 503];
    if secured {
        statuses.extend([401, 403, 429]);
    }
    // A department that the reader may not see is not there.
    let is_report = endpoint.path.starts_with("/api/v1/reports/");
    // What a body names may not be there either.
    if endpoint.path.contains('{') || endpoint.method == Method::POST || endpoint.method == Method::PUT || is_report {
        statuses.push(404);
    }
    if operation.contains_key("parameters") || has_body {
        statuses.push(422);
    }
    if has_body {
        statuses.extend([408, 413, 415]);
    }
    if endpoint.method != Method::GET {
        statuses.push(409);
    }
    if endpoint.path == "/api/v1/events" {
        statuses.push(410);
    }
    if is_seen {
        statuses.extend([412, 428]);
    }
    statuses.sort_unstable();
    if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
        for status in statuses {
            let reference = json!({"$ref": format!("#/components/responses/Problem{status}")});
            responses.insert(status.to_string(), reference);
        }
    }
    if is_command {
        let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
        if let Some(parameters) = parameters.as_array_mut() {
            parameters.push(json!({
                "name": "Idempotency-Key", "in": "header", "required": false,
                "description": "the same key and request again gets the same answer and has no second effect",
                "schema": {"type": "string", "minLength": 1, "maxLength": super::idempotency::KEY_MAX},
            }));
            if is_seen {
                parameters.push(json!({
                    "name": "If-Match", "in": "header", "required": true,
                    "description": "the ETag of the ticket you saw, or *",
                    "schema": {"type": "string"},
                }));
            }
        }
    }
}

fn collect_references(value: Option<&Value>, found: &mut Vec<String>) {
    match value {
        Some(Value::Object(members)) => {
            for (name, member) in members {
                if let (true, Some(reference)) = (name == "$ref", member.as_str()) {
                    found.extend(reference.strip_prefix("#/components/schemas/").map(str::to_owned));
                }
                collect_references(Some(member), found);
            }
        }
        Some(Value::Array(items)) => items.iter().for_each(|item| collect_references(Some(item), found)),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => {}
    }
}

/// Shapes of requests accept no members but their own.
fn close(document: &mut Value, mut names: Vec<String>) {
    let mut closed = Vec::new();
    while let Some(name) = names.pop() {
        if closed.contains(&name) {
            continue;
        }
        let Some(schema) = document.pointer_mut(&format!("/components/schemas/{name}")) else {
            continue;
        };
        if let Some(members) = schema.as_object_mut()
            && members.contains_key("properties")
        {
            members.insert("additionalProperties".into(), json!(false));
        }
        let schema = schema.clone();
        collect_references(Some(&schema), &mut names);
        closed.push(name);
    }
}

/// Shapes that nothing refers to are left out.
fn prune(document: &mut Value) {
    let mut named = Vec::new();
    for part in ["/paths", "/components/responses"] {
        collect_references(document.pointer(part), &mut named);
    }
    let mut kept = BTreeSet::new();
    while let Some(name) = named.pop() {
        if kept.insert(name.clone()) {
            collect_references(document.pointer(&format!("/components/schemas/{name}")), &mut named);
        }
    }
    let schemas = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    if let Some(schemas) = schemas {
        schemas.retain(|name, _| kept.contains(name));
    }
}

async fn json() -> HttpResponse {
    HttpResponse::Ok().json(document())
}

async fn to_page() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((LOCATION, PAGE_PATH))
        .finish()
}

/// Registers the document and its page.
pub fn routes(app: &mut ServiceConfig) {
    app.route(DOCUMENT_PATH, web::get().to(json));
    app.route("/api/docs", web::get().to(to_page));
    app.service(SwaggerUi::new("/api/docs/{_:.*}").config(Config::from(DOCUMENT_PATH)));
}
