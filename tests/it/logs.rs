//! What the log of the real server holds, at its most talkative: nothing a caller said, nothing that opens a door.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use ombud::clock::Clock;
use ombud::desk::Scope;
use ombud::workflow::moment::HOUR;
use serde_json::{Value, json};

use crate::api::token;
use crate::support::{TestDesk, whole};

/// What somebody said or is called. None of it may stand in the log.
const PERSONAL: &[&str] = &[
    "王先生",
    "13800001111",
    "13900002222",
    "和平路",
    "路灯",
    "隔壁老张",
    "laozhang@example.org",
    "li@example.org",
    "Wang Jun",
    "Wang%20Jun",
    "%E7%8E%8B",
    "omb_",
    "s3cret",
];

/// The real server, with everything it says.
pub struct Server {
    process: Child,
    pub address: String,
    said: Option<JoinHandle<String>>,
}

impl Server {
    pub fn start(url: &str, format: &str, level: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_ombud"))
            .arg("serve")
            .current_dir(std::env::temp_dir())
            .env("OMBUD_DATABASE_URL", url)
            .env("OMBUD_SERVER_LISTEN", "127.0.0.1:0")
            .env("OMBUD_SERVER_DRAIN_SECONDS", "0")
            // Nobody listens there: what the jobs say about it is in the log as well.
            .env("OMBUD_MAIL_HOST", "127.0.0.1")
            .env("OMBUD_MAIL_PORT", "1")
            .env("OMBUD_MAIL_SECURITY", "none")
            .env("OMBUD_MAIL_USER", "postman")
            .env("OMBUD_MAIL_PASSWORD", "s3cret")
            .env("OMBUD_MAIL_FROM", "ombud@example.org")
            .env("OMBUD_LOG_LEVEL", level)
            .env("OMBUD_LOG_FORMAT", format)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut errors = process.stderr.take().unwrap();
        let said = std::thread::spawn(move || {
            let mut text = String::new();
            errors.read_to_string(&mut text).unwrap();
            text
        });
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address: String = line
            .split("http://")
            .nth(1)
            .unwrap()
            .chars()
            .take_while(|c| c.is_ascii_digit() || ".:".contains(*c))
            .collect();
        Self {
            process,
            address,
            said: Some(said),
        }
    }

