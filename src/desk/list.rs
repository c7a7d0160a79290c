//! Lists of tickets: filters, order, pages by cursor. Visibility is the start of the query.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::store::list::{self, After, By, ListRow, Wanted};
use crate::store::visible::{Sees, Viewer, sees};
use crate::store::{TicketRef, projection, tickets};
use crate::ticket::model::Ticket;
use crate::workflow::definition::Definition;
use crate::workflow::id::{DepartmentId, PersonId, StateId, WorkflowId};
use crate::workflow::moment::Moment;

use super::command::Around;
use super::{Desk, DeskError, Principal, Problem, Scope};

/// Rows of a page at most.
pub const LIMIT_MAX: u64 = 200;

/// What to list. Everything that is set must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub workflow: Option<WorkflowId>,
    pub state: Option<StateId>,
    /// A department that is involved now.
    pub department: Option<DepartmentId>,
    /// What waits for me: assigned to me, or owned by a group of mine and taken by nobody.
    pub mine: bool,
    /// A clock is late that still runs.
    pub late: Option<bool>,
    pub urgent: Option<bool>,
    /// `Some(true)` open ones, `Some(false)` closed ones.
    pub open: Option<bool>,
    pub assignee: Option<PersonId>,
    /// The number begins so.
    pub number: Option<String>,
    /// Tickets that my department gave away, as they were then (only with `number`).
    pub given_away: bool,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Last changed first.
    #[default]
    Updated,
    /// Newest number first.
    Number,
    /// What is due next first; tickets without a clock are left out.
    Due,
}

impl Sort {
    /// The word used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Number => "number",
            Self::Due => "due",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::Updated, Self::Number, Self::Due]
            .into_iter()
            .find(|sort| sort.as_str() == word)
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub number: String,
    pub workflow: WorkflowId,
    pub state: StateId,
    pub outcome: Option<String>,
    pub subject: String,
    pub urgent: bool,
    pub creator: Option<PersonId>,
    pub assignee: Option<PersonId>,
    pub opened_at: Moment,
    pub updated_at: Moment,
    pub closed_at: Option<Moment>,
    pub due_at: Option<Moment>,
    pub late_since: Option<Moment>,
    pub revision: u64,
    /// Only departments that are involved now.
    pub departments: Vec<DepartmentId>,
}

/// A page of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    pub rows: Vec<Row>,
    /// Give it back for the next page; `None` at the end.
    pub next: Option<String>,
}

