//! From syntax to a typed program, telling every mistake it can find in one go.
//!
//! A quoted text and a plain number have no type of their own: `'bad'` is an option beside a choice field, a
//! department beside a department field, and `1000` is money beside money. So the side that has a type is looked at
//! first and its type is a hint for the other.

use super::Type;
use super::known::{Names, nearest};
use super::parse::nearest_function;
use super::problem::{ExpressionProblem, ProblemKind};
use super::run::{Amount, Comparison, Program, Test, Word, Words};
use super::syntax::{Function, INSTANTS, Kind, Node, Relation};
use crate::workflow::id::{ActionId, ClockId, FieldId};
use crate::workflow::moment::{DAY, HOUR, MINUTE};
use crate::workflow::value::{DECIMAL_SCALE, FieldType};

/// A part of the program, by how it is computed.
enum Code {
    Test(Test),
    Amount(Amount),
    Word(Word),
    Words(Words),
}

struct Typed {
    kind: Type,
    code: Code,
}

struct Compiler<'a> {
    names: &'a dyn Names,
    problems: Vec<ExpressionProblem>,
}

/// The program, or all that is wrong.
pub fn compile(syntax: &Node, names: &dyn Names, expected: &Type) -> Result<Program, Vec<ExpressionProblem>> {
    let mut compiler = Compiler {
        names,
        problems: Vec::new(),
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

/// A name that lacks its quotes, with them.
fn in_quotes(argument: &Node) -> Option<String> {
    if let Kind::Field(name) = &argument.kind {
        Some(format!("'{name}'"))
    } else {
        None
    }
}

impl Compiler<'_> {
    fn problem(&mut self, problem: ExpressionProblem) {
        self.problems.push(problem);
    }

    fn at(kind: ProblemKind, node: &Node) -> ExpressionProblem {
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
    fn same(&self, left: &Type, right: &Type) -> bool {
        if left == right {
            return true;
        }
        match (left, right) {
            (Type::Choice(left), Type::Choice(right)) => {
                let (left, right) = (self.names.options(left), self.names.options(right));
                left.len() == right.len() && left.iter().all(|option| right.contains(option))
            }
            _ => false,
        }
    }

    fn infer(&mut self, node: &Node, hint: Option<&Type>) -> Option<Typed> {
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

    /// Type of a quoted text: what its neighbour wants it to be, when there is such an option, department, person.
    fn quoted(&mut self, node: &Node, text: &str, hint: Option<&Type>) -> Option<Type> {
        let (kind, candidates, problem) = match hint {
            Some(Type::Choice(field)) => {
                let options: Vec<String> = self.names.options(field).iter().map(ToString::to_string).collect();
                let problem = Self::at(ProblemKind::UnknownOption, node).with("field", field.as_str());
                (Type::Choice(field.clone()), Some(options), problem)
            }
            Some(Type::Department) => {
                let known = self.names.departments();
                let known = known.map(|ids| ids.iter().map(ToString::to_string).collect());
                (Type::Department, known, Self::at(ProblemKind::UnknownDepartment, node))
            }
            Some(Type::Person) => {
                let known = self.names.people();
                let known = known.map(|ids| ids.iter().map(ToString::to_string).collect());
                (Type::Person, known, Self::at(ProblemKind::UnknownPerson, node))
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
        match candidates {
            Some(known) if !known.iter().any(|id| id == text) => {
                let meant = nearest(text, known.iter().map(String::as_str));
                let accepted: Vec<&str> = known.iter().take(20).map(String::as_str).collect();
                let meant = meant.into_iter().map(|id| format!("'{id}'"));
                self.problem(
                    problem
                        .with("found", text)
                        .with("accepted", accepted.join(", "))
                        .meant(meant),
                );
                None
            }
            Some(_) | None => Some(kind),
        }
    }

    fn field(&mut self, node: &Node, field: &FieldId) -> Option<(Type, Code)> {
        let Some(kind) = self.names.field(field.as_str()) else {
            let fields = self.names.fields();
            let mut meant = match field.as_str() {
                "yes" | "on" => vec!["true".to_owned()],
                "no" | "off" => vec!["false".to_owned()],
                name => nearest(
                    name,
                    fields
                        .iter()
                        .map(FieldId::as_str)
                        .chain(INSTANTS.iter().map(|(name, _)| *name)),
                ),
            };
            // `category == billing` without quotes: an option of some choice field.
            let is_option = |id: &FieldId| {
                self.names
                    .options(id)
                    .iter()
                    .any(|option| option.as_str() == field.as_str())
            };
            if fields.iter().any(is_option) {
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

    /// `times('reply')`: the action must exist and be written in quotes.
    fn action(&mut self, argument: &Node) -> Option<ActionId> {
        let Kind::Text(text) = &argument.kind else {
            self.problem(Self::at(ProblemKind::ActionNotQuoted, argument).meant(in_quotes(argument)));
            return None;
        };
        let actions = self.names.actions();
        if let Some(action) = actions.iter().find(|action| action.as_str() == &**text) {
            return Some(action.clone());
        }
        let meant = nearest(text, actions.iter().map(ActionId::as_str));
        let meant = meant.into_iter().map(|id| format!("'{id}'"));
        self.problem(
            Self::at(ProblemKind::UnknownAction, argument)
                .with("found", &**text)
                .meant(meant),
        );
        None
    }

    /// `late('resolve')`: the clock must exist and be written in quotes.
    fn clock(&mut self, argument: &Node) -> Option<ClockId> {
        let Kind::Text(name) = &argument.kind else {
            self.problem(Self::at(ProblemKind::ClockNotQuoted, argument).meant(in_quotes(argument)));
            return None;
        };
        let clocks = self.names.clocks();
        if let Some(clock) = clocks.iter().find(|clock| clock.as_str() == &**name) {
            return Some(clock.clone());
        }
        let meant = nearest(name, clocks.iter().map(ClockId::as_str))
            .into_iter()
            .map(|id| format!("'{id}'"));
        let problem = Self::at(ProblemKind::UnknownClock, argument).with("found", &**name);
        self.problem(problem.meant(meant));
        None
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
        let hint = if is_bare(item) {
            let typed = items.iter().find(|item| !is_bare(item));
            typed.and_then(|typed| self.infer(typed, None)).map(|typed| typed.kind)
        } else {
            None
        };
        let typed = self.infer(item, hint.as_ref())?;
        let mut codes = Vec::new();
        let mut wrong = false;
        for item in items {
            match self.infer(item, Some(&typed.kind)) {
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
