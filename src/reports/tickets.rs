//! Tickets as a table: one row each, what a manager sorts and counts by. Contents that may be personal stay inside.

use std::io::{self, Write};

use super::csv::Table;
use crate::ticket::model::{ClockPhase, Ticket};
use crate::workflow::definition::Definition;
use crate::workflow::id::PersonId;
use crate::workflow::moment::Moment;
use crate::workflow::value::Value;

const HEADINGS: &[&str] = &[
    "number",
    "workflow",
    "version",
    "state",
    "outcome",
    "subject",
    "urgent",
    "creator",
    "assignee",
    "channel",
    "departments",
    "opened_at",
    "closed_at",
    "late_clocks",
    "next_due_at",
    "rounds",
    "transfers",
    "revision",
];

/// Writes the table row by row.
pub struct Tickets<W: Write> {
    table: Table<W>,
}

impl<W: Write> Tickets<W> {
    pub fn new(out: W) -> io::Result<Self> {
        Ok(Self {
            table: Table::new(out, HEADINGS.iter().copied())?,
        })
    }

    /// Writes a ticket. The subject is given, so that whoever writes decides how much of it may leave.
    pub fn row(&mut self, ticket: &Ticket, definition: Option<&Definition>, subject: &str) -> io::Result<()> {
        let optional = |at: Option<Moment>| at.map_or_else(String::new, Moment::rfc3339);
        let person = |person: Option<&PersonId>| person.map_or_else(String::new, ToString::to_string);
        let urgent = matches!(ticket.fields.get("urgent"), Some(Value::YesNo(true)));
        let departments: Vec<&str> = ticket
            .departments
            .iter()
            .filter(|(_, seen)| seen.until.is_none())
            .map(|(department, _)| department.as_str())
            .collect();
        let late: Vec<&str> = ticket
            .clocks
            .iter()
            .filter(|run| run.late_at.is_some())
            .map(|run| run.clock.as_str())
            .collect();
        let next_due = ticket
            .clocks
            .iter()
            .filter(|run| run.phase == ClockPhase::Running)
            .filter_map(|run| run.due_at)
            .min();
        let channel = ticket.contact.as_ref().map_or("", |contact| contact.channel.as_str());
        let cells = [
            ticket.number.to_string(),
            ticket.workflow.to_string(),
            definition.map_or_else(String::new, |definition| definition.version.to_string()),
            if ticket.is_closed() {
                "closed".to_owned()
            } else {
                ticket.state.to_string()
            },
            ticket.outcome.as_ref().map_or_else(String::new, ToString::to_string),
            subject.to_owned(),
            if urgent { "yes" } else { "no" }.to_owned(),
            person(ticket.creator.person()),
            person(ticket.assignee.as_ref()),
            channel.to_owned(),
            departments.join(" "),
            ticket.opened_at.rfc3339(),
            optional(ticket.closed_at),
            late.join(" "),
            optional(next_due),
            ticket.round.to_string(),
            ticket.transfers.to_string(),
            ticket.revision.to_string(),
        ];
        self.table.row(cells.iter().map(String::as_str))
    }

    pub fn end(self) -> io::Result<W> {
        self.table.end()
    }
}
