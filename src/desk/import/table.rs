//! A table that came from a spreadsheet: its encoding and separator found out, its columns by name, its lines counted.
//!
//! Accepts UTF-8 (with or without a byte order mark), UTF-16 with one, and GB18030, which Chinese spreadsheets still
//! write; and workbooks ([`super::sheet`]). Headings may be the English ids or the Chinese words. Knows nothing of what the cells mean.

use std::borrow::Cow;

use super::fault::{FAULTS_MAX, Fault, What};
use super::sheet::{self, Sheet};

/// Bytes a table may have.
pub const BYTES_MAX: usize = 64 << 20;
/// Lines a table may have.
pub const LINES_MAX: usize = 1_000_000;

/// The key of columns that are none of the known ones.
const OTHER: &str = "";

/// A column that a table may have.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The English heading, and the name by which code asks for it.
    pub key: &'static str,
    /// Other headings for the same, Chinese first.
    pub names: &'static [&'static str],
    pub required: bool,
}

impl Column {
    pub const fn required(key: &'static str, names: &'static [&'static str]) -> Self {
        let required = true;
        Self { key, names, required }
    }

    pub const fn optional(key: &'static str, names: &'static [&'static str]) -> Self {
        let required = false;
        Self { key, names, required }
    }
}

/// A table by columns.
#[derive(Debug)]
pub struct Table {
    pub rows: Vec<Row>,
}

/// A line of a table.
#[derive(Debug)]
pub struct Row {
    /// From 1, the header included.
    pub line: u64,
    cells: Vec<(&'static str, Cell)>,
}

#[derive(Debug)]
struct Cell {
    heading: String,
    text: String,
}

impl Row {
    /// The cell without surrounding blanks; empty when the table has no such column.
    pub fn text(&self, key: &str) -> &str {
        self.cell(key).map_or("", |cell| cell.text.trim())
    }

    /// The cell unless it is empty.
    pub fn given(&self, key: &str) -> Option<&str> {
        Some(self.text(key)).filter(|text| !text.is_empty())
    }

    /// A fault in that cell, named as the file's own header names it.
    pub fn fault(&self, key: &str, what: What) -> Fault {
        Fault {
            line: self.line,
            column: Some(
                self.cell(key)
                    .map_or_else(|| key.to_owned(), |cell| cell.heading.clone()),
            ),
            what,
        }
    }

    /// Columns that are none of the known ones, by heading; empty cells are left out.
    pub fn others(&self) -> impl Iterator<Item = (&str, &str)> {
        let others = self.cells.iter().filter(|(key, _)| *key == OTHER);
        others
            .map(|(_, cell)| (cell.heading.as_str(), cell.text.trim()))
            .filter(|(_, text)| !text.is_empty())
    }

    fn cell(&self, key: &str) -> Option<&Cell> {
        self.cells.iter().find(|(name, _)| *name == key).map(|(_, cell)| cell)
    }
}

/// Reads a table; all that is wrong with its form is reported at once.
pub fn read(bytes: &[u8], columns: &[Column]) -> Result<Table, Vec<Fault>> {
    read_with(bytes, columns, false)
}

/// As [`read`], but further columns are kept under their own headings ([`Row::others`]).
pub fn read_open(bytes: &[u8], columns: &[Column]) -> Result<Table, Vec<Fault>> {
    read_with(bytes, columns, true)
}

fn read_with(bytes: &[u8], columns: &[Column], open: bool) -> Result<Table, Vec<Fault>> {
    let mut records = records(bytes)?.lines.into_iter();
    let header = match records.next() {
        None => return Err(vec![Fault::file(What::NoHeader)]),
        Some(record) => record.map_err(|fault| vec![fault])?,
    };
    let headings = headings(header.0, &header.1, columns, open)?;
    let mut rows = Vec::new();
    let mut faults = Vec::new();
    for record in records {
        if faults.len() >= FAULTS_MAX {
            break;
        }
        match record.and_then(|(line, record)| row(line, record, &headings)) {
            Ok(Some(row)) => rows.push(row),
            Ok(None) => {}
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        Ok(Table { rows })
    } else {
        Err(faults)
    }
}

/// The lines of a file before anything is known of its columns.
pub(super) struct Records {
    /// The number of the line and its cells; or why it cannot be read.
    pub lines: Vec<Result<(u64, Vec<String>), Fault>>,
    /// Cells (line, column from 0) that are merged with others of their line.
    pub wide: Vec<(u64, usize)>,
}

/// Reads a workbook or a text; the lines of a workbook are as wide as the first one at least.
pub(super) fn records(bytes: &[u8]) -> Result<Records, Vec<Fault>> {
    if sheet::is_workbook(bytes) {
        let Sheet { rows, wide } = sheet::read(bytes)?;
        let width = rows.first().map_or(0, |(_, cells)| cells.len());
        let lines = rows.into_iter().map(|(line, mut cells)| {
            cells.resize(cells.len().max(width), String::new());
            Ok((line, cells))
        });
        return Ok(Records {
            lines: lines.collect(),
            wide,
        });
    }
    if bytes.len() > BYTES_MAX {
        let most = u64::try_from(BYTES_MAX >> 20).unwrap_or(u64::MAX);
        return Err(vec![Fault::file(What::TooLarge { most })]);
    }
    let text = decode(bytes).map_err(|fault| vec![fault])?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(&text))
        .from_reader(text.as_bytes());
    let mut counted = Lines::of(&text);
    let mut lines = Vec::new();
    for record in reader.records() {
        if lines.len() > LINES_MAX {
            let most = u64::try_from(LINES_MAX).unwrap_or(u64::MAX);
            return Err(vec![Fault::file(What::TooManyLines { most })]);
        }
        lines.push(match record {
            Ok(record) => {
                let line = counted.at(record.position());
                Ok((line, record.iter().map(ToOwned::to_owned).collect()))
            }
            Err(error) => {
                let detail = error.to_string();
                Err(Fault::line(counted.at(error.position()), What::Form { detail }))
            }
        });
    }
    Ok(Records {
        lines,
        wide: Vec::new(),
    })
}

/// Counts lines up to growing positions; the reader's own count is one short after `\r\n`.
struct Lines<'a> {
    rest: std::iter::Peekable<std::iter::Enumerate<std::slice::Iter<'a, u8>>>,
    line: u64,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            rest: text.as_bytes().iter().enumerate().peekable(),
            line: 1,
        }
    }

