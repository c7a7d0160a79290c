//! A second factor beside the password: a code of the person's telephone (TOTP), or one of ten written-down codes.
//!
//! ```text
//!   begin (password) ─▶ secret, not asked for yet ─▶ confirm (a code) ─▶ asked for at every sign-in
//!                                                      └─ ten recovery codes, shown this once
//! ```
//! The secret is kept as it is, for it must be calculated with: a second factor protects from a password that was guessed
//! or read over a shoulder, not from whoever holds the database. Codes are good once, and who guesses waits.

mod recovery;
mod totp;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::notify::channel::sign::hmac;
use crate::store::second::{self, Second};
use crate::store::{Database, StoreError, Wants, Writer, record, sessions};
use crate::workflow::id::PersonId;
use crate::workflow::moment::{MINUTE, Moment};

use super::attempts::{Patience, key_of};
use super::sessions::{Lives, SignedIn, bytes};
use super::{Desk, DeskError, Inner, NotAllowed, Principal, access, keys};

/// The setting with the key.
const KEY: &str = "sessions.key";
/// How long somebody has between password and code.
const PENDING: i64 = 5 * MINUTE;
/// Characters of what stands for them in between, at most.
const PENDING_MAX: usize = 400;
/// Wrong codes of one person; a million codes, three of them good at a time.
const CODE: Patience = Patience {
    free: 5,
    longest: 5 * MINUTE,
};
/// Bytes that name an attempt.
const HOLDER: usize = 8;
/// Who keeps the other end in mind: shown by authenticators.
const ISSUER: &str = "ombud";

/// Seals what stands for somebody between password and code.
#[derive(Clone)]
pub struct Pending(Vec<u8>);

/// Whether something fitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fits<T> {
    Yes(T),
    No,
    /// Too many did not: seconds until the next one is looked at.
    Wait(i64),
}

/// Where a person's second factor stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondState {
    /// Since when it is asked for.
    pub since: Option<Moment>,
    /// One that was begun and is not confirmed.
    pub begun: Option<Enrolment>,
    /// Written-down codes that are left.
    pub codes_left: u64,
}

/// What an authenticator wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// To type in by hand.
    pub secret: String,
    /// To read from a picture.
    pub uri: String,
}

impl Pending {
    pub(in crate::desk) async fn load(database: &Database, writer: &Writer) -> Result<Self, StoreError> {
        keys::load(database, writer, KEY).await.map(Self)
    }

    fn seal(&self, bytes: &[u8]) -> [u8; 32] {
        hmac(&self.0, &[b"second factor\0", bytes])
    }

    /// Stands for a person whose password fitted this hash.
    fn write(&self, person: &PersonId, password: &str, expires: Moment) -> String {
        let mut bytes = expires.0.to_be_bytes().to_vec();
        bytes.extend(Sha256::digest(password.as_bytes()));
        bytes.extend(person.as_str().bytes());
        let seal = self.seal(&bytes);
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(seal))
    }

    /// The person, and the hash of the password's hash.
    fn read(&self, pending: &str, now: Moment) -> Option<(PersonId, Vec<u8>)> {
        if pending.len() > PENDING_MAX {
            return None;
        }
        let (bytes, seal) = pending.split_once('.')?;
        let bytes = URL_SAFE_NO_PAD.decode(bytes).ok()?;
        let seal = URL_SAFE_NO_PAD.decode(seal).ok()?;
        // Hashes are compared, so that the time it takes says nothing about the seal.
        if hmac(&self.0, &[&seal]) != hmac(&self.0, &[&self.seal(&bytes)]) {
            return None;
        }
        let (expires, rest) = bytes.split_at_checked(8)?;
        let (password, person) = rest.split_at_checked(32)?;
        let expires = Moment(i64::from_be_bytes(expires.try_into().ok()?));
        let person = PersonId::new(String::from_utf8(person.to_vec()).ok()?);
        (now < expires).then(|| (person, password.to_vec()))
    }
}

impl Desk {
    /// One's own second factor.
    pub async fn second_factor(&self, principal: &Principal) -> Result<SecondState, DeskError> {
        self.inner.second_state(&principal.person).await
    }

    /// Begins with a new secret; the password says that it is really the person who sits there.
    pub async fn begin_second_factor(&self, principal: &Principal, password: String) -> Result<Fits<()>, DeskError> {
        let inner = &self.inner;
        let key = key_of("name", principal.person.as_str());
        if let Some(seconds) = inner.take_turn(&key, &CODE).await? {
            return Ok(Fits::Wait(seconds));
        }
        let hash = sessions::password(&inner.database, principal.person.as_str()).await?;
        if !inner.fits(password, hash).await? {
            return Ok(Fits::No);
        }
        inner.forget_failures(key).await?;
        let (person, now) = (principal.person.to_string(), inner.clock.now());
        let secret = bytes(totp::SECRET)?;
        inner
            .writer
            .run(Wants::default(), move |sheet| {
                second::begin(sheet, &person, &secret, now);
                Ok(())
            })
            .await?;
        Ok(Fits::Yes(()))
    }

