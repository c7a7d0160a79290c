//! API tokens: shown once, stored as a hash, scoped, expiring.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::discreet::discreet;
use crate::store::tokens::{self, TokenRow};
use crate::store::{StoreError, Wants};
use crate::workflow::id::{DepartmentId, PersonId};
use crate::workflow::moment::{DAY, MINUTE, Moment};

use super::command::Around;
use super::{Desk, DeskError, Inner, Principal, Problem, Scope};

/// What a new token is to be.
#[derive(Clone, Debug)]
pub struct TokenWish {
    pub person: PersonId,
    /// What it is for, in the owner's words.
    pub title: String,
    pub scopes: BTreeSet<Scope>,
    pub department: Option<DepartmentId>,
    /// At most a year; 90 days when not said.
    pub expires_at: Option<Moment>,
}

/// A token without its secret.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenView {
    pub id: String,
    pub person: PersonId,
    pub title: String,
    pub scopes: BTreeSet<Scope>,
    pub department: Option<DepartmentId>,
    pub created_at: Moment,
    pub created_by: Option<PersonId>,
    pub expires_at: Moment,
    pub last_used_at: Option<Moment>,
    pub revoked_at: Option<Moment>,
}

/// In front of every token, so that a scanner of leaked secrets finds it.
const PREFIX: &str = "omb";
const ID_BYTES: usize = 6;
const SECRET_BYTES: usize = 32;
/// Hex digits of the checksum at the end.
const CHECK_DIGITS: usize = 8;
/// Days a token lives when nothing else is said, and at most.
const LIFE: i64 = 90 * DAY;
const LIFE_MAX: i64 = 366 * DAY;
/// Characters of a title.
const TITLE_MAX: usize = 100;
/// How long a token is believed without asking the database again; what this process revokes counts at once.
const BELIEVED: Duration = Duration::from_secs(5);
/// Its last use is noted once in so long.
const NOTED_EVERY: i64 = MINUTE;
/// Tokens believed at once at most.
const BELIEVED_MAX: usize = 10_000;

/// Tokens looked up a moment ago, by the hash of their secret.
pub(super) type Believed = Mutex<HashMap<[u8; 32], (Instant, TokenRow)>>;

