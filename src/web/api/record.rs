//! The record: what administrators did beside changing their data.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::query;
use crate::store::record::Deed;
use crate::web::auth::{Allowed, ReadRecord};
use crate::web::problem::Problem;
use crate::web::query::Query;
use crate::web::show::Time;
use crate::web::state::State;
use crate::workflow::id::PersonId;

query! {
    /// Which page of the record.
    pub struct RecordQuery {
        /// `next` of the page before.
        after: Option<i64>,
        /// Lines of a page (50, at most 200).
        limit: Option<u32>,
    }
}

/// A page of the record, oldest first.
#[derive(Serialize, ToSchema)]
pub struct RecordPage {
    items: Vec<DeedOut>,
    /// Send it back as `after` for the next page; null at the end.
    next: Option<i64>,
}

/// Something an administrator did.
#[derive(Serialize, ToSchema)]
pub struct DeedOut {
    position: i64,
    at: Time,
    by: Option<PersonId>,
    /// `erased`: personal data; `resent`: a mail that was put aside.
    kind: String,
    /// `ticket:NUMBER` or `contact:ID` that was erased, or the key of the mail.
    key: String,
    reason: Option<String>,
}

impl From<Deed> for DeedOut {
    fn from(deed: Deed) -> Self {
        Self {
            position: deed.position,
            at: Time(deed.at),
            by: deed.by.map(PersonId::new),
            kind: deed.kind,
            key: deed.key,
            reason: deed.reason,
        }
    }
}

/// Who erased personal data, who sent a mail again, when and why: for administrators, managers and auditors.
#[utoipa::path(get, path = "/api/v1/record", tag = "record", params(RecordQuery),
    security(("token" = ["record:read"])), responses((status = 200, body = RecordPage)))]
pub async fn list(
    state: Data<State>,
    who: Allowed<ReadRecord>,
    query: Query<RecordQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let after = query.0.after.unwrap_or(0);
    let deeds = state.desk.record(&who.principal, after, limit).await?;
    let full = u64::try_from(deeds.len()).is_ok_and(|count| count >= limit);
    let next = deeds.last().map(|last| last.position).filter(|_| full);
    let items = deeds.into_iter().map(DeedOut::from).collect();
    Ok(HttpResponse::Ok().json(RecordPage { items, next }))
}
