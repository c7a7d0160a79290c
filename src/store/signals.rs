//! What others may wait for: something was committed, something is due earlier than all before, another instance has
//! changed what we keep in memory.
//!
//! On PostgreSQL each commit tells the other instances ([`Signals::news`]); what they tell is heard here
//! ([`Signals::hear`]). Whoever misses it finds out by itself a little later: nothing relies on it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Arc, PoisonError, RwLock};

use sea_orm::{ConnectionTrait, DbBackend};
use tokio::sync::{Notify, watch};

use crate::discreet::discreet;
use crate::workflow::id::PersonId;
use crate::workflow::moment::Moment;

use super::StoreError;
use super::connect::statement;
use super::notice::Audience;
use super::postgres;
use super::presence::{self, Presence};
use super::readers::Readers;
use super::sheet::Changes;

/// What instances keep in memory and must not keep for long after somebody has changed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    Directory,
    Workflows,
    Tokens,
    /// A chain of owners that was never seen before.
    Chains,
}

impl Topic {
    const ALL: [Self; 4] = [Self::Directory, Self::Workflows, Self::Tokens, Self::Chains];

    /// Its letter in a notification.
    fn letter(self) -> char {
        match self {
            Self::Directory => 'd',
            Self::Workflows => 'w',
            Self::Tokens => 't',
            Self::Chains => 'c',
        }
    }
}

/// Signals of one writer.
pub struct Signals {
    /// Names this instance in what it tells others.
    instance: Arc<str>,
    /// What others have changed since somebody looked.
    elsewhere: watch::Sender<BTreeSet<Topic>>,
    /// Counts commits.
    commits: watch::Sender<u64>,
    earlier_due: Notify,
    /// The earliest due time the sweeper knows of; it asks the database again when woken.
    next_due: RwLock<Option<Moment>>,
    /// Every chain of owners that ever stood in `owners`: few, so that «what is mine» asks for those that lead to me.
    chains: RwLock<Arc<BTreeSet<Arc<str>>>>,
    audience: RwLock<Audience>,
    presence: Presence,
    readers: Readers,
}

impl Signals {
    pub(super) async fn load(db: &Readers, instance: Arc<str>) -> Result<Self, StoreError> {
        Ok(Self {
            instance,
            elsewhere: watch::Sender::new(BTreeSet::new()),
            commits: watch::Sender::new(0),
            earlier_due: Notify::new(),
            next_due: RwLock::new(None),
            chains: RwLock::new(Arc::new(chains(db).await?)),
            audience: RwLock::default(),
            presence: Presence::default(),
            readers: db.clone(),
        })
    }

    /// Who is told by which channels from now on, beside mail and inbox.
    pub fn set_audience(&self, audience: Audience) {
        *self.audience.write().unwrap_or_else(PoisonError::into_inner) = audience;
    }

    /// By which channels, beside mail and inbox, somebody is told who was told now.
    pub fn channels_of(&self, person: &PersonId) -> Vec<Arc<str>> {
        self.audience().channels(person)
    }

