//! What is known at the agent's desk of the caller and the matter, beside the form: earlier tickets, open ones that may be
//! the same matter, where it would go and why, what could be cited. The number stands in no address.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Serialize;

use crate::desk::list::Row;
use crate::texts::say;
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::definition::Definition;
use crate::workflow::moment::DAY;

use super::answer;
use super::desk::{MERGE, chosen, number, values};
use super::form::Form;
use super::reached::ReachedView;
use super::tickets::RowView;
use super::visitor::{Posted, Visitor};
use super::words::{Names, text, value};

/// How often somebody has called is counted over this time.
const AGAIN_WITHIN: i64 = 30 * DAY;

/// What is known of the caller and the matter.
#[derive(Default, Serialize)]
pub(super) struct AsideView {
    asked: bool,
    /// The ticket that this one will be merged into.
    merging: String,
    /// The how manieth call within thirty days this is, from the second on; 0 otherwise.
    again: usize,
    /// Earlier tickets that are open.
    unsettled: usize,
    earlier: Vec<Known>,
    suggested: Vec<String>,
    because: Vec<String>,
    /// Who would be told at once if it were urgent.
    reached: Option<ReachedView>,
    /// Open tickets that may be about the same matter.
    alike: Vec<Known>,
    /// What could be cited.
    basis: Vec<BasisView>,
}

/// A ticket that is there already.
#[derive(Serialize)]
struct Known {
    #[serde(flatten)]
    row: RowView,
    /// This one is to be merged into it.
    chosen: bool,
}

/// Something to cite.
#[derive(Serialize)]
struct BasisView {
    title: String,
    text: String,
}

/// `POST /desk/aside`: what is known of the caller, and where it would go. The number stands in no address.
pub async fn aside(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let definition = chosen(&state, &sent.form)?;
    let view = aside_view(&state, &sent.visitor, &definition, &sent.form).await?;
    answer::part(&sent.visitor, StatusCode::OK, "parts/desk_known", &view)
}

pub(super) async fn aside_view(
    state: &State,
    visitor: &Visitor,
    definition: &Definition,
    form: &Form,
) -> Result<AsideView, Problem> {
    let values = values(state, visitor, definition, form);
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language: visitor.look.language,
    };
    let number = number(definition, &values);
    let earlier = match &number {
        Some(number) => state.desk.earlier(&visitor.principal, number).await?,
        None => Vec::new(),
    };
    let alike = state.desk.alike(&visitor.principal, definition, &values).await?;
    let basis = state
        .desk
        .fitting_basis(&visitor.principal, definition, &values)
        .await?;
    let suggested = state.desk.suggested(&definition.workflow.value, &values);
    let marking = state
        .desk
        .marking(&visitor.principal, &definition.workflow.value, &values);
    let colon = say(names.language, "tl-value", &[]);
    let said = |id: &str, content: &crate::workflow::value::Value| {
        let field = definition.fields.get(id);
        let title = field.map_or_else(|| id.to_owned(), |field| text(&field.title, names.language));
        format!("{title}{colon}{}", value(content, field, &names, visitor))
    };
    let read = crate::ticket::json::read(definition, &values).unwrap_or_default();
    let mut inputs: Vec<&str> = definition
        .routing
        .iter()
        .flat_map(|row| row.when.iter().map(|(field, _)| field.value.as_str()))
        .collect();
    inputs.dedup();
    inputs.sort_unstable();
    inputs.dedup();
    let known = |row: Row| Known {
        chosen: form.text(MERGE) == row.number,
        row: RowView::of(row, state, &names, visitor),
    };
    Ok(AsideView {
        reached: marking.and_then(|marking| ReachedView::of(&marking.told, definition, &names)),
        asked: number.is_some(),
        merging: form.text(MERGE).to_owned(),
        again: earlier
            .iter()
            .filter(|row| visitor.now.since(row.opened_at) < AGAIN_WITHIN)
            .count()
            .checked_add(1)
            .filter(|call| *call > 1)
            .unwrap_or_default(),
        unsettled: earlier.iter().filter(|row| row.closed_at.is_none()).count(),
        alike: alike
            .into_iter()
            .filter(|row| earlier.iter().all(|known| known.number != row.number))
            .map(known)
            .collect(),
        basis: basis
            .into_iter()
            .map(|answer| BasisView {
                title: answer.title,
                text: answer.text,
            })
            .collect(),
        earlier: earlier.iter().cloned().map(known).collect(),
        because: match suggested {
            Some(_) => inputs.iter().filter_map(|id| Some(said(id, read.get(*id)?))).collect(),
            None => Vec::new(),
        },
        suggested: suggested
            .iter()
            .flatten()
            .map(|(id, content)| said(id.as_str(), content))
            .collect(),
    })
}
