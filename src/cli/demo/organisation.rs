//! The organisation of the demonstration: a county's power service hotline. Every name is invented.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::ToSpan;
use jiff::tz::TimeZone;

use crate::workflow::calendar::holidays::Holidays;
use crate::workflow::calendar::{Calendar, Interval};
use crate::workflow::definition::Text;
use crate::workflow::directory::{Department, Directory, Membership, Person, Shift, Validity};
use crate::workflow::id::{DepartmentId, PersonId, RoleId};
use crate::workflow::moment::{HOUR, MINUTE, Moment};

/// The zone of the centre.
pub const ZONE: &str = "Asia/Shanghai";

/// Working hours of departments, in minutes after midnight, Monday to Friday.
pub const HOURS: &[(u32, u32)] = &[(8 * 60 + 30, 12 * 60), (13 * 60 + 30, 18 * 60)];

/// Id, Chinese and English title, parent.
pub const DEPARTMENTS: &[(&str, &str, &str, Option<&str>)] = &[
    ("service_office", "客服办", "Service office", None),
    ("finance", "财务部", "Finance", None),
    ("planning", "规划发展部", "Planning and development", None),
    ("legal", "法规办", "Legal office", None),
    ("dispatch", "调度中心", "Dispatch centre", None),
    ("north_branch", "北区供电所", "North branch", None),
    ("north_crew", "北区抢修班", "North repair crew", Some("north_branch")),
    ("south_branch", "南区供电所", "South branch", None),
    ("south_crew", "南区抢修班", "South repair crew", Some("south_branch")),
    ("discipline", "纪检办", "Discipline office", None),
    ("audit", "审计部", "Audit", None),
];

/// Id, Chinese and English title.
pub const ROLES: &[(&str, &str, &str)] = &[
    ("agent", "坐席", "Agent"),
    ("shift_lead", "值班长", "Shift lead"),
    ("callback", "回访员", "Callback agent"),
    ("liaison", "联络人", "Liaison"),
    ("head", "负责人", "Head of department"),
    ("manager", "经理", "Manager"),
    ("reviewer", "质检员", "Reviewer"),
    ("auditor", "审计员", "Auditor"),
    ("administrator", "管理员", "Administrator"),
];

/// Id, name, roles (`role` or `role@department`).
pub const PEOPLE: &[(&str, &str, &[&str])] = &[
    ("li", "李娜", &["agent"]),
    ("wang", "王伟", &["agent"]),
    ("chen", "陈晨", &["agent"]),
    ("zhou", "周敏", &["agent"]),
    ("xu", "徐丽", &["agent"]),
    ("ma", "马强", &["agent"]),
    ("zhang", "张建国", &["shift_lead"]),
    ("zhao", "赵红梅", &["shift_lead"]),
    ("song", "宋志远", &["shift_lead"]),
    ("cai", "蔡文静", &["callback"]),
    ("qian", "钱小芳", &["callback"]),
    ("boss", "高明远", &["manager"]),
    ("vice", "沈玉兰", &["manager"]),
    ("rui", "芮敏", &["reviewer"]),
    ("shen", "申计", &["auditor"]),
    ("admin", "管理员", &["administrator"]),
    ("sara", "萨日娜", &["liaison@service_office"]),
    ("head_service", "何慧", &["head@service_office"]),
    ("deputy_service", "邓辉", &["head@service_office"]),
    ("fang", "方圆", &["liaison@finance"]),
    ("head_fin", "贺金", &["head@finance", "liaison@finance"]),
    ("deputy_fin", "丁富", &["head@finance"]),
    ("ping", "平川", &["liaison@planning"]),
    ("head_plan", "郝规", &["head@planning"]),
    ("deputy_plan", "窦划", &["head@planning"]),
    ("lian", "连法", &["liaison@legal"]),
    ("head_legal", "韩律", &["head@legal"]),
    ("deputy_legal", "段理", &["head@legal"]),
    ("dana", "达娜", &["liaison@dispatch"]),
    ("head_dispatch", "杭调", &["head@dispatch"]),
    ("deputy_dispatch", "杜度", &["head@dispatch"]),
    ("nora", "诺敏", &["liaison@north_branch"]),
    ("head_north", "霍北", &["head@north_branch"]),
    ("deputy_north", "董北生", &["head@north_branch"]),
    ("nick", "倪克", &["liaison@north_crew"]),
    ("head_ncrew", "侯勇", &["head@north_crew"]),
    ("deputy_ncrew", "戴勇", &["head@north_crew"]),
    ("sun", "孙楠", &["liaison@south_branch"]),
    ("head_south", "洪南", &["head@south_branch"]),
    ("deputy_south", "邸南生", &["head@south_branch"]),
    ("sam", "萨木", &["liaison@south_crew"]),
    ("head_screw", "华刚", &["head@south_crew"]),
    ("deputy_screw", "狄刚", &["head@south_crew"]),
    ("ding", "丁正", &["liaison@discipline"]),
    ("head_disc", "郝正", &["head@discipline"]),
    ("deputy_disc", "杜廉", &["head@discipline"]),
    ("ada", "艾达", &["liaison@audit"]),
    ("head_audit", "黄审", &["head@audit"]),
    ("deputy_audit", "邵计", &["head@audit"]),
];

/// Who is shown with a token when the demonstration starts: role and person.
pub const SHOWN: &[(&str, &str)] = &[
    ("agent", "li"),
    ("shift_lead", "zhang"),
    ("liaison", "fang"),
    ("head", "head_fin"),
    ("callback", "cai"),
    ("manager", "boss"),
    ("reviewer", "rui"),
    ("auditor", "shen"),
    ("administrator", "admin"),
];

