//! Answers of the console: a whole page, a part of one, a way to go. Each carries the policy that lets a browser load
//! our own files and nothing else.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, VARY,
};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use crate::texts::{Arg, say};
use crate::web::problem::Problem;

use super::look::Look;
use super::shell::Shell;
use super::templates::render;
use super::visitor::Visitor;

/// Marks an answer that says all it has to say, whatever its status: nothing is put in its place on the way out.
pub struct Said;

/// Nothing in place, nothing from elsewhere, nowhere framed.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; \
    frame-ancestors 'none'; base-uri 'none'";

/// What a template is filled with.
#[derive(Serialize)]
struct Filled<'v, V> {
    shell: Shell,
    page: &'v V,
}

/// A page of the console, or what is inside its layout where only a part is asked for: `NAME.hbs`.
pub fn page<V: Serialize>(
    visitor: &Visitor,
    section: &str,
    title: String,
    template: &str,
    view: &V,
) -> Result<HttpResponse, Problem> {
    with_status(visitor, StatusCode::OK, section, title, template, view)
}

/// A page with another status than 200.
pub fn with_status<V: Serialize>(
    visitor: &Visitor,
    status: StatusCode,
    section: &str,
    title: String,
    template: &str,
    view: &V,
) -> Result<HttpResponse, Problem> {
    let shell = Shell::of(visitor, section, title);
    let text = render(template, &Filled { shell, page: view })?;
    Ok(html(&visitor.look, status).body(text))
}

/// A part of a page, without a layout.
pub fn part<V: Serialize>(
    visitor: &Visitor,
    status: StatusCode,
    template: &str,
    view: &V,
) -> Result<HttpResponse, Problem> {
    with_status(visitor, status, "", String::new(), template, view)
}

/// A page for somebody who is not signed in.
pub fn bare<V: Serialize>(
    look: &Look,
    status: StatusCode,
    title: String,
    template: &str,
    view: &V,
) -> Result<HttpResponse, Problem> {
    let shell = Shell::bare(look, title);
    let text = render(template, &Filled { shell, page: view })?;
    Ok(html(look, status).body(text))
}

/// Go there with GET.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).finish()
}

/// Go there: the script of a page cannot follow a redirect by itself.
pub fn go(look: &Look, path: &str) -> HttpResponse {
    if look.part {
        HttpResponse::Ok().insert_header(("HX-Redirect", path)).finish()
    } else {
        see_other(path)
    }
}

/// An answer with the headers of a page.
pub fn html(look: &Look, status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_LANGUAGE, look.language.tag()))
        .insert_header((VARY, "Cookie, Accept-Language, HX-Request"))
        .insert_header((REFERRER_POLICY, "same-origin"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY));
    answer.extensions_mut().insert(Said);
    answer
}

/// A word of the texts in the language of a page.
pub fn word(look: &Look, key: &str) -> String {
    say(look.language, key, &[])
}

/// A sentence of the texts in the language of a page.
pub fn sentence(look: &Look, key: &str, arguments: &[(&str, Arg)]) -> String {
    say(look.language, key, arguments)
}
