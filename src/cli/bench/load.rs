//! Load on a server.
//!
//! *Closed*: so many connections, each sending its next request when the last one was answered; a slow server is asked
//! less. *Open*: requests leave at a fixed rate whatever comes back, as callers do; each one's time counts from the
//! moment it was meant to leave, so that waiting for a free connection is not left out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::bail;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{Receiver, channel};

use super::figures::{Figures, Run};
use super::http::{Connection, Request};
use super::meter::Meter;

/// One request of a load, made beforehand so that making it costs nothing while it is measured.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub method: &'static str,
    pub path: String,
    pub body: Option<Arc<str>>,
    pub key: Option<String>,
    pub revision: Option<String>,
}

impl Prepared {
    pub fn get(path: String) -> Self {
        Self {
            method: "GET",
            path,
            body: None,
            key: None,
            revision: None,
        }
    }

    fn request(&self) -> Request<'_> {
        Request {
            method: self.method,
            path: &self.path,
            body: self.body.as_deref(),
            key: self.key.as_deref(),
            revision: self.revision.as_deref(),
        }
    }
}

/// The server under load.
#[derive(Clone, Debug)]
pub struct Target {
    pub address: SocketAddr,
    pub token: String,
    pub meter: Meter,
}

/// How a load is put on.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    pub operation: &'static str,
    pub connections: usize,
    /// Requests a second of an open load.
    pub rate: Option<f64>,
    pub at_most: Duration,
    /// Answers are kept.
    pub keep: bool,
}

/// What came of a load: figures, and the answers' bodies and ETags in the order of the requests.
#[derive(Debug)]
pub struct Loaded {
    pub figures: Figures,
    pub answers: Vec<Option<Reply>>,
}

/// Sends all requests, or as many of them as fit into the time. A load in which something fails measures something
/// else, and is an error.
pub async fn run(target: &Target, manner: Manner, requests: Vec<Prepared>) -> anyhow::Result<Loaded> {
    let requests = Arc::new(requests);
    let before = target.meter.used()?;
    let start = Instant::now();
    let turns = Arc::new(Turns::of(manner, requests.len(), start));
    let mut workers = Vec::with_capacity(manner.connections);
    for _ in 0..manner.connections {
        let worker = Worker {
            connection: Connection::new(target.address, &target.token),
            requests: Arc::clone(&requests),
            turns: Arc::clone(&turns),
            keep: manner.keep,
        };
        workers.push(tokio::spawn(worker.run()));
    }
    let mut times = Vec::with_capacity(requests.len());
    let mut answers = Vec::new();
    answers.resize_with(if manner.keep { requests.len() } else { 0 }, || None);
    let (mut failures, mut first_failure) = (0, None);
    for worker in workers {
        let done = worker.await?;
        times.extend(done.times);
        failures += done.failures;
        first_failure = first_failure.or(done.first_failure);
        for (index, answer) in done.answers {
            if let Some(place) = answers.get_mut(index) {
                *place = Some(answer);
            }
        }
    }
    let run = Run {
        wall: start.elapsed(),
        used: target.meter.used()?.since(before),
    };
    if let Some(failure) = first_failure {
        bail!("{failures} requests failed, the first: {failure}");
    }
    Ok(Loaded {
        figures: Figures::of(manner.operation, manner.connections, manner.rate, times, run),
        answers,
    })
}

/// Whose turn is next.
enum Turns {
    /// As soon as somebody is free.
    Closed { next: AtomicUsize, until: Instant },
    /// At its moment, which comes with it.
    Open(Mutex<Receiver<(usize, Instant)>>),
}

impl Turns {
    fn of(manner: Manner, count: usize, start: Instant) -> Self {
        let until = start + manner.at_most;
        let Some(rate) = manner.rate else {
            return Self::Closed {
                next: AtomicUsize::new(0),
                until,
            };
        };
        let (give, take) = channel(count.max(1));
        // A thread of its own sleeps more exactly than the runtime, which rounds up to milliseconds.
        std::thread::spawn(move || {
            let mut intended = start;
            for index in 0..count {
                std::thread::sleep(intended.saturating_duration_since(Instant::now()));
                if intended >= until || give.try_send((index, intended)).is_err() {
                    return;
                }
                intended += Duration::from_secs_f64(1.0 / rate);
            }
        });
        Self::Open(Mutex::new(take))
    }

    /// The next request, and from when its time counts.
    async fn next(&self) -> Option<(usize, Instant)> {
        match self {
            Self::Closed { next, until } => {
                let now = Instant::now();
                (now < *until).then(|| (next.fetch_add(1, Ordering::Relaxed), now))
            }
            Self::Open(turns) => turns.lock().await.recv().await,
        }
    }
}

struct Worker {
    connection: Connection,
    requests: Arc<Vec<Prepared>>,
    turns: Arc<Turns>,
    keep: bool,
}

/// The `ETag` of an answer, where it had one, and its body.
type Reply = (Option<String>, Vec<u8>);

#[derive(Default)]
struct Done {
    times: Vec<Duration>,
    answers: Vec<(usize, Reply)>,
    failures: usize,
    first_failure: Option<String>,
}

impl Worker {
    async fn run(mut self) -> Done {
        let mut done = Done::default();
        while let Some((index, start)) = self.turns.next().await {
            let Some(prepared) = self.requests.get(index) else {
                break;
            };
            match self.connection.send(prepared.request()).await {
                Ok(answer) if answer.is_success() => {
                    done.times.push(start.elapsed());
                    if self.keep {
                        done.answers.push((index, (answer.etag, answer.body)));
                    }
                }
                Ok(answer) => {
                    let text = String::from_utf8_lossy(&answer.body).into_owned();
                    done.fail(format!(
                        "{} {}: {} {text}",
                        prepared.method, prepared.path, answer.status
                    ));
                }
                Err(error) => done.fail(format!("{} {}: {error:#}", prepared.method, prepared.path)),
            }
        }
        done
    }
}

impl Done {
    fn fail(&mut self, what: String) {
        self.failures += 1;
        self.first_failure.get_or_insert(what);
    }
}
