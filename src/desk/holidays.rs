//! Public holidays and make-up days (调休上班) are put into a calendar; what somebody wrote about a date himself stays.

use crate::workflow::calendar::Calendar;
use crate::workflow::calendar::holidays::Holidays;
use crate::workflow::id::CalendarId;

use super::directory::calendar::CalendarDocument;
use super::directory::{Edit, Entry, Kind};
use super::{Desk, DeskError, Principal, Problem, Scope};

impl Desk {
    /// Needs `directory:edit` and the role manager or administrator. `NotFound` for an unknown calendar. Open clocks
    /// are computed anew from now on (L11).
    pub async fn load_holidays(
        &self,
        principal: &Principal,
        calendar: &CalendarId,
        holidays: &Holidays,
    ) -> Result<Entry, DeskError> {
        principal.needs(Scope::EditDirectory)?;
        let directory = self.directory();
        let known = directory
            .calendars
            .get(calendar)
            .ok_or_else(|| DeskError::not_found("calendar"))?;
        let filled = Calendar::clone(known).with_holidays(holidays, None);
        let body = serde_json::to_value(CalendarDocument::of(&filled)).map_err(|error| {
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
        let mut reader = principal.clone();
        reader.scopes.insert(Scope::ReadDirectory);
        self.entry(&reader, Kind::Calendar, calendar.as_str()).await
    }
}
