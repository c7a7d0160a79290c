//! Files of the organisation in the browser: a month's roster, people, departments, roles, absences, holidays, a whole
//! organisation. Read as `ombud import` reads them: checked whole, every wrong line is said, and then nothing changes.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::desk::import::bring::RosterWish;
use crate::desk::import::fault::Fault;
use crate::desk::import::held::{Holds, edits_of};
use crate::desk::import::month::month_in;
use crate::desk::{DeskError, NotAllowed};
use crate::texts::{Arg, say};
use crate::web::problem::{Code, Problem};
use crate::web::state::State;
use crate::workflow::id::{CalendarId, RoleId};

use super::answer::{self, word};
use super::duty::{Choice, roles};
use super::form::Form;
use super::organisation::SECTION;
use super::trouble;
use super::visitor::{Posted, Visitor};

/// Lines with faults that are shown at once.
const FAULTS_SHOWN: usize = 200;
/// What a file may hold, in the order in which they are offered.
const KINDS: [&str; 7] = [
    "roster",
    "people",
    "memberships",
    "absences",
    "departments",
    "holidays",
    "organisation",
];

/// What the form begins with, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Begin {
    what: String,
    calendar: String,
}

#[derive(Serialize)]
struct ImportView {
    kinds: Vec<KindView>,
    what: String,
    calendars: Vec<Choice>,
    roles: Vec<Choice>,
    month: String,
    replace: bool,
    skip: bool,
    text: String,
    /// What came of it, in a sentence; `ok`, `crit`, or nothing yet.
    outcome: String,
    level: &'static str,
    faults: Vec<String>,
    more: usize,
    /// Checked without a fault: it can be taken over.
    ready: bool,
    edits: bool,
}

#[derive(Serialize)]
struct KindView {
    value: &'static str,
    title: String,
    columns: String,
    chosen: bool,
}

/// What became of a file.
#[derive(Default)]
struct Outcome {
    words: String,
    faults: Vec<Fault>,
    /// What the desk refused of lines that read well.
    refused: Vec<String>,
    ready: bool,
}

fn must_edit(visitor: &Visitor) -> Result<(), Problem> {
    if visitor.has_role("manager") || visitor.has_role("administrator") {
        return Ok(());
    }
    Err(DeskError::NotAllowed {
        why: NotAllowed::Administer,
    }
    .into())
}

fn chosen(form: &Form) -> &'static str {
    let asked = form.text("what");
    KINDS.into_iter().find(|kind| *kind == asked).unwrap_or("roster")
}

fn shown(
    state: &State,
    visitor: &Visitor,
    status: StatusCode,
    form: &Form,
    outcome: Outcome,
) -> Result<HttpResponse, Problem> {
    let directory = state.desk.directory();
    let language = visitor.look.language;
    let what = chosen(form);
    let more = outcome.faults.len().saturating_sub(FAULTS_SHOWN);
    let fault = |fault: &Fault| fault.sentence(language);
    let wrong = !outcome.faults.is_empty() || !outcome.refused.is_empty();
    let view = ImportView {
        kinds: KINDS
            .into_iter()
            .map(|value| KindView {
                value,
                title: say(language, &format!("bring-kind-{value}"), &[]),
                columns: say(language, &format!("bring-columns-{value}"), &[]),
                chosen: value == what,
            })
            .collect(),
        what: what.to_owned(),
        calendars: directory
            .calendars
            .keys()
            .map(|id| Choice {
                chosen: id.as_str() == form.text("calendar"),
                title: super::calendars::title(id, language),
                value: id.to_string(),
            })
            .collect(),
        roles: roles(&directory, form.text("role"), visitor),
        month: form.text("month").to_owned(),
        replace: !form.text("replace").is_empty(),
        skip: !form.text("skip").is_empty(),
        text: form.get("text").unwrap_or_default().to_owned(),
        level: match (wrong, outcome.words.is_empty()) {
            (true, _) => "crit",
            (false, true) => "",
            (false, false) => "ok",
        },
        faults: outcome
            .refused
            .into_iter()
            .chain(outcome.faults.iter().take(FAULTS_SHOWN).map(fault))
            .collect(),
        more,
        ready: outcome.ready,
        outcome: outcome.words,
        edits: true,
    };
    let title = word(&visitor.look, "bring-title");
    answer::with_status(visitor, status, SECTION, title, "import", &view)
}

