//! Workflow versions: list, read, check, publish. Versions are immutable and named by the hash of their bytes.

use std::collections::HashMap;
use std::sync::Arc;

use crate::store::definitions::{self, DefinitionRow};
use crate::store::{StoreError, Wants, tickets};
use crate::ticket::story;
use crate::workflow::check::{self, Others, Surroundings};
use crate::workflow::definition::Definition;
use crate::workflow::directory::Directory;
use crate::workflow::finding::Finding;
use crate::workflow::id::{PersonId, WorkflowId};
use crate::workflow::read;

use super::catalogue::Catalogue;
use super::command::Around;
use super::{Desk, DeskError, Inner, Principal, Problem, Scope};
use crate::workflow::moment::Moment;

/// A published version.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    pub hash: Arc<str>,
    pub workflow: WorkflowId,
    pub version: u32,
    pub author: Option<PersonId>,
    pub published_by: Option<PersonId>,
    pub published_at: Moment,
    pub active: bool,
    /// Open tickets that run on it.
    pub open_tickets: u64,
}

/// What checking a file found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// In the order of the file.
    pub findings: Vec<Finding>,
    /// Stories that did not go as told.
    pub failures: Vec<story::Failure>,
    /// `None` when there are errors among the findings.
    pub definition: Option<Arc<Definition>>,
}

impl Checked {
    /// Nothing forbids publishing.
    pub fn is_clean(&self) -> bool {
        self.definition.is_some() && self.failures.is_empty()
    }
}

impl Desk {
    /// Needs `workflows:read`. Every version of every workflow, the last published first.
    pub async fn versions(&self, principal: &Principal) -> Result<Vec<Version>, DeskError> {
        principal.needs(Scope::ReadWorkflows)?;
        let open: HashMap<String, u64> = tickets::open_by_definition(&self.inner.database)
            .await?
            .into_iter()
            .collect();
        let rows = definitions::all(&self.inner.database).await?;
        let mut versions: Vec<Version> = rows.iter().map(|row| version(row, open.get(&row.hash))).collect();
        versions.reverse();
        Ok(versions)
    }

    /// Needs `workflows:read`. The version under this hash, its file included (`definition.source`).
    pub async fn definition(&self, principal: &Principal, hash: &str) -> Result<Arc<Definition>, DeskError> {
        principal.needs(Scope::ReadWorkflows)?;
        match self.inner.definition(hash).await {
            Err(DeskError::UnknownDefinition(_)) => Err(DeskError::not_found("workflow")),
            found => found,
        }
    }

    /// The active version; `None` for a workflow that is not published.
    pub fn active(&self, workflow: &WorkflowId) -> Option<Arc<Definition>> {
        self.inner.catalogue().active(workflow)
    }

    /// The active versions of all workflows, by id.
    pub fn all_active(&self) -> Vec<Arc<Definition>> {
        self.inner.catalogue().all_active()
    }

    /// Needs `workflows:read`. What publishing this file would find, its stories included; nothing is saved.
    pub async fn check(&self, principal: &Principal, source: &str) -> Result<Checked, DeskError> {
        principal.needs(Scope::ReadWorkflows)?;
        // The largest files take long: not on a thread that answers others.
        let (inner, source) = (Arc::clone(&self.inner), source.to_owned());
        let checking = tokio::task::spawn_blocking(move || inner.checked(&source, &inner.around()));
        Ok(checking
            .await
            .map_err(|error| StoreError::Panicked(error.to_string()))?)
    }

    /// The organisation in which stories play; without one they play in the directory itself.
    pub fn set_stage(&self, organisation: Directory) {
        self.inner.put_stage(Arc::new(organisation));
    }

    /// Needs `workflows:publish` and the role manager or administrator. The file must be clean and its stories pass
    /// ([`DeskError::Unclean`]). `author` is who wrote it, when somebody else publishes: they must differ. Open tickets
    /// stay on their version. Publishing an old version again rolls back.
    pub async fn publish(
        &self,
        principal: &Principal,
        source: &str,
        author: Option<PersonId>,
    ) -> Result<Version, DeskError> {
        principal.needs(Scope::PublishWorkflows)?;
        let around = self.inner.around();
        Inner::must_administer(principal, &around)?;
        must_be_another(author.as_ref(), principal)?;
        let definition = self.inner.clean(source, &around)?;
        self.put_version(principal, definition, author, around.now).await
    }

