//! Sessions of the console: sign in with a password, be known by a secret, see and end one's sessions.
//!
//! A session is a row under the hash of its secret, looked up with every request: ending it counts at once, on every
//! instance. It has every scope; what the person may do is decided by roles, as for a token. Whoever does not know a
//! name, a wrong password and nobody of that name get the same answer after the same work.

use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::discreet::discreet;
use crate::store::attempts;
use crate::store::sessions::{self, SessionRow};
use crate::store::{StoreError, Wants, record};
use crate::workflow::directory::{Directory, Person};
use crate::workflow::id::PersonId;
use crate::workflow::moment::{DAY, MINUTE, Moment};

use super::attempts::{Patience, REMEMBERED, key_of, key_of_address};
use super::{Desk, DeskError, Inner, Principal, passwords};

/// How long sessions live.
#[derive(Clone, Copy, Debug)]
pub struct Lives {
    /// Milliseconds without a request after which a session is over.
    pub idle: i64,
    /// Milliseconds after which it is over in any case.
    pub longest: i64,
}

/// A session without its secret.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionView {
    pub id: String,
    pub person: PersonId,
    /// What the browser calls itself.
    pub browser: String,
    pub created_at: Moment,
    pub used_at: Moment,
    pub expires_at: Moment,
    /// It began with a second factor.
    pub second: bool,
}

/// What came of an attempt to sign in.
#[derive(Clone, Debug, PartialEq)]
pub enum SignedIn {
    /// The secret, shown this once, and the session.
    Yes(String, SessionView),
    /// The password fits, a second factor is asked for; what stands for the person until they have shown it.
    Second(String),
    /// Name and password do not fit together; which of them is not said.
    No,
    /// Too many have failed: seconds until the next one is looked at.
    Wait(i64),
}

const SECRET_BYTES: usize = 32;
const ID_BYTES: usize = 8;
/// Characters kept of what a browser calls itself.
const BROWSER_MAX: usize = 200;
/// A session's use is noted once in so long.
const NOTED_EVERY: i64 = MINUTE;
/// Attempts with one name before each next one waits twice as long as the last, and the longest wait. Nobody is ever
/// locked out: that would let a stranger keep an agent from work.
const NAME: Patience = Patience {
    free: 5,
    longest: 5 * MINUTE,
};
/// The same for an address; a whole centre may share one.
const ADDRESS: Patience = Patience {
    free: 30,
    longest: MINUTE,
};
/// Drafts nobody has touched for so long are thrown away: they may hold what a caller said.
const DRAFTS_KEPT: i64 = 30 * DAY;

impl Desk {
    /// Signs a person in by id or mail address and password.
    pub async fn sign_in(
        &self,
        name: &str,
        password: String,
        address: Option<IpAddr>,
        browser: &str,
        lives: Lives,
    ) -> Result<SignedIn, DeskError> {
        let inner = &self.inner;
        let name_key = key_of("name", &name.trim().to_lowercase());
        let address_key = key_of_address("address", address);
        if let Some(key) = &address_key
            && let Some(seconds) = inner.must_wait(key).await?
        {
            return Ok(SignedIn::Wait(seconds));
        }
        if let Some(seconds) = inner.take_turn(&name_key, &NAME).await? {
            return Ok(SignedIn::Wait(seconds));
        }
        let person = found(&inner.directory(), name, inner.clock.now());
        let hash = match &person {
            Some(person) => sessions::password(&inner.database, person.id.as_str()).await?,
            None => None,
        };
        let too_long = password.chars().count() > passwords::LENGTH_MAX;
        let password = if too_long { String::new() } else { password };
        let fits = inner.fits(password, hash.clone()).await?;
        let (Some(person), Some(hash)) = (person.filter(|_| fits), hash) else {
            if let Some(key) = address_key {
                inner.count_failure(key, &ADDRESS).await?;
            }
            return Ok(SignedIn::No);
        };
        if let Some(pending) = inner.pending_second(&person.id, &hash).await? {
            inner.forget_failures(name_key).await?;
            return Ok(SignedIn::Second(pending));
        }
        let (secret, view) = inner
            .begin_session(&person.id, browser, lives, false, Some(name_key))
            .await?;
        Ok(SignedIn::Yes(secret, view))
    }

