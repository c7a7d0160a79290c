//! TLS of the server itself, and its refusal to speak in the clear to other machines.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ombud::web::tls::{Certificate, TlsProblem};
use tempfile::TempDir;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/mail")
        .join(name)
}

fn serve(folder: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ombud"));
    command
        .arg("serve")
        .current_dir(folder)
        .env_remove("OMBUD_CONFIG")
        .env("OMBUD_LANG", "en")
        .env("OMBUD_LOG_LEVEL", "error")
        .envs(settings.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn with_a_certificate_the_server_speaks_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = TempDir::new().unwrap();
    let (chain, key) = (fixture("localhost.pem"), fixture("localhost.key"));
    let mut server = Server(
        serve(
            folder.path(),
            &[
                ("OMBUD_SERVER_LISTEN", "127.0.0.1:0"),
                ("OMBUD_SERVER_TLS_CERTIFICATE", chain.to_str().unwrap()),
                ("OMBUD_SERVER_TLS_KEY", key.to_str().unwrap()),
            ],
        )
        .spawn()
        .unwrap(),
    );
    let mut said = BufReader::new(server.0.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    let address = line.split("https://").nth(1).expect("it says https");
    let port = address.split([':', ' ', ';']).nth(1).unwrap();
    let authority = reqwest::Certificate::from_pem(&std::fs::read(fixture("ca.pem")).unwrap()).unwrap();
    let client = |trusted: bool| {
        let mut client = reqwest::Client::builder().timeout(Duration::from_secs(5)).no_proxy();
        if trusted {
            client = client.tls_certs_merge([authority.clone()]);
        }
        client.build().unwrap()
    };
    let health = format!("https://localhost:{port}/health");
    let answer = client(true).get(&health).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(client(false).get(&health).send().await.is_err(), "an unknown authority");
    let clear = client(true).get(format!("http://localhost:{port}/health")).send().await;
    assert!(clear.is_err(), "no answer in the clear");
}

#[test]
fn other_machines_are_not_served_in_the_clear_unless_somebody_says_so() {
    let folder = TempDir::new().unwrap();
    let refused = serve(folder.path(), &[("OMBUD_SERVER_LISTEN", "0.0.0.0:0")])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(words.contains("server.plain_http"), "{words}");
    assert!(!folder.path().join("ombud.db").exists(), "nothing was begun");
    let half = serve(folder.path(), &[("OMBUD_SERVER_TLS_KEY", "key.pem")])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&half.stderr).contains("belong together"));
    let mut allowed = Server(
        serve(
            folder.path(),
            &[
                ("OMBUD_SERVER_LISTEN", "0.0.0.0:0"),
                ("OMBUD_SERVER_PLAIN_HTTP", "true"),
            ],
        )
        .spawn()
        .unwrap(),
    );
    let mut line = String::new();
    BufReader::new(allowed.0.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(line.contains("http://0.0.0.0:"), "{line}");
}

#[test]
fn a_renewed_certificate_is_taken_up_and_a_broken_one_is_not() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = TempDir::new().unwrap();
    let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    let put = |name: &str, changed: u64| {
        for (from, to) in [("pem", &chain), ("key", &key)] {
            std::fs::copy(fixture(&format!("{name}.{from}")), to).unwrap();
            let file = std::fs::File::options().write(true).open(to).unwrap();
            file.set_modified(std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(changed))
                .unwrap();
        }
    };
    put("localhost", 1_000);
    let certificate = Certificate::load(&chain, &key).unwrap();
    assert!(!certificate.look().unwrap());
    put("elsewhere", 2_000);
    assert!(certificate.look().unwrap());
    std::fs::write(&chain, "nothing").unwrap();
    let problem = certificate.look().unwrap_err();
    assert!(matches!(problem, TlsProblem::Certificate { .. }), "{problem}");
    put("localhost", 3_000);
    std::fs::copy(fixture("elsewhere.key"), &key).unwrap();
    let problem = certificate.look().unwrap_err();
    assert!(matches!(problem, TlsProblem::Key { .. }), "{problem}");
}