    /// Confirms with a code that the telephone has the secret; from now on it is asked for. Other sessions end, this one
    /// (`session`) counts as one with a second factor. Gives the written-down codes, the only time.
    pub async fn confirm_second_factor(
        &self,
        principal: &Principal,
        session: &str,
        code: &str,
    ) -> Result<Fits<Vec<String>>, DeskError> {
        let inner = &self.inner;
        let person = &principal.person;
        let Some(known) = second::of_person(&inner.database, person.as_str()).await? else {
            return Ok(Fits::No);
        };
        if known.confirmed_at.is_some() {
            return Ok(Fits::No);
        }
        match inner.totp_fits(person, &known, code).await? {
            Fits::Yes(()) => {}
            Fits::No => return Ok(Fits::No),
            Fits::Wait(seconds) => return Ok(Fits::Wait(seconds)),
        }
        let codes = recovery::make()?;
        let hashes: Vec<_> = codes.iter().map(|code| recovery::hash(person, code)).collect();
        let (person, session, now) = (person.to_string(), session.to_owned(), inner.clock.now());
        inner
            .writer
            .run(Wants::default(), move |sheet| {
                second::confirm(sheet, &person, now);
                second::put_codes(sheet, &person, &hashes);
                sessions::end_others(sheet, &person, Some(&session));
                sessions::strengthen(sheet, &session);
                record::note(sheet, "second_factor_on", &person, Some(&person), None, now);
                Ok(())
            })
            .await?;
        Ok(Fits::Yes(codes))
    }

    /// New written-down codes in place of the old ones.
    pub async fn renew_codes(&self, principal: &Principal, code: &str) -> Result<Fits<Vec<String>>, DeskError> {
        let inner = &self.inner;
        match inner.second_fits(&principal.person, code).await? {
            Fits::Yes(()) => {}
            Fits::No => return Ok(Fits::No),
            Fits::Wait(seconds) => return Ok(Fits::Wait(seconds)),
        }
        let codes = recovery::make()?;
        let person = principal.person.to_string();
        let hashes: Vec<_> = codes
            .iter()
            .map(|code| recovery::hash(&principal.person, code))
            .collect();
        inner
            .writer
            .run(Wants::default(), move |sheet| {
                second::put_codes(sheet, &person, &hashes);
                Ok(())
            })
            .await?;
        Ok(Fits::Yes(codes))
    }

    /// Does without it from now on.
    pub async fn end_second_factor(&self, principal: &Principal, code: &str) -> Result<Fits<()>, DeskError> {
        let fits = self.inner.second_fits(&principal.person, code).await?;
        if fits == Fits::Yes(()) {
            self.inner
                .drop_second(principal.person.to_string(), principal.named())
                .await?;
        }
        Ok(fits)
    }

    /// Takes away the second factor of somebody who has lost telephone and codes. For administrators and the machine
    /// itself; it is recorded.
    pub async fn remove_second_factor(&self, principal: &Principal, person: &PersonId) -> Result<(), DeskError> {
        self.must_be_administrator(principal)?;
        self.inner.drop_second(person.to_string(), principal.named()).await
    }

    /// Where somebody else's second factor stands, without what it is made of. For administrators.
    pub async fn second_factor_of(&self, principal: &Principal, person: &PersonId) -> Result<SecondState, DeskError> {
        self.must_be_administrator(principal)?;
        let state = self.inner.second_state(person).await?;
        Ok(SecondState { begun: None, ..state })
    }

    /// The second half of signing in: a code of the telephone, or a written-down one.
    pub async fn finish_sign_in(
        &self,
        pending: &str,
        code: &str,
        browser: &str,
        lives: Lives,
    ) -> Result<SignedIn, DeskError> {
        let inner = &self.inner;
        let now = inner.clock.now();
        let Some((person, password)) = inner.pending.read(pending, now) else {
            return Ok(SignedIn::No);
        };
        let hash = sessions::password(&inner.database, person.as_str()).await?;
        let same = hash.is_some_and(|hash| Sha256::digest(hash.as_bytes()).to_vec() == password);
        if !same || !inner.directory().is_known(&person, now) {
            return Ok(SignedIn::No);
        }
        match inner.second_fits(&person, code).await? {
            Fits::Yes(()) => {}
            Fits::No => return Ok(SignedIn::Second(pending.to_owned())),
            Fits::Wait(seconds) => return Ok(SignedIn::Wait(seconds)),
        }
        let (secret, view) = inner.begin_session(&person, browser, lives, true, None).await?;
        Ok(SignedIn::Yes(secret, view))
    }

    pub(super) fn must_be_administrator(&self, principal: &Principal) -> Result<(), DeskError> {
        let around = self.inner.around();
        let administers = access::has_role(&around.directory, &principal.person, access::ADMINISTRATOR, around.now);
        if principal.is_machine() || administers {
            Ok(())
        } else {
            Err(NotAllowed::Administrator.into_error())
        }
    }
}

