//! Expressions against a CEL interpreter on what both know, and against any text at all.

use std::fmt::Write as _;

use cel::{Context, Program, Value as CelValue};
use indexmap::{IndexMap, IndexSet};
use ombud::workflow::definition::Span;
use ombud::workflow::expression::{Expression, Facts, Known, Since, Type};
use ombud::workflow::id::{ActionId, DepartmentId, FieldId, OptionId};
use ombud::workflow::moment::Moment;
use ombud::workflow::value::{DECIMAL_SCALE, Decimal, FieldType, Value};
use proptest::prelude::*;

use crate::seeded::{Seeded, cases, first_seed};

const OPTIONS: [&str; 3] = ["red", "green", "blue"];
const DEPARTMENTS: [&str; 3] = ["north", "south", "east"];
const TEXTS: [&str; 5] = ["", "a", "和平路", "it's \"so\"\n", "back\\slash\t"];

struct Ticket {
    fields: IndexMap<FieldId, Value>,
    now: i64,
}

impl Facts for Ticket {
    fn is_late(&self, _clock: &ombud::workflow::id::ClockId) -> bool {
        false
    }

    fn field(&self, field: &FieldId) -> Option<&Value> {
        self.fields.get(field)
    }
    fn times(&self, since: Since, action: &ActionId) -> i64 {
        let count = i64::try_from(action.as_str().len()).unwrap();
        match since {
            Since::Round => count,
            Since::Visit => count - 1,
            Since::Ever => count + 1,
        }
    }
    fn now(&self) -> Moment {
        Moment(self.now)
    }
    fn opened_at(&self) -> Moment {
        Moment(self.now - 1_000_000)
    }
    fn closed_at(&self) -> Option<Moment> {
        None
    }
    fn contact_ended_at(&self) -> Option<Moment> {
        None
    }
}

fn names() -> Known {
    let kinds = [
        ("yes", FieldType::YesNo),
        ("flag", FieldType::YesNo),
        ("real", FieldType::Number),
        ("other", FieldType::Number),
        ("word", FieldType::Text),
        ("colour", FieldType::Choice),
        ("lead", FieldType::Department),
        ("assist", FieldType::Departments),
        ("items", FieldType::List),
    ];
    let options: IndexSet<OptionId> = OPTIONS.iter().map(|id| OptionId::from(*id)).collect();
    Known {
        clocks: IndexSet::new(),
        fields: kinds
            .into_iter()
            .map(|(id, kind)| {
                (
                    FieldId::from(id),
                    (
                        kind,
                        if id == "colour" {
                            options.clone()
                        } else {
                            IndexSet::new()
                        },
                    ),
                )
            })
            .collect(),
        actions: ["reply", "hold"].map(ActionId::from).into_iter().collect(),
        departments: Some(DEPARTMENTS.map(DepartmentId::from).into()),
        people: None,
    }
}

fn ticket(random: &mut Seeded) -> Ticket {
    let quarter = |random: &mut Seeded| Decimal(random.between(-40, 40) * DECIMAL_SCALE / 4);
    let assist = DEPARTMENTS
        .iter()
        .filter(|_| random.chance(50))
        .map(|id| DepartmentId::from(*id))
        .collect();
    let items = TEXTS
        .iter()
        .filter(|_| random.chance(50))
        .map(|text| (*text).to_owned())
        .collect();
    let fields = [
        ("yes", Value::YesNo(random.chance(50))),
        ("flag", Value::YesNo(random.chance(50))),
        ("real", Value::Number(quarter(random))),
        ("other", Value::Number(quarter(random))),
        ("word", Value::Text((*random.pick(&TEXTS)).to_owned())),
        ("colour", Value::Choice((*random.pick(&OPTIONS)).into())),
        ("lead", Value::Department((*random.pick(&DEPARTMENTS)).into())),
        ("assist", Value::Departments(assist)),
        ("items", Value::List(items)),
    ];
    Ticket {
        fields: fields
            .into_iter()
            .map(|(id, value)| (FieldId::from(id), value))
            .collect(),
        now: 1_750_000_000_000,
    }
}

