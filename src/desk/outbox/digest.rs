//! Wording a digest: the letters it stands for, as lines of one letter for one reader.
//!
//! Whoever is meant is resolved for each of them now, as for a mail of its own (L8): what its reader need not know any
//! more falls out, and who came in gets a message of their own.

use std::panic::{AssertUnwindSafe, catch_unwind};

use uuid::Uuid;

use crate::notify::letter::{Kind, Letter, Line};
use crate::notify::mail::Mail;
use crate::store::delivery::{self, Waiting};
use crate::store::{Sheet, StoreError, digest, preferences};
use crate::texts::say;
use crate::workflow::id::PersonId;
use crate::workflow::moment::Moment;

use super::super::{Desk, DeskError};
use super::word::{self, BROKEN, LOST, NOT_MEANT, UNWANTED, Unsent};
use super::{Post, Ready, Wish};

/// What a digest is going to do to the outbox.
struct Plan {
    key: String,
    /// The lines, with the keys of their messages and how their reader was found.
    lines: Vec<(String, String, Line)>,
    dropped: Vec<(String, Dropped)>,
    /// Who is meant only now.
    others: Vec<(Uuid, Waiting, PersonId)>,
    /// What it says, or why it cannot be said; `None` when nothing is left to say.
    mail: Option<Result<Mail, Unsent>>,
}

enum Dropped {
    NotMeant,
    Unwanted,
    Dead(String),
}

/// Why a digest without a line is not sent.
const NOTHING_LEFT: &str = "nothing was left to say";

impl Desk {
    /// A digest that was not worded before.
    pub(super) async fn word_digest(
        &self,
        post: &Post,
        waiting: &Waiting,
        token: &str,
        now: Moment,
    ) -> Result<Option<Ready>, DeskError> {
        let reader = &waiting.person;
        let wish = preferences::of(self.database(), &[reader]).await?.remove(reader);
        let wish = wish.unwrap_or_default();
        let mut plan = Plan {
            key: waiting.key.clone(),
            lines: Vec::new(),
            dropped: Vec::new(),
            others: Vec::new(),
            mail: None,
        };
        for member in digest::members(self.database(), &waiting.key).await? {
            self.line(post, member, &wish, &mut plan, now).await?;
        }
        if !plan.lines.is_empty() {
            let lines = plan.lines.iter().map(|(.., line)| line.clone()).collect();
            plan.mail = Some(self.as_one(post, reader, &plan.key, &wish, lines, now));
        }
        let ready = plan.mail.as_ref().and_then(|mail| mail.as_ref().ok());
        let ready = ready.map(|mail| Ready {
            ticket: None,
            after_quiet: false,
            person: reader.clone(),
            attempts: waiting.attempts,
            mail: mail.clone(),
        });
        let (channel, token) = (post.channel.clone(), token.to_owned());
        self.write_outbox(move |sheet| plan.carry_out(sheet, &channel, &token, now))
            .await?;
        Ok(ready)
    }

    /// One of the messages it stands for.
    async fn line(
        &self,
        post: &Post,
        member: Waiting,
        wish: &Wish,
        plan: &mut Plan,
        now: Moment,
    ) -> Result<(), DeskError> {
        let lost = || Dropped::Dead(LOST.to_owned());
        let Some(ticket) = member.ticket else {
            plan.dropped.push((member.key, lost()));
            return Ok(());
        };
        let Some(ground) = self.ground(ticket, std::slice::from_ref(&member)).await? else {
            plan.dropped.push((member.key, lost()));
            return Ok(());
        };
        let (existing, told_before) = delivery::of_event(self.database(), &post.channel, ticket, member.seq).await?;
        let scene = ground.scene(&post.house, now);
        let reached = scene.reached();
        for one in reached.iter().filter(|one| one.person != member.person) {
            let key = format!("{ticket}:{}:{}:{}", member.seq, one.person, post.channel);
            if !told_before && !existing.contains(&key) {
                plan.others.push((ticket, member.clone(), one.person.clone()));
            }
        }
        let Some(one) = reached.iter().find(|one| one.person == member.person) else {
            plan.dropped.push((member.key, Dropped::NotMeant));
            return Ok(());
        };
        let links = (&self.inner.links, member.seq, wish);
        let worded = catch_unwind(AssertUnwindSafe(|| {
            let letter = word::letter(post, &scene, one, &reached, links)?;
            let title = post.templates.subject(&letter);
            let title = title.map_err(|problem| Unsent::Dead(problem.to_string()))?;
            Ok((word::way(one)?, Line::of(letter, title)))
        }));
        match worded.unwrap_or_else(|_| Err(Unsent::Dead(BROKEN.to_owned()))) {
            Ok((way, line)) => plan.lines.push((member.key, way, line)),
            Err(Unsent::Dead(reason)) => plan.dropped.push((member.key, Dropped::Dead(reason))),
            Err(Unsent::Unwanted) => plan.dropped.push((member.key, Dropped::Unwanted)),
        }
        Ok(())
    }

    /// All lines as one message.
    fn as_one(
        &self,
        post: &Post,
        reader: &PersonId,
        key: &str,
        wish: &Wish,
        lines: Vec<Line>,
        now: Moment,
    ) -> Result<Mail, Unsent> {
        let directory = self.inner.directory();
        let (language, name) = word::reader(&directory, reader, wish);
        let link = post
            .house
            .base()
            .map_or_else(String::new, |base| format!("{base}/inbox"));
        let letter = Letter {
            centre: post.house.centre.clone(),
            why: say(language, "mail-why-digest", &[]),
            linked: !link.is_empty(),
            link,
            count: u32::try_from(lines.len()).unwrap_or(u32::MAX),
            lines,
            ..Letter::of_no_ticket(Kind::Digest, language, name)
        };
        catch_unwind(AssertUnwindSafe(|| {
            let rendered = word::rendered(post, &letter)?;
            word::mail(post, &letter, rendered, key, reader, &directory, now)
        }))
        .unwrap_or_else(|_| Err(Unsent::Dead(BROKEN.to_owned())))
    }
}

impl Plan {
    fn carry_out(&self, sheet: &mut Sheet<'_>, channel: &str, token: &str, now: Moment) -> Result<(), StoreError> {
        for (key, dropped) in &self.dropped {
            match dropped {
                Dropped::NotMeant => delivery::supersede(sheet, key, token, NOT_MEANT, now),
                Dropped::Unwanted => delivery::skip(sheet, key, token, UNWANTED),
                Dropped::Dead(reason) => delivery::bury(sheet, key, token, Some("[]"), reason),
            }
        }
        for (ticket, model, person) in &self.others {
            delivery::add(sheet, channel, (*ticket, model), person, now)?;
        }
        for (key, way, _) in &self.lines {
            digest::note(sheet, key, &self.key, way);
        }
        match &self.mail {
            None => delivery::supersede(sheet, &self.key, token, NOTHING_LEFT, now),
            Some(Ok(mail)) => delivery::write(sheet, &self.key, &mail.to, "[]", &mail.bytes),
            Some(Err(Unsent::Unwanted)) => delivery::skip(sheet, &self.key, token, UNWANTED),
            Some(Err(Unsent::Dead(reason))) => {
                delivery::bury(sheet, &self.key, token, Some("[]"), reason);
                digest::bury(sheet, &self.key, reason);
            }
        }
        Ok(())
    }
}
