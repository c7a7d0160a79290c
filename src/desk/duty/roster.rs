//! The roster of a stretch of time: shifts by beginning, page by page.

use crate::store::directory as store;
use crate::workflow::directory::Shift;
use crate::workflow::id::{PersonId, RoleId};
use crate::workflow::moment::{DAY, Moment};

use super::super::directory::Kind;
use super::super::{Desk, DeskError, Principal, Problem, Scope};
use super::LIMIT_MAX;

/// Longest stretch of one question.
const DAYS_MAX: i64 = 400;

/// Which shifts: those that touch the stretch.
#[derive(Clone, Debug)]
pub struct Window {
    pub from: Moment,
    pub to: Moment,
    pub person: Option<PersonId>,
    pub role: Option<RoleId>,
}

/// A shift with the key under which it is changed.
#[derive(Clone, Debug, PartialEq)]
pub struct RosterRow {
    pub key: String,
    pub shift: Shift,
}

impl Desk {
    /// Needs `directory:read`. Shifts that touch the stretch, by beginning and key, after such a place; at most
    /// [`LIMIT_MAX`]. A role shows the shifts that count in it, those for every role included.
    pub async fn duty_roster(
        &self,
        principal: &Principal,
        window: &Window,
        after: Option<(Moment, String)>,
        limit: u64,
    ) -> Result<Vec<RosterRow>, DeskError> {
        principal.needs(Scope::ReadDirectory)?;
        if window.to <= window.from || window.to.since(window.from) > DAYS_MAX * DAY {
            return Err(Problem::new(
                "/to",
                "range",
                format!("to 必须晚于 from，且相距不超过 {DAYS_MAX} 天"),
                format!("`to` must be later than `from`, by at most {DAYS_MAX} days"),
            )
            .into());
        }
        let wanted = usize::try_from(limit.clamp(1, LIMIT_MAX)).unwrap_or(usize::MAX);
        let mut place = after.unwrap_or((Moment(i64::MIN), String::new()));
        let mut rows = Vec::new();
        loop {
            let page = store::shifts_between(
                &self.inner.database,
                (window.from, window.to),
                (place.0, &place.1),
                LIMIT_MAX,
            )
            .await?;
            let Some(last) = page.last() else { break };
            place = (last.valid_from.unwrap_or(Moment(0)), last.key.clone());
            let whole = u64::try_from(page.len()).is_ok_and(|count| count >= LIMIT_MAX);
            for row in &page {
                let body = Self::body_of(row)?;
                let shift: Shift = serde_json::from_value(body)
                    .map_err(|error| crate::store::StoreError::unreadable("directory", error))?;
                let person = window.person.as_ref().is_none_or(|person| shift.person == *person);
                if person && shift.is_in(window.role.as_ref()) {
                    rows.push(RosterRow {
                        key: row.key.clone(),
                        shift,
                    });
                }
            }
            if rows.len() >= wanted || !whole {
                break;
            }
        }
        rows.truncate(wanted);
        Ok(rows)
    }

    fn body_of(row: &store::EntryRow) -> Result<serde_json::Value, DeskError> {
        debug_assert_eq!(row.kind, Kind::Shift.as_str());
        Ok(
            serde_json::from_str(&row.body)
                .map_err(|error| crate::store::StoreError::unreadable("directory", error))?,
        )
    }
}
