//! The bad requests by kind: grammar, shapes, contents, addresses, heads. Those of the administrator's data stand in `bad_administration`.

use serde_json::{Value, json};

use super::app::errand;

/// A bad request and what it must be answered with.
pub struct Bad {
    pub what: String,
    pub person: &'static str,
    pub method: &'static str,
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<Vec<u8>>,
    pub status: u16,
}

pub fn bad(what: impl Into<String>, method: &'static str, path: impl Into<String>, status: u16) -> Bad {
    Bad {
        what: what.into(),
        person: "li",
        method,
        path: path.into(),
        headers: Vec::new(),
        body: None,
        status,
    }
}

impl Bad {
    pub fn by(mut self, person: &'static str) -> Self {
        self.person = person;
        self
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn json(self, body: &Value) -> Self {
        self.bytes(body.to_string())
    }

    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }
}

pub const TICKETS: &str = "/api/v1/tickets";

fn open(what: impl Into<String>, body: &Value, status: u16) -> Bad {
    bad(what, "POST", TICKETS, status).json(body)
}

/// The errand with one member replaced.
fn with(pointer: &str, value: Value) -> Value {
    let mut body = errand();
    body["contact"] = json!({"id": "c-1", "channel": "phone"});
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[name] = value;
    body
}

/// No JSON, or JSON that other readers let pass.
pub fn grammar() -> Vec<Bad> {
    let deep = "[".repeat(200_000);
    let nested = format!("{}1{}", "{\"a\":".repeat(129), "}".repeat(129));
    let texts: Vec<(&str, Vec<u8>, u16)> = vec![
        ("nothing but a brace", b"{".to_vec(), 400),
        ("cut off in a text", b"{\"workflow\": \"err".to_vec(), 400),
        ("cut off behind a colon", b"{\"workflow\":".to_vec(), 400),
        ("a trailing comma", b"{\"workflow\": \"errand\",}".to_vec(), 400),
        ("two values", b"{} {}".to_vec(), 400),
        ("a comment", b"{} // no".to_vec(), 400),
        ("single quotes", b"{'workflow': 'errand'}".to_vec(), 400),
        ("bare names", b"{workflow: \"errand\"}".to_vec(), 400),
        ("NaN", b"{\"workflow\": NaN}".to_vec(), 400),
        ("infinity", b"{\"workflow\": Infinity}".to_vec(), 400),
        ("a huge exponent", b"{\"workflow\": 1e400}".to_vec(), 400),
        ("a leading zero", b"{\"workflow\": 017}".to_vec(), 400),
        ("hexadecimal", b"{\"workflow\": 0x1F}".to_vec(), 400),
        ("half a surrogate pair", b"{\"workflow\": \"\\ud800\"}".to_vec(), 400),
        ("the other half", b"{\"workflow\": \"\\udc00\"}".to_vec(), 400),
        ("an unknown escape", b"{\"workflow\": \"\\x41\"}".to_vec(), 400),
        ("a bare line break in a text", b"{\"workflow\": \"a\nb\"}".to_vec(), 400),
        ("a byte order mark", b"\xef\xbb\xbf{}".to_vec(), 400),
        ("broken UTF-8", b"{\"workflow\": \"\xff\xfe\"}".to_vec(), 400),
        ("overlong UTF-8", b"{\"workflow\": \"\xc0\xaf\"}".to_vec(), 400),
        ("UTF-8 cut off", b"{\"workflow\": \"\xe5\x92".to_vec(), 400),
        (
            "GB18030 as UTF-8",
            b"{\"workflow\": \"\xba\xcd\xc6\xbd\"}".to_vec(),
            400,
        ),
        ("UTF-16", b"\xff\xfe{\0}\0".to_vec(), 400),
        ("200,000 brackets", deep.into_bytes(), 400),
        ("129 levels", nested.into_bytes(), 400),
        (
            "a duplicate key",
            b"{\"workflow\": \"errand\", \"workflow\": \"errand\"}".to_vec(),
            422,
        ),
        (
            "a duplicate key within",
            b"{\"workflow\": \"errand\", \"values\": {\"place\": \"a\", \"place\": \"b\"}}".to_vec(),
            422,
        ),
        ("NUL in a text", b"{\"workflow\": \"err\\u0000and\"}".to_vec(), 422),
        ("NUL in a key", b"{\"work\\u0000flow\": \"errand\"}".to_vec(), 422),
        ("a list", b"[]".to_vec(), 422),
        ("a text", b"\"errand\"".to_vec(), 422),
        ("a number", b"42".to_vec(), 422),
        ("null", b"null".to_vec(), 422),
        ("an empty object", b"{}".to_vec(), 422),
        ("nothing at all", b"".to_vec(), 422),
    ];
    texts
        .into_iter()
        .map(|(what, body, status)| bad(what, "POST", TICKETS, status).bytes(body))
        .collect()
}