    /// The line on which the record that begins at the position has its first cell.
    fn at(&mut self, position: Option<&csv::Position>) -> u64 {
        let Some(byte) = position.map(csv::Position::byte) else {
            return self.line;
        };
        let before = |index: usize| u64::try_from(index).is_ok_and(|index| index < byte);
        while let Some((_, mark)) = self
            .rest
            .next_if(|(index, mark)| before(*index) || matches!(mark, b'\r' | b'\n'))
        {
            self.line += u64::from(*mark == b'\n');
        }
        self.line
    }
}

/// The text of a file in one of the encodings that are accepted.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let rest = bytes.get(mark..).unwrap_or_default();
        return encoding
            .decode_without_bom_handling_and_without_replacement(rest)
            .ok_or_else(|| {
                Fault::file(What::Encoding {
                    byte: position(&String::from_utf8_lossy(rest)),
                })
            });
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) => encoding_rs::GB18030
            .decode_without_bom_handling_and_without_replacement(bytes)
            .ok_or_else(|| {
                let byte = u64::try_from(error.valid_up_to()).unwrap_or(u64::MAX).saturating_add(1);
                Fault::file(What::Encoding { byte })
            }),
    }
}

fn position(lossy: &str) -> u64 {
    let at = lossy.find('\u{fffd}').unwrap_or_default();
    u64::try_from(at).unwrap_or(u64::MAX).saturating_add(1)
}

/// Comma, tab or semicolon, whichever the header has most of; comma when in doubt.
fn separator(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |mark: char| header.chars().filter(|found| *found == mark).count();
    let (commas, tabs, semicolons) = (count(','), count('\t'), count(';'));
    if tabs > commas && tabs >= semicolons {
        b'\t'
    } else if semicolons > commas {
        b';'
    } else {
        b','
    }
}

