//! Rosters and absences: who is rostered when, and who is away.
//!
//! A line is either a day with two times of day (an end not later than the start is on the next day) or two instants.

use std::collections::HashMap;

use indexmap::IndexMap;
use jiff::tz::TimeZone;

use super::cells::{self, Cells, Edge, PERSON, each_row};
use super::fault::{Fault, What};
use super::month;
use super::people::{known_person, known_role, person};
use super::table::{self, Column};
use crate::workflow::directory::{Absence, Directory, Shift};
use crate::workflow::id::{PersonId, RoleId};
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

/// What is known beside the file.
pub struct Asked<'a> {
    pub directory: &'a Directory,
    pub zone: &'a TimeZone,
    /// What the letters of a month's roster mean in this house.
    pub codes: IndexMap<String, String>,
    /// Year and month of a table that names none.
    pub month: Option<(i16, i8)>,
    /// The role of lines that name none; without it a shift counts for every role.
    pub role: Option<RoleId>,
    /// From this instant on a month's roster replaces what its people had in its days.
    pub replace_from: Option<Moment>,
}

/// What was read: the shifts of right lines that are new, and what is wrong with the others.
#[derive(Debug)]
pub struct Read {
    /// Each with its line.
    pub shifts: Vec<(u64, Shift)>,
    pub faults: Vec<Fault>,
    pub replaced: Option<Replaced>,
}

/// Whose shifts, beginning when, give way to those that were read.
#[derive(Debug)]
pub struct Replaced {
    pub people: Vec<PersonId>,
    pub from: Moment,
    pub to: Moment,
}

/// Reads a roster: one shift a line, or a month with a column for each day ([`super::month`]). Fails where no line can be
/// understood.
pub fn read(bytes: &[u8], asked: &Asked<'_>) -> Result<Read, Vec<Fault>> {
    let records = table::records(bytes)?;
    match month::layout(&records) {
        Some(layout) => month::read(&records, &layout, asked),
        None => read_long(bytes, asked),
    }
}

fn read_long(bytes: &[u8], asked: &Asked<'_>) -> Result<Read, Vec<Fault>> {
    let table = table::read(bytes, ROSTER)?;
    let mut shifts = Shifts::new(asked);
    let faults = each_row(&table, asked.zone, |cells| {
        let person = person(cells, asked.directory);
        let role = cells.id_if_given("role");
        let role = role.map(|role| known_role(cells, "role", &role, asked.directory));
        let span = span(cells);
        let (Some(person), Some((from, to))) = (person, span) else {
            return;
        };
        if role == Some(None) {
            return;
        }
        let shift = Shift {
            person,
            role: role.flatten().or_else(|| asked.role.clone()),
            from,
            to,
        };
        if let Err(what) = shifts.add(cells.row.line, shift) {
            cells.fault("person", what);
        }
    });
    Ok(Read {
        shifts: shifts.found(),
        faults,
        replaced: None,
    })
}

/// The shifts of a file as they are read, beside those that are known.
pub(super) struct Shifts<'a> {
    zone: &'a TimeZone,
    known: HashMap<&'a PersonId, Vec<&'a Shift>>,
    lines: HashMap<PersonId, Vec<(u64, Shift)>>,
    found: Vec<(u64, Shift)>,
}

impl<'a> Shifts<'a> {
    pub fn new(asked: &Asked<'a>) -> Self {
        let mut known: HashMap<&PersonId, Vec<&Shift>> = HashMap::new();
        for shift in &asked.directory.shifts {
            // What gives way is not in the way.
            if asked.replace_from.is_none_or(|now| shift.from < now) {
                known.entry(&shift.person).or_default().push(shift);
            }
        }
        Self {
            zone: asked.zone,
            known,
            lines: HashMap::new(),
            found: Vec::new(),
        }
    }

    /// Takes a shift, unless the person has another one then. One that is known already is left out, so that a file can
    /// be imported again.
    pub fn add(&mut self, line: u64, shift: Shift) -> Result<(), What> {
        let own = self.lines.entry(shift.person.clone()).or_default();
        if let Some((line, other)) = own.iter().find(|(_, other)| clash(other, &shift)) {
            return Err(if *other == shift {
                What::Twice {
                    value: spelled(&shift, self.zone),
                    first: *line,
                }
            } else {
                What::Overlap {
                    with: spelled(other, self.zone),
                }
            });
        }
        let before = self.known.get(&shift.person).map_or(&[][..], Vec::as_slice);
        if let Some(other) = before.iter().find(|other| ***other != shift && clash(other, &shift)) {
            return Err(What::Overlap {
                with: spelled(other, self.zone),
            });
        }
        own.push((line, shift.clone()));
        if !before.contains(&&shift) {
            self.found.push((line, shift));
        }
        Ok(())
    }

    /// Takes a line back.
    pub fn forget(&mut self, line: u64) {
        self.found.retain(|(of, _)| *of != line);
        for own in self.lines.values_mut() {
            own.retain(|(of, _)| *of != line);
        }
    }

    pub fn found(self) -> Vec<(u64, Shift)> {
        self.found
    }
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
                addresses: std::collections::BTreeMap::new(),
                language: "en".to_owned(),
                valid: Validity::default(),
            };
            directory.people.insert(person.id.clone(), person);
        }
        directory
    }

    fn read(bytes: &[u8], directory: &Directory, zone: &TimeZone) -> Result<Vec<Shift>, Vec<Fault>> {
        let asked = Asked {
            directory,
            zone,
            codes: IndexMap::new(),
            month: None,
            role: None,
            replace_from: None,
        };
        let read = super::read(bytes, &asked)?;
        if !read.faults.is_empty() {
            return Err(read.faults);
        }
        Ok(read.shifts.into_iter().map(|(_, shift)| shift).collect())
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
