//! Entries of the directory as values: read strictly from JSON, put into a picture and taken out of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::workflow::definition::Text;
use crate::workflow::directory::{
    Absence, BuiltinRoles, Department, Directory, Membership, Person, Shift, Validity, is_address,
};
use crate::workflow::duty::{DutySettings, SignOn};
use crate::workflow::id::{RoleId, is_id};
use crate::workflow::moment::Moment;

use super::super::Problem;
use super::super::duty::Swap;
use super::super::principal::MACHINE;
use super::Kind;
use super::calendar::CalendarDocument;

/// Key of the one entry that says who may use built-in actions.
pub const BUILTIN_KEY: &str = "builtin";
/// Key of the one entry with the rules of duty.
pub const DUTY_KEY: &str = "duty";

/// A role with its title.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Role {
    pub id: RoleId,
    pub title: Text,
}

/// An entry as a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Thing {
    Department(Department),
    Role(Role),
    Person(Person),
    Membership(Membership),
    Shift(Shift),
    Absence(Absence),
    /// The document and the version its calendar gets.
    Calendar(CalendarDocument, i64),
    Builtin(BuiltinRoles),
    SignOn(SignOn),
    Duty(DutySettings),
    Swap(Box<Swap>),
}

impl Thing {
    /// Reads the body of an entry, or says all that is wrong with it.
    pub fn read(kind: Kind, key: &str, body: &Json, version: i64) -> Result<Self, Vec<Problem>> {
        let thing = Self::parse(kind, body, version)?;
        let faults = thing.faults(key);
        if faults.is_empty() { Ok(thing) } else { Err(faults) }
    }

    /// The shape alone. Keys that mean nothing are refused: a misspelt one must not be lost in silence.
    pub fn parse(kind: Kind, body: &Json, version: i64) -> Result<Self, Vec<Problem>> {
        Ok(match kind {
            Kind::Department => Self::Department(strictly(body, &["id", "title", "parent", "valid"])?),
            Kind::Role => Self::Role(strictly(body, &["id", "title"])?),
            Kind::Person => Self::Person(strictly(
                body,
                &["id", "name", "email", "addresses", "language", "valid"],
            )?),
            Kind::Membership => Self::Membership(strictly(body, &["person", "role", "department", "valid"])?),
            Kind::Shift => Self::Shift(strictly(body, &["person", "role", "from", "to"])?),
            Kind::Absence => Self::Absence(strictly(body, &["person", "from", "to", "substitute"])?),
            Kind::Calendar => Self::Calendar(parsed(body)?, version),
            Kind::Builtin => Self::Builtin(strictly(
                body,
                &["sign", "chase", "watch", "correct", "reveal", "grant_return", "link"],
            )?),
            Kind::SignOn => Self::SignOn(strictly(body, &["person", "from", "to"])?),
            Kind::Swap => Self::Swap(parsed(body)?),
            Kind::Duty => Self::Duty(strictly(body, &["signed_on_since", "roles", "swaps", "shift_codes"])?),
        })
    }

    /// What is wrong with it under this key, whatever else there is.
    pub fn faults(&self, key: &str) -> Vec<Problem> {
        let mut found: Vec<Problem> = self.must_be_called(key).err().into_iter().collect();
        match self {
            Self::Person(person) => found.extend(unreachable(&person.addresses)),
            Self::Calendar(calendar, version) => found.extend(calendar.calendar(*version).err().unwrap_or_default()),
            Self::Department(_)
            | Self::Role(_)
            | Self::Membership(_)
            | Self::Shift(_)
            | Self::Absence(_)
            | Self::Builtin(_)
            | Self::SignOn(_)
            | Self::Duty(_)
            | Self::Swap(_) => {}
        }
        found
    }

    /// As it is written down: a calendar with the holidays of its country.
    pub fn filled(self) -> Result<Self, Vec<Problem>> {
        Ok(match self {
            Self::Calendar(calendar, version) => Self::Calendar(calendar.filled(version)?, version),
            Self::Department(_)
            | Self::Role(_)
            | Self::Person(_)
            | Self::Membership(_)
            | Self::Shift(_)
            | Self::Absence(_)
            | Self::Builtin(_)
            | Self::SignOn(_)
            | Self::Duty(_)
            | Self::Swap(_) => self,
        })
    }