/// For each column of the file the key it stands for and its heading.
fn headings(
    line: u64,
    header: &[String],
    columns: &[Column],
    open: bool,
) -> Result<Vec<(&'static str, String)>, Vec<Fault>> {
    let mut found: Vec<(&'static str, String)> = Vec::new();
    let mut faults = Vec::new();
    for heading in header {
        let name = heading.trim();
        let known = columns.iter().find(|column| {
            column.key.eq_ignore_ascii_case(name) || column.names.iter().any(|other| other.eq_ignore_ascii_case(name))
        });
        let fault = |what| Fault {
            line,
            column: Some(name.to_owned()),
            what,
        };
        match known {
            None if open && !name.is_empty() && !found.iter().any(|(_, other)| other == name) => {
                found.push((OTHER, name.to_owned()));
            }
            None => faults.push(fault(What::UnknownColumn {
                name: name.to_owned(),
                accepted: accepted(columns),
            })),
            Some(column) if found.iter().any(|(key, _)| *key == column.key) => faults.push(fault(What::ColumnTwice)),
            Some(column) => found.push((column.key, name.to_owned())),
        }
    }
    for column in columns.iter().filter(|column| column.required) {
        if !found.iter().any(|(key, _)| *key == column.key) {
            faults.push(Fault::line(
                line,
                What::ColumnMissing {
                    accepted: spelled(column),
                },
            ));
        }
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

fn accepted(columns: &[Column]) -> String {
    columns.iter().map(spelled).collect::<Vec<_>>().join(", ")
}

/// `person / 人员`.
fn spelled(column: &Column) -> String {
    column
        .names
        .first()
        .map_or_else(|| column.key.to_owned(), |name| format!("{} / {name}", column.key))
}

fn row(line: u64, record: Vec<String>, headings: &[(&'static str, String)]) -> Result<Option<Row>, Fault> {
    if record.iter().all(|cell| cell.trim().is_empty()) {
        return Ok(None);
    }
    if record.len() != headings.len() {
        return Err(Fault::line(
            line,
            What::Width {
                found: record.len(),
                expected: headings.len(),
            },
        ));
    }
    let cells = headings
        .iter()
        .zip(record)
        .map(|((key, heading), text)| {
            (
                *key,
                Cell {
                    heading: heading.clone(),
                    text,
                },
            )
        })
        .collect();
    Ok(Some(Row { line, cells }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[Column::required("id", &["编号"]), Column::optional("zh", &["名称"])];

    fn texts(bytes: &[u8]) -> Vec<(u64, String, String)> {
        let table = read(bytes, COLUMNS).unwrap();
        table
            .rows
            .iter()
            .map(|row| (row.line, row.text("id").to_owned(), row.text("zh").to_owned()))
            .collect()
    }

    #[test]
    fn the_encodings_of_spreadsheets_are_found_out() {
        let text = "编号,名称\r\nfinance,财务部\r\n";
        let expected = vec![(2, "finance".to_owned(), "财务部".to_owned())];
        assert_eq!(texts(text.as_bytes()), expected);
        assert_eq!(texts(&[b"\xef\xbb\xbf", text.as_bytes()].concat()), expected);
        assert_eq!(texts(&encoding_rs::GB18030.encode(text).0), expected);
        let wide: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(texts(&wide), expected);
        assert_eq!(texts(text.replace(',', "\t").as_bytes()), expected);
        let faults = read(b"id\n\xff\xff\xff", COLUMNS).unwrap_err();
        assert_eq!(faults, [Fault::file(What::Encoding { byte: 4 })]);
    }

    #[test]
    fn the_line_counts_lines_of_the_file_also_after_a_cell_of_several_lines() {
        let rows = texts("zh,id\n\"a\nb\",x\n\n , \nc,y\n".as_bytes());
        assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), [2, 6]);
    }

    #[test]
    fn every_mistake_of_the_header_is_named_at_once() {
        let faults = read("colour,zh,名称\n".as_bytes(), COLUMNS).unwrap_err();
        let codes: Vec<_> = faults.iter().map(|fault| fault.what.code()).collect();
        assert_eq!(codes, ["unknown-column", "column-twice", "column-missing"]);
        let faults = read(b"id,zh\na\nb,c,d\n", COLUMNS).unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(read(b"", COLUMNS).unwrap_err(), [Fault::file(What::NoHeader)]);
    }
}
