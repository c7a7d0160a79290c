//! From a request over HTTP to a command for the desk, and from what it led to back to an answer.

use std::future::Future;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, LOCATION};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use crate::desk::act::Seen;
use crate::desk::once::{OnceAnswer, OnceKey};
use crate::desk::{Answered, Done, Idempotency, Principal, Request};
use crate::query;
use crate::ticket::json::show;
use crate::workflow::id::FieldId;

use super::idempotency::Key;
use super::problem::{Code, Problem};
use super::query::Query;
use super::revision::{IfMatch, tag};
use super::show::{self, EventShown, TicketView};
use super::state::State;

query! {
    /// What every command takes.
    pub struct DryRun {
        /// Decide and answer, save nothing.
        dry_run: Option<bool>,
    }
}

/// What every command of a ticket takes beside its body: the revision that was seen, the key, whether to rehearse.
pub struct Asked {
    pub seen: Seen,
    pub key: Key,
    pub dry_run: DryRun,
}

impl FromRequest for Asked {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            Ok(Self {
                seen: IfMatch::extract(&request).await?.0,
                key: Key::extract(&request).await?,
                dry_run: Query::<DryRun>::extract(&request).await?.0,
            })
        })
    }
}

/// What a command led to.
#[derive(Serialize, ToSchema)]
pub struct CommandDone {
    /// True when nothing was saved.
    pub dry_run: bool,
    pub ticket: TicketView,
    /// Everything that happened, clocks that came due before included.
    pub events: Vec<EventShown>,
    /// The value that `reveal` shows, this once: not in a rehearsal, and not to a repeat under the same key.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub revealed: Map<String, Json>,
}

/// Whether an answer is the first one or one to a repeat.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Once,
    Again,
}

/// How the answer to a command is made.
#[derive(Clone)]
pub struct Answer {
    pub status: StatusCode,
    /// The field that was to be revealed.
    pub reveals: Option<FieldId>,
}

impl Answer {
    fn body(&self, done: &Done, shown: Shown) -> CommandDone {
        let revealed = self
            .reveals
            .as_ref()
            .filter(|_| shown == Shown::Once && !done.dry_run)
            .and_then(|field| Some((field.to_string(), show(done.ticket.fields.get(field)?))))
            .into_iter()
            .collect();
        let sight = done.sight;
        CommandDone {
            dry_run: done.dry_run,
            ticket: show::done(done),
            events: done
                .events
                .iter()
                .map(|event| show::event_of(event, show::values(&done.definition, &event.values, sight), sight))
                .collect(),
            revealed,
        }
    }

    /// The desk's request: who, the key with how the answer is kept, whether it is a rehearsal.
    pub fn request(&self, principal: Principal, key: &Key, body: &[u8], dry_run: &DryRun) -> Request {
        let idempotency = key.key.clone().map(|name| Idempotency {
            key: name,
            request: key.fingerprint(body),
        });
        Request {
            principal,
            idempotency,
            dry_run: dry_run.dry_run.unwrap_or(false),
        }
    }

    /// The answer over HTTP; that of a repeated request is the first one again, without what was revealed: a reveal
    /// shows a value once, and the next one is recorded like the first (R10).
    pub fn send(&self, answered: &Answered) -> HttpResponse {
        let (done, shown) = match answered {
            Answered::Done(done) => (done, Shown::Once),
            Answered::Repeated(done) => (done, Shown::Again),
        };
        let status = if done.dry_run { StatusCode::OK } else { self.status };
        let mut answer = HttpResponse::build(status);
        answer.insert_header((ETAG, tag(done.ticket.revision)));
        if status == StatusCode::CREATED {
            answer.insert_header((LOCATION, format!("/api/v1/tickets/{}", done.ticket.number)));
        }
        answer.json(self.body(done, shown))
    }
}

/// A command that is not about a ticket, done once under its key. `secret` names a member that is shown but not kept.
pub async fn once<T: Serialize>(
    state: &State,
    principal: &Principal,
    key: &Key,
    body: &[u8],
    status: StatusCode,
    secret: Option<&str>,
    act: impl Future<Output = Result<T, Problem>>,
) -> Result<HttpResponse, Problem> {
    let once_key = key.key.clone().map(|name| OnceKey {
        key: name,
        request: key.fingerprint(body),
    });
    let kept = state
        .desk
        .once(principal, once_key, async {
            let done = serde_json::to_value(act.await?).map_err(|_| Problem::new(Code::Internal))?;
            let mut to_keep = done.clone();
            if let (Some(name), Some(members)) = (secret, to_keep.as_object_mut()) {
                members.remove(name);
            }
            let kept = |body: &Json| OnceAnswer {
                status: status.as_u16(),
                body: body.to_string(),
            };
            Ok::<_, Problem>((kept(&done), kept(&to_keep)))
        })
        .await?;
    let status = StatusCode::from_u16(kept.status).unwrap_or(status);
    Ok(HttpResponse::build(status)
        .content_type("application/json")
        .body(kept.body))
}
