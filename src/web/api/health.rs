//! Is the process alive, is it ready for work. For load balancers; needs no token and says nothing else.

use actix_web::web::{Data, Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::problem::{Code, Problem};
use crate::web::state::State;

/// How the server is.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    status: &'static str,
    version: &'static str,
}

const OK: Health = Health {
    status: "ok",
    version: env!("CARGO_PKG_VERSION"),
};

/// The process is alive.
#[utoipa::path(get, path = "/health", tag = "health", responses((status = 200, body = Health)))]
pub async fn live() -> Json<Health> {
    Json(OK)
}

/// The server takes work: the database answers, and nobody has told it to stop. While it stops this is 503 first and
/// everything else is served as ever for `server.drain_seconds`, so that load balancers send requests elsewhere.
#[utoipa::path(get, path = "/ready", tag = "health", responses((status = 200, body = Health)))]
pub async fn ready(state: Data<State>) -> Result<Json<Health>, Problem> {
    if state.stopping.has_begun() {
        return Err(Problem::new(Code::Busy).header("Retry-After", "5"));
    }
    state.desk.next_due().await?;
    Ok(Json(OK))
}
