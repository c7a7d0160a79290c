//! The fields of an entry of the directory: what its form shows, and the request of the API that it makes.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::desk::directory::Kind;
use crate::texts::{Language, say};
use crate::web::api::entries::{AbsenceIn, CalendarIn, DepartmentIn, MembershipIn, PersonIn, RoleIn, ShiftIn};
use crate::web::api::entry_read::{Reading, read};
use crate::web::problem::{Fault, Place};
use crate::workflow::directory::Directory;
use crate::workflow::id::PersonId;
use crate::workflow::moment::{MINUTE, Moment};

use super::duty::Choice;
use super::form::Form;
use super::marked::{Link, Member};
use super::visitor::Visitor;
use super::words::text;

/// People and departments that a form offers at most; others are found by their id.
const OFFERED_MAX: usize = 2_000;

/// What a number of hours is written with in the language.
const HOURS: &str = " hours";

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    Line,
    Number,
    Person,
    Role,
    Department,
    Language,
    Country,
    /// A number of hours; what is no whole number of them stands as the language writes it.
    Hours,
    /// A time in the centre's zone.
    Instant,
    /// Dates, one on each line.
    Dates,
    /// Dates with hours, one on each line.
    OpenDays,
    /// Kinds of addresses with the address, one on each line.
    Addresses,
}

/// A field of a form, and the member of the API's request it fills.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    name: &'static str,
    pointer: &'static str,
    input: Input,
    required: bool,
}

const fn must(name: &'static str, pointer: &'static str, input: Input) -> Field {
    Field {
        name,
        pointer,
        input,
        required: true,
    }
}

const fn may(name: &'static str, pointer: &'static str, input: Input) -> Field {
    Field {
        name,
        pointer,
        input,
        required: false,
    }
}

const DEPARTMENT: &[Field] = &[
    must("title_zh", "/title/zh", Input::Line),
    must("title_en", "/title/en", Input::Line),
    may("parent", "/parent", Input::Department),
    may("from", "/from", Input::Instant),
    may("to", "/to", Input::Instant),
];
const ROLE: &[Field] = &[
    must("title_zh", "/title/zh", Input::Line),
    must("title_en", "/title/en", Input::Line),
];
const PERSON: &[Field] = &[
    must("name", "/name", Input::Line),
    may("email", "/email", Input::Line),
    may("addresses", "/addresses", Input::Addresses),
    may("language", "/language", Input::Language),
    may("from", "/from", Input::Instant),
    may("to", "/to", Input::Instant),
];
const MEMBERSHIP: &[Field] = &[
    must("person", "/person", Input::Person),
    must("role", "/role", Input::Role),
    may("department", "/department", Input::Department),
    may("from", "/from", Input::Instant),
    may("to", "/to", Input::Instant),
];
const SHIFT: &[Field] = &[
    must("person", "/person", Input::Person),
    may("role", "/role", Input::Role),
    must("from", "/from", Input::Instant),
    must("to", "/to", Input::Instant),
];
const ABSENCE: &[Field] = &[
    must("person", "/person", Input::Person),
    must("from", "/from", Input::Instant),
    must("to", "/to", Input::Instant),
    may("substitute", "/substitute", Input::Person),
];
const CALENDAR: &[Field] = &[
    must("zone", "/zone", Input::Line),
    must("day", "/day", Input::Hours),
    may("country", "/country", Input::Country),
    may("loaded_through", "/loaded_through", Input::Number),
    may("mon", "/hours/mon", Input::Line),
    may("tue", "/hours/tue", Input::Line),
    may("wed", "/hours/wed", Input::Line),
    may("thu", "/hours/thu", Input::Line),
    may("fri", "/hours/fri", Input::Line),
    may("sat", "/hours/sat", Input::Line),
    may("sun", "/hours/sun", Input::Line),
    may("closed", "/closed", Input::Dates),
    may("open", "/open", Input::OpenDays),
];

/// The fields of a kind; `None` for what has no form.
pub fn fields(kind: Kind) -> Option<&'static [Field]> {
    match kind {
        Kind::Department => Some(DEPARTMENT),
        Kind::Role => Some(ROLE),
        Kind::Person => Some(PERSON),
        Kind::Membership => Some(MEMBERSHIP),
        Kind::Shift => Some(SHIFT),
        Kind::Absence => Some(ABSENCE),
        Kind::Calendar => Some(CALENDAR),
        Kind::Builtin | Kind::SignOn | Kind::Duty | Kind::Swap => None,
    }
}

