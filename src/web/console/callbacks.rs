//! Callbacks that are due, of every kind whose file knows callback agents: what is due next stands first, and what is
//! done next stands on the row.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Serialize;

use crate::desk::list::{Filter, Sort};
use crate::texts::{Arg, say};
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::definition::{Definition, PeopleSource};

use super::answer::{self, word};
use super::board::Card;
use super::visitor::Visitor;
use super::words::Names;

/// Rows of each state that are shown.
const ROWS: u64 = 50;

#[derive(Serialize)]
struct CallbacksView {
    rows: Vec<Card>,
    count: String,
}

/// The states in which somebody is to be called back: those whose owner is a callback agent.
fn callback_states(definition: &Definition) -> impl Iterator<Item = &str> {
    definition
        .states
        .values()
        .filter(|state| {
            let rule = definition.people.get(&state.owner.value);
            rule.is_some_and(|rule| match &rule.source {
                PeopleSource::Role { role, .. } => role.as_str() == "callback",
                PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => false,
            })
        })
        .map(|state| state.id.as_str())
}

/// Whether somebody is to be called back in this state.
pub fn is_callback(definition: &Definition, state: &str) -> bool {
    callback_states(definition).any(|known| known == state)
}

/// `GET /callbacks`: what is due next stands first.
pub async fn page(state: Data<State>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let desk = &state.desk;
    let mut rows = Vec::new();
    for definition in desk.all_active() {
        for known in callback_states(&definition) {
            let filter = Filter {
                open: Some(true),
                workflow: Some(definition.workflow.value.clone()),
                state: Some(known.into()),
                ..Filter::default()
            };
            let found = desk.list(&visitor.principal, &filter, Sort::Due, None, ROWS).await?;
            rows.extend(found.rows);
        }
    }
    rows.sort_by_key(|row| {
        (
            row.late_since.is_none(),
            row.late_since.or(row.due_at).is_none(),
            row.late_since.or(row.due_at),
        )
    });
    let directory = desk.directory();
    let names = Names {
        directory: &directory,
        language: visitor.look.language,
    };
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let view = CallbacksView {
        count: say(visitor.look.language, "callbacks-count", &[("count", Arg::from(count))]),
        rows: rows
            .into_iter()
            .map(|row| Card::of(row, &state, &names, &visitor))
            .collect(),
    };
    if visitor.look.part {
        return answer::part(&visitor, StatusCode::OK, "parts/callbacks", &view);
    }
    let title = word(&visitor.look, "nav-callbacks");
    answer::page(&visitor, "callbacks", title, "callbacks", &view)
}
