//! Saved views: lists under a title, one's own or shared; with which one somebody begins; how many tickets a list has.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::list::{COUNT_MAX, Filter, Sort};
use crate::desk::views::{Audience, Listing, SavedView, USUAL_COLUMNS, ViewWish};
use crate::web::auth::{Allowed, ReadTickets};
use crate::web::body::Body;
use crate::web::decode::Line;
use crate::web::problem::Problem;
use crate::web::query::Query;
use crate::web::show::Time;
use crate::web::state::State;
use crate::workflow::id::{DepartmentId, PersonId, StateId, WorkflowId};
use crate::{query, request};

query! {
    /// Which open tickets are counted. Everything that is set must hold.
    pub struct CountQuery {
        workflow: Option<WorkflowId>,
        state: Option<StateId>,
        /// A department that has a part in it now.
        department: Option<DepartmentId>,
        /// What waits for me: assigned to me, or owned by a group of mine and taken by nobody.
        mine: Option<bool>,
        /// A clock that still runs is late.
        late: Option<bool>,
        urgent: Option<bool>,
        assignee: Option<PersonId>,
        /// Each word of it stands in the subject.
        text: Option<Line>,
    }

    /// Which page of views.
    pub struct ViewsQuery {
        /// `next` of the page before.
        cursor: Option<String>,
        /// Views of a page (50, at most 200).
        limit: Option<u32>,
    }
}

request! {
    /// A view: a list under a title.
    pub struct ViewIn {
        title: Line,
        /// It is shared with this department; by shift leads, managers and administrators.
        department: Option<DepartmentId>,
        /// It is shared with everybody.
        everybody: Option<bool>,
        filter: ViewFilter,
        /// As `sort` of `GET /tickets`.
        #[schema(value_type = Option<String>)]
        sort: Option<Sort>,
        /// What the console shows, in this order: `number`, `subject`, `state`, `departments`, `assignee`, `creator`,
        /// `due`, `opened`, `updated`.
        columns: Option<Vec<String>>,
    }

    /// What a view lists; as the parameters of `GET /tickets`.
    pub struct ViewFilter {
        workflow: Option<WorkflowId>,
        state: Option<StateId>,
        department: Option<DepartmentId>,
        /// What waits for whoever looks.
        mine: Option<bool>,
        late: Option<bool>,
        urgent: Option<bool>,
        open: Option<bool>,
        assignee: Option<PersonId>,
        number: Option<Line>,
        given_away: Option<bool>,
        text: Option<Line>,
    }

    /// With which view one begins.
    pub struct ViewChoice {
        /// Null: with what is open.
        view: Option<Line>,
    }
}

impl ViewFilter {
    fn into_filter(self) -> Filter {
        Filter {
            workflow: self.workflow,
            state: self.state,
            department: self.department,
            mine: self.mine.unwrap_or(false),
            late: self.late,
            urgent: self.urgent,
            open: self.open,
            assignee: self.assignee,
            number: self.number.map(|number| number.0),
            given_away: self.given_away.unwrap_or(false),
            text: self.text.map(|text| text.0),
        }
    }
}

/// With which view you begin.
#[derive(Serialize, ToSchema)]
pub struct ViewChosen {
    /// Null: with what is open.
    view: Option<String>,
}

/// How many there are.
#[derive(Serialize, ToSchema)]
pub struct TicketCount {
    count: u64,
    /// There are at least so many: it is counted no further.
    at_least: bool,
}

/// A page of views: one's own, then those that are shared with one.
#[derive(Serialize, ToSchema)]
pub struct ViewList {
    items: Vec<ViewOut>,
    /// Send it back as `cursor` for the next page; null at the end.
    next: Option<String>,
}

/// A saved view.
#[derive(Serialize, ToSchema)]
pub struct ViewOut {
    id: String,
    title: String,
    owner: PersonId,
    /// The department it is shared with.
    department: Option<DepartmentId>,
    /// It is shared with everybody.
    everybody: bool,
    /// You begin with it.
    usual: bool,
    filter: FilterOut,
    sort: String,
    columns: Vec<String>,
    updated_at: Time,
}

/// What a view lists: the parameters of `GET /tickets` that are set.
#[derive(Serialize, ToSchema)]
pub struct FilterOut {
    workflow: Option<WorkflowId>,
    state: Option<StateId>,
    department: Option<DepartmentId>,
    mine: bool,
    late: Option<bool>,
    urgent: Option<bool>,
    open: Option<bool>,
    assignee: Option<PersonId>,
    number: Option<String>,
    given_away: bool,
    text: Option<String>,
}

impl From<Filter> for FilterOut {
    fn from(filter: Filter) -> Self {
        Self {
            workflow: filter.workflow,
            state: filter.state,
            department: filter.department,
            mine: filter.mine,
            late: filter.late,
            urgent: filter.urgent,
            open: filter.open,
            assignee: filter.assignee,
            number: filter.number,
            given_away: filter.given_away,
            text: filter.text,
        }
    }
}

