//! Tickets the writer holds in memory, so that a command on a hot one reads nothing.
//!
//! Bounded by two generations: what is asked for moves to the young one; when that is full it becomes the old one and
//! the old one is forgotten.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::ticket::model::Ticket;

use super::chain::Hash;
use super::projection::Projection;

/// Tickets of one generation; one is some 10 KB.
const GENERATION_MAX: usize = 1_024;

/// A ticket as it was last committed, with what its next event needs.
#[derive(Clone, Debug)]
pub struct Held {
    pub ticket: Arc<Ticket>,
    /// Hash of its last event.
    pub head: Hash,
    /// Key of its caller's number.
    pub caller: Option<String>,
    pub projection: Projection,
}

/// How a ticket is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TicketRef {
    Id(Uuid),
    Number(Arc<str>),
}

/// The tickets, by id and by number.
#[derive(Debug, Default)]
pub(super) struct Cache {
    young: Generation,
    old: Generation,
}

#[derive(Debug, Default)]
struct Generation {
    tickets: HashMap<Uuid, Arc<Held>>,
    numbers: HashMap<Arc<str>, Uuid>,
}

impl Cache {
    pub fn get(&mut self, wanted: &TicketRef) -> Option<Arc<Held>> {
        if let Some(held) = self.young.get(wanted) {
            return Some(held);
        }
        let held = self.old.get(wanted)?;
        self.put(Arc::clone(&held));
        Some(held)
    }

    pub fn put(&mut self, held: Arc<Held>) {
        if self.young.tickets.len() >= GENERATION_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.young
            .numbers
            .insert(Arc::clone(&held.ticket.number), held.ticket.id);
        self.young.tickets.insert(held.ticket.id, held);
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Generation {
    fn get(&self, wanted: &TicketRef) -> Option<Arc<Held>> {
        let id = match wanted {
            TicketRef::Id(id) => id,
            TicketRef::Number(number) => self.numbers.get(number)?,
        };
        self.tickets.get(id).cloned()
    }
}
