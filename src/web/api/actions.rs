//! Actions: what you may do to a ticket, and doing it.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::ETAG;
use actix_web::web::{Data, Path};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;

use crate::desk::act::{Act, Seen, With};
use crate::desk::possible::Possible;
use crate::desk::{DeskError, Principal};
use crate::ticket::model::{LinkKind, TaskId};
use crate::web::auth::{Allowed, DoAction, ReadTickets, scope_fault};
use crate::web::body::Body;
use crate::web::command::{Answer, Asked, CommandDone, DryRun};
use crate::web::decode::Line;
use crate::web::problem::Problem;
use crate::web::query::Query;
use crate::web::revision::tag;
use crate::web::state::State;
use crate::web::{desk_problem, form};
use crate::workflow::definition::{Definition, Text};
use crate::workflow::id::{ActionId, DepartmentId, FieldId};
use crate::{query, request};

request! {
    /// What an action carries. Which members it wants is said by `GET …/actions`.
    pub struct ActionBody {
        /// Fields by id.
        #[schema(required = false)]
        values: Map<String, Json>,
        reason: Option<String>,
        basis: Option<String>,
        note: Option<String>,
        evidence: Option<String>,
        source: Option<String>,
        /// The department without accounts for which you act, with evidence.
        on_behalf_of: Option<DepartmentId>,
        /// The department that gets the task (hand_over).
        to: Option<DepartmentId>,
        /// The other ticket's number (link, unlink, merge).
        ticket: Option<Line>,
        /// Kind of link (link, unlink).
        kind: Option<LinkKind>,
        /// The field to show (reveal).
        field: Option<FieldId>,
        /// Watch or no longer (watch).
        on: Option<bool>,
        /// The caller may read it (note).
        public: Option<bool>,
        /// Uploads that come with it, by their ids.
        files: Option<Vec<Line>>,
        /// The file to take away, by its number (detach).
        attachment: Option<u64>,
    }
}

query! {
    /// What to tell about actions.
    pub struct ActionsQuery {
        /// Tell also what is not possible, with every reason and who could lift it.
        why_not: Option<bool>,
    }
}

/// What you may do now.
#[derive(Serialize, ToSchema)]
pub struct ActionList {
    /// Send it back as If-Match.
    revision: u64,
    items: Vec<ActionShown>,
}

/// An action.
#[derive(Serialize, ToSchema)]
pub struct ActionShown {
    action: ActionId,
    /// The task it is about.
    task: Option<TaskId>,
    /// The title in the workflow file; built-in actions have none.
    title: Option<Text>,
    builtin: bool,
    possible: bool,
    /// Where to post it.
    href: String,
    /// JSON Schema of the body.
    #[schema(value_type = Object)]
    schema: Json,
    /// Why not: code, sentence, who could.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    why_not: Vec<Json>,
}

fn title_of(action: &ActionId, definition: &Definition) -> Option<Text> {
    definition
        .states
        .values()
        .flat_map(|state| state.actions.values())
        .chain(definition.anytime.values())
        .chain(definition.after_close.values())
        .find(|known| known.id == *action)
        .map(|known| known.title.clone())
}

fn href(number: &str, action: &ActionId, task: Option<TaskId>) -> String {
    match task {
        Some(task) => format!("/api/v1/tickets/{number}/tasks/{task}/actions/{action}"),
        None => format!("/api/v1/tickets/{number}/actions/{action}"),
    }
}

/// What you may do to the ticket now, each with the form of its body.
#[utoipa::path(get, path = "/api/v1/tickets/{number}/actions", tag = "actions",
    params(("number" = String, Path), ActionsQuery),
    security(("token" = ["tickets:read"])), responses((status = 200, body = ActionList)))]
pub async fn possible(
    request: actix_web::HttpRequest,
    state: Data<State>,
    who: Allowed<ReadTickets>,
    number: Path<String>,
    query: Query<ActionsQuery>,
) -> Result<HttpResponse, Problem> {
    let why_not = query.0.why_not.unwrap_or(false);
    let (view, found) = state.desk.possible(&who.principal, &number, why_not).await?;
    let language = crate::web::guard::language_of(&request);
    let shown = |possible: &Possible| ActionShown {
        action: possible.action.clone(),
        task: possible.task,
        title: title_of(&possible.action, &view.definition).filter(|_| !possible.builtin),
        builtin: possible.builtin,
        possible: possible.is_possible(),
        href: href(&view.ticket.number, &possible.action, possible.task),
        schema: form::schema(possible, &view.definition),
        why_not: possible
            .refusal
            .iter()
            .flat_map(|refusal| &refusal.objections)
            .map(desk_problem::objection)
            .chain(possible.lacks.as_ref().map(scope_fault))
            .map(|fault| fault.write(language))
            .collect(),
    };
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, tag(view.ticket.revision)))
        .json(ActionList {
            revision: view.ticket.revision,
            items: found.iter().map(shown).collect(),
        }))
}

