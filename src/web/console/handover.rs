//! Notes at the end of a shift, on the page of duty: those for one's roles and for everybody, the newest first; writing
//! one, and saying that one has read one.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;

use crate::desk::DeskError;
use crate::desk::duty::Handover;
use crate::web::problem::{Code, Problem};
use crate::web::state::State;
use crate::workflow::id::RoleId;

use super::answer::see_other;
use super::duty::{Asked, role_title, with_trouble};
use super::visitor::{Posted, Visitor};
use super::words::{Names, When};

/// Notes that are shown.
const NOTES: u64 = 5;
/// Numbers of tickets that stand beside one; further ones are counted.
const NUMBERS: usize = 8;
/// Where the notes stand.
const PATH: &str = "/duty#handovers";

/// A note.
#[derive(Serialize)]
pub struct NoteView {
    id: i64,
    by: String,
    /// For whom; empty: for everybody.
    role: String,
    at: When,
    note: String,
    urgent: NumbersView,
    late: NumbersView,
    readers: String,
    /// By the person in front of the page, or written by them.
    read: bool,
}

/// Tickets that were so when it was written.
#[derive(Serialize)]
struct NumbersView {
    count: usize,
    shown: Vec<String>,
    more: usize,
}

impl NumbersView {
    fn of(numbers: Vec<String>) -> Self {
        let count = numbers.len();
        Self {
            count,
            more: count.saturating_sub(NUMBERS),
            shown: numbers.into_iter().take(NUMBERS).collect(),
        }
    }
}

/// The newest notes.
pub async fn notes(state: &State, visitor: &Visitor, names: &Names<'_>) -> Result<Vec<NoteView>, Problem> {
    let found = state.desk.handovers(&visitor.principal, None, NOTES).await?;
    let own = &visitor.principal.person;
    let view = |note: Handover| NoteView {
        id: note.id,
        by: names.person(&note.person),
        role: note
            .role
            .map(|role| role_title(names.directory, &role, visitor))
            .unwrap_or_default(),
        at: When::new(note.at, visitor.now, &visitor.zone),
        read: note.person == *own || note.read.iter().any(|(reader, _)| reader == own),
        readers: names.people(&note.read.into_iter().map(|(reader, _)| reader).collect::<Vec<_>>()),
        note: note.note,
        urgent: NumbersView::of(note.urgent),
        late: NumbersView::of(note.late),
    };
    Ok(found.into_iter().map(view).collect())
}

/// `POST /duty/handover`: writes a note for whoever comes.
pub async fn write(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let Posted { visitor, form } = sent;
    let role = form.text("role");
    let role = (!role.is_empty()).then(|| RoleId::new(role));
    let note = form.text("note").to_owned();
    match state.desk.hand_over_duty(&visitor.principal, role, note).await {
        Ok(_) => Ok(see_other(PATH)),
        Err(error @ (DeskError::Conflict(_) | DeskError::Invalid(_))) => {
            let asked = Asked::typed(form.text("note"), form.text("role"));
            with_trouble(&state, &visitor, &asked, error.into()).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /duty/handover/{id}/read`
pub async fn read(state: Data<State>, sent: Posted, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = id.parse::<i64>().map_err(|_| Problem::new(Code::NotFound))?;
    state.desk.read_handover(&sent.visitor.principal, id).await?;
    Ok(see_other(PATH))
}
