//! An expression that compiles, on a ticket made from the first bytes: it yields its type or says which field it could
//! not read, always the same, and fails for emptiness only where the check was told that a field is needed.

use indexmap::IndexMap;
use ombud::texts::Language;
use ombud::workflow::definition::Span;
use ombud::workflow::expression::{Expression, ExpressionValue, Facts, Failure, Since, Type};
use ombud::workflow::id::{ActionId, ClockId, DepartmentId, FieldId, PersonId};
use ombud::workflow::moment::Moment;
use ombud::workflow::value::{Decimal, FieldType, Value};

use super::bytes::Bytes;
use super::expression_parse::{DEPARTMENTS, FIELDS, OPTIONS, PEOPLE, known, types};

const TEXTS: [&str; 4] = ["", "和平路12号", "red", "a\u{301}\n'\""];

struct Ticket {
    fields: IndexMap<FieldId, Value>,
    times: i64,
    now: i64,
    closed: bool,
    late: bool,
}

impl Facts for Ticket {
    fn field(&self, field: &FieldId) -> Option<&Value> {
        self.fields.get(field)
    }
    fn times(&self, since: Since, action: &ActionId) -> i64 {
        let known = i64::from(action.as_str() == "hold");
        match since {
            Since::Round => self.times + known,
            Since::Visit => known,
            Since::Ever => self.times * 2 + known,
        }
    }
    fn now(&self) -> Moment {
        Moment(self.now)
    }
    fn opened_at(&self) -> Moment {
        Moment(self.now / 2)
    }
    fn closed_at(&self) -> Option<Moment> {
        self.closed.then_some(Moment(self.now))
    }
    fn contact_ended_at(&self) -> Option<Moment> {
        None
    }
    fn is_late(&self, _clock: &ClockId) -> bool {
        self.late
    }
}

fn value(bytes: &mut Bytes, kind: FieldType) -> Option<Value> {
    let form = bytes.byte();
    if form == 0 {
        return None;
    }
    if form == 1 {
        return Some(Value::Erased);
    }
    let pick = usize::from(form);
    let number = |bytes: &mut Bytes| match form {
        2 => i64::MAX,
        3 => i64::MIN,
        _ => bytes.number(),
    };
    Some(match kind {
        FieldType::Text => Value::Text(TEXTS[pick % 4].to_owned()),
        FieldType::Phone => Value::Phone("13800000000".to_owned()),
        FieldType::Number => Value::Number(Decimal(number(bytes))),
        FieldType::Money => Value::Money(Decimal(number(bytes))),
        FieldType::YesNo => Value::YesNo(form & 1 == 1),
        FieldType::Choice => Value::Choice(OPTIONS[pick % 3].into()),
        FieldType::Time => Value::Time(Moment(number(bytes))),
        FieldType::Department => Value::Department(DEPARTMENTS[pick % 2].into()),
        FieldType::Departments => Value::Departments(vec![DepartmentId::from(DEPARTMENTS[pick % 2])]),
        FieldType::Person => Value::Person(PersonId::from(PEOPLE[pick % 2])),
        FieldType::List => Value::List(TEXTS.iter().take(pick % 5).map(|text| (*text).to_owned()).collect()),
    })
}

pub fn run(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let expected = types()[bytes.below(10)].clone();
    let mut fields = IndexMap::new();
    for (id, kind) in FIELDS {
        if let Some(value) = value(&mut bytes, kind) {
            fields.insert(FieldId::from(id), value);
        }
    }
    let ticket = Ticket {
        fields,
        times: i64::from(bytes.byte()),
        now: bytes.number() << 10,
        closed: bytes.flag(),
        late: bytes.flag(),
    };
    let text = bytes.text();
    let (mut expression, problems) = Expression::parse(&text, Span::default(), 1);
    if !problems.is_empty() || !expression.compile(&known(), &expected).is_empty() {
        return;
    }
    let found = expression.evaluate(&ticket);
    assert_eq!(found, expression.evaluate(&ticket), "{text}");
    match &found {
        Ok(value) => assert!(is_of(value, &expected), "{text}: {value:?} for {expected:?}"),
        Err(failure) => {
            for language in Language::ALL {
                assert!(!failure.sentence(language).is_empty());
            }
            excused(&expression, &ticket, failure);
        }
    }
}

/// A failure has its reason in the ticket.
fn excused(expression: &Expression, ticket: &Ticket, failure: &Failure) {
    let text = &expression.text;
    match failure {
        Failure::Empty(field) => {
            assert!(expression.needed_fields().contains(field), "{text}: {field}");
            assert!(!ticket.fields.contains_key(field), "{text}: {field}");
        }
        Failure::Erased(field) => assert_eq!(ticket.fields.get(field), Some(&Value::Erased), "{text}"),
        Failure::WrongType(field) => panic!("{text}: {field} has its type"),
        Failure::NotYet(_) | Failure::Overflow => {}
        Failure::NotCompiled => panic!("{text}: compiled without a problem"),
    }
}

fn is_of(value: &ExpressionValue, expected: &Type) -> bool {
    matches!(
        (value, expected),
        (ExpressionValue::YesNo(_), Type::YesNo)
            | (ExpressionValue::Number(_), Type::Number)
            | (ExpressionValue::Money(_), Type::Money)
            | (ExpressionValue::Text(_), Type::Text)
            | (ExpressionValue::Time(_), Type::Time)
            | (ExpressionValue::Duration(_), Type::Duration)
            | (ExpressionValue::Choice(_), Type::Choice(_))
            | (ExpressionValue::Department(_), Type::Department)
            | (ExpressionValue::Person(_), Type::Person)
            | (ExpressionValue::List(_), Type::List)
    )
}
