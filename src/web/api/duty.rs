//! Duty: who is on duty, the roster of some days, what it leaves open, signing on and off, the house's rules.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::duty::{DAYS_MAX, DutyGap, DutyWish, OnDutyRow, RosterRow, Signed, Wanted, Window};
use crate::web::auth::{Allowed, Duty, EditDirectory, ReadDirectory};
use crate::web::body::Body;
use crate::web::command::once;
use crate::web::decode::Line;
use crate::web::idempotency::Key;
use crate::web::problem::{Fault, Place, Problem};
use crate::web::query::Query;
use crate::web::show::Time;
use crate::web::state::State;
use crate::workflow::coverage::Instead;
use crate::workflow::duty::{DutySettings, OnDuty, Swaps};
use crate::workflow::id::{DepartmentId, PersonId, RoleId, WorkflowId};
use crate::workflow::moment::{DAY, Moment};
use crate::{query, request, words};

query! {
    /// Which places.
    pub struct NowQuery {
        /// Only this role.
        role: Option<RoleId>,
        /// Only roles in this department.
        department: Option<DepartmentId>,
        /// `next` of the page before.
        after: Option<String>,
        /// Places of a page (50, at most 200).
        limit: Option<u32>,
    }

    /// Which shifts: those that touch the stretch.
    pub struct RosterQuery {
        /// Now when it is left out.
        from: Option<Moment>,
        /// Fourteen days later when it is left out; at most 400 days.
        to: Option<Moment>,
        /// Only theirs.
        person: Option<PersonId>,
        /// Only shifts that count in this role, those for every role included.
        role: Option<RoleId>,
        /// `next` of the page before.
        after: Option<String>,
        /// Shifts of a page (50, at most 200).
        limit: Option<u32>,
    }

    /// How far ahead.
    pub struct GapQuery {
        /// 14 when it is left out, 92 at most.
        days: Option<u32>,
        /// `next` of the page before.
        after: Option<u64>,
        /// Gaps of a page (50, at most 200).
        limit: Option<u32>,
    }
}

request! {
    /// Whose sign-on.
    pub struct SignIn {
        /// Somebody else, by a shift lead, manager or administrator; oneself when it is left out.
        person: Option<PersonId>,
    }

    /// What makes somebody be on duty in a role.
    pub struct RoleRule {
        role: RoleId,
        #[schema(value_type = String)]
        on_duty: OnDuty,
    }

    /// What a letter of a month's roster means.
    pub struct ShiftCode {
        code: Line,
        /// `08:00-16:00`, several stretches with commas, over midnight `22:00-06:00`; empty: no duty.
        hours: String,
    }

    /// The house's rules of duty.
    pub struct DutyIn {
        /// `rostered`: the roster alone; `signed_on`: whoever is rostered must have signed on. Of roles not named below.
        #[schema(value_type = String)]
        on_duty: OnDuty,
        #[schema(value_type = Option<Vec<RoleRule>>)]
        roles: Option<Vec<RoleRule>>,
        /// `agreed`: a swap of shifts counts when the other agrees; `granted`: when the shift lead has granted it too.
        #[schema(value_type = Option<String>)]
        swaps: Option<Swaps>,
        #[schema(value_type = Option<Vec<ShiftCode>>)]
        shift_codes: Option<Vec<ShiftCode>>,
    }
}

words!(OnDuty {
    "rostered" => OnDuty::Rostered,
    "signed_on" => OnDuty::SignedOn,
});

words!(Swaps {
    "agreed" => Swaps::Agreed,
    "granted" => Swaps::Granted,
});

/// A page of places on duty.
#[derive(Serialize, ToSchema)]
pub struct OnDutyPage {
    items: Vec<OnDutyOut>,
    /// Send it back as `after` for the next page; null at the end.
    next: Option<String>,
}

/// Somebody rostered now, in one of their roles.
#[derive(Serialize, ToSchema)]
pub struct OnDutyOut {
    role: RoleId,
    department: Option<DepartmentId>,
    person: PersonId,
    name: String,
    from: Time,
    until: Time,
    /// Since when whoever is there is signed on; null when they are not.
    signed_on: Option<Time>,
    /// The person is absent.
    absent: bool,
    /// Who stands in while the person is absent.
    substitute: Option<PersonId>,
    /// Whether rules with `on_duty` reach this place now, by the house's rules of signing on.
    reached: bool,
}

