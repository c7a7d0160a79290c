//! What was read from a table, as edits of the directory. Keys are made of the contents, so that the same file twice
//! changes nothing the second time.

use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::desk::directory::{CalendarDocument, Edit, Kind};
use crate::workflow::calendar::Calendar;
use crate::workflow::definition::Text;
use crate::workflow::directory::{Absence, Department, Directory, Membership, Person, Shift};
use crate::workflow::id::{DepartmentId, RoleId};

fn put(kind: Kind, key: String, body: &impl Serialize) -> Edit {
    Edit::Put {
        kind,
        key: Some(key),
        body: serde_json::to_value(body).unwrap_or(Json::Null),
    }
}

pub fn department(department: &Department) -> Edit {
    put(Kind::Department, department.id.to_string(), department)
}

pub fn role(id: &RoleId, title: &Text) -> Edit {
    put(Kind::Role, id.to_string(), &json!({"id": id, "title": title}))
}

pub fn person(person: &Person) -> Edit {
    put(Kind::Person, person.id.to_string(), person)
}

/// A membership that begins anew later is another one: the key holds its beginning.
pub fn membership(membership: &Membership) -> Edit {
    let department = membership.department.as_ref().map_or("", DepartmentId::as_str);
    let from = membership.valid.from.map_or(0, |from| from.0);
    put(
        Kind::Membership,
        format!("{}:{}:{department}:{from}", membership.person, membership.role),
        membership,
    )
}

pub fn shift(shift: &Shift) -> Edit {
    let role = shift.role.as_ref().map_or("", RoleId::as_str);
    put(Kind::Shift, format!("{}:{role}:{}", shift.person, shift.from.0), shift)
}

pub fn absence(absence: &Absence) -> Edit {
    put(Kind::Absence, format!("{}:{}", absence.person, absence.from.0), absence)
}

pub fn calendar(calendar: &Calendar) -> Edit {
    put(Kind::Calendar, calendar.id.to_string(), &CalendarDocument::of(calendar))
}

/// Everything of a directory but who may use built-in actions, in an order in which each names only what stands before
/// it.
pub fn whole(directory: &Directory) -> Vec<Edit> {
    let mut edits: Vec<Edit> = directory.calendars.values().map(|one| calendar(one)).collect();
    edits.extend(directory.roles.iter().map(|(id, title)| role(id, title)));
    // Parents before children: a level at a time.
    let mut left: Vec<&Department> = directory.departments.values().collect();
    while !left.is_empty() {
        let waits = |one: &&Department| {
            one.parent
                .as_ref()
                .is_some_and(|parent| left.iter().any(|other| other.id == *parent))
        };
        let (later, now): (Vec<&Department>, Vec<&Department>) = left.iter().copied().partition(waits);
        if now.is_empty() {
            // A circle: the desk will say so.
            edits.extend(later.iter().map(|one| department(one)));
            break;
        }
        edits.extend(now.iter().map(|one| department(one)));
        left = later;
    }
    edits.extend(directory.people.values().map(person));
    edits.extend(directory.memberships.iter().map(membership));
    edits.extend(directory.shifts.iter().map(shift));
    edits.extend(directory.absences.iter().map(absence));
    edits
}
