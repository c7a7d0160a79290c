//! F: fields and expressions. They have types, say why they refuse, and are filled where they are needed.

use std::collections::{HashMap, HashSet};

use crate::workflow::definition::{Action, At, Definition, ExtendBy, Field, From, Message, SetTo};
use crate::workflow::expression::Expression;
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::{FieldId, MessageId, StateId};
use crate::workflow::value::{FieldType, Value};

use super::filled::Fields;
use super::graph::{Driver, possible_in, runs_in};
use super::{Ground, messages};

pub(super) fn check(ground: &Ground, findings: &mut Findings) {
    sentences(ground, findings);
    never_asked(ground, findings);
    constants(ground, findings);
    extensions(ground, findings);
    // What fills a field may be what could not be read.
    if !ground.around.incomplete {
        conditions(ground, findings);
        limits(ground, findings);
        subject(ground, findings);
        told(ground, findings);
    }
}

/// F07: `check` with `otherwise`, `only_if` with `because`.
fn sentences(ground: &Ground, findings: &mut Findings) {
    let silent = |text: &crate::workflow::definition::Text| text.zh.is_empty() && text.en.is_empty();
    for field in ground.file.fields.values() {
        if let Some(check) = field.check.as_ref().filter(|check| silent(&check.otherwise)) {
            findings.add(Finding::new(Code::F07, check.condition.span).with("field", &field.id));
        }
    }
    for (_, action) in ground.actions() {
        if let Some(guard) = action.only_if.as_ref().filter(|guard| silent(&guard.otherwise)) {
            findings.add(
                Finding::new(Code::F07, guard.condition.span)
                    .variant("action")
                    .with("action", &action.id),
            );
        }
    }
}

/// F05: nobody is ever asked for it, no row and no action fills it in.
fn never_asked(ground: &Ground, findings: &mut Findings) {
    if ground.around.incomplete {
        return;
    }
    let mut asked: HashSet<&FieldId> = HashSet::new();
    for (_, action) in ground.actions() {
        asked.extend(action.require.iter().chain(&action.ask).map(|field| &field.value));
        asked.extend(action.set.iter().map(|(field, _)| &field.value));
    }
    for task in ground.file.states.values().flat_map(|state| state.tasks.values()) {
        asked.extend(task.require.iter().chain(&task.ask).map(|field| &field.value));
    }
    for row in &ground.file.routing {
        asked.extend(row.fill.iter().map(|(field, _)| &field.value));
    }
    for field in ground.file.fields.values().filter(|field| !asked.contains(&field.id)) {
        findings.add(Finding::new(Code::F05, field.span).with("field", &field.id));
    }
}

/// F02: `set` gives a value of the field's type.
fn constants(ground: &Ground, findings: &mut Findings) {
    for (_, action) in ground.actions() {
        for (name, value) in &action.set {
            let Some(field) = ground.file.fields.get(&name.value) else {
                continue;
            };
            if !fits(field, &value.value) {
                let finding = Finding::new(Code::F02, value.span)
                    .variant("constant")
                    .with("field", &field.id);
                findings.add(finding.with("type", super::names::type_word(field.kind)));
            }
        }
    }
}

fn fits(field: &Field, value: &SetTo) -> bool {
    match value {
        SetTo::Now => field.kind == FieldType::Time,
        SetTo::Constant(value) => match (value, field.kind) {
            (Value::Choice(option), FieldType::Choice) => field.options.contains_key(option),
            (Value::Text(_), FieldType::Text)
            | (Value::Number(_), FieldType::Number)
            | (Value::Money(_), FieldType::Money)
            | (Value::YesNo(_), FieldType::YesNo)
            | (Value::Time(_), FieldType::Time)
            | (Value::Phone(_), FieldType::Phone)
            | (Value::Department(_), FieldType::Department)
            | (Value::Departments(_), FieldType::Departments)
            | (Value::Person(_), FieldType::Person)
            | (Value::List(_), FieldType::List) => true,
            (_, _) => false,
        },
    }
}

