//! Calendars: a year at a glance with its closed days and make-up days, the weekly hours, and what is not entered yet.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::texts::{Language, say};
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::calendar::Calendar;
use crate::workflow::calendar::hours;
use crate::workflow::duration::Duration;
use crate::workflow::id::CalendarId;
use crate::workflow::prove::duration_words;
use crate::workflow::read::DEFAULT_CALENDAR;

use super::answer::{self, word};
use super::duty::Choice;
use super::organisation::{SECTION, must_read};
use super::visitor::Visitor;

/// Years that make sense in an address.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2199;

/// Which calendar and year, as they stand in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    calendar: String,
    year: String,
}

#[derive(Serialize)]
struct YearView {
    calendars: Vec<Choice>,
    /// Without one there is nothing to show.
    calendar: Option<CalendarView>,
    edits: bool,
}

#[derive(Serialize)]
struct CalendarView {
    id: String,
    year: i16,
    earlier: i16,
    later: i16,
    zone: String,
    day: String,
    hours: Vec<HoursView>,
    loaded_through: Option<i16>,
    /// The holidays of this year are not entered: its deadlines are provisional.
    missing: bool,
    /// Monday first, one letter or two.
    weekdays: Vec<String>,
    months: Vec<MonthView>,
    special: Vec<SpecialView>,
}

#[derive(Serialize)]
struct HoursView {
    day: String,
    hours: String,
}

#[derive(Serialize)]
struct MonthView {
    number: i8,
    title: String,
    weeks: Vec<Vec<Option<DayView>>>,
}

#[derive(Serialize)]
struct DayView {
    number: i8,
    /// free, work, holiday, makeup
    kind: &'static str,
    today: bool,
}

/// A day, or several closed ones, not as weekdays are.
#[derive(Serialize)]
struct SpecialView {
    date: String,
    weekday: String,
    /// Of several, how many.
    days: usize,
    makeup: bool,
    hours: String,
}

/// What a calendar is called: the house's own has no name but that.
pub fn title(id: &CalendarId, language: Language) -> String {
    if id.as_str() == DEFAULT_CALENDAR {
        say(language, "calendar-default", &[])
    } else {
        id.to_string()
    }
}

fn kind_of(calendar: &Calendar, day: Date) -> &'static str {
    if calendar.opened.contains_key(&day) {
        "makeup"
    } else if calendar.closed.contains(&day) {
        "holiday"
    } else if calendar.is_working_day(day) {
        "work"
    } else {
        "free"
    }
}

fn month(calendar: &Calendar, first: Date, today: Date, visitor: &Visitor) -> MonthView {
    let mut weeks: Vec<Vec<Option<DayView>>> = Vec::new();
    let blank = first.weekday().to_monday_zero_offset();
    let mut week: Vec<Option<DayView>> = (0..blank).map(|_| None).collect();
    for day in first.series(1.day()).take_while(|day| day.month() == first.month()) {
        week.push(Some(DayView {
            number: day.day(),
            kind: kind_of(calendar, day),
            today: day == today,
        }));
        if week.len() == 7 {
            weeks.push(std::mem::take(&mut week));
        }
    }
    if !week.is_empty() {
        week.resize_with(7, || None);
        weeks.push(week);
    }
    MonthView {
        number: first.month(),
        title: say(visitor.look.language, &format!("month-{}", first.month()), &[]),
        weeks,
    }
}

fn weekday(day: i8, visitor: &Visitor) -> String {
    say(visitor.look.language, &format!("weekday-{day}"), &[])
}

/// Hours as people read them; a stretch is never broken over two lines.
fn readable(hours: &str, visitor: &Visitor) -> String {
    let stretches = hours.split(',').map(|stretch| stretch.replace('-', "–\u{2060}"));
    let comma = say(visitor.look.language, "list-comma", &[]);
    stretches.collect::<Vec<_>>().join(&comma)
}

