//! Reads `organisation.yaml`: the stand-in for the directory beside workflow files, and the form in which a whole
//! directory is imported (`docs/organisation.md`).

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::decode::{at, ats, bilingual, defined, entries, items, one_or_many, said};
use super::shape::Shape;
use super::tree::{Entry, Node};
use super::{build, forms, inspect, keys, text};
use crate::workflow::calendar::holidays::Holidays;
use crate::workflow::calendar::{Calendar, hours};
use crate::workflow::constant::local_time;
use crate::workflow::definition::{At, Text};
use crate::workflow::directory::{Absence, Department, Directory, Membership, Person, Shift, Validity};
use crate::workflow::duration::Duration;
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::{CalendarId, DepartmentId, PersonId, RoleId};
use crate::workflow::moment::{HOUR, Moment};
use crate::workflow::nearest::nearest;

/// The calendar of workflows that name none.
pub const DEFAULT_CALENDAR: &str = "default";
/// A nominal working day where a calendar names none.
const NOMINAL_DAY: i64 = 8 * HOUR;
/// Language of people for whom none is given.
const DEFAULT_LANGUAGE: &str = "zh-CN";

/// What the file says.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// The real directory: with `people`, `roster`, `absences`, without the staff of the stories.
    pub directory: Directory,
    pub test_staff: Vec<(PersonId, Vec<Membership>)>,
}

/// What the file says, and what is wrong with it.
#[derive(Debug)]
pub struct OrganisationReading {
    pub organisation: Option<Organisation>,
    pub findings: Findings,
}

impl Organisation {
    /// The directory that stories play in: the test staff in place of the real people, nobody on duty. A file without
    /// test staff gives its real people.
    pub fn stand_in(&self) -> Directory {
        let mut directory = self.directory.clone();
        if !self.test_staff.is_empty() {
            directory.shifts.clear();
            directory.absences.clear();
            directory.people = self
                .test_staff
                .iter()
                .map(|(id, _)| (id.clone(), test_person(id)))
                .collect();
            directory.memberships = self.test_staff.iter().flat_map(|(_, seats)| seats.clone()).collect();
        }
        directory.changed();
        directory
    }
}

fn test_person(id: &PersonId) -> Person {
    Person {
        id: id.clone(),
        name: id.as_str().to_owned(),
        email: None,
        addresses: BTreeMap::new(),
        language: DEFAULT_LANGUAGE.to_owned(),
        valid: Validity::default(),
    }
}

/// Reads an organisation file. Never fails: whatever is wrong is a finding.
pub fn read_organisation(source: &[u8]) -> OrganisationReading {
    static SHAPE: Shape = Shape::Mapping(&keys::ORGANISATION);
    let mut findings = Findings::default();
    let organisation = text::text(source, &mut findings).and_then(|text| {
        let mut root = build::tree(text, &mut findings)?;
        let corrections = inspect::inspect(&root, &SHAPE, &mut findings);
        root.mapping()?;
        root.correct(&corrections);
        Some(Decoder::new(&root, &mut findings).organisation(&root))
    });
    OrganisationReading { organisation, findings }
}

struct Decoder<'f> {
    findings: &'f mut Findings,
    calendars: IndexMap<CalendarId, Arc<Calendar>>,
    departments: IndexMap<DepartmentId, Department>,
    roles: IndexMap<RoleId, Text>,
    /// Times of the file are local times of the first calendar.
    zone: TimeZone,
}

impl<'f> Decoder<'f> {
    fn new(root: &Node, findings: &'f mut Findings) -> Self {
        let mut decoder = Self {
            findings,
            calendars: IndexMap::new(),
            departments: IndexMap::new(),
            roles: roles(root.get("roles")),
            zone: TimeZone::UTC,
        };
        let default = root
            .get("calendar")
            .map(|node| (CalendarId::from(DEFAULT_CALENDAR), node));
        let others = entries(root.get("calendars")).map(|entry| (defined(entry), &entry.value));
        for (id, node) in default.into_iter().chain(others) {
            if let Some(calendar) = decoder.calendar(&id, node) {
                decoder.calendars.insert(id, Arc::new(calendar));
            }
        }
        if let Some(calendar) = decoder.calendars.values().next() {
            decoder.zone = calendar.zone.clone();
        }
        for entry in entries(root.get("departments")) {
            let department = decoder.department(entry);
            decoder.departments.insert(department.id.clone(), department);
        }
        decoder.tree_of_departments(root);
        decoder
    }

    fn organisation(mut self, root: &Node) -> Organisation {
        let mut directory = Directory::default();
        directory.version = 1;
        for entry in entries(root.get("people")) {
            let person = self.person(entry);
            directory
                .memberships
                .extend(self.memberships(&person.id, entry.value.get("roles")));
            directory.people.insert(person.id.clone(), person);
        }
        let known: Vec<_> = directory.people.keys().cloned().collect();
        directory.shifts = items(root.get("roster"))
            .filter_map(|node| self.shift(node, &known))
            .collect();
        directory.absences = items(root.get("absences"))
            .filter_map(|node| self.absence(node, &known))
            .collect();
        self.builtin(root.get("builtin"), &mut directory);
        let test_staff = entries(root.get("test_staff"))
            .map(|entry| {
                let id: PersonId = defined(entry);
                let seats = self.memberships(&id, Some(&entry.value));
                (id, seats)
            })
            .collect();
        directory.calendars = self.calendars;
        directory.departments = self.departments;
        directory.roles = self.roles;
        directory.changed();
        Organisation { directory, test_staff }
    }

