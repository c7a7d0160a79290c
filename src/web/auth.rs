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

use crate::desk::{Principal, Scope};

use super::problem::{Code, Problem};
use super::state;

/// A scope, as a type.
pub trait Need: 'static {
    const SCOPE: Option<Scope>;
}

macro_rules! needs {
    ($($name:ident)*) => {$(
        /// Needs the scope of this name.
        pub struct $name;

        impl Need for $name {
            const SCOPE: Option<Scope> = Some(Scope::$name);
        }
    )*};
}

needs! {
    ReadTickets OpenTickets ActOnTickets ImportTickets ReadFeed ReadDirectory EditDirectory ReadWorkflows PublishWorkflows
    ManageTokens ReadRecord
}

/// Any valid token will do.
pub struct Anybody;

impl Need for Anybody {
    const SCOPE: Option<Scope> = None;
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
            if let Some(scope) = N::SCOPE
                && !principal.scopes.contains(&scope)
            {
                return Err(scope_missing(scope).into());
            }
            Ok(Self {
                principal,
                need: PhantomData,
            })
        })
    }
}

/// 403 with the scope that is missing.
pub fn scope_missing(scope: Scope) -> Problem {
    Problem::new(Code::ScopeMissing).with("scope", scope.as_str()).header(
        "WWW-Authenticate",
        format!(
            "Bearer realm=\"ombud\", error=\"insufficient_scope\", scope=\"{}\"",
            scope.as_str()
        ),
    )
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
