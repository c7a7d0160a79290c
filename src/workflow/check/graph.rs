//! Who goes where: every step of the file as an edge between states.
//!
//! Actions of a state start there, those of `anytime` in each state they are possible in, those of `after_close` at
//! the closed ticket. `to: back` becomes one edge to each state from which the pause was entered.

use std::collections::{HashMap, HashSet};

use crate::workflow::definition::{Action, Case, Clock, Definition, Join, Place, Runs, Span, State, Step, Way};
use crate::workflow::effort;
use crate::workflow::expression::Expression;
use crate::workflow::id::{ActionId, OutcomeId, StateId};

/// One way a step can take.
#[derive(Clone, Debug)]
pub struct Edge<'a> {
    /// `None`: from the closed ticket.
    pub from: Option<&'a StateId>,
    pub target: Target<'a>,
    pub driver: Driver<'a>,
    /// The cases that were looked at, the last of them taken; none where there is no choice.
    pub cases: &'a [Case],
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
    /// Places of the edges that leave a state, or the closed ticket.
    leaving: HashMap<Option<&'a StateId>, Vec<usize>>,
    /// Places of the edges that lead into a state.
    entering: HashMap<&'a StateId, Vec<usize>>,
    /// Which clock does which action by itself in which state.
    automatic: HashSet<(&'a StateId, &'a ActionId)>,
}

impl<'a> Graph<'a> {
    pub fn new(file: &'a Definition) -> Self {
        let mut edges = direct(file);
        edges.extend(backward(file, &edges));
        let torn = edges.iter().any(|edge| edge.target == Target::Unknown);
        let mut leaving: HashMap<Option<&StateId>, Vec<usize>> = HashMap::new();
        let mut entering: HashMap<&StateId, Vec<usize>> = HashMap::new();
        for (place, edge) in edges.iter().enumerate() {
            leaving.entry(edge.from).or_default().push(place);
            if let Some(target) = edge.target.state() {
                entering.entry(target).or_default().push(place);
            }
        }
        let mut graph = Self {
            edges,
            leaving,
            entering,
            reachable: HashSet::new(),
            torn,
            automatic: automatic(file),
        };
        graph.reachable = graph.reach(file);
        graph
    }

    /// Edges that start in this open state.
    pub fn leaving<'s>(&'s self, state: &'s StateId) -> impl Iterator<Item = &'s Edge<'a>> {
        self.leaving_from(Some(state))
    }

    /// Edges that start in this open state, or at the closed ticket.
    pub fn leaving_from<'s>(&'s self, from: Option<&'s StateId>) -> impl Iterator<Item = &'s Edge<'a>> {
        let places = self.leaving.get(&from).into_iter().flatten();
        places.filter_map(|place| self.edges.get(*place))
    }

    /// Edges that lead into this open state.
    pub fn entering(&self, state: &StateId) -> impl Iterator<Item = &Edge<'a>> {
        let places = self.entering.get(state).into_iter().flatten();
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
            effort::spend(self.leaving.get(&Some(state)).map_or(1, Vec::len));
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
        let mut waiting: Vec<&StateId> = to.to_vec();
        while let Some(state) = waiting.pop() {
            effort::spend(self.entering.get(state).map_or(1, Vec::len));
            for edge in self.entering(state).filter(|edge| pass(edge)) {
                if let Some(from) = edge.from
                    && found.insert(from)
                {
                    waiting.push(from);
                }
            }
        }
        found
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

impl<'a> Edge<'a> {
    /// Conditions asked on the way to this case, its own included.
    pub fn asked(&self) -> impl Iterator<Item = &'a Expression> {
        self.cases.iter().filter_map(|case| case.when.as_ref())
    }

    /// The condition of this case; `None` for `else` and where there is no choice.
    pub fn condition(&self) -> Option<&'a Expression> {
        self.cases.last().and_then(|case| case.when.as_ref())
    }
}

/// The steps of a way, each with the cases that are looked at until it is taken.
pub fn steps(way: &Way) -> impl Iterator<Item = (&[Case], &Step)> {
    let (one, cases) = match way {
        Way::One(step) => (Some(step), [].as_slice()),
        Way::Cases(cases) => (None, cases.as_slice()),
    };
    let chosen = cases
        .iter()
        .enumerate()
        .filter_map(|(place, case)| Some((cases.get(..=place)?, &case.step)));
    one.map(|step| ([].as_slice(), step)).into_iter().chain(chosen)
}

