//! Swaps of shifts: asked by one, agreed to by the other, granted by the shift lead unless the house says that agreeing is
//! enough. One entry of the directory from asking to the end, so that its log tells the whole story.
//!
//! ```text
//!   asked ──agree──▶ agreed ──grant──▶ granted      the shifts change hands, in the same transaction
//!     │ refuse          │ deny
//!     ▼                 ▼
//!   refused           denied          (the one who asked may withdraw as long as nothing is decided)
//! ```
//!
//! Only shifts that have not begun change hands (L11); what was rostered otherwise meanwhile is refused.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::directory as store;
use crate::workflow::directory::{Directory, Shift};
use crate::workflow::duty::Swaps;
use crate::workflow::id::PersonId;
use crate::workflow::moment::Moment;

use super::super::command::Around;
use super::super::directory::{Edit, Kind};
use super::super::import::edits;
use super::super::{Desk, DeskError, Inner, NotAllowed, Principal, Problem, Scope};
use super::{LIMIT_MAX, conflict};

/// A swap from asking to the end. The shifts stand here as they were when it was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Swap {
    pub state: SwapState,
    pub asked_at: Moment,
    /// The shift of the one who asks, with its key.
    pub key: String,
    pub shift: Shift,
    /// Who is asked.
    pub with: PersonId,
    /// The shift that is taken over in return, with its key; without it the other takes the shift over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_shift: Option<Shift>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Moment>,
    /// Who granted or denied it; nobody where agreeing is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<PersonId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How far a swap has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwapState {
    Asked,
    Agreed,
    Refused,
    Withdrawn,
    Granted,
    Denied,
}

impl SwapState {
    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Agreed => "agreed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Granted => "granted",
            Self::Denied => "denied",
        }
    }
}

/// What somebody says to a swap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Of the one who is asked.
    Agree,
    Refuse,
    /// Of the one who asked.
    Withdraw,
    /// Of who looks after duty, and is none of the two.
    Grant,
    Deny,
}

impl Desk {
    /// Needs `duty:act`. Asks somebody to take one of one's own shifts over, or to swap it for one of theirs.
    pub async fn ask_swap(
        &self,
        principal: &Principal,
        key: &str,
        with: PersonId,
        other_key: Option<String>,
    ) -> Result<(String, Swap), DeskError> {
        Self::needs_duty(principal)?;
        let shift = self.shift_under(key, "/shift").await?;
        let other_shift = match &other_key {
            Some(key) => Some(self.shift_under(key, "/for").await?),
            None => None,
        };
        let id = Uuid::now_v7().simple().to_string();
        let swap = Swap {
            state: SwapState::Asked,
            asked_at: self.inner.clock.now(),
            key: key.to_owned(),
            shift,
            with,
            other_key,
            other_shift,
            answered_at: None,
            decided_by: None,
            decided_at: None,
            reason: None,
        };
        let decide = |around: &Around| {
            Inner::must_work_here(principal, around)?;
            if swap.shift.person != principal.person {
                return Err(NotAllowed::ShiftLead.into_error());
            }
            if swap.with == principal.person || swap.other_shift.as_ref().is_some_and(|other| other.person != swap.with)
            {
                return Err(Problem::new(
                    "/with",
                    "other",
                    "换班须是两个人，且换来的班次属于对方",
                    "A swap is between two people, and the shift in return is the other's",
                )
                .into());
            }
            must_be_possible(&swap, around)?;
            Ok(vec![put(&id, &swap)])
        };
        self.change(principal, decide).await?;
        Ok((id, swap))
    }

    /// Needs `duty:act`. Agrees, refuses, withdraws, grants or denies; `Conflict` with `decided` when it is too late.
    pub async fn answer_swap(
        &self,
        principal: &Principal,
        id: &str,
        word: Word,
        reason: Option<String>,
    ) -> Result<Swap, DeskError> {
        Self::needs_duty(principal)?;
        let before = self.swap(id).await?;
        let decide = |around: &Around| {
            Inner::must_work_here(principal, around)?;
            let after = said(&before, principal, word, reason.clone(), around)?;
            let mut edits = Vec::new();
            if after.state == SwapState::Granted {
                must_be_possible(&after, around)?;
                edits.extend(changed_hands(&after));
            }
            edits.push(put(id, &after));
            Ok(edits)
        };
        self.change(principal, decide).await?;
        self.swap(id).await
    }

    /// Needs `directory:read`. The newest first, older than one.
    pub async fn swaps(
        &self,
        principal: &Principal,
        before: Option<&str>,
        limit: u64,
    ) -> Result<Vec<(String, Swap)>, DeskError> {
        principal.needs(Scope::ReadDirectory)?;
        let limit = limit.clamp(1, LIMIT_MAX);
        let rows = store::newest_of_kind(&self.inner.database, Kind::Swap.as_str(), before, limit).await?;
        rows.into_iter().map(|row| Ok((row.key, swap_of(&row.body)?))).collect()
    }

    async fn swap(&self, id: &str) -> Result<Swap, DeskError> {
        let row = store::one(&self.inner.database, Kind::Swap.as_str(), id).await?;
        swap_of(&row.ok_or(DeskError::not_found("swap"))?.body)
    }

