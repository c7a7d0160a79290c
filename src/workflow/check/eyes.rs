//! Y: four eyes. What `not_by` names can have been done before, and somebody is left to act.
//!
//! For Y02 each department of the directory is played through: who may have done the named action there, who may act,
//! and whether removing one doer of each named action (with substitutes) leaves a level of the chain without anybody.
//! Persons are counted by membership, not by duty or absence: those change by the hour, the file does not.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::workflow::definition::{Action, At, PeopleRule, PeopleSource, Place, Span};
use crate::workflow::directory::Directory;
use crate::workflow::effort;
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::{ActionId, DepartmentId, PersonId, RuleId, StateId};

use super::graph::possible_in;
use super::names::unknown;
use super::people::levels;
use super::{Ground, Target, builtin};

/// Departments that a sentence names.
const NAMED_MAX: usize = 8;
/// Members that are looked at while taking them out one by one.
const TRIES_MAX: usize = 10_000;
/// Levels that are looked at for all departments and actions together.
const LEVELS_SEEN_MAX: usize = 1_000_000;

pub(super) fn check(ground: &Ground, findings: &mut Findings) {
    // Under a misspelt role (P02) everybody seems to be missing.
    let unknown_roles = ground.around.directory.is_some_and(|directory| {
        ground.file.people.values().any(|rule| match &rule.source {
            PeopleSource::Role { role, .. } => !directory.roles.contains_key(&role.value),
            PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => false,
        })
    });
    let mut reached = HashMap::new();
    let eyes = ground.around.directory.map(|directory| Eyes::new(ground, directory));
    for (home, action) in ground.actions() {
        let before = findings.as_slice().len();
        for named in &action.not_by {
            impossible(ground, home, action, named, &mut reached, findings);
        }
        let sound = findings.as_slice().len() == before && !findings.is_full() && !unknown_roles;
        if let (Some(eyes), Some(first), true) = (&eyes, action.not_by.first(), sound) {
            locked(eyes, action, first.span, findings);
        }
    }
}

/// Where a ticket may be after an action was done.
type Reached<'a> = HashMap<&'a ActionId, HashSet<&'a StateId>>;

/// Y01: nobody can have done it earlier in the round.
fn impossible<'a>(
    ground: &Ground<'a>,
    home: Option<&'a StateId>,
    action: &'a Action,
    named: &'a At<ActionId>,
    reached: &mut Reached<'a>,
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
    let reached = reached
        .entry(&named.value)
        .or_insert_with(|| reached_after(ground, &named.value, own.is_empty()));
    let possible = match action.place {
        Place::AfterClose => own.iter().any(|(_, known)| known.place != Place::AfterClose) || !reached.is_empty(),
        Place::State | Place::Anytime => possible_in(file, home, action)
            .into_iter()
            .any(|state| reached.contains(state)),
    };
    if !possible {
        let finding = Finding::new(Code::Y01, named.span).with("named", &**named);
        findings.add(finding.with("action", &action.id));
    }
}

/// Where a ticket may be once the action was done; an action of tasks is done where there are tasks.
fn reached_after<'a>(ground: &Ground<'a>, named: &ActionId, of_tasks: bool) -> HashSet<&'a StateId> {
    let mut after: Vec<&StateId> = Vec::new();
    if of_tasks {
        let states = ground.file.states.values();
        after.extend(states.filter(|state| !state.tasks.is_empty()).map(|state| &state.id));
    }
    for edge in &ground.graph.edges {
        let is_named = edge.driver.action().is_some_and(|known| known.id == *named);
        // Reopening begins a new round: what was done before it does not count (L1).
        if let (true, Some(from)) = (is_named, edge.from) {
            match edge.target {
                Target::State(state) | Target::Back(state) => after.push(state),
                Target::Stay => after.push(from),
                Target::Closed(_) | Target::Becomes | Target::Unknown => {}
            }
        }
    }
    ground.graph.reach_from(&after, |_| true)
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
        if eyes.seen.get() > LEVELS_SEEN_MAX {
            let finding = Finding::new(Code::Y02, span).variant("not-tried").warning();
            findings.add(finding.with("action", &action.id).with("max", LEVELS_SEEN_MAX));
            return;
        }
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

/// Persons that were asked for before.
type Memo<K> = RefCell<HashMap<K, Rc<[PersonId]>>>;

