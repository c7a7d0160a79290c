//! Which fields are surely filled where: what every path into a state has asked, filled or set.
//!
//! A field that was filled stays filled (values are replaced, never removed), so a set only grows along a path and a
//! state has what all its entries have in common. Loops are settled by starting from «everything» and taking away
//! until nothing changes. Nothing is known of tasks but what their join copies to the ticket (L4): what the lead
//! was required to write.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::workflow::definition::{Action, At, Definition, Join, JoinCondition, RoutingRow, State};
use crate::workflow::effort;
use crate::workflow::id::{FieldId, StateId};

use super::graph::{Driver, Edge, Graph, Target};

/// A set of fields of the file: a bit for each.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    file: &'a Definition,
    words: Vec<u64>,
}

impl<'a> Fields<'a> {
    pub fn of<'f>(file: &'a Definition, fields: impl IntoIterator<Item = &'f FieldId>) -> Self {
        let words = vec![0; file.fields.len().div_ceil(64)];
        let mut set = Self { file, words };
        for field in fields {
            if let Some((word, bit)) = set.place(field)
                && let Some(word) = set.words.get_mut(word)
            {
                *word |= bit;
            }
        }
        set
    }

    pub fn contains(&self, field: &FieldId) -> bool {
        self.place(field)
            .is_some_and(|(word, bit)| self.words.get(word).is_some_and(|word| word & bit != 0))
    }

    /// Those of `needed` that are not here, in the file's order.
    pub fn lacking(&self, needed: &Self) -> Vec<&'a FieldId> {
        effort::spend(self.words.len());
        let mut pairs = self.words.iter().zip(&needed.words);
        if pairs.all(|(here, needed)| needed & !here == 0) {
            return Vec::new();
        }
        let fields = self.file.fields.keys();
        effort::spend(fields.len());
        fields
            .filter(|field| needed.contains(field) && !self.contains(field))
            .collect()
    }

    fn place(&self, field: &FieldId) -> Option<(usize, u64)> {
        let place = self.file.fields.get_index_of(field)?;
        Some((place / 64, 1 << (place % 64)))
    }

    fn with(mut self, more: &Self) -> Self {
        effort::spend(self.words.len());
        for (word, more) in self.words.iter_mut().zip(&more.words) {
            *word |= more;
        }
        self
    }

    /// Keeps what both have; true when something was taken away.
    fn keep(&mut self, others: &Self) -> bool {
        effort::spend(self.words.len());
        let mut changed = false;
        for (word, other) in self.words.iter_mut().zip(&others.words) {
            changed |= *word & !other != 0;
            *word &= other;
        }
        changed
    }
}

/// What is surely filled on entry of each state, and at closing.
#[derive(Debug)]
pub struct Filled<'a> {
    file: &'a Definition,
    /// What an accepted action leaves filled, by its place in the file: required, set, and what every row of the
    /// routing fills in.
    given: HashMap<usize, Fields<'a>>,
    /// None for a state that is not reached, so that everything may be taken for granted.
    states: HashMap<&'a StateId, Fields<'a>>,
    closed: Option<Fields<'a>>,
}

impl<'a> Filled<'a> {
    pub fn new(file: &'a Definition, graph: &Graph<'a>) -> Self {
        let routed = routed(&file.routing);
        let given = super::actions(file).map(|(_, action)| (action.span.start, given_by(file, action, &routed)));
        let mut filled = Self {
            file,
            given: given.collect(),
            states: HashMap::new(),
            closed: None,
        };
        if let Some((start, _)) = file.states.get_key_value(&file.start.value) {
            filled.states.insert(start, defaults(file));
            filled.settle(graph, start);
        }
        filled
    }

    /// Surely filled on entry of the state; `None` when it is never reached.
    pub fn on_entry(&self, state: &StateId) -> Option<&Fields<'a>> {
        self.states.get(state)
    }

    /// Surely filled when the action (of this state, or of the closed ticket) has been accepted.
    pub fn after(&self, from: Option<&StateId>, action: &Action) -> Option<Fields<'a>> {
        let before = match from {
            Some(state) => self.on_entry(state)?,
            None => self.closed.as_ref()?,
        };
        let given = self.given.get(&action.span.start)?;
        Some(before.clone().with(given))
    }

    /// Surely filled when the join applies.
    pub fn after_join(&self, state: &State, join: &Join) -> Option<Fields<'a>> {
        let before = self.on_entry(&state.id)?.clone();
        Some(match self.copied_by(state, join) {
            Some(copied) => before.with(&copied),
            None => before,
        })
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

    /// Follows the steps from each state whose set became smaller (`None`: the closed ticket) until none does.
    fn settle(&mut self, graph: &Graph<'a>, start: &'a StateId) {
        let mut waiting: VecDeque<Option<&StateId>> = VecDeque::from([Some(start)]);
        let mut queued: HashSet<Option<&StateId>> = HashSet::from([Some(start)]);
        while let Some(from) = waiting.pop_front() {
            queued.remove(&from);
            for edge in graph.leaving_from(from) {
                let Some(arriving) = self.along(edge) else { continue };
                let changed = match edge.target {
                    Target::State(state) => self.arrive(state, arriving).then_some(Some(state)),
                    Target::Closed(_) => self.close(arriving).then_some(None),
                    // What was filled before the pause is filled after it.
                    Target::Back(_) | Target::Stay | Target::Becomes | Target::Unknown => None,
                };
                if let Some(next) = changed
                    && queued.insert(next)
                {
                    waiting.push_back(next);
                }
            }
        }
    }

    fn arrive(&mut self, state: &'a StateId, arriving: Fields<'a>) -> bool {
        match self.states.get_mut(state) {
            Some(known) => known.keep(&arriving),
            None => self.states.insert(state, arriving).is_none(),
        }
    }

    fn close(&mut self, arriving: Fields<'a>) -> bool {
        match &mut self.closed {
            Some(known) => known.keep(&arriving),
            None => self.closed.replace(arriving).is_none(),
        }
    }

    /// What the lead's task leaves on the ticket.
    fn copied_by(&self, state: &State, join: &Join) -> Option<Fields<'a>> {
        match join.condition {
            JoinCondition::AllDone | JoinCondition::LeadDone => {}
            JoinCondition::AnyReturned | JoinCondition::NDone(_) => return None,
        }
        let lead = lead_task(state)?;
        let opened = self
            .on_entry(&state.id)
            .is_some_and(|fields| fields.contains(&lead.field.value));
        opened.then(|| Fields::of(self.file, values(&lead.require)))
    }
}

/// The lead's task: the key `lead`, else the first listed (L4).
pub fn lead_task(state: &State) -> Option<&crate::workflow::definition::TaskSpec> {
    state.tasks.get("lead").or_else(|| state.tasks.values().next())
}

fn values(fields: &[At<FieldId>]) -> impl Iterator<Item = &FieldId> {
    fields.iter().map(|field| &field.value)
}

fn given_by<'a>(file: &'a Definition, action: &Action, routed: &[&FieldId]) -> Fields<'a> {
    let set = action.set.iter().map(|(field, _)| &field.value);
    let routed = routed.iter().copied().filter(|_| action.route);
    Fields::of(file, values(&action.require).chain(set).chain(routed))
}

/// Fields that every row fills in.
fn routed(rows: &[RoutingRow]) -> Vec<&FieldId> {
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
    Fields::of(file, filled.map(|field| &field.id))
}
