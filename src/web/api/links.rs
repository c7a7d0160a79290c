//! Links between tickets and merging: shorthands for the built-in actions `link`, `unlink`, `merge`, `unmerge`.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use serde_json::{Map, json};
use utoipa::ToSchema;

use super::actions::perform;
use crate::desk::act::{Act, Seen};
use crate::request;
use crate::ticket::model::LinkKind;
use crate::web::auth::{ActOnTickets, Allowed, ReadTickets};
use crate::web::body::Body;
use crate::web::command::{CommandDone, DryRun};
use crate::web::decode::Line;
use crate::web::idempotency::Key;
use crate::web::problem::Problem;
use crate::web::query::Query;
use crate::web::revision::IfMatch;
use crate::web::show::{self, LinkShown};
use crate::web::state::State;
use crate::workflow::id::ActionId;

request! {
    /// A link to make or to undo.
    pub struct LinkIn {
        /// The other ticket's number.
        ticket: Line,
        kind: LinkKind,
    }

    /// The ticket this one is a duplicate of.
    pub struct MergeIn {
        /// The other ticket's number; it takes this one up.
        into: Line,
        reason: Option<String>,
    }
}

/// The links of a ticket.
#[derive(Serialize, ToSchema)]
pub struct LinkList {
    items: Vec<LinkShown>,
}

fn act(number: String, action: &str, seen: Seen) -> Act {
    Act {
        number,
        task: None,
        action: ActionId::from(action),
        values: Map::new(),
        texts: std::collections::BTreeMap::new(),
        with: Map::new(),
        on_behalf_of: None,
        seen,
    }
}

/// The links of a ticket.
#[utoipa::path(get, path = "/api/v1/tickets/{number}/links", tag = "links", params(("number" = String, Path)),
    security(("token" = ["tickets:read"])), responses((status = 200, body = LinkList)))]
pub async fn list(
    state: Data<State>,
    who: Allowed<ReadTickets>,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let view = state.desk.read(&who.principal, &number).await?;
    Ok(HttpResponse::Ok().json(LinkList {
        items: show::ticket(&view).links,
    }))
}

/// Links two tickets; the link stands on both.
#[utoipa::path(post, path = "/api/v1/tickets/{number}/links", tag = "links",
    params(("number" = String, Path), DryRun), request_body = LinkIn,
    security(("token" = ["tickets:act"])), responses((status = 200, body = CommandDone)))]
pub async fn link(
    state: Data<State>,
    who: Allowed<ActOnTickets>,
    number: Path<String>,
    seen: IfMatch,
    key: Key,
    dry_run: Query<DryRun>,
    body: Body<LinkIn>,
) -> Result<HttpResponse, Problem> {
    let mut act = act(number.into_inner(), "link", seen.0);
    act.with.insert("ticket".into(), json!(body.value.ticket.0));
    act.with.insert("kind".into(), json!(body.value.kind));
    perform(&state, who.principal, &key, &body.bytes, &dry_run.0, act).await
}

/// Undoes a link, on both.
#[utoipa::path(post, path = "/api/v1/tickets/{number}/links/undo", tag = "links",
    params(("number" = String, Path), DryRun), request_body = LinkIn,
    security(("token" = ["tickets:act"])), responses((status = 200, body = CommandDone)))]
pub async fn unlink(
    state: Data<State>,
    who: Allowed<ActOnTickets>,
    number: Path<String>,
    seen: IfMatch,
    key: Key,
    dry_run: Query<DryRun>,
    body: Body<LinkIn>,
) -> Result<HttpResponse, Problem> {
    let mut act = act(number.into_inner(), "unlink", seen.0);
    act.with.insert("ticket".into(), json!(body.value.ticket.0));
    act.with.insert("kind".into(), json!(body.value.kind));
    perform(&state, who.principal, &key, &body.bytes, &dry_run.0, act).await
}

/// Merges this ticket into another: this one is closed as a duplicate. `unmerge` among the actions undoes it.
#[utoipa::path(post, path = "/api/v1/tickets/{number}/merge", tag = "links",
    params(("number" = String, Path), DryRun), request_body = MergeIn,
    security(("token" = ["tickets:act"])), responses((status = 200, body = CommandDone)))]
pub async fn merge(
    state: Data<State>,
    who: Allowed<ActOnTickets>,
    number: Path<String>,
    seen: IfMatch,
    key: Key,
    dry_run: Query<DryRun>,
    body: Body<MergeIn>,
) -> Result<HttpResponse, Problem> {
    let mut act = act(number.into_inner(), "merge", seen.0);
    act.with.insert("ticket".into(), json!(body.value.into.0));
    if let Some(reason) = body.value.reason {
        act.texts.insert("reason".into(), reason);
    }
    perform(&state, who.principal, &key, &body.bytes, &dry_run.0, act).await
}
