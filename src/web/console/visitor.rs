//! Who sits in front of the page: the session in the cookie, and for whatever changes something the proof that our own
//! page asked for it.
//!
//! That proof is two things. The browser says where the request comes from (`Origin`, `Sec-Fetch-Site`), and the page
//! says a token that only it can know: a hash of the session's secret, in the form or in a header.

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::{HOST, LOCATION, ORIGIN, USER_AGENT};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::desk::Principal;
use crate::desk::sessions::{Lives, SessionView};
use crate::texts::Language;
use crate::web::body;
use crate::web::problem::{Code, Problem};
use crate::web::state;
use crate::workflow::id::RoleId;
use crate::workflow::moment::{HOUR, MINUTE, Moment};

use super::form::Form;
use super::look::Look;
use super::words::text;
use super::{answer, cookie, second, trouble};

/// A person who is signed in.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub principal: Principal,
    pub session: SessionView,
    /// What their forms must say.
    pub csrf: String,
    pub look: Look,
    pub name: String,
    /// Roles that hold now.
    pub roles: Vec<RoleId>,
    /// The same in the language of the page.
    pub role_names: Vec<String>,
    pub now: Moment,
    /// The centre's zone: times on pages are shown in it.
    pub zone: TimeZone,
    pub duty: Duty,
}

/// Whether somebody is on duty now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Duty {
    /// The end of the shift that runs.
    pub until: Option<Moment>,
    pub signed_on: bool,
}

/// A form that a signed-in person sent from a page of ours.
pub struct Posted {
    pub visitor: Visitor,
    pub form: Form,
}

/// A request of a page's script, by somebody who is signed in; its body is read by whoever knows what it is.
pub struct Proven(pub Visitor);

/// A form sent from a page of ours by somebody who is not signed in yet.
pub struct Stranger {
    pub look: Look,
    pub form: Form,
    pub browser: String,
}

/// Where people may go whose role asks for a second factor they have not set up.
const WITHOUT_SECOND: [&str; 2] = [second::PATH, "/sign-out"];

impl Visitor {
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|held| held.as_str() == role)
    }

    /// What the browser calls itself.
    pub fn browser(request: &HttpRequest) -> String {
        let agent = request.headers().get(USER_AGENT);
        agent
            .and_then(|agent| agent.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    }

    async fn of(request: &HttpRequest) -> Result<Self, actix_web::Error> {
        let state = state::of(request)?;
        let mut look = Look::of(request);
        let Some(secret) = cookie::secret_of(request, &state.config) else {
            return Err(signed_out(request, &look));
        };
        let found = state
            .desk
            .session_of(&secret, lives(&state.config), !asks_by_itself(request))
            .await
            .map_err(Problem::from)?;
        let Some((principal, session)) = found else {
            return Err(signed_out(request, &look));
        };
        state.gates.token(&session.id)?;
        let directory = state.desk.directory();
        let now = state.desk.clock().now();
        let person = directory.people.get(&principal.person);
        if !look.chosen
            && let Some(language) = person.and_then(|person| Language::from_tag(&person.language))
        {
            look.language = language;
        }
        let mut roles: Vec<RoleId> = directory
            .roles_of(&principal.person, now)
            .map(|held| held.role.clone())
            .collect();
        roles.sort();
        roles.dedup();
        let must_show = |role: &RoleId| state.config.sessions.second_factor.iter().any(|word| *role == **word);
        if !session.second
            && roles.iter().any(must_show)
            && !WITHOUT_SECOND.iter().any(|path| look.path.starts_with(path))
        {
            return Err(InternalError::from_response("no second factor", answer::go(&look, second::PATH)).into());
        }
        Ok(Self {
            csrf: token_of(&secret),
            name: person.map_or_else(|| principal.person.to_string(), |person| person.name.clone()),
            session,
            role_names: roles
                .iter()
                .map(|role| match directory.roles.get(role) {
                    Some(title) => text(title, look.language),
                    None => role.to_string(),
                })
                .collect(),
            zone: directory
                .calendar(None)
                .map_or(TimeZone::UTC, |calendar| calendar.zone.clone()),
            duty: Duty {
                until: directory
                    .shifts_of(&principal.person)
                    .filter(|shift| shift.from <= now && now < shift.to)
                    .map(|shift| shift.to)
                    .max(),
                signed_on: directory.sign_on_of(&principal.person, now).is_some(),
            },
            principal,
            now,
            look,
            roles,
        })
    }
}

