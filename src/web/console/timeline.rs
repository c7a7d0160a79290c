//! The history of a ticket as sentences, newest first. Every kind of event is told or left out by name: a new kind
//! makes the compiler ask.

use serde::Serialize;

use crate::desk::files::human;
use crate::desk::read::{EventView, View};
use crate::texts::{Arg, Language, say};
use crate::ticket::event::{Actor, Body, Event, RungEffect};
use crate::ticket::mask::{self, MASK};
use crate::ticket::model::TaskId;
use crate::workflow::definition::Definition;
use crate::workflow::id::{ActionId, FieldId};
use crate::workflow::value::Value;

use super::visitor::Visitor;
use super::words::{Names, When, text, value};

/// Values that are told in the line of the action that wrote them by itself; more stand under an entry of their own.
const WRITTEN_MAX: usize = 2;

/// An entry of the history.
#[derive(Serialize)]
pub struct Entry {
    seq: u64,
    icon: &'static str,
    /// Colour of the icon: empty, a (accent), w (warning), c (critical), o (good)
    tone: &'static str,
    who: String,
    what: String,
    /// What came of it in the same moment: the task that was opened, the state that was entered.
    then: Vec<String>,
    at: When,
    values: Vec<Line>,
    texts: Vec<Line>,
    /// An internal note stands apart.
    note: bool,
    /// Clocks and rungs: shown smaller.
    machine: bool,
}

/// A label and what stands under it.
#[derive(Serialize)]
pub struct Line {
    pub title: String,
    pub text: String,
}

/// Tells the events, newest first. What an action brought about stands with the action.
pub fn tell(view: &View, events: &[EventView], names: &Names<'_>, visitor: &Visitor) -> Vec<Entry> {
    let teller = Teller { view, names, visitor };
    let mut told: Vec<Entry> = Vec::new();
    let mut action: Option<&Event> = None;
    for EventView { event, .. } in events {
        let Some(entry) = teller.entry(event) else { continue };
        match (action.filter(|action| came_of(event, action)), told.last_mut()) {
            (Some(action), Some(_)) if matches!(event.body, Body::Wrote { .. }) && is_said(event, action) => {}
            (Some(_), Some(head)) => head.take_in(entry, names.language),
            (Some(_) | None, _) => {
                action = begins(&event.body).then_some(event);
                told.push(entry);
            }
        }
    }
    told.reverse();
    told
}

/// Whether it is what somebody did, of which something may come.
const fn begins(body: &Body) -> bool {
    matches!(
        body,
        Body::Did { .. }
            | Body::TaskSigned { .. }
            | Body::TaskReplied { .. }
            | Body::ReturnAsked { .. }
            | Body::ReturnGranted { .. }
    )
}

/// Whether what was written by itself was said by the action already.
fn is_said(event: &Event, action: &Event) -> bool {
    let mut values = event.values.iter();
    values.all(|(field, value)| action.values.get(field) == Some(value))
}

/// Whether an event says no more than what an action brought about, by the same hand in the same moment.
fn came_of(event: &Event, action: &Event) -> bool {
    let of_action = if matches!(event.body, Body::Wrote { .. }) {
        event.values.len() <= WRITTEN_MAX || is_said(event, action)
    } else {
        let may_be = matches!(
            event.body,
            Body::Entered { .. }
                | Body::Closed { .. }
                | Body::Reopened { .. }
                | Body::TaskOpened { .. }
                | Body::TaskSigned { .. }
                | Body::TaskReplied { .. }
                | Body::ReturnAsked { .. }
                | Body::ReturnGranted { .. }
                | Body::HandedOver { .. }
                | Body::GivenBack { .. }
                | Body::TaskCancelled { .. }
        );
        may_be && event.values.is_empty()
    };
    of_action
        && event.texts.is_empty()
        && event.actor == action.actor
        && event.on_behalf_of == action.on_behalf_of
        && event.at == action.at
        && event.recorded_at == action.recorded_at
}

impl Entry {
    /// What came of it: its words follow, with what it wrote; what is worth a colour gives its own.
    fn take_in(&mut self, of_it: Self, language: Language) {
        let colon = say(language, "tl-value", &[]);
        let written: Vec<String> = of_it
            .values
            .into_iter()
            .map(|line| format!("{}{colon}{}", line.title, line.text))
            .collect();
        let mut words = of_it.what;
        if !written.is_empty() {
            words = format!("{words} {}", written.join(&say(language, "list-comma", &[])));
        }
        self.then.push(words);
        if ["w", "c", "o"].contains(&of_it.tone) {
            self.icon = of_it.icon;
            self.tone = of_it.tone;
        }
    }
}

