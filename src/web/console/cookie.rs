//! The cookie of a session. With TLS (ours, or a proxy's that `server.public_url` names) it is `__Host-ombud`, which
//! browsers send over TLS only and nobody else on the domain can set. In the plain-HTTP mode of a closed network it is
//! `ombud`; whoever can listen there can take it.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};

use crate::config::Config;

/// Over TLS, and without.
const NAMES: (&str, &str) = ("__Host-ombud", "ombud");

/// Whether people come over TLS.
pub fn is_secure(config: &Config) -> bool {
    !config.server.tls_certificate.is_empty() || config.server.public_url.starts_with("https://")
}

fn name(config: &Config) -> &'static str {
    if is_secure(config) { NAMES.0 } else { NAMES.1 }
}

/// The secret that a request brought along.
pub fn secret_of(request: &HttpRequest, config: &Config) -> Option<String> {
    request.cookie(name(config)).map(|cookie| cookie.value().to_owned())
}

/// The cookie that holds this secret until the browser is closed or the session is over.
pub fn holding(secret: String, config: &Config) -> Cookie<'static> {
    Cookie::build(name(config), secret)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(is_secure(config))
        .finish()
}

/// The cookie that takes it away.
pub fn gone(config: &Config) -> Cookie<'static> {
    let mut cookie = holding(String::new(), config);
    cookie.make_removal();
    cookie
}

/// What stands for somebody between password and code: of signing in alone.
const PENDING: &str = "ombud-pending";

/// The one that a request brought along.
pub fn pending_of(request: &HttpRequest) -> Option<String> {
    request.cookie(PENDING).map(|cookie| cookie.value().to_owned())
}

/// The cookie that holds it.
pub fn pending(pending: String, config: &Config) -> Cookie<'static> {
    Cookie::build(PENDING, pending)
        .path("/sign-in")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(is_secure(config))
        .finish()
}

/// The cookie that takes it away.
pub fn pending_gone(config: &Config) -> Cookie<'static> {
    let mut cookie = pending(String::new(), config);
    cookie.make_removal();
    cookie
}
