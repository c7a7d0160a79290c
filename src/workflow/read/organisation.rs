//! Reads `organisation.yaml`: departments, roles, staff and a calendar that stand in for the directory outside the
//! server (LANGUAGE, «Rules of design» 1). The same tree as a workflow file, walked by hand: it has dates for keys.
//!
//! The members of `test_staff` are valid for ever and on duty only when a story says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::tree::{Entry, Node};
use super::{build, text};
use crate::workflow::calendar::hours::{self, HoursProblem, STRETCHES_MAX, WEEKDAYS};
use crate::workflow::calendar::{Calendar, Interval};
use crate::workflow::definition::{Span, Text};
use crate::workflow::directory::{Department, Directory, Membership, Person, Validity};
use crate::workflow::duration::Duration;
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::{CalendarId, DepartmentId, PersonId, RoleId, is_id};
use crate::workflow::moment::HOUR;
use crate::workflow::nearest::nearest;

const KEYS: &[&str] = &["ombud", "calendar", "calendars", "departments", "roles", "test_staff"];
const CALENDAR_KEYS: &[&str] = &["zone", "day", "hours", "closed", "open", "loaded_through"];
const DEPARTMENT_KEYS: &[&str] = &["zh", "en", "parent"];

/// What an organisation file says, and what is wrong with it.
#[derive(Debug)]
pub struct OrganisationReading {
    /// `None` when nothing could be read.
    pub directory: Option<Directory>,
    pub findings: Findings,
}

/// Reads an organisation file. Never fails: whatever is wrong is a finding.
pub fn organisation(source: &[u8]) -> OrganisationReading {
    let mut findings = Findings::default();
    let directory = text::text(source, &mut findings).and_then(|text| {
        let root = build::tree(text, &mut findings)?;
        let mut decoder = Decoder {
            findings: &mut findings,
            directory: Directory::default(),
        };
        decoder.file(&root);
        decoder.directory.changed();
        Some(decoder.directory)
    });
    OrganisationReading { directory, findings }
}

struct Decoder<'f> {
    findings: &'f mut Findings,
    directory: Directory,
}

