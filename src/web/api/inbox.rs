//! The inbox of whoever asks: what they were told, how much of it is unread, marking it as read.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::inbox::{Content, Entry, Unread, Which};
use crate::notify::letter::Kind;
use crate::texts::Language;
use crate::web::auth::{Allowed, ReadTickets};
use crate::web::body::Body;
use crate::web::command::once;
use crate::web::idempotency::Key;
use crate::web::problem::Problem;
use crate::web::query::Query;
use crate::web::show::Time;
use crate::web::state::State;
use crate::{query, request};

query! {
    /// Which page of the inbox.
    pub struct InboxQuery {
        /// Only what was not read yet.
        unread: Option<bool>,
        /// `next` of the page before.
        cursor: Option<i64>,
        /// Entries of a page (50, at most 200).
        limit: Option<u32>,
    }
}

request! {
    /// Marking everything as read that was seen.
    pub struct ReadAllIn {
        /// `id` of the newest entry that was seen: what came after it stays unread.
        up_to: i64,
    }
}

/// A page of the inbox, the newest first.
#[derive(Serialize, ToSchema)]
pub struct InboxPage {
    items: Vec<InboxEntry>,
    /// Send it back as `cursor` for the next page; null at the end.
    next: Option<i64>,
}

/// Something the reader was told.
#[derive(Serialize, ToSchema)]
pub struct InboxEntry {
    id: i64,
    /// Number of the ticket; null for what is told of none.
    ticket: Option<String>,
    /// `clock`: a step of a clock's ladder · `told`: an action · `refused`: an automatic action that was refused ·
    /// `chased`: the caller rang again · `calendar`: a calendar lacks a year (to administrators, of no ticket).
    #[schema(value_type = String)]
    kind: Kind,
    at: Time,
    /// Null: not read yet.
    read_at: Option<Time>,
    /// Null where the reader may not see the ticket any more.
    content: Option<InboxContent>,
}

/// What an entry says, in the language of `Accept-Language`, else of the person. Nothing private.
#[derive(Serialize, ToSchema)]
pub struct InboxContent {
    subject: String,
    workflow: String,
    /// Title of the state the ticket is in now, or of its outcome.
    state: String,
    closed: bool,
    urgent: bool,
    /// The workflow's own sentence; empty where there is none.
    sentence: String,
    /// The clock it is about; null where there is none.
    clock: Option<InboxClock>,
    /// Title of the action that told or was refused; empty for a clock.
    action: String,
    /// Who did it; empty for a clock.
    actor: String,
    /// Why a clock's action was refused.
    refusal: String,
    /// `acknowledge` would end the reminders.
    acknowledge: bool,
}

/// A clock, in words, as it stood when the reader was told.
#[derive(Serialize, ToSchema)]
pub struct InboxClock {
    title: String,
    /// When it is due, in the centre's zone.
    due: String,
    late: bool,
    /// How late, or how much was left.
    span: String,
}

/// How much is unread.
#[derive(Serialize, ToSchema)]
pub struct UnreadCount {
    unread: u64,
    /// There are at least so many.
    at_least: bool,
}

impl From<Unread> for UnreadCount {
    fn from(unread: Unread) -> Self {
        Self {
            unread: unread.count,
            at_least: unread.at_least,
        }
    }
}

impl From<Entry> for InboxEntry {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            ticket: entry.number,
            kind: entry.kind,
            at: Time(entry.at),
            read_at: entry.read_at.map(Time),
            content: entry.content.map(InboxContent::from),
        }
    }
}

impl From<Content> for InboxContent {
    fn from(content: Content) -> Self {
        let clock = content.clock;
        Self {
            subject: content.subject,
            workflow: content.workflow,
            state: content.state,
            closed: content.closed,
            urgent: content.urgent,
            sentence: content.sentence,
            clock: clock.named.then_some(InboxClock {
                title: clock.title,
                due: clock.due,
                late: clock.late,
                span: clock.span,
            }),
            action: content.action,
            actor: content.actor,
            refusal: content.refusal,
            acknowledge: content.acknowledge,
        }
    }
}

/// What the person behind the token was told, the newest first. It is here whatever becomes of mails.
#[utoipa::path(get, path = "/api/v1/inbox", tag = "inbox", params(InboxQuery),
    security(("token" = ["tickets:read"])), responses((status = 200, body = InboxPage)))]
pub async fn list(
    state: Data<State>,
    who: Allowed<ReadTickets>,
    query: Query<InboxQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let which = Which {
        unread_only: query.0.unread.unwrap_or(false),
        before: query.0.cursor,
    };
    let page = state.desk.inbox(&who.principal, which, limit, asked(&request)).await?;
    let items = page.entries.into_iter().map(InboxEntry::from).collect();
    Ok(HttpResponse::Ok().json(InboxPage { items, next: page.next }))
}

/// How many entries are unread, counted up to 1000.
#[utoipa::path(get, path = "/api/v1/inbox/unread", tag = "inbox",
    security(("token" = ["tickets:read"])), responses((status = 200, body = UnreadCount)))]
pub async fn unread(state: Data<State>, who: Allowed<ReadTickets>) -> Result<HttpResponse, Problem> {
    let unread = state.desk.unread(&who.principal).await?;
    Ok(HttpResponse::Ok().json(UnreadCount::from(unread)))
}

/// Marks an entry as read. Reading is not acknowledging: that is an action of the ticket.
#[utoipa::path(post, path = "/api/v1/inbox/{id}/read", tag = "inbox", params(("id" = i64, Path)),
    security(("token" = ["tickets:read"])), responses((status = 200, body = UnreadCount)))]
pub async fn read(
    state: Data<State>,
    who: Allowed<ReadTickets>,
    id: Path<String>,
    key: Key,
) -> Result<HttpResponse, Problem> {
    let id: i64 = super::id(&id)?;
    let act = async { Ok(UnreadCount::from(state.desk.mark_read(&who.principal, id).await?)) };
    once(&state, &who.principal, &key, &[], StatusCode::OK, None, act).await
}

/// Marks everything up to an entry as read; what came meanwhile stays unread.
#[utoipa::path(post, path = "/api/v1/inbox/read-all", tag = "inbox", request_body = ReadAllIn,
    security(("token" = ["tickets:read"])), responses((status = 200, body = UnreadCount)))]
pub async fn read_all(
    state: Data<State>,
    who: Allowed<ReadTickets>,
    key: Key,
    body: Body<ReadAllIn>,
) -> Result<HttpResponse, Problem> {
    let Body { value, bytes } = body;
    let act = async {
        let unread = state.desk.mark_read_to(&who.principal, value.up_to).await?;
        Ok(UnreadCount::from(unread))
    };
    once(&state, &who.principal, &key, &bytes, StatusCode::OK, None, act).await
}

/// The language that was asked for, if any was.
fn asked(request: &HttpRequest) -> Option<Language> {
    let header = request.headers().get(actix_web::http::header::ACCEPT_LANGUAGE)?;
    Language::from_accept(header.to_str().ok()?)
}
