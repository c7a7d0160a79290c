//! Handover notes between shifts, swaps of shifts, and what somebody should look after.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::duty::{CalendarAlarm, Handover, Swap, Word};
use crate::web::auth::{Allowed, Duty, ReadDirectory};
use crate::web::body::Body;
use crate::web::command::once;
use crate::web::decode::Line;
use crate::web::idempotency::Key;
use crate::web::problem::Problem;
use crate::web::query::Query;
use crate::web::show::Time;
use crate::web::state::State;
use crate::workflow::directory::Shift;
use crate::workflow::id::{CalendarId, PersonId, RoleId};
use crate::{query, request, words};

query! {
    /// Which page of notes.
    pub struct HandoverQuery {
        /// `next` of the page before.
        cursor: Option<i64>,
        /// Notes of a page (50, at most 200).
        limit: Option<u32>,
    }

    /// Which page of swaps.
    pub struct SwapQuery {
        /// `next` of the page before.
        cursor: Option<String>,
        /// Swaps of a page (50, at most 200).
        limit: Option<u32>,
    }
}

request! {
    /// A note for whoever comes.
    pub struct HandoverIn {
        /// For whoever comes in this role; for everybody when it is left out.
        role: Option<RoleId>,
        note: String,
    }

    /// Nothing needs to be said.
    pub struct Nothing {}

    /// A swap that is asked for.
    pub struct SwapIn {
        /// `key` of one's own shift in the roster.
        shift: String,
        /// Who is asked.
        with: PersonId,
        /// `key` of the shift one takes in return; without it the other takes the shift over.
        in_return: Option<String>,
    }

    /// What is said to a swap.
    pub struct SwapWord {
        /// `agree`, `refuse` (who is asked), `withdraw` (who asked), `grant`, `deny` (who looks after duty).
        #[schema(value_type = String)]
        word: Word,
        reason: Option<Line>,
    }
}

words!(Word {
    "agree" => Word::Agree,
    "refuse" => Word::Refuse,
    "withdraw" => Word::Withdraw,
    "grant" => Word::Grant,
    "deny" => Word::Deny,
});

/// A page of notes, the newest first.
#[derive(Serialize, ToSchema)]
pub struct HandoverPage {
    items: Vec<HandoverOut>,
    /// Send it back as `cursor` for the next page; null at the end.
    next: Option<i64>,
}

/// A note at the end of a shift.
#[derive(Serialize, ToSchema)]
pub struct HandoverOut {
    id: i64,
    at: Time,
    person: PersonId,
    role: Option<RoleId>,
    note: String,
    /// Numbers of the urgent tickets that were open, as far as the writer saw them; the first hundred.
    urgent: Vec<String>,
    /// Numbers of the tickets that were late, as far as the writer saw them; the first hundred.
    late: Vec<String>,
    read: Vec<ReadBy>,
}

/// Somebody has read a note.
#[derive(Serialize, ToSchema)]
pub struct ReadBy {
    person: PersonId,
    at: Time,
}

impl From<Handover> for HandoverOut {
    fn from(note: Handover) -> Self {
        Self {
            id: note.id,
            at: Time(note.at),
            person: note.person,
            role: note.role,
            note: note.note,
            urgent: note.urgent,
            late: note.late,
            read: note
                .read
                .into_iter()
                .map(|(person, at)| ReadBy { person, at: Time(at) })
                .collect(),
        }
    }
}

/// A page of swaps, the newest first.
#[derive(Serialize, ToSchema)]
pub struct SwapPage {
    items: Vec<SwapOut>,
    /// Send it back as `cursor` for the next page; null at the end.
    next: Option<String>,
}

/// A swap from asking to the end.
#[derive(Serialize, ToSchema)]
pub struct SwapOut {
    id: String,
    /// `asked`, `agreed`, `refused`, `withdrawn`, `granted`, `denied`.
    state: &'static str,
    asked_at: Time,
    shift: SwapShift,
    with: PersonId,
    in_return: Option<SwapShift>,
    answered_at: Option<Time>,
    decided_by: Option<PersonId>,
    decided_at: Option<Time>,
    reason: Option<String>,
}

/// A shift as it was when the swap was asked for.
#[derive(Serialize, ToSchema)]
pub struct SwapShift {
    person: PersonId,
    role: Option<RoleId>,
    from: Time,
    to: Time,
}

impl From<Shift> for SwapShift {
    fn from(shift: Shift) -> Self {
        Self {
            person: shift.person,
            role: shift.role,
            from: Time(shift.from),
            to: Time(shift.to),
        }
    }
}

impl From<(String, Swap)> for SwapOut {
    fn from((id, swap): (String, Swap)) -> Self {
        Self {
            id,
            state: swap.state.as_str(),
            asked_at: Time(swap.asked_at),
            shift: swap.shift.into(),
            with: swap.with,
            in_return: swap.other_shift.map(SwapShift::from),
            answered_at: swap.answered_at.map(Time),
            decided_by: swap.decided_by,
            decided_at: swap.decided_at.map(Time),
            reason: swap.reason,
        }
    }
}

/// What somebody should look after.
#[derive(Serialize, ToSchema)]
pub struct AlarmList {
    calendars: Vec<AlarmOut>,
}

/// A calendar that lacks a year; there are as many as calendars at most.
#[derive(Serialize, ToSchema)]
pub struct AlarmOut {
    /// `calendar_ending`: from October on, next year is not known. `calendar_ended`: this year is not.
    kind: &'static str,
    calendar: CalendarId,
    loaded_through: i16,
    missing: i16,
}

