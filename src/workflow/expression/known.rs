//! The names an expression may use: what the file defines, and what the directory knows where there is one.

use indexmap::{IndexMap, IndexSet};

use crate::workflow::definition::{Definition, Way};
use crate::workflow::directory::Directory;
use crate::workflow::id::{ActionId, ClockId, DepartmentId, FieldId, OptionId, PersonId};
use crate::workflow::nearest::nearest_few;
use crate::workflow::value::FieldType;

/// The names of a file, copied so that the file's own expressions can be compiled in place.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// With their types, and the options of choices.
    pub fields: IndexMap<FieldId, (FieldType, IndexSet<OptionId>)>,
    /// All that `times` may name, the built-in ones included.
    pub actions: IndexSet<ActionId>,
    /// All that `late` may name.
    pub clocks: IndexSet<ClockId>,
    /// `None` without a directory, so that every one is taken.
    pub departments: Option<IndexSet<DepartmentId>>,
    pub people: Option<IndexSet<PersonId>>,
}

/// Actions every ticket or task has (LANGUAGE, «Built in»).
const BUILTIN_ACTIONS: &[&str] = &[
    "sign",
    "reply",
    "ask_return",
    "grant_return",
    "force",
    "hand_over",
    "give_back",
    "take",
    "release",
    "acknowledge",
    "chase",
    "watch",
    "note",
    "correct",
    "link",
    "merge",
    "unmerge",
    "reveal",
    "attach",
    "detach",
];

impl Known {
    /// The names of this definition, and of the directory where there is one.
    pub fn of(definition: &Definition, directory: Option<&Directory>) -> Self {
        let fields = definition.fields.iter().map(|(id, field)| {
            let options = field.options.keys().cloned().collect();
            (id.clone(), (field.kind, options))
        });
        let states = definition.states.values().flat_map(|state| state.actions.keys());
        let others = definition.anytime.keys().chain(definition.after_close.keys());
        Self {
            fields: fields.collect(),
            actions: states
                .chain(others)
                .cloned()
                .chain(BUILTIN_ACTIONS.iter().map(|id| ActionId::from(*id)))
                .collect(),
            clocks: definition.clocks.keys().cloned().collect(),
            departments: directory.map(|directory| directory.departments.keys().cloned().collect()),
            people: directory.map(|directory| directory.people.keys().cloned().collect()),
        }
    }

    /// Type of the field; `None` when there is none of this name.
    pub fn field(&self, id: &FieldId) -> Option<FieldType> {
        self.fields.get(id).map(|(kind, _)| *kind)
    }

    /// Options of a choice field, in order; `None` when there is no such field.
    pub fn options(&self, field: &FieldId) -> Option<&IndexSet<OptionId>> {
        self.fields.get(field).map(|(_, options)| options)
    }
}

impl Definition {
    /// Every expression of the file with what it must yield, for compiling them in place: checks, guards, the cases
    /// of ways and limits. All are conditions.
    pub fn conditions_mut(&mut self) -> Vec<&mut super::Expression> {
        fn of_way<'a>(way: &'a mut Way, found: &mut Vec<&'a mut super::Expression>) {
            match way {
                Way::One(_) => {}
                Way::Cases(cases) => found.extend(cases.iter_mut().filter_map(|case| case.when.as_mut())),
            }
        }
        let mut found = Vec::new();
        for field in self.fields.values_mut() {
            found.extend(field.check.as_mut().map(|check| &mut check.condition));
        }
        let mut actions = Vec::new();
        for state in self.states.values_mut() {
            actions.extend(state.actions.values_mut());
            for join in &mut state.joins {
                of_way(&mut join.way, &mut found);
            }
        }
        actions.extend(self.anytime.values_mut());
        actions.extend(self.after_close.values_mut());
        for action in actions {
            found.extend(action.only_if.as_mut().map(|guard| &mut guard.condition));
            of_way(&mut action.way, &mut found);
        }
        for clock in self.clocks.values_mut() {
            found.extend(clock.limit.iter_mut().filter_map(|case| case.when.as_mut()));
        }
        found
    }
}

/// The candidates that may be meant, the nearest first, at most three.
pub(super) fn nearest<'a>(found: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    nearest_few(found, candidates, 3)
}
