//! What happened to a ticket. Events carry all that `apply` needs: resolved people, computed times (L11).
//!
//! Old events keep their meaning for ever: a variant is never changed, a new meaning is a new variant.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::workflow::id::{
    ActionId, CalendarId, ClockId, DepartmentId, MessageId, OutcomeId, PersonId, RuleId, StateId, TaskKey, WorkflowId,
};
use crate::workflow::moment::Moment;
use crate::workflow::value::Values;

use super::attachment::Content;
use super::model::{ClockRun, Contact, LinkKind, RungKey, TaskId};

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    Person(PersonId),
    /// A clock, the import, the engine itself.
    System,
}

impl Actor {
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Person(person) => Some(person),
            Self::System => None,
        }
    }
}

/// One entry of the append-only history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// From 1, without a gap.
    pub seq: u64,
    /// When it happened; never earlier than the event before.
    pub at: Moment,
    /// When ombud wrote it down; differs from `at` for imported history and for rungs applied late.
    pub recorded_at: Moment,
    pub actor: Actor,
    /// The department without accounts for which the actor acted, with evidence in `texts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<DepartmentId>,
    pub body: Body,
    /// Field values written by this event.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub values: Values,
    /// Free texts that are no fields: reason, basis, note, evidence …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<Arc<str>, String>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Body {
    Opened {
        id: Uuid,
        number: Arc<str>,
        workflow: WorkflowId,
        definition: Arc<str>,
        calendar: Option<CalendarId>,
        state: StateId,
        contact: Option<Contact>,
        imported: bool,
    },
    /// An action of the file, or a built-in one that needs no variant of its own. `values` were written by it.
    Did {
        action: ActionId,
        task: Option<TaskId>,
        imported: bool,
    },
    /// Values written by the engine: routing, `set`, the lead's fields at a join.
    Wrote {
        why: Why,
    },
    /// `visit` is the one begun, or returned to out of a pause; `pausing` keeps the way back.
    Entered {
        state: StateId,
        visit: u32,
        pausing: bool,
    },
    Closed {
        outcome: OutcomeId,
    },
    Reopened {
        state: StateId,
    },
    Became {
        workflow: WorkflowId,
        definition: Arc<str>,
        calendar: Option<CalendarId>,
        state: StateId,
        kept: Vec<crate::workflow::id::FieldId>,
    },
    TaskOpened {
        task: TaskId,
        key: TaskKey,
        state: StateId,
        department: DepartmentId,
        owner: RuleId,
    },
    TaskSigned {
        task: TaskId,
    },
    /// The department is done (办结 of its part); `values` are the task's fields.
    TaskReplied {
        task: TaskId,
    },
    ReturnAsked {
        task: TaskId,
    },
    ReturnGranted {
        task: TaskId,
    },
    Forced {
        task: TaskId,
    },
    HandedOver {
        task: TaskId,
        to: DepartmentId,
    },
    /// Back to the department that had handed it over, unsigned.
    GivenBack {
        task: TaskId,
        to: DepartmentId,
    },
    TaskCancelled {
        task: TaskId,
    },
    /// A join used these tasks.
    TasksConsumed {
        tasks: Vec<TaskId>,
    },
    /// A clock changed: the whole run as it stands now, so that `apply` only copies.
    ClockSet {
        why: ClockWhy,
        run: Box<ClockRun>,
    },
    /// A rung of a ladder fired, at most once (L7).
    Rung {
        clock: ClockId,
        task: Option<TaskId>,
        cycle: u32,
        #[serde(flatten)]
        rung: RungKey,
        /// Nominal moment.
        due_at: Moment,
        effect: RungEffect,
    },
    /// A clock reached 100 % while it ran (L7).
    Late {
        clock: ClockId,
        task: Option<TaskId>,
        cycle: u32,
    },
    /// Somebody is to be told; the outbox carries it out.
    Told {
        message: Option<MessageId>,
        to: Vec<PersonId>,
        way: Vec<Fallen>,
        about: Option<ActionId>,
    },
    Taken {
        task: Option<TaskId>,
        by: PersonId,
    },
    Released {
        task: Option<TaskId>,
    },
    Acknowledged,
    Chased {
        to: Vec<PersonId>,
    },
    Watched {
        on: bool,
    },
    /// `public`: the caller may read it.
    Noted {
        public: bool,
    },
    Corrected,
    ContactEnded {
        at: Moment,
    },
    /// The contact's recording reference came in later (R1).
    ContactReported {
        contact: Contact,
    },
    Linked {
        to: Uuid,
        kind: LinkKind,
    },
    Unlinked {
        to: Uuid,
        kind: LinkKind,
    },
    MergedInto {
        to: Uuid,
    },
    Unmerged,
    Revealed {
        field: crate::workflow::id::FieldId,
    },
    /// A file came to the ticket. Its name is the text `name`, its content lies elsewhere under its hash.
    Attached {
        #[serde(flatten)]
        content: Content,
        /// The action it was given with; nothing when it came by itself.
        action: Option<ActionId>,
        task: Option<TaskId>,
    },
    /// A file was taken away again: the one that this event had brought.
    Detached {
        attachment: u64,
    },
    /// Moved to another version of its workflow (`in_flight`).
    Moved {
        definition: Arc<str>,
        calendar: Option<CalendarId>,
        state: StateId,
    },
    /// Personal content of earlier events was erased.
    Erased {
        from: u64,
        to: u64,
    },
}

