//! From a list of edits to rows and the next picture: every problem is named, nothing is changed here.
//!
//! Changes are never retroactive (L11): events carry the people they found, and nobody must be able to make them look
//! wrong afterwards. What has begun keeps its beginning and may end now at the earliest; what is new begins now at the
//! earliest. Only the machine itself (first import) may enter the past.

use std::collections::HashMap;

use serde_json::Value as Json;
use uuid::Uuid;

use crate::store::directory::{self as store, EntryRow};
use crate::store::{Database, Sheet};
use crate::workflow::directory::Directory;
use crate::workflow::id::{DepartmentId, PersonId, RoleId};
use crate::workflow::moment::{MINUTE, Moment};

use super::super::command::Around;
use super::super::{DeskError, Principal, Problem};
use super::thing::Thing;
use super::{Edit, Kind, json_of};

/// Departments one above the other at most.
const DEPTH_MAX: usize = 32;
/// What is entered for «now» arrives a little later.
const NOW_AT_EARLIEST: i64 = 5 * MINUTE;

/// What the edits come to.
pub struct Plan {
    pub changes: Vec<Change>,
    pub directory: Directory,
    /// When somebody leaves something: whoever must be there is looked for then too.
    pub moments: Vec<Moment>,
}

/// One row and what stood there before.
#[derive(Clone, Debug)]
pub struct Change {
    pub row: EntryRow,
    pub before: Option<String>,
    pub removed: bool,
}

impl Change {
    pub fn write(&self, sheet: &mut Sheet<'_>, by: Option<&str>, at: Moment) {
        if self.removed {
            store::remove(sheet, &self.row, by, at);
        } else {
            store::put(sheet, &self.row, self.before.as_deref(), by, at);
        }
    }
}

/// Works out all edits, one after another.
pub async fn plan(
    database: &Database,
    around: &Around,
    principal: &Principal,
    edits: Vec<Edit>,
    seen: &[i64],
) -> Result<Plan, DeskError> {
    let mut planner = Planner {
        plan: Plan {
            changes: Vec::with_capacity(edits.len()),
            directory: Directory::clone(&around.directory),
            moments: Vec::new(),
        },
        written: HashMap::new(),
        now: around.now,
        past_too: principal.is_machine(),
    };
    let mut problems = Vec::new();
    for (place, edit) in edits.into_iter().enumerate() {
        let (kind, key) = key_of(&edit);
        let stored = match planner.written.get(&(kind, key.clone())) {
            Some(row) => row.clone(),
            None => store::one(database, kind.as_str(), &key).await?,
        };
        let stands = stored.as_ref().map_or(0, |row| row.version);
        if seen.get(place).is_some_and(|seen| *seen != stands) {
            return Err(changed());
        }
        if let Err(found) = planner.edit(edit, &key, stored) {
            problems.extend(found.into_iter().map(|problem| inside(problem, &format!("/{place}"))));
        }
    }
    if !problems.is_empty() {
        return Err(DeskError::Invalid(problems));
    }
    planner.plan.directory.changed();
    Ok(planner.plan)
}

fn key_of(edit: &Edit) -> (Kind, String) {
    match edit {
        Edit::End { kind, key, .. }
        | Edit::Put {
            kind, key: Some(key), ..
        } => (*kind, key.clone()),
        Edit::Put { kind, key: None, body } => {
            let own = body
                .get("id")
                .and_then(serde_json::Value::as_str)
                .map(ToOwned::to_owned);
            let key = match kind {
                Kind::Department | Kind::Role | Kind::Person | Kind::Calendar => own.unwrap_or_default(),
                Kind::Membership | Kind::Shift | Kind::Absence => Uuid::now_v7().simple().to_string(),
                Kind::SignOn | Kind::Swap => Uuid::now_v7().simple().to_string(),
                Kind::Builtin => super::thing::BUILTIN_KEY.to_owned(),
                Kind::Duty => super::thing::DUTY_KEY.to_owned(),
            };
            (*kind, key)
        }
    }
}

struct Planner {
    plan: Plan,
    /// Rows as the edits before left them; `None` when removed.
    written: HashMap<(Kind, String), Option<EntryRow>>,
    now: Moment,
    past_too: bool,
}

impl Planner {
    /// Everything that is wrong with an edit is found before anything is said: with its shape, with what it says, with
    /// the names in it and with its times.
    fn edit(&mut self, edit: Edit, key: &str, stored: Option<EntryRow>) -> Result<(), Vec<Problem>> {
        let before = match &stored {
            Some(row) => Some(read_stored(row).map_err(|problem| vec![problem])?),
            None => None,
        };
        match edit {
            Edit::Put { kind, body, .. } => {
                let thing = self.sound(kind, key, &body, before.as_ref());
                let thing = thing.map_err(|found| {
                    let found = found.into_iter().map(|problem| inside(problem, "/body"));
                    found.collect::<Vec<_>>()
                })?;
                self.put(kind, key, thing, before.as_ref(), stored);
                Ok(())
            }
            Edit::End { kind, at, .. } => {
                let (Some(before), Some(row)) = (before, stored) else {
                    return Err(vec![Problem::new(
                        "/key",
                        "not_found",
                        format!("没有“{key}”这一项"),
                        format!("There is no entry “{key}”"),
                    )]);
                };
                self.end(kind, key, &before, row, at.unwrap_or(self.now))
                    .map_err(|problem| vec![problem])
            }
        }
    }

