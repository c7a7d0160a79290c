//! The core beyond what stories can tell: absence, acting for a department, merging, corrections, reveals, contacts.

use std::collections::BTreeMap;
use std::sync::Arc;

use ombud::ticket::command::{Command, Opening, Order};
use ombud::ticket::event::{Actor, Body, Event};
use ombud::ticket::model::{Channel, ClockPhase, Contact, LinkKind, TaskPhase, Ticket};
use ombud::ticket::refusal::{Code, Refusal};
use ombud::ticket::turn::{self, Decision, World};
use ombud::workflow::definition::Definition;
use ombud::workflow::directory::{Absence, Directory, Shift};
use ombud::workflow::id::{DepartmentId, FieldId, PersonId, WorkflowId};
use ombud::workflow::moment::{DAY, HOUR, MINUTE, Moment};
use ombud::workflow::value::{Value, Values};
use uuid::Uuid;

const FILE: &str = include_str!("../files/core.yaml");

/// A ticket of `tests/files/core.yaml` and the people around it.
struct Office {
    definition: Arc<Definition>,
    directory: Directory,
    ticket: Ticket,
    events: Vec<Event>,
    now: Moment,
}

fn nothing(_: &WorkflowId) -> Option<Arc<Definition>> {
    None
}

/// Monday 09:00 in Shanghai.
fn monday() -> Moment {
    Moment::from_timestamp("2026-03-02T01:00:00Z".parse().unwrap())
}

fn text(value: &str) -> Value {
    Value::Text(value.into())
}

fn values<const N: usize>(pairs: [(&str, Value); N]) -> Values {
    pairs
        .into_iter()
        .map(|(field, value)| (FieldId::from(field), value))
        .collect()
}

impl Office {
    fn with_contact(contact: Option<Contact>) -> Self {
        let (_, mut directory) = crate::shipped::load();
        let zhang = Shift {
            person: "zhang".into(),
            role: None,
            from: Moment(0),
            to: monday().plus(30 * DAY),
        };
        directory.shifts.push(zhang);
        directory.changed();
        let definition = Arc::new(crate::shipped::definition(FILE, &directory));
        let opening = Opening {
            id: Uuid::from_u128(1),
            number: Arc::from("C1"),
            creator: Actor::Person("li".into()),
            contact,
            values: values([
                ("summary", text("路灯不亮")),
                ("phone", Value::Phone("13800000000".into())),
            ]),
            imported: false,
        };
        let world = World {
            directory: &directory,
            active: &nothing,
        };
        let Decision {
            ticket,
            events,
            definition,
        } = turn::open(&definition, &opening, monday(), &world).unwrap();
        Self {
            definition,
            directory,
            ticket,
            events,
            now: monday(),
        }
    }

    fn new() -> Self {
        Self::with_contact(None)
    }

    /// Dispatched to finance, with one open task.
    fn dispatched() -> Self {
        let mut office = Self::new();
        let lead = values([("lead", Value::Department("finance".into()))]);
        office.must(
            "li",
            Order::Do {
                action: "submit".into(),
                values: lead,
            },
        );
        office
    }

    fn later(&mut self, ms: i64) -> &mut Self {
        self.now = self.now.plus(ms);
        let world = World {
            directory: &self.directory,
            active: &nothing,
        };
        let decision = turn::advance(&self.definition, &self.ticket, self.now, self.now, &world);
        self.take(decision);
        self
    }

    fn take(&mut self, decision: Decision) {
        self.ticket = decision.ticket;
        self.events.extend(decision.events);
    }

    fn ask(&self, command: &Command) -> Result<Decision, Refusal> {
        turn::decide(
            &self.definition,
            &self.ticket,
            command,
            self.now,
            &World {
                directory: &self.directory,
                active: &nothing,
            },
        )
    }

    fn command(person: &str, order: Order) -> Command {
        let texts: BTreeMap<Arc<str>, String> = ["reason", "basis", "note", "evidence"]
            .into_iter()
            .map(|key| (Arc::from(key), "依据".into()))
            .collect();
        Command {
            actor: Actor::Person(person.into()),
            on_behalf_of: None,
            order,
            texts,
            files: Vec::new(),
            imported: false,
        }
    }

