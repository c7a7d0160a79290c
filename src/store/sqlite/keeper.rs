//! Saves batches on SQLite: one connection writes, in one transaction for each batch.

use std::sync::Arc;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

use crate::discreet::discreet;
use crate::store::batch::{Failure, Job, decide_all};
use crate::store::connect::{Database, statement};
use crate::store::held::Cache;
use crate::store::sheet::{Changes, Means};
use crate::store::writer::Wants;
use crate::store::{StoreError, flush, load};

/// Changes whenever another connection has committed something since: what is cached may be old then.
async fn data_version(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let statement = statement(db.get_database_backend(), "pragma data_version", Vec::new());
    match db.query_one_raw(statement).await? {
        Some(row) => row.try_get_by_index(0),
        None => Ok(0),
    }
}

/// True when the file or its disk is the matter, and not what was to be written: every other batch would fail as well.
fn is_of_the_file(error: &StoreError) -> bool {
    let StoreError::Database(DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) =
        error
    else {
        return false;
    };
    // The lower byte is the kind, the upper one says more: busy, locked, no memory, read-only, input/output, full,
    // cannot be opened.
    let code = error
        .as_database_error()
        .and_then(|said| said.code()?.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 5..=8 | 10 | 13 | 14))
}

/// One connection writes; tickets it wrote are held until somebody else writes.
pub(in crate::store) struct Keeper {
    writer: DatabaseConnection,
    cache: Cache,
    data_version: Option<i64>,
}

impl Keeper {
    pub fn of(database: &Database) -> Self {
        Self {
            writer: database.writer().clone(),
            cache: Cache::default(),
            data_version: None,
        }
    }

    /// Decides and writes all jobs in one transaction; `None` when there was nothing to write.
    pub async fn together(&mut self, jobs: &mut [Box<dyn Job>], means: &Means) -> Result<Option<Changes>, Failure> {
        let saved = self.attempt(jobs, means).await;
        match &saved {
            Ok(Some(changes)) => {
                for (_, held) in changes.tickets.values() {
                    self.cache.put(Arc::clone(held));
                }
            }
            Ok(None) => {}
            Err(_) => self.cache.clear(),
        }
        saved
    }

    async fn attempt(&mut self, jobs: &mut [Box<dyn Job>], means: &Means) -> Result<Option<Changes>, Failure> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let begin = |error: DbErr| Failure::Begin(error.into());
        let transaction = self.writer.begin_with_options(options).await.map_err(begin)?;
        let changes = match self.decide_and_write(&transaction, jobs, means).await {
            Ok(changes) => changes,
            Err(error) => {
                self.roll_back(transaction).await;
                return Err(if is_of_the_file(&error) {
                    Failure::Begin(error)
                } else {
                    Failure::Before(error)
                });
            }
        };
        let Some(changes) = changes else {
            self.roll_back(transaction).await;
            return Ok(None);
        };
        if let Err(error) = transaction.commit().await {
            self.renew().await;
            return Err(Failure::Commit(error.to_string()));
        }
        Ok(Some(changes))
    }

    async fn decide_and_write(
        &mut self,
        transaction: &DatabaseTransaction,
        jobs: &mut [Box<dyn Job>],
        means: &Means,
    ) -> Result<Option<Changes>, StoreError> {
        self.notice_others(transaction).await?;
        let wants: Vec<&Wants> = jobs.iter().map(|job| job.wants()).collect();
        let loaded = load::all(transaction, &wants, &mut self.cache).await?;
        let mut changes = decide_all(jobs, &loaded, means);
        if changes.is_empty() {
            return Ok(None);
        }
        flush::write(transaction, &mut changes).await?;
        Ok(Some(changes))
    }

    async fn roll_back(&mut self, transaction: DatabaseTransaction) {
        if transaction.rollback().await.is_err() {
            self.renew().await;
        }
    }

    /// Throws the connection away on which a commit or rollback failed. SQLite has ended such a transaction by itself,
    /// and the pool does not know: it would count one transaction as open for ever, begin later ones within it, and
    /// «commit» them without anything reaching the disk.
    async fn renew(&mut self) {
        self.data_version = None;
        match self.writer.get_sqlite_connection_pool().acquire().await {
            Ok(connection) => drop(connection.detach()),
            Err(error) => tracing::error!(
                error = discreet(&error),
                "the connection of the writer cannot be renewed"
            ),
        }
    }

    /// Another process has written since the last batch: what is held may be old.
    async fn notice_others(&mut self, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        let version = data_version(transaction).await?;
        if self.data_version.replace(version) != Some(version) {
            self.cache.clear();
        }
        Ok(())
    }
}
