//! What a workflow file says, in words: state by state who has the ticket, what can be done and by whom, what happens
//! when nobody does anything (the proof), and who stands behind whom.

use serde::Serialize;

use crate::texts::{Arg, Language, say};
use crate::workflow::definition::{Action, Definition, PeopleSource, Step, Way};
use crate::workflow::draw::condition_words;
use crate::workflow::id::{RuleId, WorkflowId};
use crate::workflow::prove::{ClockProof, Leads, StateProof, Told as Recipients, prove};

use super::words::{Names, text};

/// The whole file.
#[derive(Serialize)]
pub struct Told {
    states: Vec<StateView>,
    /// Actions of every open state, and those after closing.
    anytime: Vec<ActionView>,
    after_close: Vec<ActionView>,
    /// Clocks that go on from state to state.
    shared: Vec<String>,
    chains: Vec<Vec<String>>,
}

#[derive(Serialize)]
struct StateView {
    id: String,
    title: String,
    owner: String,
    start: bool,
    pause: bool,
    actions: Vec<ActionView>,
    tasks: Vec<TaskView>,
    /// What happens by itself, the first first.
    clocks: Vec<String>,
    /// Clocks told below, because they go on.
    further: String,
}

#[derive(Serialize)]
struct ActionView {
    title: String,
    by: String,
    leads: String,
}

#[derive(Serialize)]
struct TaskView {
    title: String,
    owner: String,
}

/// Tells the file; `titles` are those of other workflows.
pub fn told(definition: &Definition, names: &Names<'_>, titles: &[(WorkflowId, String)]) -> Told {
    let teller = Teller {
        definition,
        names,
        titles,
    };
    let proof = prove(definition);
    // Rules of different names may mean the same people: each chain is told once.
    let mut chains: Vec<Vec<String>> = Vec::new();
    for chain in &proof.people {
        let told: Vec<String> = chain.iter().map(|rule| teller.rule(rule)).collect();
        if !chains.contains(&told) {
            chains.push(told);
        }
    }
    Told {
        states: proof.states.iter().filter_map(|state| teller.state(state)).collect(),
        anytime: definition
            .anytime
            .values()
            .map(|action| teller.action(action))
            .collect(),
        after_close: definition
            .after_close
            .values()
            .map(|action| teller.action(action))
            .collect(),
        shared: proof.shared().iter().map(|clock| teller.clock(clock)).collect(),
        chains,
    }
}

struct Teller<'d> {
    definition: &'d Definition,
    names: &'d Names<'d>,
    titles: &'d [(WorkflowId, String)],
}

