//! What the core computes for every command: expressions and due times. `cargo bench --bench core`.
//!
//! A plain clock around many rounds, the best of several: enough to see a change of kind, with nothing to install.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench that cannot go on should stop, and its result is what it prints"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::time::{Duration as Span, Instant};

use ombud::workflow::calendar::holidays::Holidays;
use ombud::workflow::calendar::{Calendar, hours};
use ombud::workflow::definition::Span as Place;
use ombud::workflow::duration::Duration;
use ombud::workflow::expression::{Expression, Facts, Known, Since, Type};
use ombud::workflow::id::{ActionId, CalendarId, ClockId, FieldId};
use ombud::workflow::moment::{DAY, HOUR, Moment};
use ombud::workflow::value::{Decimal, FieldType, Value};

const ROUNDS: u32 = 2_000;
const REPEATS: u32 = 15;

fn bench<T>(name: &str, mut work: impl FnMut() -> T) {
    let mut best = Span::MAX;
    for _ in 0..REPEATS {
        let start = Instant::now();
        for _ in 0..ROUNDS {
            black_box(work());
        }
        best = best.min(start.elapsed());
    }
    println!("{name:<58} {:>9} ns", best.as_nanos() / u128::from(ROUNDS));
}

struct Ticket(Value, Value);

impl Facts for Ticket {
    fn field(&self, field: &FieldId) -> Option<&Value> {
        match field.as_str() {
            "urgent" => Some(&self.0),
            "compensation" => Some(&self.1),
            _ => None,
        }
    }
    fn times(&self, _since: Since, _action: &ActionId) -> i64 {
        1
    }
    fn now(&self) -> Moment {
        Moment(100 * DAY)
    }
    fn opened_at(&self) -> Moment {
        Moment(90 * DAY)
    }
    fn closed_at(&self) -> Option<Moment> {
        Some(Moment(95 * DAY))
    }
    fn contact_ended_at(&self) -> Option<Moment> {
        None
    }
    fn is_late(&self, _clock: &ClockId) -> bool {
        false
    }
}

fn expressions() {
    let names = Known {
        fields: [("urgent", FieldType::YesNo), ("compensation", FieldType::Money)]
            .into_iter()
            .map(|(id, kind)| (FieldId::from(id), (kind, indexmap::IndexSet::new())))
            .collect(),
        actions: [ActionId::from("answered")].into_iter().collect(),
        ..Known::default()
    };
    let ticket = Ticket(Value::YesNo(true), Value::Money(Decimal(12_000_000)));
    for text in [
        "urgent",
        "compensation > 1000 && times('answered') < 2",
        "now - closed_at <= days(30) && (urgent || compensation + 500 > 1000)",
    ] {
        let read = || {
            let (mut expression, _) = Expression::parse(text, Place::default(), 1);
            expression.compile(&names, &Type::YesNo);
            expression
        };
        bench(&format!("read and type: {text:.40}"), read);
        let expression = read();
        expression.holds(&ticket).unwrap();
        bench(&format!("run: {text:.40}"), || expression.holds(&ticket));
    }
}

fn calendars() {
    for zone in ["Asia/Shanghai", "Europe/Berlin"] {
        let office = hours::parse("08:30-12:00,13:30-18:00").unwrap();
        let calendar = Calendar {
            id: CalendarId::from("bench"),
            zone: jiff::tz::TimeZone::get(zone).unwrap(),
            day: 8 * HOUR,
            weekly: std::array::from_fn(|day| if day < 5 { office.clone() } else { Vec::new() }),
            closed: BTreeSet::new(),
            opened: BTreeMap::new(),
            loaded_through: None,
            version: 1,
        }
        .with_holidays(&Holidays::china_all(), None);
        // 2026-03-02 09:00 in Shanghai.
        let zero = Moment(1_772_413_200_000);
        for limit in [
            "24 hours",
            "10 days",
            "2 working hours",
            "5 working days",
            "10 working days from the next day",
            "60 working days",
            "2600 working days",
        ] {
            let limit = Duration::parse(limit).unwrap();
            let budget = calendar.budget(zero, limit).unwrap();
            let due = calendar.due(zero, budget).unwrap();
            bench(&format!("{zone}: budget of {limit}"), || {
                calendar.budget(black_box(zero), limit)
            });
            bench(&format!("{zone}: due of {limit}"), || {
                calendar.due(black_box(zero), budget)
            });
            bench(&format!("{zone}: measure {limit}"), || {
                calendar.measure(budget.working, black_box(zero), due)
            });
        }
    }
}

fn main() {
    expressions();
    calendars();
}
