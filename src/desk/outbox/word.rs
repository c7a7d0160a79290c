//! Wording: for whom, in which words, with which bytes. Decides who is told at sending and keeps the mail before it is
//! sent, so that a repeat is the same mail.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use uuid::Uuid;

use crate::desk::{Desk, DeskError};
use crate::notify::channel::words::Message;
use crate::notify::compose::{Cause, Scene};
use crate::notify::mail::{Draft, Mail};
use crate::notify::why::Reached;
use crate::store::delivery::{self, Waiting};
use crate::store::notice::Payload;
use crate::store::{Sheet, StoreError, TicketRef, preferences, tickets};
use crate::workflow::id::{MessageId, PersonId};
use crate::workflow::moment::{HOUR, Moment};

use super::{Form, Links, Post, Ready, Wish};

/// What one event is going to do to the outbox.
struct Plan {
    writes: Vec<(Target, Result<Written, Unsent>)>,
    dropped: Vec<String>,
    model: Waiting,
}

enum Target {
    Row(String),
    New(PersonId),
}

struct Written {
    way: String,
    mail: Mail,
    person: PersonId,
    attempts: u32,
}

impl Desk {
    /// Words what was not worded before; what was is sent again with the same bytes (P8).
    pub(super) async fn word(
        &self,
        post: &Post,
        leased: Vec<Waiting>,
        token: &str,
        now: Moment,
    ) -> Result<Vec<Ready>, DeskError> {
        let mut ready = Vec::new();
        let mut events: BTreeMap<(Uuid, u64), Vec<Waiting>> = BTreeMap::new();
        for waiting in leased {
            match waiting.written.clone() {
                Some((to, bytes)) => ready.push(Ready {
                    ticket: waiting.ticket,
                    person: waiting.person,
                    attempts: waiting.attempts,
                    mail: Mail {
                        key: waiting.key,
                        to,
                        bytes,
                    },
                }),
                None => events.entry((waiting.ticket, waiting.seq)).or_default().push(waiting),
            }
        }
        let mut plans = Vec::new();
        for waiting in events.into_values() {
            plans.extend(self.plan(post, waiting, now).await?);
        }
        for plan in &plans {
            for (_, written) in &plan.writes {
                if let Ok(written) = written {
                    ready.push(Ready {
                        ticket: plan.model.ticket,
                        person: written.person.clone(),
                        attempts: written.attempts,
                        mail: written.mail.clone(),
                    });
                }
            }
        }
        let (channel, token, until) = (post.channel.clone(), token.to_owned(), now.plus(post.lease()));
        if !plans.is_empty() {
            self.write_outbox(move |sheet| {
                plans
                    .iter()
                    .try_for_each(|plan| carry_out(sheet, &channel, plan, &token, now, until))
            })
            .await?;
        }
        Ok(ready)
    }

    /// What is to be done about the waiting mails of one event.
    async fn plan(&self, post: &Post, waiting: Vec<Waiting>, now: Moment) -> Result<Option<Plan>, DeskError> {
        let Some(model) = waiting.first().cloned() else {
            return Ok(None);
        };
        let held = tickets::find_unscoped(self.database(), &TicketRef::Id(model.ticket)).await?;
        let definition = match &held {
            Some(held) => self.inner.definition_of(&held.ticket).await.ok(),
            None => None,
        };
        let directory = self.inner.directory();
        let (existing, told_before) =
            delivery::of_event(self.database(), &post.channel, model.ticket, model.seq).await?;
        let (Some(held), Some(definition)) = (held, definition) else {
            // Neither can be missing; if one is, the mail says so instead of waiting for ever.
            let lost = |row: &Waiting| {
                let reason = "the ticket or its workflow is not in the database".to_owned();
                (Target::Row(row.key.clone()), Err(Unsent::Dead(reason)))
            };
            let writes = waiting.iter().map(lost).collect();
            let dropped = Vec::new();
            return Ok(Some(Plan { writes, dropped, model }));
        };
        let nominal: Vec<PersonId> = waiting.iter().map(|waiting| waiting.person.clone()).collect();
        let cause = cause(&model.payload, model.message.as_ref());
        let scene = Scene {
            definition: &definition,
            ticket: &held.ticket,
            directory: &directory,
            cause: &cause,
            nominal: &nominal,
            now,
            stands_for: model.stands_for.max(1),
            house: &post.house,
        };
        let reached = scene.reached();
        let persons: Vec<&PersonId> = reached.iter().map(|one| &one.person).collect();
        let wishes = preferences::of(self.database(), &persons).await?;
        let mut plan = Plan {
            writes: Vec::new(),
            dropped: Vec::new(),
            model,
        };
        for one in &reached {
            let row = waiting.iter().find(|waiting| waiting.person == one.person);
            let key = format!(
                "{}:{}:{}:{}",
                plan.model.ticket, plan.model.seq, one.person, post.channel
            );
            let target = match row {
                Some(row) => Target::Row(row.key.clone()),
                // Another sender has them, or the event was told before: they were or will be told by that row.
                None if told_before || existing.contains(&key) => continue,
                None => Target::New(one.person.clone()),
            };
            let attempts = row.map_or(1, |row| row.attempts);
            let wish = wishes.get(&one.person).cloned().unwrap_or_default();
            let about = (&self.inner.links, plan.model.seq, &wish);
            let written = written(post, &scene, one, &reached, &key, attempts, about);
            plan.writes.push((target, written));
        }
        for row in &waiting {
            if !reached.iter().any(|one| one.person == row.person) {
                plan.dropped.push(row.key.clone());
            }
        }
        Ok(Some(plan))
    }
}