impl Desk {
    /// Makes a token and returns its secret, the only time. One's own with no more scopes than one has; those of
    /// others need `tokens:manage` and the role administrator or manager. `None` is the machine itself (the first
    /// administrator, the demo).
    pub async fn issue_token(&self, by: Option<&Principal>, wish: TokenWish) -> Result<(String, TokenView), DeskError> {
        let machine = Principal::machine();
        let by = by.unwrap_or(&machine);
        let around = self.inner.around();
        let now = around.now;
        may_issue(by, &wish, &around)?;
        let expires_at = wish.expires_at.unwrap_or(now.plus(LIFE));
        wish.check(&around, expires_at)?;
        let (id, secret, hash) = secret()?;
        let scopes: Vec<_> = wish.scopes.iter().map(Scope::word).collect();
        let row = TokenRow {
            id,
            person: wish.person.to_string(),
            title: wish.title.trim().to_owned(),
            scopes: scopes.join(" "),
            department: wish.department.as_ref().map(ToString::to_string),
            created_at: now,
            created_by: by.named(),
            expires_at,
            last_used_at: None,
            revoked_at: None,
        };
        let stored = row.clone();
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                tokens::insert(sheet, &stored, &hash);
                Ok(())
            })
            .await?;
        Ok((secret, TokenView::of(row)))
    }

    /// Who a secret belongs to; `None` when unknown, expired, revoked, or the person is no longer valid.
    pub async fn principal_of(&self, secret: &str) -> Result<Option<Principal>, DeskError> {
        if !is_whole(secret) {
            return Ok(None);
        }
        let hash: [u8; 32] = Sha256::digest(secret.as_bytes()).into();
        let Some(row) = self.inner.token(&hash).await? else {
            return Ok(None);
        };
        let now = self.inner.clock.now();
        let person = PersonId::from(row.person.as_str());
        let dead = row.revoked_at.is_some() || row.expires_at <= now;
        if dead || !self.inner.directory().is_known(&person, now) {
            return Ok(None);
        }
        if row.last_used_at.is_none_or(|used| now.since(used) >= NOTED_EVERY) {
            self.inner.note_use(hash, &row, now);
        }
        Ok(Some(Principal {
            person,
            scopes: row.scopes.split(' ').filter_map(Scope::parse).collect(),
            department: row.department.as_deref().map(DepartmentId::from),
        }))
    }

    /// One's own, or with `tokens:manage` everybody's.
    pub async fn tokens(&self, principal: &Principal) -> Result<Vec<TokenView>, DeskError> {
        let rows = tokens::all(&self.inner.database, self.tokens_of(principal)).await?;
        Ok(rows.into_iter().map(TokenView::of).collect())
    }

    /// The same by pages, newest first: `after` is the id of the last one of the page before.
    pub async fn tokens_page(
        &self,
        principal: &Principal,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<TokenView>, DeskError> {
        let of = self.tokens_of(principal);
        let last = match after {
            None => None,
            Some(id) => {
                let row = tokens::by_id(&self.inner.database, id).await?;
                let row = row.filter(|row| of.is_none_or(|person| row.person == *person));
                Some(row.ok_or_else(not_a_cursor)?)
            }
        };
        let rows = tokens::page(&self.inner.database, of, last.as_ref(), limit).await?;
        Ok(rows.into_iter().map(TokenView::of).collect())
    }

    /// Whose tokens somebody sees; `None` is everybody's.
    fn tokens_of<'p>(&self, principal: &'p Principal) -> Option<&'p str> {
        let all = principal.needs(Scope::ManageTokens).is_ok()
            && Inner::must_administer(principal, &self.inner.around()).is_ok();
        (!all).then(|| principal.person.as_str())
    }

    /// One's own, or with `tokens:manage` anybody's. Takes effect at once.
    pub async fn revoke_token(&self, principal: &Principal, id: &str) -> Result<(), DeskError> {
        let row = tokens::by_id(&self.inner.database, id).await?;
        let row = row.ok_or(DeskError::not_found("token"))?;
        let around = self.inner.around();
        if row.person != *principal.person.as_str() {
            // Whose token it is, is nobody else's business.
            let may =
                principal.needs(Scope::ManageTokens).is_ok() && Inner::must_administer(principal, &around).is_ok();
            if !may {
                return Err(DeskError::not_found("token"));
            }
        }
        let id = row.id;
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                tokens::revoke(sheet, &id, around.now);
                Ok(())
            })
            .await?;
        self.inner.believed().clear();
        Ok(())
    }
}

fn not_a_cursor() -> DeskError {
    Problem::new(
        "cursor",
        "cursor",
        "这不是令牌列表给出的游标",
        "This is no cursor that the list of tokens gave out",
    )
    .into()
}

fn may_issue(by: &Principal, wish: &TokenWish, around: &Around) -> Result<(), DeskError> {
    if by.person == wish.person {
        // A token narrowed to a department cannot make a wider one.
        if by.department.is_some() && by.department != wish.department {
            return Err(Problem::new(
                "/department",
                "narrowed",
                "所用令牌限于一个部门，新令牌也只能限于该部门",
                "The token you use is narrowed to one department; a new one must be narrowed to it too",
            )
            .into());
        }
        return match wish.scopes.iter().find(|scope| !by.has(scope)) {
            Some(more) => Err(DeskError::Forbidden { need: more.clone() }),
            None => Ok(()),
        };
    }
    by.needs(Scope::ManageTokens)?;
    Inner::must_administer(by, around)
}

impl TokenWish {
    fn check(&self, around: &Around, expires_at: Moment) -> Result<(), DeskError> {
        let mut problems = Vec::new();
        if !around.directory.is_known(&self.person, around.now) {
            problems.push(Problem::new(
                "/person",
                "unknown",
                format!("没有“{}”这个人员", self.person),
                format!("There is no person “{}”", self.person),
            ));
        }
        if let Some(department) = &self.department
            && !around.directory.departments.contains_key(department)
        {
            problems.push(Problem::no_department("/department", department));
        }
        let title = self.title.trim();
        if title.is_empty() || title.chars().count() > TITLE_MAX || title.chars().any(char::is_control) {
            problems.push(Problem::new(
                "/title",
                "title",
                format!("请写明用途，1 到 {TITLE_MAX} 个字，不换行"),
                format!("Say what it is for, in 1 to {TITLE_MAX} characters of one line"),
            ));
        }
        if self.scopes.is_empty() {
            problems.push(Problem::new(
                "/scopes",
                "empty",
                "至少选择一项权限",
                "At least one scope",
            ));
        }
        if expires_at <= around.now || expires_at > around.now.plus(LIFE_MAX) {
            problems.push(Problem::new(
                "/expires_at",
                "expires",
                "有效期须在将来，最长一年",
                "It must expire in the future, within a year",
            ));
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(DeskError::Invalid(problems))
        }
    }
}