impl From<OnDutyRow> for OnDutyOut {
    fn from(row: OnDutyRow) -> Self {
        Self {
            role: row.role,
            department: row.department,
            person: row.person,
            name: row.name,
            from: Time(row.from),
            until: Time(row.until),
            signed_on: row.signed_on.map(Time),
            absent: row.absent,
            substitute: row.substitute,
            reached: row.reached,
        }
    }
}

/// A page of the roster.
#[derive(Serialize, ToSchema)]
pub struct RosterPage {
    items: Vec<RosterOut>,
    /// Send it back as `after` for the next page; null at the end.
    next: Option<String>,
}

/// A shift.
#[derive(Serialize, ToSchema)]
pub struct RosterOut {
    /// Under which it is changed: `PUT /roster/{key}`.
    key: String,
    person: PersonId,
    /// Null: every role of the person.
    role: Option<RoleId>,
    from: Time,
    to: Time,
}

/// A page of gaps.
#[derive(Serialize, ToSchema)]
pub struct GapPage {
    items: Vec<GapOut>,
    /// Send it back as `after` for the next page; null at the end.
    next: Option<u64>,
}

/// An interval in which nobody is there in a role that workflows need.
#[derive(Serialize, ToSchema)]
pub struct GapOut {
    role: RoleId,
    department: Option<DepartmentId>,
    from: Time,
    to: Time,
    /// `no_member`, `nobody_rostered`, `everybody_away`.
    why: &'static str,
    workflows: Vec<WorkflowId>,
    /// Who is reached instead; null: nobody at all.
    instead: Option<InsteadOut>,
    /// Levels of the chain before it that may answer, depending on the ticket.
    perhaps: Vec<String>,
}

/// Who is reached in a gap.
#[derive(Serialize, ToSchema)]
pub struct InsteadOut {
    rule: String,
    role: RoleId,
    /// Those who are there at some time of the interval.
    persons: Vec<PersonId>,
    /// All of them are away and are reached all the same: the role may never be empty.
    away: bool,
}

impl From<Instead> for InsteadOut {
    fn from(instead: Instead) -> Self {
        Self {
            rule: instead.rule.to_string(),
            role: instead.role,
            persons: instead.persons,
            away: instead.away,
        }
    }
}

