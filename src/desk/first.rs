//! The first start: somebody must be able to let the others in. There is no default password and no default token.
//!
//! While nobody has ever used a token, a start makes the person `admin` with the role `admin` and a token that is
//! valid for a day, shown once on the terminal of whoever started the server. The token of the start before is revoked.

use serde_json::json;

use crate::workflow::moment::DAY;

use super::directory::{Edit, Kind};
use super::tokens::TokenWish;
use super::{Desk, DeskError, Principal, Scope};

/// The id of the first administrator, and of the role.
pub const ADMIN: &str = "admin";

/// What a start led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum First {
    /// The secret of the token.
    Token(String),
    /// Somebody is here already.
    Known,
}

impl Desk {
    /// Lets the first administrator in.
    pub async fn first_administrator(&self) -> Result<First, DeskError> {
        let machine = Principal::whole(ADMIN);
        let tokens = self.tokens(&machine).await?;
        if tokens.iter().any(|token| token.last_used_at.is_some() || token.person != *ADMIN) {
            return Ok(First::Known);
        }
        let directory = self.directory();
        let mut edits = Vec::new();
        if !directory.roles.contains_key(ADMIN) {
            edits.push(Edit::Put {
                kind: Kind::Role,
                key: Some(ADMIN.to_owned()),
                body: json!({"zh": "管理员", "en": "Administrator"}),
            });
        }
        if !directory.people.contains_key(ADMIN) {
            edits.push(Edit::Put {
                kind: Kind::Person,
                key: Some(ADMIN.to_owned()),
                body: json!({"id": ADMIN, "name": "admin", "email": null, "language": "zh-CN"}),
            });
        }
        let holds = directory.memberships.iter().any(|held| held.person == *ADMIN && held.role == *ADMIN);
        if !holds {
            edits.push(Edit::Put {
                kind: Kind::Membership,
                key: None,
                body: json!({"person": ADMIN, "role": ADMIN, "department": null}),
            });
        }
        if !edits.is_empty() {
            self.edit(&machine, edits).await?;
        }
        for token in tokens.iter().filter(|token| token.revoked_at.is_none()) {
            self.revoke_token(&machine, &token.id).await?;
        }
        let wish = TokenWish {
            person: ADMIN.into(),
            title: "first start".to_owned(),
            scopes: Scope::ALL.into_iter().collect(),
            department: None,
            expires_at: Some(self.clock().now().plus(DAY)),
        };
        let (secret, _) = self.issue_token(None, wish).await?;
        Ok(First::Token(secret))
    }
}