fn special(calendar: &Calendar, year: i16, visitor: &Visitor) -> Vec<SpecialView> {
    let closed = calendar.closed.iter().map(|day| (*day, None));
    let opened = calendar
        .opened
        .iter()
        .map(|(day, open)| (*day, Some(hours::write(open))));
    let mut days: Vec<(Date, Option<String>)> = closed.chain(opened).filter(|(day, _)| day.year() == year).collect();
    days.sort();
    // Closed days that follow each other are one holiday.
    let follows = |one: &(Date, Option<String>), next: &(Date, Option<String>)| {
        one.1.is_none() && next.1.is_none() && one.0.tomorrow().is_ok_and(|day| day == next.0)
    };
    let mut shown = Vec::new();
    for group in days.chunk_by(follows) {
        let (Some((first, open)), Some((last, _))) = (group.first(), group.last()) else {
            continue;
        };
        let name = |day: &Date| weekday(day.weekday().to_monday_one_offset(), visitor);
        let several = first != last;
        shown.push(SpecialView {
            date: if several {
                format!("{first} – {}", last.strftime("%m-%d"))
            } else {
                first.to_string()
            },
            weekday: if several {
                format!("{} – {}", name(first), name(last))
            } else {
                name(first)
            },
            days: if several { group.len() } else { 0 },
            makeup: open.is_some(),
            hours: readable(&open.clone().unwrap_or_default(), visitor),
        });
    }
    shown
}

impl CalendarView {
    fn of(calendar: &Calendar, year: i16, visitor: &Visitor) -> Self {
        let today = visitor.now.timestamp().to_zoned(calendar.zone.clone()).date();
        let firsts = (1..=12).filter_map(|month| Date::new(year, month, 1).ok());
        let week = (1_i8..).zip(&calendar.weekly);
        Self {
            id: calendar.id.to_string(),
            year,
            earlier: year.saturating_sub(1),
            later: year.saturating_add(1),
            zone: calendar.zone.iana_name().unwrap_or("UTC").to_owned(),
            day: duration_words(visitor.look.language, Duration::Elapsed(calendar.day)),
            hours: week
                .map(|(day, open)| HoursView {
                    day: weekday(day, visitor),
                    hours: readable(&hours::write(open), visitor),
                })
                .collect(),
            loaded_through: calendar.loaded_through,
            missing: calendar.loaded_through.is_some_and(|through| through < year),
            weekdays: (1..=7)
                .map(|day| say(visitor.look.language, &format!("weekday-short-{day}"), &[]))
                .collect(),
            months: firsts.map(|first| month(calendar, first, today, visitor)).collect(),
            special: special(calendar, year, visitor),
        }
    }
}

/// `GET /organisation/calendars`
pub async fn page(state: Data<State>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    must_read(&visitor)?;
    let directory = state.desk.directory();
    let wanted = (!asked.calendar.is_empty()).then(|| CalendarId::new(asked.calendar.as_str()));
    let chosen = match &wanted {
        Some(id) => directory.calendars.get(id),
        None => directory.calendar(None).or_else(|| directory.calendars.values().next()),
    };
    let this = visitor.now.timestamp().to_zoned(visitor.zone.clone()).year();
    let year = asked.year.parse::<i16>().ok().filter(|year| YEARS.contains(year));
    let view = YearView {
        calendars: directory
            .calendars
            .keys()
            .map(|id| Choice {
                chosen: chosen.is_some_and(|calendar| calendar.id == *id),
                title: title(id, visitor.look.language),
                value: id.to_string(),
            })
            .collect(),
        calendar: chosen.map(|calendar| CalendarView::of(calendar, year.unwrap_or(this), &visitor)),
        edits: visitor.has_role("manager") || visitor.has_role("administrator"),
    };
    answer::page(
        &visitor,
        SECTION,
        word(&visitor.look, "calendars-title"),
        "calendars",
        &view,
    )
}
