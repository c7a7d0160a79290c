//! From what happened to what a reader sees: who is told, why, what stands in the mail and what never does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ombud::notify::compose::{Cause, House, Scene};
use ombud::notify::letter::Letter;
use ombud::notify::why::Reached;
use ombud::texts::Language;
use ombud::ticket::command::{Command, Opening, Order};
use ombud::ticket::event::{Actor, Body, RungEffect};
use ombud::ticket::model::Ticket;
use ombud::ticket::turn::{World, advance, decide, open};
use ombud::workflow::calendar::Calendar;
use ombud::workflow::check::{Surroundings, check};
use ombud::workflow::definition::{Definition, Text};
use ombud::workflow::directory::{Absence, Department, Directory, Membership, Person, Shift, Validity};
use ombud::workflow::id::{ActionId, PersonId};
use ombud::workflow::moment::{HOUR, Moment, SECOND};
use ombud::workflow::read::read;
use ombud::workflow::value::{Value, Values};

/// 2026-03-02 09:00 in Shanghai.
pub const NINE: Moment = Moment(1_772_413_200_000);

pub fn organisation() -> Directory {
    let mut directory = Directory::default();
    let title = |zh: &str, en: &str| Text {
        zh: zh.to_owned(),
        en: en.to_owned(),
    };
    let department = Department {
        id: "finance".into(),
        title: title("财务部", "Finance"),
        parent: None,
        valid: Validity::default(),
    };
    directory.departments.insert("finance".into(), department);
    for (role, zh, en) in [
        ("agent", "坐席", "agent"),
        ("shift_lead", "值班长", "shift lead"),
        ("head", "负责人", "head"),
        ("manager", "经理", "manager"),
    ] {
        directory.roles.insert(role.into(), title(zh, en));
    }
    for (id, name, role, department, language) in [
        ("li", "李明", "agent", None, "zh-CN"),
        ("zhang", "张丽", "shift_lead", None, "zh-CN"),
        ("zhao", "Zhao Qiang", "shift_lead", None, "en"),
        ("head_fin", "Wang Fang", "head", Some("finance"), "en"),
        ("boss", "陈总", "manager", None, "zh-CN"),
        ("vice", "副总", "manager", None, "zh-CN"),
    ] {
        let person = Person {
            id: id.into(),
            name: name.to_owned(),
            email: Some(format!("{id}@example.org")),
            addresses: BTreeMap::new(),
            language: language.to_owned(),
            valid: Validity::default(),
        };
        directory.people.insert(id.into(), person);
        directory.memberships.push(Membership {
            person: id.into(),
            role: role.into(),
            department: department.map(Into::into),
            valid: Validity::default(),
        });
    }
    let calendar = Calendar {
        id: "default".into(),
        zone: jiff::tz::TimeZone::get("Asia/Shanghai").unwrap(),
        day: 8 * HOUR,
        weekly: <[Vec<_>; 7]>::default(),
        closed: BTreeSet::default(),
        opened: BTreeMap::default(),
        loaded_through: None,
        version: 1,
    };
    directory.calendars.insert("default".into(), Arc::new(calendar));
    directory
}

pub fn on_duty(mut directory: Directory, person: &str) -> Directory {
    directory.shifts.push(Shift {
        person: person.into(),
        role: None,
        from: NINE.plus(-HOUR),
        to: NINE.plus(8 * HOUR),
    });
    directory.changed();
    directory
}

pub fn quick(directory: &Directory) -> Arc<Definition> {
    let mut reading = read(include_bytes!("../../e2e/quick.yaml")).definition.unwrap();
    let surroundings = Surroundings {
        directory: Some(directory),
        ..Surroundings::default()
    };
    check(&mut reading, &surroundings);
    Arc::new(reading)
}

struct Played {
    definition: Arc<Definition>,
    ticket: Ticket,
    causes: Vec<(Cause, Vec<PersonId>)>,
}

/// Opens a ticket, lets `seconds` pass, and gives what was to be told since.
fn play(directory: &Directory, seconds: i64, submit: bool) -> Played {
    let definition = quick(directory);
    let world = World {
        directory,
        active: &|_| None,
    };
    let mut values = Values::new();
    for (field, text) in [("caller", "孙大圣"), ("place", "和平路12号"), ("summary", "水管爆裂")] {
        values.insert(field.into(), Value::Text(text.to_owned()));
    }
    values.insert("lead".into(), Value::Department("finance".into()));
    let opening = Opening {
        id: uuid::Uuid::nil(),
        number: "Q20260302-000001".into(),
        creator: Actor::Person("li".into()),
        values,
        contact: None,
        imported: false,
    };
    let opened = open(&definition, &opening, NINE, &world).unwrap();
    let now = NINE.plus(seconds * SECOND);
    let mut turn = advance(&definition, &opened.ticket, now, now, &world);
    if submit {
        let command = Command {
            actor: Actor::Person("li".into()),
            on_behalf_of: None,
            order: Order::Do {
                action: ActionId::from("submit"),
                values: Values::new(),
            },
            texts: BTreeMap::default(),
            files: Vec::new(),
            imported: false,
        };
        let done = decide(&definition, &turn.ticket, &command, now, &world).unwrap();
        turn.ticket = done.ticket;
        turn.events.extend(done.events);
    }
    let causes = turn.events.iter().filter_map(|event| told(&event.body)).collect();
    Played {
        definition,
        ticket: turn.ticket,
        causes,
    }
}

