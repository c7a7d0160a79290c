//! Milestones, which the figures count (R34): received, signed for, completed, late, returned, closed.
//!
//! Worked out once, from the events of a command and the ticket after them, so that a daily sheet only counts rows.
//! What is true of a moment (in time, solved, satisfied) is fixed at that moment: reopening a ticket never changes the
//! figures of a day that is over.

use crate::workflow::definition::{Clock, CountsAs, Definition, Runs};
use crate::workflow::id::{DepartmentId, FieldId, OutcomeId};
use crate::workflow::moment::Moment;
use crate::workflow::value::Value;

use super::event::{Body, Event};
use super::model::{ClockRun, TaskId, TaskPhase, Ticket};

/// The choice field in which a workflow keeps the caller's answer to «is it solved?» (R21), and the option that says yes.
const SAYS_SOLVED: (&str, &str) = ("says_solved", "solved");

/// What happened, as figures tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MilestoneKind {
    /// A ticket was opened: the centre received it.
    Received,
    /// A department got a task: it received the ticket.
    Assigned,
    /// A department signed for its task.
    Signed,
    /// A department completed its task (办结).
    Completed,
    /// A clock reached 100 % while it ran.
    Late,
    /// A department's return was granted.
    Returned,
    /// The ticket was closed (结案), seen by the centre.
    Closed,
    /// The same, seen by each department that had completed a task of it.
    Shared,
    /// A closed ticket was opened again.
    Reopened,
}

impl MilestoneKind {
    pub const ALL: [Self; 9] = [
        Self::Received,
        Self::Assigned,
        Self::Signed,
        Self::Completed,
        Self::Late,
        Self::Returned,
        Self::Closed,
        Self::Shared,
        Self::Reopened,
    ];

    /// The word used in database and API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Assigned => "assigned",
            Self::Signed => "signed",
            Self::Completed => "completed",
            Self::Late => "late",
            Self::Returned => "returned",
            Self::Closed => "closed",
            Self::Shared => "shared",
            Self::Reopened => "reopened",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A milestone that was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// The event it was.
    pub seq: u64,
    pub at: Moment,
    pub kind: MilestoneKind,
    /// Whose it is; nobody's where the centre itself is meant.
    pub department: Option<DepartmentId>,
    /// Whether it came before its clock was late; `None` where no clock ran for it.
    pub in_time: Option<bool>,
    pub outcome: Option<OutcomeId>,
    pub counts_as: Option<CountsAs>,
    /// What the caller said at the callback; `None` where nobody asked.
    pub solved: Option<bool>,
}

/// The milestones among these events. `ticket` is as it stands after them, `definition` the one it runs on then.
pub fn milestones(definition: &Definition, ticket: &Ticket, events: &[Event]) -> Vec<Milestone> {
    let mut found = Vec::new();
    for event in events {
        let reached = |kind, department: Option<&DepartmentId>| Milestone {
            seq: event.seq,
            at: event.at,
            kind,
            department: department.cloned(),
            in_time: None,
            outcome: None,
            counts_as: None,
            solved: None,
        };
        match &event.body {
            Body::Opened { .. } => found.push(reached(MilestoneKind::Received, None)),
            Body::TaskOpened { department, .. } => found.push(reached(MilestoneKind::Assigned, Some(department))),
            Body::HandedOver { to, .. } => found.push(reached(MilestoneKind::Assigned, Some(to))),
            Body::TaskSigned { task } => found.push(Milestone {
                in_time: in_time(definition, ticket, event.at, Promise::Sign(*task)),
                ..reached(MilestoneKind::Signed, owner(ticket, *task))
            }),
            Body::TaskReplied { task } => found.push(Milestone {
                in_time: in_time(definition, ticket, event.at, Promise::Complete(*task)),
                ..reached(MilestoneKind::Completed, owner(ticket, *task))
            }),
            Body::ReturnGranted { task } => found.push(reached(MilestoneKind::Returned, owner(ticket, *task))),
            Body::Late { task, .. } => {
                let department = task.and_then(|task| owner(ticket, task));
                found.push(reached(MilestoneKind::Late, department));
            }
            Body::Closed { outcome } => {
                let closed = Milestone {
                    in_time: in_time(definition, ticket, event.at, Promise::Close),
                    outcome: Some(outcome.clone()),
                    counts_as: definition.outcomes.get(outcome).map(|outcome| outcome.counts_as),
                    solved: solved(ticket),
                    ..reached(MilestoneKind::Closed, None)
                };
                let shared = completed_by(ticket).into_iter().map(|department| Milestone {
                    kind: MilestoneKind::Shared,
                    department: Some(department),
                    ..closed.clone()
                });
                let shared: Vec<_> = shared.collect();
                found.push(closed);
                found.extend(shared);
            }
            Body::Reopened { .. } => found.push(reached(MilestoneKind::Reopened, None)),
            Body::Did { .. }
            | Body::Wrote { .. }
            | Body::Entered { .. }
            | Body::Became { .. }
            | Body::ReturnAsked { .. }
            | Body::Forced { .. }
            | Body::GivenBack { .. }
            | Body::TaskCancelled { .. }
            | Body::TasksConsumed { .. }
            | Body::ClockSet { .. }
            | Body::Rung { .. }
            | Body::Told { .. }
            | Body::Taken { .. }
            | Body::Released { .. }
            | Body::Acknowledged
            | Body::Chased { .. }
            | Body::Watched { .. }
            | Body::Noted { .. }
            | Body::Corrected
            | Body::ContactEnded { .. }
            | Body::ContactReported { .. }
            | Body::Linked { .. }
            | Body::Unlinked { .. }
            | Body::MergedInto { .. }
            | Body::Unmerged
            | Body::Revealed { .. }
            | Body::Attached { .. }
            | Body::Detached { .. }
            | Body::Moved { .. }
            | Body::Erased { .. } => {}
        }
    }
    found
}

