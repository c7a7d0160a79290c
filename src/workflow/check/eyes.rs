//! Y: four eyes. What `not_by` names can have been done before, and somebody is left to act.
//!
//! For Y02 each department of the directory is played through: who may have done the named action there, who may act,
//! and whether removing one doer of each named action (with substitutes) leaves a level of the chain without anybody.
//! Persons are counted by membership, not by duty or absence: those change by the hour, the file does not.

use crate::workflow::definition::{Action, PeopleRule, PeopleSource, Place, Span};
use crate::workflow::directory::Directory;
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::{ActionId, DepartmentId, PersonId, RuleId, StateId};

use super::graph::possible_in;
use super::names::unknown;
use super::people::chain;
use super::{Ground, Target, builtin};

/// Departments that a sentence names.
const NAMED_MAX: usize = 8;

pub(super) fn check(ground: &Ground, findings: &mut Findings) {
    // Under a misspelt role (P02) everybody seems to be missing.
    let unknown_roles = ground.around.directory.is_some_and(|directory| {
        ground.file.people.values().any(|rule| match &rule.source {
            PeopleSource::Role { role, .. } => !directory.roles.contains_key(&role.value),
            PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => false,
        })
    });
    for (home, action) in ground.actions() {
        let before = findings.as_slice().len();
        for named in &action.not_by {
            impossible(ground, home, action, named, findings);
        }
        let sound = findings.as_slice().len() == before && !unknown_roles;
        if let (Some(directory), Some(first), true) = (ground.around.directory, action.not_by.first(), sound) {
            locked(&Eyes { ground, directory }, action, first.span, findings);
        }
    }
}

/// Y01: nobody can have done it earlier in the round.
fn impossible(
    ground: &Ground,
    home: Option<&StateId>,
    action: &Action,
    named: &crate::workflow::definition::At<ActionId>,
    findings: &mut Findings,
) {
    let file = ground.file;
    if named.as_str().is_empty() {
        return;
    }
    let own: Vec<(Option<&StateId>, &Action)> = ground.actions().filter(|(_, known)| known.id == named.value).collect();
    if own.is_empty() && !builtin::is_builtin(&named.value) {
        findings.add(unknown(Code::Y01, "action", named, builtin::actions(file)).variant("unknown"));
        return;
    }
    if ground.graph.torn || (own.is_empty() && !builtin::is_of_task(&named.value)) {
        return;
    }
    // Where the ticket may be once it was done.
    let mut after: Vec<&StateId> = Vec::new();
    if own.is_empty() {
        after.extend(
            file.states
                .values()
                .filter(|state| !state.tasks.is_empty())
                .map(|state| &state.id),
        );
    }
    for edge in &ground.graph.edges {
        let is_named = edge.driver.action().is_some_and(|known| known.id == named.value);
        // Reopening begins a new round: what was done before it does not count (L1).
        if let (true, Some(from)) = (is_named, edge.from) {
            match edge.target {
                Target::State(state) | Target::Back(state) => after.push(state),
                Target::Stay => after.push(from),
                Target::Closed(_) | Target::Becomes | Target::Unknown => {}
            }
        }
    }
    let reached = ground.graph.reach_from(&after, |_| true);
    let possible = match action.place {
        Place::AfterClose => own.iter().any(|(_, known)| known.place != Place::AfterClose) || !after.is_empty(),
        Place::State | Place::Anytime => possible_in(file, home, action)
            .into_iter()
            .any(|state| reached.contains(state)),
    };
    if !possible {
        let finding = Finding::new(Code::Y01, named.span).with("named", &**named);
        findings.add(finding.with("action", &action.id));
    }
}

/// How a department comes out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Free,
    /// Only the `always` role is left.
    LastResort,
    Locked,
}

