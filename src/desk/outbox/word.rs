//! Wording: for whom, in which words, with which bytes. Decides who is told at sending and keeps the mail before it is
//! sent, so that a repeat is the same mail.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use uuid::Uuid;

use crate::desk::{Desk, DeskError};
use crate::notify::channel::words::Message;
use crate::notify::compose::{Cause, House, Scene};
use crate::notify::letter::Letter;
use crate::notify::mail::{Draft, Mail};
use crate::notify::render::Rendered;
use crate::notify::why::Reached;
use crate::store::delivery::{self, Waiting};
use crate::store::digest::Held;
use crate::store::notice::Payload;
use crate::store::{Sheet, StoreError, TicketRef, preferences, tickets};
use crate::texts::Language;
use crate::ticket::model::Ticket;
use crate::workflow::definition::Definition;
use crate::workflow::directory::Directory;
use crate::workflow::id::{MessageId, PersonId};
use crate::workflow::moment::{HOUR, Moment};

use super::{Form, Links, Post, Ready, Wish};

/// What the letters about one event are made from, as all that is at sending.
pub(super) struct Ground {
    pub ticket: Arc<Ticket>,
    definition: Arc<Definition>,
    directory: Arc<Directory>,
    cause: Cause,
    nominal: Vec<PersonId>,
    stands_for: u32,
}

impl Ground {
    pub fn scene<'a>(&'a self, house: &'a House, now: Moment) -> Scene<'a> {
        Scene {
            definition: &self.definition,
            ticket: &self.ticket,
            directory: &self.directory,
            cause: &self.cause,
            nominal: &self.nominal,
            now,
            stands_for: self.stands_for,
            house,
        }
    }
}

