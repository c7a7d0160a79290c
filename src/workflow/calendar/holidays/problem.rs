//! What can be wrong with a file of holidays, and where.

use std::fmt;

use crate::texts::{Arg, Language, say};

/// A mistake, at a line of the file or in its nth entry, both counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolidayProblem {
    pub kind: HolidayProblemKind,
    pub line: Option<usize>,
    pub entry: Option<usize>,
    /// What stands there.
    pub found: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HolidayProblemKind {
    /// Larger than the bound, or more entries than the bound.
    TooLarge,
    /// Not UTF-8.
    NotText,
    /// No JSON, no calendar.
    Syntax,
    /// No `year`.
    Year,
    /// No `days`, no events: a year without any holiday is more likely a wrong file.
    Nothing,
    /// No date.
    Date,
    /// `isOffDay` is not true or false.
    OffDay,
    /// The day is not of the year, nor beside it.
    OtherYear,
    /// A day is off in one entry and worked in another.
    Contradiction,
    /// An event with a time of day.
    NotAllDay,
    /// An event that ends before it begins, or lasts unbelievably long.
    Length,
    /// An event that repeats.
    Repeats,
}

impl HolidayProblem {
    pub(super) fn new(kind: HolidayProblemKind, found: impl Into<String>) -> Self {
        let found: String = found.into();
        Self {
            kind,
            line: None,
            entry: None,
            found: found.chars().take(80).collect(),
        }
    }

    pub(super) fn at_line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    pub(super) fn at_entry(mut self, entry: usize) -> Self {
        self.entry = Some(entry);
        self
    }

    /// Key of the sentence in the texts.
    pub fn key(&self) -> &'static str {
        match self.kind {
            HolidayProblemKind::TooLarge => "holidays-too-large",
            HolidayProblemKind::NotText => "holidays-not-text",
            HolidayProblemKind::Syntax => "holidays-syntax",
            HolidayProblemKind::Year => "holidays-year",
            HolidayProblemKind::Nothing => "holidays-nothing",
            HolidayProblemKind::Date => "holidays-date",
            HolidayProblemKind::OffDay => "holidays-off-day",
            HolidayProblemKind::OtherYear => "holidays-other-year",
            HolidayProblemKind::Contradiction => "holidays-contradiction",
            HolidayProblemKind::NotAllDay => "holidays-not-all-day",
            HolidayProblemKind::Length => "holidays-length",
            HolidayProblemKind::Repeats => "holidays-repeats",
        }
    }

    /// The sentence the administrator reads, with the place in front where there is one.
    pub fn sentence(&self, language: Language) -> String {
        let sentence = say(language, self.key(), &[("found", (&self.found).into())]);
        let number = |number: usize| Arg::Number(i64::try_from(number).unwrap_or(i64::MAX));
        match (self.line, self.entry) {
            (Some(line), _) => say(
                language,
                "holidays-at-line",
                &[("line", number(line)), ("sentence", sentence.into())],
            ),
            (None, Some(entry)) => say(
                language,
                "holidays-at-entry",
                &[("entry", number(entry)), ("sentence", sentence.into())],
            ),
            (None, None) => sentence,
        }
    }
}

impl fmt::Display for HolidayProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(Language::En))
    }
}
