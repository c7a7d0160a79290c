//! Who may use the built-in actions: for each of them the roles, ticked. Whoever may not change it reads it here.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::desk::DeskError;
use crate::desk::directory::{Edit, Kind};
use crate::texts::say;
use crate::web::api::entries::{BuiltinIn, Inside};
use crate::web::body::shape;
use crate::web::decode::At;
use crate::web::problem::{Code, Problem};
use crate::web::state::State;
use crate::workflow::directory::{BuiltinRoles, Directory};
use crate::workflow::id::RoleId;

use super::answer::{self, see_other, word};
use super::duty::role_title;
use super::form::Form;
use super::organisation::{SECTION, must_read};
use super::trouble;
use super::visitor::{Posted, Visitor};

/// Where the page is.
const PATH: &str = "/organisation/rights";
/// The one entry.
const KEY: &str = "builtin";

/// A built-in action: its member of the entry, and whose it is.
type Right = (&'static str, fn(&BuiltinRoles) -> &[RoleId]);

const RIGHTS: [Right; 7] = [
    ("sign", |roles| &roles.sign),
    ("grant_return", |roles| &roles.grant_return),
    ("chase", |roles| &roles.chase),
    ("watch", |roles| &roles.watch),
    ("link", |roles| &roles.link),
    ("correct", |roles| &roles.correct),
    ("reveal", |roles| &roles.reveal),
];

#[derive(Serialize)]
struct RightsView {
    rights: Vec<RightView>,
    version: i64,
    edits: bool,
    wrong: Vec<String>,
}

#[derive(Serialize)]
struct RightView {
    name: &'static str,
    title: String,
    help: String,
    roles: Vec<Tick>,
}

#[derive(Serialize)]
struct Tick {
    id: String,
    title: String,
    on: bool,
}

fn edits(visitor: &Visitor) -> bool {
    visitor.has_role("manager") || visitor.has_role("administrator")
}

/// Roles by right: those that hold, or those that were ticked.
fn rights(directory: &Directory, ticked: Option<&Form>, visitor: &Visitor) -> Vec<RightView> {
    let language = visitor.look.language;
    let right = |(name, held): &Right| RightView {
        name,
        title: say(language, &format!("rights-{name}"), &[]),
        help: say(language, &format!("rights-{name}-help"), &[]),
        roles: directory
            .roles
            .keys()
            .map(|id| Tick {
                title: role_title(directory, id, visitor),
                on: match ticked {
                    Some(form) => form.all(name).any(|role| role == id.as_str()),
                    None => held(&directory.builtin).contains(id),
                },
                id: id.to_string(),
            })
            .collect(),
    };
    RIGHTS.iter().map(right).collect()
}

/// At which version the entry stands; 0: the house has not changed it yet.
async fn version(state: &State, visitor: &Visitor) -> Result<i64, DeskError> {
    match state.desk.entry(&visitor.principal, Kind::Builtin, KEY).await {
        Ok(entry) => Ok(entry.version),
        Err(DeskError::NotFound { .. }) => Ok(0),
        Err(error) => Err(error),
    }
}

async fn shown(
    state: &State,
    visitor: &Visitor,
    status: StatusCode,
    ticked: Option<&Form>,
    wrong: Vec<String>,
) -> Result<HttpResponse, Problem> {
    let view = RightsView {
        rights: rights(&state.desk.directory(), ticked, visitor),
        version: version(state, visitor).await?,
        edits: edits(visitor),
        wrong,
    };
    let title = word(&visitor.look, "rights-title");
    answer::with_status(visitor, status, SECTION, title, "rights", &view)
}

/// `GET /organisation/rights`
pub async fn page(state: Data<State>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    must_read(&visitor)?;
    shown(&state, &visitor, StatusCode::OK, None, Vec::new()).await
}

/// `POST /organisation/rights`
pub async fn save(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let Posted { visitor, form } = sent;
    let roles = |name: &str| Json::from(form.all(name).map(Json::from).collect::<Vec<_>>());
    let asked: Map<String, Json> = RIGHTS
        .iter()
        .map(|(name, _)| ((*name).to_owned(), roles(name)))
        .collect();
    let body = shape::<BuiltinIn>(&Json::Object(asked), &At::Body(String::new()))?.body(None);
    let put = Edit::Put {
        kind: Kind::Builtin,
        key: Some(KEY.to_owned()),
        body,
    };
    let seen = form.text("version").parse::<i64>().unwrap_or_default();
    match state.desk.edit_seen(&visitor.principal, vec![put], &[seen]).await {
        Ok(_) => Ok(see_other(PATH)),
        Err(error) => {
            let problem = Problem::from(error);
            if !matches!(problem.code, Code::Invalid | Code::Conflict) {
                return Err(problem);
            }
            let wrong = trouble::faults(&problem, &visitor.look);
            shown(&state, &visitor, problem.code.status(), Some(&form), wrong).await
        }
    }
}
