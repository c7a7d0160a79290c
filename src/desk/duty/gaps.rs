//! What the roster leaves open in the coming days, over all active workflows, and who would be reached instead.
//!
//! Working it out walks through everybody's shifts, and every board asks for it with each ticket that changes. So it is
//! kept for as long as it holds: until directory or workflows change, and for a minute at most.

use std::sync::{Arc, Mutex, PoisonError};

use crate::workflow::coverage::{Gap, Span, gaps};
use crate::workflow::directory::Directory;
use crate::workflow::id::{DepartmentId, WorkflowId};
use crate::workflow::moment::{DAY, MINUTE, Moment};

use super::super::catalogue::Catalogue;
use super::super::command::Around;
use super::super::{Desk, DeskError, Principal, Scope};

/// How far ahead one may look.
pub const DAYS_MAX: u32 = 92;

/// A gap, and the workflows that have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyGap {
    pub gap: Gap,
    pub workflows: Vec<WorkflowId>,
}

/// What was found last.
pub(in super::super) type Remembered = Mutex<Option<Found>>;

/// Gaps, and what they were found in.
pub(in super::super) struct Found {
    directory: Arc<Directory>,
    catalogue: Arc<Catalogue>,
    at: Moment,
    days: u32,
    gaps: Vec<DutyGap>,
}

impl Desk {
    /// Needs `directory:read`. The gaps of the next days, by beginning; those that are the same in several workflows
    /// once. What was found less than a minute ago is found again.
    pub fn duty_gaps(&self, principal: &Principal, days: u32) -> Result<Vec<DutyGap>, DeskError> {
        principal.needs(Scope::ReadDirectory)?;
        let around = self.inner.around();
        let last = || self.inner.gaps.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = last().as_ref().filter(|known| known.holds(&around, days)) {
            return Ok(known.gaps.clone());
        }
        let gaps = found(&around.directory, &around.catalogue, around.now, days);
        *last() = Some(Found {
            directory: around.directory,
            catalogue: around.catalogue,
            at: around.now,
            days,
            gaps: gaps.clone(),
        });
        Ok(gaps)
    }
}

impl Found {
    fn holds(&self, around: &Around, days: u32) -> bool {
        self.days == days
            && (0..MINUTE).contains(&around.now.since(self.at))
            && Arc::ptr_eq(&self.directory, &around.directory)
            && Arc::ptr_eq(&self.catalogue, &around.catalogue)
    }
}

fn found(directory: &Directory, catalogue: &Catalogue, now: Moment, days: u32) -> Vec<DutyGap> {
    let window = Span {
        from: now,
        to: now.plus(i64::from(days.clamp(1, DAYS_MAX)) * DAY),
    };
    let mut found: Vec<DutyGap> = Vec::new();
    for definition in catalogue.all_active() {
        for gap in gaps(&definition, directory, window) {
            match found.iter_mut().find(|known| is_same(&known.gap, &gap)) {
                Some(known) => {
                    if !known.workflows.contains(&gap.workflow) {
                        known.workflows.push(gap.workflow);
                    }
                }
                None => found.push(DutyGap {
                    workflows: vec![gap.workflow.clone()],
                    gap,
                }),
            }
        }
    }
    for gap in &mut found {
        gap.workflows.sort();
    }
    found.sort_by(|one, other| key(one).cmp(&key(other)));
    found
}

fn key(found: &DutyGap) -> (Moment, &str, Option<&str>) {
    let department = found.gap.department.as_ref().map(DepartmentId::as_str);
    (found.gap.span.from, found.gap.role.as_str(), department)
}

/// The same role, interval and people reached, whatever the rules are called in the files.
fn is_same(one: &Gap, other: &Gap) -> bool {
    let reached = |gap: &Gap| {
        gap.instead
            .as_ref()
            .map(|instead| (instead.role.clone(), instead.persons.clone(), instead.away))
    };
    one.role == other.role
        && one.department == other.department
        && one.span == other.span
        && one.why == other.why
        && one.perhaps == other.perhaps
        && reached(one) == reached(other)
}
