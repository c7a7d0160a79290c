//! What somebody asks of a ticket.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::workflow::id::{ActionId, DepartmentId, FieldId};
use crate::workflow::moment::Moment;
use crate::workflow::value::Values;

use super::attachment::NewFile;
use super::event::Actor;
use super::model::{Contact, LinkKind, TaskId};

/// A command on a ticket that exists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Command {
    pub actor: Actor,
    pub on_behalf_of: Option<DepartmentId>,
    pub order: Order,
    /// Free texts: `reason`, `basis`, `note`, `evidence`.
    #[serde(default)]
    pub texts: BTreeMap<Arc<str>, String>,
    /// Files that come with it.
    #[serde(default)]
    pub files: Vec<NewFile>,
    /// History is imported: membership is not checked and nothing is sent (L12).
    #[serde(default)]
    pub imported: bool,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// An action of the file.
    Do {
        action: ActionId,
        values: Values,
    },
    Sign {
        task: TaskId,
    },
    Reply {
        task: TaskId,
        values: Values,
    },
    /// `reason` and `basis` in texts.
    AskReturn {
        task: TaskId,
    },
    GrantReturn {
        task: TaskId,
    },
    Force {
        task: TaskId,
    },
    HandOver {
        task: TaskId,
        to: DepartmentId,
    },
    GiveBack {
        task: TaskId,
    },
    Take {
        task: Option<TaskId>,
    },
    Release {
        task: Option<TaskId>,
    },
    Acknowledge,
    Chase,
    Watch {
        on: bool,
    },
    Note {
        public: bool,
    },
    /// `reason` in texts.
    Correct {
        values: Values,
    },
    ContactEnded {
        at: Moment,
    },
    ContactReported {
        contact: Contact,
    },
    Link {
        to: Uuid,
        kind: LinkKind,
    },
    Unlink {
        to: Uuid,
        kind: LinkKind,
    },
    /// Closes this ticket as a duplicate of another; the other gets `Link Absorbed`.
    Merge {
        into: Uuid,
    },
    Unmerge,
    /// Nothing but the files of the command.
    Attach,
    /// `reason` in texts.
    Detach {
        attachment: u64,
    },
    /// `reason` in texts.
    Reveal {
        field: FieldId,
    },
    /// Values and texts outside `decide`: recomputes clocks after the calendar was edited (L11).
    CalendarChanged,
}

/// A new ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Opening {
    pub id: Uuid,
    pub number: Arc<str>,
    pub creator: Actor,
    pub contact: Option<Contact>,
    pub values: Values,
    pub imported: bool,
}
