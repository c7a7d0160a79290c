//! The administrator's data: read it, change it. Each change is a row of the log: who, when, what, before, after.
//!
//! Changes are never retroactive (L11): what has begun can be ended from now on, not undone.

mod authority;
pub(super) mod calendar;
mod edit;
mod members;
pub(super) mod past;
mod recount;
mod thing;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;

use crate::discreet::discreet;
use crate::store::directory::{self as store, EntryRow};
use crate::store::signals::Topic;
use crate::store::{StoreError, Wants, definitions};
use crate::workflow::directory::Directory;
use crate::workflow::id::PersonId;
use crate::workflow::moment::{DAY, Moment};

use super::access::{AUDITOR, has_role};
use super::command::Around;
use super::{Desk, DeskError, Inner, Principal, Problem, Scope};

pub use authority::Lead;
pub use calendar::{CHINA, CalendarDocument};
use thing::Thing;

/// What kind of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Department,
    Role,
    Person,
    Membership,
    Shift,
    Absence,
    Calendar,
    /// Who may use the built-in actions: one entry, `builtin`.
    Builtin,
    /// Who is at their post: written by signing on and off ([`super::duty`]).
    SignOn,
    /// The house's rules of duty: one entry, `duty`.
    Duty,
    /// A swap of shifts from asking to the end; no part of the picture.
    Swap,
}

impl Kind {
    pub const ALL: [Self; 11] = [
        Self::Department,
        Self::Role,
        Self::Person,
        Self::Membership,
        Self::Shift,
        Self::Absence,
        Self::Calendar,
        Self::Builtin,
        Self::SignOn,
        Self::Duty,
        Self::Swap,
    ];

    /// The word used in the table, the log and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::Role => "role",
            Self::Person => "person",
            Self::Membership => "membership",
            Self::Shift => "shift",
            Self::Absence => "absence",
            Self::Calendar => "calendar",
            Self::Builtin => "builtin",
            Self::SignOn => "sign_on",
            Self::Duty => "duty",
            Self::Swap => "swap",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// An entry: its key (the id; for memberships, shifts and absences a made-up one) and its body in JSON, shaped as the
/// types of `workflow::directory` (a calendar: as in `organisation.yaml`).
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub kind: Kind,
    pub key: String,
    pub body: Json,
    /// The directory's version at which it was last changed: its ETag.
    pub version: i64,
}

/// A change.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Adds or replaces. Without a key one is made (memberships, shifts, absences).
    Put {
        kind: Kind,
        key: Option<String>,
        body: Json,
    },
    /// Ends a membership, shift, absence, person or department at this moment, now at the earliest; what has not
    /// begun yet is removed.
    End {
        kind: Kind,
        key: String,
        at: Option<Moment>,
    },
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogLine {
    pub version: i64,
    pub at: Moment,
    pub by: Option<PersonId>,
    pub kind: Kind,
    pub key: String,
    pub before: Option<Json>,
    pub after: Option<Json>,
}

/// Shifts and absences that ended longer ago are not loaded: nothing is decided that far back.
const LOOK_BACK: i64 = 60 * DAY;
/// Entries of a page at most.
pub const ENTRIES_MAX: u64 = 500;
/// Edits of one request at most; imports send several.
pub const EDITS_MAX: usize = 20_000;

impl Desk {
    /// The picture everything is decided by now.
    pub fn directory(&self) -> Arc<Directory> {
        self.inner.directory()
    }

