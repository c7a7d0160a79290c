//! Runs the `tests` of a workflow file: a story tells who does what when, and what must be so afterwards.
//!
//! A story plays in the stand-in organisation of the file (`organisation.yaml`), with its own duty roster. It takes
//! the same path as everything else: `open`, `advance`, `decide`.

mod expect;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::workflow::constant;
use crate::workflow::definition::{
    At, Definition, Field, GivenContact, Span, Story, StoryEvent, StoryStep, StoryValue,
};
use crate::workflow::directory::Directory;
use crate::workflow::effort;
use crate::workflow::id::{ActionId, DepartmentId, FieldId, PersonId, TaskKey, WorkflowId};
use crate::workflow::moment::Moment;
use crate::workflow::value::{FieldType, Value, Values};

use super::attachment::{Content, NewFile};
use super::command::{Command, Opening, Order};
use super::event::{Actor, Event};
use super::model::{Channel, Contact, Task, TaskId, Ticket};
use super::people::{Search, Walk};
use super::refusal::{Code, Objection, Refusal};
use super::turn::{Decision, World, advance, decide, open, open_in_state};

use world::Roster;

/// A story that did not go as told: the place and what was found instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub story: String,
    pub span: Span,
    /// What was looked at: `state`, `tell`, `refused` …
    pub what: String,
    pub expected: String,
    pub found: String,
}

/// What happens in all stories of a file together, at most: steps, and events that follow. The shipped files need a
/// few hundred each.
const EVENTS_MAX: usize = 20_000;

/// What an event costs, in the steps of [`effort`].
const EVENT_STEPS: usize = 100;

/// Runs every story of the file; no failures means that all went as told.
pub fn run_all(
    definition: &Arc<Definition>,
    organisation: &Directory,
    active: &dyn Fn(&WorkflowId) -> Option<Arc<Definition>>,
) -> Vec<Failure> {
    let mut roster = Roster::new(organisation, definition);
    let mut left = EVENTS_MAX;
    let mut failures = Vec::new();
    for story in &definition.tests {
        failures.extend(run(definition, story, &mut roster, &mut left, active).err());
        if left == 0 {
            break;
        }
    }
    failures
}

/// Runs one story up to its first failure.
fn run(
    definition: &Arc<Definition>,
    story: &Story,
    roster: &mut Roster,
    left: &mut usize,
    active: &dyn Fn(&WorkflowId) -> Option<Arc<Definition>>,
) -> Result<(), Failure> {
    roster.begin(&story.given.on_duty);
    let mut play = Play::begin(definition, story, roster, left, active)?;
    for step in &story.steps {
        play.step(step)?;
    }
    Ok(())
}

/// A story being played.
struct Play<'a> {
    story: &'a Story,
    definition: Arc<Definition>,
    active: &'a dyn Fn(&WorkflowId) -> Option<Arc<Definition>>,
    roster: &'a mut Roster,
    /// How much may still happen.
    left: &'a mut usize,
    now: Moment,
    contact: Option<Contact>,
    ticket: Option<Ticket>,
    /// Who was told in this step, and by which messages.
    told: Vec<(Option<crate::workflow::id::MessageId>, PersonId)>,
    refused: Option<Refusal>,
}