    fn must(&mut self, person: &str, order: Order) {
        let decision = self.ask(&Self::command(person, order)).unwrap();
        self.take(decision);
    }

    fn refused(&self, person: &str, order: Order) -> Code {
        self.ask(&Self::command(person, order)).unwrap_err().objections[0].code
    }

    fn phase(&self) -> TaskPhase {
        self.ticket.tasks.last().unwrap().phase
    }

    fn clock(&self, id: &str) -> ClockPhase {
        self.ticket.clocks.iter().find(|run| run.clock == *id).unwrap().phase
    }
}

#[test]
fn the_substitute_of_an_absent_person_stands_in_and_nobody_else() {
    let mut office = Office::dispatched();
    assert_eq!(office.refused("ping", Order::Sign { task: 1 }), Code::By);
    for person in ["fang", "head_fin"] {
        let substitute = (person == "fang").then(|| PersonId::from("ping"));
        office.directory.absences.push(Absence {
            person: person.into(),
            from: monday(),
            to: monday().plus(DAY),
            substitute,
        });
    }
    office.directory.changed();
    office.must("ping", Order::Sign { task: 1 });
    assert_eq!(office.phase(), TaskPhase::Signed);
}

#[test]
fn an_absent_shift_lead_on_the_roster_is_replaced_on_duty() {
    let mut office = Office::new();
    office.directory.absences.push(Absence {
        person: "zhang".into(),
        from: monday(),
        to: monday().plus(DAY),
        substitute: Some("zhao".into()),
    });
    office.directory.changed();
    office.later(15 * MINUTE);
    let told: Vec<&str> = office
        .events
        .iter()
        .filter_map(|event| event.body.told())
        .flat_map(|(_, to)| to)
        .map(PersonId::as_str)
        .collect();
    assert_eq!(told, ["zhao"], "the substitute has the shift of whom they stand in for");
}

#[test]
fn somebody_acts_for_a_department_without_accounts_and_both_are_recorded() {
    let mut office = Office::dispatched();
    let mut command = Office::command(
        "zhang",
        Order::Reply {
            task: 1,
            values: values([("finding", text("已修复"))]),
        },
    );
    office.must("fang", Order::Sign { task: 1 });
    assert!(
        office.ask(&command).unwrap_err().has(Code::By),
        "not without saying for whom"
    );
    command.on_behalf_of = Some(DepartmentId::from("planning"));
    command.texts.insert("evidence".into(), "来函".to_owned());
    assert!(office.ask(&command).unwrap_err().has(Code::By), "another department");
    command.texts.clear();
    command.on_behalf_of = Some(DepartmentId::from("finance"));
    assert!(office.ask(&command).unwrap_err().has(Code::TextMissing));
    command.texts.insert("evidence".into(), "财务部来电".to_owned());
    let decision = office.ask(&command).unwrap();
    let replied = decision
        .events
        .iter()
        .find(|event| matches!(event.body, Body::TaskReplied { .. }))
        .unwrap();
    assert_eq!(replied.actor, Actor::Person("zhang".into()));
    assert_eq!(replied.on_behalf_of, Some(DepartmentId::from("finance")));
}

#[test]
fn a_task_handed_over_moves_its_department_field_and_can_be_given_back_unsigned() {
    let mut office = Office::dispatched();
    office.must(
        "fang",
        Order::HandOver {
            task: 1,
            to: "planning".into(),
        },
    );
    assert_eq!(office.ticket.fields["lead"], Value::Department("planning".into()));
    assert_eq!(office.ticket.transfers, 1);
    assert!(
        office.ticket.departments["finance"].until.is_some(),
        "what comes later is not finance's to see"
    );
    assert_eq!(office.refused("fang", Order::Sign { task: 1 }), Code::By);
    office.must("ping", Order::GiveBack { task: 1 });
    assert_eq!(office.ticket.fields["lead"], Value::Department("finance".into()));
    office.must("fang", Order::Sign { task: 1 });
    assert_eq!(office.refused("fang", Order::GiveBack { task: 1 }), Code::TaskPhase);
}

