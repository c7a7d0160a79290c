//! Who was told of a ticket, by which way, and what became of it: for everybody who may see the ticket.

use crate::discreet::discreet;
use crate::store::deliveries;

use super::super::{Desk, DeskError, Principal};

pub use crate::store::deliveries::Delivery;

/// Rows of a page at most.
pub const LIMIT_MAX: u64 = 200;

impl Desk {
    /// Needs `tickets:read`. The newest first, older than the one at `before`; of a ticket that was given away only what
    /// was told until then. Reasons say no address.
    pub async fn deliveries(
        &self,
        principal: &Principal,
        number: &str,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<Delivery>, DeskError> {
        let around = self.inner.around();
        let (view, _) = self.seen(principal, &around, number).await?;
        let limit = limit.clamp(1, LIMIT_MAX);
        let mut found = deliveries::of_ticket(self.database(), view.ticket.id, view.sight.until, before, limit).await?;
        for delivery in &mut found {
            delivery.reason = delivery.reason.as_ref().map(discreet);
        }
        Ok(found)
    }
}