/// Members of the wrong type, out of range, unknown.
pub fn shapes() -> Vec<Bad> {
    let mut found = Vec::new();
    let wrong: [(&str, Vec<Value>); 8] = [
        (
            "/workflow",
            vec![
                json!(1),
                json!(true),
                json!([]),
                json!({}),
                json!(null),
                json!("Errand"),
                json!("a b"),
                json!("x".repeat(65)),
            ],
        ),
        ("/values", vec![json!(1), json!("a"), json!([]), json!(true)]),
        ("/contact", vec![json!(1), json!("a"), json!([]), json!(false)]),
        (
            "/contact/channel",
            vec![json!(1), json!("fax"), json!("Phone"), json!([])],
        ),
        (
            "/contact/id",
            vec![json!(1), json!("a\nb"), json!("  "), json!("x".repeat(201)), json!({})],
        ),
        (
            "/contact/number",
            vec![json!(13_800_001_111_i64), json!("138\r\n0000"), json!([])],
        ),
        (
            "/contact/recording",
            vec![json!(true), json!("a\u{2028}b"), json!("\u{1b}[31m")],
        ),
        (
            "/contact/started_at",
            vec![
                json!(1_772_413_200_000_i64),
                json!("2026-03-02T09:00:00"),
                json!("2026-03-02"),
                json!("2026-03-02 09:00"),
                json!("2026-02-30T09:00:00Z"),
                json!("2026-13-01T09:00:00Z"),
                json!("9999-12-31T23:59:59Z"),
                json!("yesterday"),
                json!(""),
                json!("1969-12-31T23:59:59Z"),
            ],
        ),
    ];
    for (pointer, values) in wrong {
        for value in values {
            found.push(open(format!("{pointer} = {value}"), &with(pointer, value), 422));
        }
    }
    let members = [
        "id",
        "number",
        "state",
        "revision",
        "version",
        "seq",
        "owner",
        "role",
        "is_admin",
        "due_at",
        "created_at",
        "hash",
        "creator",
        "Workflow",
        "value",
    ];
    for member in members {
        found.push(open(
            format!("hidden member {member}"),
            &with(&format!("/{member}"), json!("x")),
            422,
        ));
    }
    for member in ["ended", "recordings", "caller"] {
        found.push(open(
            format!("hidden member {member}"),
            &with(&format!("/contact/{member}"), json!("x")),
            422,
        ));
    }
    found.push(open("an unknown workflow", &with("/workflow", json!("repairs")), 404));
    found
}

/// Values that the workflow refuses.
pub fn contents() -> Vec<Bad> {
    let wrong: Vec<(&str, Value)> = vec![
        ("place", json!(1)),
        ("place", json!(true)),
        ("place", json!([])),
        ("place", json!({})),
        ("place", json!("路".repeat(81))),
        ("place", json!("a\u{7}b")),
        ("summary", json!("要".repeat(61))),
        ("summary", json!(1.5)),
        ("phone", json!("call me")),
        ("phone", json!(13_800_001_111_i64)),
        ("phone", json!("１３８００００１１１１")),
        ("phone", json!("138;drop table")),
        ("phone", json!("1".repeat(200))),
        ("urgent", json!("true")),
        ("urgent", json!(1)),
        ("urgent", json!("yes")),
        ("lead", json!(7)),
        ("lead", json!("accounting")),
        ("lead", json!(["finance"])),
        ("plase", json!("和平路")),
        ("id", json!("x")),
        ("state", json!("closed")),
        ("__proto__", json!({})),
        ("caller", json!("王".repeat(41))),
    ];
    wrong
        .into_iter()
        .map(|(field, value)| {
            let shown: String = value.to_string().chars().take(30).collect();
            open(
                format!("values.{field} = {shown}"),
                &with(&format!("/values/{field}"), value),
                422,
            )
        })
        .collect()
}

