//! What is to be drawn: nodes and edges with their words, in the file's order.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::condition::told;
use crate::texts::{Arg, Language, say};
use crate::workflow::definition::{
    Action, Clock, CountsAs, Definition, JoinCondition, Runs, State, Step as WayStep, Text, Way,
};
use crate::workflow::id::{ActionId, WorkflowId};

/// A picture before it has a form.
#[derive(Clone, Debug)]
pub struct Graph {
    pub title: String,
    pub nodes: IndexMap<String, Node>,
    /// One for each pair of nodes, with all the steps that go that way.
    pub edges: IndexMap<(String, String), Edge>,
    /// The node in which a ticket begins.
    pub start: String,
}

#[derive(Clone, Debug)]
pub struct Node {
    pub kind: NodeKind,
    pub title: String,
    /// Who owns it, its tasks, its clocks: a line each.
    pub lines: Vec<String>,
    /// The usual limit of each clock that runs here.
    pub limits: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    State,
    Pause,
    /// `anytime`: stands for every open state.
    Anytime,
    /// `after_close`: stands for the closed ticket.
    AfterClose,
    Outcome(CountsAs),
    /// The workflow that the ticket becomes.
    Workflow,
    /// Named, but not defined.
    Unknown,
}

#[derive(Clone, Debug, Default)]
pub struct Edge {
    pub steps: Vec<Step>,
}

/// One way along an edge.
#[derive(Clone, Debug)]
pub struct Step {
    pub title: String,
    /// The rules that may do it; empty for what happens by itself.
    pub by: Vec<String>,
    /// The expression of a case, as written.
    pub when: Option<String>,
    /// True for what happens by itself: a join, or an action that a clock does.
    pub by_itself: bool,
}

/// Keys of nodes that are no states; states are ids, which have no dots.
pub const ANYTIME: &str = ".anytime";
pub const AFTER_CLOSE: &str = ".after_close";

fn text(text: &Text, language: Language) -> &str {
    let (wanted, other) = match language {
        Language::Zh => (&text.zh, &text.en),
        Language::En => (&text.en, &text.zh),
    };
    if wanted.is_empty() { other } else { wanted }
}

/// A title, or the id where there is none.
pub(super) fn titled<'a>(title: &'a Text, id: &'a str, language: Language) -> String {
    let title = text(title, language).trim();
    if title.is_empty() { id } else { title }.to_owned()
}

impl Graph {
    /// Calls workflows that a ticket may become by their titles.
    pub fn call(&mut self, titles: &[(WorkflowId, String)], language: Language) {
        for (id, title) in titles {
            if let Some(node) = self.nodes.get_mut(&becomes(id)) {
                node.title = say(language, "draw-becomes", &[("workflow", title.into())]);
            }
        }
    }

    pub fn new(definition: &Definition, language: Language) -> Self {
        let mut drawing = Drawing {
            definition,
            language,
            graph: Self {
                title: titled(&definition.title, definition.workflow.as_str(), language),
                nodes: IndexMap::new(),
                edges: IndexMap::new(),
                start: definition.start.to_string(),
            },
            timed: timed(definition),
        };
        drawing.nodes();
        drawing.edges();
        drawing.graph
    }
}

/// Key of the node for a workflow that a ticket may become.
fn becomes(workflow: &WorkflowId) -> String {
    format!(".becomes.{workflow}")
}

/// Actions that the clocks do.
fn timed(definition: &Definition) -> HashSet<&ActionId> {
    let rungs = definition.clocks.values().flat_map(|clock| &clock.ladder);
    rungs
        .filter_map(|rung| rung.act.as_ref().map(|act| &act.value))
        .collect()
}

struct Drawing<'a> {
    definition: &'a Definition,
    language: Language,
    graph: Graph,
    timed: HashSet<&'a ActionId>,
}

impl<'a> Drawing<'a> {
    fn say(&self, key: &str, arguments: &[(&str, Arg)]) -> String {
        say(self.language, key, arguments)
    }

