//! Files: uploaded first, given to a ticket with any action (`files`), or by themselves (`attach`); listed and read.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::files::{AttachmentView, Upload, Wish};
use crate::query;
use crate::web::auth::{Allowed, Attach, ReadTickets};
use crate::web::problem::Problem;
use crate::web::query::Query;
use crate::web::show::Time;
use crate::web::state::State;
use crate::web::{incoming, outgoing};
use crate::workflow::id::{ActionId, PersonId};
use crate::workflow::moment::DAY;

query! {
    /// What the file is called, and who may read it.
    pub struct UploadQuery {
        /// Its name; kept without a path and without what could deceive, ending as its content wants it.
        name: Option<String>,
        /// Only whoever acts on the ticket may read name and content.
        private: Option<bool>,
    }

    /// Which page of uploads.
    pub struct UploadsQuery {
        /// `next` of the page before.
        cursor: Option<String>,
        limit: Option<u32>,
    }

    /// Which page of files.
    pub struct AttachmentsQuery {
        /// Those with a greater number.
        after: Option<u64>,
        limit: Option<u32>,
    }
}

/// A file that waits for its ticket.
#[derive(Serialize, ToSchema)]
pub struct UploadOut {
    /// Name it in `files` of an action or of a new ticket.
    id: String,
    name: String,
    /// What its content was found to be.
    media: String,
    /// In bytes.
    size: u64,
    sha256: String,
    private: bool,
    /// Until when a command may use it.
    expires_at: Time,
}

impl From<Upload> for UploadOut {
    fn from(upload: Upload) -> Self {
        Self {
            id: upload.id,
            name: upload.name,
            media: upload.media,
            size: upload.size,
            sha256: upload.hash,
            private: upload.private,
            expires_at: Time(upload.created_at.plus(DAY)),
        }
    }
}

/// A page of uploads.
#[derive(Serialize, ToSchema)]
pub struct UploadPage {
    items: Vec<UploadOut>,
    /// Give it back as `cursor` for the next page; null at the end.
    next: Option<String>,
}

/// A file of a ticket.
#[derive(Serialize, ToSchema)]
pub struct AttachmentOut {
    /// The event that brought it; names it in its address and for `detach`.
    attachment: u64,
    /// Masked where it is private and you do not act on the ticket; empty once erased.
    name: String,
    media: String,
    /// In bytes.
    size: u64,
    sha256: String,
    private: bool,
    /// Null: the engine itself.
    by: Option<PersonId>,
    at: Time,
    /// The action it came with; null when it came by itself.
    action: Option<ActionId>,
    task: Option<u32>,
    /// `removed` or `erased`: there is no content any more.
    gone: Option<&'static str>,
    /// Where you may read it; null when you may not, or it is gone.
    href: Option<String>,
}

impl AttachmentOut {
    fn of(number: &str, view: AttachmentView) -> Self {
        let AttachmentView { attachment, readable } = view;
        Self {
            href: readable.then(|| format!("/api/v1/tickets/{number}/attachments/{}", attachment.seq)),
            attachment: attachment.seq,
            name: attachment.name,
            media: attachment.content.media.to_string(),
            size: attachment.content.size,
            sha256: attachment.content.hash.to_string(),
            private: attachment.content.private,
            by: attachment.by.person().cloned(),
            at: Time(attachment.at),
            action: attachment.action,
            task: attachment.task,
            gone: attachment.gone.map(crate::ticket::attachment::Gone::as_str),
        }
    }
}

/// A page of files.
#[derive(Serialize, ToSchema)]
pub struct AttachmentPage {
    items: Vec<AttachmentOut>,
    /// Give it back as `after` for the next page; null at the end.
    next: Option<u64>,
}

