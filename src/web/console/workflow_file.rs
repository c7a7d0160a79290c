//! The file of a version, with the numbers of its lines. It is a page of its own: most who look at a workflow look at its
//! picture, and a file is as heavy as all the rest of that page.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::{Deserialize, Serialize};

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
    /// Lines of the whole file.
    count: usize,
    #[serde(flatten)]
    some: Shown,
}

/// Some lines of it, and where the rest is asked for.
#[derive(Serialize)]
struct Shown {
    lines: Vec<Line>,
    rest: Option<String>,
    whole: String,
}

/// Lines that come with the page; a long file would make it heavy.
const AT_FIRST: usize = 300;

/// Which lines.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Lines before the first one.
    after: usize,
    /// All at once, for whoever has no script.
    whole: bool,
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
fn plain(hash: &str, source: &str, asked: &Asked) -> Shown {
    let line = |text: &str| Line {
        number: None,
        text: text.to_owned(),
        marked: false,
    };
    let mut left = source.lines().skip(asked.after);
    let most = if asked.whole { usize::MAX } else { AT_FIRST };
    let lines: Vec<Line> = left.by_ref().take(most).map(line).collect();
    let after = asked.after.saturating_add(lines.len());
    Shown {
        rest: left.next().map(|_| format!("/workflows/{hash}/file?after={after}")),
        whole: format!("/workflows/{hash}/file?whole=true"),
        lines,
    }
}

/// `GET /workflows/{hash}/file`
pub async fn page(
    state: Data<State>,
    visitor: Visitor,
    hash: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let definition = state.desk.definition(&visitor.principal, &hash).await?;
    let some = plain(&definition.hash, &definition.source, &asked);
    if visitor.look.part {
        return answer::part(&visitor, StatusCode::OK, "parts/source_rest", &some);
    }
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language: visitor.look.language,
    };
    let (version, _) = versions(&state, &visitor, &definition, &names).await?;
    let view = FileView {
        title: text(&definition.title, visitor.look.language),
        count: definition.source.lines().count(),
        some,
        version,
    };
    let title = format!("{} · {}", word(&visitor.look, "workflow-file"), view.title);
    answer::page(&visitor, SECTION, title, "workflow_file", &view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_comes_in_parts_that_together_are_the_file() {
        let source = (1..=700)
            .map(|line| format!("line {line}"))
            .collect::<Vec<_>>()
            .join("\n");
        let mut read = Vec::new();
        let mut asked = Asked::default();
        loop {
            let part = plain("abc", &source, &asked);
            assert!(part.lines.len() <= AT_FIRST);
            read.extend(part.lines.into_iter().map(|line| line.text));
            let Some(rest) = part.rest else { break };
            assert_eq!(rest, format!("/workflows/abc/file?after={}", read.len()));
            asked.after = read.len();
        }
        assert_eq!(read, source.lines().collect::<Vec<_>>());
        let whole = plain("abc", &source, &Asked { after: 0, whole: true });
        assert_eq!((whole.lines.len(), whole.rest), (700, None));
    }
}