/// Does an action of the workflow, or a built-in one.
#[utoipa::path(post, path = "/api/v1/tickets/{number}/actions/{action}", tag = "actions",
    params(("number" = String, Path), ("action" = String, Path), DryRun), request_body = ActionBody,
    security(("token" = ["tickets:act"]), ("token" = ["tickets:act:ACTION"])), responses((status = 200, body = CommandDone)))]
pub async fn act(
    state: Data<State>,
    who: Allowed<DoAction>,
    path: Path<(String, String)>,
    asked: Asked,
    body: Body<ActionBody>,
) -> Result<HttpResponse, Problem> {
    let (number, action) = path.into_inner();
    let act = command(number, None, action, asked.seen, body.value);
    perform(&state, who.principal, &asked, &body.bytes, act).await
}

/// Does an action on one task: sign, reply, ask_return, …
#[utoipa::path(post, path = "/api/v1/tickets/{number}/tasks/{task}/actions/{action}", tag = "actions",
    params(("number" = String, Path), ("task" = u32, Path), ("action" = String, Path), DryRun),
    request_body = ActionBody,
    security(("token" = ["tickets:act"]), ("token" = ["tickets:act:ACTION"])), responses((status = 200, body = CommandDone)))]
pub async fn act_on_task(
    state: Data<State>,
    who: Allowed<DoAction>,
    path: Path<(String, TaskId, String)>,
    asked: Asked,
    body: Body<ActionBody>,
) -> Result<HttpResponse, Problem> {
    let (number, task, action) = path.into_inner();
    let act = command(number, Some(task), action, asked.seen, body.value);
    perform(&state, who.principal, &asked, &body.bytes, act).await
}

/// The desk's order out of a body: from the API and from a page alike.
pub fn command(number: String, task: Option<TaskId>, action: String, seen: Seen, body: ActionBody) -> Act {
    let texts: BTreeMap<Arc<str>, String> = [
        ("reason", body.reason),
        ("basis", body.basis),
        ("note", body.note),
        ("evidence", body.evidence),
        ("source", body.source),
    ]
    .into_iter()
    .filter_map(|(name, text)| Some((Arc::from(name), text?)))
    .collect();
    let members = [
        ("to", body.to.map(|to| json!(to))),
        ("ticket", body.ticket.map(|ticket| json!(ticket.0))),
        ("kind", body.kind.map(|kind| json!(kind))),
        ("field", body.field.map(|field| json!(field))),
        ("on", body.on.map(|on| json!(on))),
        ("public", body.public.map(|public| json!(public))),
        (
            "files",
            body.files.map(|files| files.into_iter().map(|id| id.0).collect()),
        ),
        ("attachment", body.attachment.map(|attachment| json!(attachment))),
    ];
    let with: With = members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    Act {
        number,
        task,
        action: ActionId::new(action),
        values: body.values,
        texts,
        with,
        on_behalf_of: body.on_behalf_of,
        seen,
    }
}

/// Asks the desk; a refusal says what would be possible instead.
pub async fn perform(
    state: &State,
    principal: Principal,
    asked: &Asked,
    body: &[u8],
    act: Act,
) -> Result<HttpResponse, Problem> {
    let answer = Answer {
        status: StatusCode::OK,
        reveals: act
            .with
            .get("field")
            .and_then(Json::as_str)
            .filter(|_| act.action == *"reveal")
            .map(FieldId::from),
    };
    let number = act.number.clone();
    let request = answer.request(principal.clone(), &asked.key, body, &asked.dry_run);
    match state.desk.act(request, act).await {
        Ok(answered) => Ok(answer.send(&answered)),
        Err(DeskError::Refused(refusal)) => {
            let problem = desk_problem::refused(&refusal);
            Err(instead(state, &principal, &number, problem).await)
        }
        Err(error) => Err(error.into()),
    }
}

/// Adds the actions that are possible to a refusal.
async fn instead(state: &State, principal: &Principal, number: &str, problem: Problem) -> Problem {
    let Ok((_, possible)) = state.desk.possible(principal, number, false).await else {
        return problem;
    };
    let allowed: Vec<Json> = possible
        .iter()
        .map(|possible| json!({"action": possible.action, "task": possible.task}))
        .collect();
    problem.member("allowed_actions", Json::Array(allowed))
}
