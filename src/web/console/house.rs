//! Forms of what a house has once, its rights and its rules of duty: each is one entry of the directory, shown as it
//! stands and saved in place. Whoever was slower keeps what they typed and sees what stands there now.

use std::future::Future;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::desk::DeskError;
use crate::desk::directory::Kind;
use crate::web::problem::{Code, Place, Problem};
use crate::web::state::State;

use super::answer::{see_other, word};
use super::form::Form;
use super::trouble;
use super::visitor::Visitor;

/// Whether the page is shown because something was saved.
#[derive(Deserialize)]
pub struct Asked {
    saved: Option<String>,
}

/// The entry as it stands.
pub struct Standing<T> {
    /// 0: the house has changed nothing yet.
    pub version: i64,
    pub says: T,
}

/// What stands above the form.
#[derive(Default, Serialize)]
pub struct Notice {
    saved: bool,
    pub wrong: Vec<String>,
    /// Where each of them points to in what was asked; empty: nowhere.
    #[serde(skip)]
    pub places: Vec<String>,
    /// Somebody else was quicker: what differs from what stands now is marked.
    #[serde(skip)]
    pub stale: bool,
    #[serde(skip)]
    pub status: StatusCode,
}

impl Notice {
    /// Of a page that is only looked at.
    pub fn of(asked: &Asked) -> Self {
        Self {
            saved: asked.saved.is_some(),
            ..Self::default()
        }
    }
}

/// How saving went.
pub enum Outcome {
    Saved(HttpResponse),
    /// What was typed is shown again.
    Kept(Notice),
}

/// Who is offered the form; the desk decides.
pub fn edits(visitor: &Visitor) -> bool {
    visitor.has_role("manager") || visitor.has_role("administrator")
}

/// What stands under the key; `otherwise` where nothing was ever saved there.
pub async fn standing<T: DeserializeOwned>(
    state: &State,
    visitor: &Visitor,
    (kind, key): (Kind, &str),
    otherwise: T,
) -> Result<Standing<T>, Problem> {
    match state.desk.entry(&visitor.principal, kind, key).await {
        Ok(entry) => Ok(Standing {
            version: entry.version,
            says: serde_json::from_value(entry.body).unwrap_or(otherwise),
        }),
        Err(DeskError::NotFound { .. }) => Ok(Standing {
            version: 0,
            says: otherwise,
        }),
        Err(error) => Err(error.into()),
    }
}

fn place(place: &Place) -> String {
    match place {
        Place::Pointer(pointer) => pointer.clone(),
        Place::Parameter(_) | Place::Header(_) => String::new(),
    }
}

/// The version that stood on the page that was sent.
pub fn seen(form: &Form) -> i64 {
    form.text("version").parse().unwrap_or_default()
}

/// Saves a form that was made when `version` stood there. Whoever may not save at all hears so from the desk, whatever
/// their form was made of.
pub async fn saved<T>(
    visitor: &Visitor,
    form: &Form,
    version: i64,
    path: &str,
    save: impl Future<Output = Result<T, DeskError>>,
) -> Result<Outcome, Problem> {
    if edits(visitor) && seen(form) != version {
        return Ok(Outcome::Kept(Notice {
            wrong: vec![word(&visitor.look, "entry-changed")],
            stale: true,
            status: StatusCode::CONFLICT,
            ..Notice::default()
        }));
    }
    match save.await {
        Ok(_) => Ok(Outcome::Saved(see_other(&format!("{path}?saved=yes")))),
        Err(error) => {
            let problem = Problem::from(error);
            if !matches!(problem.code, Code::Invalid | Code::Conflict) {
                return Err(problem);
            }
            Ok(Outcome::Kept(Notice {
                places: problem
                    .faults
                    .iter()
                    .map(|fault| fault.place.as_ref().map(place).unwrap_or_default())
                    .collect(),
                wrong: trouble::faults(&problem, &visitor.look),
                status: problem.code.status(),
                ..Notice::default()
            }))
        }
    }
}
