//! The sheet as a file: CSV for whatever reads tables, XLSX for whoever goes on with it by hand. Numbers only, no names of
//! callers; every cell harmless.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Data, Query};

use crate::desk::figures::{FiguresSheet, Tally};
use crate::discreet::discreet;
use crate::reports::{csv as table, xlsx as workbook};
use crate::texts::say;
use crate::web::console::visitor::Visitor;
use crate::web::console::words::Names;
use crate::web::problem::{Code, Problem};
use crate::web::state::State;

use super::Asked;
use super::line::{COLUMNS, Shown};

/// What stands in the file: the heading of the first column, then numbers.
struct File {
    name: String,
    headings: Vec<String>,
    rows: Vec<(String, Vec<u64>)>,
}

/// `GET /reports/sheet.csv`
pub async fn csv(state: Data<State>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    let file = file(&state, &visitor, &asked).await?;
    let written = || -> std::io::Result<Vec<u8>> {
        let mut out = table::Table::new(Vec::new(), file.headings.iter().map(String::as_str))?;
        for (title, numbers) in &file.rows {
            let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            out.row(std::iter::once(title.as_str()).chain(numbers.iter().map(String::as_str)))?;
        }
        out.end()
    };
    let bytes = written().map_err(|error| unwritten(&error))?;
    Ok(download(
        &format!("{}.csv", file.name),
        "text/csv; charset=utf-8",
        bytes,
    ))
}

/// `GET /reports/sheet.xlsx`
pub async fn xlsx(state: Data<State>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    let file = file(&state, &visitor, &asked).await?;
    let bytes = workbook::sheet(&file.name, &file.headings, &file.rows).map_err(|error| unwritten(&error))?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(download(&format!("{}.xlsx", file.name), kind, bytes))
}

async fn file(state: &State, visitor: &Visitor, asked: &Asked) -> Result<File, Problem> {
    let sheet: FiguresSheet = state.desk.figures(&visitor.principal, &asked.sheet()?).await?;
    let language = visitor.look.language;
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language,
    };
    let by = asked.by();
    let shown = Shown {
        state,
        visitor,
        names: &names,
        asked,
        by,
        running: sheet.total.waiting.is_some(),
    };
    let columns: Vec<_> = COLUMNS
        .iter()
        .filter(|column| shown.running || !column.is_now)
        .collect();
    let mut headings = vec![say(language, &format!("report-by-{}", by.as_str()), &[])];
    for column in &columns {
        headings.push(say(language, &format!("figure-{}", column.key), &[]));
        if column.share.is_some() {
            headings.push(say(language, &format!("figure-{}-part", column.key), &[]));
            headings.push(say(language, &format!("figure-{}-whole", column.key), &[]));
        }
    }
    let numbers = |tally: &Tally| -> Vec<u64> {
        let mut numbers = Vec::new();
        for column in &columns {
            numbers.push((column.number)(tally));
            if let Some(share) = column.share {
                let (part, whole) = share(tally);
                numbers.extend([part, whole]);
            }
        }
        numbers
    };
    let mut rows: Vec<(String, Vec<u64>)> = sheet
        .rows
        .iter()
        .map(|row| (shown.title(&row.id), numbers(&row.tally)))
        .collect();
    rows.push((say(language, "report-total", &[]), numbers(&sheet.total)));
    Ok(File {
        name: format!("ombud-{}-{}", sheet.from, sheet.to),
        headings,
        rows,
    })
}

fn download(name: &str, kind: &str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, kind))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(bytes)
}

fn unwritten(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(error = discreet(error), "a sheet could not be written as a file");
    Problem::new(Code::Internal)
}
