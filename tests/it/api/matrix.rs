//! The matrix: every route × everybody, against one table. A route without a row fails, so nobody adds one unseen.
//!
//! The ticket of the matrix was opened by li, dispatched by zhang, and is with finance: li, zhang, finance (sun, hao),
//! managers and the auditor see it; another agent, another department, the callback agent and the administrator do not.

use std::collections::BTreeMap;

use ombud::desk::tokens::TokenWish;
use ombud::desk::{Principal, Scope};
use ombud::web::api::endpoints;
use ombud::web::openapi::document;
use ombud::workflow::moment::MINUTE;
use serde_json::{Value, json};

use super::app::{App, PEOPLE, errand, token};

/// Who is let through, and what everybody else gets.
pub(super) enum Row {
    /// No token is needed.
    Open,
    /// Every person with the scope.
    Everybody,
    /// Those who see the ticket; for others it is not there.
    Sees,
    /// Of those who see it only these; the others may not (403), and for the rest it is not there.
    Acts(&'static [&'static str]),
    /// These; everybody else may not (403).
    Only(&'static [&'static str]),
    /// These; for everybody else it is not there (404).
    Finds(&'static [&'static str]),
}

const SEE: &[&str] = &["li", "zhang", "sun", "hao", "boss", "vice", "audrey"];
/// Everybody but the auditor, who changes nothing.
pub(super) const WORK: &[&str] = &[
    "li", "wang", "zhang", "sun", "hao", "nora", "hua", "cai", "boss", "vice", "ada",
];
pub(super) const ADMINISTER: &[&str] = &["boss", "vice", "ada"];
/// The roster of the floor is the shift lead's too.
const ROSTER: &[&str] = &["zhang", "boss", "vice", "ada"];
/// Managers, auditor, shift lead, and whoever belongs to a department.
const REPORTED: &[&str] = &["zhang", "sun", "hao", "nora", "hua", "boss", "vice", "audrey"];

/// A request that is right in itself, so that only the question of who remains.
pub(super) struct Case {
    row: Row,
    path: String,
    body: Option<Value>,
    kind: &'static str,
}

pub(super) fn case(row: Row, path: impl Into<String>) -> Case {
    Case {
        row,
        path: path.into(),
        body: None,
        kind: "application/json",
    }
}

impl Case {
    pub(super) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub(super) fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }
}

