//! A caller follows the own ticket by its number and a code, without signing in (decision 0017).
//!
//! The code is made by the people of the centre, read out once, kept as a keyed hash; a new one makes the one before
//! void. Strangers sit in front of this: whoever guesses waits, by address, by ticket and address, and by ticket alone;
//! a wrong number and a wrong code take the same way and get the same answer.

mod code;
mod view;

use std::net::IpAddr;

use metrics::counter;

use crate::measure;
use crate::store::caller::{self, CallerCode};
use crate::store::{TicketRef, Wants, record, tickets};
use crate::workflow::moment::{HOUR, MINUTE, SECOND};

use super::attempts::{Patience, key_of, key_of_address};
use super::command::Around;
use super::read::View;
use super::{Desk, DeskError, Inner, NotAllowed, Principal, Scope, access};

pub use code::{Codes, spoken};
pub use view::{Content, Followed, Note, Said, Stage};

/// What came of a number and a code.
#[derive(Clone, Debug, PartialEq)]
pub enum Following {
    /// A pass with which the page is shown again for a while, and what it shows.
    Yes(String, Box<Followed>),
    /// Number and code do not fit together; which of them is not said.
    No,
    /// Too many have failed: seconds until the next one is looked at.
    Wait(i64),
}

/// What the centre lets callers see beside the course of things.
#[derive(Clone, Copy, Debug)]
pub struct Shows {
    /// Which department has it.
    pub departments: bool,
}

/// How long a pass is good.
const PASS: i64 = HOUR;
/// From one address, whatever is asked for; a house, or a whole mobile network, may share one.
const ADDRESS: Patience = Patience {
    free: 20,
    longest: 5 * MINUTE,
};
/// For one ticket from one address.
const OWN: Patience = Patience {
    free: 5,
    longest: MINUTE,
};
/// For one ticket from everywhere: guessing with many addresses meets it; its caller waits ten seconds at most.
const TICKET: Patience = Patience {
    free: 100,
    longest: 10 * SECOND,
};

impl Desk {
    /// Looks at a ticket as its caller. `address`: where the caller sits, as far as it is known.
    pub async fn follow_ticket(
        &self,
        number: &str,
        code: &str,
        address: Option<IpAddr>,
        shows: Shows,
    ) -> Result<Following, DeskError> {
        let following = self.try_to_follow(number, code, address, shows).await?;
        let outcome = match &following {
            Following::Yes(..) => "shown",
            Following::No => "refused",
            Following::Wait(_) => "waits",
        };
        counter!(measure::FOLLOWED, "outcome" => outcome).increment(1);
        Ok(following)
    }

    async fn try_to_follow(
        &self,
        number: &str,
        code: &str,
        address: Option<IpAddr>,
        shows: Shows,
    ) -> Result<Following, DeskError> {
        let inner = &self.inner;
        let number = code::number(number);
        let digits = code::digits(code);
        let from = key_of_address("follow from", address);
        if let Some(key) = &from
            && let Some(seconds) = inner.must_wait(key).await?
        {
            return Ok(Following::Wait(seconds));
        }
        let big = number.to_uppercase();
        let place = from.as_ref().map_or_else(|| "-".to_owned(), hex::encode);
        let own = key_of("follow own", &format!("{big} {place}"));
        let all = key_of("follow ticket", &big);
        for (key, patience) in [(&own, &OWN), (&all, &TICKET)] {
            if let Some(seconds) = inner.take_turn(key, patience).await? {
                return Ok(Following::Wait(seconds));
            }
        }
        let known = caller::of_number(&inner.database, &number, &big).await?;
        let Some(known) = inner.codes.fitting(known, &digits) else {
            if let Some(key) = from {
                inner.count_failure(key, &ADDRESS).await?;
            }
            return Ok(Following::No);
        };
        inner.forget_failures(own).await?;
        let pass = inner.codes.pass(&known, inner.clock.now().plus(PASS));
        match self.shown_to_caller(&known, shows).await? {
            Some(followed) => Ok(Following::Yes(pass, Box::new(followed))),
            None => Ok(Following::No),
        }
    }

    /// What a pass shows; nothing once it is over or the ticket has another code.
    pub async fn followed(&self, pass: &str, shows: Shows) -> Result<Option<Followed>, DeskError> {
        let inner = &self.inner;
        let Some((ticket, trace)) = inner.codes.read(pass, inner.clock.now()) else {
            return Ok(None);
        };
        let known = caller::of_ticket(&inner.database, ticket).await?;
        match known.filter(|known| code::trace(known) == trace) {
            Some(known) => self.shown_to_caller(&known, shows).await,
            None => Ok(None),
        }
    }

    async fn shown_to_caller(&self, code: &CallerCode, shows: Shows) -> Result<Option<Followed>, DeskError> {
        let inner = &self.inner;
        let Some(held) = tickets::find_unscoped(&inner.database, &TicketRef::Id(code.ticket)).await? else {
            return Ok(None);
        };
        let definition = inner.definition_of(&held.ticket).await?;
        let notes = view::notes(&inner.database, &held.ticket).await?;
        Ok(Some(view::of(
            &held.ticket,
            &definition,
            &inner.directory(),
            notes,
            shows,
        )))
    }

    /// Gives a ticket a code for its caller and returns it, the only time; one it had before is void, and that is
    /// recorded. Needs `tickets:act`; for people of the centre who see the ticket.
    pub async fn issue_code(&self, principal: &Principal, number: &str) -> Result<String, DeskError> {
        principal.needs(Scope::ActOnTickets)?;
        let around = self.inner.around();
        let (view, _) = self.seen(principal, &around, number).await?;
        may_issue(principal, &around, &view)?;
        let digits = code::make()?;
        let made = CallerCode {
            ticket: view.ticket.id,
            hash: self.inner.codes.hash(view.ticket.id, &digits),
        };
        let before = caller::of_ticket(&self.inner.database, made.ticket).await?.is_some();
        let (by, key, now) = (principal.named(), format!("ticket:{}", view.ticket.number), around.now);
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                caller::put(sheet, &made, by.as_deref(), now);
                if before {
                    record::note(sheet, "caller_code", &key, by.as_deref(), None, now);
                }
                Ok(())
            })
            .await?;
        Ok(spoken(&digits))
    }

    /// Whether this person may give a ticket they see a code, and whether it has one already.
    pub async fn code_of(&self, principal: &Principal, view: &View) -> Result<CodeState, DeskError> {
        let around = self.inner.around();
        let may = may_issue(principal, &around, view).is_ok();
        let known = caller::of_ticket(&self.inner.database, view.ticket.id).await?;
        Ok(CodeState {
            may,
            exists: known.is_some(),
        })
    }
}

/// What there is to know of a ticket's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeState {
    pub may: bool,
    pub exists: bool,
}

/// People of the centre who see the whole ticket; a department that has it is not its caller.
fn may_issue(principal: &Principal, around: &Around, view: &View) -> Result<(), DeskError> {
    Inner::must_work_here(principal, around)?;
    let mut roles = around.directory.roles_of(&principal.person, around.now);
    if !roles.any(|held| held.department.is_none() && held.role != *access::ADMINISTRATOR) {
        return Err(NotAllowed::Centre.into_error());
    }
    if view.sight.until.is_some() {
        return Err(NotAllowed::GivenAway.into_error());
    }
    Ok(())
}
