//! Bad requests for the administrator's data.

use serde_json::{Value, json};

use super::bad_lists::{Bad, bad};

/// The administrator's data.
pub fn administration() -> Vec<Bad> {
    let put =
        |what: &str, path: &str, body: Value| bad(what.to_owned(), "PUT", path.to_owned(), 422).by("ada").json(&body);
    let person = |name: Value| json!({"name": name, "email": "a@b.example", "language": "en"});
    let mut found = vec![
        put(
            "a name with a line break",
            "/api/v1/people/zed",
            person(json!("Zed\nBcc: all@example.org")),
        ),
        put("a name with CR", "/api/v1/people/zed", person(json!("Zed\rZed"))),
        put("a name with NUL", "/api/v1/people/zed", person(json!("Zed\u{0}"))),
        put("a blank name", "/api/v1/people/zed", person(json!("   "))),
        put("a number as name", "/api/v1/people/zed", person(json!(5))),
        put("a name of 201", "/api/v1/people/zed", person(json!("Z".repeat(201)))),
        put(
            "no address",
            "/api/v1/people/zed",
            json!({"name": "Zed", "email": "zed"}),
        ),
        put(
            "an unknown language",
            "/api/v1/people/zed",
            json!({"name": "Zed", "language": "fr"}),
        ),
        put(
            "a hidden member",
            "/api/v1/people/zed",
            json!({"name": "Zed", "roles": ["administrator"]}),
        ),
        put("no id", "/api/v1/people/Zed%20Z", person(json!("Zed"))),
        put("an id with a slash", "/api/v1/people/z%2fz", person(json!("Zed"))),
        put(
            "a title in one language",
            "/api/v1/departments/new",
            json!({"title": {"zh": "新"}}),
        ),
        put("a title as text", "/api/v1/departments/new", json!({"title": "新"})),
        put(
            "an unknown parent",
            "/api/v1/departments/new",
            json!({"title": {"zh": "新", "en": "New"}, "parent": "moon"}),
        ),
        put(
            "an unknown zone",
            "/api/v1/calendars/default",
            json!({"zone": "Asia/Atlantis", "day": "8 hours"}),
        ),
        put(
            "a day of words",
            "/api/v1/calendars/default",
            json!({"zone": "Asia/Shanghai", "day": "long"}),
        ),
        put(
            "hours of words",
            "/api/v1/calendars/default",
            json!({"zone": "Asia/Shanghai", "day": "8 hours", "hours": {"mon": "all day"}}),
        ),
        put(
            "a closed date with time",
            "/api/v1/calendars/default",
            json!({"zone": "Asia/Shanghai", "day": "8 hours", "closed": ["2026-05-01T00:00:00Z"]}),
        ),
    ];
    let add = |what: &str, path: &str, body: Value, status| {
        bad(what.to_owned(), "POST", path.to_owned(), status)
            .by("ada")
            .json(&body)
    };
    found.push(add(
        "a membership of nobody",
        "/api/v1/memberships",
        json!({"person": "nobody", "role": "agent"}),
        422,
    ));
    found.push(add(
        "an unknown role",
        "/api/v1/memberships",
        json!({"person": "li", "role": "king"}),
        422,
    ));
    found.push(add(
        "a shift without end",
        "/api/v1/roster",
        json!({"person": "li", "from": "2026-03-03T08:00:00+08:00"}),
        422,
    ));
    found.push(add(
        "a shift backwards",
        "/api/v1/roster",
        json!({"person": "li", "from": "2026-03-03T08:00:00+08:00", "to": "2026-03-03T07:00:00+08:00"}),
        422,
    ));
    found.push(add(
        "a shift without zone",
        "/api/v1/roster",
        json!({"person": "li", "from": "2026-03-03T08:00:00", "to": "2026-03-03T17:00:00"}),
        422,
    ));
    found.push(add(
        "an absence of nobody",
        "/api/v1/absences",
        json!({"person": "nobody", "from": "2026-03-03T08:00:00Z", "to": "2026-03-04T08:00:00Z"}),
        422,
    ));
    found.push(add(
        "a token without scopes",
        "/api/v1/tokens",
        json!({"title": "x", "scopes": []}),
        422,
    ));
    found.push(add(
        "an unknown scope",
        "/api/v1/tokens",
        json!({"title": "x", "scopes": ["tickets:raed"]}),
        422,
    ));
    found.push(add(
        "a token for ever",
        "/api/v1/tokens",
        json!({"title": "x", "scopes": ["tickets:read"], "expires_at": "2030-01-01T00:00:00Z"}),
        422,
    ));
    found.push(add(
        "a token of the past",
        "/api/v1/tokens",
        json!({"title": "x", "scopes": ["tickets:read"], "expires_at": "2026-01-01T00:00:00Z"}),
        422,
    ));
    found.push(
        bad("a file that is no workflow", "POST", "/api/v1/workflows", 422)
            .by("ada")
            .header("Content-Type", "application/yaml")
            .bytes("a: b"),
    );
    found.push(
        bad("a YAML bomb", "POST", "/api/v1/workflows", 422)
            .by("ada")
            .header("Content-Type", "application/yaml")
            .bytes("a: &a [x,x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]\n"),
    );
    found.push(
        bad("a file that is no UTF-8", "POST", "/api/v1/workflows", 400)
            .by("ada")
            .header("Content-Type", "application/yaml")
            .bytes(b"a: \xff".to_vec()),
    );
    found.push(
        bad("a file as JSON kind unknown", "POST", "/api/v1/workflows", 415)
            .by("ada")
            .header("Content-Type", "image/png")
            .bytes("a"),
    );
    found
}
