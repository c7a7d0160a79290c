//! `ETag` and `If-Match`: the revision of a ticket that somebody saw (DESIGN, «The API»).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::IF_MATCH;
use actix_web::{FromRequest, HttpRequest};

use crate::desk::act::Seen;

use super::problem::{Code, Fault, Place, Problem};

/// `If-Match` as it was sent.
pub struct IfMatch(pub Seen);

/// The tag of a revision: `"7"`.
pub fn tag(revision: u64) -> String {
    format!("\"{revision}\"")
}

impl FromRequest for IfMatch {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request).map(Self).map_err(Into::into))
    }
}

fn read(request: &HttpRequest) -> Result<Seen, Problem> {
    let mut headers = request.headers().get_all(IF_MATCH);
    let Some(first) = headers.next() else {
        return Ok(Seen::Missing);
    };
    let wrong = || Problem::new(Code::BadRequest).fault(Fault::new(Place::Header("If-Match"), "if_match"));
    if headers.next().is_some() {
        return Err(wrong());
    }
    let text = first.to_str().map_err(|_| wrong())?.trim();
    if text == "*" {
        return Ok(Seen::Any);
    }
    let digits = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .filter(|digits| digits.len() <= 19 && digits.bytes().all(|byte| byte.is_ascii_digit()));
    digits
        .and_then(|digits| digits.parse().ok())
        .map(Seen::Revision)
        .ok_or_else(wrong)
}
