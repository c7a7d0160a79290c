//! What must hold after every step of every life.

use std::collections::BTreeSet;
use std::sync::Arc;

use ombud::ticket::apply::fold;
use ombud::ticket::event::{Actor, Body, Event};
use ombud::ticket::model::{ClockPhase, Ticket};
use ombud::ticket::people::Walk;
use ombud::ticket::turn::{World, advance, next_due};
use ombud::workflow::definition::Definition;
use ombud::workflow::id::{ActionId, PersonId};
use ombud::workflow::moment::Moment;

use super::play::{Stage, name, search};
use crate::seeded::Seeded;

pub fn check(
    stage: &Stage,
    definition: &Definition,
    ticket: &Ticket,
    events: &[Event],
    now: Moment,
) -> Result<(), String> {
    let counting = |phase: ClockPhase| matches!(phase, ClockPhase::Running | ClockPhase::Paused);
    if ticket.is_closed() {
        if let Some(task) = ticket.open_tasks().next() {
            return Err(format!("closed with open task {task:?}"));
        }
        if let Some(run) = ticket.clocks.iter().find(|run| counting(run.phase)) {
            return Err(format!("closed with clock {} {:?}", run.clock, run.phase));
        }
        if ticket.outcome.is_none() {
            return Err(String::from("closed without an outcome"));
        }
        if next_due(ticket).is_some() {
            return Err(String::from("closed and yet something is due"));
        }
    } else {
        if ticket.outcome.is_some() {
            return Err(String::from("open with an outcome"));
        }
        if !ticket
            .clocks
            .iter()
            .any(|run| run.phase == ClockPhase::Running && run.zero.is_some())
        {
            return Err(format!("open in {} and no clock runs", ticket.state));
        }
        somebody_can_act(stage, definition, ticket, now)?;
    }
    if next_due(ticket).is_some_and(|due| due <= now.plus(-1)) && events.last().is_some_and(|event| event.at < now) {
        return Err(String::from("something is due and was not applied"));
    }
    for run in &ticket.clocks {
        let mut end = run.zero;
        for (from, to) in &run.spans {
            if end.is_none_or(|end| *from < end) || to.is_some_and(|to| to < *from) {
                return Err(format!("{} counts from {:?} in {:?}", run.clock, run.zero, run.spans));
            }
            end = *to;
        }
        let sorted = run
            .schedule
            .windows(2)
            .all(|pair| (pair[0].at, pair[0].rung) <= (pair[1].at, pair[1].rung));
        if !sorted || run.schedule.iter().any(|scheduled| run.fired.contains(&scheduled.rung)) {
            return Err(format!(
                "clock {} has a schedule out of order or with fired rungs",
                run.clock
            ));
        }
        if run.spans.iter().rev().skip(1).any(|span| span.1.is_none()) {
            return Err(format!("clock {} has an open span that is not the last", run.clock));
        }
    }
    Ok(())
}

/// There is an owner, and for one way on at least one person, four eyes included.
fn somebody_can_act(stage: &Stage, definition: &Definition, ticket: &Ticket, now: Moment) -> Result<(), String> {
    let state = &definition.states[&ticket.state];
    let plain = search(stage, definition, ticket, None, now);
    if plain.owner().persons.is_empty() {
        return Err(format!("{} has no owner", ticket.state));
    }
    for task in ticket.open_tasks().filter(|_| !state.pause) {
        let found = search(stage, definition, ticket, Some(task.id), now).resolve(&task.owner, Walk::Whole);
        if found.persons.is_empty() {
            return Err(format!("task {} of {} has no owner", task.key, task.department));
        }
    }
    if !state.tasks.is_empty() {
        return Ok(());
    }
    let possible = state.actions.values().any(|action| {
        let not_by: Vec<ActionId> = action.not_by.iter().map(|action| action.value.clone()).collect();
        let excluded: Vec<PersonId> = ticket
            .doers(&not_by)
            .into_iter()
            .filter_map(Actor::person)
            .cloned()
            .collect();
        let search = ombud::ticket::people::Search {
            excluded: &excluded,
            ..plain
        };
        action
            .by
            .iter()
            .any(|rule| !search.resolve(rule, Walk::Whole).persons.is_empty())
    });
    if possible {
        Ok(())
    } else {
        Err(format!("nobody can act in {}", ticket.state))
    }
}

/// The history alone makes the ticket; no rung fired twice; times and numbers go up.
pub fn history(ticket: &Ticket, events: &[Event]) -> Result<(), String> {
    let folded = fold(events).ok_or("no history")?;
    if folded != *ticket {
        return Err(String::from("the fold of the history is another ticket"));
    }
    let stored: Vec<Event> = events
        .iter()
        .map(|event| serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap())
        .collect();
    if stored != events {
        return Err(String::from("the history changes when it is stored and read"));
    }
    let kept: Ticket = serde_json::from_str(&serde_json::to_string(ticket).unwrap()).unwrap();
    if kept != *ticket {
        return Err(String::from("the ticket changes when it is stored and read"));
    }
    let mut rungs = BTreeSet::new();
    for (place, event) in events.iter().enumerate() {
        if usize::try_from(event.seq).unwrap() != place + 1 {
            return Err(format!("event {} stands at place {}", event.seq, place + 1));
        }
        if place > 0 && event.at < events[place - 1].at {
            return Err(format!("time runs backwards at {}", name(event)));
        }
        if let Body::Rung {
            clock,
            task,
            cycle,
            rung,
            ..
        } = &event.body
            && !rungs.insert((clock.clone(), *task, *cycle, *rung))
        {
            return Err(format!("fired twice: {}", name(event)));
        }
    }
    Ok(())
}

/// The sweeper's lateness never changes a result: in one go or in two, the same events (L8).
pub fn advance_is_associative(
    definition: &Arc<Definition>,
    ticket: &Ticket,
    from: Moment,
    until: Moment,
    world: &World<'_>,
    dice: &mut Seeded,
) -> Result<(), String> {
    let between = from.plus(dice.between(0, until.since(from)));
    let at_once = advance(definition, ticket, until, until, world);
    let first = advance(definition, ticket, between, until, world);
    let second = advance(&first.definition, &first.ticket, until, until, world);
    let in_two: Vec<Event> = first.events.into_iter().chain(second.events).collect();
    if at_once.events != in_two || at_once.ticket != second.ticket {
        return Err(format!("advance in one go and over {between:?} differ"));
    }
    Ok(())
}
