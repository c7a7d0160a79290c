//! Mails that were put aside: an administrator looks at them, mends what was wrong, and sends them again.
//!
//! They say whom they were for and why they did not go; what a mail says is worded at sending and is not kept.

use crate::store::deliveries::{self, Dead};
use crate::store::{Wants, delivery, digest, record};

use super::super::{Desk, DeskError, Inner, Principal, Problem, Scope};

/// Mails of a page at most.
pub const LIMIT_MAX: u64 = 200;

impl Desk {
    /// Needs `mail:manage` and the role administrator or manager. The newest first, older than the one at `before`.
    pub async fn dead_letters(
        &self,
        principal: &Principal,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<Dead>, DeskError> {
        self.must_manage_mail(principal)?;
        Ok(deliveries::dead(self.database(), before, limit.clamp(1, LIMIT_MAX)).await?)
    }

    /// Needs `mail:manage`. One mail, also after it was sent again.
    pub async fn dead_letter(&self, principal: &Principal, key: &str) -> Result<Dead, DeskError> {
        self.must_manage_mail(principal)?;
        let found = deliveries::one(self.database(), key).await?;
        found.ok_or(DeskError::not_found("mail"))
    }

    /// Needs `mail:manage`. Tries a mail again that was put aside, with people and words of now; who did it stands in
    /// the record. `Conflict` when it is not put aside (any more).
    pub async fn resend(&self, principal: &Principal, key: &str, reason: Option<String>) -> Result<Dead, DeskError> {
        let found = self.dead_letter(principal, key).await?;
        if found.state != "dead" {
            return Err(DeskError::Conflict(Box::new(Problem::new(
                "",
                "not_dead",
                format!(
                    "这封邮件没有被搁置，当前状态：{}。只有被搁置的邮件可以重发",
                    found.state
                ),
                format!(
                    "This mail is not put aside, it is “{}”; only one that is can be sent again",
                    found.state
                ),
            ))));
        }
        let (now, by, wanted) = (self.clock().now(), principal.named(), found.key.clone());
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                delivery::revive(sheet, &wanted, now);
                if digest::is_digest(&wanted) {
                    digest::revive(sheet, &wanted, now);
                }
                record::note(sheet, "resent", &wanted, by.as_deref(), reason.as_deref(), now);
                Ok(())
            })
            .await?;
        self.dead_letter(principal, key).await
    }

    fn must_manage_mail(&self, principal: &Principal) -> Result<(), DeskError> {
        principal.needs(Scope::ManageMail)?;
        Inner::must_administer(principal, &self.inner.around())
    }
}
