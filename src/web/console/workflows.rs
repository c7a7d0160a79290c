//! Workflows: each kind of ticket with its versions, the last published first.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;

use crate::desk::definitions::Version;
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::id::WorkflowId;

use super::answer::{self, word};
use super::visitor::Visitor;
use super::words::{Names, When, text};

/// Key of the navigation's entry.
pub const SECTION: &str = "workflows";
/// Characters of a hash that are shown; the whole is in the address.
const HASH_SHOWN: usize = 12;

#[derive(Serialize)]
struct ListView {
    kinds: Vec<KindView>,
}

#[derive(Serialize)]
struct KindView {
    id: String,
    title: String,
    versions: Vec<VersionView>,
}

/// A version as lists show it.
#[derive(Serialize)]
pub struct VersionView {
    pub hash: String,
    pub short: String,
    pub version: u32,
    pub by: String,
    pub at: When,
    pub active: bool,
    pub open: u64,
}

impl VersionView {
    pub fn of(version: &Version, names: &Names<'_>, visitor: &Visitor) -> Self {
        Self {
            short: version.hash.chars().take(HASH_SHOWN).collect(),
            hash: version.hash.to_string(),
            version: version.version,
            by: version
                .published_by
                .as_ref()
                .map(|person| names.person(person))
                .unwrap_or_default(),
            at: When::new(version.published_at, visitor.now, &visitor.zone),
            active: version.active,
            open: version.open_tickets,
        }
    }
}

/// `GET /workflows`
pub async fn page(state: Data<State>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let language = visitor.look.language;
    let versions = state.desk.versions(&visitor.principal).await?;
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language,
    };
    let mut kinds: BTreeMap<WorkflowId, Vec<VersionView>> = BTreeMap::new();
    for version in &versions {
        let shown = VersionView::of(version, &names, &visitor);
        kinds.entry(version.workflow.clone()).or_default().push(shown);
    }
    let kinds = kinds.into_iter().map(|(id, versions)| {
        let active = state.desk.active(&id);
        KindView {
            title: active.map_or_else(|| id.to_string(), |active| text(&active.title, language)),
            id: id.to_string(),
            versions,
        }
    });
    let view = ListView { kinds: kinds.collect() };
    let title = word(&visitor.look, "nav-workflows");
    answer::page(&visitor, SECTION, title, "workflows", &view)
}