    fn calendar(&mut self, id: &CalendarId, node: &Node) -> Option<Calendar> {
        let week = node.get("hours");
        let day = node
            .get("day")
            .and_then(|day| Some((day, Duration::parse(said(day)?).ok()?)));
        let day = match day {
            Some((_, Duration::Elapsed(ms))) => ms,
            Some((node, _)) => {
                self.findings
                    .add(Finding::new(Code::ReadDuration, node.inner()).variant("day"));
                NOMINAL_DAY
            }
            None => NOMINAL_DAY,
        };
        let opened = entries(node.get("open")).filter_map(|entry| {
            let hours = hours::parse(said(&entry.value)?).ok()?;
            Some((forms::date(&entry.key.text)?, hours))
        });
        let calendar = Calendar {
            id: id.clone(),
            zone: forms::zone(said(node.get("zone")?)?)?,
            day,
            weekly: hours::WEEKDAYS.map(|weekday| {
                let hours = week.and_then(|week| week.get(weekday)).and_then(said);
                hours.and_then(|hours| hours::parse(hours).ok()).unwrap_or_default()
            }),
            closed: one_or_many(node.get("closed"))
                .filter_map(|date| forms::date(said(date)?))
                .collect(),
            opened: opened.collect(),
            loaded_through: node
                .get("loaded_through")
                .and_then(said)
                .and_then(|year| year.parse().ok()),
            version: 1,
        };
        let is_china = node.get("country").and_then(said) == Some("cn");
        Some(if is_china {
            calendar.with_holidays(&Holidays::china_all(), None)
        } else {
            calendar
        })
    }

    fn department(&mut self, entry: &Entry) -> Department {
        let parent = at::<DepartmentId>(entry.value.get("parent")).map(|parent| parent.value);
        Department {
            id: defined(entry),
            title: bilingual(Some(&entry.value)),
            parent: parent.filter(|parent| !parent.as_str().is_empty()),
            valid: self.validity(&entry.value),
        }
    }

    /// Parents exist, and nobody is above itself.
    fn tree_of_departments(&mut self, root: &Node) {
        for entry in entries(root.get("departments")) {
            let Some(parent) = at::<DepartmentId>(entry.value.get("parent")) else {
                continue;
            };
            if !self.departments.contains_key(&parent.value) {
                let known: Vec<_> = self.departments.keys().cloned().collect();
                self.unknown("department", &parent, known.iter().map(DepartmentId::as_str));
                continue;
            }
            let mut above = Some(&parent.value);
            let mut steps = 0;
            while let Some(id) = above {
                steps += 1;
                if steps > self.departments.len() {
                    let finding = Finding::new(Code::ReadTogether, parent.span).variant("circle");
                    self.findings.add(finding.with("department", &entry.key.text));
                    break;
                }
                above = self
                    .departments
                    .get(id)
                    .and_then(|department| department.parent.as_ref());
            }
        }
    }

    fn person(&mut self, entry: &Entry) -> Person {
        let node = &entry.value;
        let plain = |key| node.get(key).and_then(said).map(str::to_owned);
        Person {
            id: defined(entry),
            name: plain("name").unwrap_or_default(),
            email: plain("email"),
            addresses: BTreeMap::new(),
            language: plain("language").unwrap_or_else(|| DEFAULT_LANGUAGE.to_owned()),
            valid: self.validity(node),
        }
    }

    /// `[agent, head@finance, {role: callback, from: 2026-03-01}]`.
    fn memberships(&mut self, person: &PersonId, node: Option<&Node>) -> Vec<Membership> {
        let one = node.filter(|node| node.list().is_none());
        let mut found = Vec::new();
        for item in one.into_iter().chain(items(node)) {
            let place = item.get("role").unwrap_or(item);
            let Some((role, department)) = said(place).and_then(forms::seat) else {
                continue;
            };
            let role = At::new(RoleId::from(role), place.inner());
            let department = department.map(|department| At::new(DepartmentId::from(department), place.inner()));
            if !self.roles.contains_key(&role.value) {
                let known: Vec<_> = self.roles.keys().cloned().collect();
                self.unknown("role", &role, known.iter().map(RoleId::as_str));
            }
            if let Some(department) = department
                .as_ref()
                .filter(|id| !self.departments.contains_key(&id.value))
            {
                let known: Vec<_> = self.departments.keys().cloned().collect();
                self.unknown("department", department, known.iter().map(DepartmentId::as_str));
            }
            found.push(Membership {
                person: person.clone(),
                role: role.value,
                department: department.map(|department| department.value),
                valid: self.validity(item),
            });
        }
        found
    }

