//! The entrances of the core: open a ticket, decide a command, let time pass, ask when something is due next.

use std::sync::Arc;

use crate::workflow::definition::Definition;
use crate::workflow::directory::Directory;
use crate::workflow::id::WorkflowId;
use crate::workflow::moment::Moment;

use super::command::{Command, Opening};
use super::event::Event;
use super::model::Ticket;
use super::refusal::{Code, Refusal};

/// What the core may look at beside the ticket.
pub struct World<'a> {
    pub directory: &'a Directory,
    /// The active version of another workflow, for `becomes`.
    pub active: &'a dyn Fn(&WorkflowId) -> Option<Arc<Definition>>,
}

/// What follows: the events in order, and the ticket with all of them applied.
#[derive(Clone, Debug)]
pub struct Decision {
    pub ticket: Ticket,
    pub events: Vec<Event>,
    /// The definition the ticket runs on now (`becomes` changes it).
    pub definition: Arc<Definition>,
}

/// Opens a ticket: the first events of its history.
pub fn open(
    _definition: &Arc<Definition>,
    _opening: &Opening,
    _now: Moment,
    _world: &World<'_>,
) -> Result<Decision, Refusal> {
    Err(Refusal::of(Code::UnknownAction))
}

/// Decides a command at `now`. The caller has advanced the ticket to `now` before (L8).
pub fn decide(
    _definition: &Arc<Definition>,
    _ticket: &Ticket,
    _command: &Command,
    _now: Moment,
    _world: &World<'_>,
) -> Result<Decision, Refusal> {
    Err(Refusal::of(Code::UnknownAction))
}

/// Applies every rung due at or before `until`, each at its nominal moment (L8). `now` is when it is written down.
pub fn advance(
    definition: &Arc<Definition>,
    ticket: &Ticket,
    _until: Moment,
    _now: Moment,
    _world: &World<'_>,
) -> Decision {
    Decision {
        ticket: ticket.clone(),
        events: Vec::new(),
        definition: Arc::clone(definition),
    }
}

/// When the next rung is due, over all clocks and tasks; `None` when nothing is.
pub fn next_due(ticket: &Ticket) -> Option<Moment> {
    ticket
        .clocks
        .iter()
        .filter_map(|run| run.schedule.first())
        .map(|scheduled| scheduled.at)
        .min()
}
