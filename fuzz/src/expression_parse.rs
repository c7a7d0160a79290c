//! An expression as it is written: parsed and given types, or refused at a place within it, with a sentence.

use indexmap::{IndexMap, IndexSet};
use ombud::texts::Language;
use ombud::workflow::definition::Span;
use ombud::workflow::expression::{Expression, ExpressionProblem, Known, Type};
use ombud::workflow::id::{ActionId, DepartmentId, FieldId, OptionId, PersonId};
use ombud::workflow::value::FieldType;

/// A field of every type, and two of some.
pub const FIELDS: [(&str, FieldType); 14] = [
    ("place", FieldType::Text),
    ("remark", FieldType::Text),
    ("persons", FieldType::Number),
    ("extra", FieldType::Number),
    ("amount", FieldType::Money),
    ("urgent", FieldType::YesNo),
    ("vip", FieldType::YesNo),
    ("colour", FieldType::Choice),
    ("happened_at", FieldType::Time),
    ("phone", FieldType::Phone),
    ("lead", FieldType::Department),
    ("assist", FieldType::Departments),
    ("inspector", FieldType::Person),
    ("witnesses", FieldType::List),
];

pub const OPTIONS: [&str; 3] = ["red", "green", "blue"];
pub const DEPARTMENTS: [&str; 2] = ["north", "south"];
pub const PEOPLE: [&str; 2] = ["li", "zhang"];

pub fn known() -> Known {
    let options = |kind| -> IndexSet<OptionId> {
        if kind == FieldType::Choice {
            OPTIONS.map(OptionId::from).into()
        } else {
            IndexSet::new()
        }
    };
    let fields: IndexMap<_, _> = FIELDS
        .iter()
        .map(|(id, kind)| (FieldId::from(*id), (*kind, options(*kind))))
        .collect();
    Known {
        fields,
        actions: ["reply", "hold"].map(ActionId::from).into(),
        clocks: IndexSet::from(["resolve".into()]),
        departments: Some(DEPARTMENTS.map(DepartmentId::from).into()),
        people: Some(PEOPLE.map(PersonId::from).into()),
    }
}

/// What an expression may have to yield.
pub fn types() -> [Type; 10] {
    [
        Type::YesNo,
        Type::Number,
        Type::Money,
        Type::Text,
        Type::Time,
        Type::Duration,
        Type::Choice("colour".into()),
        Type::Department,
        Type::Person,
        Type::List,
    ]
}

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let span = Span {
        start: 0,
        end: text.len(),
    };
    let (expression, problems) = Expression::parse(&text, span, 1);
    told(&text, &problems);
    if !problems.is_empty() {
        assert!(!expression.is_compiled());
        return;
    }
    for expected in types() {
        let mut expression = expression.clone();
        let problems = expression.compile(&known(), &expected);
        told(&text, &problems);
        assert_eq!(expression.is_compiled(), problems.is_empty(), "{text}");
    }
}

fn told(text: &str, problems: &[ExpressionProblem]) {
    for problem in problems {
        for language in Language::ALL {
            assert!(!problem.sentence(language).is_empty(), "{text}: {problem:?}");
        }
    }
}
