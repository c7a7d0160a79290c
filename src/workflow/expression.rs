//! The typed expressions of `check`, `only_if`, `when` (LANGUAGE, rule 6).

use std::sync::Arc;

use super::definition::Span;
use super::id::{ActionId, FieldId};
use super::moment::Moment;
use super::value::Value;

/// A compiled expression and where it stands.
#[derive(Clone, Debug)]
pub struct Expression {
    pub text: Arc<str>,
    pub span: Span,
    /// Line in the file, from 1.
    pub line: u32,
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
}

/// Why an expression has no result; it never counts as false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The field is empty.
    Empty(FieldId),
    /// `closed_at` of an open ticket, `contact_ended_at` without a contact.
    NotYet(&'static str),
    Overflow,
    /// It did not compile; there is a finding.
    NotCompiled,
}

impl Expression {
    /// The yes or no of a condition.
    pub fn holds(&self, _facts: &dyn Facts) -> Result<bool, Failure> {
        Err(Failure::NotCompiled)
    }

    /// Fields it names, each once, in order of appearance.
    pub fn fields(&self) -> &[FieldId] {
        &[]
    }
}
