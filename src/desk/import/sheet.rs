//! A workbook of a spreadsheet program (`.xlsx`) as lines of texts, as if it had been saved as CSV.
//!
//! Such a file is a heap of compressed XML from a stranger: what it inflates to is counted before anything is read, cells
//! come one by one and never as a rectangle (one cell at the far corner would be billions), and every number has a bound.
//! Formulas are never computed: what the spreadsheet program stored beside them counts.

use std::io::{Cursor, Read, sink};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, Xlsx};
use jiff::Unit;
use jiff::civil::DateTime;

use super::fault::{FAULTS_MAX, Fault, What};

/// Bytes a workbook may have.
const BYTES_MAX: usize = 16 << 20;
/// Bytes its parts may inflate to, together.
const INFLATED_MAX: u64 = 128 << 20;
/// Parts a workbook may have.
const PARTS_MAX: usize = 2_000;
/// Lines of the sheet.
pub const LINES_MAX: u32 = 50_000;
/// Columns of the sheet.
const COLUMNS_MAX: u32 = 200;
/// Merged areas of the sheet.
const MERGED_MAX: usize = 10_000;

/// The first sheet of a workbook.
#[derive(Debug, Default)]
pub struct Sheet {
    /// Lines with anything in them: number from 1, cells from the first column on.
    pub rows: Vec<(u64, Vec<String>)>,
    /// Cells (line, column from 0) that are merged with others of their line.
    pub wide: Vec<(u64, usize)>,
}

/// Whether the bytes are a workbook rather than text: an archive, or the older format that is refused by name.
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || is_old(bytes)
}

fn is_old(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
}

/// Reads the first sheet.
pub fn read(bytes: &[u8]) -> Result<Sheet, Vec<Fault>> {
    if bytes.len() > BYTES_MAX {
        let most = u64::try_from(BYTES_MAX >> 20).unwrap_or(u64::MAX);
        return Err(vec![Fault::file(What::TooLarge { most })]);
    }
    if is_old(bytes) {
        return Err(vec![Fault::file(What::OldWorkbook)]);
    }
    must_stay_small(bytes).map_err(|what| vec![Fault::file(what)])?;
    // The reader of workbooks takes some liberties with broken ones; nothing outlives it that could be half-made.
    catch_unwind(AssertUnwindSafe(|| cells_of(bytes))).unwrap_or_else(|_| Err(vec![broken(&"damaged")]))
}

fn broken(detail: &dyn ToString) -> Fault {
    Fault::file(What::Workbook {
        detail: detail.to_string(),
    })
}

/// Inflates every part into nothing and counts: what the archive says about sizes may be a lie.
fn must_stay_small(bytes: &[u8]) -> Result<(), What> {
    let damaged = |error: &dyn ToString| What::Workbook {
        detail: error.to_string(),
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let most = INFLATED_MAX >> 20;
    if archive.len() > PARTS_MAX {
        return Err(What::TooLarge { most });
    }
    let mut left = INFLATED_MAX;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(|error| damaged(&error))?;
        let mut bounded = part.take(left.saturating_add(1));
        let read = std::io::copy(&mut bounded, &mut sink()).map_err(|error| damaged(&error))?;
        left = left.checked_sub(read).ok_or(What::TooLarge { most })?;
    }
    Ok(())
}

fn cells_of(bytes: &[u8]) -> Result<Sheet, Vec<Fault>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| vec![broken(&error)])?;
    let name = book.sheet_names().first().cloned();
    let name = name.ok_or_else(|| vec![Fault::file(What::NoHeader)])?;
    let merged = book
        .merge_cells_by_sheet_name(&name)
        .map_err(|error| vec![broken(&error)])?;
    if merged.len() > MERGED_MAX {
        return Err(vec![broken(&"merged cells")]);
    }
    let mut lines: Lines = Lines::default();
    let mut reader = book
        .worksheet_cells_reader(&name)
        .map_err(|error| vec![broken(&error)])?;
    while let Some(cell) = reader.next_cell_with_formula().map_err(|error| vec![broken(&error)])? {
        lines.take(cell.pos, &cell.value, cell.formula.is_some())?;
    }
    if !lines.faults.is_empty() {
        return Err(lines.faults);
    }
    Ok(lines.spread(&merged))
}

/// Cells as they come, by line.
#[derive(Default)]
struct Lines {
    rows: std::collections::BTreeMap<u32, Vec<(u32, String)>>,
    faults: Vec<Fault>,
}

