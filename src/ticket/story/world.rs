//! The stand-in organisation of a story, with the roster that the story tells.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::workflow::definition::{At, Definition, PeopleSource};
use crate::workflow::directory::{Directory, Shift};
use crate::workflow::duration::Duration;
use crate::workflow::id::PersonId;
use crate::workflow::moment::{DAY, Moment};

use super::super::event::Actor;
use super::super::model::Ticket;

/// How long somebody whom a story puts on duty stays there, unless it signs them off.
const SHIFT: i64 = 20 * 366 * DAY;

/// The directory of a story.
pub(super) struct Roster {
    directory: Directory,
    zone: TimeZone,
}

impl Roster {
    pub fn new(organisation: &Directory, definition: &Definition) -> Self {
        let directory = organisation.clone();
        let calendar = directory.calendar(definition.calendar.as_ref().map(|calendar| &calendar.value));
        let zone = calendar.map_or(TimeZone::UTC, |calendar| calendar.zone.clone());
        Self { directory, zone }
    }

    /// Puts these on duty and nobody else, for the next story.
    pub fn begin(&mut self, on_duty: &[At<PersonId>]) {
        let always = |person: &At<PersonId>| Shift {
            person: person.value.clone(),
            role: None,
            from: Moment(i64::MIN / 2),
            to: Moment(i64::MAX / 2),
        };
        self.directory.shifts = on_duty.iter().map(always).collect();
        self.directory.changed();
    }

    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// A local time of the calendar's zone; in a gap of the clocks the later one.
    pub fn instant(&self, local: DateTime) -> Moment {
        let zoned = self.zone.to_ambiguous_zoned(local).compatible();
        zoned.map_or(Moment(0), |zoned| Moment::from_timestamp(zoned.timestamp()))
    }

    pub fn sign_on(&mut self, person: &PersonId, now: Moment) {
        self.directory.shifts.push(Shift {
            person: person.clone(),
            role: None,
            from: now,
            to: now.plus(SHIFT),
        });
        self.directory.changed();
    }

    pub fn sign_off(&mut self, person: &PersonId, now: Moment) {
        for shift in self
            .directory
            .shifts
            .iter_mut()
            .filter(|shift| shift.person == *person && shift.to > now)
        {
            shift.to = now;
        }
        self.directory.changed();
    }

    /// `now` and a duration later; `None` when the calendar never opens for so long.
    pub fn later(&self, ticket: Option<&Ticket>, now: Moment, duration: Duration) -> Option<Moment> {
        if let Duration::Elapsed(ms) = duration {
            return Some(now.plus(ms));
        }
        let calendar = self
            .directory
            .calendar(ticket.and_then(|ticket| ticket.calendar.as_ref()))?;
        let budget = calendar.budget(now, duration)?;
        calendar.reach(budget.working, now, budget.ms)
    }

    /// The creator of a story that begins in the middle: the first agent, by the role of the rule that `agent` names
    /// or of the first rule with a role.
    pub fn first_agent(&self, definition: &Definition) -> Actor {
        let roles = definition.people.values().filter_map(|rule| match &rule.source {
            PeopleSource::Role { role, .. } => Some(&role.value),
            PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => None,
        });
        let agent = crate::workflow::id::RoleId::from("agent");
        let found = std::iter::once(&agent).chain(roles).find_map(|role| {
            self.directory
                .memberships
                .iter()
                .find(|membership| membership.role == *role)
        });
        found.map_or(Actor::System, |membership| Actor::Person(membership.person.clone()))
    }
}
