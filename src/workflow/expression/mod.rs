//! The typed expressions of `check`, `only_if`, `when` (LANGUAGE, rule 6; `docs/workflows/expressions.md`).
//!
//! An expression goes through three hands: [`Expression::parse`] reads the text and keeps its syntax,
//! [`Expression::compile`] gives it types against the fields, actions and departments there are, and
//! [`Expression::holds`] runs it on a ticket. Cost is bounded by construction: a text of at most
//! [`TEXT_LENGTH_MAX`] bytes, a nesting of at most [`DEPTH_MAX`], no loops, no calls but the fixed list.
//! What cannot be computed is a [`Failure`], never a silent «no».

mod compile;
mod known;
mod lex;
mod meaning;
mod parse;
mod problem;
mod run;
mod syntax;

use std::{fmt, sync::Arc};

use super::definition::Span;
use super::id::{ActionId, ClockId, DepartmentId, FieldId, OptionId, PersonId};
use super::moment::Moment;
use super::value::{Decimal, FieldType, Value};
use crate::texts::{Language, say};

pub use known::Known;
pub use problem::{ExpressionProblem, ProblemKind};

/// Longest text of an expression, in bytes.
pub const TEXT_LENGTH_MAX: usize = 1_024;
/// Deepest nesting of parentheses, functions, signs, `?:`, and longest chain of `+`, `-` or comparisons.
pub const DEPTH_MAX: usize = 32;
/// Words that cannot be ids of fields, because an expression means something else by them.
pub const RESERVED: &[&str] = &[
    "true",
    "false",
    "null",
    "in",
    "now",
    "opened_at",
    "closed_at",
    "contact_ended_at",
    "times",
    "times_here",
    "times_ever",
    "minutes",
    "hours",
    "days",
    "size",
    "filled",
    "late",
];

/// An expression and where it stands.
#[derive(Clone, Debug)]
pub struct Expression {
    pub text: Arc<str>,
    pub span: Span,
    /// Line in the file, from 1.
    pub line: u32,
    syntax: Option<Arc<syntax::Node>>,
    program: Option<Arc<run::Program>>,
    fields: Arc<[FieldId]>,
    needed: Arc<[FieldId]>,
    actions: Arc<[ActionId]>,
}

/// Since when `times` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    Round,
    Visit,
    Ever,
}

/// What an expression may ask of a ticket.
pub trait Facts {
    fn field(&self, field: &FieldId) -> Option<&Value>;
    fn times(&self, since: Since, action: &ActionId) -> i64;
    fn now(&self) -> Moment;
    fn opened_at(&self) -> Moment;
    fn closed_at(&self) -> Option<Moment>;
    fn contact_ended_at(&self) -> Option<Moment>;
    /// A clock of this id that counts or waits is past 100 %.
    fn is_late(&self, clock: &ClockId) -> bool;
}

/// Why an expression has no result; it never counts as false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The field is empty. An empty `departments` or `list` field is no failure but a list of nothing.
    Empty(FieldId),
    /// What the field said was erased (the person's right), so that nothing can be computed from it.
    Erased(FieldId),
    /// The stored value is not of the field's type.
    WrongType(FieldId),
    /// `closed_at` of an open ticket, `contact_ended_at` without a contact.
    NotYet(&'static str),
    /// A number, amount or time beyond what can be counted.
    Overflow,
    /// It did not compile; there is a finding.
    NotCompiled,
}

/// What kind of thing an expression yields.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    YesNo,
    Number,
    Money,
    /// `text` and `phone` fields.
    Text,
    Time,
    Duration,
    /// An option of this choice field.
    Choice(FieldId),
    Department,
    Departments,
    Person,
    /// A list of texts.
    List,
}

/// What an expression yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpressionValue {
    YesNo(bool),
    Number(Decimal),
    Money(Decimal),
    Text(String),
    Time(Moment),
    /// Milliseconds.
    Duration(i64),
    Choice(OptionId),
    Department(DepartmentId),
    Departments(Vec<DepartmentId>),
    Person(PersonId),
    List(Vec<String>),
}

impl Expression {
    /// Reads the text; on a syntax error the expression is kept without syntax and never holds.
    /// `span` and `line` say where the text stands in the file; the problems count within the text.
    pub fn parse(text: &str, span: Span, line: u32) -> (Self, Vec<ExpressionProblem>) {
        let mut expression = Self {
            text: text.into(),
            span,
            line,
            syntax: None,
            program: None,
            fields: Arc::default(),
            needed: Arc::default(),
            actions: Arc::default(),
        };
        match parse::parse(text) {
            Ok(node) => {
                let names = node.names();
                expression.fields = names.fields.into();
                expression.needed = names.needed.into();
                expression.actions = names.actions.into();
                expression.syntax = Some(Arc::new(node));
                (expression, Vec::new())
            }
            Err(problem) => (expression, vec![problem]),
        }
    }

