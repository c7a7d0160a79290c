//! Workbooks as spreadsheet programs write them, made by hand so that they can also be wrong.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use jiff::civil::Date;
use zip::write::SimpleFileOptions;

/// What stands in a cell.
pub enum Value<'a> {
    None,
    Text(&'a str),
    Number(i64),
    Date(Date),
    /// Minutes of the day.
    Time(i64),
    /// A formula with this result; none when it is empty.
    Formula(&'a str),
    Error(&'a str),
}

#[derive(Default)]
pub struct Book {
    date1904: bool,
    rows: std::collections::BTreeMap<u32, String>,
    merged: String,
    parts: Vec<(String, Vec<u8>)>,
}

impl Book {
    pub fn new(date1904: bool) -> Self {
        Self {
            date1904,
            ..Self::default()
        }
    }

    /// An archive with a text in it.
    pub fn empty() -> Vec<u8> {
        archive(&[("readme.txt".to_owned(), b"nothing".to_vec())])
    }

    pub fn row(&mut self, row: u32, cells: &[Value<'_>]) {
        for (column, value) in (b'A'..=b'Z').zip(cells) {
            self.cell(&format!("{}{row}", char::from(column)), value);
        }
    }

    pub fn cell(&mut self, name: &str, value: &Value<'_>) {
        let row: u32 = name
            .trim_start_matches(|c: char| c.is_ascii_uppercase())
            .parse()
            .unwrap();
        let cells = self.rows.entry(row).or_default();
        let day = |date: Date| {
            let first = if self.date1904 {
                jiff::civil::date(1904, 1, 1)
            } else {
                jiff::civil::date(1899, 12, 30)
            };
            first.until(date).unwrap().get_days()
        };
        let written = match value {
            Value::None => Ok(()),
            Value::Text(text) => write!(cells, r#"<c r="{name}" t="inlineStr"><is><t>{text}</t></is></c>"#),
            Value::Number(number) => write!(cells, r#"<c r="{name}"><v>{number}</v></c>"#),
            Value::Date(date) => write!(cells, r#"<c r="{name}" s="1"><v>{}</v></c>"#, day(*date)),
            Value::Time(minutes) => {
                let part = f64::from(i32::try_from(*minutes).unwrap()) / 1_440.0;
                write!(cells, r#"<c r="{name}" s="2"><v>{part}</v></c>"#)
            }
            Value::Formula("") => write!(cells, r#"<c r="{name}"><f>A1</f></c>"#),
            Value::Formula(text) => write!(cells, r#"<c r="{name}" t="str"><f>A1</f><v>{text}</v></c>"#),
            Value::Error(text) => write!(cells, r#"<c r="{name}" t="e"><v>{text}</v></c>"#),
        };
        written.unwrap();
    }

    pub fn merge(&mut self, area: &str) {
        write!(self.merged, r#"<mergeCell ref="{area}"/>"#).unwrap();
    }

    pub fn part(&mut self, name: &str, bytes: &[u8]) {
        self.parts.push((name.to_owned(), bytes.to_vec()));
    }

    pub fn bytes(&self) -> Vec<u8> {
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let mut rows = String::new();
        for (row, cells) in &self.rows {
            write!(rows, r#"<row r="{row}">{cells}</row>"#).unwrap();
        }
        let merged = if self.merged.is_empty() {
            String::new()
        } else {
            format!("<mergeCells>{}</mergeCells>", self.merged)
        };
        let texts = [
            (
                "_rels/.rels",
                format!(
                    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
                    <Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/workbook.xml",
                format!(
                    r#"<workbook xmlns="{main}" xmlns:r="{office}"><workbookPr date1904="{}"/>
                    <sheets><sheet name="三月" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
                    i32::from(self.date1904)
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
                    <Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/styles.xml",
                format!(
                    r#"<styleSheet xmlns="{main}"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/>
                    <xf numFmtId="20"/></cellXfs></styleSheet>"#
                ),
            ),
            (
                "xl/worksheets/sheet1.xml",
                format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>{merged}</worksheet>"#),
            ),
        ];
        let mut parts: Vec<(String, Vec<u8>)> = texts
            .into_iter()
            .map(|(name, text)| (name.to_owned(), text.into_bytes()))
            .collect();
        parts.extend(self.parts.iter().cloned());
        archive(&parts)
    }
}

fn archive(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
