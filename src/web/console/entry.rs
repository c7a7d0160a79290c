//! The form of an entry of the directory: a department, a person, a role of theirs, a shift, an absence, a calendar.
//! It sends what the API takes ([`super::entry_save`]); the desk decides, and what it refuses is said at its field.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::desk::directory::{Entry, Kind};
use crate::desk::{DeskError, NotAllowed};
use crate::texts::{Language, say};
use crate::web::api::entries::outside;
use crate::web::api::entry_read::of_one_edit;
use crate::web::problem::{Code, Problem};
use crate::web::state::State;
use crate::workflow::id::{CalendarId, DepartmentId, PersonId, RoleId};
use crate::workflow::moment::{HOUR, Moment};

use super::answer;
use super::entry_fields::{Field, FieldView, fields, has_id, in_form, local, written};
use super::form::Form;
use super::marked::{Link, Marked, Member};
use super::person_links::{self, LinkView};
use super::tickets::escaped;
use super::visitor::Visitor;
use super::words::text;

/// Stands in the address of a form for what is not there yet.
pub(super) const NEW: &str = "new";
/// Hours of a shift that is offered: from eight, for eight hours.
const OFFERED: (i64, i64) = (8 * HOUR, 16 * HOUR);

/// What a form begins with, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Begin {
    person: String,
    role: String,
    department: String,
    parent: String,
    day: String,
}

#[derive(Serialize)]
struct EntryView {
    path: String,
    back: String,
    /// What it is about, where the fields do not say it: the id.
    named: String,
    fields: Vec<FieldView>,
    /// The id that is to be chosen, where one is.
    id: Option<IdView>,
    key: String,
    version: i64,
    ends: bool,
    /// What is wrong with no field of its own, and the fields with which something is.
    wrong: Vec<String>,
    faults: Vec<Link>,
    /// What belongs to a person and is changed elsewhere.
    links: Vec<LinkView>,
}

#[derive(Serialize)]
struct IdView {
    value: String,
    wrong: String,
}

/// A form: what it is about and what stands in it.
pub(super) struct Sheet<'s> {
    pub(super) state: &'s State,
    pub(super) visitor: &'s Visitor,
    pub(super) kind: Kind,
    pub(super) fields: &'static [Field],
    /// The key in the address.
    pub(super) key: String,
    pub(super) version: i64,
    pub(super) typed: Form,
    pub(super) links: Vec<LinkView>,
}

pub(super) fn kind_of(word: &str) -> Result<(Kind, &'static [Field]), Problem> {
    let kind = Kind::parse(word).ok_or_else(|| Problem::new(Code::NotFound))?;
    let fields = fields(kind).ok_or_else(|| Problem::new(Code::NotFound))?;
    Ok((kind, fields))
}

/// Whoever may not edit is told so before they have typed anything; whose roster it is the desk says.
pub(super) fn must_edit(visitor: &Visitor, kind: Kind) -> Result<(), Problem> {
    let roster = matches!(kind, Kind::Shift | Kind::Absence) && visitor.has_role("shift_lead");
    if roster || visitor.has_role("manager") || visitor.has_role("administrator") {
        return Ok(());
    }
    Err(DeskError::NotAllowed {
        why: NotAllowed::Administer,
    }
    .into())
}

/// Where the list stands that the entry is in.
pub(super) fn back(kind: Kind, typed: &Form) -> String {
    match kind {
        Kind::Shift | Kind::Absence => {
            let day: String = typed.text("from").chars().take("2026-03-02".len()).collect();
            format!("/duty/roster?day={}", escaped(&day))
        }
        Kind::Person => format!("/organisation/people?search={}", escaped(typed.text("id"))),
        Kind::Membership => format!("/organisation/people?search={}", escaped(typed.text("person"))),
        Kind::Calendar => "/organisation/calendars".to_owned(),
        Kind::Department | Kind::Role | Kind::Builtin | Kind::SignOn | Kind::Duty | Kind::Swap => {
            "/organisation".to_owned()
        }
    }
}