/// F04 in `only_if` (before the fields of the action are given) and in the cases of ways (after).
///
/// A `check` needs nothing: it runs when all fields that it names are filled (docs/workflows.md).
fn conditions(ground: &Ground, findings: &mut Findings) {
    let mut holes = Holes::new(ground.file);
    for (home, action) in ground.actions() {
        let Some(guard) = &action.only_if else { continue };
        for from in origins(ground, home, action) {
            let before = match from {
                Some(state) => ground.filled.on_entry(state),
                None => ground.filled.at_closing(),
            };
            if let Some(before) = before {
                holes.look(&guard.condition, before, from, findings);
            }
        }
    }
    for edge in &ground.graph.edges {
        // The conditions before this case stand at edges of their own.
        let Some(condition) = edge.condition() else { continue };
        if let Some(after) = ground.filled.along(edge) {
            holes.look(condition, &after, edge.from, findings);
        }
    }
}

/// Where an action is done: open states, or `None` for the closed ticket.
fn origins<'a>(ground: &Ground<'a>, home: Option<&'a StateId>, action: &'a Action) -> Vec<Option<&'a StateId>> {
    match action.place {
        crate::workflow::definition::Place::AfterClose => vec![None],
        crate::workflow::definition::Place::State | crate::workflow::definition::Place::Anytime => {
            possible_in(ground.file, home, action).into_iter().map(Some).collect()
        }
    }
}

/// F04: conditions that would fail, and the step with them (rule 6: an empty field never counts as «no»).
struct Holes<'a> {
    file: &'a Definition,
    /// What a condition needs, by its place.
    needed: HashMap<usize, Fields<'a>>,
    told: HashSet<(usize, &'a FieldId)>,
}

impl<'a> Holes<'a> {
    fn new(file: &'a Definition) -> Self {
        Self {
            file,
            needed: HashMap::new(),
            told: HashSet::new(),
        }
    }

    fn look(&mut self, condition: &Expression, filled: &Fields<'a>, state: Option<&StateId>, findings: &mut Findings) {
        // What does not compile has its finding.
        if !condition.is_compiled() {
            return;
        }
        let file = self.file;
        let needed = self.needed.entry(condition.span.start).or_insert_with(|| {
            // An empty list is a list of nothing: nothing fails.
            let is_list = |field: &FieldId| {
                let known = file.fields.get(field);
                known.is_some_and(|field| matches!(field.kind, FieldType::Departments | FieldType::List))
            };
            Fields::of(file, condition.needed_fields().iter().filter(|field| !is_list(field)))
        });
        for field in filled.lacking(needed) {
            if self.told.insert((condition.span.start, field)) {
                let finding = Finding::new(Code::F04, condition.span).with("field", field);
                findings.add(finding.with("state", state.map_or("closed", StateId::as_str)));
            }
        }
    }
}

/// F04 in the cases of a limit: chosen on entry, and anew when a field changes (L6).
fn limits(ground: &Ground, findings: &mut Findings) {
    let mut holes = Holes::new(ground.file);
    for clock in ground.file.clocks.values() {
        for state in runs_in(ground.file, clock) {
            let Some(filled) = ground.filled.on_entry(state) else {
                continue;
            };
            for condition in clock.limit.iter().filter_map(|case| case.when.as_ref()) {
                holes.look(condition, filled, Some(state), findings);
            }
        }
    }
}

