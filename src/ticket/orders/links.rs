//! Links between tickets, and merging (并案), which can be undone (R22, R24, R28).

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::workflow::id::OutcomeId;
use crate::workflow::value::Values;

use super::super::event::Body;
use super::super::model::{Link, LinkKind};
use super::super::refusal::{Code, Objection, Refusal};
use super::super::turn::Turn;
use super::super::{clocks, may, way};
use super::{must_be_open, must_say};

type Texts = BTreeMap<Arc<str>, String>;

/// The outcome of a ticket that was merged into another; built in, for every workflow.
pub const DUPLICATE: &str = "duplicate";
/// Links a ticket may have.
const LINKS_MAX: usize = 1_000;

pub(super) fn link(turn: &mut Turn<'_>, to: Uuid, kind: LinkKind, texts: &Texts) -> Result<(), Refusal> {
    may::by_roles(turn, &turn.world.directory.builtin.link)?;
    if to == turn.ticket.id || turn.ticket.links.contains(&Link { to, kind }) {
        return Err(Refusal::of(Code::Nothing));
    }
    if turn.ticket.links.len() >= LINKS_MAX {
        return Err(Objection::new(Code::AtMost)
            .with("action", "link")
            .with("times", LINKS_MAX.to_string())
            .into());
    }
    turn.emit_with(Body::Linked { to, kind }, Values::new(), texts.clone());
    Ok(())
}

pub(super) fn unlink(turn: &mut Turn<'_>, to: Uuid, kind: LinkKind, texts: &Texts) -> Result<(), Refusal> {
    may::by_roles(turn, &turn.world.directory.builtin.link)?;
    if !turn.ticket.links.contains(&Link { to, kind }) {
        return Err(Refusal::of(Code::Nothing));
    }
    turn.emit_with(Body::Unlinked { to, kind }, Values::new(), texts.clone());
    Ok(())
}

pub(super) fn merge(turn: &mut Turn<'_>, into: Uuid, texts: &Texts) -> Result<(), Refusal> {
    must_be_open(turn)?;
    may::by_roles(turn, &turn.world.directory.builtin.link)?;
    must_say(texts, "reason")?;
    if into == turn.ticket.id {
        return Err(Refusal::of(Code::Nothing));
    }
    turn.emit_with(Body::MergedInto { to: into }, Values::new(), texts.clone());
    way::close(turn, OutcomeId::from(DUPLICATE))
}

pub(super) fn unmerge(turn: &mut Turn<'_>, texts: &Texts) -> Result<(), Refusal> {
    may::by_roles(turn, &turn.world.directory.builtin.link)?;
    must_say(texts, "reason")?;
    if turn.ticket.merged_into.is_none() {
        return Err(Refusal::of(Code::Nothing));
    }
    turn.emit_with(Body::Unmerged, Values::new(), texts.clone());
    way::open_tasks(turn, &[])?;
    clocks::settle_continuing(turn)?;
    way::join(turn)
}
