//! Acknowledging by a link in a mail or message: whoever was told says «seen» without signing in.
//!
//! ```text
//! token = base64url( ticket · seq · expires · person ) . base64url( HMAC of it, cut to 16 bytes )
//! ```
//! The link stands for one person, one ticket and the event that told; it does `acknowledge` as that person, by the
//! way every command takes, and nothing else. Nothing is stored: once anybody has acknowledged after that event it does
//! nothing any more, so it works once, and a later alarm needs its own link. Reading the page acknowledges nothing, so
//! a scanner of mails may follow it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::desk::act::{Act, Seen};
use crate::desk::{Answered, Desk, DeskError, Principal, Request, Scope, keys};
use crate::notify::channel::sign::hmac;
use crate::store::{Database, StoreError, TicketRef, Writer, projection, tickets};
use crate::texts::Language;
use crate::ticket::model::Ticket;
use crate::workflow::id::{ActionId, PersonId};
use crate::workflow::moment::Moment;

/// Bytes of the code that are kept.
const CODE: usize = 16;
/// Bytes before the person: ticket, event, end.
const HEAD: usize = 32;
/// Characters of a token at most.
const TOKEN_LENGTH_MAX: usize = 400;
/// The setting with the key.
const KEY: &str = "links.key";
const ACKNOWLEDGE: &str = "acknowledge";

/// Makes and reads the links of one database.
#[derive(Clone)]
pub struct Links(Vec<u8>);

/// What a link stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Link {
    ticket: Uuid,
    seq: u64,
    expires: Moment,
    person: PersonId,
}

/// What the page of a link shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    pub language: Language,
    /// Of the person who was told.
    pub name: String,
    pub number: String,
    pub subject: String,
    /// Somebody has acknowledged it since, the reader or another.
    pub done: bool,
}

impl Links {
    /// The key is made at the first start of a database.
    pub(in crate::desk) async fn load(database: &Database, writer: &Writer) -> Result<Self, StoreError> {
        let key = keys::load(database, writer, KEY).await?;
        Ok(Self(key))
    }

    /// The token for whoever is told of this event.
    pub fn token(&self, ticket: Uuid, seq: u64, person: &PersonId, expires: Moment) -> String {
        let mut bytes = ticket.as_bytes().to_vec();
        bytes.extend(seq.to_be_bytes());
        bytes.extend(expires.0.to_be_bytes());
        bytes.extend(person.as_str().bytes());
        let code = self.code(&bytes);
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(code))
    }

    fn code(&self, bytes: &[u8]) -> Vec<u8> {
        hmac(&self.0, &[b"acknowledge\0", bytes])
            .into_iter()
            .take(CODE)
            .collect()
    }

    fn read(&self, token: &str, now: Moment) -> Option<Link> {
        if token.len() > TOKEN_LENGTH_MAX {
            return None;
        }
        let (bytes, code) = token.split_once('.')?;
        let bytes = URL_SAFE_NO_PAD.decode(bytes).ok()?;
        let code = URL_SAFE_NO_PAD.decode(code).ok()?;
        // Hashes are compared, so that the time it takes says nothing about the code.
        if hmac(&self.0, &[&code]) != hmac(&self.0, &[&self.code(&bytes)]) {
            return None;
        }
        let (head, person) = bytes.split_at_checked(HEAD)?;
        let (ticket, rest) = head.split_at_checked(16)?;
        let (seq, expires) = rest.split_at_checked(8)?;
        let link = Link {
            ticket: Uuid::from_slice(ticket).ok()?,
            seq: u64::from_be_bytes(seq.try_into().ok()?),
            expires: Moment(i64::from_be_bytes(expires.try_into().ok()?)),
            person: PersonId::new(String::from_utf8(person.to_vec()).ok()?),
        };
        (now < link.expires).then_some(link)
    }
}

