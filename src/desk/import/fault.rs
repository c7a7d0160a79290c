//! What is wrong in a file that somebody imports: where, what, and what would be accepted.
//!
//! A fault is a value; the sentence is made when it is shown, in the reader's language.

use crate::texts::{Arg, Language, say};
use crate::workflow::definition::Text;

/// Faults reported of one file; the rest is only counted, so that a file of nonsense answers with a page.
pub const FAULTS_MAX: usize = 1_000;

/// One thing that is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// From 1, the header included; 0 when the whole file is meant.
    pub line: u64,
    /// The column as the file's header names it.
    pub column: Option<String>,
    pub what: What,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The bytes are neither UTF-8 nor GB18030; the position counts bytes from 1.
    Encoding {
        byte: u64,
    },
    TooLarge {
        most: u64,
    },
    TooManyLines {
        most: u64,
    },
    NoHeader,
    /// A heading nobody knows.
    UnknownColumn {
        name: String,
        accepted: String,
    },
    ColumnTwice,
    ColumnMissing {
        accepted: String,
    },
    /// More or fewer cells than the header.
    Width {
        found: usize,
        expected: usize,
    },
    /// Quotes that do not close, or the like.
    Form {
        detail: String,
    },
    Empty,
    /// No id of the language.
    Id {
        value: String,
    },
    TooLong {
        most: usize,
    },
    Email {
        value: String,
    },
    /// Not `kind=address; kind=address`.
    Addresses {
        value: String,
    },
    Language {
        value: String,
    },
    Instant {
        value: String,
    },
    Date {
        value: String,
    },
    TimeOfDay {
        value: String,
    },
    Order,
    /// A shift longer than a day and a half is a typing mistake.
    ShiftTooLong,
    /// Names something that is neither known nor in the file.
    Unknown {
        kind: &'static str,
        value: String,
        nearest: Option<String>,
    },
    /// The same again, first seen on another line.
    Twice {
        value: String,
        first: u64,
    },
    /// The departments' parents form a circle.
    Circle {
        value: String,
    },
    /// Two shifts of one person at the same time.
    Overlap {
        with: String,
    },
    /// No number of a ticket.
    Number {
        value: String,
    },
    Channel {
        value: String,
    },
    /// The first line of a ticket is not `create`.
    NotCreated,
    /// A workbook that cannot be read.
    Workbook {
        detail: String,
    },
    /// `.xls`, or a workbook under a password.
    OldWorkbook,
    TooManyColumns {
        most: u64,
    },
    /// A formula without a stored value.
    Formula,
    /// `#REF!` and the like.
    CellError {
        value: String,
    },
    /// A cell of a day that is merged with that of another day.
    Merged,
    /// The table says days, and no month.
    MonthMissing,
    /// No code of a shift.
    ShiftCode {
        value: String,
        accepted: String,
    },
    /// A name that several people have.
    NameTwice {
        value: String,
        ids: String,
    },
    /// What the desk said to it, in both languages.
    Problem {
        sentence: Text,
    },
    /// What the desk said to it.
    Refused {
        sentence: String,
    },
}

impl Fault {
    pub fn file(what: What) -> Self {
        Self {
            line: 0,
            column: None,
            what,
        }
    }

    pub fn line(line: u64, what: What) -> Self {
        Self {
            line,
            column: None,
            what,
        }
    }

    /// The sentence for people: where, what is wrong, what would be accepted.
    pub fn sentence(&self, language: Language) -> String {
        let what = self.what.sentence(language);
        let line = i64::try_from(self.line).unwrap_or(i64::MAX);
        match (&self.column, self.line) {
            (_, 0) => what,
            (None, _) => say(
                language,
                "import-at-line",
                &[("line", Arg::Number(line)), ("what", what.into())],
            ),
            (Some(column), _) => say(
                language,
                "import-at-cell",
                &[
                    ("line", Arg::Number(line)),
                    ("column", column.into()),
                    ("what", what.into()),
                ],
            ),
        }
    }
}