    /// Needs `directory:read`. Entries of one kind with keys after `after`, by key, at most [`ENTRIES_MAX`]; shifts and
    /// absences that touch the last 60 days or later.
    pub async fn entries(
        &self,
        principal: &Principal,
        kind: Kind,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<Entry>, DeskError> {
        principal.needs(Scope::ReadDirectory)?;
        let since = self.inner.clock.now().plus(-LOOK_BACK);
        let limit = limit.clamp(1, ENTRIES_MAX);
        let rows = store::of_kind(
            &self.inner.database,
            kind.as_str(),
            after.unwrap_or_default(),
            since,
            limit,
        )
        .await?;
        let entries: Vec<Entry> = rows.iter().map(Entry::of).collect::<Result<_, _>>()?;
        Ok(entries
            .into_iter()
            .map(|entry| self.for_reader(principal, entry))
            .collect())
    }

    /// Telephones and accounts of the staff are for administrators, and for their person.
    fn for_reader(&self, principal: &Principal, mut entry: Entry) -> Entry {
        let own = entry.kind == Kind::Person && principal.person == *entry.key.as_str();
        if !own
            && Inner::must_administer(principal, &self.inner.around()).is_err()
            && let Some(members) = entry.body.as_object_mut()
        {
            members.remove("addresses");
        }
        entry
    }

    /// Needs `directory:read`.
    pub async fn entry(&self, principal: &Principal, kind: Kind, key: &str) -> Result<Entry, DeskError> {
        principal.needs(Scope::ReadDirectory)?;
        let row = store::one(&self.inner.database, kind.as_str(), key).await?;
        let row = row.ok_or(DeskError::not_found("entry"))?;
        Ok(self.for_reader(principal, Entry::of(&row)?))
    }

    /// Needs `directory:edit` and the role manager or administrator; for shifts and absences of the own people the role
    /// shift lead. All edits or none. `Conflict` with `last_member` when a role that may never be empty would be;
    /// `Invalid` with pointers `/0/body/…` into the list of edits. Returns the entries as they are now; removed ones are
    /// left out.
    pub async fn edit(&self, principal: &Principal, edits: Vec<Edit>) -> Result<Vec<Entry>, DeskError> {
        self.edit_seen(principal, edits, &[]).await
    }

    /// As [`Desk::edit`], each edit only while its entry is at the version that was seen; 0: not there yet. `Conflict`
    /// with `changed` when somebody was quicker.
    pub async fn edit_seen(
        &self,
        principal: &Principal,
        edits: Vec<Edit>,
        seen: &[i64],
    ) -> Result<Vec<Entry>, DeskError> {
        principal.needs(Scope::EditDirectory)?;
        if edits.len() > EDITS_MAX {
            return Err(Problem::new(
                "",
                "too_many",
                format!("一次最多 {EDITS_MAX} 项更改"),
                format!("At most {EDITS_MAX} changes at once"),
            )
            .into());
        }
        let decide = |around: &Around| {
            // What stands under the keys is asked below, where it cannot change any more.
            must_edit_something(principal, around)?;
            Ok(edits.clone())
        };
        let asks = Asks { own: true, seen };
        self.change_as(principal, asks, decide).await
    }

    /// Needs `directory:edit` and somebody who edits something of the directory. Everything that is wrong with edits, as
    /// [`Desk::edit`] would say it of edits in which nothing else was wrong; nothing is changed, and who may make
    /// just these is not asked.
    pub async fn rehearse(&self, principal: &Principal, edits: Vec<Edit>) -> Result<(), DeskError> {
        principal.needs(Scope::EditDirectory)?;
        let around = self.inner.around();
        must_edit_something(principal, &around)?;
        edit::plan(&self.inner.database, &around, principal, edits, &[]).await?;
        Ok(())
    }

    /// Changes the directory by what `decide` makes of it as it is now; asked again when another process was faster.
    /// Who may is for `decide` to say.
    pub(super) async fn change(
        &self,
        principal: &Principal,
        decide: impl Fn(&Around) -> Result<Vec<Edit>, DeskError>,
    ) -> Result<Vec<Entry>, DeskError> {
        self.change_as(principal, Asks::default(), decide).await
    }

    /// The same, with what is asked of the edits beside.
    pub(super) async fn change_as(
        &self,
        principal: &Principal,
        asks: Asks<'_>,
        decide: impl Fn(&Around) -> Result<Vec<Edit>, DeskError>,
    ) -> Result<Vec<Entry>, DeskError> {
        let _one_at_a_time = self.inner.administration.lock().await;
        let mut again = EDIT_AGAIN;
        loop {
            let around = self.inner.around();
            let edits = decide(&around)?;
            match Box::pin(self.edit_once(principal, &around, asks, edits)).await {
                // Another process changed the directory since we last read it: decide again on what it is now.
                Err(DeskError::Store(StoreError::Failed(_)))
                    if again > 0 && store::version(&self.inner.database).await? != around.directory.version =>
                {
                    again -= 1;
                    self.inner.load_directory().await?;
                }
                edited => return edited,
            }
        }
    }

    async fn edit_once(
        &self,
        principal: &Principal,
        around: &Around,
        asks: Asks<'_>,
        edits: Vec<Edit>,
    ) -> Result<Vec<Entry>, DeskError> {
        if asks.own {
            let standing = self.under(principal, around, &edits).await?;
            authority::must_edit(principal, around, &edits, &standing)?;
        }
        let plan = edit::plan(&self.inner.database, around, principal, edits, asks.seen).await?;
        if plan.changes.is_empty() {
            return Ok(Vec::new());
        }
        members::must_stay(
            &around.directory,
            &plan.directory,
            &around.catalogue,
            around.now,
            &plan.moments,
        )?;
        let by = principal.named();
        let changes = plan.changes.clone();
        let now = around.now;
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                for change in &changes {
                    change.write(sheet, by.as_deref(), now);
                }
                Ok(())
            })
            .await?;
        self.inner.put_directory(Arc::new(plan.directory));
        if plan
            .changes
            .iter()
            .any(|change| change.row.kind == Kind::Calendar.as_str())
        {
            self.recount_clocks().await?;
        }
        let kept = plan.changes.iter().filter(|change| !change.removed);
        Ok(kept.map(|change| Entry::of(&change.row)).collect::<Result<_, _>>()?)
    }

    /// What stands under the keys of these edits; nothing where whoever edits may edit everything.
    async fn under(&self, principal: &Principal, around: &Around, edits: &[Edit]) -> Result<Vec<Entry>, DeskError> {
        let mut standing = Vec::new();
        if Inner::must_administer(principal, around).is_ok() {
            return Ok(standing);
        }
        for edit in edits {
            let (kind, key) = match edit {
                Edit::Put {
                    kind, key: Some(key), ..
                }
                | Edit::End { kind, key, .. } => (kind, key),
                Edit::Put { key: None, .. } => continue,
            };
            let row = store::one(&self.inner.database, kind.as_str(), key).await?;
            standing.extend(row.as_ref().map(Entry::of).transpose()?);
        }
        Ok(standing)
    }

    /// Needs `record:read`. Changes after a version, oldest first.
    pub async fn directory_log(
        &self,
        principal: &Principal,
        after: i64,
        limit: u64,
    ) -> Result<Vec<LogLine>, DeskError> {
        principal.needs(Scope::ReadRecord)?;
        let around = self.inner.around();
        if !has_role(&around.directory, &principal.person, AUDITOR, around.now) {
            Inner::must_administer(principal, &around)?;
        }
        let rows = store::log(&self.inner.database, after, limit.clamp(1, ENTRIES_MAX)).await?;
        Ok(rows.iter().map(LogLine::of).collect::<Result<_, _>>()?)
    }

    /// Takes up what another process changes, as soon as it tells (PostgreSQL), and every two seconds in any case.
    /// Runs until it is dropped.
    pub async fn follow(&self) {
        let signals = self.inner.writer.signals();
        loop {
            let told = tokio::time::timeout(FOLLOW_EVERY, signals.elsewhere()).await;
            if told.is_ok_and(|topics| topics.contains(&Topic::Tokens)) {
                self.inner.doubt_tokens();
            }
            if let Err(error) = self.refresh().await {
                tracing::debug!(
                    error = discreet(&error),
                    "what another process changed could not be read; trying again"
                );
            }
        }
    }

    /// Takes up what another process has changed in directory or workflows; cheap when nothing was.
    pub async fn refresh(&self) -> Result<(), DeskError> {
        let _one_at_a_time = self.inner.administration.lock().await;
        if store::version(&self.inner.database).await? != self.inner.directory().version {
            self.inner.load_directory().await?;
        }
        if definitions::stamp(&self.inner.database).await? != self.inner.catalogue().stamp {
            self.inner.load_catalogue().await?;
        }
        Ok(())
    }
}

