//! Whom a `tell` reaches at sending, and why: the sentence «nobody is on duty as shift lead → head of …» (L2, R27).

use crate::texts::{Language, say};
use crate::ticket::event::{Fallen, FallenWhy};
use crate::ticket::model::Ticket;
use crate::ticket::people::Search;
use crate::workflow::definition::{Definition, PeopleSource, Recipient, RoleOf};
use crate::workflow::directory::Directory;
use crate::workflow::id::{DepartmentId, PersonId, RuleId};
use crate::workflow::value::Value;

use super::words;

/// Somebody who is told, and the way on which they were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    pub person: PersonId,
    /// The rule that found them; `None` for `open_tasks` and where only the event knows.
    pub rule: Option<RuleId>,
    pub way: Vec<Fallen>,
    /// The department the rule spoke of.
    pub department: Option<DepartmentId>,
}

impl Reached {
    /// Found by the event itself, along no way.
    pub fn plainly(person: PersonId) -> Self {
        Self {
            person,
            rule: None,
            way: Vec::new(),
            department: None,
        }
    }
}

/// Everybody a list of recipients reaches now, each person once, with the first way that led to them.
pub fn reach(search: Search<'_>, recipients: impl Iterator<Item = Recipient>) -> Vec<Reached> {
    let mut reached: Vec<Reached> = Vec::new();
    for recipient in recipients {
        let found = search.recipients(&recipient);
        let rule = match &recipient {
            Recipient::Rule(rule) => Some(last_rule(search.definition, rule, &found.way)),
            Recipient::OpenTasks => None,
        };
        let department = rule.as_ref().and_then(|rule| department(&search, rule));
        for person in found.persons {
            if !reached.iter().any(|known| known.person == person) {
                reached.push(Reached {
                    person,
                    rule: rule.clone(),
                    way: found.way.clone(),
                    department: department.clone(),
                });
            }
        }
    }
    reached
}

/// The level at which somebody was found: the one after the last that was fallen through.
fn last_rule(definition: &Definition, first: &RuleId, way: &[Fallen]) -> RuleId {
    way.iter()
        .rfind(|fallen| fallen.why.leaves_the_level())
        .and_then(|fallen| definition.people.get(&fallen.rule))
        .and_then(|rule| rule.otherwise.as_ref())
        .map_or_else(|| first.clone(), |next| next.value.clone())
}

fn department(search: &Search<'_>, rule: &RuleId) -> Option<DepartmentId> {
    match &search.definition.people.get(rule)?.source {
        PeopleSource::Role { of: Some(of), .. } => match of {
            RoleOf::Task(_) => search.task.map(|task| task.department.clone()),
            RoleOf::Field(field) => match search.ticket.fields.get(&field.value) {
                Some(Value::Department(department)) => Some(department.clone()),
                Some(
                    Value::Departments(_)
                    | Value::Text(_)
                    | Value::Number(_)
                    | Value::Money(_)
                    | Value::YesNo(_)
                    | Value::Choice(_)
                    | Value::Time(_)
                    | Value::Phone(_)
                    | Value::Person(_)
                    | Value::List(_)
                    | Value::Erased,
                )
                | None => None,
            },
        },
        PeopleSource::Role { of: None, .. }
        | PeopleSource::Creator
        | PeopleSource::Assignee
        | PeopleSource::DoerOf(_) => None,
    }
}

/// Puts the way into words.
pub struct Why<'a> {
    pub definition: &'a Definition,
    pub directory: &'a Directory,
    pub ticket: &'a Ticket,
    pub language: Language,
}

impl Why<'_> {
    /// The sentence for the reader.
    pub fn sentence(&self, reached: &Reached, stands_in: bool) -> String {
        let who = match &reached.rule {
            Some(rule) => self.who(rule, reached.department.as_ref()),
            None => say(self.language, "mail-who-owner", &[]),
        };
        let fallen: Vec<String> = reached
            .way
            .iter()
            .map(|fallen| {
                let key = match fallen.why {
                    FallenWhy::NothingNamed => "mail-fallen-nothing-named",
                    FallenWhy::NoMember => "mail-fallen-no-member",
                    FallenWhy::NobodyOnDuty => "mail-fallen-nobody-on-duty",
                    FallenWhy::Absent => "mail-fallen-absent",
                    FallenWhy::FourEyes => "mail-fallen-four-eyes",
                    FallenWhy::NobodySignedOn => "mail-fallen-nobody-signed-on",
                };
                let who = self.who(&fallen.rule, None);
                say(self.language, key, &[("who", who.into())])
            })
            .collect();
        let key = match (stands_in, fallen.is_empty()) {
            (false, true) => "mail-why-plain",
            (false, false) => "mail-why-fallen",
            (true, true) => "mail-why-stand-in",
            (true, false) => "mail-why-stand-in-fallen",
        };
        if fallen.is_empty() {
            say(self.language, key, &[("who", who.into())])
        } else {
            let fallen = words::list(&fallen, self.language);
            say(self.language, key, &[("who", who.into()), ("fallen", fallen.into())])
        }
    }

    /// What a rule means, in words: `head of South branch`.
    fn who(&self, rule: &RuleId, department: Option<&DepartmentId>) -> String {
        let Some(rule) = self.definition.people.get(rule) else {
            return rule.to_string();
        };
        match &rule.source {
            PeopleSource::Role { role, of, .. } => {
                let title = self.directory.roles.get(&role.value).map_or_else(
                    || role.to_string(),
                    |title| words::text(title, self.language).to_owned(),
                );
                let named = department.cloned().or_else(|| match of {
                    Some(RoleOf::Field(field)) => self.ticket.department(&field.value).cloned(),
                    Some(RoleOf::Task(_)) | None => None,
                });
                match named.and_then(|id| self.directory.departments.get(&id)) {
                    Some(department) => say(
                        self.language,
                        "mail-who-role-of",
                        &[
                            ("role", title.into()),
                            ("department", words::text(&department.title, self.language).into()),
                        ],
                    ),
                    None => say(self.language, "mail-who-role", &[("role", title.into())]),
                }
            }
            PeopleSource::Creator => say(self.language, "mail-who-creator", &[]),
            PeopleSource::Assignee => say(self.language, "mail-who-assignee", &[]),
            PeopleSource::DoerOf(action) => {
                let title = super::compose::action_title(self.definition, &action.value, self.language);
                say(self.language, "mail-who-doer", &[("action", title.into())])
            }
        }
    }

    /// The reader is not one of those the rule names but stands in for one who is away.
    pub fn stands_in(&self, reached: &Reached, at: crate::workflow::moment::Moment) -> bool {
        let Some(PeopleSource::Role { role, .. }) = reached
            .rule
            .as_ref()
            .and_then(|rule| self.definition.people.get(rule))
            .map(|rule| &rule.source)
        else {
            return false;
        };
        !self
            .directory
            .roles_of(&reached.person, at)
            .any(|membership| membership.role == role.value)
    }
}