/// Queries, paths, methods.
pub fn addresses(hidden: &str) -> Vec<Bad> {
    let queries = [
        "limit=0",
        "limit=-1",
        "limit=201",
        "limit=1000000000",
        "limit=abc",
        "limit=1.5",
        "limit=",
        "limit=1&limit=2",
        "sort=updated%20desc",
        "sort=;drop",
        "sort=UPDATED",
        "sort=1",
        "state=a%27b",
        "state=%00",
        "workflow=Errand",
        "open=1",
        "open=yes",
        "late=TRUE",
        "assignee=..",
        "colour=red",
        "page=2",
        "offset=-1",
        "number=%0a",
        "number=%ff",
        "state=%zz",
        "state=%",
        "cursor=xxxx",
        "cursor=%00",
        "department=a,b",
    ];
    let mut found: Vec<Bad> = queries
        .iter()
        .map(|query| {
            let status = if ["number=%ff", "state=%zz", "state=%"].contains(query) {
                400
            } else {
                422
            };
            bad(format!("?{query}"), "GET", format!("{TICKETS}?{query}"), status)
        })
        .collect();
    let long = "9".repeat(4_000);
    for path in [
        "/api/v1/tickets/..%2f..%2fetc",
        "/api/v1/tickets/%00",
        "/api/v1/tickets/E1'--",
        "/api/v1/tickets/%F0%9F%92%A9",
        "/api/v1/tickets/a/b/c/d",
        "/api/v2/tickets",
        "/api/v1/ticket",
        "/api/v1//tickets",
        "/nowhere",
        "/api/v1/contacts/none",
        "/api/v1/workflows/none",
        "/api/v1/problems/none",
        "/.env",
        "/api/v1/tickets/",
    ] {
        found.push(bad(path, "GET", path, 404));
    }
    found.push(bad(
        "a number of 4,000 digits",
        "GET",
        format!("/api/v1/tickets/{long}"),
        404,
    ));
    found.push(
        bad(
            "another department's ticket",
            "GET",
            format!("/api/v1/tickets/{hidden}"),
            404,
        )
        .by("nora"),
    );
    found.push(
        bad(
            "an action on it",
            "POST",
            format!("/api/v1/tickets/{hidden}/actions/withdraw"),
            404,
        )
        .by("nora")
        .header("If-Match", "*")
        .json(&json!({"values": {"remark": "x"}})),
    );
    for (method, path) in [
        ("DELETE", TICKETS),
        ("PUT", TICKETS),
        ("PATCH", TICKETS),
        ("TRACE", TICKETS),
        ("OPTIONS", TICKETS),
        ("POST", "/api/v1/events"),
        ("DELETE", "/api/v1/workflows"),
        ("PATCH", "/api/v1/people/li"),
        ("POST", "/health"),
    ] {
        found.push(bad(format!("{method} {path}"), method, path, 405));
    }
    found
}

/// Heads: kinds of bodies, keys, revisions, tokens.
pub fn heads(number: &str) -> Vec<Bad> {
    let post = |what: &str, status| open(what.to_owned(), &errand(), status);
    let act = |what: &str, tag: &str, status| {
        bad(
            what.to_owned(),
            "POST",
            format!("/api/v1/tickets/{number}/actions/submit"),
            status,
        )
        .header("If-Match", tag)
        .json(&json!({}))
    };
    let mut found = vec![
        post("a form", 415).header("Content-Type", "application/x-www-form-urlencoded"),
        post("XML", 415).header("Content-Type", "application/xml"),
        post("plain text", 415).header("Content-Type", "text/plain"),
        post("another charset", 415).header("Content-Type", "application/json; charset=gb18030"),
        post("no kind", 415).header("Content-Type", ""),
        post("a compressed body", 415).header("Content-Encoding", "gzip"),
        post("an empty key", 400).header("Idempotency-Key", ""),
        post("a key of 256", 400).header("Idempotency-Key", "k".repeat(256)),
        post("a key with a blank", 400).header("Idempotency-Key", "a b"),
        post("a key with a tab", 400).header("Idempotency-Key", "a\tb"),
        act("a revision that is past", "\"0\"", 412),
        act("a revision to come", "\"99\"", 412),
        act("a weak tag", "W/\"1\"", 400),
        act("no quotes", "1", 400),
        act("a list of tags", "\"1\", \"2\"", 400),
        act("a word", "\"latest\"", 400),
        bad(
            "no revision",
            "POST",
            format!("/api/v1/tickets/{number}/actions/submit"),
            428,
        )
        .json(&json!({})),
        act("an unknown member", "*", 422).json(&json!({"vaules": {}})),
        act("a number as reason", "*", 422).json(&json!({"reason": 7})),
        act("an unknown field", "*", 422).json(&json!({"values": {"shape": "round"}})),
        act("a field that is not asked for", "*", 422).json(&json!({"values": {"result": "x"}})),
        act("a reason of 10,001", "*", 422).json(&json!({"reason": "x".repeat(10_001)})),
        bad(
            "a task that is no number",
            "POST",
            format!("/api/v1/tickets/{number}/tasks/one/actions/sign"),
            404,
        )
        .header("If-Match", "*")
        .json(&json!({})),
        bad("nobody", "GET", TICKETS, 401).by(""),
    ];
    for token in [
        "omb_",
        "Bearer",
        "omb_000000000000_aaaa",
        "null",
        "../../etc/passwd",
        "啊",
    ] {
        let value = format!("Bearer {token}");
        if value.is_ascii() {
            found.push(
                bad(format!("the token {token}"), "GET", TICKETS, 401)
                    .by("")
                    .header("Authorization", value),
            );
        }
    }
    found.push(
        bad("another scheme", "GET", TICKETS, 401)
            .by("")
            .header("Authorization", "Basic bGk6bGk="),
    );
    found.push(bad("a cookie", "GET", TICKETS, 401).by("").header("Cookie", "ombud=1"));
    found
}
