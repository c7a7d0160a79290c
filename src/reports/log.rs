//! What of a ticket's history becomes an event of a log, and what it is called there.
//!
//! The default log says what somebody did: actions of the file under their id, built-in ones under theirs, `create`
//! first. `Depth::All` adds what the engine did by itself: states, tasks, clocks, rungs, messages. Values and free
//! texts never leave by this way, so a log holds ids of people and nothing of what callers said.

use std::sync::Arc;

use indexmap::IndexMap;

use super::attribute::{Attribute, Attributes, text, time, whole};
use super::xes::Occurrence;
use crate::ticket::event::{Body, Event, RungEffect};
use crate::ticket::model::{RungKey, TaskId, Ticket};
use crate::workflow::definition::Text;
use crate::workflow::id::{ActionId, ClockId, DepartmentId};
use crate::workflow::moment::Moment;

/// How much of a history a log holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// What somebody did.
    #[default]
    Actions,
    /// And what followed from it.
    All,
}

/// One entry of a history as a log has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step<'e> {
    pub event: &'e Event,
    /// What it is called.
    pub name: String,
    /// Where it stands in the life of an activity: `complete`, `start`, `schedule` …
    pub transition: &'static str,
    pub task: Option<TaskId>,
    /// For whom it was done: the department acted for, else the one that had the task then.
    pub department: Option<DepartmentId>,
    /// Hash of the definition the ticket ran on then.
    pub definition: Arc<str>,
    pub more: Attributes,
}

/// Makes the events of one ticket after the other.
pub struct Teller<'a> {
    pub depth: Depth,
    /// The action's title in the version the ticket ran on, for the attribute `ombud:title`.
    pub title: &'a dyn Fn(&str, &ActionId) -> Option<Text>,
}

/// Attributes of the trace of a ticket.
pub fn trace(ticket: &Ticket) -> Attributes {
    let mut attributes = vec![
        text("ombud:id", ticket.id.to_string()),
        text("ombud:workflow", ticket.workflow.to_string()),
        text("ombud:definition", ticket.definition.to_string()),
        text("ombud:state", ticket.state.to_string()),
        time("ombud:opened_at", ticket.opened_at),
    ];
    attributes.extend(ticket.closed_at.map(|at| time("ombud:closed_at", at)));
    attributes.extend(
        ticket
            .outcome
            .as_ref()
            .map(|outcome| text("ombud:outcome", outcome.to_string())),
    );
    attributes
}

/// The steps of one ticket, whose events are given in the order of their sequence.
pub fn steps<'e>(depth: Depth, events: impl IntoIterator<Item = &'e Event>) -> Vec<Step<'e>> {
    let mut departments: IndexMap<TaskId, DepartmentId> = IndexMap::new();
    let mut definition: Arc<str> = Arc::from("");
    let mut steps = Vec::new();
    for event in events {
        if let Body::Opened { definition: hash, .. }
        | Body::Became { definition: hash, .. }
        | Body::Moved { definition: hash, .. } = &event.body
        {
            definition = Arc::clone(hash);
        }
        if let Body::TaskOpened { task, department, .. } = &event.body {
            departments.insert(*task, department.clone());
        }
        let named = named(&event.body);
        if named.depth == Depth::Actions || depth == Depth::All {
            let of_task = || named.task.and_then(|task| departments.get(&task));
            steps.push(Step {
                event,
                name: named.name,
                transition: named.transition,
                task: named.task,
                department: event.on_behalf_of.as_ref().or_else(of_task).cloned(),
                definition: Arc::clone(&definition),
                more: named.more,
            });
        }
        if let Body::HandedOver { task, to } | Body::GivenBack { task, to } = &event.body {
            departments.insert(*task, to.clone());
        }
    }
    steps
}

impl Teller<'_> {
    /// The events of one ticket, which are given in the order of their sequence.
    pub fn tell<'e>(&self, events: impl IntoIterator<Item = &'e Event>) -> Vec<Occurrence> {
        steps(self.depth, events)
            .into_iter()
            .map(|step| self.occurrence(step))
            .collect()
    }

    fn occurrence(&self, step: Step<'_>) -> Occurrence {
        let event = step.event;
        let mut more = Vec::with_capacity(step.more.len() + 4);
        more.push(whole("ombud:seq", i64::try_from(event.seq).unwrap_or(i64::MAX)));
        more.extend(
            step.more
                .into_iter()
                .map(|(key, value)| (format!("ombud:{key}"), value)),
        );
        if let Body::Did { action, .. } = &event.body
            && let Some(title) = (self.title)(&step.definition, action)
        {
            more.push(text("ombud:title:zh", title.zh));
            more.push(text("ombud:title:en", title.en));
        }
        if let Some(task) = step.task {
            more.push(whole("ombud:task", task));
        }
        if event.recorded_at != event.at {
            more.push(time("ombud:recorded_at", event.recorded_at));
        }
        Occurrence {
            name: step.name,
            at: event.at,
            transition: step.transition,
            resource: event.actor.person().map(ToString::to_string),
            group: step.department.map(|department| department.to_string()),
            more,
        }
    }
}

struct Named {
    name: String,
    transition: &'static str,
    task: Option<TaskId>,
    depth: Depth,
    more: Attributes,
}

fn did(name: &str, task: Option<TaskId>) -> Named {
    Named {
        name: name.to_owned(),
        transition: "complete",
        task,
        depth: Depth::Actions,
        more: Vec::new(),
    }
}

fn followed(name: &str, transition: &'static str, task: Option<TaskId>, more: Attributes) -> Named {
    Named {
        name: name.to_owned(),
        transition,
        task,
        depth: Depth::All,
        more,
    }
}

