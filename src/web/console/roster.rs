//! The roster of a week: people in rows, days in columns, absences beside shifts. Whoever may edit the directory finds
//! a form behind every shift and every empty place.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use serde::{Deserialize, Serialize};

use crate::desk::directory::{ENTRIES_MAX, Kind, Lead};
use crate::desk::duty::{LIMIT_MAX, RosterRow, Window};
use crate::texts::say;
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::directory::{Absence, Directory, Shift};
use crate::workflow::id::{PersonId, RoleId};
use crate::workflow::moment::Moment;

use super::answer::{self, word};
use super::duty::{Choice, SECTION, role_title, roles};
use super::tickets::escaped;
use super::visitor::Visitor;
use super::words::Names;

/// People of a page.
const ROWS: usize = 60;
/// Shifts and absences that a week is made of at most.
const ENTRIES_OF_A_WEEK_MAX: usize = 20_000;

/// Which week, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// A day of the week; this week where it is none.
    day: String,
    role: String,
    /// The last person of the page before.
    after: String,
}

#[derive(Serialize)]
struct RosterView {
    title: String,
    day: String,
    role: String,
    earlier: String,
    later: String,
    this: String,
    roles: Vec<Choice>,
    days: Vec<DayView>,
    people: Vec<PersonView>,
    next: Option<String>,
    edits: bool,
    /// May bring in a whole month.
    imports: bool,
    /// More entries than a week is made of.
    cut: bool,
}

#[derive(Serialize)]
struct DayView {
    #[serde(skip)]
    date: Date,
    iso: String,
    weekday: String,
    short: String,
    today: bool,
    closed: bool,
}

#[derive(Serialize)]
struct PersonView {
    id: String,
    name: String,
    days: Vec<CellView>,
}

#[derive(Serialize)]
struct CellView {
    iso: String,
    weekday: String,
    today: bool,
    closed: bool,
    /// Something is entered.
    busy: bool,
    /// Said to who does not see the grid.
    label: String,
    shifts: Vec<ShiftView>,
    absences: Vec<AbsenceView>,
    /// Whoever looks may edit this person's roster.
    edits: bool,
}

#[derive(Serialize)]
struct ShiftView {
    key: String,
    words: String,
    role: String,
    /// It began on a day before.
    goes_on: bool,
    /// The person is away all the while that it lasts this day: somebody else must do it.
    away: bool,
    edits: bool,
}

#[derive(Serialize)]
struct AbsenceView {
    key: String,
    /// From when to when on this day; said in words when it is the whole day.
    words: String,
    substitute: String,
    edits: bool,
}

/// What is entered for one person.
#[derive(Default)]
struct Entered {
    shifts: Vec<(String, Shift)>,
    absences: Vec<(String, Absence)>,
}

/// Seven days in the centre's zone.
struct Week {
    days: Vec<Date>,
    zone: TimeZone,
    from: Moment,
    to: Moment,
}

impl Week {
    /// The week of a day, from its Monday.
    fn of(day: Date, zone: &TimeZone) -> Option<Self> {
        let back = i64::from(day.weekday().since(Weekday::Monday));
        let monday = day.checked_sub(back.days()).ok()?;
        let days: Option<Vec<Date>> = (0..7_i64).map(|plus| monday.checked_add(plus.days()).ok()).collect();
        let days = days?;
        Some(Self {
            from: begin(monday, zone)?,
            to: begin(monday.checked_add(7.days()).ok()?, zone)?,
            days,
            zone: zone.clone(),
        })
    }

    /// From midnight to midnight.
    fn span(&self, day: Date) -> Option<(Moment, Moment)> {
        Some((
            begin(day, &self.zone)?,
            begin(day.checked_add(1.day()).ok()?, &self.zone)?,
        ))
    }
}

fn begin(day: Date, zone: &TimeZone) -> Option<Moment> {
    let zoned = day.to_zoned(zone.clone()).ok()?;
    Some(Moment::from_timestamp(zoned.timestamp()))
}

fn local(at: Moment, zone: &TimeZone) -> Zoned {
    at.timestamp().to_zoned(zone.clone())
}

