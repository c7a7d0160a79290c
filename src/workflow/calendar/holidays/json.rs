//! Holidays from JSON: `{"year": 2026, "days": [{"date": "2026-01-01", "isOffDay": true, "name": "元旦"}, …]}`, the
//! shape in which the lists for China are published. Other keys are of no interest.

use jiff::civil::Date;
use serde_json::Value;

use super::{ENTRIES_MAX, FILE_SIZE_MAX, HolidayProblem, HolidayProblemKind, Holidays};

/// The holidays of the file, or all that is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Holidays, Vec<HolidayProblem>> {
    use HolidayProblemKind as Kind;
    let one = |problem| Err(vec![problem]);
    if bytes.len() > FILE_SIZE_MAX {
        return one(HolidayProblem::new(Kind::TooLarge, FILE_SIZE_MAX.to_string()));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return one(HolidayProblem::new(Kind::NotText, ""));
    };
    let file: Value = match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(file) => file,
        Err(error) => {
            return one(HolidayProblem::new(Kind::Syntax, error.to_string()).at_line(error.line()));
        }
    };
    let year = file
        .get("year")
        .and_then(Value::as_i64)
        .and_then(|year| i16::try_from(year).ok());
    let Some(year) = year.filter(|year| (1970..=9000).contains(year)) else {
        let found = file.get("year").map(Value::to_string).unwrap_or_default();
        return one(HolidayProblem::new(Kind::Year, found));
    };
    let days = file
        .get("days")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if days.is_empty() {
        return one(HolidayProblem::new(Kind::Nothing, ""));
    }
    if days.len() > ENTRIES_MAX {
        return one(HolidayProblem::new(Kind::TooLarge, ENTRIES_MAX.to_string()));
    }
    let mut holidays = Holidays::default();
    holidays.years.insert(year);
    let mut problems = Vec::new();
    for (index, day) in days.iter().enumerate() {
        if let Err(problem) = add(&mut holidays, year, day) {
            problems.push(problem.at_entry(index + 1));
        }
    }
    if problems.is_empty() {
        Ok(holidays)
    } else {
        Err(problems)
    }
}

fn add(holidays: &mut Holidays, year: i16, day: &Value) -> Result<(), HolidayProblem> {
    use HolidayProblemKind as Kind;
    let shown = |key: &str| day.get(key).map(Value::to_string).unwrap_or_default();
    let date: Date = day
        .get("date")
        .and_then(Value::as_str)
        .filter(|text| text.len() == 10)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| HolidayProblem::new(Kind::Date, shown("date")))?;
    // New Year's holiday begins in the year before.
    if (date.year() - year).abs() > 1 {
        return Err(HolidayProblem::new(Kind::OtherYear, date.to_string()));
    }
    let off = day.get("isOffDay").and_then(Value::as_bool);
    let off = off.ok_or_else(|| HolidayProblem::new(Kind::OffDay, shown("isOffDay")))?;
    let (into, other) = if off {
        (&mut holidays.closed, &holidays.made_up)
    } else {
        (&mut holidays.made_up, &holidays.closed)
    };
    if other.contains(&date) {
        return Err(HolidayProblem::new(Kind::Contradiction, date.to_string()));
    }
    into.insert(date);
    Ok(())
}
