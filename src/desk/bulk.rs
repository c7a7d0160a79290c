//! The same action on several tickets: each one its own command, in order, under an idempotency key of its own.
//!
//! Nothing binds them together: what was done is done, whatever becomes of the next one. The keys are made from the
//! key of the whole and the ticket's number, so that a repeat after a crash goes on where the first time ended and
//! doubles nothing — whichever tickets the repeat names, and in whichever order.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use crate::ticket::model::TaskId;
use crate::workflow::id::{ActionId, DepartmentId};

use super::act::{Act, Seen, With};
use super::{Answered, Desk, DeskError, Idempotency, Principal, Problem, Request};

/// Tickets that are acted on in one request at most, whatever the settings say.
pub const TICKETS_MAX: usize = 1_000;
/// Hex digits of the common key that the keys of the tickets carry.
const KEY_LENGTH: usize = 40;

/// What is to be done to each of them.
#[derive(Clone, Debug)]
pub struct Bulk {
    pub action: ActionId,
    pub tickets: Vec<Item>,
    pub values: Map<String, Json>,
    pub texts: BTreeMap<Arc<str>, String>,
    pub with: With,
    pub on_behalf_of: Option<DepartmentId>,
}

/// One ticket of several.
#[derive(Clone, Debug)]
pub struct Item {
    pub number: String,
    /// The revision that was seen; `None`: as it stands.
    pub revision: Option<u64>,
}

/// What became of one ticket.
#[derive(Debug)]
pub struct Outcome {
    pub number: String,
    pub result: Result<Answered, DeskError>,
}

impl Desk {
    /// Needs what the action needs. Each ticket is answered for itself, in the order given, the same number once.
    /// An error of the database ends it: what was done until then is done, and the same again goes on from there.
    pub async fn bulk(
        &self,
        principal: &Principal,
        key: &str,
        dry_run: bool,
        bulk: &Bulk,
    ) -> Result<Vec<Outcome>, DeskError> {
        must_be_bounded(bulk)?;
        let common = common_key(key);
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(bulk.tickets.len());
        for item in &bulk.tickets {
            if outcomes.iter().any(|known| known.number == item.number) {
                continue;
            }
            let request = Request {
                principal: principal.clone(),
                idempotency: Some(Idempotency {
                    key: format!("{common}:{}", plain(&item.number)),
                    request: bulk.fingerprint(item),
                }),
                dry_run,
            };
            let result = match self.task_for(principal, &item.number, &bulk.action).await {
                Ok(task) => self.act(request, bulk.act_on(item, task)).await,
                Err(error) => Err(error),
            };
            match result {
                Err(error) if error.is_of_the_database() => return Err(error),
                result => outcomes.push(Outcome {
                    number: item.number.clone(),
                    result,
                }),
            }
        }
        Ok(outcomes)
    }

    /// The task that the action is about: the first on which it is possible, else the first at all. `None` for an
    /// action on the ticket itself.
    async fn task_for(
        &self,
        principal: &Principal,
        number: &str,
        action: &ActionId,
    ) -> Result<Option<TaskId>, DeskError> {
        let (_, all) = self.possible(principal, number, true).await?;
        let mut found: Vec<_> = all.into_iter().filter(|possible| possible.action == *action).collect();
        found.sort_by_key(|possible| !possible.is_possible());
        Ok(found.first().and_then(|possible| possible.task))
    }
}

impl Bulk {
    fn act_on(&self, item: &Item, task: Option<TaskId>) -> Act {
        Act {
            number: item.number.clone(),
            task,
            action: self.action.clone(),
            values: self.values.clone(),
            texts: self.texts.clone(),
            with: self.with.clone(),
            on_behalf_of: self.on_behalf_of.clone(),
            seen: item.revision.map_or(Seen::Any, Seen::Revision),
        }
    }

    /// What is asked of one ticket; the others do not belong to it.
    fn fingerprint(&self, item: &Item) -> [u8; 32] {
        let mut hash = Sha256::new();
        let texts: Vec<String> = self.texts.iter().map(|(name, text)| format!("{name}={text}")).collect();
        let behalf = self.on_behalf_of.as_ref().map(ToString::to_string).unwrap_or_default();
        for part in [
            "bulk",
            &item.number,
            self.action.as_str(),
            &Json::Object(self.values.clone()).to_string(),
            &Json::Object(self.with.clone()).to_string(),
            &texts.join("\u{1f}"),
            &behalf,
        ] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().into()
    }
}

fn must_be_bounded(bulk: &Bulk) -> Result<(), DeskError> {
    if (1..=TICKETS_MAX).contains(&bulk.tickets.len()) {
        return Ok(());
    }
    Err(Problem::new(
        "/tickets",
        "length",
        format!("请选择 1 到 {TICKETS_MAX} 件工单"),
        format!("1 to {TICKETS_MAX} tickets are acted on at once"),
    )
    .into())
}

fn common_key(key: &str) -> String {
    let hash = hex::encode(Sha256::digest(format!("several tickets at once\n{key}")));
    hash.chars().take(KEY_LENGTH).collect()
}

/// A number as it may stand in a key; what is no number of ours is refused by the ticket that is not there.
fn plain(number: &str) -> String {
    number.chars().filter(char::is_ascii_graphic).take(64).collect()
}
