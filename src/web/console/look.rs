//! How a browser wants to see pages: language, theme, density; whether it asked for a whole page or a part of one.
//! These are cookies that any script of ours may write: nothing depends on them but looks.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::texts::Language;
use crate::web::guard::language_of;

/// How a page is to look.
#[derive(Clone, Debug)]
pub struct Look {
    pub language: Language,
    /// The language was chosen in this browser, and not only asked for by it.
    pub chosen: bool,
    pub theme: &'static str,
    pub density: &'static str,
    /// A part of a page is asked for.
    pub part: bool,
    /// The page that asked for a part, without its query.
    pub from: String,
    /// The address, to come back to.
    pub path: String,
}

const THEMES: [&str; 3] = ["auto", "light", "dark"];
const DENSITIES: [&str; 2] = ["comfortable", "compact"];

impl Look {
    pub fn of(request: &HttpRequest) -> Self {
        let cookie = |name: &str| request.cookie(name).map(|cookie| cookie.value().to_owned());
        let chosen = cookie("lang").as_deref().and_then(Language::from_tag);
        Self {
            language: chosen.unwrap_or_else(|| language_of(request)),
            chosen: chosen.is_some(),
            theme: one_of(&THEMES, cookie("theme").as_deref()),
            density: one_of(&DENSITIES, cookie("density").as_deref()),
            part: request.headers().contains_key("hx-request"),
            from: {
                let from = request.headers().get("hx-current-url");
                let from = from.and_then(|from| from.to_str().ok()).unwrap_or_default();
                from.split(['?', '#']).next().unwrap_or_default().to_owned()
            },
            path: request.path().to_owned(),
        }
    }
}

impl FromRequest for Look {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

/// The word that was chosen, else the first.
fn one_of<const N: usize>(known: &[&'static str; N], chosen: Option<&str>) -> &'static str {
    let [first, ..] = known.as_slice() else { return "" };
    known.iter().find(|word| Some(**word) == chosen).unwrap_or(first)
}

/// Whether a person at a browser asked, outside the API: they are answered with a page.
pub fn is_for_people(request: &HttpRequest) -> bool {
    let path = request.path();
    let accepts = request.headers().get("accept").and_then(|accept| accept.to_str().ok());
    let html = accepts.is_some_and(|accept| accept.contains("text/html"));
    !path.starts_with("/api/") && (html || request.headers().contains_key("hx-request"))
}
