//! `people.csv` and `memberships.csv`: who can act, and in which roles.

use indexmap::IndexMap;
use jiff::tz::TimeZone;

use super::cells::{Cells, PERSON, VALID_FROM, VALID_TO, each_row};
use super::fault::{Fault, What};
use super::table::{self, Column};
use crate::texts::Language;
use crate::workflow::directory::{Directory, Membership, Person};
use crate::workflow::id::{DepartmentId, PersonId, RoleId};
use crate::workflow::nearest::nearest;

const PEOPLE: &[Column] = &[
    Column::required("id", &["编号", "人员编号", "登录名", "账号", "工号", "person"]),
    Column::required("name", &["姓名"]),
    Column::optional("email", &["邮箱", "电子邮箱"]),
    Column::optional("addresses", &["其他地址", "渠道地址"]),
    Column::optional("language", &["语言"]),
    Column::optional("roles", &["角色"]),
    VALID_FROM,
    VALID_TO,
];

const MEMBERSHIPS: &[Column] = &[
    PERSON,
    Column::required("role", &["角色"]),
    Column::optional("department", &["部门编号", "部门"]),
    VALID_FROM,
    VALID_TO,
];

/// People of a file with the roles that stand beside them.
#[derive(Debug, PartialEq)]
pub struct Read {
    pub people: Vec<Person>,
    pub memberships: Vec<Membership>,
}

