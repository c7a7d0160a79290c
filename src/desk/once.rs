//! Idempotency keys of commands that are not about a ticket: contacts, directory, workflows, tokens.
//!
//! A ticket's command keeps its answer in its own transaction ([`super::command`]). Here the answer is kept right after
//! the effect, in a second one: the effects are such that doing them again changes nothing (they go by an id, a hash or
//! a key made from the idempotency key), so that a crash in between costs a fresh answer and never a second effect.

use std::future::Future;

use crate::store::Wants;
use crate::store::sheet::{Kept, KeptAnswer};

use super::command::Running;
use super::{Desk, DeskError, Principal};

/// A client's key and the request it is bound to.
#[derive(Clone, Debug)]
pub struct OnceKey {
    pub key: String,
    pub request: [u8; 32],
}

/// An answer as it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnceAnswer {
    pub status: u16,
    pub body: String,
}

impl Desk {
    /// Does it once under this key. `act` gives the answer and what of it may be kept (a secret may not).
    pub async fn once<E, F>(&self, principal: &Principal, key: Option<OnceKey>, act: F) -> Result<OnceAnswer, E>
    where
        E: From<DeskError>,
        F: Future<Output = Result<(OnceAnswer, OnceAnswer), E>>,
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
            return match kept.answer {
                Kept::Text { status, body } if kept.request == request => Ok(OnceAnswer { status, body }),
                Kept::Text { .. } | Kept::Events { .. } => Err(DeskError::KeyReused.into()),
            };
        }
        let (answer, to_keep) = act.await?;
        let now = self.inner.clock.now();
        let kept = KeptAnswer {
            request: request.to_vec(),
            answer: Kept::Text {
                status: to_keep.status,
                body: to_keep.body,
            },
        };
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                sheet.keep(key.clone(), kept.clone(), now)
            })
            .await
            .map_err(DeskError::from)?;
        Ok(answer)
    }
}
