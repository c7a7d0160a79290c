//! What a workflow file says, after it was read: the types of the language (LANGUAGE.md, «The words»).
//!
//! References keep their place in the file ([`At`]) so that a finding can point at them. Nothing here decides;
//! `read` makes these values, `check` judges them, `ticket` runs them.

mod story;

use std::{ops::Deref, sync::Arc};

use indexmap::IndexMap;

use super::duration::Duration;
use super::expression::Expression;
use super::id::{
    ActionId, CalendarId, ClockId, FieldId, MessageId, OptionId, OutcomeId, RoleId, RuleId, StateId, TaskKey,
    WorkflowId,
};
use super::value::{Decimal, FieldType, Value};

pub use story::{Expectation, Given, GivenContact, Sample, Story, StoryEvent, StoryStep, StoryValue};

/// A place in the file: byte offsets, end excluded. Line and column are worked out when a finding is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

/// A value and where it stands. Two are equal when the values are, wherever they stand.
#[derive(Clone, Debug)]
pub struct At<T> {
    pub value: T,
    pub span: Span,
}

impl<T> At<T> {
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl<T> Deref for At<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for At<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// A text in both languages. A missing language is empty here; `read` has found it (M01), where the place is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Text {
    pub zh: String,
    pub en: String,
}

/// One workflow file.
///
/// What could not be read is left out or stands here as an empty id or text, and there is a finding of `read` for it:
/// `check` says nothing about empty ids.
#[derive(Clone, Debug)]
pub struct Definition {
    /// SHA-256 of the file's bytes, in hex: the name of this version for ever.
    pub hash: Arc<str>,
    /// The file itself, as published.
    pub source: Arc<str>,
    /// `workflow:` with its place.
    pub workflow: At<WorkflowId>,
    /// `version:`, for people.
    pub version: u32,
    pub title: At<Text>,
    /// Template over fields: `{place}：{summary}`.
    pub subject: At<String>,
    /// Put in front of the ticket's number; without one the workflow's first letter in upper case.
    pub number_prefix: Option<String>,
    pub calendar: Option<At<CalendarId>>,
    pub fields: IndexMap<FieldId, Field>,
    pub people: IndexMap<RuleId, PeopleRule>,
    pub routing: Vec<RoutingRow>,
    pub start: At<StateId>,
    pub states: IndexMap<StateId, State>,
    pub anytime: IndexMap<ActionId, Action>,
    pub after_close: IndexMap<ActionId, Action>,
    pub outcomes: IndexMap<OutcomeId, Outcome>,
    pub clocks: IndexMap<ClockId, Clock>,
    pub messages: IndexMap<MessageId, Message>,
    pub in_flight: Option<InFlight>,
    pub samples: IndexMap<String, Sample>,
    pub tests: Vec<Story>,
}

/// `fields.X`.
#[derive(Clone, Debug)]
pub struct Field {
    pub id: FieldId,
    pub span: Span,
    pub kind: FieldType,
    pub title: Text,
    pub help: Option<Text>,
    /// Least length of a text (characters) or list (items), least number or amount.
    pub min: Option<Decimal>,
    /// Greatest length or number. Texts without one are bounded by [`TEXT_LENGTH_MAX`].
    pub max: Option<Decimal>,
    /// Options of a choice, in order.
    pub options: IndexMap<OptionId, Text>,
    pub default: Option<Value>,
    pub check: Option<Sentence>,
    /// Personal: masked wherever the reader has no need (R10).
    pub private: bool,
    /// Asked anew: an old value never satisfies `require`.
    pub each_time: bool,
    /// Shown to the caller.
    pub public: bool,
}

/// Characters a text field without `max` may have.
pub const TEXT_LENGTH_MAX: i64 = 10_000;
/// Items a list or departments field without `max` may have.
pub const LIST_LENGTH_MAX: i64 = 100;

/// A condition with the sentence the user reads when it does not hold.
#[derive(Clone, Debug)]
pub struct Sentence {
    pub condition: Expression,
    pub otherwise: Text,
}

/// `people.X`: who is meant, and who else when nobody is found (L2).
#[derive(Clone, Debug)]
pub struct PeopleRule {
    pub id: RuleId,
    pub span: Span,
    pub source: PeopleSource,
    /// `not: FIELD`, a person field: this level never means that person or who stands in for them (R20).
    pub not: Option<At<FieldId>>,
    pub otherwise: Option<At<RuleId>>,
    pub always: bool,
}

