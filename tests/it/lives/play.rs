//! A life is a list of steps, each a few random numbers; what they mean is worked out from the ticket as it stands, so
//! that a life with steps left out is a life too.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use ombud::ticket::command::{Command, Opening, Order};
use ombud::ticket::event::{Actor, Body, Event};
use ombud::ticket::model::{Channel, Contact, LinkKind, TaskId, TaskPhase, Ticket};
use ombud::ticket::people::{Search, Walk};
use ombud::ticket::turn::{self, World};
use ombud::ticket::values;
use ombud::workflow::definition::{Action, Definition, Field, Place};
use ombud::workflow::directory::{Directory, Shift};
use ombud::workflow::id::{DepartmentId, FieldId, PersonId, WorkflowId};
use ombud::workflow::moment::{DAY, HOUR, MINUTE, Moment};
use ombud::workflow::value::{DECIMAL_SCALE, Decimal, FieldType, Value, Values};
use uuid::Uuid;

use super::invariants;
use crate::seeded::Seeded;

/// The workflows and the organisation in which lives are played.
pub struct Stage {
    pub definitions: IndexMap<WorkflowId, Arc<Definition>>,
    pub directory: Directory,
    pub people: Vec<PersonId>,
}

impl Stage {
    pub fn shipped() -> Self {
        let (definitions, directory) = crate::shipped::load();
        let mut stage = Self {
            people: directory.people.keys().cloned().collect(),
            definitions,
            directory,
        };
        // Half of the people are on shifts of twelve hours, in turns, so that duty comes and goes.
        for (person, turn) in stage.people.iter().step_by(2).zip([0, 2].into_iter().cycle()) {
            for day in 0..60 {
                let from = start().plus(day * DAY + turn * 6 * HOUR);
                stage.directory.shifts.push(Shift {
                    person: person.clone(),
                    role: None,
                    from,
                    to: from.plus(12 * HOUR),
                });
            }
        }
        stage.directory.changed();
        stage
    }
}

pub fn start() -> Moment {
    Moment::from_timestamp("2026-03-02T00:30:00Z".parse().unwrap())
}

#[derive(Clone)]
pub struct Life {
    seed: u64,
    workflow: WorkflowId,
    pub steps: Vec<u64>,
}

impl fmt::Display for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of seed {}, steps {:?}", self.workflow, self.seed, self.steps)
    }
}

#[derive(Default)]
pub struct Figures {
    pub lives: u64,
    pub closed: u64,
    pub commands: u64,
    pub refused: u64,
    pub rungs: usize,
    pub events: usize,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            lives,
            closed,
            commands,
            refused,
            rungs,
            events,
        } = self;
        write!(
            f,
            "{lives} lived, {closed} closed at least once, {commands} commands, {refused} refused, {rungs} rungs, {events} events"
        )
    }
}

impl Life {
    pub fn random(stage: &Stage, seed: u64, steps: i64) -> Self {
        let mut dice = Seeded::new(seed);
        let workflows: Vec<_> = stage.definitions.keys().collect();
        let workflow = (*pick(&mut dice, &workflows).unwrap()).clone();
        let steps = (0..dice.between(4, steps)).map(|_| dice.next()).collect();
        Self { seed, workflow, steps }
    }

    /// Leaves out steps as long as what is left still fails.
    pub fn shrink(&self, stage: &Stage) -> Self {
        let mut shortest = self.clone();
        let mut chunk = shortest.steps.len() / 2;
        while chunk > 0 {
            let mut from = 0;
            while from < shortest.steps.len() {
                let mut shorter = shortest.clone();
                shorter.steps.drain(from..(from + chunk).min(shortest.steps.len()));
                if shorter.play(stage, &mut Figures::default()).is_err() {
                    shortest = shorter;
                } else {
                    from += chunk;
                }
            }
            chunk /= 2;
        }
        shortest
    }

    pub fn play(&self, stage: &Stage, figures: &mut Figures) -> Result<(), String> {
        self.live(stage, figures).map(|_| ())
    }

