//! Sending what was written at the agent's desk: the ticket is opened, and what the button says is done. What is
//! missing is said at its field before anything is opened; sent twice, it is one ticket.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde_json::{Map, Value as Json, json};

use crate::desk::act::{Act, Seen};
use crate::desk::open::{ContactReport, Open};
use crate::desk::{Answered, DeskError, Idempotency, Request};
use crate::ticket::model::Channel;
use crate::web::desk_problem;
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::definition::Definition;
use crate::workflow::moment::Moment;

use super::answer::{self, word};
use super::caller_code;
use super::desk::{MARK, MARK_WHY, MERGE, chosen, fields_of, form_view, number, values};
use super::fields;
use super::files;
use super::form::Form;
use super::visitor::{Posted, Visitor};

/// `POST /desk`: opens the ticket and does what the button says.
pub async fn send(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let Posted { visitor, form } = sent;
    let definition = chosen(&state, &form)?;
    let values = values(&state, &visitor, &definition, &form);
    let missing = missing(&state, &visitor, &definition, &form, &values);
    let unsaid = reason_is_missing(&state, &visitor, &definition, &form);
    if !missing.is_empty() || unsaid {
        return come_back(&state, &visitor, &definition, &form, &missing).await;
    }
    let number = match open(&state, &visitor, &definition, &form, values).await {
        Ok(number) => number,
        Err(DeskError::Refused(refusal)) => {
            let problem = desk_problem::refused(&refusal);
            return come_back(&state, &visitor, &definition, &form, &faults(&problem, &visitor)).await;
        }
        Err(error @ DeskError::Invalid(_)) => {
            let problem = Problem::from(error);
            return come_back(&state, &visitor, &definition, &form, &faults(&problem, &visitor)).await;
        }
        Err(error) => return Err(error.into()),
    };
    let code = caller_code::of_new_ticket(&state, &visitor.principal, &number).await;
    let mut path = format!("/tickets/{number}");
    for step in steps(&state, &visitor, &definition, &form) {
        let action = step.action.clone();
        if act(&state, &visitor, &form, &number, step).await.is_err() {
            // The ticket is there; what the action still wants is asked on its form.
            path = format!("/tickets/{number}/actions/{action}");
            break;
        }
    }
    state.desk.drop_draft(&visitor.principal, form.text("draft")).await?;
    let mut response = answer::go(&visitor.look, &path);
    if let Some(code) = code {
        caller_code::carry(&mut response, &number, &code, &state.config);
    }
    Ok(response)
}

/// Something that is done with the ticket as soon as it is opened.
#[derive(Default)]
struct Step {
    action: String,
    values: Map<String, Json>,
    with: Map<String, Json>,
    texts: BTreeMap<Arc<str>, String>,
}

/// What the button says, and the mark that it is urgent. Whoever is responsible is known once it is routed, and is told
/// then (R9); what closes it is done last. What is merged into another takes no way of its own; what is urgent is told
/// whoever else called about it, and is only linked.
fn steps(state: &State, visitor: &Visitor, definition: &Definition, form: &Form) -> Vec<Step> {
    let into = form.text(MERGE);
    let urgent = form.text(MARK) == "yes";
    if !into.is_empty() && !urgent {
        let reason = word(&visitor.look, "desk-merge-reason");
        return vec![Step {
            action: "merge".to_owned(),
            with: json!({"ticket": into}).as_object().cloned().unwrap_or_default(),
            texts: BTreeMap::from([(Arc::from("reason"), reason)]),
            ..Step::default()
        }];
    }
    let mut steps = way(state, visitor, definition, form);
    if !into.is_empty() {
        steps.push(Step {
            action: "link".to_owned(),
            with: json!({"ticket": into, "kind": "repeat"})
                .as_object()
                .cloned()
                .unwrap_or_default(),
            ..Step::default()
        });
    }
    steps
}

fn way(state: &State, visitor: &Visitor, definition: &Definition, form: &Form) -> Vec<Step> {
    let start = definition.states.get(&definition.start.value);
    let chosen = form.text("action");
    let routes = start
        .and_then(|start| start.actions.get(chosen))
        .is_some_and(|action| action.route);
    let mut steps = Vec::new();
    if !chosen.is_empty() {
        steps.push(Step {
            action: chosen.to_owned(),
            ..Step::default()
        });
    }
    if form.text(MARK) == "yes"
        && let Some(marking) = state
            .desk
            .marking(&visitor.principal, &definition.workflow.value, &Map::new())
    {
        let why = marking
            .why
            .map(|why| (why.to_string(), Json::from(form.text(MARK_WHY))));
        let mark = Step {
            action: marking.action.to_string(),
            values: why.into_iter().collect(),
            ..Step::default()
        };
        let place = if routes { steps.len() } else { 0 };
        steps.insert(place, mark);
    }
    steps
}

