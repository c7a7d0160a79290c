//! The page of a one-time link: set a password. The secret stands behind `#`, which browsers keep to themselves; the
//! page's script moves it into the form, so that it is in no log and no address that is sent.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::desk::DeskError;
use crate::desk::first::FIRST;
use crate::desk::passwords::LENGTH_MIN;
use crate::web::problem::Problem;
use crate::web::state::State;

use super::answer::{self, see_other, word};
use super::look::Look;
use super::sign_in;
use super::trouble;
use super::visitor::Stranger;

#[derive(Serialize)]
struct WelcomeView {
    code: String,
    length_min: usize,
    wrong: Vec<String>,
}

/// The link that is handed to a person.
pub fn welcome_link(base: &str, secret: &str) -> String {
    format!("{}/welcome#{secret}", base.trim_end_matches('/'))
}

fn shown(look: &Look, status: StatusCode, code: String, wrong: Vec<String>) -> Result<HttpResponse, Problem> {
    let view = WelcomeView {
        code,
        length_min: LENGTH_MIN,
        wrong,
    };
    answer::bare(look, status, word(look, "welcome-title"), "welcome", &view)
}

/// `GET /welcome`
pub async fn page(look: Look) -> Result<HttpResponse, Problem> {
    shown(&look, StatusCode::OK, String::new(), Vec::new())
}

/// `POST /welcome`
pub async fn accept(state: Data<State>, request: HttpRequest, sent: Stranger) -> Result<HttpResponse, Problem> {
    let code = sent.form.text("code").to_owned();
    let password = sent.form.get("password").unwrap_or_default();
    let unlike = password != sent.form.get("again").unwrap_or_default();
    if unlike {
        let wrong = vec![word(&sent.look, "password-unlike")];
        return shown(&sent.look, StatusCode::UNPROCESSABLE_ENTITY, code, wrong);
    }
    match state.desk.accept_invitation(&code, password.to_owned()).await {
        Ok(person) if person == *FIRST && state.desk.setup_is_open().await? => {
            sign_in::as_person(&state, &request, &sent.browser, &person, password).await
        }
        Ok(_) => Ok(see_other("/sign-in")),
        Err(error @ DeskError::Invalid(_)) => {
            let wrong = trouble::faults(&Problem::from(error), &sent.look);
            shown(&sent.look, StatusCode::UNPROCESSABLE_ENTITY, code, wrong)
        }
        Err(error) => Err(error.into()),
    }
}
