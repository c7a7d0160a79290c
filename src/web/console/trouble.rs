//! What went wrong, as a page: the same problems, codes and sentences as in the API.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::texts::say;
use crate::web::problem::{Details, Problem, sentence};

use super::answer::{self, word};
use super::look::Look;
use super::marked::whole;

#[derive(Serialize)]
struct TroubleView {
    status: u16,
    title: String,
    detail: String,
    faults: Vec<String>,
    request_id: String,
}

/// A problem as a page, or as a notice in the page that asked for a part.
pub fn page(problem: &Problem, request: &HttpRequest, request_id: &str) -> Option<HttpResponse> {
    let look = Look::of(request);
    let details: &Details = problem;
    let view = TroubleView {
        status: details.code.status().as_u16(),
        title: say(look.language, &format!("problem-title-{}", details.code.as_str()), &[]),
        detail: sentence(
            look.language,
            &format!("problem-{}", details.code.as_str()),
            &details.arguments,
        ),
        faults: faults(problem, &look),
        request_id: request_id.to_owned(),
    };
    let title = view.title.clone();
    let template = if look.part { "parts/trouble" } else { "trouble" };
    let mut response = answer::bare(&look, details.code.status(), title, template, &view).ok()?;
    if look.part {
        to_trouble(&mut response);
    }
    Some(response)
}

/// The sentences of a problem's faults.
pub fn faults(problem: &Problem, look: &Look) -> Vec<String> {
    let written = problem.faults.iter().map(|fault| fault.write(look.language));
    written
        .filter_map(|fault| Some(whole(fault.get("detail")?.as_str()?, look.language)))
        .collect()
}

/// The session is over: what stands on the page stays, and so does what was typed.
pub fn signed_out(look: &Look) -> HttpResponse {
    let view = serde_json::json!({});
    let title = word(look, "signed-out-title");
    let response = answer::bare(look, StatusCode::UNAUTHORIZED, title, "parts/signed_out", &view);
    let mut response = response.unwrap_or_else(|_| HttpResponse::Unauthorized().finish());
    to_trouble(&mut response);
    response
}

/// Notices have a place of their own in the layout.
fn to_trouble(response: &mut HttpResponse) {
    use actix_web::http::header::{HeaderName, HeaderValue};
    for (name, value) in [("hx-retarget", "#trouble"), ("hx-reswap", "innerHTML")] {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}
