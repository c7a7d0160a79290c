//! A file is checked here as `ombud check` does, and when nothing forbids it published by whoever may.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};

use crate::desk::DeskError;
use crate::desk::definitions::Checked;
use crate::texts::{Arg, Language, say};
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::finding::{Lines, Severity};
use crate::workflow::id::PersonId;

use super::answer::{self, see_other, word};
use super::trouble;
use super::visitor::{Posted, Visitor};
use super::words::text;
use super::workflow::drawing;
use super::workflow_file::{Line, lines};
use super::workflows::SECTION;

/// Findings that are shown at most; the first come first.
const FINDINGS_MAX: usize = 500;

#[derive(Default, Serialize)]
struct CheckView {
    source: String,
    author: String,
    /// A file was checked.
    checked: bool,
    clean: bool,
    title: String,
    /// Whoever may publish sees how; the desk decides.
    publishes: bool,
    wrong: Vec<String>,
    findings: Vec<FindingView>,
    more: usize,
    failures: Vec<String>,
    drawing: String,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct FindingView {
    level: &'static str,
    icon: &'static str,
    code: &'static str,
    line: u32,
    column: u32,
    message: String,
    nearest: String,
    notes: Vec<NoteView>,
}

#[derive(Serialize)]
struct NoteView {
    line: u32,
    message: String,
}

impl CheckView {
    fn empty(visitor: &Visitor) -> Self {
        Self {
            publishes: visitor.has_role("manager") || visitor.has_role("administrator"),
            ..Self::default()
        }
    }

    fn found(&mut self, checked: &Checked, state: &State, visitor: &Visitor) {
        let language = visitor.look.language;
        let places = Lines::new(&self.source);
        self.checked = true;
        self.clean = checked.is_clean();
        self.more = checked.findings.len().saturating_sub(FINDINGS_MAX);
        for finding in checked.findings.iter().take(FINDINGS_MAX) {
            let shown = finding.shown(&places, language);
            let (level, icon) = match shown.severity {
                Severity::Error => ("error", "alert-octagon"),
                Severity::Warning => ("warning", "alert-triangle"),
            };
            let note = |note: &crate::workflow::finding::ShownNote| NoteView {
                line: note.range.line,
                message: note.message.clone(),
            };
            self.findings.push(FindingView {
                level,
                icon,
                code: shown.code,
                line: shown.range.line,
                column: shown.range.column,
                notes: shown.notes.iter().map(note).collect(),
                message: shown.message,
                nearest: shown.nearest.unwrap_or_default(),
            });
        }
        self.failures = checked
            .failures
            .iter()
            .map(|failure| story(failure, language))
            .collect();
        let marked: Vec<u32> = self.findings.iter().map(|finding| finding.line).collect();
        self.lines = lines(&self.source, &marked);
        if let Some(definition) = &checked.definition {
            self.title = text(&definition.title, language);
            self.drawing = drawing(definition, state, visitor);
        }
    }
}

fn story(failure: &crate::ticket::story::Failure, language: Language) -> String {
    let arguments = [
        ("story", Arg::from(&failure.story)),
        ("what", Arg::from(&failure.what)),
        ("expected", Arg::from(&failure.expected)),
        ("found", Arg::from(&failure.found)),
    ];
    say(language, "workflow-story-failed", &arguments)
}

fn shown(visitor: &Visitor, status: StatusCode, view: &CheckView) -> Result<HttpResponse, Problem> {
    let title = word(&visitor.look, "workflow-check");
    answer::with_status(visitor, status, SECTION, title, "workflow_check", view)
}

/// What the form begins with, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Begin {
    /// The version whose text is changed.
    from: String,
}

/// `GET /workflows/check`
pub async fn page(state: Data<State>, visitor: Visitor, begin: Query<Begin>) -> Result<HttpResponse, Problem> {
    let mut view = CheckView::empty(&visitor);
    if !begin.from.is_empty() {
        let definition = state.desk.definition(&visitor.principal, &begin.from).await?;
        view.source = definition.source.to_string();
    }
    shown(&visitor, StatusCode::OK, &view)
}

/// `POST /workflows/check`: checks, and publishes where `do` says so.
pub async fn check(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let visitor = &sent.visitor;
    let mut view = CheckView {
        source: sent.form.get("source").unwrap_or_default().to_owned(),
        author: sent.form.text("author").to_owned(),
        ..CheckView::empty(visitor)
    };
    let mut status = StatusCode::OK;
    if sent.form.text("do") == "publish" {
        let author = (!view.author.is_empty()).then(|| PersonId::new(view.author.clone()));
        match state.desk.publish(&visitor.principal, &view.source, author).await {
            Ok(version) => return Ok(see_other(&format!("/workflows/{}", version.hash))),
            // What was found is shown below, with its places.
            Err(DeskError::Unclean(_)) => status = StatusCode::UNPROCESSABLE_ENTITY,
            Err(error @ (DeskError::Conflict(_) | DeskError::Invalid(_))) => {
                let problem = Problem::from(error);
                status = problem.code.status();
                view.wrong = trouble::faults(&problem, &visitor.look);
            }
            Err(error) => return Err(error.into()),
        }
    }
    let checked = state.desk.check(&visitor.principal, &view.source).await?;
    view.found(&checked, &state, visitor);
    shown(visitor, status, &view)
}