struct Eyes<'a> {
    ground: &'a Ground<'a>,
    directory: &'a Directory,
    /// The members of rules, those of a role in the department apart.
    members: Memo<(&'a RuleId, Option<&'a DepartmentId>)>,
    /// Who may have done what for which department.
    doers: Memo<(ActionId, &'a DepartmentId)>,
    /// Levels that were looked at.
    seen: Cell<usize>,
}

impl<'a> Eyes<'a> {
    fn new(ground: &'a Ground<'a>, directory: &'a Directory) -> Self {
        Self {
            ground,
            directory,
            members: RefCell::default(),
            doers: RefCell::default(),
            seen: Cell::default(),
        }
    }

    fn verdict(&self, action: &Action, rule: &RuleId, department: &'a DepartmentId) -> Verdict {
        let doers: Vec<Rc<[PersonId]>> = action
            .not_by
            .iter()
            .map(|named| self.doers(&named.value, department))
            .collect();
        let mut was_locked = false;
        for (level, rule) in levels(self.ground.file, rule).enumerate() {
            if level > 0 && action.place != Place::State && !rule.always {
                continue;
            }
            let members = self.members(rule, department);
            if members.is_empty() {
                continue;
            }
            let mut tries = TRIES_MAX;
            if self.can_remove(&members, &doers, &mut tries) {
                was_locked = true;
            } else if rule.always && was_locked {
                return Verdict::LastResort;
            } else {
                return Verdict::Free;
            }
        }
        if was_locked { Verdict::Locked } else { Verdict::Free }
    }

    /// True when each member can be taken out by a different named action. Where that takes too long to find out there
    /// are enough of them.
    fn can_remove(&self, members: &[PersonId], doers: &[Rc<[PersonId]>], tries: &mut usize) -> bool {
        let Some((doer_sets, others)) = doers.split_first() else {
            return members.is_empty();
        };
        if members.is_empty() {
            return true;
        }
        let Some(left) = tries.checked_sub(members.len()) else {
            return false;
        };
        *tries = left;
        effort::spend(members.len());
        // Each action takes out one doer, and the substitutes of that doer: more members than that are safe.
        if self.can_remove(members, others, tries) {
            return true;
        }
        doer_sets.iter().any(|doer| {
            let left: Vec<PersonId> = members
                .iter()
                .filter(|member| *member != doer && !self.is_substitute(member, doer))
                .cloned()
                .collect();
            left.len() < members.len() && self.can_remove(&left, others, tries)
        })
    }

    fn is_substitute(&self, person: &PersonId, of: &PersonId) -> bool {
        self.directory
            .absences
            .iter()
            .any(|absence| absence.person == *of && absence.substitute.as_ref() == Some(person))
    }

    /// Who may have done it for this department.
    fn doers(&self, named: &ActionId, department: &'a DepartmentId) -> Rc<[PersonId]> {
        let key = (named.clone(), department);
        if let Some(known) = self.doers.borrow().get(&key) {
            return Rc::clone(known);
        }
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
        let found: Rc<[PersonId]> = found.into();
        self.doers.borrow_mut().insert(key, Rc::clone(&found));
        found
    }

    /// The persons of the first level that has any; of a level on duty also those of the next.
    fn first_found(&self, rule: &RuleId, department: &'a DepartmentId, place: Place, found: &mut Vec<PersonId>) {
        for (level, rule) in levels(self.ground.file, rule).enumerate() {
            if level > 0 && place != Place::State && !rule.always {
                continue;
            }
            let members = self.members(rule, department);
            for member in members.iter() {
                if !found.contains(member) {
                    found.push(member.clone());
                }
            }
            let on_duty = matches!(rule.source, PeopleSource::Role { on_duty: true, .. });
            if !members.is_empty() && !on_duty {
                return;
            }
        }
    }

    fn members(&self, rule: &'a PeopleRule, department: &'a DepartmentId) -> Rc<[PersonId]> {
        self.seen.set(self.seen.get() + 1);
        effort::spend(1);
        let (role, of) = match &rule.source {
            PeopleSource::Role { role, of, .. } => (role, of.as_ref().map(|_| department)),
            PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => return Rc::default(),
        };
        let mut known = self.members.borrow_mut();
        let members = || self.directory.members(&role.value, of, self.ground.around.now).into();
        Rc::clone(known.entry((&rule.id, of)).or_insert_with(members))
    }
}