    /// Its own id, where it has one.
    fn id(&self) -> Option<&str> {
        match self {
            Self::Department(department) => Some(department.id.as_str()),
            Self::Role(role) => Some(role.id.as_str()),
            Self::Person(person) => Some(person.id.as_str()),
            Self::Calendar(calendar, _) => Some(calendar.id.as_str()),
            Self::Builtin(_) => Some(BUILTIN_KEY),
            Self::Duty(_) => Some(DUTY_KEY),
            Self::Membership(_) | Self::Shift(_) | Self::Absence(_) | Self::SignOn(_) | Self::Swap(_) => None,
        }
    }

    fn must_be_called(&self, key: &str) -> Result<(), Problem> {
        let Some(id) = self.id() else { return Ok(()) };
        if !is_id(id) || id == MACHINE {
            return Err(Problem::new(
                "/id",
                "id",
                format!("“{id}”不能作编号：小写字母开头，由小写字母、数字和下划线组成"),
                format!("“{id}” is no id: a lower-case letter, then lower-case letters, digits and `_`"),
            ));
        }
        if id == key {
            return Ok(());
        }
        Err(Problem::new(
            "/id",
            "key",
            format!("内容里的编号“{id}”与“{key}”不一致"),
            format!("The id “{id}” in the body is not “{key}”"),
        ))
    }

    /// From when to when it holds.
    pub fn validity(&self) -> Validity {
        match self {
            Self::Department(department) => department.valid,
            Self::Person(person) => person.valid,
            Self::Membership(membership) => membership.valid,
            Self::Shift(shift) => between(shift.from, shift.to),
            Self::Absence(absence) => between(absence.from, absence.to),
            Self::SignOn(sign_on) => between(sign_on.from, sign_on.to),
            Self::Role(_) | Self::Calendar(..) | Self::Builtin(_) | Self::Duty(_) | Self::Swap(_) => {
                Validity::default()
            }
        }
    }

    /// Begins then instead.
    pub fn begin(&mut self, at: Moment) {
        match self {
            Self::Department(department) => department.valid.from = Some(at),
            Self::Person(person) => person.valid.from = Some(at),
            Self::Membership(membership) => membership.valid.from = Some(at),
            Self::Shift(shift) => shift.from = at,
            Self::Absence(absence) => absence.from = at,
            Self::SignOn(sign_on) => sign_on.from = at,
            Self::Role(_) | Self::Calendar(..) | Self::Builtin(_) | Self::Duty(_) | Self::Swap(_) => {}
        }
    }

    /// Ends then; false for what never ends.
    pub fn end(&mut self, at: Moment) -> bool {
        match self {
            Self::Department(department) => department.valid.to = Some(at),
            Self::Person(person) => person.valid.to = Some(at),
            Self::Membership(membership) => membership.valid.to = Some(at),
            Self::Shift(shift) => shift.to = at,
            Self::Absence(absence) => absence.to = at,
            Self::SignOn(sign_on) => sign_on.to = at,
            Self::Role(_) | Self::Calendar(..) | Self::Builtin(_) | Self::Duty(_) | Self::Swap(_) => return false,
        }
        true
    }

    /// What it says of the time before `at`; nothing where it begins then or later.
    pub fn until(&self, at: Moment) -> Option<Self> {
        let validity = self.validity();
        if validity.from.is_some_and(|from| from >= at) {
            return None;
        }
        let mut clipped = self.clone();
        if validity.to.is_none_or(|to| to > at) {
            // What never ends says the same of all times.
            clipped.end(at);
        }
        Some(clipped)
    }

    /// The body as it is stored.
    pub fn body(&self) -> Json {
        let body = match self {
            Self::Department(department) => serde_json::to_value(department),
            Self::Role(role) => serde_json::to_value(role),
            Self::Person(person) => serde_json::to_value(person),
            Self::Membership(membership) => serde_json::to_value(membership),
            Self::Shift(shift) => serde_json::to_value(shift),
            Self::Absence(absence) => serde_json::to_value(absence),
            Self::Calendar(calendar, _) => serde_json::to_value(calendar),
            Self::Builtin(builtin) => serde_json::to_value(builtin),
            Self::SignOn(sign_on) => serde_json::to_value(sign_on),
            Self::Duty(settings) => serde_json::to_value(settings),
            Self::Swap(swap) => serde_json::to_value(swap),
        };
        body.unwrap_or(Json::Null)
    }

