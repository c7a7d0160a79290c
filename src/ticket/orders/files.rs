//! Files: added by themselves or with any other command, and taken away again. The contents lie on disk before.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::workflow::value::Values;

use super::super::attachment::{ATTACHMENTS_MAX, Gone, NAME, NAME_LENGTH_MAX};
use super::super::command::{Command, Order};
use super::super::event::{Actor, Body};
use super::super::refusal::{Code, Objection, Refusal};
use super::super::turn::Turn;
use super::super::{clocks, may};
use super::must_say;

type Texts = BTreeMap<Arc<str>, String>;

/// The files of a command come first: what follows from it may close the ticket or take it out of the actor's hands.
/// They ask for no right of their own: whoever may do the rest may show what it rests on.
pub(super) fn add(turn: &mut Turn<'_>, command: &Command) -> Result<(), Refusal> {
    if turn.ticket.attachments.len() + command.files.len() > ATTACHMENTS_MAX {
        return Err(Objection::new(Code::AtMost)
            .with("action", "attach")
            .with("times", ATTACHMENTS_MAX.to_string())
            .into());
    }
    for file in &command.files {
        let length = file.name.chars().count();
        if length == 0 || length > NAME_LENGTH_MAX {
            return Err(Objection::new(Code::Value)
                .with("text", NAME)
                .with("expected", "length")
                .with("min", "1")
                .with("max", NAME_LENGTH_MAX.to_string())
                .with("found", length.to_string())
                .into());
        }
        let mut texts = said_with(command);
        texts.insert(Arc::from(NAME), file.name.clone());
        let body = Body::Attached {
            content: file.content.clone(),
            action: file.action.clone(),
            task: file.task,
        };
        turn.emit_with(body, Values::new(), texts);
        // After each, so that whoever decides it again one by one comes to the same.
        clocks::settle(turn)?;
    }
    Ok(())
}

/// By themselves they carry what was said with them; beside another event only what shows for whom somebody acted.
fn said_with(command: &Command) -> Texts {
    if command.order == Order::Attach {
        return command.texts.clone();
    }
    let evidence = command.texts.get_key_value("evidence");
    evidence
        .filter(|_| command.on_behalf_of.is_some())
        .map(|(key, text)| (Arc::clone(key), text.clone()))
        .into_iter()
        .collect()
}

/// Whoever may see a ticket may add a file, also to a closed one: as with notes.
pub(super) fn alone(command: &Command) -> Result<(), Refusal> {
    if command.files.is_empty() {
        return Err(Refusal::of(Code::Nothing));
    }
    Ok(())
}

/// By whom it came from, or whoever may correct fields.
pub(super) fn detach(turn: &mut Turn<'_>, attachment: u64, texts: &Texts) -> Result<(), Refusal> {
    let known = turn.ticket.attachments.iter().find(|known| known.seq == attachment);
    match known.map(|known| (known.gone, &known.by)) {
        None | Some((Some(Gone::Removed | Gone::Erased), _)) => return Err(Refusal::of(Code::Nothing)),
        Some((None, by)) => {
            let own = *by == turn.actor && matches!(turn.actor, Actor::Person(_));
            if !own {
                may::by_roles(turn, &turn.world.directory.builtin.correct)?;
            }
        }
    }
    must_say(texts, "reason")?;
    turn.emit_with(Body::Detached { attachment }, Values::new(), texts.clone());
    clocks::settle(turn)
}