/// Where a rule looks for people.
#[derive(Clone, Debug, PartialEq)]
pub enum PeopleSource {
    /// `role: head, of: lead, on_duty: true`.
    Role {
        role: At<RoleId>,
        of: Option<RoleOf>,
        on_duty: bool,
    },
    /// `who: creator`.
    Creator,
    /// `who: assignee`: of the task where there is one, else of the ticket.
    Assignee,
    /// `who: doer of ACTION`: whoever did it last in this round.
    DoerOf(At<ActionId>),
}

/// Whose role: of the department in a field, or of the task's department. Never climbs the tree.
#[derive(Clone, Debug, PartialEq)]
pub enum RoleOf {
    Field(At<FieldId>),
    Task(Span),
}

/// A row of `routing`: choice and yes/no fields are conditions, all other fields are what the row fills in.
#[derive(Clone, Debug)]
pub struct RoutingRow {
    pub span: Span,
    /// `else: true`: takes what no row above fits.
    pub is_else: bool,
    /// Field and the values that fit (one, or a list of options).
    pub when: Vec<(At<FieldId>, Vec<At<Value>>)>,
    pub fill: Vec<(At<FieldId>, At<Value>)>,
}

/// `states.X`.
#[derive(Clone, Debug)]
pub struct State {
    pub id: StateId,
    pub span: Span,
    pub title: Text,
    pub owner: At<RuleId>,
    pub actions: IndexMap<ActionId, Action>,
    pub tasks: IndexMap<TaskKey, TaskSpec>,
    /// `then`: tried from the top after every change of a task.
    pub joins: Vec<Join>,
    /// L5: tasks and their clocks wait; `to: back` returns.
    pub pause: bool,
}

/// `tasks.X`: one task for each department that the field names.
#[derive(Clone, Debug)]
pub struct TaskSpec {
    pub key: TaskKey,
    pub span: Span,
    pub title: Text,
    pub field: At<FieldId>,
    pub owner: At<RuleId>,
    pub require: Vec<At<FieldId>>,
    pub ask: Vec<At<FieldId>>,
    /// `return_within: 4 working hours`: how long after dispatch the department may ask for return (R15).
    pub return_within: Option<At<Duration>>,
}

/// A row of `then`.
#[derive(Clone, Debug)]
pub struct Join {
    pub span: Span,
    pub condition: JoinCondition,
    pub way: Way,
}

/// When a row of `then` applies (L4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinCondition {
    AnyReturned,
    AllDone,
    /// The task under the key `lead`, or the first one listed where no key is so named.
    LeadDone,
    NDone(u32),
}

/// Exactly one way out, or a list of cases tried from the top.
#[derive(Clone, Debug)]
pub enum Way {
    One(Step),
    Cases(Vec<Case>),
}

/// `{when: …, to: …}`; the last has no `when` but `else: true`.
#[derive(Clone, Debug)]
pub struct Case {
    pub span: Span,
    pub when: Option<Expression>,
    pub step: Step,
}

/// Where a step goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    To(At<StateId>),
    /// `to: back`: out of a pause state, to the state before.
    Back(Span),
    Close(At<OutcomeId>),
    Stay(Span),
    /// `becomes: help`, or `becomes: {workflow: help, end: [write]}` (L10).
    Becomes {
        workflow: At<WorkflowId>,
        end: Vec<At<ClockId>>,
    },
    /// Could not be read; there is a finding. Never reaches the engine.
    Unread(Span),
}

/// Where an action stands, which decides how `by` is resolved (L2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    State,
    Anytime,
    AfterClose,
}

/// An action.
#[derive(Clone, Debug)]
pub struct Action {
    pub id: ActionId,
    pub span: Span,
    pub place: Place,
    pub title: Text,
    /// Shortcut in the console.
    pub key: Option<String>,
    pub by: Vec<At<RuleId>>,
    /// Four eyes: not whoever did one of these in this round, nor their substitutes.
    pub not_by: Vec<At<ActionId>>,
    pub require: Vec<At<FieldId>>,
    pub ask: Vec<At<FieldId>>,
    pub only_in: Vec<At<StateId>>,
    /// `only_if` with `because`.
    pub only_if: Option<Sentence>,
    pub at_most: Option<AtMost>,
    pub set: Vec<(At<FieldId>, At<SetTo>)>,
    pub route: bool,
    /// Task keys opened anew on entry; without any, all of the state's.
    pub again: Vec<At<TaskKey>>,
    pub extend: Option<Extend>,
    pub tell: Vec<At<Recipient>>,
    pub say: Option<At<MessageId>>,
    pub way: Way,
}

