//! A graceful stop under load (P20): the real server on a database of its own, clients that open tickets on it without
//! pause, SIGTERM. Whoever was accepted gets the whole answer; what was acknowledged is stored, and nothing else.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ombud::clock::Clock;
use ombud::desk::{Desk, Principal, Scope};
use ombud::store::Database;
use serde_json::json;

use crate::api::token;
use crate::support::TestDesk;
use crate::support::process::Server;

/// Clients that ask at the same time.
const CLIENTS: usize = 8;
/// Seconds between SIGTERM and the closed listener.
const DRAIN: u64 = 1;
/// P20: a stop takes at most so long.
const STOP_MAX: Duration = Duration::from_secs(25);

fn terminate(server: &Server) {
    let pid = server.process.id().to_string();
    let killed = Command::new("kill").arg("-TERM").arg(pid).status();
    assert!(killed.unwrap().success());
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// The status of a whole answer.
    Answered(u16),
    /// Not one byte came back, or there was nobody to connect to: it was never accepted.
    NeverAccepted,
    /// Part of an answer: what must not happen.
    CutOff,
}

/// A connection that is kept as long as the server keeps it.
struct Client {
    address: String,
    token: String,
    connection: Option<BufReader<TcpStream>>,
}

impl Client {
    fn new(address: &str, token: &str) -> Self {
        Self {
            address: address.to_owned(),
            token: token.to_owned(),
            connection: None,
        }
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> Fate {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n",
            self.token,
            body.len()
        );
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => match TcpStream::connect(&self.address) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(STOP_MAX)).unwrap();
                    BufReader::new(stream)
                }
                Err(_) => return Fate::NeverAccepted,
            },
        };
        let mut connection = connection;
        if connection.get_mut().write_all((head + body).as_bytes()).is_err() {
            return Fate::NeverAccepted;
        }
        let mut status = String::new();
        match connection.read_line(&mut status) {
            Ok(0) | Err(_) if status.is_empty() => return Fate::NeverAccepted,
            Ok(_) => {}
            Err(_) => return Fate::CutOff,
        }
        let (mut length, mut closes) = (0, false);
        loop {
            let mut line = String::new();
            match connection.read_line(&mut line) {
                Ok(0) | Err(_) => return Fate::CutOff,
                Ok(_) => {}
            }
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            closes |= line == "connection: close";
        }
        let mut body = vec![0; length];
        if connection.read_exact(&mut body).is_err() {
            return Fate::CutOff;
        }
        if !closes {
            self.connection = Some(connection);
        }
        Fate::Answered(status.split(' ').nth(1).unwrap().parse().unwrap())
    }
}

fn errand(place: u64) -> String {
    json!({"workflow": "errand", "values": {"place": format!("和平路{place}号"), "summary": "路灯不亮"}}).to_string()
}

/// Tickets there are.
async fn stored(desk: &Desk) -> u64 {
    let mut count = 0;
    let mut cursor = None;
    loop {
        let filter = ombud::desk::list::Filter::default();
        let sort = ombud::desk::list::Sort::Number;
        let page = desk
            .list(&Principal::whole("audrey"), &filter, sort, cursor.as_deref(), 200)
            .await
            .unwrap();
        count += u64::try_from(page.rows.len()).unwrap();
        match page.next {
            Some(next) => cursor = Some(next),
            None => return count,
        }
    }
}

/// How often it is stopped; P20 wants twenty before a release.
const STOPS: u64 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_stop_under_load_answers_whom_it_accepted_and_loses_nothing() {
    let test = TestDesk::new().await;
    // The server has the clock of the machine.
    test.clock.move_to(Clock::system().now());
    let secret = token(&test, "li", &Scope::ALL).await;
    let TestDesk { desk, url, fresh, .. } = test;
    drop(desk);
    let mut answered = 0;
    for _ in 0..STOPS {
        answered += stop_under_load(&url, &secret).await;
    }
    let database = Database::open(&url).await.unwrap();
    let desk = Desk::start(database, Clock::system()).await.unwrap();
    assert_eq!(stored(&desk).await, answered, "acknowledged and stored are the same");
    drop(fresh);
}

/// Starts it, loads it, stops it; how many tickets it acknowledged.
async fn stop_under_load(url: &str, secret: &str) -> u64 {
    let drain = DRAIN.to_string();
    let settings = [
        ("OMBUD_SERVER_DRAIN_SECONDS", drain.as_str()),
        ("OMBUD_LOG_LEVEL", "warn"),
    ];
    let mut server = Server::start(url, &settings);
    let next = Arc::new(AtomicU64::new(1));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (mut client, next) = (Client::new(&server.address, secret), Arc::clone(&next));
            std::thread::spawn(move || {
                let mut fates = Vec::new();
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let fate = client.ask("POST", "/api/v1/tickets", &errand(place));
                    fates.push(fate);
                    if fate == Fate::NeverAccepted {
                        return fates;
                    }
                }
            })
        })
        .collect();
    // A connection that idles must not hold up the end.
    let mut idle = Client::new(&server.address, secret);
    assert_eq!(idle.ask("GET", "/ready", ""), Fate::Answered(200));
    let mut watch = Client::new(&server.address, secret);
    while next.load(Ordering::Relaxed) < 100 {
        assert_eq!(watch.ask("GET", "/health", ""), Fate::Answered(200));
    }

    terminate(&server);
    let told = Instant::now();
    let mut seen = Vec::new();
    loop {
        match watch.ask("GET", "/ready", "") {
            Fate::Answered(status) => seen.push(status),
            Fate::NeverAccepted => break,
            Fate::CutOff => panic!("an answer was cut off"),
        }
    }
    let open_for = told.elapsed();
    let fates: Vec<Fate> = clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
    let ended = loop {
        if let Some(status) = server.process.try_wait().unwrap() {
            break status;
        }
        assert!(told.elapsed() < STOP_MAX, "the server did not end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };

    assert_eq!(ended.code(), Some(0));
    // Not ready first, and still answering: a load balancer has time to look.
    assert!(seen.contains(&503), "{seen:?}");
    // The signal went out before the stopwatch was started.
    assert!(open_for * 2 >= Duration::from_secs(DRAIN), "{open_for:?}");
    let last = seen
        .iter()
        .rposition(|status| *status == 200)
        .map_or(0, |last| last + 1);
    assert!(seen[last..].iter().all(|status| *status == 503), "{seen:?}");
    let answered = fates.iter().filter(|fate| **fate == Fate::Answered(201)).count();
    let refused = fates.iter().filter(|fate| **fate == Fate::NeverAccepted).count();
    assert_eq!(
        answered + refused,
        fates.len(),
        "{:?}",
        fates
            .iter()
            .find(|fate| !matches!(fate, Fate::Answered(201) | Fate::NeverAccepted))
    );
    assert_eq!(refused, CLIENTS);
    assert!(answered > 100, "{answered}");
    u64::try_from(answered).unwrap()
}
