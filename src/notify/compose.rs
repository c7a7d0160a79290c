//! From what happened to a letter for one reader: everything worked out, in the reader's language, nothing private.

use jiff::tz::TimeZone;

use crate::texts::{Language, say};
use crate::ticket::event::{Body, Event, RungEffect};
use crate::ticket::model::{ClockPhase, ClockRun, TaskId, Ticket};
use crate::ticket::people::Search;
use crate::workflow::definition::{Action, Definition, Recipient};
use crate::workflow::directory::Directory;
use crate::workflow::id::{ActionId, ClockId, FieldId, MessageId, PersonId};
use crate::workflow::moment::Moment;
use crate::workflow::value::Value;

use super::letter::{ClockLine, Kind, Letter};
use super::why::{Reached, Why, reach};
use super::words::{self, Fields, fill};

/// Names of others that are listed; whoever comes after is counted among them no more.
const OTHERS_MAX: usize = 20;

/// What the letters about one event are made from: the ticket and the directory as they are at sending.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    pub definition: &'a Definition,
    pub ticket: &'a Ticket,
    pub directory: &'a Directory,
    pub event: &'a Event,
    pub now: Moment,
    /// How many steps of the clock the letter stands for, at least 1 (L8).
    pub stands_for: u32,
    pub house: &'a House,
}

/// What is the same for all letters.
#[derive(Clone, Debug, Default)]
pub struct House {
    /// Name of the centre; may be empty.
    pub centre: String,
    /// Where people reach the console; may be empty.
    pub public_url: String,
}

/// What an event tells, and whom it meant at its own moment.
struct Telling<'a> {
    kind: Kind,
    message: Option<&'a MessageId>,
    to: &'a [PersonId],
    clock: Option<(&'a ClockId, Option<TaskId>)>,
    action: Option<&'a ActionId>,
    refusal: &'a str,
    /// Resolved again at sending; without them the nominal people stay.
    recipients: Vec<Recipient>,
    acknowledge: bool,
}

