//! API tokens: shown once, stored as a hash, scoped, expiring.

use std::collections::BTreeSet;

use crate::workflow::id::{DepartmentId, PersonId};
use crate::workflow::moment::Moment;

use super::principal::Scope;
use super::{Desk, DeskError, Principal};

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

impl Desk {
    /// Makes a token and returns its secret, the only time. One's own with no more scopes than one has; those of
    /// others need `tokens:manage`. `by: None` is the machine itself (first administrator, demo).
    pub async fn issue_token(
        &self,
        _by: Option<&Principal>,
        _wish: TokenWish,
    ) -> Result<(String, TokenView), DeskError> {
        Err(DeskError::not_found("person"))
    }

    /// Who a secret belongs to; `None` when unknown, expired, revoked, or the person is no longer valid.
    pub async fn principal_of(&self, _secret: &str) -> Result<Option<Principal>, DeskError> {
        Ok(None)
    }

    /// One's own, or with `tokens:manage` everybody's.
    pub async fn tokens(&self, _principal: &Principal) -> Result<Vec<TokenView>, DeskError> {
        Ok(Vec::new())
    }

    /// One's own, or with `tokens:manage` anybody's. Takes effect at once.
    pub async fn revoke_token(&self, _principal: &Principal, _id: &str) -> Result<(), DeskError> {
        Err(DeskError::not_found("token"))
    }
}
