//! Passwords: what a good one is, and hashing, which is slow on purpose and done in few places at once.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use std::sync::OnceLock;
use std::time::Duration;

use crate::workflow::directory::Person;

use super::common::is_common;
use super::{DeskError, Inner, Problem};

/// Characters of a password.
pub const LENGTH_MIN: usize = 12;
pub const LENGTH_MAX: usize = 128;
/// Different characters it must have: `aaaaaaaaaaaa` is none.
const DIFFERENT_MIN: usize = 5;
/// Passwords hashed at the same time: each takes 19 MiB and a processor.
pub(super) const SLOTS: usize = 4;
/// How long somebody waits for a slot before they are told to come again.
const SLOT_WITHIN: Duration = Duration::from_secs(10);

/// Memory in KiB, passes, lanes.
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// Refuses what would be guessed: too short, too plain, or the person's own name.
pub(super) fn must_be_good(password: &str, person: &Person) -> Result<(), DeskError> {
    let problem = |code, zh: String, en: String| DeskError::from(Problem::new("/password", code, zh, en));
    let length = password.chars().count();
    if !(LENGTH_MIN..=LENGTH_MAX).contains(&length) {
        return Err(problem(
            "password_length",
            format!("密码应为 {LENGTH_MIN} 到 {LENGTH_MAX} 个字符；几个不相干的词连起来，好记又难猜"),
            format!(
                "A password has {LENGTH_MIN} to {LENGTH_MAX} characters; a few unrelated words are easy to keep and hard to guess"
            ),
        ));
    }
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    let small = password.to_lowercase();
    let own = [
        person.id.to_string(),
        person.name.to_lowercase(),
        person.email.clone().unwrap_or_default().to_lowercase(),
    ];
    let holds_own = own
        .iter()
        .any(|word| word.chars().count() > 2 && small.contains(word.as_str()));
    if different.len() < DIFFERENT_MIN || holds_own {
        return Err(problem(
            "password_plain",
            "这个密码太容易猜到：不要用自己的姓名、编号，也不要重复几个字符".to_owned(),
            "This password is easily guessed: leave out your own name and id, and do not repeat a few characters"
                .to_owned(),
        ));
    }
    if is_common(password) {
        return Err(problem(
            "password_common",
            "这个密码太常见，会最先被猜到；几个不相干的词连起来更好".to_owned(),
            "This password is common and would be tried first; a few unrelated words are better".to_owned(),
        ));
    }
    Ok(())
}

impl Inner {
    /// The hash of a password, in PHC form with a salt of its own.
    pub(super) async fn hash(&self, password: String) -> Result<String, DeskError> {
        self.in_a_slot(move || hash_of(&password)).await
    }

    /// Whether a password fits a hash. Without a hash it takes just as long and never fits.
    pub(super) async fn fits(&self, password: String, hash: Option<String>) -> Result<bool, DeskError> {
        self.in_a_slot(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| nobody().to_owned());
            let Ok(hash) = PasswordHash::new(&hash) else {
                return false;
            };
            hasher().verify_password(password.as_bytes(), &hash).is_ok() && known
        })
        .await
    }

    async fn in_a_slot<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, DeskError> {
        let slot = tokio::time::timeout(SLOT_WITHIN, self.hashing.acquire()).await;
        let Ok(Ok(_slot)) = slot else {
            return Err(DeskError::Busy);
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| DeskError::Busy)
    }
}

fn hasher() -> Argon2<'static> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_of(password: &str) -> String {
    // Fails only where the system has no random numbers; then nobody's password fits an empty hash.
    let hashed: Result<PasswordHash, _> = hasher().hash_password(password.as_bytes());
    hashed.map(|hash| hash.to_string()).unwrap_or_default()
}

/// A hash that belongs to nobody: to compare with when there is nobody of that name.
fn nobody() -> &'static str {
    static NOBODY: OnceLock<String> = OnceLock::new();
    NOBODY.get_or_init(|| hash_of("nobody has this password"))
}
