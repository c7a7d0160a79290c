//! The file as it was meant: a misspelt name with an obvious right one counts as the right one, so that one slip gives
//! one finding.
//!
//! `names` tells every misspelt name; all other families look at this copy.

use std::collections::HashMap;

use crate::workflow::definition::{
    Action, At, Definition, ExtendBy, From, PeopleSource, RoleOf, Runs, State, Step, Way,
};
use crate::workflow::id::{ActionId, FieldId, OutcomeId, StateId};
use crate::workflow::nearest::nearest;

/// Different misspelt names that are looked up; a file with more is no slip.
const NAMES_MAX: usize = 100;

/// The corrected copy; `None` when every name is right.
pub(super) fn meant(file: &Definition) -> Option<Definition> {
    let mut names = Names {
        states: Kind::of(file.states.keys().map(StateId::as_str)),
        fields: Kind::of(file.fields.keys().map(FieldId::as_str)),
        outcomes: Kind::of(file.outcomes.keys().map(OutcomeId::as_str)),
        actions: Kind::of(super::actions(file).map(|(_, action)| action.id.as_str())),
        corrected: false,
        left: NAMES_MAX,
    };
    let mut copy = file.clone();
    names.file(&mut copy);
    names.corrected.then_some(copy)
}

struct Names<'a> {
    states: Kind<'a>,
    fields: Kind<'a>,
    outcomes: Kind<'a>,
    actions: Kind<'a>,
    corrected: bool,
    left: usize,
}

/// The names of one kind, and what misspelt ones were found to mean.
struct Kind<'a> {
    known: Vec<&'a str>,
    meant: HashMap<String, Option<String>>,
}

impl<'a> Kind<'a> {
    fn of(known: impl Iterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.collect();
        let meant = known.iter().map(|name| ((*name).to_owned(), None)).collect();
        Self { known, meant }
    }

    /// What the name should be, where it is not right.
    fn correct(&mut self, written: &str, left: &mut usize) -> Option<String> {
        if let Some(meant) = self.meant.get(written) {
            return meant.clone();
        }
        *left = left.checked_sub(1)?;
        let meant = nearest(written, self.known.iter().copied());
        self.meant.insert(written.to_owned(), meant.clone());
        meant
    }
}

impl Names<'_> {
    fn file(&mut self, file: &mut Definition) {
        self.state(&mut file.start);
        for state in file.states.values_mut() {
            self.in_state(state);
        }
        for action in file.anytime.values_mut().chain(file.after_close.values_mut()) {
            self.action(action);
        }
        for rule in file.people.values_mut() {
            if let PeopleSource::Role {
                of: Some(RoleOf::Field(field)),
                ..
            } = &mut rule.source
            {
                self.field(field);
            }
            rule.not.iter_mut().for_each(|field| self.field(field));
        }
        for row in &mut file.routing {
            row.when.iter_mut().for_each(|(field, _)| self.field(field));
            row.fill.iter_mut().for_each(|(field, _)| self.field(field));
        }
        for clock in file.clocks.values_mut() {
            if let Runs::States(states) = &mut clock.runs {
                for state in states {
                    self.state(state);
                }
            }
            clock.paused_in.iter_mut().for_each(|state| self.state(state));
            if let Some(From::Field(field)) = &mut clock.from {
                self.field(field);
            }
            let acts = clock.ladder.iter_mut().filter_map(|rung| rung.act.as_mut());
            acts.for_each(|act| self.act(act));
        }
    }

    fn in_state(&mut self, state: &mut State) {
        for action in state.actions.values_mut() {
            self.action(action);
        }
        for task in state.tasks.values_mut() {
            self.field(&mut task.field);
            task.require
                .iter_mut()
                .chain(&mut task.ask)
                .for_each(|field| self.field(field));
        }
        for join in &mut state.joins {
            self.way(&mut join.way);
        }
    }

    fn action(&mut self, action: &mut Action) {
        action
            .require
            .iter_mut()
            .chain(&mut action.ask)
            .for_each(|field| self.field(field));
        action.set.iter_mut().for_each(|(field, _)| self.field(field));
        action.only_in.iter_mut().for_each(|state| self.state(state));
        if let Some(ExtendBy::Field(field)) = action.extend.as_mut().map(|extend| &mut extend.by) {
            self.field(field);
        }
        self.way(&mut action.way);
    }

    fn way(&mut self, way: &mut Way) {
        match way {
            Way::One(step) => self.step(step),
            Way::Cases(cases) => cases.iter_mut().for_each(|case| self.step(&mut case.step)),
        }
    }

    fn step(&mut self, step: &mut Step) {
        match step {
            Step::To(state) => self.state(state),
            Step::Close(outcome) => {
                if let Some(meant) = self.outcomes.correct(outcome.as_str(), &mut self.left) {
                    outcome.value = OutcomeId::from(meant.as_str());
                    self.corrected = true;
                }
            }
            Step::Back(_) | Step::Stay(_) | Step::Becomes { .. } | Step::Unread(_) => {}
        }
    }

    fn state(&mut self, state: &mut At<StateId>) {
        if let Some(meant) = self.states.correct(state.as_str(), &mut self.left) {
            state.value = StateId::from(meant.as_str());
            self.corrected = true;
        }
    }

    fn field(&mut self, field: &mut At<FieldId>) {
        if let Some(meant) = self.fields.correct(field.as_str(), &mut self.left) {
            field.value = FieldId::from(meant.as_str());
            self.corrected = true;
        }
    }

    fn act(&mut self, act: &mut At<ActionId>) {
        if let Some(meant) = self.actions.correct(act.as_str(), &mut self.left) {
            act.value = ActionId::from(meant.as_str());
            self.corrected = true;
        }
    }
}
