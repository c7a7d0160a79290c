//! Lists of tickets: filters, order, pages by cursor. Visibility is the start of the query.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::store::list::{self, After, By, ListRow, Wanted};
use crate::store::visible::{Sees, Viewer, sees};
use crate::store::{TicketRef, projection, tickets};
use crate::ticket::model::Ticket;
use crate::workflow::definition::Definition;
use crate::workflow::id::{DepartmentId, PersonId, StateId, WorkflowId};
use crate::workflow::moment::{DAY, Moment};

use super::command::Around;
use super::{Desk, DeskError, Principal, Problem, Scope};

/// Rows of a page at most.
pub const LIMIT_MAX: u64 = 200;

/// How far back words are looked for among closed tickets: the cost of a search must not grow with the archive.
pub const SEARCH_DAYS: i64 = 30;
/// Words that are looked for at once, and characters of the whole text.
const WORDS_MAX: usize = 5;
const TEXT_MAX: usize = 60;
/// Tickets of a view are counted up to here.
pub const COUNT_MAX: u64 = 1_000;

/// What to list. Everything that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
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
    /// Each word of it stands in the subject: of open tickets, and of closed ones that changed within [`SEARCH_DAYS`].
    pub text: Option<String>,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Last changed first.
    #[default]
    Updated,
    /// Longest unchanged first.
    UpdatedAsc,
    /// Newest number first.
    Number,
    /// Oldest number first.
    NumberAsc,
    /// What became late longest ago, then what is due next, then what no clock runs for. Open tickets only: nothing is
    /// due of closed ones.
    Due,
    /// The other way round.
    DueDesc,
}

impl Sort {
    pub const ALL: [Self; 6] = [
        Self::Updated,
        Self::UpdatedAsc,
        Self::Number,
        Self::NumberAsc,
        Self::Due,
        Self::DueDesc,
    ];

    /// The word used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::UpdatedAsc => "updated_asc",
            Self::Number => "number",
            Self::NumberAsc => "number_asc",
            Self::Due => "due",
            Self::DueDesc => "due_desc",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == word)
    }

    /// By the number: a search for words cannot be read along it.
    pub fn is_by_number(self) -> bool {
        matches!(self, Self::Number | Self::NumberAsc)
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
        must_be_searchable(filter, Some(sort))?;
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
        let rows = list::page(
            &self.inner.database,
            &viewer,
            &wanted,
            by(sort),
            after.as_ref(),
            limit + 1,
        )
        .await?;
        let (rows, more) = cut(rows, limit);
        let last = rows.last().filter(|_| more);
        let next = last.map(|last| write_cursor(&name, &end_of(last, sort)));
        let rows = rows.into_iter().map(Row::of).collect();
        Ok(Page { rows, next })
    }

    /// Needs `tickets:read`. How many open tickets there are, counted up to [`COUNT_MAX`]; closed ones are never
    /// counted, since that would cost what there is.
    pub async fn count(&self, principal: &Principal, filter: &Filter) -> Result<u64, DeskError> {
        principal.needs(Scope::ReadTickets)?;
        must_be_searchable(filter, None)?;
        let around = self.inner.around();
        let viewer = self.inner.viewer_of_lists(principal, &around);
        let wanted = Wanted {
            open: Some(true),
            ..wanted(filter, &around)
        };
        Ok(list::count(&self.inner.database, &viewer, &wanted, COUNT_MAX).await?)
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
        let found = list::given_away(&self.inner.database, viewer, number, after, limit + 1).await?;
        let (found, more) = cut(found, limit);
        let last = found.last().filter(|_| more);
        let next = last.map(|(_, number)| write_cursor(name, &After::Number(number.clone())));
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
        words: words_of(filter),
        closed_since: filter
            .text
            .is_some()
            .then(|| around.now.plus(SEARCH_DAYS.saturating_mul(-DAY))),
    }
}

fn words_of(filter: &Filter) -> Vec<String> {
    let words = filter.text.iter().flat_map(|text| text.split_whitespace());
    words.map(str::to_owned).collect()
}

/// A search is bounded: few words, and in an order that does not lead through the archive.
fn must_be_searchable(filter: &Filter, sort: Option<Sort>) -> Result<(), DeskError> {
    let Some(text) = &filter.text else { return Ok(()) };
    let words = words_of(filter).len();
    if words == 0 || words > WORDS_MAX || text.chars().count() > TEXT_MAX {
        return Err(Problem::new(
            "text",
            "length",
            format!("要找的内容须有 1 到 {WORDS_MAX} 个词，共不超过 {TEXT_MAX} 个字"),
            format!("What is looked for has 1 to {WORDS_MAX} words, {TEXT_MAX} characters in all"),
        )
        .into());
    }
    if sort.is_some_and(Sort::is_by_number) || filter.given_away {
        return Err(Problem::new(
            "sort",
            "text_order",
            "按内容查找时，只能按更新时间或到期时间排序，也不能查找已移交的工单",
            "Words are looked for by change or by due time only, and not among tickets given away",
        )
        .into());
    }
    Ok(())
}

fn by(sort: Sort) -> By {
    match sort {
        Sort::Updated => By::UpdatedDesc,
        Sort::UpdatedAsc => By::UpdatedAsc,
        Sort::Number => By::NumberDesc,
        Sort::NumberAsc => By::NumberAsc,
        Sort::Due => By::DueAsc,
        Sort::DueDesc => By::DueDesc,
    }
}

fn end_of(row: &ListRow, sort: Sort) -> After {
    match sort {
        Sort::Updated | Sort::UpdatedAsc => After::At(row.updated_at.0, row.id),
        Sort::Number | Sort::NumberAsc => After::Number(row.number.clone()),
        Sort::Due | Sort::DueDesc => After::At(row.rank(), row.id),
    }
}

/// The first `limit` of what was found with one more, and whether there was more.
pub fn cut<T>(mut found: Vec<T>, limit: u64) -> (Vec<T>, bool) {
    let whole = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > whole;
    found.truncate(whole);
    (found, more)
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
    read().ok_or_else(|| Problem::wrong_cursor().into())
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
