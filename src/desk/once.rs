//! Idempotency keys of commands that are not about a ticket: contacts, directory, workflows, tokens.
//!
//! A ticket's command keeps its answer in its own transaction ([`super::command`]). Here the answer is kept right after
//! the effect, in a second one: the effects are such that doing them again changes nothing (they go by an id, a hash or
//! a key made from the idempotency key), so that a crash in between costs a fresh answer and never a second effect.

use std::future::Future;

use crate::store::Wants;
use crate::store::sheet::KeptAnswer;

use super::command::Running;
use super::request::Kept;
use super::{Desk, DeskError, Principal};

/// A client's key and the request it is bound to.
#[derive(Clone, Debug)]
pub struct OnceKey {
    pub key: String,
    pub request: [u8; 32],
}

impl Desk {
    /// Does it once under this key. `act` gives the answer and what of it may be kept (a secret may not).
    pub async fn once<E, F>(&self, principal: &Principal, key: Option<OnceKey>, act: F) -> Result<Kept, E>
    where
        E: From<DeskError>,
        F: Future<Output = Result<(Kept, Kept), E>>,
    {
        let Some(OnceKey { key, request }) = key else {
            return Ok(act.await?.0);
        };
        let key = (principal.keeps_as(), key);
        let _running = Running::enter(&self.inner.running, &key)?;
        let wants = Wants {
            answer: Some(key.clone()),
            ..Wants::default()
        };
        let asked = key.clone();
        let found = self
            .inner
            .writer
            .run(wants, move |sheet| Ok(sheet.answer(&asked).cloned()))
            .await
            .map_err(DeskError::from)?;
        if let Some(kept) = found {
            if kept.request != request {
                return Err(DeskError::KeyReused.into());
            }
            return Ok(Kept {
                status: kept.status,
                body: kept.body,
            });
        }
        let (answer, to_keep) = act.await?;
        let now = self.inner.clock.now();
        let kept = KeptAnswer {
            request: request.to_vec(),
            status: to_keep.status,
            body: to_keep.body,
        };
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                sheet.keep(key.clone(), kept.clone(), None, now);
                Ok(())
            })
            .await
            .map_err(DeskError::from)?;
        Ok(answer)
    }
}
