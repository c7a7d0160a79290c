//! Workflows: published versions, their files, checking a file, publishing one. Open tickets stay on their version.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::definitions::Version;
use crate::ticket::story::Failure;
use crate::web::auth::{Allowed, PublishWorkflows, ReadWorkflows};
use crate::web::body::{Body, TextBody};
use crate::web::command::once;
use crate::web::decode::{At, Decode, Faults};
use crate::web::guard::language_of;
use crate::web::idempotency::Key;
use crate::web::problem::{Fault, Place, Problem};
use crate::web::query::Query;
use crate::web::show::Time;
use crate::web::state::State;
use crate::workflow::definition::Text;
use crate::workflow::finding::{Lines, Shown};
use crate::workflow::id::{PersonId, WorkflowId};
use crate::workflow::read::FILE_BYTES_MAX;
use crate::{query, request};

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

/// A page of versions.
#[derive(Serialize, ToSchema)]
pub struct VersionList {
    items: Vec<VersionOut>,
    /// Send it back as `cursor` for the next page; null at the end.
    next: Option<String>,
}

query! {
    /// Which page of versions.
    pub struct VersionsQuery {
        /// `next` of the page before.
        cursor: Option<String>,
        /// Versions of a page (50, at most 200).
        limit: Option<u32>,
    }
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

/// Every version of every workflow, the last published first.
#[utoipa::path(get, path = "/api/v1/workflows", tag = "workflows", params(VersionsQuery),
    security(("token" = ["workflows:read"])), responses((status = 200, body = VersionList)))]
pub async fn list(
    state: Data<State>,
    who: Allowed<ReadWorkflows>,
    query: Query<VersionsQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let mut versions = state.desk.versions(&who.principal).await?;
    if let Some(cursor) = query.0.cursor {
        let place = versions.iter().position(|version| *version.hash == *cursor);
        let place = place.ok_or_else(|| {
            let fault = Fault::new(Place::Parameter("cursor".to_owned()), "cursor");
            Problem::invalid(vec![fault])
        })?;
        versions.drain(..=place);
    }
    let (versions, more) = super::cut(versions, limit);
    let next = versions.last().map(|last| last.hash.to_string()).filter(|_| more);
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
    Ok(HttpResponse::Ok().json(VersionList { items, next }))
}

/// The file of a version, as it was published.
#[utoipa::path(get, path = "/api/v1/workflows/{hash}", tag = "workflows", params(("hash" = String, Path)),
    security(("token" = ["workflows:read"])),
    responses((status = 200, body = serde_json::Value, content_type = "application/yaml")))]
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

/// What a check came to.
#[derive(Serialize, ToSchema)]
pub struct CheckOut {
    /// True when it could be published: no errors, no failed story; warnings may be there.
    clean: bool,
    workflow: Option<WorkflowId>,
    /// Code, severity, line, column, message, nearest right name, fix, as `ombud check --format json` says them.
    #[schema(value_type = Vec<Object>)]
    findings: Vec<Shown>,
    /// Stories of the file that did not go as told.
    failures: Vec<FailureOut>,
}

/// A story that did not go as told.
#[derive(Serialize, ToSchema)]
pub struct FailureOut {
    story: String,
    what: String,
    expected: String,
    found: String,
}

/// Finds everything that is wrong with a file, as `ombud check` does; nothing is saved.
#[utoipa::path(post, path = "/api/v1/workflows/check", tag = "workflows",
    request_body(content = Option<serde_json::Value>, content_type = "application/yaml"),
    security(("token" = ["workflows:read"])), responses((status = 200, body = CheckOut)))]
pub async fn check(
    request: HttpRequest,
    state: Data<State>,
    who: Allowed<ReadWorkflows>,
    body: TextBody,
) -> Result<HttpResponse, Problem> {
    let checked = state.desk.check(&who.principal, &body.text).await?;
    let language = language_of(&request);
    let lines = Lines::new(&body.text);
    let failure = |failure: &Failure| FailureOut {
        story: failure.story.clone(),
        what: failure.what.clone(),
        expected: failure.expected.clone(),
        found: failure.found.clone(),
    };
    Ok(HttpResponse::Ok().json(CheckOut {
        clean: checked.is_clean(),
        workflow: checked
            .definition
            .as_ref()
            .map(|definition| definition.workflow.value.clone()),
        findings: checked
            .findings
            .iter()
            .map(|finding| finding.shown(&lines, language))
            .collect(),
        failures: checked.failures.iter().map(failure).collect(),
    }))
}

/// Publishes a file: it must be clean and its stories pass. An old file published again rolls back.
#[utoipa::path(post, path = "/api/v1/workflows", tag = "workflows", params(PublishQuery),
    request_body(content = serde_json::Value, content_type = "application/yaml"),
    security(("token" = ["workflows:publish"])), responses((status = 201, body = VersionOut)))]
pub async fn publish(
    state: Data<State>,
    who: Allowed<PublishWorkflows>,
    query: Query<PublishQuery>,
    key: Key,
    body: TextBody,
) -> Result<HttpResponse, Problem> {
    let act = async {
        let version = state.desk.publish(&who.principal, &body.text, query.0.author).await?;
        let title = state
            .desk
            .active(&version.workflow)
            .map(|active| active.title.value.clone());
        Ok(shown(version, title))
    };
    once(
        &state,
        &who.principal,
        &key,
        &body.bytes,
        StatusCode::CREATED,
        None,
        act,
    )
    .await
}

request! {
    /// Files that lead into each other (`becomes`).
    pub struct FilesIn {
        /// Each the whole text of a workflow file.
        #[schema(value_type = Vec<String>)]
        #[validate(length(min = 1, max = 50))]
        files: Vec<WorkflowFile>,
    }
}

/// The text of a workflow file, of at most 256 KiB.
#[derive(Clone, Debug, Serialize)]
pub struct WorkflowFile(String);

impl Decode for WorkflowFile {
    fn decode(value: &serde_json::Value, at: &At, faults: &mut Faults) -> Option<Self> {
        let Some(text) = value.as_str() else {
            faults.wrong_type(at, "string", value);
            return None;
        };
        if text.len() > FILE_BYTES_MAX {
            let (max, length) = (FILE_BYTES_MAX.to_string(), text.len().to_string());
            faults.at(at, "too_long", &[("max", &max), ("length", &length)]);
            return None;
        }
        Some(Self(text.to_owned()))
    }
}

/// Publishes several files at once: each is checked among all of them, and when one is not clean none is published.
#[utoipa::path(post, path = "/api/v1/workflows/together", tag = "workflows", request_body = FilesIn,
    security(("token" = ["workflows:publish"])), responses((status = 201, body = VersionList)))]
pub async fn publish_together(
    state: Data<State>,
    who: Allowed<PublishWorkflows>,
    key: Key,
    body: Body<FilesIn>,
) -> Result<HttpResponse, Problem> {
    let files: Vec<&str> = body.value.files.iter().map(|file| file.0.as_str()).collect();
    let act = async {
        let versions = state.desk.publish_together(&who.principal, &files).await?;
        let items = versions
            .into_iter()
            .map(|version| {
                let title = state
                    .desk
                    .active(&version.workflow)
                    .map(|active| active.title.value.clone());
                shown(version, title)
            })
            .collect();
        Ok(VersionList { items, next: None })
    };
    once(
        &state,
        &who.principal,
        &key,
        &body.bytes,
        StatusCode::CREATED,
        None,
        act,
    )
    .await
}
