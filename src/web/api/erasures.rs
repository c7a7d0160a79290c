//! Erasing personal data: of a ticket, of a contact, of everybody who called from a number.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::erase::{Erased, Erasure, Fate, Whose};
use crate::request;
use crate::web::auth::{Allowed, Erase};
use crate::web::body::Body;
use crate::web::command::{DryRun, once};
use crate::web::decode::Line;
use crate::web::idempotency::Key;
use crate::web::problem::{Fault, Place, Problem};
use crate::web::query::Query;
use crate::web::state::State;

request! {
    /// Whose data is to be erased: exactly one of `ticket`, `contact`, `phone`.
    pub struct ErasureIn {
        /// A ticket's number; its contact goes with it.
        ticket: Option<Line>,
        /// A contact's id; its ticket goes with it.
        contact: Option<Line>,
        /// A telephone number: all tickets and contacts of whoever called from it.
        phone: Option<Line>,
        /// Why. It stays in the record: name nobody in it.
        reason: Line,
    }
}

/// What was erased.
#[derive(Serialize, ToSchema)]
pub struct ErasureOut {
    /// True when nothing was erased, only looked.
    dry_run: bool,
    items: Vec<ErasedTicket>,
    /// Contacts without a ticket.
    contacts: usize,
    /// There may be more than one call erases: call again.
    more: bool,
}

/// What became of a ticket.
#[derive(Serialize, ToSchema)]
pub struct ErasedTicket {
    ticket: String,
    /// `erased`; `empty`: nothing was left to erase; `open`: close it first.
    status: &'static str,
}

impl ErasureOut {
    fn new(erased: Erased, dry_run: bool) -> Self {
        let status = |fate| match fate {
            Fate::Erased => "erased",
            Fate::Empty => "empty",
            Fate::Open => "open",
        };
        Self {
            dry_run,
            contacts: erased.contacts,
            more: erased.more,
            items: erased
                .tickets
                .into_iter()
                .map(|(ticket, fate)| ErasedTicket {
                    ticket,
                    status: status(fate),
                })
                .collect(),
        }
    }
}

/// Erases personal data, for ever: free texts, telephone numbers, recordings' references. States, times
/// and who did what stay, and the chain of events still verifies. An event of the ticket and a line of the record say
/// who erased and why. Only closed tickets; at most 200 at a time. With `dry_run=true` it only says what would go.
#[utoipa::path(post, path = "/api/v1/erasures", tag = "record", params(DryRun), request_body = ErasureIn,
    security(("token" = ["record:erase"])), responses((status = 200, body = ErasureOut)))]
pub async fn erase(
    state: Data<State>,
    who: Allowed<Erase>,
    query: Query<DryRun>,
    key: Key,
    body: Body<ErasureIn>,
) -> Result<HttpResponse, Problem> {
    let Body { value, bytes } = body;
    let dry_run = query.0.dry_run.unwrap_or(false);
    let erasure = Erasure {
        whose: whose(value.ticket, value.contact, value.phone)?,
        reason: value.reason.0,
        dry_run,
    };
    let act = async {
        let erased = state.desk.erase(&who.principal, erasure).await?;
        Ok(ErasureOut::new(erased, dry_run))
    };
    once(&state, &who.principal, &key, &bytes, StatusCode::OK, None, act).await
}

/// Exactly one of the three.
fn whose(ticket: Option<Line>, contact: Option<Line>, phone: Option<Line>) -> Result<Whose, Problem> {
    match (ticket, contact, phone) {
        (Some(number), None, None) => Ok(Whose::Ticket(number.0)),
        (None, Some(id), None) => Ok(Whose::Contact(id.0)),
        (None, None, Some(number)) => Ok(Whose::Phone(number.0)),
        _ => {
            let fault = Fault::new(Place::Pointer(String::new()), "exactly_one");
            Err(Problem::invalid(vec![fault.with("accepted", "ticket, contact, phone")]))
        }
    }
}
