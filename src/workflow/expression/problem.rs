//! What can be wrong with an expression, where, and what was probably meant. The sentences are in the texts.

use std::fmt;

use crate::texts::{Arg, Language, say};

/// A mistake, with its place in the expression's own text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionProblem {
    pub kind: ProblemKind,
    /// Byte offsets within the text of the expression, end excluded.
    pub start: usize,
    pub end: usize,
    /// Parameters of the sentence.
    pub parameters: Vec<(&'static str, String)>,
    /// What was probably meant, best first; each could stand in place of `start..end`.
    pub nearest: Vec<String>,
}

/// Each kind has one sentence and one code of `ombud check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// Nothing is written.
    Missing,
    /// Longer than the bound (`max` bytes).
    TooLong,
    /// Nested deeper than the bound (`max`).
    TooDeep,
    /// A character (`found`) that means nothing here.
    Character,
    /// A word (`found`) of other letters than ids have.
    ForeignWord,
    /// `=` where `==` is meant.
    SingleEquals,
    /// A quoted text does not end.
    OpenText,
    /// `\` before something that cannot follow it (`found`).
    Escape,
    /// A number (`found`) that is not written plainly, or has more than four decimal places, or is too large.
    Number,
    /// An operator (`found`) that the language does not have: `*`, `/`, `%`, `.`, `[]`, macros.
    Unsupported,
    /// Something else was expected than what was `found`.
    Unexpected,
    /// The text ends too early.
    Ends,
    /// A `(` or `[` (`open`) that is not closed.
    NotClosed,
    /// No such function (`found`).
    UnknownFunction,
    /// No such field (`found`).
    UnknownField,
    /// The choice `field` has no option `found`.
    UnknownOption,
    /// No such department (`found`).
    UnknownDepartment,
    /// No such person (`found`).
    UnknownPerson,
    /// `times` of an action (`found`) that does not exist.
    UnknownAction,
    /// `late` of a clock (`found`) that does not exist.
    UnknownClock,
    /// Two things of different types (`left`, `right`) are compared or chosen between.
    TypesDiffer,
    /// Things of this type (`found`) have no order: `<`, `<=`, `>`, `>=`.
    NoOrder,
    /// Things of this type (`found`) cannot be compared with `==`.
    NotComparable,
    /// These types (`left`, `right`) cannot be added or subtracted.
    NotAddable,
    /// What stands to the right of `in` (`found`) is no list.
    NotAList,
    /// A `found` cannot be in a list of `items`.
    NotInList,
    /// A list in brackets makes sense only to the right of `in`.
    ListNotHere,
    /// A list in brackets without anything in it.
    EmptyList,
    /// Another type is needed here (`expected`, `found`).
    WrongType,
    /// The `function` takes `expected` arguments, `found` were given.
    ArgumentCount,
    /// The `function` cannot take a `found`.
    ArgumentType,
    /// `times` wants the action's id in quotes.
    ActionNotQuoted,
    /// `late` wants the clock's id in quotes.
    ClockNotQuoted,
}

impl ExpressionProblem {
    pub(super) fn new(kind: ProblemKind, start: usize, end: usize) -> Self {
        Self {
            kind,
            start,
            end,
            parameters: Vec::new(),
            nearest: Vec::new(),
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parameters.push((name, value.into()));
        self
    }

    pub(super) fn meant(mut self, nearest: impl IntoIterator<Item = String>) -> Self {
        self.nearest.extend(nearest);
        self
    }

    /// Key of the sentence in the texts.
    pub fn key(&self) -> &'static str {
        self.kind.key()
    }

    /// The sentence the author reads.
    pub fn sentence(&self, language: Language) -> String {
        let arguments: Vec<(&str, Arg)> = self
            .parameters
            .iter()
            .map(|(name, value)| (*name, value.into()))
            .collect();
        say(language, self.key(), &arguments)
    }