/// A new token: its id, the whole secret, the hash that is stored.
fn secret() -> Result<(String, String, [u8; 32]), StoreError> {
    let mut bytes = [0; ID_BYTES + SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Failed(error.to_string()))?;
    let (id, secret) = bytes.split_at(ID_BYTES);
    let id = hex::encode(id);
    let body = format!("{PREFIX}_{id}_{}", URL_SAFE_NO_PAD.encode(secret));
    let token = format!("{body}{}", check_of(&body));
    let hash = Sha256::digest(token.as_bytes()).into();
    Ok((id, token, hash))
}

/// Digits that show whether a token was copied whole, before the database is asked.
fn check_of(body: &str) -> String {
    hex::encode(Sha256::digest(body.as_bytes()))
        .chars()
        .take(CHECK_DIGITS)
        .collect()
}

/// True when prefix and checksum are right.
fn is_whole(token: &str) -> bool {
    token.starts_with(PREFIX)
        && token
            .len()
            .checked_sub(CHECK_DIGITS)
            .and_then(|length| token.split_at_checked(length))
            .is_some_and(|(body, check)| check_of(body) == check)
}

impl Inner {
    fn believed(&self) -> MutexGuard<'_, HashMap<[u8; 32], (Instant, TokenRow)>> {
        self.believed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn token(&self, hash: &[u8; 32]) -> Result<Option<TokenRow>, DeskError> {
        if let Some((since, row)) = self.believed().get(hash)
            && since.elapsed() < BELIEVED
        {
            return Ok(Some(row.clone()));
        }
        let found = tokens::by_hash(&self.database, hash).await?;
        let mut believed = self.believed();
        match &found {
            Some(row) => {
                if believed.len() >= BELIEVED_MAX {
                    believed.clear();
                }
                believed.insert(*hash, (Instant::now(), row.clone()));
            }
            None => {
                believed.remove(hash);
            }
        }
        Ok(found)
    }

    /// Another instance has revoked one: every token is looked up again.
    pub(super) fn doubt_tokens(&self) {
        self.believed().clear();
    }

    /// Notes the use beside the request: nobody waits for it, and nothing is lost when it fails.
    fn note_use(self: &Arc<Self>, hash: [u8; 32], row: &TokenRow, now: Moment) {
        if let Some((_, believed)) = self.believed().get_mut(&hash) {
            believed.last_used_at = Some(now);
        }
        let id = row.id.clone();
        let writer = self.writer.clone();
        tokio::spawn(async move {
            let noted = writer
                .run(Wants::default(), move |sheet| {
                    tokens::used(sheet, &id, now);
                    Ok(())
                })
                .await;
            if let Err(error) = noted {
                tracing::debug!(error = discreet(&error), "the use of a token was not noted");
            }
        });
    }
}

impl TokenView {
    fn of(row: TokenRow) -> Self {
        Self {
            id: row.id,
            person: PersonId::new(row.person),
            title: row.title,
            scopes: row.scopes.split(' ').filter_map(Scope::parse).collect(),
            department: row.department.map(DepartmentId::new),
            created_at: row.created_at,
            created_by: row.created_by.map(PersonId::new),
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_was_copied_wrongly_is_known_by_its_form() {
        let (id, token, _) = secret().unwrap();
        assert!(token.starts_with(&format!("omb_{id}_")) && is_whole(&token));
        let other = if token.ends_with('0') { '1' } else { '0' };
        let mut mangled = token.clone();
        mangled.pop();
        assert!(!is_whole(&mangled));
        mangled.push(other);
        assert!(!is_whole(&mangled));
        assert!(!is_whole("omb_") && !is_whole("") && !is_whole(&"啊".repeat(30)));
    }
}
