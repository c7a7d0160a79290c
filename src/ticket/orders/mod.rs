//! Commands: the actions of the file, and the built-in ones (LANGUAGE, «Built in»).

mod contact;
mod files;
mod links;
mod tasks;
mod ticket;
mod told;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::command::{Command, Order};
use super::event::Actor;
use super::refusal::{Code, Objection, Refusal};
use super::turn::Turn;
use super::{act, clocks};

/// Decides and applies one command.
pub(super) fn carry_out(turn: &mut Turn<'_>, command: &Command) -> Result<(), Refusal> {
    let texts = &command.texts;
    files::add(turn, command)?;
    match &command.order {
        Order::Do { action, values } => act::perform(turn, action, values, texts),
        Order::Sign { task } => tasks::sign(turn, *task),
        Order::Reply { task, values } => tasks::reply(turn, *task, values, texts),
        Order::AskReturn { task } => tasks::ask_return(turn, *task, texts),
        Order::GrantReturn { task } => tasks::grant_return(turn, *task, texts),
        Order::Force { task } => tasks::force(turn, *task, texts),
        Order::HandOver { task, to } => tasks::hand_over(turn, *task, to, texts),
        Order::GiveBack { task } => tasks::give_back(turn, *task, texts),
        Order::Take { task } => ticket::take(turn, *task),
        Order::Release { task } => ticket::release(turn, *task),
        Order::Acknowledge => ticket::acknowledge(turn, texts),
        Order::Chase => ticket::chase(turn, texts),
        Order::Watch { on } => ticket::watch(turn, *on, texts),
        Order::Note { public } => ticket::note(turn, *public, texts),
        Order::Correct { values } => ticket::correct(turn, values, texts),
        Order::Reveal { field } => ticket::reveal(turn, field, texts),
        Order::Attach => files::alone(command),
        Order::Detach { attachment } => files::detach(turn, *attachment, texts),
        Order::ContactEnded { at } => contact::ended(turn, *at),
        Order::ContactReported { contact } => contact::reported(turn, contact),
        Order::Link { to, kind } => links::link(turn, *to, *kind, texts),
        Order::Unlink { to, kind } => links::unlink(turn, *to, *kind, texts),
        Order::Merge { into } => links::merge(turn, *into, texts),
        Order::Unmerge => links::unmerge(turn, texts),
        Order::CalendarChanged => {
            clocks::calendar_changed(turn);
            Ok(())
        }
    }
}

/// A closed ticket is not worked on.
fn must_be_open(turn: &Turn<'_>) -> Result<(), Refusal> {
    if turn.ticket.is_closed() {
        let outcome = turn.ticket.outcome.as_ref().map_or("", |outcome| outcome.as_str());
        return Err(Objection::new(Code::Closed).with("outcome", outcome).into());
    }
    Ok(())
}

/// A reason, a basis, a note that may not be left out.
fn must_say(texts: &BTreeMap<Arc<str>, String>, key: &'static str) -> Result<(), Refusal> {
    if texts.get(key).is_none_or(|text| text.trim().is_empty()) {
        return Err(Objection::new(Code::TextMissing).with("text", key).into());
    }
    Ok(())
}

/// Something only a person can do.
fn person<'t>(turn: &'t Turn<'_>) -> Result<&'t crate::workflow::id::PersonId, Refusal> {
    match &turn.actor {
        Actor::Person(person) => Ok(person),
        Actor::System => Err(Refusal::of(Code::By)),
    }
}
