//! What an agent wants to know while a caller is on the line: earlier tickets of the same number and open ones about the
//! same place (R6), what could be cited (R8), and which departments the routing would choose (R13).

use serde_json::{Map, Value as Json};

use crate::store::Wants;
use crate::store::list::{self, By};
use crate::ticket::{json, route};
use crate::workflow::definition::Definition;
use crate::workflow::id::WorkflowId;
use crate::workflow::value::Values;

use super::canned::{CannedAnswer, CannedKind};
use super::list::{Filter, Row, Sort, wanted};
use super::{Desk, DeskError, Principal, Scope};

/// Earlier tickets that are shown.
const EARLIER_MAX: u64 = 10;
/// Digits below which a number is not looked for: it is still being typed.
const DIGITS_MIN: usize = 7;
/// Tickets that may be about the same matter, and things to cite, that are shown.
const ALIKE_MAX: u64 = 5;
const BASIS_MAX: usize = 3;
/// Characters of a place from which it is looked for, and up to which.
const PLACE_MIN: usize = 3;
const PLACE_MAX: usize = 40;

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

    /// Needs `tickets:read`. Open tickets whose title holds what the title of this one begins with (its place), that the
    /// person may see: perhaps the same matter.
    pub async fn alike(
        &self,
        principal: &Principal,
        definition: &Definition,
        values: &Map<String, Json>,
    ) -> Result<Vec<Row>, DeskError> {
        let mut parts = definition.subject.value.split(['{', '}']).skip(1).step_by(2);
        let said = parts.find_map(|id| values.get(id)?.as_str()).unwrap_or_default();
        let place: String = said.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        if place.chars().count() < PLACE_MIN || place.chars().count() > PLACE_MAX {
            return Ok(Vec::new());
        }
        let filter = Filter {
            open: Some(true),
            text: Some(place),
            ..Filter::default()
        };
        let page = self.list(principal, &filter, Sort::Updated, None, ALIKE_MAX).await?;
        Ok(page.rows)
    }

    /// Needs `tickets:read`. What could be cited for a ticket with these fields: those whose words stand in them, the
    /// most fitting first (R8).
    pub async fn fitting_basis(
        &self,
        principal: &Principal,
        definition: &Definition,
        values: &Map<String, Json>,
    ) -> Result<Vec<CannedAnswer>, DeskError> {
        let said = said(definition, values);
        if said.is_empty() {
            return Ok(Vec::new());
        }
        let mut found: Vec<(usize, CannedAnswer)> = self
            .canned(principal)
            .await?
            .into_iter()
            .filter(|answer| answer.kind == CannedKind::Basis)
            .map(|answer| {
                let words = answer.words.split(' ').filter(|word| !word.is_empty());
                (words.filter(|word| said.contains(&word.to_lowercase())).count(), answer)
            })
            .filter(|(fits, _)| *fits > 0)
            .collect();
        found.sort_by_key(|(fits, _)| std::cmp::Reverse(*fits));
        Ok(found.into_iter().take(BASIS_MAX).map(|(_, answer)| answer).collect())
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

/// What stands in the fields, titles of chosen options included, in small letters.
fn said(definition: &Definition, values: &Map<String, Json>) -> String {
    let mut said = String::new();
    for (id, value) in values {
        let Some(text) = value.as_str() else { continue };
        let option = definition
            .fields
            .get(id.as_str())
            .and_then(|field| field.options.get(text));
        if let Some(title) = option {
            said.push_str(&title.zh);
            said.push(' ');
            said.push_str(&title.en);
        } else {
            said.push_str(text);
        }
        said.push(' ');
    }
    said.to_lowercase()
}