/// `GET /organisation/import`
pub async fn page(state: Data<State>, visitor: Visitor, begin: Query<Begin>) -> Result<HttpResponse, Problem> {
    must_edit(&visitor)?;
    let begin = begin.into_inner();
    let form = Form::of(vec![
        ("what".to_owned(), begin.what),
        ("calendar".to_owned(), begin.calendar),
        ("replace".to_owned(), "yes".to_owned()),
    ]);
    shown(&state, &visitor, StatusCode::OK, &form, Outcome::default())
}

/// `POST /organisation/import`: checks, and takes it over where `do` says so.
pub async fn take(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let Posted { visitor, form } = sent;
    must_edit(&visitor)?;
    let look = &visitor.look;
    // A workbook comes in base64, whatever was typed as text.
    let packed = form.text("packed");
    let bytes = if packed.is_empty() {
        form.get("text").unwrap_or_default().as_bytes().to_vec()
    } else {
        STANDARD.decode(packed).unwrap_or_default()
    };
    let refused = |sentence: String| Outcome {
        words: word(look, "bring-nothing-changed"),
        refused: vec![sentence],
        ..Outcome::default()
    };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        let outcome = refused(word(look, "bring-empty"));
        return shown(&state, &visitor, StatusCode::UNPROCESSABLE_ENTITY, &form, outcome);
    }
    let done = if chosen(&form) == "roster" {
        roster(&state, &visitor, &form, bytes).await
    } else {
        directory(&state, &visitor, &form, &bytes).await
    };
    let outcome = match done {
        Ok(outcome) => outcome,
        Err(problem) if matches!(problem.code, Code::Invalid | Code::Conflict) => Outcome {
            refused: trouble::faults(&problem, look),
            ..refused(String::new())
        },
        Err(problem) => return Err(problem),
    };
    let status = if outcome.faults.is_empty() && outcome.refused.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    shown(&state, &visitor, status, &form, outcome)
}

fn takes(form: &Form) -> bool {
    form.text("do") == "take"
}

async fn roster(state: &State, visitor: &Visitor, form: &Form, bytes: Vec<u8>) -> Result<Outcome, Problem> {
    let language = visitor.look.language;
    let month = form.text("month");
    let known = month_in(month);
    if !month.is_empty() && known.is_none() {
        return Ok(Outcome {
            words: say(language, "bring-nothing-changed", &[]),
            refused: vec![say(language, "bring-month-wrong", &[])],
            ..Outcome::default()
        });
    }
    let wish = RosterWish {
        month: known,
        role: Some(form.text("role")).filter(|role| !role.is_empty()).map(RoleId::new),
        replace: !form.text("replace").is_empty(),
        skip_wrong: !form.text("skip").is_empty(),
        dry_run: !takes(form),
    };
    let skips = wish.skip_wrong;
    let report = state.desk.import_roster(&visitor.principal, bytes, wish).await?;
    let clean = report.faults.is_empty();
    let key = match (report.done, takes(form), clean || skips) {
        (true, _, _) => "bring-roster-done",
        (false, false, true) => "bring-roster-would",
        (false, _, _) => "bring-nothing-changed",
    };
    let facts = [("shifts", count(report.shifts)), ("removed", count(report.removed))];
    Ok(Outcome {
        words: say(language, key, &facts),
        ready: !report.done && (clean || skips),
        faults: report.faults,
        refused: Vec::new(),
    })
}

async fn directory(state: &State, visitor: &Visitor, form: &Form, bytes: &[u8]) -> Result<Outcome, Problem> {
    let language = visitor.look.language;
    let holds = match chosen(form) {
        "people" => Holds::People,
        "memberships" => Holds::Memberships,
        "absences" => Holds::Absences,
        "departments" => Holds::Departments,
        "holidays" => Holds::Holidays(CalendarId::new(form.text("calendar"))),
        _ => Holds::Organisation { test_staff: false },
    };
    let edits = match edits_of(&holds, bytes, &state.desk.directory(), language) {
        Ok(edits) => edits,
        Err(faults) => {
            return Ok(Outcome {
                words: say(language, "bring-nothing-changed", &[]),
                faults,
                ..Outcome::default()
            });
        }
    };
    let facts = [("count", count(edits.len()))];
    if takes(form) {
        state.desk.edit(&visitor.principal, edits).await?;
    }
    let key = if takes(form) {
        "bring-was-taken"
    } else {
        "bring-would-take"
    };
    Ok(Outcome {
        words: say(language, key, &facts),
        ready: !takes(form),
        ..Outcome::default()
    })
}

fn count(count: usize) -> Arg<'static> {
    Arg::Number(i64::try_from(count).unwrap_or(i64::MAX))
}
