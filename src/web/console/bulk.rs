//! The same action on the tickets that were chosen in a list: which actions they share, one form for all, and what became
//! of each. A script sends them a few at a time and shows how far it is; without one they go in a single request.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::Serialize;
use serde_json::Map;
use uuid::Uuid;

use crate::desk::act::Seen;
use crate::desk::bulk::{Bulk, Item, Outcome};
use crate::desk::list::LIMIT_MAX;
use crate::desk::possible::Possible;
use crate::desk::{Answered, DeskError, Done};
use crate::web::api::actions::{ActionBody, command};
use crate::web::body::shape;
use crate::web::decode::At;
use crate::web::form as schemas;
use crate::web::problem::{Code, Problem};
use crate::web::state::State;
use crate::workflow::definition::Definition;

use super::answer::{self, sentence, word};
use super::fields::{self, Around, Field};
use super::form::Form;
use super::listing::Asked;
use super::ticket::objections;
use super::timeline::action_title;
use super::trouble;
use super::visitor::{Posted, Visitor};
use super::words::{Names, text};

/// Built-in actions that make sense for several tickets at once; what links, merges, corrects or reveals is about one.
const OFFERED: [&str; 10] = [
    "sign",
    "reply",
    "take",
    "release",
    "acknowledge",
    "chase",
    "watch",
    "note",
    "grant_return",
    "force",
];

#[derive(Serialize)]
struct BulkView {
    /// `choose`, `form`, `done`: what is shown.
    step: &'static str,
    title: String,
    numbers: Vec<String>,
    count: usize,
    /// There were more than may be acted on at once.
    cut: bool,
    actions: Vec<Shared>,
    path: String,
    key: String,
    fields: Vec<Field>,
    back: String,
    /// The list they were chosen from.
    query: String,
    outcomes: Vec<OutcomeView>,
    done: usize,
    refused: usize,
}

/// An action that some of the tickets allow.
#[derive(Serialize)]
struct Shared {
    action: String,
    title: String,
    path: String,
    /// On how many of them it is possible.
    possible: usize,
    all: bool,
    #[serde(skip)]
    sample: (Possible, Arc<Definition>),
}

#[derive(Serialize)]
struct OutcomeView {
    number: String,
    done: bool,
    repeated: bool,
    /// In which state it is now.
    state: String,
    why: Vec<String>,
}

impl BulkView {
    fn of(step: &'static str, title: String, numbers: Vec<String>, form: &Form) -> Self {
        let query = form.text("query");
        Self {
            step,
            title,
            count: numbers.len(),
            numbers,
            cut: false,
            actions: Vec::new(),
            path: String::new(),
            key: String::new(),
            fields: Vec::new(),
            back: Asked::read(query).map_or_else(|_| "/tickets".to_owned(), |asked| asked.path()),
            query: query.to_owned(),
            outcomes: Vec::new(),
            done: 0,
            refused: 0,
        }
    }

    fn answer(&self, visitor: &Visitor) -> Result<HttpResponse, Problem> {
        if visitor.look.part {
            return answer::part(visitor, StatusCode::OK, "parts/bulk", self);
        }
        answer::page(visitor, "tickets", self.title.clone(), "bulk", self)
    }
}

/// The numbers that were chosen: those that are ticked, or all of the list as far as is allowed at once.
async fn chosen(state: &State, visitor: &Visitor, form: &Form) -> Result<(Vec<String>, bool), Problem> {
    let most = state.config.limits.bulk_items_max;
    if form.text("all") != "yes" {
        let mut numbers: Vec<String> = form.all("n").map(str::to_owned).collect();
        numbers.dedup();
        let cut = numbers.len() > most;
        numbers.truncate(most);
        return Ok((numbers, cut));
    }
    let listing = Asked::read(form.text("query"))?.listing();
    let mut numbers = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = state
            .desk
            .list(
                &visitor.principal,
                &listing.filter,
                listing.sort,
                cursor.as_deref(),
                LIMIT_MAX,
            )
            .await?;
        numbers.extend(page.rows.into_iter().map(|row| row.number));
        cursor = page.next;
        if cursor.is_none() || numbers.len() >= most {
            let cut = cursor.is_some() || numbers.len() > most;
            numbers.truncate(most);
            return Ok((numbers, cut));
        }
    }
}

