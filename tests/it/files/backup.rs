//! A backup takes the contents along, once for all backups of a folder; a restore brings them back.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ombud::desk::Desk;
use ombud::jobs;
use ombud::store::Database;
use tempfile::TempDir;
use tokio::process::Command;

use super::{Kept, PNG, files_in, plan};
use crate::api::App;
use crate::support::TestDesk;
use crate::support::database::{Fresh, is_postgres};

async fn ombud(arguments: &[&str]) -> (bool, String) {
    // Beside the database, where that is a file.
    ombud_with(Path::new(""), arguments).await
}

/// With the contents of files in this folder.
async fn ombud_with(files: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ombud"))
        .env_remove("OMBUD_CONFIG")
        .env("OMBUD_FILES_FOLDER", files)
        .env("OMBUD_LANG", "en")
        .args(arguments)
        .output()
        .await
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

fn backups(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "db" || end == "dump"))
        .collect();
    found.sort();
    found
}

#[actix_web::test]
async fn contents_go_with_backups_and_come_back() {
    let kept = Kept::new().await;
    if kept.app.test.fresh.folder().is_none() {
        return; // PostgreSQL has a test of its own.
    }
    let number = kept.app.dispatched().await;
    kept.attach("sun", &number, "a.png", PNG).await;
    let folder = TempDir::new().unwrap();
    let to = folder.path().join("backups");
    let shown = to.display().to_string();
    let database = kept.app.test.url.clone();
    let (done, said) = ombud(&["backup", &shown, "--database", &database]).await;
    assert!(done, "{said}");
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await; // Names have seconds.
    kept.attach("sun", &number, "b.txt", b"later\n").await;
    let (done, said) = ombud(&["backup", &shown, "--database", &database]).await;
    assert!(done, "{said}");
    let made = backups(&to);
    assert_eq!(made.len(), 2);
    assert_eq!(files_in(to.join("files/content")).len(), 2, "each content once");
    let lines = |backup: &Path| {
        std::fs::read_to_string(backup.with_extension("files"))
            .unwrap()
            .lines()
            .count()
    };
    assert_eq!((lines(&made[0]), lines(&made[1])), (1, 2));

    let restored = folder.path().join("new/ombud.db");
    std::fs::create_dir(restored.parent().unwrap()).unwrap();
    let url = format!("sqlite:{}", restored.display());
    let second = made[1].display().to_string();
    let (done, said) = ombud(&["restore", &second, "--database", &url]).await;
    assert!(done, "{said}");
    assert_eq!(
        files_in(restored.with_file_name("ombud.db-files").join("content")).len(),
        2
    );
    let (clean, said) = ombud(&["audit", "--database", &url]).await;
    assert!(clean && said.contains("clean"), "{said}");

    // A backup whose contents are damaged is not restored without a word.
    let content = files_in(to.join("files/content")).remove(0);
    std::fs::remove_file(&content).unwrap();
    let other = format!("sqlite:{}", folder.path().join("other.db").display());
    let (done, said) = ombud(&["restore", &second, "--database", &other]).await;
    assert!(!done && said.contains("audit"), "{said}");
    // The next backup mends the store: what is missing there is copied again.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let (done, said) = ombud(&["backup", &shown, "--keep", "1", "--database", &database]).await;
    assert!(done, "{said}");
    assert_eq!(files_in(to.join("files/content")).len(), 2);
    assert_eq!(backups(&to).len(), 1);
    kept.app.stop().await;
}

#[actix_web::test]
async fn contents_that_no_backup_needs_any_more_go_with_the_last_that_did() {
    let kept = Kept::new().await;
    if kept.app.test.fresh.folder().is_none() {
        return;
    }
    let number = kept.app.dispatched().await;
    let seq = kept.attach("sun", &number, "a.png", PNG).await;
    let folder = TempDir::new().unwrap();
    let shown = folder.path().display().to_string();
    let database = kept.app.test.url.clone();
    assert!(ombud(&["backup", &shown, "--database", &database]).await.0);
    let away = serde_json::json!({"attachment": seq, "reason": "x"});
    assert_eq!(kept.app.act("sun", &number, "detach", &away).await.status, 200);
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert!(
        ombud(&["backup", &shown, "--keep", "1", "--database", &database])
            .await
            .0
    );
    assert!(files_in(folder.path().join("files/content")).is_empty());
    kept.app.stop().await;
}

