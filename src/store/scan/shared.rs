//! Another program reads the same moment.

use super::Scan;
use crate::store::{StoreError, postgres};

impl Scan {
    /// The name of its snapshot, for `pg_dump`; it holds as long as the scan is open. On PostgreSQL only.
    pub async fn share(&self) -> Result<String, StoreError> {
        Ok(postgres::share_snapshot(&self.db).await?)
    }
}
