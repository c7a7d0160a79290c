//! Late once for each cycle, not before it was due, and never forgotten (I12).
//!
//! Forgotten is what was due and still counted when somebody did something later: time is applied before every command
//! (L8), so the mark had to come first. What is due now and not marked yet is only a sweeper that is not there yet.

use std::collections::BTreeMap;

use super::clocks::named;
use super::code::Code;
use super::finding::{Finding, Findings};
use super::history::History;
use crate::ticket::apply::LATE;
use crate::ticket::event::{Body, Event};
use crate::ticket::model::{ClockPhase, ClockRun, TaskId, Ticket};
use crate::workflow::id::ClockId;

type Instance = (ClockId, Option<TaskId>);

pub fn check(history: &History, ticket: &Ticket, findings: &mut Findings) {
    let mut runs: BTreeMap<Instance, &ClockRun> = BTreeMap::new();
    let mut marks: BTreeMap<(Instance, u32), u64> = BTreeMap::new();
    for event in history.read() {
        match &event.body {
            Body::ClockSet { run, .. } => {
                runs.insert((run.clock.clone(), run.task), run);
            }
            Body::Late { clock, task, cycle } => {
                let instance = (clock.clone(), *task);
                let named = |code| Finding::new(code).seq(event.seq).with("clock", clock);
                if !runs.get(&instance).is_some_and(|run| is_due(run, *cycle, event)) {
                    findings.push(named(Code::LateEarly));
                }
                if marks.insert((instance, *cycle), event.seq).is_some() {
                    findings.push(named(Code::LateTwice));
                }
            }
            body if body.is_command() => {
                for ((clock, task), run) in &runs {
                    let marked = marks.contains_key(&((clock.clone(), *task), run.cycle));
                    if !marked && is_forgotten(run, event) {
                        findings.push(named(Code::LateMissed, run).seq(event.seq));
                    }
                }
            }
            _ => {}
        }
    }
    for run in &ticket.clocks {
        let marked = marks.contains_key(&((run.clock.clone(), run.task), run.cycle));
        if marked != run.late_at.is_some() {
            findings.push(named(Code::LateMark, run));
        }
    }
}

/// In this cycle, while it counted, not before its time.
fn is_due(run: &ClockRun, cycle: u32, late: &Event) -> bool {
    run.cycle == cycle && run.phase == ClockPhase::Running && run.due_at.is_some_and(|due| due <= late.at)
}

fn is_forgotten(run: &ClockRun, event: &Event) -> bool {
    // What was set at this very moment had no time to be applied.
    let passed = |due| due < event.at && run.changed_at < event.at;
    run.phase == ClockPhase::Running && !run.fired.contains(&LATE) && run.due_at.is_some_and(passed)
}
