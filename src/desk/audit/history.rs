//! One ticket with everything the database says of it, put together from a page of the scan.

use std::collections::HashMap;

use uuid::Uuid;

use super::code::Code;
use super::finding::{Finding, Findings};
use crate::store::chain;
use crate::store::scan::{
    AnswerRow, AttachmentRow, DepartmentRow, EventRow, MilestoneRow, OutboxRow, OwnerRow, Page, RungRow, TicketRow,
};
use crate::ticket::event::Event;

/// An event as it is stored and as it reads.
#[derive(Debug)]
pub struct Stored {
    pub row: EventRow,
    pub event: Event,
    /// Fields and texts whose content is not what was committed.
    pub broken: Vec<String>,
    /// Fields and texts whose content is gone.
    pub missing: Vec<String>,
}

/// A ticket and all its rows.
#[derive(Debug)]
pub struct History {
    pub row: TicketRow,
    pub events: Vec<Stored>,
    pub rungs: Vec<RungRow>,
    pub outbox: Vec<OutboxRow>,
    pub departments: Vec<DepartmentRow>,
    pub owners: Vec<OwnerRow>,
    pub answers: Vec<AnswerRow>,
    pub milestones: Vec<MilestoneRow>,
    pub attachments: Vec<AttachmentRow>,
    /// What could not be read; the other checks make sense only when there is none.
    pub unreadable: Vec<Finding>,
}

/// Puts the rows of a page to their tickets. What belongs to no ticket is found by `storage`.
pub fn histories(page: Page) -> Vec<History> {
    let mut histories: Vec<History> = page.tickets.into_iter().map(History::of).collect();
    let places: HashMap<Uuid, usize> = histories
        .iter()
        .enumerate()
        .map(|(place, history)| (history.row.id, place))
        .collect();
    let mut to = |ticket: Uuid, put: &mut dyn FnMut(&mut History)| {
        if let Some(history) = places.get(&ticket).and_then(|place| histories.get_mut(*place)) {
            put(history);
        }
    };
    for row in page.events {
        let ticket = row.ticket;
        let mut row = Some(row);
        to(ticket, &mut |history| history.add(row.take()));
    }
    for row in page.rungs {
        to(row.ticket, &mut |history| history.rungs.push(row.clone()));
    }
    for row in page.outbox {
        to(row.ticket, &mut |history| history.outbox.push(row.clone()));
    }
    for row in page.departments {
        to(row.ticket, &mut |history| history.departments.push(row.clone()));
    }
    for row in page.owners {
        to(row.ticket, &mut |history| history.owners.push(row.clone()));
    }
    for row in page.answers {
        to(row.ticket, &mut |history| history.answers.push(row.clone()));
    }
    for row in page.milestones {
        to(row.ticket, &mut |history| history.milestones.push(row.clone()));
    }
    for row in page.attachments {
        to(row.ticket, &mut |history| history.attachments.push(row.clone()));
    }
    histories
}

impl History {
    fn of(row: TicketRow) -> Self {
        Self {
            row,
            events: Vec::new(),
            rungs: Vec::new(),
            outbox: Vec::new(),
            departments: Vec::new(),
            owners: Vec::new(),
            answers: Vec::new(),
            milestones: Vec::new(),
            attachments: Vec::new(),
            unreadable: Vec::new(),
        }
    }

    fn add(&mut self, row: Option<EventRow>) {
        let Some(row) = row else { return };
        match chain::examine(&row.body, row.content.as_deref()) {
            Ok(examined) => self.events.push(Stored {
                row,
                event: examined.event,
                broken: examined.broken,
                missing: examined.missing,
            }),
            Err(error) => {
                let seq = u64::try_from(row.seq).unwrap_or_default();
                self.unreadable
                    .push(Finding::new(Code::Unreadable).seq(seq).with("why", error));
            }
        }
    }

    /// The events as they read.
    pub fn read(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().map(|stored| &stored.event)
    }

    /// The findings with the ticket's name on them.
    pub fn name(&self, findings: Findings) -> Vec<Finding> {
        let name = if self.row.number.is_empty() {
            self.row.id.to_string()
        } else {
            self.row.number.clone()
        };
        let named = findings.0.into_iter().map(|finding| Finding {
            ticket: Some(name.clone()),
            ..finding
        });
        named.collect()
    }
}
