//! What pages are made of: styles, scripts, icons, built from `web/` and embedded. The address names the content, so a
//! browser keeps it for ever.

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::RustEmbed;

use crate::web::problem::{Code, Problem};

use super::answer::POLICY;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Static;

/// Digits of the content's hash in an address.
const DIGITS: usize = 10;

static VERSIONS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    Static::iter()
        .filter_map(|name| {
            let hash = hex::encode(Static::get(&name)?.metadata.sha256_hash());
            Some((name.to_string(), hash.chars().take(DIGITS).collect()))
        })
        .collect()
});

/// The address of an asset, with its version.
pub fn address(name: &str) -> String {
    match VERSIONS.get(name) {
        Some(version) => format!("/assets/{name}?v={version}"),
        None => format!("/assets/{name}"),
    }
}

/// `GET /assets/{name}`
pub async fn asset(request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Problem> {
    let found = Static::get(&name).ok_or_else(|| Problem::new(Code::NotFound))?;
    let named = VERSIONS
        .get(name.as_str())
        .is_some_and(|version| request.query_string() == format!("v={version}"));
    let kept = if named {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media(&name)))
        // A worker lives under the policy of its own file: it is to hear the stream.
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((CACHE_CONTROL, kept))
        .body(found.data.into_owned()))
}

/// Our own table: what is not in it is never shown by a browser.
fn media(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some(_) | None => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        // Names of formats and licences, which nobody fetches.
        let harmless = [
            "http://www.w3.org/",
            "https://github.com/",
            "https://htmx.org",
            "https://tabler.io",
        ];
        for name in Static::iter() {
            let text = String::from_utf8(Static::get(&name).unwrap().data.into_owned()).unwrap();
            for found in text.split("http").skip(1) {
                let address = format!("http{}", found.chars().take(60).collect::<String>());
                let foreign = address.starts_with("http://") || address.starts_with("https://");
                assert!(
                    !foreign || harmless.iter().any(|known| address.starts_with(known)),
                    "{name} names {address}"
                );
            }
        }
    }
}
