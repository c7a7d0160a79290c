//! What stands around every page: navigation by role, who is signed in, how it looks. And the way home.
//!
//! Hiding an entry is a kindness, no protection: what somebody may see is decided by the desk when the page is made.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;

use crate::texts::{Arg, Language, say};
use crate::web::problem::Problem;
use crate::web::state::State;

use super::answer::see_other;
use super::look::Look;
use super::visitor::Visitor;
use super::words::When;

/// An entry of the navigation. Its title is the text `nav-KEY`.
pub struct Entry {
    pub key: &'static str,
    pub path: &'static str,
    pub icon: &'static str,
    /// Keys that lead there.
    pub keys: &'static str,
    /// Roles that are shown it; nobody named is everybody.
    pub roles: &'static [&'static str],
    /// It may stand in the bar at the foot of a narrow window; the rest is behind «more» there.
    pub narrow: bool,
}

/// Entries in the bar at the foot of a narrow window: with «more» they are five, as many as thumbs find.
const NARROW_MAX: usize = 4;
/// Sections whose pages have something of their own to begin with the key `n`.
const OWN_NEW: [&str; 3] = ["canned", "duty", "organisation"];

/// The navigation, in order. A page that people should find has a line here.
pub const NAV: &[Entry] = &[
    Entry {
        key: "desk",
        path: "/desk",
        icon: "headset",
        keys: "g d",
        roles: &["agent", "shift_lead"],
        narrow: true,
    },
    Entry {
        key: "board",
        path: "/board",
        icon: "layout-kanban",
        keys: "g b",
        roles: &["shift_lead", "manager", "auditor"],
        narrow: true,
    },
    Entry {
        key: "work",
        path: "/tickets?view=mine",
        icon: "inbox",
        keys: "g m",
        roles: &[],
        narrow: true,
    },
    Entry {
        key: "tickets",
        path: "/tickets",
        icon: "list-details",
        keys: "g t",
        roles: &[],
        narrow: true,
    },
    Entry {
        key: "reports",
        path: "/reports",
        icon: "report-analytics",
        keys: "g r",
        roles: &["manager", "auditor", "shift_lead", "head", "liaison"],
        narrow: false,
    },
    Entry {
        key: "callbacks",
        path: "/callbacks",
        icon: "phone-call",
        keys: "g c",
        roles: &["callback", "shift_lead", "manager"],
        narrow: true,
    },
    Entry {
        key: "inbox",
        path: "/inbox",
        icon: "bell",
        keys: "g i",
        roles: &[],
        narrow: false,
    },
    Entry {
        key: "canned",
        path: "/canned",
        icon: "message-2",
        keys: "g a",
        roles: &[],
        narrow: false,
    },
    Entry {
        key: "duty",
        path: "/duty",
        icon: "calendar-time",
        keys: "g u",
        roles: &[],
        narrow: false,
    },
    Entry {
        key: "organisation",
        path: "/organisation",
        icon: "building-community",
        keys: "g e",
        roles: &[],
        narrow: false,
    },
    Entry {
        key: "workflows",
        path: "/workflows",
        icon: "git-branch",
        keys: "g w",
        roles: &["shift_lead", "manager", "administrator", "auditor"],
        narrow: false,
    },
];

/// Where people of a role begin their day; the first that fits.
const HOMES: &[(&str, &str)] = &[("shift_lead", "/board"), ("agent", "/desk"), ("callback", "/callbacks")];
/// Where everybody else does.
const HOME: &str = "/tickets?view=mine";

/// What the layout shows.
#[derive(Serialize)]
pub struct Shell {
    language: &'static str,
    english: bool,
    theme: &'static str,
    density: &'static str,
    compact: bool,
    /// The server's time in milliseconds, so that a wrong clock of a browser cannot hide a late ticket.
    now: i64,
    /// The name of the centre's zone.
    zone: String,
    title: String,
    csrf: String,
    path: String,
    nav: Vec<Link>,
    /// The person writes tickets, and `n` begins one on this page.
    writes: bool,
    writes_by_n: bool,
    person: Option<Person>,
}

