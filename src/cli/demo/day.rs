//! A lifelike day of a hotline: calls come in, people act on them as the workflows allow, until now.
//!
//! Nothing here knows the workflows: at each step the core is asked what is possible, one of it is chosen by its usual
//! frequency, its form is filled, and the core decides. What comes out is a history with its own times.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Map;
use uuid::Uuid;

use super::chance::Chance;
use super::form::Form;
use super::phrases::{self, Matter};
use crate::desk::import::past::{Past, PastCommand, TaskName};
use crate::desk::import::replay::order;
use crate::desk::open::ContactReport;
use crate::ticket::command::{Command, Opening};
use crate::ticket::event::Actor;
use crate::ticket::json;
use crate::ticket::model::{Channel, Contact, Ticket};
use crate::ticket::possible::{Possible, possible};
use crate::ticket::refusal::Code;
use crate::ticket::turn::{self, World};
use crate::workflow::definition::Definition;
use crate::workflow::directory::Directory;
use crate::workflow::id::{PersonId, WorkflowId};
use crate::workflow::moment::{MINUTE, Moment, SECOND};
use crate::workflow::value::Values;

/// How often each kind comes, of a hundred calls.
const KINDS: &[(u64, &str, &[Matter])] = &[
    (46, "consultation", phrases::CONSULTATIONS),
    (26, "help", phrases::HELPS),
    (10, "repair", phrases::REPAIRS),
    (9, "suggestion", phrases::SUGGESTIONS),
    (8, "complaint", phrases::COMPLAINTS),
    (1, "report", phrases::REPORTS),
];

/// How often an action is chosen where it is possible, and how many minutes it usually takes until somebody does it.
/// What is not listed is done rarely; what has weight 0 never.
const HABITS: &[(&str, u64, i64)] = &[
    ("submit", 300, 6),
    // Files are no history that can be made up.
    ("attach", 0, 1),
    ("detach", 0, 1),
    ("resubmit", 300, 10),
    ("answer", 260, 4),
    ("three_way", 20, 8),
    ("delay", 40, 6),
    ("told", 120, 9),
    ("dispatch", 160, 12),
    ("send_crew", 200, 5),
    ("solve_now", 18, 15),
    ("advise", 8, 15),
    ("send_back", 8, 10),
    ("out_of_scope", 5, 20),
    ("sign", 300, 35),
    ("reply", 160, 200),
    ("screen", 200, 400),
    ("opinion", 200, 600),
    ("inquire", 200, 900),
    ("progress", 18, 120),
    ("arrive", 120, 25),
    ("promise", 60, 5),
    ("approve", 200, 90),
    ("confirm", 200, 120),
    ("admit", 200, 120),
    ("redo", 10, 60),
    ("approve_money", 160, 120),
    ("countersign", 160, 120),
    ("refuse_money", 8, 120),
    ("pass_form", 200, 40),
    ("return_form", 12, 40),
    ("answered", 160, 240),
    ("reached", 160, 60),
    ("informed", 160, 300),
    ("told_informant", 160, 300),
    ("no_answer", 40, 200),
    ("dispatch_again", 160, 60),
    ("conclude", 80, 200),
    ("order_redo", 40, 120),
    ("explained", 160, 60),
    ("record_conduct", 160, 300),
    ("assign", 120, 120),
    ("decide", 120, 240),
    ("resume", 80, 600),
    ("ask_return", 6, 60),
    ("grant_return", 60, 30),
    ("force", 40, 30),
    ("ask_extension", 5, 300),
    ("grant_extension", 80, 60),
    ("mark_urgent", 4, 3),
    ("told_caller", 20, 60),
    ("chase", 4, 180),
    ("withdraw", 1, 240),
    ("hold", 2, 200),
    ("reopen", 0, 0),
    ("ask_again", 0, 0),
    ("note", 0, 0),
    ("correct", 0, 0),
    ("link", 0, 0),
    ("merge", 0, 0),
    ("reveal", 0, 0),
    ("take", 0, 0),
    ("release", 0, 0),
    ("hand_over", 0, 0),
    ("give_back", 0, 0),
    ("acknowledge", 0, 0),
    ("watch", 0, 0),
];
/// Weight and minutes of what is not listed.
const RARE: (u64, i64) = (2, 60);