    /// Puts it into a picture.
    pub fn put(self, directory: &mut Directory) {
        match self {
            Self::Department(department) => {
                directory.departments.insert(department.id.clone(), department);
            }
            Self::Role(role) => {
                directory.roles.insert(role.id, role.title);
            }
            Self::Person(person) => {
                directory.people.insert(person.id.clone(), person);
            }
            Self::Membership(membership) => directory.memberships.push(membership),
            Self::Shift(shift) => directory.shifts.push(shift),
            Self::Absence(absence) => directory.absences.push(absence),
            Self::Calendar(document, version) => {
                if let Ok(calendar) = document.calendar(version) {
                    directory.calendars.insert(calendar.id.clone(), Arc::new(calendar));
                }
            }
            Self::Builtin(builtin) => directory.builtin = builtin,
            Self::SignOn(sign_on) => directory.sign_ons.push(sign_on),
            Self::Duty(settings) => directory.duty = settings,
            Self::Swap(_) => {}
        }
    }

    /// Takes it out of a picture. What has an id of its own is replaced by the next `put` and stays until then.
    pub fn take(&self, directory: &mut Directory) {
        match self {
            Self::Membership(membership) => remove_first(&mut directory.memberships, membership),
            Self::Shift(shift) => remove_first(&mut directory.shifts, shift),
            Self::Absence(absence) => remove_first(&mut directory.absences, absence),
            Self::SignOn(sign_on) => remove_first(&mut directory.sign_ons, sign_on),
            Self::Department(department) => {
                directory.departments.shift_remove(&department.id);
            }
            Self::Person(person) => {
                directory.people.shift_remove(&person.id);
            }
            Self::Role(_) | Self::Calendar(..) | Self::Builtin(_) | Self::Duty(_) | Self::Swap(_) => {}
        }
    }

    /// Where the other one, put in place of this, is about somebody or something else: what has begun says for ever
    /// who it was (L11).
    pub fn whose_changes(&self, other: &Self) -> Vec<&'static str> {
        match (self, other) {
            (Self::Membership(one), Self::Membership(other)) => different(&[
                ("/person", one.person == other.person),
                ("/role", one.role == other.role),
                ("/department", one.department == other.department),
            ]),
            (Self::Shift(one), Self::Shift(other)) => different(&[
                ("/person", one.person == other.person),
                ("/role", one.role == other.role),
            ]),
            (Self::Absence(one), Self::Absence(other)) => different(&[
                ("/person", one.person == other.person),
                ("/substitute", one.substitute == other.substitute),
            ]),
            (Self::SignOn(one), Self::SignOn(other)) => different(&[("/person", one.person == other.person)]),
            _ => Vec::new(),
        }
    }
}

fn different(same: &[(&'static str, bool)]) -> Vec<&'static str> {
    let others = same.iter().filter(|(_, same)| !same);
    others.map(|(pointer, _)| *pointer).collect()
}

/// Addresses are of kinds that are ids, and no line of them is empty.
fn unreachable(addresses: &BTreeMap<String, String>) -> Vec<Problem> {
    let wrong = addresses
        .iter()
        .filter(|(kind, address)| !is_id(kind) || !is_address(address));
    let fault = |kind: &str| {
        Problem::new(
            format!("/addresses/{kind}"),
            "address",
            format!("“{kind}”不是可用的地址：名称由小写字母、数字和下划线组成，地址 1 至 200 字、无空白行"),
            format!(
                "“{kind}” is no address: its name is lower-case letters, digits and `_`, the address 1 to 200 \
                 characters on one line"
            ),
        )
    };
    wrong.map(|(kind, _)| fault(kind)).collect()
}

fn between(from: Moment, to: Moment) -> Validity {
    Validity {
        from: Some(from),
        to: Some(to),
    }
}

fn remove_first<T: PartialEq>(list: &mut Vec<T>, wanted: &T) {
    if let Some(place) = list.iter().position(|item| item == wanted) {
        list.swap_remove(place);
    }
}

fn strictly<T: DeserializeOwned>(body: &Json, keys: &[&str]) -> Result<T, Vec<Problem>> {
    let members = body.as_object().into_iter().flatten();
    let unknown = members.filter(|(key, _)| !keys.contains(&key.as_str()));
    let faults: Vec<Problem> = unknown
        .map(|(unknown, _)| {
            Problem::new(
                format!("/{unknown}"),
                "unknown_key",
                format!("没有“{unknown}”这一项：可用 {}", keys.join("、")),
                format!("There is no key “{unknown}”: {} are", keys.join(", ")),
            )
        })
        .collect();
    if faults.is_empty() { parsed(body) } else { Err(faults) }
}

fn parsed<T: DeserializeOwned>(body: &Json) -> Result<T, Vec<Problem>> {
    T::deserialize(body).map_err(|error| {
        vec![Problem::new(
            "",
            "shape",
            format!("内容的形式不对：{error}"),
            format!("The body does not have the right shape: {error}"),
        )]
    })
}
