//! Links between tickets and merging: shorthands for the built-in actions `link`, `unlink`, `merge`, `unmerge`.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use serde_json::{Map, json};
use utoipa::ToSchema;

use super::actions::perform;
use crate::desk::act::Act;
use crate::desk::links::Linked;
use crate::ticket::model::LinkKind;
use crate::web::auth::{Allowed, Link, Merge, ReadTickets, Unlink};
use crate::web::body::Body;
use crate::web::command::{Asked, CommandDone, DryRun};
use crate::web::decode::Line;
use crate::web::problem::Problem;
use crate::web::query::Query;
use crate::web::state::State;
use crate::workflow::id::{ActionId, OutcomeId, StateId, WorkflowId};
use crate::{query, request};

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

/// A page of links.
#[derive(Serialize, ToSchema)]
pub struct LinkList {
    items: Vec<LinkOut>,
    /// Send it back as `cursor` for the next page; null at the end.
    next: Option<String>,
}

/// A link, from this ticket's side.
#[derive(Serialize, ToSchema)]
pub struct LinkOut {
    kind: LinkKind,
    /// The other ticket's id, as events name it.
    #[schema(value_type = String)]
    to: String,
    /// The other ticket's number.
    number: Option<String>,
    /// What the other ticket is; null when you may not see it.
    other: Option<OtherOut>,
}

/// The other ticket.
#[derive(Serialize, ToSchema)]
pub struct OtherOut {
    workflow: WorkflowId,
    subject: String,
    state: StateId,
    outcome: Option<OutcomeId>,
    open: bool,
}

impl From<Linked> for LinkOut {
    fn from(linked: Linked) -> Self {
        Self {
            kind: linked.kind,
            to: linked.id.to_string(),
            number: linked.number,
            other: linked.other.map(|other| OtherOut {
                workflow: other.workflow,
                subject: other.subject,
                state: other.state,
                outcome: other.outcome,
                open: other.open,
            }),
        }
    }
}

query! {
    /// Which page of links.
    pub struct LinksQuery {
        /// `next` of the page before.
        cursor: Option<String>,
        /// Links of a page (50, at most 200); those to one ticket stay together.
        limit: Option<u32>,
    }
}

impl LinkIn {
    fn act(self, number: &str, action: &str, asked: &Asked) -> Act {
        let mut act = plain(number, action, asked);
        act.with.insert("ticket".into(), json!(self.ticket.0));
        act.with.insert("kind".into(), json!(self.kind));
        act
    }
}

impl MergeIn {
    fn act(self, number: &str, asked: &Asked) -> Act {
        let mut act = plain(number, "merge", asked);
        act.with.insert("ticket".into(), json!(self.into.0));
        if let Some(reason) = self.reason {
            act.texts.insert("reason".into(), reason);
        }
        act
    }
}

fn plain(number: &str, action: &str, asked: &Asked) -> Act {
    Act {
        number: number.to_owned(),
        task: None,
        action: ActionId::from(action),
        values: Map::new(),
        texts: std::collections::BTreeMap::new(),
        with: Map::new(),
        on_behalf_of: None,
        seen: asked.seen,
    }
}

/// The links of a ticket: to which, of which kind, and what the other one is where you may see it.
#[utoipa::path(get, path = "/api/v1/tickets/{number}/links", tag = "links",
    params(("number" = String, Path), LinksQuery),
    security(("token" = ["tickets:read"])), responses((status = 200, body = LinkList)))]
pub async fn list(
    state: Data<State>,
    who: Allowed<ReadTickets>,
    number: Path<String>,
    query: Query<LinksQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let page = state
        .desk
        .links(&who.principal, &number, query.0.cursor.as_deref(), limit)
        .await?;
    Ok(HttpResponse::Ok().json(LinkList {
        items: page.items.into_iter().map(LinkOut::from).collect(),
        next: page.next,
    }))
}

/// Links two tickets; the link stands on both.
#[utoipa::path(post, path = "/api/v1/tickets/{number}/links", tag = "links",
    params(("number" = String, Path), DryRun), request_body = LinkIn,
    security(("token" = ["tickets:act"]), ("token" = ["tickets:act:link"])),
    responses((status = 200, body = CommandDone)))]
pub async fn link(
    state: Data<State>,
    who: Allowed<Link>,
    number: Path<String>,
    asked: Asked,
    body: Body<LinkIn>,
) -> Result<HttpResponse, Problem> {
    let act = body.value.act(&number, "link", &asked);
    perform(&state, who.principal, &asked, &body.bytes, act).await
}

/// Undoes a link, on both.
#[utoipa::path(post, path = "/api/v1/tickets/{number}/links/undo", tag = "links",
    params(("number" = String, Path), DryRun), request_body = LinkIn,
    security(("token" = ["tickets:act"]), ("token" = ["tickets:act:unlink"])),
    responses((status = 200, body = CommandDone)))]
pub async fn unlink(
    state: Data<State>,
    who: Allowed<Unlink>,
    number: Path<String>,
    asked: Asked,
    body: Body<LinkIn>,
) -> Result<HttpResponse, Problem> {
    let act = body.value.act(&number, "unlink", &asked);
    perform(&state, who.principal, &asked, &body.bytes, act).await
}

/// Merges this ticket into another: this one is closed as a duplicate. `unmerge` among the actions undoes it.
#[utoipa::path(post, path = "/api/v1/tickets/{number}/merge", tag = "links",
    params(("number" = String, Path), DryRun), request_body = MergeIn,
    security(("token" = ["tickets:act"]), ("token" = ["tickets:act:merge"])),
    responses((status = 200, body = CommandDone)))]
pub async fn merge(
    state: Data<State>,
    who: Allowed<Merge>,
    number: Path<String>,
    asked: Asked,
    body: Body<MergeIn>,
) -> Result<HttpResponse, Problem> {
    let act = body.value.act(&number, &asked);
    perform(&state, who.principal, &asked, &body.bytes, act).await
}
