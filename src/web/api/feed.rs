//! The feed: events of all tickets you may see, in the order they were written, never missing one.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::read::Sight;
use crate::query;
use crate::web::auth::{Allowed, ReadFeed};
use crate::web::problem::Problem;
use crate::web::query::Query;
use crate::web::show::{self, EventShown};
use crate::web::state::State;

query! {
    /// Where to go on.
    pub struct FeedQuery {
        /// `next` of the page before; without it the feed begins at the first event.
        after: Option<String>,
        limit: Option<u32>,
    }
}

/// How values of the feed are seen.
const MASKED: Sight = Sight {
    until: None,
    private: false,
};

/// A page of the feed.
#[derive(Serialize, ToSchema)]
pub struct FeedOut {
    items: Vec<FeedEvent>,
    /// Give it back as `after`; also when there is nothing new.
    next: String,
    /// There is more already.
    more: bool,
}

/// An event and its ticket.
#[derive(Serialize, ToSchema)]
pub struct FeedEvent {
    ticket: String,
    event: EventShown,
}

/// Events after a cursor. Private values are always masked here: read the ticket, which shows what you may see.
#[utoipa::path(get, path = "/api/v1/events", tag = "feed", params(FeedQuery),
    security(("token" = ["feed:read"])), responses((status = 200, body = FeedOut)))]
pub async fn list(
    state: Data<State>,
    who: Allowed<ReadFeed>,
    query: Query<FeedQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let page = state.desk.feed(&who.principal, query.0.after.as_deref(), limit).await?;
    let items = page
        .items
        .into_iter()
        .map(|item| FeedEvent {
            ticket: item.number,
            event: show::event(&item.view, &item.definition, MASKED),
        })
        .collect();
    Ok(HttpResponse::Ok().json(FeedOut {
        items,
        next: page.next,
        more: page.more,
    }))
}
