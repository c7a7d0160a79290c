//! Milestones of tickets from before there were milestones: worked out from their events, once, while others work.
//!
//! Each is worked out with the ticket right after its event. What a command writes meanwhile is there already and stays;
//! two instances that do it at once write the same.

use std::time::Duration;

use uuid::Uuid;

use crate::store::missed::{self, Missed, WHOLE};
use crate::store::{Wants, events, settings};
use crate::ticket::apply::{apply, born};
use crate::ticket::milestone::milestones;

use super::super::read::FOLD_MAX;
use super::super::{Desk, DeskError};

/// Tickets that are looked at together.
const TOGETHER: u64 = 64;
/// After each of these others come first: a million tickets take a minute and a half, and a small part of one core.
const REST: Duration = Duration::from_millis(5);
/// Tickets between two lines of the log.
const TOLD_EACH: usize = 10_000;

impl Desk {
    /// Writes the milestones that tickets lack, from the first ticket to the last, and answers how many did. When it
    /// meets none it says so in the database and never looks again.
    pub async fn write_missed_milestones(&self) -> Result<usize, DeskError> {
        if settings::get(self.database(), WHOLE).await?.is_some() {
            return Ok(0);
        }
        let (mut after, mut written) = (None, 0_usize);
        loop {
            let tickets = missed::tickets_after(self.database(), after, TOGETHER).await?;
            let Some(last) = tickets.last() else { break };
            after = Some(*last);
            let lacking = missed::lacking(self.database(), &tickets).await?;
            if lacking.is_empty() {
                tokio::time::sleep(REST).await;
                continue;
            }
            let mut rows = Missed::default();
            for ticket in &lacking {
                self.add_milestones(*ticket, &mut rows).await?;
            }
            let writer = self.writer();
            let put = writer.run_patiently(Wants::default(), move |sheet| {
                rows.put(sheet);
                Ok(())
            });
            put.await?;
            let before = written / TOLD_EACH;
            written = written.saturating_add(lacking.len());
            if written / TOLD_EACH > before {
                tracing::info!(tickets = written, "writing what figures count of older tickets");
            }
        }
        if written == 0 {
            let say = |sheet: &mut crate::store::Sheet<'_>| {
                settings::set_first(sheet, WHOLE, "1");
                Ok(())
            };
            self.writer().run_patiently(Wants::default(), say).await?;
        }
        Ok(written)
    }

    /// Those of one life. A ticket that runs on a definition nobody has is left to the audit.
    async fn add_milestones(&self, id: Uuid, rows: &mut Missed) -> Result<(), DeskError> {
        let stored = events::of_ticket(self.database(), id, 0, None, FOLD_MAX).await?;
        let mut ticket = None;
        for event in stored.into_iter().map(|stored| stored.event) {
            let now = match ticket.take() {
                None => born(&event),
                Some(mut before) => {
                    apply(&mut before, &event);
                    Some(before)
                }
            };
            let Some(now) = now else { return Ok(()) };
            match self.inner.definition_of(&now).await {
                Ok(definition) => rows.add(&now, &milestones(&definition, &now, std::slice::from_ref(&event))),
                Err(DeskError::UnknownDefinition(_)) => {}
                Err(error) => return Err(error),
            }
            ticket = Some(now);
        }
        Ok(())
    }
}