impl Lines {
    fn take(&mut self, (row, column): (u32, u32), value: &DataRef<'_>, computed: bool) -> Result<(), Vec<Fault>> {
        let fault = |what| Fault {
            line: u64::from(row) + 1,
            column: Some(letters(column)),
            what,
        };
        let text = match text_of(value) {
            Ok(text) if text.trim().is_empty() => {
                if computed && matches!(value, DataRef::Empty) {
                    self.faults.push(fault(What::Formula));
                }
                return Ok(());
            }
            Ok(text) => text,
            Err(what) => {
                self.faults.push(fault(what));
                String::new()
            }
        };
        if row >= LINES_MAX {
            let most = u64::from(LINES_MAX);
            return Err(vec![Fault::file(What::TooManyLines { most })]);
        }
        if column >= COLUMNS_MAX {
            let most = u64::from(COLUMNS_MAX);
            return Err(vec![fault(What::TooManyColumns { most })]);
        }
        if self.faults.len() >= FAULTS_MAX {
            return Err(std::mem::take(&mut self.faults));
        }
        self.rows.entry(row).or_default().push((column, text));
        Ok(())
    }

    /// Each line with its cells in a row; what stands in a merged area stands in every line of it.
    fn spread(mut self, merged: &[Dimensions]) -> Sheet {
        let mut wide = Vec::new();
        for area in merged {
            let ((top, left), (bottom, right)) = (area.start, area.end);
            let found = self.rows.get(&top);
            let text = found.and_then(|cells| cells.iter().find(|(column, _)| *column == left));
            let Some((_, text)) = text.cloned() else { continue };
            for row in top..=bottom.min(LINES_MAX) {
                for column in left..=right.min(COLUMNS_MAX) {
                    if left != right {
                        wide.push((u64::from(row) + 1, usize::try_from(column).unwrap_or(usize::MAX)));
                    }
                    // Only lines that have something else too: an area down to the end of the sheet makes none.
                    if (row, column) != (top, left)
                        && let Some(cells) = self.rows.get_mut(&row)
                        && !cells.iter().any(|(known, _)| *known == column)
                    {
                        cells.push((column, text.clone()));
                    }
                }
            }
        }
        let rows = self
            .rows
            .into_iter()
            .map(|(row, cells)| {
                let width = cells.iter().map(|(column, _)| column + 1).max().unwrap_or(0);
                let mut line = vec![String::new(); usize::try_from(width).unwrap_or(0)];
                for (column, text) in cells {
                    if let Some(cell) = usize::try_from(column).ok().and_then(|column| line.get_mut(column)) {
                        *cell = text;
                    }
                }
                (u64::from(row) + 1, line)
            })
            .collect();
        Sheet { rows, wide }
    }
}

/// What somebody would read in the cell.
fn text_of(value: &DataRef<'_>) -> Result<String, What> {
    Ok(match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTime(at) => time_of(at)?,
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => {
            return Err(What::CellError {
                value: error.to_string(),
            });
        }
        DataRef::Empty => String::new(),
    })
}

/// A date as `2026-03-02`, a time of day as `08:30`, both with a blank between. The workbook knows whether its days count
/// from 1900 or from 1904.
fn time_of(at: &ExcelDateTime) -> Result<String, What> {
    let bad = || What::Instant {
        value: at.as_f64().to_string(),
    };
    let days = at.as_f64();
    if at.is_duration() || (0.0..1.0).contains(&days) {
        let minutes: u32 = format!("{:.0}", days * 1_440.0).parse().map_err(|_| bad())?;
        return Ok(format!("{:02}:{:02}", minutes / 60, minutes % 60));
    }
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    let small = |part: u8| i8::try_from(part).map_err(|_| bad());
    let found = DateTime::new(
        i16::try_from(year).map_err(|_| bad())?,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        small(second)?,
        i32::from(milli) * 1_000_000,
    );
    // A third of a day has no end in binary: 07:59:59.999 is eight o'clock.
    let found = found.and_then(|found| found.round(Unit::Second)).map_err(|_| bad())?;
    let format = match (found.hour(), found.minute(), found.second()) {
        (0, 0, 0) => "%Y-%m-%d",
        (_, _, 0) => "%Y-%m-%d %H:%M",
        _ => "%Y-%m-%d %H:%M:%S",
    };
    Ok(found.strftime(format).to_string())
}

/// `A`, `Z`, `AA`.
fn letters(column: u32) -> String {
    let mut left = column;
    let mut found = Vec::new();
    loop {
        found.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or(0)));
        if left < 26 {
            break;
        }
        left = left / 26 - 1;
    }
    found.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_names_people_see() {
        let names: Vec<String> = [0, 25, 26, 51, 52, 701, 702].into_iter().map(letters).collect();
        assert_eq!(names, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
