//! Hard times with the real server: the disk is full (P13), hundreds of clients are slow (P19).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ombud::clock::Clock;
use ombud::desk::Desk;
use ombud::desk::Scope;
use ombud::store::Database;
use reqwest::StatusCode;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::api::token;
use crate::support::TestDesk;
use crate::support::process::Server;

struct Client {
    http: reqwest::Client,
    address: String,
    token: String,
}

impl Client {
    fn new(address: &str, token: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).no_proxy();
        Self {
            http: http.build().unwrap(),
            address: address.to_owned(),
            token: token.to_owned(),
        }
    }

    async fn list(&self) -> StatusCode {
        let url = format!("http://{}/api/v1/tickets", self.address);
        let answer = self.http.get(url).bearer_auth(&self.token).send().await.unwrap();
        answer.status()
    }

    /// Opens a ticket that takes some room.
    async fn open(&self) -> (StatusCode, bool) {
        let errand = json!({"workflow": "errand", "values": {"place": "here", "summary": "y".repeat(60), "caller": "x".repeat(40)}});
        let url = format!("http://{}/api/v1/tickets", self.address);
        let asked = self.http.post(url).bearer_auth(&self.token).json(&errand);
        let answer = asked.send().await.unwrap();
        (answer.status(), answer.headers().contains_key("retry-after"))
    }
}

/// A small disk of our own, in memory; `None` where nobody may mount one.
struct Disk(PathBuf);

impl Disk {
    fn mount(folder: &Path) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=6m", "ombud-test"])
            .arg(folder)
            .stderr(Stdio::null())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then(|| Self(folder.to_owned()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_what_writes_and_nothing_else_until_there_is_room_again() {
    let folder = TempDir::new().unwrap();
    let Some(_disk) = Disk::mount(folder.path()) else {
        eprintln!("skipped: a small disk can only be mounted by root");
        return;
    };
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("ombud.db").display());
    let test = TestDesk::at(&url, Clock::system().now()).await;
    let secret = token(&test, "li", &Scope::ALL).await;
    drop(test.desk);
    let server = Server::start(&url, &[]);
    let client = Client::new(&server.address, &secret);
    let mut acknowledged = 0_usize;
    for _ in 0..5 {
        assert_eq!(client.open().await.0, StatusCode::CREATED);
        acknowledged += 1;
    }
    // Somebody fills the disk, to the last byte.
    let ballast = folder.path().join("ballast");
    let filled = Command::new("dd")
        .args(["if=/dev/zero", "bs=4096", &format!("of={}", ballast.display())])
        .stderr(Stdio::null())
        .status();
    assert!(!filled.unwrap().success(), "dd ends when nothing fits any more");
    let mut refused = 0;
    for _ in 0..200 {
        match client.open().await {
            (StatusCode::CREATED, _) => acknowledged += 1,
            (StatusCode::SERVICE_UNAVAILABLE, retry_after) => {
                assert!(retry_after, "whoever is refused is told when to come back");
                refused += 1;
            }
            (status, _) => panic!("{status}"),
        }
        if refused >= 20 {
            break;
        }
    }
    assert!(refused >= 20, "the disk is full");
    assert_eq!(client.list().await, StatusCode::OK, "reading goes on");
    std::fs::remove_file(&ballast).unwrap();
    for _ in 0..10 {
        assert_eq!(client.open().await.0, StatusCode::CREATED, "without a restart");
        acknowledged += 1;
    }
    drop(server);
    let database = Database::open(&url).await.unwrap();
    let desk = Desk::start(database, Clock::system()).await.unwrap();
    let count = {
        use ombud::store::connect::statement;
        use sea_orm::ConnectionTrait;
        let db = desk.database();
        let asked = statement(db.backend(), "select count(*) from tickets", Vec::new());
        let row = db.readers().query_one_raw(asked).await.unwrap().unwrap();
        row.try_get_by_index::<i64>(0).unwrap()
    };
    assert_eq!(
        usize::try_from(count).unwrap(),
        acknowledged,
        "acknowledged and stored are the same"
    );
    drop(desk);
    let audit = Command::new(env!("CARGO_BIN_EXE_ombud"))
        .args(["audit", "--database", &url])
        .output();
    let audit = audit.unwrap();
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
}

/// Slow clients of each kind.
const SLOW: usize = 100;
/// A body must be there after so many seconds.
const BODY_WITHIN: u64 = 3;

/// What a slow client begins with; then it says nothing for ever.
fn beginning(kind: usize, token: &str) -> String {
    match kind {
        0 => "POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nX-Slow: ".to_owned(),
        1 => format!(
            "POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{\"workflow\""
        ),
        _ => format!("GET /api/v1/tickets?limit=200 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_clients_cost_the_others_nothing_and_are_cut() {
    let test = TestDesk::new().await;
    test.clock.move_to(Clock::system().now());
    let secret = token(&test, "li", &Scope::ALL).await;
    let within = BODY_WITHIN.to_string();
    let server = Server::start(
        &test.url,
        &[
            ("OMBUD_LIMITS_BODY_WITHIN_SECONDS", within.as_str()),
            ("OMBUD_LIMITS_HEAD_WITHIN_SECONDS", within.as_str()),
        ],
    );
    let client = Client::new(&server.address, &secret);
    let began = Instant::now();
    let mut slow = Vec::new();
    for kind in 0..3 {
        for _ in 0..SLOW {
            let mut stream = TcpStream::connect(&server.address).await.unwrap();
            stream.write_all(beginning(kind, &secret).as_bytes()).await.unwrap();
            slow.push((kind, stream));
        }
    }
    // The others are served as ever, while all of these hang.
    let mut took = Vec::new();
    for _ in 0..40 {
        let asked = Instant::now();
        assert_eq!(client.open().await.0, StatusCode::CREATED);
        assert_eq!(client.list().await, StatusCode::OK);
        took.push(asked.elapsed());
    }
    took.sort();
    assert!(took[took.len() / 2] < Duration::from_secs(1), "{took:?}");
    // Who never sends the rest is told so and cut.
    let cut = Duration::from_secs(BODY_WITHIN) + Duration::from_secs(7);
    for (kind, stream) in slow.iter_mut().filter(|(kind, _)| *kind < 2) {
        let mut said = String::new();
        let left = cut.saturating_sub(began.elapsed()) + Duration::from_millis(500);
        let read = tokio::time::timeout(left, stream.read_to_string(&mut said)).await;
        assert!(read.is_ok(), "kind {kind}: still open after {:?}", began.elapsed());
        assert!(said.contains(" 408 "), "kind {kind}: {said}");
    }
    assert_eq!(client.list().await, StatusCode::OK);
}
