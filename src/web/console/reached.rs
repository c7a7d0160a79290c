//! Who would be told by an action, in words: the people, and the levels at which nobody would be found (R9, R27).

use serde::Serialize;

use crate::texts::{Arg, say};
use crate::ticket::event::{Fallen, FallenWhy};
use crate::ticket::people::Found;
use crate::workflow::definition::{Definition, PeopleSource};

use super::words::{Names, text};

#[derive(Serialize)]
pub struct ReachedView {
    /// «高明远, 沈玉兰»
    people: String,
    /// «nobody is on duty as shift lead»
    fell: Vec<String>,
}

impl ReachedView {
    /// Nothing where nobody would be told.
    pub fn of(found: &Found, definition: &Definition, names: &Names<'_>) -> Option<Self> {
        if found.persons.is_empty() {
            return None;
        }
        Some(Self {
            people: names.people(&found.persons),
            fell: found.way.iter().map(|fell| sentence(fell, definition, names)).collect(),
        })
    }
}

fn sentence(fell: &Fallen, definition: &Definition, names: &Names<'_>) -> String {
    let rule = definition.people.get(&fell.rule);
    let role = rule.and_then(|rule| match &rule.source {
        PeopleSource::Role { role, .. } => names.directory.roles.get(&role.value),
        PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => None,
    });
    let who = role.map_or_else(|| fell.rule.to_string(), |role| text(role, names.language));
    let key = match fell.why {
        FallenWhy::NothingNamed => "mail-fallen-nothing-named",
        FallenWhy::NoMember => "mail-fallen-no-member",
        FallenWhy::NobodyOnDuty => "mail-fallen-nobody-on-duty",
        FallenWhy::Absent => "mail-fallen-absent",
        FallenWhy::FourEyes => "mail-fallen-four-eyes",
        FallenWhy::NobodySignedOn => "mail-fallen-nobody-signed-on",
    };
    say(names.language, key, &[("who", Arg::from(&who))])
}