impl Decoder<'_> {
    fn file(&mut self, root: &Node) {
        self.known(root, KEYS);
        if let Some(node) = root.get("calendar") {
            self.calendar("default", node);
        }
        for entry in entries(root.get("calendars")) {
            self.calendar(&entry.key.text, &entry.value);
        }
        for entry in entries(root.get("departments")) {
            self.department(entry);
        }
        for node in root.get("roles").and_then(Node::list).unwrap_or_default() {
            if let Some(role) = self.id(node) {
                let title = Text {
                    zh: role.to_owned(),
                    en: role.to_owned(),
                };
                self.directory.roles.insert(role.into(), title);
            }
        }
        for entry in entries(root.get("test_staff")) {
            self.person(entry);
        }
        self.parents(root);
    }

    fn department(&mut self, entry: &Entry) {
        self.known(&entry.value, DEPARTMENT_KEYS);
        let said = |key: &str| {
            entry
                .value
                .get(key)
                .and_then(Node::scalar)
                .map(|scalar| scalar.text.clone())
        };
        let title = Text {
            zh: said("zh").unwrap_or_default(),
            en: said("en").unwrap_or_default(),
        };
        if title.zh.is_empty() || title.en.is_empty() {
            self.add(Code::M01, entry.key.inner, "organisation-language", &entry.key.text);
        }
        let id = DepartmentId::from(entry.key.text.as_str());
        let parent = said("parent").map(|parent| DepartmentId::from(parent.as_str()));
        let department = Department {
            id: id.clone(),
            title,
            parent,
            valid: Validity::default(),
        };
        self.directory.departments.insert(id, department);
    }

    /// A parent may stand further down, so that it is looked up when all are known.
    fn parents(&mut self, root: &Node) {
        for entry in entries(root.get("departments")) {
            if let Some(parent) = entry.value.get("parent")
                && let Some(said) = parent.scalar()
                && !self.directory.departments.contains_key(said.text.as_str())
            {
                self.unknown_department(&said.text, parent.inner());
            }
        }
    }

    fn person(&mut self, entry: &Entry) {
        let id = PersonId::from(entry.key.text.as_str());
        let person = Person {
            id: id.clone(),
            name: entry.key.text.clone(),
            email: None,
            language: "zh-CN".to_owned(),
            valid: Validity::default(),
        };
        self.directory.people.insert(id.clone(), person);
        let Some(roles) = entry.value.list() else {
            return self.add(Code::ReadType, entry.value.span, "organisation-roles", &entry.key.text);
        };
        for node in roles {
            let Some(said) = node.scalar() else {
                self.add(Code::ReadType, node.span, "organisation-roles", &entry.key.text);
                continue;
            };
            let (role, department) = match said.text.split_once('@') {
                Some((role, department)) => (role, Some(department)),
                None => (said.text.as_str(), None),
            };
            if !self.directory.roles.contains_key(role) {
                let near = nearest(role, self.directory.roles.keys().map(RoleId::as_str));
                let finding = Finding::new(Code::P02, node.inner()).with("role", role);
                self.findings.add(match department {
                    None => finding.near(near),
                    Some(_) => finding,
                });
            }
            if let Some(department) = department
                && !self.directory.departments.contains_key(department)
            {
                self.unknown_department(department, node.inner());
            }
            self.directory.memberships.push(Membership {
                person: id.clone(),
                role: role.into(),
                department: department.map(DepartmentId::from),
                valid: Validity::default(),
            });
        }
    }

    fn calendar(&mut self, id: &str, node: &Node) {
        self.known(node, CALENDAR_KEYS);
        let said = |key: &str| {
            node.get(key)
                .and_then(|node| Some((node.inner(), node.scalar()?.text.as_str())))
        };
        let zone = match said("zone") {
            None => TimeZone::UTC,
            Some((span, name)) => TimeZone::get(name).unwrap_or_else(|_| {
                self.add(Code::ReadWord, span, "organisation-zone", name);
                TimeZone::UTC
            }),
        };
        let day = match said("day").map(|(span, text)| (span, Duration::parse(text))) {
            None => 8 * HOUR,
            Some((_, Ok(Duration::Elapsed(ms)))) => ms,
            Some((span, Ok(_))) => {
                self.add(Code::ReadDuration, span, "organisation-day", "8 hours");
                8 * HOUR
            }
            Some((span, Err(problem))) => {
                self.findings.add(Finding::of_duration(span, &problem));
                8 * HOUR
            }
        };
        let mut weekly: [Vec<Interval>; 7] = Default::default();
        if let Some(hours) = node.get("hours") {
            self.known(hours, &WEEKDAYS);
            for (day, name) in weekly.iter_mut().zip(WEEKDAYS) {
                *day = hours.get(name).map(|node| self.hours(node)).unwrap_or_default();
            }
        }
        let closed: BTreeSet<Date> = node
            .get("closed")
            .and_then(Node::list)
            .unwrap_or_default()
            .iter()
            .filter_map(|node| self.date(node.inner(), &node.scalar()?.text))
            .collect();
        let opened: BTreeMap<Date, Vec<Interval>> = entries(node.get("open"))
            .filter_map(|entry| Some((self.date(entry.key.inner, &entry.key.text)?, self.hours(&entry.value))))
            .collect();
        let last = closed.iter().chain(opened.keys()).map(|date| date.year()).max();
        let loaded_through = said("loaded_through").and_then(|(_, year)| year.parse().ok()).or(last);
        let id = CalendarId::from(id);
        let calendar = Calendar {
            id: id.clone(),
            zone,
            day,
            weekly,
            closed,
            opened,
            loaded_through,
            version: 1,
        };
        self.directory.calendars.insert(id, Arc::new(calendar));
    }

    fn hours(&mut self, node: &Node) -> Vec<Interval> {
        let said = node.scalar().map(|scalar| scalar.text.as_str()).unwrap_or_default();
        match hours::parse(said) {
            Ok(hours) => hours,
            Err(problem) => {
                let finding = Finding::new(Code::ReadTime, node.inner()).says(problem.key());
                self.findings.add(match problem {
                    HoursProblem::Shape { found }
                    | HoursProblem::Time { found }
                    | HoursProblem::Empty { found }
                    | HoursProblem::Overlap { found } => finding.with("found", found),
                    HoursProblem::TooMany => finding.with("max", STRETCHES_MAX),
                });
                Vec::new()
            }
        }
    }

    fn date(&mut self, span: Span, text: &str) -> Option<Date> {
        let date = text.parse().ok();
        if date.is_none() {
            self.add(Code::ReadTime, span, "organisation-date", text);
        }
        date
    }

    fn id<'n>(&mut self, node: &'n Node) -> Option<&'n str> {
        let said = node.scalar()?.text.as_str();
        if !is_id(said) {
            self.add(Code::ReadId, node.inner(), "organisation-id", said);
        }
        Some(said)
    }

    /// READ03: keys that mean nothing here.
    fn known(&mut self, node: &Node, keys: &[&'static str]) {
        for entry in entries(Some(node)).filter(|entry| !keys.contains(&entry.key.text.as_str())) {
            let near = nearest(&entry.key.text, keys.iter().copied());
            let finding = Finding::new(Code::ReadUnknownKey, entry.key.inner).says("organisation-key");
            let finding = finding.with("found", &entry.key.text).with("known", keys.join(", "));
            self.findings.add(finding.near(near));
        }
    }

    fn unknown_department(&mut self, found: &str, span: Span) {
        let mut finding = Finding::new(Code::R03, span)
            .says("organisation-department")
            .with("found", found);
        finding.nearest = nearest(found, self.directory.departments.keys().map(DepartmentId::as_str));
        self.findings.add(finding);
    }

    fn add(&mut self, code: Code, span: Span, key: &'static str, found: impl Display) {
        self.findings
            .add(Finding::new(code, span).says(key).with("found", found.to_string()));
    }
}

