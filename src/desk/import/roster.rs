//! `roster.csv` and `absences.csv`: who is rostered when, and who is away.
//!
//! A line is either a day with two times of day (an end not later than the start is on the next day) or two instants.

use std::collections::HashMap;

use jiff::tz::TimeZone;

use super::cells::{self, Cells, Edge, PERSON, each_row};
use super::fault::{Fault, What};
use super::people::{known_person, known_role, person};
use super::table::{self, Column};
use crate::workflow::directory::{Absence, Directory, Shift};
use crate::workflow::id::PersonId;
use crate::workflow::moment::{HOUR, Moment};

/// A shift longer than this is a typing mistake.
const SHIFT_MAX: i64 = 36 * HOUR;

const ROSTER: &[Column] = &[
    PERSON,
    Column::optional("role", &["角色", "岗位"]),
    Column::optional("date", &["日期"]),
    Column::optional("start", &["上班", "上班时间"]),
    Column::optional("end", &["下班", "下班时间"]),
    Column::optional("from", &["开始", "开始时间"]),
    Column::optional("to", &["结束", "结束时间"]),
];

const ABSENCES: &[Column] = &[
    PERSON,
    Column::required("from", &["开始", "开始时间"]),
    Column::required("to", &["结束", "结束时间"]),
    Column::optional("substitute", &["替班", "代班人", "替班人"]),
];

/// Reads `roster.csv`. A shift that the directory has already is left out, so that a file can be imported again.
pub fn read(bytes: &[u8], directory: &Directory, zone: &TimeZone) -> Result<Vec<Shift>, Vec<Fault>> {
    let table = table::read(bytes, ROSTER)?;
    let mut shifts: Vec<Shift> = Vec::new();
    let mut lines: HashMap<PersonId, Vec<(u64, Shift)>> = HashMap::new();
    let mut known: HashMap<&PersonId, Vec<&Shift>> = HashMap::new();
    for shift in &directory.shifts {
        known.entry(&shift.person).or_default().push(shift);
    }
    let faults = each_row(&table, zone, |cells| {
        let person = person(cells, directory);
        let role = cells.id_if_given("role");
        let role = role.map(|role| known_role(cells, "role", &role, directory));
        let span = span(cells);
        let (Some(person), Some((from, to))) = (person, span) else {
            return;
        };
        if role == Some(None) {
            return;
        }
        let shift = Shift {
            person,
            role: role.flatten(),
            from,
            to,
        };
        let own = lines.entry(shift.person.clone()).or_default();
        let before = known.get(&shift.person).map_or(&[][..], Vec::as_slice);
        if let Some((line, other)) = own.iter().find(|(_, other)| clash(other, &shift)) {
            let what = if *other == shift {
                What::Twice {
                    value: spelled(&shift, zone),
                    first: *line,
                }
            } else {
                What::Overlap {
                    with: spelled(other, zone),
                }
            };
            cells.fault("person", what);
        } else if let Some(other) = before.iter().find(|other| ***other != shift && clash(other, &shift)) {
            cells.fault(
                "person",
                What::Overlap {
                    with: spelled(other, zone),
                },
            );
        } else {
            own.push((cells.row.line, shift.clone()));
            if !before.contains(&&shift) {
                shifts.push(shift);
            }
        }
    });
    if faults.is_empty() { Ok(shifts) } else { Err(faults) }
}

/// Reads `absences.csv`. A day alone in `to` is included.
pub fn read_absences(bytes: &[u8], directory: &Directory, zone: &TimeZone) -> Result<Vec<Absence>, Vec<Fault>> {
    let table = table::read(bytes, ABSENCES)?;
    let mut absences = Vec::new();
    let faults = each_row(&table, zone, |cells| {
        let person = person(cells, directory);
        let substitute = cells.id_if_given("substitute");
        let substitute = substitute.map(|id| known_person(cells, "substitute", &id, directory));
        let span = instants(cells);
        let (Some(person), Some((from, to))) = (person, span) else {
            return;
        };
        let absence = Absence {
            person,
            from,
            to,
            substitute: substitute.flatten(),
        };
        if !directory.absences.contains(&absence) {
            absences.push(absence);
        }
    });
    if faults.is_empty() { Ok(absences) } else { Err(faults) }
}