/// What happened, from what the outbox says of it.
pub fn cause(payload: &Payload, message: Option<&MessageId>) -> Cause {
    let message = message.cloned();
    match payload {
        Payload::Told { about } => Cause::Told {
            about: about.clone(),
            message,
        },
        Payload::Rung { clock, task, step, .. } => Cause::Rung {
            clock: clock.clone(),
            task: *task,
            step: *step,
            message,
        },
        Payload::RungFailed {
            clock,
            task,
            action,
            refused,
            ..
        } => Cause::Refused {
            clock: clock.clone(),
            task: *task,
            action: action.clone(),
            refused: refused.clone(),
        },
        Payload::Chased => Cause::Chased,
    }
}

/// The mail for one reader, or why there is none. A panic is the fault of this mail alone (P26).
fn written(
    post: &Post,
    scene: &Scene<'_>,
    one: &Reached,
    all: &[Reached],
    key: &str,
    attempts: u32,
    (links, seq, wish): (&Links, u64, &Wish),
) -> Result<Written, Unsent> {
    if wish.off.contains(&post.channel) && !scene.presses() {
        return Err(Unsent::Unwanted);
    }
    catch_unwind(AssertUnwindSafe(|| {
        let person = scene.directory.people.get(&one.person);
        let mut letter = match wish.language {
            Some(language) => scene.letter_in(one, all, language),
            None => scene.letter(one, all),
        };
        if let Some(link) = links.for_reader(post, scene, one, seq).filter(|_| letter.acknowledge) {
            letter.acknowledge_link = link;
            letter.acknowledge_linked = true;
        }
        let rendered = post.templates.render(&letter).map_err(|problem| problem.to_string())?;
        let mail = match &post.form {
            Form::Mail(sender) => {
                let address = person.and_then(|person| person.email.as_deref()).unwrap_or_default();
                if address.trim().is_empty() {
                    return Err(format!("{} has no mail address", one.person));
                }
                let draft = Draft {
                    key: key.to_owned(),
                    to_name: letter.name.clone(),
                    to: address.to_owned(),
                    subject: rendered.subject,
                    text: rendered.text,
                    html: rendered.html,
                    at: scene.now,
                };
                sender.write(&draft).map_err(|problem| problem.to_string())?
            }
            Form::Message { pen, address: kind } => {
                let address = person.and_then(|person| person.addresses.get(kind));
                let address = address.ok_or_else(|| format!("{} has no address «{kind}»", one.person))?;
                let message = Message::of(&letter, &rendered, key, one.person.as_str(), address);
                Mail {
                    key: key.to_owned(),
                    to: address.clone(),
                    bytes: pen.write(message)?,
                }
            }
        };
        let way = serde_json::to_string(&one.way).map_err(|error| error.to_string())?;
        Ok(Written {
            way,
            mail,
            person: one.person.clone(),
            attempts,
        })
    }))
    .unwrap_or_else(|_| Err("the message broke what was to word it".to_owned()))
    .map_err(Unsent::Dead)
}

/// Why somebody gets no message.
enum Unsent {
    /// There is none, and will be none.
    Dead(String),
    /// They wish not to have it by this channel.
    Unwanted,
}

impl Links {
    /// Where this reader acknowledges. Not in a chat room: everybody there would be that reader.
    fn for_reader(&self, post: &Post, scene: &Scene<'_>, one: &Reached, seq: u64) -> Option<String> {
        let hours = i64::from(post.house.acknowledge_hours);
        let in_a_room = match &post.form {
            Form::Mail(_) => false,
            Form::Message { pen, .. } => pen.is_for_a_room(),
        };
        let base = post.house.base().filter(|_| hours > 0 && !in_a_room)?;
        let expires = scene.now.plus(hours * HOUR);
        let token = self.token(scene.ticket.id, seq, &one.person, expires);
        Some(format!("{base}/acknowledge/{token}"))
    }
}

fn carry_out(
    sheet: &mut Sheet<'_>,
    channel: &str,
    plan: &Plan,
    token: &str,
    now: Moment,
    until: Moment,
) -> Result<(), StoreError> {
    for (target, written) in &plan.writes {
        let key = match target {
            Target::Row(key) => key.clone(),
            Target::New(person) => {
                let key = delivery::add(sheet, channel, &plan.model, person, now)?;
                delivery::lease(sheet, std::slice::from_ref(&key), token, now, until);
                key
            }
        };
        match written {
            Ok(written) => delivery::write(sheet, &key, &written.mail.to, &written.way, &written.mail.bytes),
            Err(Unsent::Dead(reason)) => delivery::bury(sheet, &key, token, Some("[]"), reason),
            Err(Unsent::Unwanted) => delivery::skip(sheet, &key, token, "the reader wishes not to have it so"),
        }
    }
    for key in &plan.dropped {
        delivery::supersede(sheet, key, token, "not meant any more when it was sent", now);
    }
    Ok(())
}
