//! Expressions as a file's author meets them: what holds, what fails and why, what is refused and what was meant.

mod mistakes;

use std::collections::{BTreeSet, HashMap};

use indexmap::{IndexMap, IndexSet};
use ombud::texts::Language;
use ombud::workflow::definition::Span;
use ombud::workflow::expression::{
    DEPTH_MAX, Expression, ExpressionProblem, ExpressionValue, Facts, Failure, Known, ProblemKind, Since,
    TEXT_LENGTH_MAX, Type,
};
use ombud::workflow::id::{ActionId, DepartmentId, FieldId, OptionId, PersonId};
use ombud::workflow::moment::{DAY, HOUR, MINUTE, Moment};
use ombud::workflow::value::{Decimal, FieldType, Value};

/// A ticket of which only what expressions ask is known.
#[derive(Default)]
struct Ticket {
    fields: IndexMap<FieldId, Value>,
    times: HashMap<(u8, String), i64>,
    now: i64,
    opened_at: i64,
    closed_at: Option<i64>,
}

impl Facts for Ticket {
    fn is_late(&self, _clock: &ombud::workflow::id::ClockId) -> bool {
        false
    }

    fn field(&self, field: &FieldId) -> Option<&Value> {
        self.fields.get(field)
    }
    fn times(&self, since: Since, action: &ActionId) -> i64 {
        let since = match since {
            Since::Round => 0,
            Since::Visit => 1,
            Since::Ever => 2,
        };
        self.times.get(&(since, action.to_string())).copied().unwrap_or(0)
    }
    fn now(&self) -> Moment {
        Moment(self.now)
    }
    fn opened_at(&self) -> Moment {
        Moment(self.opened_at)
    }
    fn closed_at(&self) -> Option<Moment> {
        self.closed_at.map(Moment)
    }
    fn contact_ended_at(&self) -> Option<Moment> {
        None
    }
}

fn names() -> Known {
    let options = |ids: &[&str]| ids.iter().map(|id| OptionId::from(*id)).collect::<IndexSet<_>>();
    let field = |id: &str, kind| (FieldId::from(id), (kind, IndexSet::new()));
    Known {
        clocks: IndexSet::new(),
        fields: [
            (
                FieldId::from("satisfaction"),
                (FieldType::Choice, options(&["good", "fair", "bad"])),
            ),
            (
                FieldId::from("category"),
                (FieldType::Choice, options(&["billing", "outage", "other"])),
            ),
            field("urgent", FieldType::YesNo),
            field("vip", FieldType::YesNo),
            field("compensation", FieldType::Money),
            field("persons", FieldType::Number),
            field("extra", FieldType::Number),
            field("place", FieldType::Text),
            field("phone", FieldType::Phone),
            field("happened_at", FieldType::Time),
            field("lead", FieldType::Department),
            field("assist", FieldType::Departments),
            field("inspector", FieldType::Person),
            field("witnesses", FieldType::List),
        ]
        .into_iter()
        .collect(),
        actions: ["answered", "no_answer", "hold", "reply"]
            .map(ActionId::from)
            .into_iter()
            .collect(),
        departments: Some(["finance", "north_branch"].map(DepartmentId::from).into()),
        people: Some(["li", "zhang"].map(PersonId::from).into()),
    }
}

fn ticket() -> Ticket {
    let text = |text: &str| Value::Text(text.to_owned());
    Ticket {
        fields: [
            ("satisfaction", Value::Choice("fair".into())),
            ("category", Value::Choice("outage".into())),
            ("urgent", Value::YesNo(true)),
            ("compensation", Value::Money(Decimal(12_005_000))),
            ("persons", Value::Number(Decimal(125_000))),
            ("place", text("和平路12号")),
            ("happened_at", Value::Time(Moment(50 * DAY))),
            ("lead", Value::Department("finance".into())),
            ("inspector", Value::Person("li".into())),
            ("witnesses", Value::List(vec!["li".to_owned(), "王五".to_owned()])),
        ]
        .into_iter()
        .map(|(id, value)| (FieldId::from(id), value))
        .collect(),
        times: [
            ((0, "answered".to_owned()), 1),
            ((1, "no_answer".to_owned()), 3),
            ((2, "hold".to_owned()), 2),
        ]
        .into(),
        now: 100 * DAY,
        opened_at: 90 * DAY,
        closed_at: Some(98 * DAY),
    }
}

fn compiled(text: &str, expected: &Type) -> Expression {
    let (mut expression, problems) = Expression::parse(text, Span::default(), 1);
    assert_eq!(problems, [], "{text}");
    let problems = expression.compile(&names(), expected);
    assert_eq!(problems, [], "{text}");
    expression
}

fn holds(text: &str) -> Result<bool, Failure> {
    compiled(text, &Type::YesNo).holds(&ticket())
}

fn problems(text: &str) -> Vec<ExpressionProblem> {
    let (mut expression, problems) = Expression::parse(text, Span::default(), 1);
    if !problems.is_empty() {
        assert_eq!(expression.holds(&ticket()), Err(Failure::NotCompiled));
        return problems;
    }
    expression.compile(&names(), &Type::YesNo)
}

