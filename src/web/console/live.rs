//! Live updates: `GET /events` tells that tickets have changed, never which and never what. A page that hears it asks
//! again, with the rights of whoever looks at it. What other instances commit is heard too: the store tells commits
//! whoever made them.
//!
//! And presence: who else has the same ticket open, or is writing. It is kept in memory, by each instance for the
//! people who are connected to it, and forgotten when nobody says so again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use futures_util::stream;
use tokio::sync::watch;

use crate::web::problem::Problem;
use crate::web::state::State;
use crate::web::stopping::Stopping;
use crate::workflow::id::PersonId;

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

/// How long somebody counts as present after they last said so.
const PRESENT: Duration = Duration::from_secs(45);
/// Tickets somebody is looking at; more than so many, and those of long ago are forgotten.
const TICKETS_MAX: usize = 10_000;

/// When somebody was last there, and whether they were writing.
type Seen = (Instant, bool);

/// Who looks at which ticket.
#[derive(Default)]
pub struct Presence(Mutex<HashMap<String, HashMap<PersonId, Seen>>>);

impl Presence {
    /// Says that somebody is there, and tells who else is: `(person, writing)`.
    pub fn here(&self, number: &str, person: &PersonId, writing: bool) -> Vec<(PersonId, bool)> {
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tickets.len() > TICKETS_MAX {
            tickets.retain(|_, people| people.values().any(|(at, _)| at.elapsed() < PRESENT));
        }
        let people = tickets.entry(number.to_owned()).or_default();
        people.retain(|_, (at, _)| at.elapsed() < PRESENT);
        people.insert(person.clone(), (Instant::now(), writing));
        let mut others: Vec<(PersonId, bool)> = people
            .iter()
            .filter(|(other, _)| *other != person)
            .map(|(other, (_, writing))| (other.clone(), *writing))
            .collect();
        others.sort();
        others
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sees_who_else_is_there_and_not_oneself() {
        let presence = Presence::default();
        assert!(presence.here("T1", &"li".into(), false).is_empty());
        assert_eq!(presence.here("T1", &"wang".into(), true), [("li".into(), false)]);
        assert_eq!(presence.here("T1", &"li".into(), false), [("wang".into(), true)]);
        assert!(presence.here("T2", &"li".into(), false).is_empty());
    }
}