fn span(cells: &mut Cells<'_>) -> Option<(Moment, Moment)> {
    let by_day = cells.row.given("date").is_some() || cells.row.given("start").is_some();
    let (from, to) = if by_day { day(cells)? } else { instants(cells)? };
    if to.since(from) > SHIFT_MAX {
        cells.fault(if by_day { "end" } else { "to" }, What::ShiftTooLong);
        return None;
    }
    Some((from, to))
}

fn day(cells: &mut Cells<'_>) -> Option<(Moment, Moment)> {
    if cells.row.given("date").is_none() {
        cells.fault("date", What::Empty);
    }
    let date = cells.date("date");
    let (start, end) = (cells.time_of_day("start"), cells.time_of_day("end"));
    let (date, start, end) = (date?, start?, end?);
    let end = if end <= start { end + 1440 } else { end };
    Some((cells::at(date, start, cells.zone)?, cells::at(date, end, cells.zone)?))
}

fn instants(cells: &mut Cells<'_>) -> Option<(Moment, Moment)> {
    for key in ["from", "to"] {
        if cells.row.given(key).is_none() {
            cells.fault(key, What::Empty);
        }
    }
    let (from, to) = (cells.instant("from", Edge::Beginning)?, cells.instant("to", Edge::End)?);
    if to <= from {
        cells.fault("to", What::Order);
        return None;
    }
    Some((from, to))
}

/// The same person in the same role (no role is every role) at the same time.
fn clash(one: &Shift, other: &Shift) -> bool {
    let same_role = one.role.is_none() || other.role.is_none() || one.role == other.role;
    one.person == other.person && same_role && one.from < other.to && other.from < one.to
}

/// `li 2026-03-02 08:00 – 2026-03-02 16:00`.
fn spelled(shift: &Shift, zone: &TimeZone) -> String {
    let at = |moment: Moment| {
        moment
            .timestamp()
            .to_zoned(zone.clone())
            .strftime("%Y-%m-%d %H:%M")
            .to_string()
    };
    format!("{} {} – {}", shift.person, at(shift.from), at(shift.to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::definition::Text;
    use crate::workflow::directory::{Person, Validity};

    fn directory() -> Directory {
        let mut directory = Directory::default();
        directory.roles.insert("shift_lead".into(), Text::default());
        for id in ["zhang", "wang"] {
            let person = Person {
                id: PersonId::from(id),
                name: id.to_owned(),
                email: None,
                language: "en".to_owned(),
                valid: Validity::default(),
            };
            directory.people.insert(person.id.clone(), person);
        }
        directory
    }

    fn zone() -> TimeZone {
        TimeZone::get("Asia/Shanghai").unwrap()
    }

    #[test]
    fn a_shift_may_cross_midnight_and_be_split() {
        let text = concat!(
            "人员,角色,日期,上班,下班\n",
            "zhang,shift_lead,2026-03-02,22:00,6:00\n",
            "wang,,2026/3/2,08:00,12:00\n",
            "wang,,2026/3/2,14:00,24:00\n"
        );
        let mut directory = directory();
        let shifts = read(text.as_bytes(), &directory, &zone()).unwrap();
        assert_eq!(shifts[0].from.rfc3339(), "2026-03-02T14:00:00.000Z");
        assert_eq!(shifts[0].to.rfc3339(), "2026-03-02T22:00:00.000Z");
        assert_eq!(shifts[2].to.rfc3339(), "2026-03-02T16:00:00.000Z");
        directory.shifts = shifts;
        assert_eq!(
            read(text.as_bytes(), &directory, &zone()).unwrap(),
            [],
            "the same file again adds nothing"
        );
    }

    #[test]
    fn shifts_of_one_person_may_not_overlap_nor_last_for_ever() {
        let text = concat!(
            "person,from,to\n",
            "zhang,2026-03-02 08:00,2026-03-02 16:00\n",
            "zhang,2026-03-02 15:00,2026-03-02 23:00\n",
            "wang,2026-03-02 08:00,2026-04-02 08:00\n",
            "wang,2026-03-02 08:00,2026-03-02 08:00\n",
            "zheng,2026-03-02 08:00,\n"
        );
        let faults = read(text.as_bytes(), &directory(), &zone()).unwrap_err();
        let codes: Vec<_> = faults.iter().map(|fault| (fault.line, fault.what.code())).collect();
        assert_eq!(
            codes,
            [
                (3, "overlap"),
                (4, "shift-too-long"),
                (5, "order"),
                (6, "unknown"),
                (6, "empty")
            ]
        );
    }
}
