//! Duty: who is on duty now and signed on, what the coming days leave open, signing on and off.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};

use crate::desk::DeskError;
use crate::desk::duty::{OnDutyRow, Wanted};
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::definition::Text;
use crate::workflow::directory::Directory;
use crate::workflow::id::{PersonId, RoleId};

use super::answer::{self, see_other, word};
use super::gaps::{GapView, Gaps};
use super::handover::{self, NoteView};
use super::ranks::ranked;
use super::tickets::escaped;
use super::trouble;
use super::visitor::{Posted, Visitor};
use super::words::{Names, When, text};

/// Key of the navigation's entry.
pub const SECTION: &str = "duty";
/// Rows of a page.
const ROWS: usize = 100;

/// What to show, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Only this role.
    role: String,
    /// The last place of the page before.
    after: String,
    /// Gaps before the first one shown.
    gaps: usize,
    /// A note for whoever comes that was typed and not taken, and for whom.
    #[serde(skip)]
    note: String,
    #[serde(skip)]
    note_for: String,
}

impl Asked {
    /// The page with a note that was not taken.
    pub fn typed(note: &str, role: &str) -> Self {
        Self {
            note: note.to_owned(),
            note_for: role.to_owned(),
            ..Self::default()
        }
    }
}

#[derive(Serialize)]
struct DutyView {
    wrong: Vec<String>,
    own: OwnView,
    roles: Vec<Choice>,
    places: Vec<PlaceView>,
    next: Option<String>,
    first: bool,
    /// May sign others on and off.
    leads: bool,
    gaps: Vec<GapView>,
    gap_count: usize,
    /// As the API counts them, workflow by workflow.
    gaps_found: usize,
    more_gaps: Option<String>,
    notes: Vec<NoteView>,
    note: String,
    note_roles: Vec<Choice>,
}

/// The person in front of the page.
#[derive(Serialize)]
struct OwnView {
    signed: Option<When>,
    until: Option<When>,
}

/// An entry of a choice.
#[derive(Serialize)]
pub struct Choice {
    pub value: String,
    pub title: String,
    pub chosen: bool,
}

#[derive(Serialize)]
struct PlaceView {
    role: String,
    department: String,
    person: String,
    name: String,
    until: When,
    signed: Option<When>,
    absent: bool,
    /// Who stands in; empty: nobody.
    substitute: String,
    reached: bool,
    /// Whoever is there for this place, who may be signed on and off.
    there: String,
}

/// What a role is called.
pub fn role_title(directory: &Directory, role: &RoleId, visitor: &Visitor) -> String {
    let known = directory.roles.get(role);
    known.map_or_else(|| role.to_string(), |title| text(title, visitor.look.language))
}

/// Every role as a choice, by rank.
pub fn roles(directory: &Directory, chosen: &str, visitor: &Visitor) -> Vec<Choice> {
    let language = visitor.look.language;
    let choice = |(role, title): (&RoleId, &Text)| Choice {
        title: text(title, language),
        chosen: role.as_str() == chosen,
        value: role.to_string(),
    };
    ranked(directory, language).into_iter().map(choice).collect()
}

impl PlaceView {
    fn of(row: OnDutyRow, names: &Names<'_>, visitor: &Visitor) -> Self {
        let when = |at| When::new(at, visitor.now, &visitor.zone);
        let there = if row.absent {
            row.substitute.as_ref()
        } else {
            Some(&row.person)
        };
        Self {
            role: role_title(names.directory, &row.role, visitor),
            department: row
                .department
                .as_ref()
                .map(|id| names.department(id))
                .unwrap_or_default(),
            there: there.map(ToString::to_string).unwrap_or_default(),
            person: row.person.to_string(),
            name: row.name,
            until: when(row.until),
            signed: row.signed_on.map(when),
            absent: row.absent,
            substitute: row
                .substitute
                .as_ref()
                .map(|person| names.person(person))
                .unwrap_or_default(),
            reached: row.reached,
        }
    }
}

/// The page, with what went wrong.
async fn shown(
    state: &State,
    visitor: &Visitor,
    asked: &Asked,
    status: StatusCode,
    wrong: Vec<String>,
) -> Result<HttpResponse, Problem> {
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language: visitor.look.language,
    };
    let wanted = Wanted {
        role: (!asked.role.is_empty()).then(|| RoleId::new(asked.role.as_str())),
        department: None,
    };
    let limit = u64::try_from(ROWS).unwrap_or(u64::MAX);
    let mut rows = state
        .desk
        .duty_now(&visitor.principal, &wanted, Some(&asked.after), limit.saturating_add(1))?;
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let role = escaped(&asked.role);
    let next = rows.last().filter(|_| more).map(|last| escaped(&last.place()));
    let next = next.map(|after| format!("/duty?role={role}&after={after}"));
    let gaps = Gaps::coming(state, visitor, &names)?;
    let gap_count = gaps.told.len();
    let shown_to = asked.gaps.saturating_add(ROWS);
    let signed = directory.sign_on_of(&visitor.principal.person, visitor.now);
    let when = |at| When::new(at, visitor.now, &visitor.zone);
    let view = DutyView {
        wrong,
        own: OwnView {
            signed: signed.map(|signed| when(signed.from)),
            until: signed.map(|signed| when(signed.to)),
        },
        roles: roles(&directory, &asked.role, visitor),
        places: rows
            .into_iter()
            .map(|row| PlaceView::of(row, &names, visitor))
            .collect(),
        next,
        first: asked.after.is_empty(),
        leads: ["shift_lead", "manager", "administrator"]
            .iter()
            .any(|role| visitor.has_role(role)),
        gaps: gaps.told.into_iter().skip(asked.gaps).take(ROWS).collect(),
        gap_count,
        gaps_found: gaps.found,
        notes: handover::notes(state, visitor, &names).await?,
        note: asked.note.clone(),
        note_roles: roles(&directory, &asked.note_for, visitor),
        more_gaps: (gap_count > shown_to).then(|| format!("/duty?role={role}&gaps={shown_to}")),
    };
    let title = word(&visitor.look, "nav-duty");
    answer::with_status(visitor, status, SECTION, title, "duty", &view)
}

/// `GET /duty`
pub async fn page(state: Data<State>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    shown(&state, &visitor, &asked, StatusCode::OK, Vec::new()).await
}

/// The page, with why something was not done.
pub async fn with_trouble(
    state: &State,
    visitor: &Visitor,
    asked: &Asked,
    problem: Problem,
) -> Result<HttpResponse, Problem> {
    let words = trouble::faults(&problem, &visitor.look);
    shown(state, visitor, asked, problem.code.status(), words).await
}

/// `POST /duty/sign`: on or off, oneself or by who leads somebody else.
pub async fn sign(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let visitor = &sent.visitor;
    let person = sent.form.text("person");
    let person = (!person.is_empty()).then(|| PersonId::new(person));
    let done = if sent.form.text("do") == "off" {
        state.desk.sign_off(&visitor.principal, person).await
    } else {
        state.desk.sign_on(&visitor.principal, person).await
    };
    match done {
        Ok(_) => Ok(see_other("/duty")),
        Err(error @ (DeskError::Conflict(_) | DeskError::Invalid(_))) => {
            with_trouble(&state, visitor, &Asked::default(), error.into()).await
        }
        Err(error) => Err(error.into()),
    }
}