#[test]
fn conditions_hold_or_do_not() {
    for (text, expected) in [
        ("true", true),
        ("urgent", true),
        ("!urgent", false),
        ("urgent && !urgent", false),
        ("!urgent || urgent", true),
        ("urgent == true", true),
        ("satisfaction != 'bad'", true),
        ("'bad' == satisfaction", false),
        ("satisfaction in ['good', \"fair\"]", true),
        ("category == (urgent ? 'outage' : 'billing')", true),
        ("compensation > 1000", true),
        ("1000 < compensation", true),
        ("compensation == 1200.50", true),
        ("compensation - 200.5 == 500 + 500", true),
        ("-compensation < 0", true),
        ("persons == 12.5 && persons in [1, 12.5]", true),
        ("persons - 13 < 0", true),
        ("times('answered') < 2", true),
        ("times_here('no_answer') < 3", false),
        ("times_ever('hold') == 2", true),
        ("times('reply') == 0", true),
        ("happened_at <= now", true),
        ("now - closed_at <= days(30)", true),
        ("now - opened_at == days(10)", true),
        ("opened_at + hours(240) == now", true),
        ("minutes(0.5) + minutes(0.5) == minutes(1)", true),
        ("days(1) == hours(24)", true),
        ("lead == 'finance'", true),
        ("lead in ['north_branch']", false),
        ("!(lead in assist)", true),
        ("size(assist) == 0", true),
        ("size(witnesses) == 2", true),
        ("size(place) == 6", true),
        ("'王五' in witnesses", true),
        ("inspector in witnesses", true),
        ("inspector == 'zhang'", false),
        ("place == '和平路12号'", true),
        ("place == '\\u548c平路\\u0031\\u0032号'", true),
        ("place != \"it's\"", true),
        ("urgent ? false : true", false),
        ("urgent ? (urgent ? true : false) : false", true),
        ("  urgent\n  && true", true),
    ] {
        assert_eq!(holds(text), Ok(expected), "{text}");
    }
}

#[test]
fn every_type_can_be_yielded() {
    for (text, kind, expected) in [
        ("persons + 1", Type::Number, ExpressionValue::Number(Decimal(135_000))),
        (
            "compensation + 1",
            Type::Money,
            ExpressionValue::Money(Decimal(12_015_000)),
        ),
        ("5", Type::Money, ExpressionValue::Money(Decimal(50_000))),
        ("now + days(1)", Type::Time, ExpressionValue::Time(Moment(101 * DAY))),
        (
            "minutes(90)",
            Type::Duration,
            ExpressionValue::Duration(HOUR + 30 * MINUTE),
        ),
        ("'x'", Type::Text, ExpressionValue::Text("x".into())),
        ("lead", Type::Department, ExpressionValue::Department("finance".into())),
        (
            "'finance'",
            Type::Department,
            ExpressionValue::Department("finance".into()),
        ),
        ("assist", Type::Departments, ExpressionValue::Departments(Vec::new())),
        ("inspector", Type::Person, ExpressionValue::Person("li".into())),
        (
            "category",
            Type::Choice("category".into()),
            ExpressionValue::Choice("outage".into()),
        ),
        (
            "witnesses",
            Type::List,
            ExpressionValue::List(vec!["li".into(), "王五".into()]),
        ),
        ("urgent", Type::YesNo, ExpressionValue::YesNo(true)),
    ] {
        assert_eq!(compiled(text, &kind).evaluate(&ticket()), Ok(expected), "{text}");
    }
}

#[test]
fn what_cannot_be_computed_is_a_failure_and_never_no() {
    for (text, failure) in [
        ("vip", Failure::Empty("vip".into())),
        ("!vip", Failure::Empty("vip".into())),
        ("vip && urgent", Failure::Empty("vip".into())),
        ("urgent && vip", Failure::Empty("vip".into())),
        ("extra > 0", Failure::Empty("extra".into())),
        ("size(phone) > 0", Failure::Empty("phone".into())),
        ("contact_ended_at < now", Failure::NotYet("contact_ended_at")),
        ("persons + 922337203685476 > 0", Failure::Overflow),
        ("days(922337203685476) > days(1)", Failure::Overflow),
    ] {
        for language in Language::ALL {
            assert!(!failure.sentence(language).is_empty());
        }
        assert_eq!(holds(text), Err(failure), "{text}");
    }
    let mut erased = ticket();
    erased.fields.insert("place".into(), Value::Erased);
    erased.fields.insert("witnesses".into(), Value::Erased);
    erased.fields.insert("persons".into(), Value::YesNo(true));
    let run = |text: &str| compiled(text, &Type::YesNo).holds(&erased);
    assert_eq!(run("place == 'x'"), Err(Failure::Erased("place".into())));
    assert_eq!(run("'x' in witnesses"), Err(Failure::Erased("witnesses".into())));
    assert_eq!(run("persons > 1"), Err(Failure::WrongType("persons".into())));
}

