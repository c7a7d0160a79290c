//! `ombud backup` and `ombud restore` with the real program: a copy made under load is whole, what was changed since
//! is refused, and nothing that is there is overwritten (TRUST P21).

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ombud::desk::list::{Filter, Sort};
use ombud::desk::{Desk, Principal};
use ombud::jobs;
use ombud::jobs::backup::Plan;
use ombud::store::Database;
use ombud::workflow::moment::{HOUR, MINUTE};
use tempfile::TempDir;

use crate::support::database::Fresh;
use crate::support::{MONDAY_9, TestDesk, whole};

fn ombud(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ombud"))
        .env_remove("OMBUD_CONFIG")
        .env("OMBUD_LANG", "en")
        .args(arguments)
        .output()
        .unwrap()
}

fn succeeds(arguments: &[&str]) -> String {
    let output = ombud(arguments);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    told
}

fn refused(arguments: &[&str]) -> String {
    let output = ombud(arguments);
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

fn backups(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "db" || extension == "dump")
        })
        .collect();
    found.sort();
    found
}

async fn numbers(desk: &Desk) -> Vec<String> {
    let all = Filter::default();
    let boss = Principal::whole("boss");
    let mut numbers = Vec::new();
    let mut cursor = None;
    loop {
        let page = desk
            .list(&boss, &all, Sort::Number, cursor.as_deref(), 200)
            .await
            .unwrap();
        numbers.extend(page.rows.into_iter().map(|row| row.number));
        cursor = page.next;
        if cursor.is_none() {
            return numbers;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_holds_everything_acknowledged_before_it_began() {
    let test = Arc::new(TestDesk::new().await);
    let before: Vec<String> = {
        let mut opened = Vec::new();
        for _ in 0..20 {
            opened.push(test.open("li", whole()).await.ticket.number.to_string());
        }
        opened
    };
    let cursor = test.desk.feed(&Principal::whole("boss"), None, 5).await.unwrap().next;
    let over = Arc::new(AtomicBool::new(false));
    let load = tokio::spawn({
        let (test, over) = (Arc::clone(&test), Arc::clone(&over));
        async move {
            while !over.load(Ordering::Relaxed) {
                test.open("wang", whole()).await;
            }
        }
    });
    let folder = TempDir::new().unwrap();
    let (from, to) = (test.url.clone(), folder.path().join("backups"));
    let told = tokio::task::spawn_blocking({
        let to = to.clone();
        move || succeeds(&["backup", &to.display().to_string(), "--database", &from])
    })
    .await
    .unwrap();
    over.store(true, Ordering::Relaxed);
    load.await.unwrap();
    assert!(told.contains("audited and clean"), "{told}");

    let backup = backups(&to).remove(0);
    let bare = Fresh::bare().await;
    let restored = match bare.folder() {
        Some(folder) => url(&folder.join("restored.db")),
        None => bare.url.clone(),
    };
    succeeds(&["restore", &backup.display().to_string(), "--database", &restored]);
    succeeds(&["audit", "--database", &restored]);
    let database = Database::open(&restored).await.unwrap();
    let desk = Desk::start(database, test.clock.clone()).await.unwrap();
    let there = numbers(&desk).await;
    for number in &before {
        assert!(there.contains(number), "{number} was acknowledged before the backup");
    }
    // Who followed the feed of the old database is told to begin again.
    let void = desk.feed(&Principal::whole("boss"), Some(&cursor), 5).await;
    assert!(format!("{void:?}").contains("feed_void"), "{void:?}");
}

#[tokio::test]
async fn what_is_there_stays_and_what_was_changed_is_refused() {
    let test = TestDesk::new().await;
    if test.fresh.folder().is_none() {
        // Of PostgreSQL `files::backup` looks at it.
        return;
    }
    let number = test.submitted().await.ticket.number.to_string();
    let folder = TempDir::new().unwrap();
    let to = folder.path().display().to_string();
    succeeds(&["backup", &to, "--database", &test.url]);
    let backup = backups(folder.path()).remove(0);
    let shown = backup.display().to_string();

    // A server has it open.
    let words = refused(&["restore", &shown, "--database", &test.url]);
    assert!(words.contains("--replace"), "{words}");
    let words = refused(&["restore", &shown, "--replace", "--database", &test.url]);
    assert!(words.contains("in use"), "{words}");
    assert!(test.desk.read(&Principal::whole("boss"), &number).await.is_ok());

    // Nobody has it open: it is put aside, not lost.
    let target = folder.path().join("target").join("ombud.db");
    std::fs::create_dir(target.parent().unwrap()).unwrap();
    succeeds(&["restore", &shown, "--database", &url(&target)]);
    succeeds(&["restore", &shown, "--replace", "--database", &url(&target)]);
    let aside = std::fs::read_dir(target.parent().unwrap())
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().file_name().into_string().unwrap();
            name.starts_with("ombud.db.before-") && !name.ends_with("-wal") && !name.ends_with("-shm")
        })
        .count();
    assert_eq!(aside, 1);

    let elsewhere = url(&folder.path().join("new.db"));
    let mut bytes = std::fs::read(&backup).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&backup, bytes).unwrap();
    let words = refused(&["restore", &shown, "--database", &elsewhere]);
    assert!(words.contains("SHA-256"), "{words}");
    std::fs::remove_file(backup.with_extension("json")).unwrap();
    let words = refused(&["restore", &shown, "--database", &elsewhere]);
    assert!(words.contains("manifest"), "{words}");
    assert!(!folder.path().join("new.db").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_makes_one_backup_a_day_and_catches_up() {
    let test = TestDesk::new().await;
    if test.fresh.folder().is_none() {
        // Of PostgreSQL `files::backup` makes one.
        return;
    }
    let number = test.submitted().await.ticket.number.to_string();
    let folder = TempDir::new().unwrap();
    let plan = Plan {
        files: None,
        url: test.url.clone(),
        folder: folder.path().join("backups"),
        at: jiff::civil::Time::constant(2, 30, 0, 0),
        keep: 2,
    };
    let to = plan.folder.clone();
    // It is Monday, nine o'clock, and none was made at half past two: the server makes it up.
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let running = tokio::spawn(jobs::backup::run(test.desk.clone(), plan.clone(), stopped));
    while !to.exists() || backups(&to).is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    stop.send(true).unwrap();
    running.await.unwrap();
    assert_eq!(backups(&to).len(), 1);
    assert!(!jobs::backup::is_due(&test.desk, &plan, test.clock.now()), "one a day");
    let half_past_two = MONDAY_9.plus(17 * HOUR + 30 * MINUTE);
    assert!(!jobs::backup::is_due(&test.desk, &plan, half_past_two.plus(-1)));
    assert!(jobs::backup::is_due(&test.desk, &plan, half_past_two));

    // Two more: the oldest goes.
    for day in 1..=2 {
        let made = jobs::backup::make(Arc::new(plan.clone()), MONDAY_9.plus(day * 24 * HOUR)).await;
        assert_eq!(made.unwrap().manifest.findings, 0);
    }
    let left = backups(&to);
    assert_eq!(left.len(), 2);
    assert!(
        left[0].to_str().unwrap().ends_with("ombud-20260303T010000Z.db"),
        "{left:?}"
    );
    let restored = url(&folder.path().join("restored.db"));
    succeeds(&["restore", &left[1].display().to_string(), "--database", &restored]);
    let desk = Desk::start(Database::open(&restored).await.unwrap(), test.clock.clone())
        .await
        .unwrap();
    assert_eq!(numbers(&desk).await, [number]);
}

#[test]
fn a_server_that_cannot_dump_its_postgres_does_not_pretend_to_make_backups() {
    let output = Command::new(env!("CARGO_BIN_EXE_ombud"))
        .arg("serve")
        .current_dir(std::env::temp_dir())
        .env_remove("OMBUD_CONFIG")
        .env("OMBUD_LANG", "en")
        .env("PATH", "/nowhere")
        .env("OMBUD_BACKUP_FOLDER", "backups")
        .env("OMBUD_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(words.contains("backup.folder") && words.contains("pg_dump"), "{words}");
}