/// Shifts of a day, in minutes after midnight; the last one ends on the next day.
pub const SHIFTS: &[(i64, i64)] = &[(0, 8 * 60), (8 * 60, 16 * 60), (16 * 60, 24 * 60)];

/// Roles that are rostered around the clock, each shift its own people, turning every day.
pub const ROSTERED: &[&str] = &["shift_lead", "agent", "callback"];

/// Days before and after now that are rostered.
const ROSTERED_DAYS: std::ops::Range<i64> = -9..16;

/// The whole organisation, rostered around now.
pub fn directory(now: Moment) -> Directory {
    let text = |zh: &str, en: &str| Text {
        zh: zh.to_owned(),
        en: en.to_owned(),
    };
    let mut directory = Directory::default();
    for (id, zh, en, parent) in DEPARTMENTS {
        let id = DepartmentId::from(*id);
        let parent = parent.map(DepartmentId::from);
        let department = Department {
            id: id.clone(),
            title: text(zh, en),
            parent,
            valid: Validity::default(),
        };
        directory.departments.insert(id, department);
    }
    for (id, zh, en) in ROLES {
        directory.roles.insert(RoleId::from(*id), text(zh, en));
    }
    for (id, name, roles) in PEOPLE {
        let id = PersonId::from(*id);
        let person = Person {
            id: id.clone(),
            name: (*name).to_owned(),
            email: Some(format!("{id}@demo.invalid")),
            addresses: BTreeMap::new(),
            language: "zh-CN".to_owned(),
            valid: Validity::default(),
        };
        directory.people.insert(id.clone(), person);
        for (role, department) in roles.iter().map(|role| role_of(role)) {
            let valid = Validity::default();
            directory.memberships.push(Membership {
                person: id.clone(),
                role,
                department,
                valid,
            });
        }
    }
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    directory.shifts = ROSTERED.iter().flat_map(|role| roster(role, now, &zone)).collect();
    directory.calendars.insert("default".into(), Arc::new(calendar(zone)));
    directory.changed();
    directory
}

/// The people of a role take turns: who has the early shift today has the late one tomorrow.
fn roster(role: &str, now: Moment, zone: &TimeZone) -> Vec<Shift> {
    let people = members(role);
    let today = now.timestamp().to_zoned(zone.clone()).date();
    let turns = i64::try_from(SHIFTS.len()).unwrap_or(1);
    let mut shifts = Vec::new();
    for day in ROSTERED_DAYS {
        let Ok(date) = today.checked_add(day.days()) else {
            continue;
        };
        let Ok(midnight) = date.to_zoned(zone.clone()) else {
            continue;
        };
        let midnight = Moment::from_timestamp(midnight.timestamp());
        for (place, person) in people.iter().enumerate() {
            let place = i64::try_from(place).unwrap_or_default();
            let turn = usize::try_from((place + day).rem_euclid(turns)).unwrap_or_default();
            // Whoever is shown with a token is there day and night, so that what the texts say always works.
            let shown = SHOWN.iter().any(|(_, shown)| person.as_str() == *shown);
            let span = if shown { Some(&(0, 24 * 60)) } else { SHIFTS.get(turn) };
            if let Some((from, to)) = span {
                shifts.push(Shift {
                    person: person.clone(),
                    role: Some(RoleId::from(role)),
                    from: midnight.plus(from * MINUTE),
                    to: midnight.plus(to * MINUTE),
                });
            }
        }
    }
    shifts
}

fn calendar(zone: TimeZone) -> Calendar {
    let hours: Vec<Interval> = HOURS
        .iter()
        .map(|(from, to)| Interval { from: *from, to: *to })
        .collect();
    let on = |day: usize| if day < 5 { hours.clone() } else { Vec::new() };
    Calendar {
        id: "default".into(),
        zone,
        day: 8 * HOUR,
        weekly: std::array::from_fn(on),
        closed: BTreeSet::new(),
        opened: BTreeMap::new(),
        loaded_through: None,
        version: 0,
    }
    .with_holidays(&Holidays::china_all(), None)
}

/// A role with its department.
pub fn role_of(text: &str) -> (RoleId, Option<DepartmentId>) {
    match text.split_once('@') {
        None => (RoleId::from(text), None),
        Some((role, department)) => (RoleId::from(role), Some(DepartmentId::from(department))),
    }
}

/// People who have a role in the whole centre, in the order of the list.
pub fn members(role: &str) -> Vec<PersonId> {
    let has = |roles: &[&str]| roles.contains(&role);
    PEOPLE
        .iter()
        .filter(|(_, _, roles)| has(roles))
        .map(|(id, _, _)| PersonId::from(*id))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_belongs_to_a_known_role_and_department() {
        for (person, _, roles) in PEOPLE {
            for (role, department) in roles.iter().map(|role| role_of(role)) {
                assert!(ROLES.iter().any(|(id, _, _)| *id == role.as_str()), "{person} {role}");
                assert!(
                    department.is_none_or(|department| DEPARTMENTS.iter().any(|(id, ..)| *id == department.as_str()))
                );
            }
        }
        for (role, person) in SHOWN {
            let (_, _, roles) = PEOPLE.iter().find(|(id, _, _)| id == person).unwrap();
            assert!(roles.iter().any(|one| role_of(one).0.as_str() == *role));
        }
        for role in ROSTERED {
            assert!(members(role).len() >= 2);
        }
    }
}