    /// Gives it types; without problems it can be run afterwards. A text that could not be read has no further
    /// problems here: [`Self::parse`] has told them.
    pub fn compile(&mut self, names: &Known, expected: &Type) -> Vec<ExpressionProblem> {
        self.program = None;
        let Some(syntax) = &self.syntax else {
            return Vec::new();
        };
        match compile::compile(syntax, names, expected) {
            Ok(program) => {
                self.program = Some(Arc::new(program));
                Vec::new()
            }
            Err(problems) => problems,
        }
    }

    /// True when it can be run.
    pub fn is_compiled(&self) -> bool {
        self.program.is_some()
    }

    /// The yes or no of a condition.
    pub fn holds(&self, facts: &dyn Facts) -> Result<bool, Failure> {
        self.program.as_ref().ok_or(Failure::NotCompiled)?.holds(facts)
    }

    /// What it yields.
    pub fn evaluate(&self, facts: &dyn Facts) -> Result<ExpressionValue, Failure> {
        self.program.as_ref().ok_or(Failure::NotCompiled)?.evaluate(facts)
    }

    /// Fields it names, each once, in order of appearance; known as soon as the text was read.
    pub fn fields(&self) -> &[FieldId] {
        &self.fields
    }

    /// Fields that must be filled for it to have a result: those looked at where no `filled()` before them
    /// says that they are (`filled(x) && x > 3`, `!filled(x) || x > 3`, `filled(x) ? x > 3 : true`).
    pub fn needed_fields(&self) -> &[FieldId] {
        &self.needed
    }

    /// Actions named by `times`, `times_here`, `times_ever`, each once, in order of appearance.
    pub fn actions(&self) -> &[ActionId] {
        &self.actions
    }
}

impl Failure {
    /// The field that is to blame.
    pub fn field(&self) -> Option<&FieldId> {
        match self {
            Self::Empty(field) | Self::Erased(field) | Self::WrongType(field) => Some(field),
            Self::NotYet(_) | Self::Overflow | Self::NotCompiled => None,
        }
    }

    /// Key of the sentence in the texts; parameters are `field` or `name`.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Empty(_) => "expression-failure-empty",
            Self::Erased(_) => "expression-failure-erased",
            Self::WrongType(_) => "expression-failure-type",
            Self::NotYet(_) => "expression-failure-not-yet",
            Self::Overflow => "expression-failure-overflow",
            Self::NotCompiled => "expression-failure-not-compiled",
        }
    }
}

impl Failure {
    /// The sentence the user reads.
    pub fn sentence(&self, language: Language) -> String {
        let arguments = match self {
            Self::Empty(field) | Self::Erased(field) | Self::WrongType(field) => vec![("field", field.as_str().into())],
            Self::NotYet(name) => vec![("name", (*name).into())],
            Self::Overflow | Self::NotCompiled => Vec::new(),
        };
        say(language, self.key(), &arguments)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty(field) => write!(f, "field {field} is empty"),
            Self::Erased(field) => write!(f, "the content of field {field} was erased"),
            Self::WrongType(field) => write!(f, "field {field} holds a value of another type"),
            Self::NotYet(name) => write!(f, "{name} is not known yet"),
            Self::Overflow => f.write_str("a number is too large to be counted"),
            Self::NotCompiled => f.write_str("the expression has an error"),
        }
    }
}

impl std::error::Error for Failure {}

impl Type {
    /// The type of a field's values.
    pub fn of(field: &FieldId, kind: FieldType) -> Self {
        match kind {
            FieldType::Text | FieldType::Phone => Self::Text,
            FieldType::Number => Self::Number,
            FieldType::Money => Self::Money,
            FieldType::YesNo => Self::YesNo,
            FieldType::Choice => Self::Choice(field.clone()),
            FieldType::Time => Self::Time,
            FieldType::Department => Self::Department,
            FieldType::Departments => Self::Departments,
            FieldType::Person => Self::Person,
            FieldType::List => Self::List,
        }
    }

    /// The word for it in parameters of problems: `yes_no`, `number`, …
    pub fn word(&self) -> &'static str {
        match self {
            Self::YesNo => "yes_no",
            Self::Number => "number",
            Self::Money => "money",
            Self::Text => "text",
            Self::Time => "time",
            Self::Duration => "duration",
            Self::Choice(_) => "choice",
            Self::Department => "department",
            Self::Departments => "departments",
            Self::Person => "person",
            Self::List => "list",
        }
    }
}