impl<'a> Play<'a> {
    fn begin(
        definition: &Arc<Definition>,
        story: &'a Story,
        roster: &'a mut Roster,
        left: &'a mut usize,
        active: &'a dyn Fn(&WorkflowId) -> Option<Arc<Definition>>,
    ) -> Result<Self, Failure> {
        let now = roster.instant(story.given.now);
        let contact = story.given.contact.as_ref().map(|contact| {
            let ended_at = match contact {
                GivenContact::Running => None,
                GivenContact::Ended(at) => Some(roster.instant(*at)),
            };
            Contact {
                id: None,
                channel: Channel::Phone,
                started_at: None,
                ended_at,
                recording: None,
                running: ended_at.is_none(),
            }
        });
        let mut play = Self {
            story,
            definition: Arc::clone(definition),
            active,
            roster,
            left,
            now,
            contact,
            ticket: None,
            told: Vec::new(),
            refused: None,
        };
        if let Some(state) = &story.given.state {
            let values = match &story.given.with {
                Some(sample) => play.sample(sample, sample.span)?,
                None => Values::new(),
            };
            let creator = play.roster.first_agent(definition);
            let opening = play.opening(creator, values);
            let decision = open_in_state(definition, &opening, state, now, &play.world());
            let decision =
                decision.map_err(|refusal| play.failure(state.span, "state", state.as_str(), &codes(&refusal)))?;
            play.take(decision);
            play.told.clear();
        }
        Ok(play)
    }

    fn step(&mut self, step: &StoryStep) -> Result<(), Failure> {
        self.told.clear();
        self.refused = None;
        *self.left = self.left.saturating_sub(1);
        if *self.left == 0 {
            let most = format!("at most {EVENTS_MAX} in all tests");
            return Err(self.failure(step.when.span, "events", &most, "more"));
        }
        match &step.when.value {
            StoryEvent::Creates { person, sample } => self.create(step, person, sample.as_deref())?,
            StoryEvent::Does {
                person,
                action,
                task,
                department,
            } => {
                self.act(step, person, action, task.as_ref(), department.as_ref())?;
            }
            StoryEvent::Passes(duration) => {
                let passed = self.roster.later(self.ticket.as_ref(), self.now, *duration);
                self.now = passed
                    .ok_or_else(|| self.failure(step.when.span, "when", "a calendar that opens", "it never does"))?;
                self.catch_up();
            }
            StoryEvent::ContactEnds => {
                self.catch_up();
                let order = Order::ContactEnded { at: self.now };
                self.command(step, Actor::System, order, BTreeMap::new())?;
            }
            StoryEvent::SignsOn(person) => self.roster.sign_on(person, self.now),
            StoryEvent::SignsOff(person) => self.roster.sign_off(person, self.now),
            StoryEvent::Unread => return Err(self.failure(step.when.span, "when", "a step", "unreadable")),
        }
        self.judge(step)
    }

    fn create(&mut self, step: &StoryStep, person: &PersonId, sample: Option<&str>) -> Result<(), Failure> {
        let mut values = match sample {
            Some(sample) => self.sample(sample, step.when.span)?,
            None => Values::new(),
        };
        values.extend(self.values(step)?);
        let opening = self.opening(Actor::Person(person.clone()), values);
        match open(&self.definition, &opening, self.now, &self.world()) {
            Ok(decision) => self.take(decision),
            Err(refusal) => self.refused = Some(refusal),
        }
        Ok(())
    }

    fn act(
        &mut self,
        step: &StoryStep,
        person: &PersonId,
        action: &ActionId,
        task: Option<&TaskKey>,
        department: Option<&DepartmentId>,
    ) -> Result<(), Failure> {
        self.catch_up();
        let task = match task {
            Some(key) => Some(self.task(step, person, key, department)?),
            None => None,
        };
        let texts = texts(step);
        let order = self.order(step, action, task)?;
        self.command(step, Actor::Person(person.clone()), order, texts)
    }

    fn command(
        &mut self,
        step: &StoryStep,
        actor: Actor,
        order: Order,
        texts: BTreeMap<Arc<str>, String>,
    ) -> Result<(), Failure> {
        let Some(ticket) = &self.ticket else {
            return Err(self.failure(step.when.span, "when", "a ticket (`li creates`)", "none yet"));
        };
        let command = Command {
            actor,
            on_behalf_of: None,
            files: made_up(&order),
            order,
            texts,
            imported: false,
        };
        match decide(&self.definition, ticket, &command, self.now, &self.world()) {
            Ok(decision) => self.take(decision),
            Err(refusal) => self.refused = Some(refusal),
        }
        Ok(())
    }