impl Desk {
    /// What the page of a link shows; `NotFound` for one that is no link of ours, is over, or whose ticket its person
    /// may not see any more. Changes nothing.
    pub async fn acknowledgement(&self, token: &str) -> Result<Acknowledgement, DeskError> {
        let (link, ticket) = self.link(token).await?;
        let around = self.inner.around();
        let principal = acting(&link.person);
        let (view, _) = self.seen(&reading(&principal), &around, &ticket.number).await?;
        let person = around.directory.people.get(&link.person);
        let person = person.ok_or(DeskError::not_found("link"))?;
        Ok(Acknowledgement {
            language: Language::from_tag(&person.language).unwrap_or_default(),
            name: person.name.clone(),
            number: ticket.number.to_string(),
            subject: projection::subject(&view.ticket, &view.definition),
            done: is_done(&ticket, link.seq),
        })
    }

    /// Acknowledges as the person of the link. Nothing happens twice: what was acknowledged since stays so.
    pub async fn acknowledge_by_link(&self, token: &str) -> Result<Acknowledgement, DeskError> {
        let (link, ticket) = self.link(token).await?;
        if !is_done(&ticket, link.seq) {
            let act = Act {
                number: ticket.number.to_string(),
                task: None,
                action: ActionId::from(ACKNOWLEDGE),
                values: serde_json::Map::new(),
                texts: std::collections::BTreeMap::new(),
                with: serde_json::Map::new(),
                on_behalf_of: None,
                seen: Seen::Any,
            };
            match self.act(Request::by(acting(&link.person)), act).await? {
                Answered::Done(_) | Answered::Repeated(_) => {}
            }
        }
        self.acknowledgement(token).await
    }

    async fn link(&self, token: &str) -> Result<(Link, std::sync::Arc<Ticket>), DeskError> {
        let missing = || DeskError::not_found("link");
        let link = self.inner.links.read(token, self.clock().now()).ok_or_else(missing)?;
        let held = tickets::find_unscoped(self.database(), &TicketRef::Id(link.ticket)).await?;
        let held = held.ok_or_else(missing)?;
        Ok((link, std::sync::Arc::clone(&held.ticket)))
    }
}

/// Somebody acknowledged after that event.
fn is_done(ticket: &Ticket, seq: u64) -> bool {
    let acknowledged = |doing: &crate::ticket::model::Doing| doing.action == *ACKNOWLEDGE && doing.seq > seq;
    ticket.doings.iter().any(acknowledged)
}

/// The person, who may acknowledge and nothing else.
fn acting(person: &PersonId) -> Principal {
    Principal {
        person: person.clone(),
        scopes: [Scope::Do(ActionId::from(ACKNOWLEDGE))].into(),
        department: None,
    }
}

/// The same person, to look at the ticket's number and subject.
fn reading(principal: &Principal) -> Principal {
    Principal {
        scopes: [Scope::ReadTickets].into(),
        ..principal.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_until_it_is_over_and_never_when_a_byte_differs() {
        let links = Links(vec![7; 32]);
        let ticket = Uuid::from_u128(42);
        let person = PersonId::from("li");
        let token = links.token(ticket, 9, &person, Moment(1_000));
        let read = links.read(&token, Moment(999)).unwrap();
        assert_eq!((read.ticket, read.seq, read.person), (ticket, 9, person));
        assert_eq!(links.read(&token, Moment(1_000)), None, "over");
        assert_eq!(Links(vec![8; 32]).read(&token, Moment(0)), None, "of another database");
        for place in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(bytes).unwrap();
            // The last character of base64 holds bits that mean nothing.
            let found = links.read(&forged, Moment(0));
            assert!(
                found.is_none() || found.as_ref() == Some(&links.read(&token, Moment(0)).unwrap()),
                "{place}"
            );
        }
        for junk in ["", ".", "a.b", "....", &"A".repeat(10_000)] {
            assert_eq!(links.read(junk, Moment(0)), None);
        }
    }
}
