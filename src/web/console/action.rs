//! The form of an action, and doing it. Whatever stands in the way — a field, a rule, somebody who was quicker — the
//! form comes back with every word that was typed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{Data, Path, Query};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::desk::act::{Act, Seen};
use crate::desk::possible::Possible;
use crate::desk::read::View;
use crate::desk::{Answered, DeskError, Idempotency, Request};
use crate::ticket::model::TaskId;
use crate::web::api::actions::{ActionBody, command};
use crate::web::body::shape;
use crate::web::decode::At;
use crate::web::problem::{Code, Problem};
use crate::web::state::State;
use crate::web::{form as schemas, show};

use super::answer;
use super::call::CallView;
use super::fields::{self, Around, Field};
use super::files::{self, FilesField};
use super::form::Form;
use super::reached::ReachedView;
use super::ticket::{self, why_not};
use super::timeline::action_title;
use super::visitor::{Posted, Visitor};
use super::words::{Names, When, text, value};

/// Which task an action is about, and which field is to be shown.
#[derive(Deserialize)]
pub struct About {
    task: Option<TaskId>,
    #[serde(default)]
    field: String,
    /// The file that is to be taken away.
    attachment: Option<u64>,
}

#[derive(Serialize)]
struct ActionView {
    number: String,
    subject: String,
    path: String,
    title: String,
    /// What is asked about: a department's task.
    department: Option<String>,
    revision: u64,
    key: String,
    fields: Vec<Field>,
    /// Hidden members of the form: the field to reveal, the file to take away.
    field: String,
    attachment: Option<u64>,
    /// Its name, to be seen.
    about_file: Option<String>,
    files: Option<FilesField>,
    wrong: Vec<String>,
    stale: Option<StaleView>,
    impossible: Vec<String>,
    reached: Option<ReachedView>,
    call: Option<CallView>,
}

/// Somebody was quicker.
#[derive(Serialize)]
struct StaleView {
    by: String,
    what: String,
    at: When,
    state: String,
}

#[derive(Serialize)]
struct RevealedView {
    title: String,
    text: String,
}

/// An action of a ticket as somebody finds it.
struct Found {
    view: View,
    possible: Possible,
    fields: Vec<Field>,
    files: Option<FilesField>,
    call: Option<CallView>,
}

/// Built-in actions with which files come.
const WITH_FILES: [&str; 4] = ["attach", "reply", "note", "ask_return"];

async fn find(state: &State, visitor: &Visitor, number: &str, action: &str, about: &About) -> Result<Found, Problem> {
    let (view, all) = state.desk.possible(&visitor.principal, number, true).await?;
    let possible = all
        .into_iter()
        .find(|possible| possible.action == *action && possible.task == about.task)
        .ok_or_else(|| Problem::new(Code::NotFound))?;
    let directory = state.desk.directory();
    let around = Around {
        names: &Names {
            directory: &directory,
            language: visitor.look.language,
        },
        zone: &visitor.zone,
        now: visitor.now,
    };
    let schema = schemas::whole(&possible, &view.definition);
    let task = possible.task.and_then(|id| view.ticket.task(id));
    let content = task.map_or(&view.ticket.fields, |task| &task.fields);
    let mut filled = show::values(&view.definition, content, view.sight);
    // A mask is no value: what is hidden from the reader is not offered to be saved again.
    filled.retain(|id, _| {
        view.sight.private
            || view
                .definition
                .fields
                .get(id.as_str())
                .is_some_and(|field| !field.private)
    });
    let mut fields = fields::of_schema(&schema, &filled, &around);
    // Which field is to be shown was chosen on the page.
    if !about.field.is_empty() {
        fields.retain(|field| field.name != "field");
    }
    let takes_files = !possible.builtin || WITH_FILES.contains(&possible.action.as_str());
    let files = if takes_files {
        files::field(state, visitor, &Form::default(), Vec::new()).await
    } else {
        None
    };
    let call = if possible.builtin {
        None
    } else {
        let named = [state.desk.centre_name().await?, state.config.mail.centre.clone()];
        let centre = named.into_iter().find(|name| !name.is_empty());
        CallView::of(&view, centre, around.names, visitor)
    };
    Ok(Found {
        view,
        possible,
        fields,
        files,
        call,
    })
}