impl<'a> Scene<'a> {
    fn telling(&self) -> Option<Telling<'a>> {
        let event = self.event;
        let blank = Telling {
            kind: Kind::Told,
            message: None,
            to: &[],
            clock: None,
            action: None,
            refusal: "",
            recipients: Vec::new(),
            acknowledge: false,
        };
        match &event.body {
            Body::Rung {
                clock,
                task,
                rung,
                effect,
                ..
            } => {
                let step = usize::try_from(rung.step).unwrap_or(usize::MAX);
                let specification = self
                    .definition
                    .clocks
                    .get(clock)
                    .and_then(|clock| clock.ladder.get(step));
                match effect {
                    RungEffect::Tell { message, to, .. } => {
                        // The ticket may run on another version by now: only the same rung is resolved again.
                        let same =
                            specification.filter(|rung| rung.say.as_ref().map(|say| &say.value) == message.as_ref());
                        Some(Telling {
                            kind: Kind::Clock,
                            message: message.as_ref(),
                            to,
                            clock: Some((clock, *task)),
                            recipients: same
                                .map(|rung| rung.tell.iter().map(|at| at.value.clone()).collect())
                                .unwrap_or_default(),
                            acknowledge: self.acknowledge_helps(clock),
                            ..blank
                        })
                    }
                    RungEffect::DoFailed { action, refused, to } => Some(Telling {
                        kind: Kind::Refused,
                        to,
                        clock: Some((clock, *task)),
                        action: Some(action),
                        refusal: refused,
                        ..blank
                    }),
                    RungEffect::Do { .. } | RungEffect::Skipped | RungEffect::Silent => None,
                }
            }
            Body::Told { message, to, about, .. } => {
                let recipients = about
                    .as_ref()
                    .and_then(|action| find_action(self.definition, action))
                    .filter(|action| action.say.as_ref().map(|say| &say.value) == message.as_ref())
                    .map(|action| action.tell.iter().map(|at| at.value.clone()).collect())
                    .unwrap_or_default();
                Some(Telling {
                    message: message.as_ref(),
                    to,
                    action: about.as_ref(),
                    recipients,
                    acknowledge: self.ticket.acknowledged.is_none()
                        && self.definition.clocks.keys().any(|clock| {
                            self.ticket
                                .clock(clock, None)
                                .is_some_and(|run| run.phase == ClockPhase::Running)
                                && self.acknowledge_helps(clock)
                        }),
                    ..blank
                })
            }
            Body::Chased { to } => Some(Telling {
                kind: Kind::Chased,
                to,
                ..blank
            }),
            Body::Opened { .. }
            | Body::Did { .. }
            | Body::Wrote { .. }
            | Body::Entered { .. }
            | Body::Closed { .. }
            | Body::Reopened { .. }
            | Body::Became { .. }
            | Body::TaskOpened { .. }
            | Body::TaskSigned { .. }
            | Body::TaskReplied { .. }
            | Body::ReturnAsked { .. }
            | Body::ReturnGranted { .. }
            | Body::Forced { .. }
            | Body::HandedOver { .. }
            | Body::GivenBack { .. }
            | Body::TaskCancelled { .. }
            | Body::TasksConsumed { .. }
            | Body::ClockSet { .. }
            | Body::Late { .. }
            | Body::Taken { .. }
            | Body::Released { .. }
            | Body::Acknowledged
            | Body::Watched { .. }
            | Body::Noted { .. }
            | Body::Corrected
            | Body::ContactEnded { .. }
            | Body::ContactReported { .. }
            | Body::Linked { .. }
            | Body::Unlinked { .. }
            | Body::MergedInto { .. }
            | Body::Unmerged
            | Body::Revealed { .. }
            | Body::Moved { .. }
            | Body::Erased { .. } => None,
        }
    }

    /// Acknowledging stops a later step of this clock.
    fn acknowledge_helps(&self, clock: &ClockId) -> bool {
        self.definition
            .clocks
            .get(clock)
            .is_some_and(|clock| clock.ladder.iter().any(|rung| rung.unless_acknowledged))
    }

    /// Whom the event reaches now (L8); the people of its own moment where there is nothing to resolve again, or
    /// nobody is found any more. Empty for an event that tells nobody.
    pub fn reached(&self) -> Vec<Reached> {
        let Some(telling) = self.telling() else {
            return Vec::new();
        };
        let task = telling
            .clock
            .and_then(|(_, task)| task)
            .and_then(|task| self.ticket.task(task));
        let search = Search {
            definition: self.definition,
            ticket: self.ticket,
            directory: self.directory,
            at: self.now,
            task,
            excluded: &[],
        };
        let now = reach(search, telling.recipients.into_iter());
        if !now.is_empty() {
            return now;
        }
        telling
            .to
            .iter()
            .map(|person| Reached {
                person: person.clone(),
                rule: None,
                way: Vec::new(),
                department: None,
            })
            .collect()
    }

    /// The letter for one of those reached; `None` for an event that tells nobody.
    pub fn letter(&self, reached: &Reached, all: &[Reached]) -> Option<Letter> {
        let telling = self.telling()?;
        let person = self.directory.people.get(&reached.person);
        let language = person
            .and_then(|person| Language::from_tag(&person.language))
            .unwrap_or_default();
        let zone = self.zone();
        let fields = Fields {
            definition: self.definition,
            directory: self.directory,
            zone: &zone,
            language,
        };
        let run = telling.clock.and_then(|(clock, task)| self.ticket.clock(clock, task));
        let clock = telling.clock.map_or_else(ClockLine::default, |(clock, _)| {
            self.clock_line(clock, run, &zone, language)
        });
        let why = Why {
            definition: self.definition,
            directory: self.directory,
            ticket: self.ticket,
            language,
        };
        let reason = match telling.kind {
            Kind::Chased => say(language, "why-chased", &[]),
            Kind::Refused => say(
                language,
                "why-plain",
                &[("who", say(language, "who-always", &[]).into())],
            ),
            Kind::Clock | Kind::Told => why.sentence(reached, why.stands_in(reached, self.now)),
        };
        let others: Vec<String> = all
            .iter()
            .filter(|other| other.person != reached.person)
            .take(OTHERS_MAX)
            .map(|other| words::name(self.directory, &other.person))
            .collect();
        let link = self.link();
        Some(Letter {
            kind: telling.kind,
            language,
            lang: language.tag(),
            centre: self.house.centre.clone(),
            name: words::name(self.directory, &reached.person),
            number: self.ticket.number.to_string(),
            subject: self.subject(&fields),
            workflow: words::text(&self.definition.title, language).to_owned(),
            state: self.state(language),
            closed: self.ticket.is_closed(),
            urgent: self.ticket.fields.get("urgent") == Some(&Value::YesNo(true)),
            sentence: self.sentence(telling.message, &clock, &fields),
            clock,
            stands_for: self.stands_for,
            stands_for_several: self.stands_for > 1,
            action: telling
                .action
                .map(|action| action_title(self.definition, action, language))
                .unwrap_or_default(),
            actor: self
                .event
                .actor
                .person()
                .map(|person| words::name(self.directory, person))
                .unwrap_or_default(),
            refusal: telling.refusal.to_owned(),
            told_others: !others.is_empty(),
            others,
            why: reason,
            linked: !link.is_empty(),
            link,
            acknowledge: telling.acknowledge && !self.ticket.is_closed(),
        })
    }

    fn zone(&self) -> TimeZone {
        self.directory
            .calendar(self.ticket.calendar.as_ref())
            .map_or(TimeZone::UTC, |calendar| calendar.zone.clone())
    }

    fn subject(&self, fields: &Fields<'_>) -> String {
        fill(&self.definition.subject, |name| {
            let field = FieldId::from(name);
            fields.show(&field, self.ticket.fields.get(&field))
        })
    }

    fn state(&self, language: Language) -> String {
        let title = match &self.ticket.outcome {
            Some(outcome) if self.ticket.is_closed() => self.definition.outcomes.get(outcome).map(|found| &found.title),
            _ => self.definition.states.get(&self.ticket.state).map(|found| &found.title),
        };
        title.map_or_else(
            || self.ticket.state.to_string(),
            |title| words::text(title, language).to_owned(),
        )
    }

    /// The workflow's own sentence with its placeholders filled (LANGUAGE, `messages.X`).
    fn sentence(&self, message: Option<&MessageId>, clock: &ClockLine, fields: &Fields<'_>) -> String {
        let Some(message) = message.and_then(|message| self.definition.messages.get(message)) else {
            return String::new();
        };
        let none = say(fields.language, "span-none", &[]);
        fill(words::text(&message.text, fields.language), |name| match name {
            "number" => self.ticket.number.to_string(),
            "clock" => clock.title.clone(),
            "left" if clock.late => none.clone(),
            "over" if !clock.late => none.clone(),
            "left" | "over" => clock.span.clone(),
            "stands_for" => self.stands_for.to_string(),
            _ => {
                let field = FieldId::from(name);
                fields.show(&field, self.ticket.fields.get(&field))
            }
        })
    }

    fn clock_line(&self, clock: &ClockId, run: Option<&ClockRun>, zone: &TimeZone, language: Language) -> ClockLine {
        let title = self.definition.clocks.get(clock).map_or_else(
            || clock.to_string(),
            |clock| words::text(&clock.title, language).to_owned(),
        );
        let due_at = run.and_then(|run| run.due_at.or(run.late_at));
        let (late, span) = due_at.map_or((false, String::new()), |due_at| {
            let over = self.now.since(due_at);
            (over >= 0, words::span(over, language))
        });
        ClockLine {
            named: true,
            title,
            due: due_at
                .map(|due_at| words::moment(due_at, zone, language))
                .unwrap_or_default(),
            late,
            span,
            idle: due_at.is_none(),
        }
    }

    /// `BASE/tickets/NUMBER`; only a web address is taken for a base.
    fn link(&self) -> String {
        let base = self.house.public_url.trim_end_matches('/');
        if base.starts_with("https://") || base.starts_with("http://") {
            format!("{base}/tickets/{}", self.ticket.number)
        } else {
            String::new()
        }
    }
}

/// The action of that name wherever it stands: the states in the order of the file, then `anytime`, `after_close`.
fn find_action<'a>(definition: &'a Definition, action: &ActionId) -> Option<&'a Action> {
    definition
        .states
        .values()
        .find_map(|state| state.actions.get(action))
        .or_else(|| definition.anytime.get(action))
        .or_else(|| definition.after_close.get(action))
}

/// What an action is called; built-in ones by their id.
pub(super) fn action_title(definition: &Definition, action: &ActionId, language: Language) -> String {
    find_action(definition, action).map_or_else(
        || action.to_string(),
        |action| words::text(&action.title, language).to_owned(),
    )
}
