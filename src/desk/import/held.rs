//! A file of the directory, whatever it holds, as edits: what the command and the page of imports do with it. Nothing is
//! changed here; every line that is wrong is named.

use jiff::tz::TimeZone;

use super::fault::{Fault, What};
use super::{departments, edits, people, roster};
use crate::desk::directory::Edit;
use crate::texts::Language;
use crate::workflow::calendar::Calendar;
use crate::workflow::calendar::holidays::{self, HolidayProblem};
use crate::workflow::directory::{Directory, Membership};
use crate::workflow::finding::{Lines, Severity};
use crate::workflow::id::CalendarId;
use crate::workflow::read;

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    Departments,
    People,
    Memberships,
    Absences,
    /// A whole organisation; for a trial with the staff of its stories in place of its people.
    Organisation {
        test_staff: bool,
    },
    /// Public holidays and make-up days of a calendar.
    Holidays(CalendarId),
}

/// The edits that a file comes to. Sentences of findings and of holidays are in this language.
pub fn edits_of(
    holds: &Holds,
    bytes: &[u8],
    directory: &Directory,
    language: Language,
) -> Result<Vec<Edit>, Vec<Fault>> {
    let zone = directory
        .calendar(None)
        .map_or(TimeZone::UTC, |calendar| calendar.zone.clone());
    Ok(match holds {
        Holds::Departments => {
            let mut picture = Directory::default();
            for one in departments::read(bytes, directory, &zone)? {
                picture.departments.insert(one.id.clone(), one);
            }
            edits::whole(&picture)
        }
        Holds::People => {
            let read = people::read(bytes, directory, &zone)?;
            let people = read.people.iter().map(edits::person);
            people.chain(new_memberships(&read.memberships, directory)).collect()
        }
        Holds::Memberships => new_memberships(&people::read_memberships(bytes, directory, &zone)?, directory).collect(),
        Holds::Absences => roster::read_absences(bytes, directory, &zone)?
            .iter()
            .map(edits::absence)
            .collect(),
        Holds::Organisation { test_staff } => organisation(bytes, directory, *test_staff, language)?,
        Holds::Holidays(calendar) => {
            vec![edits::calendar(&with_holidays(bytes, directory, calendar, language)?)]
        }
    })
}

fn organisation(
    bytes: &[u8],
    directory: &Directory,
    test_staff: bool,
    language: Language,
) -> Result<Vec<Edit>, Vec<Fault>> {
    let reading = read::read_organisation(bytes);
    let source = String::from_utf8_lossy(bytes);
    let lines = Lines::new(&source);
    let errors = reading
        .findings
        .as_slice()
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    let faults: Vec<Fault> = errors
        .map(|finding| {
            let sentence = finding.sentence(language);
            let line = u64::from(lines.place(finding.span.start).line);
            Fault::line(line, What::Refused { sentence })
        })
        .collect();
    let found = reading.organisation.filter(|_| faults.is_empty());
    match found.map(|found| if test_staff { found.stand_in() } else { found.directory }) {
        None => Err(faults),
        Some(mut found) => {
            found.memberships.retain(|one| !directory.memberships.contains(one));
            Ok(edits::whole(&found))
        }
    }
}

fn with_holidays(
    bytes: &[u8],
    directory: &Directory,
    calendar: &CalendarId,
    language: Language,
) -> Result<Calendar, Vec<Fault>> {
    let known = directory
        .calendars
        .get(calendar)
        .map(|calendar| Calendar::clone(calendar));
    let known = known.ok_or_else(|| {
        vec![Fault::file(What::Unknown {
            kind: "calendar",
            value: calendar.to_string(),
            nearest: None,
        })]
    })?;
    let is_json = bytes
        .iter()
        .find(|byte| !byte.is_ascii_whitespace())
        .is_some_and(|byte| *byte == b'{' || *byte == b'[');
    let read = if is_json {
        holidays::read_json(bytes)
    } else {
        holidays::read_ics(bytes)
    };
    let fault = |problem: &HolidayProblem| {
        Fault::file(What::Refused {
            sentence: problem.sentence(language),
        })
    };
    let holidays = read.map_err(|problems| problems.iter().map(fault).collect::<Vec<_>>())?;
    Ok(known.with_holidays(&holidays, None))
}

/// Memberships that the directory has not got yet, whatever their keys are.
fn new_memberships<'a>(read: &'a [Membership], directory: &'a Directory) -> impl Iterator<Item = Edit> + 'a {
    read.iter()
        .filter(|one| !directory.memberships.contains(one))
        .map(edits::membership)
}
