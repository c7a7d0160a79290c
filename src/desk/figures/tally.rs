//! Adds milestones up to the rows of a sheet.

use std::collections::BTreeMap;

use crate::store::milestones::{Alike, Standing};
use crate::ticket::milestone::MilestoneKind;
use crate::workflow::definition::CountsAs;

use super::{By, SheetRow};

/// The figures of a row. Of `…_judged` so many had a clock: they are what `…_in_time` is a share of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub received: u64,
    pub signed: u64,
    pub signed_judged: u64,
    pub signed_in_time: u64,
    pub completed: u64,
    pub completed_judged: u64,
    pub completed_in_time: u64,
    /// Clocks that came due.
    pub late: u64,
    pub returned: u64,
    pub closed: u64,
    pub closed_judged: u64,
    pub closed_in_time: u64,
    /// Callers who were asked whether it is solved, and those who said yes.
    pub asked_solved: u64,
    pub solved: u64,
    /// Closings that count as satisfied, and as not.
    pub satisfied: u64,
    pub dissatisfied: u64,
    pub reopened: u64,
    /// Open now, and of those with a late clock; `None` for a time that is over.
    pub waiting: Option<u64>,
    pub overdue: Option<u64>,
}

/// How it stands now.
pub(super) struct StandingNow {
    pub of_rows: Vec<Standing>,
    /// Where the rows are departments of the centre: each ticket once.
    pub of_centre: Option<Vec<Standing>>,
}

/// The rows by id, and the total.
pub(super) fn tally(alike: &[Alike], standing: Option<&StandingNow>, by: By, centre: bool) -> (Vec<SheetRow>, Tally) {
    let mut rows: BTreeMap<String, Tally> = BTreeMap::new();
    let mut total = Tally::default();
    for some in alike {
        // A department receives what it is assigned and has its share in a closing; the centre receives and closes.
        let by_department = by == By::Department || !centre;
        let row = match by {
            By::Department => some.department.as_ref().map(ToString::to_string),
            By::Workflow => Some(some.workflow.to_string()),
        };
        if let Some(row) = row {
            rows.entry(row).or_default().add(some, by_department);
        }
        total.add(some, !centre);
    }
    if let Some(now) = standing {
        total.stand();
        for row in rows.values_mut() {
            row.stand();
        }
        for some in &now.of_rows {
            let row = match by {
                By::Department => some.department.as_ref().map(ToString::to_string),
                By::Workflow => Some(some.workflow.to_string()),
            };
            if let Some(row) = row {
                rows.entry(row).or_default().waits(some);
            }
        }
        for some in now.of_centre.as_ref().unwrap_or(&now.of_rows) {
            total.waits(some);
        }
    }
    let rows = rows.into_iter().map(|(id, tally)| SheetRow { id, tally }).collect();
    (rows, total)
}

impl Tally {
    pub(super) fn add(&mut self, some: &Alike, of_department: bool) {
        let count = some.count;
        let judged = if some.in_time.is_some() { count } else { 0 };
        let in_time = if some.in_time == Some(true) { count } else { 0 };
        match some.kind {
            MilestoneKind::Received if !of_department => self.received += count,
            MilestoneKind::Assigned if of_department => self.received += count,
            MilestoneKind::Signed => {
                self.signed += count;
                self.signed_judged += judged;
                self.signed_in_time += in_time;
            }
            MilestoneKind::Completed => {
                self.completed += count;
                self.completed_judged += judged;
                self.completed_in_time += in_time;
            }
            MilestoneKind::Late => self.late += count,
            MilestoneKind::Returned => self.returned += count,
            MilestoneKind::Closed if !of_department => self.closing(some, judged, in_time),
            MilestoneKind::Shared if of_department => self.closing(some, judged, in_time),
            MilestoneKind::Reopened => self.reopened += count,
            MilestoneKind::Received | MilestoneKind::Assigned | MilestoneKind::Closed | MilestoneKind::Shared => {}
        }
    }

    fn closing(&mut self, some: &Alike, judged: u64, in_time: u64) {
        self.closed += some.count;
        self.closed_judged += judged;
        self.closed_in_time += in_time;
        match some.counts_as {
            Some(CountsAs::Satisfied) => self.satisfied += some.count,
            Some(CountsAs::Dissatisfied) => self.dissatisfied += some.count,
            Some(CountsAs::Unknown | CountsAs::Withdrawn | CountsAs::NotCounted) | None => {}
        }
        match some.solved {
            Some(true) => {
                self.asked_solved += some.count;
                self.solved += some.count;
            }
            Some(false) => self.asked_solved += some.count,
            None => {}
        }
    }

    /// It is a row of how it stands now, if only with nothing.
    fn stand(&mut self) {
        self.waiting.get_or_insert(0);
        self.overdue.get_or_insert(0);
    }

    fn waits(&mut self, some: &Standing) {
        self.stand();
        if let Some(waiting) = &mut self.waiting {
            *waiting += some.count;
        }
        if let (Some(overdue), true) = (&mut self.overdue, some.overdue) {
            *overdue += some.count;
        }
    }
}
