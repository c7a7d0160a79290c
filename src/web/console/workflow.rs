//! A version of a workflow: its life as a picture, what it says in words, who hears of a ticket that nobody touches.
//! The file itself is a page of its own ([`super::workflow_file`]).

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;

use crate::desk::DeskError;
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::definition::Definition;
use crate::workflow::draw;
use crate::workflow::id::WorkflowId;

use super::answer;
use super::visitor::Visitor;
use super::words::{Names, text};
use super::workflow_words::{Told, told};
use super::workflows::{SECTION, VersionView};

#[derive(Serialize)]
struct PageView {
    title: String,
    id: String,
    version: VersionView,
    /// What stands before this one.
    others: Vec<VersionView>,
    drawing: String,
    told: Told,
    /// Lines of the file.
    lines: usize,
}

/// The picture of a definition, in classes only.
pub fn drawing(definition: &Definition, state: &State, visitor: &Visitor) -> String {
    let look = draw::Look {
        titles: titles(state, visitor),
        ..draw::Look::default()
    };
    draw::svg(definition, visitor.look.language, &look)
}

/// What the published workflows are called.
pub fn titles(state: &State, visitor: &Visitor) -> Vec<(WorkflowId, String)> {
    let known = state.desk.all_active();
    let title = |known: &Arc<Definition>| (known.workflow.value.clone(), text(&known.title, visitor.look.language));
    known.iter().map(title).collect()
}

/// This version, and the others of its kind.
pub async fn versions(
    state: &State,
    visitor: &Visitor,
    definition: &Definition,
    names: &Names<'_>,
) -> Result<(VersionView, Vec<VersionView>), Problem> {
    let versions = state.desk.versions(&visitor.principal).await?;
    let same_kind = versions
        .iter()
        .filter(|version| version.workflow == definition.workflow.value);
    let (own, others): (Vec<_>, Vec<_>) = same_kind
        .map(|version| VersionView::of(version, names, visitor))
        .partition(|version| *version.hash == *definition.hash);
    match own.into_iter().next() {
        Some(version) => Ok((version, others)),
        None => Err(DeskError::NotFound { what: "workflow" }.into()),
    }
}

/// `GET /workflows/{hash}`
pub async fn page(state: Data<State>, visitor: Visitor, hash: Path<String>) -> Result<HttpResponse, Problem> {
    let language = visitor.look.language;
    let definition = state.desk.definition(&visitor.principal, &hash).await?;
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language,
    };
    let (version, others) = versions(&state, &visitor, &definition, &names).await?;
    let view = PageView {
        title: text(&definition.title, language),
        id: definition.workflow.value.to_string(),
        drawing: drawing(&definition, &state, &visitor),
        told: told(&definition, &names, &titles(&state, &visitor)),
        lines: definition.source.lines().count(),
        version,
        others,
    };
    let title = format!("{} · {}", view.title, view.version.version);
    answer::page(&visitor, SECTION, title, "workflow", &view)
}
