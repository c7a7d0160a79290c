//! Closed tickets say how they ended, and what may be disclosed says why (I19, I20, I21).

use super::code::Code;
use super::finding::{Finding, Findings};
use super::history::History;
use super::world::Known;
use crate::ticket::event::{Body, Event};
use crate::workflow::definition::CountsAs;
use crate::workflow::id::OutcomeId;

pub fn check(history: &History, known: &Known, findings: &mut Findings) {
    let mut definition = None;
    let mut last_word: Option<&Event> = None;
    for event in history.read() {
        match &event.body {
            Body::Opened { definition: hash, .. }
            | Body::Became { definition: hash, .. }
            | Body::Moved { definition: hash, .. } => definition = known.definition(hash),
            Body::Did { .. } => last_word = Some(event),
            Body::Closed { outcome } => {
                let counts_as = definition
                    .and_then(|definition| definition.outcomes.get::<OutcomeId>(outcome))
                    .map(|outcome| outcome.counts_as);
                match counts_as {
                    None => findings.push(
                        Finding::new(Code::UnknownOutcome)
                            .seq(event.seq)
                            .with("outcome", outcome),
                    ),
                    Some(CountsAs::Withdrawn) if !says_something(last_word) => {
                        findings.push(Finding::new(Code::NoEvidence).seq(event.seq));
                    }
                    Some(_) => {}
                }
            }
            Body::Revealed { field } if event.texts.is_empty() => {
                findings.push(Finding::new(Code::NoReason).seq(event.seq).with("field", field));
            }
            _ => {}
        }
    }
}

/// A withdrawal carries its evidence as a field or a text of the action that closed the ticket.
fn says_something(event: Option<&Event>) -> bool {
    event.is_some_and(|event| !event.values.is_empty() || !event.texts.is_empty())
}
