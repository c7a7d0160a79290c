//! Files on pages: the field with which forms take them, the list on a ticket's page, bytes in and out. A file goes up
//! the moment it is chosen and waits as an upload of its person; the form names it by its id, like any other value.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::desk::files::{AttachmentView, Plan, Upload, Wish, human};
use crate::desk::read::View;
use crate::store::files::{Group, Media};
use crate::ticket::attachment::Gone;
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::web::{incoming, outgoing};

use super::answer::{Said, word};
use super::form::Form;
use super::look::Look;
use super::timeline::action_title;
use super::trouble::faults;
use super::visitor::{Proven, Visitor};
use super::words::{Names, When};

/// The member of forms that names uploads.
pub const MEMBER: &str = "files";
/// Files of a ticket that its page lists.
const SHOWN_MAX: u64 = 200;

/// Where a form takes files.
#[derive(Serialize)]
pub struct FilesField {
    max: usize,
    /// Bytes of one file.
    bytes: u64,
    size: String,
    kinds: String,
    /// For the dialog in which somebody chooses.
    accept: String,
    kept: Vec<KeptView>,
    wrong: Vec<String>,
}

/// A file that is up already.
#[derive(Serialize)]
struct KeptView {
    id: String,
    name: String,
    size: String,
    private: bool,
}

/// A file of the ticket.
#[derive(Serialize)]
pub struct FileView {
    number: String,
    seq: u64,
    name: String,
    icon: &'static str,
    kind: String,
    size: String,
    by: String,
    at: When,
    /// The action it came with.
    with: Option<String>,
    private: bool,
    readable: bool,
    /// Drawn in the list.
    image: bool,
    gone: Option<String>,
    removable: bool,
}

/// The field of a form, with what was chosen before; nothing where no files are taken. `wrong` is what the desk said of
/// them.
pub async fn field(state: &State, visitor: &Visitor, form: &Form, wrong: Vec<String>) -> Option<FilesField> {
    let plan = state.desk.file_plan()?;
    let mut kept = Vec::new();
    if form.get(MEMBER).is_some() {
        let uploads = state
            .desk
            .uploads(&visitor.principal, "", crate::desk::files::UPLOADS_MAX)
            .await;
        let uploads = uploads.unwrap_or_default();
        let chosen = form
            .all(MEMBER)
            .filter_map(|id| uploads.iter().find(|upload| upload.id == id));
        kept.extend(chosen.map(KeptView::of));
    }
    Some(FilesField {
        max: plan.per_form,
        bytes: plan.file_max,
        size: human(plan.file_max),
        kinds: kinds(plan, &visitor.look),
        accept: accept(plan),
        kept,
        wrong,
    })
}

/// The ids that a form names.
pub fn chosen(form: &Form) -> Vec<String> {
    form.all(MEMBER)
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether a fault of a body is about its files.
pub fn is_about(fault: &Json) -> bool {
    let pointer = fault.get("pointer").and_then(Json::as_str);
    pointer.is_some_and(|pointer| pointer.trim_start_matches('/').starts_with(MEMBER))
}

/// What faults say.
pub fn sentences(faults: &[Json]) -> Vec<String> {
    let said = faults.iter().filter_map(|fault| fault.get("detail")?.as_str());
    said.map(str::to_owned).collect()
}

fn kinds(plan: &Plan, look: &Look) -> String {
    let groups = Group::ALL.iter().filter(|group| plan.groups.contains(group));
    let words: Vec<String> = groups
        .map(|group| word(look, &format!("file-groups-{}", group.as_str())))
        .collect();
    words.join(&word(look, "list-comma"))
}

fn accept(plan: &Plan) -> String {
    let endings: Vec<String> = plan.extensions().iter().map(|end| format!(".{end}")).collect();
    endings.join(",")
}

impl KeptView {
    fn of(upload: &Upload) -> Self {
        Self {
            id: upload.id.clone(),
            name: upload.name.clone(),
            size: human(upload.size),
            private: upload.private,
        }
    }
}

/// The files of a ticket as its page lists them.
pub async fn of_ticket(
    state: &State,
    visitor: &Visitor,
    view: &View,
    names: &Names<'_>,
    may_detach: bool,
) -> Result<Vec<FileView>, Problem> {
    if view.ticket.attachments.is_empty() {
        return Ok(Vec::new());
    }
    let number = &view.ticket.number;
    let (_, files) = state.desk.attachments(&visitor.principal, number, 0, SHOWN_MAX).await?;
    let directory = state.desk.directory();
    let corrects = directory
        .builtin
        .correct
        .iter()
        .any(|role| visitor.roles.contains(role));
    let shown = |file: AttachmentView| {
        let AttachmentView { attachment, readable } = file;
        let media = Media::parse(&attachment.content.media);
        let own = attachment.by.person() == Some(&visitor.principal.person);
        FileView {
            number: number.to_string(),
            seq: attachment.seq,
            icon: icon(media),
            kind: media.map_or_else(
                || attachment.content.media.to_string(),
                |media| word(&visitor.look, &format!("file-group-{}", media.group().as_str())),
            ),
            size: human(attachment.content.size),
            by: attachment
                .by
                .person()
                .map(|person| names.person(person))
                .unwrap_or_default(),
            at: When::new(attachment.at, visitor.now, &visitor.zone),
            with: attachment
                .action
                .as_ref()
                .map(|action| action_title(action.as_str(), &view.definition, names.language)),
            private: attachment.content.private,
            readable,
            image: readable && media.is_some_and(Media::is_shown_in_place),
            gone: attachment
                .gone
                .map(|gone: Gone| word(&visitor.look, &format!("file-gone-{}", gone.as_str()))),
            removable: may_detach && attachment.gone.is_none() && (own || corrects),
            name: attachment.name,
        }
    };
    Ok(files.into_iter().map(shown).collect())
}

fn icon(media: Option<Media>) -> &'static str {
    match media.map(Media::group) {
        Some(Group::Image) => "photo",
        Some(Group::Pdf | Group::Office | Group::Text) => "file-text",
        Some(Group::Audio) => "microphone",
        Some(Group::Video) => "player-play",
        None => "paperclip",
    }
}

