//! What the palette finds on the server: tickets by number and by words of the title, only those that the person may see.
//! Pages and actions stand in the page itself.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};

use crate::desk::DeskError;
use crate::web::problem::Problem;
use crate::web::state::State;

use super::answer;
use super::listing::{Asked, escaped};
use super::tickets::RowView;
use super::visitor::Visitor;
use super::words::Names;

/// Tickets that are offered.
const OFFERED: u64 = 8;
/// Characters from which it is worth looking.
const FROM: usize = 2;

/// What is typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    q: String,
}

#[derive(Serialize)]
struct FoundView {
    tickets: Vec<RowView>,
}

/// `GET /palette`
pub async fn found(state: Data<State>, visitor: Visitor, typed: Query<Typed>) -> Result<HttpResponse, Problem> {
    let typed = typed.q.trim();
    let mut rows = Vec::new();
    if typed.chars().count() >= FROM {
        let listing = Asked::read(&format!("view=all&q={}", escaped(typed)))?.listing();
        let page = state
            .desk
            .list(&visitor.principal, &listing.filter, listing.sort, None, OFFERED)
            .await;
        match page {
            Ok(page) => rows = page.rows,
            // Too many words to look for are no fault of a palette: it finds nothing.
            Err(DeskError::Invalid(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language: visitor.look.language,
    };
    let view = FoundView {
        tickets: rows
            .into_iter()
            .map(|row| RowView::of(row, &state, &names, &visitor))
            .collect(),
    };
    answer::part(&visitor, StatusCode::OK, "parts/palette_found", &view)
}
