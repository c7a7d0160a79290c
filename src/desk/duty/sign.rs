//! Signing on and off: for oneself, or by the shift lead for others; the log of the directory says who did it.
//!
//! A sign-on ends by itself with the shift it is for, so that nobody stays on duty because they forgot to sign off.

use serde_json::json;

use crate::workflow::directory::Directory;
use crate::workflow::duty::SignOn;
use crate::workflow::id::PersonId;
use crate::workflow::moment::{HOUR, Moment};

use super::super::command::Around;
use super::super::directory::{Edit, Kind};
use super::super::{Desk, DeskError, Inner, Principal};
use super::{conflict, unknown_person};

/// How long before the shift somebody may sign on.
const EARLY: i64 = HOUR;

/// Whether somebody is signed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub person: PersonId,
    /// From when to when at the latest; `None`: not signed on.
    pub on: Option<(Moment, Moment)>,
}

impl Desk {
    /// Needs `duty:act`. Signs on for the shift that runs or begins within the hour, one's own or that of somebody one
    /// stands in for; without a person oneself. Signing on again changes nothing. `Conflict` with `not_rostered`.
    pub async fn sign_on(&self, principal: &Principal, person: Option<PersonId>) -> Result<Signed, DeskError> {
        Self::needs_duty(principal)?;
        let person = person.unwrap_or_else(|| principal.person.clone());
        let decide = |around: &Around| {
            Self::may_sign(principal, &person, around)?;
            let directory = &around.directory;
            if directory.sign_on_of(&person, around.now).is_some() {
                return Ok(Vec::new());
            }
            let to = end_of_shift(directory, &person, around.now).ok_or_else(|| not_rostered(&person))?;
            Ok(vec![Edit::Put {
                kind: Kind::SignOn,
                key: Some(key_of(&person, around.now)),
                body: json!({"person": person, "from": around.now, "to": to}),
            }])
        };
        self.change(principal, decide).await?;
        Ok(self.signed(person))
    }

    /// Needs `duty:act`. Whoever is not signed on stays so.
    pub async fn sign_off(&self, principal: &Principal, person: Option<PersonId>) -> Result<Signed, DeskError> {
        Self::needs_duty(principal)?;
        let person = person.unwrap_or_else(|| principal.person.clone());
        let decide = |around: &Around| {
            Self::may_sign(principal, &person, around)?;
            let running = around.directory.sign_on_of(&person, around.now);
            let end = |sign_on: &SignOn| Edit::End {
                kind: Kind::SignOn,
                key: key_of(&person, sign_on.from),
                at: None,
            };
            Ok(running.map(end).into_iter().collect())
        };
        self.change(principal, decide).await?;
        Ok(self.signed(person))
    }

    fn may_sign(principal: &Principal, person: &PersonId, around: &Around) -> Result<(), DeskError> {
        Inner::must_act_for(principal, person, around)?;
        if around.directory.is_known(person, around.now) {
            Ok(())
        } else {
            Err(unknown_person(person))
        }
    }

    fn signed(&self, person: PersonId) -> Signed {
        let directory = self.directory();
        let on = directory
            .sign_on_of(&person, self.inner.clock.now())
            .map(|sign_on| (sign_on.from, sign_on.to));
        Signed { person, on }
    }
}

/// The same instant twice is the same sign-on.
fn key_of(person: &PersonId, from: Moment) -> String {
    format!("{person}:{}", from.0)
}

/// When the shift ends that runs now or begins soon, shifts that follow without a break included.
fn end_of_shift(directory: &Directory, person: &PersonId, now: Moment) -> Option<Moment> {
    let mut shifts: Vec<(Moment, Moment)> = directory
        .stands_in_for(person, now)
        .chain([person])
        .flat_map(|person| directory.shifts_of(person))
        .filter(|shift| now < shift.to)
        .map(|shift| (shift.from, shift.to))
        .collect();
    shifts.sort();
    let mut end: Option<Moment> = None;
    for (from, to) in shifts {
        let follows = end.map_or(from <= now.plus(EARLY), |end| from <= end);
        if follows {
            end = Some(end.map_or(to, |end| end.max(to)));
        }
    }
    end
}

fn not_rostered(person: &PersonId) -> DeskError {
    conflict(
        "not_rostered",
        format!("“{person}”现在没有排班，一小时内也没有班次开始：只能为已排的班次签到，请先由管理员或经理排班"),
        format!(
            "“{person}” has no shift that runs now or begins within the hour: one signs on for a shift; an \
             administrator or manager enters it in the roster first"
        ),
    )
}