/// Everything that touches the week, by person; true when there is more.
async fn entered(
    state: &State,
    visitor: &Visitor,
    week: &Week,
    role: Option<&RoleId>,
) -> Result<(BTreeMap<PersonId, Entered>, bool), Problem> {
    let mut people: BTreeMap<PersonId, Entered> = BTreeMap::new();
    let window = Window {
        from: week.from,
        to: week.to,
        person: None,
        role: role.cloned(),
    };
    let (mut count, mut cut, mut after) = (0_usize, false, None);
    loop {
        let rows = state
            .desk
            .duty_roster(&visitor.principal, &window, after.take(), LIMIT_MAX)
            .await?;
        let full = u64::try_from(rows.len()).is_ok_and(|length| length >= LIMIT_MAX);
        count = count.saturating_add(rows.len());
        after = rows.last().map(|last| (last.shift.from, last.key.clone()));
        for RosterRow { key, shift } in rows {
            people
                .entry(shift.person.clone())
                .or_default()
                .shifts
                .push((key, shift));
        }
        cut |= full && count >= ENTRIES_OF_A_WEEK_MAX;
        if !full || cut {
            break;
        }
    }
    let (mut count, mut after) = (0_usize, None::<String>);
    loop {
        let entries = state
            .desk
            .entries(&visitor.principal, Kind::Absence, after.as_deref(), ENTRIES_MAX)
            .await?;
        let full = u64::try_from(entries.len()).is_ok_and(|length| length >= ENTRIES_MAX);
        count = count.saturating_add(entries.len());
        after = entries.last().map(|last| last.key.clone());
        for entry in entries {
            let Ok(absence) = serde_json::from_value::<Absence>(entry.body) else {
                continue;
            };
            if absence.from < week.to && week.from < absence.to {
                let known = people.entry(absence.person.clone()).or_default();
                known.absences.push((entry.key, absence));
            }
        }
        cut |= full && count >= ENTRIES_OF_A_WEEK_MAX;
        if !full || cut {
            return Ok((people, cut));
        }
    }
}

/// Whoever has the role belongs into its roster, without a shift too; whoever has it not does not.
fn of_role(directory: &Directory, role: &RoleId, week: &Week, people: &mut BTreeMap<PersonId, Entered>) {
    let members = directory.memberships.iter().filter(|membership| {
        let valid = membership.valid;
        membership.role == *role
            && valid.from.is_none_or(|from| from < week.to)
            && valid.to.is_none_or(|to| week.from < to)
    });
    let members: Vec<&PersonId> = members.map(|membership| &membership.person).collect();
    people.retain(|person, _| members.contains(&person));
    for member in members {
        people.entry(member.clone()).or_default();
    }
}

fn cell(
    day: &DayView,
    week: &Week,
    entered: &Entered,
    edits: bool,
    names: &Names<'_>,
    visitor: &Visitor,
) -> Option<CellView> {
    let (from, to) = week.span(day.date)?;
    let mut shifts: Vec<&(String, Shift)> = entered
        .shifts
        .iter()
        .filter(|(_, shift)| shift.from < to && from < shift.to)
        .collect();
    shifts.sort_by_key(|(_, shift)| shift.from);
    let absences: Vec<&(String, Absence)> = entered
        .absences
        .iter()
        .filter(|(_, absence)| absence.from < to && from < absence.to)
        .collect();
    let clock = |at: Moment| local(at, &week.zone).strftime("%H:%M").to_string();
    let all_day = || say(names.language, "roster-all-day", &[]);
    let shift = |(key, shift): &(String, Shift)| {
        let goes_on = shift.from < from;
        let end = if shift.to == to {
            "24:00".to_owned()
        } else {
            clock(shift.to)
        };
        ShiftView {
            key: key.clone(),
            words: match (goes_on, to < shift.to) {
                (false, false) if shift.from == from && shift.to == to => all_day(),
                (false, false) => format!("{}–{end}", clock(shift.from)),
                (false, true) => format!("{}–{}", clock(shift.from), clock(shift.to)),
                (true, false) => format!("…{end}"),
                (true, true) => "…".to_owned(),
            },
            role: shift
                .role
                .as_ref()
                .map(|role| role_title(names.directory, role, visitor))
                .unwrap_or_default(),
            goes_on,
            away: absences
                .iter()
                .any(|(_, absence)| absence.from <= shift.from.max(from) && shift.to.min(to) <= absence.to),
            edits,
        }
    };
    let away = |(key, absence): &(String, Absence)| AbsenceView {
        key: key.clone(),
        words: match (absence.from.max(from), absence.to.min(to)) {
            (begin, end) if begin == from && end == to => all_day(),
            (begin, end) if end == to => format!("{}–24:00", clock(begin)),
            (begin, end) => format!("{}–{}", clock(begin), clock(end)),
        },
        substitute: absence
            .substitute
            .as_ref()
            .map(|person| names.person(person))
            .unwrap_or_default(),
        edits,
    };
    let shifts: Vec<ShiftView> = shifts.into_iter().map(shift).collect();
    let absences: Vec<AbsenceView> = absences.iter().copied().map(away).collect();
    Some(CellView {
        iso: day.iso.clone(),
        weekday: day.weekday.clone(),
        label: day.short.clone(),
        today: day.today,
        closed: day.closed,
        busy: !shifts.is_empty() || !absences.is_empty(),
        shifts,
        absences,
        edits,
    })
}

