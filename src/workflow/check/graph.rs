//! Who goes where: every step of the file as an edge between states.
//!
//! Actions of a state start there, those of `anytime` in each state they are possible in, those of `after_close` at
//! the closed ticket. `to: back` becomes one edge to each state from which the pause was entered. A misspelt target
//! with an obvious right one counts as the right one, so that one slip gives one finding.

use std::collections::{HashMap, HashSet};

use crate::workflow::definition::{Action, At, Clock, Definition, Join, Place, Runs, Span, State, Step, Way};
use crate::workflow::expression::Expression;
use crate::workflow::id::{ActionId, OutcomeId, StateId};
use crate::workflow::nearest::nearest;

/// One way a step can take.
#[derive(Clone, Debug)]
pub struct Edge<'a> {
    /// `None`: from the closed ticket.
    pub from: Option<&'a StateId>,
    pub target: Target<'a>,
    pub driver: Driver<'a>,
    /// Conditions asked on the way to this case, its own included.
    pub asked: Vec<&'a Expression>,
}

/// Where an edge ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    State(&'a StateId),
    /// `to: back`, to this state.
    Back(&'a StateId),
    Closed(&'a OutcomeId),
    Stay,
    Becomes,
    /// Names nothing that is there; there is a finding.
    Unknown,
}

/// What makes the step.
#[derive(Clone, Copy, Debug)]
pub enum Driver<'a> {
    Action(&'a Action),
    Join(&'a State, &'a Join),
}

impl<'a> Target<'a> {
    /// The open state it leads into.
    pub fn state(self) -> Option<&'a StateId> {
        match self {
            Self::State(state) | Self::Back(state) => Some(state),
            Self::Closed(_) | Self::Stay | Self::Becomes | Self::Unknown => None,
        }
    }
}

impl<'a> Driver<'a> {
    pub fn action(self) -> Option<&'a Action> {
        match self {
            Self::Action(action) => Some(action),
            Self::Join(..) => None,
        }
    }

    /// Where it stands in the file.
    pub fn span(self) -> Span {
        match self {
            Self::Action(action) => action.span,
            Self::Join(_, join) => join.span,
        }
    }
}

/// All edges, and what follows from them.
#[derive(Debug)]
pub struct Graph<'a> {
    pub edges: Vec<Edge<'a>>,
    /// States that can be reached from the start, in the file's order.
    pub reachable: HashSet<&'a StateId>,
    /// A step leads somewhere that is not there: reachability is not certain.
    pub torn: bool,
    /// Places of the edges that leave a state.
    leaving: HashMap<&'a StateId, Vec<usize>>,
    /// Which clock does which action by itself in which state.
    automatic: HashSet<(&'a StateId, &'a ActionId)>,
}

impl<'a> Graph<'a> {
    pub fn new(file: &'a Definition) -> Self {
        let mut edges = direct(file);
        edges.extend(backward(file, &edges));
        let torn = edges.iter().any(|edge| edge.target == Target::Unknown);
        let mut leaving: HashMap<&StateId, Vec<usize>> = HashMap::new();
        for (place, edge) in edges.iter().enumerate() {
            if let Some(from) = edge.from {
                leaving.entry(from).or_default().push(place);
            }
        }
        let mut graph = Self {
            edges,
            leaving,
            reachable: HashSet::new(),
            torn,
            automatic: automatic(file),
        };
        graph.reachable = graph.reach(file);
        graph
    }

    /// Edges that start in this open state.
    pub fn leaving(&self, state: &StateId) -> impl Iterator<Item = &Edge<'a>> {
        let places = self.leaving.get(state).into_iter().flatten();
        places.filter_map(|place| self.edges.get(*place))
    }

    /// True when a clock does this by itself in this state.
    pub fn is_automatic(&self, state: &StateId, action: &ActionId) -> bool {
        self.automatic.contains(&(state, action))
    }

    /// The states that can be reached from these over edges that pass, these included.
    pub fn reach_from(&self, from: &[&'a StateId], pass: impl Fn(&Edge<'a>) -> bool) -> HashSet<&'a StateId> {
        let mut found: HashSet<&StateId> = from.iter().copied().collect();
        let mut waiting: Vec<&StateId> = from.to_vec();
        while let Some(state) = waiting.pop() {
            for edge in self.leaving(state).filter(|edge| pass(edge)) {
                if let Some(next) = edge.target.state()
                    && found.insert(next)
                {
                    waiting.push(next);
                }
            }
        }
        found
    }

    /// The states that can reach one of these over edges that pass, these included.
    pub fn reaching(&self, to: &[&'a StateId], pass: impl Fn(&Edge<'a>) -> bool) -> HashSet<&'a StateId> {
        let mut found: HashSet<&StateId> = to.iter().copied().collect();
        loop {
            let before = found.len();
            for edge in self.edges.iter().filter(|edge| pass(edge)) {
                if let (Some(from), Some(next)) = (edge.from, edge.target.state())
                    && found.contains(next)
                {
                    found.insert(from);
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }

    /// From the start, and again from where closed tickets are reopened.
    fn reach(&self, file: &'a Definition) -> HashSet<&'a StateId> {
        let start: Vec<&StateId> = file
            .states
            .get_key_value(&file.start.value)
            .map(|(id, _)| id)
            .into_iter()
            .collect();
        let found = self.reach_from(&start, |_| true);
        let closes = self
            .edges
            .iter()
            .any(|edge| matches!(edge.target, Target::Closed(_)) && edge.from.is_some_and(|from| found.contains(from)));
        if !closes {
            return found;
        }
        let reopened = self
            .edges
            .iter()
            .filter(|edge| edge.from.is_none())
            .filter_map(|edge| edge.target.state());
        let all: Vec<&StateId> = start.into_iter().chain(reopened).collect();
        self.reach_from(&all, |_| true)
    }
}

/// The steps of a way with the conditions asked before each is taken.
pub fn steps(way: &Way) -> Vec<(Vec<&Expression>, &Step)> {
    match way {
        Way::One(step) => vec![(Vec::new(), step)],
        Way::Cases(cases) => {
            let mut asked = Vec::new();
            let mut found = Vec::new();
            for case in cases {
                asked.extend(&case.when);
                found.push((asked.clone(), &case.step));
            }
            found
        }
    }
}

/// The states in which an action is possible; none for `after_close`.
pub fn possible_in<'a>(file: &'a Definition, home: Option<&'a StateId>, action: &'a Action) -> Vec<&'a StateId> {
    match action.place {
        Place::State => home.into_iter().collect(),
        Place::AfterClose => Vec::new(),
        Place::Anytime => file
            .states
            .keys()
            .filter(|state| {
                let names = |only: &At<StateId>| known_state(file, only).is_some_and(|only| only == *state);
                action.only_in.is_empty() || action.only_in.iter().any(names)
            })
            .collect(),
    }
}

