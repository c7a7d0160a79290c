//! Whether a step left things as the story tells (`then:`).

use crate::workflow::constant;
use crate::workflow::definition::{Expectation, Field, StoryStep, StoryValue};
use crate::workflow::id::{ClockId, OutcomeId, PersonId};
use crate::workflow::value::Value;

use super::super::model::{ClockPhase, ClockRun, Task, Ticket};
use super::super::people::{Search, Walk};
use super::{Failure, Play, as_list, codes};

/// Words of built-in actions that may stand in `with:` beside fields.
const WORDS: [&str; 10] = [
    "reason", "basis", "note", "evidence", "source", "to", "on", "public", "field", "until",
];

pub(super) fn is_word(name: &str) -> bool {
    WORDS.contains(&name)
}

impl Play<'_> {
    /// Compares what is with what is told; the first difference is the failure.
    pub(super) fn judge(&self, step: &StoryStep) -> Result<(), Failure> {
        let nothing = Expectation::default();
        let then = step.then.as_ref().unwrap_or(&nothing);
        self.judge_refusal(step, then)?;
        self.judge_told(then)?;
        let Some(ticket) = &self.ticket else {
            return if then.state.is_some() {
                Err(self.failure(then.span, "state", "a ticket", "none"))
            } else {
                Ok(())
            };
        };
        self.judge_state(then, ticket)?;
        self.judge_owner(then, ticket)?;
        self.judge_tasks(then, ticket)?;
        self.judge_clocks(then, ticket)?;
        self.judge_fields(then, ticket)
    }

    fn judge_refusal(&self, step: &StoryStep, then: &Expectation) -> Result<(), Failure> {
        match (&then.refused, &self.refused) {
            (None, None) => Ok(()),
            (None, Some(refusal)) => Err(self.failure(step.when.span, "refused", "accepted", &codes(refusal))),
            (Some(expected), None) => Err(self.failure(expected.span, "refused", expected, "accepted")),
            (Some(expected), Some(refusal)) => {
                if refusal
                    .objections
                    .iter()
                    .any(|objection| objection.code.as_str() == expected.as_str())
                {
                    Ok(())
                } else {
                    Err(self.failure(expected.span, "refused", expected, &codes(refusal)))
                }
            }
        }
    }

    fn judge_told(&self, then: &Expectation) -> Result<(), Failure> {
        let all: Vec<&str> = self.told.iter().map(|(_, person)| person.as_str()).collect();
        let found = if all.is_empty() {
            String::from("nobody")
        } else {
            all.join(", ")
        };
        match &then.tell {
            None => {}
            Some(expected) if expected.is_empty() && self.told.is_empty() => {}
            Some(expected) if expected.is_empty() => return Err(self.failure(then.span, "tell", "nobody", &found)),
            Some(expected) => {
                let said = |person: &PersonId| {
                    self.told.iter().any(|(message, told)| {
                        told == person && then.say.as_ref().is_none_or(|say| message.as_ref() == Some(&say.value))
                    })
                };
                if let Some(missing) = expected.iter().find(|person| !said(&person.value)) {
                    return Err(self.failure(missing.span, "tell", missing.as_str(), &found));
                }
            }
        }
        if let Some(say) = &then.say
            && !self
                .told
                .iter()
                .any(|(message, _)| message.as_ref() == Some(&say.value))
        {
            let mut said: Vec<&str> = Vec::new();
            for message in self.told.iter().filter_map(|(message, _)| message.as_ref()) {
                if !said.contains(&message.as_str()) {
                    said.push(message.as_str());
                }
            }
            let said = if said.is_empty() {
                String::from("nothing")
            } else {
                said.join(", ")
            };
            return Err(self.failure(say.span, "say", say.as_str(), &said));
        }
        Ok(())
    }

    fn judge_state(&self, then: &Expectation, ticket: &Ticket) -> Result<(), Failure> {
        let outcome = ticket.outcome.as_ref().map(OutcomeId::as_str);
        if let Some(expected) = &then.state {
            let found = if ticket.is_closed() {
                "closed"
            } else {
                ticket.state.as_str()
            };
            if found != expected.as_str() {
                return Err(self.failure(expected.span, "state", expected.as_str(), found));
            }
        }
        if let Some(expected) = &then.closed
            && outcome != Some(expected.as_str())
        {
            let found = outcome.unwrap_or(ticket.state.as_str());
            return Err(self.failure(expected.span, "closed", expected.as_str(), found));
        }
        if let Some(expected) = &then.workflow
            && ticket.workflow != expected.value
        {
            return Err(self.failure(expected.span, "workflow", expected.as_str(), ticket.workflow.as_str()));
        }
        Ok(())
    }

    fn judge_owner(&self, then: &Expectation, ticket: &Ticket) -> Result<(), Failure> {
        if then.owner.is_empty() {
            return Ok(());
        }
        let search = Search {
            definition: &self.definition,
            ticket,
            directory: self.roster.directory(),
            at: self.now,
            task: None,
            excluded: &[],
        };
        let mut owners = search.owner().persons;
        if let Some(state) = self.definition.states.get(&ticket.state) {
            owners.extend(search.resolve(&state.owner.value, Walk::Whole).persons);
        }
        for task in ticket.open_tasks() {
            let search = Search {
                task: Some(task),
                ..search
            };
            owners.extend(search.resolve(&task.owner, Walk::Whole).persons);
        }
        match then.owner.iter().find(|person| !owners.contains(&person.value)) {
            None => Ok(()),
            Some(missing) => Err(self.failure(missing.span, "owner", missing.as_str(), &names(&owners))),
        }
    }

    fn judge_tasks(&self, then: &Expectation, ticket: &Ticket) -> Result<(), Failure> {
        for (name, expected) in &then.tasks {
            let (key, department) = match name.split_once('@') {
                Some((key, department)) => (key, Some(department)),
                None => (name.as_str(), None),
            };
            let fits = |task: &&Task| {
                task.key.as_str() == key && department.is_none_or(|wanted| task.department.as_str() == wanted)
            };
            // The newest task of that key, an open one before others of the same time.
            let newest = ticket
                .tasks
                .iter()
                .filter(fits)
                .max_by_key(|task| (task.opened_at, task.phase.is_open(), task.id));
            let found = newest.map_or("none", |task| task.phase.as_str());
            if found != expected.as_str() {
                return Err(self.failure(expected.span, name, expected, found));
            }
        }
        Ok(())
    }

    fn judge_clocks(&self, then: &Expectation, ticket: &Ticket) -> Result<(), Failure> {
        if let Some(expected) = &then.late {
            let late: Vec<&ClockId> = ticket.late_clocks().map(|run| &run.clock).collect();
            let missing = expected.iter().find(|clock| !late.contains(&&clock.value));
            let surplus = late
                .iter()
                .find(|clock| !expected.iter().any(|expected| expected.value == ***clock));
            if missing.is_some() || surplus.is_some() {
                let span = missing.map_or(then.span, |clock| clock.span);
                return Err(self.failure(
                    span,
                    "late",
                    &listed(expected.iter().map(|c| c.as_str())),
                    &listed(late.iter().map(|c| c.as_str())),
                ));
            }
        }
        for (clock, expected) in &then.clocks {
            let run = ticket
                .clocks
                .iter()
                .filter(|run| run.clock == clock.value)
                .max_by_key(|run| (is_alive(run), run.task));
            let found = run.map_or("none", |run| run.phase.as_str());
            if found != expected.as_str() {
                return Err(self.failure(expected.span, clock.as_str(), expected, found));
            }
        }
        Ok(())
    }

    fn judge_fields(&self, then: &Expectation, ticket: &Ticket) -> Result<(), Failure> {
        for (id, expected) in &then.fields {
            let found = ticket.fields.get(&id.value).filter(|value| !value.is_blank());
            let Some(field) = self.definition.fields.get(&id.value) else {
                return Err(self.failure(id.span, "then", "a field", id.as_str()));
            };
            if !self.is_as_written(field, &expected.value, found) {
                let found = found.map_or_else(|| String::from("none"), shown);
                return Err(self.failure(expected.span, id.as_str(), &written(&expected.value), &found));
            }
        }
        Ok(())
    }

    fn is_as_written(&self, field: &Field, expected: &StoryValue, found: Option<&Value>) -> bool {
        if *expected == StoryValue::One(String::from("none")) {
            return found.is_none();
        }
        constant::value(field, &as_list(field, expected), self.roster.zone()).is_ok_and(|value| Some(&value) == found)
    }
}

fn is_alive(run: &ClockRun) -> bool {
    matches!(run.phase, ClockPhase::Running | ClockPhase::Paused)
}

fn names(persons: &[PersonId]) -> String {
    listed(persons.iter().map(PersonId::as_str))
}

fn listed<'s>(words: impl Iterator<Item = &'s str>) -> String {
    let words: Vec<&str> = words.collect();
    format!("[{}]", words.join(", "))
}

fn shown(value: &Value) -> String {
    super::super::json::show(value).to_string()
}

fn written(value: &StoryValue) -> String {
    match value {
        StoryValue::One(text) => text.clone(),
        StoryValue::Many(texts) => format!("[{}]", texts.join(", ")),
    }
}