    pub(super) fn audience(&self) -> Audience {
        self.audience.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The name of this instance among those of the same database, until it ends.
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// Says that somebody has a ticket open, here and to the other instances; tells who else has.
    pub fn here(&self, number: &str, person: &PersonId, writing: bool) -> Vec<(PersonId, bool)> {
        let company = self.presence.here(number, person, writing);
        let shared = self.readers.get_database_backend() == DbBackend::Postgres;
        if shared
            && company.is_news
            && let Some(news) = presence::news(&self.instance, number, person, writing)
        {
            let readers = self.readers.clone();
            tokio::spawn(async move {
                if let Err(error) = postgres::tell_presence(&readers, &news).await {
                    tracing::debug!(
                        error = discreet(&error),
                        "the other instances were not told who is at a ticket"
                    );
                }
            });
        }
        company.others
    }

    pub(super) fn hear_presence(&self, told: &str) {
        self.presence.hear(told, &self.instance);
    }

    /// Changes with every commit: for live updates.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    /// Completes when something was written that is due before what the sweeper sleeps until.
    pub async fn earlier_due(&self) {
        self.earlier_due.notified().await;
    }

    /// The sweeper says until when it is going to sleep.
    pub fn sleeping_until(&self, due: Option<Moment>) {
        *self.next_due.write().unwrap_or_else(PoisonError::into_inner) = due;
    }

    /// Chains of owners that may stand in `owners`.
    pub fn chains(&self) -> Arc<BTreeSet<Arc<str>>> {
        Arc::clone(&self.chains.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Completes when another instance has changed something we keep; says what. Only one may wait.
    pub async fn elsewhere(&self) -> BTreeSet<Topic> {
        let mut changed = self.elsewhere.subscribe();
        // Fails only without a sender, which is ours.
        let _ = changed.wait_for(|topics| !topics.is_empty()).await;
        self.elsewhere.send_replace(BTreeSet::new())
    }

    pub(super) fn committed(&self, changes: &Changes) {
        self.something_new(earliest(changes));
        let new = self.unknown(changes);
        if !new.is_empty() {
            self.learn(new);
        }
    }

    /// What the other instances are told of a commit: `instance due topics`.
    pub(super) fn news(&self, changes: &Changes) -> String {
        let mut news = format!("{} ", self.instance);
        match earliest(changes) {
            Some(due) => {
                let _ = write!(news, "{} ", due.0);
            }
            None => news.push_str("- "),
        }
        news.extend(changes.topics.iter().map(|topic| topic.letter()));
        if !self.unknown(changes).is_empty() {
            news.push(Topic::Chains.letter());
        }
        news
    }

    /// Takes up what another instance tells; true when it has seen new chains.
    pub(super) fn hear(&self, news: &str) -> bool {
        let mut words = news.splitn(3, ' ');
        if words.next() == Some(&*self.instance) {
            return false;
        }
        let due = words.next().and_then(|due| due.parse().ok()).map(Moment);
        self.something_new(due);
        let letters = words.next().unwrap_or_default();
        let heard = Topic::ALL.into_iter().filter(|topic| letters.contains(topic.letter()));
        self.changed_elsewhere(heard.collect());
        letters.contains(Topic::Chains.letter())
    }

    /// Nobody told us for a while: anything may have changed.
    pub(super) fn missed(&self) {
        self.commits.send_modify(|count| *count += 1);
        self.earlier_due.notify_one();
        self.changed_elsewhere(Topic::ALL.into_iter().collect());
    }

    fn changed_elsewhere(&self, topics: BTreeSet<Topic>) {
        if !topics.is_empty() {
            self.elsewhere.send_modify(|changed| changed.extend(topics));
        }
    }

    fn something_new(&self, earliest: Option<Moment>) {
        self.commits.send_modify(|count| *count += 1);
        let until = *self.next_due.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(earliest) = earliest
            && until.is_none_or(|until| earliest < until)
        {
            self.earlier_due.notify_one();
        }
    }

    fn unknown(&self, changes: &Changes) -> BTreeSet<Arc<str>> {
        let known = self.chains();
        changes
            .tickets
            .values()
            .flat_map(|(_, held)| &held.projection.owners)
            .filter(|(_, chain)| !known.contains(chain.as_str()))
            .map(|(_, chain)| Arc::from(chain.as_str()))
            .collect()
    }

    fn learn(&self, new: BTreeSet<Arc<str>>) {
        let mut chains = self.chains.write().unwrap_or_else(PoisonError::into_inner);
        let mut all = BTreeSet::clone(&chains);
        all.extend(new);
        *chains = Arc::new(all);
    }

    /// Reads the chains again: others have written new ones.
    pub(super) async fn learn_from(&self, db: &Readers) -> Result<(), StoreError> {
        self.learn(chains(db).await?);
        Ok(())
    }
}

/// The earliest rung that a commit brings.
fn earliest(changes: &Changes) -> Option<Moment> {
    let tickets = changes.tickets.values();
    tickets.filter_map(|(_, held)| held.projection.due_at).min()
}

/// The distinct chains, by jumping along the index from each to the next.
async fn chains(db: &Readers) -> Result<BTreeSet<Arc<str>>, StoreError> {
    let sql = "with recursive found (chain) as (
            select min(chain) from owners
            union all
            select (select min(o.chain) from owners o where o.chain > f.chain) from found f where f.chain is not null
        ) select chain from found where chain is not null";
    let rows = db
        .query_all_raw(statement(db.get_database_backend(), sql, Vec::new()))
        .await?;
    rows.iter()
        .map(|row| Ok(Arc::from(row.try_get_by_index::<String>(0)?)))
        .collect()
}
