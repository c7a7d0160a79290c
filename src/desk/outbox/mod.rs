//! Mails on their way out of the outbox: taken for sending, worded for whoever is meant now, settled when sent.
//!
//! People are resolved here, at sending (L8); whom the event meant at its own moment stands in the event, whom it
//! reached stands in the outbox. After an outage one mail stands for all rungs of a clock that came due meanwhile.
//! Nothing is sent in this file: `jobs` sends between `claim_mails` and `settle_mails`.

mod alarm;
mod arrange;
mod dead;
mod deliveries;
mod digest;
mod link;
mod preferences;
mod word;

pub use crate::store::digest::Held;
pub(super) use alarm::CalendarNews;
pub use deliveries::Delivery;
pub use link::{Acknowledgement, Links};
pub use preferences::{Choice, Choices, Wish};
pub(super) use word::cause;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use uuid::Uuid;

use crate::notify::channel::words::Pen;
use crate::notify::compose::House;
use crate::notify::mail::{Mail, Sender};
use crate::notify::patience::Gathering;
use crate::notify::render::Templates;
use crate::store::deliveries::{self as became, Dead, Figures};
use crate::store::delivery::{self, Waiting};
use crate::store::digest::{self as store, is_digest};
use crate::store::notice::Audience;
use crate::store::{Sheet, StoreError, Wants};
use crate::workflow::id::PersonId;
use crate::workflow::moment::{Moment, SECOND};

use super::{Desk, DeskError};

/// The channel of mails.
pub const MAIL: &str = "mail";

/// A lease is so many sendings long: mails queue for a connection. After it a sender that died is replaced.
const LEASE_SENDINGS: i64 = 4;
/// And this much longer, to write down what became of them.
const LEASE_MORE: i64 = 10 * SECOND;

/// What is needed to word the messages of one channel.
pub struct Post {
    /// Its name in the outbox: `mail`, or as it stands in the settings.
    pub channel: String,
    pub templates: Arc<Templates>,
    pub form: Form,
    pub house: House,
    /// How long a sending may take, in milliseconds.
    pub timeout: i64,
}

/// In which form a channel takes what is said.
pub enum Form {
    Mail(Sender),
    /// A body over HTTP, to the address of this kind that a person has.
    Message {
        pen: Pen,
        address: String,
    },
}

impl Post {
    /// From how many messages on further ones go as one; `None`: each goes on its own. A program may gather by itself.
    fn gathering(&self) -> Option<Gathering> {
        let for_people = match &self.form {
            Form::Mail(_) => true,
            Form::Message { pen, .. } => !pen.is_for_a_program(),
        };
        Some(self.house.gathering).filter(|gathering| for_people && gathering.after > 0)
    }

    /// How long somebody may keep a mail, in milliseconds.
    pub fn lease(&self) -> i64 {
        self.timeout.saturating_mul(LEASE_SENDINGS).saturating_add(LEASE_MORE)
    }
}

/// A mail ready to go.
#[derive(Clone, Debug)]
pub struct Ready {
    /// `None` for a digest, and for what is told of no ticket.
    pub ticket: Option<Uuid>,
    /// It waited for quiet hours to end: it goes after what its reader was told before.
    pub after_quiet: bool,
    pub person: PersonId,
    /// This one included.
    pub attempts: u32,
    pub mail: Mail,
}

/// What was taken for sending.
#[derive(Clone, Debug, Default)]
pub struct Claimed {
    pub mails: Vec<Ready>,
    /// More may be due right now.
    pub more: bool,
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    Sent,
    Later {
        due_at: Moment,
        reason: String,
    },
    Dead {
        reason: String,
    },
    /// Not tried.
    Released,
}

impl Desk {
    /// From now on everybody is told by these channels too who has an address of their kind; each with the name of the
    /// address.
    pub fn tell_by(&self, channels: Vec<(String, String)>) {
        let inner = Arc::downgrade(&self.inner);
        let channels: Vec<(Arc<str>, String)> = channels
            .into_iter()
            .map(|(channel, address)| (Arc::from(channel), address))
            .collect();
        self.inner.writer.signals().set_audience(Audience::new(move |person| {
            let Some(inner) = inner.upgrade() else {
                return Vec::new();
            };
            let directory = inner.directory();
            let Some(person) = directory.people.get(person) else {
                return Vec::new();
            };
            let reached = channels
                .iter()
                .filter(|(_, address)| person.addresses.contains_key(address));
            reached.map(|(channel, _)| Arc::clone(channel)).collect()
        }));
    }

    /// Takes at most `limit` due mails for sending and words them. Each is leased until somebody settles it. `busy` are
    /// those the caller is sending already: a clock that jumps ends leases, it must not send anything twice.
    pub async fn claim_mails(&self, post: &Post, limit: u64, busy: &HashSet<String>) -> Result<Claimed, DeskError> {
        let now = self.clock().now();
        let wanted = limit.saturating_add(u64::try_from(busy.len()).unwrap_or(0));
        let mut due = delivery::due(self.database(), &post.channel, now, wanted).await?;
        let full = u64::try_from(due.len()).unwrap_or(u64::MAX) >= wanted;
        due.retain(|waiting| !busy.contains(&waiting.key));
        due.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        if due.is_empty() {
            return Ok(Claimed::default());
        }
        let merged = self.merge_rungs(&post.channel, &due, now, busy).await?;
        due.retain(|waiting| !merged.superseded.contains(&waiting.key));
        let arranged = self.arrange(post, &due, now, busy).await?;
        let more = full || !merged.superseded.is_empty() || arranged.changes();
        let token = self.inner.writer.signals().instance().to_owned();
        let keys = arranged.go.clone();
        let until = now.plus(post.lease());
        let (wanted, name, channel) = (keys.clone(), token.clone(), post.channel.clone());
        self.write_outbox(move |sheet| {
            for key in &merged.superseded {
                delivery::supersede(
                    sheet,
                    key,
                    &name,
                    "a later reminder of the same clock stands for it",
                    now,
                );
            }
            for (key, rungs) in &merged.stand_for {
                delivery::stand_for(sheet, key, *rungs);
            }
            arranged.carry_out(sheet, &channel, now)?;
            delivery::lease(sheet, &wanted, &name, now, until);
            Ok(())
        })
        .await?;
        let leased = delivery::leased(self.database(), &keys, &token).await?;
        let mails = self.word(post, leased, &token, now).await?;
        Ok(Claimed { mails, more })
    }

