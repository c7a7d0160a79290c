//! Around every request: its id, panics, headers, and the last word on problems.
//!
//! Whatever went wrong further in, as a problem or as a bare status of the framework, leaves as one kind of document in
//! the language of the reader. Details of our own faults go to the log under the request's id, never to the reader.

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName,
    HeaderValue, VARY,
};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};
use futures_util::FutureExt;
use uuid::Uuid;

use crate::discreet::words_of;
use crate::measure;
use crate::texts::Language;

use super::console::{Said, is_for_people, trouble};
use super::openapi::PAGE_PATH;
use super::problem::{Code, Problem};
use super::state;
use super::stopping::Stopping;

/// Kind of the document of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Names a request in answer and log.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

const HEADERS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// Nothing may load or frame anything.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The page of the documentation loads its own scripts and styles, and nothing from elsewhere.
const POLICY_OF_PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The language of whoever reads the answer: `Accept-Language`, else the configured one.
pub fn language_of(request: &HttpRequest) -> Language {
    let default = state::of(request).map_or(Language::default(), |state| state.config.language.default);
    request
        .headers()
        .get(ACCEPT_LANGUAGE)
        .and_then(|header| header.to_str().ok())
        .and_then(Language::from_accept)
        .unwrap_or(default)
}

/// The middleware. The request itself must not be held while it is routed: actix wants it for itself.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = Uuid::now_v7().simple().to_string();
    let language = language_of(request.request());
    let is_page = request.path().starts_with(PAGE_PATH);
    let line = Line::of(&request);
    let stopping = state::of(request.request()).ok().map(|state| state.stopping.clone());
    let _running = stopping.as_ref().map(Stopping::enter);
    let last = || stopping.as_ref().is_some_and(Stopping::has_begun);
    request.extensions_mut().insert(RequestId(id.clone()));
    let outcome = AssertUnwindSafe(next.call(request)).catch_unwind().await;
    let problem = match outcome {
        Ok(Ok(response)) => {
            let mut response = last_word(response.map_into_boxed_body(), language, &id);
            protect(response.headers_mut(), is_page, &id);
            if last() {
                response
                    .response_mut()
                    .head_mut()
                    .set_connection_type(ConnectionType::Close);
            }
            line.write(&route_of(response.request()), response.status(), &id);
            return Ok(response);
        }
        Ok(Err(error)) => of_response(&error.error_response()),
        Err(panic) => {
            tracing::error!(request_id = %id, panic = words_of(&*panic), "a request panicked");
            Problem::new(Code::Internal)
        }
    };
    let mut answer = written(&problem, language, &id);
    protect(answer.headers_mut(), is_page, &id);
    if last() {
        answer.head_mut().set_connection_type(ConnectionType::Close);
    }
    line.write(NO_ROUTE, answer.status(), &id);
    Err(InternalError::from_response("answered with a problem", answer).into())
}

/// What is written for a request that no route was found for.
const NO_ROUTE: &str = "-";

/// The pattern of the route that answered. The path itself may hold whatever somebody typed, a telephone number too.
fn route_of(request: &HttpRequest) -> Cow<'static, str> {
    request.match_pattern().map_or(Cow::Borrowed(NO_ROUTE), Cow::Owned)
}

/// A line of the access log: no path, no query, no body, no header, so nothing a caller said can stand in it.
struct Line {
    method: &'static str,
    started: Instant,
}

impl Line {
    fn of(request: &ServiceRequest) -> Self {
        let method = request.method();
        Self {
            method: METHODS.iter().copied().find(|known| method == known).unwrap_or("OTHER"),
            started: Instant::now(),
        }
    }

    fn write(&self, route: &str, status: StatusCode, id: &str) {
        let elapsed = self.started.elapsed();
        let ms = elapsed.as_millis();
        let (method, status) = (self.method, status.as_u16());
        let class = match status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        metrics::histogram!(measure::HTTP, "method" => method, "route" => route.to_owned(), "status" => class)
            .record(elapsed.as_secs_f64());
        tracing::info!(target: "ombud::access", method, route, status, %ms, request_id = %id);
    }
}

/// Methods that are written down; a client may send any word as another.
const METHODS: &[&str] = &["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"];

