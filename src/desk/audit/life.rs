//! The recorded life is the one the core would decide again from the same commands (I6 to I9).
//!
//! ```text
//!   recorded:  opened … | did … entered … clock set … | late | signed | …
//!   again:     open()     decide()                      advance() decide()
//! ```
//!
//! Each group of events is decided anew on the ticket as it stood: state, guards, required fields, four eyes, and for
//! what was not imported also who might. Where the directory of today says no, that of then decides: rights are narrowed,
//! and an absence is entered when somebody is gone already. What differs is named once for a ticket; the people somebody
//! was told about are not compared.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::code::Code;
use super::finding::{Finding, Findings};
use super::history::History;
use super::world::Known;
use crate::store::StoreError;
use crate::store::scan::Scan;
use crate::ticket::apply::{apply, born};
use crate::ticket::attachment::{NAME, NewFile};
use crate::ticket::command::{Command, Opening, Order};
use crate::ticket::event::{Body, Event, RungEffect};
use crate::ticket::model::Ticket;
use crate::ticket::refusal::{Code as Why, Refusal};
use crate::ticket::turn::{self, Decision, World};
use crate::workflow::definition::Definition;
use crate::workflow::directory::Directory;
use crate::workflow::id::WorkflowId;
use crate::workflow::moment::Moment;
use crate::workflow::value::Value;

pub async fn check(history: &History, known: &Known, scan: &Scan, findings: &mut Findings) -> Result<(), StoreError> {
    let events: Vec<&Event> = history.read().collect();
    let Some(mut ticket) = events.first().and_then(|event| born(event)) else {
        return Ok(());
    };
    let erased_through = erased_through(&events);
    let mut at = 0;
    while let Some(event) = events.get(at) {
        let Some(definition) = known.definition(if at == 0 { defined(event) } else { &ticket.definition }) else {
            findings.push(Finding::new(Code::NoDefinition).seq(event.seq));
            return Ok(());
        };
        let rest = events.get(at..).unwrap_or_default();
        let turn = Recorded {
            definition,
            ticket: &ticket,
            rest,
            event,
            first: at == 0,
        };
        let mut judged = if event.seq <= erased_through {
            Ok(1)
        } else {
            turn.judged(known, &known.directory)
        };
        if judged.is_err()
            && let Some(directory) = known.directory_at(event.recorded_at)
        {
            judged = turn.judged(known, &directory);
        }
        if judged.is_err()
            && let Some(directory) = known.directory_just_before(scan, event.recorded_at).await?
        {
            judged = turn.judged(known, &directory);
        }
        let count = match judged {
            Ok(count) => count,
            Err(finding) => {
                findings.push(finding);
                return Ok(());
            }
        };
        for event in rest.iter().take(count).skip(usize::from(at == 0)) {
            apply(&mut ticket, event);
        }
        at += count;
    }
    Ok(())
}

/// An event on the ticket as it stood, and what was recorded after it.
struct Recorded<'r> {
    definition: &'r Arc<Definition>,
    ticket: &'r Ticket,
    rest: &'r [&'r Event],
    event: &'r Event,
    first: bool,
}

impl Recorded<'_> {
    /// How many events one decision gave, when it gives them again with this directory.
    fn judged(&self, known: &Known, directory: &Directory) -> Result<usize, Finding> {
        let active = |workflow: &WorkflowId| known.next_version(self.rest, workflow);
        let world = World {
            directory,
            active: &active,
        };
        let mode = Mode {
            imported: is_imported(self.rest),
        };
        match again(self.definition, self.ticket, self.event, mode, &world, self.first) {
            Again::Skipped => Ok(1),
            Again::Refused(refusal) => Err(refused(&refusal).seq(self.event.seq)),
            Again::Decided(decision) => match first_difference(&decision, self.rest, known) {
                None => Ok(decision.events.len().max(1)),
                Some((seq, expected)) => Err(Finding::new(Code::Differs).seq(seq).with("expected", expected)),
            },
        }
    }
}