#[actix_web::test]
async fn a_dump_of_postgres_takes_the_contents_along_and_comes_back_into_a_new_database() {
    if !is_postgres() {
        return;
    }
    let kept = Kept::new().await;
    let number = kept.app.dispatched().await;
    let seq = kept.attach("sun", &number, "a.png", PNG).await;
    let folder = TempDir::new().unwrap();
    let to = folder.path().join("backups");
    let shown = to.display().to_string();
    let database = kept.app.test.url.clone();
    let (done, said) = ombud_with(&kept.folder, &["backup", &shown, "--database", &database]).await;
    assert!(done && said.contains("audited and clean"), "{said}");
    let made = backups(&to).remove(0);
    assert!(made.extension().is_some_and(|end| end == "dump"), "{}", made.display());
    assert_eq!(files_in(to.join("files/content")).len(), 1);
    let later = kept.app.dispatched().await;

    let (fresh, files) = (Fresh::bare().await, folder.path().join("files"));
    let dump = made.display().to_string();
    let restore = ["restore", dump.as_str(), "--database", fresh.url.as_str()];
    let (done, said) = ombud_with(&files, &restore).await;
    assert!(done, "{said}");
    let (clean, said) = ombud_with(&files, &["audit", "--database", &fresh.url]).await;
    assert!(clean && said.contains("clean"), "{said}");
    let beside = TestDesk {
        desk: Desk::start(Database::open(&fresh.url).await.unwrap(), kept.app.test.clock.clone())
            .await
            .unwrap(),
        clock: kept.app.test.clock.clone(),
        url: fresh.url.clone(),
        fresh: Fresh::file(),
    };
    beside.desk.keep_files(plan(files.clone())).await.unwrap();
    let app = App::with(beside, &[]).await;
    let file = app
        .get("li", &format!("/api/v1/tickets/{number}/attachments/{seq}"))
        .await;
    assert_eq!((file.status, file.header("content-type")), (200, "image/png"));
    assert_eq!(
        app.get("li", &format!("/api/v1/tickets/{later}")).await.status,
        404,
        "made after the dump"
    );
    // It goes on where the dump was made.
    assert_eq!(app.dispatched().await, later);
    app.stop().await;

    // The server makes the same by itself.
    let plan = jobs::backup::Plan {
        url: database,
        files: Some(kept.folder.clone()),
        folder: to.clone(),
        at: jiff::civil::Time::constant(2, 30, 0, 0),
        keep: 2,
    };
    let daily = jobs::backup::make(Arc::new(plan), kept.app.test.clock.now())
        .await
        .unwrap();
    let counted = (daily.manifest.findings, daily.manifest.files, daily.manifest.tickets);
    assert_eq!(counted, (0, 1, 2));

    // Only into what has no table, of its own kind, and unchanged.
    let (done, said) = ombud_with(&files, &restore).await;
    assert!(!done && said.contains("createdb"), "{said}");
    let elsewhere = format!("sqlite:{}", folder.path().join("new.db").display());
    let (done, said) = ombud_with(&files, &["restore", &dump, "--database", &elsewhere]).await;
    assert!(!done && said.contains("another kind"), "{said}");
    let mut bytes = std::fs::read(&made).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&made, bytes).unwrap();
    let other = Fresh::bare().await;
    let (done, said) = ombud_with(&files, &["restore", &dump, "--database", &other.url]).await;
    assert!(!done && said.contains("SHA-256"), "{said}");
    kept.app.stop().await;
}