/// The same ticket for the interpreter: numbers as doubles (quarters are exact), instants as whole milliseconds.
fn context(ticket: &Ticket) -> Context<'static, 'static> {
    let mut context = Context::default();
    for (id, value) in &ticket.fields {
        let value: CelValue = match value {
            Value::YesNo(yes) => CelValue::Bool(*yes),
            Value::Number(Decimal(scaled)) => {
                CelValue::Float(f64::from(i32::try_from(*scaled).unwrap()) / f64::from(10_000))
            }
            Value::Text(text) => text.as_str().into(),
            Value::Choice(id) => id.as_str().into(),
            Value::Department(id) => id.as_str().into(),
            Value::Departments(ids) => ids.iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>().into(),
            Value::List(items) => items.clone().into(),
            Value::Money(_) | Value::Time(_) | Value::Phone(_) | Value::Person(_) | Value::Erased => {
                panic!("{id} is not generated")
            }
        };
        context.add_variable_from_value(id.to_string(), value);
    }
    context.add_variable_from_value("now", CelValue::Int(ticket.now));
    context.add_variable_from_value("opened_at", CelValue::Int(ticket.opened_at().0));
    let count = |action: &str| i64::try_from(action.len()).unwrap();
    context
        .add_function("times", move |action: std::sync::Arc<String>| count(&action))
        .unwrap();
    context
        .add_function("times_here", move |action: std::sync::Arc<String>| count(&action) - 1)
        .unwrap();
    context
        .add_function("times_ever", move |action: std::sync::Arc<String>| count(&action) + 1)
        .unwrap();
    context.add_function("minutes", |count: i64| count * 60_000).unwrap();
    context.add_function("hours", |count: i64| count * 3_600_000).unwrap();
    context.add_function("days", |count: i64| count * 86_400_000).unwrap();
    context
}

fn quote(random: &mut Seeded, text: &str) -> String {
    let quote = if random.chance(50) { '\'' } else { '"' };
    let mut written = String::from(quote);
    for character in text.chars() {
        match character {
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            '\\' => written.push_str("\\\\"),
            _ if character == quote => {
                written.push('\\');
                written.push(character);
            }
            _ if random.chance(20) => write!(written, "\\u{:04x}", u32::from(character)).unwrap(),
            _ => written.push(character),
        }
    }
    written.push(quote);
    written
}

fn quoted(random: &mut Seeded, from: &[&str]) -> String {
    let text = *random.pick(from);
    quote(random, text)
}

fn list(random: &mut Seeded, from: &[&str]) -> String {
    let count = random.between(1, 3);
    let items: Vec<String> = (0..count).map(|_| quoted(random, from)).collect();
    format!("[{}]", items.join(", "))
}

/// A number as a double: each has a point, because CEL keeps whole numbers apart.
fn real(random: &mut Seeded, depth: u32) -> String {
    match random.below(if depth == 0 { 2 } else { 6 }) {
        0 => (*random.pick(&["real", "other"])).to_owned(),
        1 => format!("{}.{}", random.below(12), random.pick(&["0", "25", "5", "75"])),
        2 => format!("{} + {}", real(random, depth - 1), real(random, depth - 1)),
        3 => format!("{} - ({})", real(random, depth - 1), real(random, depth - 1)),
        4 => format!("-({})", real(random, depth - 1)),
        _ => format!(
            "({} ? {} : {})",
            test(random, depth - 1),
            real(random, depth - 1),
            real(random, depth - 1)
        ),
    }
}

fn whole(random: &mut Seeded, depth: u32) -> String {
    match random.below(if depth == 0 { 4 } else { 6 }) {
        0 => format!("size({})", random.pick(&["word", "assist", "items"])),
        1 => format!(
            "{}('{}')",
            random.pick(&["times", "times_here", "times_ever"]),
            random.pick(&["reply", "hold"])
        ),
        2 => random.below(9).to_string(),
        3 => format!("size({})", quoted(random, &TEXTS)),
        4 => format!("{} - {}", whole(random, depth - 1), whole(random, 0)),
        _ => format!("({}) + {}", whole(random, depth - 1), whole(random, depth - 1)),
    }
}

fn span(random: &mut Seeded, depth: u32) -> String {
    match random.below(if depth == 0 { 2 } else { 4 }) {
        0 => format!("{}({})", random.pick(&["minutes", "hours", "days"]), whole(random, 0)),
        1 => "(now - opened_at)".to_owned(),
        2 => format!("{} + {}", span(random, depth - 1), span(random, depth - 1)),
        _ => format!("-({})", span(random, depth - 1)),
    }
}