#[test]
fn return_is_asked_in_time_and_a_forced_department_asks_no_more() {
    let mut office = Office::dispatched();
    office.must("fang", Order::AskReturn { task: 1 });
    assert_eq!(office.refused("fang", Order::Force { task: 1 }), Code::By);
    office.must("zhang", Order::Force { task: 1 });
    assert_eq!(office.phase(), TaskPhase::Open);
    assert_eq!(office.refused("fang", Order::AskReturn { task: 1 }), Code::NoReturn);

    let mut office = Office::dispatched();
    // Dispatched at 09:00, the noon break does not count: four working hours end at 14:30.
    office.later(5 * HOUR + 31 * MINUTE);
    assert_eq!(office.refused("fang", Order::AskReturn { task: 1 }), Code::NoReturn);
}

#[test]
fn merging_closes_as_duplicate_and_can_be_undone_without_a_new_promise() {
    let mut office = Office::dispatched();
    office.later(HOUR);
    let before = office.ticket.clock(&"caller".into(), None).unwrap().clone();
    office.must(
        "zhang",
        Order::Merge {
            into: Uuid::from_u128(2),
        },
    );
    assert_eq!(office.ticket.outcome.as_ref().unwrap().as_str(), "duplicate");
    assert_eq!(office.ticket.links[0].kind, LinkKind::Merged);
    assert_eq!(turn::next_due(&office.ticket), None);
    assert_eq!(office.refused("zhang", Order::Chase), Code::Closed);
    office.later(HOUR).must("zhang", Order::Unmerge);
    assert!(!office.ticket.is_closed());
    let after = office.ticket.clock(&"caller".into(), None).unwrap();
    assert_eq!(
        (after.cycle, after.zero),
        (before.cycle, before.zero),
        "the caller's clock goes on"
    );
    assert_eq!(office.phase(), TaskPhase::Open, "the department works on");
}

fn running_contact() -> Contact {
    Contact {
        id: Some("call-1".into()),
        channel: Channel::Phone,
        started_at: Some(monday().plus(-MINUTE)),
        ended_at: None,
        recording: None,
        running: true,
    }
}

#[test]
fn a_contact_still_running_holds_the_clock_back_for_an_hour_at_most() {
    let mut office = Office::with_contact(Some(running_contact()));
    office.later(59 * MINUTE);
    assert!(
        office.events.iter().all(|event| event.body.told().is_none()),
        "nobody is late while the caller speaks"
    );
    office.later(16 * MINUTE);
    assert!(
        office.ticket.clock(&"write".into(), None).unwrap().late_at.is_some(),
        "an hour, then fifteen minutes"
    );

    let mut office = Office::with_contact(Some(running_contact()));
    office.later(30 * MINUTE);
    // Reported twenty minutes late: overdue at once, and nothing fires at a time before the report.
    office.must(
        "li",
        Order::ContactEnded {
            at: monday().plus(10 * MINUTE),
        },
    );
    office.later(0);
    let late = office.ticket.clock(&"write".into(), None).unwrap().late_at.unwrap();
    assert_eq!(late, monday().plus(30 * MINUTE));
    assert_eq!(
        office.refused("li", Order::ContactEnded { at: office.now }),
        Code::Nothing
    );
}

#[test]
fn a_contact_that_ends_while_a_clock_stands_still_is_not_counted_from_its_end() {
    let mut office = Office::with_contact(Some(running_contact()));
    office.later(5 * MINUTE).must(
        "zhang",
        Order::Merge {
            into: Uuid::from_u128(2),
        },
    );
    let hang_up = monday().plus(10 * MINUTE);
    office.later(5 * MINUTE).must("li", Order::ContactEnded { at: hang_up });
    office.later(20 * MINUTE).must("zhang", Order::Unmerge);
    let again = office.now;
    // Whatever happens next looks at the clock again.
    office.later(MINUTE).must("zhang", Order::Chase);
    let run = office.ticket.clock(&"caller".into(), None).unwrap();
    assert_eq!(run.zero, Some(hang_up));
    assert_eq!(run.spans, [(again, None)], "merged, it stood still");
}

