//! From a person's roles to what they may see, and to whose turn it is.
//!
//! A role means what it is called (DOMAIN, «Words»); what else an administrator names sees its own tickets, and those
//! of its department when it is a role in one.

use crate::store::held::Held;
use crate::store::visible::{Sees, Viewer};
use crate::workflow::directory::Directory;
use crate::workflow::id::{DepartmentId, PersonId, RoleId};
use crate::workflow::moment::Moment;

use super::principal::Principal;
use super::read::Sight;

/// See every ticket.
const SEE_ALL: [&str; 2] = [MANAGER, AUDITOR];
/// See every open ticket of the centre.
const SEE_OPEN: [&str; 1] = ["shift_lead"];
/// See the departments below theirs too.
const SEE_SUBTREE: [&str; 1] = ["head"];
/// The telephone system: reports hang-ups and recordings of everybody's contacts.
pub const TELEPHONY: &str = "telephony";
/// Sees everything, and may do what an administrator may.
pub const MANAGER: &str = "manager";
/// Keep the settings and see no contents.
pub const ADMINISTRATOR: &str = "administrator";
/// See everything, the record of the directory too, and change nothing.
pub const AUDITOR: &str = "auditor";

/// The viewer a person is at this moment, without the chains that lists need ([`chains_to`]).
pub fn viewer(directory: &Directory, principal: &Principal, now: Moment) -> Viewer {
    let mut viewer = Viewer {
        person: principal.person.clone(),
        all: false,
        open: false,
        chains: Vec::new(),
        departments: Vec::new(),
        narrowed: principal
            .department
            .as_ref()
            .map(|department| directory.subtree(department)),
    };
    for membership in directory.roles_of(&principal.person, now) {
        let role = membership.role.as_str();
        match &membership.department {
            None => {
                viewer.all |= SEE_ALL.contains(&role);
                viewer.open |= SEE_OPEN.contains(&role);
            }
            Some(_) if role == ADMINISTRATOR => {}
            Some(department) if SEE_SUBTREE.contains(&role) => viewer.departments.extend(directory.subtree(department)),
            Some(department) => viewer.departments.push(department.clone()),
        }
    }
    viewer.departments.sort();
    viewer.departments.dedup();
    viewer
}

/// Those of the chains that lead to this person now.
pub fn chains_to<'c>(
    directory: &Directory,
    person: &PersonId,
    chains: impl IntoIterator<Item = &'c str>,
    now: Moment,
) -> Vec<String> {
    let mut words = words_of(directory, person, now);
    let stands_in_for = directory
        .absences
        .iter()
        .filter(|absence| absence.substitute.as_ref() == Some(person) && absence.from <= now && now < absence.to);
    for absence in stands_in_for {
        words.extend(words_of(directory, &absence.person, now));
    }
    chains
        .into_iter()
        .filter(|chain| words.iter().any(|word| chain.contains(word.as_str())))
        .filter(|chain| leads_to(directory, chain, person, now))
        .map(ToOwned::to_owned)
        .collect()
}

/// What must stand in a chain that could lead to this person.
fn words_of(directory: &Directory, person: &PersonId, now: Moment) -> Vec<String> {
    let mut words = vec![format!("person:{person}")];
    words.extend(
        directory
            .roles_of(person, now)
            .map(|membership| format!("role:{}", membership.role)),
    );
    words
}

/// True when a role of the person is this one, in any department or in the centre.
pub fn has_role(directory: &Directory, person: &PersonId, role: &str, now: Moment) -> bool {
    directory
        .roles_of(person, now)
        .any(|membership| membership.role == *role)
}

/// Whoever is an auditor and nothing else changes nothing.
pub fn only_watches(directory: &Directory, person: &PersonId, now: Moment) -> bool {
    let mut roles = directory.roles_of(person, now).peekable();
    roles.peek().is_some() && roles.all(|membership| membership.role == *AUDITOR)
}

/// How much of a ticket a viewer sees, and whether private fields are shown: to whoever acts on it (R10).
pub fn sight(viewer: &Viewer, held: &Held, sees: Sees, leads: &dyn Fn(&str) -> bool) -> Option<Sight> {
    let until = match sees {
        Sees::All => None,
        Sees::Until(until) => Some(until),
        Sees::Nothing => return None,
    };
    let ticket = &held.ticket;
    let has_task = ticket
        .open_tasks()
        .any(|task| task.assignee.as_ref() == Some(&viewer.person));
    let owns = held.projection.owners.iter().any(|(_, chain)| leads(chain));
    let acts = owns || has_task || (!ticket.is_closed() && ticket.assignee.as_ref() == Some(&viewer.person));
    Some(Sight {
        until,
        private: acts && until.is_none(),
    })
}

/// Whether the first level of a chain at which anybody is found holds this person (L2).
pub fn leads_to(directory: &Directory, chain: &str, person: &PersonId, now: Moment) -> bool {
    for level in chain.split('|') {
        let persons = at_level(directory, level, now);
        if !persons.is_empty() {
            return persons.contains(person);
        }
    }
    false
}

/// The persons of a level as `projection` writes it: `person:li`, `role:head@finance,north!duty!always`.
fn at_level(directory: &Directory, level: &str, now: Moment) -> Vec<PersonId> {
    if let Some(person) = level.strip_prefix("person:") {
        let person = PersonId::from(person);
        if !directory.is_known(&person, now) {
            return Vec::new();
        }
        return directory.stand_in(&person, now).into_iter().collect();
    }
    let Some(rest) = level.strip_prefix("role:") else {
        return Vec::new();
    };
    let mut words = rest.split('!');
    let seat = words.next().unwrap_or_default();
    let marks: Vec<&str> = words.collect();
    let (role, departments) = match seat.split_once('@') {
        Some((role, departments)) => (role, departments.split(',').map(DepartmentId::from).collect()),
        None => (seat, Vec::new()),
    };
    let role = RoleId::from(role);
    let members = members(directory, &role, &departments, now);
    let on_duty = marks.contains(&"duty");
    let mut present: Vec<PersonId> = members
        .iter()
        .filter(|member| !on_duty || directory.is_on_duty(member, Some(&role), now))
        .filter_map(|member| directory.stand_in(member, now))
        .collect();
    present.dedup();
    // «Nobody» is never a result: an `always` role is reached even when all its members are away (R27).
    if present.is_empty() && marks.contains(&"always") {
        return members;
    }
    // As in `ticket::people`: of those rostered the ones who have signed on, where the house wants that.
    if on_duty {
        return directory.at_their_post(present, &role, now).0;
    }
    present
}

fn members(directory: &Directory, role: &RoleId, departments: &[DepartmentId], now: Moment) -> Vec<PersonId> {
    if departments.is_empty() {
        return directory.members(role, None, now);
    }
    departments
        .iter()
        .flat_map(|department| directory.members(role, Some(department), now))
        .collect()
}
