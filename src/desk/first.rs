//! The first start: somebody must be able to let the others in. There is no default password and no default token.
//!
//! While nobody has ever used a token and nobody has a password, a start makes the person `admin`, an administrator, a
//! token and a link to set the password with, both valid for a day, shown once on the terminal of whoever started the
//! server. Those of the start before are void; where several instances start one after another, the first's stay.

use serde_json::json;

use crate::workflow::moment::{DAY, MINUTE};

use super::access::ADMINISTRATOR;
use super::directory::{Edit, Kind};
use super::tokens::{TokenView, TokenWish};
use super::{Desk, DeskError, Principal, Scope};

/// Instances of one database that start within this time belong together.
const START_TOGETHER: i64 = 10 * MINUTE;

/// The id of the first administrator.
pub const FIRST: &str = "admin";

/// What a start led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum First {
    /// Secrets of a token and of a link.
    Welcome { token: String, link: String },
    /// Somebody is here already.
    Known,
}

impl Desk {
    /// Lets the first administrator in.
    pub async fn first_administrator(&self) -> Result<First, DeskError> {
        let machine = Principal::machine();
        let tokens = self.tokens(&machine).await?;
        let used = |token: &TokenView| token.last_used_at.is_some() || token.person != *FIRST;
        if tokens.iter().any(used) || self.inner.has_passwords().await? {
            return Ok(First::Known);
        }
        let just_now = self.clock().now().plus(-START_TOGETHER);
        let open = |token: &TokenView| token.revoked_at.is_none() && token.created_at > just_now;
        if self.database().is_shared() && tokens.iter().any(open) {
            return Ok(First::Known);
        }
        let edits = self.missing();
        if !edits.is_empty() {
            self.edit(&machine, edits).await?;
        }
        for token in tokens.iter().filter(|token| token.revoked_at.is_none()) {
            self.revoke_token(&machine, &token.id).await?;
        }
        let wish = TokenWish {
            person: FIRST.into(),
            title: "first start".to_owned(),
            scopes: Scope::ALL.into_iter().collect(),
            department: None,
            expires_at: Some(self.clock().now().plus(DAY)),
        };
        self.open_setup().await?;
        let (token, _) = self.issue_token(None, wish).await?;
        let link = self.invite(&machine, &FIRST.into()).await?;
        Ok(First::Welcome { token, link })
    }

    /// What the directory lacks so that the first administrator can work.
    fn missing(&self) -> Vec<Edit> {
        let directory = self.directory();
        let put = |kind, key: &str, body| Edit::Put {
            kind,
            key: Some(key.to_owned()),
            body,
        };
        let mut edits = Vec::new();
        if !directory.roles.contains_key(ADMINISTRATOR) {
            let title = json!({"zh": "管理员", "en": "Administrator"});
            edits.push(put(
                Kind::Role,
                ADMINISTRATOR,
                json!({"id": ADMINISTRATOR, "title": title}),
            ));
        }
        if !directory.people.contains_key(FIRST) {
            let body = json!({"id": FIRST, "name": FIRST, "email": null, "language": "zh-CN"});
            edits.push(put(Kind::Person, FIRST, body));
        }
        let held =
            |role: &&crate::workflow::directory::Membership| role.person == *FIRST && role.role == *ADMINISTRATOR;
        if !directory.memberships.iter().any(|role| held(&role)) {
            let body = json!({"person": FIRST, "role": ADMINISTRATOR, "department": null});
            edits.push(put(Kind::Membership, "admin-administrator", body));
        }
        edits
    }
}