/// Which invariant stands behind the refusal: who it was (I7), what was missing (I9), or anything else (I8).
fn refused(refusal: &Refusal) -> Finding {
    let has = |wanted: &[Why]| {
        refusal
            .objections
            .iter()
            .any(|objection| wanted.contains(&objection.code))
    };
    let code = if has(&[Why::NotBy]) {
        Code::FourEyes
    } else if has(&[Why::By]) {
        Code::NotAllowed
    } else if has(&[Why::Require, Why::TextMissing]) {
        Code::Missing
    } else {
        Code::Refused
    };
    let reasons = refusal.objections.iter().map(|objection| match &objection.field {
        None => objection.code.as_str().to_owned(),
        Some(field) => format!("{} {field}", objection.code.as_str()),
    });
    Finding::new(code).with("codes", reasons.collect::<Vec<_>>().join(", "))
}

/// Up to here the texts are gone on which was decided; 0 where nothing was erased.
fn erased_through(events: &[&Event]) -> u64 {
    let through = events.iter().filter_map(|event| match &event.body {
        Body::Erased { to, .. } => Some(*to),
        _ => None,
    });
    through.max().unwrap_or(0)
}

fn defined(event: &Event) -> &str {
    match &event.body {
        Body::Opened { definition, .. } => definition,
        _ => "",
    }
}

#[derive(Clone, Copy)]
struct Mode {
    imported: bool,
}

/// True while history is being imported: what was recorded later than it happened, and silent rungs (L12).
fn is_imported(rest: &[&Event]) -> bool {
    rest.iter().any(|event| match &event.body {
        Body::Did { imported, .. } | Body::Opened { imported, .. } => *imported,
        Body::Rung {
            effect: RungEffect::Silent,
            ..
        } => true,
        Body::Rung { .. } | Body::Late { .. } => false,
        _ => is_command(&event.body) && event.recorded_at > event.at,
    })
}

fn is_command(body: &Body) -> bool {
    !matches!(
        body,
        Body::Wrote { .. }
            | Body::Entered { .. }
            | Body::Closed { .. }
            | Body::Reopened { .. }
            | Body::Became { .. }
            | Body::TaskOpened { .. }
            | Body::TaskCancelled { .. }
            | Body::TasksConsumed { .. }
            | Body::ClockSet { .. }
            | Body::Rung { .. }
            | Body::Late { .. }
            | Body::Told { .. }
            | Body::Moved { .. }
            | Body::Erased { .. }
    )
}

enum Again {
    /// Nothing the core decides, or not to be decided again since its texts were erased.
    Skipped,
    Decided(Box<Decision>),
    Refused(Refusal),
}

fn again(
    definition: &Arc<Definition>,
    ticket: &Ticket,
    event: &Event,
    mode: Mode,
    world: &World<'_>,
    first: bool,
) -> Again {
    let erased = event.values.values().any(|value| *value == Value::Erased);
    if erased || event.texts.values().any(String::is_empty) {
        return Again::Skipped;
    }
    if first {
        return decided(open(definition, event, world));
    }
    if let Body::Rung { due_at, .. } = &event.body {
        return Again::Decided(Box::new(advance(definition, ticket, *due_at, event, mode, world)));
    }
    if matches!(event.body, Body::Late { .. }) {
        return Again::Decided(Box::new(advance(definition, ticket, event.at, event, mode, world)));
    }
    let Some(order) = order(event) else {
        return Again::Skipped;
    };
    let imported = match &event.body {
        Body::Did { imported, .. } => *imported,
        _ => event.recorded_at > event.at,
    };
    let mut texts = event.texts.clone();
    let command = Command {
        actor: event.actor.clone(),
        on_behalf_of: event.on_behalf_of.clone(),
        order,
        files: files(event, &mut texts),
        texts,
        imported,
    };
    decided(turn::decide(definition, ticket, &command, event.at, world))
}

fn decided(decision: Result<Decision, Refusal>) -> Again {
    match decision {
        Ok(decision) => Again::Decided(Box::new(decision)),
        Err(refusal) => Again::Refused(refusal),
    }
}

fn advance(
    definition: &Arc<Definition>,
    ticket: &Ticket,
    until: Moment,
    event: &Event,
    mode: Mode,
    world: &World<'_>,
) -> Decision {
    if mode.imported {
        turn::advance_imported(definition, ticket, until, event.recorded_at, world)
    } else {
        turn::advance(definition, ticket, until, event.recorded_at, world)
    }
}