/// Whether entries of the kind are called by an id that people choose.
pub fn has_id(kind: Kind) -> bool {
    matches!(kind, Kind::Department | Kind::Role | Kind::Person | Kind::Calendar)
}

/// The request of the API that a form makes.
pub fn request(fields: &[Field], form: &Form, zone: &TimeZone) -> Json {
    let mut request = Map::new();
    for field in fields {
        // A map that is left empty is an empty map, not a missing one.
        let mut path = field.pointer.trim_start_matches('/').split('/');
        let (outer, inner) = (path.next().unwrap_or_default(), path.next());
        if outer == "hours" {
            request.entry(outer).or_insert_with(|| Json::Object(Map::new()));
        }
        let Some(value) = value_of(field, form.text(field.name), zone) else {
            continue;
        };
        match inner {
            None => {
                request.insert(outer.to_owned(), value);
            }
            Some(inner) => {
                let place = request.entry(outer).or_insert_with(|| Json::Object(Map::new()));
                if let Json::Object(members) = place {
                    members.insert(inner.to_owned(), value);
                }
            }
        }
    }
    Json::Object(request)
}

fn value_of(field: &Field, typed: &str, zone: &TimeZone) -> Option<Json> {
    let lists = matches!(field.input, Input::OpenDays | Input::Dates | Input::Addresses);
    if typed.is_empty() && !lists {
        return None;
    }
    Some(match field.input {
        Input::OpenDays | Input::Addresses => {
            let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
            let day = |line: &str| {
                let (day, hours) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
                (day.to_owned(), Json::from(hours.trim()))
            };
            Json::Object(lines.map(day).collect())
        }
        Input::Dates => typed.split_whitespace().map(Json::from).collect(),
        Input::Hours => Json::from(hours_of(typed)),
        Input::Number => typed.parse::<i64>().map_or_else(|_| Json::from(typed), Json::from),
        Input::Instant => {
            let local = typed.replace('T', " ").parse::<DateTime>().ok();
            let zoned = local.and_then(|local| local.to_zoned(zone.clone()).ok());
            let told = zoned.map(|zoned| Moment::from_timestamp(zoned.timestamp()).rfc3339());
            Json::from(told.unwrap_or_else(|| typed.to_owned()))
        }
        Input::Line | Input::Person | Input::Role | Input::Department | Input::Language | Input::Country => {
            Json::from(typed)
        }
    })
}

/// A number of hours as the language writes it; what is no number stays as it was typed.
pub fn hours_of(typed: &str) -> String {
    if typed.chars().all(|c| c.is_ascii_digit()) {
        format!("{typed}{HOURS}")
    } else {
        typed.to_owned()
    }
}

/// The request as the API reads it; `None` for what has no form.
pub fn reading(kind: Kind, request: &Json, id: Option<&str>) -> Option<Reading> {
    Some(match kind {
        Kind::Department => read::<DepartmentIn>(request, id),
        Kind::Role => read::<RoleIn>(request, id),
        Kind::Person => read::<PersonIn>(request, id),
        Kind::Membership => read::<MembershipIn>(request, id),
        Kind::Shift => read::<ShiftIn>(request, id),
        Kind::Absence => read::<AbsenceIn>(request, id),
        Kind::Calendar => read::<CalendarIn>(request, id),
        Kind::Builtin | Kind::SignOn | Kind::Duty | Kind::Swap => return None,
    })
}