struct Teller<'a> {
    view: &'a View,
    names: &'a Names<'a>,
    visitor: &'a Visitor,
}

/// Icon, tone, key of the sentence, what it names.
type Told = (&'static str, &'static str, &'static str, String);

impl Teller<'_> {
    fn entry(&self, event: &Event) -> Option<Entry> {
        let (icon, tone, key, what) = self.told(&event.body)?;
        let language = self.language();
        let who = match &event.actor {
            Actor::Person(person) => self.names.person(person),
            Actor::System => say(language, "tl-system", &[]),
        };
        let who = match &event.on_behalf_of {
            Some(department) => {
                let department = self.names.department(department);
                let arguments = [("who", Arg::from(&who)), ("department", Arg::from(&department))];
                say(language, "tl-on-behalf", &arguments)
            }
            None => who,
        };
        Some(Entry {
            seq: event.seq,
            icon,
            tone,
            who,
            what: say(language, key, &[("what", Arg::from(&what))]),
            then: Vec::new(),
            at: When::new(event.at, self.visitor.now, &self.visitor.zone),
            values: self.values(event),
            texts: mask::texts(event, self.view.sight.private)
                .into_iter()
                .map(|(name, text)| Line {
                    title: say(language, &format!("member-{name}"), &[]),
                    text,
                })
                .collect(),
            note: matches!(event.body, Body::Noted { public: false }),
            machine: matches!(event.body, Body::Rung { .. } | Body::Told { .. } | Body::Wrote { .. }),
        })
    }

    fn language(&self) -> Language {
        self.names.language
    }

    fn values(&self, event: &Event) -> Vec<Line> {
        let definition = &self.view.definition;
        let shown = mask::values(definition, &event.values, self.view.sight.private);
        // What is no by itself is no news until somebody says so.
        let usual = |id: &FieldId, content: &Value| {
            let field = definition.fields.get(id);
            matches!(event.body, Body::Opened { .. })
                && *content == Value::YesNo(false)
                && field.is_some_and(|field| field.default.is_some())
        };
        shown
            .iter()
            .filter(|(id, content)| !usual(id, content))
            .map(|(id, content)| {
                let field = definition.fields.get(id);
                Line {
                    title: field.map_or_else(|| id.to_string(), |field| text(&field.title, self.language())),
                    text: value(content, field, self.names, self.visitor),
                }
            })
            .collect()
    }

    /// What an event says; nothing for what only the machine wants to know.
    fn told(&self, body: &Body) -> Option<Told> {
        let nothing = String::new;
        let told = match body {
            Body::Opened { imported, .. } => {
                let key = if *imported { "tl-opened-imported" } else { "tl-opened" };
                ("headset", "a", key, nothing())
            }
            Body::Did { action, task, .. } => ("circle-check", "a", "tl-did", self.action(action, *task)),
            Body::Wrote { .. } => ("pencil", "", "tl-wrote", nothing()),
            Body::Entered { state, .. } => ("arrow-right", "a", "tl-entered", self.state(state.as_str())),
            Body::Closed { outcome } => ("circle-check", "o", "tl-closed", self.outcome(outcome.as_str())),
            Body::Reopened { state } => ("rotate-clockwise", "w", "tl-reopened", self.state(state.as_str())),
            Body::Became { workflow, .. } => ("arrows-exchange", "w", "tl-became", workflow.to_string()),
            Body::TaskOpened { department, .. } => (
                "building-community",
                "a",
                "tl-task-opened",
                self.names.department(department),
            ),
            Body::TaskSigned { task } => ("user-check", "o", "tl-task-signed", self.task(*task)),
            Body::TaskReplied { task } => ("message-2", "o", "tl-task-replied", self.task(*task)),
            Body::ReturnAsked { task } => ("arrow-back-up", "w", "tl-return-asked", self.task(*task)),
            Body::ReturnGranted { task } => ("arrow-back-up", "w", "tl-return-granted", self.task(*task)),
            Body::Forced { task } => ("bolt", "c", "tl-forced", self.task(*task)),
            Body::HandedOver { to, .. } => ("arrows-exchange", "w", "tl-handed-over", self.names.department(to)),
            Body::GivenBack { to, .. } => ("arrow-back-up", "w", "tl-given-back", self.names.department(to)),
            Body::TaskCancelled { task } => ("x", "", "tl-task-cancelled", self.task(*task)),
            Body::TasksConsumed { .. } | Body::ClockSet { .. } => return None,
            Body::Rung { clock, effect, .. } => return self.rung(clock.as_str(), effect),
            Body::Late { clock, .. } => ("alert-octagon", "c", "tl-late", self.clock(clock.as_str())),
            Body::Told { to, .. } => ("bell", "", "tl-told", self.names.people(to)),
            Body::Taken { by, .. } => ("user-check", "a", "tl-taken", self.names.person(by)),
            Body::Released { .. } => ("user", "", "tl-released", nothing()),
            Body::Acknowledged => ("check", "o", "tl-acknowledged", nothing()),
            Body::Chased { to } => ("speakerphone", "w", "tl-chased", self.names.people(to)),
            Body::Watched { on: true } => ("eye", "w", "tl-watched", nothing()),
            Body::Watched { on: false } => ("eye", "", "tl-unwatched", nothing()),
            Body::Noted { public: true } => ("message-2", "a", "tl-noted-public", nothing()),
            Body::Noted { public: false } => ("lock", "w", "tl-noted", nothing()),
            Body::Corrected => ("pencil", "w", "tl-corrected", nothing()),
            Body::ContactEnded { .. } => ("phone", "", "tl-contact-ended", nothing()),
            Body::ContactReported { .. } => ("microphone", "", "tl-contact-reported", nothing()),
            Body::Linked { .. } => ("link", "", "tl-linked", nothing()),
            Body::Unlinked { .. } => ("link", "", "tl-unlinked", nothing()),
            Body::MergedInto { .. } => ("git-compare", "w", "tl-merged", nothing()),
            Body::Unmerged => ("git-compare", "w", "tl-unmerged", nothing()),
            Body::Revealed { field } => ("eye", "c", "tl-revealed", self.field(field.as_str())),
            Body::Attached { content, .. } => ("paperclip", "a", "tl-attached", human(content.size)),
            Body::Detached { attachment } => ("paperclip", "w", "tl-detached", self.file(*attachment)),
            Body::Moved { .. } => ("git-branch", "", "tl-moved", nothing()),
            Body::Erased { .. } => ("trash", "c", "tl-erased", nothing()),
        };
        Some(told)
    }

    fn rung(&self, clock: &str, effect: &RungEffect) -> Option<Told> {
        let clock = self.clock(clock);
        let comma = say(self.language(), "tl-to", &[]);
        let told = match effect {
            RungEffect::Tell { to, .. } => {
                let what = format!("{clock}{comma}{}", self.names.people(to));
                ("bell", "w", "tl-rung-told", what)
            }
            RungEffect::Do { action } => ("bolt", "w", "tl-rung-did", self.action(action, None)),
            RungEffect::DoFailed { action, .. } => ("alert-triangle", "c", "tl-rung-failed", self.action(action, None)),
            RungEffect::Skipped | RungEffect::Silent => return None,
        };
        Some(told)
    }

    fn action(&self, action: &ActionId, task: Option<TaskId>) -> String {
        let title = action_title(action.as_str(), &self.view.definition, self.language());
        match task {
            Some(task) => format!("{title} · {}", self.task(task)),
            None => title,
        }
    }

    fn state(&self, state: &str) -> String {
        let known = self.view.definition.states.get(state);
        known.map_or_else(|| state.to_owned(), |known| text(&known.title, self.language()))
    }

    fn outcome(&self, outcome: &str) -> String {
        let known = self.view.definition.outcomes.get(outcome);
        known.map_or_else(|| outcome.to_owned(), |known| text(&known.title, self.language()))
    }

    fn clock(&self, clock: &str) -> String {
        let known = self.view.definition.clocks.get(clock);
        known.map_or_else(|| clock.to_owned(), |known| text(&known.title, self.language()))
    }

    /// A file by its name, as far as the reader may know it.
    fn file(&self, seq: u64) -> String {
        let known = self.view.ticket.attachments.iter().find(|file| file.seq == seq);
        let shown = known.filter(|file| !file.content.private || self.view.sight.private);
        shown.map_or_else(|| MASK.to_owned(), |file| file.name.clone())
    }

    fn field(&self, field: &str) -> String {
        let known = self.view.definition.fields.get(field);
        known.map_or_else(|| field.to_owned(), |known| text(&known.title, self.language()))
    }

    fn task(&self, task: TaskId) -> String {
        let known = self.view.ticket.task(task);
        known.map_or_else(|| task.to_string(), |known| self.names.department(&known.department))
    }
}

/// The title of an action: the file's, else ours for what is built in.
pub fn action_title(action: &str, definition: &Definition, language: Language) -> String {
    let of_file = definition
        .states
        .values()
        .flat_map(|state| state.actions.values())
        .chain(definition.anytime.values())
        .chain(definition.after_close.values())
        .find(|known| known.id.as_str() == action);
    if let Some(known) = of_file {
        return text(&known.title, language);
    }
    crate::texts::find(language, &format!("act-{action}"), &[]).unwrap_or_else(|| action.to_owned())
}
