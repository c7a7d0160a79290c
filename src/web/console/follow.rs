//! The page of a caller: the own ticket by number and code, without signing in.
//!
//! It works without a script and keeps nothing in an address: the form is posted, the answer is a cookie for this path
//! alone, good for an hour.

use std::net::IpAddr;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::desk::follow::{Content, Followed, Following, Shows, Stage};
use crate::texts::{Arg, Language, say};
use crate::web::address;
use crate::web::problem::{Code, Problem};
use crate::web::state::State;
use crate::workflow::moment::Moment;

use super::answer::{self, see_other, sentence, word};
use super::cookie;
use super::look::Look;
use super::visitor::Stranger;
use super::words::text;

/// Where the page is.
pub const PATH: &str = "/follow";
const COOKIE: &str = "ombud-follow";
/// Days for which a chosen language is remembered.
const LANGUAGE_DAYS: i64 = 365;

/// A language that was chosen by a link.
#[derive(Deserialize)]
pub struct Chosen {
    lang: Option<String>,
}

#[derive(Serialize)]
struct FollowView {
    /// A link to the same page in the other language, for who has no script.
    other_language: &'static str,
    /// What the centre calls itself.
    centre: String,
    number: String,
    wrong: Option<String>,
    ticket: Option<TicketView>,
}

#[derive(Serialize)]
struct TicketView {
    number: String,
    kind: String,
    stage: &'static str,
    icon: &'static str,
    stage_title: String,
    stage_about: String,
    outcome: Option<String>,
    again: bool,
    joined: bool,
    opened: Stamp,
    since: Stamp,
    closed: Option<Stamp>,
    departments: String,
    said: Vec<SaidView>,
    notes: Vec<NoteView>,
}

/// A time with its date: a caller comes back days later.
#[derive(Serialize)]
struct Stamp {
    iso: String,
    text: String,
}

impl Stamp {
    fn new(at: Moment, zone: &TimeZone) -> Self {
        Self {
            iso: at.rfc3339(),
            text: local(at, zone),
        }
    }
}

#[derive(Serialize)]
struct SaidView {
    title: String,
    lines: Vec<String>,
}

#[derive(Serialize)]
struct NoteView {
    at: Stamp,
    text: String,
}

/// What callers see, by the settings.
pub fn shows(config: &Config) -> Shows {
    Shows {
        departments: config.follow.departments,
    }
}

fn must_be_there(state: &State) -> Result<(), Problem> {
    if state.config.follow.enabled {
        Ok(())
    } else {
        Err(Problem::new(Code::NotFound))
    }
}

/// `GET /follow`
pub async fn page(
    state: Data<State>,
    request: HttpRequest,
    query: Query<Chosen>,
    look: Look,
) -> Result<HttpResponse, Problem> {
    must_be_there(&state)?;
    let chosen = query.lang.as_deref().and_then(Language::from_tag);
    let look = Look {
        language: chosen.unwrap_or(look.language),
        ..look
    };
    let pass = request.cookie(COOKIE).map(|cookie| cookie.value().to_owned());
    let followed = match pass {
        Some(pass) => state.desk.followed(&pass, shows(&state.config)).await?,
        None => None,
    };
    let view = FollowView::new(&state, &look, followed.as_ref()).await?;
    let mut response = shown(&look, StatusCode::OK, &view)?;
    if chosen.is_some() {
        // Our own cookie, always well formed.
        let _ = response.add_cookie(&language_cookie(look.language));
    }
    Ok(response)
}

/// `POST /follow`
pub async fn follow(state: Data<State>, request: HttpRequest, sent: Stranger) -> Result<HttpResponse, Problem> {
    must_be_there(&state)?;
    let Stranger { look, form, .. } = sent;
    let address: Option<IpAddr> = address::of(&request);
    let number = form.text("number");
    let following = state
        .desk
        .follow_ticket(number, form.text("code"), address, shows(&state.config))
        .await?;
    let (status, wrong) = match following {
        Following::Yes(pass, _) => {
            let mut response = see_other(PATH);
            let _ = response.add_cookie(&holding(pass, &state.config));
            return Ok(response);
        }
        Following::No => (StatusCode::UNPROCESSABLE_ENTITY, word(&look, "follow-wrong")),
        Following::Wait(seconds) => {
            let seconds = [("seconds", Arg::from(seconds))];
            (StatusCode::TOO_MANY_REQUESTS, sentence(&look, "follow-wait", &seconds))
        }
    };
    let view = FollowView {
        number: number.to_owned(),
        wrong: Some(wrong),
        ..FollowView::new(&state, &look, None).await?
    };
    shown(&look, status, &view)
}