/// Reads `people.csv`. A cell of roles names them with `;` between: `agent; liaison@finance`.
pub fn read(bytes: &[u8], directory: &Directory, zone: &TimeZone) -> Result<Read, Vec<Fault>> {
    let table = table::read(bytes, PEOPLE)?;
    let mut seen: IndexMap<String, u64> = IndexMap::new();
    let mut read = Read {
        people: Vec::new(),
        memberships: Vec::new(),
    };
    let faults = each_row(&table, zone, |cells| {
        let (id, name, email) = (cells.id("id"), cells.name("name"), cells.email("email"));
        let addresses = cells.addresses("addresses");
        let language = language(cells);
        let valid = cells.validity();
        let roles = roles(cells, directory);
        let (Some(id), Some(name)) = (id, name) else { return };
        if let Some(first) = seen.insert(id.clone(), cells.row.line) {
            cells.fault("id", What::Twice { value: id, first });
            return;
        }
        let id = PersonId::new(id);
        for (role, department) in roles {
            read.memberships.push(Membership {
                person: id.clone(),
                role,
                department,
                valid,
            });
        }
        let language = language.tag().to_owned();
        read.people.push(Person {
            id,
            name,
            email,
            addresses,
            language,
            valid,
        });
    });
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

/// Reads `memberships.csv`: one role of one person a line.
pub fn read_memberships(bytes: &[u8], directory: &Directory, zone: &TimeZone) -> Result<Vec<Membership>, Vec<Fault>> {
    let table = table::read(bytes, MEMBERSHIPS)?;
    let mut seen: IndexMap<(String, String, String, String), u64> = IndexMap::new();
    let mut memberships = Vec::new();
    let faults = each_row(&table, zone, |cells| {
        let person = person(cells, directory);
        let role = cells
            .id("role")
            .and_then(|role| known_role(cells, "role", &role, directory));
        let department = cells.id_if_given("department");
        let department = department.and_then(|id| known_department(cells, "department", &id, directory));
        let valid = cells.validity();
        let cell = |key: &str| cells.row.text(key).to_owned();
        let key = (cell("person"), cell("role"), cell("department"), cell("valid_from"));
        if let Some(first) = seen.insert(key, cells.row.line) {
            cells.fault(
                "person",
                What::Twice {
                    value: cells.row.text("person").to_owned(),
                    first,
                },
            );
        } else if let (Some(person), Some(role)) = (person, role) {
            memberships.push(Membership {
                person,
                role,
                department,
                valid,
            });
        }
    });
    if faults.is_empty() {
        Ok(memberships)
    } else {
        Err(faults)
    }
}

/// A person whom the directory knows.
pub fn person(cells: &mut Cells<'_>, directory: &Directory) -> Option<PersonId> {
    let id = cells.id("person")?;
    known_person(cells, "person", &id, directory)
}

/// The person of that id, or a fault with the nearest one.
pub fn known_person(cells: &mut Cells<'_>, key: &str, id: &str, directory: &Directory) -> Option<PersonId> {
    let known = directory.people.contains_key(id);
    let ids = directory.people.keys().map(PersonId::as_str);
    known_id(cells, key, ("person", id), known, ids)
}

/// The role of that id, or a fault with the nearest one.
pub fn known_role(cells: &mut Cells<'_>, key: &str, id: &str, directory: &Directory) -> Option<RoleId> {
    let known = directory.roles.contains_key(id);
    known_id(
        cells,
        key,
        ("role", id),
        known,
        directory.roles.keys().map(RoleId::as_str),
    )
}

fn known_department(cells: &mut Cells<'_>, key: &str, id: &str, directory: &Directory) -> Option<DepartmentId> {
    let known = directory.departments.contains_key(id);
    let ids = directory.departments.keys().map(DepartmentId::as_str);
    known_id(cells, key, ("department", id), known, ids)
}

fn known_id<'d, T: From<&'d str>>(
    cells: &mut Cells<'_>,
    key: &str,
    (kind, id): (&'static str, &'d str),
    known: bool,
    ids: impl Iterator<Item = &'d str>,
) -> Option<T> {
    if known {
        return Some(T::from(id));
    }
    let what = What::Unknown {
        kind,
        value: id.to_owned(),
        nearest: nearest(id, ids),
    };
    cells.fault(key, what);
    None
}

fn language(cells: &mut Cells<'_>) -> Language {
    let Some(text) = cells.row.given("language").map(str::to_owned) else {
        return Language::default();
    };
    let spelled = match text.as_str() {
        "中文" | "简体中文" => Some(Language::Zh),
        "英文" | "英语" | "English" => Some(Language::En),
        other => Language::from_tag(other),
    };
    spelled.unwrap_or_else(|| {
        cells.fault("language", What::Language { value: text });
        Language::default()
    })
}

fn roles(cells: &mut Cells<'_>, directory: &Directory) -> Vec<(RoleId, Option<DepartmentId>)> {
    let text = cells.row.text("roles").to_owned();
    let mut found = Vec::new();
    for one in text
        .split([';', '；', '、', '|'])
        .map(str::trim)
        .filter(|one| !one.is_empty())
    {
        let (role, department) = match one.split_once('@') {
            None => (one, None),
            Some((role, department)) => (role.trim(), Some(department.trim())),
        };
        let role = known_role(cells, "roles", role, directory);
        let department = match department {
            None => Some(None),
            Some(id) => known_department(cells, "roles", id, directory).map(Some),
        };
        if let (Some(role), Some(department)) = (role, department)
            && !found.contains(&(role.clone(), department.clone()))
        {
            found.push((role, department));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::definition::Text;
    use crate::workflow::directory::{Department, Validity};

    fn directory() -> Directory {
        let mut directory = Directory::default();
        for role in ["agent", "liaison"] {
            directory.roles.insert(role.into(), Text::default());
        }
        let id = DepartmentId::from("finance");
        let department = Department {
            id: id.clone(),
            title: Text::default(),
            parent: None,
            valid: Validity::default(),
        };
        directory.departments.insert(id, department);
        directory
    }

    #[test]
    fn people_come_with_their_roles() {
        let text = "编号,姓名,邮箱,语言,角色\nli,李娜,li@example.org,中文,agent；liaison@finance\nbob,Bob,,en,\n";
        let read = read(text.as_bytes(), &directory(), &TimeZone::UTC).unwrap();
        assert_eq!(read.people.len(), 2);
        assert_eq!(read.people[1].language, "en");
        let roles: Vec<_> = read
            .memberships
            .iter()
            .map(|one| {
                (
                    one.person.as_str(),
                    one.role.as_str(),
                    one.department.as_ref().map(DepartmentId::as_str),
                )
            })
            .collect();
        assert_eq!(roles, [("li", "agent", None), ("li", "liaison", Some("finance"))]);
    }

    #[test]
    fn addresses_of_other_channels_stand_in_one_cell() {
        let text = "登录名,姓名,其他地址\nli,李娜,sms=13800001111；wecom=lina\nbob,Bob,\nwang,王,sms:1\n";
        let faults = read(text.as_bytes(), &directory(), &TimeZone::UTC).unwrap_err();
        assert_eq!(
            faults
                .iter()
                .map(|fault| (fault.line, fault.what.code()))
                .collect::<Vec<_>>(),
            [(4, "addresses")]
        );
        let text = text.rsplit_once("wang").unwrap().0;
        let read = read(text.as_bytes(), &directory(), &TimeZone::UTC).unwrap();
        let addresses: Vec<_> = read.people[0]
            .addresses
            .iter()
            .map(|(kind, at)| (kind.as_str(), at.as_str()))
            .collect();
        assert_eq!(addresses, [("sms", "13800001111"), ("wecom", "lina")]);
        assert!(read.people[1].addresses.is_empty());
    }

    #[test]
    fn a_wrong_role_department_address_or_language_is_named() {
        let text = "id,name,email,language,roles\nli,李娜,nowhere,fr,agnet;liaison@finanse\nli,李,,,\n";
        let faults = read(text.as_bytes(), &directory(), &TimeZone::UTC).unwrap_err();
        let codes: Vec<_> = faults.iter().map(|fault| (fault.line, fault.what.code())).collect();
        assert_eq!(
            codes,
            [
                (2, "email"),
                (2, "language"),
                (2, "unknown"),
                (2, "unknown"),
                (3, "twice")
            ]
        );
        assert!(matches!(&faults[2].what, What::Unknown { nearest: Some(name), .. } if name == "agent"));
        let sentence = faults[2].sentence(Language::En);
        assert!(
            sentence.contains("line 2") && sentence.contains("roles") && sentence.contains("agent"),
            "{sentence}"
        );
    }
}