/// What may be done to the tickets, the most shared first.
async fn shared(state: &State, visitor: &Visitor, numbers: &[String]) -> Result<Vec<Shared>, Problem> {
    let mut found: Vec<Shared> = Vec::new();
    for number in numbers {
        let (view, all) = match state.desk.possible(&visitor.principal, number, false).await {
            Ok(seen) => seen,
            // Not to be seen any more: nothing is possible on it, and the others go on.
            Err(DeskError::NotFound { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        let mut here: Vec<String> = Vec::new();
        for possible in all {
            let action = possible.action.to_string();
            if (possible.builtin && !OFFERED.contains(&action.as_str())) || here.contains(&action) {
                continue;
            }
            here.push(action.clone());
            match found.iter_mut().find(|known| known.action == action) {
                Some(known) => known.possible += 1,
                None => found.push(Shared {
                    title: action_title(&action, &view.definition, visitor.look.language),
                    path: format!("/tickets/bulk/{action}/form"),
                    action,
                    possible: 1,
                    all: false,
                    sample: (possible, Arc::clone(&view.definition)),
                }),
            }
        }
    }
    for one in &mut found {
        one.all = one.possible == numbers.len();
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.possible));
    Ok(found)
}

/// `POST /tickets/bulk`: what may be done to those that were chosen.
pub async fn choose(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let Posted { visitor, form } = sent;
    let (numbers, cut) = chosen(&state, &visitor, &form).await?;
    let actions = shared(&state, &visitor, &numbers).await?;
    let title = sentence(&visitor.look, "bulk-title", &[("count", count(numbers.len()).into())]);
    let view = BulkView {
        cut,
        actions,
        ..BulkView::of("choose", title, numbers, &form)
    };
    view.answer(&visitor)
}

/// `POST /tickets/bulk/{action}/form`: one form for all of them.
pub async fn form(state: Data<State>, sent: Posted, action: Path<String>) -> Result<HttpResponse, Problem> {
    let Posted { visitor, form } = sent;
    let (numbers, cut) = chosen(&state, &visitor, &form).await?;
    let actions = shared(&state, &visitor, &numbers).await?;
    let one = actions
        .iter()
        .find(|one| one.action == *action)
        .ok_or_else(|| Problem::new(Code::NotFound))?;
    let view = BulkView {
        cut,
        fields: fields_of(&state, &visitor, &one.sample),
        path: format!("/tickets/bulk/{action}"),
        key: Uuid::new_v4().to_string(),
        ..BulkView::of("form", one.title.clone(), numbers, &form)
    };
    view.answer(&visitor)
}

/// The form of an action, for many: nothing is filled in from one of them, and what is left empty stays as it is.
fn fields_of(state: &State, visitor: &Visitor, (possible, definition): &(Possible, Arc<Definition>)) -> Vec<Field> {
    let directory = state.desk.directory();
    let around = Around {
        names: &Names {
            directory: &directory,
            language: visitor.look.language,
        },
        zone: &visitor.zone,
        now: visitor.now,
    };
    let mut fields = fields::of_schema(&schemas::whole(possible, definition), &Map::new(), &around);
    for field in fields.iter_mut().filter(|field| field.name.starts_with("values.")) {
        field.required = false;
    }
    fields
}

/// `POST /tickets/bulk/{action}`: does it, and says of each what became of it.
pub async fn act(state: Data<State>, sent: Posted, action: Path<String>) -> Result<HttpResponse, Problem> {
    let Posted { visitor, form } = sent;
    let (numbers, _) = chosen(&state, &visitor, &form).await?;
    let body = body(&state, &visitor, &form, &action, &numbers).await?;
    let act = command(String::new(), None, action.clone(), Seen::Any, body);
    let title = form.text("title").chars().take(120).collect();
    let bulk = Bulk {
        action: act.action,
        tickets: numbers
            .iter()
            .map(|number| Item {
                number: number.clone(),
                revision: None,
            })
            .collect(),
        values: act.values,
        texts: act.texts,
        with: act.with,
        on_behalf_of: act.on_behalf_of,
    };
    let outcomes = state
        .desk
        .bulk(&visitor.principal, form.text("key"), false, &bulk)
        .await?;
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language: visitor.look.language,
    };
    let outcomes: Vec<OutcomeView> = outcomes
        .into_iter()
        .map(|outcome| OutcomeView::of(outcome, &names, &visitor))
        .collect();
    let done = outcomes.iter().filter(|outcome| outcome.done).count();
    let view = BulkView {
        done,
        refused: outcomes.len() - done,
        outcomes,
        ..BulkView::of("done", title, numbers, &form)
    };
    if visitor.look.part {
        return answer::part(&visitor, StatusCode::OK, "parts/bulk_outcomes", &view);
    }
    view.answer(&visitor)
}

/// What the form says, read as the API reads it. The shape comes from the first ticket that allows the action; where
/// none does any more (a repeat), only texts are left, and the kept answers do not ask for more.
async fn body(
    state: &State,
    visitor: &Visitor,
    form: &Form,
    action: &str,
    numbers: &[String],
) -> Result<ActionBody, Problem> {
    let definitions = state.desk.all_active();
    let mut asked: Vec<Field> = Vec::new();
    for definition in &definitions {
        let known = definition
            .states
            .values()
            .flat_map(|state| state.actions.values())
            .chain(definition.anytime.values())
            .chain(definition.after_close.values())
            .find(|known| known.id == *action);
        if let Some(known) = known {
            let possible = crate::desk::possible::Possible {
                action: known.id.clone(),
                task: None,
                builtin: false,
                title: None,
                key: None,
                require: known.require.iter().map(|field| field.value.clone()).collect(),
                ask: known.ask.iter().map(|field| field.value.clone()).collect(),
                texts: Vec::new(),
                refusal: None,
                lacks: None,
            };
            let more = fields_of(state, visitor, &(possible, Arc::clone(definition)));
            asked.extend(more);
        }
    }
    if asked.is_empty()
        && let Some(one) = shared(state, visitor, numbers)
            .await?
            .into_iter()
            .find(|one| one.action == action)
    {
        asked = fields_of(state, visitor, &one.sample);
    }
    let mut seen: Vec<String> = Vec::new();
    asked.retain(|field| {
        let is_new = !seen.contains(&field.name);
        seen.push(field.name.clone());
        is_new
    });
    shape(&fields::body(&asked, form, &visitor.zone), &At::Body(String::new()))
}

impl OutcomeView {
    fn of(outcome: Outcome, names: &Names<'_>, visitor: &Visitor) -> Self {
        let (repeated, done, why) = match outcome.result {
            Ok(Answered::Done(done)) => (false, Some(done), Vec::new()),
            Ok(Answered::Repeated(done)) => (true, Some(done), Vec::new()),
            Err(DeskError::Refused(refusal)) => (false, None, objections(&refusal.objections, names)),
            Err(error) => (false, None, said(&Problem::from(error), visitor)),
        };
        Self {
            number: outcome.number,
            repeated,
            state: done.as_ref().map(|done| state_of(done, names)).unwrap_or_default(),
            done: done.is_some(),
            why,
        }
    }
}

fn state_of(done: &Done, names: &Names<'_>) -> String {
    let known = done.definition.states.get(&done.ticket.state);
    known.map_or_else(
        || done.ticket.state.to_string(),
        |known| text(&known.title, names.language),
    )
}

/// The faults of a problem, else what it says as a whole.
fn said(problem: &Problem, visitor: &Visitor) -> Vec<String> {
    let faults = trouble::faults(problem, &visitor.look);
    if !faults.is_empty() {
        return faults;
    }
    let written = problem.write(visitor.look.language, "");
    let detail = written.get("detail").and_then(|detail| detail.as_str());
    vec![detail.map_or_else(|| word(&visitor.look, "bulk-refused"), str::to_owned)]
}

fn count(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}