/// The states in which an action is possible; none for `after_close`.
pub fn possible_in<'a>(file: &'a Definition, home: Option<&'a StateId>, action: &'a Action) -> Vec<&'a StateId> {
    match action.place {
        Place::State => home.into_iter().collect(),
        Place::AfterClose => Vec::new(),
        Place::Anytime if action.only_in.is_empty() => file.states.keys().collect(),
        Place::Anytime => {
            let only: HashSet<&StateId> = action.only_in.iter().map(|state| &state.value).collect();
            file.states.keys().filter(|state| only.contains(state)).collect()
        }
    }
}

/// True when an action of `anytime` is possible in the state.
fn is_possible(action: &Action, state: &StateId) -> bool {
    action.only_in.is_empty() || action.only_in.iter().any(|only| only.value == *state)
}

/// The action of this name that is possible in the state: its own, else one of `anytime`.
pub fn action_in<'a>(file: &'a Definition, state: &'a State, action: &ActionId) -> Option<&'a Action> {
    let anywhere = || file.anytime.get(action).filter(|action| is_possible(action, &state.id));
    state.actions.get(action).or_else(anywhere)
}

/// Every action that is possible in the state.
pub fn actions_in<'a>(file: &'a Definition, state: &'a State) -> impl Iterator<Item = &'a Action> {
    let anywhere = file.anytime.values().filter(|action| is_possible(action, &state.id));
    state.actions.values().chain(anywhere)
}

/// The states a clock counts in.
pub fn runs_in<'a>(file: &'a Definition, clock: &Clock) -> Vec<&'a StateId> {
    effort::spend(file.states.len());
    let paused: HashSet<&StateId> = clock.paused_in.iter().map(|waits| &waits.value).collect();
    let named: HashSet<&StateId> = match &clock.runs {
        Runs::States(states) => states.iter().map(|named| &named.value).collect(),
        Runs::Open | Runs::Task { .. } => HashSet::new(),
    };
    file.states
        .values()
        .filter(|state| match &clock.runs {
            Runs::Open => !paused.contains(&state.id),
            Runs::States(_) => named.contains(&state.id),
            Runs::Task { keys, .. } => state
                .tasks
                .keys()
                .any(|key| keys.is_empty() || keys.iter().any(|named| named.value == *key)),
        })
        .map(|state| &state.id)
        .collect()
}

/// The states a clock counts or waits in: what was fired stays fired.
pub fn alive_in<'a>(file: &'a Definition, clock: &'a Clock) -> HashSet<&'a StateId> {
    let paused = clock.paused_in.iter().map(|paused| &paused.value);
    runs_in(file, clock).into_iter().chain(paused).collect()
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
    steps(way).filter_map(move |(cases, step)| {
        Some(Edge {
            from,
            target: target(file, step)?,
            driver,
            cases,
        })
    })
}

/// `None` for `back`, which is resolved when the entries are known.
fn target<'a>(file: &'a Definition, step: &'a Step) -> Option<Target<'a>> {
    Some(match step {
        Step::To(state) => match file.states.get_key_value(&state.value) {
            Some((known, _)) => Target::State(known),
            None => Target::Unknown,
        },
        Step::Close(outcome) => Target::Closed(outcome),
        Step::Stay(_) => Target::Stay,
        Step::Becomes { .. } => Target::Becomes,
        Step::Unread(_) => Target::Unknown,
        Step::Back(_) => return None,
    })
}

fn backward<'a>(file: &'a Definition, edges: &[Edge<'a>]) -> Vec<Edge<'a>> {
    let mut found = Vec::new();
    for state in file.states.values() {
        let actions = actions_in(file, state).map(|action| (Driver::Action(action), &action.way));
        let joins = state.joins.iter().map(|join| (Driver::Join(state, join), &join.way));
        let mut back = actions.chain(joins).flat_map(|(driver, way)| {
            let back = steps(way).filter(|(_, step)| matches!(step, Step::Back(_)));
            back.map(move |(cases, _)| (driver, cases))
        });
        let Some(first) = back.next() else { continue };
        let origins = origins(&state.id, edges);
        for (driver, cases) in std::iter::once(first).chain(back) {
            found.extend(origins.iter().map(|origin| Edge {
                from: Some(&state.id),
                target: Target::Back(origin),
                driver,
                cases,
            }));
        }
    }
    found
}

/// The states from which this one is entered.
fn origins<'a>(state: &StateId, edges: &[Edge<'a>]) -> Vec<&'a StateId> {
    effort::spend(edges.len());
    let mut seen: HashSet<&StateId> = HashSet::from([state]);
    let entering = edges
        .iter()
        .filter(|edge| matches!(edge.target, Target::State(target) if target == state));
    let from: Vec<&StateId> = entering.filter_map(|edge| edge.from).collect();
    from.into_iter().filter(|from| seen.insert(from)).collect()
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
