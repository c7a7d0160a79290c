//! What every handler may reach: the desk, the settings, the gates.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::web::Data;

use crate::config::Config;
use crate::desk::Desk;

use super::problem::{Code, Problem};
use super::rate::Gates;
use super::stopping::Stopping;

/// Shared by all workers.
pub struct State {
    pub desk: Desk,
    pub config: Arc<Config>,
    pub gates: Gates,
    pub stopping: Stopping,
}

impl State {
    pub fn new(desk: Desk, config: Arc<Config>) -> Self {
        let gates = Gates::new(&config.limits);
        Self {
            desk,
            config,
            gates,
            stopping: Stopping::default(),
        }
    }
}

/// The state of the app that serves this request.
pub fn of(request: &HttpRequest) -> Result<&Data<State>, Problem> {
    request
        .app_data::<Data<State>>()
        .ok_or_else(|| Problem::new(Code::Internal))
}
