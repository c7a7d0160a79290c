//! Rungs fired at most once and never early, and each has its row that makes a second time impossible (I13).

use std::collections::BTreeSet;

use super::code::Code;
use super::finding::{Finding, Findings};
use super::history::History;
use crate::ticket::event::{Body, Event};
use crate::ticket::model::{RungKey, TaskId};
use crate::workflow::id::ClockId;

type Fired = (ClockId, Option<TaskId>, u32, RungKey);
/// Clock, task, cycle, step, repetition, due time.
type Row = (String, i64, i64, i64, i64, i64);

pub fn check(history: &History, findings: &mut Findings) {
    let mut seen: BTreeSet<Fired> = BTreeSet::new();
    let mut expected: BTreeSet<Row> = BTreeSet::new();
    for event in history.read() {
        let Event { seq, at, body, .. } = event;
        let Body::Rung {
            clock,
            task,
            cycle,
            rung,
            due_at,
            ..
        } = body
        else {
            continue;
        };
        let named = |code| {
            Finding::new(code)
                .seq(*seq)
                .with("clock", clock)
                .with("step", rung.step)
        };
        if !seen.insert((clock.clone(), *task, *cycle, *rung)) {
            findings.push(named(Code::RungTwice));
        }
        if due_at > at {
            findings.push(named(Code::RungEarly));
        }
        expected.insert((
            clock.to_string(),
            i64::from(task.unwrap_or_default()),
            i64::from(*cycle),
            i64::from(rung.step),
            i64::from(rung.repetition),
            due_at.0,
        ));
    }
    let rows: BTreeSet<Row> = history
        .rungs
        .iter()
        .map(|row| {
            let clock = row.clock.clone();
            (clock, row.task, row.cycle, row.step, row.repetition, row.due_at)
        })
        .collect();
    for (clock, task, cycle, step, ..) in expected.symmetric_difference(&rows) {
        let finding = Finding::new(Code::RungRow).with("clock", clock).with("task", task);
        findings.push(finding.with("cycle", cycle).with("step", step));
    }
}
