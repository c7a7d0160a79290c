//! What nobody needs goes, and nothing else: whatever the moment at which somebody puts, names or sweeps it.

use ombud::store::files::{Folder, Hash, sweep};
use ombud::workflow::moment::{DAY, HOUR};
use serde_json::json;

use super::{Kept, PNG, files_in};

#[actix_web::test]
async fn uploads_wait_for_a_day_and_what_tickets_need_stays() {
    let kept = Kept::new().await;
    let desk = &kept.app.test.desk;
    let number = kept.app.dispatched().await;
    kept.attach("sun", &number, "kept.txt", b"needed\n").await;
    assert_eq!(kept.put("sun", "waits", "?name=a.txt", b"waits\n").await.status, 201);
    assert_eq!(kept.put("sun", "dropped", "?name=a.png", PNG).await.status, 201);
    assert_eq!(
        kept.app
            .send("sun", "DELETE", "/api/v1/uploads/dropped", &[], None)
            .await
            .status,
        204
    );
    std::fs::write(kept.folder.join("incoming/left"), "by a crash").unwrap();
    let old = desk.clock().now().plus(-30 * DAY);
    set_time(&kept.folder.join("incoming/left"), old.0);

    let swept = desk.sweep_files().await.unwrap();
    assert_eq!(
        (swept.removed, swept.partial),
        (0, 1),
        "all contents are new: {swept:?}"
    );
    kept.app.test.clock.advance(DAY - HOUR);
    assert_eq!(desk.sweep_files().await.unwrap().removed, 0);
    let used = kept
        .app
        .act("sun", &number, "attach", &json!({"files": ["waits"]}))
        .await;
    assert_eq!(used.status, 200, "a day is not over: {}", used.text);
    kept.app.test.clock.advance(DAY);
    let swept = desk.sweep_files().await.unwrap();
    assert_eq!((swept.removed, swept.seen), (1, 3), "{swept:?}");
    assert_eq!(kept.contents().len(), 2);
    assert_eq!(desk.sweep_files().await.unwrap().removed, 0, "safe twice");
    assert_eq!(kept.put("sun", "late", "?name=a.txt", b"late\n").await.status, 201);
    kept.app.test.clock.advance(DAY + 1);
    let late = kept
        .app
        .act("sun", &number, "attach", &json!({"files": ["late"]}))
        .await;
    assert_eq!(late.faults()[0].0, "unknown_upload");
    assert!(super::audited::found(&kept).await.is_empty());
    kept.app.stop().await;
}

#[actix_web::test]
async fn a_content_that_is_put_again_while_it_is_swept_stays() {
    let kept = Kept::new().await;
    let desk = &kept.app.test.desk;
    let up = kept.put("sun", "one", "?name=a.txt", b"again\n").await;
    let hash = up.at("/sha256").as_str().unwrap().to_owned();
    kept.app.send("sun", "DELETE", "/api/v1/uploads/one", &[], None).await;
    kept.app.test.clock.advance(3 * DAY);
    // The sweeper has moved it aside and decides; meanwhile the same content comes once more.
    let content = kept.contents().remove(0);
    let aside = kept.folder.join("aside").join(format!("{hash}.0"));
    std::fs::rename(&content, &aside).unwrap();
    assert_eq!(kept.put("sun", "two", "?name=a.txt", b"again\n").await.status, 201);
    desk.sweep_files().await.unwrap();
    let left = kept.contents();
    assert_eq!(left, [content], "there, and once");
    assert!(files_in(kept.folder.join("aside")).is_empty());

    // Put a moment before it was moved: too new to go, it comes back, though no row names it yet.
    kept.app.send("sun", "DELETE", "/api/v1/uploads/two", &[], None).await;
    std::fs::rename(&left[0], &aside).unwrap();
    let swept = desk.sweep_files().await.unwrap();
    assert_eq!((swept.put_back, swept.removed), (1, 0), "{swept:?}");
    assert_eq!(kept.contents(), left);
    kept.app.stop().await;
}

#[actix_web::test]
async fn what_a_row_names_comes_back_however_old_it_is() {
    let kept = Kept::new().await;
    let number = kept.app.dispatched().await;
    let seq = kept.attach("sun", &number, "a.txt", b"needed\n").await;
    kept.app.test.clock.advance(30 * DAY);
    let content = kept.contents().remove(0);
    let hash = Hash::parse(content.file_name().unwrap().to_str().unwrap()).unwrap();
    // A sweeper died after it had moved it aside.
    std::fs::rename(&content, kept.folder.join("aside").join(format!("{}.0", hash.as_str()))).unwrap();
    assert_eq!(kept.read("sun", &number, seq, &[]).await.status, 500);
    let swept = kept.app.test.desk.sweep_files().await.unwrap();
    assert_eq!((swept.put_back, swept.removed), (1, 0), "{swept:?}");
    assert_eq!(kept.read("sun", &number, seq, &[]).await.text, "needed\n");
    kept.app.stop().await;
}

#[actix_web::test]
async fn a_folder_that_is_not_ours_is_neither_swept_nor_written() {
    let kept = Kept::new().await;
    let number = kept.app.dispatched().await;
    let seq = kept.attach("sun", &number, "a.txt", b"needed\n").await;
    std::fs::rename(kept.folder.join(".ombud-files"), kept.folder.join("mark")).unwrap();
    let refused = kept.put("sun", "x", "?name=a.txt", b"words\n").await;
    assert_eq!(refused.status, 503, "{}", refused.text);
    assert_eq!(kept.read("sun", &number, seq, &[]).await.status, 503);
    let desk = &kept.app.test.desk;
    assert!(desk.sweep_files().await.is_err());
    let folder = Folder::new(kept.folder.clone(), "another");
    assert!(sweep::all(desk.database(), &folder, desk.clock().now()).await.is_err());
    // It is back, and used again without a restart.
    std::fs::rename(kept.folder.join("mark"), kept.folder.join(".ombud-files")).unwrap();
    assert_eq!(kept.read("sun", &number, seq, &[]).await.status, 200);
    kept.app.stop().await;
}

pub fn set_time(file: &std::path::Path, ms: i64) {
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_millis(u64::try_from(ms).unwrap());
    std::fs::File::options()
        .write(true)
        .open(file)
        .unwrap()
        .set_modified(at)
        .unwrap();
}
