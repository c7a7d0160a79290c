//! From syntax to a typed program, telling every mistake it can find in one go.
//!
//! A quoted text and a plain number have no type of their own: `'bad'` is an option beside a choice field, a
//! department beside a department field, and `1000` is money beside money. So the side that has a type is looked at
//! first and its type is a hint for the other.

use std::collections::HashMap;

use super::Type;
use super::known::Known;
use super::parse::nearest_function;
use super::problem::{ExpressionProblem, ProblemKind};
use super::run::{Amount, Comparison, Program, Test, Word, Words};
use super::syntax::{Function, Kind, Node, Relation};
use crate::workflow::effort;
use crate::workflow::id::FieldId;
use crate::workflow::moment::{DAY, HOUR, MINUTE};
use crate::workflow::value::DECIMAL_SCALE;

/// A part of the program, by how it is computed.
pub(super) enum Code {
    Test(Test),
    Amount(Amount),
    Word(Word),
    Words(Words),
}

struct Typed {
    kind: Type,
    code: Code,
}

pub(super) struct Compiler<'a> {
    pub names: &'a Known,
    pub problems: Vec<ExpressionProblem>,
    /// Choice fields that were compared, and whether they have the same options.
    alike: HashMap<(FieldId, FieldId), bool>,
}

/// The program, or all that is wrong.
pub fn compile(syntax: &Node, names: &Known, expected: &Type) -> Result<Program, Vec<ExpressionProblem>> {
    let mut compiler = Compiler {
        names,
        problems: Vec::new(),
        alike: HashMap::new(),
    };
    let program = compiler.wanted(syntax, expected).map(|code| match code {
        Code::Test(test) => Program::Test(test),
        Code::Amount(amount) => Program::Amount(expected.clone(), amount),
        Code::Word(word) => Program::Word(expected.clone(), word),
        Code::Words(words) => Program::Words(expected.clone(), words),
    });
    match program {
        Some(program) if compiler.problems.is_empty() => Ok(program),
        Some(_) | None => Err(compiler.problems),
    }
}

/// True when the part has no type of its own.
fn is_bare(node: &Node) -> bool {
    match &node.kind {
        Kind::Text(_) | Kind::Number(_) => true,
        Kind::Negative(inner) => is_bare(inner),
        Kind::Plus(left, right) | Kind::Minus(left, right) => is_bare(left) && is_bare(right),
        Kind::Choose(_, one, other) => is_bare(one) && is_bare(other),
        Kind::YesNo(_)
        | Kind::Field(_)
        | Kind::Instant(_)
        | Kind::Call(..)
        | Kind::UnknownCall(..)
        | Kind::List(_)
        | Kind::Not(_)
        | Kind::All(_)
        | Kind::Any(_)
        | Kind::Relation(..) => false,
    }
}

