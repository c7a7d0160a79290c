//! A list as a file: the same query, the same eyes, the columns of the page. CSV goes out page by page while it is
//! read; a workbook is written row by row and sent when it is whole. Nothing private stands in a list, so nothing
//! private stands in its file; every cell is harmless.

use std::sync::Arc;

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::{StreamExt as _, stream};

use crate::desk::list::{LIMIT_MAX, Row};
use crate::discreet::discreet;
use crate::reports::csv::Table;
use crate::reports::xlsx as workbook;
use crate::texts::say;
use crate::web::problem::{Code, Problem};
use crate::web::state::State;
use crate::workflow::moment::Moment;

use super::answer::{sentence, word};
use super::listing::Asked;
use super::tickets::{RowView, meant};
use super::visitor::Visitor;
use super::words::Names;

/// A list on its way into a file.
struct Export {
    state: Data<State>,
    visitor: Visitor,
    asked: Asked,
    cursor: Option<String>,
    /// Rows that still fit.
    left: usize,
    over: bool,
}

impl Export {
    async fn begin(state: Data<State>, visitor: Visitor, request: &HttpRequest) -> Result<Self, Problem> {
        let (asked, _) = meant(&state, &visitor, request.query_string()).await?;
        let left = state.config.limits.export_rows_max;
        Ok(Self {
            state,
            visitor,
            asked,
            cursor: None,
            left,
            over: false,
        })
    }

    fn headings(&self) -> Vec<String> {
        let look = &self.visitor.look;
        let mut headings = Vec::new();
        for column in &self.asked.columns {
            match *column {
                // On the page they stand in one cell.
                "subject" => headings.extend(["col-kind", "filter-urgent", "col-subject"].map(|key| word(look, key))),
                "departments" => headings.push(word(look, "col-department")),
                other => headings.push(word(look, &format!("col-{other}"))),
            }
        }
        headings
    }

    /// The next rows; nothing once it is over. Whoever gets less than there is is told so in the last row.
    async fn next(&mut self) -> Result<Vec<Vec<String>>, Problem> {
        if self.over {
            return Ok(Vec::new());
        }
        let listing = self.asked.listing();
        let limit = LIMIT_MAX.min(u64::try_from(self.left).unwrap_or(LIMIT_MAX)).max(1);
        let page = self
            .state
            .desk
            .list(
                &self.visitor.principal,
                &listing.filter,
                listing.sort,
                self.cursor.as_deref(),
                limit,
            )
            .await?;
        self.left = self.left.saturating_sub(page.rows.len());
        self.cursor = page.next;
        self.over = self.cursor.is_none() || self.left == 0;
        let mut rows: Vec<Vec<String>> = page.rows.into_iter().map(|row| self.cells(row)).collect();
        if self.over && self.cursor.is_some() {
            let most = i64::try_from(self.state.config.limits.export_rows_max).unwrap_or(i64::MAX);
            let mut last = vec![String::new(); self.headings().len()];
            if let Some(first) = last.first_mut() {
                *first = sentence(&self.visitor.look, "export-cut", &[("count", most.into())]);
            }
            rows.push(last);
        }
        Ok(rows)
    }

    fn cells(&self, row: Row) -> Vec<String> {
        let directory = self.state.desk.directory();
        let language = self.visitor.look.language;
        let names = Names {
            directory: &directory,
            language,
        };
        let at = |moment: Option<Moment>| {
            moment.map_or_else(String::new, |moment| {
                let local = moment.timestamp().to_zoned(self.visitor.zone.clone());
                local.strftime("%Y-%m-%d %H:%M").to_string()
            })
        };
        let (due, opened, updated) = (row.late_since.or(row.due_at), row.opened_at, row.updated_at);
        let shown = RowView::of(row, &self.state, &names, &self.visitor);
        let mut cells = Vec::new();
        for column in &self.asked.columns {
            match *column {
                "number" => cells.push(shown.number.clone()),
                "subject" => {
                    let urgent = if shown.urgent {
                        say(language, "value-yes", &[])
                    } else {
                        String::new()
                    };
                    cells.extend([shown.kind_title.clone(), urgent, shown.subject.clone()]);
                }
                "state" => cells.push(shown.state.clone()),
                "departments" => cells.push(shown.departments.clone()),
                "assignee" => cells.push(shown.assignee.clone()),
                "creator" => cells.push(shown.creator.clone()),
                "due" => cells.push(at(due)),
                "opened" => cells.push(at(Some(opened))),
                _ => cells.push(at(Some(updated))),
            }
        }
        cells
    }

    fn name(&self, ending: &str) -> String {
        let day = self.visitor.now.timestamp().to_zoned(self.visitor.zone.clone());
        format!("ombud-tickets-{}.{ending}", day.strftime("%Y%m%d-%H%M"))
    }
}

/// `GET /tickets/export.csv`
pub async fn csv(state: Data<State>, visitor: Visitor, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut export = Export::begin(state, visitor, &request).await?;
    let name = export.name("csv");
    // The first page is read before anything is said: what cannot be listed is refused like on the page.
    let rows = export.next().await?;
    let first = written(&export, &rows, true);
    let rest = stream::unfold(export, |mut export| async move {
        if export.over {
            return None;
        }
        let chunk = match export.next().await {
            Ok(rows) => written(&export, &rows, false),
            // Half a file must not look like a whole one: the connection breaks off.
            Err(problem) => {
                export.over = true;
                tracing::error!(error = discreet(&problem), "a list could not be exported to its end");
                Err(std::io::Error::other("the list could not be read to its end"))
            }
        };
        Some((chunk, export))
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(Box::pin(stream::iter([first]).chain(rest))))
}

fn written(export: &Export, rows: &[Vec<String>], first: bool) -> Result<Bytes, std::io::Error> {
    let mut table = if first {
        let headings = export.headings();
        Table::new(Vec::new(), headings.iter().map(String::as_str))?
    } else {
        Table::more(Vec::new())
    };
    for row in rows {
        table.row(row.iter().map(String::as_str))?;
    }
    Ok(Bytes::from(table.end()?))
}

/// `GET /tickets/export.xlsx`
pub async fn xlsx(state: Data<State>, visitor: Visitor, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut export = Export::begin(state, visitor, &request).await?;
    let (name, headings) = (export.name("xlsx"), export.headings());
    let mut rows = Vec::new();
    while !export.over {
        rows.extend(export.next().await?);
    }
    let title: Arc<str> = word(&export.visitor.look, "nav-tickets").into();
    let written = actix_web::web::block(move || workbook::texts(&title, &headings, rows.into_iter())).await;
    let bytes = match written {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => return Err(unwritten(&error)),
        Err(error) => return Err(unwritten(&error)),
    };
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, kind))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(bytes))
}

fn unwritten(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(error = discreet(error), "a list could not be written as a file");
    Problem::new(Code::Internal)
}
