//! A calendar as administrators write it, in the words of `organisation.yaml`.
//!
//! `{"zone": "Asia/Shanghai", "country": "cn", "day": "8 hours", "hours": {"mon": "08:30-12:00,13:30-18:00"},
//! "closed": ["2026-05-01"], "open": {"2026-05-09": "08:30-12:00"}, "loaded_through": 2026}`

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::texts::Language;
use crate::workflow::calendar::holidays::Holidays;
use crate::workflow::calendar::hours::{self, HoursProblem, WEEKDAYS};
use crate::workflow::calendar::{Calendar, Interval};
use crate::workflow::duration::Duration;
use crate::workflow::id::CalendarId;
use crate::workflow::moment::HOUR;

use super::super::Problem;

/// Dates a calendar may name: a hundred years of holidays.
const DATES_MAX: usize = 10_000;
/// Faults that are told at once.
const FAULTS_MAX: usize = 50;

/// How a date is written.
const DATE: &str = "2026-05-01";

/// The one country whose holidays are built in.
pub const CHINA: &str = "cn";

/// What an administrator writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarDocument {
    pub id: CalendarId,
    pub zone: String,
    /// What counts as a working day: `8 hours`.
    #[serde(default = "eight_hours")]
    pub day: String,
    /// `cn`: the public holidays and make-up days that are known of this country are put into `closed` and `open` when
    /// the calendar is written. Not later: a newer list must not move deadlines that nobody has touched (L11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Hours by weekday, `mon` to `sun`; a day that is missing is closed.
    pub hours: IndexMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<String>,
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub open: IndexMap<String, String>,
    /// The last year whose holidays are entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loaded_through: Option<i16>,
}

fn eight_hours() -> String {
    "8 hours".to_owned()
}

impl CalendarDocument {
    /// The calendar it describes, or everything that is wrong with it; each problem names its place in the document.
    pub fn calendar(&self, version: i64) -> Result<Calendar, Vec<Problem>> {
        let mut found = Vec::new();
        let zone = zone(&self.zone).unwrap_or_else(|problem| {
            found.push(problem);
            TimeZone::UTC
        });
        if self.closed.len() + self.open.len() > DATES_MAX {
            found.push(Problem::new(
                "/closed",
                "too_many",
                format!("日期最多 {DATES_MAX} 个"),
                format!("At most {DATES_MAX} dates"),
            ));
            return Err(found);
        }
        let mut kept = |problem| {
            if found.len() < FAULTS_MAX {
                found.push(problem);
            }
        };
        let day = nominal_day(&self.day).map_err(&mut kept).unwrap_or_default();
        let mut weekly: [Vec<Interval>; 7] = Default::default();
        for (day, text) in &self.hours {
            let pointer = format!("/hours/{day}");
            let place = WEEKDAYS.iter().position(|known| known == day);
            match (
                place.and_then(|place| weekly.get_mut(place)),
                read_hours(&pointer, text),
            ) {
                (Some(slot), Ok(hours)) => *slot = hours,
                (Some(_), Err(problem)) => kept(problem),
                (None, _) => kept(Problem::new(
                    pointer,
                    "weekday",
                    format!("没有“{day}”这个星期：mon 到 sun"),
                    format!("There is no weekday “{day}”: mon to sun"),
                )),
            }
        }
        let mut opened = BTreeMap::new();
        for (day, text) in &self.open {
            let pointer = format!("/open/{day}");
            match (date(&pointer, day), read_hours(&pointer, text)) {
                (Ok(date), Ok(hours)) => {
                    opened.insert(date, hours);
                }
                (date, hours) => [date.err(), hours.err()].into_iter().flatten().for_each(&mut kept),
            }
        }
        let mut closed = BTreeSet::new();
        for (place, day) in self.closed.iter().enumerate() {
            match date(&format!("/closed/{place}"), day) {
                Ok(date) => {
                    closed.insert(date);
                }
                Err(problem) => kept(problem),
            }
        }
        if !found.is_empty() {
            return Err(found);
        }
        Ok(Calendar {
            id: self.id.clone(),
            zone,
            day,
            weekly,
            closed,
            opened,
            loaded_through: self.loaded_through,
            version,
        })
    }

    /// With the holidays of its country written out.
    pub fn filled(self, version: i64) -> Result<Self, Vec<Problem>> {
        let holidays = match self.country.as_deref() {
            None => return Ok(self),
            Some(CHINA) => Holidays::china_all(),
            Some(other) => {
                return Err(vec![Problem::new(
                    "/country",
                    "country",
                    format!("没有“{other}”的节假日：目前只有 {CHINA}；其他的用 POST …/holidays 导入"),
                    format!(
                        "There are no holidays of “{other}”: only {CHINA} is built in; POST …/holidays takes others"
                    ),
                )]);
            }
        };
        let filled = self.calendar(version)?.with_holidays(&holidays, None);
        Ok(Self {
            country: self.country,
            ..Self::of(&filled)
        })
    }

