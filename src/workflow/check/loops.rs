//! N01: steps that the system takes by itself never go round for ever.
//!
//! A `do` rung fires once per cycle of its clock (L7). A circle is without a bound when every `do` on it can fire again
//! each time: its clock starts a new cycle because the circle leaves the clock's states and enters them again under
//! `reentry: restart`, or because it is a clock of tasks. Joins carry a circle on, but a circle of joins alone needs
//! people at every turn. A case that counts with `times` or `times_ever` bounds what comes after it.

use std::collections::{HashMap, HashSet};

use crate::workflow::definition::{Clock, Reentry, Runs};
use crate::workflow::effort;
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::{ActionId, ClockId, StateId};

use super::graph::{alive_in, runs_in};
use super::{Edge, Ground, Target};

pub(super) fn check(ground: &Ground, findings: &mut Findings) {
    let alive: HashMap<&ClockId, HashSet<&StateId>> = ground
        .file
        .clocks
        .values()
        .map(|clock| (&clock.id, alive_in(ground.file, clock)))
        .collect();
    let mut steps = system_steps(ground);
    let circles = loop {
        let before = steps.len();
        effort::spend(before);
        let circles = Circles::of(&steps);
        let mut left: HashMap<(usize, &ClockId), bool> = HashMap::new();
        steps.retain(|step| fires_again(step, &circles, &alive, &mut left));
        if steps.len() == before || steps.iter().all(|step| step.clock.is_none()) {
            break circles;
        }
    };
    let mut told: HashSet<usize> = HashSet::new();
    for step in &steps {
        let (Some(clock), Some(circle)) = (step.clock, circles.through(step)) else {
            continue;
        };
        if !told.insert(circle) {
            continue;
        }
        let names: Vec<&str> = ground
            .file
            .states
            .keys()
            .filter(|state| circles.place.get(state) == Some(&circle))
            .map(StateId::as_str)
            .collect();
        let action = step.edge.driver.action().map_or("", |action| action.id.as_str());
        let span = clock
            .ladder
            .iter()
            .find(|rung| rung.act.as_ref().is_some_and(|act| act.as_str() == action));
        findings.add(
            Finding::new(Code::N01, span.map_or(clock.span, |rung| rung.span))
                .with("clock", &clock.id)
                .with("action", action)
                .with("states", names.join(" → ")),
        );
    }
}

/// A step the system takes: by a clock, or (`None`) by a join.
struct SystemStep<'a> {
    edge: &'a Edge<'a>,
    clock: Option<&'a Clock>,
    from: &'a StateId,
    to: &'a StateId,
}

fn system_steps<'a>(ground: &'a Ground<'a>) -> Vec<SystemStep<'a>> {
    // Which clocks do an action by themselves in a state.
    let mut doing: HashMap<(&StateId, &ActionId), Vec<&Clock>> = HashMap::new();
    for clock in ground.file.clocks.values() {
        let acts: HashSet<&ActionId> = clock.ladder.iter().filter_map(|rung| rung.act.as_deref()).collect();
        for state in runs_in(ground.file, clock).into_iter().filter(|_| !acts.is_empty()) {
            for act in &acts {
                doing.entry((state, *act)).or_default().push(clock);
            }
        }
    }
    let mut counted = Counted::default();
    let mut found = Vec::new();
    for edge in &ground.graph.edges {
        let (Some(from), Some(to)) = (edge.from, edge.target.state()) else {
            continue;
        };
        let clocks: Vec<Option<&Clock>> = match edge.driver.action() {
            None => vec![None],
            Some(action) => {
                let clocks = doing.get(&(from, &action.id)).into_iter().flatten();
                clocks.map(|clock| Some(*clock)).collect()
            }
        };
        if !clocks.is_empty() && !counted.bounds(edge) {
            found.extend(clocks.into_iter().map(|clock| SystemStep { edge, clock, from, to }));
        }
    }
    found
}

