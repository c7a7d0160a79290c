//! A version of a workflow: its life as a picture, what it says in words, who hears of a ticket that nobody touches,
//! and the file itself with the numbers of its lines.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;

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
    lines: Vec<Line>,
}

/// A line of a file.
#[derive(Serialize)]
pub struct Line {
    pub number: usize,
    pub text: String,
    /// Something was found here.
    pub marked: bool,
}

/// The lines of a file, those with these numbers marked.
pub fn lines(source: &str, marked: &[u32]) -> Vec<Line> {
    let is_marked = |number: usize| u32::try_from(number).is_ok_and(|number| marked.contains(&number));
    let line = |(place, text): (usize, &str)| Line {
        number: place + 1,
        text: text.to_owned(),
        marked: is_marked(place + 1),
    };
    source.lines().enumerate().map(line).collect()
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

/// `GET /workflows/{hash}`
pub async fn page(state: Data<State>, visitor: Visitor, hash: Path<String>) -> Result<HttpResponse, Problem> {
    let language = visitor.look.language;
    let definition = state.desk.definition(&visitor.principal, &hash).await?;
    let versions = state.desk.versions(&visitor.principal).await?;
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language,
    };
    let same_kind = versions
        .iter()
        .filter(|version| version.workflow == definition.workflow.value);
    let (own, others): (Vec<_>, Vec<_>) = same_kind
        .map(|version| VersionView::of(version, &names, &visitor))
        .partition(|version| *version.hash == *definition.hash);
    let Some(version) = own.into_iter().next() else {
        return Err(crate::desk::DeskError::NotFound { what: "workflow" }.into());
    };
    let view = PageView {
        title: text(&definition.title, language),
        id: definition.workflow.value.to_string(),
        drawing: drawing(&definition, &state, &visitor),
        told: told(&definition, &names, &titles(&state, &visitor)),
        lines: lines(&definition.source, &[]),
        version,
        others,
    };
    let title = format!("{} · {}", view.title, view.version.version);
    answer::page(&visitor, SECTION, title, "workflow", &view)
}
