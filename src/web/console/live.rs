//! Live updates: `GET /events` tells that tickets have changed, never which and never what. A page that hears it asks
//! again, with the rights of whoever looks at it. What other instances commit is heard too: the store tells commits
//! whoever made them.
//!
//! Who else has the same ticket open, or is writing, is asked with its news ([`crate::store::presence`]).

use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use futures_util::stream;
use tokio::sync::watch;

use crate::web::problem::Problem;
use crate::web::state::State;
use crate::web::stopping::Stopping;

use super::visitor::Visitor;

/// Where the stream is.
pub const PATH: &str = "/events";

/// Changes within this time are told once.
const TOGETHER: Duration = Duration::from_secs(1);
/// A silent stream says so this often, so that what lies between does not close it.
const PING: Duration = Duration::from_secs(15);
/// How often a stream looks whether the server is stopping.
const LOOK: Duration = Duration::from_secs(1);
/// After this a browser connects again, and shows by its session that it may.
const LONGEST: Duration = Duration::from_mins(5);

const HELLO: &str = "retry: 2000\n\nevent: change\ndata: {\"topic\":\"tickets\"}\n\n";
const CHANGED: &str = "event: change\ndata: {\"topic\":\"tickets\"}\n\n";

struct Listening {
    commits: watch::Receiver<u64>,
    stopping: Stopping,
    begun: Instant,
    spoke: Instant,
    said_hello: bool,
}

/// `GET /events`
pub async fn events(state: Data<State>, _visitor: Visitor) -> Result<HttpResponse, Problem> {
    let listening = Listening {
        commits: state.desk.writer().signals().commits(),
        stopping: state.stopping.clone(),
        begun: Instant::now(),
        spoke: Instant::now(),
        said_hello: false,
    };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        .insert_header((CACHE_CONTROL, "no-store"))
        // Packed it would wait until there is enough of it.
        .insert_header((CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream::unfold(listening, next)))
}

/// The next words of a stream; nothing at its end.
async fn next(mut listening: Listening) -> Option<(Result<Bytes, actix_web::Error>, Listening)> {
    if !listening.said_hello {
        // What changed while the browser was away is not known: it looks once.
        listening.said_hello = true;
        return Some((Ok(Bytes::from_static(HELLO.as_bytes())), listening));
    }
    loop {
        if listening.stopping.has_begun() || listening.begun.elapsed() > LONGEST {
            return None;
        }
        match tokio::time::timeout(LOOK, listening.commits.changed()).await {
            Ok(Ok(())) => {
                tokio::time::sleep(TOGETHER).await;
                listening.commits.mark_unchanged();
                listening.spoke = Instant::now();
                return Some((Ok(Bytes::from_static(CHANGED.as_bytes())), listening));
            }
            Ok(Err(_)) => return None,
            Err(_) if listening.spoke.elapsed() > PING => {
                listening.spoke = Instant::now();
                return Some((Ok(Bytes::from_static(b": here\n\n")), listening));
            }
            Err(_) => {}
        }
    }
}
