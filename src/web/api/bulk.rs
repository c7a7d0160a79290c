//! One action on several tickets, each for itself.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::Answered;
use crate::desk::act::Seen;
use crate::desk::bulk::{Bulk, Item, Outcome};
use crate::request;
use crate::texts::Language;
use crate::web::auth::{Allowed, DoAction};
use crate::web::body::Body;
use crate::web::command::DryRun;
use crate::web::decode::Line;
use crate::web::idempotency::Key;
use crate::web::problem::{Fault, Place, Problem};
use crate::web::query::Query;
use crate::web::state::State;

use super::actions::{ActionBody, command};

request! {
    /// Which tickets, and what the action carries.
    pub struct BulkBody {
        /// So many at most as `limits.bulk_items_max` of the settings says (200).
        tickets: Vec<BulkTicket>,
        /// What each of them is sent: as the body of `POST …/actions/{action}`.
        body: ActionBody,
    }

    /// One of the tickets.
    pub struct BulkTicket {
        number: Line,
        /// The revision that was seen: refused as stale when it has changed. Left out: as it stands.
        revision: Option<u64>,
    }
}

/// What became of each ticket, in the order in which they were named.
#[derive(Serialize, ToSchema)]
pub struct BulkDone {
    /// True when nothing was saved.
    dry_run: bool,
    done: usize,
    refused: usize,
    tickets: Vec<BulkOutcome>,
}

/// What became of one ticket.
#[derive(Serialize, ToSchema)]
pub struct BulkOutcome {
    number: String,
    done: bool,
    /// It was done before, under the same key.
    repeated: bool,
    /// Its revision now; null where nothing was done.
    revision: Option<u64>,
    /// Why not: a problem as every other; null where it was done.
    #[schema(value_type = Option<Object>)]
    problem: Option<Json>,
}

impl BulkOutcome {
    fn of(outcome: Outcome, language: Language) -> Self {
        let (repeated, done) = match outcome.result {
            Ok(Answered::Done(done)) => (false, Ok(done)),
            Ok(Answered::Repeated(done)) => (true, Ok(done)),
            Err(error) => (false, Err(Problem::from(error))),
        };
        Self {
            number: outcome.number,
            done: done.is_ok(),
            repeated,
            revision: done.as_ref().ok().map(|done| done.ticket.revision),
            problem: done.err().map(|problem| problem.write(language, "")),
        }
    }
}

/// Does one action to several tickets, one after the other. Each is decided for itself: a refusal of one is no refusal
/// of the others, and the answer says of each what became of it. On a task's action (sign, reply …) it is the first of
/// your tasks that allows it. Under an Idempotency-Key a repeat goes on where the first time ended and doubles nothing.
#[utoipa::path(post, path = "/api/v1/tickets/bulk/{action}", tag = "actions",
    params(("action" = String, Path), DryRun), request_body = BulkBody,
    security(("token" = ["tickets:act"]), ("token" = ["tickets:act:ACTION"])), responses((status = 200, body = BulkDone)))]
pub async fn act(
    request: actix_web::HttpRequest,
    state: Data<State>,
    who: Allowed<DoAction>,
    action: Path<String>,
    key: Key,
    dry_run: Query<DryRun>,
    body: Body<BulkBody>,
) -> Result<HttpResponse, Problem> {
    let BulkBody { tickets, body } = body.value;
    let most = state.config.limits.bulk_items_max;
    if tickets.is_empty() || tickets.len() > most {
        let fault = Fault::new(Place::Pointer("/tickets".to_owned()), "range");
        return Err(Problem::invalid(vec![
            fault.with("min", "1").with("max", most.to_string()),
        ]));
    }
    let act = command(String::new(), None, action.into_inner(), Seen::Any, body);
    let bulk = Bulk {
        action: act.action,
        tickets: tickets
            .into_iter()
            .map(|ticket| Item {
                number: ticket.number.0,
                revision: ticket.revision,
            })
            .collect(),
        values: act.values,
        texts: act.texts,
        with: act.with,
        on_behalf_of: act.on_behalf_of,
    };
    let key = key.key.unwrap_or_else(|| Uuid::new_v4().to_string());
    let dry_run = dry_run.0.dry_run.unwrap_or(false);
    let outcomes = state.desk.bulk(&who.principal, &key, dry_run, &bulk).await?;
    let language = crate::web::guard::language_of(&request);
    let tickets: Vec<BulkOutcome> = outcomes
        .into_iter()
        .map(|outcome| BulkOutcome::of(outcome, language))
        .collect();
    let done = tickets.iter().filter(|ticket| ticket.done).count();
    Ok(HttpResponse::Ok().json(BulkDone {
        dry_run,
        done,
        refused: tickets.len() - done,
        tickets,
    }))
}
