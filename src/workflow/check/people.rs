//! P: rules for people. Each ends in a role that is never empty, and asks for the task's people only where there is one.

use std::collections::{HashMap, HashSet};

use crate::workflow::definition::{At, Definition, PeopleRule, PeopleSource, Recipient, RoleOf, Runs, Span};
use crate::workflow::directory::Directory;
use crate::workflow::effort;
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::{RoleId, RuleId};

use super::Ground;
use super::names::unknown;

/// Levels of an `else` chain that are asked for people (L2); what comes after them is never found.
pub const LEVELS_MAX: usize = 32;

pub(super) fn check(ground: &Ground, findings: &mut Findings) {
    roles(ground, findings);
    chains(ground, findings);
    always(ground, findings);
    task_bound(ground, findings);
    members(ground, findings);
}

/// The names of the rule and of those after it along `else`.
pub(in crate::workflow) fn people_of(file: &Definition, rule: &RuleId) -> Vec<RuleId> {
    chain(file, rule).into_iter().map(|rule| rule.id.clone()).collect()
}

/// The rule and those after it along `else`, each once.
pub(super) fn chain<'a>(file: &'a Definition, rule: &RuleId) -> Vec<&'a PeopleRule> {
    let mut found: Vec<&PeopleRule> = Vec::new();
    let mut seen: HashSet<&RuleId> = HashSet::new();
    let mut next = file.people.get(rule);
    while let Some(rule) = next.filter(|rule| seen.insert(&rule.id)) {
        effort::spend(1);
        found.push(rule);
        next = rule
            .otherwise
            .as_ref()
            .and_then(|otherwise| file.people.get(&otherwise.value));
    }
    found
}

/// The levels that are asked, the rule itself first; in a circle (P03) some more than once.
pub(super) fn levels<'a>(file: &'a Definition, rule: &RuleId) -> impl Iterator<Item = &'a PeopleRule> {
    let next = |rule: &&'a PeopleRule| file.people.get(&rule.otherwise.as_ref()?.value);
    std::iter::successors(file.people.get(rule), next).take(LEVELS_MAX)
}

/// P02: with a directory, its roles.
fn roles(ground: &Ground, findings: &mut Findings) {
    let Some(directory) = ground.around.directory else {
        return;
    };
    for rule in ground.file.people.values() {
        if let PeopleSource::Role { role, .. } = &rule.source
            && !role.as_str().is_empty()
            && !directory.roles.contains_key(&role.value)
        {
            findings.add(unknown(
                Code::P02,
                "role",
                role,
                directory.roles.keys().map(RoleId::as_str),
            ));
        }
    }
}

/// P03: a circle is told once, an end that is not `always` where it is.
fn chains(ground: &Ground, findings: &mut Findings) {
    let mut told: HashSet<&RuleId> = HashSet::new();
    for rule in ground.file.people.values() {
        let chain = chain(ground.file, &rule.id);
        let Some(last) = chain.last() else { continue };
        match &last.otherwise {
            None if last.always && chain.len() <= LEVELS_MAX => {}
            // The last resort would never be asked.
            None if last.always => {
                if told.insert(&last.id) {
                    let finding = Finding::new(Code::P03, rule.span)
                        .variant("long")
                        .with("rule", &rule.id);
                    findings.add(finding.with("count", chain.len()).with("max", LEVELS_MAX));
                }
            }
            None => {
                if told.insert(&last.id) {
                    findings.add(Finding::new(Code::P03, last.span).variant("end").with("rule", &last.id));
                }
            }
            // An unknown name is P01.
            Some(next) if !ground.file.people.contains_key(&next.value) => {}
            Some(next) => {
                let circle: Vec<_> = chain
                    .iter()
                    .skip_while(|rule| rule.id != next.value)
                    .map(|rule| &rule.id)
                    .collect();
                if circle.iter().all(|id| told.insert(id)) {
                    let names: Vec<_> = circle.iter().map(|id| id.as_str()).collect();
                    let finding = Finding::new(Code::P03, next.span)
                        .variant("circle")
                        .with("rule", &last.id);
                    findings.add(finding.with("circle", names.join(" → ")));
                }
            }
        }
    }
}