/// What one event is going to do to the outbox.
struct Plan {
    ticket: Uuid,
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
    after_quiet: bool,
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
            match (waiting.written.clone(), waiting.ticket) {
                (Some((to, bytes)), _) => ready.push(Ready {
                    ticket: waiting.ticket,
                    after_quiet: waiting.held == Some(Held::Quiet),
                    person: waiting.person,
                    attempts: waiting.attempts,
                    mail: Mail {
                        key: waiting.key,
                        to,
                        bytes,
                    },
                }),
                (None, Some(ticket)) => events.entry((ticket, waiting.seq)).or_default().push(waiting),
                (None, None) if waiting.payload == Payload::Digest => {
                    ready.extend(self.word_digest(post, &waiting, token, now).await?);
                }
                (None, None) => ready.extend(self.word_alarm(post, &waiting, token, now).await?),
            }
        }
        let mut plans = Vec::new();
        for ((ticket, _), waiting) in events {
            plans.extend(self.plan(post, ticket, waiting, now).await?);
        }
        for plan in &plans {
            for (_, written) in &plan.writes {
                if let Ok(written) = written {
                    ready.push(Ready {
                        ticket: Some(plan.ticket),
                        after_quiet: written.after_quiet,
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

    /// What is known of the event of these messages; `None` when its ticket or workflow cannot be found.
    pub(super) async fn ground(&self, ticket: Uuid, waiting: &[Waiting]) -> Result<Option<Ground>, DeskError> {
        let Some(model) = waiting.first() else {
            return Ok(None);
        };
        let Some(cause) = cause(&model.payload, model.message.as_ref()) else {
            return Ok(None);
        };
        let Some(held) = tickets::find_unscoped(self.database(), &TicketRef::Id(ticket)).await? else {
            return Ok(None);
        };
        let Ok(definition) = self.inner.definition_of(&held.ticket).await else {
            return Ok(None);
        };
        Ok(Some(Ground {
            ticket: Arc::clone(&held.ticket),
            definition,
            directory: self.inner.directory(),
            cause,
            nominal: waiting.iter().map(|waiting| waiting.person.clone()).collect(),
            stands_for: model.stands_for.max(1),
        }))
    }

    /// What is to be done about the waiting mails of one event.
    async fn plan(
        &self,
        post: &Post,
        ticket: Uuid,
        waiting: Vec<Waiting>,
        now: Moment,
    ) -> Result<Option<Plan>, DeskError> {
        let Some(model) = waiting.first().cloned() else {
            return Ok(None);
        };
        let mut plan = Plan {
            ticket,
            writes: Vec::new(),
            dropped: Vec::new(),
            model,
        };
        let Some(ground) = self.ground(ticket, &waiting).await? else {
            // Neither can be missing; if one is, the mail says so instead of waiting for ever.
            let lost = |row: &Waiting| (Target::Row(row.key.clone()), Err(Unsent::Dead(LOST.to_owned())));
            plan.writes = waiting.iter().map(lost).collect();
            return Ok(Some(plan));
        };
        let (existing, told_before) =
            delivery::of_event(self.database(), &post.channel, ticket, plan.model.seq).await?;
        let scene = ground.scene(&post.house, now);
        let reached = scene.reached();
        let persons: Vec<&PersonId> = reached.iter().map(|one| &one.person).collect();
        let wishes = preferences::of(self.database(), &persons).await?;
        for one in &reached {
            let row = waiting.iter().find(|waiting| waiting.person == one.person);
            let key = format!("{ticket}:{}:{}:{}", plan.model.seq, one.person, post.channel);
            let target = match row {
                Some(row) => Target::Row(row.key.clone()),
                // Another sender has them, or the event was told before: they were or will be told by that row.
                None if told_before || existing.contains(&key) => continue,
                None => Target::New(one.person.clone()),
            };
            let sender = (
                row.map_or(1, |row| row.attempts),
                row.is_some_and(|row| row.held == Some(Held::Quiet)),
            );
            let wish = wishes.get(&one.person).cloned().unwrap_or_default();
            let about = (&self.inner.links, plan.model.seq, &wish);
            let written = written(post, &scene, one, &reached, &key, sender, about);
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

/// What happened, from what the outbox says of it; `None` for what stands for several, or is told of no ticket.
pub fn cause(payload: &Payload, message: Option<&MessageId>) -> Option<Cause> {
    let message = message.cloned();
    Some(match payload {
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
        Payload::Digest | Payload::Calendar { .. } => return None,
    })
}

/// The mail for one reader, or why there is none. A panic is the fault of this mail alone (P26).
fn written(
    post: &Post,
    scene: &Scene<'_>,
    one: &Reached,
    all: &[Reached],
    key: &str,
    (attempts, after_quiet): (u32, bool),
    (links, seq, wish): (&Links, u64, &Wish),
) -> Result<Written, Unsent> {
    catch_unwind(AssertUnwindSafe(|| {
        let letter = letter(post, scene, one, all, (links, seq, wish))?;
        let rendered = rendered(post, &letter)?;
        let mail = mail(post, &letter, rendered, key, &one.person, scene.directory, scene.now)?;
        Ok(Written {
            way: way(one)?,
            mail,
            person: one.person.clone(),
            attempts,
            after_quiet,
        })
    }))
    .unwrap_or_else(|_| Err(Unsent::Dead(BROKEN.to_owned())))
}

/// The letter for one reader by this channel.
pub(super) fn letter(
    post: &Post,
    scene: &Scene<'_>,
    one: &Reached,
    all: &[Reached],
    (links, seq, wish): (&Links, u64, &Wish),
) -> Result<Letter, Unsent> {
    if wish.off.contains(&post.channel) && !scene.presses() {
        return Err(Unsent::Unwanted);
    }
    let mut letter = match wish.language {
        Some(language) => scene.letter_in(one, all, language),
        None => scene.letter(one, all),
    };
    if let Some(link) = links.for_reader(post, scene, one, seq).filter(|_| letter.acknowledge) {
        letter.acknowledge_link = link;
        letter.acknowledge_linked = true;
    }
    Ok(letter)
}

pub(super) fn rendered(post: &Post, letter: &Letter) -> Result<Rendered, Unsent> {
    let rendered = post.templates.render(letter);
    rendered.map_err(|problem| Unsent::Dead(problem.to_string()))
}

/// In which language somebody reads it, and how they are called.
pub(super) fn reader(directory: &Directory, reader: &PersonId, wish: &Wish) -> (Language, String) {
    let person = directory.people.get(reader);
    let own = || person.and_then(|person| Language::from_tag(&person.language));
    let name = person.map_or_else(|| reader.to_string(), |person| person.name.clone());
    (wish.language.or_else(own).unwrap_or_default(), name)
}

/// How the reader was found, as the outbox keeps it.
pub(super) fn way(one: &Reached) -> Result<String, Unsent> {
    serde_json::to_string(&one.way).map_err(|error| Unsent::Dead(error.to_string()))
}

/// The bytes of a letter for somebody.
pub(super) fn mail(
    post: &Post,
    letter: &Letter,
    rendered: Rendered,
    key: &str,
    reader: &PersonId,
    directory: &Directory,
    now: Moment,
) -> Result<Mail, Unsent> {
    let person = directory.people.get(reader);
    match &post.form {
        Form::Mail(sender) => {
            let address = person.and_then(|person| person.email.as_deref()).unwrap_or_default();
            if address.trim().is_empty() {
                return Err(Unsent::Dead(format!("{reader} has no mail address")));
            }
            let draft = Draft {
                key: key.to_owned(),
                to_name: letter.name.clone(),
                to: address.to_owned(),
                subject: rendered.subject,
                text: rendered.text,
                html: rendered.html,
                at: now,
            };
            let written = sender.write(&draft);
            written.map_err(|problem| Unsent::Dead(problem.to_string()))
        }
        Form::Message { pen, address: kind } => {
            let address = person.and_then(|person| person.addresses.get(kind));
            let address = address.ok_or_else(|| Unsent::Dead(format!("{reader} has no address “{kind}”")))?;
            let message = Message::of(letter, &rendered, key, reader.as_str(), address);
            Ok(Mail {
                key: key.to_owned(),
                to: address.clone(),
                bytes: pen.write(message).map_err(Unsent::Dead)?,
            })
        }
    }
}

/// What is said where the reader does without the channel, and where somebody else is meant by now.
pub(super) const UNWANTED: &str = "the reader wishes not to have it so";
pub(super) const NOT_MEANT: &str = "not meant any more when it was sent";
/// What is said where neither ticket nor workflow can be found.
pub(super) const LOST: &str = "the ticket or its workflow is not in the database";
/// What is said of a message at which our own code panicked.
pub(super) const BROKEN: &str = "the message broke what was to word it";

/// Why somebody gets no message.
pub(super) enum Unsent {
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
                let key = delivery::add(sheet, channel, (plan.ticket, &plan.model), person, now)?;
                delivery::lease(sheet, std::slice::from_ref(&key), token, now, until);
                key
            }
        };
        match written {
            Ok(written) => delivery::write(sheet, &key, &written.mail.to, &written.way, &written.mail.bytes),
            Err(Unsent::Dead(reason)) => delivery::bury(sheet, &key, token, Some("[]"), reason),
            Err(Unsent::Unwanted) => delivery::skip(sheet, &key, token, UNWANTED),
        }
    }
    for key in &plan.dropped {
        delivery::supersede(sheet, key, token, NOT_MEANT, now);
    }
    Ok(())
}
