//! A finding: what is wrong with a workflow file, where, and what would be right.
//!
//! `read` and `check` only say the code, the place and the parameters; the sentence is a text under the key
//! `finding-CODE` (or `finding-CODE-variant`, where one code has several sentences), in the reader's language:
//!
//! ```text
//! findings.add(Finding::new(Code::S01, state.span).with("state", state).near(nearest(state, known)));
//! //  en: finding-S01 = There is no state «{ $state }».
//! ```
//!
//! How a finding is shown (terminal, JSON, annotations) is the concern of `cli` and `web`.

mod code;
mod place;
mod problem;
mod shown;

pub use code::{Code, Severity};
pub use place::{Lines, Place};
pub use shown::{Range, Shown, ShownFix, ShownNote};

use super::definition::Span;
use crate::texts::{self, Arg, Language};

/// Findings beyond this many are counted, not kept: a file with more is not the file its author meant to send.
pub const FINDINGS_MAX: usize = 500;

/// Parameters of a sentence, by name.
pub type Parameters = Vec<(&'static str, String)>;

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub code: Code,
    pub severity: Severity,
    /// Which of the code's sentences, where it has several.
    pub variant: Option<&'static str>,
    /// A sentence that stands under a key of its own, not under that of the code.
    pub says: Option<&'static str>,
    pub span: Span,
    pub parameters: Parameters,
    /// The right name that is nearest to what was written: «did you mean».
    pub nearest: Option<String>,
    pub fix: Option<Fix>,
    pub notes: Vec<Note>,
}

/// What to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    pub span: Span,
    pub replacement: String,
}

/// A second place that belongs to the finding: where the key was written first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub span: Span,
    /// Key of the text, with the finding's parameters.
    pub key: &'static str,
}

impl Finding {
    pub fn new(code: Code, span: Span) -> Self {
        Self {
            code,
            severity: code.severity(),
            variant: None,
            says: None,
            span,
            parameters: Vec::new(),
            nearest: None,
            fix: None,
            notes: Vec::new(),
        }
    }

    /// Takes the sentence `finding-CODE-variant` instead of `finding-CODE`.
    pub fn variant(mut self, variant: &'static str) -> Self {
        self.variant = Some(variant);
        self
    }

    /// Takes the sentence under this key.
    pub fn says(mut self, key: &'static str) -> Self {
        self.says = Some(key);
        self
    }

    /// A parameter of the sentence.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "`.with(\"state\", id)` reads better without the ampersand"
    )]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.parameters.push((name, value.to_string()));
        self
    }

    /// The nearest right name, where there is one; it also becomes the fix of the whole span unless another is given.
    pub fn near(mut self, nearest: Option<String>) -> Self {
        if let (Some(name), None) = (&nearest, &self.fix) {
            self.fix = Some(Fix {
                span: self.span,
                replacement: name.clone(),
            });
        }
        self.nearest = nearest;
        self
    }

    /// What to write instead of `span`.
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix {
            span,
            replacement: replacement.into(),
        });
        self
    }

    /// A second place with the text under `key`.
    pub fn note(mut self, span: Span, key: &'static str) -> Self {
        self.notes.push(Note { span, key });
        self
    }

    /// Milder than its code says.
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Key of its sentence.
    pub fn key(&self) -> String {
        match (self.says, self.variant) {
            (Some(key), _) => key.to_owned(),
            (None, Some(variant)) => format!("finding-{}-{variant}", self.code.as_str()),
            (None, None) => format!("finding-{}", self.code.as_str()),
        }
    }

    /// The sentence, without the code, the place and «did you mean».
    pub fn sentence(&self, language: Language) -> String {
        self.say(language, &self.key())
    }

    /// The sentence of one of its notes.
    pub fn note_sentence(&self, language: Language, note: &Note) -> String {
        self.say(language, note.key)
    }

    /// «Did you mean …?» where there is a nearest name.
    pub fn suggestion(&self, language: Language) -> Option<String> {
        let nearest = self.nearest.as_deref()?;
        Some(texts::say(
            language,
            "finding-nearest",
            &[("nearest", Arg::from(nearest))],
        ))
    }

    fn say(&self, language: Language, key: &str) -> String {
        let arguments: Vec<_> = self
            .parameters
            .iter()
            .map(|(name, value)| (*name, Arg::from(value)))
            .collect();
        texts::say(language, key, &arguments)
    }
}

/// All that was found, bounded by [`FINDINGS_MAX`].
#[derive(Clone, Debug, Default)]
pub struct Findings {
    list: Vec<Finding>,
    omitted: usize,
    /// Errors that were added, kept or not.
    errors: usize,
}

impl Findings {
    /// Beyond the bound an error takes the place of a warning: a file with errors never looks like one without.
    pub fn add(&mut self, finding: Finding) {
        let is_error = finding.severity == Severity::Error;
        self.errors += usize::from(is_error);
        if self.list.len() < FINDINGS_MAX {
            self.list.push(finding);
            return;
        }
        self.omitted += 1;
        let warning = self.list.iter_mut().rfind(|known| known.severity == Severity::Warning);
        if let (true, Some(warning)) = (is_error, warning) {
            *warning = finding;
        }
    }

    pub fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            self.add(finding);
        }
    }

    /// How many there were beyond the bound.
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// No further error is kept: what takes long to find need not be looked for.
    pub fn is_full(&self) -> bool {
        self.errors >= FINDINGS_MAX
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// Something could not be read. A warning of reading (Windows line ends) leaves nothing out.
    pub fn has_unread(&self) -> bool {
        let unread =
            |finding: &Finding| finding.severity == Severity::Error && finding.code.as_str().starts_with("READ");
        self.list.iter().any(unread)
    }

    pub fn as_slice(&self) -> &[Finding] {
        &self.list
    }

    /// In the order of the file; of two at one place the error first, then by code. The same finding once.
    pub fn sorted(mut self) -> Vec<Finding> {
        self.list.sort_by(|a, b| {
            (a.span.start, a.severity, a.code, a.span.end).cmp(&(b.span.start, b.severity, b.code, b.span.end))
        });
        self.list.dedup();
        self.list
    }
}

impl IntoIterator for Findings {
    type Item = Finding;
    type IntoIter = std::vec::IntoIter<Finding>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_come_in_the_order_of_the_file_and_once() {
        let at = |start| Span { start, end: start + 1 };
        let mut findings = Findings::default();
        findings.add(Finding::new(Code::S02, at(7)));
        findings.add(Finding::new(Code::T02, at(3)));
        findings.add(Finding::new(Code::S01, at(3)));
        findings.add(Finding::new(Code::S02, at(7)));
        let codes: Vec<_> = findings.sorted().iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(codes, ["S01", "T02", "S02"]);
    }

    #[test]
    fn errors_are_kept_before_warnings() {
        let at = |start| Span { start, end: start + 1 };
        let mut findings = Findings::default();
        findings.extend((0..FINDINGS_MAX).map(|start| Finding::new(Code::M05, at(start))));
        findings.add(Finding::new(Code::S01, at(0)));
        assert!(findings.has_errors() && !findings.is_full());
        assert_eq!(findings.omitted(), 1);
        assert!(findings.sorted().iter().any(|finding| finding.code == Code::S01));
    }

    #[test]
    fn the_nearest_name_is_the_fix() {
        let span = Span { start: 2, end: 5 };
        let finding = Finding::new(Code::S01, span).near(Some("review".into()));
        let replacement = "review".to_owned();
        assert_eq!(finding.fix, Some(Fix { span, replacement }));
        assert_eq!(finding.suggestion(Language::En).unwrap(), "Did you mean “review”?");
    }
}
