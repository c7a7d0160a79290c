//! Whom an action would tell, were it done now: so that whoever is about to do it knows who gets it, and at which
//! levels nobody would be found (R9, R27). Nothing is decided and nothing is sent here.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::ticket::command::Opening;
use crate::ticket::event::Actor;
use crate::ticket::model::Ticket;
use crate::ticket::people::{Found, Search};
use crate::ticket::{json, route, turn};
use crate::workflow::definition::{Action, Definition};
use crate::workflow::id::{ActionId, FieldId, WorkflowId};
use crate::workflow::value::Value;

use super::command::Around;
use super::read::View;
use super::{Desk, Principal};

/// An action that makes a ticket urgent, and whom it would tell.
#[derive(Clone, Debug)]
pub struct Marking {
    pub action: ActionId,
    /// The field that says why; nothing where none is asked.
    pub why: Option<FieldId>,
    /// Empty where it cannot be said yet.
    pub told: Found,
}

/// The field that says that a ticket is urgent (R9).
const URGENT: &str = "urgent";

impl Desk {
    /// Whom an action of this ticket would tell; nobody where it tells nobody.
    pub fn would_tell(&self, view: &View, action: &ActionId) -> Found {
        let around = self.inner.around();
        match action_of(&view.definition, action) {
            Some(action) if view.sight.until.is_none() => told(&around, &view.definition, &view.ticket, action),
            Some(_) | None => Found::default(),
        }
    }

    /// How a ticket that is being written could be marked urgent, and whom that would tell. The departments are those
    /// that the routing would choose.
    pub fn marking(&self, principal: &Principal, workflow: &WorkflowId, values: &Map<String, Json>) -> Option<Marking> {
        let definition = self.active(workflow)?;
        let action = definition.anytime.values().find(|action| marks_urgent(action))?;
        let mut asked = action.require.iter();
        let why = asked.next().map(|field| field.value.clone());
        // What wants more than a reason is done on the ticket's own page.
        if asked.next().is_some() {
            return None;
        }
        let around = self.inner.around();
        let provisional = provisional(&around, &definition, principal, values);
        Some(Marking {
            action: action.id.clone(),
            why,
            told: provisional
                .map(|ticket| told(&around, &definition, &ticket, action))
                .unwrap_or_default(),
        })
    }
}

fn action_of<'d>(definition: &'d Definition, action: &ActionId) -> Option<&'d Action> {
    let of_states = definition.states.values().flat_map(|state| state.actions.values());
    of_states
        .chain(definition.anytime.values())
        .chain(definition.after_close.values())
        .find(|known| known.id == *action)
}

fn marks_urgent(action: &Action) -> bool {
    use crate::workflow::definition::SetTo;
    action
        .set
        .iter()
        .any(|(field, to)| field.value == *URGENT && to.value == SetTo::Constant(Value::YesNo(true)))
}

fn told(around: &Around, definition: &Definition, ticket: &Ticket, action: &Action) -> Found {
    let search = Search {
        definition,
        ticket,
        directory: &around.directory,
        at: around.now,
        task: None,
        excluded: &[],
    };
    let mut all = Found::default();
    for recipient in &action.tell {
        let found = search.recipients(&recipient.value);
        all.persons.extend(found.persons);
        all.way.extend(found.way);
    }
    let mut known = Vec::new();
    all.persons.retain(|person| {
        let is_new = !known.contains(person);
        known.push(person.clone());
        is_new
    });
    all
}

/// The ticket as it would stand once it is written; nothing while what was typed cannot be one.
fn provisional(
    around: &Around,
    definition: &Arc<Definition>,
    principal: &Principal,
    values: &Map<String, Json>,
) -> Option<Ticket> {
    let mut values = json::read(definition, values).ok()?;
    if let Ok(routed) = route::route(definition, &values) {
        values.extend(routed);
    }
    let opening = Opening {
        id: Uuid::nil(),
        number: Arc::from("-"),
        creator: Actor::Person(principal.person.clone()),
        contact: None,
        values,
        // What the routing fills in is no field that one is asked for at the start.
        imported: true,
    };
    let opened = around.with(|world| turn::open(definition, &opening, around.now, world));
    opened.ok().map(|decision| decision.ticket)
}