    fn nodes(&mut self) {
        let definition = self.definition;
        for state in definition.states.values() {
            let kind = if state.pause { NodeKind::Pause } else { NodeKind::State };
            let title = titled(&state.title, state.id.as_str(), self.language);
            self.node(state.id.as_str(), kind, title, self.state_lines(state));
            let limits = self
                .clocks_of(state)
                .filter_map(|clock| self.usual_limit(clock))
                .collect();
            if let Some(node) = self.graph.nodes.get_mut(state.id.as_str()) {
                node.limits = limits;
            }
        }
        if !definition.anytime.is_empty() {
            let lines = definition.clocks.values().filter(|clock| clock.runs == Runs::Open);
            let lines = lines.map(|clock| self.clock(clock)).collect();
            self.node(ANYTIME, NodeKind::Anytime, self.say("draw-anytime", &[]), lines);
        }
        if !definition.states.contains_key(&definition.start.value) {
            let title = definition.start.to_string();
            self.node(&title, NodeKind::Unknown, title.clone(), Vec::new());
        }
        if !definition.after_close.is_empty() {
            self.node(
                AFTER_CLOSE,
                NodeKind::AfterClose,
                self.say("draw-after-close", &[]),
                Vec::new(),
            );
        }
    }

    fn node(&mut self, key: &str, kind: NodeKind, title: String, lines: Vec<String>) {
        let node = Node {
            kind,
            title,
            lines,
            limits: Vec::new(),
        };
        self.graph.nodes.entry(key.to_owned()).or_insert(node);
    }

    fn state_lines(&self, state: &State) -> Vec<String> {
        let mut lines = vec![self.say("draw-owner", &[("owner", state.owner.as_str().into())])];
        for task in state.tasks.values() {
            let title = titled(&task.title, task.key.as_str(), self.language);
            let arguments = [("task", Arg::from(title)), ("owner", task.owner.as_str().into())];
            lines.push(self.say("draw-task", &arguments));
        }
        lines.extend(self.clocks_of(state).map(|clock| self.clock(clock)));
        lines
    }

    /// Clocks that run in this state or for its tasks; those of all open states stand beside `anytime`, or beside
    /// the start where there is no such node.
    fn clocks_of(&self, state: &'a State) -> impl Iterator<Item = &'a Clock> + use<'a> {
        let is_home = self.definition.anytime.is_empty() && state.id == self.definition.start.value;
        self.definition.clocks.values().filter(move |clock| match &clock.runs {
            Runs::Open => is_home,
            Runs::States(states) => states.iter().any(|id| id.value == state.id),
            Runs::Task { keys, .. } => {
                !state.tasks.is_empty()
                    && (keys.is_empty() || keys.iter().any(|key| state.tasks.contains_key(&key.value)))
            }
        })
    }

    fn clock(&self, clock: &Clock) -> String {
        let title = titled(&clock.title, clock.id.as_str(), self.language);
        let arguments = [("clock", Arg::from(title)), ("limit", self.limits(clock).into())];
        self.say("draw-clock", &arguments)
    }

    /// All limits a clock may have, the usual one (its last case) first.
    fn limits(&self, clock: &Clock) -> String {
        let mut limits = Vec::new();
        for case in clock.limit.iter().rev() {
            let words = case.is.value.words(self.language);
            if !limits.contains(&words) {
                limits.push(words);
            }
        }
        limits.join(" / ")
    }

    /// The limit of the last case, which takes what no other does.
    fn usual_limit(&self, clock: &Clock) -> Option<String> {
        clock.limit.last().map(|case| case.is.value.words(self.language))
    }

    fn edges(&mut self) {
        let definition = self.definition;
        for state in definition.states.values() {
            for action in state.actions.values() {
                self.action(state.id.as_str(), action);
            }
            for join in &state.joins {
                let step = Step {
                    title: self.join(join.condition),
                    by: Vec::new(),
                    when: None,
                    by_itself: true,
                };
                self.way(state.id.as_str(), &join.way, &step);
            }
        }
        for action in definition.anytime.values() {
            self.action(ANYTIME, action);
        }
        for action in definition.after_close.values() {
            self.action(AFTER_CLOSE, action);
        }
    }

    fn join(&self, condition: JoinCondition) -> String {
        match condition {
            JoinCondition::AnyReturned => self.say("draw-any-returned", &[]),
            JoinCondition::AllDone => self.say("draw-all-done", &[]),
            JoinCondition::LeadDone => self.say("draw-lead-done", &[]),
            JoinCondition::NDone(count) => self.say("draw-n-done", &[("count", i64::from(count).into())]),
        }
    }

