//! Who am I, and the table of problems: what a programmer asks first.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::texts::Language;
use crate::web::auth::{Allowed, Anybody};
use crate::web::problem::{Code, PROBLEMS_PATH, Problem, sentence};
use crate::web::state::State;
use crate::workflow::definition::Text;
use crate::workflow::id::{DepartmentId, PersonId, RoleId};

/// Whose token this is, and what it may be used for.
#[derive(Serialize, ToSchema)]
pub struct Me {
    person: PersonId,
    name: Option<String>,
    language: Option<String>,
    scopes: Vec<String>,
    /// The department the token is narrowed to.
    department: Option<DepartmentId>,
    /// Roles that hold now.
    roles: Vec<RoleHeld>,
}

/// A role that holds now.
#[derive(Serialize, ToSchema)]
pub struct RoleHeld {
    role: RoleId,
    department: Option<DepartmentId>,
}

/// The table of problems.
#[derive(Serialize, ToSchema)]
pub struct ProblemTable {
    items: Vec<ProblemOut>,
}

/// A kind of problem.
#[derive(Serialize, ToSchema)]
pub struct ProblemOut {
    /// What `type` of a problem says.
    r#type: String,
    code: &'static str,
    status: u16,
    title: Text,
}

/// The person behind the token.
#[utoipa::path(get, path = "/api/v1/me", tag = "tokens", security(("token" = [])),
    responses((status = 200, body = Me)))]
pub async fn me(state: Data<State>, who: Allowed<Anybody>) -> HttpResponse {
    let now = state.desk.clock().now();
    let directory = state.desk.directory();
    let person = directory.people.get(&who.principal.person);
    HttpResponse::Ok().json(Me {
        name: person.map(|person| person.name.clone()),
        language: person.map(|person| person.language.clone()),
        scopes: who
            .principal
            .scopes
            .iter()
            .map(|scope| scope.word().into_owned())
            .collect(),
        department: who.principal.department,
        roles: directory
            .memberships
            .iter()
            .filter(|held| held.person == who.principal.person && held.valid.covers(now))
            .map(|held| RoleHeld {
                role: held.role.clone(),
                department: held.department.clone(),
            })
            .collect(),
        person: who.principal.person,
    })
}

fn shown(code: Code) -> ProblemOut {
    let title = |language| sentence(language, &format!("problem-title-{}", code.as_str()), &[]);
    ProblemOut {
        r#type: format!("{PROBLEMS_PATH}{}", code.as_str()),
        code: code.as_str(),
        status: code.status().as_u16(),
        title: Text {
            zh: title(Language::Zh),
            en: title(Language::En),
        },
    }
}

/// Every kind of problem; needs no token.
#[utoipa::path(get, path = "/api/v1/problems", tag = "problems", responses((status = 200, body = ProblemTable)))]
pub async fn problems() -> HttpResponse {
    HttpResponse::Ok().json(ProblemTable {
        items: Code::ALL.iter().map(|code| shown(*code)).collect(),
    })
}

/// One kind of problem: where `type` of a problem points.
#[utoipa::path(get, path = "/api/v1/problems/{code}", tag = "problems", params(("code" = String, Path)),
    responses((status = 200, body = ProblemOut)))]
pub async fn problem(code: Path<String>) -> Result<HttpResponse, Problem> {
    let found = Code::ALL.iter().find(|known| known.as_str() == *code);
    let found = found.ok_or_else(|| Problem::new(Code::NotFound))?;
    Ok(HttpResponse::Ok().json(shown(*found)))
}