    /// Ends it and returns all it wrote.
    fn log(mut self) -> String {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").arg("-INT").arg(pid).status().unwrap().success());
        self.process.wait().unwrap();
        self.said.take().unwrap().join().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Requests full of personal data: good ones, bad ones that are answered with what was wrong, and nonsense.
async fn talk(address: &str, secret: &str) -> Vec<u16> {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let ask = |method: &str, path: &str, body: String| {
        client
            .request(method.parse().unwrap(), format!("http://{address}{path}"))
            .bearer_auth(secret)
            .header("Content-Type", "application/json")
            .header("If-Match", "*")
            .header("X-Caller", "13900002222")
            .header("User-Agent", "Wang Jun")
            .body(body)
            .send()
    };
    let good = json!({
        "workflow": "errand",
        "values": {"place": "和平路12号", "summary": "路灯不亮", "caller": "王先生", "phone": "13800001111"},
    });
    let opened: Value = ask("POST", "/api/v1/tickets", good.to_string())
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let number = opened["ticket"]["number"].as_str().unwrap().to_owned();
    let mut wrong = good.clone();
    wrong["values"]["路灯"] = json!("王先生");
    wrong["values"]["phone"] = json!({"number": "13900002222"});
    let act = |action: &str| format!("/api/v1/tickets/{number}/actions/{action}");
    let person = json!({"name": "Wang Jun", "email": "laozhang@example.org", "phone": "13900002222"});
    let mut statuses = Vec::new();
    for (method, path, body) in [
        ("POST", "/api/v1/tickets".to_owned(), wrong.to_string()),
        (
            "POST",
            "/api/v1/tickets".to_owned(),
            "{\"王先生\": 13800001111".to_owned(),
        ),
        (
            "POST",
            "/api/v1/tickets".to_owned(),
            "\"laozhang@example.org\"".to_owned(),
        ),
        ("GET", "/api/v1/tickets/13900002222".to_owned(), String::new()),
        (
            "GET",
            "/api/v1/tickets?phone=13900002222&q=Wang%20Jun".to_owned(),
            String::new(),
        ),
        ("GET", "/api/v1/tickets?cursor=13900002222".to_owned(), String::new()),
        ("GET", "/api/v1/13900002222/%E7%8E%8B".to_owned(), String::new()),
        ("GET", format!("/?token={secret}"), String::new()),
        ("WANG", "/13900002222".to_owned(), String::new()),
        ("GET", format!("/api/v1/tickets/{number}"), String::new()),
        ("POST", act("13900002222"), "{}".to_owned()),
        (
            "POST",
            act("submit"),
            json!({"values": {"caller": "隔壁老张"}, "reason": "隔壁老张"}).to_string(),
        ),
        ("POST", act("submit"), "{}".to_owned()),
        ("PUT", "/api/v1/directory/people/li".to_owned(), person.to_string()),
        (
            "POST",
            "/api/v1/contacts".to_owned(),
            json!({"caller": {"name": "Wang Jun", "phone": "13900002222"}}).to_string(),
        ),
        (
            "POST",
            "/api/v1/tokens".to_owned(),
            json!({"title": "Wang Jun", "scopes": ["13900002222"]}).to_string(),
        ),
        (
            "POST",
            "/api/v1/erasures".to_owned(),
            json!({"phone": "13800001111", "reason": "隔壁老张"}).to_string(),
        ),
    ] {
        statuses.push(ask(method, &path, body).await.unwrap().status().as_u16());
    }
    let other = client
        .get(format!("http://{address}/api/v1/me"))
        .bearer_auth("omb_13900002222_s3cret");
    statuses.push(other.send().await.unwrap().status().as_u16());
    statuses
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_holds_nothing_personal_and_no_secret() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    for (format, level) in [
        ("text", "debug"),
        ("json", "debug"),
        ("text", "trace,handlebars::render=trace"),
    ] {
        let test = TestDesk::new().await;
        // An errand that lies about since an hour: its writer is told by mail while the server runs.
        test.clock.move_to(Clock::system().now().plus(-HOUR));
        test.open("li", whole()).await;
        test.clock.move_to(Clock::system().now());
        let secret = token(&test, "li", &Scope::ALL).await;
        let TestDesk { desk, url, fresh, .. } = test;
        drop(desk);
        let server = Server::start(&url, format, level);
        let statuses = talk(&server.address, &secret).await;
        // Time for the jobs to find that there is no mail server.
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        let log = server.log();
        assert!(statuses.iter().all(|status| *status < 500), "{statuses:?}");
        assert!(statuses.contains(&200) && statuses.contains(&400), "{statuses:?}");
        assert!(
            log.matches("ombud::access").count() > statuses.len(),
            "a line for each request: {log}"
        );
        for (line, words) in log
            .lines()
            .flat_map(|line| PERSONAL.iter().map(move |words| (line, words)))
        {
            assert!(!line.contains(words), "{format}: «{words}» is in the log: {line}");
        }
        for part in secret.split('_').filter(|part| part.len() > 3) {
            assert!(!log.contains(part), "a part of the token is in the log");
        }
        // It writes down the values it puts into mails.
        assert!(!log.contains("handlebars"), "{log}");
        assert!(log.contains("/api/v1/tickets/{number}"), "{log}");
        assert!(log.contains("the other side cannot be worked with"), "{log}");
        if format == "json" {
            for line in log.lines() {
                let read: Result<Value, _> = serde_json::from_str(line);
                assert!(read.is_ok(), "no JSON: {line}");
            }
        }
        drop(fresh);
    }
}