    fn order(&self, step: &StoryStep, action: &ActionId, task: Option<TaskId>) -> Result<Order, Failure> {
        let needs_task = || {
            task.ok_or_else(|| self.failure(step.when.span, "when", "a task (`sun does sign lead`)", action.as_str()))
        };
        Ok(match action.as_str() {
            "sign" => Order::Sign { task: needs_task()? },
            "reply" => Order::Reply {
                task: needs_task()?,
                values: self.values(step)?,
            },
            "ask_return" => Order::AskReturn { task: needs_task()? },
            "grant_return" => Order::GrantReturn { task: needs_task()? },
            "force" => Order::Force { task: needs_task()? },
            "hand_over" => Order::HandOver {
                task: needs_task()?,
                to: DepartmentId::from(word(step, "to").unwrap_or_default()),
            },
            "give_back" => Order::GiveBack { task: needs_task()? },
            "take" => Order::Take { task },
            "release" => Order::Release { task },
            "acknowledge" => Order::Acknowledge,
            "chase" => Order::Chase,
            "watch" => Order::Watch {
                on: word(step, "on") != Some("false"),
            },
            "note" => Order::Note {
                public: word(step, "public") == Some("true"),
            },
            "correct" => Order::Correct {
                values: self.values(step)?,
            },
            "reveal" => Order::Reveal {
                field: FieldId::from(word(step, "field").unwrap_or_default()),
            },
            // Stories have one ticket: the other one is any other.
            "link" => Order::Link {
                to: Uuid::nil(),
                kind: super::model::LinkKind::Related,
            },
            "merge" => Order::Merge { into: Uuid::nil() },
            "unmerge" => Order::Unmerge,
            "attach" => Order::Attach,
            "detach" => Order::Detach {
                attachment: self.newest_file(),
            },
            _ => Order::Do {
                action: action.clone(),
                values: self.values(step)?,
            },
        })
    }

    /// The file that came last and is still there: stories have no names for files.
    fn newest_file(&self) -> u64 {
        let files = self.ticket.iter().flat_map(|ticket| &ticket.attachments);
        files
            .filter(|file| file.gone.is_none())
            .map(|file| file.seq)
            .max()
            .unwrap_or(0)
    }

    /// The task of that key, of that department where one is named: one that the person owns before others, an open
    /// one before ended ones, the newest before older ones.
    fn task(
        &self,
        step: &StoryStep,
        person: &PersonId,
        key: &TaskKey,
        department: Option<&DepartmentId>,
    ) -> Result<TaskId, Failure> {
        let fits = |task: &&Task| task.key == *key && department.is_none_or(|wanted| task.department == *wanted);
        let tasks = self.ticket.iter().flat_map(|ticket| &ticket.tasks).filter(fits);
        let best = tasks.max_by_key(|task| (task.phase.is_open(), self.owns(person, task), task.id));
        best.map(|task| task.id)
            .ok_or_else(|| self.failure(step.when.span, "when", key.as_str(), "no such task"))
    }

    fn owns(&self, person: &PersonId, task: &Task) -> bool {
        let Some(ticket) = &self.ticket else { return false };
        let search = Search {
            definition: &self.definition,
            ticket,
            directory: self.roster.directory(),
            at: self.now,
            task: Some(task),
            excluded: &[],
        };
        search.resolve(&task.owner, Walk::Whole).persons.contains(person)
    }

    fn catch_up(&mut self) {
        if let Some(ticket) = &self.ticket {
            let decision = advance(&self.definition, ticket, self.now, self.now, &self.world());
            self.take(decision);
        }
    }

    fn take(&mut self, decision: Decision) {
        *self.left = self.left.saturating_sub(decision.events.len());
        // An event touches every clock and task of the ticket, and many a person.
        effort::spend(decision.events.len().saturating_mul(EVENT_STEPS));
        for event in &decision.events {
            self.hear(event);
        }
        self.definition = decision.definition;
        self.ticket = Some(decision.ticket);
    }