impl Teller<'_> {
    fn language(&self) -> Language {
        self.names.language
    }

    fn joined(&self, words: &[String]) -> String {
        words.join(&say(self.language(), "list-comma", &[]))
    }

    fn state(&self, proof: &StateProof) -> Option<StateView> {
        let state = self.definition.states.get(&proof.state)?;
        let (further, own): (Vec<_>, Vec<_>) = proof.clocks.iter().partition(|clock| clock.again);
        let further: Vec<String> = further
            .iter()
            .map(|clock| text(&clock.title, self.language()))
            .collect();
        Some(StateView {
            id: state.id.to_string(),
            title: text(&state.title, self.language()),
            owner: self.rule(&state.owner),
            start: *self.definition.start == state.id,
            pause: state.pause,
            actions: state.actions.values().map(|action| self.action(action)).collect(),
            tasks: state
                .tasks
                .values()
                .map(|task| TaskView {
                    title: text(&task.title, self.language()),
                    owner: self.rule(&task.owner),
                })
                .collect(),
            clocks: own.into_iter().map(|clock| self.clock(clock)).collect(),
            further: self.joined(&further),
        })
    }

    fn action(&self, action: &Action) -> ActionView {
        let by: Vec<String> = action.by.iter().map(|rule| self.rule(rule)).collect();
        let mut leads: Vec<String> = Vec::new();
        for step in steps(&action.way) {
            let lead = self.step(step);
            if !leads.contains(&lead) {
                leads.push(lead);
            }
        }
        ActionView {
            title: text(&action.title, self.language()),
            by: self.joined(&by),
            leads: self.joined(&leads),
        }
    }

    fn step(&self, step: &Step) -> String {
        let language = self.language();
        match step {
            Step::To(state) => match self.definition.states.get(&state.value) {
                Some(known) => text(&known.title, language),
                None => state.to_string(),
            },
            Step::Back(_) => say(language, "proof-back", &[]),
            Step::Close(outcome) => {
                let known = self.definition.outcomes.get(&outcome.value);
                let title = known.map_or_else(|| outcome.to_string(), |known| text(&known.title, language));
                say(language, "workflow-closes", &[("outcome", Arg::from(title))])
            }
            Step::Stay(_) => say(language, "proof-stay", &[]),
            Step::Becomes { workflow, .. } => {
                let title = self.workflow(workflow.as_str());
                say(language, "workflow-becomes", &[("workflow", Arg::from(title))])
            }
            Step::Unread(_) => String::new(),
        }
    }

    fn workflow(&self, id: &str) -> String {
        let known = self.titles.iter().find(|(known, _)| known.as_str() == id);
        known.map_or_else(|| id.to_owned(), |(_, title)| title.clone())
    }

    /// What a clock does, with titles in place of the ids that the proof speaks of.
    fn clock(&self, clock: &ClockProof) -> String {
        let mut told = clock.clone();
        for step in &mut told.steps {
            for one in &mut step.tell {
                if let Recipients::Rule(rule) = one {
                    *rule = RuleId::new(self.rule(rule));
                }
            }
            for case in &mut step.after {
                case.when = case
                    .when
                    .as_deref()
                    .map(|when| condition_words(when, self.definition, self.language()));
            }
            for lead in step.act.iter_mut().flat_map(|act| &mut act.leads) {
                self.lead(lead);
            }
        }
        told.sentence(self.language())
    }

    fn lead(&self, lead: &mut Leads) {
        match lead {
            Leads::To(state) => {
                let known = self.definition.states.iter().find(|(id, _)| id.as_str() == state);
                if let Some((_, known)) = known {
                    *state = text(&known.title, self.language());
                }
            }
            Leads::Close(outcome) => {
                let known = self.definition.outcomes.iter().find(|(id, _)| id.as_str() == outcome);
                if let Some((_, known)) = known {
                    *outcome = text(&known.title, self.language());
                }
            }
            Leads::Becomes(workflow) => *workflow = self.workflow(workflow),
            Leads::Back | Leads::Stay => {}
        }
    }

    /// Who is meant: the role by its title where the rule asks for one.
    fn rule(&self, id: &RuleId) -> String {
        let language = self.language();
        let Some(rule) = self.definition.people.get(id) else {
            return id.to_string();
        };
        match &rule.source {
            PeopleSource::Role { role, of, on_duty } => {
                let known = self.names.directory.roles.get(&role.value);
                let role = known.map_or_else(|| role.to_string(), |title| text(title, language));
                let key = match (of.is_some(), *on_duty) {
                    (false, false) => return role,
                    (true, false) => "workflow-role-of-department",
                    (false, true) => "workflow-role-on-duty",
                    (true, true) => "workflow-role-of-department-on-duty",
                };
                say(language, key, &[("role", Arg::from(role))])
            }
            PeopleSource::Creator => say(language, "workflow-creator", &[]),
            PeopleSource::Assignee => say(language, "workflow-assignee", &[]),
            PeopleSource::DoerOf(action) => {
                let title = self.titled(action.as_str());
                say(language, "workflow-doer", &[("what", Arg::from(title))])
            }
        }
    }

    /// The title of an action, wherever it stands.
    fn titled(&self, id: &str) -> String {
        let everywhere = self.definition.states.values().flat_map(|state| state.actions.values());
        let mut known = everywhere
            .chain(self.definition.anytime.values())
            .chain(self.definition.after_close.values());
        let found = known.find(|action| action.id.as_str() == id);
        found.map_or_else(|| id.to_owned(), |action| text(&action.title, self.language()))
    }
}

fn steps(way: &Way) -> Vec<&Step> {
    match way {
        Way::One(step) => vec![step],
        Way::Cases(cases) => cases.iter().map(|case| &case.step).collect(),
    }
}
