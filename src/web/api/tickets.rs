//! Tickets: open one, list them, read one with its events.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::ETAG;
use actix_web::web::{Data, Path};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use crate::desk::list::{Filter, Row, Sort};
use crate::desk::open::{ContactReport, Open};
use crate::ticket::model::Channel;
use crate::web::auth::{Allowed, OpenTickets, ReadTickets};
use crate::web::body::Body;
use crate::web::command::{Answer, CommandDone, DryRun};
use crate::web::decode::Line;
use crate::web::idempotency::Key;
use crate::web::problem::Problem;
use crate::web::query::Query;
use crate::web::revision::tag;
use crate::web::show::{self, EventShown, TicketView, Time};
use crate::web::state::State;
use crate::workflow::id::{DepartmentId, PersonId, StateId, WorkflowId};
use crate::workflow::moment::Moment;
use crate::{query, request, words};

request! {
    /// A new ticket.
    pub struct OpenTicket {
        /// The kind: complaint, help, …
        workflow: WorkflowId,
        /// Fields by id.
        #[schema(required = false)]
        values: Map<String, Json>,
        /// The call or message by which it came.
        contact: Option<ContactIn>,
        /// Uploads that belong to it, by their ids.
        files: Option<Vec<Line>>,
    }

    /// A contact as a telephone system or an agent reports it.
    pub struct ContactIn {
        /// The telephone system's own id.
        id: Option<Line>,
        channel: Option<Channel>,
        /// The caller's number; it never stands in an event.
        number: Option<Line>,
        started_at: Option<Moment>,
        /// Hang-up; leave it out while the contact runs and report it later.
        ended_at: Option<Moment>,
        /// Reference of the recording.
        recording: Option<Line>,
    }
}

impl ContactIn {
    pub fn into_report(self) -> ContactReport {
        ContactReport {
            id: self.id.map(|id| id.0),
            channel: self.channel,
            caller_number: self.number.map(|number| number.0),
            started_at: self.started_at,
            ended_at: self.ended_at,
            recording: self.recording.map(|recording| recording.0),
        }
    }
}

query! {
    /// Which tickets, in which order. Everything that is set must hold.
    pub struct ListQuery {
        workflow: Option<WorkflowId>,
        state: Option<StateId>,
        /// A department that has a part in it now.
        department: Option<DepartmentId>,
        /// What waits for me: assigned to me, or owned by a group of mine and taken by nobody.
        mine: Option<bool>,
        /// A clock that still runs is late.
        late: Option<bool>,
        urgent: Option<bool>,
        /// Open ones, or closed ones.
        open: Option<bool>,
        assignee: Option<PersonId>,
        /// The number begins so.
        number: Option<Line>,
        /// Tickets that my department gave away, as they were then; only with `number`.
        given_away: Option<bool>,
        /// Each word of it stands in the subject: of open tickets, and of closed ones that changed in the last 30 days.
        text: Option<Line>,
        /// `updated` (last changed first), `number` (newest first), `due` (what is due next first); the other way round
        /// `updated_asc`, `number_asc`, `due_desc`. With `text` not by number.
        #[param(value_type = Option<String>)]
        sort: Option<Sort>,
        /// `next` of the page before.
        cursor: Option<String>,
        /// Items on the page.
        limit: Option<u32>,
    }

    /// Which events.
    pub struct EventsQuery {
        /// Those with a greater `seq`.
        after: Option<u64>,
        limit: Option<u32>,
    }
}

words!(Sort {
    "updated" => Sort::Updated,
    "updated_asc" => Sort::UpdatedAsc,
    "number" => Sort::Number,
    "number_asc" => Sort::NumberAsc,
    "due" => Sort::Due,
    "due_desc" => Sort::DueDesc,
});

/// A page of tickets.
#[derive(Serialize, ToSchema)]
pub struct TicketPage {
    items: Vec<TicketRow>,
    /// Give it back as `cursor` for the next page; null at the end.
    next: Option<String>,
}

/// A row of a list.
#[derive(Serialize, ToSchema)]
pub struct TicketRow {
    number: String,
    workflow: WorkflowId,
    state: StateId,
    outcome: Option<String>,
    subject: String,
    urgent: bool,
    creator: Option<PersonId>,
    assignee: Option<PersonId>,
    departments: Vec<DepartmentId>,
    opened_at: Time,
    updated_at: Time,
    closed_at: Option<Time>,
    due_at: Option<Time>,
    late_since: Option<Time>,
    revision: u64,
}

