//! Telling somebody of something that is no event of a ticket: a row for each person and channel, as of an event, and
//! without a ticket. The key says what it is and of which period: whoever looks first writes it, whoever looks later
//! finds it there, so that many instances and many starts tell it once.

use sea_orm::ConnectionTrait;

use crate::workflow::id::PersonId;
use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::notice::{CHANNELS, Payload};
use super::{Sheet, StoreError};

/// Whether all of these people were told of it in the inbox already.
pub async fn is_told(db: &Database, what: &str, people: &[PersonId]) -> Result<bool, StoreError> {
    for person in people {
        let sql = "select 1 from outbox where key = ?";
        let values = vec![key(what, person, "app").into()];
        if db
            .readers()
            .query_one_raw(statement(db.backend(), sql, values))
            .await?
            .is_none()
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Tells them, whoever was not told before; `what` names it with its period.
pub fn tell(
    sheet: &mut Sheet<'_>,
    what: &str,
    payload: &Payload,
    people: &[PersonId],
    now: Moment,
) -> Result<(), StoreError> {
    let payload = serde_json::to_string(payload).map_err(|error| StoreError::unreadable("outbox.payload", error))?;
    for person in people {
        let others = sheet.means.audience.channels(person);
        for channel in CHANNELS.into_iter().chain(others.iter().map(AsRef::as_ref)) {
            let state = if channel == "app" { "sent" } else { "pending" };
            sheet.statement(
                "insert into outbox (key, channel, person, seq, payload, created_at, due_at, attempts, state, stands_for) \
                 values (?, ?, ?, 0, ?, ?, ?, 0, ?, 1) on conflict (key) do nothing",
                vec![
                    key(what, person, channel).into(),
                    channel.into(),
                    person.as_str().into(),
                    payload.clone().into(),
                    now.0.into(),
                    now.0.into(),
                    state.into(),
                ],
            );
        }
    }
    Ok(())
}

fn key(what: &str, person: &PersonId, channel: &str) -> String {
    format!("{what}:{person}:{channel}")
}
