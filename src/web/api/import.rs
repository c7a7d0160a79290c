//! Tickets with their history from another system (L12): the shape of one, as a request and as a line of a file.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::Principal;
use crate::desk::import::fault::{FAULTS_MAX, Fault as LineFault, What};
use crate::desk::import::history::{Imported, TICKETS_MAX};
use crate::desk::import::past::{Past, PastCommand, TaskName};
use crate::request;
use crate::texts::{Arg, Language, say};
use crate::ticket::refusal::Refusal;
use crate::web::auth::{Allowed, ImportTickets};
use crate::web::body::{Body, shape};
use crate::web::command::once;
use crate::web::decode::{At, Line};
use crate::web::desk_problem;
use crate::web::guard::language_of;
use crate::web::idempotency::Key;
use crate::web::json;
use crate::web::problem::{Code, Fault, Place, Problem};
use crate::web::state::State;
use crate::workflow::id::{ActionId, DepartmentId, PersonId, WorkflowId};
use crate::workflow::moment::Moment;

use super::tickets::ContactIn;

request! {
    /// Tickets that are taken over, each whole or not at all.
    pub struct ImportBody {
        tickets: Vec<PastIn>,
    }

    /// A ticket with its history.
    pub struct PastIn {
        #[schema(value_type = String)]
        workflow: WorkflowId,
        /// The number it had; it is kept. A number that is there already is passed over.
        #[schema(value_type = Option<String>)]
        number: Option<Line>,
        /// When it was written.
        #[schema(value_type = String)]
        at: Moment,
        /// Who wrote it; nobody is the machine.
        #[schema(value_type = Option<String>)]
        by: Option<PersonId>,
        contact: Option<ContactIn>,
        /// Fields by id.
        #[schema(required = false)]
        values: Map<String, Json>,
        /// What was done, in order.
        commands: Option<Vec<PastCommandIn>>,
    }

    /// One thing that was done: an action of the file, or a built-in one.
    pub struct PastCommandIn {
        #[schema(value_type = String)]
        at: Moment,
        #[schema(value_type = Option<String>)]
        by: Option<PersonId>,
        #[schema(value_type = String)]
        action: ActionId,
        /// The task's number, its key (`lead`), or key and department (`assist@finance`).
        #[schema(value_type = Option<String>)]
        task: Option<Line>,
        #[schema(required = false)]
        values: Map<String, Json>,
        reason: Option<String>,
        basis: Option<String>,
        note: Option<String>,
        evidence: Option<String>,
        source: Option<String>,
        #[schema(value_type = Option<String>)]
        on_behalf_of: Option<DepartmentId>,
        /// The department that gets the task (hand_over).
        #[schema(value_type = Option<String>)]
        to: Option<DepartmentId>,
        /// Watch or no longer (watch).
        on: Option<bool>,
        /// The caller may read it (note).
        public: Option<bool>,
    }
}

impl PastIn {
    pub fn into_past(self) -> Past {
        Past {
            id: None,
            workflow: self.workflow,
            number: self.number.map(|number| number.0),
            at: self.at,
            by: self.by,
            contact: self.contact.map(ContactIn::into_report),
            values: self.values,
            commands: self
                .commands
                .unwrap_or_default()
                .into_iter()
                .map(PastCommandIn::into_command)
                .collect(),
        }
    }
}

impl PastCommandIn {
    fn into_command(self) -> PastCommand {
        let texts = [
            ("reason", self.reason),
            ("basis", self.basis),
            ("note", self.note),
            ("evidence", self.evidence),
            ("source", self.source),
        ];
        let texts: BTreeMap<Arc<str>, String> = texts
            .into_iter()
            .filter_map(|(key, text)| Some((Arc::from(key), text?)))
            .collect();
        let with = [
            ("to", self.to.map(|to| Json::from(to.as_str()))),
            ("on", self.on.map(Json::from)),
            ("public", self.public.map(Json::from)),
        ];
        PastCommand {
            at: self.at,
            by: self.by,
            action: self.action,
            task: self.task.map(|task| TaskName::parse(&task.0)),
            values: self.values,
            texts,
            with: with
                .into_iter()
                .filter_map(|(key, value)| Some((key.to_owned(), value?)))
                .collect(),
            on_behalf_of: self.on_behalf_of,
        }
    }
}

/// What became of the tickets, in their order.
#[derive(Serialize, ToSchema)]
pub struct ImportReport {
    accepted: usize,
    existing: usize,
    refused: usize,
    items: Vec<ImportItem>,
}

/// What became of one ticket.
#[derive(Serialize, ToSchema)]
pub struct ImportItem {
    /// `accepted`, `existing`, or `refused`: then nothing of it was saved.
    status: &'static str,
    /// The number it has now.
    number: Option<String>,
    /// Events written.
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<bool>,
    /// The command that was refused, from 0; absent when it was the opening.
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<usize>,
    /// Why, as a problem document.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    problem: Option<Json>,
}

/// Takes over tickets with their own times. States, guards and required fields are checked as for everybody, membership
/// is not, and nobody is told. Importing the same numbers again changes nothing; for tickets without a number the
/// Idempotency-Key does the same.
#[utoipa::path(post, path = "/api/v1/import/tickets", tag = "import", request_body = ImportBody,
    security(("token" = ["tickets:import"])), responses((status = 200, body = ImportReport)))]