    async fn shift_under(&self, key: &str, pointer: &str) -> Result<Shift, DeskError> {
        let row = store::one(&self.inner.database, Kind::Shift.as_str(), key).await?;
        let body = row.map(|row| row.body).ok_or_else(|| {
            DeskError::from(Problem::new(
                pointer,
                "no_shift",
                format!("没有“{key}”这个班次：请填写班表里的 key"),
                format!("There is no shift “{key}”: the `key` of a shift of the roster is accepted"),
            ))
        })?;
        Ok(serde_json::from_str(&body).map_err(|error| crate::store::StoreError::unreadable("directory", error))?)
    }
}

fn swap_of(body: &str) -> Result<Swap, DeskError> {
    Ok(serde_json::from_str(body).map_err(|error| crate::store::StoreError::unreadable("directory", error))?)
}

fn put(id: &str, swap: &Swap) -> Edit {
    Edit::Put {
        kind: Kind::Swap,
        key: Some(id.to_owned()),
        body: serde_json::to_value(swap).unwrap_or_default(),
    }
}

/// The swap after somebody's word.
fn said(
    before: &Swap,
    principal: &Principal,
    word: Word,
    reason: Option<String>,
    around: &Around,
) -> Result<Swap, DeskError> {
    let is_open = match word {
        Word::Agree | Word::Refuse => before.state == SwapState::Asked,
        Word::Withdraw => matches!(before.state, SwapState::Asked | SwapState::Agreed),
        Word::Grant | Word::Deny => before.state == SwapState::Agreed,
    };
    if !is_open {
        return Err(conflict(
            "decided",
            format!("换班当前状态为“{}”，不能再这样做", before.state.as_str()),
            format!(
                "The swap is “{}”; this is not possible any more, or not yet",
                before.state.as_str()
            ),
        ));
    }
    let (asks, asked) = (&before.shift.person, &before.with);
    let may = match word {
        Word::Agree | Word::Refuse => principal.person == *asked,
        Word::Withdraw => principal.person == *asks,
        Word::Grant | Word::Deny => {
            Inner::must_lead_duty(principal, around)?;
            principal.person != *asks && principal.person != *asked
        }
    };
    if !may {
        return Err(NotAllowed::ShiftLead.into_error());
    }
    let mut after = before.clone();
    let now = Some(around.now);
    after.reason = reason.or(after.reason);
    match word {
        Word::Agree => {
            after.answered_at = now;
            after.state = match around.directory.duty.swaps {
                Swaps::Agreed => SwapState::Granted,
                Swaps::Granted => SwapState::Agreed,
            };
        }
        Word::Refuse => {
            after.answered_at = now;
            after.state = SwapState::Refused;
        }
        Word::Withdraw => {
            after.decided_at = now;
            after.state = SwapState::Withdrawn;
        }
        Word::Grant | Word::Deny => {
            after.decided_at = now;
            after.decided_by = Some(principal.person.clone());
            after.state = if word == Word::Grant {
                SwapState::Granted
            } else {
                SwapState::Denied
            };
        }
    }
    Ok(after)
}

/// Each shift, and who has it afterwards.
fn hands(swap: &Swap) -> Vec<(&String, &Shift, &PersonId)> {
    let mut hands = vec![(&swap.key, &swap.shift, &swap.with)];
    if let (Some(key), Some(shift)) = (&swap.other_key, &swap.other_shift) {
        hands.push((key, shift, &swap.shift.person));
    }
    hands
}

/// The old shifts go, new ones come under their own keys: a month's roster that is imported again knows them by those.
fn changed_hands(swap: &Swap) -> Vec<Edit> {
    let hands = hands(swap);
    let ends = hands.iter().map(|(key, ..)| Edit::End {
        kind: Kind::Shift,
        key: (*key).clone(),
        at: None,
    });
    let puts = hands.iter().map(|(_, shift, person)| {
        edits::shift(&Shift {
            person: (*person).clone(),
            ..(*shift).clone()
        })
    });
    ends.chain(puts).collect()
}

/// The shifts are still as they were, have not begun, and whoever comes may take them.
fn must_be_possible(swap: &Swap, around: &Around) -> Result<(), DeskError> {
    let directory = &around.directory;
    let hands = hands(swap);
    let goes = |shift: &Shift| hands.iter().any(|(_, gone, _)| *gone == shift);
    for (_, shift, person) in &hands {
        if shift.from <= around.now || !directory.shifts.contains(shift) {
            return Err(conflict(
                "changed",
                "班次已经开始或已被更改：请按现在的班表重新申请",
                "A shift has begun or was changed meanwhile: ask again by the roster as it is now",
            ));
        }
        if !holds(directory, person, shift) {
            return Err(conflict(
                "role",
                format!("“{person}”没有这个班次的角色，不能接班"),
                format!("“{person}” does not hold the role of the shift and cannot take it"),
            ));
        }
        let busy = directory
            .shifts_of(person)
            .any(|own| !goes(own) && own.from < shift.to && shift.from < own.to);
        if busy {
            return Err(conflict(
                "overlap",
                format!("“{person}”在这段时间已有另一个班次"),
                format!("“{person}” has another shift at that time"),
            ));
        }
    }
    Ok(())
}

/// A shift for every role counts for whatever roles its holder has.
fn holds(directory: &Directory, person: &PersonId, shift: &Shift) -> bool {
    match &shift.role {
        None => directory.is_known(person, shift.from),
        Some(role) => directory
            .roles_of(person, shift.from)
            .any(|membership| membership.role == *role),
    }
}
