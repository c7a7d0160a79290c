//! A month's roster as it hangs on the wall (排班表): people down, days across, a letter in each cell.
//!
//! ```text
//!   2026年3月 值班表
//!   工号   姓名   1   2   3  …  31
//!                 日  一  二 …  二        ← the days of the week may stand here
//!   li     李明   早  中  夜 …  休
//!   早=08:00-16:00   夜=22:00-06:00        ← what the letters mean, unless the house's rules say it
//! ```
//!
//! The month comes from whole dates in the header, from a line above it, or from whoever imports. Hours may stand in a
//! cell in place of a letter. A cell merged with another day's is refused: one letter for two days means two things.

use std::collections::HashMap;

use indexmap::IndexMap;
use jiff::civil::Date;

use super::cells::{self, narrow};
use super::fault::{FAULTS_MAX, Fault, What};
use super::roster::{Asked, Read, Replaced, Shifts};
use super::table::Records;
use crate::workflow::calendar::{Interval, hours};
use crate::workflow::directory::{Directory, Shift};
use crate::workflow::id::{PersonId, RoleId};
use crate::workflow::moment::Moment;
use crate::workflow::nearest::nearest;

/// The header stands in one of the first lines.
const HEADER_WITHIN: usize = 12;
/// Days a header has at least; below that it is another table.
const DAYS_MIN: usize = 5;
/// Days a header has at most: two months.
const DAYS_MAX: usize = 62;
/// Cells that mean no duty.
const OFF: [&str; 8] = ["休", "休息", "-", "—", "/", "off", "OFF", "×"];
const WEEKDAYS: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];
const PERSON: [&str; 7] = ["person", "人员编号", "编号", "登录名", "账号", "工号", "人员"];
const NAME: [&str; 3] = ["name", "姓名", "名字"];
const ROLE: [&str; 3] = ["role", "角色", "岗位"];

/// Where things stand in the table.
pub(super) struct Layout {
    /// Which record is the header.
    place: usize,
    line: u64,
    person: Option<usize>,
    name: Option<usize>,
    role: Option<usize>,
    days: Vec<DayColumn>,
}

struct DayColumn {
    column: usize,
    heading: String,
    day: Day,
}

#[derive(Clone, Copy)]
enum Day {
    OfMonth(i8),
    Whole(Date),
}

/// The layout, when the table is a month's roster.
pub(super) fn layout(records: &Records) -> Option<Layout> {
    let lines = records.lines.iter().take(HEADER_WITHIN).enumerate();
    for (place, record) in lines {
        let Ok((line, cells)) = record else { continue };
        let heading = |names: &[&str]| {
            cells
                .iter()
                .position(|cell| names.iter().any(|name| cell.trim().eq_ignore_ascii_case(name)))
        };
        let (person, name) = (heading(&PERSON), heading(&NAME));
        if person.is_none() && name.is_none() {
            continue;
        }
        let days: Vec<DayColumn> = cells
            .iter()
            .enumerate()
            .filter_map(|(column, text)| {
                let day = day(text)?;
                Some(DayColumn {
                    column,
                    heading: text.trim().to_owned(),
                    day,
                })
            })
            .collect();
        if (DAYS_MIN..=DAYS_MAX).contains(&days.len()) {
            return Some(Layout {
                place,
                line: *line,
                person,
                name,
                role: heading(&ROLE),
                days,
            });
        }
    }
    None
}

/// `1`, `1日`, `01`, `1 周日`, `3月1日`, `2026-03-01`.
fn day(text: &str) -> Option<Day> {
    let text = narrow(text);
    if let Some(date) = cells::date(&text) {
        return Some(Day::Whole(date));
    }
    let text = match text.split_once(['月', '/']) {
        Some((month, rest)) if number(month).is_some_and(|month| (1..=12).contains(&month)) => rest.to_owned(),
        Some(_) | None => text,
    };
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let rest: String = text.chars().skip(digits.len()).collect();
    let rest = rest.trim_start_matches(['日', '号']).trim();
    let weekday = rest.is_empty() || is_weekday(rest.trim_matches(['(', ')']));
    let day = i8::try_from(number(&digits)?).ok()?;
    (weekday && (1..=31).contains(&day)).then_some(Day::OfMonth(day))
}

fn number(text: &str) -> Option<i64> {
    let whole = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    whole.then(|| text.parse().ok()).flatten()
}

