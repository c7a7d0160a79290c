//! What is personal and lies beside the chain goes: contents with their salts, the caller's key, words of
//! mails (docs/decisions/0005). The event that says so is saved before, by whoever erases.

use std::ops::RangeInclusive;
use std::sync::Arc;

use sea_orm::{ConnectionTrait, DbBackend};
use uuid::Uuid;

use crate::workflow::moment::Moment;

use super::connect::{Database, statement};
use super::held::Held;
use super::{Sheet, StoreError};

/// Where personal data of a caller lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Tickets, oldest first.
    pub tickets: Vec<Uuid>,
    /// Contacts without a ticket.
    pub contacts: Vec<String>,
}

/// Tickets and contacts of a caller's key, at most `limit` of each.
pub async fn of_caller(db: &Database, key: &str, limit: u64) -> Result<Found, StoreError> {
    let limit = super::sheet::number(limit);
    let ask = |sql: &'static str| {
        let values = vec![key.into(), limit.into()];
        async move { db.readers().query_all_raw(statement(db.backend(), sql, values)).await }
    };
    // By the contact too: a ticket may hold another number than the one somebody called from.
    let tickets = ask("select id from tickets where caller = ? order by id limit ?").await?;
    let called = ask("select ticket from contacts where caller = ? and ticket is not null order by id limit ?").await?;
    let alone = ask("select id from contacts where caller = ? and ticket is null order by id limit ?").await?;
    let mut found = Found::default();
    for row in tickets.iter().chain(&called) {
        let ticket: Uuid = row.try_get_by_index(0)?;
        if !found.tickets.contains(&ticket) {
            found.tickets.push(ticket);
        }
    }
    for row in &alone {
        found.contacts.push(row.try_get_by_index(0)?);
    }
    Ok(found)
}

/// The last event of a ticket that erased something; 0 when none did.
pub async fn last_of(db: &Database, ticket: Uuid) -> Result<u64, StoreError> {
    let sql = "select coalesce(max(seq), 0) from events where ticket = ? and type = 'erased'";
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, vec![ticket.into()]))
        .await?;
    let seq: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0);
    Ok(u64::try_from(seq).unwrap_or(0))
}

/// Whether a ticket has any content from an event on.
pub async fn has_content(db: &Database, ticket: Uuid, from: u64) -> Result<bool, StoreError> {
    let sql = "select 1 from event_content where ticket = ? and seq >= ? limit 1";
    let values = vec![ticket.into(), super::sheet::number(from).into()];
    let row = db.readers().query_one_raw(statement(db.backend(), sql, values)).await?;
    Ok(row.is_some())
}

/// What was overwritten in the tables is gone from the files too, as far as the database can do it now.
pub async fn forget(db: &Database) -> Result<(), StoreError> {
    if db.backend() == DbBackend::Sqlite {
        super::sqlite::empty_log(db.writer()).await?;
    }
    Ok(())
}

impl Sheet<'_> {
    /// Erases what is personal in these events of a ticket, and beside them. The ticket was saved on this sheet with the event
    /// that says so, and holds erased values only.
    pub fn erase_ticket(&mut self, ticket: Uuid, events: RangeInclusive<u64>, now: Moment) {
        if let Some((_, held)) = self.own.tickets.get_mut(&ticket) {
            *held = Arc::new(Held {
                caller: None,
                ..Held::clone(held)
            });
        }
        let [from, to] = [*events.start(), *events.end()].map(super::sheet::number);
        self.statement(
            "delete from event_content where ticket = ? and seq >= ? and seq <= ?",
            vec![ticket.into(), from.into(), to.into()],
        );
        self.statement(
            "update contacts set caller = null, caller_number = null, recording = null, updated_at = ? \
             where ticket = ?",
            vec![now.0.into(), ticket.into()],
        );
        // There is nobody any more whose ticket it is.
        self.statement("delete from caller_codes where ticket = ?", vec![ticket.into()]);
        // A digest names it: it is worded anew, without it.
        self.statement(
            "update outbox set mail = null, address = null, way = null where state = 'pending' and key in \
             (select digest from outbox where ticket = ? and digest is not null)",
            vec![ticket.into()],
        );
        // Files go with what was said: whoever erases takes their contents away once this is on disk.
        self.statement(
            "delete from attachments where ticket = ? and seq >= ? and seq <= ?",
            vec![ticket.into(), from.into(), to.into()],
        );
        // A message that is still to be sent would carry what was said; one that was sent holds no words any more.
        self.statement(
            "update outbox set state = 'superseded', last_error = 'the ticket was erased', sent_at = ?, mail = null, \
             lease = null, leased_until = null where ticket = ? and channel <> 'app' and state = 'pending'",
            vec![now.0.into(), ticket.into()],
        );
    }

    /// Erases the number and the recording's reference of a contact without a ticket.
    pub fn erase_contact(&mut self, id: &str, now: Moment) {
        self.statement(
            "update contacts set caller = null, caller_number = null, recording = null, updated_at = ? where id = ?",
            vec![now.0.into(), id.into()],
        );
    }
}