impl Desk {
    /// Needs `tickets:read`. `limit` is 1 to [`LIMIT_MAX`]. A cursor of another list is `Invalid`.
    pub async fn list(
        &self,
        principal: &Principal,
        filter: &Filter,
        sort: Sort,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page, DeskError> {
        principal.needs(Scope::ReadTickets)?;
        let limit = limit.clamp(1, LIMIT_MAX);
        let name = list_name(principal, filter, sort);
        let after = cursor.map(|cursor| read_cursor(cursor, &name)).transpose()?;
        let around = self.inner.around();
        let viewer = self.inner.viewer_of_lists(principal, &around);
        if filter.given_away {
            return self.given_away(&viewer, filter, after.as_ref(), &name, limit).await;
        }
        let wanted = wanted(filter, &around);
        // One more than asked for says whether there is a next page.
        let mut rows = list::page(
            &self.inner.database,
            &viewer,
            &wanted,
            by(sort),
            after.as_ref(),
            limit + 1,
        )
        .await?;
        let more = exceeds(rows.len(), limit);
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = match rows.last() {
            Some(last) if more => Some(write_cursor(&name, &end_of(last, sort))),
            Some(_) | None => None,
        };
        let rows = rows.into_iter().map(Row::of).collect();
        Ok(Page { rows, next })
    }

    /// Tickets as they were when the viewer's department gave them away.
    async fn given_away(
        &self,
        viewer: &Viewer,
        filter: &Filter,
        after: Option<&After>,
        name: &str,
        limit: u64,
    ) -> Result<Page, DeskError> {
        let limit = limit.min(GIVEN_AWAY_MAX);
        let number = filter.number.as_deref();
        let mut found = list::given_away(&self.inner.database, viewer, number, after, limit + 1).await?;
        let more = exceeds(found.len(), limit);
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = match found.last() {
            Some((_, number)) if more => Some(write_cursor(name, &After::Number(number.clone()))),
            Some(_) | None => None,
        };
        let mut rows = Vec::with_capacity(found.len());
        for (id, _) in found {
            let wanted = TicketRef::Id(id);
            let Some(held) = tickets::find_unscoped(&self.inner.database, &wanted).await? else {
                continue;
            };
            // The query has found it visible; here only how far.
            if let Sees::Until(until) = sees(viewer, &held, &|_| false) {
                let ticket = self.as_it_was(id, until).await?;
                let definition = self.inner.definition_of(&ticket).await?;
                rows.push(Row::as_it_was(&ticket, &definition));
            }
        }
        Ok(Page { rows, next })
    }
}

/// Each of these rows is folded from its events.
const GIVEN_AWAY_MAX: u64 = 50;

pub(super) fn wanted(filter: &Filter, around: &Around) -> Wanted {
    let text = |id: &str| id.to_owned();
    Wanted {
        workflow: filter.workflow.as_ref().map(|id| text(id.as_str())),
        state: filter.state.as_ref().map(|id| text(id.as_str())),
        departments: filter
            .department
            .as_ref()
            .map(|department| around.directory.subtree(department)),
        mine: filter.mine,
        late: filter.late,
        urgent: filter.urgent,
        open: filter.open,
        assignee: filter.assignee.as_ref().map(|id| text(id.as_str())),
        number_begins: filter.number.clone(),
        caller: None,
    }
}

fn by(sort: Sort) -> By {
    match sort {
        Sort::Updated => By::UpdatedDesc,
        Sort::Number => By::NumberDesc,
        Sort::Due => By::DueAsc,
    }
}

fn end_of(row: &ListRow, sort: Sort) -> After {
    match sort {
        Sort::Updated => After::At(row.updated_at.0, row.id),
        Sort::Number => After::Number(row.number.clone()),
        Sort::Due => After::At(row.due_at.map_or(0, |due| due.0), row.id),
    }
}

fn exceeds(rows: usize, limit: u64) -> bool {
    u64::try_from(rows).unwrap_or(u64::MAX) > limit
}

/// Names a list, so that a cursor of one is not taken for another's.
fn list_name(principal: &Principal, filter: &Filter, sort: Sort) -> String {
    let hash = Sha256::digest(format!("{} {filter:?} {}", principal.person, sort.as_str()));
    hex::encode(hash.get(..8).unwrap_or_default())
}

fn write_cursor(name: &str, after: &After) -> String {
    let text = match after {
        After::At(at, id) => format!("{name} {at} {}", id.simple()),
        After::Number(number) => format!("{name} {number}"),
    };
    URL_SAFE_NO_PAD.encode(text)
}

fn read_cursor(cursor: &str, name: &str) -> Result<After, DeskError> {
    let read = || -> Option<After> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let rest = text.strip_prefix(name)?.strip_prefix(' ')?;
        match rest.split_once(' ') {
            Some((at, id)) => Some(After::At(at.parse().ok()?, Uuid::parse_str(id).ok()?)),
            None => Some(After::Number(rest.to_owned())),
        }
    };
    read().ok_or_else(|| {
        Problem::new(
            "cursor",
            "cursor",
            "这个游标不是这个列表给出的：请从第一页开始",
            "This cursor is not of this list: begin at the first page",
        )
        .into()
    })
}

impl Row {
    pub(super) fn of(row: ListRow) -> Self {
        Self {
            number: row.number,
            workflow: WorkflowId::new(row.workflow),
            state: StateId::new(row.state),
            outcome: row.outcome,
            subject: row.subject,
            urgent: row.urgent,
            creator: row.creator.map(PersonId::new),
            assignee: row.assignee.map(PersonId::new),
            opened_at: row.opened_at,
            updated_at: row.updated_at,
            closed_at: row.closed_at,
            due_at: row.due_at,
            late_since: row.late_since,
            revision: u64::try_from(row.revision).unwrap_or(0),
            departments: row.departments,
        }
    }

    pub(super) fn as_it_was(ticket: &Ticket, definition: &Definition) -> Self {
        let projected = projection::project(ticket, definition);
        Self {
            number: ticket.number.to_string(),
            workflow: ticket.workflow.clone(),
            state: ticket.state.clone(),
            outcome: ticket.outcome.as_ref().map(ToString::to_string),
            subject: projected.subject,
            urgent: projected.urgent,
            creator: ticket.creator.person().cloned(),
            assignee: ticket.assignee.clone(),
            opened_at: ticket.opened_at,
            updated_at: ticket.last_at,
            closed_at: ticket.closed_at,
            due_at: projected.due_at,
            late_since: projected.late_since,
            revision: ticket.revision,
            departments: Vec::new(),
        }
    }
}