fn shown(
    state: &State,
    visitor: &Visitor,
    found: Found,
    about: &About,
    key: String,
    (wrong, stale): (Vec<String>, Option<StaleView>),
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let Found {
        view,
        possible,
        fields,
        files,
        call,
    } = found;
    let directory = state.desk.directory();
    let language = visitor.look.language;
    let names = Names {
        directory: &directory,
        language,
    };
    let number = view.ticket.number.to_string();
    let task = possible.task.map_or_else(String::new, |task| format!("?task={task}"));
    let page = ActionView {
        path: format!("/tickets/{number}/actions/{}{task}", possible.action),
        title: action_title(possible.action.as_str(), &view.definition, language),
        department: possible
            .task
            .and_then(|id| view.ticket.task(id))
            .map(|task| names.department(&task.department)),
        revision: view.ticket.revision,
        key,
        fields,
        field: about.field.clone(),
        attachment: about.attachment,
        about_file: about.attachment.and_then(|seq| {
            let file = view.ticket.attachments.iter().find(|file| file.seq == seq)?;
            let own = file.by.person() == Some(&visitor.principal.person);
            (!file.content.private || view.sight.private || own).then(|| file.name.clone())
        }),
        files,
        wrong,
        stale,
        impossible: why_not(&possible, &names),
        reached: ReachedView::of(
            &state.desk.would_tell(&view, &possible.action),
            &view.definition,
            &names,
        ),
        call,
        subject: view.subject,
        number,
    };
    if visitor.look.part {
        return answer::part(visitor, status, "parts/action", &page);
    }
    let title = format!("{} {}", page.title, page.number);
    answer::with_status(visitor, status, "tickets", title, "action", &page)
}

/// `GET /tickets/{number}/actions/{action}`
pub async fn page(
    state: Data<State>,
    visitor: Visitor,
    path: Path<(String, String)>,
    about: Query<About>,
) -> Result<HttpResponse, Problem> {
    let (number, action) = path.into_inner();
    let found = find(&state, &visitor, &number, &action, &about).await?;
    let key = Uuid::new_v4().to_string();
    shown(&state, &visitor, found, &about, key, (Vec::new(), None), StatusCode::OK)
}

/// `POST /tickets/{number}/actions/{action}`
pub async fn act(
    state: Data<State>,
    sent: Posted,
    path: Path<(String, String)>,
    about: Query<About>,
) -> Result<HttpResponse, Problem> {
    let (number, action) = path.into_inner();
    let Posted { visitor, form } = sent;
    let about = About {
        field: form.text("field").to_owned(),
        attachment: form.text("attachment").parse().ok(),
        ..about.into_inner()
    };
    let found = find(&state, &visitor, &number, &action, &about).await?;
    let done = do_it(&state, &visitor, &found, &about, &form).await;
    match done {
        Ok(answered) => answered_with(&state, &visitor, &number, &about, &answered).await,
        Err(error) => come_back(&state, &visitor, found, &about, &form, error).await,
    }
}

async fn do_it(
    state: &State,
    visitor: &Visitor,
    found: &Found,
    about: &About,
    form: &Form,
) -> Result<Answered, DeskError> {
    let act = order(visitor, found, about, form)?;
    let request = Request {
        principal: visitor.principal.clone(),
        idempotency: Some(Idempotency {
            key: form
                .text("key")
                .chars()
                .filter(char::is_ascii_graphic)
                .take(64)
                .collect(),
            request: form.fingerprint(&format!("{} {}", act.number, act.action)),
        }),
        dry_run: false,
    };
    state.desk.act(request, act).await
}

/// The same body as over the API, read by the same reader.
fn order(visitor: &Visitor, found: &Found, about: &About, form: &Form) -> Result<Act, DeskError> {
    let mut body = fields::body(&found.fields, form, &visitor.zone);
    if let (Some(members), false) = (body.as_object_mut(), about.field.is_empty()) {
        members.insert("field".to_owned(), Json::from(about.field.as_str()));
    }
    let chosen = files::chosen(form);
    if let (Some(members), false) = (body.as_object_mut(), chosen.is_empty()) {
        members.insert(files::MEMBER.to_owned(), Json::from(chosen));
    }
    if let (Some(members), Some(attachment)) = (body.as_object_mut(), about.attachment) {
        members.insert("attachment".to_owned(), Json::from(attachment));
    }
    let body: ActionBody = shape(&body, &At::Body(String::new())).map_err(|problem| not_a_body(&problem))?;
    let seen = form.text("revision").parse().map_or(Seen::Missing, Seen::Revision);
    let number = found.view.ticket.number.to_string();
    Ok(command(
        number,
        found.possible.task,
        found.possible.action.to_string(),
        seen,
        body,
    ))
}

