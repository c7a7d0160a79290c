//! The administrator's data: departments, roles, people, memberships, duty roster, absences, calendars, and who may use
//! the built-in actions. One shape for each kind; changes are never retroactive (L11), and each is a line of the log.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::entries::{
    AbsenceIn, BuiltinIn, CalendarIn, DepartmentIn, Inside, MembershipIn, PersonIn, RoleIn, ShiftIn, outside,
};
use super::entry_read::{of_one_edit, sound};

use crate::desk::act::Seen;
use crate::desk::directory::{Edit, Entry, Kind, LogLine};
use crate::desk::{Principal, Scope};
use crate::query;
use crate::web::auth::{Allowed, EditDirectory, ReadDirectory, ReadRecord};
use crate::web::body::{Body, JsonBody};
use crate::web::command::once;
use crate::web::idempotency::Key;
use crate::web::problem::Problem;
use crate::web::query::Query;
use crate::web::revision::IfMatch;
use crate::web::show::Time;
use crate::web::state::State;
use crate::workflow::id::{CalendarId, DepartmentId, PersonId, RoleId};
use crate::workflow::moment::Moment;

/// What `If-Match` says here.
const SEEN: &str = "the version that was seen: with it nothing is changed once somebody was quicker (409 `changed`)";

query! {
    /// Which page.
    pub struct PageQuery {
        /// `next` of the page before.
        after: Option<String>,
        limit: Option<u32>,
    }

    /// From when on it ends.
    pub struct EndQuery {
        /// Now when it is left out; never in the past.
        at: Option<Moment>,
    }

    /// Which lines of the log.
    pub struct LogQuery {
        /// After this version of the directory.
        after: Option<u64>,
        limit: Option<u32>,
    }
}

/// A page of entries.
#[derive(Serialize, ToSchema)]
pub struct EntryPage {
    items: Vec<EntryOut>,
    next: Option<String>,
}

/// An entry of the directory.
#[derive(Serialize, ToSchema)]
pub struct EntryOut {
    /// Its id; for memberships, shifts and absences a made-up one.
    key: String,
    /// The directory's version at which it was last changed.
    version: i64,
    /// The members it was put with.
    #[schema(value_type = Object)]
    entry: Json,
}

/// Lines of the log.
#[derive(Serialize, ToSchema)]
pub struct LogPage {
    items: Vec<LogOut>,
    next: Option<i64>,
}

/// A change of the directory.
#[derive(Serialize, ToSchema)]
pub struct LogOut {
    version: i64,
    at: Time,
    by: Option<PersonId>,
    kind: &'static str,
    key: String,
    #[schema(value_type = Option<Object>)]
    before: Option<Json>,
    #[schema(value_type = Option<Object>)]
    after: Option<Json>,
}

impl EntryOut {
    pub fn new(entry: Entry) -> Self {
        Self {
            key: entry.key,
            version: entry.version,
            entry: outside(entry.body),
        }
    }
}

impl From<LogLine> for LogOut {
    fn from(line: LogLine) -> Self {
        Self {
            version: line.version,
            at: Time(line.at),
            by: line.by,
            kind: line.kind.as_str(),
            key: line.key,
            before: line.before.map(outside),
            after: line.after.map(outside),
        }
    }
}

async fn page(state: &State, who: &Principal, kind: Kind, query: PageQuery) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.limit, state)?;
    let entries = state.desk.entries(who, kind, query.after.as_deref(), limit).await?;
    let full = u64::try_from(entries.len()).is_ok_and(|count| count >= limit);
    let next = entries.last().map(|last| last.key.clone()).filter(|_| full);
    let items = entries.into_iter().map(EntryOut::new).collect();
    Ok(HttpResponse::Ok().json(EntryPage { items, next }))
}

/// The version that was seen, as `edit_seen` takes it.
fn versions(seen: Seen) -> Vec<i64> {
    match seen {
        Seen::Revision(version) => vec![i64::try_from(version).unwrap_or(i64::MAX)],
        Seen::Any | Seen::Missing => Vec::new(),
    }
}

async fn edit(state: &State, who: &Principal, seen: Seen, edit: Edit) -> Result<EntryOut, Problem> {
    let (kind, key) = match &edit {
        Edit::Put { kind, key, .. } => (*kind, key.clone().unwrap_or_default()),
        Edit::End { kind, key, .. } => (*kind, key.clone()),
    };
    let changed = state.desk.edit_seen(who, vec![edit], &versions(seen)).await;
    let changed = changed.map_err(|error| of_one_edit(error.into()))?.pop();
    if let Some(entry) = changed {
        return Ok(EntryOut::new(entry));
    }
    // It stands there already as it was put: whoever may write it may read it back.
    let mut reader = who.clone();
    reader.scopes.insert(Scope::ReadDirectory);
    Ok(EntryOut::new(state.desk.entry(&reader, kind, &key).await?))
}

