//! Hears what other instances have committed. When nobody can be heard for a while, everything is read again.

use std::sync::{Arc, Weak};
use std::time::Duration;

use sea_orm::DbBackend;
use sea_orm::sqlx;
use sea_orm::sqlx::postgres::{PgListener, PgPoolOptions};

use super::{CHANNEL, PRESENCE};
use crate::discreet::discreet;
use crate::store::connect::Database;
use crate::store::readers::Readers;
use crate::store::signals::Signals;

/// Before a lost connection is made again.
const AGAIN: Duration = Duration::from_millis(500);
/// How long nothing may be heard before we look whether anybody still needs us.
const LOOK: Duration = Duration::from_secs(5);

/// Listens as long as somebody holds the signals. Does nothing on SQLite: there, only one process serves.
pub(in crate::store) fn listen(database: &Database, signals: &Arc<Signals>) {
    if database.backend() != DbBackend::Postgres {
        return;
    }
    let (url, instance) = (database.url(), database.instance());
    let (readers, signals) = (database.readers().clone(), Arc::downgrade(signals));
    tokio::spawn(async move {
        while signals.strong_count() > 0 {
            if let Err(error) = hear(&url, &instance, &readers, &signals).await {
                tracing::debug!(
                    error = discreet(&error),
                    "the notifications of other instances cannot be heard; trying again"
                );
            }
            tokio::time::sleep(AGAIN).await;
        }
    });
}

async fn hear(url: &str, instance: &str, readers: &Readers, signals: &Weak<Signals>) -> Result<(), sqlx::Error> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None);
    let pool = pool.connect_with(super::options(url, instance)?).await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.ignore_pool_close_event(true);
    listener.eager_reconnect(false);
    listener.listen_all([CHANNEL, PRESENCE]).await?;
    // What was told before we listened was not heard.
    let Some(awake) = signals.upgrade() else { return Ok(()) };
    learn(&awake, readers).await;
    awake.missed();
    drop(awake);
    loop {
        let heard = tokio::time::timeout(LOOK, listener.try_recv()).await;
        let Some(awake) = signals.upgrade() else { return Ok(()) };
        match heard {
            Ok(Ok(Some(told))) if told.channel() == PRESENCE => awake.hear_presence(told.payload()),
            Ok(Ok(Some(told))) => {
                if awake.hear(told.payload()) {
                    learn(&awake, readers).await;
                }
            }
            Ok(Ok(None)) => return Ok(()),
            Ok(Err(error)) => return Err(error),
            // Silence. A message that is half here stays in the buffer of the connection.
            Err(_) => {}
        }
    }
}

async fn learn(signals: &Signals, readers: &Readers) {
    if let Err(error) = signals.learn_from(readers).await {
        tracing::debug!(error = discreet(&error), "the chains of owners could not be read again");
    }
}