impl FromRequest for Visitor {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            // What changes something goes through `Posted`, always.
            if request.method() != Method::GET && request.method() != Method::HEAD {
                return Err(Problem::new(Code::ForeignRequest).into());
            }
            Self::of(&request).await
        })
    }
}

impl FromRequest for Posted {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            must_be_ours(&request)?;
            let visitor = Visitor::of(&request).await?;
            let limits = &state::of(&request)?.config.limits;
            let form = Form::read(&body::form(&request, payload, limits).await?)?;
            let header = request
                .headers()
                .get("x-csrf-token")
                .and_then(|token| token.to_str().ok());
            let said = header.or_else(|| form.get("csrf")).unwrap_or_default();
            if !same(said, &visitor.csrf) {
                return Err(Problem::new(Code::ForeignRequest).into());
            }
            Ok(Self { visitor, form })
        })
    }
}

impl FromRequest for Proven {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            must_be_ours(&request)?;
            let visitor = Visitor::of(&request).await?;
            let header = request.headers().get("x-csrf-token");
            let said = header.and_then(|token| token.to_str().ok()).unwrap_or_default();
            if !same(said, &visitor.csrf) {
                return Err(Problem::new(Code::ForeignRequest).into());
            }
            Ok(Self(visitor))
        })
    }
}

impl FromRequest for Stranger {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            must_be_ours(&request)?;
            let limits = &state::of(&request)?.config.limits;
            Ok(Self {
                look: Look::of(&request),
                form: Form::read(&body::form(&request, payload, limits).await?)?,
                browser: Visitor::browser(&request),
            })
        })
    }
}

/// Whether a page asked by itself, to stay up to date.
fn asks_by_itself(request: &HttpRequest) -> bool {
    request.headers().contains_key("x-by-itself") || request.path() == super::live::PATH
}

/// How long sessions live, by the settings.
pub fn lives(config: &Config) -> Lives {
    Lives {
        idle: i64::from(config.sessions.idle_minutes) * MINUTE,
        longest: i64::from(config.sessions.hours_max) * HOUR,
    }
}

/// The token of a session's pages: known to whoever knows the secret, and telling nothing of it.
pub fn token_of(secret: &str) -> String {
    hex::encode(Sha256::digest(format!("ombud page token\n{secret}")))
}

/// Compares without telling by the time it takes where the first difference is.
fn same(one: &str, other: &str) -> bool {
    let hash = |text: &str| Sha256::digest(text.as_bytes());
    hash(one) == hash(other)
}

/// Refuses what the browser itself says comes from another site.
fn must_be_ours(request: &HttpRequest) -> Result<(), Problem> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let foreign = || Problem::new(Code::ForeignRequest);
    if header("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(foreign());
    }
    let Some(origin) = header(ORIGIN.as_str()) else {
        return Ok(());
    };
    let host = origin.split_once("://").map(|(_, host)| host);
    let public = &state::of(request)?.config.server.public_url;
    let own = host.is_some() && host == header(HOST.as_str());
    if own || origin == public.trim_end_matches('/') {
        Ok(())
    } else {
        Err(foreign())
    }
}

/// To the sign-in page and back; a part of a page says so where it stands, so that nothing typed is lost.
fn signed_out(request: &HttpRequest, look: &Look) -> actix_web::Error {
    let response = if look.part {
        trouble::signed_out(look)
    } else if request.method() == Method::GET {
        let next = if look.path == "/" {
            String::new()
        } else {
            format!("?next={}", look.path)
        };
        HttpResponse::SeeOther()
            .insert_header((LOCATION, format!("/sign-in{next}")))
            .finish()
    } else {
        answer::see_other("/sign-in")
    };
    InternalError::from_response("signed out", response).into()
}