async fn end(
    state: &State,
    who: &Principal,
    seen: Seen,
    (kind, key, at): (Kind, String, Option<Moment>),
) -> Result<HttpResponse, Problem> {
    state
        .desk
        .edit_seen(who, vec![Edit::End { kind, key, at }], &versions(seen))
        .await
        .map_err(|error| of_one_edit(error.into()))?;
    Ok(HttpResponse::NoContent().finish())
}

macro_rules! listed {
    ($name:ident, $path:literal, $kind:expr, $doc:literal) => {
        #[doc = $doc]
        #[utoipa::path(get, path = $path, tag = "directory", params(PageQuery),
                            security(("token" = ["directory:read"])), responses((status = 200, body = EntryPage)))]
        pub async fn $name(
            state: Data<State>,
            who: Allowed<ReadDirectory>,
            query: Query<PageQuery>,
        ) -> Result<HttpResponse, Problem> {
            page(&state, &who.principal, $kind, query.0).await
        }
    };
}

macro_rules! put_under_id {
    ($name:ident, $path:literal, $kind:expr, $id:ty, $shape:ty, $doc:literal) => {
        #[doc = $doc]
        #[utoipa::path(put, path = $path, tag = "directory", request_body = $shape,
                            params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = SEEN)),
                            security(("token" = ["directory:edit"])), responses((status = 200, body = EntryOut)))]
        pub async fn $name(
            state: Data<State>,
            who: Allowed<EditDirectory>,
            id: Path<String>,
            seen: IfMatch,
            body: JsonBody,
        ) -> Result<HttpResponse, Problem> {
            let id = super::id::<$id>(&id)?;
            let under = ($kind, Some(id.to_string()));
            let put = sound::<$shape>(&state, &who.principal, under, Some(id.as_str()), &body.value).await?;
            Ok(HttpResponse::Ok().json(edit(&state, &who.principal, seen.0, put).await?))
        }
    };
}

macro_rules! added {
    ($name:ident, $path:literal, $kind:expr, $shape:ty, $doc:literal) => {
        #[doc = $doc]
        #[utoipa::path(post, path = $path, tag = "directory", request_body = $shape,
                            security(("token" = ["directory:edit"])), responses((status = 201, body = EntryOut)))]
        pub async fn $name(
            state: Data<State>,
            who: Allowed<EditDirectory>,
            key: Key,
            body: JsonBody,
        ) -> Result<HttpResponse, Problem> {
            let under = ($kind, key.made_id(who.principal.person.as_str()));
            let put = sound::<$shape>(&state, &who.principal, under, None, &body.value).await?;
            let act = edit(&state, &who.principal, Seen::Missing, put);
            once(&state, &who.principal, &key, &body.bytes, StatusCode::CREATED, None, act).await
        }
    };
}

macro_rules! put_under_key {
    ($name:ident, $path:literal, $kind:expr, $shape:ty, $doc:literal) => {
        #[doc = $doc]
        #[utoipa::path(put, path = $path, tag = "directory", request_body = $shape,
                            params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = SEEN)),
                            security(("token" = ["directory:edit"])), responses((status = 200, body = EntryOut)))]
        pub async fn $name(
            state: Data<State>,
            who: Allowed<EditDirectory>,
            id: Path<String>,
            seen: IfMatch,
            body: JsonBody,
        ) -> Result<HttpResponse, Problem> {
            let under = ($kind, Some(id.into_inner()));
            let put = sound::<$shape>(&state, &who.principal, under, None, &body.value).await?;
            Ok(HttpResponse::Ok().json(edit(&state, &who.principal, seen.0, put).await?))
        }
    };
}

macro_rules! ended {
    ($name:ident, $path:literal, $kind:expr, $doc:literal) => {
        #[doc = $doc]
        #[utoipa::path(delete, path = $path, tag = "directory", params(("id" = String, Path), EndQuery,
                                            ("If-Match" = Option<String>, Header, description = SEEN)),
                                            security(("token" = ["directory:edit"])), responses((status = 204)))]
        pub async fn $name(
            state: Data<State>,
            who: Allowed<EditDirectory>,
            id: Path<String>,
            seen: IfMatch,
            query: Query<EndQuery>,
        ) -> Result<HttpResponse, Problem> {
            let entry = ($kind, id.into_inner(), query.0.at);
            end(&state, &who.principal, seen.0, entry).await
        }
    };
}