/// It is urgent, and nobody has said why.
fn reason_is_missing(state: &State, visitor: &Visitor, definition: &Definition, form: &Form) -> bool {
    let marking = state
        .desk
        .marking(&visitor.principal, &definition.workflow.value, &Map::new());
    form.text(MARK) == "yes" && form.text(MARK_WHY).is_empty() && marking.is_some_and(|marking| marking.why.is_some())
}

fn faults(problem: &Problem, visitor: &Visitor) -> Vec<Json> {
    problem
        .faults
        .iter()
        .map(|fault| fault.write(visitor.look.language))
        .collect()
}

/// Required fields of the chosen action that are empty (R4).
fn missing(
    state: &State,
    visitor: &Visitor,
    definition: &Definition,
    form: &Form,
    values: &Map<String, Json>,
) -> Vec<Json> {
    let start = definition.states.get(&definition.start.value);
    let Some(action) = start.and_then(|start| start.actions.get(form.text("action"))) else {
        return Vec::new();
    };
    let known = fields_of(state, visitor, definition);
    action
        .require
        .iter()
        .filter(|field| !values.contains_key(field.as_str()))
        .filter(|field| known.iter().any(|one| one.name == format!("values.{}", field.as_str())))
        .map(|field| {
            json!({"pointer": format!("/values/{}", field.as_str()), "detail": word(&visitor.look, "desk-missing")})
        })
        .collect()
}

async fn come_back(
    state: &State,
    visitor: &Visitor,
    definition: &Definition,
    form: &Form,
    faults: &[Json],
) -> Result<HttpResponse, Problem> {
    let (of_files, others): (Vec<Json>, Vec<Json>) = faults.iter().cloned().partition(files::is_about);
    let said = (Vec::new(), files::sentences(&of_files));
    let mut view = form_view(state, visitor, definition, form, form.text("draft"), said).await;
    view.wrong = fields::refill(&mut view.fields, form, &others);
    if reason_is_missing(state, visitor, definition, form)
        && let Some(mark) = &mut view.mark
    {
        mark.wrong = word(&visitor.look, "desk-missing");
    }
    answer::part(
        visitor,
        StatusCode::UNPROCESSABLE_ENTITY,
        "parts/desk_form",
        &view.laid_out(),
    )
}

async fn open(
    state: &State,
    visitor: &Visitor,
    definition: &Definition,
    form: &Form,
    values: Map<String, Json>,
) -> Result<String, DeskError> {
    let begun = form.text("begun").parse().map_or(visitor.now, Moment).min(visitor.now);
    let ended = form
        .text("ended")
        .parse()
        .ok()
        .map(|ended: i64| Moment(ended).min(visitor.now));
    let contact = ContactReport {
        id: None,
        channel: Channel::parse(form.text("channel")).or(Some(Channel::Phone)),
        caller_number: number(definition, &values),
        started_at: Some(begun),
        ended_at: Some(ended.unwrap_or(visitor.now).max(begun)),
        recording: None,
    };
    let answered = state
        .desk
        .open_with(
            request(visitor, form, "open"),
            Open {
                workflow: definition.workflow.value.clone(),
                values,
                contact: Some(contact),
            },
            &files::chosen(form),
        )
        .await?;
    let (Answered::Done(done) | Answered::Repeated(done)) = answered;
    Ok(done.ticket.number.to_string())
}

async fn act(state: &State, visitor: &Visitor, form: &Form, number: &str, step: Step) -> Result<(), DeskError> {
    let request = request(visitor, form, &step.action);
    let act = Act {
        number: number.to_owned(),
        task: None,
        action: step.action.as_str().into(),
        values: step.values,
        texts: step.texts,
        with: step.with,
        on_behalf_of: None,
        seen: Seen::Any,
    };
    state.desk.act(request, act).await.map(|_| ())
}

/// Sent twice it is one ticket: the draft's id is the key.
fn request(visitor: &Visitor, form: &Form, what: &str) -> Request {
    let draft: String = form
        .text("draft")
        .chars()
        .filter(char::is_ascii_graphic)
        .take(60)
        .collect();
    Request {
        principal: visitor.principal.clone(),
        idempotency: (!draft.is_empty()).then(|| Idempotency {
            key: format!("desk-{draft}-{what}"),
            request: form.fingerprint(what),
        }),
        dry_run: false,
    }
}
