//! What somebody should look after before it hurts: calendars whose years end, gaps of the roster.
//!
//! Holidays of the next year are announced in autumn. From October on a calendar that does not know them is an alarm,
//! because deadlines beyond its last year are provisional (L11); one whose last year is over is one at any time. A
//! calendar without a last year counts weekly hours by intention.

use metrics::gauge;

use crate::measure;
use crate::store::notice::Payload;
use crate::store::{Wants, alarm};
use crate::workflow::calendar::Calendar;
use crate::workflow::directory::Directory;
use crate::workflow::id::CalendarId;
use crate::workflow::moment::Moment;

use super::super::access::{ADMINISTRATOR, MANAGER};
use super::super::{Desk, DeskError, Principal, Scope};

/// The first month in which next year must be known.
const OCTOBER: i8 = 10;
/// Until here administrators are told of it once a week, then every day: next year's holidays are announced in November.
const DECEMBER: i8 = 12;
/// Nobody is told before this hour.
const TOLD_FROM: i8 = 8;

/// A calendar that lacks a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarAlarm {
    pub calendar: CalendarId,
    pub kind: AlarmKind,
    /// The last year it knows.
    pub loaded_through: i16,
    /// The year that is missing.
    pub missing: i16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmKind {
    /// Its last year ends soon.
    Ending,
    /// Its last year is over.
    Ended,
}

impl AlarmKind {
    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ending => "calendar_ending",
            Self::Ended => "calendar_ended",
        }
    }
}

/// The calendars that lack a year at that instant, in their order.
pub fn calendar_alarms(directory: &Directory, now: Moment) -> Vec<CalendarAlarm> {
    directory
        .calendars
        .values()
        .filter_map(|calendar| alarm(calendar, now))
        .collect()
}

fn alarm(calendar: &Calendar, now: Moment) -> Option<CalendarAlarm> {
    let loaded_through = calendar.loaded_through?;
    let today = now.timestamp().to_zoned(calendar.zone.clone());
    let (kind, missing) = if loaded_through < today.year() {
        (AlarmKind::Ended, today.year())
    } else if loaded_through == today.year() && today.month() >= OCTOBER {
        (AlarmKind::Ending, today.year() + 1)
    } else {
        return None;
    };
    Some(CalendarAlarm {
        calendar: calendar.id.clone(),
        kind,
        loaded_through,
        missing,
    })
}

/// Names an alarm with the period in which it is told once; `None` before the hour.
fn told_as(alarm: &CalendarAlarm, directory: &Directory, now: Moment) -> Option<String> {
    let zone = directory.calendars.get(&alarm.calendar)?.zone.clone();
    let local = now.timestamp().to_zoned(zone);
    if local.hour() < TOLD_FROM {
        return None;
    }
    let is_weekly = alarm.kind == AlarmKind::Ending && local.month() < DECEMBER;
    let days = if is_weekly {
        local.weekday().to_monday_zero_offset()
    } else {
        0
    };
    let since = local.date().checked_sub(jiff::Span::new().days(days)).ok()?;
    Some(format!("calendar:{}:{}:{since}", alarm.calendar, alarm.missing))
}

impl Desk {
    /// Tells administrators of calendars that lack a year, by inbox, mail and channels: once a week until December, then
    /// once a day, from eight in the morning of the calendar's zone on. Where nobody is administrator, managers.
    pub async fn tell_of_calendars(&self) -> Result<(), DeskError> {
        let (directory, now) = (self.directory(), self.inner.clock.now());
        let members = |role: &str| directory.members(&role.into(), None, now);
        let mut people = members(ADMINISTRATOR);
        if people.is_empty() {
            people = members(MANAGER);
        }
        for found in calendar_alarms(&directory, now) {
            let Some(what) = told_as(&found, &directory, now) else {
                continue;
            };
            if alarm::is_told(self.database(), &what, &people).await? {
                continue;
            }
            let payload = Payload::Calendar {
                ended: found.kind == AlarmKind::Ended,
                calendar: found.calendar,
                loaded_through: found.loaded_through,
                missing: found.missing,
            };
            let people = people.clone();
            self.inner
                .writer
                .run_patiently(Wants::default(), move |sheet| {
                    alarm::tell(sheet, &what, &payload, &people, now)
                })
                .await?;
        }
        Ok(())
    }

    /// Needs `directory:read`. For the banner of whoever keeps the calendars.
    pub fn duty_alarms(&self, principal: &Principal) -> Result<Vec<CalendarAlarm>, DeskError> {
        principal.needs(Scope::ReadDirectory)?;
        Ok(calendar_alarms(&self.directory(), self.inner.clock.now()))
    }

    /// Measures the calendars that lack a year, and says so in the log; once an hour is enough.
    pub fn watch_calendars(&self) {
        let alarms = calendar_alarms(&self.directory(), self.inner.clock.now());
        let count = u64::try_from(alarms.len()).unwrap_or(u64::MAX);
        gauge!(measure::CALENDARS_ENDING).set(measure::number(count));
        for alarm in alarms {
            tracing::warn!(
                calendar = %alarm.calendar,
                loaded_through = alarm.loaded_through,
                missing = alarm.missing,
                "a calendar lacks a year: load its holidays, deadlines beyond are provisional"
            );
        }
    }
}