    /// Plays the life and gives its history with the definition it ended on.
    pub fn live(&self, stage: &Stage, figures: &mut Figures) -> Result<(Arc<Definition>, Vec<Event>), String> {
        let active = |id: &WorkflowId| stage.definitions.get(id).cloned();
        let world = World {
            directory: &stage.directory,
            active: &active,
        };
        let mut definition = Arc::clone(&stage.definitions[&self.workflow]);
        let mut dice = Seeded::new(self.seed ^ 0xA5A5);
        let mut now = start().plus(dice.between(0, 10 * DAY));
        let agents = stage.directory.members(&"agent".into(), None, now);
        let mut wanted = Values::new();
        for field in values::asked_at_start(&definition) {
            if let Some(value) = random_value(&definition.fields[field], stage, now, &mut dice) {
                wanted.insert(field.clone(), value);
            }
        }
        let opening = |values: Values| Opening {
            id: Uuid::from_u64_pair(1, self.seed),
            number: Arc::from("L1"),
            creator: Actor::Person(agents[0].clone()),
            contact: contact(self.seed, now),
            values,
            imported: false,
        };
        let opened = turn::open(&definition, &opening(wanted), now, &world)
            .or_else(|_| turn::open(&definition, &opening(Values::new()), now, &world));
        let opened = opened.map_err(|refusal| format!("cannot be opened: {refusal:?}"))?;
        let mut ticket = opened.ticket;
        let mut events = opened.events;
        invariants::check(stage, &definition, &ticket, &events, now)?;
        for roll in &self.steps {
            let mut dice = Seeded::new(*roll);
            let until = now.plus(pause(&mut dice));
            invariants::advance_is_associative(&definition, &ticket, now, until, &world, &mut dice)?;
            now = until;
            let advanced = turn::advance(&definition, &ticket, now, now, &world);
            (definition, ticket) = (advanced.definition, advanced.ticket);
            events.extend(advanced.events);
            invariants::check(stage, &definition, &ticket, &events, now)
                .map_err(|broken| format!("after time passed: {broken}"))?;
            // A few tries: most of what comes to mind is not allowed, which must leave no trace (L3).
            for _ in 0..6 {
                let Some(command) = random_command(stage, &definition, &ticket, now, &mut dice) else {
                    break;
                };
                figures.commands += 1;
                match turn::decide(&definition, &ticket, &command, now, &world) {
                    Err(refusal) if refusal.objections.is_empty() => {
                        return Err(String::from("refused without a reason"));
                    }
                    Err(_) => figures.refused += 1,
                    Ok(decision) => {
                        let again =
                            turn::decide(&definition, &ticket, &command, now, &world).map_err(|_| "not repeatable")?;
                        if again.events != decision.events {
                            return Err(format!("{command:?} decides differently the second time"));
                        }
                        (definition, ticket) = (decision.definition, decision.ticket);
                        events.extend(decision.events);
                        invariants::check(stage, &definition, &ticket, &events, now)
                            .map_err(|broken| format!("after {:?}: {broken}", command.order))?;
                        break;
                    }
                }
            }
        }
        invariants::history(&ticket, &events)?;
        figures.lives += 1;
        figures.closed += u64::from(events.iter().any(|event| matches!(event.body, Body::Closed { .. })));
        figures.rungs += events
            .iter()
            .filter(|event| matches!(event.body, Body::Rung { .. }))
            .count();
        figures.events += events.len();
        Ok((definition, events))
    }
}

fn contact(seed: u64, now: Moment) -> Option<Contact> {
    let running = seed % 3 == 1;
    (!seed.is_multiple_of(3)).then(|| Contact {
        id: None,
        channel: Channel::Phone,
        started_at: None,
        ended_at: (!running).then(|| now.plus(-5 * MINUTE)),
        recording: None,
        running,
    })
}

fn pick<'t, T>(dice: &mut Seeded, items: &'t [T]) -> Option<&'t T> {
    (!items.is_empty()).then(|| dice.pick(items))
}

/// Mostly minutes, sometimes days.
fn pause(dice: &mut Seeded) -> i64 {
    let unit = *dice.pick(&[MINUTE, 10 * MINUTE, HOUR, HOUR, 6 * HOUR, DAY, 3 * DAY]);
    dice.between(0, unit)
}