/// Steps of one life at most.
const STEPS_MAX: usize = 60;
/// Attempts to fill a form so that the core accepts it.
const ATTEMPTS: usize = 8;

/// Makes lives.
pub struct Day<'a> {
    pub directory: &'a Directory,
    pub definitions: &'a IndexMap<WorkflowId, Arc<Definition>>,
    pub now: Moment,
    pub chance: Chance,
}

impl Day<'_> {
    /// So many tickets, most of the last day, some older; in the order of their opening.
    pub fn tickets(&mut self, count: usize) -> Vec<Past> {
        let mut openings: Vec<Moment> = (0..count).map(|_| self.opening()).collect();
        openings.sort_unstable();
        openings.into_iter().filter_map(|at| self.life(at)).collect()
    }

    /// When a call comes in: two of three in the last day, by daylight rather than at night; the others in the week.
    fn opening(&mut self) -> Moment {
        let back = if self.chance.percent(66) { 24 * 60 } else { 8 * 24 * 60 };
        for _ in 0..4 {
            let minutes = i64::try_from(self.chance.below(back)).unwrap_or_default();
            let at = self
                .now
                .plus(-minutes * MINUTE - i64::try_from(self.chance.below(60)).unwrap_or_default() * SECOND);
            let hour = at.timestamp().to_zoned(zone(self.directory)).hour();
            if (8..20).contains(&hour) || self.chance.percent(25) {
                return at;
            }
        }
        self.now.plus(-30 * MINUTE)
    }

    fn life(&mut self, opened: Moment) -> Option<Past> {
        let kinds: Vec<(u64, usize)> = KINDS
            .iter()
            .enumerate()
            .map(|(place, (weight, ..))| (*weight, place))
            .collect();
        let (_, kind, matters) = KINDS.get(*self.chance.weighted(&kinds)?)?;
        let definition = Arc::clone(self.definitions.get(*kind)?);
        let matter = self.chance.one_of(matters)?;
        let mut agents = self.directory.members(&"agent".into(), None, opened);
        self.chance.shuffle(&mut agents);
        let creator = agents
            .iter()
            .find(|agent| self.directory.is_on_duty(agent, None, opened))
            .or(agents.first())
            .cloned()?;
        let report = self.contact(opened);
        let contact = Contact {
            id: report.id.clone(),
            channel: report.channel.unwrap_or(Channel::Phone),
            started_at: report.started_at,
            ended_at: report.ended_at,
            recording: report.recording.clone(),
            running: report.ended_at.is_none(),
        };
        let mut past = Past {
            id: None,
            workflow: definition.workflow.value.clone(),
            number: None,
            at: opened,
            by: Some(creator.clone()),
            contact: Some(report),
            values: Map::new(),
            commands: Vec::new(),
        };
        let opening = Opening {
            id: Uuid::nil(),
            number: Arc::from("-"),
            creator: Actor::Person(creator),
            contact: Some(contact),
            values: Values::new(),
            imported: true,
        };
        let definitions = self.definitions;
        let active = |workflow: &WorkflowId| definitions.get(workflow).cloned();
        let world = World {
            directory: self.directory,
            active: &active,
        };
        let first = turn::open(&definition, &opening, opened, &world).ok()?;
        let mut at = Step {
            ticket: first.ticket,
            definition: first.definition,
            at: opened,
        };
        for _ in 0..STEPS_MAX {
            match self.step(&at, matter, &world) {
                None => break,
                Some((command, next)) => {
                    past.commands.push(command);
                    at = next;
                }
            }
        }
        Some(past)
    }

    /// A call of some minutes; one in eight came by another way.
    fn contact(&mut self, opened: Moment) -> ContactReport {
        let others = [
            Channel::Web,
            Channel::Mail,
            Channel::Chat,
            Channel::Letter,
            Channel::Visit,
            Channel::Platform,
        ];
        let channel = if self.chance.percent(12) {
            self.chance.one_of(&others).copied().unwrap_or(Channel::Web)
        } else {
            Channel::Phone
        };
        let started = opened.plus(-self.chance.about(40) * SECOND);
        let ended = opened.plus(self.chance.about(180) * SECOND);
        let by_phone = channel == Channel::Phone;
        let number = self.chance.below(1_000_000_000);
        ContactReport {
            id: Some(format!("call-{number:09}")),
            channel: Some(channel),
            caller_number: None,
            started_at: Some(started),
            ended_at: Some(ended.min(self.now)),
            recording: by_phone.then(|| format!("rec-{number:09}")),
        }
    }

    /// What happens next to the ticket, and how it stands then; `None` when nothing does before now.
    fn step(&mut self, from: &Step, matter: &Matter, world: &World<'_>) -> Option<(PastCommand, Step)> {
        let mut choices: Vec<(u64, Possible)> = Vec::new();
        for possible in possible(&from.definition, &from.ticket, &Actor::System, from.at, world) {
            let (weight, _) = habit(possible.action.as_str());
            let only_who = possible.objections.iter().all(|objection| objection.code == Code::By);
            if only_who && weight > 0 {
                choices.push((weight, possible));
            }
        }
        for _ in 0..ATTEMPTS {
            let chosen = self.chance.weighted(&choices)?.clone();
            let (_, minutes) = habit(chosen.action.as_str());
            let at = self.when(from, &chosen, minutes);
            if at > self.now {
                return None;
            }
            if let Some(done) = self.attempt(from, &chosen, at, matter, world) {
                return Some(done);
            }
        }
        None
    }

    /// Departments keep working hours, the hotline never sleeps.
    fn when(&mut self, from: &Step, chosen: &Possible, minutes: i64) -> Moment {
        let span = self.chance.about(minutes * MINUTE);
        let by_department = chosen.task.is_some() || matches!(chosen.action.as_str(), "approve" | "redo" | "progress");
        let calendar = self.directory.calendar(from.ticket.calendar.as_ref());
        match calendar.filter(|_| by_department) {
            Some(calendar) => calendar.reach(true, from.at, span).unwrap_or(from.at.plus(span)),
            None => from.at.plus(span),
        }
    }

    fn attempt(
        &mut self,
        from: &Step,
        chosen: &Possible,
        at: Moment,
        matter: &Matter,
        world: &World<'_>,
    ) -> Option<(PastCommand, Step)> {
        let waited = turn::advance_imported(&from.definition, &from.ticket, at, at, world);
        let from = Step {
            ticket: waited.ticket,
            definition: waited.definition,
            at,
        };
        let mut thorough = false;
        let mut people = self.people(&from, chosen, world);
        while let Some(person) = people.pop() {
            let mut form = Form {
                definition: &from.definition,
                ticket: &from.ticket,
                matter,
                now: at,
                thorough,
                directory: self.directory,
                chance: &mut self.chance,
            };
            let values = form.fill(chosen);
            let past = PastCommand {
                at,
                by: Some(person.clone()),
                action: chosen.action.clone(),
                task: chosen.task.map(TaskName::Number),
                values: values
                    .iter()
                    .map(|(field, value)| (field.to_string(), json::show(value)))
                    .collect(),
                texts: chosen
                    .texts
                    .iter()
                    .map(|key| (Arc::from(*key), "情况属实，依据相关规定办理".to_owned()))
                    .collect(),
                with: Map::new(),
                on_behalf_of: None,
            };
            let Ok(order) = order(&past, &from.ticket, &from.definition) else {
                continue;
            };
            let texts: BTreeMap<Arc<str>, String> = past.texts.clone();
            let mut command = Command {
                actor: Actor::Person(person),
                on_behalf_of: None,
                order,
                texts,
                files: Vec::new(),
                imported: false,
            };
            // Who may is asked as in real life; what follows is taken as history, so that nothing is sent.
            if turn::decide(&from.definition, &from.ticket, &command, at, world).is_err() {
                thorough = true;
                continue;
            }
            command.imported = true;
            if let Ok(decision) = turn::decide(&from.definition, &from.ticket, &command, at, world) {
                return Some((
                    past,
                    Step {
                        ticket: decision.ticket,
                        definition: decision.definition,
                        at,
                    },
                ));
            }
        }
        None
    }

    /// Who could do it, in any order: whom the refusal of a stranger names, each twice so that a form may be filled anew.
    fn people(&mut self, from: &Step, chosen: &Possible, world: &World<'_>) -> Vec<PersonId> {
        let stranger = Actor::Person("nobody".into());
        let named = possible(&from.definition, &from.ticket, &stranger, from.at, world)
            .into_iter()
            .find(|possible| possible.action == chosen.action && possible.task == chosen.task)
            .into_iter()
            .flat_map(|possible| possible.objections)
            .flat_map(|objection| objection.who);
        let mut people: Vec<PersonId> = named.collect();
        if people.is_empty() {
            people.extend(from.ticket.creator.person().cloned());
        }
        self.chance.shuffle(&mut people);
        people.truncate(4);
        let again = people.clone();
        people.extend(again);
        people
    }
}

