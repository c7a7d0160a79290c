//! `ombud doctor` with the real program: what is right is said to be right, what is wrong is named with its cure, and
//! nothing is changed or sent.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::thread::JoinHandle;

use ombud::desk::Principal;
use ombud::store::connect::statement;
use sea_orm::{ConnectOptions, ConnectionTrait, Database as SeaOrm};
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::support::TestDesk;
use crate::support::database::is_postgres;

/// What it said: the exit code, and each line by its name.
struct Said {
    code: i32,
    lines: Vec<Json>,
}

impl Said {
    fn line(&self, name: &str) -> &Json {
        let found = self.lines.iter().find(|line| line["check"] == name);
        found.unwrap_or_else(|| panic!("no line {name} in {:#?}", self.names()))
    }

    fn names(&self) -> Vec<&str> {
        self.lines.iter().filter_map(|line| line["check"].as_str()).collect()
    }

    fn bad(&self) -> Vec<&str> {
        let bad = self.lines.iter().filter(|line| line["state"] == "bad");
        bad.filter_map(|line| line["check"].as_str()).collect()
    }
}

fn doctor(folder: &Path, settings: &[(&str, &str)]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_ombud"))
        .args(["doctor", "--json"])
        .current_dir(folder)
        .env_remove("OMBUD_CONFIG")
        .env("OMBUD_LANG", "en")
        .env("OMBUD_SERVER_LISTEN", "127.0.0.1:0")
        .envs(settings.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let end = lines.last().unwrap();
    assert!(
        end["ok"].is_number(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Said {
        code: output.status.code().unwrap(),
        lines,
    }
}

fn private() -> TempDir {
    let folder = TempDir::new().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    folder
}

#[tokio::test]
async fn a_database_in_use_is_looked_at_and_nothing_is_changed() {
    let test = TestDesk::new().await;
    let number = test.submitted().await.ticket.number.to_string();
    let before = test
        .desk
        .read(&Principal::whole("boss"), &number)
        .await
        .unwrap()
        .ticket
        .seq;
    let folder = private();
    if let Some(own) = test.fresh.folder() {
        std::fs::set_permissions(own, std::fs::Permissions::from_mode(0o700)).unwrap();
    }
    let said = doctor(folder.path(), &[("OMBUD_DATABASE_URL", &test.url)]);
    for name in [
        "database",
        "schema",
        "durable",
        "workflows",
        "calendars",
        "address",
        "port-free",
        "tls-elsewhere",
    ] {
        if name == "durable" && is_postgres() {
            continue;
        }
        assert_eq!(said.line(name)["state"], "ok");
    }
    // No mail server is set up: somebody should look at that.
    assert!(said.line("mail-off")["cure"].as_str().unwrap().contains("[mail]"));
    let after = test
        .desk
        .read(&Principal::whole("boss"), &number)
        .await
        .unwrap()
        .ticket
        .seq;
    assert_eq!(before, after);
    // A test server of PostgreSQL flushes nothing, and is told so.
    let bad = said.bad();
    let bad: Vec<_> = bad.into_iter().filter(|name| *name != "durable-not").collect();
    assert!(bad.is_empty(), "{bad:?}");
    assert_eq!(said.code, if said.bad().is_empty() { 1 } else { 2 });
}

#[tokio::test]
async fn a_workflow_that_today_s_directory_does_not_carry_and_a_table_made_by_hand_are_named() {
    let test = TestDesk::new().await;
    let db = test.desk.database();
    let sql = "delete from directory where kind = 'role' and key = 'shift_lead'";
    let mut options = ConnectOptions::new(&test.url);
    options.sqlx_logging(false);
    let other = SeaOrm::connect(options).await.unwrap();
    let changed = other
        .execute_raw(statement(db.backend(), sql, Vec::new()))
        .await
        .unwrap();
    assert_eq!(changed.rows_affected(), 1);
    other.execute_unprepared("create table stray (x bigint)").await.unwrap();
    let folder = private();
    let said = doctor(folder.path(), &[("OMBUD_DATABASE_URL", &test.url)]);
    assert_eq!(said.code, 2);
    assert_eq!(said.line("workflow-unclean")["facts"]["workflow"], "errand");
    assert!(
        said.line("schema-changed")["sentence"]
            .as_str()
            .unwrap()
            .contains("stray")
    );
}

#[test]
fn what_is_wrong_before_the_first_start_is_named_with_its_cure() {
    let folder = private();
    let nothing = doctor(folder.path(), &[]);
    assert_eq!(nothing.line("database-none")["state"], "warn");
    assert_eq!(nothing.code, 1, "{:?}", nothing.bad());
    assert!(!folder.path().join("ombud.db").exists(), "nothing was begun");

    std::fs::write(
        folder.path().join("ombud.toml"),
        "[server]\nlisten = \"127.0.0.1:1\"\nworkerz = 1\n",
    )
    .unwrap();
    let unreadable = doctor(folder.path(), &[]);
    assert_eq!(unreadable.code, 2);
    assert!(
        unreadable.line("settings-wrong")["sentence"]
            .as_str()
            .unwrap()
            .contains("server.workers")
    );

    let file = folder.path().join("ombud.toml");
    let text = "[server]\nlisten = \"0.0.0.0:0\"\npublic_url = \"hotline\"\n[mail]\nhost = \"127.0.0.1\"\nfrom = \"a@example.org\"\n\
                password = \"secret\"\n";
    std::fs::write(&file, text).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let mail = listen.rsplit_once(':').unwrap().1.to_owned();
    drop(taken);
    let wrong = doctor(
        folder.path(),
        &[
            ("OMBUD_SERVER_LISTEN", "0.0.0.0:0"),
            ("OMBUD_MAIL_PORT", &mail),
            ("OMBUD_DATABASE_URL", "postgres://somebody:secret@127.0.0.1:1/none"),
        ],
    );
    assert_eq!(
        wrong.bad(),
        [
            "address-form",
            "tls-missing",
            "secret-open",
            "database-away",
            "mail-refused"
        ]
    );
    let whole = format!("{:?}", wrong.lines);
    assert!(!whole.contains("somebody:secret"), "{whole}");
    for line in &wrong.lines[..wrong.lines.len() - 1] {
        assert_eq!(line["cure"].is_null(), line["state"] == "ok", "{line}");
    }
}

#[test]
fn a_database_of_a_newer_program_is_not_touched() {
    let folder = private();
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("ombud.db").display());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let db = ombud::store::Database::open(&url).await.unwrap();
        db.close().await.unwrap();
        let other = SeaOrm::connect(ConnectOptions::new(&url)).await.unwrap();
        let sql = "insert into seaql_migrations (version, applied_at) values ('of_tomorrow', 1)";
        other.execute_unprepared(sql).await.unwrap();
        other.close().await.unwrap();
    });
    let said = doctor(folder.path(), &[]);
    assert_eq!(said.code, 2);
    assert_eq!(said.line("schema-new")["facts"]["what"], "of_tomorrow");
}

