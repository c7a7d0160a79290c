//! How whoever asks wishes to be told, and what became of what was told about a ticket.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::outbox::{Choices, Delivery, Held, Wish};
use crate::texts::Language;
use crate::web::auth::{Allowed, ReadTickets};
use crate::web::body::Body;
use crate::web::problem::Problem;
use crate::web::query::Query;
use crate::web::show::Time;
use crate::web::state::State;
use crate::workflow::id::PersonId;
use crate::{query, request};

query! {
    /// Which page of deliveries.
    pub struct DeliveryQuery {
        /// `next` of the page before.
        cursor: Option<i64>,
        /// Deliveries of a page (50, at most 200).
        limit: Option<u32>,
    }
}

request! {
    /// How somebody wishes to be told.
    pub struct NotificationsIn {
        /// Channels to do without where nothing presses; `mail` and those of the answer. Left out: none.
        #[schema(required = false)]
        off: Option<Vec<String>>,
        /// Language of mails and messages; left out: that of the directory.
        #[schema(value_type = Option<String>)]
        language: Option<Language>,
    }
}

/// How somebody is told.
#[derive(Serialize, ToSchema)]
pub struct NotificationsOut {
    /// Mail, and the channels on which the person has an address. What presses (an urgent ticket, a clock that has run
    /// out, an automatic action that was refused) comes by all of them; the inbox has everything.
    channels: Vec<ChannelOut>,
    /// Null: that of the directory.
    #[schema(value_type = Option<String>)]
    language: Option<&'static str>,
}

/// A way to be told.
#[derive(Serialize, ToSchema)]
pub struct ChannelOut {
    channel: String,
    on: bool,
}

/// A page of deliveries, the newest first.
#[derive(Serialize, ToSchema)]
pub struct DeliveryPage {
    items: Vec<DeliveryOut>,
    /// Send it back as `cursor` for the next page; null at the end.
    next: Option<i64>,
}

/// Who was told, by which way, and what became of it.
#[derive(Serialize, ToSchema)]
pub struct DeliveryOut {
    key: String,
    /// `app` (the inbox), `mail`, or a channel of the settings.
    channel: String,
    person: PersonId,
    /// The event it tells of.
    seq: u64,
    /// `pending`, `sent`, `dead` (put aside), `superseded` (a later one stands for it, or somebody else is meant),
    /// `skipped` (the channel is not configured, or the reader wishes not to have it so).
    state: String,
    attempts: u32,
    /// For how many steps of a clock it stands.
    stands_for: u32,
    created_at: Time,
    /// When it is tried next, where it is pending.
    due_at: Option<Time>,
    sent_at: Option<Time>,
    /// When it was read in the inbox.
    read_at: Option<Time>,
    /// What was said last where it did not go at once, without addresses.
    reason: Option<String>,
    /// Why it waits on purpose, or waited: `digest` (its reader got many, it goes with others as one), `quiet` (quiet
    /// hours).
    held: Option<&'static str>,
    /// Key of the message with which it goes, or went, as one of several.
    digest: Option<String>,
}

impl From<Choices> for NotificationsOut {
    fn from(choices: Choices) -> Self {
        Self {
            channels: choices
                .channels
                .into_iter()
                .map(|choice| ChannelOut {
                    channel: choice.channel,
                    on: choice.on,
                })
                .collect(),
            language: choices.language.map(Language::tag),
        }
    }
}

impl From<Delivery> for DeliveryOut {
    fn from(delivery: Delivery) -> Self {
        Self {
            due_at: (delivery.state == "pending").then_some(Time(delivery.due_at)),
            key: delivery.key,
            channel: delivery.channel,
            person: PersonId::new(delivery.person),
            seq: delivery.seq,
            state: delivery.state,
            attempts: delivery.attempts,
            stands_for: delivery.stands_for,
            created_at: Time(delivery.created_at),
            sent_at: delivery.sent_at.map(Time),
            read_at: delivery.read_at.map(Time),
            reason: delivery.reason,
            held: delivery.held.map(Held::as_str),
            digest: delivery.digest,
        }
    }
}

/// How the person behind the token is told.
#[utoipa::path(get, path = "/api/v1/me/notifications", tag = "inbox", security(("token" = ["tickets:read"])),
    responses((status = 200, body = NotificationsOut)))]
pub async fn mine(state: Data<State>, who: Allowed<ReadTickets>) -> Result<HttpResponse, Problem> {
    let choices = state.desk.choices(&who.principal).await?;
    Ok(HttpResponse::Ok().json(NotificationsOut::from(choices)))
}

/// Says how the person behind the token wishes to be told, whole.
#[utoipa::path(put, path = "/api/v1/me/notifications", tag = "inbox", request_body = NotificationsIn,
    security(("token" = ["tickets:read"])), responses((status = 200, body = NotificationsOut)))]
pub async fn put_mine(
    state: Data<State>,
    who: Allowed<ReadTickets>,
    body: Body<NotificationsIn>,
) -> Result<HttpResponse, Problem> {
    let wish = Wish {
        off: body.value.off.unwrap_or_default().into_iter().collect(),
        language: body.value.language,
    };
    let choices = state.desk.choose(&who.principal, wish).await?;
    Ok(HttpResponse::Ok().json(NotificationsOut::from(choices)))
}

/// Who was told of a ticket, by which way, and what became of it, the newest first.
#[utoipa::path(get, path = "/api/v1/tickets/{number}/deliveries", tag = "tickets",
    params(("number" = String, Path), DeliveryQuery), security(("token" = ["tickets:read"])),
    responses((status = 200, body = DeliveryPage)))]
pub async fn deliveries(
    state: Data<State>,
    who: Allowed<ReadTickets>,
    number: Path<String>,
    query: Query<DeliveryQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let found = state
        .desk
        .deliveries(&who.principal, &number, query.0.cursor, limit.saturating_add(1))
        .await?;
    let (found, more) = super::cut(found, limit);
    let next = found.last().map(|last| last.id).filter(|_| more);
    let items = found.into_iter().map(DeliveryOut::from).collect();
    Ok(HttpResponse::Ok().json(DeliveryPage { items, next }))
}