/// F02 and F04 of `extend: {by: FIELD}`; F02 of `from: FIELD` and `not: FIELD`.
fn extensions(ground: &Ground, findings: &mut Findings) {
    for (home, action) in ground.actions() {
        let Some(ExtendBy::Field(name)) = action.extend.as_ref().map(|extend| &extend.by) else {
            continue;
        };
        let Some(field) = ground.file.fields.get(&name.value) else {
            continue;
        };
        if field.kind != FieldType::Number {
            findings.add(
                Finding::new(Code::F02, name.span)
                    .variant("extend")
                    .with("field", &field.id),
            );
            continue;
        }
        for from in origins(ground, home, action) {
            let Some(after) = ground.filled.after(from, action) else {
                continue;
            };
            if !after.contains(&field.id) && !ground.around.incomplete {
                let finding = Finding::new(Code::F04, name.span).with("field", &field.id);
                findings.add(finding.with("state", from.map_or("closed", StateId::as_str)));
                break;
            }
        }
    }
    for rule in ground.file.people.values() {
        if let Some(name) = &rule.not
            && ground
                .file
                .fields
                .get(&name.value)
                .is_some_and(|field| field.kind != FieldType::Person)
        {
            let finding = Finding::new(Code::F02, name.span).variant("not");
            findings.add(finding.with("field", &**name).with("rule", &rule.id));
        }
    }
    for clock in ground.file.clocks.values() {
        if let Some(From::Field(name)) = &clock.from
            && ground
                .file
                .fields
                .get(&name.value)
                .is_some_and(|field| field.kind != FieldType::Time)
        {
            let finding = Finding::new(Code::F02, name.span)
                .variant("from")
                .with("field", &**name);
            findings.add(finding.with("clock", &clock.id));
        }
    }
}

/// F04 of the subject: what it names is filled when the ticket leaves its first state (R4), except by `anytime`.
fn subject(ground: &Ground, findings: &mut Findings) {
    let start = &ground.file.start.value;
    let named = messages::fields_in(ground.file, &ground.file.subject);
    let mut told: HashSet<&FieldId> = HashSet::new();
    for edge in ground.graph.leaving(start) {
        let leaves = match edge.target {
            super::Target::State(state) => state != start,
            super::Target::Closed(_) => true,
            super::Target::Back(_) | super::Target::Stay | super::Target::Becomes | super::Target::Unknown => false,
        };
        let is_own = match edge.driver {
            Driver::Action(action) => action.place == crate::workflow::definition::Place::State,
            Driver::Join(..) => true,
        };
        let Some(after) = ground.filled.along(edge).filter(|_| leaves && is_own) else {
            continue;
        };
        for field in after.lacking(&named) {
            if told.insert(field) {
                let by = edge.driver.action().map_or("then", |action| action.id.as_str());
                let finding = Finding::new(Code::F04, ground.file.subject.span).variant("subject");
                findings.add(
                    finding
                        .with("field", field)
                        .with("action", by)
                        .note(edge.driver.span(), "finding-F04-leaves"),
                );
            }
        }
    }
}

/// F04 of messages: a sentence with a hole in it is sent to nobody. In the start state the ticket is only being
/// written: what is not there yet shows as «…».
fn told(ground: &Ground, findings: &mut Findings) {
    let file = ground.file;
    // Those of a private field are X01.
    let public = |message: &Message| {
        let named = messages::names_in(file, message);
        Fields::of(
            file,
            named.filter(|field| file.fields.get(*field).is_some_and(|field| !field.private)),
        )
    };
    let needed: HashMap<&MessageId, Fields> = file
        .messages
        .values()
        .map(|message| (&message.id, public(message)))
        .collect();
    let mut told = HashSet::new();
    let mut look = |message: &At<MessageId>, filled: &Fields<'_>, state: Option<&StateId>| {
        let being_written = state == Some(&file.start.value);
        let Some(needed) = needed.get(&message.value).filter(|_| !being_written) else {
            return;
        };
        for field in filled.lacking(needed) {
            if told.insert((message.value.clone(), field.clone())) {
                findings.add(
                    Finding::new(Code::F04, message.span)
                        .variant("message")
                        .with("field", field)
                        .with("message", &**message)
                        .with("state", state.map_or("closed", StateId::as_str)),
                );
            }
        }
    };
    for (home, action) in ground.actions() {
        let Some(message) = &action.say else { continue };
        for from in origins(ground, home, action) {
            if let Some(after) = ground.filled.after(from, action) {
                look(message, &after, from);
            }
        }
    }
    for clock in ground.file.clocks.values() {
        for state in runs_in(ground.file, clock) {
            let Some(filled) = ground.filled.on_entry(state) else {
                continue;
            };
            for message in clock.ladder.iter().filter_map(|rung| rung.say.as_ref()) {
                look(message, filled, Some(state));
            }
        }
    }
}