#[test]
fn what_stands_behind_a_known_answer_is_not_looked_at() {
    assert_eq!(holds("urgent || vip"), Ok(true));
    assert_eq!(holds("!urgent && vip"), Ok(false));
    assert_eq!(holds("urgent ? true : vip"), Ok(true));
}

#[test]
fn fields_and_actions_are_known_before_types_are() {
    let text = "lead in assist || nothing > times('hold') + times_ever('hold') && times_here('x') == lead";
    let (expression, problems) = Expression::parse(text, Span::default(), 1);
    assert_eq!(problems, []);
    assert_eq!(expression.fields(), ["lead", "assist", "nothing"].map(FieldId::from));
    assert_eq!(expression.actions(), ["hold", "x"].map(ActionId::from));
    assert!(!expression.is_compiled());
}

#[test]
fn length_and_depth_are_bounded() {
    let long = format!("urgent{}", " ".repeat(TEXT_LENGTH_MAX));
    assert_eq!(problems(&long)[0].kind, ProblemKind::TooLong);
    for (open, close) in [
        ("(", ")"),
        ("!", ""),
        ("urgent ? true : ", ""),
        ("size(", ")"),
        ("[", "]"),
    ] {
        let deep = format!("{}urgent{}", open.repeat(DEPTH_MAX + 1), close.repeat(DEPTH_MAX + 1));
        assert_eq!(problems(&deep)[0].kind, ProblemKind::TooDeep, "{open}");
    }
    let sum = format!("1{} > 0", " + 1".repeat(DEPTH_MAX));
    assert_eq!(problems(&sum)[0].kind, ProblemKind::TooDeep);
    // Long chains of conditions are not deep.
    let chain = format!("urgent{}", " && urgent".repeat(99));
    assert_eq!(holds(&chain), Ok(true));
    let fits = format!("{}urgent{}", "(".repeat(DEPTH_MAX), ")".repeat(DEPTH_MAX));
    assert_eq!(holds(&fits), Ok(true));
}

#[test]
fn without_a_directory_every_department_and_person_is_taken() {
    let unknown = Known {
        departments: None,
        people: None,
        ..names()
    };
    for text in ["lead == 'anywhere'", "inspector in ['anybody']"] {
        let (mut expression, _) = Expression::parse(text, Span::default(), 1);
        assert_eq!(expression.compile(&unknown, &Type::YesNo), [], "{text}");
    }
}

#[test]
fn filled_never_fails_on_an_empty_field() {
    let ticket = Ticket::default();
    let (mut expression, problems) = Expression::parse("!filled(urgent) && !filled(place)", Span::default(), 1);
    assert!(problems.is_empty());
    assert_eq!(expression.compile(&names(), &Type::YesNo), Vec::new());
    assert_eq!(expression.holds(&ticket), Ok(true));
    assert!(expression.needed_fields().is_empty());
    assert_eq!(expression.fields().len(), 2);
}

#[test]
fn a_field_guarded_by_filled_is_not_needed() {
    for (text, needed) in [
        ("filled(persons) && persons > 3", vec![]),
        ("!filled(persons) || persons > 3", vec![]),
        ("urgent && filled(persons) && persons > extra", vec!["urgent", "extra"]),
        ("filled(persons) ? persons > 3 : extra > 3", vec!["extra"]),
        ("!(filled(persons) && filled(extra)) || persons > extra", vec![]),
        ("!filled(persons) ? true : persons > 3", vec![]),
        ("filled(persons) || persons > 3", vec!["persons"]),
        ("persons > 3 && filled(persons)", vec!["persons"]),
        (
            "(filled(persons) || filled(extra)) && persons > extra",
            vec!["persons", "extra"],
        ),
        ("(filled(persons) && true) || persons > 3", vec!["persons"]),
    ] {
        let (expression, problems) = Expression::parse(text, Span::default(), 1);
        assert_eq!(problems, [], "{text}");
        let found: Vec<&str> = expression.needed_fields().iter().map(FieldId::as_str).collect();
        assert_eq!(found, needed, "{text}");
    }
}

#[test]
fn the_examples_of_the_manual_compile() {
    let mut known = names();
    for (id, kind) in [
        ("answers", FieldType::List),
        ("demands", FieldType::List),
        ("remark", FieldType::Text),
    ] {
        known.fields.insert(FieldId::from(id), (kind, IndexSet::new()));
    }
    known.actions.insert(ActionId::from("extend"));
    known.clocks = IndexSet::from(["resolve".into()]);
    let manual = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/workflows/expressions.md");
    let manual = std::fs::read_to_string(manual).unwrap();
    let block = manual.split("```").nth(1).unwrap();
    let examples: Vec<&str> = block.trim().lines().collect();
    assert_eq!(examples.len(), 9);
    for text in examples {
        let (mut expression, problems) = Expression::parse(text, Span::default(), 1);
        assert_eq!(problems, [], "{text}");
        assert_eq!(expression.compile(&known, &Type::YesNo), [], "{text}");
    }
    for word in ombud::workflow::expression::RESERVED {
        assert!(manual.contains(&format!("`{word}`")), "{word} is reserved");
    }
}