    /// Who a session's secret belongs to; nothing when it is unknown, idle too long, over, or its person has left.
    /// `counts`: somebody is really there; what a page asks by itself does not keep a session alive.
    pub async fn session_of(
        &self,
        secret: &str,
        lives: Lives,
        counts: bool,
    ) -> Result<Option<(Principal, SessionView)>, DeskError> {
        if secret.len() > 2 * SECRET_BYTES {
            return Ok(None);
        }
        let inner = &self.inner;
        let Some(row) = sessions::by_hash(&inner.database, &hash_of(secret)).await? else {
            return Ok(None);
        };
        let now = inner.clock.now();
        let person = PersonId::from(row.person.as_str());
        let over = row.expires_at <= now || now.since(row.used_at) >= lives.idle;
        if over || !inner.directory().is_known(&person, now) {
            return Ok(None);
        }
        if counts && now.since(row.used_at) >= NOTED_EVERY {
            inner.note_session(row.id.clone(), now);
        }
        Ok(Some((Principal::whole(person), SessionView::of(row))))
    }

    /// One's own sessions, last used first.
    pub async fn sessions(&self, principal: &Principal, lives: Lives) -> Result<Vec<SessionView>, DeskError> {
        let now = self.inner.clock.now();
        let rows = sessions::of_person(&self.inner.database, principal.person.as_str()).await?;
        let open = |row: &SessionRow| row.expires_at > now && now.since(row.used_at) < lives.idle;
        Ok(rows.into_iter().filter(open).map(SessionView::of).collect())
    }

    /// Ends one of one's own sessions; one that is over already is no fault.
    pub async fn end_session(&self, principal: &Principal, id: &str) -> Result<(), DeskError> {
        let (person, id) = (principal.person.to_string(), id.to_owned());
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                sessions::end(sheet, &person, &id);
                Ok(())
            })
            .await?;
        Ok(())
    }

    /// Ends all of one's own sessions but this one.
    pub async fn end_other_sessions(&self, principal: &Principal, but: &str) -> Result<(), DeskError> {
        let (person, but) = (principal.person.to_string(), but.to_owned());
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                sessions::end_others(sheet, &person, Some(&but));
                Ok(())
            })
            .await?;
        Ok(())
    }

    /// Changes one's own password; every session ends, and a new one begins. `None`: the old password does not fit.
    pub async fn change_password(
        &self,
        principal: &Principal,
        session: &SessionView,
        old: String,
        new: String,
        browser: &str,
        lives: Lives,
    ) -> Result<SignedIn, DeskError> {
        let inner = &self.inner;
        let name_key = key_of("name", principal.person.as_str());
        if let Some(seconds) = inner.take_turn(&name_key, &NAME).await? {
            return Ok(SignedIn::Wait(seconds));
        }
        let directory = inner.directory();
        let person = directory
            .people
            .get(&principal.person)
            .ok_or(DeskError::not_found("person"))?;
        let hash = sessions::password(&inner.database, principal.person.as_str()).await?;
        if !inner.fits(old, hash).await? {
            return Ok(SignedIn::No);
        }
        passwords::must_be_good(&new, person)?;
        let hash = inner.hash(new).await?;
        let now = inner.clock.now();
        let whose = principal.person.to_string();
        inner
            .writer
            .run(Wants::default(), move |sheet| {
                sessions::set_password(sheet, &whose, &hash, now);
                sessions::end_others(sheet, &whose, None);
                sessions::withdraw(sheet, &whose);
                Ok(())
            })
            .await?;
        let (secret, view) = inner
            .begin_session(&principal.person, browser, lives, session.second, Some(name_key))
            .await?;
        Ok(SignedIn::Yes(secret, view))
    }

    /// Somebody else's sessions, last used first. For administrators.
    pub async fn sessions_of(
        &self,
        principal: &Principal,
        person: &PersonId,
        lives: Lives,
    ) -> Result<Vec<SessionView>, DeskError> {
        self.must_be_administrator(principal)?;
        self.sessions(&Principal::whole(person.clone()), lives).await
    }

    /// Ends one of somebody else's sessions, or all of them. For administrators; it is recorded.
    pub async fn end_sessions_of(
        &self,
        principal: &Principal,
        person: &PersonId,
        id: Option<String>,
    ) -> Result<(), DeskError> {
        self.must_be_administrator(principal)?;
        let (person, by, now) = (person.to_string(), principal.named(), self.inner.clock.now());
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                match &id {
                    Some(id) => sessions::end(sheet, &person, id),
                    None => sessions::end_others(sheet, &person, None),
                }
                record::note(sheet, "sessions_ended", &person, by.as_deref(), None, now);
                Ok(())
            })
            .await?;
        Ok(())
    }

    /// Forgets sessions and links that are over, old failures and old drafts.
    pub async fn forget_sessions(&self, idle: i64) -> Result<(), DeskError> {
        let now = self.inner.clock.now();
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                sessions::forget(
                    sheet,
                    now,
                    now.plus(-idle),
                    now.plus(-REMEMBERED),
                    now.plus(-DRAFTS_KEPT),
                );
                Ok(())
            })
            .await?;
        Ok(())
    }
}

