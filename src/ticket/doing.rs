//! Whose doing an event is: what counts as a command, and as an action that somebody did (`times`, `until`, `not_by`).

use crate::workflow::id::ActionId;

use super::event::{Actor, Body};
use super::model::{TaskId, Ticket};

impl Body {
    /// True for what somebody commanded: the revision rises (DESIGN, numbers of a ticket). What follows from it
    /// and reminders do not count.
    pub fn is_command(&self) -> bool {
        match self {
            Self::Wrote { .. }
            | Self::Entered { .. }
            | Self::Closed { .. }
            | Self::Reopened { .. }
            | Self::TaskOpened { .. }
            | Self::TaskCancelled { .. }
            | Self::TasksConsumed { .. }
            | Self::ClockSet { .. }
            | Self::Late { .. }
            | Self::Told { .. }
            | Self::Rung { .. } => false,
            Self::Opened { .. }
            | Self::Did { .. }
            | Self::Became { .. }
            | Self::TaskSigned { .. }
            | Self::TaskReplied { .. }
            | Self::ReturnAsked { .. }
            | Self::ReturnGranted { .. }
            | Self::Forced { .. }
            | Self::HandedOver { .. }
            | Self::GivenBack { .. }
            | Self::Taken { .. }
            | Self::Released { .. }
            | Self::Acknowledged
            | Self::Chased { .. }
            | Self::Watched { .. }
            | Self::Noted { .. }
            | Self::Corrected
            | Self::ContactEnded { .. }
            | Self::ContactReported { .. }
            | Self::Linked { .. }
            | Self::Unlinked { .. }
            | Self::MergedInto { .. }
            | Self::Unmerged
            | Self::Revealed { .. }
            | Self::Attached { .. }
            | Self::Detached { .. }
            | Self::Moved { .. }
            | Self::Erased { .. } => true,
        }
    }

    /// The action that this event was, as `times`, `not_by` and `doer of` count it.
    pub fn doing(&self) -> Option<(ActionId, Option<TaskId>)> {
        let (action, task) = match self {
            Self::Did { action, task, .. } => return Some((action.clone(), *task)),
            Self::TaskSigned { task } => ("sign", Some(*task)),
            Self::TaskReplied { task } => ("reply", Some(*task)),
            Self::ReturnAsked { task } => ("ask_return", Some(*task)),
            Self::ReturnGranted { task } => ("grant_return", Some(*task)),
            Self::Forced { task } => ("force", Some(*task)),
            Self::HandedOver { task, .. } => ("hand_over", Some(*task)),
            Self::GivenBack { task, .. } => ("give_back", Some(*task)),
            Self::Taken { task, .. } => ("take", *task),
            Self::Released { task } => ("release", *task),
            Self::Acknowledged => ("acknowledge", None),
            Self::Chased { .. } => ("chase", None),
            Self::Watched { .. } => ("watch", None),
            Self::Noted { .. } => ("note", None),
            Self::Corrected => ("correct", None),
            Self::Linked { .. } => ("link", None),
            Self::MergedInto { .. } => ("merge", None),
            Self::Unmerged => ("unmerge", None),
            Self::Revealed { .. } => ("reveal", None),
            Self::Attached { task, .. } => ("attach", *task),
            Self::Detached { .. } => ("detach", None),
            Self::Opened { .. }
            | Self::Wrote { .. }
            | Self::Entered { .. }
            | Self::Closed { .. }
            | Self::Reopened { .. }
            | Self::Became { .. }
            | Self::TaskOpened { .. }
            | Self::TaskCancelled { .. }
            | Self::TasksConsumed { .. }
            | Self::ClockSet { .. }
            | Self::Rung { .. }
            | Self::Late { .. }
            | Self::Told { .. }
            | Self::ContactEnded { .. }
            | Self::ContactReported { .. }
            | Self::Unlinked { .. }
            | Self::Moved { .. }
            | Self::Erased { .. } => return None,
        };
        Some((ActionId::from(action), task))
    }
}

impl Ticket {
    /// Who did one of these in this round, each once.
    pub fn doers(&self, actions: &[ActionId]) -> Vec<&Actor> {
        let mut doers = Vec::new();
        for doing in self
            .doings
            .iter()
            .filter(|doing| doing.round == self.round && actions.contains(&doing.action))
        {
            if !doers.contains(&&doing.by) {
                doers.push(&doing.by);
            }
        }
        doers
    }
}
