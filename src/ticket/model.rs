//! A ticket as it stands: the fold of its events. Nothing here decides; `apply` is the only writer.
//!
//! What is empty is not written: a ticket is saved whole with every command, and a clock with each of its events.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::workflow::calendar::Budget;
use crate::workflow::id::{
    ActionId, CalendarId, ClockId, DepartmentId, FieldId, OutcomeId, PersonId, RuleId, StateId, TaskKey, WorkflowId,
};
use crate::workflow::moment::Moment;
use crate::workflow::value::Values;

use super::attachment::Attachment;
use super::event::Actor;

/// Number of a task within its ticket, from 1.
pub type TaskId = u32;

/// A ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    pub id: Uuid,
    /// For people: `T20260302-000017`.
    pub number: Arc<str>,
    pub workflow: WorkflowId,
    /// Hash of the definition it runs on.
    pub definition: Arc<str>,
    /// The calendar its working time is counted by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarId>,
    /// Counts the events, without a gap.
    pub seq: u64,
    /// Rises on commands and `do` rungs, not on `tell` rungs (DESIGN): the ETag.
    pub revision: u64,
    /// Time of the last event; event times never decrease.
    pub last_at: Moment,
    pub opened_at: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Moment>,
    /// Set while closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeId>,
    /// The state; while closed the one it was closed from.
    pub state: StateId,
    /// Since when it has been in this state.
    pub entered_at: Moment,
    /// Counts openings and reopenings, from 1 (L1).
    pub round: u32,
    /// The visit of a state it is in now, from 1 (L1); `to: back` out of a pause returns to the visit before.
    pub visit: u32,
    /// Visits so far.
    pub visits: u32,
    /// The state and visit before a pause, to which `to: back` returns (L5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_from: Option<(StateId, u32)>,
    pub creator: Actor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    pub fields: Values,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Task>,
    /// Clocks that have ever run, in the order of their first start; one entry for each task of a task clock.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<ClockRun>,
    /// The one person who took it (L2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PersonId>,
    /// What was done, for `times`, `not_by`, `doer of`, `at_most`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doings: Vec<Doing>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched_by: Option<PersonId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// Files that came to it, in their order; those taken away or erased keep their place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The ticket it was merged into; undoable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Uuid>,
    /// Departments that own or owned a part, with what they may see.
    pub departments: IndexMap<DepartmentId, Seen>,
    /// Returns granted and transfers of departments, counted over the whole life (R15).
    pub transfers: u32,
    /// Who acknowledged last, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<(PersonId, Moment)>,
    /// Everybody who was told something about it, each once: they may acknowledge (R9).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<PersonId>,
}

/// What a department may see of a ticket: all while it is involved, what it saw after it gave it away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub since: u64,
    /// The last event it may see once it is no longer involved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<u64>,
}

/// The call or message by which the ticket came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The telephone system's own id.
    pub id: Option<String>,
    pub channel: Channel,
    pub started_at: Option<Moment>,
    /// Hang-up; empty while the contact is running.
    pub ended_at: Option<Moment>,
    /// Reference of the recording; the recording itself is never stored (R11).
    pub recording: Option<String>,
    /// True when a later report may still bring the hang-up.
    pub running: bool,
}

/// How callers reach a hotline (R11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Phone,
    Web,
    Mail,
    Chat,
    Letter,
    Visit,
    Platform,
}

impl Channel {
    const ALL: [Self; 7] = [
        Self::Phone,
        Self::Web,
        Self::Mail,
        Self::Chat,
        Self::Letter,
        Self::Visit,
        Self::Platform,
    ];

    /// The word used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Web => "web",
            Self::Mail => "mail",
            Self::Chat => "chat",
            Self::Letter => "letter",
            Self::Visit => "visit",
            Self::Platform => "platform",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == word)
    }
}

/// A department's part of the work (L4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    pub id: TaskId,
    pub key: TaskKey,
    /// The state it was opened in, where its specification stands.
    pub state: StateId,
    pub department: DepartmentId,
    pub owner: RuleId,
    pub phase: TaskPhase,
    pub fields: Values,
    pub assignee: Option<PersonId>,
    /// The department that handed it over, to which it can be given back.
    pub handed_from: Option<DepartmentId>,
    pub opened_at: Moment,
    pub signed_at: Option<Moment>,
    pub ended_at: Option<Moment>,
    /// Return was refused: the department has no right to ask again (R15).
    pub forced: bool,
    /// A join has used it: it no longer counts for the next one.
    pub consumed: bool,
}

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskPhase {
    /// Waiting to be signed for.
    Open,
    Signed,
    ReturnAsked,
    Done,
    Returned,
    Cancelled,
}