fn random_command(
    stage: &Stage,
    definition: &Definition,
    ticket: &Ticket,
    now: Moment,
    dice: &mut Seeded,
) -> Option<Command> {
    let tasks: Vec<TaskId> = ticket.open_tasks().map(|task| task.id).collect();
    let mut actions: Vec<&Action> = Vec::new();
    if ticket.is_closed() {
        // Few tickets are opened again.
        if dice.below(4) == 0 {
            actions.extend(definition.after_close.values());
        }
    } else {
        // The state's own actions are what people mostly do.
        for _ in 0..12 {
            actions.extend(definition.states[&ticket.state].actions.values());
        }
        actions.extend(definition.anytime.values());
    }
    let roll = dice.below(10);
    let (order, who) = if roll < 7 && !tasks.is_empty() && dice.below(4) > 0 {
        let id = *pick(dice, &tasks)?;
        let order = task_order(stage, definition, ticket, id, now, dice)?;
        let granting = matches!(order, Order::GrantReturn { .. } | Order::Force { .. });
        let granted_by = || {
            stage
                .directory
                .members(&stage.directory.builtin.grant_return[0], None, now)
        };
        let who = if granting {
            granted_by()
        } else {
            owners(stage, definition, ticket, Some(id), now)
        };
        (order, who)
    } else if roll < 9 && !actions.is_empty() {
        let action = *pick(dice, &actions)?;
        let values = random_values(
            definition,
            action.require.iter().chain(&action.ask).map(|field| &field.value),
            stage,
            now,
            dice,
        );
        let search = search(stage, definition, ticket, None, now);
        let walk = if action.place == Place::State {
            Walk::Whole
        } else {
            Walk::FirstThenAlways
        };
        let who = action
            .by
            .iter()
            .flat_map(|rule| search.resolve(rule, walk).persons)
            .collect();
        (
            Order::Do {
                action: action.id.clone(),
                values,
            },
            who,
        )
    } else {
        (
            other_order(definition, ticket, now, dice),
            owners(stage, definition, ticket, None, now),
        )
    };
    // One in eight is somebody who has no business here.
    let who: Vec<PersonId> = if dice.below(8) == 0 { stage.people.clone() } else { who };
    let actor = Actor::Person(pick(dice, &who)?.clone());
    let texts: BTreeMap<Arc<str>, String> = ["reason", "basis", "note"]
        .into_iter()
        .map(|key| (Arc::from(key), String::from("依据充分")))
        .collect();
    Some(Command {
        actor,
        on_behalf_of: None,
        order,
        texts,
        files: Vec::new(),
        imported: false,
    })
}

pub fn search<'a>(
    stage: &'a Stage,
    definition: &'a Definition,
    ticket: &'a Ticket,
    task: Option<TaskId>,
    at: Moment,
) -> Search<'a> {
    Search {
        definition,
        ticket,
        directory: &stage.directory,
        at,
        task: task.and_then(|id| ticket.task(id)),
        excluded: &[],
    }
}

fn owners(stage: &Stage, definition: &Definition, ticket: &Ticket, task: Option<TaskId>, now: Moment) -> Vec<PersonId> {
    let search = search(stage, definition, ticket, task, now);
    let rule = search
        .task
        .map_or(&definition.states[&ticket.state].owner.value, |task| &task.owner);
    search.resolve(rule, Walk::Whole).persons
}

