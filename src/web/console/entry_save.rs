//! Saving the form of an entry of the directory, or ending the entry. Everything that is wrong with what was typed is told
//! at once: with the id, with the shape of the fields, and with what the directory says of them.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use uuid::Uuid;

use crate::desk::DeskError;
use crate::desk::directory::{Edit, Entry};
use crate::texts::say;
use crate::web::api::entry_read::{Reading, with_the_desk};
use crate::web::problem::{Code, Fault, Place, Problem};
use crate::web::state::State;

use super::answer::see_other;
use super::entry::{NEW, Sheet, back, kind_of, must_edit, now_is, typed};
use super::entry_fields::{by_id, has_id, reading, request};
use super::form::Form;
use super::marked::Marked;
use super::visitor::Posted;

/// `POST /organisation/{kind}/{key}`
pub async fn save(state: Data<State>, sent: Posted, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let Posted { visitor, form } = sent;
    let (word, key) = path.into_inner();
    let (kind, fields) = kind_of(&word)?;
    let form = by_id(fields, form, &state.desk.directory());
    must_edit(&visitor, kind)?;
    let is_new = key == NEW;
    let own = match (is_new, has_id(kind)) {
        (false, _) => key.clone(),
        (true, true) => form.text("id").to_owned(),
        (true, false) => form.text("key").to_owned(),
    };
    let before = match state.desk.entry(&visitor.principal, kind, &own).await {
        Ok(entry) => Some(entry),
        Err(DeskError::NotFound { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let seen = form.text("version").parse::<i64>().unwrap_or_default();
    let sheet = Sheet {
        state: &state,
        visitor: &visitor,
        kind,
        fields,
        version: before.as_ref().map_or(0, |entry| entry.version),
        key,
        typed: form.clone(),
        links: Vec::new(),
    };
    match &before {
        None if !is_new => return Err(DeskError::NotFound { what: "entry" }.into()),
        Some(entry) if !is_new && entry.version != seen => return sheet.changed(&now(&sheet, entry)),
        Some(_) | None => {}
    }
    let edit = if form.text("do") == "end" {
        Ok(Edit::End {
            kind,
            key: own,
            at: None,
        })
    } else {
        put(&sheet, own, before.is_some()).await
    };
    let edit = match edit {
        Ok(edit) => edit,
        Err(problem) => return sheet.refused(problem),
    };
    // A form that is sent twice makes one entry; what stands there already is the one it made.
    let seen = [before
        .as_ref()
        .map_or(0, |entry| if is_new { entry.version } else { seen })];
    match state.desk.edit_seen(&visitor.principal, vec![edit], &seen).await {
        Ok(_) => Ok(see_other(&back(kind, &form))),
        Err(error) => sheet.refused(Problem::from(error)),
    }
}

/// What somebody else has made of the fields that were typed differently here.
fn now(sheet: &Sheet<'_>, entry: &Entry) -> Marked {
    let language = sheet.visitor.look.language;
    let stands: Form = typed(entry, sheet.fields, sheet.visitor);
    let mut marked = Marked::default();
    marked.add("", say(language, "entry-changed", &[]));
    for name in sheet.fields.iter().map(super::entry_fields::Field::name) {
        if stands.text(name) != sheet.typed.text(name) {
            marked.add(name, now_is(stands.text(name), language));
        }
    }
    marked
}

/// The entry that was typed, or everything that is wrong with it.
async fn put(sheet: &Sheet<'_>, own: String, stands: bool) -> Result<Edit, Problem> {
    let kind = sheet.kind;
    let is_new = sheet.key == NEW;
    let taken = stands && is_new && has_id(kind);
    let mut faults = Vec::new();
    if taken {
        faults.push(of_id("taken", "entry-taken"));
    }
    if own.is_empty() && is_new {
        faults.push(of_id("missing", "entry-id-missing"));
    }
    // The rest is looked at as if the id were a good one.
    let id = if faults.is_empty() { own } else { free_id() };
    let asked = request(sheet.fields, &sheet.typed, &sheet.visitor.zone);
    let read = reading(kind, &asked, has_id(kind).then_some(id.as_str()));
    let Reading { body, faults: of_shape } = read.ok_or_else(|| Problem::new(Code::NotFound))?;
    faults.extend(of_shape);
    let key = Some(id);
    let only_taken = taken && faults.len() == 1;
    let problem = match body {
        Some(body) if faults.is_empty() => return Ok(Edit::Put { kind, key, body }),
        Some(body) => {
            let put = Edit::Put { kind, key, body };
            with_the_desk(sheet.state, &sheet.visitor.principal, put, faults).await
        }
        None => Problem::invalid(faults),
    };
    if only_taken && problem.faults.len() == 1 {
        return Err(Problem::new(Code::Conflict).faults(problem.faults.clone()));
    }
    Err(problem)
}

fn of_id(code: &'static str, sentence: &str) -> Fault {
    let mut fault = Fault::new(Place::Pointer("/id".to_owned()), code);
    fault.key = Some(sentence.to_owned());
    fault
}

/// An id that nobody has.
fn free_id() -> String {
    format!("id_{}", Uuid::now_v7().simple())
}
