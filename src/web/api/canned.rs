//! Canned answers: what is written again and again, and what is cited.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::canned::{CannedAnswer, CannedKind, CannedWish};
use crate::web::auth::{ActOnTickets, Allowed, ReadTickets};
use crate::web::body::Body;
use crate::web::decode::Line;
use crate::web::problem::Problem;
use crate::web::query::Query;
use crate::web::show::Time;
use crate::web::state::State;
use crate::workflow::id::{DepartmentId, PersonId};
use crate::{query, request, words};

query! {
    /// Which canned answers.
    pub struct CannedQuery {
        /// `answer`, or `basis`: what is cited.
        #[param(value_type = Option<String>)]
        kind: Option<CannedKind>,
        /// `next` of the page before.
        cursor: Option<String>,
        /// Answers of a page (50, at most 200).
        limit: Option<u32>,
    }
}

request! {
    /// A canned answer.
    pub struct CannedIn {
        /// Whose it is; everybody's when it is left out.
        department: Option<DepartmentId>,
        /// `answer`, or `basis`: a law, a policy, a rule to cite.
        #[schema(value_type = Option<String>)]
        kind: Option<CannedKind>,
        title: Line,
        text: String,
        /// Words that speak for it, with spaces between.
        words: Option<Line>,
    }
}

words!(CannedKind {
    "answer" => CannedKind::Answer,
    "basis" => CannedKind::Basis,
});

/// A page of canned answers, by title.
#[derive(Serialize, ToSchema)]
pub struct CannedList {
    items: Vec<CannedOut>,
    /// Send it back as `cursor` for the next page; null at the end.
    next: Option<String>,
}

/// A canned answer.
#[derive(Serialize, ToSchema)]
pub struct CannedOut {
    id: String,
    /// Whose it is; null: everybody's.
    department: Option<DepartmentId>,
    /// `answer`, `basis`.
    kind: &'static str,
    title: String,
    text: String,
    words: String,
    /// Who changed it last.
    person: PersonId,
    updated_at: Time,
}

impl From<CannedAnswer> for CannedOut {
    fn from(answer: CannedAnswer) -> Self {
        Self {
            id: answer.id,
            department: answer.department,
            kind: answer.kind.as_str(),
            title: answer.title,
            text: answer.text,
            words: answer.words,
            person: answer.person,
            updated_at: Time(answer.updated_at),
        }
    }
}

/// Canned answers for you: everybody's and those of your departments.
#[utoipa::path(get, path = "/api/v1/canned", tag = "tickets", params(CannedQuery),
    security(("token" = ["tickets:read"])), responses((status = 200, body = CannedList)))]
pub async fn list(
    state: Data<State>,
    who: Allowed<ReadTickets>,
    query: Query<CannedQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let mut all = state.desk.canned(&who.principal).await?;
    all.retain(|answer| query.0.kind.is_none_or(|kind| answer.kind == kind));
    // There are few: a page is cut out of all of them.
    let begin = match &query.0.cursor {
        Some(cursor) => all
            .iter()
            .position(|answer| answer.id == *cursor)
            .map_or(all.len(), |place| place + 1),
        None => 0,
    };
    let (answers, more) = super::cut(all.into_iter().skip(begin).collect(), limit);
    let next = answers.last().map(|last| last.id.clone()).filter(|_| more);
    let items = answers.into_iter().map(CannedOut::from).collect();
    Ok(HttpResponse::Ok().json(CannedList { items, next }))
}

/// Makes a canned answer or changes one; its id is yours to choose. Managers and administrators all of them, heads those
/// of their departments.
#[utoipa::path(put, path = "/api/v1/canned/{id}", tag = "tickets", params(("id" = String, Path)),
    request_body = CannedIn,
    security(("token" = ["tickets:act"])), responses((status = 200, body = CannedOut)))]
pub async fn put(
    state: Data<State>,
    who: Allowed<ActOnTickets>,
    id: Path<String>,
    body: Body<CannedIn>,
) -> Result<HttpResponse, Problem> {
    let answer = body.value;
    let wish = CannedWish {
        id: id.into_inner(),
        department: answer.department,
        kind: answer.kind.unwrap_or_default(),
        title: answer.title.0,
        text: answer.text,
        words: answer.words.map(|words| words.0).unwrap_or_default(),
    };
    let saved = state.desk.save_canned(&who.principal, wish).await?;
    Ok(HttpResponse::Ok().json(CannedOut::from(saved)))
}

/// Throws a canned answer away, by who may change it.
#[utoipa::path(delete, path = "/api/v1/canned/{id}", tag = "tickets", params(("id" = String, Path)),
    security(("token" = ["tickets:act"])), responses((status = 204)))]
pub async fn remove(state: Data<State>, who: Allowed<ActOnTickets>, id: Path<String>) -> Result<HttpResponse, Problem> {
    state.desk.drop_canned(&who.principal, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}
