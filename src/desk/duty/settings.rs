//! The house's rules of duty: what «on duty» means, when a swap counts, what the letters of a month's roster mean.

use indexmap::IndexMap;

use crate::texts::Language;
use crate::workflow::calendar::hours;
use crate::workflow::duty::{DutySettings, OnDuty, Swaps};
use crate::workflow::id::RoleId;

use super::super::command::Around;
use super::super::directory::{Asks, Edit, Kind};
use super::super::{Desk, DeskError, Inner, Principal, Problem, Scope};

/// Letters a house may have.
const CODES_MAX: usize = 200;
/// Characters of one.
const CODE_LENGTH_MAX: usize = 16;

/// The rules as an administrator asks for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DutyWish {
    /// For every role that is not named.
    pub on_duty: OnDuty,
    pub roles: IndexMap<RoleId, OnDuty>,
    pub swaps: Swaps,
    /// `早` → `08:00-16:00`, several stretches with commas; empty: no duty.
    pub shift_codes: IndexMap<String, String>,
}

impl Desk {
    /// Needs `directory:read`.
    pub fn duty_settings(&self, principal: &Principal) -> Result<DutySettings, DeskError> {
        principal.needs(Scope::ReadDirectory)?;
        Ok(self.directory().duty.clone())
    }

    /// Needs `directory:edit` and the role manager or administrator. Where signing on becomes needed it is so from now
    /// on. With the version at which the rules were `seen`, `Conflict` with `changed` when somebody was quicker.
    pub async fn set_duty_settings(
        &self,
        principal: &Principal,
        wish: DutyWish,
        seen: Option<i64>,
    ) -> Result<DutySettings, DeskError> {
        principal.needs(Scope::EditDirectory)?;
        must_hold_together(&wish)?;
        let decide = |around: &Around| {
            Inner::must_administer(principal, around)?;
            let codes = wish.shift_codes.clone();
            let before = &around.directory.duty;
            let settings = before.changed_to(wish.on_duty, &wish.roles, wish.swaps, codes, around.now);
            Ok(vec![Edit::Put {
                kind: Kind::Duty,
                key: None,
                body: serde_json::to_value(settings).unwrap_or_default(),
            }])
        };
        let asks = Asks {
            seen: seen.as_slice(),
            ..Asks::default()
        };
        self.change_as(principal, asks, decide).await.map_err(without_prefix)?;
        Ok(self.directory().duty.clone())
    }
}

fn must_hold_together(wish: &DutyWish) -> Result<(), DeskError> {
    if wish.shift_codes.len() > CODES_MAX {
        return Err(Problem::new(
            "/shift_codes",
            "too_many",
            format!("班次代码最多 {CODES_MAX} 个"),
            format!("At most {CODES_MAX} codes of shifts"),
        )
        .into());
    }
    let mut problems = Vec::new();
    for (place, (code, text)) in wish.shift_codes.iter().enumerate() {
        let length = code.chars().count();
        if length == 0 || length > CODE_LENGTH_MAX || code.trim() != code || code.chars().any(char::is_control) {
            problems.push(Problem::new(
                format!("/shift_codes/{place}/code"),
                "code",
                format!("“{code}”不能作班次代码：1 到 {CODE_LENGTH_MAX} 个字，前后没有空格"),
                format!("“{code}” is no code of a shift: 1 to {CODE_LENGTH_MAX} characters, no blanks around it"),
            ));
        }
        if let (false, Err(problem)) = (text.trim().is_empty(), hours::parse(text)) {
            problems.push(Problem::new(
                format!("/shift_codes/{place}/hours"),
                "hours",
                problem.sentence(Language::Zh),
                problem.sentence(Language::En),
            ));
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(DeskError::Invalid(problems))
    }
}

/// The planner points into a list of edits; here there is one, and its body is the request.
fn without_prefix(error: DeskError) -> DeskError {
    let DeskError::Invalid(mut problems) = error else {
        return error;
    };
    for problem in &mut problems {
        if let Some(rest) = problem.pointer.strip_prefix("/0/body") {
            problem.pointer = rest.to_owned();
        }
    }
    DeskError::Invalid(problems)
}
