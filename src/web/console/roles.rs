//! Roles: what they are called, and how many people have them now.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;

use crate::web::problem::Problem;
use crate::web::state::State;

use super::answer::{self, word};
use super::organisation::{SECTION, must_read};
use super::ranks::ranked;
use super::visitor::Visitor;
use super::words::text;

#[derive(Serialize)]
struct RolesView {
    roles: Vec<RoleView>,
    edits: bool,
}

#[derive(Serialize)]
struct RoleView {
    id: String,
    title: String,
    people: usize,
}

/// `GET /organisation/roles`: a house has a dozen, and they are all shown.
pub async fn page(state: Data<State>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    must_read(&visitor)?;
    let directory = state.desk.directory();
    let mut held: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let now = directory
        .memberships
        .iter()
        .filter(|membership| membership.valid.covers(visitor.now));
    for membership in now {
        let people = held.entry(membership.role.as_str()).or_default();
        people.insert(membership.person.as_str());
    }
    let language = visitor.look.language;
    let roles = ranked(&directory, language).into_iter().map(|(id, title)| RoleView {
        id: id.to_string(),
        title: text(title, language),
        people: held.get(id.as_str()).map_or(0, BTreeSet::len),
    });
    let view = RolesView {
        roles: roles.collect(),
        edits: visitor.has_role("manager") || visitor.has_role("administrator"),
    };
    answer::page(&visitor, SECTION, word(&visitor.look, "roles-title"), "roles", &view)
}
