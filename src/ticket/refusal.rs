//! A refusal is a value: why a command is not possible, and who or what could lift it (STYLE 10).

use serde::Serialize;

use crate::workflow::definition::Text;
use crate::workflow::id::{FieldId, PersonId};

use super::model::TaskId;

/// Why a command is refused: every reason that was found, never an empty list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Refusal {
    pub objections: Vec<Objection>,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Objection {
    pub code: Code,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// Who may do it instead, where it is a question of who.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub who: Vec<PersonId>,
    /// Values for the sentence, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<(&'static str, String)>,
    /// The file's own sentence (`because`, `otherwise`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentence: Option<Box<Text>>,
}

/// Stable codes; stories name them in `refused:`. Each has a sentence `refusal-CODE` in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The ticket is closed.
    Closed,
    /// The ticket is open, the action is for closed ones.
    Open,
    /// No such action here.
    UnknownAction,
    /// The actor is none of those who may.
    By,
    /// Four eyes: the actor, or somebody they stand in for, did one of the actions.
    NotBy,
    /// Only in certain states.
    OnlyIn,
    /// `only_if` does not hold.
    OnlyIf,
    /// Too often within a time.
    AtMost,
    /// A required field is empty, or must be given anew.
    Require,
    /// A value breaks the field's `check`.
    Check,
    /// A value has the wrong type, an unknown option, is too long, too large.
    Value,
    /// A field is not asked for by this action.
    NotAsked,
    UnknownField,
    UnknownTask,
    /// The task must be signed for first.
    Unsigned,
    /// The task is in another phase.
    TaskPhase,
    /// The right to ask for return was ended, or its time is over.
    NoReturn,
    /// No row of the routing fits.
    NoRoute,
    /// A state with tasks would be entered without any department.
    NoDepartment,
    UnknownDepartment,
    UnknownPerson,
    /// An expression failed: file, line and field are named.
    Expression,
    /// A text such as reason or basis is missing.
    TextMissing,
    /// A clock that is to be extended does not run.
    ClockStopped,
    /// The other workflow is not published.
    UnknownWorkflow,
    /// The time given cannot be.
    Time,
    /// Nothing to undo or release.
    Nothing,
}

impl Code {
    /// Every code, for documents and tests.
    pub const ALL: [Self; 27] = [
        Self::Closed,
        Self::Open,
        Self::UnknownAction,
        Self::By,
        Self::NotBy,
        Self::OnlyIn,
        Self::OnlyIf,
        Self::AtMost,
        Self::Require,
        Self::Check,
        Self::Value,
        Self::NotAsked,
        Self::UnknownField,
        Self::UnknownTask,
        Self::Unsigned,
        Self::TaskPhase,
        Self::NoReturn,
        Self::NoRoute,
        Self::NoDepartment,
        Self::UnknownDepartment,
        Self::UnknownPerson,
        Self::Expression,
        Self::TextMissing,
        Self::ClockStopped,
        Self::UnknownWorkflow,
        Self::Time,
        Self::Nothing,
    ];

    /// The word used in YAML and API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::UnknownAction => "unknown_action",
            Self::By => "by",
            Self::NotBy => "not_by",
            Self::OnlyIn => "only_in",
            Self::OnlyIf => "only_if",
            Self::AtMost => "at_most",
            Self::Require => "require",
            Self::Check => "check",
            Self::Value => "value",
            Self::NotAsked => "not_asked",
            Self::UnknownField => "unknown_field",
            Self::UnknownTask => "unknown_task",
            Self::Unsigned => "unsigned",
            Self::TaskPhase => "task_phase",
            Self::NoReturn => "no_return",
            Self::NoRoute => "no_route",
            Self::NoDepartment => "no_department",
            Self::UnknownDepartment => "unknown_department",
            Self::UnknownPerson => "unknown_person",
            Self::Expression => "expression",
            Self::TextMissing => "text_missing",
            Self::ClockStopped => "clock_stopped",
            Self::UnknownWorkflow => "unknown_workflow",
            Self::Time => "time",
            Self::Nothing => "nothing",
        }
    }
}

impl Objection {
    pub fn new(code: Code) -> Self {
        Self {
            code,
            field: None,
            task: None,
            who: Vec::new(),
            parameters: Vec::new(),
            sentence: None,
        }
    }

    pub fn field(mut self, field: &FieldId) -> Self {
        self.field = Some(field.clone());
        self
    }

    pub fn task(mut self, task: TaskId) -> Self {
        self.task = Some(task);
        self
    }

    pub fn who(mut self, who: Vec<PersonId>) -> Self {
        self.who = who;
        self
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parameters.push((name, value.into()));
        self
    }

    pub fn sentence(mut self, sentence: &Text) -> Self {
        self.sentence = Some(Box::new(sentence.clone()));
        self
    }
}

impl From<Objection> for Refusal {
    fn from(objection: Objection) -> Self {
        Self {
            objections: vec![objection],
        }
    }
}

impl Refusal {
    pub fn of(code: Code) -> Self {
        Objection::new(code).into()
    }

    /// True when one of the reasons has this code.
    pub fn has(&self, code: Code) -> bool {
        self.objections.iter().any(|objection| objection.code == code)
    }
}
