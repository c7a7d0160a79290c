//! Mails that were put aside: which, why, and sending them again.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::deliveries::Dead;
use crate::web::auth::{Allowed, ManageMail};
use crate::web::body::Body;
use crate::web::command::once;
use crate::web::decode::Line;
use crate::web::idempotency::Key;
use crate::web::problem::Problem;
use crate::web::query::Query;
use crate::web::show::Time;
use crate::web::state::State;
use crate::workflow::id::PersonId;
use crate::{query, request};

query! {
    /// Which page of mails.
    pub struct DeadQuery {
        /// `next` of the page before.
        cursor: Option<i64>,
        /// Mails of a page (50, at most 200).
        limit: Option<u32>,
    }
}

request! {
    /// Sending a mail again.
    pub struct ResendIn {
        /// What was mended; it stands in the record.
        reason: Option<Line>,
    }
}

/// A page of mails that were put aside, the newest first.
#[derive(Serialize, ToSchema)]
pub struct DeadPage {
    items: Vec<DeadLetter>,
    /// Send it back as `cursor` for the next page; null at the end.
    next: Option<i64>,
}

/// A mail. What it says is worded at sending; it is not here.
#[derive(Serialize, ToSchema)]
pub struct DeadLetter {
    key: String,
    /// `dead`: put aside. After it was sent again: `pending`, `sent`, `superseded` (somebody else is meant now).
    state: String,
    /// `mail`, or a channel of the settings.
    channel: String,
    /// Number of the ticket it tells of; null of a digest, which stands for several messages.
    ticket: Option<String>,
    /// For how many messages or steps of a clock it stands.
    stands_for: u32,
    /// The event it tells of; 0 of a digest.
    seq: u64,
    /// For whom it was.
    person: PersonId,
    /// The message of the workflow file; null for what is built in.
    message: Option<String>,
    /// Why it did not go: what the mail server said, or that the person has no address.
    reason: String,
    /// How often it was tried.
    attempts: u32,
    created_at: Time,
    /// When it is tried next, where it is pending.
    due_at: Option<Time>,
}

impl From<Dead> for DeadLetter {
    fn from(dead: Dead) -> Self {
        Self {
            due_at: (dead.state == "pending").then_some(Time(dead.due_at)),
            key: dead.key,
            state: dead.state,
            channel: dead.channel,
            ticket: dead.number,
            stands_for: dead.stands_for,
            seq: dead.seq,
            person: PersonId::new(dead.person),
            message: dead.message,
            reason: dead.reason,
            attempts: dead.attempts,
            created_at: Time(dead.created_at),
        }
    }
}

/// Mails that were put aside, the newest first: for administrators and managers.
#[utoipa::path(get, path = "/api/v1/dead-letters", tag = "mail", params(DeadQuery),
    security(("token" = ["mail:manage"])), responses((status = 200, body = DeadPage)))]
pub async fn list(
    state: Data<State>,
    who: Allowed<ManageMail>,
    query: Query<DeadQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let found = state
        .desk
        .dead_letters(&who.principal, query.0.cursor, limit.saturating_add(1))
        .await?;
    let (found, more) = super::cut(found, limit);
    let next = found.last().map(|last| last.id).filter(|_| more);
    let items = found.into_iter().map(DeadLetter::from).collect();
    Ok(HttpResponse::Ok().json(DeadPage { items, next }))
}

/// One mail, also after it was sent again.
#[utoipa::path(get, path = "/api/v1/dead-letters/{key}", tag = "mail", params(("key" = String, Path)),
    security(("token" = ["mail:manage"])), responses((status = 200, body = DeadLetter)))]
pub async fn one(state: Data<State>, who: Allowed<ManageMail>, key: Path<String>) -> Result<HttpResponse, Problem> {
    let found = state.desk.dead_letter(&who.principal, &key).await?;
    Ok(HttpResponse::Ok().json(DeadLetter::from(found)))
}

/// Tries a mail again that was put aside, with people and words of now; who did it and why stands in the record.
#[utoipa::path(post, path = "/api/v1/dead-letters/{key}/resend", tag = "mail", params(("key" = String, Path)),
    request_body = ResendIn,
    security(("token" = ["mail:manage"])), responses((status = 200, body = DeadLetter)))]
pub async fn resend(
    state: Data<State>,
    who: Allowed<ManageMail>,
    letter: Path<String>,
    key: Key,
    body: Body<ResendIn>,
) -> Result<HttpResponse, Problem> {
    let Body { value, bytes } = body;
    let act = async {
        let reason = value.reason.map(|reason| reason.0);
        let sent = state.desk.resend(&who.principal, &letter, reason).await?;
        Ok(DeadLetter::from(sent))
    };
    once(&state, &who.principal, &key, &bytes, StatusCode::OK, None, act).await
}