    /// What is put, or all that is wrong with it.
    fn sound(&self, kind: Kind, key: &str, body: &Json, before: Option<&Thing>) -> Result<Thing, Vec<Problem>> {
        let mut thing = Thing::parse(kind, body, self.next_version())?;
        let mut found = thing.faults(key);
        found.extend(self.refers(&thing));
        found.extend(self.not_retroactive(&mut thing, before));
        if found.is_empty() { thing.filled() } else { Err(found) }
    }

    fn next_version(&self) -> i64 {
        self.plan.directory.version + 1
    }

    fn put(&mut self, kind: Kind, key: &str, thing: Thing, before: Option<&Thing>, stored: Option<EntryRow>) {
        if before == Some(&thing) {
            return;
        }
        if let Some(before) = before {
            match kind {
                // Replaced in place, so that their order stays.
                Kind::Department
                | Kind::Person
                | Kind::Role
                | Kind::Calendar
                | Kind::Builtin
                | Kind::Duty
                | Kind::Swap => {}
                Kind::Membership | Kind::Shift | Kind::Absence | Kind::SignOn => before.take(&mut self.plan.directory),
            }
        }
        let validity = thing.validity();
        self.plan.moments.extend(validity.to);
        let row = EntryRow {
            kind: kind.as_str().to_owned(),
            key: key.to_owned(),
            body: thing.body().to_string(),
            valid_from: validity.from,
            valid_to: validity.to,
            version: self.next_version(),
        };
        thing.put(&mut self.plan.directory);
        self.record(kind, row, stored, false);
    }

    fn end(&mut self, kind: Kind, key: &str, before: &Thing, row: EntryRow, at: Moment) -> Result<(), Problem> {
        if at < self.now && !self.past_too {
            return Err(retroactive("/at"));
        }
        let begun = before.validity().from.is_none_or(|from| from < at);
        let mut ended = before.clone();
        if !ended.end(at) {
            return Err(Problem::new(
                "/kind",
                "no_end",
                format!("“{}”不会终止，只能修改", kind.as_str()),
                format!("A {} does not end, it can only be changed", kind.as_str()),
            ));
        }
        if begun {
            self.put(kind, key, ended, Some(before), Some(row));
            return Ok(());
        }
        before.take(&mut self.plan.directory);
        self.plan.moments.extend(before.validity().from);
        let gone = EntryRow {
            version: self.next_version(),
            ..row
        };
        self.record(kind, gone, None, true);
        Ok(())
    }

    fn record(&mut self, kind: Kind, row: EntryRow, stored: Option<EntryRow>, removed: bool) {
        self.plan.directory.version = row.version;
        self.plan.directory.changed();
        let kept = (!removed).then(|| row.clone());
        self.written.insert((kind, row.key.clone()), kept);
        self.plan.changes.push(Change {
            row,
            before: stored.map(|stored| stored.body),
            removed,
        });
    }

    /// What is new begins now at the earliest; what has begun keeps its beginning, and its past.
    fn not_retroactive(&self, thing: &mut Thing, before: Option<&Thing>) -> Vec<Problem> {
        let validity = thing.validity();
        let ends_first = matches!((validity.from, validity.to), (Some(from), Some(to)) if to <= from);
        let mut found = Vec::new();
        if ends_first {
            found.push(Problem::new(
                "/to",
                "order",
                "结束时间必须晚于开始时间",
                "It must end after it begins",
            ));
        }
        if self.past_too {
            return found;
        }
        let earliest = self.now.plus(-NOW_AT_EARLIEST);
        match before.map(Thing::validity) {
            Some(was) if was.from.is_none_or(|from| from < self.now) => {
                if validity.from != was.from {
                    found.push(retroactive("/from"));
                }
                let others = before.map(|before| before.whose_changes(thing)).unwrap_or_default();
                found.extend(others.into_iter().map(retroactive));
                let ends_in_past = validity.to.is_some_and(|to| to < earliest);
                if ends_in_past && validity.to != was.to && !ends_first {
                    found.push(retroactive("/to"));
                }
            }
            Some(_) | None => match (thing_kind_begins(thing), validity.from) {
                (true, None) => thing.begin(self.now),
                (true, Some(from)) if from < earliest => found.push(retroactive("/from")),
                _ => {}
            },
        }
        found
    }