fn entries(node: Option<&Node>) -> impl Iterator<Item = &Entry> {
    node.and_then(Node::mapping).unwrap_or_default().iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::moment::Moment;

    #[test]
    fn the_shipped_organisation_is_read_without_a_finding() {
        let reading = organisation(include_bytes!("../../../workflows/organisation.yaml"));
        assert_eq!(reading.findings.sorted(), Vec::new());
        let directory = reading.directory.unwrap();
        let calendar = directory.calendar(None).unwrap();
        assert!(calendar.is_working_day("2026-05-09".parse().unwrap()));
        assert!(!calendar.is_working_day("2026-05-01".parse().unwrap()));
        assert_eq!(directory.members(&"manager".into(), None, Moment(0)).len(), 2);
    }

    #[test]
    fn slips_have_their_place_and_the_right_name() {
        let source = "ombud: 1\ncalender: {zone: Asia/Shangai}\ncalendar: {zone: Asia/Shangai, hours: {mon: \"8-12\"}}\n\
                      departments: {finance: {zh: 财务部}}\nroles: [agent]\ntest_staff:\n  li: [agnet, agent@finanse]\n";
        let found = organisation(source.as_bytes()).findings.sorted();
        let codes: Vec<_> = found.iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(codes, ["READ03", "READ08", "READ13", "M01", "P02", "R03"]);
        let near: Vec<_> = found.iter().filter_map(|finding| finding.nearest.as_deref()).collect();
        assert_eq!(near, ["calendar", "agent", "finance"]);
        for language in crate::texts::Language::ALL {
            assert!(found.iter().all(|finding| !finding.sentence(language).is_empty()));
        }
    }
}
