//! Every name that is used is defined: S01, O02, P01, F01, F03, M02, C01, K05. The nearest right name is the fix.

use std::fmt::Display;

use crate::workflow::definition::{
    Action, At, Definition, ExtendBy, From, PeopleSource, Recipient, RoleOf, Runs, Span, Step, Way,
};
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::{ActionId, ClockId, FieldId, MessageId, OutcomeId, RuleId, StateId, TaskKey};
use crate::workflow::nearest::nearest;
use crate::workflow::value::FieldType;

use super::builtin;
use super::graph::steps;

pub(super) fn check(file: &Definition, findings: &mut Findings) {
    let mut names = Names { file, findings };
    names.file();
    names.states();
    names.people();
    names.routing();
    names.clocks();
}

/// A name that is not defined, with the nearest one that is.
pub(super) fn unknown<'a, T: Display>(
    code: Code,
    parameter: &'static str,
    written: &At<T>,
    known: impl IntoIterator<Item = &'a str>,
) -> Finding {
    unknown_at(code, parameter, &written.value, written.span, known)
}

pub(super) fn unknown_at<'a, T: Display>(
    code: Code,
    parameter: &'static str,
    written: &T,
    span: Span,
    known: impl IntoIterator<Item = &'a str>,
) -> Finding {
    let written = written.to_string();
    let near = nearest(&written, known);
    Finding::new(code, span).with(parameter, written).near(near)
}

/// Names that a state cannot have: they mean something already.
const RESERVED_STATES: &[&str] = &["closed", "back", "open"];

struct Names<'a, 'f> {
    file: &'a Definition,
    findings: &'f mut Findings,
}

impl Names<'_, '_> {
    fn file(&mut self) {
        self.state(&self.file.start);
        for action in self.file.anytime.values().chain(self.file.after_close.values()) {
            self.action(action);
        }
    }

    fn states(&mut self) {
        for state in self.file.states.values() {
            if RESERVED_STATES.contains(&state.id.as_str()) {
                let finding = Finding::new(Code::S01, state.span)
                    .variant("reserved")
                    .with("state", &state.id);
                self.findings.add(finding);
            }
            self.rule(&state.owner);
            for action in state.actions.values() {
                self.action(action);
            }
            for task in state.tasks.values() {
                self.rule(&task.owner);
                self.field(&task.field);
                for field in task.require.iter().chain(&task.ask) {
                    self.field(field);
                }
            }
            for join in &state.joins {
                self.way(&join.way);
            }
        }
    }

    fn action(&mut self, action: &Action) {
        for rule in &action.by {
            self.rule(rule);
        }
        for field in action.require.iter().chain(&action.ask) {
            self.field(field);
        }
        for (field, _) in &action.set {
            self.field(field);
        }
        for state in &action.only_in {
            self.state(state);
        }
        self.tell(&action.tell);
        if let Some(message) = &action.say {
            self.message(message);
        }
        if let Some(extend) = &action.extend {
            self.clock(&extend.clock);
            if let ExtendBy::Field(field) = &extend.by {
                self.field(field);
            }
        }
        self.again(action);
        self.way(&action.way);
    }

    /// K05: the tasks of the states that the action leads into.
    fn again(&mut self, action: &Action) {
        let mut keys: Vec<&str> = Vec::new();
        let mut certain = true;
        for (_, step) in steps(&action.way) {
            match step {
                Step::To(target) => match self.file.states.get(&target.value) {
                    Some(state) => keys.extend(state.tasks.keys().map(TaskKey::as_str)),
                    None => certain = false,
                },
                Step::Unread(_) => certain = false,
                Step::Back(_) | Step::Close(_) | Step::Stay(_) | Step::Becomes { .. } => {}
            }
        }
        for key in action.again.iter().filter(|key| certain && !key.as_str().is_empty()) {
            if !keys.contains(&key.as_str()) {
                self.findings.add(unknown(Code::K05, "task", key, keys.iter().copied()));
            }
        }
    }

    fn way(&mut self, way: &Way) {
        for (_, step) in steps(way) {
            match step {
                Step::To(state) => self.state(state),
                Step::Close(outcome) => self.outcome(outcome),
                Step::Becomes { end, .. } => {
                    for clock in end.iter().filter(|clock| !self.file.clocks.contains_key(&clock.value)) {
                        if !clock.as_str().is_empty() {
                            let known = self.file.clocks.keys().map(ClockId::as_str);
                            self.findings
                                .add(unknown(Code::B05, "clock", clock, known).variant("end"));
                        }
                    }
                }
                Step::Back(_) | Step::Stay(_) | Step::Unread(_) => {}
            }
        }
    }

    fn people(&mut self) {
        for rule in self.file.people.values() {
            if let Some(next) = &rule.otherwise {
                self.rule(next);
            }
            if let Some(field) = &rule.not {
                self.field(field);
            }
            match &rule.source {
                PeopleSource::Role {
                    of: Some(RoleOf::Field(field)),
                    ..
                } => self.field(field),
                PeopleSource::DoerOf(action) => self.doable(action, "doer-of"),
                PeopleSource::Role { .. } | PeopleSource::Creator | PeopleSource::Assignee => {}
            }
        }
    }

    fn routing(&mut self) {
        for row in &self.file.routing {
            for (field, _) in &row.when {
                self.field(field);
            }
            for (field, _) in &row.fill {
                self.field(field);
            }
        }
    }