/// Y02.
fn locked(eyes: &Eyes, action: &Action, span: Span, findings: &mut Findings) {
    let mut locked: Vec<&str> = Vec::new();
    let mut last_resort: Vec<&str> = Vec::new();
    for department in eyes.directory.departments.values() {
        let verdicts = action
            .by
            .iter()
            .map(|rule| eyes.verdict(action, &rule.value, &department.id));
        match verdicts.min() {
            Some(Verdict::Locked) => locked.push(department.id.as_str()),
            Some(Verdict::LastResort) => last_resort.push(department.id.as_str()),
            Some(Verdict::Free) | None => {}
        }
    }
    let not_by: Vec<&str> = action.not_by.iter().map(|named| named.as_str()).collect();
    let finding = |departments: Vec<&str>| {
        let count = departments.len();
        let mut shown: Vec<&str> = departments.into_iter().take(NAMED_MAX).collect();
        if count > NAMED_MAX {
            shown.push("…");
        }
        Finding::new(Code::Y02, span)
            .with("action", &action.id)
            .with("not_by", not_by.join(", "))
            .with("departments", shown.join(", "))
            .with("count", count)
    };
    if !locked.is_empty() {
        findings.add(finding(locked));
    }
    if !last_resort.is_empty() {
        findings.add(finding(last_resort).variant("last-resort").warning());
    }
}

struct Eyes<'a> {
    ground: &'a Ground<'a>,
    directory: &'a Directory,
}

impl Eyes<'_> {
    fn verdict(&self, action: &Action, rule: &RuleId, department: &DepartmentId) -> Verdict {
        let doers: Vec<Vec<PersonId>> = action
            .not_by
            .iter()
            .map(|named| self.doers(&named.value, department))
            .collect();
        let mut was_locked = false;
        for (level, rule) in chain(self.ground.file, rule).into_iter().enumerate() {
            if level > 0 && action.place != Place::State && !rule.always {
                continue;
            }
            let members = self.members(rule, department);
            if members.is_empty() {
                continue;
            }
            if self.can_remove(&members, &doers) {
                was_locked = true;
            } else if rule.always && was_locked {
                return Verdict::LastResort;
            } else {
                return Verdict::Free;
            }
        }
        if was_locked { Verdict::Locked } else { Verdict::Free }
    }

    /// True when each member can be taken out by a different named action.
    fn can_remove(&self, members: &[PersonId], doers: &[Vec<PersonId>]) -> bool {
        let Some((doer_sets, others)) = doers.split_first() else {
            return members.is_empty();
        };
        if members.is_empty() {
            return true;
        }
        // Each action takes out one doer, and the substitutes of that doer: more members than that are safe.
        if self.can_remove(members, others) {
            return true;
        }
        doer_sets.iter().any(|doer| {
            let left: Vec<PersonId> = members
                .iter()
                .filter(|member| *member != doer && !self.is_substitute(member, doer))
                .cloned()
                .collect();
            left.len() < members.len() && self.can_remove(&left, others)
        })
    }

    fn is_substitute(&self, person: &PersonId, of: &PersonId) -> bool {
        self.directory
            .absences
            .iter()
            .any(|absence| absence.person == *of && absence.substitute.as_ref() == Some(person))
    }

    /// Who may have done it for this department.
    fn doers(&self, named: &ActionId, department: &DepartmentId) -> Vec<PersonId> {
        let file = self.ground.file;
        let mut found = Vec::new();
        if builtin::is_of_task(named) {
            for task in file.states.values().flat_map(|state| state.tasks.values()) {
                self.first_found(&task.owner.value, department, Place::State, &mut found);
            }
        }
        for (_, action) in self.ground.actions().filter(|(_, action)| action.id == *named) {
            for rule in &action.by {
                self.first_found(&rule.value, department, action.place, &mut found);
            }
        }
        found
    }

    /// The persons of the first level that has any; of a level on duty also those of the next.
    fn first_found(&self, rule: &RuleId, department: &DepartmentId, place: Place, found: &mut Vec<PersonId>) {
        for (level, rule) in chain(self.ground.file, rule).into_iter().enumerate() {
            if level > 0 && place != Place::State && !rule.always {
                continue;
            }
            let members = self.members(rule, department);
            let is_empty = members.is_empty();
            for member in members {
                if !found.contains(&member) {
                    found.push(member);
                }
            }
            let on_duty = matches!(rule.source, PeopleSource::Role { on_duty: true, .. });
            if !is_empty && !on_duty {
                return;
            }
        }
    }

    fn members(&self, rule: &PeopleRule, department: &DepartmentId) -> Vec<PersonId> {
        match &rule.source {
            PeopleSource::Role { role, of, .. } => {
                self.directory
                    .members(&role.value, of.as_ref().map(|_| department), self.ground.around.now)
            }
            PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => Vec::new(),
        }
    }
}
