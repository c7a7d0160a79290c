//! What others may wait for: something was committed, something is due earlier than all before.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use sea_orm::{ConnectionTrait, DatabaseConnection};
use tokio::sync::{Notify, watch};

use crate::workflow::moment::Moment;

use super::StoreError;
use super::connect::statement;
use super::sheet::Changes;

/// Signals of one writer.
#[derive(Debug)]
pub struct Signals {
    /// Counts commits.
    commits: watch::Sender<u64>,
    earlier_due: Notify,
    /// The earliest due time the sweeper knows of; it asks the database again when woken.
    next_due: RwLock<Option<Moment>>,
    /// Every chain of owners that ever stood in `owners`: few, so that «what is mine» asks for those that lead to me.
    chains: RwLock<Arc<BTreeSet<Arc<str>>>>,
}

impl Signals {
    pub(super) async fn load(db: &DatabaseConnection) -> Result<Self, StoreError> {
        Ok(Self {
            commits: watch::Sender::new(0),
            earlier_due: Notify::new(),
            next_due: RwLock::new(None),
            chains: RwLock::new(Arc::new(chains(db).await?)),
        })
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

    pub(super) fn committed(&self, changes: &Changes) {
        self.commits.send_modify(|count| *count += 1);
        let earliest = changes
            .tickets
            .values()
            .filter_map(|(_, held)| held.projection.due_at)
            .min();
        let until = *self.next_due.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(earliest) = earliest
            && until.is_none_or(|until| earliest < until)
        {
            self.earlier_due.notify_one();
        }
        self.learn(changes);
    }

    fn learn(&self, changes: &Changes) {
        let known = self.chains();
        let new: Vec<Arc<str>> = changes
            .tickets
            .values()
            .flat_map(|(_, held)| &held.projection.owners)
            .filter(|(_, chain)| !known.contains(chain.as_str()))
            .map(|(_, chain)| Arc::from(chain.as_str()))
            .collect();
        if !new.is_empty() {
            let mut all = BTreeSet::clone(&known);
            all.extend(new);
            *self.chains.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(all);
        }
    }
}

/// The distinct chains, by jumping along the index from each to the next.
async fn chains(db: &DatabaseConnection) -> Result<BTreeSet<Arc<str>>, StoreError> {
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
