//! The shift lead's board: open tickets state by state, what is late first. Visibility is the start of the query.

use crate::store::board::{self, StateCount};
use crate::store::list::Wanted;
use crate::workflow::id::{StateId, WorkflowId};
use crate::workflow::moment::Moment;

use super::list::{Filter, Row, wanted};
use super::{Desk, DeskError, Principal, Scope};

/// Open tickets of one state, each number whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub workflow: WorkflowId,
    pub state: StateId,
    pub open: u64,
    /// A clock is late that still runs.
    pub late: u64,
    /// Not late, and due before the moment that was asked for.
    pub soon: u64,
    pub urgent: u64,
}

/// Columns, and the first tickets of each.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// Without those that are empty, in no order.
    pub columns: Vec<Column>,
    /// What is late first, then what is due next, then what no clock runs for; of each column so many at most.
    pub rows: Vec<Row>,
}

impl Desk {
    /// Needs `tickets:read`. Two queries, whatever the number of tickets that were closed.
    pub async fn board(
        &self,
        principal: &Principal,
        workflow: Option<WorkflowId>,
        soon: Moment,
        of_each: u64,
    ) -> Result<Board, DeskError> {
        principal.needs(Scope::ReadTickets)?;
        let around = self.inner.around();
        let viewer = self.inner.viewer_of_lists(principal, &around);
        let filter = Filter {
            open: Some(true),
            workflow,
            ..Filter::default()
        };
        let wanted: Wanted = wanted(&filter, &around);
        let database = &self.inner.database;
        let counted = board::count(database, &viewer, &wanted, soon).await?;
        let rows = board::first(database, &viewer, &wanted, &counted, of_each).await?;
        Ok(Board {
            columns: counted.into_iter().map(Column::of).collect(),
            rows: rows.into_iter().map(Row::of).collect(),
        })
    }
}

impl Column {
    fn of(counted: StateCount) -> Self {
        Self {
            workflow: WorkflowId::new(counted.workflow),
            state: StateId::new(counted.state),
            open: counted.open,
            late: counted.late,
            soon: counted.soon,
            urgent: counted.urgent,
        }
    }
}
