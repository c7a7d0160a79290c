//! What administrators did: who sent what again, who erased what, and why.

use crate::store::record::{self, Deed};

use super::principal::Scope;
use super::{Desk, DeskError, Inner, Principal, access};

/// Lines of a page at most.
pub const LIMIT_MAX: u64 = 200;

impl Desk {
    /// Needs `record:read` and the role administrator, manager or auditor. Lines after a position, oldest first.
    pub async fn record(&self, principal: &Principal, after: i64, limit: u64) -> Result<Vec<Deed>, DeskError> {
        principal.needs(Scope::ReadRecord)?;
        let around = self.inner.around();
        if !access::has_role(&around.directory, &principal.person, access::AUDITOR, around.now) {
            Inner::must_administer(principal, &around)?;
        }
        Ok(record::after(&self.inner.database, after, limit.clamp(1, LIMIT_MAX)).await?)
    }
}
