//! The feed: events of all tickets the reader may see, in the order they were written, without a gap.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::store::events::{self, Place};
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
/// Events looked through for one page at most, so that a reader who sees little costs little.
const WINDOW: u32 = 10_000;

impl Desk {
    /// Needs `feed:read`. `after` is a cursor of this feed; `None` begins at the first event. A cursor of another
    /// database (after a restore) is `Invalid` with the code `feed_void`. Private values are always masked.
    pub async fn feed(&self, principal: &Principal, after: Option<&str>, limit: u64) -> Result<FeedPage, DeskError> {
        principal.needs(Scope::ReadFeed)?;
        let limit = limit.clamp(1, LIMIT_MAX);
        let last = events::last_place(&self.inner.database).await?;
        let from = match after {
            None => Place::default(),
            Some(cursor) => self.inner.place(cursor, last)?,
        };
        let around = self.inner.around();
        let viewer = self.inner.viewer_of_lists(principal, &around);
        let further = events::further(&self.inner.database, from, WINDOW).await?;
        let through = further.map_or(last, |further| further.min(last));
        let found = events::feed(&self.inner.database, &viewer, from, through, limit).await?;
        let full = u64::try_from(found.len()).unwrap_or(u64::MAX) >= limit;
        let next = match found.last() {
            Some(event) if full => event.place,
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
    /// `feed.position` or, on PostgreSQL, `feed.transaction.position`.
    fn cursor(&self, place: Place) -> String {
        let feed = &self.feed_id;
        URL_SAFE_NO_PAD.encode(match place.transaction {
            0 => format!("{feed}.{}", place.position),
            transaction => format!("{feed}.{transaction}.{}", place.position),
        })
    }

    fn place(&self, cursor: &str, last: Place) -> Result<Place, DeskError> {
        let text = URL_SAFE_NO_PAD
            .decode(cursor)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(broken)?;
        let (feed, place) = text.split_once('.').ok_or_else(broken)?;
        let (transaction, position) = place.split_once('.').unwrap_or(("0", place));
        let place = Place {
            transaction: transaction.parse().map_err(|_| broken())?,
            position: position.parse().map_err(|_| broken())?,
        };
        if feed != self.feed_id || place > last || place < Place::default() {
            return Err(Problem::new(
                "after",
                "feed_void",
                "这个游标属于另一份数据（例如恢复备份之前的）：请从头读取事件流",
                "This cursor belongs to other data (before a backup was restored): read the feed from its beginning",
            )
            .into());
        }
        Ok(place)
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
