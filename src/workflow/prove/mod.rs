//! The promise: for every open state who hears of a ticket, and after how long at the latest, if nobody does anything.
//!
//! Only clocks that run whatever anybody does are counted ([`is_certain`]). The time is that of the longest case of the
//! limit, from the moment the ticket enters the state: a clock that has been running since an earlier state, or since
//! the contact, comes sooner. Where a clock goes on from an earlier visit of the state its steps may have been taken
//! then already; the proof says so (`again`), and the steps that surely come on every visit stand beside it.

mod sentence;
mod wait;

use serde::Serialize;

use super::check::{Graph, alive_in, is_certain, people_of, runs_in, steps};
use super::definition::{Clock, Definition, From, Recipient, Reentry, Rung, Runs, Step, Text};
use super::id::{ActionId, ClockId, MessageId, RuleId, StateId};

pub use sentence::duration_words;
pub use wait::{Case, Wait};

/// What was proved of a workflow.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proof {
    pub states: Vec<StateProof>,
    /// Who stands behind each rule: the rules after it, down to a role that is never empty.
    pub people: Vec<Vec<RuleId>>,
}

/// What happens in a state if nobody does anything.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StateProof {
    pub state: StateId,
    pub title: Text,
    pub owner: RuleId,
    /// The one that speaks first comes first.
    pub clocks: Vec<ClockProof>,
}

/// What a clock does in a state.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClockProof {
    pub clock: ClockId,
    pub title: Text,
    /// The clock begins at hang-up: up to an hour later while the contact is still running (L6).
    pub from_contact: bool,
    /// It goes on from earlier states or visits, so that steps may have been taken then.
    pub again: bool,
    /// Up to the top of the ladder.
    pub steps: Vec<ProofStep>,
}

/// One step of a ladder.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProofStep {
    /// One for each case of the limit, the longest first.
    pub after: Vec<Case>,
    pub tell: Vec<Told>,
    pub say: Option<MessageId>,
    #[serde(rename = "do")]
    pub act: Option<Act>,
    /// So many more times, so far apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<(u32, String)>,
    pub unless_acknowledged: bool,
    /// What it tells waits until quiet hours end, where there are any.
    pub quiet_hours_wait: bool,
}

/// Whom a step tells.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// Along the chain of this rule, until somebody is found.
    Rule(RuleId),
    OpenTasks,
}

/// What a step does, and where that leads.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Act {
    pub action: ActionId,
    pub title: Text,
    pub leads: Vec<Leads>,
}

/// Where an action can lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Leads {
    To(String),
    Back,
    Close(String),
    Stay,
    Becomes(String),
}

/// Proves the promise for a definition without errors; of one with errors it says what is there.
pub fn prove(file: &Definition) -> Proof {
    let graph = Graph::new(file);
    let states = file.states.values().map(|state| {
        let running = file
            .clocks
            .values()
            .filter(|clock| is_certain(clock) && runs_in(file, clock).contains(&&state.id));
        let mut clocks: Vec<ClockProof> = running.map(|clock| of_clock(file, &graph, &state.id, clock)).collect();
        clocks.sort_by_key(ClockProof::begins);
        StateProof {
            state: state.id.clone(),
            title: state.title.clone(),
            owner: state.owner.value.clone(),
            clocks,
        }
    });
    Proof {
        states: states.collect(),
        people: file.people.keys().map(|rule| people_of(file, rule)).collect(),
    }
}

impl ClockProof {
    fn begins(&self) -> i64 {
        let first = self.steps.first().and_then(|step| step.after.first());
        first.map_or(i64::MAX, |case| case.wait.roughly())
    }
}

fn of_clock(file: &Definition, graph: &Graph, state: &StateId, clock: &Clock) -> ClockProof {
    let step = |rung: &Rung| ProofStep {
        after: wait::cases(clock, rung),
        tell: rung.tell.iter().map(|recipient| told(&recipient.value)).collect(),
        say: rung.say.as_ref().map(|message| message.value.clone()),
        act: rung.act.as_ref().map(|action| act(file, state, &action.value)),
        repeat: rung
            .repeat
            .as_ref()
            .map(|repeat| (repeat.times, repeat.every.to_string())),
        unless_acknowledged: rung.unless_acknowledged,
        quiet_hours_wait: rung.quiet_hours_wait.is_some(),
    };
    ClockProof {
        clock: clock.id.clone(),
        title: clock.title.clone(),
        from_contact: clock.from == Some(From::ContactEnded),
        again: goes_on(file, graph, state, clock),
        steps: clock.ladder.iter().map(step).collect(),
    }
}

/// True when a ticket can come into the state with this clock's ladder already climbed.
fn goes_on(file: &Definition, graph: &Graph, state: &StateId, clock: &Clock) -> bool {
    if clock.runs == Runs::Open || clock.reentry == Some(Reentry::Continue) {
        return true;
    }
    let alive = alive_in(file, clock);
    graph
        .entering(state)
        .any(|edge| edge.from.is_some_and(|from| alive.contains(from)))
}

fn told(recipient: &Recipient) -> Told {
    match recipient {
        Recipient::Rule(rule) => Told::Rule(rule.clone()),
        Recipient::OpenTasks => Told::OpenTasks,
    }
}

fn act(file: &Definition, state: &StateId, action: &ActionId) -> Act {
    let found = file
        .states
        .get(state)
        .and_then(|state| state.actions.get(action))
        .or_else(|| file.anytime.get(action));
    let mut leads = Vec::new();
    for (_, step) in found.into_iter().flat_map(|action| steps(&action.way)) {
        let lead = match step {
            Step::To(state) => Leads::To(state.to_string()),
            Step::Back(_) => Leads::Back,
            Step::Close(outcome) => Leads::Close(outcome.to_string()),
            Step::Stay(_) => Leads::Stay,
            Step::Becomes { workflow, .. } => Leads::Becomes(workflow.to_string()),
            Step::Unread(_) => continue,
        };
        if !leads.contains(&lead) {
            leads.push(lead);
        }
    }
    Act {
        action: action.clone(),
        title: found.map(|action| action.title.clone()).unwrap_or_default(),
        leads,
    }
}