    /// The code under which `ombud check` reports it: F01 unknown field, F03 `times` of an unknown action, F02 the rest.
    pub fn code(&self) -> &'static str {
        match self.kind {
            ProblemKind::UnknownField => "F01",
            ProblemKind::UnknownAction => "F03",
            ProblemKind::UnknownClock
            | ProblemKind::Missing
            | ProblemKind::TooLong
            | ProblemKind::TooDeep
            | ProblemKind::Character
            | ProblemKind::ForeignWord
            | ProblemKind::SingleEquals
            | ProblemKind::OpenText
            | ProblemKind::Escape
            | ProblemKind::Number
            | ProblemKind::Unsupported
            | ProblemKind::Unexpected
            | ProblemKind::Ends
            | ProblemKind::NotClosed
            | ProblemKind::UnknownFunction
            | ProblemKind::UnknownOption
            | ProblemKind::UnknownDepartment
            | ProblemKind::UnknownPerson
            | ProblemKind::TypesDiffer
            | ProblemKind::NoOrder
            | ProblemKind::NotComparable
            | ProblemKind::NotAddable
            | ProblemKind::NotAList
            | ProblemKind::NotInList
            | ProblemKind::ListNotHere
            | ProblemKind::EmptyList
            | ProblemKind::WrongType
            | ProblemKind::ArgumentCount
            | ProblemKind::ArgumentType
            | ProblemKind::ActionNotQuoted
            | ProblemKind::ClockNotQuoted => "F02",
        }
    }
}

impl ProblemKind {
    /// Every kind, so that a test can ask for the sentence of each.
    pub const ALL: [Self; 33] = [
        Self::Missing,
        Self::TooLong,
        Self::TooDeep,
        Self::Character,
        Self::ForeignWord,
        Self::SingleEquals,
        Self::OpenText,
        Self::Escape,
        Self::Number,
        Self::Unsupported,
        Self::Unexpected,
        Self::Ends,
        Self::NotClosed,
        Self::UnknownFunction,
        Self::UnknownField,
        Self::UnknownOption,
        Self::UnknownDepartment,
        Self::UnknownPerson,
        Self::UnknownAction,
        Self::UnknownClock,
        Self::TypesDiffer,
        Self::NoOrder,
        Self::NotComparable,
        Self::NotAddable,
        Self::NotAList,
        Self::NotInList,
        Self::ListNotHere,
        Self::EmptyList,
        Self::WrongType,
        Self::ArgumentCount,
        Self::ArgumentType,
        Self::ActionNotQuoted,
        Self::ClockNotQuoted,
    ];

    /// Key of the sentence in the texts.
    pub fn key(self) -> &'static str {
        match self {
            Self::Missing => "expression-missing",
            Self::TooLong => "expression-too-long",
            Self::TooDeep => "expression-too-deep",
            Self::Character => "expression-character",
            Self::ForeignWord => "expression-foreign-word",
            Self::SingleEquals => "expression-single-equals",
            Self::OpenText => "expression-open-text",
            Self::Escape => "expression-escape",
            Self::Number => "expression-number",
            Self::Unsupported => "expression-unsupported",
            Self::Unexpected => "expression-unexpected",
            Self::Ends => "expression-ends",
            Self::NotClosed => "expression-not-closed",
            Self::UnknownFunction => "expression-unknown-function",
            Self::UnknownField => "expression-unknown-field",
            Self::UnknownOption => "expression-unknown-option",
            Self::UnknownDepartment => "expression-unknown-department",
            Self::UnknownPerson => "expression-unknown-person",
            Self::UnknownAction => "expression-unknown-action",
            Self::UnknownClock => "expression-unknown-clock",
            Self::TypesDiffer => "expression-types-differ",
            Self::NoOrder => "expression-no-order",
            Self::NotComparable => "expression-not-comparable",
            Self::NotAddable => "expression-not-addable",
            Self::NotAList => "expression-not-a-list",
            Self::NotInList => "expression-not-in-list",
            Self::ListNotHere => "expression-list-not-here",
            Self::EmptyList => "expression-empty-list",
            Self::WrongType => "expression-wrong-type",
            Self::ArgumentCount => "expression-argument-count",
            Self::ArgumentType => "expression-argument-type",
            Self::ActionNotQuoted => "expression-action-not-quoted",
            Self::ClockNotQuoted => "expression-clock-not-quoted",
        }
    }
}

impl fmt::Display for ExpressionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}..{}", self.key(), self.start, self.end)?;
        for (name, value) in &self.parameters {
            write!(f, ", {name}: {value}")?;
        }
        if !self.nearest.is_empty() {
            write!(f, "; meant {}?", self.nearest.join(" or "))?;
        }
        Ok(())
    }
}
