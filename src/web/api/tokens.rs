//! API tokens: made, listed, revoked, renewed. A secret is shown once and stored as a hash.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::desk::Scope;
use crate::desk::tokens::{TokenView, TokenWish};
use crate::web::auth::{Allowed, Anybody};
use crate::web::body::Body;
use crate::web::command::once;
use crate::web::decode::{At, Decode, Faults, Line, word};
use crate::web::idempotency::Key;
use crate::web::problem::{Code, Problem};
use crate::web::query::Query;
use crate::web::show::Time;
use crate::web::state::State;
use crate::workflow::id::{DepartmentId, PersonId};
use crate::workflow::moment::{DAY, Moment};
use crate::{query, request};

/// A scope by its word.
#[derive(Clone, Debug)]
pub struct ScopeWord(Scope);

// What breaks a rule of its list is told with its value.
impl Serialize for ScopeWord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.word())
    }
}

impl Decode for ScopeWord {
    fn decode(value: &serde_json::Value, at: &At, faults: &mut Faults) -> Option<Self> {
        let text = String::decode(value, at, faults)?;
        if let Some(scope) = Scope::parse(&text) {
            return Some(Self(scope));
        }
        let words = Scope::words();
        let known: Vec<(&str, ())> = words.iter().map(|word| (word.as_str(), ())).collect();
        word(value, at, faults, &known);
        None
    }
}

request! {
    /// A token to make.
    pub struct TokenIn {
        /// Whose; yours when it is left out.
        person: Option<PersonId>,
        /// What it is for.
        title: Line,
        #[schema(value_type = Vec<String>)]
        #[validate(length(min = 1, max = 32))]
        scopes: Vec<ScopeWord>,
        /// Narrows it to one department's tickets.
        department: Option<DepartmentId>,
        /// At most a year from now; 90 days when it is left out.
        expires_at: Option<Moment>,
    }
}

/// A token; its secret only when it was made just now.
#[derive(Serialize, ToSchema)]
pub struct TokenOut {
    id: String,
    /// Shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    person: PersonId,
    title: String,
    scopes: Vec<String>,
    department: Option<DepartmentId>,
    created_at: Time,
    created_by: Option<PersonId>,
    expires_at: Time,
    last_used_at: Option<Time>,
    revoked_at: Option<Time>,
}

/// A page of tokens, the newest first.
#[derive(Serialize, ToSchema)]
pub struct TokenList {
    items: Vec<TokenOut>,
    /// Send it back as `cursor` for the next page; null at the end.
    next: Option<String>,
}

query! {
    /// Which page of tokens.
    pub struct TokensQuery {
        /// `next` of the page before.
        cursor: Option<String>,
        /// Tokens of a page (50, at most 200).
        limit: Option<u32>,
    }
}

impl TokenOut {
    fn new(view: TokenView, secret: Option<String>) -> Self {
        Self {
            id: view.id,
            secret,
            person: view.person,
            title: view.title,
            scopes: view.scopes.iter().map(|scope| scope.word().into_owned()).collect(),
            department: view.department,
            created_at: Time(view.created_at),
            created_by: view.created_by,
            expires_at: Time(view.expires_at),
            last_used_at: view.last_used_at.map(Time),
            revoked_at: view.revoked_at.map(Time),
        }
    }
}

/// Your tokens; everybody's with `tokens:manage`. Never a secret.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "tokens", params(TokensQuery),
    security(("token" = [])), responses((status = 200, body = TokenList)))]
pub async fn list(
    state: Data<State>,
    who: Allowed<Anybody>,
    query: Query<TokensQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let cursor = query.0.cursor.as_deref();
    let tokens = state
        .desk
        .tokens_page(&who.principal, cursor, limit.saturating_add(1))
        .await?;
    let (tokens, more) = super::cut(tokens, limit);
    let next = tokens.last().map(|last| last.id.clone()).filter(|_| more);
    let items = tokens.into_iter().map(|view| TokenOut::new(view, None)).collect();
    Ok(HttpResponse::Ok().json(TokenList { items, next }))
}

/// Makes a token: yours with no more scopes than the one you use, others' with `tokens:manage`. The secret is not kept:
/// a repeat under the same Idempotency-Key answers without it.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "tokens", request_body = TokenIn,
    security(("token" = [])), responses((status = 201, body = TokenOut)))]
pub async fn issue(
    state: Data<State>,
    who: Allowed<Anybody>,
    key: Key,
    body: Body<TokenIn>,
) -> Result<HttpResponse, Problem> {
    let Body { value: wish, bytes } = body;
    let wish = TokenWish {
        person: wish.person.unwrap_or_else(|| who.principal.person.clone()),
        title: wish.title.0,
        scopes: wish.scopes.into_iter().map(|scope| scope.0).collect::<BTreeSet<_>>(),
        department: wish.department,
        expires_at: Some(wish.expires_at.unwrap_or_else(|| default_expiry(&state))),
    };
    let act = made(&state, &who, wish);
    once(
        &state,
        &who.principal,
        &key,
        &bytes,
        StatusCode::CREATED,
        Some("secret"),
        act,
    )
    .await
}

async fn made(state: &State, who: &Allowed<Anybody>, wish: TokenWish) -> Result<TokenOut, Problem> {
    let (secret, view) = state.desk.issue_token(Some(&who.principal), wish).await?;
    Ok(TokenOut::new(view, Some(secret)))
}

fn default_expiry(state: &State) -> Moment {
    state.desk.clock().now().plus(i64::from(state.config.tokens.days) * DAY)
}

/// Revokes a token at once.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "tokens", params(("id" = String, Path)),
    security(("token" = [])), responses((status = 204)))]
pub async fn revoke(state: Data<State>, who: Allowed<Anybody>, id: Path<String>) -> Result<HttpResponse, Problem> {
    state.desk.revoke_token(&who.principal, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Makes a new token like this one. Both are valid until you revoke the old one, so that nothing stands still meanwhile.
#[utoipa::path(post, path = "/api/v1/tokens/{id}/renew", tag = "tokens", params(("id" = String, Path)),
    security(("token" = [])), responses((status = 201, body = TokenOut)))]
pub async fn renew(
    state: Data<State>,
    who: Allowed<Anybody>,
    id: Path<String>,
    key: Key,
) -> Result<HttpResponse, Problem> {
    let act = async {
        let tokens = state.desk.tokens(&who.principal).await?;
        let now = state.desk.clock().now();
        let old = tokens
            .into_iter()
            .find(|token| token.id == *id && token.revoked_at.is_none())
            .ok_or_else(|| Problem::new(Code::NotFound))?;
        let length = old.expires_at.since(old.created_at);
        let wish = TokenWish {
            person: old.person,
            title: old.title,
            scopes: old.scopes,
            department: old.department,
            expires_at: Some(now.plus(length)),
        };
        made(&state, &who, wish).await
    };
    once(
        &state,
        &who.principal,
        &key,
        b"",
        StatusCode::CREATED,
        Some("secret"),
        act,
    )
    .await
}
