//! From what happened to a letter for one reader: everything worked out, in the reader's language, nothing private.

use jiff::tz::TimeZone;

use crate::texts::{Language, say};
use crate::ticket::model::{ClockPhase, TaskId, Ticket};
use crate::ticket::people::Search;
use crate::workflow::definition::{Action, Definition, Point, Recipient};
use crate::workflow::directory::Directory;
use crate::workflow::id::{ActionId, ClockId, FieldId, MessageId, PersonId};
use crate::workflow::moment::Moment;
use crate::workflow::value::Value;

use super::letter::{ClockLine, Kind, Letter};
use super::patience::{Gathering, QuietHours};
use super::why::{Reached, Why, reach};
use super::words::{self, Fields, fill};

/// Names of others that are listed.
const OTHERS_MAX: usize = 20;

/// What happened, as far as it is told to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// An action says so (`tell`, `say`).
    Told {
        about: Option<ActionId>,
        message: Option<MessageId>,
    },
    /// A step of a clock's ladder says so.
    Rung {
        clock: ClockId,
        task: Option<TaskId>,
        /// Which step of the ladder, from 0.
        step: u32,
        message: Option<MessageId>,
    },
    /// What a step should have done was refused (L8).
    Refused {
        clock: ClockId,
        task: Option<TaskId>,
        action: ActionId,
        refused: String,
    },
    /// The caller rang again (R18).
    Chased,
}

impl Cause {
    /// Which letter tells of it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Told { .. } => Kind::Told,
            Self::Rung { .. } => Kind::Clock,
            Self::Refused { .. } => Kind::Refused,
            Self::Chased => Kind::Chased,
        }
    }
}

/// What the letters about one event are made from: the ticket and the directory as they are at sending.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    pub definition: &'a Definition,
    pub ticket: &'a Ticket,
    pub directory: &'a Directory,
    pub cause: &'a Cause,
    /// Whom the event meant at its own moment.
    pub nominal: &'a [PersonId],
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
    /// Hours for which a link in a message acknowledges; 0 for no such links.
    pub acknowledge_hours: u32,
    /// From how many messages on further ones go as one.
    pub gathering: Gathering,
    pub quiet: Option<QuietHours>,
}

impl House {
    /// The base of links; only a web address is taken for one.
    pub fn base(&self) -> Option<&str> {
        let base = self.public_url.trim_end_matches('/');
        (base.starts_with("https://") || base.starts_with("http://")).then_some(base)
    }
}

