//! The feed: events of all tickets the reader may see, in the order they were written, without a gap.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::store::events;
use crate::workflow::definition::Definition;

use super::read::EventView;
use super::{Desk, DeskError, Inner, Principal, Problem, Scope};

/// An event and the ticket it belongs to.
#[derive(Clone, Debug)]
pub struct FeedItem {
    pub number: String,
    /// The version its ticket runs on now: says which fields are private.
    pub definition: Arc<Definition>,
    pub view: EventView,
}

/// A page of the feed.
#[derive(Clone, Debug)]
pub struct FeedPage {
    pub items: Vec<FeedItem>,
    /// Go on from here; never empty, also when there is nothing new.
    pub next: String,
    pub more: bool,
}

/// Items of a page at most.
pub const LIMIT_MAX: u64 = 500;
/// Positions looked through for one page at most, so that a reader who sees little costs little.
const WINDOW: i64 = 10_000;

impl Desk {
    /// Needs `feed:read`. `after` is a cursor of this feed; `None` begins at the first event. A cursor of another
    /// database (after a restore) is `Invalid` with the code `feed_void`. Private values are always masked.
    pub async fn feed(&self, principal: &Principal, after: Option<&str>, limit: u64) -> Result<FeedPage, DeskError> {
        principal.needs(Scope::ReadFeed)?;
        let limit = limit.clamp(1, LIMIT_MAX);
        let last = events::last_position(&self.inner.database).await?;
        let from = match after {
            None => 0,
            Some(cursor) => self.inner.position(cursor, last)?,
        };
        let around = self.inner.around();
        let viewer = self.inner.viewer_of_lists(principal, &around);
        let through = last.min(from.saturating_add(WINDOW));
        let found = events::feed(&self.inner.database, &viewer, from, through, limit).await?;
        let full = u64::try_from(found.len()).unwrap_or(u64::MAX) >= limit;
        let next = match found.last() {
            Some(event) if full => event.stored.position,
            Some(_) | None => through,
        };
        let mut items = Vec::with_capacity(found.len());
        for event in found {
            items.push(FeedItem {
                number: event.number,
                definition: self.inner.definition(&event.definition).await?,
                view: EventView::of(event.stored),
            });
        }
        Ok(FeedPage {
            items,
            next: self.inner.cursor(next),
            more: next < last,
        })
    }
}

impl Inner {
    fn cursor(&self, position: i64) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}.{position}", self.feed_id))
    }

    fn position(&self, cursor: &str, last: i64) -> Result<i64, DeskError> {
        let text = URL_SAFE_NO_PAD
            .decode(cursor)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(broken)?;
        let (feed, position) = text.split_once('.').ok_or_else(broken)?;
        let position: i64 = position.parse().map_err(|_| broken())?;
        if feed != self.feed_id || position > last || position < 0 {
            return Err(Problem::new(
                "after",
                "feed_void",
                "这个游标属于另一份数据（例如恢复备份之前的）：请从头读取事件流",
                "This cursor belongs to other data (before a backup was restored): read the feed from its beginning",
            )
            .into());
        }
        Ok(position)
    }
}

fn broken() -> DeskError {
    Problem::new(
        "after",
        "cursor",
        "这不是事件流给出的游标",
        "This is no cursor that the feed gave out",
    )
    .into()
}
