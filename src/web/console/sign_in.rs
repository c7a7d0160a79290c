//! Signing in and out.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use crate::desk::sessions::SignedIn;
use crate::texts::Arg;
use crate::web::problem::Problem;
use crate::web::state::State;

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
    let address = request.peer_addr().map(|address| address.ip());
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