    fn clocks(&mut self) {
        for clock in self.file.clocks.values() {
            match &clock.runs {
                Runs::Open => {}
                Runs::States(states) => states.iter().for_each(|state| self.clock_state(&clock.id, state)),
                Runs::Task { keys, .. } => {
                    let known: Vec<&str> = self
                        .file
                        .states
                        .values()
                        .flat_map(|state| state.tasks.keys())
                        .map(TaskKey::as_str)
                        .collect();
                    for key in keys
                        .iter()
                        .filter(|key| !key.as_str().is_empty() && !known.contains(&key.as_str()))
                    {
                        let finding = unknown(Code::K05, "task", key, known.iter().copied());
                        self.findings.add(finding.variant("clock").with("clock", &clock.id));
                    }
                }
            }
            for state in &clock.paused_in {
                self.clock_state(&clock.id, state);
            }
            if let Some(From::Field(field)) = &clock.from {
                self.field(field);
            }
            for action in &clock.until {
                self.doable(action, "until");
            }
            for rung in &clock.ladder {
                self.tell(&rung.tell);
                if let Some(message) = &rung.say {
                    self.message(message);
                }
                if let Some(act) = &rung.act {
                    self.act(&clock.id, act);
                }
            }
        }
    }

    fn state(&mut self, state: &At<StateId>) {
        if state.as_str().is_empty() || self.file.states.contains_key(&state.value) || self.findings.is_full() {
            return;
        }
        let finding = unknown(Code::S01, "state", state, self.file.states.keys().map(StateId::as_str));
        let finding = match state.as_str() {
            "closed" => finding.variant("closed"),
            _ => finding,
        };
        self.findings.add(finding);
    }

    /// C01.
    fn clock_state(&mut self, clock: &ClockId, state: &At<StateId>) {
        if !state.as_str().is_empty() && !self.file.states.contains_key(&state.value) {
            let known = self.file.states.keys().map(StateId::as_str);
            self.findings
                .add(unknown(Code::C01, "state", state, known).with("clock", clock));
        }
    }

    fn clock(&mut self, clock: &At<ClockId>) {
        if !clock.as_str().is_empty() && !self.file.clocks.contains_key(&clock.value) {
            let known = self.file.clocks.keys().map(ClockId::as_str);
            self.findings
                .add(unknown(Code::C01, "clock", clock, known).variant("clock"));
        }
    }

    fn outcome(&mut self, outcome: &At<OutcomeId>) {
        if !outcome.as_str().is_empty() && !self.file.outcomes.contains_key(&outcome.value) && !self.findings.is_full()
        {
            let known = self.file.outcomes.keys().map(OutcomeId::as_str);
            self.findings.add(unknown(Code::O02, "outcome", outcome, known));
        }
    }

    fn rule(&mut self, rule: &At<RuleId>) {
        if !rule.as_str().is_empty() && !self.file.people.contains_key(&rule.value) && !self.findings.is_full() {
            let known = self.file.people.keys().map(RuleId::as_str);
            self.findings.add(unknown(Code::P01, "rule", rule, known));
        }
    }

    fn tell(&mut self, recipients: &[At<Recipient>]) {
        for recipient in recipients {
            if let Recipient::Rule(rule) = &recipient.value
                && !rule.as_str().is_empty()
                && !self.file.people.contains_key(rule)
                && !self.findings.is_full()
            {
                let known = self.file.people.keys().map(RuleId::as_str).chain(["open_tasks"]);
                self.findings
                    .add(unknown_at(Code::P01, "rule", rule, recipient.span, known));
            }
        }
    }

    fn field(&mut self, field: &At<FieldId>) {
        if !field.as_str().is_empty() && !self.file.fields.contains_key(&field.value) && !self.findings.is_full() {
            let known = self.file.fields.keys().map(FieldId::as_str);
            self.findings.add(unknown(Code::F01, "field", field, known));
        }
    }

    fn message(&mut self, message: &At<MessageId>) {
        if !message.as_str().is_empty() && !self.file.messages.contains_key(&message.value) {
            let known = self.file.messages.keys().map(MessageId::as_str);
            self.findings.add(unknown(Code::M02, "message", message, known));
        }
    }

    /// C07: what a clock does is an action of the file.
    fn act(&mut self, clock: &ClockId, act: &At<ActionId>) {
        let own = || super::actions(self.file).map(|(_, action)| action.id.as_str());
        if act.as_str().is_empty() || self.findings.is_full() || own().any(|known| known == act.as_str()) {
            return;
        }
        let variant = if builtin::is_builtin(&act.value) {
            "builtin"
        } else {
            "unknown"
        };
        let finding = unknown(Code::C07, "action", act, own()).variant(variant);
        self.findings.add(finding.with("clock", clock));
    }

    /// F03: an action of the file or a built-in one.
    fn doable(&mut self, action: &At<ActionId>, variant: &'static str) {
        let known = builtin::actions(self.file);
        if !action.as_str().is_empty() && !known.contains(&action.as_str()) && !self.findings.is_full() {
            self.findings
                .add(unknown(Code::F03, "action", action, known).variant(variant));
        }
    }
}

/// The word for a field's type, as written in a file.
pub(super) fn type_word(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Text => "text",
        FieldType::Number => "number",
        FieldType::Money => "money",
        FieldType::YesNo => "yes_no",
        FieldType::Choice => "choice",
        FieldType::Time => "time",
        FieldType::Phone => "phone",
        FieldType::Department => "department",
        FieldType::Departments => "departments",
        FieldType::Person => "person",
        FieldType::List => "list",
    }
}