/// Conditions that count how often something was done in the round, by their places.
#[derive(Default)]
struct Counted(HashMap<usize, bool>);

impl Counted {
    /// `times_here` starts again with each visit and bounds no circle.
    fn bounds(&mut self, edge: &Edge) -> bool {
        edge.asked().any(|condition| {
            let counts = || condition.text.contains("times(") || condition.text.contains("times_ever(");
            *self.0.entry(condition.span.start).or_insert_with(counts)
        })
    }
}

/// States that lie on circles of the steps: those of one circle have one number.
struct Circles<'a> {
    place: HashMap<&'a StateId, usize>,
    states: Vec<Vec<&'a StateId>>,
}

impl<'a> Circles<'a> {
    /// Two walks: forth, noting each state when all behind it is seen, then back from the last noted.
    fn of(steps: &[SystemStep<'a>]) -> Self {
        let mut forth: HashMap<&StateId, Vec<&'a StateId>> = HashMap::new();
        let mut back: HashMap<&StateId, Vec<&'a StateId>> = HashMap::new();
        for step in steps {
            forth.entry(step.from).or_default().push(step.to);
            back.entry(step.to).or_default().push(step.from);
        }
        let mut seen: HashSet<&StateId> = HashSet::new();
        let mut noted: Vec<&'a StateId> = Vec::new();
        for step in steps {
            walk(step.from, &forth, &mut seen, &mut noted);
        }
        let mut seen: HashSet<&StateId> = HashSet::new();
        let mut circles = Self {
            place: HashMap::new(),
            states: Vec::new(),
        };
        for state in noted.into_iter().rev() {
            let mut circle = Vec::new();
            walk(state, &back, &mut seen, &mut circle);
            for state in &circle {
                circles.place.insert(state, circles.states.len());
            }
            circles.states.push(circle);
        }
        circles
    }

    /// The circle that the step lies on.
    fn through(&self, step: &SystemStep) -> Option<usize> {
        let circle = self.place.get(step.from)?;
        (self.place.get(step.to) == Some(circle)).then_some(*circle)
    }
}

/// Everything not seen yet that is reached from here, each state behind those that are reached from it.
fn walk<'a>(
    from: &'a StateId,
    next: &HashMap<&StateId, Vec<&'a StateId>>,
    seen: &mut HashSet<&'a StateId>,
    noted: &mut Vec<&'a StateId>,
) {
    let mut open: Vec<(&StateId, usize)> = Vec::new();
    if seen.insert(from) {
        open.push((from, 0));
    }
    while let Some((state, place)) = open.last_mut() {
        let state: &'a StateId = state;
        if let Some(other) = next.get(state).and_then(|next| next.get(*place)) {
            *place += 1;
            if seen.insert(other) {
                open.push((other, 0));
            }
        } else {
            noted.push(state);
            open.pop();
        }
    }
}

fn fires_again<'a>(
    step: &SystemStep<'a>,
    circles: &Circles,
    alive: &HashMap<&ClockId, HashSet<&StateId>>,
    left: &mut HashMap<(usize, &'a ClockId), bool>,
) -> bool {
    let Some(circle) = circles.through(step) else {
        return false;
    };
    let Some(clock) = step.clock else { return true };
    // `back` continues the visit (L5): the clocks of the state go on where they waited.
    let returns = matches!(step.edge.target, Target::Back(_));
    match &clock.runs {
        Runs::Open => false,
        Runs::Task { .. } => !returns,
        Runs::States(_) => {
            let leaves = || {
                let alive = alive.get(&clock.id);
                let mut states = circles.states.get(circle).into_iter().flatten();
                states.any(|state| alive.is_none_or(|alive| !alive.contains(state)))
            };
            let enters_anew = step.from == step.to || *left.entry((circle, &clock.id)).or_insert_with(leaves);
            clock.reentry != Some(Reentry::Continue) && enters_anew
        }
    }
}