/// The table. `number` is the ticket, `other` a second one of the same kind.
fn table(number: &str, other: &str) -> BTreeMap<&'static str, Case> {
    let ticket = format!("/api/v1/tickets/{number}");
    let text = json!({"zh": "新", "en": "New"});
    let shift = json!({"person": "wang", "from": "2026-03-10T08:00:00+08:00", "to": "2026-03-10T17:00:00+08:00"});
    let member = json!({"person": "wang", "role": "agent", "from": "2026-04-01T00:00:00+08:00"});
    let calendar = json!({"zone": "Asia/Shanghai", "day": "8 hours", "hours": {"mon": "09:00-17:00"}});
    let builtin = json!({"sign": [], "chase": ["agent"], "watch": ["manager"], "correct": ["manager"],
        "reveal": ["manager"], "grant_return": ["shift_lead"], "link": ["agent", "shift_lead", "manager"]});
    let link = json!({"ticket": other, "kind": "related"});
    BTreeMap::from([
        ("metrics_read", case(Row::Everybody, "/metrics")),
        ("health_live", case(Row::Open, "/health")),
        ("health_ready", case(Row::Open, "/ready")),
        ("me_problems", case(Row::Open, "/api/v1/problems")),
        ("me_problem", case(Row::Open, "/api/v1/problems/stale")),
        ("me_me", case(Row::Everybody, "/api/v1/me")),
        (
            "tickets_open",
            case(Row::Only(WORK), "/api/v1/tickets?dry_run=true").body(errand()),
        ),
        ("tickets_list", case(Row::Everybody, "/api/v1/tickets")),
        ("tickets_one", case(Row::Sees, ticket.clone())),
        ("tickets_events", case(Row::Sees, format!("{ticket}/events"))),
        ("clocks_list", case(Row::Sees, format!("{ticket}/clocks"))),
        ("links_list", case(Row::Sees, format!("{ticket}/links"))),
        (
            "actions_possible",
            case(Row::Sees, format!("{ticket}/actions?why_not=true")),
        ),
        (
            "actions_act",
            case(
                Row::Acts(&["li", "zhang"]),
                format!("{ticket}/actions/withdraw?dry_run=true"),
            )
            .body(json!({"values": {"remark": "来电人撤回"}})),
        ),
        (
            "actions_act_on_task",
            case(
                Row::Acts(&["sun", "boss", "vice"]),
                format!("{ticket}/tasks/1/actions/sign?dry_run=true"),
            )
            .body(json!({})),
        ),
        (
            "links_link",
            case(
                Row::Acts(&["li", "zhang", "boss", "vice"]),
                format!("{ticket}/links?dry_run=true"),
            )
            .body(link.clone()),
        ),
        (
            "links_unlink",
            case(
                Row::Acts(&["li", "zhang", "boss", "vice"]),
                format!("{ticket}/links/undo?dry_run=true"),
            )
            .body(link),
        ),
        (
            "links_merge",
            case(
                Row::Acts(&["li", "zhang", "boss", "vice"]),
                format!("{ticket}/merge?dry_run=true"),
            )
            .body(json!({"into": other, "reason": "同一事项"})),
        ),
        (
            "contacts_report",
            case(Row::Only(WORK), "/api/v1/contacts").body(json!({"channel": "phone"})),
        ),
        ("contacts_one", case(Row::Finds(SEE), "/api/v1/contacts/call-1")),
        (
            "contacts_hang_up",
            // Whoever reported it, the shift lead, the managers; the telephone system has a role of its own.
            case(
                Row::Acts(&["li", "zhang", "boss", "vice"]),
                "/api/v1/contacts/call-1/hang-up",
            )
            .body(json!({"ended_at": "2026-03-02T08:59:00+08:00"})),
        ),
        ("workflows_list", case(Row::Everybody, "/api/v1/workflows")),
        ("workflows_source", case(Row::Everybody, "/api/v1/workflows/HASH")),
        (
            "workflows_check",
            Case {
                kind: "application/yaml",
                ..case(Row::Everybody, "/api/v1/workflows/check").body(json!("workflow: x"))
            },
        ),
        (
            "workflows_publish",
            Case {
                kind: "application/yaml",
                ..case(Row::Only(ADMINISTER), "/api/v1/workflows").body(json!("workflow: x"))
            },
        ),
        ("tokens_list", case(Row::Everybody, "/api/v1/tokens")),
        (
            "tokens_issue",
            case(Row::Everybody, "/api/v1/tokens").body(json!({"title": "mine", "scopes": ["tickets:read"]})),
        ),
        (
            "tokens_revoke",
            case(Row::Finds(&["boss", "vice", "ada", "wang"]), "/api/v1/tokens/WANGS"),
        ),
        (
            "tokens_renew",
            case(
                Row::Finds(&["boss", "vice", "ada", "wang"]),
                "/api/v1/tokens/WANGS/renew",
            )
            .body(json!({})),
        ),
        ("feed_list", case(Row::Everybody, "/api/v1/events")),
        ("directory_departments", case(Row::Everybody, "/api/v1/departments")),
        (
            "directory_put_department",
            case(Row::Only(ADMINISTER), "/api/v1/departments/stores").body(json!({"title": text})),
        ),
        (
            "directory_end_department",
            case(Row::Only(ADMINISTER), "/api/v1/departments/none"),
        ),
        ("directory_roles", case(Row::Everybody, "/api/v1/roles")),
        (
            "directory_put_role",
            case(Row::Only(ADMINISTER), "/api/v1/roles/porter").body(json!({"title": text})),
        ),
        ("directory_people", case(Row::Everybody, "/api/v1/people")),
        (
            "directory_put_person",
            case(Row::Only(ADMINISTER), "/api/v1/people/zed").body(json!({"name": "Zed"})),
        ),
        (
            "directory_end_person",
            case(Row::Only(ADMINISTER), "/api/v1/people/none"),
        ),
        ("directory_memberships", case(Row::Everybody, "/api/v1/memberships")),
        (
            "directory_add_membership",
            case(Row::Only(ADMINISTER), "/api/v1/memberships").body(member.clone()),
        ),
        (
            "directory_put_membership",
            case(Row::Only(ADMINISTER), "/api/v1/memberships/m-2").body(member),
        ),
        (
            "directory_end_membership",
            case(Row::Only(ADMINISTER), "/api/v1/memberships/none"),
        ),
        ("directory_roster", case(Row::Everybody, "/api/v1/roster")),
        (
            "directory_add_shift",
            case(Row::Only(ROSTER), "/api/v1/roster").body(shift.clone()),
        ),
        (
            "directory_put_shift",
            case(Row::Only(ROSTER), "/api/v1/roster/s-2").body(shift.clone()),
        ),
        ("directory_end_shift", case(Row::Only(ROSTER), "/api/v1/roster/none")),
        ("directory_absences", case(Row::Everybody, "/api/v1/absences")),
        (
            "directory_add_absence",
            case(Row::Only(ROSTER), "/api/v1/absences").body(shift.clone()),
        ),
        (
            "directory_put_absence",
            case(Row::Only(ROSTER), "/api/v1/absences/a-2").body(shift),
        ),
        (
            "directory_end_absence",
            case(Row::Only(ROSTER), "/api/v1/absences/none"),
        ),
        ("directory_calendars", case(Row::Everybody, "/api/v1/calendars")),
        (
            "directory_put_calendar",
            case(Row::Only(ADMINISTER), "/api/v1/calendars/second").body(calendar),
        ),
        (
            "workflows_publish_together",
            case(Row::Only(ADMINISTER), "/api/v1/workflows/together").body(json!({"files": ["workflow: x"]})),
        ),
        (
            "erasures_erase",
            case(Row::Only(&["ada"]), "/api/v1/erasures?dry_run=true")
                .body(json!({"ticket": number, "reason": "当事人要求删除"})),
        ),
        ("reports_sheet", case(Row::Only(REPORTED), "/api/v1/reports/sheet")),
        ("reports_course", case(Row::Only(REPORTED), "/api/v1/reports/course")),
        (
            "reports_tickets",
            case(Row::Only(REPORTED), "/api/v1/reports/tickets?figure=received"),
        ),
        (
            "record_list",
            case(Row::Only(&["boss", "vice", "ada", "audrey"]), "/api/v1/record"),
        ),
        (
            "import_tickets",
            case(Row::Only(&["ada"]), "/api/v1/import/tickets").body(json!({"tickets": []})),
        ),
        (
            "holidays_load",
            Case {
                kind: "text/calendar",
                ..case(Row::Only(ADMINISTER), "/api/v1/calendars/default/holidays?country=cn")
            },
        ),
        ("directory_builtin", case(Row::Everybody, "/api/v1/builtin")),
        (
            "directory_put_builtin",
            case(Row::Only(ADMINISTER), "/api/v1/builtin").body(builtin),
        ),
        (
            "directory_log",
            case(Row::Only(&["boss", "vice", "audrey", "ada"]), "/api/v1/directory/log"),
        ),
    ])
}

