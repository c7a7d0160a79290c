//! Who may use the built-in actions: for each of them the roles, ticked. Whoever may not change it reads it here.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::desk::directory::{Edit, Kind};
use crate::texts::say;
use crate::web::api::entries::{BuiltinIn, Inside};
use crate::web::body::shape;
use crate::web::decode::At;
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::directory::{BuiltinRoles, Directory};
use crate::workflow::id::RoleId;

use super::answer::{self, word};
use super::duty::role_title;
use super::entry::now_is;
use super::form::Form;
use super::house::{self, Asked, Notice, Outcome, Standing};
use super::organisation::{SECTION, must_read};
use super::ranks::ranked;
use super::visitor::{Posted, Visitor};
use super::words::text;

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
    notice: Notice,
}

#[derive(Serialize)]
struct RightView {
    name: &'static str,
    title: String,
    help: String,
    roles: Vec<Tick>,
    /// Whose it is now that somebody else has changed it.
    now: String,
}

#[derive(Serialize)]
struct Tick {
    id: String,
    title: String,
    on: bool,
}

/// Roles by right: those that hold, or those that were ticked.
fn rights(
    directory: &Directory,
    stands: &BuiltinRoles,
    ticked: Option<&Form>,
    stale: bool,
    visitor: &Visitor,
) -> Vec<RightView> {
    let language = visitor.look.language;
    let title = |id: &RoleId| role_title(directory, id, visitor);
    let right = |(name, held): &Right| {
        let holds = |id: &RoleId| held(stands).contains(id);
        let on = |id: &RoleId| ticked.map_or_else(|| holds(id), |form| form.all(name).any(|role| role == id.as_str()));
        let differs = stale && directory.roles.keys().any(|id| on(id) != holds(id));
        let now: Vec<String> = held(stands).iter().map(title).collect();
        RightView {
            name,
            title: say(language, &format!("rights-{name}"), &[]),
            help: say(language, &format!("rights-{name}-help"), &[]),
            roles: ranked(directory, language)
                .into_iter()
                .map(|(id, title)| Tick {
                    title: text(title, language),
                    on: on(id),
                    id: id.to_string(),
                })
                .collect(),
            now: if differs {
                now_is(&now.join(&say(language, "list-comma", &[])), language)
            } else {
                String::new()
            },
        }
    };
    RIGHTS.iter().map(right).collect()
}

async fn standing(state: &State, visitor: &Visitor) -> Result<Standing<BuiltinRoles>, Problem> {
    let otherwise = state.desk.directory().builtin.clone();
    house::standing(state, visitor, (Kind::Builtin, KEY), otherwise).await
}

fn shown(
    state: &State,
    visitor: &Visitor,
    stands: &Standing<BuiltinRoles>,
    ticked: Option<&Form>,
    notice: Notice,
) -> Result<HttpResponse, Problem> {
    let status = notice.status;
    let view = RightsView {
        rights: rights(&state.desk.directory(), &stands.says, ticked, notice.stale, visitor),
        version: stands.version,
        edits: house::edits(visitor),
        notice,
    };
    let title = word(&visitor.look, "rights-title");
    answer::with_status(visitor, status, SECTION, title, "rights", &view)
}

/// `GET /organisation/rights`
pub async fn page(state: Data<State>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    must_read(&visitor)?;
    let stands = standing(&state, &visitor).await?;
    shown(&state, &visitor, &stands, None, Notice::of(&asked))
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
    let stands = standing(&state, &visitor).await?;
    let seen = [house::seen(&form)];
    let save = state.desk.edit_seen(&visitor.principal, vec![put], &seen);
    match house::saved(&visitor, &form, stands.version, PATH, save).await? {
        Outcome::Saved(answer) => Ok(answer),
        Outcome::Kept(notice) => shown(&state, &visitor, &stands, Some(&form), notice),
    }
}