fn told(body: &Body) -> Option<(Cause, Vec<PersonId>)> {
    if let Body::Rung {
        clock,
        task,
        rung,
        effect: RungEffect::Tell { message, to, .. },
        ..
    } = body
    {
        let cause = Cause::Rung {
            clock: clock.clone(),
            task: *task,
            step: rung.step,
            message: message.clone(),
        };
        return Some((cause, to.clone()));
    }
    let Body::Told { message, to, about, .. } = body else {
        return None;
    };
    let cause = Cause::Told {
        about: about.clone(),
        message: message.clone(),
    };
    Some((cause, to.clone()))
}

/// The letters of the last cause as they are written at `seconds` after nine.
fn letters(played: &Played, directory: &Directory, seconds: i64) -> Vec<(Reached, Letter)> {
    let (cause, nominal) = played.causes.last().unwrap();
    let scene = Scene {
        definition: &played.definition,
        ticket: &played.ticket,
        directory,
        cause,
        nominal,
        now: NINE.plus(seconds * SECOND),
        stands_for: 1,
        house: &House {
            centre: String::new(),
            public_url: "https://ombud.example.org/".to_owned(),
            ..House::default()
        },
    };
    let reached = scene.reached();
    let letter = |one: &Reached| (one.clone(), scene.letter(one, &reached));
    reached.iter().map(letter).collect()
}

#[test]
fn the_shift_lead_on_duty_is_told_what_is_late_and_by_how_much() {
    let directory = on_duty(organisation(), "zhang");
    let played = play(&directory, 4, false);
    let letters = letters(&played, &directory, 6);
    assert_eq!(letters.len(), 1);
    let (reached, letter) = &letters[0];
    assert_eq!(reached.person.as_str(), "zhang");
    assert_eq!(letter.language, Language::Zh);
    assert_eq!(letter.sentence, "工单Q20260302-000001「填单时限」已超时2秒");
    assert_eq!(letter.clock.due, "2026-03-02 周一 09:00（Asia/Shanghai）");
    assert!(letter.clock.late);
    assert_eq!(letter.why, "您是值班长，所以通知您。");
    assert_eq!(letter.subject, "和平路12号：水管爆裂");
    assert_eq!(letter.link, "https://ombud.example.org/tickets/Q20260302-000001");
}

#[test]
fn nobody_on_duty_and_the_head_of_the_department_reads_why() {
    let directory = organisation();
    let played = play(&directory, 4, false);
    let letters = letters(&played, &directory, 4);
    let (reached, letter) = &letters[0];
    assert_eq!((letters.len(), reached.person.as_str()), (1, "head_fin"));
    assert_eq!(
        letter.why,
        "You are told as head of Finance, because nobody is on duty as shift lead."
    );
    assert_eq!(
        letter.sentence,
        "Q20260302-000001: Writing the ticket is overdue by a moment"
    );
}

#[test]
fn people_are_those_of_sending_and_a_substitute_reads_for_whom() {
    let directory = on_duty(organisation(), "zhang");
    let played = play(&directory, 4, false);
    // Until the mail goes out the shift has changed.
    let mut later = on_duty(organisation(), "zhao");
    assert_eq!(letters(&played, &later, 60)[0].0.person.as_str(), "zhao");
    later.absences.push(Absence {
        person: "zhao".into(),
        from: NINE,
        to: NINE.plus(HOUR),
        substitute: Some("boss".into()),
    });
    later.changed();
    let letters = letters(&played, &later, 60);
    assert_eq!(letters[0].0.person.as_str(), "boss");
    assert_eq!(letters[0].1.why, "值班长不在岗，由您代理，所以通知您。");
}

#[test]
fn the_role_that_is_never_empty_hears_of_others_told() {
    let directory = organisation();
    let played = play(&directory, 7, false);
    let letters = letters(&played, &directory, 7);
    let told: Vec<_> = letters.iter().map(|(reached, _)| reached.person.to_string()).collect();
    assert_eq!(told, ["boss", "vice"]);
    assert_eq!(letters[0].1.others, ["副总"]);
}

#[test]
fn an_action_tells_what_was_done_and_by_whom() {
    let directory = on_duty(organisation(), "zhao");
    let played = play(&directory, 1, true);
    let letters = letters(&played, &directory, 1);
    let letter = &letters[0].1;
    assert_eq!(letter.sentence, "Q20260302-000001 waits for your review: 水管爆裂");
    assert_eq!((letter.action.as_str(), letter.actor.as_str()), ("Submit", "李明"));
    assert_eq!(letter.state, "Shift lead reviews");
    assert!(letter.acknowledge, "the review's clock falls silent when acknowledged");
}

#[test]
fn private_fields_never_stand_in_a_letter() {
    let directory = on_duty(organisation(), "zhang");
    let played = play(&directory, 4, false);
    let mut definition = (*played.definition).clone();
    // The checker refuses this (X01); a mail hides it all the same.
    definition.subject.value = "{caller}：{summary}".to_owned();
    for message in definition.messages.values_mut() {
        message.text.zh = "{caller} {number}".to_owned();
    }
    let played = Played {
        definition: Arc::new(definition),
        ..played
    };
    let letter = &letters(&played, &directory, 4)[0].1;
    assert_eq!(letter.subject, "●●●：水管爆裂");
    assert_eq!(letter.sentence, "●●● Q20260302-000001");
    assert!(!format!("{letter:?}").contains("孙大圣"));
}
