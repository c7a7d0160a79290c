//! What surrounds a command: who asks, whether it is a rehearsal, the idempotency key; and what comes back.

use std::sync::Arc;

use crate::ticket::event::Event;
use crate::ticket::model::Ticket;
use crate::workflow::definition::Definition;

use super::principal::Principal;
use super::read::Sight;

/// Who asks, and how.
#[derive(Clone)]
pub struct Request {
    pub principal: Principal,
    pub idempotency: Option<Idempotency>,
    /// Decide and answer, save nothing: `?dry_run=true`.
    pub dry_run: bool,
}

impl Request {
    pub fn by(principal: Principal) -> Self {
        Self {
            principal,
            idempotency: None,
            dry_run: false,
        }
    }
}

/// A client's key: the same key and request again gets the same answer and no second effect.
///
/// What is kept is which events the command wrote; a repeat is answered from them, with the ticket as it was then.
/// Keys are kept per person. Only what succeeded is kept: a refused command left no event, so a repeat is decided anew.
#[derive(Clone)]
pub struct Idempotency {
    /// 1 to 255 visible ASCII characters; `web` checks the shape.
    pub key: String,
    /// Method, path and body hashed together; another hash under the same key is refused.
    pub request: [u8; 32],
}

/// What a command led to.
#[derive(Clone, Debug)]
pub enum Answered {
    Done(Box<Done>),
    /// What an earlier request with this key did.
    Repeated(Box<Done>),
}

/// A command that was done (or, in a rehearsal, would have been).
#[derive(Clone, Debug)]
pub struct Done {
    pub ticket: Arc<Ticket>,
    pub definition: Arc<Definition>,
    /// Everything that happened, rungs that came due before the command included.
    pub events: Vec<Event>,
    /// What the reader may see of it.
    pub sight: Sight,
    pub dry_run: bool,
}