fn is_weekday(text: &str) -> bool {
    let bare = text.trim_start_matches("星期").trim_start_matches('周');
    WEEKDAYS.contains(&bare) || bare == "天" || hours::WEEKDAYS.contains(&bare.to_lowercase().as_str())
}

/// Reads the table. Faults of lines stand in what is read; the whole fails only where nothing of it can be understood.
pub(super) fn read(records: &Records, layout: &Layout, asked: &Asked<'_>) -> Result<Read, Vec<Fault>> {
    let month = month_of(records, layout).or(asked.month);
    if month.is_none() && layout.days.iter().any(|day| matches!(day.day, Day::OfMonth(_))) {
        return Err(vec![Fault::line(layout.line, What::MonthMissing)]);
    }
    let codes = codes(records, layout, asked);
    let names = names(asked.directory);
    let mut table = Table {
        records,
        layout,
        asked,
        month,
        codes: &codes,
        names: &names,
        shifts: Shifts::new(asked),
        faults: Vec::new(),
        people: Vec::new(),
    };
    for record in records.lines.iter().skip(layout.place + 1) {
        if table.faults.len() >= FAULTS_MAX {
            break;
        }
        match record {
            Ok((line, cells)) => table.row(*line, cells),
            Err(fault) => table.faults.push(fault.clone()),
        }
    }
    Ok(table.done())
}

struct Table<'a> {
    records: &'a Records,
    layout: &'a Layout,
    asked: &'a Asked<'a>,
    month: Option<(i16, i8)>,
    codes: &'a IndexMap<String, Vec<Interval>>,
    names: &'a HashMap<&'a str, Vec<&'a PersonId>>,
    shifts: Shifts<'a>,
    faults: Vec<Fault>,
    people: Vec<PersonId>,
}