    /// As [`Desk::publish`] for files that lead into each other (`becomes`): each is checked among all of them, and when
    /// one is not clean none is published.
    pub async fn publish_together(&self, principal: &Principal, sources: &[&str]) -> Result<Vec<Version>, DeskError> {
        self.publish_written(principal, sources, None).await
    }

    /// The same, with who wrote them.
    pub async fn publish_written(
        &self,
        principal: &Principal,
        sources: &[&str],
        author: Option<&PersonId>,
    ) -> Result<Vec<Version>, DeskError> {
        principal.needs(Scope::PublishWorkflows)?;
        let around = self.inner.around_with(sources);
        Inner::must_administer(principal, &around)?;
        must_be_another(author, principal)?;
        let clean: Result<Vec<_>, _> = sources.iter().map(|source| self.inner.clean(source, &around)).collect();
        let clean = clean?;
        // Before the first one is stored: together or not at all.
        for definition in &clean {
            self.inner.must_be_new_version(definition).await?;
        }
        let mut versions = Vec::with_capacity(sources.len());
        for definition in clean {
            versions.push(
                self.put_version(principal, definition, author.cloned(), around.now)
                    .await?,
            );
        }
        Ok(versions)
    }

    /// Needs `workflows:read`. As [`Desk::check`] for several files, each among all of them.
    pub async fn check_together(&self, principal: &Principal, sources: &[&str]) -> Result<Vec<Checked>, DeskError> {
        principal.needs(Scope::ReadWorkflows)?;
        let inner = Arc::clone(&self.inner);
        let sources: Vec<String> = sources.iter().map(|source| (*source).to_owned()).collect();
        let checking = tokio::task::spawn_blocking(move || {
            let all: Vec<&str> = sources.iter().map(String::as_str).collect();
            let around = inner.around_with(&all);
            all.iter().map(|source| inner.checked(source, &around)).collect()
        });
        Ok(checking
            .await
            .map_err(|error| StoreError::Panicked(error.to_string()))?)
    }

    async fn put_version(
        &self,
        principal: &Principal,
        definition: Arc<Definition>,
        author: Option<PersonId>,
        now: Moment,
    ) -> Result<Version, DeskError> {
        let _one_at_a_time = self.inner.administration.lock().await;
        let row = DefinitionRow {
            hash: definition.hash.to_string(),
            workflow: definition.workflow.value.to_string(),
            version: i64::from(definition.version),
            source: definition.source.to_string(),
            author: author.as_ref().map(ToString::to_string),
            published_by: principal.named(),
            published_at: now,
            active: true,
        };
        let mut again = PUBLISH_AGAIN;
        loop {
            self.inner.must_be_new_version(&definition).await?;
            let stored = row.clone();
            let published = self
                .inner
                .writer
                .run(Wants::default(), move |sheet| {
                    definitions::publish(sheet, &stored);
                    Ok(())
                })
                .await;
            match published {
                Ok(()) => break,
                // Another instance may have published a version of the same workflow at the same moment.
                Err(StoreError::Failed(_)) if again > 0 => again -= 1,
                Err(error) => return Err(error.into()),
            }
        }
        self.inner.add_definition(definition);
        Ok(version(&row, None))
    }
}

/// Attempts more at a publication that collides with another.
const PUBLISH_AGAIN: u32 = 3;

fn version(row: &DefinitionRow, open: Option<&u64>) -> Version {
    Version {
        hash: Arc::from(row.hash.as_str()),
        workflow: WorkflowId::from(row.workflow.as_str()),
        version: u32::try_from(row.version).unwrap_or(0),
        author: row.author.as_deref().map(PersonId::from),
        published_by: row.published_by.as_deref().map(PersonId::from),
        published_at: row.published_at,
        active: row.active,
        open_tickets: open.copied().unwrap_or(0),
    }
}

/// Four eyes: who publishes did not write it.
fn must_be_another(author: Option<&PersonId>, principal: &Principal) -> Result<(), DeskError> {
    if author == Some(&principal.person) {
        return Err(DeskError::Conflict(Box::new(Problem::new(
            "/author",
            "four_eyes",
            "发布人不能是作者本人",
            "Whoever publishes must be somebody other than the author",
        ))));
    }
    Ok(())
}

impl Inner {
    /// The surroundings as they will be when these files are published.
    fn around_with(&self, sources: &[&str]) -> Around {
        let mut around = self.around();
        let mut all = Catalogue::clone(&around.catalogue);
        for source in sources {
            if let Some(mut definition) = read::read(source.as_bytes()).definition {
                check::check(&mut definition, &Surroundings::default());
                all.add(Arc::new(definition), true);
            }
        }
        around.catalogue = Arc::new(all);
        around
    }