impl TaskPhase {
    /// Somebody still has to do something.
    pub fn is_open(self) -> bool {
        match self {
            Self::Open | Self::Signed | Self::ReturnAsked => true,
            Self::Done | Self::Returned | Self::Cancelled => false,
        }
    }

    /// The word used in YAML and API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Signed => "signed",
            Self::ReturnAsked => "return_asked",
            Self::Done => "done",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A clock of the ticket or of one task: what its history says, never a counter (L6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClockRun {
    pub clock: ClockId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// From 1.
    pub cycle: u32,
    /// The round the cycle began in; a new round begins a new cycle of every clock.
    pub round: u32,
    pub phase: ClockPhase,
    pub started_at: Moment,
    /// The last event before the cycle began, or before its zero was moved by a field: what was done up to then neither
    /// meets nor acknowledges it.
    pub after: u64,
    /// Where counting began in this cycle; `None` while a field it waits for is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zero: Option<Moment>,
    /// Spans in which it counted, oldest first, none before `zero`; the last is open while it runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<(Moment, Option<Moment>)>,
    /// The limit, fixed at the start of the cycle, without extensions.
    pub budget: Budget,
    /// Which case of the limit was chosen.
    pub case: u32,
    /// Milliseconds granted by `extend`, in the unit of the budget.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub extended: i64,
    /// No rung fires before this: the event that last changed the clock.
    pub changed_at: Moment,
    /// When 100 % is reached if it goes on counting; `None` while it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Moment>,
    /// Rungs still to come while it counts, in the order of time, then of the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedule: Vec<Scheduled>,
    /// Rungs fired in this cycle.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fired: Vec<RungKey>,
    /// 100 % was reached while it still ran (L7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_at: Option<Moment>,
    /// Calendar version the schedule was computed with.
    pub calendar: i64,
    /// It was met, and its states were left since: entering again begins or continues it as if it had stopped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
    /// The deadline runs into a year without holidays (L11).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
}

impl ClockRun {
    /// When 100 % comes while it counts. A clock that was met or stopped keeps the due time it had, for whoever looks
    /// back; nothing comes due by it.
    pub fn coming_due(&self) -> Option<Moment> {
        self.due_at.filter(|_| self.phase == ClockPhase::Running)
    }

    /// When it last stopped counting, while it does not count: met, stopped, or waiting.
    pub fn stopped_at(&self) -> Option<Moment> {
        let last = self.spans.last().and_then(|span| span.1);
        last.filter(|_| self.phase != ClockPhase::Running)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// Where a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockPhase {
    Running,
    Paused,
    Stopped,
    /// Stopped by the action it waited for (`until`).
    Met,
}

impl ClockPhase {
    /// The word used in YAML and API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
            Self::Met => "met",
        }
    }
}

/// A rung of a clock's ladder and which repetition of it, both from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RungKey {
    pub step: u32,
    pub repetition: u32,
}

/// When a rung comes if the clock goes on counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheduled {
    pub at: Moment,
    #[serde(flatten)]
    pub rung: RungKey,
}

/// Somebody did something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Doing {
    /// The event that it was.
    pub seq: u64,
    pub action: ActionId,
    pub by: Actor,
    pub at: Moment,
    pub round: u32,
    pub visit: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
}

/// A link to another ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub to: Uuid,
    pub kind: LinkKind,
}

/// Why two tickets are linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    Related,
    /// The same caller or matter again.
    Repeat,
    /// One parent for many calls about one cause (R28).
    Parent,
    Child,
    /// The same matter was reported to a higher office (R24).
    Bypass,
    /// Merged into the other (并案).
    Merged,
    /// The other was merged into this one.
    Absorbed,
    /// A new ticket for one that may no longer be reopened (R23).
    Successor,
}

impl LinkKind {
    /// The word used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Related => "related",
            Self::Repeat => "repeat",
            Self::Parent => "parent",
            Self::Child => "child",
            Self::Bypass => "bypass",
            Self::Merged => "merged",
            Self::Absorbed => "absorbed",
            Self::Successor => "successor",
        }
    }
}

impl Ticket {
    pub fn is_closed(&self) -> bool {
        self.closed_at.is_some()
    }

    pub fn task(&self, id: TaskId) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id == id)
    }

    /// Tasks somebody still has to do something for.
    pub fn open_tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(|task| task.phase.is_open())
    }

    pub fn clock(&self, clock: &ClockId, task: Option<TaskId>) -> Option<&ClockRun> {
        self.clocks.iter().find(|run| run.clock == *clock && run.task == task)
    }

    /// The department named by a department field of the ticket.
    pub fn department(&self, field: &FieldId) -> Option<&DepartmentId> {
        match self.fields.get(field) {
            Some(crate::workflow::value::Value::Department(department)) => Some(department),
            _ => None,
        }
    }
}
