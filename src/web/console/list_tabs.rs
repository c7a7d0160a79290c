//! The tabs above a list: views everybody has, then those that are saved; how many open tickets each has.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::desk::list::COUNT_MAX;
use crate::desk::views::SavedView;
use crate::texts::say;
use crate::web::problem::Problem;
use crate::web::state::State;

use super::answer;
use super::listing::{Asked, VIEWS, escaped};
use super::visitor::Visitor;

/// Tabs that are counted at most: those of one's own views come first.
const COUNTED_MAX: usize = 24;
/// Saved views that stand beside every page: more are tabs of the list only.
const BESIDE_MAX: usize = 6;

#[derive(Serialize)]
pub struct TabsView {
    /// To be asked for again, with numbers.
    path: String,
    tabs: Vec<Tab>,
}

#[derive(Serialize)]
struct Tab {
    path: String,
    title: String,
    current: bool,
    /// It is shared with others.
    shared: bool,
    usual: bool,
    /// `12`, `999+`; nothing while it is not counted.
    count: Option<String>,
    /// Late ones are red.
    hot: bool,
    #[serde(skip)]
    listed: Asked,
}

/// The tabs around a list.
pub fn tabs(visitor: &Visitor, asked: &Asked, saved: &[SavedView]) -> Result<TabsView, Problem> {
    let language = visitor.look.language;
    let mut tabs = Vec::new();
    for (known, _) in VIEWS {
        let path = format!("view={known}");
        tabs.push(Tab {
            title: say(language, &format!("view-{known}"), &[]),
            current: asked.saved.is_empty() && *known == asked.view,
            shared: false,
            usual: false,
            count: None,
            hot: *known == "late",
            listed: Asked::read(&path)?,
            path: format!("/tickets?{path}"),
        });
    }
    for view in saved {
        tabs.push(Tab {
            path: format!("/tickets?saved={}", escaped(&view.id)),
            title: view.title.clone(),
            current: view.id == asked.saved,
            shared: view.audience != crate::desk::views::Audience::Own,
            usual: view.usual,
            count: None,
            hot: view.listing.filter.late == Some(true),
            listed: Asked::of(&view.listing, &view.id),
        });
    }
    Ok(TabsView {
        path: format!("/tickets/tabs?{}", asked.query()),
        tabs,
    })
}

/// `GET /tickets/tabs`: the same with numbers, asked for once the page stands.
pub async fn counted(state: Data<State>, visitor: Visitor, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let asked = Asked::read(request.query_string())?;
    let saved = state.desk.views(&visitor.principal).await?;
    let mut view = tabs(&visitor, &asked, &saved)?;
    view.count(&state, &visitor).await?;
    answer::part(&visitor, StatusCode::OK, "parts/list_tabs", &view)
}

/// `GET /tickets/side`: the saved ones alone, as they stand beside every page.
pub async fn side(state: Data<State>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let asked = Asked::read("")?;
    let saved = state.desk.views(&visitor.principal).await?;
    let mut view = tabs(&visitor, &asked, &saved)?;
    view.tabs.drain(..VIEWS.len().min(view.tabs.len()));
    view.tabs.truncate(BESIDE_MAX);
    view.count(&state, &visitor).await?;
    answer::part(&visitor, StatusCode::OK, "parts/side_views", &view)
}

impl TabsView {
    async fn count(&mut self, state: &State, visitor: &Visitor) -> Result<(), Problem> {
        let countable = self.tabs.iter_mut().filter(|tab| tab.listed.is_countable());
        for tab in countable.take(COUNTED_MAX) {
            let filter = tab.listed.listing().filter;
            let count = state.desk.count(&visitor.principal, &filter).await?;
            tab.hot &= count > 0;
            tab.count = Some(if count >= COUNT_MAX {
                format!("{}+", COUNT_MAX - 1)
            } else {
                count.to_string()
            });
        }
        Ok(())
    }
}