impl Inner {
    /// What stands for a person between password and code; nothing where no second factor is asked for.
    pub(super) async fn pending_second(&self, person: &PersonId, password: &str) -> Result<Option<String>, DeskError> {
        let known = second::of_person(&self.database, person.as_str()).await?;
        let asked_for = known.is_some_and(|known| known.confirmed_at.is_some());
        let expires = self.clock.now().plus(PENDING);
        Ok(asked_for.then(|| self.pending.write(person, password, expires)))
    }

    async fn second_state(&self, person: &PersonId) -> Result<SecondState, DeskError> {
        let known = second::of_person(&self.database, person.as_str()).await?;
        let (since, begun) = match known {
            None => (None, None),
            Some(known) if known.confirmed_at.is_some() => (known.confirmed_at, None),
            Some(known) => (None, Some(Enrolment::new(person, &known.secret))),
        };
        Ok(SecondState {
            since,
            begun,
            codes_left: second::codes_left(&self.database, person.as_str()).await?,
        })
    }

    /// Whether this is a code of the person's telephone, or one of those they wrote down.
    async fn second_fits(&self, person: &PersonId, code: &str) -> Result<Fits<()>, DeskError> {
        let known = second::of_person(&self.database, person.as_str()).await?;
        let Some(known) = known.filter(|known| known.confirmed_at.is_some()) else {
            return Ok(Fits::No);
        };
        match self.totp_fits(person, &known, code).await? {
            Fits::No => {}
            Fits::Yes(()) => return Ok(Fits::Yes(())),
            Fits::Wait(seconds) => return Ok(Fits::Wait(seconds)),
        }
        let (whose, hash, holder) = (
            person.to_string(),
            recovery::hash(person, code),
            hex::encode(bytes(HOLDER)?),
        );
        let (asked, mine) = (hash.clone(), holder.clone());
        self.writer
            .run(Wants::default(), move |sheet| {
                second::take_code(sheet, &whose, &asked, &mine);
                Ok(())
            })
            .await?;
        let taken = second::holder_of_code(&self.database, person.as_str(), &hash).await?;
        if taken.as_ref() != Some(&holder) {
            return Ok(Fits::No);
        }
        self.forget_failures(key_of("second", person.as_str())).await?;
        Ok(Fits::Yes(()))
    }

    /// Whether this is a code of the telephone; of two that show it at once one is believed.
    async fn totp_fits(&self, person: &PersonId, known: &Second, code: &str) -> Result<Fits<()>, DeskError> {
        let key = key_of("second", person.as_str());
        if let Some(seconds) = self.take_turn(&key, &CODE).await? {
            return Ok(Fits::Wait(seconds));
        }
        let Some(step) = totp::step(&known.secret, code, self.clock.now(), known.last_step) else {
            return Ok(Fits::No);
        };
        let (whose, holder) = (person.to_string(), hex::encode(bytes(HOLDER)?));
        let mine = holder.clone();
        self.writer
            .run(Wants::default(), move |sheet| {
                second::take_step(sheet, &whose, step, &mine);
                Ok(())
            })
            .await?;
        let now = second::of_person(&self.database, person.as_str()).await?;
        if now.is_none_or(|now| now.holder != holder) {
            return Ok(Fits::No);
        }
        self.forget_failures(key).await?;
        Ok(Fits::Yes(()))
    }

    async fn drop_second(&self, person: String, by: Option<String>) -> Result<(), DeskError> {
        let now = self.clock.now();
        self.writer
            .run(Wants::default(), move |sheet| {
                second::remove(sheet, &person);
                record::note(sheet, "second_factor_off", &person, by.as_deref(), None, now);
                Ok(())
            })
            .await?;
        Ok(())
    }
}

impl Enrolment {
    fn new(person: &PersonId, secret: &[u8]) -> Self {
        let secret = totp::base32(secret);
        Self {
            uri: format!("otpauth://totp/{ISSUER}:{person}?secret={secret}&issuer={ISSUER}"),
            secret,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_password_and_code_is_sealed_and_ends() {
        let pending = Pending(vec![7; 32]);
        let person = PersonId::from("li");
        let written = pending.write(&person, "hash", Moment(1_000));
        let (read, password) = pending.read(&written, Moment(999)).unwrap();
        assert_eq!((read, password), (person, Sha256::digest(b"hash").to_vec()));
        assert_eq!(pending.read(&written, Moment(1_000)), None, "over");
        assert_eq!(Pending(vec![8; 32]).read(&written, Moment(0)), None);
        let forged = written.replacen(|c: char| c != 'A', "A", 1);
        assert!(pending.read(&forged, Moment(0)).is_none());
        for junk in ["", ".", "a.b", &"A".repeat(10_000)] {
            assert_eq!(pending.read(junk, Moment(0)), None);
        }
    }
}
