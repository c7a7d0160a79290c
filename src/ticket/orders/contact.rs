//! What the telephone system reports later: hang-up, the recording (R1, R5).

use crate::workflow::moment::Moment;

use super::super::clocks;
use super::super::event::Body;
use super::super::model::Contact;
use super::super::refusal::{Code, Objection, Refusal};
use super::super::turn::Turn;

pub(super) fn ended(turn: &mut Turn<'_>, at: Moment) -> Result<(), Refusal> {
    let Some(contact) = &turn.ticket.contact else {
        return Err(Refusal::of(Code::Nothing));
    };
    if !contact.running {
        return Err(Refusal::of(Code::Nothing));
    }
    let too_early = contact.started_at.is_some_and(|started| at < started);
    if too_early || at > turn.now {
        return Err(Objection::new(Code::Time)
            .with("found", at.rfc3339())
            .with("latest", turn.now.rfc3339())
            .into());
    }
    turn.emit(Body::ContactEnded { at });
    clocks::settle(turn)
}

pub(super) fn reported(turn: &mut Turn<'_>, contact: &Contact) -> Result<(), Refusal> {
    let late = contact.ended_at.is_some_and(|at| at > turn.now);
    let inverted = matches!((contact.started_at, contact.ended_at), (Some(from), Some(to)) if to < from);
    if late || inverted {
        return Err(Objection::new(Code::Time).with("latest", turn.now.rfc3339()).into());
    }
    turn.emit(Body::ContactReported {
        contact: contact.clone(),
    });
    clocks::settle(turn)
}
