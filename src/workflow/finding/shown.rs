//! A finding as other programs get it: places as lines and columns, sentences in one language. The console's editor,
//! the API and `ombud check --format json` all show this one shape.

use serde::Serialize;

use super::{Finding, Lines, Place, Severity};
use crate::texts::Language;
use crate::workflow::definition::Span;

/// A finding with everything worked out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shown {
    pub code: &'static str,
    pub severity: Severity,
    #[serde(flatten)]
    pub range: Range,
    /// The sentence, without «did you mean».
    pub message: String,
    /// The right name that was probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<ShownFix>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<ShownNote>,
}

/// Lines and columns from 1, columns in characters, end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Range {
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

/// What to write instead of a range.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShownFix {
    #[serde(flatten)]
    pub range: Range,
    pub replacement: String,
}

/// A second place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShownNote {
    #[serde(flatten)]
    pub range: Range,
    pub message: String,
}

impl Range {
    fn of(span: Span, lines: &Lines) -> Self {
        let Place { line, column } = lines.place(span.start);
        let end = lines.place(span.end.max(span.start));
        Self {
            line,
            column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

impl Finding {
    /// For a reader of this language; `lines` are those of the file.
    pub fn shown(&self, lines: &Lines, language: Language) -> Shown {
        Shown {
            code: self.code.as_str(),
            severity: self.severity,
            range: Range::of(self.span, lines),
            message: self.sentence(language),
            nearest: self.nearest.clone(),
            fix: self.fix.as_ref().map(|fix| ShownFix {
                range: Range::of(fix.span, lines),
                replacement: fix.replacement.clone(),
            }),
            notes: self
                .notes
                .iter()
                .map(|note| ShownNote {
                    range: Range::of(note.span, lines),
                    message: self.note_sentence(language, note),
                })
                .collect(),
        }
    }
}
