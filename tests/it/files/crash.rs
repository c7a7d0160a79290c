//! SIGKILL while files come up: what was acknowledged is there, whole; what was not has left nothing that counts.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::support::database::Fresh;

/// How often the server is killed.
const KILLS: usize = 4;

struct Server {
    child: Child,
    base: String,
    token: String,
}

/// SIGKILL, whenever it goes.
impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The real program; its first start prints the administrator's token.
fn start(folder: &Path, database: &str, token: Option<&str>) -> Server {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let out = folder.join("out.txt");
    let mut server = Server {
        child: Command::new(env!("CARGO_BIN_EXE_ombud"))
            .arg("serve")
            .current_dir(folder)
            .env_remove("OMBUD_CONFIG")
            .env("OMBUD_LANG", "en")
            .env("OMBUD_DATABASE_URL", database)
            .env("OMBUD_FILES_FOLDER", folder.join("files"))
            .env("OMBUD_SERVER_LISTEN", format!("127.0.0.1:{port}"))
            .env("OMBUD_LOG_LEVEL", "error")
            .stdout(std::fs::File::create(&out).unwrap())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
        base: format!("http://127.0.0.1:{port}"),
        token: String::new(),
    };
    let found = || {
        let text = std::fs::read_to_string(&out).unwrap();
        let begin = text.find("omb_")?;
        let token: String = text[begin..].chars().take_while(|c| !c.is_whitespace()).collect();
        Some(token)
    };
    for _ in 0..600 {
        // Until somebody has used the first token each start prints a new one, before it answers.
        if answers(port)
            && let Some(token) = found().or_else(|| token.map(str::to_owned))
        {
            server.token = token;
            return server;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the server did not start");
}

/// Whether somebody answers there.
fn answers(port: u16) -> bool {
    let asked = std::net::TcpStream::connect(("127.0.0.1", port)).and_then(|mut stream| {
        stream.set_read_timeout(Some(Duration::from_millis(500)))?;
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
        stream.read_exact(&mut [0; 12])
    });
    asked.is_ok()
}

/// What the client was told is there: id and hash.
type Acknowledged = Arc<Mutex<BTreeMap<String, String>>>;

async fn put(
    client: &reqwest::Client,
    (base, token): (&str, &str),
    id: String,
    acknowledged: &Acknowledged,
) -> Option<()> {
    let bytes = format!("{id}\n").repeat(400_000);
    let hash = hex::encode(Sha256::digest(bytes.as_bytes()));
    let answer = client
        .put(format!("{base}/api/v1/uploads/{id}?name={id}.txt"))
        .bearer_auth(token)
        .body(bytes)
        .send()
        .await
        .ok()?;
    assert!(
        answer.status().is_success() || answer.status().as_u16() == 503,
        "{:?}",
        answer.text().await
    );
    if answer.status().is_success() && answer.text().await.is_ok() {
        acknowledged.lock().unwrap().insert(id, hash);
    }
    Some(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = TempDir::new().unwrap();
    let fresh = Fresh::new().await;
    let acknowledged: Acknowledged = Arc::default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut token: Option<String> = None;
    for kill in 0..KILLS {
        let server = start(folder.path(), &fresh.url, token.as_deref());
        let (base, secret) = (server.base.clone(), server.token.clone());
        token = Some(secret.clone());
        let loads = (0..3).map(|lane| {
            let (client, acknowledged) = (client.clone(), Arc::clone(&acknowledged));
            let (base, token) = (base.clone(), secret.clone());
            tokio::spawn(async move {
                for turn in 0.. {
                    let id = format!("k{kill}-{lane}-{turn}");
                    if turn >= 4 || put(&client, (&base, &token), id, &acknowledged).await.is_none() {
                        break;
                    }
                }
            })
        });
        let loads: Vec<_> = loads.collect();
        tokio::time::sleep(Duration::from_millis(120 + 90 * u64::try_from(kill).unwrap())).await;
        drop(server);
        for load in loads {
            load.await.unwrap();
        }
    }
    let server = start(folder.path(), &fresh.url, token.as_deref());
    let told = acknowledged.lock().unwrap().clone();
    let mut there = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let page: serde_json::Value = client
            .get(format!("{}/api/v1/uploads?limit=200&cursor={cursor}", server.base))
            .bearer_auth(&server.token)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        for item in page["items"].as_array().unwrap() {
            let text = |name: &str| item[name].as_str().unwrap().to_owned();
            there.insert(text("id"), text("sha256"));
        }
        let Some(next) = page["next"].as_str() else { break };
        next.clone_into(&mut cursor);
    }
    drop(server);
    assert!(!told.is_empty(), "nothing came up at all");
    for (id, hash) in &told {
        assert_eq!(there.get(id), Some(hash), "{id} was acknowledged");
    }
    // A row without its content is impossible, acknowledged or not.
    for hash in there.values() {
        let content = folder
            .path()
            .join("files/content")
            .join(&hash[..2])
            .join(&hash[2..4])
            .join(hash);
        let bytes = std::fs::read(&content).unwrap();
        assert_eq!(hex::encode(Sha256::digest(&bytes)), *hash);
    }
}