/// Takes a file, as its bytes. The id is yours: the same id and content again is the same upload, so that a client that
/// does not know whether it arrived sends it once more.
#[utoipa::path(put, path = "/api/v1/uploads/{id}", tag = "files", params(("id" = String, Path), UploadQuery),
    request_body(content = String, content_type = "application/octet-stream"),
    security(("token" = ["tickets:act"]), ("token" = ["tickets:act:attach"])),
    responses((status = 201, body = UploadOut), (status = 200, body = UploadOut)))]
pub async fn upload(
    state: Data<State>,
    who: Allowed<Attach>,
    request: HttpRequest,
    id: Path<String>,
    query: Query<UploadQuery>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let wish = Wish {
        id: id.into_inner(),
        name: query.0.name.unwrap_or_default(),
        private: query.0.private.unwrap_or(false),
    };
    let receiving = state.desk.receive(&who.principal, wish).await;
    let receiving = receiving.map_err(incoming::refused)?;
    let limits = &state.config.limits;
    let received = incoming::take(&request, payload.into_inner(), limits, receiving).await?;
    let status = if received.is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok(HttpResponse::build(status).json(UploadOut::from(received.upload)))
}

/// Your uploads that no command has used yet.
#[utoipa::path(get, path = "/api/v1/uploads", tag = "files", params(UploadsQuery),
    security(("token" = ["tickets:act"]), ("token" = ["tickets:act:attach"])),
    responses((status = 200, body = UploadPage)))]
pub async fn uploads(
    state: Data<State>,
    who: Allowed<Attach>,
    query: Query<UploadsQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let after = query.0.cursor.unwrap_or_default();
    let found = state.desk.uploads(&who.principal, &after, limit + 1).await?;
    let (found, more) = super::cut(found, limit);
    let next = found.last().map(|last| last.id.clone()).filter(|_| more);
    let items = found.into_iter().map(UploadOut::from).collect();
    Ok(HttpResponse::Ok().json(UploadPage { items, next }))
}

/// Throws an upload away; one that is not there is no fault.
#[utoipa::path(delete, path = "/api/v1/uploads/{id}", tag = "files", params(("id" = String, Path)),
    security(("token" = ["tickets:act"]), ("token" = ["tickets:act:attach"])), responses((status = 204)))]
pub async fn drop_upload(state: Data<State>, who: Allowed<Attach>, id: Path<String>) -> Result<HttpResponse, Problem> {
    state.desk.drop_upload(&who.principal, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The files of a ticket, in the order in which they came, those taken away or erased included.
#[utoipa::path(get, path = "/api/v1/tickets/{number}/attachments", tag = "files",
    params(("number" = String, Path), AttachmentsQuery),
    security(("token" = ["tickets:read"])), responses((status = 200, body = AttachmentPage)))]
pub async fn list(
    state: Data<State>,
    who: Allowed<ReadTickets>,
    number: Path<String>,
    query: Query<AttachmentsQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let after = query.0.after.unwrap_or(0);
    let (_, found) = state
        .desk
        .attachments(&who.principal, &number, after, limit + 1)
        .await?;
    let (found, more) = super::cut(found, limit);
    let next = found.last().map(|last| last.attachment.seq).filter(|_| more);
    let items = found.into_iter().map(|file| AttachmentOut::of(&number, file)).collect();
    Ok(HttpResponse::Ok().json(AttachmentPage { items, next }))
}

/// The content of a file, to be saved; a part of it with `Range`.
#[utoipa::path(get, path = "/api/v1/tickets/{number}/attachments/{attachment}", tag = "files",
    params(("number" = String, Path), ("attachment" = u64, Path)), security(("token" = ["tickets:read"])),
    responses((status = 200, body = String, content_type = "application/octet-stream")))]
pub async fn content(
    state: Data<State>,
    who: Allowed<ReadTickets>,
    request: HttpRequest,
    path: Path<(String, u64)>,
) -> Result<HttpResponse, Problem> {
    let (number, attachment) = path.into_inner();
    let opened = state.desk.attachment(&who.principal, &number, attachment).await?;
    outgoing::send(&request, opened, outgoing::Shown::Saved).await
}
