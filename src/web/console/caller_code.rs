//! The code with which a caller follows the own ticket: made for whoever reads it out, and shown this once.
//!
//! It travels to the next page in a cookie of that page alone, never in an address; the page takes it away.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::config::Config;
use crate::desk::Principal;
use crate::desk::read::View;
use crate::web::problem::{Code, Problem};
use crate::web::state::State;

use super::answer::see_other;
use super::cookie;
use super::visitor::Posted;

const COOKIE: &str = "ombud-code";
/// Seconds in which the next page must come to show it.
const WITHIN: i64 = 600;

/// `POST /tickets/{number}/caller-code`
pub async fn issue(state: Data<State>, number: Path<String>, sent: Posted) -> Result<HttpResponse, Problem> {
    if !state.config.follow.enabled {
        return Err(Problem::new(Code::NotFound));
    }
    let code = state.desk.issue_code(&sent.visitor.principal, &number).await?;
    let mut response = see_other(&format!("/tickets/{number}"));
    carry(&mut response, &number, &code, &state.config);
    Ok(response)
}

/// A code for a ticket that was opened just now; nothing where no codes are made, or this person may make none. What
/// goes wrong is no reason to lose the ticket: its page makes a code too.
pub async fn of_new_ticket(state: &State, principal: &Principal, number: &str) -> Option<String> {
    if !state.config.follow.enabled {
        return None;
    }
    state.desk.issue_code(principal, number).await.ok()
}

/// What the page of a ticket shows of its code.
#[derive(Default, Serialize)]
pub struct CallerCode {
    may: bool,
    exists: bool,
    /// Made just now.
    code: Option<String>,
    /// Where callers use it.
    address: String,
}

impl CallerCode {
    pub async fn of(state: &State, principal: &Principal, view: &View) -> Result<Self, Problem> {
        if !state.config.follow.enabled {
            return Ok(Self::default());
        }
        let known = state.desk.code_of(principal, view).await?;
        Ok(Self {
            may: known.may,
            exists: known.exists,
            code: None,
            address: format!(
                "{}{}",
                state.config.server.public_url.trim_end_matches('/'),
                super::follow::PATH
            ),
        })
    }

    /// With the code that was made just now.
    pub fn showing(&mut self, code: Option<String>) {
        self.code = code.filter(|_| self.may);
    }

    pub fn shows_one(&self) -> bool {
        self.code.is_some()
    }
}

/// Hands the code to the page of the ticket.
pub fn carry(response: &mut HttpResponse, number: &str, code: &str, config: &Config) {
    // Our own cookie, always well formed.
    let _ = response.add_cookie(&holding(number, code.replace(' ', "-"), config));
}

/// The code that was made just now for this ticket; the answer takes it out of the browser.
pub fn carried(request: &HttpRequest) -> Option<String> {
    let cookie = request.cookie(COOKIE)?;
    let code = cookie.value();
    let is_code = code.len() < 20 && code.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    is_code.then(|| code.replace('-', " "))
}

/// Takes it away.
pub fn forget(response: &mut HttpResponse, number: &str, config: &Config) {
    let mut gone = holding(number, String::new(), config);
    gone.make_removal();
    let _ = response.add_cookie(&gone);
}

fn holding(number: &str, code: String, config: &Config) -> Cookie<'static> {
    Cookie::build(COOKIE, code)
        .path(format!("/tickets/{number}"))
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(cookie::is_secure(config))
        .max_age(actix_web::cookie::time::Duration::seconds(WITHIN))
        .finish()
}