impl Table<'_> {
    fn row(&mut self, line: u64, cells: &[String]) {
        let text = |column: usize| cells.get(column).map_or("", |cell| cell.trim());
        let days = &self.layout.days;
        let filled = days.iter().filter(|day| !text(day.column).is_empty());
        // Legends and remarks have nothing under the days; the days of the week have nothing else.
        if filled.clone().count() == 0 || filled.clone().all(|day| is_weekday(&narrow(text(day.column)))) {
            return;
        }
        let before = self.faults.len();
        let person = self.person(line, &text);
        let role = self.role(&text);
        if let Err(what) = &role {
            self.fault(line, "role", what.clone());
        }
        let mut found = Vec::new();
        for day in filled {
            match self.cell(line, day, text(day.column)) {
                Ok(spans) => found.extend(spans),
                Err(what) => self.fault(line, &day.heading, what),
            }
        }
        let (Some(person), Ok(role)) = (person, role) else {
            return;
        };
        if !self.people.contains(&person) {
            self.people.push(person.clone());
        }
        if self.faults.len() > before {
            return;
        }
        for (from, to) in found {
            let shift = Shift {
                person: person.clone(),
                role: role.clone(),
                from,
                to,
            };
            if let Err(what) = self.shifts.add(line, shift) {
                self.faults.push(Fault::line(line, what));
            }
        }
        if self.faults.len() > before {
            self.shifts.forget(line);
        }
    }

    fn fault(&mut self, line: u64, heading: &str, what: What) {
        self.faults.push(Fault {
            line,
            column: Some(heading.to_owned()),
            what,
        });
    }

    /// By id, else by a name that only one person has.
    fn person<'t>(&mut self, line: u64, text: &dyn Fn(usize) -> &'t str) -> Option<PersonId> {
        let id = self
            .layout
            .person
            .map(|column| narrow(text(column)))
            .unwrap_or_default();
        let name = self.layout.name.map_or("", text);
        let people = &self.asked.directory.people;
        let what = if !id.is_empty() {
            if people.contains_key(id.as_str()) {
                return Some(PersonId::new(id));
            }
            // Some write names under «人员».
            match self.names.get(id.as_str()).map(Vec::as_slice) {
                Some([one]) => return Some((*one).clone()),
                Some(several) => several_of(&id, several),
                None => What::Unknown {
                    kind: "person",
                    nearest: nearest(&id, people.keys().map(PersonId::as_str)),
                    value: id,
                },
            }
        } else if name.is_empty() {
            What::Empty
        } else {
            match self.names.get(name).map(Vec::as_slice) {
                Some([one]) => return Some((*one).clone()),
                Some(several) => several_of(name, several),
                None => What::Unknown {
                    kind: "person",
                    nearest: nearest(name, self.names.keys().copied()),
                    value: name.to_owned(),
                },
            }
        };
        let heading = if self.layout.person.is_some() { "person" } else { "name" };
        self.fault(line, heading, what);
        None
    }

    /// The role of the line, by id or title; the one that was asked for when there is none.
    fn role<'t>(&self, text: &dyn Fn(usize) -> &'t str) -> Result<Option<RoleId>, What> {
        let name = self.layout.role.map(|column| narrow(text(column))).unwrap_or_default();
        if name.is_empty() {
            return Ok(self.asked.role.clone());
        }
        let roles = &self.asked.directory.roles;
        let found = roles
            .iter()
            .find(|(id, title)| id.as_str() == name || title.zh == name || title.en.eq_ignore_ascii_case(&name));
        if let Some((id, _)) = found {
            return Ok(Some(id.clone()));
        }
        Err(What::Unknown {
            kind: "role",
            nearest: nearest(&name, roles.keys().map(RoleId::as_str)),
            value: name,
        })
    }

    /// The stretches that a cell means.
    fn cell(&self, line: u64, day: &DayColumn, text: &str) -> Result<Vec<(Moment, Moment)>, What> {
        if self.records.wide.contains(&(line, day.column)) {
            return Err(What::Merged);
        }
        let text = narrow(text);
        if OFF.contains(&text.as_str()) {
            return Ok(Vec::new());
        }
        let stretches = match self.codes.get(&text) {
            Some(stretches) => stretches.clone(),
            None => hours_of(&text).ok_or_else(|| What::ShiftCode {
                value: text.clone(),
                accepted: self.accepted(),
            })?,
        };
        let bad = || What::Date {
            value: day.heading.clone(),
        };
        let date = match (day.day, self.month) {
            (Day::Whole(date), _) => date,
            (Day::OfMonth(number), Some((year, month))) => Date::new(year, month, number).map_err(|_| bad())?,
            (Day::OfMonth(_), None) => return Err(What::MonthMissing),
        };
        let zone = self.asked.zone;
        let at = |minute: u32| cells::at(date, i64::from(minute), zone).ok_or_else(bad);
        stretches
            .iter()
            .map(|stretch| Ok((at(stretch.from)?, at(stretch.to)?)))
            .collect()
    }

    fn accepted(&self) -> String {
        let mut accepted: Vec<&str> = self.codes.keys().map(String::as_str).collect();
        accepted.push(OFF[0]);
        accepted.join(", ")
    }

    fn done(self) -> Read {
        let days = self.layout.days.iter().filter_map(|day| match (day.day, self.month) {
            (Day::Whole(date), _) => Some(date),
            (Day::OfMonth(number), Some((year, month))) => Date::new(year, month, number).ok(),
            (Day::OfMonth(_), None) => None,
        });
        let days: Vec<Date> = days.collect();
        let first = days.iter().min().and_then(|day| cells::at(*day, 0, self.asked.zone));
        let last = days
            .iter()
            .max()
            .and_then(|day| cells::at(*day, 1_440, self.asked.zone));
        let replaced = match (self.asked.replace_from, first, last) {
            (Some(now), Some(first), Some(last)) => Some(Replaced {
                people: self.people,
                from: first.max(now),
                to: last,
            }),
            _ => None,
        };
        Read {
            shifts: self.shifts.found(),
            faults: self.faults,
            replaced,
        }
    }
}

fn several_of(name: &str, people: &[&PersonId]) -> What {
    let ids: Vec<&str> = people.iter().map(|person| person.as_str()).collect();
    What::NameTwice {
        value: name.to_owned(),
        ids: ids.join(", "),
    }
}

fn names(directory: &Directory) -> HashMap<&str, Vec<&PersonId>> {
    let mut names: HashMap<&str, Vec<&PersonId>> = HashMap::new();
    for person in directory.people.values() {
        names.entry(person.name.as_str()).or_default().push(&person.id);
    }
    names
}

/// `2026年3月` or `2026-03` somewhere above the header.
fn month_of(records: &Records, layout: &Layout) -> Option<(i16, i8)> {
    let above = records.lines.iter().take(layout.place).flatten();
    above.flat_map(|(_, cells)| cells).find_map(|text| month_in(text))
}