impl Body {
    /// The word of `type` in the stored JSON, the feed and exports.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Did { .. } => "did",
            Self::Wrote { .. } => "wrote",
            Self::Entered { .. } => "entered",
            Self::Closed { .. } => "closed",
            Self::Reopened { .. } => "reopened",
            Self::Became { .. } => "became",
            Self::TaskOpened { .. } => "task_opened",
            Self::TaskSigned { .. } => "task_signed",
            Self::TaskReplied { .. } => "task_replied",
            Self::ReturnAsked { .. } => "return_asked",
            Self::ReturnGranted { .. } => "return_granted",
            Self::Forced { .. } => "forced",
            Self::HandedOver { .. } => "handed_over",
            Self::GivenBack { .. } => "given_back",
            Self::TaskCancelled { .. } => "task_cancelled",
            Self::TasksConsumed { .. } => "tasks_consumed",
            Self::ClockSet { .. } => "clock_set",
            Self::Rung { .. } => "rung",
            Self::Late { .. } => "late",
            Self::Told { .. } => "told",
            Self::Taken { .. } => "taken",
            Self::Released { .. } => "released",
            Self::Acknowledged => "acknowledged",
            Self::Chased { .. } => "chased",
            Self::Watched { .. } => "watched",
            Self::Noted { .. } => "noted",
            Self::Corrected => "corrected",
            Self::ContactEnded { .. } => "contact_ended",
            Self::ContactReported { .. } => "contact_reported",
            Self::Linked { .. } => "linked",
            Self::Unlinked { .. } => "unlinked",
            Self::MergedInto { .. } => "merged_into",
            Self::Unmerged => "unmerged",
            Self::Revealed { .. } => "revealed",
            Self::Attached { .. } => "attached",
            Self::Detached { .. } => "detached",
            Self::Moved { .. } => "moved",
            Self::Erased { .. } => "erased",
        }
    }
}

/// Why the engine wrote values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    Routing,
    Set,
    Join,
    /// A task went to another department: the field that named the old one follows.
    HandOver,
}

/// Why a clock changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockWhy {
    Started,
    Restarted,
    Continued,
    Paused,
    Resumed,
    Stopped,
    Met,
    ZeroMoved,
    LimitChanged,
    Extended,
    CalendarChanged,
}

/// What a rung did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum RungEffect {
    /// People as resolved at the nominal moment; they are resolved again at sending.
    Tell {
        message: Option<MessageId>,
        to: Vec<PersonId>,
        way: Vec<Fallen>,
    },
    /// The action it did follows as events of its own.
    Do { action: ActionId },
    /// The action was refused: told to the `always` people, and counts as fired (L8).
    DoFailed {
        action: ActionId,
        refused: String,
        to: Vec<PersonId>,
    },
    /// `unless: acknowledged`, and it was.
    Skipped,
    /// An effect for nobody: the history was imported, nothing is sent (L12).
    Silent,
}

/// A level of an `else` chain at which nobody was found (L2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fallen {
    pub rule: RuleId,
    pub why: FallenWhy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FallenWhy {
    /// The field or the assignee it goes by is empty.
    NothingNamed,
    NoMember,
    NobodyOnDuty,
    Absent,
    /// `not_by` left nobody.
    FourEyes,
    /// Nobody of those rostered has signed on: they were reached all the same, and the level was not left.
    NobodySignedOn,
}

impl FallenWhy {
    /// Whether the next level of the chain was asked.
    pub fn leaves_the_level(self) -> bool {
        match self {
            Self::NothingNamed | Self::NoMember | Self::NobodyOnDuty | Self::Absent | Self::FourEyes => true,
            Self::NobodySignedOn => false,
        }
    }
}

impl Body {
    /// Who is to be told something by this event, and by which message of the file.
    pub fn told(&self) -> Option<(Option<&MessageId>, &[PersonId])> {
        if let Self::Told { message, to, .. } = self {
            return Some((message.as_ref(), to));
        }
        if let Self::Chased { to } = self {
            return Some((None, to));
        }
        let Self::Rung { effect, .. } = self else { return None };
        match effect {
            RungEffect::Tell { message, to, .. } => Some((message.as_ref(), to)),
            RungEffect::DoFailed { to, .. } => Some((None, to)),
            RungEffect::Do { .. } | RungEffect::Skipped | RungEffect::Silent => None,
        }
    }
}