/// What the reader of bodies finds, as the desk would say it.
fn not_a_body(problem: &Problem) -> DeskError {
    use crate::texts::Language;
    use crate::web::problem::Place;
    let faults = problem.faults.iter().map(|fault| {
        let pointer = match &fault.place {
            Some(Place::Pointer(pointer)) => pointer.clone(),
            Some(Place::Parameter(_) | Place::Header(_)) | None => String::new(),
        };
        let sentence = |language: Language| {
            let written = fault.write(language);
            written
                .get("detail")
                .and_then(Json::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        crate::desk::Problem::new(pointer, fault.code, sentence(Language::Zh), sentence(Language::En))
    });
    DeskError::Invalid(faults.collect())
}

async fn answered_with(
    state: &State,
    visitor: &Visitor,
    number: &str,
    about: &About,
    answered: &Answered,
) -> Result<HttpResponse, Problem> {
    if !about.field.is_empty()
        && let Answered::Done(done) = answered
        && let Some(content) = done.ticket.fields.get(about.field.as_str())
    {
        let directory = state.desk.directory();
        let language = visitor.look.language;
        let names = Names {
            directory: &directory,
            language,
        };
        let field = done.definition.fields.get(about.field.as_str());
        let revealed = RevealedView {
            title: field.map_or_else(|| about.field.clone(), |field| text(&field.title, language)),
            text: value(content, field, &names, visitor),
        };
        return answer::part(visitor, StatusCode::OK, "parts/revealed", &revealed);
    }
    let path = format!("/tickets/{number}");
    if !visitor.look.part {
        return Ok(answer::see_other(&path));
    }
    let now = Visitor {
        now: state.desk.clock().now(),
        ..visitor.clone()
    };
    // From the board or a list: the dialog closes, and what is behind it looks again.
    if !visitor.look.from.ends_with(&path) {
        return Ok(HttpResponse::NoContent()
            .insert_header(("hx-trigger", "ombud-done"))
            .finish());
    }
    // Who gives a ticket out of hand may see it no longer.
    let Ok(view) = ticket::view(state, &now, number).await else {
        return Ok(answer::go(&visitor.look, "/tickets?view=mine"));
    };
    let mut response = answer::part(&now, StatusCode::OK, "parts/ticket", &view)?;
    for (name, value) in [
        ("hx-retarget", "#ticket"),
        ("hx-reswap", "innerHTML"),
        ("hx-trigger", "ombud-done"),
    ] {
        let headers = response.headers_mut();
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    Ok(response)
}

/// The form again: what was typed, what is wrong, what has changed meanwhile. Its revision is the one shown now, so
/// that sending it once more is a decision made with open eyes.
async fn come_back(
    state: &State,
    visitor: &Visitor,
    mut found: Found,
    about: &About,
    form: &Form,
    error: DeskError,
) -> Result<HttpResponse, Problem> {
    let directory = state.desk.directory();
    let language = visitor.look.language;
    let names = Names {
        directory: &directory,
        language,
    };
    let stale = match &error {
        DeskError::Stale { by, at, what, .. } => Some(StaleView {
            by: by.person().map(|person| names.person(person)).unwrap_or_default(),
            what: what.as_ref().map_or_else(String::new, |what| {
                action_title(what.as_str(), &found.view.definition, language)
            }),
            at: When::new(*at, visitor.now, &visitor.zone),
            state: {
                let state = found.view.definition.states.get(&found.view.ticket.state);
                state.map(|state| text(&state.title, language)).unwrap_or_default()
            },
        }),
        DeskError::Refused(_) | DeskError::Invalid(_) | DeskError::Conflict(_) => None,
        DeskError::NotFound { .. }
        | DeskError::PreconditionRequired
        | DeskError::KeyReused
        | DeskError::InFlight
        | DeskError::Busy
        | DeskError::Unknown(_)
        | DeskError::Forbidden { .. }
        | DeskError::NotAllowed { .. }
        | DeskError::Unclean(_)
        | DeskError::UnknownDefinition(_)
        | DeskError::Store(_) => return Err(error.into()),
    };
    let problem = Problem::from(error);
    let status = if stale.is_some() {
        StatusCode::CONFLICT
    } else {
        problem.code.status()
    };
    let faults: Vec<Json> = problem.faults.iter().map(|fault| fault.write(language)).collect();
    let (of_files, faults): (Vec<Json>, Vec<Json>) = faults.into_iter().partition(files::is_about);
    if found.files.is_some() {
        found.files = files::field(state, visitor, form, files::sentences(&of_files)).await;
    }
    let mut wrong = fields::refill(&mut found.fields, form, &faults);
    if stale.is_some() {
        wrong.clear();
    }
    let key = if stale.is_some() {
        Uuid::new_v4().to_string()
    } else {
        form.text("key").to_owned()
    };
    shown(state, visitor, found, about, key, (wrong, stale), status)
}
