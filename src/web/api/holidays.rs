//! Holidays of a calendar: a JSON list, an `.ics` file, or the built-in list of a country.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::Serialize;

use super::directory::EntryOut;
use crate::desk::directory::CHINA;
use crate::texts::Language;
use crate::web::auth::{Allowed, EditDirectory};
use crate::web::body::TextBody;
use crate::web::command::once;
use crate::web::idempotency::Key;
use crate::web::problem::{Fault, Place, Problem};
use crate::web::query::Query;
use crate::web::state::State;
use crate::workflow::calendar::holidays::{HolidayProblem, Holidays, read_ics, read_json};
use crate::workflow::definition::Text;
use crate::workflow::id::CalendarId;
use crate::{query, words};

/// A country whose holidays are built in.
#[derive(Clone, Copy, Debug, Serialize)]
pub enum Country {
    #[serde(rename = "cn")]
    China,
}

words!(Country {
    "cn" => Country::China,
});

query! {
    /// Where the holidays come from.
    pub struct HolidaysQuery {
        /// `cn`: the State Council's notices, as far as they are known. Without it the body is the list.
        #[param(value_type = Option<String>)]
        country: Option<Country>,
    }
}

/// Puts holidays and make-up days into a calendar: a body of `text/calendar` (.ics) or `application/json`
/// (`{"year": 2026, "days": [{"name": "…", "date": "2026-05-01", "isOffDay": true}]}`), or `?country=cn`.
#[utoipa::path(post, path = "/api/v1/calendars/{id}/holidays", tag = "directory",
    params(("id" = String, Path), HolidaysQuery),
    request_body(content = String, content_type = "text/calendar"),
    security(("token" = ["directory:edit"])), responses((status = 200, body = EntryOut)))]
pub async fn load(
    state: Data<State>,
    who: Allowed<EditDirectory>,
    id: Path<String>,
    query: Query<HolidaysQuery>,
    key: Key,
    body: TextBody,
) -> Result<HttpResponse, Problem> {
    let calendar = super::id::<CalendarId>(&id)?;
    let holidays = match query.0.country {
        Some(Country::China) => Holidays::china_all(),
        None if body.media == "application/json" => read_json(&body.bytes).map_err(unreadable)?,
        None => read_ics(&body.bytes).map_err(unreadable)?,
    };
    let country = query.0.country.map(|Country::China| CHINA);
    let act = async {
        let entry = state
            .desk
            .load_holidays(&who.principal, &calendar, &holidays, country)
            .await?;
        Ok(EntryOut::new(entry))
    };
    once(&state, &who.principal, &key, &body.bytes, StatusCode::OK, None, act).await
}

fn unreadable(problems: Vec<HolidayProblem>) -> Problem {
    let fault = |problem: HolidayProblem| Fault {
        sentence: Some(Text {
            zh: problem.sentence(Language::Zh),
            en: problem.sentence(Language::En),
        }),
        ..Fault::new(Place::Pointer(String::new()), problem.key())
    };
    Problem::invalid(problems.into_iter().map(fault).collect())
}