/// What is judged by which clocks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Promise {
    /// Clocks of the task while it is unsigned (R14).
    Sign(TaskId),
    /// The other clocks of the task; without any, those of the state it is worked on in.
    Complete(TaskId),
    /// Clocks over the whole ticket (R19).
    Close,
}

/// None of the clocks of the promise had been late; `None` without such a clock.
fn in_time(definition: &Definition, ticket: &Ticket, at: Moment, promise: Promise) -> Option<bool> {
    let clocks = |judges: &dyn Fn(&ClockRun, &Clock) -> bool| -> Option<bool> {
        let mut runs = ticket
            .clocks
            .iter()
            .filter(|run| {
                definition
                    .clocks
                    .get(&run.clock)
                    .is_some_and(|clock| judges(run, clock))
            })
            .peekable();
        runs.peek()?;
        Some(runs.all(|run| run.late_at.is_none_or(|late| late > at)))
    };
    match promise {
        Promise::Sign(task) => clocks(&|run, clock| run.task == Some(task) && is_unsigned(clock) == Some(true)),
        Promise::Complete(task) => clocks(&|run, clock| run.task == Some(task) && is_unsigned(clock) == Some(false))
            .or_else(|| {
                let task = ticket.task(task)?;
                // A clock with `until` waits for something else than the task: the first word to the caller.
                clocks(&|run, clock| {
                    run.started_at >= task.opened_at
                        && clock.until.is_empty()
                        && matches!(&clock.runs, Runs::States(states)
                            if states.iter().any(|state| state.value == task.state))
                })
            }),
        Promise::Close => clocks(&|run, clock| {
            run.round == ticket.round && clock.until.is_empty() && matches!(clock.runs, Runs::Open)
        }),
    }
}

/// Of a task's clock whether it waits for the signature only.
fn is_unsigned(clock: &Clock) -> Option<bool> {
    match clock.runs {
        Runs::Task { unsigned, .. } => Some(unsigned),
        Runs::Open | Runs::States(_) => None,
    }
}

fn owner(ticket: &Ticket, task: TaskId) -> Option<&DepartmentId> {
    ticket.task(task).map(|task| &task.department)
}

/// Departments that completed a task of it, each once, in the order in which they came.
fn completed_by(ticket: &Ticket) -> Vec<DepartmentId> {
    let mut found: Vec<DepartmentId> = Vec::new();
    for task in ticket.tasks.iter().filter(|task| task.phase == TaskPhase::Done) {
        if !found.contains(&task.department) {
            found.push(task.department.clone());
        }
    }
    found
}

fn solved(ticket: &Ticket) -> Option<bool> {
    let (field, yes) = SAYS_SOLVED;
    match ticket.fields.get(&FieldId::from(field)) {
        Some(Value::Choice(option)) => Some(option.as_str() == yes),
        _ => None,
    }
}
