//! Brings a roster into the directory: read, report line by line, and change all of it or nothing, unless the right lines
//! are asked for alone.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::edits;
use super::fault::{Fault, What};
use super::roster::{self, Asked, Read};
use crate::desk::command::Around;
use crate::desk::directory::{EDITS_MAX, Edit, Kind};
use crate::desk::duty::Window;
use crate::desk::{Desk, DeskError, Inner, Principal, Problem, Scope};
use crate::workflow::id::RoleId;

/// How a roster is to be brought in.
#[derive(Clone, Debug, Default)]
pub struct RosterWish {
    /// Year and month of a table that names none.
    pub month: Option<(i16, i8)>,
    /// The role of lines that name none.
    pub role: Option<RoleId>,
    /// A month's roster takes the place of what its people had in its days and has not begun.
    pub replace: bool,
    /// Right lines are taken over though others are wrong.
    pub skip_wrong: bool,
    /// Only say what would happen.
    pub dry_run: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct RosterReport {
    /// False: nothing was changed, because of the faults or because it was a rehearsal.
    pub done: bool,
    /// Shifts that are new or changed.
    pub shifts: usize,
    /// Shifts that gave way.
    pub removed: usize,
    pub faults: Vec<Fault>,
}

/// Shifts read at a time to find those that give way.
const PAGE: u64 = 500;

impl Desk {
    /// Needs `directory:edit` and the role manager or administrator. A roster of either form, as CSV or workbook; every
    /// wrong line is in the report, and then nothing is changed unless `skip_wrong`.
    pub async fn import_roster(
        &self,
        principal: &Principal,
        bytes: Vec<u8>,
        wish: RosterWish,
    ) -> Result<RosterReport, DeskError> {
        principal.needs(Scope::EditDirectory)?;
        let around = self.inner.around();
        Inner::must_administer(principal, &around)?;
        if let Some(role) = wish
            .role
            .as_ref()
            .filter(|role| !around.directory.roles.contains_key(*role))
        {
            return Err(Problem::new(
                "/role",
                "unknown",
                format!("没有“{role}”这个角色"),
                format!("There is no role “{role}”"),
            )
            .into());
        }
        let read = match self.roster_of(&around, bytes, &wish).await? {
            Ok(read) => read,
            Err(faults) => {
                return Ok(RosterReport {
                    faults,
                    ..RosterReport::default()
                });
            }
        };
        let mut report = RosterReport {
            shifts: read.shifts.len(),
            ..RosterReport::default()
        };
        let ends = self.given_way(principal, &read).await?;
        report.removed = ends.len();
        let lines: Vec<u64> = read.shifts.iter().map(|(line, _)| *line).collect();
        let puts = read.shifts.iter().map(|(_, shift)| edits::shift(shift));
        let before = ends.len();
        let edits: Vec<Edit> = ends.into_iter().chain(puts).collect();
        let clean = read.faults.is_empty();
        report.faults = read.faults;
        if wish.dry_run || (!clean && !wish.skip_wrong) {
            return Ok(report);
        }
        match self.in_parts(principal, edits).await {
            Ok(()) => report.done = true,
            Err(DeskError::Invalid(problems)) => {
                report
                    .faults
                    .extend(problems.iter().map(|problem| refused(problem, before, &lines)));
            }
            Err(error) => return Err(error),
        }
        Ok(report)
    }

    /// Reads away from those who answer requests: a workbook takes a while.
    async fn roster_of(
        &self,
        around: &Around,
        bytes: Vec<u8>,
        wish: &RosterWish,
    ) -> Result<Result<Read, Vec<Fault>>, DeskError> {
        let directory = Arc::clone(&around.directory);
        let (month, role, replace_from) = (wish.month, wish.role.clone(), wish.replace.then_some(around.now));
        let read = tokio::task::spawn_blocking(move || {
            let zone = directory
                .calendar(None)
                .map_or(TimeZone::UTC, |calendar| calendar.zone.clone());
            let asked = Asked {
                directory: &directory,
                zone: &zone,
                codes: directory.duty.shift_codes.clone(),
                month,
                role,
                replace_from,
            };
            roster::read(&bytes, &asked)
        });
        read.await
            .map_err(|error| DeskError::Store(crate::store::StoreError::Panicked(error.to_string())))
    }

    /// The shifts that give way to what was read.
    async fn given_way(&self, principal: &Principal, read: &Read) -> Result<Vec<Edit>, DeskError> {
        let Some(replaced) = read.replaced.as_ref().filter(|replaced| replaced.from < replaced.to) else {
            return Ok(Vec::new());
        };
        let kept: HashSet<String> = read
            .shifts
            .iter()
            .filter_map(|(_, shift)| match edits::shift(shift) {
                Edit::Put { key, .. } => key,
                Edit::End { .. } => None,
            })
            .collect();
        let window = Window {
            from: replaced.from,
            to: replaced.to,
            person: None,
            role: None,
        };
        let mut reader = principal.clone();
        reader.scopes.insert(Scope::ReadDirectory);
        let mut ends = Vec::new();
        let mut after = None;
        loop {
            let page = self.duty_roster(&reader, &window, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some((last.shift.from, last.key.clone()));
            let gone = page.into_iter().filter(|row| {
                row.shift.from >= replaced.from
                    && replaced.people.contains(&row.shift.person)
                    && !kept.contains(&row.key)
            });
            ends.extend(gone.map(|row| Edit::End {
                kind: Kind::Shift,
                key: row.key,
                at: None,
            }));
        }
        Ok(ends)
    }

    /// The desk takes so many at a time; each part is taken whole or not at all.
    async fn in_parts(&self, principal: &Principal, edits: Vec<Edit>) -> Result<(), DeskError> {
        let mut edits = edits.into_iter();
        loop {
            let part: Vec<Edit> = edits.by_ref().take(EDITS_MAX).collect();
            if part.is_empty() {
                return Ok(());
            }
            self.edit(principal, part).await?;
        }
    }
}

/// What the desk said to one of the edits, at the line it came from.
fn refused(problem: &Problem, before: usize, lines: &[u64]) -> Fault {
    let place: Option<usize> = problem.pointer.split('/').nth(1).and_then(|place| place.parse().ok());
    let line = place
        .and_then(|place| place.checked_sub(before))
        .and_then(|place| lines.get(place))
        .copied()
        .unwrap_or(0);
    Fault::line(
        line,
        What::Problem {
            sentence: problem.sentence.clone(),
        },
    )
}
