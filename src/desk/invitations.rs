//! One-time links: with one a person sets a password, once, within a day. There is no default password, and no mail
//! that could be caught: whoever made the link hands it over.

use crate::store::sessions::{self, Invitation};
use crate::store::{Wants, record};
use crate::workflow::id::PersonId;
use crate::workflow::moment::DAY;

use super::sessions::{hash_of, random};
use super::{Desk, DeskError, Inner, NotAllowed, Principal, Problem, access, passwords};

/// In front of every link's secret, so that a scanner of leaked secrets finds it.
const PREFIX: &str = "omi_";
const SECRET_BYTES: usize = 32;
/// How long a link may be used.
const LIFE: i64 = DAY;

impl Desk {
    /// Makes a link with which a person sets a password, and returns its secret, the only time; the links before it
    /// are void. For administrators and the machine itself; it is recorded.
    pub async fn invite(&self, principal: &Principal, person: &PersonId) -> Result<String, DeskError> {
        let around = self.inner.around();
        let administers = access::has_role(&around.directory, &principal.person, access::ADMINISTRATOR, around.now);
        if !principal.is_machine() && !administers {
            return Err(DeskError::NotAllowed {
                why: NotAllowed::Administrator,
            });
        }
        if !around.directory.is_known(person, around.now) {
            return Err(Problem::new(
                "/person",
                "unknown",
                format!("没有“{person}”这个人员"),
                format!("There is no person “{person}”"),
            )
            .into());
        }
        let secret = format!("{PREFIX}{}", random(SECRET_BYTES)?);
        let hash = hash_of(&secret);
        let invitation = Invitation {
            person: person.to_string(),
            created_at: around.now,
            expires_at: around.now.plus(LIFE),
        };
        let by = principal.named();
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                sessions::invite(sheet, &hash, &invitation, by.as_deref());
                record::note(sheet, "invited", &invitation.person, by.as_deref(), None, around.now);
                Ok(())
            })
            .await?;
        Ok(secret)
    }

    /// Sets the password of whoever the link is for; all their sessions end. The link is void afterwards.
    pub async fn accept_invitation(&self, secret: &str, password: String) -> Result<PersonId, DeskError> {
        let inner = &self.inner;
        let link = hash_of(secret.trim());
        let found = sessions::invitation(&inner.database, &link).await?;
        let now = inner.clock.now();
        let directory = inner.directory();
        let person = found
            .filter(|invitation| invitation.expires_at > now)
            .and_then(|invitation| directory.people.get(invitation.person.as_str()))
            .filter(|person| person.valid.covers(now))
            .ok_or_else(void)?;
        passwords::must_be_good(&password, person)?;
        let hash = inner.hash(password).await?;
        let stored = hash.clone();
        inner
            .writer
            .run(Wants::default(), move |sheet| {
                sessions::accept(sheet, &link, &stored, now);
                Ok(())
            })
            .await?;
        // Of two that came at once, one found the link still there.
        if sessions::password(&inner.database, person.id.as_str()).await?.as_ref() == Some(&hash) {
            Ok(person.id.clone())
        } else {
            Err(void())
        }
    }
}

impl Inner {
    /// Whether somebody could sign in with a password.
    pub(super) async fn has_passwords(&self) -> Result<bool, DeskError> {
        Ok(sessions::has_passwords(&self.database).await?)
    }
}

fn void() -> DeskError {
    Problem::new(
        "/code",
        "link_void",
        "这个链接已用过、已过期或不完整；请让管理员重新生成（ombud user reset 人员编号）",
        "This link was used, has expired or is not whole; ask your administrator for another (ombud user reset PERSON)",
    )
    .into()
}