impl What {
    /// Stable word for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Encoding { .. } => "encoding",
            Self::TooLarge { .. } => "too-large",
            Self::TooManyLines { .. } => "too-many-lines",
            Self::NoHeader => "no-header",
            Self::UnknownColumn { .. } => "unknown-column",
            Self::ColumnTwice => "column-twice",
            Self::ColumnMissing { .. } => "column-missing",
            Self::Width { .. } => "width",
            Self::Form { .. } => "form",
            Self::Empty => "empty",
            Self::Id { .. } => "id",
            Self::TooLong { .. } => "too-long",
            Self::Email { .. } => "email",
            Self::Addresses { .. } => "addresses",
            Self::Language { .. } => "language",
            Self::Instant { .. } => "instant",
            Self::Date { .. } => "date",
            Self::TimeOfDay { .. } => "time-of-day",
            Self::Order => "order",
            Self::ShiftTooLong => "shift-too-long",
            Self::Unknown { .. } => "unknown",
            Self::Twice { .. } => "twice",
            Self::Circle { .. } => "circle",
            Self::Overlap { .. } => "overlap",
            Self::Number { .. } => "number",
            Self::Channel { .. } => "channel",
            Self::NotCreated => "not-created",
            Self::Workbook { .. } => "workbook",
            Self::OldWorkbook => "old-workbook",
            Self::TooManyColumns { .. } => "too-many-columns",
            Self::Formula => "formula",
            Self::CellError { .. } => "cell-error",
            Self::Merged => "merged",
            Self::MonthMissing => "month-missing",
            Self::ShiftCode { .. } => "shift-code",
            Self::NameTwice { .. } => "name-twice",
            Self::Problem { .. } | Self::Refused { .. } => "refused",
        }
    }

    fn sentence(&self, language: Language) -> String {
        let number = |count: u64| Arg::Number(i64::try_from(count).unwrap_or(i64::MAX));
        let size = |count: usize| Arg::Number(i64::try_from(count).unwrap_or(i64::MAX));
        let key = format!("import-{}", self.code());
        match self {
            Self::NoHeader
            | Self::ColumnTwice
            | Self::Empty
            | Self::Order
            | Self::ShiftTooLong
            | Self::NotCreated
            | Self::OldWorkbook
            | Self::Formula
            | Self::Merged
            | Self::MonthMissing => say(language, &key, &[]),
            Self::ShiftCode { value, accepted } => say(
                language,
                &key,
                &[("value", value.into()), ("accepted", accepted.into())],
            ),
            Self::NameTwice { value, ids } => say(language, &key, &[("value", value.into()), ("ids", ids.into())]),
            Self::Encoding { byte } => say(language, &key, &[("byte", number(*byte))]),
            Self::TooLarge { most } | Self::TooManyLines { most } | Self::TooManyColumns { most } => {
                say(language, &key, &[("most", number(*most))])
            }
            Self::TooLong { most } => say(language, &key, &[("most", size(*most))]),
            Self::UnknownColumn { name, accepted } => {
                say(language, &key, &[("name", name.into()), ("accepted", accepted.into())])
            }
            Self::ColumnMissing { accepted } => say(language, &key, &[("accepted", accepted.into())]),
            Self::Width { found, expected } => say(
                language,
                &key,
                &[("found", size(*found)), ("expected", size(*expected))],
            ),
            Self::Form { detail } | Self::Workbook { detail } => say(language, &key, &[("detail", detail.into())]),
            Self::Id { value }
            | Self::Email { value }
            | Self::Addresses { value }
            | Self::Language { value }
            | Self::Instant { value }
            | Self::Date { value }
            | Self::TimeOfDay { value }
            | Self::Number { value }
            | Self::Channel { value }
            | Self::CellError { value }
            | Self::Circle { value } => say(language, &key, &[("value", value.into())]),
            Self::Unknown { kind, value, nearest } => {
                let kind = say(language, &format!("import-kind-{kind}"), &[]);
                match nearest {
                    Some(nearest) => say(
                        language,
                        "import-unknown-nearest",
                        &[
                            ("kind", kind.into()),
                            ("value", value.into()),
                            ("nearest", nearest.into()),
                        ],
                    ),
                    None => say(language, &key, &[("kind", kind.into()), ("value", value.into())]),
                }
            }
            Self::Twice { value, first } => say(language, &key, &[("value", value.into()), ("first", number(*first))]),
            Self::Overlap { with } => say(language, &key, &[("with", with.into())]),
            Self::Problem { sentence } => match language {
                Language::Zh => sentence.zh.clone(),
                Language::En => sentence.en.clone(),
            },
            Self::Refused { sentence } => sentence.clone(),
        }
    }
}