    /// Names that must be there, and are not.
    fn refers(&self, thing: &Thing) -> Vec<Problem> {
        let asked = match thing {
            Thing::Department(department) => vec![self.parent(&department.id, department.parent.as_ref())],
            Thing::Membership(membership) => vec![
                self.person("/person", &membership.person),
                self.role("/role", &membership.role),
                self.department("/department", membership.department.as_ref()),
            ],
            Thing::Shift(shift) => {
                let role = shift.role.as_ref().map(|role| self.role("/role", role));
                [Some(self.person("/person", &shift.person)), role]
                    .into_iter()
                    .flatten()
                    .collect()
            }
            Thing::Absence(absence) => {
                let substitute = absence.substitute.as_ref();
                let substitute = substitute.map(|substitute| self.person("/substitute", substitute));
                [Some(self.person("/person", &absence.person)), substitute]
                    .into_iter()
                    .flatten()
                    .collect()
            }
            Thing::Person(person) => vec![spoken(&person.language)],
            Thing::SignOn(sign_on) => vec![self.person("/person", &sign_on.person)],
            Thing::Duty(settings) => {
                let roles = settings.roles.keys().enumerate();
                roles
                    .map(|(place, role)| self.role(&format!("/roles/{place}/role"), role))
                    .collect()
            }
            Thing::Role(_) | Thing::Calendar(..) | Thing::Builtin(_) | Thing::Swap(_) => Vec::new(),
        };
        asked.into_iter().filter_map(Result::err).collect()
    }

    fn person(&self, pointer: &str, person: &PersonId) -> Result<(), Problem> {
        if self.plan.directory.people.contains_key(person) {
            return Ok(());
        }
        Err(unknown(pointer, "人员", "person", person.as_str()))
    }

    fn role(&self, pointer: &str, role: &RoleId) -> Result<(), Problem> {
        if self.plan.directory.roles.contains_key(role) {
            return Ok(());
        }
        Err(unknown(pointer, "角色", "role", role.as_str()))
    }

    fn department(&self, pointer: &str, department: Option<&DepartmentId>) -> Result<(), Problem> {
        match department {
            Some(department) if !self.plan.directory.departments.contains_key(department) => {
                Err(unknown(pointer, "部门", "department", department.as_str()))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn parent(&self, own: &DepartmentId, parent: Option<&DepartmentId>) -> Result<(), Problem> {
        self.department("/parent", parent)?;
        let mut above = parent;
        for _ in 0..DEPTH_MAX {
            match above {
                None => return Ok(()),
                Some(department) if department == own => break,
                Some(department) => {
                    above = self
                        .plan
                        .directory
                        .departments
                        .get(department)
                        .and_then(|department| department.parent.as_ref());
                }
            }
        }
        Err(Problem::new(
            "/parent",
            "circle",
            format!("部门“{own}”会成为自己的上级，或层级超过 {DEPTH_MAX}"),
            format!("The department “{own}” would stand above itself, or deeper than {DEPTH_MAX}"),
        ))
    }
}

/// A language that everything can be said in.
fn spoken(language: &str) -> Result<(), Problem> {
    match language {
        "zh-CN" | "en" => Ok(()),
        other => Err(Problem::new(
            "/language",
            "language",
            format!("没有“{other}”这种语言：zh-CN 或 en"),
            format!("There is no language “{other}”: zh-CN or en"),
        )),
    }
}

/// Entries whose beginning decides what somebody may do; departments and persons may just be there.
fn thing_kind_begins(thing: &Thing) -> bool {
    match thing {
        Thing::Membership(_) | Thing::Shift(_) | Thing::Absence(_) | Thing::SignOn(_) => true,
        Thing::Department(_)
        | Thing::Person(_)
        | Thing::Role(_)
        | Thing::Calendar(..)
        | Thing::Builtin(_)
        | Thing::Duty(_)
        | Thing::Swap(_) => false,
    }
}

fn read_stored(row: &EntryRow) -> Result<Thing, Problem> {
    let damaged = || {
        Problem::new(
            "/key",
            "damaged",
            format!("“{}”的存储内容无法读取", row.key),
            format!("What is stored under “{}” cannot be read", row.key),
        )
    };
    let kind = Kind::parse(&row.kind).ok_or_else(damaged)?;
    let body = json_of(&row.body).map_err(|_| damaged())?;
    Thing::read(kind, &row.key, &body, row.version).map_err(|_| damaged())
}

fn inside(mut problem: Problem, at: &str) -> Problem {
    problem.pointer = format!("{at}{}", problem.pointer);
    problem
}

fn retroactive(pointer: &str) -> Problem {
    Problem::new(
        pointer,
        "retroactive",
        "不能改动过去：已经开始的保留其开始时间，新的最早从现在开始",
        "The past cannot be changed: what has begun keeps its beginning, what is new begins now at the earliest",
    )
}

/// Somebody was quicker.
fn changed() -> DeskError {
    DeskError::Conflict(Box::new(Problem::new(
        "",
        "changed",
        "这一项刚被别人改过：请看清现在的内容，再决定是否保存",
        "Somebody has changed this entry meanwhile: look at what it says now, then decide",
    )))
}

fn unknown(pointer: &str, zh: &str, en: &str, name: &str) -> Problem {
    Problem::new(
        pointer,
        "unknown",
        format!("没有“{name}”这个{zh}"),
        format!("There is no {en} “{name}”"),
    )
}