    fn shift(&mut self, node: &Node, known: &[PersonId]) -> Option<Shift> {
        let (from, to) = self.span(node)?;
        let role = at::<RoleId>(node.get("role"));
        if let Some(role) = role.as_ref().filter(|role| !self.roles.contains_key(&role.value)) {
            let known: Vec<_> = self.roles.keys().cloned().collect();
            self.unknown("role", role, known.iter().map(RoleId::as_str));
        }
        Some(Shift {
            person: self.known_person(node.get("person"), known)?,
            role: role.map(|role| role.value),
            from,
            to,
        })
    }

    fn absence(&mut self, node: &Node, known: &[PersonId]) -> Option<Absence> {
        let (from, to) = self.span(node)?;
        let substitute = node.get("substitute");
        Some(Absence {
            person: self.known_person(node.get("person"), known)?,
            from,
            to,
            substitute: substitute.and_then(|node| self.known_person(Some(node), known)),
        })
    }

    fn known_person(&mut self, node: Option<&Node>, known: &[PersonId]) -> Option<PersonId> {
        let person = at::<PersonId>(node)?;
        if !known.contains(&person.value) {
            self.unknown("person", &person, known.iter().map(PersonId::as_str));
        }
        Some(person.value)
    }

    fn builtin(&mut self, node: Option<&Node>, directory: &mut Directory) {
        let builtin = &mut directory.builtin;
        let places = [
            ("sign", &mut builtin.sign),
            ("chase", &mut builtin.chase),
            ("watch", &mut builtin.watch),
            ("correct", &mut builtin.correct),
            ("reveal", &mut builtin.reveal),
            ("grant_return", &mut builtin.grant_return),
            ("link", &mut builtin.link),
        ];
        for (key, place) in places {
            let Some(listed) = node.and_then(|node| node.get(key)) else {
                continue;
            };
            let listed = ats::<RoleId>(Some(listed));
            for role in listed.iter().filter(|role| !self.roles.contains_key(&role.value)) {
                let finding = unknown("role", role, self.roles.keys().map(RoleId::as_str));
                self.findings.extend(finding);
            }
            *place = listed.into_iter().map(|role| role.value).collect();
        }
    }

    fn unknown<'a, T: std::fmt::Display>(
        &mut self,
        noun: &str,
        written: &At<T>,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        self.findings.extend(unknown(noun, written, known));
    }

    /// `from` and `to`, both open; a day alone in `to` is included.
    fn validity(&mut self, node: &Node) -> Validity {
        let valid = Validity {
            from: node.get("from").and_then(|from| self.instant(from, false)),
            to: node.get("to").and_then(|to| self.instant(to, true)),
        };
        self.in_order(valid.from, valid.to, node);
        valid
    }

    fn span(&mut self, node: &Node) -> Option<(Moment, Moment)> {
        let (from, to) = (
            self.instant(node.get("from")?, false)?,
            self.instant(node.get("to")?, true)?,
        );
        self.in_order(Some(from), Some(to), node);
        Some((from, to))
    }

    fn in_order(&mut self, from: Option<Moment>, to: Option<Moment>, node: &Node) {
        if let (Some(from), Some(to), Some(place)) = (from, to, node.get("to"))
            && to <= from
        {
            self.findings
                .add(Finding::new(Code::ReadTogether, place.inner()).variant("order"));
        }
    }

    /// A local time of the first calendar's zone; of a day alone its beginning, or its end.
    fn instant(&self, node: &Node, end: bool) -> Option<Moment> {
        let written = said(node)?;
        let midnight = |date: Date| DateTime::from_parts(date, jiff::civil::Time::midnight());
        let local = match forms::date(written) {
            Some(date) if end => midnight(date.tomorrow().ok()?),
            Some(date) => midnight(date),
            None => local_time(written)?,
        };
        let zoned = self.zone.to_ambiguous_zoned(local).compatible().ok()?;
        Some(Moment::from_timestamp(zoned.timestamp()))
    }
}

/// A name that is not there, with the nearest that is. An empty one has its finding already.
fn unknown<'a, T: std::fmt::Display>(
    noun: &str,
    written: &At<T>,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<Finding> {
    let found = written.value.to_string();
    if found.is_empty() {
        return None;
    }
    let near = nearest(&found, known);
    let finding = Finding::new(Code::ReadWord, written.span).variant("unknown");
    let mut finding = finding.with("found", &found).with("noun", noun);
    finding.nearest = near;
    Some(finding)
}

/// `[agent, head]` or `agent: {zh, en}`; without titles the id stands for both.
fn roles(node: Option<&Node>) -> IndexMap<RoleId, Text> {
    let untitled = ats::<RoleId>(node).into_iter().map(|role| {
        let name = role.as_str().to_owned();
        let title = Text {
            zh: name.clone(),
            en: name,
        };
        (role.value, title)
    });
    let titled = entries(node).map(|entry| (defined(entry), bilingual(Some(&entry.value))));
    untitled.chain(titled).collect()
}
