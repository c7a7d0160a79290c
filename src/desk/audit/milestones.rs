//! What the figures count follows from the events: each milestone has its row, no row has none, and what was fixed at
//! the moment (in time, outcome, solved) is what the history says of it (I4, R34, decision 0011).
//!
//! A row was worked out with the ticket as it stood when its command was saved. How many events one command had is not
//! stored; what is, is when they were recorded. So a row is right when it agrees with the ticket right after its event,
//! or after the last event recorded at that instant: a whole imported life was saved at once.

use std::collections::BTreeMap;

use super::code::Code;
use super::finding::{Finding, Findings};
use super::history::History;
use super::world::Known;
use crate::store::scan::MilestoneRow;
use crate::ticket::apply::{apply, born};
use crate::ticket::event::{Body, Event};
use crate::ticket::milestone::{Milestone, milestones};
use crate::ticket::model::Ticket;
use crate::workflow::definition::CountsAs;
use crate::workflow::id::DepartmentId;

/// The rows of one event in the two ways in which they may be right: right after it, and when its command was saved.
#[derive(Default)]
struct Ways([Vec<MilestoneRow>; 2]);

pub fn check(history: &History, known: &Known, findings: &mut Findings) {
    let Some(mut expected) = expected(history, known) else {
        return;
    };
    let erased_through = erased_through(history);
    let mut stored: BTreeMap<i64, Vec<MilestoneRow>> = BTreeMap::new();
    for row in &history.milestones {
        stored.entry(row.seq).or_default().push(row.clone());
    }
    for (seq, mut rows) in stored {
        let Ways(mut ways) = expected.remove(&seq).unwrap_or_default();
        if u64::try_from(seq).is_ok_and(|seq| seq <= erased_through) {
            // What the caller said may be among what was erased.
            let all = ways.iter_mut().flatten().chain(&mut rows);
            all.for_each(|row| row.solved = None);
        }
        rows.sort_by(|one, other| one.department.cmp(&other.department));
        if !ways.contains(&rows) {
            let strange = rows.iter().find(|row| !ways.iter().flatten().any(|way| way == *row));
            let missing = || ways.iter().flatten().find(|way| !rows.contains(way));
            let (kind, department) = strange
                .or_else(missing)
                .map_or(("", ""), |row| (row.kind.as_str(), row.department.as_str()));
            findings.push(found(seq, kind, department));
        }
    }
    for (seq, Ways([right_after, _])) in expected {
        for row in right_after {
            findings.push(found(seq, &row.kind, &row.department));
        }
    }
}

fn found(seq: i64, kind: &str, department: &str) -> Finding {
    Finding::new(Code::Milestone)
        .seq(u64::try_from(seq).unwrap_or_default())
        .with("kind", kind)
        .with("department", if department.is_empty() { "–" } else { department })
}

/// The rows that should be there, by event; `None` where a definition is missing, which is a finding of its own.
fn expected(history: &History, known: &Known) -> Option<BTreeMap<i64, Ways>> {
    let events: Vec<&Event> = history.read().collect();
    let mut ticket = born(events.first()?)?;
    let mut expected: BTreeMap<i64, Ways> = BTreeMap::new();
    let mut at = 0;
    while let Some(first) = events.get(at) {
        let rest = events.get(at..).unwrap_or_default();
        let together = rest.iter().take_while(|event| event.recorded_at == first.recorded_at);
        let count = together.count().max(1);
        let saved = rest.get(..count).unwrap_or_default();
        let mut right_after = Vec::new();
        for (place, event) in saved.iter().enumerate() {
            if at + place > 0 {
                apply(&mut ticket, event);
            }
            right_after.push(rows(&ticket, event, known)?);
        }
        for (event, right_after) in saved.iter().zip(right_after) {
            let when_saved = rows(&ticket, event, known)?;
            if !right_after.is_empty() {
                let seq = i64::try_from(event.seq).unwrap_or(i64::MAX);
                expected.insert(seq, Ways([right_after, when_saved]));
            }
        }
        at += count;
    }
    Some(expected)
}

/// The rows of one event with the ticket as it stands, by department.
fn rows(ticket: &Ticket, event: &Event, known: &Known) -> Option<Vec<MilestoneRow>> {
    let definition = known.definition(&ticket.definition)?;
    let reached = milestones(definition, ticket, std::slice::from_ref(event));
    let mut rows: Vec<MilestoneRow> = reached.iter().map(|milestone| row(ticket, milestone)).collect();
    rows.sort_by(|one, other| one.department.cmp(&other.department));
    Some(rows)
}

fn row(ticket: &Ticket, milestone: &Milestone) -> MilestoneRow {
    MilestoneRow {
        ticket: ticket.id,
        seq: i64::try_from(milestone.seq).unwrap_or(i64::MAX),
        department: milestone
            .department
            .as_ref()
            .map_or("", DepartmentId::as_str)
            .to_owned(),
        at: milestone.at.0,
        kind: milestone.kind.as_str().to_owned(),
        workflow: ticket.workflow.to_string(),
        in_time: milestone.in_time,
        outcome: milestone.outcome.as_ref().map(ToString::to_string),
        counts_as: milestone.counts_as.map(CountsAs::as_str).map(str::to_owned),
        solved: milestone.solved,
    }
}

/// Up to here texts are gone; 0 where nothing was erased.
fn erased_through(history: &History) -> u64 {
    let through = history.read().filter_map(|event| match &event.body {
        Body::Erased { to, .. } => Some(*to),
        _ => None,
    });
    through.max().unwrap_or(0)
}
