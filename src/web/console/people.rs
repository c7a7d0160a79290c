//! People: found by name, id or mail address, by role and department; with their roles, language, mail and period.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};

use crate::desk::directory::{ENTRIES_MAX, Kind};
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::directory::{Membership, Person, Validity};
use crate::workflow::id::PersonId;

use super::answer::{self, word};
use super::duty::{Choice, role_title, roles};
use super::organisation::{PeriodView, SECTION, must_read};
use super::tickets::escaped;
use super::visitor::Visitor;
use super::words::{Names, text};

/// People of a page.
const ROWS: usize = 50;
/// Departments that are offered in the filter at most; more are found by typing.
const OFFERED_MAX: usize = 2_000;
/// Roles of people that are read for their keys at most.
const ROLES_MAX: usize = 20_000;

/// Whom to show, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    search: String,
    role: String,
    department: String,
    /// The last person of the page before.
    after: String,
}

#[derive(Serialize)]
struct PeopleView {
    search: String,
    roles: Vec<Choice>,
    departments: Vec<Choice>,
    filtered: bool,
    people: Vec<PersonView>,
    first: bool,
    next: Option<String>,
    /// Somebody of the page is not there for ever.
    periods: bool,
    edits: bool,
}

#[derive(Serialize)]
struct PersonView {
    id: String,
    name: String,
    mail: String,
    roles: Vec<RoleView>,
    period: PeriodView,
}

#[derive(Serialize)]
struct RoleView {
    title: String,
    /// Under which it is changed, for whoever may.
    key: String,
}

/// The roles people have, with the keys of the entries; only those who may edit need them.
pub async fn keys(state: &State, visitor: &Visitor) -> Result<Vec<(String, Membership)>, Problem> {
    let (mut found, mut after) = (Vec::new(), None::<String>);
    loop {
        let entries = state
            .desk
            .entries(&visitor.principal, Kind::Membership, after.as_deref(), ENTRIES_MAX)
            .await?;
        let full = u64::try_from(entries.len()).is_ok_and(|length| length >= ENTRIES_MAX);
        after = entries.last().map(|last| last.key.clone());
        let read = entries
            .into_iter()
            .filter_map(|entry| Some((entry.key, serde_json::from_value::<Membership>(entry.body).ok()?)));
        found.extend(read);
        if !full || found.len() >= ROLES_MAX {
            return Ok(found);
        }
    }
}

/// `GET /organisation/people`
pub async fn page(state: Data<State>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    must_read(&visitor)?;
    let directory = state.desk.directory();
    let language = visitor.look.language;
    let names = Names {
        directory: &directory,
        language,
    };
    let edits = visitor.has_role("manager") || visitor.has_role("administrator");
    let held: Vec<(String, Membership)> = if edits {
        keys(&state, &visitor).await?
    } else {
        let known = directory.memberships.iter();
        known.map(|membership| (String::new(), membership.clone())).collect()
    };
    let mut by_person: HashMap<&PersonId, Vec<&(String, Membership)>> = HashMap::new();
    for entry in &held {
        // What begins later is shown too; what is over is not.
        if entry.1.valid.to.is_none_or(|to| visitor.now < to) {
            by_person.entry(&entry.1.person).or_default().push(entry);
        }
    }
    let wanted = asked.search.trim().to_lowercase();
    let fits = |person: &Person| {
        let mail = person.email.as_deref().unwrap_or_default();
        let named = wanted.is_empty()
            || [person.id.as_str(), &person.name, mail]
                .iter()
                .any(|word| word.to_lowercase().contains(&wanted));
        let own = by_person.get(&person.id).map(Vec::as_slice).unwrap_or_default();
        let placed = (asked.role.is_empty() && asked.department.is_empty())
            || own.iter().any(|(_, membership)| {
                let department = membership.department.as_ref().map(ToString::to_string);
                (asked.role.is_empty() || membership.role.as_str() == asked.role)
                    && (asked.department.is_empty() || department.as_deref() == Some(asked.department.as_str()))
            });
        named && placed
    };
    let mut found: Vec<&Person> = directory
        .people
        .values()
        .filter(|person| person.id.as_str() > asked.after.as_str() && fits(person))
        .collect();
    found.sort_by(|one, other| one.id.cmp(&other.id));
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let role = |(key, membership): &&(String, Membership)| {
        let title = role_title(&directory, &membership.role, &visitor);
        RoleView {
            title: match &membership.department {
                Some(department) => format!("{title} · {}", names.department(department)),
                None => title,
            },
            key: key.clone(),
        }
    };
    let next = found.last().filter(|_| more).map(|last| {
        let asked = [&asked.search, &asked.role, &asked.department].map(|text| escaped(text));
        let [search, role, department] = asked;
        format!(
            "/organisation/people?search={search}&role={role}&department={department}&after={}",
            last.id
        )
    });
    let view = PeopleView {
        periods: found.iter().any(|person| person.valid != Validity::default()),
        roles: roles(&directory, &asked.role, &visitor),
        departments: directory
            .departments
            .values()
            .take(OFFERED_MAX)
            .map(|department| Choice {
                title: text(&department.title, language),
                chosen: department.id.as_str() == asked.department,
                value: department.id.to_string(),
            })
            .collect(),
        filtered: [&asked.search, &asked.role, &asked.department]
            .iter()
            .any(|text| !text.is_empty()),
        people: found
            .into_iter()
            .map(|person| PersonView {
                id: person.id.to_string(),
                name: person.name.clone(),
                mail: person.email.clone().unwrap_or_default(),
                roles: by_person
                    .get(&person.id)
                    .map(|own| own.iter().map(role).collect())
                    .unwrap_or_default(),
                period: PeriodView::of(person.valid, &visitor),
            })
            .collect(),
        first: asked.after.is_empty(),
        next,
        edits,
        search: asked.search.clone(),
    };
    answer::page(&visitor, SECTION, word(&visitor.look, "people-title"), "people", &view)
}
