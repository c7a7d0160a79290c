//! Saving a list as a view: under a title, for oneself or for others too; renaming it, beginning with it, removing it.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use uuid::Uuid;

use crate::desk::views::{Audience, SavedView, ViewWish};
use crate::texts::say;
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::id::DepartmentId;

use super::answer;
use super::listing::{Asked, escaped};
use super::tickets::{Choice, OFFERED_MAX};
use super::visitor::{Posted, Visitor};
use super::words::{Names, text};

/// Roles that may share.
const SHARE: [&str; 3] = ["shift_lead", "manager", "administrator"];

/// What may be done with the list as a view.
#[derive(Serialize)]
pub struct SaveView {
    /// Of the view it began with; empty for a new one.
    id: String,
    title: String,
    /// The view is the person's own.
    own: bool,
    usual: bool,
    /// Whose it is, where it is somebody else's.
    owner: String,
    /// The list differs from what was saved.
    changed: bool,
    /// Whom it can be shared with; nothing where the person may not.
    audiences: Vec<Choice>,
    /// The list itself.
    query: String,
}

/// The panel for a list.
pub fn panel(visitor: &Visitor, names: &Names<'_>, asked: &Asked, saved: Option<&SavedView>) -> SaveView {
    let audience = saved.map_or(&Audience::Own, |view| &view.audience);
    let mut audiences = Vec::new();
    if SHARE.iter().any(|role| visitor.has_role(role)) {
        let word = |key: &str| say(names.language, key, &[]);
        audiences.push(Choice {
            value: String::new(),
            title: word("views-own"),
            chosen: *audience == Audience::Own,
        });
        audiences.push(Choice {
            value: "*".to_owned(),
            title: word("views-everybody"),
            chosen: *audience == Audience::Everybody,
        });
        audiences.extend(
            names
                .directory
                .departments
                .values()
                .take(OFFERED_MAX)
                .map(|known| Choice {
                    value: known.id.to_string(),
                    title: text(&known.title, names.language),
                    chosen: matches!(audience, Audience::Department(department) if *department == known.id),
                }),
        );
    }
    let own = saved.is_some_and(|view| view.own);
    SaveView {
        id: saved.map(|view| view.id.clone()).unwrap_or_default(),
        title: saved.map(|view| view.title.clone()).unwrap_or_default(),
        own,
        usual: saved.is_some_and(|view| view.usual),
        owner: saved
            .filter(|view| !view.own)
            .map(|view| names.person(&view.owner))
            .unwrap_or_default(),
        changed: saved.is_some_and(|view| Asked::of(&view.listing, &view.id).listing() != asked.listing()),
        audiences,
        query: asked.query(),
    }
}

/// `POST /tickets/views`: `do` says what: `new`, `save`, `usual`, `unusual`, `remove`.
pub async fn save(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let Posted { visitor, form } = sent;
    let (desk, who) = (&state.desk, &visitor.principal);
    let id = form.text("id").to_owned();
    let there = |id: &str| answer::see_other(&format!("/tickets?saved={}", escaped(id)));
    match form.text("do") {
        "remove" => {
            desk.drop_view(who, &id).await?;
            Ok(answer::see_other("/tickets?view=open"))
        }
        "usual" => {
            desk.choose_view(who, Some(&id)).await?;
            Ok(there(&id))
        }
        "unusual" => {
            desk.choose_view(who, None).await?;
            Ok(there(&id))
        }
        word => {
            let is_new = word != "save" || id.is_empty();
            let listing = Asked::read(form.text("query"))?.listing();
            let wish = ViewWish {
                id: if is_new { Uuid::new_v4().to_string() } else { id },
                title: form.text("title").to_owned(),
                audience: match form.text("shared") {
                    "" => Audience::Own,
                    "*" => Audience::Everybody,
                    department => Audience::Department(DepartmentId::from(department)),
                },
                listing,
            };
            let saved = desk.save_view(who, wish).await?;
            Ok(there(&saved.id))
        }
    }
}