fn relation(random: &mut Seeded) -> &'static str {
    ["==", "!=", "<", "<=", ">", ">="][usize::try_from(random.below(6)).unwrap()]
}

fn test(random: &mut Seeded, depth: u32) -> String {
    let equal = *random.pick(&["==", "!="]);
    match random.below(if depth == 0 { 4 } else { 17 }) {
        0 => (*random.pick(&["yes", "flag", "true", "false"])).to_owned(),
        1 => format!("colour {equal} {}", quoted(random, &OPTIONS)),
        2 => format!("word {equal} {}", quoted(random, &TEXTS)),
        3 => format!("{} in {}", random.pick(&["lead", "'north'", "\"east\""]), "assist"),
        4 => format!("colour in {}", list(random, &OPTIONS)),
        5 => format!("lead in {}", list(random, &DEPARTMENTS)),
        6 => format!("{} in items", quoted(random, &TEXTS)),
        7 => format!("!({})", test(random, depth - 1)),
        8 | 9 => format!("{} && {}", test(random, depth - 1), test(random, depth - 1)),
        10 | 11 => format!("{} || {}", test(random, depth - 1), test(random, depth - 1)),
        12 => format!("({})", test(random, depth - 1)),
        13 => format!(
            "{} {} {}",
            real(random, depth - 1),
            relation(random),
            real(random, depth - 1)
        ),
        14 => format!(
            "{} {} {}",
            whole(random, depth - 1),
            relation(random),
            whole(random, depth - 1)
        ),
        15 => format!(
            "{} {} {}",
            span(random, depth - 1),
            relation(random),
            span(random, depth - 1)
        ),
        _ => format!(
            "({} ? {} : {})",
            test(random, depth - 1),
            test(random, depth - 1),
            test(random, depth - 1)
        ),
    }
}

#[test]
fn what_both_know_comes_out_as_in_cel() {
    let names = names();
    let mut holds = [0, 0];
    for seed in first_seed()..first_seed() + cases(4_000) {
        let mut random = Seeded::new(seed);
        let ticket = ticket(&mut random);
        let text = test(&mut random, 3);
        let (mut expression, problems) = Expression::parse(&text, Span::default(), 1);
        if text.len() > 1_024 {
            continue;
        }
        assert_eq!(problems, [], "seed {seed}: {text}");
        assert_eq!(expression.compile(&names, &Type::YesNo), [], "seed {seed}: {text}");
        let ours = expression.holds(&ticket);
        let program = Program::compile(&text).unwrap_or_else(|error| panic!("seed {seed}: {text}: {error}"));
        let theirs = program.execute(&context(&ticket));
        let Ok(CelValue::Bool(theirs)) = theirs else {
            panic!("seed {seed}: {text}: {theirs:?}");
        };
        assert_eq!(ours, Ok(theirs), "seed {seed}: {text}");
        holds[usize::from(theirs)] += 1;
    }
    assert!(
        holds.iter().all(|count| *count > 0) || cases(4_000) < 100,
        "both answers come up: {holds:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>()) {
        let (mut expression, problems) = Expression::parse(&text, Span::default(), 1);
        expression.compile(&names(), &Type::YesNo);
        for problem in problems {
            prop_assert!(text.get(problem.start..problem.end).is_some(), "{problem}");
        }
    }

    #[test]
    fn no_chain_of_words_makes_the_reader_panic(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "yes", "real", "word", "colour", "lead", "assist", "items", "nothing", "now", "closed_at", "true",
                "in", "(", ")", "[", "]", ",", "?", ":", "==", "<", "&&", "||", "!", "+", "-", "1", "2.5", "'red'",
                "\"东\"", "size(", "times('reply'", "minutes(", "'", "\\", "．", "and",
            ]),
            0..60,
        )
    ) {
        let text = words.join(" ");
        let (mut expression, mut problems) = Expression::parse(&text, Span::default(), 1);
        problems.extend(expression.compile(&names(), &Type::YesNo));
        prop_assert_eq!(problems.is_empty(), expression.is_compiled());
        for problem in problems {
            prop_assert!(text.get(problem.start..problem.end).is_some(), "{}", problem);
            prop_assert!(problem.start < problem.end || problem.start == text.len());
        }
        if expression.is_compiled() {
            let _ = expression.holds(&ticket(&mut Seeded::new(1)));
        }
    }
}
