//! Firing rungs: in the order of time, then of the file, each at its nominal moment and at most once (L7, L8).

use crate::workflow::definition::{Definition, Rung};
use crate::workflow::id::{ClockId, PersonId};
use crate::workflow::moment::Moment;

use super::act;
use super::apply::LATE;
use super::event::{Actor, Body, RungEffect};
use super::model::{ClockRun, RungKey, Scheduled, TaskId};
use super::people::Found;
use super::turn::{Decision, Turn};

/// Rungs one call fires at most; what is left is due at the next call. The checker bounds circles (N01, N02).
const RUNGS_MAX: usize = 10_000;

/// A rung whose time has come.
struct Due {
    clock: ClockId,
    task: Option<TaskId>,
    cycle: u32,
    after: u64,
    scheduled: Scheduled,
}

/// Fires all that is due at or before `until`.
pub(super) fn advance(mut turn: Turn<'_>, until: Moment) -> Decision {
    let recorded = turn.recorded;
    for _ in 0..RUNGS_MAX {
        let Some(due) = next(&turn, until) else { break };
        turn.now = due.scheduled.at;
        turn.actor = Actor::System;
        turn.written.clear();
        turn.joins = 0;
        fire(&mut turn, &due);
    }
    turn.now = recorded;
    turn.finish()
}

/// The earliest rung; at the same moment the one whose clock, task and step come first in the file.
fn next(turn: &Turn<'_>, until: Moment) -> Option<Due> {
    let mut earliest: Option<(Order, Due)> = None;
    for run in &turn.ticket.clocks {
        let acts = |scheduled: &&Scheduled| {
            !turn.imported || rung(&turn.definition, &run.clock, scheduled.rung).is_none_or(|rung| rung.act.is_none())
        };
        let Some(scheduled) = run.schedule.iter().find(acts).filter(|scheduled| scheduled.at <= until) else {
            continue;
        };
        let order = Order {
            at: scheduled.at,
            late: scheduled.rung == LATE,
            place: turn.definition.clocks.get_index_of(&run.clock).unwrap_or(usize::MAX),
            task: run.task,
            rung: scheduled.rung,
        };
        if earliest.as_ref().is_none_or(|(known, _)| order < *known) {
            earliest = Some((order, Due::of(run, *scheduled)));
        }
    }
    earliest.map(|(_, due)| due)
}

/// What comes first. Late means still running after all that is due at that moment was applied, whatever the clock
/// (L7), so the marks of lateness come after every rung of the moment.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Order {
    at: Moment,
    late: bool,
    place: usize,
    task: Option<TaskId>,
    rung: RungKey,
}

fn rung<'d>(definition: &'d Definition, clock: &ClockId, key: RungKey) -> Option<&'d Rung> {
    let step = usize::try_from(key.step).ok()?;
    definition.clocks.get(clock)?.ladder.get(step)
}

fn fire(turn: &mut Turn<'_>, due: &Due) {
    if due.scheduled.rung == LATE {
        turn.emit(Body::Late {
            clock: due.clock.clone(),
            task: due.task,
            cycle: due.cycle,
        });
        return;
    }
    let definition = std::sync::Arc::clone(&turn.definition);
    let Some(rung) = rung(&definition, &due.clock, due.scheduled.rung) else {
        // The ladder of a newer version is shorter: the step is gone, and counts as fired.
        turn.emit(due.event(RungEffect::Skipped));
        return;
    };
    let acknowledged = || {
        turn.ticket
            .doings
            .iter()
            .any(|doing| doing.action == *"acknowledge" && doing.seq > due.after)
    };
    if rung.unless_acknowledged && acknowledged() {
        turn.emit(due.event(RungEffect::Skipped));
        return;
    }
    match &rung.act {
        None => {
            let effect = tell(turn, rung, due.task);
            turn.emit(due.event(effect));
        }
        Some(action) => {
            let mut attempt = turn.clone();
            attempt.emit(due.event(RungEffect::Do {
                action: action.value.clone(),
            }));
            if !rung.tell.is_empty()
                && let RungEffect::Tell { message, to, way } = tell(&attempt, rung, due.task)
            {
                attempt.emit(Body::Told {
                    message,
                    to,
                    way,
                    about: Some(action.value.clone()),
                });
            }
            match act::perform_by_clock(&mut attempt, action) {
                Ok(()) => *turn = attempt,
                Err(refusal) => {
                    let codes: Vec<&str> = refusal
                        .objections
                        .iter()
                        .map(|objection| objection.code.as_str())
                        .collect();
                    let effect = RungEffect::DoFailed {
                        action: action.value.clone(),
                        refused: codes.join(","),
                        to: always(turn),
                    };
                    turn.emit(due.event(effect));
                }
            }
        }
    }
}

fn tell(turn: &Turn<'_>, rung: &Rung, task: Option<TaskId>) -> RungEffect {
    if turn.imported {
        return RungEffect::Silent;
    }
    let task = task.and_then(|id| turn.ticket.task(id));
    let mut found = Found::default();
    for recipient in &rung.tell {
        found.add(turn.search(task, &[]).recipients(recipient));
    }
    RungEffect::Tell {
        message: rung.say.as_ref().map(|say| say.value.clone()),
        to: found.persons,
        way: found.way,
    }
}

/// Everybody in an `always` role: who hears of what the engine could not do (L8).
fn always(turn: &Turn<'_>) -> Vec<PersonId> {
    if turn.imported {
        return Vec::new();
    }
    let mut found = Found::default();
    for rule in turn.definition.people.values().filter(|rule| rule.always) {
        found.add(turn.search(None, &[]).resolve(&rule.id, super::people::Walk::Whole));
    }
    found.persons
}

impl Due {
    fn of(run: &ClockRun, scheduled: Scheduled) -> Self {
        Self {
            clock: run.clock.clone(),
            task: run.task,
            cycle: run.cycle,
            after: run.after,
            scheduled,
        }
    }

    fn event(&self, effect: RungEffect) -> Body {
        Body::Rung {
            clock: self.clock.clone(),
            task: self.task,
            cycle: self.cycle,
            rung: self.scheduled.rung,
            due_at: self.scheduled.at,
            effect,
        }
    }
}
