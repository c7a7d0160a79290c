//! One's own second factor: set up with a picture for the telephone, confirmed with a code, taken away again.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Serialize;

use crate::desk::second::{Enrolment, Fits};
use crate::texts::Arg;
use crate::web::problem::Problem;
use crate::web::state::State;

use super::answer::{self, see_other, sentence, word};
use super::qr;
use super::visitor::{Posted, Visitor};
use super::words::When;

/// Where the page is.
pub const PATH: &str = "/me/second";

#[derive(Serialize)]
struct SecondView {
    id: String,
    /// The person's role asks for one, and this session has none.
    must: bool,
    since: Option<When>,
    codes_left: u64,
    begun: Option<BegunView>,
    /// Written-down codes, shown this once.
    codes: Vec<String>,
    /// What is wrong with the code, and with the password: said at its field.
    wrong_code: Option<String>,
    wrong_password: Option<String>,
}

/// What did not fit.
#[derive(Clone, Copy, PartialEq)]
enum Asked {
    Code,
    Password,
}

#[derive(Serialize)]
struct BegunView {
    picture: Option<String>,
    /// In groups, to type in by hand.
    secret: String,
}

impl BegunView {
    fn new(enrolment: &Enrolment) -> Self {
        let letters: Vec<char> = enrolment.secret.chars().collect();
        let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
        Self {
            picture: qr::address(&enrolment.uri),
            secret: groups.join(" "),
        }
    }
}

async fn shown(
    state: &State,
    visitor: &Visitor,
    status: StatusCode,
    codes: Vec<String>,
    wrong: Option<(Asked, String)>,
) -> Result<HttpResponse, Problem> {
    let second = state.desk.second_factor(&visitor.principal).await?;
    let roles = &state.config.sessions.second_factor;
    let wrong_with = |asked: Asked| {
        let own = wrong.as_ref().filter(|(what, _)| *what == asked);
        own.map(|(_, words)| words.clone())
    };
    let view = SecondView {
        id: visitor.principal.person.to_string(),
        must: second.since.is_none() && roles.iter().any(|role| visitor.has_role(role)),
        since: second.since.map(|since| When::new(since, visitor.now, &visitor.zone)),
        codes_left: second.codes_left,
        begun: second.begun.as_ref().map(BegunView::new),
        codes,
        wrong_code: wrong_with(Asked::Code),
        wrong_password: wrong_with(Asked::Password),
    };
    answer::with_status(
        visitor,
        status,
        "me",
        word(&visitor.look, "second-title"),
        "second",
        &view,
    )
}

/// What did not fit, with its status.
fn refusal<T>(fits: Fits<T>, visitor: &Visitor, asked: Asked) -> Result<T, (StatusCode, (Asked, String))> {
    let wrong = match asked {
        Asked::Code => "sign-in-code-wrong",
        Asked::Password => "me-password-wrong",
    };
    match fits {
        Fits::Yes(found) => Ok(found),
        Fits::No => Err((StatusCode::UNPROCESSABLE_ENTITY, (asked, word(&visitor.look, wrong)))),
        Fits::Wait(seconds) => {
            let seconds = [("seconds", Arg::from(seconds))];
            let words = sentence(&visitor.look, "sign-in-wait", &seconds);
            Err((StatusCode::TOO_MANY_REQUESTS, (asked, words)))
        }
    }
}

/// `GET /me/second`
pub async fn page(state: Data<State>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    shown(&state, &visitor, StatusCode::OK, Vec::new(), None).await
}

/// `POST /me/second/begin`
pub async fn begin(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let visitor = &sent.visitor;
    let password = sent.form.get("password").unwrap_or_default().to_owned();
    let begun = state.desk.begin_second_factor(&visitor.principal, password).await?;
    match refusal(begun, visitor, Asked::Password) {
        Ok(()) => Ok(see_other(PATH)),
        Err((status, wrong)) => shown(&state, visitor, status, Vec::new(), Some(wrong)).await,
    }
}

/// `POST /me/second/confirm`
pub async fn confirm(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let visitor = &sent.visitor;
    let confirmed = state
        .desk
        .confirm_second_factor(&visitor.principal, &visitor.session.id, sent.form.text("code"))
        .await?;
    codes_or_wrong(&state, visitor, confirmed).await
}

/// `POST /me/second/codes`
pub async fn renew(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let visitor = &sent.visitor;
    let renewed = state
        .desk
        .renew_codes(&visitor.principal, sent.form.text("code"))
        .await?;
    codes_or_wrong(&state, visitor, renewed).await
}

async fn codes_or_wrong(state: &State, visitor: &Visitor, fits: Fits<Vec<String>>) -> Result<HttpResponse, Problem> {
    match refusal(fits, visitor, Asked::Code) {
        Ok(codes) => shown(state, visitor, StatusCode::OK, codes, None).await,
        Err((status, wrong)) => shown(state, visitor, status, Vec::new(), Some(wrong)).await,
    }
}

/// `POST /me/second/end`
pub async fn end(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let visitor = &sent.visitor;
    let ended = state
        .desk
        .end_second_factor(&visitor.principal, sent.form.text("code"))
        .await?;
    match refusal(ended, visitor, Asked::Code) {
        Ok(()) => Ok(see_other("/me")),
        Err((status, wrong)) => shown(&state, visitor, status, Vec::new(), Some(wrong)).await,
    }
}
