//! One's own page: where one is signed in, ending that, another password.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::desk::DeskError;
use crate::desk::passwords::LENGTH_MIN;
use crate::desk::sessions::{SessionView, SignedIn};
use crate::texts::Arg;
use crate::web::problem::Problem;
use crate::web::state::State;

use super::answer::{self, see_other, sentence, word};
use super::visitor::{Posted, Visitor, lives};
use super::words::When;
use super::{cookie, trouble};

#[derive(Serialize)]
struct MeView {
    name: String,
    id: String,
    roles: Vec<String>,
    sessions: Vec<SessionLine>,
    several: bool,
    length_min: usize,
    /// Since when a second factor is asked for.
    second: Option<When>,
    codes_left: u64,
    wrong: Vec<String>,
}

/// A session as it is listed.
#[derive(Serialize)]
pub struct SessionLine {
    pub id: String,
    browser: String,
    begun: When,
    used: When,
    ends: When,
    own: bool,
    /// It began with a second factor.
    second: bool,
}

impl SessionLine {
    pub fn new(session: SessionView, visitor: &Visitor) -> Self {
        let when = |at| When::new(at, visitor.now, &visitor.zone);
        Self {
            own: session.id == visitor.session.id,
            browser: browser(&session.browser),
            begun: when(session.created_at),
            used: when(session.used_at),
            ends: when(session.expires_at),
            second: session.second,
            id: session.id,
        }
    }
}

async fn shown(
    state: &State,
    visitor: &Visitor,
    status: StatusCode,
    wrong: Vec<String>,
) -> Result<HttpResponse, Problem> {
    let sessions = state.desk.sessions(&visitor.principal, lives(&state.config)).await?;
    let second = state.desk.second_factor(&visitor.principal).await?;
    let view = MeView {
        name: visitor.name.clone(),
        id: visitor.principal.person.to_string(),
        roles: visitor.role_names.clone(),
        several: sessions.len() > 1,
        sessions: sessions
            .into_iter()
            .map(|session| SessionLine::new(session, visitor))
            .collect(),
        second: second.since.map(|since| When::new(since, visitor.now, &visitor.zone)),
        codes_left: second.codes_left,
        length_min: LENGTH_MIN,
        wrong,
    };
    answer::with_status(visitor, status, "me", word(&visitor.look, "me-title"), "me", &view)
}

/// `Chrome 128 · Linux` out of what a browser calls itself; the first words where it is none of the usual.
fn browser(agent: &str) -> String {
    let version = |name: &str| {
        let rest = agent.split_once(&format!("{name}/"))?.1;
        let major: String = rest.chars().take_while(char::is_ascii_digit).collect();
        Some(format!("{name} {major}"))
    };
    let name = ["Edg", "Firefox", "Chrome", "Safari"].into_iter().find_map(version);
    let system = ["Windows", "Android", "iPhone", "Mac OS", "Linux"]
        .into_iter()
        .find(|system| agent.contains(system));
    match (name, system) {
        (Some(name), Some(system)) => format!("{name} · {system}"),
        (Some(name), None) => name,
        (None, _) => agent.chars().take(40).collect(),
    }
}

/// `GET /me`
pub async fn page(state: Data<State>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    shown(&state, &visitor, StatusCode::OK, Vec::new()).await
}

/// `POST /me/sessions/end`: one of them, or all others.
pub async fn end_session(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let (visitor, id) = (&sent.visitor, sent.form.text("session"));
    if id.is_empty() {
        state
            .desk
            .end_other_sessions(&visitor.principal, &visitor.session.id)
            .await?;
    } else {
        state.desk.end_session(&visitor.principal, id).await?;
    }
    Ok(see_other("/me"))
}

/// `POST /me/password`
pub async fn change_password(state: Data<State>, request: HttpRequest, sent: Posted) -> Result<HttpResponse, Problem> {
    let visitor = &sent.visitor;
    let text = |name: &str| sent.form.get(name).unwrap_or_default().to_owned();
    let wrong = |status, words: String| shown(&state, visitor, status, vec![words]);
    if text("password") != text("again") {
        let words = word(&visitor.look, "password-unlike");
        return wrong(StatusCode::UNPROCESSABLE_ENTITY, words).await;
    }
    let browser = Visitor::browser(&request);
    let changed = state
        .desk
        .change_password(
            &visitor.principal,
            &visitor.session,
            text("old"),
            text("password"),
            &browser,
            lives(&state.config),
        )
        .await;
    match changed {
        Ok(SignedIn::Yes(secret, _)) => {
            let mut response = see_other("/me");
            let _ = response.add_cookie(&cookie::holding(secret, &state.config));
            Ok(response)
        }
        Ok(SignedIn::No | SignedIn::Second(_)) => {
            let words = word(&visitor.look, "me-password-wrong");
            wrong(StatusCode::UNPROCESSABLE_ENTITY, words).await
        }
        Ok(SignedIn::Wait(seconds)) => {
            let words = sentence(&visitor.look, "sign-in-wait", &[("seconds", Arg::from(seconds))]);
            wrong(StatusCode::TOO_MANY_REQUESTS, words).await
        }
        Err(error @ DeskError::Invalid(_)) => {
            let words = trouble::faults(&Problem::from(error), &visitor.look);
            shown(&state, visitor, StatusCode::UNPROCESSABLE_ENTITY, words).await
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn a_browser_is_known_by_its_name_and_system() {
        let agent =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36";
        assert_eq!(browser(agent), "Chrome 128 · Linux");
        assert_eq!(browser("curl"), "curl");
    }
}