    /// The document of a calendar, for showing and editing it.
    pub fn of(calendar: &Calendar) -> Self {
        let hours = WEEKDAYS
            .iter()
            .zip(&calendar.weekly)
            .filter(|(_, hours)| !hours.is_empty())
            .map(|(day, hours)| ((*day).to_owned(), hours::write(hours)))
            .collect();
        Self {
            id: calendar.id.clone(),
            country: None,
            zone: calendar.zone.iana_name().unwrap_or("UTC").to_owned(),
            day: Duration::Elapsed(calendar.day).to_string(),
            hours,
            closed: calendar.closed.iter().map(ToString::to_string).collect(),
            open: calendar
                .opened
                .iter()
                .map(|(date, hours)| (date.to_string(), hours::write(hours)))
                .collect(),
            loaded_through: calendar.loaded_through,
        }
    }
}

fn zone(name: &str) -> Result<TimeZone, Problem> {
    TimeZone::get(name).map_err(|_| {
        Problem::new(
            "/zone",
            "zone",
            format!("没有“{name}”这个时区；写法如 Asia/Shanghai"),
            format!("There is no time zone “{name}”; write it as Asia/Shanghai"),
        )
    })
}

fn nominal_day(text: &str) -> Result<i64, Problem> {
    match Duration::parse(text) {
        Ok(Duration::Elapsed(ms)) if (HOUR..=24 * HOUR).contains(&ms) => Ok(ms),
        _ => Err(Problem::new(
            "/day",
            "day",
            format!("“{text}”不是一个工作日的时长；写法如 8 hours"),
            format!("“{text}” is no length of a working day; write it as 8 hours"),
        )),
    }
}

fn read_hours(pointer: &str, text: &str) -> Result<Vec<Interval>, Problem> {
    hours::parse(text).map_err(|problem: HoursProblem| {
        Problem::new(
            pointer,
            "hours",
            problem.sentence(Language::Zh),
            problem.sentence(Language::En),
        )
    })
}

fn date(pointer: &str, text: &str) -> Result<Date, Problem> {
    text.parse().map_err(|_| {
        Problem::new(
            pointer,
            "date",
            format!("“{text}”不是有效日期；格式为年-月-日，例如 {DATE}"),
            format!("“{text}” is not a day of the calendar; write it as {DATE}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_comes_back_as_it_was_written() {
        let document: CalendarDocument = serde_json::from_str(
            r#"{"id":"default","zone":"Asia/Shanghai","day":"8 hours","hours":{"mon":"08:30-12:00,13:30-18:00"},
                "closed":["2026-05-01"],"open":{"2026-05-09":"08:30-12:00"},"loaded_through":2026}"#,
        )
        .unwrap();
        let calendar = document.calendar(3).unwrap();
        assert_eq!(CalendarDocument::of(&calendar), document);
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        let document = |hours: &str| CalendarDocument {
            id: "default".into(),
            zone: "Asia/Shanghai".into(),
            day: "8 hours".into(),
            country: None,
            hours: [(hours.to_owned(), "08:30".to_owned())].into_iter().collect(),
            closed: Vec::new(),
            open: IndexMap::new(),
            loaded_through: None,
        };
        assert_eq!(document("mon").calendar(1).unwrap_err()[0].pointer, "/hours/mon");
        assert_eq!(document("monday").calendar(1).unwrap_err()[0].code, "weekday");
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let document: CalendarDocument = serde_json::from_str(
            r#"{"id":"default","zone":"Asia/Nowhere","day":"8","hours":{"mon":"25:00-26:00","tue":"08:00-12:00","xyz":"08:00-12:00"},
                "closed":["2026-05-01","2026-02-30"],"open":{"2026-13-01":"08:30"}}"#,
        )
        .unwrap();
        let found = document.calendar(1).unwrap_err();
        let told: Vec<(&str, &str)> = found.iter().map(|one| (one.pointer.as_str(), one.code)).collect();
        assert_eq!(
            told,
            [
                ("/zone", "zone"),
                ("/day", "day"),
                ("/hours/mon", "hours"),
                ("/hours/xyz", "weekday"),
                ("/open/2026-13-01", "date"),
                ("/open/2026-13-01", "hours"),
                ("/closed/1", "date"),
            ]
        );
    }
}