    fn action(&mut self, from: &str, action: &Action) {
        let step = Step {
            title: titled(&action.title, action.id.as_str(), self.language),
            by: action.by.iter().map(|rule| rule.to_string()).collect(),
            when: None,
            by_itself: self.timed.contains(&action.id),
        };
        self.way(from, &action.way, &step);
    }

    fn way(&mut self, from: &str, way: &Way, step: &Step) {
        match way {
            Way::One(to) => self.step(from, to, step.clone()),
            Way::Cases(cases) => {
                for case in cases {
                    let when = match &case.when {
                        Some(when) => told(&when.text, self.definition, self.language),
                        None => self.say("draw-else", &[]),
                    };
                    let step = Step {
                        when: Some(when),
                        ..step.clone()
                    };
                    self.step(from, &case.step, step);
                }
            }
        }
    }

    fn step(&mut self, from: &str, to: &WayStep, step: Step) {
        match to {
            WayStep::To(state) => {
                if !self.definition.states.contains_key(&state.value) {
                    self.node(state.as_str(), NodeKind::Unknown, state.to_string(), Vec::new());
                }
                self.edge(from, state.as_str(), step);
            }
            WayStep::Back(_) => {
                for origin in self.origins(from) {
                    self.edge(from, &origin, step.clone());
                }
            }
            WayStep::Close(outcome) => {
                let key = format!(".closed.{outcome}", outcome = outcome.value);
                let (kind, title) = match self.definition.outcomes.get(&outcome.value) {
                    Some(known) => {
                        let title = titled(&known.title, outcome.as_str(), self.language);
                        (NodeKind::Outcome(known.counts_as), title)
                    }
                    None => (NodeKind::Unknown, outcome.to_string()),
                };
                self.node(&key, kind, title, Vec::new());
                self.edge(from, &key, step);
            }
            WayStep::Becomes { workflow, .. } => {
                let key = becomes(&workflow.value);
                let title = self.say("draw-becomes", &[("workflow", workflow.as_str().into())]);
                self.node(&key, NodeKind::Workflow, title, Vec::new());
                self.edge(from, &key, step);
            }
            WayStep::Stay(_) | WayStep::Unread(_) => {}
        }
    }

    fn edge(&mut self, from: &str, to: &str, step: Step) {
        // A step to where one is already is drawn by nobody legibly; its action is listed on the ticket's page.
        if from != to && !from.is_empty() && !to.is_empty() {
            let edge = self.graph.edges.entry((from.to_owned(), to.to_owned())).or_default();
            edge.steps.push(step);
        }
    }

    /// Where `back` leads from this pause state: to every state in which an action leads here.
    fn origins(&self, pause: &str) -> Vec<String> {
        let leads_here = |action: &&Action| ways(&action.way).any(|step| is_to(step, pause));
        let mut origins = Vec::new();
        for state in self.definition.states.values() {
            if state.actions.values().any(|action| leads_here(&action)) {
                origins.push(state.id.to_string());
            }
        }
        for action in self.definition.anytime.values().filter(leads_here) {
            if action.only_in.is_empty() {
                origins.push(ANYTIME.to_owned());
            }
            origins.extend(action.only_in.iter().map(|state| state.value.to_string()));
        }
        origins.dedup();
        origins
    }
}

fn ways(way: &Way) -> Box<dyn Iterator<Item = &WayStep> + '_> {
    match way {
        Way::One(step) => Box::new(std::iter::once(step)),
        Way::Cases(cases) => Box::new(cases.iter().map(|case| &case.step)),
    }
}

fn is_to(step: &WayStep, state: &str) -> bool {
    matches!(step, WayStep::To(to) if to.as_str() == state)
}

impl Step {
    /// How it happens without anybody doing it, where it does.
    pub fn how(&self, language: Language) -> Option<String> {
        let key = if self.by.is_empty() {
            "draw-itself"
        } else {
            "draw-by-clock"
        };
        self.by_itself.then(|| say(language, key, &[]))
    }
}

impl Node {
    /// True for what stands for the closed ticket.
    pub fn is_end(&self) -> bool {
        match self.kind {
            NodeKind::Outcome(_) | NodeKind::Workflow => true,
            NodeKind::State | NodeKind::Pause | NodeKind::Anytime | NodeKind::AfterClose | NodeKind::Unknown => false,
        }
    }
}
