//! Whether a workflow file holds together: every code of LANGUAGE.md but those of reading.
//!
//! [`check`] compiles the expressions in place, then asks each family its question. A family is a file with one
//! function over the [`Ground`] (the definition, what is known around it, the graph of its steps, what is surely
//! filled where); it only adds findings and never stops at the first. What could not be read is an empty id or an
//! `Unread` step here and is passed over in silence: `read` has said it.
//!
//! ```text
//!            ┌─ graph   who goes where, by whom, on the way through which case
//! Ground ────┤
//!            └─ filled  fields that are filled on every path into a state
//!               │
//!    states · branches · tasks · people · fields · routing · clocks · ladders · loops · messages · eyes · in_flight · stories
//! ```

mod branches;
pub mod builtin;
mod clocks;
mod eyes;
mod fields;
mod filled;
mod graph;
mod in_flight;
mod ladders;
pub mod limits;
mod loops;
mod meant;
mod messages;
mod names;
mod people;
mod routing;
mod states;
mod stories;
mod tasks;

use indexmap::IndexMap;

use super::definition::{Action, Definition};
use super::directory::Directory;
use super::expression::{Known, Type};
use super::finding::{Finding, Findings};
use super::id::{ClockId, StateId, WorkflowId};
use super::moment::Moment;

pub(in crate::workflow) use clocks::is_certain;
pub(in crate::workflow) use graph::{Edge, Graph, Target, alive_in, runs_in, steps};
pub use people::LEVELS_MAX;
pub(in crate::workflow) use people::people_of;

/// What is known beside the file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings<'a> {
    /// Departments, roles, members, calendars; without it nothing is said about them.
    pub directory: Option<&'a Directory>,
    /// When the directory is asked: memberships have a validity.
    pub now: Moment,
    /// The other kinds, for `becomes` (B05); without them nothing is said about them.
    pub others: Option<&'a Others>,
    /// The version that `in_flight` takes over from, where it is known (V01).
    pub previous: Option<&'a Definition>,
    /// Parts of the file could not be read: what seems to be missing or unused may stand in them, so nothing is said
    /// about that.
    pub incomplete: bool,
}

/// The other workflows and the clocks that each has.
pub type Others = IndexMap<WorkflowId, Vec<ClockId>>;

/// Everything that is wrong with the file. Afterwards all expressions without a finding can be run.
pub fn check(definition: &mut Definition, around: &Surroundings) -> Findings {
    let mut findings = Findings::default();
    if let Some(finding) = limits::check(definition) {
        findings.add(finding);
        return findings;
    }
    let known = Known::of(definition, around.directory);
    for expression in definition.conditions_mut() {
        if findings.is_full() {
            break;
        }
        let problems = expression.compile(&known, &Type::YesNo);
        findings.extend(
            problems
                .iter()
                .map(|problem| Finding::of_expression(expression, problem)),
        );
    }
    names::check(definition, &mut findings);
    let meant = meant::meant(definition);
    let ground = Ground::new(meant.as_ref().unwrap_or(definition), around);
    for family in FAMILIES {
        family(&ground, &mut findings);
    }
    findings
}

const FAMILIES: &[fn(&Ground, &mut Findings)] = &[
    states::check,
    branches::check,
    tasks::check,
    people::check,
    fields::check,
    routing::check,
    clocks::check,
    ladders::check,
    loops::check,
    messages::check,
    eyes::check,
    in_flight::check,
    stories::check,
];

/// What every family stands on.
struct Ground<'a> {
    file: &'a Definition,
    around: &'a Surroundings<'a>,
    graph: Graph<'a>,
    filled: filled::Filled<'a>,
}

impl<'a> Ground<'a> {
    fn new(file: &'a Definition, around: &'a Surroundings<'a>) -> Self {
        let graph = Graph::new(file);
        let filled = filled::Filled::new(file, &graph);
        Self {
            file,
            around,
            graph,
            filled,
        }
    }

    /// Every action with the state it belongs to; `None` for `anytime` and `after_close`.
    fn actions(&self) -> impl Iterator<Item = (Option<&'a StateId>, &'a Action)> {
        actions(self.file)
    }
}

fn actions(file: &Definition) -> impl Iterator<Item = (Option<&StateId>, &Action)> {
    let in_states = file
        .states
        .values()
        .flat_map(|state| state.actions.values().map(move |action| (Some(&state.id), action)));
    let others = file.anytime.values().chain(file.after_close.values());
    in_states.chain(others.map(|action| (None, action)))
}
