//! The feed: events of all tickets the reader may see, in the order they were written, without a gap.

use super::read::EventView;
use super::{Desk, DeskError, Principal};

/// An event and the ticket it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedItem {
    pub number: String,
    pub view: EventView,
}

/// A page of the feed.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedPage {
    pub items: Vec<FeedItem>,
    /// Go on from here; never empty, also when there is nothing new.
    pub next: String,
    pub more: bool,
}

impl Desk {
    /// Needs `feed:read`. `after` is a cursor of this feed; `None` begins at the first event. A cursor of another
    /// database (after a restore) is `Invalid` with the code `feed_void`. Private values are always masked.
    pub async fn feed(&self, _principal: &Principal, _after: Option<&str>, _limit: u64) -> Result<FeedPage, DeskError> {
        Ok(FeedPage {
            items: Vec::new(),
            next: String::new(),
            more: false,
        })
    }
}