impl Row {
    /// What this person must get: a status, or «let through» (whatever the request comes to).
    fn expects(&self, person: &str) -> Option<u16> {
        match self {
            Self::Open | Self::Everybody => None,
            Self::Sees => (!SEE.contains(&person)).then_some(404),
            Self::Acts(allowed) if SEE.contains(&person) => (!allowed.contains(&person)).then_some(403),
            Self::Acts(_) => Some(404),
            Self::Only(allowed) => (!allowed.contains(&person)).then_some(403),
            Self::Finds(allowed) => (!allowed.contains(&person)).then_some(404),
        }
    }
}

/// Sends the request of a case with this token.
async fn ask(app: &App, method: &str, case: &Case, token: &str) -> (u16, String) {
    let authorization = format!("Bearer {token}");
    let mut headers = vec![("If-Match", "*"), ("Content-Type", case.kind)];
    if !token.is_empty() {
        headers.push(("Authorization", &authorization));
    }
    let body = case.body.as_ref().map(|body| match (case.kind, body) {
        ("application/yaml", Value::String(text)) => text.clone().into_bytes(),
        (_, body) => body.to_string().into_bytes(),
    });
    let answer = app.send("", method, &case.path, &headers, body).await;
    (answer.status, answer.text)
}

#[actix_web::test]
async fn every_route_shows_everybody_what_is_theirs_and_nothing_else() {
    let app = App::with_settings(&[("OMBUD_LIMITS_REFUSED_AT_ONCE", "100000")]).await;
    let number = opened_by_call(&app).await;
    let other = app.dispatched().await;
    let hash = app.get("boss", "/api/v1/workflows").await.at("/items/0/hash");
    let expired = short_token(&app).await;
    let revoked = revoked_token(&app).await;
    let spare = spare_token(&app, "wang").await;
    let scopes = scopes_of_routes();
    let mut rows = table(&number, &other);
    rows.extend(super::matrix_reach::rows(&format!("/api/v1/tickets/{number}")));
    rows.extend(super::matrix_duty::rows());
    rows.extend(super::matrix_lists::rows());
    rows.extend(super::matrix_files::rows(&app, &number).await);
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for endpoint in endpoints() {
        let Some(mut case) = rows.remove(endpoint.name) else {
            wrong.push(format!("{} has no row in the matrix", endpoint.name));
            continue;
        };
        case.path = case
            .path
            .replace("HASH", hash.as_str().unwrap())
            .replace("WANGS", &spare);
        let method = endpoint.method.as_str();
        let open = matches!(case.row, Row::Open);
        // Without a token, with one that is over, with one that is taken back: nothing, whatever is asked.
        for (what, token) in [
            ("nobody", ""),
            ("an expired token", &*expired),
            ("a revoked token", &*revoked),
        ] {
            let (status, text) = ask(&app, method, &case, token).await;
            asked += 1;
            if (status == 401) == open {
                wrong.push(format!("{}: {what} got {status}: {text}", endpoint.name));
            }
        }
        // Every scope but the one that is needed.
        if let Some(Some(scope)) = scopes.get(endpoint.name) {
            let others: Vec<Scope> = Scope::ALL.into_iter().filter(|known| known != scope).collect();
            let token = token(&app.test, "boss", &others).await;
            let (status, text) = ask(&app, method, &case, &token).await;
            asked += 1;
            if status != 403 || !text.contains("scope_missing") {
                wrong.push(format!(
                    "{}: without {} got {status}: {text}",
                    endpoint.name,
                    scope.word()
                ));
            }
        }
        // Whoever may not comes first: what is let through may change what is asked for.
        let mut people = PEOPLE.to_vec();
        people.sort_by_key(|person| case.row.expects(person).is_none());
        for person in people {
            let expected = case.row.expects(person);
            let (status, text) = ask(&app, method, &case, &app.token_of(person)).await;
            asked += 1;
            let right = match expected {
                Some(expected) => status == expected,
                // Let through: done, or refused for another reason than who asks.
                None => {
                    ![401, 403].contains(&status)
                        && (status != 404
                            || case.path.contains("/none")
                            || method == "DELETE"
                            || endpoint.name == "tokens_renew")
                }
            };
            if !right || status >= 500 {
                let expected = expected.map_or_else(|| "let through".to_owned(), |status| status.to_string());
                wrong.push(format!(
                    "{}: {person} got {status}, expected {expected}: {text}",
                    endpoint.name
                ));
            }
        }
    }
    assert!(rows.is_empty(), "rows without a route: {:?}", rows.keys());
    assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked > 700, "{asked}");
    app.stop().await;
}

