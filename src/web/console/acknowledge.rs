//! The page of a link in a mail or message: whoever was told acknowledges without signing in. `GET` shows a button and
//! changes nothing, so that a scanner of mails may follow the link.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::Serialize;

use crate::desk::DeskError;
use crate::desk::outbox::Acknowledgement;
use crate::web::problem::Problem;
use crate::web::state::State;

use super::answer::{self, word};
use super::look::Look;
use super::visitor::Stranger;

#[derive(Serialize)]
struct AcknowledgeView {
    /// The link stands for something.
    known: bool,
    done: bool,
    /// It cannot be acknowledged as things stand.
    refused: bool,
    token: String,
    name: String,
    number: String,
    subject: String,
}

fn shown(look: Look, token: String, found: Result<Acknowledgement, DeskError>) -> Result<HttpResponse, Problem> {
    let empty = |refused| AcknowledgeView {
        known: false,
        done: false,
        refused,
        token: String::new(),
        name: String::new(),
        number: String::new(),
        subject: String::new(),
    };
    let mut look = look;
    let (status, view) = match found {
        Ok(found) => {
            // The language of whoever was told, unless this browser has chosen another.
            if !look.chosen {
                look.language = found.language;
            }
            let view = AcknowledgeView {
                known: true,
                done: found.done,
                refused: false,
                token,
                name: found.name,
                number: found.number,
                subject: found.subject,
            };
            (StatusCode::OK, view)
        }
        Err(DeskError::NotFound { .. }) => (StatusCode::NOT_FOUND, empty(false)),
        Err(DeskError::Refused(_) | DeskError::NotAllowed { .. }) => (StatusCode::CONFLICT, empty(true)),
        Err(error) => return Err(error.into()),
    };
    answer::bare(&look, status, word(&look, "acknowledge-title"), "acknowledge", &view)
}

/// `GET /acknowledge/{token}`
pub async fn page(state: Data<State>, token: Path<String>, look: Look) -> Result<HttpResponse, Problem> {
    let found = state.desk.acknowledgement(&token).await;
    shown(look, token.into_inner(), found)
}

/// `POST /acknowledge/{token}`
pub async fn acknowledge(state: Data<State>, token: Path<String>, sent: Stranger) -> Result<HttpResponse, Problem> {
    let found = state.desk.acknowledge_by_link(&token).await;
    shown(sent.look, token.into_inner(), found)
}
