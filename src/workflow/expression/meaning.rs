//! What a name or a quoted text in an expression means: a field, an option, a department, an action, a clock.
//!
//! What is not known is told with the names that were probably meant, in quotes where they belong there.

use super::Type;
use super::compile::{Code, Compiler};
use super::known::nearest;
use super::problem::{ExpressionProblem, ProblemKind};
use super::run::{Amount, Test, Word, Words};
use super::syntax::{INSTANTS, Kind, Node};
use crate::workflow::id::{ActionId, ClockId, DepartmentId, FieldId, OptionId, PersonId};
use crate::workflow::value::FieldType;

/// Accepted words that a sentence names.
const ACCEPTED_MAX: usize = 20;

impl Compiler<'_> {
    /// Type of a quoted text: what its neighbour wants it to be, when there is such an option, department, person.
    pub fn quoted(&mut self, node: &Node, text: &str, hint: Option<&Type>) -> Option<Type> {
        let names = self.names;
        let unknown = match hint {
            Some(Type::Choice(field)) => {
                let options = names.options(field).filter(|options| !options.contains(text));
                let problem = Self::at(ProblemKind::UnknownOption, node).with("field", field.as_str());
                options.map(|known| told(problem, text, known.iter().map(OptionId::as_str)))
            }
            Some(Type::Department) => {
                let known = names.departments.as_ref().filter(|known| !known.contains(text));
                let problem = Self::at(ProblemKind::UnknownDepartment, node);
                known.map(|known| told(problem, text, known.iter().map(DepartmentId::as_str)))
            }
            Some(Type::Person) => {
                let known = names.people.as_ref().filter(|known| !known.contains(text));
                let problem = Self::at(ProblemKind::UnknownPerson, node);
                known.map(|known| told(problem, text, known.iter().map(PersonId::as_str)))
            }
            Some(
                Type::YesNo
                | Type::Number
                | Type::Money
                | Type::Text
                | Type::Time
                | Type::Duration
                | Type::Departments
                | Type::List,
            )
            | None => return Some(Type::Text),
        };
        match unknown {
            Some(problem) => {
                self.problem(problem);
                None
            }
            None => hint.cloned(),
        }
    }

    pub fn field(&mut self, node: &Node, field: &FieldId) -> Option<(Type, Code)> {
        let Some(kind) = self.names.field(field) else {
            let fields = self.names.fields.keys().map(FieldId::as_str);
            let mut meant = match field.as_str() {
                "yes" | "on" => vec!["true".to_owned()],
                "no" | "off" => vec!["false".to_owned()],
                name => nearest(name, fields.chain(INSTANTS.iter().map(|(name, _)| *name))),
            };
            // `category == billing` without quotes: an option of some choice field.
            let mut options = self.names.fields.values().map(|(_, options)| options);
            if options.any(|options| options.contains(field.as_str())) {
                meant.insert(0, format!("'{field}'"));
            }
            let problem = Self::at(ProblemKind::UnknownField, node);
            self.problem(problem.with("found", field.as_str()).meant(meant));
            return None;
        };
        let id = field.clone();
        let code = match kind {
            FieldType::YesNo => Code::Test(Test::Field(id)),
            FieldType::Number | FieldType::Money | FieldType::Time => Code::Amount(Amount::Field(id)),
            FieldType::Text | FieldType::Phone | FieldType::Choice | FieldType::Department | FieldType::Person => {
                Code::Word(Word::Field(id))
            }
            FieldType::Departments | FieldType::List => Code::Words(Words::Field(id)),
        };
        Some((Type::of(field, kind), code))
    }

    /// `times('reply')`: the action must exist and be written in quotes.
    pub fn action(&mut self, argument: &Node) -> Option<ActionId> {
        let Kind::Text(text) = &argument.kind else {
            self.problem(Self::at(ProblemKind::ActionNotQuoted, argument).meant(in_quotes(argument)));
            return None;
        };
        if let Some(action) = self.names.actions.get(&**text) {
            return Some(action.clone());
        }
        let meant = nearest(text, self.names.actions.iter().map(ActionId::as_str));
        let problem = Self::at(ProblemKind::UnknownAction, argument).with("found", &**text);
        self.problem(problem.meant(meant.into_iter().map(|id| in_single_quotes(&id))));
        None
    }

    /// `late('resolve')`: the clock must exist and be written in quotes.
    pub fn clock(&mut self, argument: &Node) -> Option<ClockId> {
        let Kind::Text(name) = &argument.kind else {
            self.problem(Self::at(ProblemKind::ClockNotQuoted, argument).meant(in_quotes(argument)));
            return None;
        };
        if let Some(clock) = self.names.clocks.get(&**name) {
            return Some(clock.clone());
        }
        let meant = nearest(name, self.names.clocks.iter().map(ClockId::as_str));
        let problem = Self::at(ProblemKind::UnknownClock, argument).with("found", &**name);
        self.problem(problem.meant(meant.into_iter().map(|id| in_single_quotes(&id))));
        None
    }
}

/// The problem with what was found, what would be accepted and what was probably meant.
fn told<'a>(problem: ExpressionProblem, text: &str, known: impl Iterator<Item = &'a str> + Clone) -> ExpressionProblem {
    let accepted: Vec<&str> = known.clone().take(ACCEPTED_MAX).collect();
    let problem = problem.with("found", text).with("accepted", accepted.join(", "));
    problem.meant(nearest(text, known).into_iter().map(|id| in_single_quotes(&id)))
}

fn in_single_quotes(id: &str) -> String {
    format!("'{id}'")
}

/// A name that lacks its quotes, with them.
fn in_quotes(argument: &Node) -> Option<String> {
    if let Kind::Field(name) = &argument.kind {
        Some(format!("'{name}'"))
    } else {
        None
    }
}