/// The errand of the matrix, which came by a call that still runs.
async fn opened_by_call(app: &App) -> String {
    let mut body = errand();
    body["contact"] = json!({"id": "call-1", "channel": "phone", "started_at": "2026-03-02T08:55:00+08:00"});
    let number = app.post("li", "/api/v1/tickets", &[], &body).await.at("/ticket/number");
    let number = number.as_str().unwrap().to_owned();
    app.act("li", &number, "submit", &json!({})).await;
    let answer = app
        .act("zhang", &number, "dispatch", &json!({"values": {"lead": "finance"}}))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    number
}

/// A token of the manager that was valid for a minute.
async fn short_token(app: &App) -> String {
    let wish = TokenWish {
        person: "boss".into(),
        title: "short".to_owned(),
        scopes: Scope::ALL.into_iter().collect(),
        department: None,
        expires_at: Some(app.test.clock.now().plus(MINUTE)),
    };
    let secret = app.test.desk.issue_token(None, wish).await.unwrap().0;
    app.test.clock.advance(2 * MINUTE);
    secret
}

async fn revoked_token(app: &App) -> String {
    let secret = token(&app.test, "boss", &Scope::ALL).await;
    let id = secret.split('_').nth(1).unwrap();
    app.test.desk.revoke_token(&Principal::machine(), id).await.unwrap();
    secret
}