impl From<DutyGap> for GapOut {
    fn from(found: DutyGap) -> Self {
        let gap = found.gap;
        Self {
            role: gap.role,
            department: gap.department,
            from: Time(gap.span.from),
            to: Time(gap.span.to),
            why: gap.why.as_str(),
            workflows: found.workflows,
            instead: gap.instead.map(InsteadOut::from),
            perhaps: gap.perhaps.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Whether somebody is signed on.
#[derive(Serialize, ToSchema)]
pub struct SignedOut {
    person: PersonId,
    signed_on: bool,
    since: Option<Time>,
    /// When it ends by itself: with the shift.
    until: Option<Time>,
}

impl From<Signed> for SignedOut {
    fn from(signed: Signed) -> Self {
        Self {
            person: signed.person,
            signed_on: signed.on.is_some(),
            since: signed.on.map(|(from, _)| Time(from)),
            until: signed.on.map(|(_, to)| Time(to)),
        }
    }
}

/// The house's rules of duty as they are.
#[derive(Serialize, ToSchema)]
pub struct DutyOut {
    /// `rostered` or `signed_on`.
    on_duty: &'static str,
    roles: Vec<RoleRuleOut>,
    /// `agreed` or `granted`.
    swaps: &'static str,
    shift_codes: Vec<ShiftCodeOut>,
}

/// What makes somebody be on duty in a role.
#[derive(Serialize, ToSchema)]
pub struct RoleRuleOut {
    role: RoleId,
    on_duty: &'static str,
    /// Since when signing on is needed.
    since: Option<Time>,
}

/// What a letter of a month's roster means.
#[derive(Serialize, ToSchema)]
pub struct ShiftCodeOut {
    code: String,
    hours: String,
}

impl From<DutySettings> for DutyOut {
    fn from(settings: DutySettings) -> Self {
        let rule = |(role, since): (&RoleId, &Option<Moment>)| RoleRuleOut {
            role: role.clone(),
            on_duty: settings.means(Some(role)).as_str(),
            since: since.map(Time),
        };
        Self {
            on_duty: settings.means(None).as_str(),
            roles: settings.roles.iter().map(rule).collect(),
            swaps: settings.swaps.as_str(),
            shift_codes: settings
                .shift_codes
                .into_iter()
                .map(|(code, hours)| ShiftCodeOut { code, hours })
                .collect(),
        }
    }
}

/// Who is on duty now, role by role, and until when.
#[utoipa::path(get, path = "/api/v1/duty/now", tag = "duty", params(NowQuery),
    security(("token" = ["directory:read"])), responses((status = 200, body = OnDutyPage)))]
pub async fn now(
    state: Data<State>,
    who: Allowed<ReadDirectory>,
    query: Query<NowQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let wanted = Wanted {
        role: query.0.role,
        department: query.0.department,
    };
    let after = query.0.after.as_deref();
    let rows = state
        .desk
        .duty_now(&who.principal, &wanted, after, limit.saturating_add(1))?;
    let (rows, more) = super::cut(rows, limit);
    let next = rows.last().map(OnDutyRow::place).filter(|_| more);
    let items = rows.into_iter().map(OnDutyOut::from).collect();
    Ok(HttpResponse::Ok().json(OnDutyPage { items, next }))
}

/// The shifts of some days, by beginning.
#[utoipa::path(get, path = "/api/v1/duty/roster", tag = "duty", params(RosterQuery),
    security(("token" = ["directory:read"])), responses((status = 200, body = RosterPage)))]
pub async fn roster(
    state: Data<State>,
    who: Allowed<ReadDirectory>,
    query: Query<RosterQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let from = query.0.from.unwrap_or_else(|| state.desk.clock().now());
    let window = Window {
        from,
        to: query.0.to.unwrap_or_else(|| from.plus(14 * DAY)),
        person: query.0.person,
        role: query.0.role,
    };
    let after = query.0.after.as_deref().map(place).transpose()?;
    let rows = state
        .desk
        .duty_roster(&who.principal, &window, after, limit.saturating_add(1))
        .await?;
    let (rows, more) = super::cut(rows, limit);
    let cursor = |row: &RosterRow| format!("{}:{}", row.shift.from.0, row.key);
    let next = rows.last().map(cursor).filter(|_| more);
    let items = rows
        .into_iter()
        .map(|row| RosterOut {
            key: row.key,
            person: row.shift.person,
            role: row.shift.role,
            from: Time(row.shift.from),
            to: Time(row.shift.to),
        })
        .collect();
    Ok(HttpResponse::Ok().json(RosterPage { items, next }))
}

/// A place in the roster: `BEGINNING:KEY`.
fn place(text: &str) -> Result<(Moment, String), Problem> {
    let parts = text.split_once(':');
    let read = parts.and_then(|(from, key)| Some((Moment(from.parse().ok()?), key.to_owned())));
    read.ok_or_else(|| Problem::invalid(vec![Fault::new(Place::Parameter("after".to_owned()), "cursor")]))
}

/// What the roster leaves open in the next days, and who would be reached instead.
#[utoipa::path(get, path = "/api/v1/duty/gaps", tag = "duty", params(GapQuery),
    security(("token" = ["directory:read"])), responses((status = 200, body = GapPage)))]