impl Compiler<'_> {
    pub fn problem(&mut self, problem: ExpressionProblem) {
        self.problems.push(problem);
    }

    pub fn at(kind: ProblemKind, node: &Node) -> ExpressionProblem {
        ExpressionProblem::new(kind, node.start, node.end)
    }

    /// A part that must be of this type; `None` when something was wrong and has been told.
    fn wanted(&mut self, node: &Node, expected: &Type) -> Option<Code> {
        let typed = self.infer(node, Some(expected))?;
        if self.same(&typed.kind, expected) {
            return Some(typed.code);
        }
        let problem = Self::at(ProblemKind::WrongType, node);
        self.problem(
            problem
                .with("expected", expected.word())
                .with("found", typed.kind.word()),
        );
        None
    }

    fn test(&mut self, node: &Node) -> Option<Test> {
        match self.wanted(node, &Type::YesNo)? {
            Code::Test(test) => Some(test),
            Code::Amount(_) | Code::Word(_) | Code::Words(_) => None,
        }
    }

    /// Choices are the same when their options are.
    fn same(&mut self, left: &Type, right: &Type) -> bool {
        if left == right {
            return true;
        }
        let (Type::Choice(left), Type::Choice(right)) = (left, right) else {
            return false;
        };
        let names = self.names;
        let alike = || match (names.options(left), names.options(right)) {
            (Some(left), Some(right)) => {
                effort::spend(left.len());
                left.len() == right.len() && left.iter().all(|option| right.contains(option))
            }
            (None, _) | (_, None) => false,
        };
        let pair = (left.clone(), right.clone());
        *self.alike.entry(pair).or_insert_with(alike)
    }

    fn infer(&mut self, node: &Node, hint: Option<&Type>) -> Option<Typed> {
        effort::spend(1);
        let (kind, code) = match &node.kind {
            Kind::YesNo(yes) => (Type::YesNo, Code::Test(Test::Constant(*yes))),
            Kind::Number(number) => {
                let kind = if hint == Some(&Type::Money) {
                    Type::Money
                } else {
                    Type::Number
                };
                (kind, Code::Amount(Amount::Constant(number.0)))
            }
            Kind::Text(text) => (self.quoted(node, text, hint)?, Code::Word(Word::Constant(text.clone()))),
            Kind::Field(field) => self.field(node, field)?,
            Kind::Instant(instant) => (Type::Time, Code::Amount(Amount::Instant(*instant))),
            Kind::Call(function, arguments) => self.call(node, *function, arguments)?,
            Kind::UnknownCall(name, arguments) => {
                let problem = ExpressionProblem::new(ProblemKind::UnknownFunction, node.start, node.start + name.len());
                self.problem(problem.with("found", &**name).meant(nearest_function(name)));
                for argument in arguments {
                    self.infer(argument, None);
                }
                return None;
            }
            Kind::List(_) => {
                self.problem(Self::at(ProblemKind::ListNotHere, node));
                return None;
            }
            Kind::Not(inner) => (Type::YesNo, Code::Test(Test::Not(Box::new(self.test(inner)?)))),
            Kind::Negative(inner) => self.negative(inner, hint)?,
            Kind::All(parts) => (Type::YesNo, Code::Test(Test::All(self.tests(parts)?))),
            Kind::Any(parts) => (Type::YesNo, Code::Test(Test::Any(self.tests(parts)?))),
            Kind::Relation(Relation::In, item, list) => (Type::YesNo, Code::Test(self.within(item, list)?)),
            Kind::Relation(relation, left, right) => {
                (Type::YesNo, Code::Test(self.compare(node, *relation, left, right)?))
            }
            Kind::Plus(left, right) => self.sum(node, left, right, hint, false)?,
            Kind::Minus(left, right) => self.sum(node, left, right, hint, true)?,
            Kind::Choose(condition, one, other) => self.choose(node, condition, one, other, hint)?,
        };
        Some(Typed { kind, code })
    }

    /// All parts are looked at even when the first is wrong.
    fn tests(&mut self, parts: &[Node]) -> Option<Vec<Test>> {
        let tests: Vec<Option<Test>> = parts.iter().map(|part| self.test(part)).collect();
        tests.into_iter().collect()
    }

    fn call(&mut self, node: &Node, function: Function, arguments: &[Node]) -> Option<(Type, Code)> {
        let [argument] = arguments else {
            let problem = Self::at(ProblemKind::ArgumentCount, node).with("function", function.name());
            self.problem(problem.with("expected", "1").with("found", arguments.len().to_string()));
            return None;
        };
        match function {
            Function::Times(since) => {
                let action = self.action(argument)?;
                Some((Type::Number, Code::Amount(Amount::Times(since, action))))
            }
            Function::Filled => {
                let Kind::Field(field) = &argument.kind else {
                    let problem = Self::at(ProblemKind::ArgumentType, argument).with("function", function.name());
                    let found = self.infer(argument, None)?;
                    self.problem(problem.with("found", found.kind.word()));
                    return None;
                };
                self.field(argument, field)?;
                Some((Type::YesNo, Code::Test(Test::Filled(field.clone()))))
            }
            Function::Late => Some((Type::YesNo, Code::Test(Test::Late(self.clock(argument)?)))),
            Function::Minutes => self.span(argument, MINUTE),
            Function::Hours => self.span(argument, HOUR),
            Function::Days => self.span(argument, DAY),
            Function::Size => {
                let typed = self.infer(argument, None)?;
                match typed.code {
                    Code::Word(word) if typed.kind == Type::Text => {
                        Some((Type::Number, Code::Amount(Amount::Characters(Box::new(word)))))
                    }
                    Code::Words(words) => Some((Type::Number, Code::Amount(Amount::Items(words)))),
                    Code::Word(_) | Code::Test(_) | Code::Amount(_) => {
                        let problem = Self::at(ProblemKind::ArgumentType, argument).with("function", function.name());
                        self.problem(problem.with("found", typed.kind.word()));
                        None
                    }
                }
            }
        }
    }

    /// `minutes(n)`: a number of four places times a unit in milliseconds is exact, because each unit divides by them.
    fn span(&mut self, argument: &Node, unit: i64) -> Option<(Type, Code)> {
        match self.wanted(argument, &Type::Number)? {
            Code::Amount(amount) => {
                let code = Amount::Scaled(unit / DECIMAL_SCALE, Box::new(amount));
                Some((Type::Duration, Code::Amount(code)))
            }
            Code::Test(_) | Code::Word(_) | Code::Words(_) => None,
        }
    }

    fn negative(&mut self, inner: &Node, hint: Option<&Type>) -> Option<(Type, Code)> {
        let typed = self.infer(inner, hint)?;
        match (typed.kind, typed.code) {
            (kind @ (Type::Number | Type::Money | Type::Duration), Code::Amount(amount)) => {
                Some((kind, Code::Amount(Amount::Negative(Box::new(amount)))))
            }
            (kind, _) => {
                let problem = Self::at(ProblemKind::WrongType, inner).with("expected", Type::Number.word());
                self.problem(problem.with("found", kind.word()));
                None
            }
        }
    }

    /// Both sides, the one with a type first.
    fn pair(&mut self, left: &Node, right: &Node, hint: Option<&Type>) -> Option<(Typed, Typed)> {
        if is_bare(left) && !is_bare(right) {
            let right = self.infer(right, hint);
            let hint = right.as_ref().map(|typed| typed.kind.clone());
            return Some((self.infer(left, hint.as_ref())?, right?));
        }
        let left = self.infer(left, hint);
        let hint = left.as_ref().map(|typed| typed.kind.clone());
        let right = self.infer(right, hint.as_ref());
        Some((left?, right?))
    }

    fn sum(
        &mut self,
        node: &Node,
        left: &Node,
        right: &Node,
        hint: Option<&Type>,
        minus: bool,
    ) -> Option<(Type, Code)> {
        let (left, right) = self.pair(left, right, hint)?;
        let kind = match (&left.kind, &right.kind) {
            (Type::Number, Type::Number) => Some(Type::Number),
            (Type::Money, Type::Money) => Some(Type::Money),
            (Type::Duration, Type::Duration) => Some(Type::Duration),
            (Type::Time, Type::Duration) => Some(Type::Time),
            (Type::Duration, Type::Time) if !minus => Some(Type::Time),
            (Type::Time, Type::Time) if minus => Some(Type::Duration),
            _ => None,
        };
        if let (Some(kind), Code::Amount(left), Code::Amount(right)) = (kind, left.code, right.code) {
            let (left, right) = (Box::new(left), Box::new(right));
            let amount = if minus {
                Amount::Minus(left, right)
            } else {
                Amount::Plus(left, right)
            };
            return Some((kind, Code::Amount(amount)));
        }
        let problem = Self::at(ProblemKind::NotAddable, node).with("sign", if minus { "-" } else { "+" });
        self.problem(problem.with("left", left.kind.word()).with("right", right.kind.word()));
        None
    }

    fn differ(&mut self, node: &Node, left: &Type, right: &Type) {
        let problem = Self::at(ProblemKind::TypesDiffer, node);
        self.problem(problem.with("left", left.word()).with("right", right.word()));
    }

    fn compare(&mut self, node: &Node, relation: Relation, left: &Node, right: &Node) -> Option<Test> {
        let (left, right) = self.pair(left, right, None)?;
        if !self.same(&left.kind, &right.kind) {
            self.differ(node, &left.kind, &right.kind);
            return None;
        }
        let comparison = match relation {
            Relation::Equal | Relation::In => Comparison::Equal,
            Relation::NotEqual => Comparison::NotEqual,
            Relation::Less => Comparison::Less,
            Relation::LessOrEqual => Comparison::LessOrEqual,
            Relation::Greater => Comparison::Greater,
            Relation::GreaterOrEqual => Comparison::GreaterOrEqual,
        };
        let orders = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let differs = comparison == Comparison::NotEqual;
        match (left.code, right.code) {
            (Code::Amount(left), Code::Amount(right)) => Some(Test::Compare(comparison, left, right)),
            (Code::Test(left), Code::Test(right)) if !orders => Some(Test::Agree {
                differs,
                pair: Box::new((left, right)),
            }),
            (Code::Word(left), Code::Word(right)) if !orders => Some(Test::Same { differs, left, right }),
            _ => {
                let kind = if orders {
                    ProblemKind::NoOrder
                } else {
                    ProblemKind::NotComparable
                };
                self.problem(Self::at(kind, node).with("found", left.kind.word()));
                None
            }
        }
    }

    /// `item in list`.
    fn within(&mut self, item: &Node, list: &Node) -> Option<Test> {
        if let Kind::List(items) = &list.kind {
            return self.within_brackets(item, list, items);
        }
        let Some(listed) = self.infer(list, None) else {
            self.infer(item, None);
            return None;
        };
        let Code::Words(words) = listed.code else {
            self.problem(Self::at(ProblemKind::NotAList, list).with("found", listed.kind.word()));
            return None;
        };
        let items = if listed.kind == Type::Departments {
            Type::Department
        } else {
            Type::Text
        };
        let item_typed = self.infer(item, Some(&items))?;
        // A list of texts may hold people's names for signing in.
        let fits = item_typed.kind == items || (items == Type::Text && item_typed.kind == Type::Person);
        match item_typed.code {
            Code::Word(word) if fits => Some(Test::WordIn(word, words)),
            Code::Word(_) | Code::Test(_) | Code::Amount(_) | Code::Words(_) => {
                let problem = Self::at(ProblemKind::NotInList, item).with("found", item_typed.kind.word());
                self.problem(problem.with("items", items.word()));
                None
            }
        }
    }

    /// `item in ['a', 'b']`: all of the item's type.
    fn within_brackets(&mut self, item: &Node, list: &Node, items: &[Node]) -> Option<Test> {
        if items.is_empty() {
            self.problem(Self::at(ProblemKind::EmptyList, list));
            return None;
        }
        // Whoever has a type of its own says what a bare one is; each is looked at once, or nesting would double the work.
        let speaks = if is_bare(item) {
            items.iter().position(|item| !is_bare(item))
        } else {
            None
        };
        let mut spoken = speaks
            .and_then(|place| items.get(place))
            .map(|item| self.infer(item, None));
        let hint = spoken.iter().flatten().next().map(|typed| typed.kind.clone());
        let typed = self.infer(item, hint.as_ref())?;
        let mut codes = Vec::new();
        let mut wrong = false;
        for (place, item) in items.iter().enumerate() {
            let other = match spoken.take_if(|_| speaks == Some(place)) {
                Some(known) => known,
                None => self.infer(item, Some(&typed.kind)),
            };
            match other {
                Some(other) if self.same(&other.kind, &typed.kind) => codes.push(other.code),
                Some(other) => {
                    self.differ(item, &typed.kind, &other.kind);
                    wrong = true;
                }
                None => wrong = true,
            }
        }
        if wrong {
            return None;
        }
        match typed.code {
            Code::Word(word) => {
                let words = codes.into_iter().filter_map(|code| match code {
                    Code::Word(word) => Some(word),
                    Code::Test(_) | Code::Amount(_) | Code::Words(_) => None,
                });
                Some(Test::WordIn(word, Words::Written(words.collect())))
            }
            Code::Amount(amount) => {
                let amounts = codes.into_iter().filter_map(|code| match code {
                    Code::Amount(amount) => Some(amount),
                    Code::Test(_) | Code::Word(_) | Code::Words(_) => None,
                });
                Some(Test::AmountIn(amount, amounts.collect()))
            }
            Code::Test(_) | Code::Words(_) => {
                let problem = Self::at(ProblemKind::NotInList, item).with("found", typed.kind.word());
                self.problem(problem.with("items", typed.kind.word()));
                None
            }
        }
    }

    fn choose(
        &mut self,
        node: &Node,
        condition: &Node,
        one: &Node,
        other: &Node,
        hint: Option<&Type>,
    ) -> Option<(Type, Code)> {
        let condition = self.test(condition);
        let (one, other) = self.pair(one, other, hint)?;
        if !self.same(&one.kind, &other.kind) {
            self.differ(node, &one.kind, &other.kind);
            return None;
        }
        let condition = Box::new(condition?);
        let code = match (one.code, other.code) {
            (Code::Test(one), Code::Test(other)) => Code::Test(Test::Choose(condition, Box::new((one, other)))),
            (Code::Amount(one), Code::Amount(other)) => Code::Amount(Amount::Choose(condition, Box::new((one, other)))),
            (Code::Word(one), Code::Word(other)) => Code::Word(Word::Choose(condition, Box::new((one, other)))),
            (Code::Words(one), Code::Words(other)) => Code::Words(Words::Choose(condition, Box::new((one, other)))),
            _ => return None,
        };
        Some((one.kind, code))
    }
}
