//! A ticket with its whole history, as it is brought from another system: what was said, by whom, when (L12).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::desk::open::ContactReport;
use crate::ticket::model::{TaskId, Ticket};
use crate::workflow::id::{ActionId, DepartmentId, PersonId, WorkflowId};
use crate::workflow::moment::Moment;

/// Commands one ticket may bring.
pub const COMMANDS_MAX: usize = 10_000;
/// Characters of a number that is kept from the other system.
pub const NUMBER_LENGTH_MAX: usize = 40;

/// A ticket that is to be imported whole.
#[derive(Clone, Debug)]
pub struct Past {
    /// The id of one without a number whose request may be repeated: the same id again changes nothing.
    pub id: Option<Uuid>,
    pub workflow: WorkflowId,
    /// The number it had; kept when nobody else has it. Importing it again changes nothing. Made up when missing.
    pub number: Option<String>,
    pub at: Moment,
    /// Who wrote it; nobody is the machine.
    pub by: Option<PersonId>,
    pub contact: Option<ContactReport>,
    pub values: Map<String, Json>,
    pub commands: Vec<PastCommand>,
}

/// One thing that was done.
#[derive(Clone, Debug)]
pub struct PastCommand {
    pub at: Moment,
    pub by: Option<PersonId>,
    pub action: ActionId,
    pub task: Option<TaskName>,
    pub values: Map<String, Json>,
    pub texts: BTreeMap<Arc<str>, String>,
    pub with: Map<String, Json>,
    pub on_behalf_of: Option<DepartmentId>,
}

/// Which task is meant: its number cannot be known before the import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskName {
    Number(TaskId),
    /// `lead`, or `assist@finance`: the latest such task that is open, else the latest.
    Key {
        key: String,
        department: Option<String>,
    },
}

impl TaskName {
    /// `3`, `lead`, `assist@finance`.
    pub fn parse(text: &str) -> Self {
        if let Ok(number) = text.parse() {
            return Self::Number(number);
        }
        match text.split_once('@') {
            None => Self::Key {
                key: text.to_owned(),
                department: None,
            },
            Some((key, department)) => Self::Key {
                key: key.to_owned(),
                department: Some(department.to_owned()),
            },
        }
    }

    /// The task of the ticket that is meant.
    pub fn find(&self, ticket: &Ticket) -> Option<TaskId> {
        let (key, department) = match self {
            Self::Number(number) => return ticket.task(*number).map(|task| task.id),
            Self::Key { key, department } => (key, department),
        };
        let fits = ticket.tasks.iter().rev().filter(|task| {
            task.key.as_str() == key
                && department
                    .as_ref()
                    .is_none_or(|wanted| task.department.as_str() == wanted)
        });
        let mut latest = None;
        for task in fits {
            if task.phase.is_open() {
                return Some(task.id);
            }
            latest = latest.or(Some(task.id));
        }
        latest
    }
}

/// True for a number that may be kept: letters of any script, digits, `-`, `_`, `.`.
pub fn is_number(text: &str) -> bool {
    let length = text.chars().count();
    (1..=NUMBER_LENGTH_MAX).contains(&length)
        && text
            .chars()
            .all(|mark| mark.is_alphanumeric() || matches!(mark, '-' | '_' | '.'))
}
