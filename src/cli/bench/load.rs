//! Load on a server: so many connections, each sending its next request when the last one was answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::figures::{Figures, Run, cpu_of};
use super::http::{Connection, Request};

/// One request of a load, made beforehand so that making it costs nothing while it is measured.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub method: &'static str,
    pub path: String,
    pub body: Option<String>,
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
    pub pid: u32,
}

/// What came of a load: figures, the answers' bodies and ETags in the order of the requests, the first refusal.
#[derive(Debug)]
pub struct Loaded {
    pub figures: Figures,
    pub answers: Vec<Option<(Option<String>, Vec<u8>)>>,
    pub first_failure: Option<String>,
}

/// Sends all requests over so many connections, or as many of them as fit into `at_most`.
pub async fn run(
    target: &Target,
    operation: &'static str,
    connections: usize,
    requests: Vec<Prepared>,
    at_most: Duration,
    keep: bool,
) -> anyhow::Result<Loaded> {
    let requests = Arc::new(requests);
    let next = Arc::new(AtomicUsize::new(0));
    let cpu_before = cpu_of(target.pid)?;
    let start = Instant::now();
    let mut workers = Vec::with_capacity(connections);
    for _ in 0..connections {
        let worker = Worker {
            connection: Connection::new(target.address, &target.token),
            requests: Arc::clone(&requests),
            next: Arc::clone(&next),
            until: start + at_most,
            keep,
        };
        workers.push(tokio::spawn(worker.run()));
    }
    let mut times = Vec::with_capacity(requests.len());
    let mut answers = Vec::new();
    answers.resize_with(if keep { requests.len() } else { 0 }, || None);
    let mut first_failure = None;
    let mut failures = 0;
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
        cpu: cpu_of(target.pid)?.saturating_sub(cpu_before),
        failures,
    };
    Ok(Loaded {
        figures: Figures::of(operation, connections, times, run),
        answers,
        first_failure,
    })
}

struct Worker {
    connection: Connection,
    requests: Arc<Vec<Prepared>>,
    next: Arc<AtomicUsize>,
    until: Instant,
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
        while Instant::now() < self.until {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(prepared) = self.requests.get(index) else {
                break;
            };
            let start = Instant::now();
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