/// `set: {FIELD: constant}`; `now` is the one word that is not a constant, for time fields only.
#[derive(Clone, Debug, PartialEq)]
pub enum SetTo {
    Constant(Value),
    Now,
}

/// `at_most: once per 10 minutes`, `3 times per 1 days`.
#[derive(Clone, Debug, PartialEq)]
pub struct AtMost {
    pub span: Span,
    pub times: u32,
    pub per: Duration,
}

/// `extend: {clock, by: FIELD or duration}`. A number field counts in the unit of the clock's limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Extend {
    pub clock: At<ClockId>,
    pub by: ExtendBy,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExtendBy {
    Field(At<FieldId>),
    Duration(At<Duration>),
}

/// Whom a message is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Recipient {
    Rule(RuleId),
    /// `open_tasks`: the owners of all open tasks; without any, the state's owner.
    OpenTasks,
}

/// `outcomes.X`.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub id: OutcomeId,
    pub span: Span,
    pub title: Text,
    pub counts_as: CountsAs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountsAs {
    Satisfied,
    Dissatisfied,
    Unknown,
    Withdrawn,
    NotCounted,
}

impl CountsAs {
    pub const ALL: [Self; 5] = [
        Self::Satisfied,
        Self::Dissatisfied,
        Self::Unknown,
        Self::Withdrawn,
        Self::NotCounted,
    ];

    /// The word used in YAML, database and API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Satisfied => "satisfied",
            Self::Dissatisfied => "dissatisfied",
            Self::Unknown => "unknown",
            Self::Withdrawn => "withdrawn",
            Self::NotCounted => "not_counted",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|counts| counts.as_str() == word)
    }
}

/// `clocks.X`.
#[derive(Clone, Debug)]
pub struct Clock {
    pub id: ClockId,
    pub span: Span,
    pub title: Text,
    pub runs: Runs,
    pub paused_in: Vec<At<StateId>>,
    /// Moves the zero of the first cycle of a round; later cycles begin on entry.
    pub from: Option<From>,
    /// Cases tried from the top; a plain limit is one case without `when`.
    pub limit: Vec<LimitCase>,
    pub reentry: Option<Reentry>,
    /// The clock has been met, and stops until its next cycle, once one of these actions was done.
    pub until: Vec<At<ActionId>>,
    pub ladder: Vec<Rung>,
}

/// Where a clock counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Runs {
    /// `runs_in: open`.
    Open,
    States(Vec<At<StateId>>),
    /// `of_task: any`: one clock for each open task, optionally only for some keys (`tasks: [assist]`).
    Task {
        unsigned: bool,
        keys: Vec<At<TaskKey>>,
        span: Span,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum From {
    Opened,
    ContactEnded,
    /// A time field: not begun while it is empty.
    Field(At<FieldId>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reentry {
    Continue,
    Restart,
}

#[derive(Clone, Debug)]
pub struct LimitCase {
    pub span: Span,
    pub when: Option<Expression>,
    pub is: At<Duration>,
}

/// A step of a ladder.
#[derive(Clone, Debug)]
pub struct Rung {
    pub span: Span,
    pub at: At<Point>,
    pub tell: Vec<At<Recipient>>,
    pub say: Option<At<MessageId>>,
    pub act: Option<At<ActionId>>,
    /// `repeat: 30 minutes, times: 4`: so many more times after the first.
    pub repeat: Option<Repeat>,
    pub unless_acknowledged: bool,
    /// `quiet_hours: wait`, and where it stands: what it tells waits until they end.
    pub quiet_hours_wait: Option<Span>,
}

/// `at:` of a rung.
#[derive(Clone, Debug, PartialEq)]
pub enum Point {
    Percent(u32),
    /// `100% + 30 minutes`.
    PercentPlus(u32, Duration),
    /// `remaining 2 hours`.
    Remaining(Duration),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Repeat {
    pub every: At<Duration>,
    pub times: u32,
}

/// `messages.X`.
#[derive(Clone, Debug)]
pub struct Message {
    pub id: MessageId,
    pub span: Span,
    pub text: Text,
}

/// `in_flight`.
#[derive(Clone, Debug)]
pub struct InFlight {
    pub span: Span,
    pub from: u32,
    pub move_tickets: bool,
    pub states: Vec<(At<StateId>, At<StateId>)>,
    pub recompute_deadlines: bool,
}
