//! Canned answers: the page on which they are kept, and the list that a text field asks for when somebody writes `/`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Serialize;
use uuid::Uuid;

use crate::desk::canned::{CannedAnswer, CannedKind, CannedWish, TEXT_MAX, TITLE_MAX};
use crate::texts::{pinyin, say};
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::id::DepartmentId;

use super::answer::{self, word};
use super::tickets::{Choice, OFFERED_MAX};
use super::visitor::{Posted, Visitor};
use super::words::{Names, When, text};

/// Answers that a text field is offered.
const OFFERED: usize = 400;

#[derive(Serialize)]
struct CannedView {
    answers: Vec<AnswerView>,
    /// Whose they can be; nothing where the person may keep none.
    departments: Vec<Choice>,
    everybody: bool,
    text_max: usize,
    title_max: usize,
}

#[derive(Serialize)]
struct AnswerView {
    id: String,
    title: String,
    text: String,
    words: String,
    basis: bool,
    department: String,
    department_id: String,
    person: String,
    at: When,
    own: bool,
    /// First letters of its title, for who types them.
    letters: String,
}

#[derive(Serialize)]
struct OfferedView {
    answers: Vec<AnswerView>,
}

impl AnswerView {
    fn of(answer: CannedAnswer, names: &Names<'_>, visitor: &Visitor) -> Self {
        Self {
            letters: format!("{} {}", pinyin::initials(&answer.title), answer.words.to_lowercase()),
            department: answer.department.as_ref().map_or_else(
                || say(names.language, "canned-everybody", &[]),
                |department| names.department(department),
            ),
            department_id: answer
                .department
                .map(|department| department.to_string())
                .unwrap_or_default(),
            basis: answer.kind == CannedKind::Basis,
            person: names.person(&answer.person),
            at: When::new(answer.updated_at, visitor.now, &visitor.zone),
            id: answer.id,
            title: answer.title,
            text: answer.text,
            words: answer.words,
            own: answer.own,
        }
    }
}

/// `GET /canned`
pub async fn page(state: Data<State>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let answers = state.desk.canned(&visitor.principal).await?;
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language: visitor.look.language,
    };
    let everybody = ["manager", "administrator"].iter().any(|role| visitor.has_role(role));
    let own: Vec<DepartmentId> = directory
        .roles_of(&visitor.principal.person, visitor.now)
        .filter(|held| held.role.as_str() == "head")
        .filter_map(|held| held.department.as_ref())
        .flat_map(|department| directory.subtree(department))
        .collect();
    let departments = directory
        .departments
        .values()
        .filter(|known| everybody || own.contains(&known.id))
        .take(OFFERED_MAX);
    let view = CannedView {
        departments: departments
            .map(|known| Choice {
                value: known.id.to_string(),
                title: text(&known.title, names.language),
                chosen: false,
            })
            .collect(),
        everybody,
        answers: answers
            .into_iter()
            .map(|answer| AnswerView::of(answer, &names, &visitor))
            .collect(),
        text_max: TEXT_MAX,
        title_max: TITLE_MAX,
    };
    answer::page(&visitor, "canned", word(&visitor.look, "nav-canned"), "canned", &view)
}

/// `POST /canned`: `do` says what: `save`, `remove`.
pub async fn save(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let Posted { visitor, form } = sent;
    let id = form.text("id").to_owned();
    if form.text("do") == "remove" {
        state.desk.drop_canned(&visitor.principal, &id).await?;
        return Ok(answer::see_other("/canned"));
    }
    let department = form.text("department");
    let wish = CannedWish {
        id: if id.is_empty() { Uuid::new_v4().to_string() } else { id },
        department: (!department.is_empty()).then(|| DepartmentId::from(department)),
        kind: CannedKind::parse(form.text("kind")).unwrap_or_default(),
        title: form.text("title").to_owned(),
        text: form.text("text").to_owned(),
        words: form.text("words").to_owned(),
    };
    state.desk.save_canned(&visitor.principal, wish).await?;
    Ok(answer::see_other("/canned"))
}

/// `GET /canned/list`: what a text field offers.
pub async fn list(state: Data<State>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let answers = state.desk.canned(&visitor.principal).await?;
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language: visitor.look.language,
    };
    let view = OfferedView {
        answers: answers
            .into_iter()
            .take(OFFERED)
            .map(|answer| AnswerView::of(answer, &names, &visitor))
            .collect(),
    };
    answer::part(&visitor, StatusCode::OK, "parts/canned_list", &view)
}
