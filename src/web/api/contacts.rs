//! Contacts: reported by the telephone system or an agent; hang-up and recording may come later (R1, R5).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::tickets::ContactIn;
use crate::desk::contacts::ContactView;
use crate::desk::open::ContactReport;
use crate::request;
use crate::ticket::model::Channel;
use crate::web::auth::{ActOnTickets, Allowed, ReadTickets};
use crate::web::body::Body;
use crate::web::command::once;
use crate::web::decode::Line;
use crate::web::idempotency::Key;
use crate::web::problem::Problem;
use crate::web::show::Time;
use crate::web::state::State;
use crate::workflow::id::PersonId;
use crate::workflow::moment::Moment;

request! {
    /// A hang-up.
    pub struct HangUp {
        /// When the contact ended; now when it is left out.
        ended_at: Option<Moment>,
        /// Reference of the recording.
        recording: Option<Line>,
    }
}

/// A contact. The caller's number is never shown here.
#[derive(Serialize, ToSchema)]
pub struct ContactOut {
    id: String,
    channel: Channel,
    started_at: Option<Time>,
    ended_at: Option<Time>,
    recording: Option<String>,
    /// Number of its ticket.
    ticket: Option<String>,
    agent: Option<PersonId>,
    reported_at: Time,
}

impl From<ContactView> for ContactOut {
    fn from(view: ContactView) -> Self {
        Self {
            id: view.id,
            channel: view.channel,
            started_at: view.started_at.map(Time),
            ended_at: view.ended_at.map(Time),
            recording: view.recording,
            ticket: view.ticket,
            agent: view.agent,
            reported_at: Time(view.reported_at),
        }
    }
}

/// Reports a contact, or completes one that is known: the same id again has no second effect.
#[utoipa::path(post, path = "/api/v1/contacts", tag = "contacts", request_body = ContactIn,
    security(("token" = ["tickets:act"])), responses((status = 200, body = ContactOut)))]
pub async fn report(
    state: Data<State>,
    who: Allowed<ActOnTickets>,
    key: Key,
    body: Body<ContactIn>,
) -> Result<HttpResponse, Problem> {
    let mut report = body.value.into_report();
    report.id = report.id.or_else(|| key.made_id(who.principal.person.as_str()));
    let act = async {
        let contact = state.desk.report_contact(&who.principal, report).await?;
        Ok(ContactOut::from(contact))
    };
    once(&state, &who.principal, &key, &body.bytes, StatusCode::OK, None, act).await
}

/// One contact.
#[utoipa::path(get, path = "/api/v1/contacts/{id}", tag = "contacts", params(("id" = String, Path)),
    security(("token" = ["tickets:read"])), responses((status = 200, body = ContactOut)))]
pub async fn one(state: Data<State>, who: Allowed<ReadTickets>, id: Path<String>) -> Result<HttpResponse, Problem> {
    let contact = state.desk.contact(&who.principal, &id).await?;
    Ok(HttpResponse::Ok().json(ContactOut::from(contact)))
}

/// Reports the hang-up of a contact: clocks that count from it begin there.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/hang-up", tag = "contacts", params(("id" = String, Path)),
    request_body = HangUp,
    security(("token" = ["tickets:act"])), responses((status = 200, body = ContactOut)))]
pub async fn hang_up(
    state: Data<State>,
    who: Allowed<ActOnTickets>,
    id: Path<String>,
    key: Key,
    body: Body<HangUp>,
) -> Result<HttpResponse, Problem> {
    let Body { value, bytes } = body;
    let act = hung_up(&state, &who, &id, value);
    once(&state, &who.principal, &key, &bytes, StatusCode::OK, None, act).await
}

async fn hung_up(state: &State, who: &Allowed<ActOnTickets>, id: &str, body: HangUp) -> Result<ContactOut, Problem> {
    let known = state.desk.contact(&who.principal, id).await?;
    let report = ContactReport {
        id: Some(known.id),
        channel: Some(known.channel),
        caller_number: None,
        started_at: known.started_at,
        ended_at: Some(body.ended_at.unwrap_or_else(|| state.desk.clock().now())),
        recording: body.recording.map(|recording| recording.0),
    };
    let contact = state.desk.report_contact(&who.principal, report).await?;
    Ok(ContactOut::from(contact))
}