/// The id of one more token of this person.
async fn spare_token(app: &App, person: &str) -> String {
    let secret = token(&app.test, person, &[Scope::ReadTickets]).await;
    secret.split('_').nth(1).unwrap().to_owned()
}

/// Which scope each route says that it needs.
fn scopes_of_routes() -> BTreeMap<String, Option<Scope>> {
    let document = document();
    let mut found = BTreeMap::new();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            let scope = operation
                .pointer("/security/0/token/0")
                .and_then(Value::as_str)
                .and_then(Scope::parse);
            found.insert(operation["operationId"].as_str().unwrap().to_owned(), scope);
        }
    }
    found
}

#[actix_web::test]
async fn a_token_narrowed_to_a_department_shows_only_its_tickets() {
    let app = App::new().await;
    let number = app.dispatched().await;
    for (department, expected) in [("finance", 200), ("north", 404)] {
        let wish = TokenWish {
            person: "boss".into(),
            title: "narrow".to_owned(),
            scopes: Scope::ALL.into_iter().collect(),
            department: Some(department.into()),
            expires_at: None,
        };
        let secret = app.test.desk.issue_token(None, wish).await.unwrap().0;
        let authorization = format!("Bearer {secret}");
        let headers = [("Authorization", authorization.as_str())];
        let answer = app
            .send("", "GET", &format!("/api/v1/tickets/{number}"), &headers, None)
            .await;
        assert_eq!(answer.status, expected, "{department}");
        // Nor can it make itself wider.
        let wider = json!({"title": "wide", "scopes": ["tickets:read"]})
            .to_string()
            .into_bytes();
        let headers = [
            ("Authorization", authorization.as_str()),
            ("Content-Type", "application/json"),
        ];
        let answer = app.send("", "POST", "/api/v1/tokens", &headers, Some(wider)).await;
        assert!([403, 422].contains(&answer.status), "{department}: {}", answer.text);
    }
    app.stop().await;
}
