//! Who may: the actor against rules, roles and four eyes (L2). The same answer serves «may I?» and «do it».

use crate::workflow::definition::{At, PeopleSource, RoleOf};
use crate::workflow::id::{ActionId, DepartmentId, PersonId, RoleId, RuleId};

use super::event::Actor;
use super::model::Task;
use super::people::{Found, Walk, departments_in};
use super::refusal::{Code, Objection};
use super::turn::Turn;

/// The actor is among the people that one of the rules means, and did none of `not_by` in this round.
pub(super) fn by_rules(
    turn: &Turn<'_>,
    rules: &[At<RuleId>],
    walk: Walk,
    not_by: &[ActionId],
    task: Option<&Task>,
) -> Result<(), Objection> {
    let Actor::Person(actor) = &turn.actor else {
        return Ok(());
    };
    let excluded = excluded(turn, not_by);
    // History is not asked who was a member then, but four eyes are four eyes (L12).
    if turn.imported {
        return if excluded.contains(actor) {
            Err(Objection::new(Code::NotBy))
        } else {
            Ok(())
        };
    }
    let found = resolve(turn, rules, walk, &excluded, task);
    // Whoever says that they act for a department does so, or not at all: a name that means nothing is not recorded.
    let may = if turn.on_behalf_of.is_some() {
        acts_for_department(turn, actor, rules, task, &excluded)
    } else {
        found.persons.contains(actor)
    };
    if may {
        return Ok(());
    }
    let four_eyes = excluded.contains(actor) && resolve(turn, rules, walk, &[], task).persons.contains(actor);
    let code = if four_eyes { Code::NotBy } else { Code::By };
    let done: Vec<&str> = not_by.iter().map(ActionId::as_str).collect();
    Err(Objection::new(code).who(found.persons).with("not_by", done.join(", ")))
}

fn resolve(turn: &Turn<'_>, rules: &[At<RuleId>], walk: Walk, excluded: &[PersonId], task: Option<&Task>) -> Found {
    let mut found = Found::default();
    for rule in rules {
        found.add(turn.search(task, excluded).resolve(&rule.value, walk));
    }
    found
}

/// Whoever did one of the actions in this round, and their substitutes.
fn excluded(turn: &Turn<'_>, not_by: &[ActionId]) -> Vec<PersonId> {
    if not_by.is_empty() {
        return Vec::new();
    }
    let mut excluded: Vec<PersonId> = turn
        .ticket
        .doers(not_by)
        .into_iter()
        .filter_map(Actor::person)
        .cloned()
        .collect();
    let substitutes: Vec<PersonId> = excluded
        .iter()
        .filter_map(|person| turn.world.directory.substitute_of(person, turn.now))
        .cloned()
        .collect();
    excluded.extend(substitutes);
    excluded
}

/// Acting `on_behalf_of` a department without accounts: by whom the directory lets grant returns, with evidence, and
/// only where a rule asks for that department. Both names stand in the record.
fn acts_for_department(
    turn: &Turn<'_>,
    actor: &PersonId,
    rules: &[At<RuleId>],
    task: Option<&Task>,
    excluded: &[PersonId],
) -> bool {
    let Some(department) = &turn.on_behalf_of else {
        return false;
    };
    let roles = &turn.world.directory.builtin.grant_return;
    !excluded.contains(actor)
        && has_role(turn, actor, roles)
        && rules.iter().any(|rule| means_department(turn, rule, department, task))
}

fn means_department(turn: &Turn<'_>, rule: &RuleId, department: &DepartmentId, task: Option<&Task>) -> bool {
    match turn.definition.people.get(rule).map(|rule| &rule.source) {
        Some(PeopleSource::Role {
            of: Some(RoleOf::Task(_)),
            ..
        }) => task.is_some_and(|task| task.department == *department),
        Some(PeopleSource::Role {
            of: Some(RoleOf::Field(field)),
            ..
        }) => departments_in(turn.ticket.fields.get(&field.value)).contains(&department),
        Some(
            PeopleSource::Role { of: None, .. }
            | PeopleSource::Creator
            | PeopleSource::Assignee
            | PeopleSource::DoerOf(_),
        )
        | None => false,
    }
}

/// The actor, or somebody for whom they stand in now, has one of the roles at this time; so has the `always` role of
/// the workflow, which may never be locked out (R27).
pub(super) fn by_roles(turn: &Turn<'_>, roles: &[RoleId]) -> Result<(), Objection> {
    let Actor::Person(actor) = &turn.actor else {
        return Ok(());
    };
    if turn.imported || (turn.on_behalf_of.is_none() && has_role(turn, actor, roles)) {
        return Ok(());
    }
    let mut who = Vec::new();
    for role in roles {
        who.extend(turn.world.directory.members(role, None, turn.now));
    }
    who.dedup();
    Err(Objection::new(Code::By).who(who))
}

fn has_role(turn: &Turn<'_>, actor: &PersonId, roles: &[RoleId]) -> bool {
    let directory = turn.world.directory;
    let always = turn
        .definition
        .people
        .values()
        .filter(|rule| rule.always)
        .filter_map(|rule| match &rule.source {
            PeopleSource::Role { role, .. } => Some(&role.value),
            PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => None,
        });
    roles.iter().chain(always).any(|role| {
        directory
            .members(role, None, turn.now)
            .iter()
            .any(|member| directory.stand_in(member, turn.now).as_ref() == Some(actor))
    })
}
