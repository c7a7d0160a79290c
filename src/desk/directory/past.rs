//! The directory as it was known at an earlier time.
//!
//! Entries say from when to when they hold, so the picture of today answers for most of the past. Not for what was
//! entered a little after it began, nor for what has no validity: who may use built-in actions, the rules of duty. The
//! log has what stood there before; here it is put back.
//!
//! ```text
//!   log    … 38 shift from 22:00 on, entered 21:00   says nothing of the time before 21:00: left alone
//!          … 39 away from 22:28 on, entered 22:30    was not known at 22:29: taken back for whoever asks about 22:29
//!          … 40 `reveal` is for managers alone now   was not so before: put back for all the time before
//! ```

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::store::directory::LogRow;
use crate::workflow::directory::{BuiltinRoles, Directory};
use crate::workflow::duty::DutySettings;
use crate::workflow::moment::Moment;

use super::thing::Thing;
use super::{Kind, json_of};

/// Pictures that are kept. Whoever asks does so again about the same time.
const PICTURES_MAX: usize = 8;

/// What has to be put back, newest first.
#[derive(Default)]
pub struct Past {
    changes: Vec<Changed>,
    pictures: Mutex<HashMap<usize, Arc<Directory>>>,
}

/// A line of the log as values.
pub struct Changed {
    at: Moment,
    before: Option<Thing>,
    after: Option<Thing>,
}

impl Changed {
    /// Nothing for what no decision about a ticket looks at, and for calendars: clocks name the version that they use. Nor
    /// for a line that cannot be read: an audit goes on, and judges by what is left.
    pub fn read(row: &LogRow) -> Option<Self> {
        let kind = Kind::parse(&row.kind)?;
        if matches!(kind, Kind::Swap | Kind::Role | Kind::Calendar) {
            return None;
        }
        let thing = |text: &Option<String>| match text {
            None => Some(None),
            Some(text) => Thing::read(kind, &row.key, &json_of(text).ok()?, row.version)
                .ok()
                .map(Some),
        };
        Some(Self {
            at: row.at,
            before: thing(&row.before)?,
            after: thing(&row.after)?,
        })
    }

    /// It says something else of the time before it was entered.
    fn rewrites(&self) -> bool {
        let until_then = |thing: &Option<Thing>| thing.as_ref().and_then(|thing| thing.until(self.at));
        until_then(&self.before) != until_then(&self.after)
    }

    fn put_back(&self, directory: &mut Directory) {
        match (&self.after, &self.before) {
            (Some(Thing::Builtin(_)), None) => directory.builtin = BuiltinRoles::default(),
            (Some(Thing::Duty(_)), None) => directory.duty = DutySettings::default(),
            // Replaced in place.
            (Some(Thing::Department(_) | Thing::Person(_)), Some(_)) | (None, _) => {}
            (Some(after), _) => after.take(directory),
        }
        if let Some(before) = self.before.clone() {
            before.put(directory);
        }
    }
}

impl Past {
    /// Takes up the next lines of the log, oldest first.
    pub fn take_up(&mut self, rows: &[LogRow]) {
        let changes = rows.iter().filter_map(Changed::read);
        self.changes.extend(changes.filter(Changed::rewrites));
    }

    /// All lines were taken up.
    pub fn whole(&mut self) {
        self.changes.reverse();
        // Machines whose clocks differ may have written in another order; those of one time stay as they are.
        self.changes.sort_by_key(|change| Reverse(change.at));
    }

    /// The directory as it was known then; nothing where that of today says the same.
    pub fn known_at(&self, today: &Directory, at: Moment) -> Option<Arc<Directory>> {
        let later = self.changes.partition_point(|change| change.at > at);
        if later == 0 {
            return None;
        }
        let mut pictures = self.pictures.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(picture) = pictures.get(&later) {
            return Some(Arc::clone(picture));
        }
        let picture = Arc::new(without(today, self.changes.iter().take(later)));
        if pictures.len() >= PICTURES_MAX {
            pictures.clear();
        }
        pictures.insert(later, Arc::clone(&picture));
        Some(picture)
    }
}

/// The directory before these changes, which come newest first.
pub fn without<'c>(directory: &Directory, changes: impl Iterator<Item = &'c Changed>) -> Directory {
    let mut directory = directory.clone();
    for change in changes {
        change.put_back(&mut directory);
    }
    directory.changed();
    directory
}
