//! Contacts: reported by the telephone system or an agent, ended later, each to become a ticket (R1).

use crate::ticket::model::Channel;
use crate::workflow::id::PersonId;
use crate::workflow::moment::Moment;

use super::open::ContactReport;
use super::{Desk, DeskError, Principal};

/// A contact as it is known.
#[derive(Clone, Debug, PartialEq)]
pub struct ContactView {
    pub id: String,
    pub channel: Channel,
    pub started_at: Option<Moment>,
    pub ended_at: Option<Moment>,
    pub recording: Option<String>,
    /// Number of its ticket.
    pub ticket: Option<String>,
    pub agent: Option<PersonId>,
    pub reported_at: Moment,
}

impl Desk {
    /// Needs `tickets:act`. Reports a contact or completes one that is known (hang-up, recording). Idempotent by its
    /// id. When it has a ticket, the hang-up is written there and moves the clocks that count from it (L6).
    pub async fn report_contact(
        &self,
        _principal: &Principal,
        _report: ContactReport,
    ) -> Result<ContactView, DeskError> {
        Err(DeskError::not_found("contact"))
    }

    /// Needs `tickets:read`.
    pub async fn contact(&self, _principal: &Principal, _id: &str) -> Result<ContactView, DeskError> {
        Err(DeskError::not_found("contact"))
    }
}