/// The action of this name that is possible in the state: its own, else one of `anytime`.
pub fn action_in<'a>(file: &'a Definition, state: &'a State, action: &ActionId) -> Option<&'a Action> {
    state.actions.get(action).or_else(|| {
        let action = file.anytime.get(action)?;
        possible_in(file, None, action).contains(&&state.id).then_some(action)
    })
}

/// The states a clock counts in.
pub fn runs_in<'a>(file: &'a Definition, clock: &Clock) -> Vec<&'a StateId> {
    let paused = |state: &StateId| clock.paused_in.iter().any(|waits| waits.value == *state);
    file.states
        .values()
        .filter(|state| match &clock.runs {
            Runs::Open => !paused(&state.id),
            Runs::States(states) => states.iter().any(|named| named.value == state.id),
            Runs::Task { keys, .. } => state
                .tasks
                .keys()
                .any(|key| keys.is_empty() || keys.iter().any(|named| named.value == *key)),
        })
        .map(|state| &state.id)
        .collect()
}

fn direct(file: &Definition) -> Vec<Edge<'_>> {
    let mut edges = Vec::new();
    for state in file.states.values() {
        for action in state.actions.values() {
            edges.extend(of_way(file, Some(&state.id), Driver::Action(action), &action.way));
        }
        for join in &state.joins {
            edges.extend(of_way(file, Some(&state.id), Driver::Join(state, join), &join.way));
        }
    }
    for action in file.anytime.values() {
        for state in possible_in(file, None, action) {
            edges.extend(of_way(file, Some(state), Driver::Action(action), &action.way));
        }
    }
    for action in file.after_close.values() {
        edges.extend(of_way(file, None, Driver::Action(action), &action.way));
    }
    edges
}

fn of_way<'a>(
    file: &'a Definition,
    from: Option<&'a StateId>,
    driver: Driver<'a>,
    way: &'a Way,
) -> impl Iterator<Item = Edge<'a>> {
    steps(way).into_iter().filter_map(move |(asked, step)| {
        Some(Edge {
            from,
            target: target(file, step)?,
            driver,
            asked,
        })
    })
}

/// `None` for `back`, which is resolved when the entries are known.
fn target<'a>(file: &'a Definition, step: &'a Step) -> Option<Target<'a>> {
    Some(match step {
        Step::To(state) => match known_state(file, state) {
            Some(known) => Target::State(known),
            None => Target::Unknown,
        },
        Step::Close(outcome) => Target::Closed(outcome),
        Step::Stay(_) => Target::Stay,
        Step::Becomes { .. } => Target::Becomes,
        Step::Unread(_) => Target::Unknown,
        Step::Back(_) => return None,
    })
}

fn known_state<'a>(file: &'a Definition, state: &StateId) -> Option<&'a StateId> {
    if let Some((known, _)) = file.states.get_key_value(state) {
        return Some(known);
    }
    let meant = nearest(state.as_str(), file.states.keys().map(StateId::as_str))?;
    file.states.get_key_value(meant.as_str()).map(|(known, _)| known)
}

fn backward<'a>(file: &'a Definition, edges: &[Edge<'a>]) -> Vec<Edge<'a>> {
    let mut found = Vec::new();
    for state in file.states.values() {
        let mut origins: Vec<&StateId> = Vec::new();
        for edge in edges.iter().filter(|edge| edge.target == Target::State(&state.id)) {
            if let Some(from) = edge.from.filter(|from| **from != state.id)
                && !origins.contains(&from)
            {
                origins.push(from);
            }
        }
        let own = state
            .actions
            .values()
            .map(|action| (Driver::Action(action), &action.way));
        let joins = state.joins.iter().map(|join| (Driver::Join(state, join), &join.way));
        let anywhere = file
            .anytime
            .values()
            .filter(|action| possible_in(file, None, action).contains(&&state.id))
            .map(|action| (Driver::Action(action), &action.way));
        for (driver, way) in own.chain(joins).chain(anywhere) {
            for (asked, step) in steps(way) {
                if matches!(step, Step::Back(_)) {
                    found.extend(origins.iter().map(|origin| Edge {
                        from: Some(&state.id),
                        target: Target::Back(origin),
                        driver,
                        asked: asked.clone(),
                    }));
                }
            }
        }
    }
    found
}

fn automatic(file: &Definition) -> HashSet<(&StateId, &ActionId)> {
    let mut found = HashSet::new();
    for clock in file.clocks.values() {
        for state in runs_in(file, clock) {
            for act in clock.ladder.iter().filter_map(|rung| rung.act.as_ref()) {
                found.insert((state, &act.value));
            }
        }
    }
    found
}
