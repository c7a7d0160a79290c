//! What an audit found: which invariant is broken, where, and by what.

use serde::Serialize;

use super::code::Code;
use crate::texts::{Arg, Language, say};

/// One broken invariant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub code: Code,
    /// Number of the ticket, or its id where the number is damaged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Values for the sentence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<(&'static str, String)>,
}

impl Finding {
    pub fn new(code: Code) -> Self {
        Self {
            code,
            ticket: None,
            seq: None,
            details: Vec::new(),
        }
    }

    pub fn seq(mut self, seq: u64) -> Self {
        self.seq = Some(seq);
        self
    }

    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        // A damaged value may be long; the place is what counts.
        let value: String = value.to_string().chars().take(DETAIL_LENGTH_MAX).collect();
        self.details.push((name, value));
        self
    }

    /// `I2`
    pub fn invariant(&self) -> String {
        self.code.invariant().to_uppercase()
    }

    /// What an operator should do about it.
    pub fn cure(&self, language: Language) -> String {
        say(language, &format!("audit-cure-{}", self.code.invariant()), &[])
    }

    /// The sentence for people.
    pub fn sentence(&self, language: Language) -> String {
        let arguments: Vec<(&str, Arg)> = self
            .details
            .iter()
            .map(|(name, value)| (*name, Arg::from(value.as_str())))
            .collect();
        let what = say(language, &format!("audit-{}", self.code.as_str()), &arguments);
        let seq = self.seq.map(|seq| i64::try_from(seq).unwrap_or(i64::MAX));
        match (&self.ticket, seq) {
            (None, _) => what,
            (Some(ticket), None) => say(
                language,
                "audit-at-ticket",
                &[("ticket", ticket.into()), ("what", what.into())],
            ),
            (Some(ticket), Some(seq)) => say(
                language,
                "audit-at-event",
                &[
                    ("ticket", ticket.into()),
                    ("seq", Arg::Number(seq)),
                    ("what", what.into()),
                ],
            ),
        }
    }
}

/// Characters of a value that a finding repeats.
const DETAIL_LENGTH_MAX: usize = 200;

/// Collects the findings of one ticket.
#[derive(Debug, Default)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    pub fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// A finding when two values differ that should be one.
    pub fn differ<T: PartialEq + std::fmt::Debug>(&mut self, code: Code, what: &str, found: &T, expected: &T) {
        if found != expected {
            let finding = Finding::new(code).with("what", what);
            self.push(
                finding
                    .with("found", format!("{found:?}"))
                    .with("expected", format!("{expected:?}")),
            );
        }
    }
}
