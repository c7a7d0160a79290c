//! Slips with departments and people: tasks, rules, four eyes (K, P, Y).

use ombud::workflow::definition::{JoinCondition, PeopleSource, Recipient, Span};
use ombud::workflow::directory::{Directory, Membership};
use ombud::workflow::value::FieldType;

use super::page::Page;
use super::{Mutant, Slip};

pub const SLIPS: &[Slip] = &[
    Slip {
        name: "a task for a text",
        code: "K01",
        sites: |page| {
            let text = page
                .file
                .fields
                .values()
                .find(|field| field.kind == FieldType::Text)
                .unwrap();
            page.write_each(tasks(page), text.id.as_str())
        },
    },
    Slip {
        name: "tasks that are never done",
        code: "K02",
        sites: |page| {
            without_joins(page, |join| {
                matches!(join, JoinCondition::AllDone | JoinCondition::LeadDone)
            })
        },
    },
    Slip {
        name: "tasks that are never returned",
        code: "K03",
        sites: |page| without_joins(page, |join| matches!(join, JoinCondition::AnyReturned)),
    },
    Slip {
        name: "again a task that is not there",
        code: "K05",
        sites: |page| {
            page.write_each(
                page.actions()
                    .iter()
                    .flat_map(|action| &action.again)
                    .map(|key| key.span),
                "zz_task",
            )
        },
    },
    Slip {
        name: "work that begins without a department",
        code: "K06",
        sites: |page| {
            let states = page.file.states.values().filter(|state| !state.tasks.is_empty());
            states
                .map(|state| page.put(&[("anytime", &page.anytime("zz_rush", &format!("to: {}", state.id)))]))
                .collect()
        },
    },
    Slip {
        name: "a rule for people that is not there",
        code: "P01",
        sites: |page| {
            let owners = page.file.states.values().map(|state| state.owner.span);
            let by = page
                .actions()
                .into_iter()
                .flat_map(|action| &action.by)
                .map(|rule| rule.span);
            let told = page.rungs().into_iter().flat_map(|rung| &rung.tell);
            let told = told
                .filter(|recipient| recipient.value != Recipient::OpenTasks)
                .map(|recipient| recipient.span);
            page.write_each(owners.chain(by).chain(told), "zz_nobody")
        },
    },
    Slip {
        name: "an else that is not there",
        code: "P01",
        sites: |page| {
            page.write_each(
                page.file
                    .people
                    .values()
                    .filter_map(|rule| Some(rule.otherwise.as_ref()?.span)),
                "zz_nobody",
            )
        },
    },
    Slip {
        name: "a role that is not there",
        code: "P02",
        sites: |page| {
            let roles = page.file.people.values().filter_map(|rule| match &rule.source {
                PeopleSource::Role { role, .. } => Some(role.span),
                PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => None,
            });
            page.write_each(roles, "zz_role")
        },
    },
    Slip {
        name: "a rule that falls back on itself",
        code: "P03",
        sites: |page| {
            let rules = page.file.people.values();
            rules
                .filter_map(|rule| Some(page.write(rule.otherwise.as_ref()?.span, rule.id.as_str())))
                .collect()
        },
    },
    Slip {
        name: "a chain without an end",
        code: "P03",
        sites: |page| vec![page.put(&[("people", "  zz_agent: {role: agent}")])],
    },
    Slip {
        name: "a last resort on duty only",
        code: "P03",
        sites: |page| {
            let always = page.file.people.values().find(|rule| rule.always).unwrap();
            let place = page.find(page.line(always.span), "always: true");
            place
                .map(|place| page.write(place, "on_duty: true, always: true"))
                .into_iter()
                .collect()
        },
    },
    Slip {
        name: "people of a task where there is none",
        code: "P04",
        sites: |page| {
            let rule = format!("  zz_of_task: {{role: head, of: task, else: {}}}", page.always());
            let start = &page.file.states[page.file.start.as_str()];
            let mutant = page.put(&[("people", &rule)]);
            // The owner stands after the rules, so that its place moves by what was put in.
            let moved = mutant.source.len() - page.source.len();
            let (from, to) = (start.owner.span.start + moved, start.owner.span.end + moved);
            let source = format!("{}zz_of_task{}", &mutant.source[..from], &mutant.source[to..]);
            vec![Mutant::of(source)]
        },
    },
    Slip {
        name: "a last resort without members",
        code: "P05",
        sites: |page| {
            let role = always_role(page);
            vec![directory(page, |membership| membership.role.as_str() != role)]
        },
    },
    Slip {
        name: "four eyes of one",
        code: "P05",
        sites: |page| {
            if page.actions().iter().all(|action| action.not_by.is_empty()) {
                return Vec::new();
            }
            let role = always_role(page);
            let first = page
                .directory
                .memberships
                .iter()
                .find(|membership| membership.role.as_str() == role)
                .unwrap();
            vec![directory(page, |membership| {
                membership.role.as_str() != role || membership.person == first.person
            })]
        },
    },
    Slip {
        name: "not by whom did what is not there",
        code: "Y01",
        sites: |page| {
            page.write_each(
                page.actions()
                    .iter()
                    .flat_map(|action| &action.not_by)
                    .map(|named| named.span),
                "zz_deed",
            )
        },
    },
    Slip {
        name: "not by whom did what comes afterwards",
        code: "Y01",
        sites: |page| {
            let Some(reopen) = page.file.after_close.keys().next() else {
                return Vec::new();
            };
            let named = page.actions().into_iter().flat_map(|action| &action.not_by);
            page.write_each(named.map(|named| named.span), reopen.as_str())
        },
    },
    Slip {
        name: "a department of one",
        code: "Y02",
        sites: |page| {
            let by_reply = page.actions().into_iter().any(|action| {
                let of_department =
                    |rule: &str| matches!(&page.file.people[rule].source, PeopleSource::Role { of: Some(_), .. });
                action.not_by.iter().any(|named| named.as_str() == "reply")
                    && action.by.len() == 1
                    && action.by.iter().all(|rule| of_department(rule.as_str()))
            });
            if by_reply {
                vec![departments_of_one(page)]
            } else {
                Vec::new()
            }
        },
    },
];