pub async fn gaps(
    state: Data<State>,
    who: Allowed<ReadDirectory>,
    query: Query<GapQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let days = query.0.days.unwrap_or(14);
    if !(1..=DAYS_MAX).contains(&days) {
        let fault = Fault::new(Place::Parameter("days".to_owned()), "range");
        return Err(Problem::invalid(vec![
            fault.with("min", "1").with("max", DAYS_MAX.to_string()),
        ]));
    }
    let found = state.desk.duty_gaps(&who.principal, days)?;
    let begin = query.0.after.unwrap_or(0);
    let skipped = usize::try_from(begin).unwrap_or(usize::MAX);
    let (found, more) = super::cut(found.into_iter().skip(skipped).collect(), limit);
    let next = more.then_some(begin.saturating_add(limit));
    let items = found.into_iter().map(GapOut::from).collect();
    Ok(HttpResponse::Ok().json(GapPage { items, next }))
}

/// Signs on for the shift that runs or begins within the hour.
#[utoipa::path(post, path = "/api/v1/duty/sign-on", tag = "duty", request_body = SignIn,
    security(("token" = ["duty:act"])), responses((status = 200, body = SignedOut)))]
pub async fn sign_on(
    state: Data<State>,
    who: Allowed<Duty>,
    key: Key,
    body: Body<SignIn>,
) -> Result<HttpResponse, Problem> {
    let Body { value, bytes } = body;
    let act = async {
        let signed = state.desk.sign_on(&who.principal, value.person).await?;
        Ok(SignedOut::from(signed))
    };
    once(&state, &who.principal, &key, &bytes, StatusCode::OK, None, act).await
}

/// Signs off; otherwise a sign-on ends with its shift.
#[utoipa::path(post, path = "/api/v1/duty/sign-off", tag = "duty", request_body = SignIn,
    security(("token" = ["duty:act"])), responses((status = 200, body = SignedOut)))]
pub async fn sign_off(
    state: Data<State>,
    who: Allowed<Duty>,
    key: Key,
    body: Body<SignIn>,
) -> Result<HttpResponse, Problem> {
    let Body { value, bytes } = body;
    let act = async {
        let signed = state.desk.sign_off(&who.principal, value.person).await?;
        Ok(SignedOut::from(signed))
    };
    once(&state, &who.principal, &key, &bytes, StatusCode::OK, None, act).await
}

/// The house's rules of duty.
#[utoipa::path(get, path = "/api/v1/duty/settings", tag = "duty",
    security(("token" = ["directory:read"])), responses((status = 200, body = DutyOut)))]
pub async fn settings(state: Data<State>, who: Allowed<ReadDirectory>) -> Result<HttpResponse, Problem> {
    let settings = state.desk.duty_settings(&who.principal)?;
    Ok(HttpResponse::Ok().json(DutyOut::from(settings)))
}

/// Sets the house's rules of duty; signing on is needed from now on where it was not before.
#[utoipa::path(put, path = "/api/v1/duty/settings", tag = "duty", request_body = DutyIn,
    security(("token" = ["directory:edit"])), responses((status = 200, body = DutyOut)))]
pub async fn put_settings(
    state: Data<State>,
    who: Allowed<EditDirectory>,
    body: Body<DutyIn>,
) -> Result<HttpResponse, Problem> {
    let wish = wish(body.value)?;
    let settings = state.desk.set_duty_settings(&who.principal, wish, None).await?;
    Ok(HttpResponse::Ok().json(DutyOut::from(settings)))
}

fn wish(body: DutyIn) -> Result<DutyWish, Problem> {
    let mut wish = DutyWish {
        on_duty: body.on_duty,
        swaps: body.swaps.unwrap_or_default(),
        ..DutyWish::default()
    };
    let mut twice = Vec::new();
    for (place, rule) in body.roles.unwrap_or_default().into_iter().enumerate() {
        if wish.roles.insert(rule.role.clone(), rule.on_duty).is_some() {
            twice.push((format!("/roles/{place}/role"), rule.role.to_string()));
        }
    }
    for (place, code) in body.shift_codes.unwrap_or_default().into_iter().enumerate() {
        if wish.shift_codes.insert(code.code.0.clone(), code.hours).is_some() {
            twice.push((format!("/shift_codes/{place}/code"), code.code.0));
        }
    }
    if twice.is_empty() {
        return Ok(wish);
    }
    let fault = |(pointer, name)| Fault::new(Place::Pointer(pointer), "duplicate_key").with("name", name);
    Err(Problem::invalid(twice.into_iter().map(fault).collect()))
}