impl Inner {
    pub(super) async fn begin_session(
        &self,
        person: &PersonId,
        browser: &str,
        lives: Lives,
        second: bool,
        clears: Option<Vec<u8>>,
    ) -> Result<(String, SessionView), DeskError> {
        let now = self.clock.now();
        let secret = random(SECRET_BYTES)?;
        let row = SessionRow {
            id: hex::encode(bytes(ID_BYTES)?),
            person: person.to_string(),
            browser: browser.chars().filter(|c| !c.is_control()).take(BROWSER_MAX).collect(),
            created_at: now,
            used_at: now,
            expires_at: now.plus(lives.longest),
            second,
        };
        let (stored, hash) = (row.clone(), hash_of(&secret));
        self.writer
            .run(Wants::default(), move |sheet| {
                if let Some(key) = &clears {
                    attempts::clear(sheet, key);
                }
                sessions::begin(sheet, &stored, &hash);
                Ok(())
            })
            .await?;
        Ok((secret, SessionView::of(row)))
    }

    /// Notes the use beside the request: nobody waits for it.
    fn note_session(self: &Arc<Self>, id: String, now: Moment) {
        let writer = self.writer.clone();
        tokio::spawn(async move {
            let noted = writer
                .run(Wants::default(), move |sheet| {
                    sessions::used(sheet, &id, now);
                    Ok(())
                })
                .await;
            if let Err(error) = noted {
                tracing::debug!(error = discreet(&error), "the use of a session was not noted");
            }
        });
    }
}

impl SessionView {
    fn of(row: SessionRow) -> Self {
        Self {
            id: row.id,
            person: PersonId::new(row.person),
            browser: row.browser,
            created_at: row.created_at,
            used_at: row.used_at,
            expires_at: row.expires_at,
            second: row.second,
        }
    }
}

/// The person of an id or a mail address, as long as they work here.
fn found(directory: &Directory, name: &str, now: Moment) -> Option<Person> {
    let name = name.trim();
    let by_mail = |person: &&Person| {
        let mail = person.email.as_deref().unwrap_or_default();
        !mail.is_empty() && mail.to_lowercase() == name.to_lowercase()
    };
    let by_id = directory.people.get(name);
    by_id
        .or_else(|| directory.people.values().find(by_mail))
        .filter(|person| person.valid.covers(now))
        .cloned()
}

pub(super) fn hash_of(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// So many random bytes, as text.
pub(super) fn random(count: usize) -> Result<String, DeskError> {
    Ok(URL_SAFE_NO_PAD.encode(bytes(count)?))
}

pub(super) fn bytes(count: usize) -> Result<Vec<u8>, StoreError> {
    let mut bytes = vec![0; count];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Failed(error.to_string()))?;
    Ok(bytes)
}