/// What stands in a field for an entry as the API shows it.
pub fn written(field: &Field, entry: &Json, zone: &TimeZone) -> String {
    let Some(value) = entry.pointer(field.pointer) else {
        return String::new();
    };
    match field.input {
        Input::Dates => {
            let dates = value.as_array().into_iter().flatten().filter_map(Json::as_str);
            dates.collect::<Vec<_>>().join("\n")
        }
        Input::OpenDays | Input::Addresses => {
            let days = value.as_object().into_iter().flatten();
            let line = |(day, hours): (&String, &Json)| format!("{day} {}", hours.as_str().unwrap_or_default());
            days.map(line).collect::<Vec<_>>().join("\n")
        }
        Input::Instant => value
            .as_str()
            .and_then(|time| time.parse::<jiff::Timestamp>().ok())
            .map(|time| local(Moment::from_timestamp(time), zone))
            .unwrap_or_default(),
        Input::Hours => {
            let hours = value.as_str().unwrap_or_default();
            hours.strip_suffix(HOURS).unwrap_or(hours).to_owned()
        }
        Input::Number => value.as_i64().map(|number| number.to_string()).unwrap_or_default(),
        Input::Line | Input::Person | Input::Role | Input::Department | Input::Language | Input::Country => {
            value.as_str().unwrap_or_default().to_owned()
        }
    }
}

/// As people write it, whatever the language of the browser; to the millisecond where it is not a whole minute, so that what has
/// begun keeps its beginning.
pub fn local(at: Moment, zone: &TimeZone) -> String {
    let form = if at.0.rem_euclid(MINUTE) == 0 {
        "%Y-%m-%d %H:%M"
    } else {
        "%Y-%m-%d %H:%M:%S%.3f"
    };
    at.timestamp().to_zoned(zone.clone()).strftime(form).to_string()
}

/// A field as it is shown.
#[derive(Serialize)]
pub struct FieldView {
    name: &'static str,
    title: String,
    input: &'static str,
    value: String,
    required: bool,
    /// Two of these stand side by side.
    half: bool,
    /// It begins a line of its own.
    first: bool,
    /// Lines of a larger field.
    rows: u8,
    hint: String,
    wrong: String,
    options: Vec<Choice>,
    /// What choosing nothing means.
    empty: String,
}

impl FieldView {
    /// Where it stands in the summary of what is wrong; nothing where all is well.
    pub fn link(&self) -> Option<Link> {
        (!self.wrong.is_empty()).then(|| Link {
            id: format!("e-{}", self.name),
            title: self.title.clone(),
        })
    }
}

/// A fault of the API's request in the words of the form: here nobody writes zones, ids or quotes.
pub fn in_form(mut fault: Fault, fields: &[Field]) -> Fault {
    let at = |field: &&Field| matches!(&fault.place, Some(Place::Pointer(pointer)) if pointer == field.pointer);
    let key = match (fields.iter().find(at).map(|field| field.input), fault.code) {
        (Some(Input::Instant), "time" | "time_without_zone") => "entry-fault-time",
        (Some(Input::Person), "id") => "entry-fault-person",
        (Some(Input::Number), "type") => "entry-fault-number",
        _ => return fault,
    };
    fault.key = Some(key.to_owned());
    fault
}

impl Field {
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The member of the request it fills.
    pub fn member(&self) -> Member {
        (self.name, self.pointer)
    }

    /// The field with what stands in it.
    pub fn shown(
        &self,
        kind: Kind,
        value: String,
        wrong: String,
        directory: &Directory,
        visitor: &Visitor,
    ) -> FieldView {
        let language = visitor.look.language;
        FieldView {
            name: self.name,
            title: say(language, &self.title(kind), &[]),
            hint: self.hint(kind, language),
            input: match self.input {
                Input::Line | Input::Hours => "line",
                Input::Number => "number",
                Input::Person => "person",
                Input::Role | Input::Department | Input::Language | Input::Country => "one",
                Input::Instant => "time",
                Input::Dates | Input::OpenDays | Input::Addresses => "area",
            },
            options: self.options(&value, directory, visitor),
            required: self.required,
            half: self.is_half(kind),
            first: kind == Kind::Calendar && self.name == "closed",
            empty: say(language, self.empty(kind), &[]),
            rows: if kind == Kind::Calendar { 6 } else { 2 },
            value: match self.input {
                Input::Person => known_as(&value, directory),
                Input::Line
                | Input::Number
                | Input::Role
                | Input::Department
                | Input::Language
                | Input::Country
                | Input::Hours
                | Input::Instant
                | Input::Dates
                | Input::OpenDays
                | Input::Addresses => value,
            },
            wrong,
        }
    }