/// What goes up with a file.
#[derive(Deserialize)]
pub struct Sent {
    #[serde(default)]
    name: String,
    #[serde(default)]
    private: bool,
}

/// `PUT /files/{id}`: takes a file, and says in one line how it went; the form goes on as it was.
pub async fn upload(
    state: Data<State>,
    proven: Proven,
    request: HttpRequest,
    id: Path<String>,
    sent: Query<Sent>,
    payload: web::Payload,
) -> HttpResponse {
    let Proven(visitor) = proven;
    let Sent { name, private } = sent.into_inner();
    let wish = Wish {
        id: id.into_inner(),
        name,
        private,
    };
    let taken = match state.desk.receive(&visitor.principal, wish).await {
        Ok(receiving) => incoming::take(&request, payload.into_inner(), &state.config.limits, receiving).await,
        Err(error) => Err(incoming::refused(error)),
    };
    match taken {
        Ok(received) => {
            let kept = KeptView::of(&received.upload);
            said(
                StatusCode::OK,
                &json!({"id": kept.id, "name": kept.name, "size": kept.size}),
            )
        }
        Err(problem) => wrong(&problem, &visitor.look),
    }
}

/// `DELETE /files/{id}`: a file that was chosen is not wanted after all.
pub async fn drop(state: Data<State>, proven: Proven, id: Path<String>) -> HttpResponse {
    let Proven(visitor) = proven;
    match state.desk.drop_upload(&visitor.principal, &id).await {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(error) => wrong(&Problem::from(error), &visitor.look),
    }
}

/// What is wrong with a file, in the language of the page.
fn wrong(problem: &Problem, look: &Look) -> HttpResponse {
    let mut sentences = faults(problem, look);
    if sentences.is_empty() {
        let code = problem.code.as_str();
        sentences.push(crate::web::problem::sentence(
            look.language,
            &format!("problem-{code}"),
            &problem.arguments,
        ));
    }
    let mut answer = said(problem.code.status(), &json!({"wrong": sentences.join(" ")}));
    if problem.headers.iter().any(|(name, _)| *name == "Connection") {
        let head = answer.head_mut();
        head.set_connection_type(actix_web::http::ConnectionType::Close);
    }
    answer
}

fn said(status: StatusCode, body: &serde_json::Value) -> HttpResponse {
    let mut answer = HttpResponse::build(status).json(body);
    answer.extensions_mut().insert(Said);
    answer
}

/// How a file is looked at.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    show: bool,
}

/// `GET /tickets/{number}/files/{attachment}`
pub async fn content(
    state: Data<State>,
    visitor: Visitor,
    request: HttpRequest,
    path: Path<(String, u64)>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let (number, attachment) = path.into_inner();
    let opened = state.desk.attachment(&visitor.principal, &number, attachment).await?;
    let shown = if asked.show {
        outgoing::Shown::InPlace
    } else {
        outgoing::Shown::Saved
    };
    outgoing::send(&request, opened, shown).await
}
