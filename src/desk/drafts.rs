//! Drafts: what somebody has typed into a form and not sent yet, kept on the server so that no browser, no power cut and
//! no second tab loses it. Nobody reads those of somebody else. They may hold what a caller said: they go when the form
//! is sent, and after thirty days in any case.

use crate::store::Wants;
use crate::store::drafts;

use super::{Desk, DeskError, Principal, Problem};

pub use crate::store::drafts::Draft;

/// Drafts one person may have at a time.
pub const DRAFTS_MAX: u64 = 20;
/// Bytes of one draft.
const CONTENT_MAX: usize = 256 * 1024;
/// Characters of an id.
const ID_MAX: usize = 40;

impl Desk {
    /// One's own drafts, oldest first.
    pub async fn drafts(&self, principal: &Principal) -> Result<Vec<Draft>, DeskError> {
        Ok(drafts::of_person(&self.inner.database, principal.person.as_str(), DRAFTS_MAX).await?)
    }

    /// Keeps a draft of one's own in its newest state.
    pub async fn keep_draft(&self, principal: &Principal, draft: Draft) -> Result<(), DeskError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let known = self.drafts(principal).await?;
        let is_new = known.iter().all(|one| one.id != draft.id);
        let full = u64::try_from(known.len()).unwrap_or(u64::MAX) >= DRAFTS_MAX;
        let odd = draft.id.is_empty() || draft.id.len() > ID_MAX || !draft.id.chars().all(plain);
        if odd || draft.content.len() > CONTENT_MAX || (is_new && full) {
            return Err(Problem::new(
                "/draft",
                "draft",
                format!("草稿未保存：最多 {DRAFTS_MAX} 份，每份不超过 {} KB", CONTENT_MAX / 1024),
                format!(
                    "The draft was not kept: {DRAFTS_MAX} at most, each up to {} KB",
                    CONTENT_MAX / 1024
                ),
            )
            .into());
        }
        let person = principal.person.to_string();
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                drafts::put(sheet, &person, &draft);
                Ok(())
            })
            .await?;
        Ok(())
    }

    /// Throws a draft of one's own away; one that is not there is no fault.
    pub async fn drop_draft(&self, principal: &Principal, id: &str) -> Result<(), DeskError> {
        let (person, id) = (principal.person.to_string(), id.to_owned());
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                drafts::drop(sheet, &person, &id);
                Ok(())
            })
            .await?;
        Ok(())
    }
}
