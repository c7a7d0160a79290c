//! What a ticket's page shows beside the ticket: through which hands it went, and where it stands in the life of its
//! kind. And the sheet on paper, to be handed over (交办单).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::Serialize;

use crate::desk::read::{EVENTS_MAX, EventView, View};
use crate::ticket::event::Body;
use crate::ticket::model::{TaskId, TaskPhase, Ticket};
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::draw;
use crate::workflow::id::{DepartmentId, StateId};
use crate::workflow::moment::Moment;
use crate::workflow::value::{FieldType, Value};

use super::answer;
use super::ticket::{self, TicketView};
use super::tickets::RowView;
use super::visitor::Visitor;
use super::words::{Names, When};

/// From how many transfers on a ticket is a problem of its own (R15).
const PING_PONG_FROM: u32 = 3;

/// One pair of hands it went through.
#[derive(Serialize)]
pub struct Hop {
    department: String,
    phase: String,
    since: When,
    until: Option<When>,
    /// It was sent back or handed on from there.
    bad: bool,
    now: bool,
}

/// The way through the departments.
#[derive(Serialize)]
pub struct ContactMap {
    pub hops: Vec<Hop>,
    departments: usize,
    transfers: u32,
    ping_pong: bool,
}

/// Where a task was before it was handed on.
struct Before {
    task: TaskId,
    department: DepartmentId,
    since: Moment,
    until: Moment,
    given_back: bool,
}

/// The hands it went through, in order. Events tell of hand-overs; what lies before them is told by the tasks alone.
pub fn contact_map(view: &View, events: &[EventView], names: &Names<'_>, visitor: &Visitor) -> ContactMap {
    let language = names.language;
    let say = |key: &str| crate::texts::say(language, key, &[]);
    let when = |at: Moment| When::new(at, visitor.now, &visitor.zone);
    let ticket = &view.ticket;
    let passed = passed_on(ticket, events);
    let mut hops: Vec<(Moment, Hop)> = Vec::new();
    for before in &passed {
        let hop = Hop {
            department: names.department(&before.department),
            phase: say(if before.given_back {
                "hop-given-back"
            } else {
                "hop-handed-over"
            }),
            since: when(before.since),
            until: Some(when(before.until)),
            bad: true,
            now: false,
        };
        hops.push((before.since, hop));
    }
    for task in &ticket.tasks {
        let since = passed
            .iter()
            .filter(|before| before.task == task.id)
            .map(|before| before.until)
            .max()
            .unwrap_or(task.opened_at);
        let hop = Hop {
            department: names.department(&task.department),
            phase: say(&format!("phase-{}", task.phase.as_str())),
            since: when(since),
            until: task.ended_at.map(when),
            bad: matches!(task.phase, TaskPhase::Returned | TaskPhase::ReturnAsked),
            now: task.phase.is_open(),
        };
        hops.push((since, hop));
    }
    hops.sort_by_key(|(since, _)| *since);
    let mut departments: Vec<&DepartmentId> = ticket.tasks.iter().map(|task| &task.department).collect();
    departments.extend(passed.iter().map(|before| &before.department));
    departments.sort();
    departments.dedup();
    ContactMap {
        departments: departments.len(),
        hops: hops.into_iter().map(|(_, hop)| hop).collect(),
        transfers: ticket.transfers,
        ping_pong: ticket.transfers >= PING_PONG_FROM,
    }
}

/// Departments that had a task and passed it on.
fn passed_on(ticket: &Ticket, events: &[EventView]) -> Vec<Before> {
    let mut holders: Vec<(TaskId, DepartmentId, Moment)> = Vec::new();
    let mut passed = Vec::new();
    for event in events.iter().map(|event| &event.event) {
        if let Body::TaskOpened { task, department, .. } = &event.body {
            holders.push((*task, department.clone(), event.at));
        }
        let Some((task, to, given_back)) = passed_by(&event.body) else {
            continue;
        };
        let Some(holder) = holders.iter_mut().find(|(known, _, _)| *known == task) else {
            continue;
        };
        passed.push(Before {
            task,
            department: std::mem::replace(&mut holder.1, to.clone()),
            since: std::mem::replace(&mut holder.2, event.at),
            until: event.at,
            given_back,
        });
    }
    passed.retain(|before| ticket.task(before.task).is_some());
    passed
}