impl From<CalendarAlarm> for AlarmOut {
    fn from(alarm: CalendarAlarm) -> Self {
        Self {
            kind: alarm.kind.as_str(),
            calendar: alarm.calendar,
            loaded_through: alarm.loaded_through,
            missing: alarm.missing,
        }
    }
}

/// Notes for one's roles and for everybody, the newest first; for who looks after duty all of them.
#[utoipa::path(get, path = "/api/v1/duty/handovers", tag = "duty", params(HandoverQuery),
    security(("token" = ["directory:read"])), responses((status = 200, body = HandoverPage)))]
pub async fn list(
    state: Data<State>,
    who: Allowed<ReadDirectory>,
    query: Query<HandoverQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let found = state
        .desk
        .handovers(&who.principal, query.0.cursor, limit.saturating_add(1))
        .await?;
    let (found, more) = super::cut(found, limit);
    let next = found.last().map(|last| last.id).filter(|_| more);
    let items = found.into_iter().map(HandoverOut::from).collect();
    Ok(HttpResponse::Ok().json(HandoverPage { items, next }))
}

/// Hands over: of whoever is on duty, or was until two hours ago.
#[utoipa::path(post, path = "/api/v1/duty/handovers", tag = "duty", request_body = HandoverIn,
    security(("token" = ["duty:act"])), responses((status = 201, body = HandoverOut)))]
pub async fn write(
    state: Data<State>,
    who: Allowed<Duty>,
    key: Key,
    body: Body<HandoverIn>,
) -> Result<HttpResponse, Problem> {
    let Body { value, bytes } = body;
    let act = async {
        let note = Box::pin(state.desk.hand_over_duty(&who.principal, value.role, value.note)).await?;
        Ok(HandoverOut::from(note))
    };
    once(&state, &who.principal, &key, &bytes, StatusCode::CREATED, None, act).await
}

/// Says that one has read a note; again changes nothing.
#[utoipa::path(post, path = "/api/v1/duty/handovers/{id}/read", tag = "duty", params(("id" = i64, Path)),
    request_body = Nothing,
    security(("token" = ["duty:act"])), responses((status = 200, body = HandoverOut)))]
pub async fn read(
    state: Data<State>,
    who: Allowed<Duty>,
    id: Path<i64>,
    key: Key,
    body: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let act = async {
        let note = state.desk.read_handover(&who.principal, id.into_inner()).await?;
        Ok(HandoverOut::from(note))
    };
    once(&state, &who.principal, &key, &body.bytes, StatusCode::OK, None, act).await
}

/// Swaps, the newest first.
#[utoipa::path(get, path = "/api/v1/duty/swaps", tag = "duty", params(SwapQuery),
    security(("token" = ["directory:read"])), responses((status = 200, body = SwapPage)))]
pub async fn swaps(
    state: Data<State>,
    who: Allowed<ReadDirectory>,
    query: Query<SwapQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let cursor = query.0.cursor.as_deref();
    let found = state
        .desk
        .swaps(&who.principal, cursor, limit.saturating_add(1))
        .await?;
    let (found, more) = super::cut(found, limit);
    let next = found.last().map(|(id, _)| id.clone()).filter(|_| more);
    let items = found.into_iter().map(SwapOut::from).collect();
    Ok(HttpResponse::Ok().json(SwapPage { items, next }))
}

/// Asks somebody to take one of one's shifts over, or to swap it.
#[utoipa::path(post, path = "/api/v1/duty/swaps", tag = "duty", request_body = SwapIn,
    security(("token" = ["duty:act"])), responses((status = 201, body = SwapOut)))]
pub async fn ask(
    state: Data<State>,
    who: Allowed<Duty>,
    key: Key,
    body: Body<SwapIn>,
) -> Result<HttpResponse, Problem> {
    let Body { value, bytes } = body;
    let act = async {
        let swap = state
            .desk
            .ask_swap(&who.principal, &value.shift, value.with, value.in_return)
            .await?;
        Ok(SwapOut::from(swap))
    };
    once(&state, &who.principal, &key, &bytes, StatusCode::CREATED, None, act).await
}

/// Agrees to a swap, refuses, withdraws, grants or denies it.
#[utoipa::path(post, path = "/api/v1/duty/swaps/{id}/answer", tag = "duty", params(("id" = String, Path)),
    request_body = SwapWord,
    security(("token" = ["duty:act"])), responses((status = 200, body = SwapOut)))]
pub async fn answer(
    state: Data<State>,
    who: Allowed<Duty>,
    id: Path<String>,
    key: Key,
    body: Body<SwapWord>,
) -> Result<HttpResponse, Problem> {
    let Body { value, bytes } = body;
    let act = async {
        let reason = value.reason.map(|reason| reason.0);
        let swap = state.desk.answer_swap(&who.principal, &id, value.word, reason).await?;
        Ok(SwapOut::from((id.to_string(), swap)))
    };
    once(&state, &who.principal, &key, &bytes, StatusCode::OK, None, act).await
}

/// Calendars that lack a year: from October on the next one, at any time the present one.
#[utoipa::path(get, path = "/api/v1/duty/alarms", tag = "duty",
    security(("token" = ["directory:read"])), responses((status = 200, body = AlarmList)))]
pub async fn alarms(state: Data<State>, who: Allowed<ReadDirectory>) -> Result<HttpResponse, Problem> {
    let alarms = state.desk.duty_alarms(&who.principal)?;
    let calendars = alarms.into_iter().map(AlarmOut::from).collect();
    Ok(HttpResponse::Ok().json(AlarmList { calendars }))
}
