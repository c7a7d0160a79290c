//! Who hears of what departments do with their tasks, without a line in the file: a return that nobody decides, or a
//! task that went to people who know nothing of it, would be forgotten (R14, R15).

use std::sync::Arc;

use crate::workflow::definition::{PeopleRule, PeopleSource, Recipient};
use crate::workflow::id::{ActionId, RuleId};

use super::super::event::Body;
use super::super::model::{Task, TaskId};
use super::super::people::Found;
use super::super::turn::Turn;

/// Whoever decides on returns: the file's own rules for the roles that may, along their `else`; else the `always` ones.
pub(super) fn deciders(turn: &mut Turn<'_>, about: &str) {
    let definition = Arc::clone(&turn.definition);
    let roles = &turn.world.directory.builtin.grant_return;
    let decides = |rule: &&PeopleRule| match &rule.source {
        PeopleSource::Role { role, of: None, .. } => roles.contains(&role.value),
        PeopleSource::Role { of: Some(_), .. }
        | PeopleSource::Creator
        | PeopleSource::Assignee
        | PeopleSource::DoerOf(_) => false,
    };
    let mut rules: Vec<RuleId> = definition
        .people
        .values()
        .filter(decides)
        .map(|rule| rule.id.clone())
        .collect();
    if rules.is_empty() {
        rules = definition
            .people
            .values()
            .filter(|rule| rule.always)
            .map(|rule| rule.id.clone())
            .collect();
    }
    say(turn, None, &rules, about);
}

/// Whoever works on the task now.
pub(super) fn owners_of(turn: &mut Turn<'_>, id: TaskId, about: &str) {
    if let Some(task) = turn.ticket.task(id).cloned() {
        let rule = task.owner.clone();
        say(turn, Some(&task), &[rule], about);
    }
}

fn say(turn: &mut Turn<'_>, task: Option<&Task>, rules: &[RuleId], about: &str) {
    if turn.imported {
        return;
    }
    let mut found = Found::default();
    for rule in rules {
        found.add(turn.search(task, &[]).recipients(&Recipient::Rule(rule.clone())));
    }
    turn.emit(Body::Told {
        message: None,
        to: found.persons,
        way: found.way,
        about: Some(ActionId::from(about)),
    });
}
