//! Who is on duty now, role by role: until when, signed on or not, and who stands in.

use crate::workflow::directory::{Directory, Membership};
use crate::workflow::id::{DepartmentId, PersonId, RoleId};
use crate::workflow::moment::Moment;

use super::super::{Desk, DeskError, Principal, Scope};
use super::LIMIT_MAX;

/// Which rows.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub role: Option<RoleId>,
    pub department: Option<DepartmentId>,
}

/// Somebody rostered now, in one of their roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnDutyRow {
    pub role: RoleId,
    pub department: Option<DepartmentId>,
    pub person: PersonId,
    pub name: String,
    pub from: Moment,
    pub until: Moment,
    /// Since when whoever is there (the person, or who stands in) is signed on.
    pub signed_on: Option<Moment>,
    /// The person is absent.
    pub absent: bool,
    /// Who stands in, while the person is absent.
    pub substitute: Option<PersonId>,
    /// Whether a rule with `on_duty` reaches this place now.
    pub reached: bool,
}

impl OnDutyRow {
    /// Its place in the order of the list: role, department, person.
    pub fn place(&self) -> String {
        let department = self.department.as_ref().map_or("", DepartmentId::as_str);
        format!("{}/{department}/{}", self.role, self.person)
    }
}

impl Desk {
    /// Needs `directory:read`. Everybody rostered now, by role, department and person, after a place, at most
    /// [`LIMIT_MAX`].
    pub fn duty_now(
        &self,
        principal: &Principal,
        wanted: &Wanted,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<OnDutyRow>, DeskError> {
        principal.needs(Scope::ReadDirectory)?;
        let directory = self.directory();
        let mut rows = rows(&directory, wanted, self.inner.clock.now());
        rows.sort_by_key(OnDutyRow::place);
        let after = after.unwrap_or_default();
        let limit = usize::try_from(limit.clamp(1, LIMIT_MAX)).unwrap_or(usize::MAX);
        Ok(rows
            .into_iter()
            .filter(|row| row.place().as_str() > after)
            .take(limit)
            .collect())
    }
}

fn rows(directory: &Directory, wanted: &Wanted, now: Moment) -> Vec<OnDutyRow> {
    let mut rows: Vec<OnDutyRow> = Vec::new();
    let memberships = directory.memberships.iter().filter(|membership| {
        membership.valid.covers(now)
            && wanted.role.as_ref().is_none_or(|role| membership.role == *role)
            && (wanted.department.is_none() || wanted.department == membership.department)
    });
    for membership in memberships {
        rows.extend(row(directory, membership, now));
    }
    // Of each seat: whom a rule would reach, as `ticket::people` decides it.
    let mut seats: Vec<Seat> = rows.iter().map(OnDutyRow::seat).collect();
    seats.sort();
    seats.dedup();
    for seat in seats {
        let there = rows.iter().filter(|row| row.seat() == seat);
        let there = there.filter_map(OnDutyRow::there).cloned().collect();
        let (reached, _) = directory.at_their_post(there, &seat.0, now);
        for row in rows.iter_mut().filter(|row| row.seat() == seat) {
            row.reached = row.there().is_some_and(|person| reached.contains(person));
        }
    }
    rows
}

/// A role, in a department or in the whole centre.
type Seat = (RoleId, Option<DepartmentId>);

impl OnDutyRow {
    fn seat(&self) -> Seat {
        (self.role.clone(), self.department.clone())
    }

    /// Whoever is there for this place.
    fn there(&self) -> Option<&PersonId> {
        if self.absent {
            self.substitute.as_ref()
        } else {
            Some(&self.person)
        }
    }
}

fn row(directory: &Directory, membership: &Membership, now: Moment) -> Option<OnDutyRow> {
    let person = directory.people.get(&membership.person)?;
    let shift = directory
        .shifts_of(&membership.person)
        .filter(|shift| shift.is_in(Some(&membership.role)) && shift.from <= now && now < shift.to)
        .max_by_key(|shift| shift.to)?;
    if !person.valid.covers(now) {
        return None;
    }
    let there = directory.stand_in(&membership.person, now);
    let absent = there.as_ref() != Some(&membership.person);
    let signed_on = there
        .as_ref()
        .and_then(|there| directory.sign_on_of(there, now))
        .map(|sign_on| sign_on.from);
    Some(OnDutyRow {
        role: membership.role.clone(),
        department: membership.department.clone(),
        person: membership.person.clone(),
        name: person.name.clone(),
        from: shift.from,
        until: shift.to,
        signed_on,
        absent,
        substitute: there.filter(|_| absent),
        reached: false,
    })
}
