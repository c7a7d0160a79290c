//! Tables for spreadsheets: UTF-8 with a byte order mark, every cell harmless (A10).
//!
//! A cell that a spreadsheet would take for a formula gets a single quote in front. Rows are written as they come;
//! nothing is collected.

use std::borrow::Cow;
use std::io::{self, Write};

/// Written first, so that spreadsheets do not guess the encoding.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Writes one table.
pub struct Table<W: Write> {
    rows: csv::Writer<W>,
}

impl<W: Write> Table<W> {
    /// Begins a table with its headings.
    pub fn new<'a>(mut out: W, headings: impl IntoIterator<Item = &'a str>) -> io::Result<Self> {
        out.write_all(BYTE_ORDER_MARK)?;
        let mut table = Self::more(out);
        table.row(headings)?;
        Ok(table)
    }

    /// Goes on with a table that was begun elsewhere: rows only.
    pub fn more(out: W) -> Self {
        let rows = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(out);
        Self { rows }
    }

    /// Writes one row.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        for cell in cells {
            self.rows
                .write_field(harmless(cell).as_bytes())
                .map_err(io::Error::other)?;
        }
        self.rows.write_record(None::<&[u8]>).map_err(io::Error::other)
    }

    /// Ends the table and gives back what it was written to.
    pub fn end(self) -> io::Result<W> {
        self.rows
            .into_inner()
            .map_err(|error| io::Error::other(error.to_string()))
    }
}

/// The cell as text that no spreadsheet takes for a formula; blanks in front do not protect from that.
pub fn harmless(cell: &str) -> Cow<'_, str> {
    let first = cell.chars().next();
    let shown = cell.trim_start().chars().next();
    let is_formula = |mark: char| matches!(mark, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    let is_control = |mark: char| matches!(mark, '\t' | '\r' | '\n' | '\0');
    if shown.is_some_and(is_formula) || first.is_some_and(|mark| is_control(mark) || is_formula(mark)) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_a_formula() {
        for cell in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\0=1",
            "\n=1",
            "＝1",
            "＋1",
            "－1",
            "＠1",
            " =1",
            "\u{3000}=1",
            "=HYPERLINK(\"http://x.test\")",
            "=cmd|' /C calc'!A0",
            "-2+3+cmd|' /C calc'!A0",
        ] {
            assert_eq!(harmless(cell), format!("'{cell}"));
        }
        for cell in ["", "a=1", "电费多计", "1-2", "'quoted", "13800000000", "(1)"] {
            assert_eq!(harmless(cell), cell);
        }
    }

    #[test]
    fn a_table_is_read_back_as_it_was_written() {
        let mut table = Table::new(Vec::new(), ["number", "说明"]).unwrap();
        table.row(["T1", "a \"b\", c\nd"]).unwrap();
        table.row(["T2", "=1"]).unwrap();
        let bytes = table.end().unwrap();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "\u{feff}number,说明\r\nT1,\"a \"\"b\"\", c\nd\"\r\nT2,'=1\r\n"
        );
    }
}
