//! How somebody signs in, for administrators: a one-time link, where they are signed in, their second factor.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::Serialize;

use crate::web::problem::{Code, Problem};
use crate::web::state::State;
use crate::workflow::id::PersonId;

use super::answer::{self, see_other, word};
use super::me::SessionLine;
use super::visitor::{Posted, Visitor, lives};
use super::welcome::welcome_link;
use super::words::When;

#[derive(Serialize)]
struct AccessView {
    id: String,
    name: String,
    sessions: Vec<SessionLine>,
    second: Option<When>,
    codes_left: u64,
    /// The one-time link, shown this once.
    link: Option<String>,
}

async fn shown(
    state: &State,
    visitor: &Visitor,
    person: &PersonId,
    link: Option<String>,
) -> Result<HttpResponse, Problem> {
    let directory = state.desk.directory();
    let known = directory.people.get(person);
    let known = known.ok_or_else(|| Problem::new(Code::NotFound))?;
    let sessions = state
        .desk
        .sessions_of(&visitor.principal, person, lives(&state.config))
        .await?;
    let second = state.desk.second_factor_of(&visitor.principal, person).await?;
    let view = AccessView {
        id: person.to_string(),
        name: known.name.clone(),
        sessions: sessions
            .into_iter()
            .map(|session| SessionLine::new(session, visitor))
            .collect(),
        second: second.since.map(|since| When::new(since, visitor.now, &visitor.zone)),
        codes_left: second.codes_left,
        link,
    };
    let title = word(&visitor.look, "access-title");
    answer::with_status(visitor, StatusCode::OK, "organisation", title, "person_access", &view)
}

/// `GET /organisation/people/{key}/sign-in`
pub async fn page(state: Data<State>, visitor: Visitor, key: Path<String>) -> Result<HttpResponse, Problem> {
    shown(&state, &visitor, &PersonId::new(key.into_inner()), None).await
}

/// `POST /organisation/people/{key}/sign-in`: what the button says.
pub async fn change(state: Data<State>, sent: Posted, key: Path<String>) -> Result<HttpResponse, Problem> {
    let (visitor, person) = (&sent.visitor, PersonId::new(key.into_inner()));
    let principal = &visitor.principal;
    match sent.form.text("do") {
        "link" => {
            let secret = state.desk.invite(principal, &person).await?;
            let link = welcome_link(&state.config.server.public_url, &secret);
            return shown(&state, visitor, &person, Some(link)).await;
        }
        "end" => {
            let session = sent.form.text("session");
            let session = (!session.is_empty()).then(|| session.to_owned());
            state.desk.end_sessions_of(principal, &person, session).await?;
        }
        "second" => state.desk.remove_second_factor(principal, &person).await?,
        _ => return Err(Problem::new(Code::BadRequest)),
    }
    Ok(see_other(&format!("/organisation/people/{person}/sign-in")))
}