pub async fn tickets(
    state: Data<State>,
    who: Allowed<ImportTickets>,
    request: HttpRequest,
    key: Key,
    body: Body<ImportBody>,
) -> Result<HttpResponse, Problem> {
    let Body { value, bytes } = body;
    let act = taken_over(&state, &who.principal, &key, value.tickets, language_of(&request));
    once(&state, &who.principal, &key, &bytes, StatusCode::OK, None, act).await
}

async fn taken_over(
    state: &State,
    principal: &Principal,
    key: &Key,
    tickets: Vec<PastIn>,
    language: Language,
) -> Result<ImportReport, Problem> {
    if tickets.len() > TICKETS_MAX {
        let fault = Fault::new(Place::Pointer("/tickets".to_owned()), "too_many");
        return Err(Problem::invalid(vec![fault.with("max", TICKETS_MAX.to_string())]));
    }
    let numbers: Vec<Option<String>> = tickets
        .iter()
        .map(|ticket| ticket.number.as_ref().map(|number| number.0.clone()))
        .collect();
    let pasts = tickets.into_iter().enumerate();
    let pasts = pasts.map(|(place, past)| Past {
        id: key
            .made_id(&format!("{}\0{place}", principal.person))
            .and_then(|id| Uuid::parse_str(&id).ok()),
        ..past.into_past()
    });
    let answers = state.desk.import_history(principal, pasts.collect()).await?;
    let items: Vec<ImportItem> = answers
        .into_iter()
        .zip(numbers)
        .map(|(answer, number)| item(answer, number, language))
        .collect();
    let count = |status: &str| items.iter().filter(|item| item.status == status).count();
    let (accepted, existing, refused) = (count("accepted"), count("existing"), count("refused"));
    Ok(ImportReport {
        accepted,
        existing,
        refused,
        items,
    })
}

fn item(answer: Imported, wanted: Option<String>, language: Language) -> ImportItem {
    let plain = ImportItem {
        status: "refused",
        number: wanted,
        events: None,
        closed: None,
        command: None,
        problem: None,
    };
    match answer {
        Imported::Accepted { number, events, closed } => ImportItem {
            status: "accepted",
            number: Some(number.to_string()),
            events: Some(events),
            closed: Some(closed),
            ..plain
        },
        Imported::Exists { number } => ImportItem {
            status: "existing",
            number: Some(number.to_string()),
            ..plain
        },
        Imported::Refused { command, refusal } => {
            let problem = desk_problem::refused(&refusal).write(language, "");
            ImportItem {
                command,
                problem: Some(problem),
                ..plain
            }
        }
        Imported::Invalid(problem) => {
            let fault = Fault {
                sentence: Some(problem.sentence),
                ..Fault::new(Place::Pointer(problem.pointer), problem.code)
            };
            let problem = Problem::new(Code::Invalid).fault(fault).write(language, "");
            ImportItem {
                problem: Some(problem),
                ..plain
            }
        }
    }
}

/// A refusal in one sentence, with the step it was at (from 1).
pub fn refused_sentence(command: Option<usize>, refusal: &Refusal, language: Language) -> String {
    let document = desk_problem::refused(refusal).write(language, "");
    let why = details(&document).join("; ");
    match command {
        None => say(language, "import-refused-opening", &[("why", why.into())]),
        Some(step) => {
            let step = Arg::Number(i64::try_from(step + 1).unwrap_or(i64::MAX));
            say(language, "import-refused-step", &[("step", step), ("why", why.into())])
        }
    }
}

/// The sentences of a problem's errors; its own where it has none.
fn details(document: &Json) -> Vec<String> {
    let detail = |json: &Json| json.get("detail").and_then(Json::as_str).map(str::to_owned);
    let errors = document.get("errors").and_then(Json::as_array);
    let told: Vec<String> = errors
        .into_iter()
        .flatten()
        .filter_map(|error| {
            let place = error.get("pointer").and_then(Json::as_str).unwrap_or_default();
            let said = detail(error)?;
            Some(if place.is_empty() {
                said
            } else {
                format!("{place}: {said}")
            })
        })
        .collect();
    if told.is_empty() {
        detail(document).into_iter().collect()
    } else {
        told
    }
}

/// Reads a file of JSON lines, one ticket each, as strictly as the API does; every line that is wrong is reported.
pub fn read_lines(bytes: &[u8], language: Language) -> Result<Vec<(u64, Past)>, Vec<LineFault>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let (mut pasts, mut faults) = (Vec::new(), Vec::new());
    for (line, text) in (1_u64..).zip(bytes.split(|byte| *byte == b'\n')) {
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let read = json::read(text).and_then(|value| shape::<PastIn>(&value, &At::Body(String::new())));
        match read {
            Ok(past) => pasts.push((line, past.into_past())),
            Err(problem) => {
                for sentence in details(&problem.write(language, "")) {
                    faults.push(LineFault::line(line, What::Refused { sentence }));
                }
            }
        }
        if faults.len() >= FAULTS_MAX {
            break;
        }
    }
    if faults.is_empty() { Ok(pasts) } else { Err(faults) }
}