fn tasks(page: &Page) -> Vec<Span> {
    page.file
        .states
        .values()
        .flat_map(|state| state.tasks.values())
        .map(|task| task.field.span)
        .collect()
}

/// For each state with tasks the file without these rows of `then`.
fn without_joins(page: &Page, out: fn(&JoinCondition) -> bool) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for state in page.file.states.values().filter(|state| !state.tasks.is_empty()) {
        let rows: Vec<_> = state.joins.iter().filter(|join| out(&join.condition)).collect();
        if rows.is_empty() || rows.len() == state.joins.len() {
            continue;
        }
        // A condition that is there already: the row stays and means something else.
        let other = state.joins.iter().find(|join| !out(&join.condition)).unwrap();
        let word = |join: JoinCondition| match join {
            JoinCondition::AnyReturned => "any_returned",
            JoinCondition::AllDone => "all_done",
            JoinCondition::LeadDone => "lead_done",
            JoinCondition::NDone(_) => "n_done",
        };
        let edits = rows.iter().filter_map(|join| {
            Some((
                page.find(join.span, word(join.condition))?,
                word(other.condition).to_owned(),
            ))
        });
        mutants.push(page.write_all(edits.collect()));
    }
    mutants
}

fn always_role(page: &Page) -> String {
    let always = page.file.people.values().find(|rule| rule.always).unwrap();
    match &always.source {
        PeopleSource::Role { role, .. } => role.to_string(),
        PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => unreachable!("P03"),
    }
}

/// The file in an organisation where only some have their role.
fn directory(page: &Page, keep: impl Fn(&Membership) -> bool) -> Mutant {
    let mut directory: Directory = page.directory.clone();
    directory.memberships.retain(|membership| keep(membership));
    directory.changed();
    Mutant {
        directory: Some(directory),
        ..Mutant::of(page.source.to_owned())
    }
}

/// In each department one person is everything.
fn departments_of_one(page: &Page) -> Mutant {
    let mut directory: Directory = page.directory.clone();
    for department in page.directory.departments.keys() {
        let first = page
            .directory
            .memberships
            .iter()
            .find(|one| one.department.as_ref() == Some(department));
        let Some(person) = first.map(|one| one.person.clone()) else {
            continue;
        };
        let theirs = directory
            .memberships
            .iter_mut()
            .filter(|one| one.department.as_ref() == Some(department));
        theirs.for_each(|one| one.person = person.clone());
    }
    directory.changed();
    Mutant {
        directory: Some(directory),
        ..Mutant::of(page.source.to_owned())
    }
}
