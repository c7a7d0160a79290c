//! What went wrong, by what it means for what was being saved.

use std::future::Future;
use std::time::Duration;

use sea_orm::sqlx;
use thiserror::Error;

use crate::store::StoreError;

/// No statement of the writer may take longer: whoever waits gets an answer (P12).
const WITHIN: Duration = Duration::from_secs(7);

#[derive(Debug, Error)]
pub(super) enum Trouble {
    /// The connection is of no use any more, and whether the last statement was carried out is unknown.
    #[error("{0}")]
    Lost(String),
    /// Somebody else was faster, or two waited for each other: nothing was written, and the next attempt may succeed.
    #[error("{0}")]
    Crowded(String),
    /// A key is there already: somebody else was faster, or the batch itself writes it twice. Nothing was written.
    #[error("{0}")]
    Taken(String),
    /// The database refused: nothing was written.
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for Trouble {
    #[allow(clippy::wildcard_enum_match_arm, reason = "whatever else happens to a connection")]
    fn from(error: sqlx::Error) -> Self {
        let why = error.to_string();
        let code = match &error {
            sqlx::Error::Database(said) => said.code().unwrap_or_default().into_owned(),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_) | sqlx::Error::Decode(_) => {
                return Self::Refused(why);
            }
            _ => return Self::Lost(why),
        };
        match code.as_str() {
            "23505" => Self::Taken(why),
            // serialization_failure, deadlock_detected, lock_not_available
            "40001" | "40P01" | "55P03" => Self::Crowded(why),
            // A server that is stopped says so as its last word, perhaps after it has committed; so does one that has
            // taken back the locks of somebody who was frozen.
            // Neither is a full disk (53) the fault of what was to be saved.
            code if ["57P", "08", "XX", "53", "58", "25P03"]
                .iter()
                .any(|class| code.starts_with(class)) =>
            {
                Self::Lost(why)
            }
            _ => Self::Refused(why),
        }
    }
}

/// The answer of the database, or `Lost` after a while.
pub(super) async fn answered<T>(asked: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, Trouble> {
    match tokio::time::timeout(WITHIN, asked).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(Trouble::Lost(format!("no answer within {} s", WITHIN.as_secs()))),
    }
}
