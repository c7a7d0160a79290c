//! What an agent wants to know while a caller is on the line: earlier tickets of the same number (R6), and which
//! departments the routing would choose (R13).

use serde_json::{Map, Value as Json};

use crate::store::Wants;
use crate::store::list::{self, By};
use crate::ticket::{json, route};
use crate::workflow::id::WorkflowId;
use crate::workflow::value::Values;

use super::list::{Filter, Row, wanted};
use super::{Desk, DeskError, Principal, Scope};

/// Earlier tickets that are shown.
const EARLIER_MAX: u64 = 10;
/// Digits below which a number is not looked for: it is still being typed.
const DIGITS_MIN: usize = 7;

impl Desk {
    /// Needs `tickets:read`. Tickets of the caller with this number that the person may see, last changed first.
    pub async fn earlier(&self, principal: &Principal, number: &str) -> Result<Vec<Row>, DeskError> {
        principal.needs(Scope::ReadTickets)?;
        if number.chars().filter(char::is_ascii_digit).count() < DIGITS_MIN {
            return Ok(Vec::new());
        }
        // Only the writer holds what numbers are hashed with.
        let asked = number.to_owned();
        let key = self
            .inner
            .writer
            .run(Wants::default(), move |sheet| Ok(sheet.key_of_caller(&asked)))
            .await?;
        let Some(key) = key else { return Ok(Vec::new()) };
        let around = self.inner.around();
        let viewer = self.inner.viewer_of_lists(principal, &around);
        let wanted = list::Wanted {
            caller: Some(key),
            ..wanted(&Filter::default(), &around)
        };
        let rows = list::page(
            &self.inner.database,
            &viewer,
            &wanted,
            By::UpdatedDesc,
            None,
            EARLIER_MAX,
        )
        .await?;
        Ok(rows.into_iter().map(Row::of).collect())
    }

    /// What the routing of a workflow would fill in for these fields; nothing while it cannot say.
    pub fn suggested(&self, workflow: &WorkflowId, values: &Map<String, Json>) -> Option<Values> {
        let definition = self.active(workflow)?;
        if definition.routing.is_empty() {
            return None;
        }
        let inputs: Map<String, Json> = definition
            .routing
            .iter()
            .flat_map(|row| &row.when)
            .filter_map(|(field, _)| Some((field.to_string(), values.get(field.as_str())?.clone())))
            .collect();
        let read = json::read(&definition, &inputs).ok()?;
        route::route(&definition, &read).ok()
    }
}