#[test]
fn a_correction_needs_a_reason_and_never_empties_what_was_required() {
    let mut office = Office::dispatched();
    let correct = |summary: &str| Order::Correct {
        values: values([("summary", text(summary))]),
    };
    assert_eq!(
        office.refused("li", correct("路灯闪烁")),
        Code::By,
        "the agent has let go of it"
    );
    assert_eq!(office.refused("zhang", correct(" ")), Code::Require);
    let mut command = Office::command("zhang", correct("路灯闪烁"));
    command.texts.clear();
    assert!(office.ask(&command).unwrap_err().has(Code::TextMissing));
    office.must("zhang", correct("路灯闪烁"));
    assert_eq!(office.ticket.fields["summary"], text("路灯闪烁"));
}

#[test]
fn a_reveal_is_recorded_with_who_and_why() {
    let mut office = Office::dispatched();
    assert_eq!(
        office.refused("fang", Order::Reveal { field: "phone".into() }),
        Code::By
    );
    assert_eq!(
        office.refused(
            "zhang",
            Order::Reveal {
                field: "summary".into()
            }
        ),
        Code::Nothing,
        "it is not masked"
    );
    office.must("zhang", Order::Reveal { field: "phone".into() });
    let event = office.events.last().unwrap();
    assert_eq!(event.actor, Actor::Person("zhang".into()));
    assert_eq!(event.texts.get("reason").unwrap(), "依据");
}

#[test]
fn a_chase_reaches_the_owner_once_in_ten_minutes() {
    let mut office = Office::dispatched();
    office.must("li", Order::Chase);
    let (_, to) = office.events.last().unwrap().body.told().unwrap();
    assert!(to.contains(&"fang".into()));
    assert_eq!(office.refused("li", Order::Chase), Code::AtMost);
    office.later(10 * MINUTE).must("li", Order::Chase);
}

#[test]
fn a_clock_told_to_wait_counts_nothing_and_one_told_to_go_on_counts_on() {
    let mut office = Office::dispatched();
    office.later(HOUR);
    office.must(
        "zhang",
        Order::Do {
            action: "hold".into(),
            values: Values::new(),
        },
    );
    assert_eq!(office.clock("resolve"), ClockPhase::Paused);
    assert_eq!(office.phase(), TaskPhase::Open, "tasks wait too (L5)");
    office.later(7 * DAY).must(
        "zhang",
        Order::Do {
            action: "resume".into(),
            values: Values::new(),
        },
    );
    let run = office.ticket.clock(&"resolve".into(), None).unwrap();
    let calendar = office.directory.calendar(None).unwrap();
    assert_eq!(run.used(Some(calendar), office.now), HOUR);
    assert_eq!(office.ticket.visit, 2, "the visit before the hold goes on");
}

#[test]
fn a_refusal_leaves_no_trace_and_says_who_could() {
    let office = Office::dispatched();
    let refusal = office.ask(&Office::command("li", Order::Sign { task: 1 })).unwrap_err();
    assert_eq!(
        refusal.objections[0].who,
        [PersonId::from("fang"), PersonId::from("head_fin")]
    );
    assert_eq!(
        office.refused(
            "fang",
            Order::Reply {
                task: 1,
                values: Values::new()
            }
        ),
        Code::Unsigned
    );
    assert_eq!(office.refused("fang", Order::Sign { task: 9 }), Code::UnknownTask);
}

#[test]
fn opening_takes_only_what_the_agent_writes() {
    let office = Office::new();
    let world = World {
        directory: &office.directory,
        active: &nothing,
    };
    let opening = |values: Values| Opening {
        id: Uuid::from_u128(3),
        number: Arc::from("C2"),
        creator: Actor::Person("li".into()),
        contact: None,
        values,
        imported: false,
    };
    for (field, value, code) in [
        ("finding", text("没有问题"), Code::NotAsked),
        ("salary", text("1"), Code::UnknownField),
        ("summary", text("一行\n两行"), Code::Value),
        ("summary", text(&"长".repeat(31)), Code::Value),
        ("phone", Value::Phone("call me".into()), Code::Value),
        ("lead", Value::Department("moon".into()), Code::UnknownDepartment),
    ] {
        let refusal = turn::open(
            &office.definition,
            &opening(values([(field, value)])),
            office.now,
            &world,
        )
        .unwrap_err();
        assert_eq!(refusal.objections[0].code, code, "{field}");
    }
}