    /// The definition under a hash; looks again in the database when it is not known, another process may have
    /// published it.
    pub(super) async fn definition(&self, hash: &str) -> Result<Arc<Definition>, DeskError> {
        if let Some(definition) = self.catalogue().get(hash) {
            return Ok(Arc::clone(definition));
        }
        self.load_catalogue().await?;
        self.catalogue()
            .get(hash)
            .cloned()
            .ok_or_else(|| DeskError::UnknownDefinition(Arc::from(hash)))
    }

    /// Loads and compiles every version.
    pub(super) async fn load_catalogue(&self) -> Result<(), StoreError> {
        let stamp = definitions::stamp(&self.database).await?;
        let rows = definitions::all(&self.database).await?;
        let mut catalogue = Catalogue::default();
        catalogue.stamp = stamp;
        let known = self.catalogue();
        for row in rows {
            let definition = match known.get(&row.hash) {
                Some(definition) => Arc::clone(definition),
                None => Arc::new(compiled(&row)?),
            };
            catalogue.add(definition, row.active);
        }
        self.put_catalogue(Arc::new(catalogue));
        Ok(())
    }

    /// The file as a definition, when nothing forbids publishing it.
    fn clean(&self, source: &str, around: &Around) -> Result<Arc<Definition>, DeskError> {
        let checked = self.checked(source, around);
        match &checked.definition {
            Some(definition) if checked.is_clean() => Ok(Arc::clone(definition)),
            Some(_) | None => Err(DeskError::Unclean(Box::new(checked))),
        }
    }

    fn add_definition(&self, definition: Arc<Definition>) {
        let mut catalogue = Catalogue::clone(&self.catalogue());
        catalogue.add(definition, true);
        self.put_catalogue(Arc::new(catalogue));
    }

    /// A version number stands for one content; the same content again is a roll-back.
    async fn must_be_new_version(&self, definition: &Definition) -> Result<(), DeskError> {
        let rows = definitions::all(&self.database).await?;
        let taken = rows.iter().any(|row| {
            row.workflow == *definition.workflow.as_str()
                && row.version == i64::from(definition.version)
                && row.hash != *definition.hash
        });
        if !taken {
            return Ok(());
        }
        Err(DeskError::Conflict(Box::new(Problem::new(
            "/version",
            "version_taken",
            format!("版本 {} 已经发布过，内容不同：请把 version 加一", definition.version),
            format!(
                "Version {} is published already with other content: raise `version`",
                definition.version
            ),
        ))))
    }

    /// Reads, checks, plays the stories.
    pub(super) fn checked(&self, source: &str, around: &Around) -> Checked {
        let reading = read::read(source.as_bytes());
        let mut findings = reading.findings;
        let Some(mut definition) = reading.definition else {
            return Checked {
                findings: findings.sorted(),
                failures: Vec::new(),
                definition: None,
            };
        };
        let previous = around.catalogue.active(&definition.workflow.value);
        let others = others(&around.catalogue);
        // An empty directory says nothing about a file: the first start publishes before anybody is entered.
        let directory = (!around.directory.people.is_empty()).then_some(&*around.directory);
        let surroundings = Surroundings {
            directory,
            now: around.now,
            others: (!others.is_empty()).then_some(&others),
            previous: previous.as_deref(),
            incomplete: findings.has_unread(),
        };
        findings.extend(check::check(&mut definition, &surroundings));
        if findings.has_errors() {
            return Checked {
                findings: findings.sorted(),
                failures: Vec::new(),
                definition: None,
            };
        }
        let definition = Arc::new(definition);
        let stage = self.stage().unwrap_or_else(|| Arc::clone(&around.directory));
        let failures = around.with(|world| story::run_all(&definition, &stage, world.active));
        Checked {
            findings: findings.sorted(),
            failures,
            definition: Some(definition),
        }
    }
}

/// The other kinds and their clocks, for `becomes`.
fn others(catalogue: &Catalogue) -> Others {
    catalogue
        .all_active()
        .iter()
        .map(|definition| {
            let clocks = definition.clocks.keys().cloned().collect();
            (definition.workflow.value.clone(), clocks)
        })
        .collect()
}

/// A stored version, ready to run. It was clean when it was published.
fn compiled(row: &DefinitionRow) -> Result<Definition, StoreError> {
    let mut definition = read::read(row.source.as_bytes())
        .definition
        .ok_or_else(|| StoreError::unreadable("definitions", &row.hash))?;
    check::check(&mut definition, &Surroundings::default());
    Ok(definition)
}