/// Headers that every answer carries.
fn protect(headers: &mut HeaderMap, is_page: bool, id: &str) {
    // Pages of the console bring a policy of their own.
    for (name, value) in HEADERS {
        if !headers.contains_key(*name) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        let policy = if is_page { POLICY_OF_PAGE } else { POLICY };
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}

/// Turns what is no success into the document of a problem.
fn last_word(response: ServiceResponse<BoxBody>, language: Language, id: &str) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if response.response().extensions().get::<Said>().is_some() {
        return response;
    }
    let carried = response.response().extensions().get::<Problem>().is_some();
    if !carried && !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let problem = of_response(response.response());
    let page = if is_for_people(response.request()) {
        trouble::page(&problem, response.request(), id)
    } else {
        None
    };
    let answer = page.unwrap_or_else(|| written(&problem, language, id));
    response.into_response(answer)
}

/// The problem that a response carries, or the one its bare status means.
fn of_response<B>(response: &HttpResponse<B>) -> Problem {
    let carried = response.extensions().get::<Problem>().cloned();
    carried.unwrap_or_else(|| Problem::new(of_status(response.status())))
}

fn written(problem: &Problem, language: Language, id: &str) -> HttpResponse {
    if problem.code.status().is_server_error() {
        tracing::warn!(request_id = %id, code = problem.code.as_str(), "answered with a problem");
    }
    let mut answer = HttpResponse::build(problem.code.status());
    answer.insert_header((CONTENT_TYPE, PROBLEM_JSON));
    answer.insert_header((CONTENT_LANGUAGE, language.tag()));
    answer.insert_header((VARY, "Accept-Language"));
    for (name, value) in &problem.headers {
        answer.insert_header((*name, value.as_str()));
    }
    let close = problem
        .headers
        .iter()
        .any(|(name, value)| *name == "Connection" && value == "close");
    let mut answer = answer.body(problem.write(language, id).to_string());
    if close {
        answer.head_mut().set_connection_type(ConnectionType::Close);
    }
    answer
}

/// A bare status of the framework, as one of our codes.
fn of_status(status: StatusCode) -> Code {
    Code::ALL
        .iter()
        .copied()
        .filter(|code| code.status() == status)
        .find(|code| FOR_BARE.contains(code))
        .unwrap_or(if status.is_server_error() {
            Code::Internal
        } else {
            Code::BadRequest
        })
}

/// The codes a bare status may mean.
const FOR_BARE: &[Code] = &[
    Code::BadRequest,
    Code::NotFound,
    Code::MethodNotAllowed,
    Code::BodyTimeout,
    Code::TooLarge,
    Code::UnsupportedMedia,
    Code::HeadTooLarge,
    Code::Busy,
];

#[cfg(test)]
mod tests {
    use actix_web::middleware::from_fn;
    use actix_web::{App, test, web};

    use super::*;

    async fn falls() -> HttpResponse {
        panic!("the caller 13800001111 said something")
    }

    #[actix_web::test]
    async fn a_panic_is_answered_without_its_words() {
        let app = App::new().wrap(from_fn(guard)).route("/", web::get().to(falls));
        let app = test::init_service(app).await;
        let request = test::TestRequest::get()
            .uri("/")
            .insert_header(("Accept-Language", "en"));
        let error = test::try_call_service(&app, request.to_request()).await.unwrap_err();
        let response = error.error_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(response.headers().contains_key("x-request-id"));
        assert_eq!(response.headers().get(CONTENT_TYPE).unwrap(), PROBLEM_JSON);
        let body = actix_web::body::to_bytes(response.into_body()).await.unwrap();
        let text = String::from_utf8_lossy(&body);
        assert!(text.contains("\"internal\"") && !text.contains("13800001111"), "{text}");
    }

    #[actix_web::test]
    async fn a_bare_status_becomes_a_problem() {
        let app = App::new().wrap(from_fn(guard));
        let app = test::init_service(app).await;
        let request = test::TestRequest::get()
            .uri("/nowhere")
            .insert_header(("Accept-Language", "zh"));
        let response = test::call_service(&app, request.to_request()).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(response.headers().get(CONTENT_LANGUAGE).unwrap(), "zh-CN");
        let problem: serde_json::Value = test::read_body_json(response).await;
        assert_eq!(problem["code"], "not_found");
    }
}