/// A page of events.
#[derive(Serialize, ToSchema)]
pub struct EventPage {
    items: Vec<EventShown>,
    /// Give it back as `after` for the next page; null at the end.
    next: Option<u64>,
}

impl From<Row> for TicketRow {
    fn from(row: Row) -> Self {
        Self {
            number: row.number,
            workflow: row.workflow,
            state: row.state,
            outcome: row.outcome,
            subject: row.subject,
            urgent: row.urgent,
            creator: row.creator,
            assignee: row.assignee,
            departments: row.departments,
            opened_at: Time(row.opened_at),
            updated_at: Time(row.updated_at),
            closed_at: row.closed_at.map(Time),
            due_at: row.due_at.map(Time),
            late_since: row.late_since.map(Time),
            revision: row.revision,
        }
    }
}

/// Opens a ticket.
#[utoipa::path(post, path = "/api/v1/tickets", tag = "tickets", request_body = OpenTicket, params(DryRun),
    security(("token" = ["tickets:open"])), responses((status = 201, body = CommandDone),
    (status = 200, description = "A rehearsal: what would come of it.", body = CommandDone)))]
pub async fn open(
    state: Data<State>,
    who: Allowed<OpenTickets>,
    key: Key,
    dry_run: Query<DryRun>,
    body: Body<OpenTicket>,
) -> Result<HttpResponse, Problem> {
    let answer = Answer {
        status: StatusCode::CREATED,
        reveals: None,
    };
    let request = answer.request(who.principal, &key, &body.bytes, &dry_run.0);
    let open = Open {
        workflow: body.value.workflow,
        values: body.value.values,
        contact: body.value.contact.map(ContactIn::into_report),
    };
    let files: Vec<String> = body.value.files.into_iter().flatten().map(|id| id.0).collect();
    Ok(answer.send(&state.desk.open_with(request, open, &files).await?))
}

/// Lists tickets that you may see.
#[utoipa::path(get, path = "/api/v1/tickets", tag = "tickets", params(ListQuery),
    security(("token" = ["tickets:read"])), responses((status = 200, body = TicketPage)))]
pub async fn list(
    state: Data<State>,
    who: Allowed<ReadTickets>,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let filter = Filter {
        workflow: query.workflow,
        state: query.state,
        department: query.department,
        mine: query.mine.unwrap_or(false),
        late: query.late,
        urgent: query.urgent,
        open: query.open,
        assignee: query.assignee,
        number: query.number.map(|number| number.0),
        given_away: query.given_away.unwrap_or(false),
        text: query.text.map(|text| text.0),
    };
    let limit = super::limit(query.limit, &state)?;
    let sort = query.sort.unwrap_or_default();
    let page = state
        .desk
        .list(&who.principal, &filter, sort, query.cursor.as_deref(), limit)
        .await?;
    Ok(HttpResponse::Ok().json(TicketPage {
        items: page.rows.into_iter().map(TicketRow::from).collect(),
        next: page.next,
    }))
}

/// One ticket.
#[utoipa::path(get, path = "/api/v1/tickets/{number}", tag = "tickets", params(("number" = String, Path)),
    security(("token" = ["tickets:read"])), responses((status = 200, body = TicketView)))]
pub async fn one(state: Data<State>, who: Allowed<ReadTickets>, number: Path<String>) -> Result<HttpResponse, Problem> {
    let view = state.desk.read(&who.principal, &number).await?;
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, tag(view.ticket.revision)))
        .json(show::ticket(&view)))
}

/// What happened to a ticket, oldest first.
#[utoipa::path(get, path = "/api/v1/tickets/{number}/events", tag = "tickets",
    params(("number" = String, Path), EventsQuery),
    security(("token" = ["tickets:read"])), responses((status = 200, body = EventPage)))]
pub async fn events(
    state: Data<State>,
    who: Allowed<ReadTickets>,
    number: Path<String>,
    query: Query<EventsQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let after = query.0.after.unwrap_or(0);
    let (view, events) = state.desk.events(&who.principal, &number, after, limit).await?;
    let full = u64::try_from(events.len()).is_ok_and(|count| count >= limit);
    let next = events.last().map(|last| last.event.seq).filter(|_| full);
    let items = events
        .iter()
        .map(|event| show::event(event, &view.definition, view.sight))
        .collect();
    Ok(HttpResponse::Ok().json(EventPage { items, next }))
}
