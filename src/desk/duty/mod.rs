//! Duty: who is on duty, who has signed on, what the roster leaves open, and handing over between shifts (R26).
//!
//! Everything here reads the one picture of the directory or writes it through [`Desk::change`]; a ticket is never
//! touched. Who may: everybody about themselves; shift leads, managers and administrators about others.

mod alarms;
mod gaps;
mod handover;
mod now;
mod roster;
mod settings;
mod sign;
mod swap;

use crate::workflow::id::PersonId;

use super::command::Around;
use super::{Desk, DeskError, Inner, NotAllowed, Principal, Problem, Scope, access};

pub use alarms::{AlarmKind, CalendarAlarm, calendar_alarms};
pub(super) use gaps::Remembered;
pub use gaps::{DAYS_MAX, DutyGap};
pub use handover::Handover;
pub use now::{OnDutyRow, Wanted};
pub use roster::{RosterRow, Window};
pub use settings::DutyWish;
pub use sign::Signed;
pub use swap::{Swap, SwapState, Word};

/// Rows of a page at most.
pub const LIMIT_MAX: u64 = 500;

/// Signs others on and off, grants swaps.
const SHIFT_LEAD: &str = "shift_lead";

impl Inner {
    /// Shift leads, managers and administrators look after the duty of others.
    pub(super) fn must_lead_duty(principal: &Principal, around: &Around) -> Result<(), DeskError> {
        let leads = access::has_role(&around.directory, &principal.person, SHIFT_LEAD, around.now);
        if leads || Self::must_administer(principal, around).is_ok() {
            return Ok(());
        }
        Err(DeskError::NotAllowed {
            why: NotAllowed::ShiftLead,
        })
    }

    /// Themselves, or somebody who leads.
    fn must_act_for(principal: &Principal, person: &PersonId, around: &Around) -> Result<(), DeskError> {
        if !principal.is_machine() {
            Self::must_work_here(principal, around)?;
        }
        if principal.person == *person {
            return Ok(());
        }
        Self::must_lead_duty(principal, around)
    }
}

fn conflict(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> DeskError {
    DeskError::Conflict(Box::new(Problem::new("", code, zh, en)))
}

fn unknown_person(person: &PersonId) -> DeskError {
    Problem::new(
        "/person",
        "unknown",
        format!("没有“{person}”这个人员：请填写人员编号"),
        format!("There is no person “{person}”: the id of somebody in the directory is accepted"),
    )
    .into()
}

impl Desk {
    fn needs_duty(principal: &Principal) -> Result<(), DeskError> {
        principal.needs(Scope::Duty)
    }
}
