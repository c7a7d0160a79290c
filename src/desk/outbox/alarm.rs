//! Wording what is told of no ticket: a calendar that lacks a year. Read again at sending: what was mended meanwhile is
//! not told any more.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::notify::letter::{Kind, Letter};
use crate::notify::mail::Mail;
use crate::store::delivery::{self, Waiting};
use crate::store::notice::Payload;
use crate::store::preferences;
use crate::texts::{Arg, Language, say};
use crate::workflow::directory::Directory;
use crate::workflow::id::CalendarId;
use crate::workflow::moment::Moment;

use super::super::{Desk, DeskError};
use super::word::{self, BROKEN, LOST, UNWANTED, Unsent};
use super::{Post, Ready, Wish};

/// Why somebody is not told of it any more.
const MENDED: &str = "it was mended before it was sent";

/// A calendar that lacks a year, as it is told.
pub(in crate::desk) struct CalendarNews<'a> {
    pub calendar: &'a CalendarId,
    pub ended: bool,
    pub loaded_through: i16,
    pub missing: i16,
}

impl CalendarNews<'_> {
    /// What is told, if it is that.
    pub fn of(payload: &Payload) -> Option<CalendarNews<'_>> {
        match payload {
            Payload::Calendar {
                calendar,
                ended,
                loaded_through,
                missing,
            } => Some(CalendarNews {
                calendar,
                ended: *ended,
                loaded_through: *loaded_through,
                missing: *missing,
            }),
            Payload::Told { .. }
            | Payload::Rung { .. }
            | Payload::RungFailed { .. }
            | Payload::Chased
            | Payload::Digest => None,
        }
    }

    /// The first line.
    pub fn title(&self, language: Language) -> String {
        let key = if self.ended {
            "alarm-calendar-ended-title"
        } else {
            "alarm-calendar-ending-title"
        };
        say(language, key, &self.arguments())
    }

    pub fn sentence(&self, language: Language) -> String {
        let key = if self.ended {
            "alarm-calendar-ended"
        } else {
            "alarm-calendar-ending"
        };
        say(language, key, &self.arguments())
    }

    fn arguments(&self) -> [(&'static str, Arg<'_>); 3] {
        [
            ("calendar", self.calendar.as_str().into()),
            ("known", self.loaded_through.to_string().into()),
            ("missing", self.missing.to_string().into()),
        ]
    }

    fn is_mended(&self, directory: &Directory) -> bool {
        let calendar = directory.calendars.get(self.calendar);
        calendar.is_none_or(|calendar| calendar.loaded_through.is_none_or(|year| year >= self.missing))
    }
}

impl Desk {
    /// A message of no ticket that was not worded before.
    pub(super) async fn word_alarm(
        &self,
        post: &Post,
        waiting: &Waiting,
        token: &str,
        now: Moment,
    ) -> Result<Option<Ready>, DeskError> {
        let reader = &waiting.person;
        let wish = preferences::of(self.database(), &[reader]).await?.remove(reader);
        let worded = catch_unwind(AssertUnwindSafe(|| {
            self.alarm(post, waiting, &wish.unwrap_or_default(), now)
        }))
        .unwrap_or_else(|_| Err(Unsent::Dead(BROKEN.to_owned())));
        let ready = match &worded {
            Ok(Some(mail)) => Some(Ready {
                ticket: None,
                after_quiet: false,
                person: reader.clone(),
                attempts: waiting.attempts,
                mail: mail.clone(),
            }),
            Ok(None) | Err(_) => None,
        };
        let (key, token) = (waiting.key.clone(), token.to_owned());
        self.write_outbox(move |sheet| {
            match &worded {
                Ok(Some(mail)) => delivery::write(sheet, &key, &mail.to, "[]", &mail.bytes),
                Ok(None) => delivery::supersede(sheet, &key, &token, MENDED, now),
                Err(Unsent::Unwanted) => delivery::skip(sheet, &key, &token, UNWANTED),
                Err(Unsent::Dead(reason)) => delivery::bury(sheet, &key, &token, Some("[]"), reason),
            }
            Ok(())
        })
        .await?;
        Ok(ready)
    }

    /// `None` when there is nothing to say any more.
    fn alarm(&self, post: &Post, waiting: &Waiting, wish: &Wish, now: Moment) -> Result<Option<Mail>, Unsent> {
        if wish.off.contains(&post.channel) {
            return Err(Unsent::Unwanted);
        }
        let news = CalendarNews::of(&waiting.payload).ok_or_else(|| Unsent::Dead(LOST.to_owned()))?;
        let directory = self.inner.directory();
        if news.is_mended(&directory) {
            return Ok(None);
        }
        let reader = &waiting.person;
        let (language, name) = word::reader(&directory, reader, wish);
        let link = post.house.base();
        let letter = Letter {
            centre: post.house.centre.clone(),
            subject: news.title(language),
            sentence: news.sentence(language),
            why: say(language, "mail-why-calendar", &[]),
            linked: link.is_some(),
            link: link.map_or_else(String::new, |base| format!("{base}/calendars")),
            ..Letter::of_no_ticket(Kind::Calendar, language, name)
        };
        let rendered = word::rendered(post, &letter)?;
        word::mail(post, &letter, rendered, &waiting.key, reader, &directory, now).map(Some)
    }
}