impl From<SavedView> for ViewOut {
    fn from(view: SavedView) -> Self {
        let columns = if view.listing.columns.is_empty() {
            USUAL_COLUMNS.map(str::to_owned).to_vec()
        } else {
            view.listing.columns
        };
        Self {
            id: view.id,
            title: view.title,
            owner: view.owner,
            everybody: view.audience == Audience::Everybody,
            department: match view.audience {
                Audience::Department(department) => Some(department),
                Audience::Own | Audience::Everybody => None,
            },
            usual: view.usual,
            filter: view.listing.filter.into(),
            sort: view.listing.sort.as_str().to_owned(),
            columns,
            updated_at: Time(view.updated_at),
        }
    }
}

/// How many open tickets a list has, counted up to 1000.
#[utoipa::path(get, path = "/api/v1/tickets/count", tag = "tickets", params(CountQuery),
    security(("token" = ["tickets:read"])), responses((status = 200, body = TicketCount)))]
pub async fn count(
    state: Data<State>,
    who: Allowed<ReadTickets>,
    query: Query<CountQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let filter = Filter {
        workflow: query.workflow,
        state: query.state,
        department: query.department,
        mine: query.mine.unwrap_or(false),
        late: query.late,
        urgent: query.urgent,
        open: Some(true),
        assignee: query.assignee,
        text: query.text.map(|text| text.0),
        ..Filter::default()
    };
    let count = state.desk.count(&who.principal, &filter).await?;
    Ok(HttpResponse::Ok().json(TicketCount {
        count,
        at_least: count >= COUNT_MAX,
    }))
}

/// Views that are there for you.
#[utoipa::path(get, path = "/api/v1/views", tag = "tickets", params(ViewsQuery),
    security(("token" = ["tickets:read"])), responses((status = 200, body = ViewList)))]
pub async fn list(
    state: Data<State>,
    who: Allowed<ReadTickets>,
    query: Query<ViewsQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = super::limit(query.0.limit, &state)?;
    let all = state.desk.views(&who.principal).await?;
    // There are few: a page is cut out of all of them.
    let begin = match &query.0.cursor {
        Some(cursor) => all
            .iter()
            .position(|view| view.id == *cursor)
            .map_or(all.len(), |place| place + 1),
        None => 0,
    };
    let (views, more) = super::cut(all.into_iter().skip(begin).collect(), limit);
    let next = views.last().map(|last| last.id.clone()).filter(|_| more);
    let items = views.into_iter().map(ViewOut::from).collect();
    Ok(HttpResponse::Ok().json(ViewList { items, next }))
}

/// Makes a view, or changes one of your own; its id is yours to choose. The same again changes nothing.
#[utoipa::path(put, path = "/api/v1/views/{id}", tag = "tickets", params(("id" = String, Path)), request_body = ViewIn,
    security(("token" = ["tickets:read"])), responses((status = 200, body = ViewOut)))]
pub async fn put(
    state: Data<State>,
    who: Allowed<ReadTickets>,
    id: Path<String>,
    body: Body<ViewIn>,
) -> Result<HttpResponse, Problem> {
    let view = body.value;
    let audience = match (view.department, view.everybody.unwrap_or(false)) {
        (_, true) => Audience::Everybody,
        (Some(department), false) => Audience::Department(department),
        (None, false) => Audience::Own,
    };
    let wish = ViewWish {
        id: id.into_inner(),
        title: view.title.0,
        audience,
        listing: Listing {
            filter: view.filter.into_filter(),
            sort: view.sort.unwrap_or_default(),
            columns: view.columns.unwrap_or_default(),
        },
    };
    let saved = state.desk.save_view(&who.principal, wish).await?;
    Ok(HttpResponse::Ok().json(ViewOut::from(saved)))
}

/// Throws a view away: one of your own, or as manager or administrator one that is shared.
#[utoipa::path(delete, path = "/api/v1/views/{id}", tag = "tickets", params(("id" = String, Path)),
    security(("token" = ["tickets:read"])), responses((status = 204)))]
pub async fn remove(state: Data<State>, who: Allowed<ReadTickets>, id: Path<String>) -> Result<HttpResponse, Problem> {
    state.desk.drop_view(&who.principal, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Says with which view you begin.
#[utoipa::path(put, path = "/api/v1/me/view", tag = "tickets", request_body = ViewChoice,
    security(("token" = ["tickets:read"])), responses((status = 200, body = ViewChosen)))]
pub async fn choose(
    state: Data<State>,
    who: Allowed<ReadTickets>,
    body: Body<ViewChoice>,
) -> Result<HttpResponse, Problem> {
    let view = body.value.view.map(|view| view.0);
    state.desk.choose_view(&who.principal, view.as_deref()).await?;
    Ok(HttpResponse::Ok().json(ViewChosen { view }))
}
