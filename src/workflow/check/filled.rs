//! Which fields are surely filled where: what every path into a state has asked, filled or set.
//!
//! A field that was filled stays filled (values are replaced, never removed), so a set only grows along a path and a
//! state has what all its entries have in common. Loops are settled by starting from «everything» and taking away
//! until nothing changes. Nothing is known of tasks but what their join copies to the ticket (L4): what the lead
//! was required to write.

use std::collections::{BTreeSet, HashMap};

use crate::workflow::definition::{Action, At, Definition, Join, JoinCondition, RoutingRow, State};
use crate::workflow::id::{FieldId, StateId};
use crate::workflow::nearest::nearest;

use super::graph::{Driver, Edge, Graph, Target};

/// A set of fields.
pub type Fields<'a> = BTreeSet<&'a FieldId>;

/// What is surely filled on entry of each state, and at closing.
#[derive(Debug)]
pub struct Filled<'a> {
    file: &'a Definition,
    /// `None`: not reached, so that everything may be taken for granted.
    states: HashMap<&'a StateId, Option<Fields<'a>>>,
    closed: Option<Fields<'a>>,
}

impl<'a> Filled<'a> {
    pub fn new(file: &'a Definition, graph: &Graph<'a>) -> Self {
        let mut filled = Self {
            file,
            states: file.states.keys().map(|state| (state, None)).collect(),
            closed: None,
        };
        if let Some((start, _)) = file.states.get_key_value(&file.start.value) {
            filled.states.insert(start, Some(defaults(file)));
        }
        // Each pass takes at least one field from one state, or is the last.
        let passes_max = file.fields.len() * (file.states.len() + 1) + file.states.len() + 2;
        for _ in 0..passes_max {
            if !filled.pass(graph) {
                break;
            }
        }
        filled
    }

    /// Surely filled on entry of the state; `None` when it is never reached.
    pub fn on_entry(&self, state: &StateId) -> Option<&Fields<'a>> {
        self.states.get(state)?.as_ref()
    }

    /// Surely filled when the action (of this state, or of the closed ticket) has been accepted.
    pub fn after(&self, from: Option<&StateId>, action: &'a Action) -> Option<Fields<'a>> {
        let before = match from {
            Some(state) => self.on_entry(state)?,
            None => self.closed.as_ref()?,
        };
        Some(before.iter().copied().chain(given_by(self.file, action)).collect())
    }

    /// Surely filled when the join applies.
    pub fn after_join(&self, state: &'a State, join: &'a Join) -> Option<Fields<'a>> {
        let before = self.on_entry(&state.id)?;
        Some(before.iter().copied().chain(self.copied_by(state, join)).collect())
    }

    /// Surely filled at closing.
    pub fn at_closing(&self) -> Option<&Fields<'a>> {
        self.closed.as_ref()
    }

    /// Surely filled where the edge arrives.
    pub fn along(&self, edge: &Edge<'a>) -> Option<Fields<'a>> {
        match edge.driver {
            Driver::Action(action) => self.after(edge.from, action),
            Driver::Join(state, join) => self.after_join(state, join),
        }
    }

    fn pass(&mut self, graph: &Graph<'a>) -> bool {
        let mut changed = false;
        for edge in &graph.edges {
            let Some(arriving) = self.along(edge) else { continue };
            match edge.target {
                Target::State(state) => {
                    let known = self.states.entry(state).or_default();
                    changed |= meet(known, &arriving);
                }
                Target::Closed(_) => changed |= meet(&mut self.closed, &arriving),
                // What was filled before the pause is filled after it.
                Target::Back(_) | Target::Stay | Target::Becomes | Target::Unknown => {}
            }
        }
        changed
    }

    /// What the lead's task leaves on the ticket.
    fn copied_by(&self, state: &'a State, join: &Join) -> Vec<&'a FieldId> {
        match join.condition {
            JoinCondition::AllDone | JoinCondition::LeadDone => {}
            JoinCondition::AnyReturned | JoinCondition::NDone(_) => return Vec::new(),
        }
        let Some(lead) = lead_task(state) else {
            return Vec::new();
        };
        let opened = self
            .on_entry(&state.id)
            .is_some_and(|fields| fields.contains(&lead.field.value));
        if !opened {
            return Vec::new();
        }
        lead.require.iter().map(|field| meant(self.file, field)).collect()
    }
}

/// The lead's task: the key `lead`, else the first listed (L4).
pub fn lead_task(state: &State) -> Option<&crate::workflow::definition::TaskSpec> {
    state.tasks.get("lead").or_else(|| state.tasks.values().next())
}

/// What an accepted action leaves filled: required, set, and what every row of the routing fills in.
pub fn given_by<'a>(file: &'a Definition, action: &'a Action) -> Vec<&'a FieldId> {
    let required = action.require.iter().map(|field| meant(file, field));
    let set = action.set.iter().map(|(field, _)| meant(file, field));
    let mut given: Vec<&FieldId> = required.chain(set).collect();
    if action.route {
        given.extend(routed(&file.routing));
    }
    given
}

/// The field, or for a misspelt one (F01) the one that was meant, so that one slip gives one finding.
pub fn meant<'a>(file: &'a Definition, field: &'a At<FieldId>) -> &'a FieldId {
    if file.fields.contains_key(&field.value) {
        return &field.value;
    }
    let near = nearest(field.as_str(), file.fields.keys().map(FieldId::as_str));
    let known = near.and_then(|near| file.fields.get_key_value(near.as_str()));
    known.map_or(&field.value, |(id, _)| id)
}

/// Fields that every row fills in.
pub fn routed(rows: &[RoutingRow]) -> Vec<&FieldId> {
    let Some((first, others)) = rows.split_first() else {
        return Vec::new();
    };
    let fills = |row: &RoutingRow, field: &FieldId| {
        row.fill
            .iter()
            .any(|(filled, value)| filled.value == *field && !value.is_blank())
    };
    first
        .fill
        .iter()
        .map(|(field, _)| &field.value)
        .filter(|field| fills(first, field) && others.iter().all(|row| fills(row, field)))
        .collect()
}

fn defaults(file: &Definition) -> Fields<'_> {
    let filled = file
        .fields
        .values()
        .filter(|field| field.default.as_ref().is_some_and(|value| !value.is_blank()));
    filled.map(|field| &field.id).collect()
}

/// Keeps what both have; true when something was taken away.
fn meet<'a>(known: &mut Option<Fields<'a>>, arriving: &Fields<'a>) -> bool {
    match known {
        None => {
            *known = Some(arriving.clone());
            true
        }
        Some(fields) => {
            let before = fields.len();
            fields.retain(|field| arriving.contains(field));
            fields.len() != before
        }
    }
}
