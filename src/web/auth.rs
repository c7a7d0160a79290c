//! Who asks: a token in `Authorization: Bearer …`, and nothing else. Cookies and tokens in URLs are not looked at.
//!
//! A handler names the scope it needs in its signature: `who: Allowed<ReadTickets>`. Scopes only narrow what roles
//! allow; roles are looked at by the desk, for the person at this moment.

use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr};

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use serde_json::json;

use crate::desk::{Principal, Scope};
use crate::workflow::id::ActionId;

use super::problem::{Code, Fault, Place, Problem};
use super::state;

/// A scope, as a type.
pub trait Need: 'static {
    /// The scope this request needs; nothing when any valid token will do.
    fn scope(request: &HttpRequest) -> Option<Scope>;
}

macro_rules! needs {
    ($($name:ident)*) => {$(
        /// Needs the scope of this name.
        pub struct $name;

        impl Need for $name {
            fn scope(_: &HttpRequest) -> Option<Scope> {
                Some(Scope::$name)
            }
        }
    )*};
}

needs! {
    ReadTickets OpenTickets ActOnTickets ImportTickets ReadFeed ReadDirectory EditDirectory Duty ReadWorkflows
    PublishWorkflows ManageTokens ReadRecord ManageMail Erase ReadMetrics ReadReports FollowTickets
}

/// Any valid token will do.
pub struct Anybody;

impl Need for Anybody {
    fn scope(_: &HttpRequest) -> Option<Scope> {
        None
    }
}

/// Needs the scope of the action that the path names: `tickets:act`, or `tickets:act:ACTION`.
pub struct DoAction;

impl Need for DoAction {
    fn scope(request: &HttpRequest) -> Option<Scope> {
        let action = request.match_info().get("action").unwrap_or_default();
        Some(Scope::Do(ActionId::from(action)))
    }
}

macro_rules! needs_action {
    ($($name:ident = $action:literal)*) => {$(
        /// Needs the scope of this action.
        pub struct $name;

        impl Need for $name {
            fn scope(_: &HttpRequest) -> Option<Scope> {
                Some(Scope::Do(ActionId::from($action)))
            }
        }
    )*};
}

needs_action! {
    Link = "link" Unlink = "unlink" Merge = "merge" Attach = "attach"
}

/// A person whose token has the scope `N`.
pub struct Allowed<N: Need> {
    pub principal: Principal,
    need: PhantomData<N>,
}

impl<N: Need> FromRequest for Allowed<N> {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let principal = principal(&request).await?;
            if let Some(scope) = N::scope(&request)
                && !principal.has(&scope)
            {
                return Err(scope_missing(&scope).into());
            }
            Ok(Self {
                principal,
                need: PhantomData,
            })
        })
    }
}

/// 403 with the scope that is missing.
pub fn scope_missing(scope: &Scope) -> Problem {
    let scope = scope.word();
    Problem::new(Code::ScopeMissing)
        .with("scope", scope.as_ref())
        .member("scope", json!(scope))
        .header(
            "WWW-Authenticate",
            format!("Bearer realm=\"ombud\", error=\"insufficient_scope\", scope=\"{scope}\""),
        )
}

/// The scope that is missing, as one reason among others.
pub fn scope_fault(scope: &Scope) -> Fault {
    let mut fault = Fault::new(Place::Header("Authorization"), "scope_missing").with("scope", scope.word());
    fault.more.insert("scope".into(), json!(scope.word()));
    fault
}

async fn principal(request: &HttpRequest) -> Result<Principal, Problem> {
    let state = state::of(request)?;
    let Some(secret) = bearer(request) else {
        state.gates.refused(address(request))?;
        return Err(Problem::new(Code::Unauthenticated).header("WWW-Authenticate", "Bearer realm=\"ombud\""));
    };
    // The gate stands before the database: by the secret's public part.
    let id: String = secret.chars().take(PUBLIC_PART_MAX).collect();
    state.gates.token(&id)?;
    let found = state
        .desk
        .principal_of(secret)
        .await
        .map_err(super::desk_problem::problem)?;
    if let Some(principal) = found {
        return Ok(principal);
    }
    state.gates.refused(address(request))?;
    Err(Problem::new(Code::Unauthenticated)
        .header("WWW-Authenticate", "Bearer realm=\"ombud\", error=\"invalid_token\""))
}

/// Characters of a token that name it without giving away its secret: `omb_` and the id.
const PUBLIC_PART_MAX: usize = 16;

fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let header = headers.next()?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    let one = headers.next().is_none();
    (one && scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token.trim())
}

fn address(request: &HttpRequest) -> IpAddr {
    request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip())
}