/// Which task went to whom, and whether it was given back.
fn passed_by(body: &Body) -> Option<(TaskId, &DepartmentId, bool)> {
    if let Body::HandedOver { task, to } = body {
        return Some((*task, to, false));
    }
    if let Body::GivenBack { task, to } = body {
        return Some((*task, to, true));
    }
    None
}

#[derive(Serialize)]
struct PositionView {
    drawing: String,
}

/// `GET /tickets/{number}/position`: the life of its kind, where it is and where it was.
pub async fn position(state: Data<State>, visitor: Visitor, number: Path<String>) -> Result<HttpResponse, Problem> {
    let view = state.desk.read(&visitor.principal, &number).await?;
    let before = view.ticket.seq.saturating_sub(EVENTS_MAX);
    let (_, events) = state
        .desk
        .events(&visitor.principal, &number, before, EVENTS_MAX)
        .await?;
    let look = draw::Look {
        labels: false,
        current: Some(view.ticket.state.clone()),
        visited: visited(&events),
        titles: super::workflow::titles(&state, &visitor),
        ..draw::Look::default()
    };
    let view = PositionView {
        drawing: draw::svg(&view.definition, visitor.look.language, &look),
    };
    answer::part(&visitor, StatusCode::OK, "parts/position", &view)
}

fn visited(events: &[EventView]) -> Vec<StateId> {
    let mut visited: Vec<StateId> = Vec::new();
    for event in events {
        if let Body::Entered { state, .. } | Body::Reopened { state } = &event.event.body
            && !visited.contains(state)
        {
            visited.push(state.clone());
        }
    }
    visited
}

/// The caller's number as it stands in the ticket, whatever the reader may see of it.
pub fn number_of_caller(view: &View) -> Option<String> {
    let mut phones = view
        .definition
        .fields
        .values()
        .filter(|field| field.kind == FieldType::Phone);
    phones.find_map(|field| {
        if let Some(Value::Phone(number)) = view.ticket.fields.get(&field.id) {
            Some(number.clone())
        } else {
            None
        }
    })
}

#[derive(Serialize)]
struct CallerView {
    rows: Vec<RowView>,
}

/// `GET /tickets/{number}/caller`: other tickets of the same caller that the reader may see (R6).
pub async fn of_caller(state: Data<State>, visitor: Visitor, number: Path<String>) -> Result<HttpResponse, Problem> {
    let view = state.desk.read(&visitor.principal, &number).await?;
    let rows = match number_of_caller(&view) {
        Some(number) => state.desk.earlier(&visitor.principal, &number).await?,
        None => Vec::new(),
    };
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language: visitor.look.language,
    };
    let own = &*view.ticket.number;
    let others = rows.into_iter().filter(|row| row.number != own);
    let view = CallerView {
        rows: others.map(|row| RowView::of(row, &state, &names, &visitor)).collect(),
    };
    answer::part(&visitor, StatusCode::OK, "parts/ticket_caller", &view)
}

#[derive(Serialize)]
struct PrintView {
    ticket: TicketView,
    at: When,
    by: String,
}

/// `GET /tickets/{number}/print`: A4, private fields as this reader may see them.
pub async fn print(state: Data<State>, visitor: Visitor, number: Path<String>) -> Result<HttpResponse, Problem> {
    let view = PrintView {
        ticket: ticket::view(&state, &visitor, &number).await?,
        at: When::new(visitor.now, visitor.now, &visitor.zone),
        by: visitor.name.clone(),
    };
    let title = view.ticket.title();
    answer::page(&visitor, "tickets", title, "ticket_print", &view)
}
