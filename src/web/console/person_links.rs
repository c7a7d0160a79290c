//! What belongs to a person and is changed elsewhere: roles, absences that run or come, how they sign in.

use serde::Serialize;

use crate::desk::directory::{ENTRIES_MAX, Kind};
use crate::texts::Arg;
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::directory::Absence;

use super::answer::{sentence, word};
use super::duty::role_title;
use super::people;
use super::tickets::escaped;
use super::visitor::Visitor;
use super::words::{Names, When};

/// Pages of absences that are looked through.
const PAGES_MAX: usize = 50;

/// A way to it.
#[derive(Clone, Debug, Serialize)]
pub struct LinkView {
    path: String,
    title: String,
}

/// What belongs to this person.
pub async fn of(state: &State, visitor: &Visitor, person: &str) -> Result<Vec<LinkView>, Problem> {
    let look = &visitor.look;
    let mut links = roles(state, visitor, person).await?;
    links.push(LinkView {
        path: format!("/organisation/membership/new?person={}", escaped(person)),
        title: word(look, "entry-new-membership"),
    });
    links.push(LinkView {
        path: format!("/organisation/absence/new?person={}", escaped(person)),
        title: word(look, "entry-new-absence"),
    });
    let mut after = None::<String>;
    for _ in 0..PAGES_MAX {
        let entries = state
            .desk
            .entries(&visitor.principal, Kind::Absence, after.as_deref(), ENTRIES_MAX)
            .await?;
        let full = u64::try_from(entries.len()).is_ok_and(|length| length >= ENTRIES_MAX);
        after = entries.last().map(|last| last.key.clone());
        for entry in entries {
            let Ok(absence) = serde_json::from_value::<Absence>(entry.body) else {
                continue;
            };
            if absence.person.as_str() != person || absence.to <= visitor.now {
                continue;
            }
            let [from, to] = [absence.from, absence.to].map(|at| When::new(at, visitor.now, &visitor.zone).short);
            let facts = [("from", Arg::from(&from)), ("to", Arg::from(&to))];
            links.push(LinkView {
                path: format!("/organisation/absence/{}", escaped(&entry.key)),
                title: sentence(look, "entry-link-absent", &facts),
            });
        }
        if !full {
            break;
        }
    }
    if visitor.has_role("administrator") {
        links.push(LinkView {
            path: format!("/organisation/people/{}/sign-in", escaped(person)),
            title: word(look, "entry-link-sign-in"),
        });
    }
    Ok(links)
}

/// The roles that run or come.
async fn roles(state: &State, visitor: &Visitor, person: &str) -> Result<Vec<LinkView>, Problem> {
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language: visitor.look.language,
    };
    let held = people::keys(state, visitor).await?;
    let own = held.iter().filter(|(_, membership)| {
        membership.person.as_str() == person && membership.valid.to.is_none_or(|to| visitor.now < to)
    });
    Ok(own
        .map(|(key, membership)| {
            let title = role_title(&directory, &membership.role, visitor);
            let role = match &membership.department {
                Some(department) => format!("{title} · {}", names.department(department)),
                None => title,
            };
            LinkView {
                path: format!("/organisation/membership/{}", escaped(key)),
                title: sentence(&visitor.look, "entry-link-role", &[("role", Arg::from(&role))]),
            }
        })
        .collect())
}
