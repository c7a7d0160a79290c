//! The file of a version, with the numbers of its lines. It is a page of its own: most who look at a workflow look at its
//! picture, and a file is as heavy as all the rest of that page.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;

use crate::web::problem::Problem;
use crate::web::state::State;

use super::answer::{self, word};
use super::visitor::Visitor;
use super::words::{Names, text};
use super::workflow::versions;
use super::workflows::{SECTION, VersionView};

#[derive(Serialize)]
struct FileView {
    title: String,
    version: VersionView,
    lines: Vec<Line>,
}

/// A line of it.
#[derive(Serialize)]
pub struct Line {
    /// Where something leads to this line.
    pub number: Option<usize>,
    pub text: String,
    /// Something was found here.
    pub marked: bool,
}

/// The lines of a file, each by its number, those with these numbers marked.
pub fn lines(source: &str, marked: &[u32]) -> Vec<Line> {
    let is_marked = |number: usize| u32::try_from(number).is_ok_and(|number| marked.contains(&number));
    let line = |(place, text): (usize, &str)| Line {
        number: Some(place + 1),
        text: text.to_owned(),
        marked: is_marked(place + 1),
    };
    source.lines().enumerate().map(line).collect()
}

/// Lines to be read, and no more.
fn plain(source: &str) -> Vec<Line> {
    let line = |text: &str| Line {
        number: None,
        text: text.to_owned(),
        marked: false,
    };
    source.lines().map(line).collect()
}

/// `GET /workflows/{hash}/file`
pub async fn page(state: Data<State>, visitor: Visitor, hash: Path<String>) -> Result<HttpResponse, Problem> {
    let definition = state.desk.definition(&visitor.principal, &hash).await?;
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language: visitor.look.language,
    };
    let (version, _) = versions(&state, &visitor, &definition, &names).await?;
    let view = FileView {
        title: text(&definition.title, visitor.look.language),
        lines: plain(&definition.source),
        version,
    };
    let title = format!("{} · {}", word(&visitor.look, "workflow-file"), view.title);
    answer::page(&visitor, SECTION, title, "workflow_file", &view)
}