impl Scene<'_> {
    /// The rules that are resolved again at sending (L8). Empty where only the people of the event's own moment are
    /// known, or where the ticket runs on another version by now and the step is no longer the same.
    fn recipients(&self) -> Vec<Recipient> {
        let (tell, say, message) = match self.cause {
            Cause::Rung {
                clock, step, message, ..
            } => {
                let step = usize::try_from(*step).unwrap_or(usize::MAX);
                let ladder = self.definition.clocks.get(clock).map(|clock| &clock.ladder);
                let Some(rung) = ladder.and_then(|ladder| ladder.get(step)) else {
                    return Vec::new();
                };
                (&rung.tell, &rung.say, message)
            }
            Cause::Told { about, message } => {
                let Some(action) = about.as_ref().and_then(|action| find_action(self.definition, action)) else {
                    return Vec::new();
                };
                (&action.tell, &action.say, message)
            }
            Cause::Refused { .. } | Cause::Chased => return Vec::new(),
        };
        if say.as_ref().map(|say| &say.value) == message.as_ref() {
            tell.iter().map(|at| at.value.clone()).collect()
        } else {
            Vec::new()
        }
    }

    pub(super) fn clock(&self) -> Option<(&ClockId, Option<TaskId>)> {
        match self.cause {
            Cause::Rung { clock, task, .. } | Cause::Refused { clock, task, .. } => Some((clock, *task)),
            Cause::Told { .. } | Cause::Chased => None,
        }
    }

    /// Acknowledging the ticket would stop a later step of a clock that runs.
    fn acknowledge(&self) -> bool {
        if self.ticket.is_closed() || self.ticket.acknowledged.is_some() {
            return false;
        }
        match self.cause {
            Cause::Rung { clock, .. } => self.acknowledge_helps(clock),
            Cause::Told { .. } => self
                .ticket
                .clocks
                .iter()
                .any(|run| run.phase == ClockPhase::Running && self.acknowledge_helps(&run.clock)),
            Cause::Refused { .. } | Cause::Chased => false,
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
    /// nobody is found any more: «nobody» is never a result (R27).
    pub fn reached(&self) -> Vec<Reached> {
        let task = self
            .clock()
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
        let now = reach(search, self.recipients().into_iter());
        if !now.is_empty() {
            return now;
        }
        self.nominal
            .iter()
            .map(|person| Reached::plainly(person.clone()))
            .collect()
    }

    /// The letter for one of those reached, in their language.
    pub fn letter(&self, reached: &Reached, all: &[Reached]) -> Letter {
        let person = self.directory.people.get(&reached.person);
        let language = person.and_then(|person| Language::from_tag(&person.language));
        self.letter_in(reached, all, language.unwrap_or_default())
    }

    /// The letter for one of those reached.
    pub fn letter_in(&self, reached: &Reached, all: &[Reached], language: Language) -> Letter {
        let zone = self.zone();
        let fields = Fields {
            definition: self.definition,
            directory: self.directory,
            zone: &zone,
            language,
        };
        let clock = self.clock().map_or_else(ClockLine::default, |(clock, task)| {
            self.clock_line(clock, task, &zone, language)
        });
        let kind = self.cause.kind();
        let (message, action, refusal) = match self.cause {
            Cause::Told { about, message } => (message.as_ref(), about.as_ref(), ""),
            Cause::Rung { message, .. } => (message.as_ref(), None, ""),
            Cause::Refused { action, refused, .. } => (None, Some(action), refused.as_str()),
            Cause::Chased => (None, None, ""),
        };
        let actor = self.actor(action);
        let others: Vec<String> = all
            .iter()
            .filter(|other| other.person != reached.person)
            .take(OTHERS_MAX)
            .map(|other| words::name(self.directory, &other.person))
            .collect();
        let link = self.link();
        Letter {
            kind,
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
            sentence: self.sentence(message, &clock, &fields),
            clock,
            stands_for: self.stands_for,
            stands_for_several: self.stands_for > 1,
            action: action
                .map(|action| action_title(self.definition, action, language))
                .unwrap_or_default(),
            actor: actor
                .map(|person| words::name(self.directory, person))
                .unwrap_or_default(),
            refusal: refusal.to_owned(),
            told_others: !others.is_empty(),
            others,
            why: self.why(kind, reached, language),
            linked: !link.is_empty(),
            link,
            acknowledge: self.acknowledge(),
            acknowledge_link: String::new(),
            acknowledge_linked: false,
            lines: Vec::new(),
            count: 0,
        }
    }

    /// Who did the action last; for a chase, whoever noted it.
    fn actor(&self, action: Option<&ActionId>) -> Option<&PersonId> {
        let chase = ActionId::from("chase");
        let action = match self.cause {
            Cause::Chased => Some(&chase),
            Cause::Told { .. } | Cause::Rung { .. } | Cause::Refused { .. } => action,
        }?;
        let doing = self.ticket.doings.iter().rev().find(|doing| doing.action == *action)?;
        doing.by.person()
    }

    fn why(&self, kind: Kind, reached: &Reached, language: Language) -> String {
        match kind {
            Kind::Chased => say(language, "mail-why-chased", &[]),
            Kind::Refused => say(
                language,
                "mail-why-plain",
                &[("who", say(language, "mail-who-always", &[]).into())],
            ),
            Kind::Clock | Kind::Told | Kind::Digest | Kind::Calendar => {
                let why = Why {
                    definition: self.definition,
                    directory: self.directory,
                    ticket: self.ticket,
                    language,
                };
                why.sentence(reached, why.stands_in(reached, self.now))
            }
        }
    }

    pub(super) fn zone(&self) -> TimeZone {
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
        let none = say(fields.language, "mail-span-none", &[]);
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

    fn clock_line(&self, clock: &ClockId, task: Option<TaskId>, zone: &TimeZone, language: Language) -> ClockLine {
        let run = self.ticket.clock(clock, task);
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
            due_at,
            late,
            span,
            idle: due_at.is_none(),
        }
    }

    /// `BASE/tickets/NUMBER`; empty without a base.
    fn link(&self) -> String {
        self.house
            .base()
            .map_or_else(String::new, |base| format!("{base}/tickets/{}", self.ticket.number))
    }

    /// It presses: the ticket is urgent, a clock has run out, or what a clock was to do was refused. Nobody can wish
    /// not to be told of it.
    pub fn presses(&self) -> bool {
        let is_urgent = self.ticket.fields.get("urgent") == Some(&Value::YesNo(true));
        is_urgent
            || match self.cause {
                Cause::Rung { clock, step, .. } => {
                    let step = usize::try_from(*step).unwrap_or(usize::MAX);
                    let ladder = self.definition.clocks.get(clock).map(|clock| &clock.ladder);
                    let rung = ladder.and_then(|ladder| ladder.get(step));
                    rung.is_none_or(|rung| match rung.at.value {
                        Point::Percent(percent) | Point::PercentPlus(percent, _) => percent >= 100,
                        Point::Remaining(_) => false,
                    })
                }
                Cause::Refused { .. } => true,
                Cause::Told { .. } | Cause::Chased => false,
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