/// The first year and month that a text names.
pub fn month_in(text: &str) -> Option<(i16, i8)> {
    let numbers: Vec<String> = narrow(text)
        .split(|character: char| !character.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map(ToOwned::to_owned)
        .collect();
    numbers.windows(2).find_map(|pair| {
        let [year, month] = pair else { return None };
        let (year, month): (i16, i8) = (year.parse().ok()?, month.parse().ok()?);
        ((2000..=2199).contains(&year) && (1..=12).contains(&month)).then_some((year, month))
    })
}

/// What the letters mean: the file's own words first, then the house's rules.
fn codes(records: &Records, layout: &Layout, asked: &Asked<'_>) -> IndexMap<String, Vec<Interval>> {
    let mut codes: IndexMap<String, Vec<Interval>> = IndexMap::new();
    for (_, cells) in records.lines.iter().flatten() {
        let under_days = |(column, _): &(usize, &String)| layout.days.iter().any(|day| day.column == *column);
        let is_person = layout
            .person
            .or(layout.name)
            .and_then(|column| cells.get(column))
            .is_some_and(|text| asked.directory.people.contains_key(narrow(text).as_str()));
        if is_person {
            continue;
        }
        for (_, text) in cells
            .iter()
            .enumerate()
            .filter(|cell| !under_days(cell) || cell.1.contains(['=', '＝']))
        {
            for part in text.split([';', '；', '\n', '，', ' ', '\u{3000}']) {
                if let Some((code, hours)) = legend(part) {
                    codes.entry(code).or_insert(hours);
                }
            }
        }
    }
    for (code, text) in &asked.codes {
        let hours = if text.trim().is_empty() {
            Some(Vec::new())
        } else {
            hours_of(text)
        };
        if let Some(hours) = hours {
            codes.entry(narrow(code)).or_insert(hours);
        }
    }
    codes
}

/// `早=08:00-16:00`, `夜：22:00-06:00`.
fn legend(text: &str) -> Option<(String, Vec<Interval>)> {
    let text = narrow(text);
    let (code, hours) = text.split_once(['=', ':'])?;
    let (code, hours) = (code.trim(), hours.trim());
    let is_code = !code.is_empty() && code.chars().count() <= 16 && !code.chars().all(|c| c.is_ascii_digit());
    is_code.then(|| Some((code.to_owned(), hours_of(hours)?))).flatten()
}

/// Hours as people write them: `8:00-16:00`, `22:00～次日6:00`, several with `,`, `、` or `+` between.
fn hours_of(text: &str) -> Option<Vec<Interval>> {
    let plain = narrow(text)
        .replace(['~', '～', '〜', '—', '–', '至', '到'], "-")
        .replace("次日", "")
        .replace(['、', '+', '/'], ",");
    hours::parse(&plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months_are_read_as_people_write_them() {
        for text in [
            "1",
            "01",
            "１",
            "1日",
            "1号",
            "3月1日",
            "3/1",
            "1 周日",
            "1(日)",
            "2026-03-01",
        ] {
            assert!(day(text).is_some(), "{text}");
        }
        for text in ["", "0", "32", "一", "1班", "合计", "100"] {
            assert!(day(text).is_none(), "{text}");
        }
        for text in [
            "2026年3月 值班表",
            "坐席 2026-03",
            "２０２６年０３月",
            "roster 2026/3/1",
        ] {
            assert_eq!(month_in(text), Some((2026, 3)), "{text}");
        }
        assert_eq!(month_in("值班表 13 2026"), None);
    }

    #[test]
    fn hours_and_legends_are_read_as_people_write_them() {
        for text in ["22:00-06:00", "22：00～次日6:00", "22:00至6:00", "22:00—06:00"] {
            assert_eq!(hours_of(text).unwrap(), [Interval { from: 1320, to: 1800 }], "{text}");
        }
        assert_eq!(hours_of("8:00-12:00、14:00-18:00").unwrap().len(), 2);
        assert_eq!(legend("早=08:00-16:00").unwrap().0, "早");
        assert_eq!(legend("夜班：22:00-06:00").unwrap().0, "夜班");
        assert!(legend("08:00-16:00").is_none(), "hours explain no code");
        assert!(legend("备注：请准时").is_none());
    }
}
