//! Workflows: published versions, their files, checking a file, publishing one. Open tickets stay on their version.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::definitions::Version;
use crate::query;
use crate::web::auth::{Allowed, PublishWorkflows, ReadWorkflows};
use crate::web::body::TextBody;
use crate::web::problem::Problem;
use crate::web::query::Query;
use crate::web::show::Time;
use crate::web::state::State;
use crate::workflow::definition::Text;
use crate::workflow::id::{PersonId, WorkflowId};

query! {
    /// Who wrote the file.
    pub struct PublishQuery {
        /// The author, when somebody else publishes.
        author: Option<PersonId>,
    }
}

/// A version.
#[derive(Serialize, ToSchema)]
pub struct VersionOut {
    /// SHA-256 of the file: its name for ever.
    hash: String,
    workflow: WorkflowId,
    version: u32,
    title: Option<Text>,
    published_by: Option<PersonId>,
    published_at: Time,
    /// New tickets run on it.
    active: bool,
    /// Open tickets that run on it.
    open_tickets: u64,
}

/// Versions.
#[derive(Serialize, ToSchema)]
pub struct VersionList {
    items: Vec<VersionOut>,
}

fn shown(version: Version, title: Option<Text>) -> VersionOut {
    VersionOut {
        hash: version.hash.to_string(),
        workflow: version.workflow,
        version: version.version,
        title,
        published_by: version.published_by,
        published_at: Time(version.published_at),
        active: version.active,
        open_tickets: version.open_tickets,
    }
}

/// Every version of every workflow, active ones first.
#[utoipa::path(get, path = "/api/v1/workflows", tag = "workflows",
    security(("token" = ["workflows:read"])), responses((status = 200, body = VersionList)))]
pub async fn list(state: Data<State>, who: Allowed<ReadWorkflows>) -> Result<HttpResponse, Problem> {
    let versions = state.desk.versions(&who.principal).await?;
    let items = versions
        .into_iter()
        .map(|version| {
            let active = state
                .desk
                .active(&version.workflow)
                .filter(|active| active.hash == version.hash);
            let title = active.map(|active| active.title.value.clone());
            shown(version, title)
        })
        .collect();
    Ok(HttpResponse::Ok().json(VersionList { items }))
}

/// The file of a version, as it was published.
#[utoipa::path(get, path = "/api/v1/workflows/{hash}", tag = "workflows", params(("hash" = String, Path)),
    security(("token" = ["workflows:read"])),
    responses((status = 200, body = String, content_type = "application/yaml")))]
pub async fn source(
    state: Data<State>,
    who: Allowed<ReadWorkflows>,
    hash: Path<String>,
) -> Result<HttpResponse, Problem> {
    let definition = state.desk.definition(&who.principal, &hash).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/yaml; charset=utf-8")
        .body(definition.source.to_string()))
}

/// Publishes a file: it must be clean and its stories pass. An old file published again rolls back.
#[utoipa::path(post, path = "/api/v1/workflows", tag = "workflows", params(PublishQuery),
    request_body(content = String, content_type = "application/yaml"),
    security(("token" = ["workflows:publish"])), responses((status = 201, body = VersionOut)))]
pub async fn publish(
    state: Data<State>,
    who: Allowed<PublishWorkflows>,
    query: Query<PublishQuery>,
    body: TextBody,
) -> Result<HttpResponse, Problem> {
    let version = state.desk.publish(&who.principal, &body.text, query.0.author).await?;
    let title = state
        .desk
        .active(&version.workflow)
        .map(|active| active.title.value.clone());
    Ok(HttpResponse::Created().json(shown(version, title)))
}