impl Sheet<'_> {
    /// What people call the entry, with its id; a calendar has no other name than its own.
    fn called(&self, language: Language) -> String {
        let directory = self.state.desk.directory();
        let id = self.key.as_str();
        let named = |name: &str| format!("{name} · {id}");
        match self.kind {
            Kind::Calendar => super::calendars::title(&CalendarId::new(id), language),
            Kind::Department => directory
                .departments
                .get(&DepartmentId::new(id))
                .map_or_else(|| id.to_owned(), |known| named(&text(&known.title, language))),
            Kind::Role => directory
                .roles
                .get(&RoleId::new(id))
                .map_or_else(|| id.to_owned(), |title| named(&text(title, language))),
            Kind::Person => directory
                .people
                .get(&PersonId::new(id))
                .map_or_else(|| id.to_owned(), |known| named(&known.name)),
            Kind::Membership | Kind::Shift | Kind::Absence | Kind::Builtin | Kind::SignOn | Kind::Duty | Kind::Swap => {
                id.to_owned()
            }
        }
    }

    /// Somebody else has changed it: what stands there now is said at each field, and nothing is wrong with them.
    pub(super) fn changed(&self, now: &Marked) -> Result<HttpResponse, Problem> {
        self.answer(StatusCode::CONFLICT, now, false)
    }

    /// What the desk or the shape refuses stands at its field; everything else is a page of its own.
    pub(super) fn refused(&self, problem: Problem) -> Result<HttpResponse, Problem> {
        if !matches!(problem.code, Code::Invalid | Code::Conflict) {
            return Err(problem);
        }
        let problem = of_one_edit(problem);
        let faults = problem.faults.iter().cloned();
        let faults = faults.map(|fault| in_form(fault, self.fields)).collect();
        let problem = problem.faults(faults);
        let id = (self.key == NEW && has_id(self.kind)).then_some(("id", "/id"));
        let members: Vec<Member> = id.into_iter().chain(self.fields.iter().map(Field::member)).collect();
        let marked = Marked::of(&problem, &members, self.visitor.look.language);
        self.answer(problem.code.status(), &marked, true)
    }

    fn answer(&self, status: StatusCode, marked: &Marked, summed_up: bool) -> Result<HttpResponse, Problem> {
        let language = self.visitor.look.language;
        let directory = self.state.desk.directory();
        let is_new = self.key == NEW;
        let fields: Vec<FieldView> = self
            .fields
            .iter()
            .map(|field| {
                let name = field.name();
                let value = self.typed.text(name).to_owned();
                field.shown(self.kind, value, marked.at(name), &directory, self.visitor)
            })
            .collect();
        let id = (is_new && has_id(self.kind)).then(|| IdView {
            value: self.typed.text("id").to_owned(),
            wrong: marked.at("id"),
        });
        let wrong_id = id.as_ref().filter(|id| !id.wrong.is_empty()).map(|_| Link {
            id: "e-id".to_owned(),
            title: say(language, "entry-id", &[]),
        });
        let faults = wrong_id.into_iter().chain(fields.iter().filter_map(FieldView::link));
        let view = EntryView {
            path: format!("/organisation/{}/{}", self.kind.as_str(), escaped(&self.key)),
            back: back(self.kind, &self.typed),
            named: if is_new || !has_id(self.kind) {
                String::new()
            } else {
                self.called(language)
            },
            faults: if summed_up { faults.collect() } else { Vec::new() },
            fields,
            id,
            key: self.typed.text("key").to_owned(),
            version: self.version,
            ends: !is_new && !matches!(self.kind, Kind::Role | Kind::Calendar),
            wrong: marked.general(),
            links: self.links.clone(),
        };
        let word = if is_new { "new" } else { "edit" };
        let title = say(language, &format!("entry-{word}-{}", self.kind.as_str()), &[]);
        let section = if matches!(self.kind, Kind::Shift | Kind::Absence) {
            super::duty::SECTION
        } else {
            super::organisation::SECTION
        };
        answer::with_status(self.visitor, status, section, title, "entry", &view)
    }
}

/// What stands in the fields of an entry.
pub(super) fn typed(entry: &Entry, fields: &[Field], visitor: &Visitor) -> Form {
    let shown = outside(entry.body.clone());
    let mut pairs: Vec<(String, String)> = fields
        .iter()
        .map(|field| (field.name().to_owned(), written(field, &shown, &visitor.zone)))
        .collect();
    pairs.push(("id".to_owned(), entry.key.clone()));
    Form::of(pairs)
}

/// What stands in a field now that somebody else has changed it.
pub(super) fn now_is(value: &str, language: Language) -> String {
    let nothing = say(language, "entry-none", &[]);
    let value = if value.is_empty() { nothing.as_str() } else { value };
    say(language, "entry-now-is", &[("value", value.into())])
}

/// What a new one begins with.
fn beginning(kind: Kind, begin: Begin, visitor: &Visitor) -> Form {
    let mut pairs = vec![
        ("key".to_owned(), Uuid::now_v7().simple().to_string()),
        ("person".to_owned(), begin.person),
        ("role".to_owned(), begin.role),
        ("department".to_owned(), begin.department),
        ("parent".to_owned(), begin.parent),
    ];
    let midnight = begin.day.parse::<jiff::civil::Date>().ok();
    let midnight = midnight.and_then(|day| day.to_zoned(visitor.zone.clone()).ok());
    if let (Kind::Shift | Kind::Absence, Some(midnight)) = (kind, midnight) {
        let midnight = Moment::from_timestamp(midnight.timestamp());
        let hours = if kind == Kind::Shift { OFFERED } else { (0, 24 * HOUR) };
        // A day that runs already cannot be changed back to its morning (L11).
        let from = midnight.plus(hours.0).max(next_minute(visitor.now));
        pairs.push(("from".to_owned(), local(from, &visitor.zone)));
        pairs.push(("to".to_owned(), local(midnight.plus(hours.1), &visitor.zone)));
    }
    if kind == Kind::Person {
        pairs.push(("language".to_owned(), Language::default().tag().to_owned()));
    }
    if kind == Kind::Calendar {
        pairs.push(("day".to_owned(), "8".to_owned()));
    }
    Form::of(pairs)
}

fn next_minute(now: Moment) -> Moment {
    let minute = crate::workflow::moment::MINUTE;
    Moment((now.0.div_euclid(minute) + 1) * minute)
}

/// `GET /organisation/{kind}/{key}`
pub async fn page(
    state: Data<State>,
    visitor: Visitor,
    path: Path<(String, String)>,
    begin: Query<Begin>,
) -> Result<HttpResponse, Problem> {
    let (word, key) = path.into_inner();
    let (kind, fields) = kind_of(&word)?;
    must_edit(&visitor, kind)?;
    let (version, typed) = if key == NEW {
        (0, beginning(kind, begin.into_inner(), &visitor))
    } else {
        let entry = state.desk.entry(&visitor.principal, kind, &key).await?;
        (entry.version, typed(&entry, fields, &visitor))
    };
    let links = if kind == Kind::Person && key != NEW {
        person_links::of(&state, &visitor, &key).await?
    } else {
        Vec::new()
    };
    let sheet = Sheet {
        state: &state,
        visitor: &visitor,
        kind,
        fields,
        key,
        version,
        typed,
        links,
    };
    sheet.answer(StatusCode::OK, &Marked::default(), false)
}
