//! The shipped workflow files, read and checked for all tests that play with them.

use std::sync::Arc;

use indexmap::IndexMap;
use ombud::workflow::calendar::Calendar;
use ombud::workflow::check::{Surroundings, check};
use ombud::workflow::definition::Definition;
use ombud::workflow::directory::Directory;
use ombud::workflow::id::WorkflowId;
use ombud::workflow::read::read;
use ombud::workflow::shipped::WORKFLOWS;

/// The six kinds, compiled, and the stand-in organisation.
pub fn load() -> (IndexMap<WorkflowId, Arc<Definition>>, Directory) {
    let directory = organisation();
    let definitions = WORKFLOWS
        .iter()
        .map(|(name, source)| (WorkflowId::from(*name), Arc::new(definition(source, &directory))));
    (definitions.collect(), directory)
}

pub fn definition(source: &str, directory: &Directory) -> Definition {
    let mut reading = read(source.as_bytes()).definition.unwrap();
    check(
        &mut reading,
        &Surroundings {
            directory: Some(directory),
            ..Surroundings::default()
        },
    );
    reading
}

fn organisation() -> Directory {
    use ombud::workflow::calendar::Interval;
    use ombud::workflow::definition::Text;
    use ombud::workflow::directory::{Department, Membership, Person, Validity};
    let source = ombud::workflow::shipped::ORGANISATION;
    let mut directory = Directory::default();
    let mut part = "";
    for line in source.lines() {
        let line = line.split('#').next().unwrap();
        if !line.starts_with(' ') && line.contains(':') {
            part = line.split(':').next().unwrap();
            if part == "roles" {
                for role in line.split(['[', ']']).nth(1).unwrap().split(',') {
                    directory.roles.insert(role.trim().into(), Text::default());
                }
            }
            continue;
        }
        let Some((name, rest)) = line.trim().split_once(':') else {
            continue;
        };
        if part == "departments" {
            let id: ombud::workflow::id::DepartmentId = name.into();
            directory.departments.insert(
                id.clone(),
                Department {
                    id,
                    title: Text::default(),
                    parent: None,
                    valid: Validity::default(),
                },
            );
        }
        if part == "test_staff" {
            let id: ombud::workflow::id::PersonId = name.into();
            directory.people.insert(
                id.clone(),
                Person {
                    id: id.clone(),
                    name: name.into(),
                    email: None,
                    language: "zh-CN".into(),
                    valid: Validity::default(),
                },
            );
            for role in rest.split(['[', ']']).nth(1).unwrap().split(',') {
                let (role, department) = match role.trim().split_once('@') {
                    Some((r, d)) => (r, Some(d.into())),
                    None => (role.trim(), None),
                };
                directory.memberships.push(Membership {
                    person: id.clone(),
                    role: role.into(),
                    department,
                    valid: Validity::default(),
                });
            }
        }
    }
    let hours = vec![Interval { from: 510, to: 720 }, Interval { from: 810, to: 1080 }];
    let calendar = Calendar {
        id: "default".into(),
        zone: jiff::tz::TimeZone::get("Asia/Shanghai").unwrap(),
        day: 8 * 3_600_000,
        weekly: [
            hours.clone(),
            hours.clone(),
            hours.clone(),
            hours.clone(),
            hours,
            vec![],
            vec![],
        ],
        closed: std::collections::BTreeSet::default(),
        opened: std::collections::BTreeMap::default(),
        loaded_through: None,
        version: 1,
    };
    directory.calendars.insert("default".into(), Arc::new(calendar));
    directory
}

#[test]
fn stories() {
    let (definitions, directory) = load();
    let active = |id: &WorkflowId| definitions.get(id).cloned();
    for (name, source) in WORKFLOWS {
        let mut reading = read(source.as_bytes());
        let found: Vec<_> = reading.findings.as_slice().iter().map(|f| f.code.as_str()).collect();
        println!("{name}: read {found:?}");
        let findings = check(
            reading.definition.as_mut().unwrap(),
            &Surroundings {
                directory: Some(&directory),
                ..Surroundings::default()
            },
        );
        for finding in findings.as_slice() {
            println!(
                "  {} {} {}",
                1 + source[..finding.span.start].matches('\n').count(),
                finding.code.as_str(),
                finding.sentence(ombud::texts::Language::En)
            );
        }
        for failure in ombud::ticket::story::run_all(&definitions[name], &directory, &active) {
            let line = 1 + source[..failure.span.start].matches('\n').count();
            println!(
                "  {name}:{line} {} expected {} found {} ({})",
                failure.what, failure.expected, failure.found, failure.story
            );
        }
    }
}