/// `GET /duty/roster`
pub async fn page(state: Data<State>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    let directory = state.desk.directory();
    let language = visitor.look.language;
    let names = Names {
        directory: &directory,
        language,
    };
    let today = local(visitor.now, &visitor.zone).date();
    let role = (!asked.role.is_empty()).then(|| RoleId::new(asked.role.as_str()));
    let wanted = asked
        .day
        .parse::<Date>()
        .ok()
        .and_then(|day| Week::of(day, &visitor.zone));
    let Some(week) = wanted.or_else(|| Week::of(today, &visitor.zone)) else {
        return Err(Problem::new(crate::web::problem::Code::Internal));
    };
    let (mut people, cut) = entered(&state, &visitor, &week, role.as_ref()).await?;
    if let Some(role) = &role {
        of_role(&directory, role, &week, &mut people);
    }
    let after = PersonId::new(asked.after.as_str());
    let mut rows: Vec<(PersonId, Entered)> = people.into_iter().filter(|(person, _)| *person > after).collect();
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let path = |day: Option<Date>, after: &str| {
        let day = day.map(|day| day.to_string()).unwrap_or_default();
        format!(
            "/duty/roster?day={day}&role={}&after={}",
            escaped(&asked.role),
            escaped(after)
        )
    };
    let monday = week.days.first().copied();
    let shifted = |weeks: i64| monday.and_then(|monday| monday.checked_add(weeks.weeks()).ok());
    let calendar = directory.calendar(None);
    // A kindness again: the desk decides when it is saved.
    let administers = visitor.has_role("manager") || visitor.has_role("administrator");
    let lead = Lead::of(&directory, &visitor.principal.person, visitor.now);
    let may = |person: &PersonId| administers || lead.as_ref().is_some_and(|lead| lead.leads(person));
    let days: Vec<DayView> = week
        .days
        .iter()
        .map(|day| DayView {
            date: *day,
            iso: day.to_string(),
            weekday: say(
                language,
                &format!("weekday-{}", day.weekday().to_monday_one_offset()),
                &[],
            ),
            short: day.strftime("%m-%d").to_string(),
            today: *day == today,
            closed: calendar.is_some_and(|calendar| !calendar.is_working_day(*day)),
        })
        .collect();
    let view = RosterView {
        title: week
            .days
            .first()
            .zip(week.days.last())
            .map(|(first, last)| format!("{first} – {}", last.strftime("%m-%d")))
            .unwrap_or_default(),
        day: monday.map(|day| day.to_string()).unwrap_or_default(),
        role: asked.role.clone(),
        earlier: path(shifted(-1), ""),
        later: path(shifted(1), ""),
        this: path(None, ""),
        roles: roles(&directory, &asked.role, &visitor),
        next: rows
            .last()
            .filter(|_| more)
            .map(|(person, _)| path(monday, person.as_str())),
        people: rows
            .iter()
            .map(|(person, entered)| PersonView {
                name: names.person(person),
                id: person.to_string(),
                days: days
                    .iter()
                    .filter_map(|day| cell(day, &week, entered, may(person), &names, &visitor))
                    .collect(),
            })
            .collect(),
        days,
        edits: administers || lead.is_some(),
        imports: administers,
        cut,
    };
    answer::page(&visitor, SECTION, word(&visitor.look, "roster-title"), "roster", &view)
}
