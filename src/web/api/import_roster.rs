//! A roster from a spreadsheet, with a report line by line.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::import::bring::{RosterReport, RosterWish};
use crate::desk::import::fault::FAULTS_MAX;
use crate::desk::import::month::month_in;
use crate::query;
use crate::texts::Language;
use crate::web::auth::{Allowed, EditDirectory};
use crate::web::body::TableBody;
use crate::web::command::once;
use crate::web::guard::language_of;
use crate::web::idempotency::Key;
use crate::web::problem::{Fault, Place, Problem};
use crate::web::query::Query;
use crate::web::state::State;
use crate::workflow::id::RoleId;

query! {
    /// How the roster is brought in.
    pub struct RosterImport {
        /// `2026-03`: the month of a table with days and no month.
        month: Option<String>,
        /// The role of lines that name none; every role of the person when left out.
        role: Option<RoleId>,
        /// A month's roster takes the place of what its people had in its days and has not begun.
        replace: Option<bool>,
        /// Right lines are taken over though others are wrong.
        skip_wrong: Option<bool>,
        /// Only say what would happen.
        dry_run: Option<bool>,
    }
}

/// What came of an import.
#[derive(Serialize, ToSchema)]
pub struct RosterImported {
    /// False: nothing was changed, because of the faults or because it was a rehearsal.
    done: bool,
    /// Shifts that are new or changed.
    shifts: usize,
    /// Shifts that gave way.
    removed: usize,
    /// What is wrong, line by line; at most 1,000.
    faults: Vec<LineFaultOut>,
}

/// What is wrong with a line of the file.
#[derive(Serialize, ToSchema)]
pub struct LineFaultOut {
    /// From 1, the header included; 0 when the whole file is meant.
    line: u64,
    /// The column as the file names it.
    column: Option<String>,
    code: &'static str,
    /// In the language of the reader: where, what is wrong, what would be accepted.
    sentence: String,
}

impl RosterImported {
    fn new(report: &RosterReport, language: Language) -> Self {
        let faults = report.faults.iter().take(FAULTS_MAX).map(|fault| LineFaultOut {
            line: fault.line,
            column: fault.column.clone(),
            code: fault.what.code(),
            sentence: fault.sentence(language),
        });
        Self {
            done: report.done,
            shifts: report.shifts,
            removed: report.removed,
            faults: faults.collect(),
        }
    }
}

/// Brings in a roster, a shift a line or a month with a column for each day, from a workbook (.xlsx) or CSV.
#[utoipa::path(post, path = "/api/v1/import/roster", tag = "duty", params(RosterImport),
    request_body(content = String, content_type = "text/csv"),
    security(("token" = ["directory:edit"])), responses((status = 200, body = RosterImported)))]
pub async fn roster(
    state: Data<State>,
    who: Allowed<EditDirectory>,
    key: Key,
    query: Query<RosterImport>,
    request: HttpRequest,
    body: TableBody,
) -> Result<HttpResponse, Problem> {
    let asked = query.0;
    let month = asked.month.as_deref().map(month).transpose()?;
    let wish = RosterWish {
        month,
        role: asked.role,
        replace: asked.replace.unwrap_or(false),
        skip_wrong: asked.skip_wrong.unwrap_or(false),
        dry_run: asked.dry_run.unwrap_or(false),
    };
    let language = language_of(&request);
    let act = async {
        let report = state
            .desk
            .import_roster(&who.principal, body.bytes.to_vec(), wish)
            .await?;
        Ok(RosterImported::new(&report, language))
    };
    once(&state, &who.principal, &key, &body.bytes, StatusCode::OK, None, act).await
}

fn month(text: &str) -> Result<(i16, i8), Problem> {
    let fault = || Fault::new(Place::Parameter("month".to_owned()), "month").with("value", text.to_owned());
    month_in(text).ok_or_else(|| Problem::invalid(vec![fault()]))
}