/// `POST /follow/leave`: whoever used a browser that others use too.
pub async fn leave(state: Data<State>, _sent: Stranger) -> Result<HttpResponse, Problem> {
    must_be_there(&state)?;
    let mut gone = holding(String::new(), &state.config);
    gone.make_removal();
    let mut response = see_other(PATH);
    let _ = response.add_cookie(&gone);
    Ok(response)
}

fn shown(look: &Look, status: StatusCode, view: &FollowView) -> Result<HttpResponse, Problem> {
    let mut response = answer::bare(look, status, word(look, "follow-title"), "follow", view)?;
    response.headers_mut().insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex, nofollow"),
    );
    Ok(response)
}

/// The cookie of a pass: of this page alone, sent from our own pages alone.
fn holding(pass: String, config: &Config) -> Cookie<'static> {
    Cookie::build(COOKIE, pass)
        .path(PATH)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(cookie::is_secure(config))
        .finish()
}

fn language_cookie(language: Language) -> Cookie<'static> {
    Cookie::build("lang", language.tag())
        .path("/")
        .same_site(SameSite::Lax)
        .max_age(actix_web::cookie::time::Duration::days(LANGUAGE_DAYS))
        .finish()
}

impl FollowView {
    async fn new(state: &State, look: &Look, followed: Option<&Followed>) -> Result<Self, Problem> {
        let named = state.desk.centre_name().await?;
        let directory = state.desk.directory();
        let zone = directory
            .calendar(None)
            .map_or(TimeZone::UTC, |calendar| calendar.zone.clone());
        let other = match look.language {
            Language::Zh => Language::En,
            Language::En => Language::Zh,
        };
        Ok(Self {
            other_language: other.tag(),
            centre: if named.is_empty() {
                state.config.mail.centre.clone()
            } else {
                named
            },
            number: String::new(),
            wrong: None,
            ticket: followed.map(|followed| TicketView::new(followed, look, &zone)),
        })
    }
}

impl TicketView {
    fn new(followed: &Followed, look: &Look, zone: &TimeZone) -> Self {
        let language = look.language;
        let when = |at| Stamp::new(at, zone);
        let stage = followed.stage.as_str();
        let departments: Vec<String> = followed.departments.iter().map(|title| text(title, language)).collect();
        Self {
            number: followed.number.clone(),
            kind: text(&followed.kind, language),
            stage,
            icon: icon(followed.stage),
            stage_title: word(look, &format!("follow-stage-{stage}")),
            stage_about: word(look, &format!("follow-stage-{stage}-about")),
            outcome: followed.outcome.as_ref().map(|outcome| text(outcome, language)),
            again: followed.again,
            joined: followed.joined,
            opened: when(followed.opened_at),
            since: when(followed.since),
            closed: followed.closed_at.map(when),
            departments: departments.join(say(language, "list-comma", &[]).as_str()),
            said: followed
                .said
                .iter()
                .map(|said| SaidView {
                    title: text(&said.title, language),
                    lines: lines(&said.content, language, zone),
                })
                .collect(),
            notes: followed
                .notes
                .iter()
                .map(|note| NoteView {
                    at: when(note.at),
                    text: note.text.clone(),
                })
                .collect(),
        }
    }
}

fn icon(stage: Stage) -> &'static str {
    match stage {
        Stage::Received => "clipboard-check",
        Stage::Centre | Stage::Checking => "search",
        Stage::Handling => "building-community",
        Stage::Waiting => "player-pause",
        Stage::Callback => "phone-call",
        Stage::Closed => "circle-check",
    }
}

fn lines(content: &Content, language: Language, zone: &TimeZone) -> Vec<String> {
    match content {
        Content::Words(words) => vec![words.clone()],
        Content::Lines(lines) => lines.clone(),
        Content::Title(title) => vec![text(title, language)],
        Content::Yes(true) => vec![say(language, "value-yes", &[])],
        Content::Yes(false) => vec![say(language, "value-no", &[])],
        Content::At(at) => vec![local(*at, zone)],
    }
}

fn local(at: Moment, zone: &TimeZone) -> String {
    let local = at.timestamp().to_zoned(zone.clone());
    local.strftime("%Y-%m-%d %H:%M").to_string()
}
