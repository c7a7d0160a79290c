//! Signing in and out.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use crate::desk::sessions::SignedIn;
use crate::texts::Arg;
use crate::web::address;
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::id::PersonId;

use super::answer::{self, see_other, sentence, word};
use super::cookie;
use super::look::Look;
use super::visitor::{Posted, Stranger, lives};

/// Where to go afterwards.
#[derive(Deserialize)]
pub struct Next {
    next: Option<String>,
}

#[derive(Serialize)]
struct SignInView {
    next: String,
    name: String,
    wrong: Option<String>,
}

/// A path of ours and no other place: whoever writes a link must not send people elsewhere.
fn own_path(next: &str) -> &str {
    let plain = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(['\\', '\n', '\r', '\t'])
        && !next.starts_with("/sign-");
    if plain { next } else { "/" }
}

fn shown(look: &Look, status: StatusCode, view: &SignInView) -> Result<HttpResponse, Problem> {
    answer::bare(look, status, word(look, "sign-in-title"), "sign_in", view)
}

/// `GET /sign-in`
pub async fn page(look: Look, query: Query<Next>) -> Result<HttpResponse, Problem> {
    let next = query.into_inner().next.unwrap_or_default();
    let view = SignInView {
        next: own_path(&next).to_owned(),
        name: String::new(),
        wrong: None,
    };
    shown(&look, StatusCode::OK, &view)
}

/// `POST /sign-in`
pub async fn sign_in(state: Data<State>, request: HttpRequest, sent: Stranger) -> Result<HttpResponse, Problem> {
    let name = sent.form.text("name").to_owned();
    let password = sent.form.get("password").unwrap_or_default().to_owned();
    let address = address::of(&request);
    let signed_in = state
        .desk
        .sign_in(&name, password, address, &sent.browser, lives(&state.config))
        .await?;
    let next = own_path(sent.form.text("next")).to_owned();
    let (status, wrong) = match signed_in {
        SignedIn::Yes(secret, _) => {
            let mut response = see_other(&next);
            // Our own cookie, always well formed.
            let _ = response.add_cookie(&cookie::holding(secret, &state.config));
            return Ok(response);
        }
        SignedIn::Second(pending) => {
            let view = CodeView { next, wrong: None };
            let mut response = ask_code(&sent.look, StatusCode::OK, &view)?;
            let _ = response.add_cookie(&cookie::pending(pending, &state.config));
            return Ok(response);
        }
        SignedIn::No => (StatusCode::UNPROCESSABLE_ENTITY, word(&sent.look, "sign-in-wrong")),
        SignedIn::Wait(seconds) => {
            let seconds = [("seconds", Arg::from(seconds))];
            (
                StatusCode::TOO_MANY_REQUESTS,
                sentence(&sent.look, "sign-in-wait", &seconds),
            )
        }
    };
    let view = SignInView {
        next,
        name,
        wrong: Some(wrong),
    };
    shown(&sent.look, status, &view)
}

/// Signs in whoever has set this password just now, and goes to the first page; to signing in where something comes
/// between.
pub async fn as_person(
    state: &State,
    request: &HttpRequest,
    browser: &str,
    person: &PersonId,
    password: &str,
) -> Result<HttpResponse, Problem> {
    let signed_in = state
        .desk
        .sign_in(
            person.as_str(),
            password.to_owned(),
            address::of(request),
            browser,
            lives(&state.config),
        )
        .await?;
    match signed_in {
        SignedIn::Yes(secret, _) => {
            let mut response = see_other("/");
            let _ = response.add_cookie(&cookie::holding(secret, &state.config));
            Ok(response)
        }
        SignedIn::Second(_) | SignedIn::No | SignedIn::Wait(_) => Ok(see_other("/sign-in")),
    }
}

#[derive(Serialize)]
struct CodeView {
    next: String,
    wrong: Option<String>,
}

fn ask_code(look: &Look, status: StatusCode, view: &CodeView) -> Result<HttpResponse, Problem> {
    answer::bare(look, status, word(look, "sign-in-code-title"), "sign_in_code", view)
}

/// `POST /sign-in/code`: the second half, where a second factor is asked for.
pub async fn code(state: Data<State>, request: HttpRequest, sent: Stranger) -> Result<HttpResponse, Problem> {
    let next = own_path(sent.form.text("next")).to_owned();
    let pending = cookie::pending_of(&request).unwrap_or_default();
    let code = sent.form.text("code");
    let signed_in = state
        .desk
        .finish_sign_in(&pending, code, &sent.browser, lives(&state.config))
        .await?;
    let (status, wrong) = match signed_in {
        SignedIn::Yes(secret, _) => {
            let mut response = see_other(&next);
            for cookie in [
                cookie::holding(secret, &state.config),
                cookie::pending_gone(&state.config),
            ] {
                let _ = response.add_cookie(&cookie);
            }
            return Ok(response);
        }
        // Too long ago, or the password is another one by now.
        SignedIn::No => return Ok(see_other("/sign-in")),
        SignedIn::Second(_) => (StatusCode::UNPROCESSABLE_ENTITY, word(&sent.look, "sign-in-code-wrong")),
        SignedIn::Wait(seconds) => {
            let seconds = [("seconds", Arg::from(seconds))];
            (
                StatusCode::TOO_MANY_REQUESTS,
                sentence(&sent.look, "sign-in-wait", &seconds),
            )
        }
    };
    let wrong = Some(wrong);
    ask_code(&sent.look, status, &CodeView { next, wrong })
}

/// `POST /sign-out`
pub async fn sign_out(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    state
        .desk
        .end_session(&sent.visitor.principal, &sent.visitor.session.id)
        .await?;
    let mut response = see_other("/sign-in");
    let _ = response.add_cookie(&cookie::gone(&state.config));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn after_signing_in_nobody_is_sent_elsewhere() {
        assert_eq!(own_path("/tickets/T1"), "/tickets/T1");
        for foreign in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "/sign-in",
        ] {
            assert_eq!(own_path(foreign), "/", "{foreign}");
        }
    }
}