fn named(body: &Body) -> Named {
    match body {
        Body::Opened { .. } => did("create", None),
        Body::Did { action, task, .. } => did(action.as_str(), *task),
        Body::TaskSigned { task } => did("sign", Some(*task)),
        Body::TaskReplied { task } => did("reply", Some(*task)),
        Body::ReturnAsked { task } => did("ask_return", Some(*task)),
        Body::ReturnGranted { task } => did("grant_return", Some(*task)),
        Body::Forced { task } => did("force", Some(*task)),
        Body::HandedOver { task, to } => with(did("hand_over", Some(*task)), text("to", to.to_string())),
        Body::GivenBack { task, to } => with(did("give_back", Some(*task)), text("to", to.to_string())),
        Body::Taken { task, .. } => did("take", *task),
        Body::Released { task } => did("release", *task),
        Body::Acknowledged => did("acknowledge", None),
        Body::Chased { .. } => did("chase", None),
        Body::Watched { on } => did(if *on { "watch" } else { "unwatch" }, None),
        Body::Noted { public } => with(did("note", None), ("public".to_owned(), Attribute::YesNo(*public))),
        Body::Corrected => did("correct", None),
        Body::ContactEnded { .. } => did("contact_ended", None),
        Body::ContactReported { .. } => did("contact_reported", None),
        Body::Linked { .. } => did("link", None),
        Body::Unlinked { .. } => did("unlink", None),
        Body::MergedInto { .. } => did("merge", None),
        Body::Unmerged => did("unmerge", None),
        Body::Revealed { .. } => did("reveal", None),
        Body::Attached { content, task, .. } => with(did("attach", *task), text("media", content.media.to_string())),
        Body::Detached { .. } => did("detach", None),
        Body::Erased { .. } => did("erase", None),
        Body::Moved { state, .. } => followed("move", "complete", None, vec![text("state", state.to_string())]),
        Body::Became { workflow, state, .. } => followed(
            "become",
            "complete",
            None,
            vec![text("workflow", workflow.to_string()), text("state", state.to_string())],
        ),
        Body::Wrote { .. } => followed("write", "complete", None, Vec::new()),
        Body::Entered { state, .. } => followed(
            &format!("state:{state}"),
            "start",
            None,
            vec![text("state", state.to_string())],
        ),
        Body::Closed { outcome } => followed("close", "complete", None, vec![text("outcome", outcome.to_string())]),
        Body::Reopened { state } => followed("reopen", "complete", None, vec![text("state", state.to_string())]),
        Body::TaskOpened { task, key, .. } => followed(&format!("task:{key}"), "schedule", Some(*task), Vec::new()),
        Body::TaskCancelled { task } => followed("task", "ate_abort", Some(*task), Vec::new()),
        Body::TasksConsumed { .. } => followed("join", "complete", None, Vec::new()),
        Body::ClockSet { run, .. } => {
            let phase = text("phase", run.phase.as_str().to_owned());
            followed(&format!("clock:{}", run.clock), "complete", run.task, vec![phase])
        }
        Body::Rung {
            clock,
            task,
            rung,
            effect,
            due_at,
            ..
        } => rung_fired(clock, *task, *rung, effect, *due_at),
        Body::Late { clock, task, .. } => followed(&format!("late:{clock}"), "complete", *task, Vec::new()),
        Body::Told { .. } => followed("tell", "complete", None, Vec::new()),
    }
}

fn rung_fired(clock: &ClockId, task: Option<TaskId>, rung: RungKey, effect: &RungEffect, due_at: Moment) -> Named {
    let effect = match effect {
        RungEffect::Tell { .. } => "tell",
        RungEffect::Do { .. } => "do",
        RungEffect::DoFailed { .. } => "do_failed",
        RungEffect::Skipped => "skipped",
        RungEffect::Silent => "silent",
    };
    let more = vec![
        whole("step", rung.step),
        whole("repetition", rung.repetition),
        text("effect", effect.to_owned()),
        time("due_at", due_at),
    ];
    followed(&format!("rung:{clock}"), "complete", task, more)
}

fn with(mut named: Named, attribute: (String, Attribute)) -> Named {
    named.more.push(attribute);
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::event::Actor;
    use crate::workflow::id::TaskKey;

    fn event(seq: u64, body: Body) -> Event {
        Event {
            seq,
            at: Moment(1_000),
            recorded_at: Moment(1_000),
            actor: Actor::Person("li".into()),
            on_behalf_of: None,
            body,
            values: IndexMap::new(),
            texts: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn a_log_says_what_was_done_and_on_request_what_followed() {
        let task_opened = Body::TaskOpened {
            task: 1,
            key: TaskKey::from("lead"),
            state: "handling".into(),
            department: "finance".into(),
            owner: "liaison".into(),
        };
        let events = [
            event(
                1,
                Body::Did {
                    action: "dispatch".into(),
                    task: None,
                    imported: false,
                },
            ),
            event(2, task_opened),
            event(3, Body::TaskSigned { task: 1 }),
        ];
        let title = |_: &str, _: &ActionId| {
            Some(Text {
                zh: "派单".to_owned(),
                en: "Dispatch".to_owned(),
            })
        };
        let names = |depth| {
            let told = Teller { depth, title: &title }.tell(&events);
            told.into_iter().map(|one| (one.name, one.group)).collect::<Vec<_>>()
        };
        let finance = Some("finance".to_owned());
        assert_eq!(
            names(Depth::Actions),
            [("dispatch".to_owned(), None), ("sign".to_owned(), finance.clone())]
        );
        assert_eq!(names(Depth::All)[1], ("task:lead".to_owned(), finance));
    }
}