/// Managers and administrators edit everything, shift leads the roster of the own people.
fn must_edit_something(principal: &Principal, around: &Around) -> Result<(), DeskError> {
    if Lead::of(&around.directory, &principal.person, around.now).is_some() {
        return Ok(());
    }
    Inner::must_administer(principal, around)
}

/// What is asked of edits beside what they say.
#[derive(Clone, Copy, Default)]
pub(super) struct Asks<'s> {
    /// They are what somebody sent, and must be theirs to make.
    pub(super) own: bool,
    /// The versions at which the entries were seen, in the order of the edits.
    pub(super) seen: &'s [i64],
}

/// How often somebody looks whether another process has changed something.
const FOLLOW_EVERY: Duration = Duration::from_secs(2);

/// Attempts more at an edit that collides with another process's. Each collision means that somebody else's edit went
/// through: at eight o'clock, when a shift signs on at several instances, that may be many.
const EDIT_AGAIN: u32 = 50;

impl Inner {
    /// Loads the directory as it is stored.
    pub(super) async fn load_directory(&self) -> Result<(), StoreError> {
        let since = self.clock.now().plus(-LOOK_BACK);
        let version = store::version(&self.database).await?;
        let directory = picture(version, &store::all(&self.database, since).await?)?;
        self.put_directory(Arc::new(directory));
        Ok(())
    }
}

/// The directory that these entries make.
pub(super) fn picture(version: i64, rows: &[EntryRow]) -> Result<Directory, StoreError> {
    let mut directory = Directory::default();
    directory.version = version;
    for row in rows {
        let kind =
            Kind::parse(&row.kind).ok_or_else(|| StoreError::unreadable("directory", format!("kind {}", row.kind)))?;
        let body = json_of(&row.body)?;
        let thing = Thing::read(kind, &row.key, &body, row.version).map_err(|found| {
            let codes: Vec<&str> = found.iter().map(|problem| problem.code).collect();
            StoreError::unreadable("directory", format!("{} {}", row.key, codes.join(", ")))
        })?;
        thing.put(&mut directory);
    }
    directory.changed();
    Ok(directory)
}

fn json_of(text: &str) -> Result<Json, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::unreadable("directory", error))
}

impl Entry {
    fn of(row: &EntryRow) -> Result<Self, StoreError> {
        Ok(Self {
            kind: Kind::parse(&row.kind).ok_or_else(|| StoreError::unreadable("directory", &row.kind))?,
            key: row.key.clone(),
            body: json_of(&row.body)?,
            version: row.version,
        })
    }
}

impl LogLine {
    fn of(row: &store::LogRow) -> Result<Self, StoreError> {
        Ok(Self {
            version: row.version,
            at: row.at,
            by: row.by.as_deref().map(PersonId::from),
            kind: Kind::parse(&row.kind).ok_or_else(|| StoreError::unreadable("directory_log", &row.kind))?,
            key: row.key.clone(),
            before: row.before.as_deref().map(json_of).transpose()?,
            after: row.after.as_deref().map(json_of).transpose()?,
        })
    }
}
