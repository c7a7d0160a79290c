//! Public holidays and make-up days (调休上班) are put into a calendar; what somebody wrote about a date himself stays.

use crate::workflow::calendar::Calendar;
use crate::workflow::calendar::holidays::Holidays;
use crate::workflow::id::CalendarId;

use super::directory::calendar::CalendarDocument;
use super::directory::{Edit, Entry, Kind};
use super::{Desk, DeskError, Principal, Problem, Scope};

impl Desk {
    /// Needs `directory:edit` and the role manager or administrator. `NotFound` for an unknown calendar. Open clocks
    /// are computed anew from now on (L11). `country` says whose they are, where they are built in.
    pub async fn load_holidays(
        &self,
        principal: &Principal,
        calendar: &CalendarId,
        holidays: &Holidays,
        country: Option<&str>,
    ) -> Result<Entry, DeskError> {
        principal.needs(Scope::EditDirectory)?;
        let directory = self.directory();
        let known = directory
            .calendars
            .get(calendar)
            .ok_or_else(|| DeskError::not_found("calendar"))?;
        let mut reader = principal.clone();
        reader.scopes.insert(Scope::ReadDirectory);
        let stored = self.entry(&reader, Kind::Calendar, calendar.as_str()).await?;
        let named = stored.body.get("country").and_then(serde_json::Value::as_str);
        let filled = Calendar::clone(known).with_holidays(holidays, None);
        let document = CalendarDocument {
            country: country.or(named).map(ToOwned::to_owned),
            ..CalendarDocument::of(&filled)
        };
        let body = serde_json::to_value(document).map_err(|error| {
            let error = error.to_string();
            Problem::new("", "calendar", error.clone(), error)
        })?;
        let put = Edit::Put {
            kind: Kind::Calendar,
            key: Some(calendar.to_string()),
            body,
        };
        if let Some(entry) = self.edit(principal, vec![put]).await?.pop() {
            return Ok(entry);
        }
        // All of it was known already.
        self.entry(&reader, Kind::Calendar, calendar.as_str()).await
    }
}
