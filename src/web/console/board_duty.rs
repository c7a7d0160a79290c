//! The strip on top of the board: who is on duty role by role, and what the roster leaves open in the next two weeks
//! (R26). The same places and gaps as on the page of duty and in the API.

use serde::Serialize;

use crate::desk::duty::{LIMIT_MAX, OnDutyRow, Wanted};
use crate::texts::{Arg, say};
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::id::RoleId;

use super::duty::role_title;
use super::gaps::{GapView, Gaps};
use super::visitor::Visitor;
use super::words::{Names, When};

/// Names that are shown of a role; the rest is counted.
const NAMES_MAX: usize = 6;

#[derive(Serialize)]
pub struct Strip {
    roles: Vec<RoleView>,
    /// As the API counts them, workflow by workflow, and as they are told.
    gaps_found: usize,
    gap_count: usize,
    /// «17 gaps in 14 days», empty without any.
    gaps: String,
    /// The first of them: role and time.
    first: Option<GapView>,
}

#[derive(Serialize)]
struct RoleView {
    title: String,
    people: Vec<Place>,
    count: usize,
    /// Those who are not named.
    more: usize,
}

#[derive(Serialize)]
struct Place {
    name: String,
    signed: bool,
    until: When,
}

impl Strip {
    pub fn of(state: &State, visitor: &Visitor, names: &Names<'_>) -> Result<Self, Problem> {
        let rows = state
            .desk
            .duty_now(&visitor.principal, &Wanted::default(), None, LIMIT_MAX)?;
        let mut roles: Vec<(RoleId, Vec<Place>)> = Vec::new();
        for row in rows {
            let Some(place) = place(&row, names, visitor) else {
                continue;
            };
            match roles.iter_mut().find(|(role, _)| *role == row.role) {
                Some((_, people)) => people.push(place),
                None => roles.push((row.role.clone(), vec![place])),
            }
        }
        let Gaps { found, told: gaps } = Gaps::coming(state, visitor, names)?;
        let count = i64::try_from(gaps.len()).unwrap_or(i64::MAX);
        let language = visitor.look.language;
        Ok(Self {
            roles: roles
                .into_iter()
                .map(|(role, mut people)| {
                    let count = people.len();
                    people.truncate(NAMES_MAX);
                    RoleView {
                        title: role_title(names.directory, &role, visitor),
                        count,
                        more: count.saturating_sub(NAMES_MAX),
                        people,
                    }
                })
                .collect(),
            gaps_found: found,
            gap_count: gaps.len(),
            gaps: if gaps.is_empty() {
                String::new()
            } else {
                say(language, "board-gaps", &[("count", Arg::from(count))])
            },
            first: gaps.into_iter().next(),
        })
    }
}

/// Whoever is there for a place; nobody where somebody is away and nobody stands in.
fn place(row: &OnDutyRow, names: &Names<'_>, visitor: &Visitor) -> Option<Place> {
    let person = if row.absent {
        row.substitute.as_ref()?
    } else {
        &row.person
    };
    Some(Place {
        name: names.person(person),
        signed: row.signed_on.is_some(),
        until: When::new(row.until, visitor.now, &visitor.zone),
    })
}
