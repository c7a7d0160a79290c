//! What the `samples` and `tests` of a file say. `ticket::story` plays them.

use super::{At, Span};
use crate::workflow::duration::Duration;
use crate::workflow::id::{
    ActionId, ClockId, DepartmentId, FieldId, MessageId, OutcomeId, PersonId, StateId, TaskKey, WorkflowId,
};

/// `samples.X`.
#[derive(Clone, Debug)]
pub struct Sample {
    pub span: Span,
    /// As written; read by field type when the story runs ([`crate::workflow::constant`]), for a time needs the calendar's zone.
    pub values: Vec<(At<FieldId>, At<StoryValue>)>,
}

/// One of `tests`.
#[derive(Clone, Debug)]
pub struct Story {
    pub span: Span,
    pub name: String,
    pub given: Given,
    pub steps: Vec<StoryStep>,
}

/// `given:`. Local times are of the calendar's zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    pub now: jiff::civil::DateTime,
    pub on_duty: Vec<At<PersonId>>,
    /// Start in this state; routing runs, the creator is the first agent, tasks are open.
    pub state: Option<At<StateId>>,
    pub with: Option<At<String>>,
    /// `contact: running` or `contact: 2026-03-02 08:55` (when it ended).
    pub contact: Option<GivenContact>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum GivenContact {
    Running,
    Ended(jiff::civil::DateTime),
}

#[derive(Clone, Debug)]
pub struct StoryStep {
    pub span: Span,
    pub when: At<StoryEvent>,
    /// `with:` values for the command. `reason`, `basis`, `note`, `to`, `until` of built-in actions are strings.
    pub with: Vec<(At<String>, At<StoryValue>)>,
    pub then: Option<Expectation>,
}

/// A scalar or list as written; read by field type when the story runs ([`super::constant::value`]).
#[derive(Clone, Debug, PartialEq)]
pub enum StoryValue {
    One(String),
    Many(Vec<String>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum StoryEvent {
    /// `li creates`, `li creates meter`.
    Creates {
        person: PersonId,
        sample: Option<String>,
    },
    /// `sun does reply lead`, `nora does reply assist@north_branch`.
    Does {
        person: PersonId,
        action: ActionId,
        task: Option<TaskKey>,
        department: Option<DepartmentId>,
    },
    /// `9 minutes`.
    Passes(Duration),
    /// `contact ends`.
    ContactEnds,
    /// `zhang signs on`, `zhang signs off`.
    SignsOn(PersonId),
    SignsOff(PersonId),
    /// Could not be read; there is a finding.
    Unread,
}

/// `then:`; what is not named is not looked at.
#[derive(Clone, Debug, Default)]
pub struct Expectation {
    pub span: Span,
    pub state: Option<At<StateId>>,
    /// People who must be among the owners.
    pub owner: Vec<At<PersonId>>,
    /// `tasks: {lead: open, assist@finance: done}`.
    pub tasks: Vec<(At<String>, At<String>)>,
    /// People who must be among those told since the step before; `nobody` is an empty list.
    pub tell: Option<Vec<At<PersonId>>>,
    pub say: Option<At<MessageId>>,
    /// Exactly the clocks that are late now.
    pub late: Option<Vec<At<ClockId>>>,
    /// `clock: {resolve: paused}`: running, paused, stopped, met.
    pub clocks: Vec<(At<ClockId>, At<String>)>,
    /// `refused: by`: the code of the refusal; the step must be refused.
    pub refused: Option<At<String>>,
    pub closed: Option<At<OutcomeId>>,
    /// Any field of the ticket, as written; `none` for empty.
    pub fields: Vec<(At<FieldId>, At<StoryValue>)>,
    /// `workflow: help`, after `becomes`.
    pub workflow: Option<At<WorkflowId>>,
}