fn open(definition: &Arc<Definition>, event: &Event, world: &World<'_>) -> Result<Decision, Refusal> {
    let Body::Opened {
        id, number, contact, ..
    } = &event.body
    else {
        return Err(Refusal::of(Why::UnknownAction));
    };
    // Defaults stand in the event too, and nobody asked for them: taken as history they are accepted.
    let opening = Opening {
        id: *id,
        number: Arc::clone(number),
        creator: event.actor.clone(),
        contact: contact.clone(),
        values: event.values.clone(),
        imported: true,
    };
    turn::open(definition, &opening, event.at, world)
}

/// The file that an event brought; its name is none of the texts that were said.
fn files(event: &Event, texts: &mut BTreeMap<Arc<str>, String>) -> Vec<NewFile> {
    let Body::Attached { content, action, task } = &event.body else {
        return Vec::new();
    };
    vec![NewFile {
        name: texts.remove(NAME).unwrap_or_default(),
        content: content.clone(),
        action: action.clone(),
        task: *task,
    }]
}

/// The command that an event is the beginning of.
fn order(event: &Event) -> Option<Order> {
    let order = match &event.body {
        Body::Did { action, task: None, .. } => Order::Do {
            action: action.clone(),
            values: event.values.clone(),
        },
        Body::TaskSigned { task } => Order::Sign { task: *task },
        Body::TaskReplied { task } => Order::Reply {
            task: *task,
            values: event.values.clone(),
        },
        Body::ReturnAsked { task } => Order::AskReturn { task: *task },
        Body::ReturnGranted { task } => Order::GrantReturn { task: *task },
        Body::Forced { task } => Order::Force { task: *task },
        Body::HandedOver { task, to } => Order::HandOver {
            task: *task,
            to: to.clone(),
        },
        Body::GivenBack { task, .. } => Order::GiveBack { task: *task },
        Body::Taken { task, .. } => Order::Take { task: *task },
        Body::Released { task } => Order::Release { task: *task },
        Body::Acknowledged => Order::Acknowledge,
        Body::Chased { .. } => Order::Chase,
        Body::Watched { on } => Order::Watch { on: *on },
        Body::Noted { public } => Order::Note { public: *public },
        Body::Corrected => Order::Correct {
            values: event.values.clone(),
        },
        Body::ContactEnded { at } => Order::ContactEnded { at: *at },
        Body::ContactReported { contact } => Order::ContactReported {
            contact: contact.clone(),
        },
        Body::Revealed { field } => Order::Reveal { field: field.clone() },
        Body::Attached { .. } => Order::Attach,
        Body::Detached { attachment } => Order::Detach {
            attachment: *attachment,
        },
        // Links and merges write on two tickets; each half is looked at by `state`.
        _ => return None,
    };
    Some(order)
}

/// Where the recorded events leave what was decided again: the number of the event and what was expected.
fn first_difference(decision: &Decision, recorded: &[&Event], known: &Known) -> Option<(u64, String)> {
    for (place, expected) in decision.events.iter().enumerate() {
        let Some(found) = recorded.get(place) else {
            return Some((expected.seq, expected.body.word().to_owned()));
        };
        let same = expected.seq == found.seq
            && expected.at == found.at
            && expected.actor == found.actor
            && expected.values == found.values
            && (expected.body == found.body || comparable(&expected.body, known) == comparable(&found.body, known));
        // The opening is taken as history here: its own event says so and is left alone.
        let opened = place == 0 && matches!(found.body, Body::Opened { .. });
        if !same && !opened {
            return Some((found.seq, expected.body.word().to_owned()));
        }
    }
    None
}

/// The body without what depends on the administrator's data of another day.
fn comparable(body: &Body, known: &Known) -> Json {
    let mut json = serde_json::to_value(body).unwrap_or_default();
    let mut drop = |path: &[&str], names: &[&str]| {
        let mut place = Some(&mut json);
        for step in path {
            place = place.and_then(|json| json.get_mut(*step));
        }
        if let Some(members) = place.and_then(Json::as_object_mut) {
            for name in names {
                members.remove(*name);
            }
        }
    };
    match body {
        Body::Told { .. } | Body::Chased { .. } => drop(&[], &["to", "way"]),
        Body::Rung { .. } => drop(&["effect"], &["to", "way"]),
        Body::Did { .. } => drop(&[], &["imported"]),
        Body::ClockSet { run, .. } => {
            drop(&["run"], &["calendar"]);
            if !known.has_calendar(run.calendar) {
                drop(&["run"], &["schedule", "due_at", "provisional", "budget"]);
            }
        }
        _ => {}
    }
    json
}
