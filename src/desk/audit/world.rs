//! What an audit knows beside the tickets: published definitions, the directory of today and of before, the time.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::desk::directory::past::{Changed, Past, without};
use crate::desk::directory::picture;
use crate::store::files::Folder;
use crate::store::scan::Scan;
use crate::store::{StoreError, inbox};
use crate::ticket::event::{Body, Event};
use crate::workflow::check::{self, Surroundings};
use crate::workflow::definition::Definition;
use crate::workflow::directory::Directory;
use crate::workflow::id::WorkflowId;
use crate::workflow::moment::{Moment, SECOND};
use crate::workflow::read;

/// Within this time every instance has heard of a change of the directory: they look every two seconds when nobody tells
/// them, and their clocks may differ by five.
const HEARD_WITHIN: i64 = 10 * SECOND;

/// What tickets are judged by.
pub struct Known {
    pub definitions: HashMap<String, Arc<Definition>>,
    pub directory: Directory,
    past: Past,
    pub now: Moment,
    /// What was told before is not in the inbox any more.
    pub inbox_from: Moment,
    /// Where contents of files lie; nothing where they are not looked at.
    pub files: Option<Folder>,
}

impl Known {
    /// Everything published and the whole directory, its past included, as the scan sees them.
    pub async fn load(scan: &Scan, now: Moment) -> Result<Self, StoreError> {
        let mut definitions = HashMap::new();
        for (hash, source) in scan.definitions().await? {
            // What cannot be read is missing here, and every ticket that runs on it is a finding.
            if let Some(mut definition) = read::read(source.as_bytes()).definition {
                check::check(&mut definition, &Surroundings::default());
                definitions.insert(hash, Arc::new(definition));
            }
        }
        let rows = scan.directory().await?;
        let kept = "select cast(value as bigint) from settings where name = ?";
        let inbox_from = scan.number(kept, vec![inbox::KEPT_FROM.into()]).await?;
        let version = rows.iter().map(|row| row.version).max().unwrap_or_default();
        let mut past = Past::default();
        let mut after = 0;
        loop {
            let page = scan.directory_log(after).await?;
            let Some(last) = page.last() else { break };
            after = last.version;
            past.take_up(&page);
        }
        past.whole();
        Ok(Self {
            definitions,
            directory: picture(version, &rows)?,
            past,
            now,
            inbox_from: Moment(inbox_from.unwrap_or(i64::MIN)),
            files: None,
        })
    }

    /// The contents of files are looked at as well, in this folder.
    pub async fn with_files(self, scan: &Scan, folder: Option<PathBuf>) -> Result<Self, StoreError> {
        let id = scan.files_id().await?;
        let files = folder.zip(id).map(|(folder, id)| Folder::new(folder, &id));
        Ok(Self { files, ..self })
    }

    /// The directory as it was known then; nothing where that of today says the same of that time.
    pub fn directory_at(&self, at: Moment) -> Option<Arc<Directory>> {
        self.past.known_at(&self.directory, at)
    }

    /// The directory as an instance knew it that had not heard yet of what was changed right then; nothing where nothing
    /// was.
    pub async fn directory_just_before(&self, scan: &Scan, at: Moment) -> Result<Option<Directory>, StoreError> {
        let rows = scan.directory_changed(at.plus(-HEARD_WITHIN), at).await?;
        let changes: Vec<Changed> = rows.iter().filter_map(Changed::read).collect();
        if changes.is_empty() {
            return Ok(None);
        }
        let then = self.directory_at(at);
        let then = then.as_deref().unwrap_or(&self.directory);
        Ok(Some(without(then, changes.iter())))
    }

    pub fn definition(&self, hash: &str) -> Option<&Arc<Definition>> {
        self.definitions.get(hash)
    }

    /// The version of the other workflow that was active then: the one the ticket became next.
    pub fn next_version(&self, rest: &[&Event], wanted: &WorkflowId) -> Option<Arc<Definition>> {
        rest.iter().find_map(|event| match &event.body {
            Body::Became {
                workflow, definition, ..
            } if workflow == wanted => self.definition(definition).cloned(),
            _ => None,
        })
    }

    /// True when the calendars are still those of that version; a later edit gives other times.
    pub fn has_calendar(&self, version: i64) -> bool {
        version == 0
            || self
                .directory
                .calendars
                .values()
                .any(|calendar| calendar.version == version)
    }
}
