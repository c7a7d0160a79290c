//! A backup takes the contents along, once for all backups of a folder; a restore brings them back.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::process::Command;

use super::{Kept, PNG, files_in};

async fn ombud(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ombud"))
        .env_remove("OMBUD_CONFIG")
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
        .filter(|path| path.extension().is_some_and(|end| end == "db"))
        .collect();
    found.sort();
    found
}

#[actix_web::test]
async fn contents_go_with_backups_and_come_back() {
    let kept = Kept::new().await;
    if kept.app.test.fresh.folder().is_none() {
        return; // PostgreSQL has pg_dump.
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
