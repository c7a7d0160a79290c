//! Signing in again where one is: the session is over while a form is open. What was typed stays in the page; the
//! answer is the token that the page's forms must say from now on. A second factor is asked for as when signing in.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::desk::sessions::SignedIn;
use crate::texts::Arg;
use crate::web::address;
use crate::web::problem::Problem;
use crate::web::state::State;

use super::answer::{Said, sentence, word};
use super::cookie;
use super::visitor::{Stranger, lives, token_of};

/// What the script of the page is told.
#[derive(Default, Serialize)]
struct Again {
    /// The person who signed in; another than before begins anew.
    person: String,
    csrf: String,
    /// The code of the second factor is asked for.
    second: bool,
    wrong: String,
}

/// `POST /sign-in/again`
pub async fn sign_in(state: Data<State>, request: HttpRequest, sent: Stranger) -> Result<HttpResponse, Problem> {
    let code = sent.form.text("code");
    let lives = lives(&state.config);
    let signed_in = if code.is_empty() {
        let name = sent.form.text("name").to_owned();
        let password = sent.form.get("password").unwrap_or_default().to_owned();
        let address = address::of(&request);
        state
            .desk
            .sign_in(&name, password, address, &sent.browser, lives)
            .await?
    } else {
        let pending = cookie::pending_of(&request).unwrap_or_default();
        state.desk.finish_sign_in(&pending, code, &sent.browser, lives).await?
    };
    let refused = |wrong: String| Again {
        second: !code.is_empty(),
        wrong,
        ..Again::default()
    };
    let mut response = match signed_in {
        SignedIn::Yes(secret, session) => {
            let again = Again {
                person: session.person.to_string(),
                csrf: token_of(&secret),
                ..Again::default()
            };
            let mut response = HttpResponse::Ok().json(again);
            // Our own cookies, always well formed.
            let _ = response.add_cookie(&cookie::holding(secret, &state.config));
            if !code.is_empty() {
                let _ = response.add_cookie(&cookie::pending_gone(&state.config));
            }
            response
        }
        SignedIn::Second(pending) if code.is_empty() => {
            let asked = Again {
                second: true,
                ..Again::default()
            };
            let mut response = HttpResponse::Ok().json(asked);
            let _ = response.add_cookie(&cookie::pending(pending, &state.config));
            response
        }
        SignedIn::Second(_) => {
            HttpResponse::UnprocessableEntity().json(refused(word(&sent.look, "sign-in-code-wrong")))
        }
        // Of a code: too long ago, so the password is asked for again.
        SignedIn::No => HttpResponse::UnprocessableEntity().json(Again {
            wrong: word(&sent.look, "sign-in-wrong"),
            ..Again::default()
        }),
        SignedIn::Wait(seconds) => {
            let seconds = [("seconds", Arg::from(seconds))];
            HttpResponse::TooManyRequests().json(refused(sentence(&sent.look, "sign-in-wait", &seconds)))
        }
    };
    response.extensions_mut().insert(Said);
    Ok(response)
}