#[derive(Serialize)]
struct Link {
    key: &'static str,
    path: &'static str,
    icon: &'static str,
    keys: &'static str,
    title: String,
    current: bool,
    narrow: bool,
}

#[derive(Serialize)]
struct Person {
    id: String,
    name: String,
    initial: String,
    roles: String,
    /// «on duty until 16:00, signed on»; empty off duty.
    duty: String,
    signed_on: bool,
}

impl Shell {
    /// Around a page for somebody who is not signed in.
    pub fn bare(look: &Look, title: String) -> Self {
        Self {
            language: look.language.tag(),
            english: look.language == Language::En,
            theme: look.theme,
            density: look.density,
            compact: look.density == "compact",
            now: 0,
            zone: String::new(),
            title,
            csrf: String::new(),
            path: look.path.clone(),
            nav: Vec::new(),
            writes: false,
            writes_by_n: false,
            person: None,
        }
    }

    /// Around a page of the console; `section` is the key of the entry it belongs to.
    pub fn of(visitor: &Visitor, section: &str, title: String) -> Self {
        let language = visitor.look.language;
        let shown = |entry: &&Entry| entry.roles.is_empty() || entry.roles.iter().any(|role| visitor.has_role(role));
        let link = |entry: &Entry| Link {
            key: entry.key,
            path: entry.path,
            icon: entry.icon,
            keys: entry.keys,
            title: say(language, &format!("nav-{}", entry.key), &[]),
            current: entry.key == section,
            narrow: entry.narrow,
        };
        let mut nav: Vec<Link> = NAV.iter().filter(shown).map(link).collect();
        for beyond in nav.iter_mut().filter(|link| link.narrow).skip(NARROW_MAX) {
            beyond.narrow = false;
        }
        Self {
            now: visitor.now.0,
            zone: visitor.zone.iana_name().unwrap_or_default().to_owned(),
            csrf: visitor.csrf.clone(),
            writes: nav.iter().any(|link| link.key == "desk"),
            writes_by_n: !OWN_NEW.contains(&section),
            nav,
            person: Some(Person {
                initial: visitor.name.chars().take(1).collect(),
                name: visitor.name.clone(),
                roles: visitor.role_names.join(" · "),
                id: visitor.principal.person.to_string(),
                duty: duty(visitor),
                signed_on: visitor.duty.signed_on,
            }),
            ..Self::bare(&visitor.look, title)
        }
    }
}

/// Until when somebody is on duty; nothing off duty.
fn duty(visitor: &Visitor) -> String {
    let Some(until) = visitor.duty.until else {
        return String::new();
    };
    let key = if visitor.duty.signed_on {
        "shell-duty-signed"
    } else {
        "shell-duty"
    };
    let until = When::new(until, visitor.now, &visitor.zone);
    say(visitor.look.language, key, &[("until", Arg::from(&until.short))])
}

/// `GET /`: everybody's own first page.
pub async fn home(state: Data<State>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    if visitor.has_role("administrator") && state.desk.setup_is_open().await? {
        return Ok(see_other(super::setup::PATH));
    }
    let found = HOMES.iter().find(|(role, _)| visitor.has_role(role));
    Ok(see_other(found.map_or(HOME, |(_, path)| path)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::find;

    #[test]
    fn every_entry_has_its_title_and_keys_of_its_own() {
        for entry in NAV {
            for language in Language::ALL {
                assert!(
                    find(language, &format!("nav-{}", entry.key), &[]).is_some(),
                    "nav-{}",
                    entry.key
                );
            }
            assert_eq!(
                NAV.iter().filter(|other| other.keys == entry.keys).count(),
                1,
                "{}",
                entry.keys
            );
        }
    }
}
