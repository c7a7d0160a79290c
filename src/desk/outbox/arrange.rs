//! What goes now, what waits, and what goes with others as one: decided before anything is taken for sending.
//!
//! ```text
//!  due ──▶ quiet hours, and its step may wait ───────────────────▶ held until they end
//!     └──▶ its reader got `after` within the time, and it may wait ─▶ held until the first of those is that old
//!     └──▶ else ────────────────────────────────────────────────▶ goes
//!  held, its time has come ──▶ several for one reader: a digest ──▶ goes
//!                          └─▶ alone, or few after quiet hours ───▶ go
//! ```
//! Nothing is kept in memory: several instances come to the same, and a message that two of them arrange goes with one
//! digest (`store::digest`).

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::notify::patience::Gathering;
use crate::store::delivery::Waiting;
use crate::store::digest::{self, Held};
use crate::store::{Sheet, StoreError};
use crate::workflow::id::PersonId;
use crate::workflow::moment::{Moment, SECOND};

use super::super::{Desk, DeskError};
use super::Post;

/// What has waited longer than a digest would (the other side was away) is gathered for so long at least.
const GATHERED_FOR: i64 = 2 * SECOND;

/// What is to be done about messages that are due.
#[derive(Default)]
pub(super) struct Arranged {
    /// These go now, digests among them.
    pub go: Vec<String>,
    holds: Vec<(String, Held, Moment)>,
    digests: Vec<(String, PersonId, Vec<String>)>,
}

impl Arranged {
    /// Something was put off or put together: there may be more behind it.
    pub fn changes(&self) -> bool {
        !self.holds.is_empty() || !self.digests.is_empty()
    }

    pub fn carry_out(&self, sheet: &mut Sheet<'_>, channel: &str, now: Moment) -> Result<(), StoreError> {
        for (key, why, until) in &self.holds {
            digest::hold(sheet, key, *why, *until, now);
        }
        for (key, person, members) in &self.digests {
            digest::gather(sheet, key, channel, person, members, now)?;
        }
        Ok(())
    }
}

/// How many messages somebody got lately, and when that goes which waits for a digest already.
#[derive(Default)]
struct Lately {
    got: BTreeMap<PersonId, u64>,
    open: BTreeMap<PersonId, Moment>,
}

impl Lately {
    fn one_more(&mut self, person: &PersonId) {
        *self.got.entry(person.clone()).or_default() += 1;
    }

    fn of(&self, person: &PersonId) -> u64 {
        self.got.get(person).copied().unwrap_or_default()
    }
}

impl Desk {
    /// `due` are free and in their order; `busy` are those this instance is sending already.
    pub(super) async fn arrange(
        &self,
        post: &Post,
        due: &[Waiting],
        now: Moment,
        busy: &HashSet<String>,
    ) -> Result<Arranged, DeskError> {
        let mut arranged = Arranged::default();
        let mut lately = self.lately(post, due, now, busy).await?;
        let mut ripe: BTreeSet<PersonId> = BTreeSet::new();
        for waiting in due {
            if waiting.ticket.is_none() || waiting.written.is_some() {
                arranged.go.push(waiting.key.clone());
            } else if waiting.held.is_some() {
                ripe.insert(waiting.person.clone());
            } else if let Some((why, until)) = self.waits(post, waiting, now, &lately).await? {
                arranged.holds.push((waiting.key.clone(), why, until));
                if why == Held::Digest {
                    lately.open.entry(waiting.person.clone()).or_insert(until);
                }
            } else {
                arranged.go.push(waiting.key.clone());
                lately.one_more(&waiting.person);
            }
        }
        for person in ripe {
            let mut waited = digest::ripe(self.database(), &post.channel, &person, now).await?;
            waited.retain(|one| !busy.contains(&one.key));
            let few = |gathering: Gathering| {
                let count = lately.of(&person) + u64::try_from(waited.len()).unwrap_or(u64::MAX);
                waited.iter().all(|one| one.held == Some(Held::Quiet)) && count <= gathering.after
            };
            if waited.len() < 2 || post.gathering().is_none_or(few) {
                let of_person = due.iter().filter(|one| one.held.is_some() && one.person == person);
                arranged.go.extend(of_person.map(|one| one.key.clone()));
            } else {
                let key = digest::new_key();
                let members = waited.into_iter().map(|one| one.key).collect();
                arranged.go.push(key.clone());
                arranged.digests.push((key, person, members));
            }
        }
        Ok(arranged)
    }

    /// Why a message waits, and until when; `None`: it goes.
    async fn waits(
        &self,
        post: &Post,
        waiting: &Waiting,
        now: Moment,
        lately: &Lately,
    ) -> Result<Option<(Held, Moment)>, DeskError> {
        let gathering = post.gathering().filter(|gathering| {
            lately.open.contains_key(&waiting.person) || lately.of(&waiting.person) >= gathering.after
        });
        let may_be_quiet = waiting.rung_due_at().is_some() && self.is_quiet_somewhere(post, now);
        let (true, Some(ticket)) = (gathering.is_some() || may_be_quiet, waiting.ticket) else {
            return Ok(None);
        };
        let Some(ground) = self.ground(ticket, std::slice::from_ref(waiting)).await? else {
            return Ok(None);
        };
        let scene = ground.scene(&post.house, now);
        if let Some(until) = scene.quiet_until() {
            return Ok(Some((Held::Quiet, until)));
        }
        let until = gathering.map(|gathering| {
            let alone = waiting.created_at.plus(gathering.within).max(now.plus(GATHERED_FOR));
            lately.open.get(&waiting.person).copied().unwrap_or(alone)
        });
        Ok(until
            .filter(|until| scene.may_be_gathered(*until))
            .map(|until| (Held::Digest, until)))
    }

    /// Whether it is quiet in any calendar's zone: else no ticket need be looked at.
    fn is_quiet_somewhere(&self, post: &Post, now: Moment) -> bool {
        let Some(quiet) = &post.house.quiet else {
            return false;
        };
        let directory = self.inner.directory();
        let mut zones = directory.calendars.values().map(|calendar| &calendar.zone);
        directory.calendars.is_empty() || zones.any(|zone| quiet.end(now, zone).is_some())
    }

    async fn lately(
        &self,
        post: &Post,
        due: &[Waiting],
        now: Moment,
        busy: &HashSet<String>,
    ) -> Result<Lately, DeskError> {
        let Some(gathering) = post.gathering() else {
            return Ok(Lately::default());
        };
        let people: BTreeSet<&PersonId> = due.iter().map(|waiting| &waiting.person).collect();
        let people: Vec<&PersonId> = people.into_iter().collect();
        let since = now.plus(-gathering.within);
        let mut lately = Lately {
            got: digest::sent_since(self.database(), &post.channel, &people, since).await?,
            open: digest::open_until(self.database(), &post.channel, &people, now).await?,
        };
        // What is on its way counts as well: `ticket:seq:person:channel`.
        for person in busy.iter().filter_map(|key| key.rsplit(':').nth(1)) {
            let person = PersonId::from(person);
            if people.contains(&&person) {
                lately.one_more(&person);
            }
        }
        Ok(lately)
    }
}
