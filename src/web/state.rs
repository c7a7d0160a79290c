//! What every handler may reach: the desk, the settings, the gates.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::HttpRequest;
use actix_web::web::Data;

use crate::config::Config;
use crate::desk::Desk;

use super::problem::{Code, Problem};
use super::rate::Gates;

/// Shared by all workers.
pub struct State {
    pub desk: Desk,
    pub config: Arc<Config>,
    pub gates: Gates,
    stopping: AtomicBool,
}

impl State {
    pub fn new(desk: Desk, config: Arc<Config>) -> Self {
        let gates = Gates::new(&config.limits);
        Self {
            desk,
            config,
            gates,
            stopping: AtomicBool::new(false),
        }
    }

    /// From now on the server is not ready for more: load balancers send requests elsewhere.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}

/// The state of the app that serves this request.
pub fn of(request: &HttpRequest) -> Result<&Data<State>, Problem> {
    request
        .app_data::<Data<State>>()
        .ok_or_else(|| Problem::new(Code::Internal))
}
