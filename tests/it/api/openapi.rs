//! The OpenAPI document: it names every route and only those, every answer in it is one the server gives, and the
//! committed copy is fresh.

use std::collections::BTreeSet;
use std::path::Path;

use ombud::web::api::endpoints;
use ombud::web::openapi::document;
use serde_json::Value;

use super::app::App;

#[test]
fn every_route_is_in_the_document_and_nothing_else() {
    let document = document();
    let described: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods
                .map(move |method| format!("{} {path}", method.to_uppercase()))
                .collect::<Vec<_>>()
        })
        .collect();
    let served: BTreeSet<String> = endpoints()
        .iter()
        .map(|endpoint| format!("{} {}", endpoint.method, endpoint.path))
        .collect();
    assert_eq!(described, served);
    assert_eq!(document["openapi"], "3.1.0");
}

#[test]
fn every_operation_says_who_may_call_it_what_comes_back_and_what_can_go_wrong() {
    let document = document();
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let here = format!("{method} {path}");
            assert!(
                names.insert(operation["operationId"].as_str().unwrap().to_owned()),
                "{here}: id twice"
            );
            assert!(
                operation["summary"].is_string() || operation["description"].is_string(),
                "{here}: no words"
            );
            let responses = operation["responses"].as_object().unwrap();
            assert!(
                responses.keys().any(|status| status.starts_with('2')),
                "{here}: no success"
            );
            assert!(responses.contains_key("500"), "{here}: no problem");
            let open = ["/health", "/ready", "/api/v1/problems", "/api/v1/problems/{code}"];
            assert_eq!(
                operation["security"].is_array(),
                !open.contains(&path.as_str()),
                "{here}: security"
            );
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    if let (true, Some(reference)) = (name == "$ref", member.as_str()) {
                        found.push(reference.to_owned());
                    }
                    references(member, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn the_committed_document_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
    let fresh = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == fresh,
        "docs/openapi.json is stale: UPDATE_DOCS=1 cargo test --test it openapi"
    );
}

#[actix_web::test]
async fn the_page_and_the_document_are_served_without_any_network() {
    let app = App::new().await;
    let page = app.get("", "/api/docs/").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("swagger-ui"), "{}", page.text);
    for elsewhere in ["http://", "https://", "//cdn"] {
        assert!(
            !page.text.contains(&format!("src=\"{elsewhere}")),
            "the page loads from {elsewhere}"
        );
        assert!(
            !page.text.contains(&format!("href=\"{elsewhere}")),
            "the page loads from {elsewhere}"
        );
    }
    for part in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-initializer.js"] {
        assert_eq!(app.get("", &format!("/api/docs/{part}")).await.status, 200, "{part}");
    }
    let served = app.get("", "/api/v1/openapi.json").await;
    assert_eq!(served.json(), document());
    app.stop().await;
}

/// What the reader of shapes finds; everything else is said by those who know the matter.
const SHAPE: &[&str] = &[
    "missing",
    "type",
    "unknown_member",
    "unknown",
    "word",
    "id",
    "time",
    "date",
    "line",
    "length",
];

#[actix_web::test]
async fn every_body_has_an_example_that_the_server_reads() {
    let app = App::new().await;
    let document = document();
    let mut asked = 0;
    for endpoint in endpoints() {
        let pointer = format!(
            "/paths/{}/{}/requestBody/content",
            endpoint.path.replace('~', "~0").replace('/', "~1"),
            endpoint.method.as_str().to_lowercase()
        );
        let Some(content) = document.pointer(&pointer).and_then(Value::as_object) else {
            continue;
        };
        let (media, content) = content.iter().next().unwrap();
        let example = &content["example"];
        assert!(!example.is_null(), "{}: no example", endpoint.name);
        let body = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
        let path = endpoint
            .path
            .replace("{number}", "TS20260302-000001")
            .replace("{task}", "1")
            .replace("{action}", "note")
            .replace("{id}", "default")
            .replace("{key}", "none");
        let headers = [("Content-Type", media.as_str()), ("If-Match", "*")];
        let method = endpoint.method.as_str();
        let answer = app.send("ada", method, &path, &headers, Some(body.into_bytes())).await;
        asked += 1;
        assert!(
            ![400, 401, 405, 415].contains(&answer.status),
            "{}: {}",
            endpoint.name,
            answer.text
        );
        assert!(answer.status < 500, "{}: {}", endpoint.name, answer.text);
        for (code, place) in answer.faults() {
            assert!(
                !SHAPE.contains(&code.as_str()),
                "{}: {code} at {place}: {}",
                endpoint.name,
                answer.text
            );
        }
    }
    assert!(asked > 25, "{asked}");
    app.stop().await;
}

#[test]
fn every_parameter_list_and_answer_says_what_it_is() {
    let document = document();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let here = format!("{method} {path}");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let words = parameter["description"].as_str().unwrap_or_default();
                assert!(!words.is_empty(), "{here}: {}", parameter["name"]);
            }
            let mut paged = true;
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!(
                    response["description"].is_string() || response["$ref"].is_string(),
                    "{here}: {status}"
                );
                let shape = response
                    .pointer("/content/application~1json/schema/$ref")
                    .and_then(Value::as_str);
                let shape = shape.and_then(|shape| document.pointer(shape.trim_start_matches('#')));
                let lists = shape.is_some_and(|shape| shape.pointer("/properties/items").is_some());
                let has_next = shape.is_some_and(|shape| shape.pointer("/properties/next").is_some());
                paged &= !lists || has_next || BOUNDED.contains(&operation["operationId"].as_str().unwrap());
            }
            assert!(paged, "{here}: a list without pages");
        }
    }
}

/// Lists that are as long as something a file or the code bounds: clocks and actions of a workflow, problems, what one
/// request carried.
const BOUNDED: &[&str] = &[
    "clocks_list",
    "actions_possible",
    "me_problems",
    "import_tickets",
    "erasures_erase",
    "workflows_publish_together",
];
