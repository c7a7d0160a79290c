//! The server: limits of connections and heads, the app with its layers, a graceful stop.
//!
//! Layers from the outside in: guard (id, panics, headers, problems) → gzip → deadline → routes. What reads a body has its own
//! deadline ([`super::body`]).

use std::net::TcpListener;
use std::num::NonZeroUsize;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::KeepAlive;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{Data, ServiceConfig};
use actix_web::{App, HttpServer};
use rustls::ServerConfig;

use super::deadline::deadline;
use super::guard::guard;
use super::problem::{Code, Problem};
use super::state::State;
use super::{api, console, openapi};

/// How long an idle connection is kept for the next request.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// All routes.
pub fn routes(app: &mut ServiceConfig) {
    api::routes(app);
    openapi::routes(app);
    console::routes(app);
}

async fn nothing_here() -> Result<&'static str, Problem> {
    Err(Problem::new(Code::NotFound))
}

/// Starts to listen, in plain HTTP or with this TLS; the server runs when it is awaited.
pub fn start(state: Data<State>, listener: TcpListener, tls: Option<ServerConfig>) -> std::io::Result<Server> {
    let config = state.config.clone();
    let workers = match config.server.workers {
        0 => std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
        count => count,
    };
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .wrap(from_fn(deadline))
            .wrap(Compress::default())
            .wrap(from_fn(guard))
            .configure(routes)
            .default_service(actix_web::web::to(nothing_here))
    })
    // A packed answer leaves in pieces; its last one must not wait until the one before is acknowledged.
    .tcp_nodelay(true)
    .keep_alive(KeepAlive::Timeout(KEEP_ALIVE))
    .client_request_timeout(Duration::from_secs(config.limits.head_within_seconds))
    .client_disconnect_timeout(Duration::from_secs(2))
    // actix counts for each worker.
    .max_connections((config.server.connections_max / workers).max(1))
    .workers(workers)
    .shutdown_timeout(config.server.stop_within_seconds)
    .disable_signals();
    let server = match tls {
        Some(tls) => server.listen_rustls_0_23(listener, tls)?,
        None => server.listen(listener)?,
    };
    Ok(server.run())
}