/// A mail server that lets everybody in and gives back what it was told.
fn mail_server() -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let told = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"220 test\r\n").unwrap();
        let mut told = String::new();
        for line in BufReader::new(stream.try_clone().unwrap()).lines() {
            let Ok(line) = line else { break };
            let quit = line.starts_with("QUIT");
            told.push_str(&line);
            told.push('\n');
            let answer: &[u8] = if line.starts_with("EHLO") {
                b"250-test\r\n250 AUTH PLAIN\r\n"
            } else {
                b"235 yes\r\n"
            };
            stream.write_all(answer).unwrap();
            if quit {
                break;
            }
        }
        told
    });
    (port, told)
}

#[test]
fn the_mail_server_is_asked_to_let_us_in_and_gets_no_mail() {
    let folder = private();
    let (port, told) = mail_server();
    let said = doctor(
        folder.path(),
        &[
            ("OMBUD_MAIL_HOST", "127.0.0.1"),
            ("OMBUD_MAIL_PORT", &port),
            ("OMBUD_MAIL_SECURITY", "none"),
            ("OMBUD_MAIL_USER", "hotline"),
            ("OMBUD_MAIL_PASSWORD", "secret"),
            ("OMBUD_MAIL_FROM", "hotline@example.org"),
        ],
    );
    assert_eq!(said.line("mail")["state"], "ok");
    let told = told.join().unwrap();
    assert!(told.contains("AUTH") && !told.contains("MAIL FROM"), "{told}");
}

/// A server that answers anything with «not found», and says what it was asked.
fn somebody() -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = String::new();
        for line in BufReader::new(stream.try_clone().unwrap()).lines() {
            let line = line.unwrap();
            if line.is_empty() {
                break;
            }
            asked.push_str(&line);
            asked.push('\n');
        }
        stream
            .write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            .unwrap();
        asked
    });
    (port, asked)
}

#[test]
fn each_channel_is_asked_whether_it_is_there_without_its_keys() {
    let folder = private();
    let (port, asked) = somebody();
    let settings = format!(
        "[channels.desk]\nkind = \"webhook\"\nurl = \"http://127.0.0.1:{port}/send?key=s3cret\"\n\
         headers = {{Authorization = \"Bearer s3cret\"}}\nplain_http = true\nallow = [\"127.0.0.1\"]\n\
         [channels.away]\nkind = \"webhook\"\nurl = \"http://127.0.0.1:1/\"\nplain_http = true\n\
         allow = [\"127.0.0.1\"]\n"
    );
    let file = folder.path().join("ombud.toml");
    std::fs::write(&file, settings).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let said = doctor(folder.path(), &[]);
    assert_eq!(said.line("channel")["facts"]["channel"], "desk");
    assert_eq!(said.line("channel-refused")["facts"]["channel"], "away");
    let asked = asked.join().unwrap();
    assert!(
        asked.starts_with("HEAD / HTTP/1.1\n") && !asked.contains("s3cret"),
        "{asked}"
    );
}
