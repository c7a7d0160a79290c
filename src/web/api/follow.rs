//! A caller's own ticket by number and code, for the website of a hotline; and the codes.

use std::net::IpAddr;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::Serialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use crate::desk::follow::{Content, Followed, Following, Shows};
use crate::request;
use crate::web::auth::{ActOnTickets, Allowed, FollowTickets};
use crate::web::body::Body;
use crate::web::decode::Line;
use crate::web::problem::{Code, Fault, Place, Problem};
use crate::web::show::Time;
use crate::web::state::State;
use crate::workflow::definition::Text;

request! {
    /// What a caller typed.
    pub struct FollowIn {
        /// Number of the ticket.
        number: Line,
        /// Ten digits; space and dashes between them mean nothing.
        code: Line,
        /// The caller's own network address, so that one who guesses does not make the others wait.
        #[schema(required = false)]
        address: Option<Line>,
    }
}

/// A ticket as its caller sees it.
#[derive(Serialize, ToSchema)]
pub struct FollowedOut {
    number: String,
    /// The kind of ticket.
    kind: Text,
    /// `received`, `centre` (the centre is at it), `handling` (departments are), `waiting`, `checking` (a reply is looked
    /// at), `callback` (somebody is going to call), `closed`.
    stage: &'static str,
    outcome: Option<Text>,
    opened_at: Time,
    /// Since when it has stood there.
    since: Time,
    closed_at: Option<Time>,
    /// It was opened once more.
    again: bool,
    /// It was joined with another one of the same matter.
    joined: bool,
    /// Departments at work, where the settings show them.
    departments: Vec<Text>,
    /// What the workflow marks as public, once callers are told it.
    said: Vec<SaidOut>,
    /// Notes for the caller, oldest first.
    notes: Vec<NoteOut>,
}

/// A public field.
#[derive(Serialize, ToSchema)]
pub struct SaidOut {
    title: Text,
    /// Text, list of texts, true or false, RFC 3339 time, or a title in both languages.
    #[schema(value_type = Object)]
    value: Json,
}

/// A note for the caller.
#[derive(Serialize, ToSchema)]
pub struct NoteOut {
    at: Time,
    text: String,
}

/// A code, shown this once.
#[derive(Serialize, ToSchema)]
pub struct CodeOut {
    number: String,
    /// As it is read out: `473 921 8605`.
    code: String,
}

impl From<Followed> for FollowedOut {
    fn from(followed: Followed) -> Self {
        Self {
            number: followed.number,
            kind: followed.kind,
            stage: followed.stage.as_str(),
            outcome: followed.outcome,
            opened_at: Time(followed.opened_at),
            since: Time(followed.since),
            closed_at: followed.closed_at.map(Time),
            again: followed.again,
            joined: followed.joined,
            departments: followed.departments,
            said: followed
                .said
                .into_iter()
                .map(|said| SaidOut {
                    title: said.title,
                    value: value(said.content),
                })
                .collect(),
            notes: followed
                .notes
                .into_iter()
                .map(|note| NoteOut {
                    at: Time(note.at),
                    text: note.text,
                })
                .collect(),
        }
    }
}

fn value(content: Content) -> Json {
    match content {
        Content::Words(words) => json!(words),
        Content::Lines(lines) => json!(lines),
        Content::Title(title) => json!(title),
        Content::Yes(yes) => json!(yes),
        Content::At(at) => json!(at.rfc3339()),
    }
}

/// What a caller may know of the own ticket, by number and code. A wrong number and a wrong code are both 404; who guesses
/// waits (429 with `Retry-After`), counted together with the page `/follow`.
#[utoipa::path(post, path = "/api/v1/follow", tag = "follow", request_body = FollowIn,
    security(("token" = ["tickets:follow"])), responses((status = 200, body = FollowedOut)))]
pub async fn follow(
    state: Data<State>,
    _who: Allowed<FollowTickets>,
    body: Body<FollowIn>,
) -> Result<HttpResponse, Problem> {
    must_be_there(&state)?;
    let asked = body.value;
    let address = match asked.address {
        None => None,
        Some(address) => Some(address.0.trim().parse::<IpAddr>().map_err(|_| {
            let fault = Fault::new(Place::Pointer("/address".to_owned()), "address");
            Problem::invalid(vec![fault.with("value", crate::web::faults::shown(&address.0))])
        })?),
    };
    let shows = Shows {
        departments: state.config.follow.departments,
    };
    match state
        .desk
        .follow_ticket(&asked.number.0, &asked.code.0, address, shows)
        .await?
    {
        Following::Yes(_, followed) => Ok(HttpResponse::Ok().json(FollowedOut::from(*followed))),
        Following::No => Err(Problem::new(Code::NotFound).member("what", json!("ticket"))),
        Following::Wait(seconds) => Err(Problem::new(Code::TooMany)
            .with("seconds", seconds.to_string())
            .header("Retry-After", seconds.to_string())),
    }
}

/// Makes a code with which the caller follows the ticket; the one before is void, which is recorded. Nobody sees it again.
#[utoipa::path(post, path = "/api/v1/tickets/{number}/caller-code", tag = "follow", params(("number" = String, Path)),
    security(("token" = ["tickets:act"])), responses((status = 201, body = CodeOut)))]
pub async fn code(
    state: Data<State>,
    who: Allowed<ActOnTickets>,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    must_be_there(&state)?;
    let code = state.desk.issue_code(&who.principal, &number).await?;
    let made = CodeOut {
        number: number.into_inner(),
        code,
    };
    Ok(HttpResponse::build(StatusCode::CREATED).json(made))
}

fn must_be_there(state: &State) -> Result<(), Problem> {
    if state.config.follow.enabled {
        Ok(())
    } else {
        Err(Problem::new(Code::NotFound))
    }
}
