//! One ticket, its events, its clocks: what somebody may see of it.

use std::sync::Arc;

use crate::ticket::event::Event;
use crate::ticket::model::Ticket;
use crate::workflow::definition::Definition;
use crate::workflow::moment::Moment;

use super::{Desk, DeskError, Principal};

/// How much of a ticket a reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The last event they may see; `None` is all. A department that gave the ticket away keeps what it saw.
    pub until: Option<u64>,
    /// The reader acts on the ticket: private fields are shown. Else they are masked, and a reveal is an event (R10).
    pub private: bool,
}

/// A ticket as its reader may see it. `ticket` is already the fold of what they may see.
#[derive(Clone, Debug)]
pub struct View {
    pub ticket: Arc<Ticket>,
    pub definition: Arc<Definition>,
    pub sight: Sight,
    /// `subject` filled with the fields, as `{place}：{summary}` says.
    pub subject: String,
    pub urgent: bool,
}

/// An event as its reader may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct EventView {
    /// Place in the feed.
    pub position: i64,
    pub event: Event,
}

impl Desk {
    /// Needs `tickets:read`. What nobody may see is not found.
    pub async fn read(&self, _principal: &Principal, _number: &str) -> Result<View, DeskError> {
        Err(DeskError::not_found("ticket"))
    }

    /// Needs `tickets:read`. Events with `seq` over `after`, at most `limit` (200).
    pub async fn events(
        &self,
        _principal: &Principal,
        _number: &str,
        _after: u64,
        _limit: u64,
    ) -> Result<(View, Vec<EventView>), DeskError> {
        Err(DeskError::not_found("ticket"))
    }

    /// Needs `tickets:read`. The clocks stand in `view.ticket.clocks`, brought up to `Moment`, the time of reading:
    /// rungs due since the sweeper last looked are applied in the picture, nothing is saved.
    pub async fn clocks(&self, _principal: &Principal, _number: &str) -> Result<(View, Moment), DeskError> {
        Err(DeskError::not_found("ticket"))
    }
}