/// A ticket in the middle of its life.
struct Step {
    ticket: Ticket,
    definition: Arc<Definition>,
    at: Moment,
}

fn habit(action: &str) -> (u64, i64) {
    let known = HABITS.iter().find(|(name, ..)| *name == action);
    known.map_or(RARE, |(_, weight, minutes)| (*weight, *minutes))
}

/// The zone of the centre.
fn zone(directory: &Directory) -> jiff::tz::TimeZone {
    directory
        .calendar(None)
        .map_or(jiff::tz::TimeZone::UTC, |calendar| calendar.zone.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::demo::organisation;
    use crate::desk::import::replay::{Name, replay};
    use crate::workflow::check::{Surroundings, check};
    use crate::workflow::read::read;
    use std::collections::BTreeMap;

    fn definitions() -> IndexMap<WorkflowId, Arc<Definition>> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows");
        let mut found = IndexMap::new();
        for (_, kind, _) in KINDS {
            let source = std::fs::read(folder.join(format!("{kind}.yaml"))).unwrap();
            let mut definition = read(&source).definition.unwrap();
            check(&mut definition, &Surroundings::default());
            found.insert(definition.workflow.value.clone(), Arc::new(definition));
        }
        found
    }

    #[test]
    fn a_day_of_tickets_is_accepted_as_history_and_reaches_every_part_of_the_house() {
        let now = Moment(1_763_000_000_000);
        let (directory, definitions) = (organisation::directory(now), definitions());
        let mut day = Day {
            directory: &directory,
            definitions: &definitions,
            now,
            chance: Chance::new(12_345),
        };
        let pasts = day.tickets(400);
        assert!(pasts.len() > 380);
        let active = |workflow: &WorkflowId| definitions.get(workflow).cloned();
        let world = World {
            directory: &directory,
            active: &active,
        };
        let mut states: BTreeMap<String, usize> = BTreeMap::new();
        for past in &pasts {
            let report = past.contact.clone().unwrap();
            let contact = Contact {
                id: report.id,
                channel: report.channel.unwrap(),
                started_at: report.started_at,
                ended_at: report.ended_at,
                recording: report.recording,
                running: false,
            };
            let name = Name {
                id: Uuid::nil(),
                number: Arc::from("-"),
            };
            let definition = active(&past.workflow).unwrap();
            let ticket = replay(past, name, &definition, Some(contact), now, &world)
                .unwrap()
                .ticket;
            let closed = ticket.outcome.as_ref().map_or("", |outcome| outcome.as_str());
            *states
                .entry(format!("{} {} {closed}", ticket.workflow, ticket.state))
                .or_default() += 1;
        }
        assert!(states.len() >= 28, "{states:#?}");
        let closed = states.keys().filter(|state| !state.ends_with(' ')).count();
        assert!(closed >= 8, "{states:#?}");
    }
}
