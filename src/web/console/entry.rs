//! The form of an entry of the directory: a department, a person, a role of theirs, a shift, an absence, a calendar.
//! It sends what the API takes; the desk decides, and what it refuses is said at its field.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::desk::directory::{Edit, Entry, Kind};
use crate::desk::{DeskError, NotAllowed};
use crate::texts::{Language, say};
use crate::web::api::entries::outside;
use crate::web::problem::{Code, Problem};
use crate::web::state::State;
use crate::workflow::id::{CalendarId, DepartmentId, PersonId, RoleId};
use crate::workflow::moment::{HOUR, Moment};

use super::answer::{self, see_other};
use super::entry_fields::{Field, FieldView, at_fields, body, by_id, fields, has_id, local, request, written};
use super::form::Form;
use super::person_links::{self, LinkView};
use super::tickets::escaped;
use super::visitor::{Posted, Visitor};
use super::words::text;

/// Stands in the address of a form for what is not there yet.
const NEW: &str = "new";
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
    wrong: Vec<String>,
    /// What belongs to a person and is changed elsewhere.
    links: Vec<LinkView>,
}

#[derive(Serialize)]
struct IdView {
    value: String,
    wrong: String,
}

/// A form: what it is about and what stands in it.
struct Sheet<'s> {
    state: &'s State,
    visitor: &'s Visitor,
    kind: Kind,
    fields: &'static [Field],
    /// The key in the address.
    key: String,
    version: i64,
    typed: Form,
    links: Vec<LinkView>,
}

fn kind_of(word: &str) -> Result<(Kind, &'static [Field]), Problem> {
    let kind = Kind::parse(word).ok_or_else(|| Problem::new(Code::NotFound))?;
    let fields = fields(kind).ok_or_else(|| Problem::new(Code::NotFound))?;
    Ok((kind, fields))
}

/// Whoever may not edit is told so before they have typed anything; whose roster it is the desk says.
fn must_edit(visitor: &Visitor, kind: Kind) -> Result<(), Problem> {
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
fn back(kind: Kind, typed: &Form) -> String {
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

    fn answer(&self, status: StatusCode, wrong: &[(&'static str, String)]) -> Result<HttpResponse, Problem> {
        let language = self.visitor.look.language;
        let directory = self.state.desk.directory();
        let of = |name: &str| {
            let words = wrong.iter().filter(|(field, _)| *field == name);
            words.map(|(_, words)| words.clone()).collect::<Vec<_>>()
        };
        let is_new = self.key == NEW;
        let view = EntryView {
            path: format!("/organisation/{}/{}", self.kind.as_str(), escaped(&self.key)),
            back: back(self.kind, &self.typed),
            named: if is_new || !has_id(self.kind) {
                String::new()
            } else {
                self.called(language)
            },
            fields: self
                .fields
                .iter()
                .map(|field| {
                    let name = field.name();
                    let value = self.typed.text(name).to_owned();
                    field.shown(self.kind, value, of(name).join(" "), &directory, self.visitor)
                })
                .collect(),
            id: (is_new && has_id(self.kind)).then(|| IdView {
                value: self.typed.text("id").to_owned(),
                wrong: of("id").join(" "),
            }),
            key: self.typed.text("key").to_owned(),
            version: self.version,
            ends: !is_new && !matches!(self.kind, Kind::Role | Kind::Calendar),
            wrong: of(""),
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

    /// What the desk or the shape refuses stands at its field; everything else is a page of its own.
    fn refused(&self, problem: Problem) -> Result<HttpResponse, Problem> {
        if !matches!(problem.code, Code::Invalid | Code::Conflict) {
            return Err(problem);
        }
        let problem = problem
            .without_prefix("/0")
            .without_prefix("/body")
            .without_prefix("/valid");
        let wrong = at_fields(&problem, self.fields, self.visitor.look.language);
        self.answer(problem.code.status(), &wrong)
    }
}

/// What stands in the fields of an entry.
fn typed(entry: &Entry, fields: &[Field], visitor: &Visitor) -> Form {
    let shown = outside(entry.body.clone());
    let mut pairs: Vec<(String, String)> = fields
        .iter()
        .map(|field| (field.name().to_owned(), written(field, &shown, &visitor.zone)))
        .collect();
    pairs.push(("id".to_owned(), entry.key.clone()));
    Form::of(pairs)
}

/// What stands in a field now that somebody else has changed it.
pub fn now_is(value: &str, language: Language) -> String {
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
    sheet.answer(StatusCode::OK, &[])
}

/// `POST /organisation/{kind}/{key}`: saves what was typed, or ends the entry.
pub async fn save(state: Data<State>, sent: Posted, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let Posted { visitor, form } = sent;
    let (word, key) = path.into_inner();
    let (kind, fields) = kind_of(&word)?;
    let form = by_id(fields, form, &state.desk.directory());
    must_edit(&visitor, kind)?;
    let language = visitor.look.language;
    let is_new = key == NEW;
    let own = if is_new {
        form.text(if has_id(kind) { "id" } else { "key" })
    } else {
        &key
    }
    .to_owned();
    let before = match state.desk.entry(&visitor.principal, kind, &own).await {
        Ok(entry) => Some(entry),
        Err(DeskError::NotFound { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let seen = form.text("version").parse::<i64>().unwrap_or_default();
    let sheet = Sheet {
        state: &state,
        visitor: &visitor,
        kind,
        fields,
        version: before.as_ref().map_or(0, |entry| entry.version),
        key,
        typed: form.clone(),
        links: Vec::new(),
    };
    match &before {
        None if !is_new => return Err(DeskError::NotFound { what: "entry" }.into()),
        Some(_) if is_new && has_id(kind) => {
            return sheet.answer(StatusCode::CONFLICT, &[("id", say(language, "entry-taken", &[]))]);
        }
        Some(entry) if !is_new && entry.version != seen => {
            let stands = typed(entry, fields, &visitor);
            let mut wrong = vec![("", say(language, "entry-changed", &[]))];
            let others = fields
                .iter()
                .filter(|field| stands.text(field.name()) != form.text(field.name()));
            wrong.extend(others.map(|field| (field.name(), now_is(stands.text(field.name()), language))));
            return sheet.answer(StatusCode::CONFLICT, &wrong);
        }
        Some(_) | None => {}
    }
    if own.is_empty() && is_new {
        return sheet.answer(
            StatusCode::UNPROCESSABLE_ENTITY,
            &[("id", say(language, "entry-id-missing", &[]))],
        );
    }
    let edit = if form.text("do") == "end" {
        Edit::End {
            kind,
            key: own,
            at: None,
        }
    } else {
        let asked: Json = request(fields, &form, &visitor.zone);
        let body = match body(kind, &asked, has_id(kind).then_some(own.as_str())) {
            Ok(body) => body,
            Err(problem) => return sheet.refused(problem),
        };
        Edit::Put {
            kind,
            key: Some(own),
            body,
        }
    };
    // A form that is sent twice makes one entry; what stands there already is the one it made.
    let seen = [before
        .as_ref()
        .map_or(0, |entry| if is_new { entry.version } else { seen })];
    match state.desk.edit_seen(&visitor.principal, vec![edit], &seen).await {
        Ok(_) => Ok(see_other(&back(kind, &form))),
        Err(error) => sheet.refused(Problem::from(error)),
    }
}