    /// Of the rungs of one clock that wait together only the last is told (L8). Rungs of the same moment belong
    /// together: a ladder may tell two people different things at 100 %.
    async fn merge_rungs(
        &self,
        channel: &str,
        due: &[Waiting],
        now: Moment,
        busy: &HashSet<String>,
    ) -> Result<Merged, DeskError> {
        let mut merged = Merged::default();
        let clocks: BTreeSet<&String> = due.iter().filter_map(|waiting| waiting.clock.as_ref()).collect();
        for clock in clocks {
            let mut rows = delivery::of_clock(self.database(), channel, clock, now).await?;
            rows.retain(|row| !busy.contains(&row.key));
            let Some(last) = rows.iter().filter_map(Waiting::rung_due_at).max() else {
                continue;
            };
            let mut rungs: BTreeMap<u64, u32> = BTreeMap::new();
            for row in rows.iter().filter(|row| row.rung_due_at() < Some(last)) {
                merged.superseded.insert(row.key.clone());
                rungs.insert(row.seq, row.stands_for.max(1));
            }
            let more: u32 = rungs.values().sum();
            if more > 0 {
                for row in rows.iter().filter(|row| row.rung_due_at() == Some(last)) {
                    merged.stand_for.push((row.key.clone(), row.stands_for.max(1) + more));
                }
            }
        }
        Ok(merged)
    }

    /// Writes down what became of mails.
    pub async fn settle_mails(&self, settled: Vec<(String, Settled)>) -> Result<(), DeskError> {
        let holder = self.inner.writer.signals().instance().to_owned();
        let now = self.clock().now();
        self.write_outbox(move |sheet| {
            for (key, settled) in &settled {
                match settled {
                    Settled::Sent => delivery::sent(sheet, key, now),
                    Settled::Later { due_at, reason } => delivery::later(sheet, key, &holder, *due_at, reason),
                    Settled::Dead { reason } => delivery::bury(sheet, key, &holder, None, reason),
                    Settled::Released => delivery::release(sheet, key, &holder),
                }
                if is_digest(key) {
                    match settled {
                        Settled::Sent => store::sent(sheet, key, now),
                        Settled::Dead { reason } => store::bury(sheet, key, reason),
                        Settled::Later { .. } | Settled::Released => {}
                    }
                }
            }
            Ok(())
        })
        .await
    }

    /// A channel is not configured: what is due is marked so.
    pub async fn skip_messages(&self, channel: &str) -> Result<(), DeskError> {
        let now = self.clock().now();
        if !delivery::waits(self.database(), channel, now).await? {
            return Ok(());
        }
        let channel = channel.to_owned();
        self.write_outbox(move |sheet| {
            delivery::skip_due(sheet, &channel, now);
            Ok(())
        })
        .await
    }

    /// Ends what leases a killed server left behind, where only one serves (SQLite). Where several do, leases of a killed
    /// one run out.
    pub async fn release_mails(&self) -> Result<(), DeskError> {
        if self.database().is_shared() {
            return Ok(());
        }
        self.write_outbox(|sheet| {
            delivery::release_all(sheet);
            Ok(())
        })
        .await
    }

    /// How many messages of each channel wait and how many were put aside.
    pub async fn message_figures(&self) -> Result<BTreeMap<String, Figures>, DeskError> {
        Ok(became::figures(self.database(), self.clock().now()).await?)
    }

    /// How many mails wait and how many were put aside.
    pub async fn mail_figures(&self) -> Result<Figures, DeskError> {
        Ok(self.message_figures().await?.remove(MAIL).unwrap_or_default())
    }

    /// Mails that were put aside, with the reason.
    pub async fn dead_mails(&self, limit: u64) -> Result<Vec<Dead>, DeskError> {
        Ok(became::dead(self.database(), None, limit).await?)
    }

    /// When the next mail is to be tried.
    pub async fn next_mail_due(&self) -> Result<Option<Moment>, DeskError> {
        Ok(delivery::next_due(self.database()).await?)
    }

    /// Forgets answers to idempotency keys given before.
    pub async fn forget_answers(&self, before: Moment) -> Result<(), DeskError> {
        self.write_outbox(move |sheet| {
            delivery::forget_answers(sheet, before);
            Ok(())
        })
        .await
    }

    async fn write_outbox<F>(&self, write: F) -> Result<(), DeskError>
    where
        F: FnMut(&mut Sheet<'_>) -> Result<(), StoreError> + Send + 'static,
    {
        Ok(self.inner.writer.run_patiently(Wants::default(), write).await?)
    }
}

#[derive(Default)]
struct Merged {
    superseded: BTreeSet<String>,
    stand_for: Vec<(String, u32)>,
}