listed!(
    departments,
    "/api/v1/departments",
    Kind::Department,
    "Departments, by id."
);
put_under_id!(
    put_department,
    "/api/v1/departments/{id}",
    Kind::Department,
    DepartmentId,
    DepartmentIn,
    "Adds a department or replaces it."
);
ended!(
    end_department,
    "/api/v1/departments/{id}",
    Kind::Department,
    "Ends a department."
);
listed!(roles, "/api/v1/roles", Kind::Role, "Roles, by id.");
put_under_id!(
    put_role,
    "/api/v1/roles/{id}",
    Kind::Role,
    RoleId,
    RoleIn,
    "Adds a role or renames it."
);
listed!(people, "/api/v1/people", Kind::Person, "People, by id.");
put_under_id!(
    put_person,
    "/api/v1/people/{id}",
    Kind::Person,
    PersonId,
    PersonIn,
    "Adds a person or replaces it."
);
ended!(
    end_person,
    "/api/v1/people/{id}",
    Kind::Person,
    "A person leaves: tokens and memberships end with it."
);
listed!(
    memberships,
    "/api/v1/memberships",
    Kind::Membership,
    "Who has which role where."
);
added!(
    add_membership,
    "/api/v1/memberships",
    Kind::Membership,
    MembershipIn,
    "Gives somebody a role."
);
put_under_key!(
    put_membership,
    "/api/v1/memberships/{id}",
    Kind::Membership,
    MembershipIn,
    "Replaces a membership."
);
ended!(
    end_membership,
    "/api/v1/memberships/{id}",
    Kind::Membership,
    "Ends a membership. Ending the last one of a role that may never be empty is refused."
);
listed!(roster, "/api/v1/roster", Kind::Shift, "Shifts of the duty roster.");
added!(add_shift, "/api/v1/roster", Kind::Shift, ShiftIn, "Adds a shift.");
put_under_key!(
    put_shift,
    "/api/v1/roster/{id}",
    Kind::Shift,
    ShiftIn,
    "Replaces a shift."
);
ended!(
    end_shift,
    "/api/v1/roster/{id}",
    Kind::Shift,
    "Ends a shift, or removes one that has not begun."
);
listed!(
    absences,
    "/api/v1/absences",
    Kind::Absence,
    "Who is away, and who stands in."
);
added!(
    add_absence,
    "/api/v1/absences",
    Kind::Absence,
    AbsenceIn,
    "Adds an absence."
);
put_under_key!(
    put_absence,
    "/api/v1/absences/{id}",
    Kind::Absence,
    AbsenceIn,
    "Replaces an absence."
);
ended!(end_absence, "/api/v1/absences/{id}", Kind::Absence, "Ends an absence.");
listed!(calendars, "/api/v1/calendars", Kind::Calendar, "Calendars.");
put_under_id!(
    put_calendar,
    "/api/v1/calendars/{id}",
    Kind::Calendar,
    CalendarId,
    CalendarIn,
    "Adds a calendar or replaces it; open clocks are computed anew from now on."
);
listed!(
    builtin,
    "/api/v1/builtin",
    Kind::Builtin,
    "Who may use the built-in actions."
);

/// Sets who may use the built-in actions.
#[utoipa::path(put, path = "/api/v1/builtin", tag = "directory", request_body = BuiltinIn,
    security(("token" = ["directory:edit"])), responses((status = 200, body = EntryOut)))]
pub async fn put_builtin(
    state: Data<State>,
    who: Allowed<EditDirectory>,
    body: Body<BuiltinIn>,
) -> Result<HttpResponse, Problem> {
    let key = Some("builtin".to_owned());
    let put = Edit::Put {
        kind: Kind::Builtin,
        key,
        body: body.value.body(None),
    };
    Ok(HttpResponse::Ok().json(edit(&state, &who.principal, Seen::Missing, put).await?))
}

/// Who changed what in the directory, oldest first.
#[utoipa::path(get, path = "/api/v1/directory/log", tag = "directory", params(LogQuery),
    security(("token" = ["record:read"])), responses((status = 200, body = LogPage)))]
pub async fn log(
    state: Data<State>,
    who: Allowed<ReadRecord>,
    query: Query<LogQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let after = query.0.after.and_then(|after| i64::try_from(after).ok()).unwrap_or(0);
    let lines = state.desk.directory_log(&who.principal, after, limit).await?;
    let full = u64::try_from(lines.len()).is_ok_and(|count| count >= limit);
    let next = lines.last().map(|last| last.version).filter(|_| full);
    let items = lines.into_iter().map(LogOut::from).collect();
    Ok(HttpResponse::Ok().json(LogPage { items, next }))
}
