//! What an expression looks like after reading, before it has types.

use std::sync::Arc;

use super::Since;
use crate::workflow::id::{ActionId, FieldId};
use crate::workflow::value::Decimal;

/// A part of an expression and the bytes it stands on.
#[derive(Clone, Debug)]
pub struct Node {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    /// Levels from here down, one for a leaf.
    pub height: usize,
}

#[derive(Clone, Debug)]
pub enum Kind {
    YesNo(bool),
    Number(Decimal),
    Text(Arc<str>),
    Field(FieldId),
    Instant(Instant),
    Call(Function, Vec<Node>),
    /// A name before `(` that is no function.
    UnknownCall(Arc<str>, Vec<Node>),
    List(Vec<Node>),
    Not(Box<Node>),
    Negative(Box<Node>),
    /// `a && b && c`.
    All(Vec<Node>),
    /// `a || b || c`.
    Any(Vec<Node>),
    Relation(Relation, Box<Node>, Box<Node>),
    Plus(Box<Node>, Box<Node>),
    Minus(Box<Node>, Box<Node>),
    /// `condition ? one : other`.
    Choose(Box<Node>, Box<Node>, Box<Node>),
}

/// The names in an expression, each once, in order of appearance.
#[derive(Clone, Debug, Default)]
pub struct Names {
    pub fields: Vec<FieldId>,
    /// Fields that must be filled for the expression to have a result: those that no `filled()` guards.
    pub needed: Vec<FieldId>,
    pub actions: Vec<ActionId>,
}

/// The instants every ticket has a name for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instant {
    Now,
    OpenedAt,
    ClosedAt,
    ContactEndedAt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Times(Since),
    Minutes,
    Hours,
    Days,
    Size,
    /// `filled(FIELD)`: never fails on an empty field.
    Filled,
    /// `late('clock')`: past 100 % while it still counts or waits.
    Late,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
}

/// The functions there are, by name.
pub const FUNCTIONS: [(&str, Function); 9] = [
    ("times", Function::Times(Since::Round)),
    ("times_here", Function::Times(Since::Visit)),
    ("times_ever", Function::Times(Since::Ever)),
    ("minutes", Function::Minutes),
    ("hours", Function::Hours),
    ("days", Function::Days),
    ("size", Function::Size),
    ("filled", Function::Filled),
    ("late", Function::Late),
];

/// The instants there are, by name.
pub const INSTANTS: [(&str, Instant); 4] = [
    ("now", Instant::Now),
    ("opened_at", Instant::OpenedAt),
    ("closed_at", Instant::ClosedAt),
    ("contact_ended_at", Instant::ContactEndedAt),
];

impl Function {
    pub fn name(self) -> &'static str {
        match self {
            Self::Times(Since::Round) => "times",
            Self::Times(Since::Visit) => "times_here",
            Self::Times(Since::Ever) => "times_ever",
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
            Self::Size => "size",
            Self::Filled => "filled",
            Self::Late => "late",
        }
    }
}

impl Node {
    pub fn new(kind: Kind, start: usize, end: usize) -> Self {
        let below = match &kind {
            Kind::YesNo(_) | Kind::Number(_) | Kind::Text(_) | Kind::Field(_) | Kind::Instant(_) => 0,
            Kind::Call(_, nodes)
            | Kind::UnknownCall(_, nodes)
            | Kind::List(nodes)
            | Kind::All(nodes)
            | Kind::Any(nodes) => nodes.iter().map(|node| node.height).max().unwrap_or(0),
            Kind::Not(node) | Kind::Negative(node) => node.height,
            Kind::Relation(_, left, right) | Kind::Plus(left, right) | Kind::Minus(left, right) => {
                left.height.max(right.height)
            }
            Kind::Choose(condition, one, other) => condition.height.max(one.height).max(other.height),
        };
        Self {
            kind,
            start,
            end,
            height: below + 1,
        }
    }

    /// Fields and actions named, each once, in order of appearance.
    pub fn names(&self) -> Names {
        let mut names = Names::default();
        self.collect(&mut names, &mut Vec::new());
        names
    }

    /// `filled` holds the fields that are known to be filled wherever this part is looked at.
    fn collect<'a>(&'a self, names: &mut Names, filled: &mut Vec<&'a FieldId>) {
        match &self.kind {
            Kind::YesNo(_) | Kind::Number(_) | Kind::Text(_) | Kind::Instant(_) => {}
            Kind::Field(field) => {
                add(&mut names.fields, field);
                if !filled.contains(&field) {
                    add(&mut names.needed, field);
                }
            }
            Kind::Call(Function::Filled, nodes) => {
                for node in nodes {
                    if let Kind::Field(field) = &node.kind {
                        add(&mut names.fields, field);
                    }
                }
            }
            Kind::Call(Function::Times(_), arguments) => {
                for argument in arguments {
                    if let Kind::Text(text) = &argument.kind {
                        add(&mut names.actions, &ActionId::new(Arc::clone(text)));
                    }
                }
            }
            Kind::Call(_, nodes) | Kind::UnknownCall(_, nodes) | Kind::List(nodes) => {
                for node in nodes {
                    node.collect(names, filled);
                }
            }
            Kind::All(parts) => collect_chain(parts, true, names, filled),
            Kind::Any(parts) => collect_chain(parts, false, names, filled),
            Kind::Not(node) | Kind::Negative(node) => node.collect(names, filled),
            Kind::Relation(_, left, right) | Kind::Plus(left, right) | Kind::Minus(left, right) => {
                left.collect(names, filled);
                right.collect(names, filled);
            }
            Kind::Choose(condition, one, other) => {
                condition.collect(names, filled);
                let before = filled.len();
                for (branch, answer) in [(one, true), (other, false)] {
                    condition.proves(answer, filled);
                    branch.collect(names, filled);
                    filled.truncate(before);
                }
            }
        }
    }

    /// Adds the fields that are filled when this part has the `answer`: `filled(x)` being true says so of `x`.
    fn proves<'a>(&'a self, answer: bool, filled: &mut Vec<&'a FieldId>) {
        match &self.kind {
            Kind::Call(Function::Filled, nodes) if answer => {
                for node in nodes {
                    if let Kind::Field(field) = &node.kind {
                        filled.push(field);
                    }
                }
            }
            Kind::Not(node) => node.proves(!answer, filled),
            // All are true when `&&` is, all are false when `||` is.
            Kind::All(parts) if answer => parts.iter().for_each(|part| part.proves(answer, filled)),
            Kind::Any(parts) if !answer => parts.iter().for_each(|part| part.proves(answer, filled)),
            Kind::YesNo(_)
            | Kind::Number(_)
            | Kind::Text(_)
            | Kind::Field(_)
            | Kind::Instant(_)
            | Kind::Call(..)
            | Kind::UnknownCall(..)
            | Kind::List(_)
            | Kind::Negative(_)
            | Kind::All(_)
            | Kind::Any(_)
            | Kind::Relation(..)
            | Kind::Plus(..)
            | Kind::Minus(..)
            | Kind::Choose(..) => {}
        }
    }
}

/// The parts of `&&` and `||`: each is looked at only when those before it had the `answer` that goes on.
fn collect_chain<'a>(parts: &'a [Node], answer: bool, names: &mut Names, filled: &mut Vec<&'a FieldId>) {
    let before = filled.len();
    for part in parts {
        part.collect(names, filled);
        part.proves(answer, filled);
    }
    filled.truncate(before);
}

fn add<T: Clone + PartialEq>(found: &mut Vec<T>, item: &T) {
    if !found.contains(item) {
        found.push(item.clone());
    }
}