    /// From when to when an entry holds is not when a shift or an absence begins and ends.
    fn title(&self, kind: Kind) -> String {
        let holds =
            [Kind::Department, Kind::Person, Kind::Membership].contains(&kind) && ["from", "to"].contains(&self.name);
        format!("entry-{}{}", if holds { "valid-" } else { "" }, self.name)
    }

    /// Short ones that belong together stand side by side where there is room.
    fn is_half(&self, kind: Kind) -> bool {
        let times = self.input == Input::Instant;
        let titles = self.name.starts_with("title_");
        let of_calendar = kind == Kind::Calendar;
        times || titles || of_calendar || (kind == Kind::Person && ["name", "email"].contains(&self.name))
    }

    /// Nothing chosen is a choice where it means everything.
    fn empty(&self, kind: Kind) -> &'static str {
        match (kind, self.name) {
            (Kind::Shift, "role") => "entry-every-role",
            (Kind::Membership, "department") => "entry-whole-centre",
            _ => "entry-none",
        }
    }

    fn hint(&self, kind: Kind, language: Language) -> String {
        let key = match (kind, self.name) {
            (Kind::Absence, "substitute") => "entry-hint-substitute",
            (Kind::Person, "addresses") => "entry-hint-addresses",
            (Kind::Calendar, "country") => "entry-hint-country",
            (Kind::Calendar, "day") => "entry-hint-day",
            (Kind::Calendar, "mon") => "entry-hint-hours",
            (Kind::Calendar, "closed") => "entry-hint-closed",
            (Kind::Calendar, "open") => "entry-hint-open",
            (Kind::Department | Kind::Person | Kind::Membership, "to") => "entry-hint-to",
            _ => return String::new(),
        };
        say(language, key, &[])
    }

    fn options(&self, value: &str, directory: &Directory, visitor: &Visitor) -> Vec<Choice> {
        let language = visitor.look.language;
        let choice = |known: &str, title: String| Choice {
            value: known.to_owned(),
            chosen: known == value,
            title,
        };
        match self.input {
            Input::Role => super::duty::roles(directory, value, visitor),
            Input::Department => {
                let known = directory.departments.values().take(OFFERED_MAX);
                known
                    .map(|department| choice(department.id.as_str(), text(&department.title, language)))
                    .collect()
            }
            Input::Language => Language::ALL
                .iter()
                .map(|known| choice(known.tag(), say(language, &format!("language-{}", known.tag()), &[])))
                .collect(),
            Input::Country => vec![choice(crate::desk::directory::CHINA, say(language, "country-cn", &[]))],
            Input::Person => {
                let known = directory
                    .people
                    .values()
                    .filter(|person| person.valid.covers(visitor.now));
                known
                    .take(OFFERED_MAX)
                    .map(|person| choice(&known_as(person.id.as_str(), directory), String::new()))
                    .collect()
            }
            Input::Line
            | Input::Number
            | Input::Hours
            | Input::Instant
            | Input::Dates
            | Input::OpenDays
            | Input::Addresses => Vec::new(),
        }
    }
}

/// How a person stands in a field: by name, and by the id that makes it sure.
fn known_as(id: &str, directory: &Directory) -> String {
    let person = directory.people.get(&PersonId::new(id));
    person.map_or_else(|| id.to_owned(), |person| format!("{} ({id})", person.name))
}

/// The form with the ids of people whose names were typed or chosen; of a name that two have nothing is guessed.
pub fn by_id(fields: &[Field], form: Form, directory: &Directory) -> Form {
    let is_person = |name: &str| {
        fields
            .iter()
            .any(|field| field.name == name && field.input == Input::Person)
    };
    form.rewritten(|name, text| {
        if is_person(name) {
            person_of(&text, directory)
        } else {
            text
        }
    })
}

fn person_of(typed: &str, directory: &Directory) -> String {
    let typed = typed.trim();
    let inside = typed.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    if let Some((_, id)) = inside.filter(|(_, id)| directory.people.contains_key(&PersonId::new(*id))) {
        return id.to_owned();
    }
    let mut named = directory.people.values().filter(|person| person.name == typed);
    match (named.next(), named.next()) {
        (Some(only), None) => only.id.to_string(),
        _ => typed.to_owned(),
    }
}
