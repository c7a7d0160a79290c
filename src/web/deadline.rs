//! No request hangs (P12): whoever asked gets an answer within ten seconds, even when the database or the disk says
//! nothing any more. The time in which a body arrives does not count, it has a deadline of its own ([`super::body`]).
//!
//! What is given up is not taken back: a command may still be saved, so a repeat with the same Idempotency-Key decides
//! (503 `unknown_result`). A question is simply asked again (503 `busy`). Both say when.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest};
use tokio::time::{Instant, sleep_until};

use super::problem::{Code, Problem};

/// For nearly all requests; a second is left to write the answer and to send it.
const WITHIN: Duration = if cfg!(test) {
    Duration::from_millis(400)
} else {
    Duration::from_secs(9)
};
/// For what an administrator does with a whole file, or with all tickets.
const LONG_WITHIN: Duration = WITHIN.saturating_mul(12);
const LONG: &[&str] = &[
    "/api/v1/import/",
    "/api/v1/workflows",
    "/api/v1/erasures",
    "/api/v1/calendars",
];
/// Seconds after which somebody may try again.
const RETRY_AFTER: &str = "2";
/// While a body arrives, nothing runs out; it is looked at again after this.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Until when somebody waits; `None` while the body arrives.
#[derive(Clone)]
struct Patience {
    until: Rc<Cell<Option<Instant>>>,
    within: Duration,
}

impl Patience {
    fn new(within: Duration) -> Self {
        Self {
            until: Rc::new(Cell::new(Some(Instant::now() + within))),
            within,
        }
    }

    async fn exhausted(&self) {
        loop {
            let until = self.until.get();
            if until.is_some_and(|until| until <= Instant::now()) {
                return;
            }
            sleep_until(until.unwrap_or_else(|| Instant::now() + LOOK_AGAIN)).await;
        }
    }
}

/// The middleware.
pub async fn deadline(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_long = LONG.iter().any(|path| request.path().starts_with(path));
    let is_question = request.method().is_safe();
    let patience = Patience::new(if is_long { LONG_WITHIN } else { WITHIN });
    request.extensions_mut().insert(patience.clone());
    tokio::select! {
        biased;
        answer = next.call(request) => answer.map(ServiceResponse::map_into_boxed_body),
        () = patience.exhausted() => {
            tracing::error!(is_question, "given up: no answer from further in");
            let code = if is_question { Code::Busy } else { Code::Unknown };
            Err(Problem::new(code).header("Retry-After", RETRY_AFTER).into())
        }
    }
}

/// The body arrives as long as this is held; afterwards the time begins anew.
pub struct Arriving(Option<Patience>);

impl Arriving {
    pub fn of(request: &HttpRequest) -> Self {
        let patience = request.extensions().get::<Patience>().cloned();
        if let Some(patience) = &patience {
            patience.until.set(None);
        }
        Self(patience)
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if let Some(patience) = &self.0 {
            patience.until.set(Some(Instant::now() + patience.within));
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::middleware::from_fn;
    use actix_web::{App, HttpResponse, test, web};

    use super::*;

    async fn never() -> HttpResponse {
        std::future::pending().await
    }

    /// A body that takes longer than the deadline, and then a handler that takes nearly as long.
    async fn slow_body(request: HttpRequest) -> HttpResponse {
        let arriving = Arriving::of(&request);
        tokio::time::sleep(WITHIN * 3).await;
        drop(arriving);
        tokio::time::sleep(WITHIN / 2).await;
        HttpResponse::Ok().finish()
    }

    #[actix_web::test]
    async fn whoever_waits_for_something_that_never_comes_is_told_to_come_back() {
        let app = App::new()
            .wrap(from_fn(deadline))
            .route("/x", web::to(never))
            .route("/slow", web::to(slow_body))
            .route("/api/v1/import/tickets", web::to(never));
        let app = test::init_service(app).await;
        for (path, method, within, code) in [
            ("/x", test::TestRequest::get(), WITHIN, "busy"),
            ("/x", test::TestRequest::post(), WITHIN, "unknown_result"),
            (
                "/api/v1/import/tickets",
                test::TestRequest::post(),
                LONG_WITHIN,
                "unknown_result",
            ),
        ] {
            let asked = Instant::now();
            let error = test::try_call_service(&app, method.uri(path).to_request())
                .await
                .unwrap_err();
            assert!(asked.elapsed() >= within && asked.elapsed() < within * 3, "{path}");
            let answer = error.error_response();
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
            let problem = answer.extensions().get::<Problem>().cloned().unwrap();
            assert_eq!(problem.code.as_str(), code);
            assert!(problem.headers.iter().any(|(name, _)| *name == "Retry-After"));
        }
        let answer = test::call_service(&app, test::TestRequest::post().uri("/slow").to_request()).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }
}