fn task_order(
    stage: &Stage,
    definition: &Definition,
    ticket: &Ticket,
    task: TaskId,
    now: Moment,
    dice: &mut Seeded,
) -> Option<Order> {
    let known = ticket.task(task)?;
    let spec = definition.states[&known.state].tasks.get(&known.key)?;
    let departments: Vec<&DepartmentId> = stage.directory.departments.keys().collect();
    let roll = dice.below(10);
    Some(match known.phase {
        _ if roll == 0 => match dice.below(4) {
            0 => Order::HandOver {
                task,
                to: (*pick(dice, &departments)?).clone(),
            },
            1 => Order::GiveBack { task },
            2 => Order::Take { task: Some(task) },
            _ => Order::Release { task: Some(task) },
        },
        TaskPhase::Open if roll < 8 => Order::Sign { task },
        TaskPhase::Signed if roll < 9 => {
            let fields = spec.require.iter().chain(&spec.ask).map(|field| &field.value);
            Order::Reply {
                task,
                values: random_values(definition, fields, stage, now, dice),
            }
        }
        TaskPhase::ReturnAsked if roll < 7 => Order::GrantReturn { task },
        TaskPhase::ReturnAsked => Order::Force { task },
        TaskPhase::Open | TaskPhase::Signed | TaskPhase::Done | TaskPhase::Returned | TaskPhase::Cancelled => {
            Order::AskReturn { task }
        }
    })
}

fn other_order(definition: &Definition, ticket: &Ticket, now: Moment, dice: &mut Seeded) -> Order {
    let private = definition
        .fields
        .values()
        .find(|field| field.private)
        .map(|field| field.id.clone());
    match dice.below(12) {
        0 => Order::Take { task: None },
        1 => Order::Release { task: None },
        2 => Order::Acknowledge,
        3 => Order::Chase,
        4 => Order::Watch {
            on: ticket.watched_by.is_none(),
        },
        5 => Order::Note { public: true },
        6 => Order::ContactEnded { at: now },
        7 => Order::Link {
            to: Uuid::from_u128(u128::from(dice.next())),
            kind: LinkKind::Related,
        },
        8 if dice.below(6) == 0 => Order::Merge {
            into: Uuid::from_u128(7),
        },
        9 => Order::Unmerge,
        10 => Order::Reveal {
            field: private.unwrap_or_else(|| FieldId::from("nothing")),
        },
        _ => Order::CalendarChanged,
    }
}

fn random_values<'d>(
    definition: &Definition,
    fields: impl Iterator<Item = &'d FieldId>,
    stage: &Stage,
    now: Moment,
    dice: &mut Seeded,
) -> Values {
    let mut values = Values::new();
    for field in fields {
        if dice.below(12) > 0
            && let Some(value) = random_value(&definition.fields[field], stage, now, dice)
        {
            values.insert(field.clone(), value);
        }
    }
    values
}

fn random_value(field: &Field, stage: &Stage, now: Moment, dice: &mut Seeded) -> Option<Value> {
    let departments: Vec<&DepartmentId> = stage.directory.departments.keys().collect();
    let whole = |bound: Option<Decimal>, other: i64| bound.map_or(other, |bound| bound.0 / DECIMAL_SCALE);
    let (min, max) = (whole(field.min, 0), whole(field.max, 1_000));
    Some(match field.kind {
        FieldType::Text => Value::Text(
            "诉求人反映路灯不亮请尽快修复"
                .chars()
                .cycle()
                .take(usize::try_from(min.max(4.min(max))).unwrap())
                .collect(),
        ),
        FieldType::Phone => Value::Phone(String::from("13800000000")),
        FieldType::Number => Value::Number(Decimal(dice.between(min, (min + 20).min(max)) * DECIMAL_SCALE)),
        FieldType::Money => Value::Money(Decimal(dice.between(min, (min + 2_000).min(max)) * DECIMAL_SCALE)),
        FieldType::YesNo => Value::YesNo(dice.below(2) == 0),
        FieldType::Choice => {
            let options: Vec<_> = field.options.keys().collect();
            Value::Choice((*pick(dice, &options)?).clone())
        }
        FieldType::Time => Value::Time(now.plus(-HOUR)),
        FieldType::Department => Value::Department((*pick(dice, &departments)?).clone()),
        FieldType::Departments => Value::Departments(vec![(*pick(dice, &departments)?).clone()]),
        FieldType::Person => Value::Person(pick(dice, &stage.people)?.clone()),
        FieldType::List => Value::List(vec![String::from("退费"), String::from("道歉")]),
    })
}

/// Names an event for a message.
pub fn name(event: &Event) -> String {
    format!("{:?}", event.body)
}
