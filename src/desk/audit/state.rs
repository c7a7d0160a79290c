//! The row of a ticket is what its events make of it, field by field (I4, I5).

use std::collections::{BTreeMap, BTreeSet};

use super::code::Code;
use super::finding::{Finding, Findings};
use super::history::History;
use crate::store::projection::project;
use crate::ticket::model::Ticket;
use crate::workflow::definition::Definition;
use crate::workflow::moment::Moment;

pub fn check(history: &History, folded: &Ticket, definition: Option<&Definition>, findings: &mut Findings) {
    let row = &history.row;
    match serde_json::from_str::<Ticket>(&row.snapshot) {
        Err(error) => findings.push(Finding::new(Code::SnapshotUnreadable).with("why", error)),
        Ok(snapshot) if snapshot != *folded => {
            findings.push(Finding::new(Code::Snapshot).with("what", difference(&snapshot, folded)));
        }
        Ok(_) => {}
    }
    let text = |text: &str| text.to_owned();
    let person = |person: Option<&crate::workflow::id::PersonId>| person.map(ToString::to_string);
    let ms = |at: Option<Moment>| at.map(|at| at.0);
    let mut column = |what: &str, found: &dyn std::fmt::Debug, expected: &dyn std::fmt::Debug| {
        findings.differ(
            Code::TicketColumn,
            what,
            &format!("{found:?}"),
            &format!("{expected:?}"),
        );
    };
    column("workflow", &row.workflow, &text(folded.workflow.as_str()));
    column("definition", &row.definition, &text(&folded.definition));
    column("state", &row.state, &text(folded.state.as_str()));
    column(
        "outcome",
        &row.outcome,
        &folded.outcome.as_ref().map(ToString::to_string),
    );
    column("creator", &row.creator, &person(folded.creator.person()));
    column("assignee", &row.assignee, &person(folded.assignee.as_ref()));
    column("opened_at", &row.opened_at, &folded.opened_at.0);
    column("closed_at", &row.closed_at, &ms(folded.closed_at));
    column("entered_at", &row.entered_at, &folded.entered_at.0);
    column("updated_at", &row.updated_at, &folded.last_at.0);
    column("revision", &i128::from(row.revision), &i128::from(folded.revision));
    column("seq", &i128::from(row.seq), &i128::from(folded.seq));
    if let Some(definition) = definition {
        let projected = project(folded, definition);
        column("due_at", &row.due_at, &ms(projected.due_at));
        column("late_since", &row.late_since, &ms(projected.late_since));
        column("urgent", &row.urgent, &projected.urgent);
        column("subject", &row.subject, &projected.subject);
        let owners: BTreeMap<i64, (&str, i64)> = history
            .owners
            .iter()
            .map(|row| (row.task, (row.chain.as_str(), row.updated_at)))
            .collect();
        let expected: BTreeMap<i64, (&str, i64)> = projected
            .owners
            .iter()
            .map(|(task, chain)| (i64::from(*task), (chain.as_str(), folded.last_at.0)))
            .collect();
        column("owners", &owners, &expected);
    }
    let whole = |seq: u64| i64::try_from(seq).unwrap_or(i64::MAX);
    // While a department is involved its row follows the ticket; afterwards it stands still.
    let following = |until: Option<i64>, open: bool, at: i64| until.is_none().then_some((open, at));
    let departments: BTreeMap<&str, _> = history
        .departments
        .iter()
        .map(|row| {
            let follows = following(row.until, row.open, row.updated_at);
            (row.department.as_str(), (row.since, row.until, follows))
        })
        .collect();
    let expected: BTreeMap<&str, _> = folded
        .departments
        .iter()
        .map(|(department, seen)| {
            let until = seen.until.map(whole);
            let follows = following(until, !folded.is_closed(), folded.last_at.0);
            (department.as_str(), (whole(seen.since), until, follows))
        })
        .collect();
    column("departments", &departments, &expected);
    if i128::from(row.seq) != i128::try_from(history.events.len()).unwrap_or_default() {
        findings.push(
            Finding::new(Code::Count)
                .with("found", row.seq)
                .with("expected", history.events.len()),
        );
    }
}

/// The names of the fields in which two tickets differ.
fn difference(found: &Ticket, expected: &Ticket) -> String {
    let (Ok(found), Ok(expected)) = (serde_json::to_value(found), serde_json::to_value(expected)) else {
        return "?".to_owned();
    };
    // What is empty is not written: a name may stand on one side only.
    let names: BTreeSet<&str> = [&found, &expected]
        .into_iter()
        .filter_map(serde_json::Value::as_object)
        .flat_map(|members| members.keys().map(String::as_str))
        .filter(|name| found.get(name) != expected.get(name))
        .collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}