    fn hear(&mut self, event: &Event) {
        let Some((message, to)) = event.body.told() else { return };
        self.told
            .extend(to.iter().map(|person| (message.cloned(), person.clone())));
    }

    fn opening(&self, creator: Actor, values: Values) -> Opening {
        Opening {
            id: Uuid::nil(),
            number: Arc::from("T1"),
            creator,
            contact: self.contact.clone(),
            values,
            imported: false,
        }
    }

    fn world(&self) -> World<'_> {
        World {
            directory: self.roster.directory(),
            active: self.active,
        }
    }

    fn sample(&self, name: &str, span: Span) -> Result<Values, Failure> {
        let Some(sample) = self.definition.samples.get(name) else {
            return Err(self.failure(span, "sample", name, "no such sample"));
        };
        sample
            .values
            .iter()
            .map(|(id, written)| self.value(id.as_str(), id.span, written))
            .collect()
    }

    /// Field values of the step; words of built-in actions (`reason`, `to` …) are not fields unless declared so.
    fn values(&self, step: &StoryStep) -> Result<Values, Failure> {
        let is_field = |name: &str| self.definition.fields.contains_key(name) || !expect::is_word(name);
        let fields = step.with.iter().filter(|(name, _)| is_field(name));
        fields
            .map(|(name, written)| self.value(name, name.span, written))
            .collect()
    }

    fn value(&self, name: &str, span: Span, written: &At<StoryValue>) -> Result<(FieldId, Value), Failure> {
        let Some(field) = self.definition.fields.get(name) else {
            return Err(self.failure(span, "with", "a field", name));
        };
        match constant::value(field, &as_list(field, &written.value), self.roster.zone()) {
            Ok(value) => Ok((field.id.clone(), value)),
            Err(problem) => Err(self.failure(written.span, name, "a value of the field", &problem.to_string())),
        }
    }

    fn failure(&self, span: Span, what: &str, expected: &str, found: &str) -> Failure {
        Failure {
            story: self.story.name.clone(),
            span,
            what: what.to_owned(),
            expected: expected.to_owned(),
            found: found.to_owned(),
        }
    }
}

/// A list of one may be written without its brackets.
fn as_list(field: &Field, written: &StoryValue) -> StoryValue {
    match (written, field.kind) {
        (StoryValue::One(text), FieldType::Departments | FieldType::List) => StoryValue::Many(vec![text.clone()]),
        (other, _) => other.clone(),
    }
}

fn word<'s>(step: &'s StoryStep, key: &str) -> Option<&'s str> {
    step.with
        .iter()
        .find(|(name, _)| name.value == key)
        .and_then(|(_, value)| match &value.value {
            StoryValue::One(text) => Some(text.as_str()),
            StoryValue::Many(_) => None,
        })
}

fn texts(step: &StoryStep) -> BTreeMap<Arc<str>, String> {
    let known = super::values::TEXT_KEYS.iter();
    known
        .filter_map(|key| word(step, key).map(|text| (Arc::from(*key), text.to_owned())))
        .collect()
}

fn codes(refusal: &Refusal) -> String {
    let said = |objection: &Objection| match &objection.field {
        Some(field) => format!("{} ({field})", objection.code.as_str()),
        None => objection.code.as_str().to_owned(),
    };
    refusal.objections.iter().map(said).collect::<Vec<_>>().join(", ")
}

/// True for a code that stories may name in `refused:`.
pub fn is_refusal_code(text: &str) -> bool {
    Code::ALL.iter().any(|code| code.as_str() == text)
}

/// A story says that a file came, not which: one stands for all.
fn made_up(order: &Order) -> Vec<NewFile> {
    if *order != Order::Attach {
        return Vec::new();
    }
    vec![NewFile {
        name: "file.txt".to_owned(),
        content: Content {
            hash: Arc::from("0".repeat(64)),
            size: 1,
            media: Arc::from("text/plain"),
            private: false,
        },
        action: None,
        task: None,
    }]
}
