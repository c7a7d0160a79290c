//! Tables as workbooks: of numbers, of texts. Texts are written as texts: nothing in it is a formula (A10).

use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// Characters a worksheet's name may have.
const NAME_MAX: usize = 31;
/// Width of the first column, in characters: names of departments.
const FIRST_WIDTH: f64 = 28.0;

/// A workbook of one sheet: headings, then a text and numbers in each row; the headings stay in sight.
pub fn sheet(name: &str, headings: &[String], rows: &[(String, Vec<u64>)]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet();
    let name: String = name.chars().take(NAME_MAX).collect();
    sheet
        .set_name(name)?
        .set_freeze_panes(1, 1)?
        .set_column_width(0, FIRST_WIDTH)?;
    for (column, heading) in (0..).zip(headings) {
        sheet.write_string_with_format(0, column, heading, &bold)?;
    }
    for (row, (title, numbers)) in (1..).zip(rows) {
        sheet.write_string(row, 0, title)?;
        for (column, number) in (1..).zip(numbers) {
            let number = f64::from(u32::try_from(*number).unwrap_or(u32::MAX));
            sheet.write_number(row, column, number)?;
        }
    }
    workbook.save_to_buffer()
}

/// A workbook of one sheet of texts, written row by row so that its size is bounded by the file and not by memory.
pub fn texts(name: &str, headings: &[String], rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    let name: String = name.chars().take(NAME_MAX).collect();
    sheet.set_name(name)?.set_freeze_panes(1, 0)?;
    for (column, heading) in (0..).zip(headings) {
        sheet.set_column_width(column, TEXT_WIDTH)?;
        sheet.write_string_with_format(0, column, heading, &bold)?;
    }
    for (row, cells) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(&cells) {
            sheet.write_string(row, column, cell.chars().take(CELL_MAX).collect::<String>())?;
        }
    }
    workbook.save_to_buffer()
}

/// Width of a column of texts, in characters.
const TEXT_WIDTH: f64 = 18.0;
/// Characters a cell may have.
const CELL_MAX: usize = 32_000;
