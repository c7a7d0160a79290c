//! How somebody wishes to be told, within what the rules demand: what presses comes by every channel, and the inbox has
//! everything.

use std::collections::BTreeSet;

use crate::store::{Wants, preferences};
use crate::texts::Language;

use super::super::{Desk, DeskError, Principal, Problem, Scope};
use super::MAIL;

pub use crate::store::preferences::Wish;

/// A channel by which somebody can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub channel: String,
    pub on: bool,
}

/// What somebody can choose, and has chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// Mail, and the channels on which the person has an address.
    pub channels: Vec<Choice>,
    /// `None`: that of the directory.
    pub language: Option<Language>,
}

impl Desk {
    /// Needs `tickets:read`. How the person wishes to be told.
    pub async fn choices(&self, principal: &Principal) -> Result<Choices, DeskError> {
        principal.needs(Scope::ReadTickets)?;
        let person = &principal.person;
        let wish = preferences::of(self.database(), &[person])
            .await?
            .remove(person)
            .unwrap_or_default();
        let channels = self.channels_of(principal).into_iter();
        let channels = channels.map(|channel| Choice {
            on: !wish.off.contains(&channel),
            channel,
        });
        Ok(Choices {
            channels: channels.collect(),
            language: wish.language,
        })
    }

    /// Needs `tickets:read`: it is about nobody else. Does without these channels where nothing presses, from the next
    /// message on.
    pub async fn choose(&self, principal: &Principal, wish: Wish) -> Result<Choices, DeskError> {
        principal.needs(Scope::ReadTickets)?;
        if !self.directory().people.contains_key(&principal.person) {
            return Err(DeskError::not_found("person"));
        }
        let known: BTreeSet<String> = self.channels_of(principal).into_iter().collect();
        if let Some(unknown) = wish.off.difference(&known).next() {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            return Err(Problem::new(
                "/off",
                "no_channel",
                format!(
                    "“{unknown}”不是可以关闭的渠道：可用 {}；站内消息始终保留",
                    known.join("、")
                ),
                format!(
                    "“{unknown}” is no channel that can be done without: {} can; the inbox always stays",
                    known.join(", ")
                ),
            )
            .into());
        }
        let (person, now) = (principal.person.clone(), self.clock().now());
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                preferences::put(sheet, &person, &wish, now)
            })
            .await?;
        self.choices(principal).await
    }

    fn channels_of(&self, principal: &Principal) -> Vec<String> {
        let others = self.inner.writer.signals().channels_of(&principal.person);
        let others = others.iter().map(ToString::to_string);
        std::iter::once(MAIL.to_owned()).chain(others).collect()
    }
}