/// P03: what is `always` there depends on no field, task, duty roster or earlier step, and has no `else`.
fn always(ground: &Ground, findings: &mut Findings) {
    for rule in ground.file.people.values().filter(|rule| rule.always) {
        if let Some(next) = &rule.otherwise {
            findings.add(
                Finding::new(Code::P03, next.span)
                    .variant("always-else")
                    .with("rule", &rule.id),
            );
        }
        let certain = match &rule.source {
            PeopleSource::Role { of, on_duty, .. } => of.is_none() && !on_duty,
            PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => false,
        };
        if !certain {
            findings.add(
                Finding::new(Code::P03, rule.span)
                    .variant("always-may-be-empty")
                    .with("rule", &rule.id),
            );
        }
    }
}

/// P04.
fn task_bound(ground: &Ground, findings: &mut Findings) {
    let mut used: Vec<(&RuleId, Span)> = Vec::new();
    for state in ground.file.states.values() {
        used.push((&state.owner.value, state.owner.span));
    }
    for (_, action) in ground.actions() {
        used.extend(action.by.iter().map(|rule| (&rule.value, rule.span)));
        used.extend(told(&action.tell));
    }
    for clock in ground
        .file
        .clocks
        .values()
        .filter(|clock| !matches!(clock.runs, Runs::Task { .. }))
    {
        for rung in &clock.ladder {
            used.extend(told(&rung.tell));
        }
    }
    let is_bound = |rule: &&PeopleRule| {
        matches!(
            rule.source,
            PeopleSource::Role {
                of: Some(RoleOf::Task(_)),
                ..
            }
        )
    };
    let bound: HashMap<&RuleId, Option<&PeopleRule>> = ground
        .file
        .people
        .keys()
        .map(|rule| (rule, chain(ground.file, rule).into_iter().find(is_bound)))
        .collect();
    for (rule, span) in used {
        if let Some(Some(bound)) = bound.get(rule) {
            findings.add(
                Finding::new(Code::P04, span)
                    .with("rule", rule)
                    .with("bound", &bound.id),
            );
        }
    }
}

fn told(recipients: &[At<Recipient>]) -> impl Iterator<Item = (&RuleId, Span)> {
    recipients.iter().filter_map(|recipient| match &recipient.value {
        Recipient::Rule(rule) => Some((rule, recipient.span)),
        Recipient::OpenTasks => None,
    })
}

/// P05: with a directory, the last resort is staffed; under four eyes by two.
fn members(ground: &Ground, findings: &mut Findings) {
    let Some(directory) = ground.around.directory else {
        return;
    };
    let mut lonely: HashSet<&RuleId> = HashSet::new();
    for rule in ground.file.people.values().filter(|rule| rule.always) {
        if let Some((role, 0)) = count(ground, directory, rule) {
            findings.add(
                Finding::new(Code::P05, rule.span)
                    .with("rule", &rule.id)
                    .with("role", role),
            );
            lonely.insert(&rule.id);
        }
    }
    for (_, action) in ground.actions().filter(|(_, action)| !action.not_by.is_empty()) {
        for by in &action.by {
            let Some(last) = chain(ground.file, &by.value).pop().filter(|rule| rule.always) else {
                continue;
            };
            if let Some((role, 1)) = count(ground, directory, last)
                && lonely.insert(&last.id)
            {
                findings.add(
                    Finding::new(Code::P05, last.span)
                        .variant("four-eyes")
                        .with("rule", &last.id)
                        .with("role", role)
                        .with("action", &action.id),
                );
            }
        }
    }
}

/// The role of a rule and how many have it; `None` for a role that is not there (P02).
fn count<'a>(ground: &Ground, directory: &Directory, rule: &'a PeopleRule) -> Option<(&'a RoleId, usize)> {
    match &rule.source {
        PeopleSource::Role { role, .. } if directory.roles.contains_key(&role.value) => Some((
            &role.value,
            directory.members(&role.value, None, ground.around.now).len(),
        )),
        PeopleSource::Role { .. } | PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => None,
    }
}
