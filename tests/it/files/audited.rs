//! The audit finds a content that is missing or changed, a folder that is not ours, a row without its event.

use ombud::desk::audit::{self, Code, Finding, Known, Listener, Progress};
use ombud::store::scan::Scan;
use sea_orm::{ConnectionTrait, Database};

use super::{Kept, PNG};

/// What is broken here on purpose; the list of the audit's own tests counts on it.
pub const BROKEN: [Code; 4] = [Code::FileRow, Code::FileFolder, Code::FileMissing, Code::FileChanged];

#[derive(Default)]
struct Heard(Vec<Finding>);

impl Listener for Heard {
    fn found(&mut self, finding: &Finding) {
        self.0.push(finding.clone());
    }

    fn progress(&mut self, _: Progress) {}
}

/// What an audit finds, the folder included.
pub async fn found(kept: &Kept) -> Vec<Finding> {
    let scan = Scan::open(&kept.app.test.url).await.unwrap();
    let known = Known::load(&scan, kept.app.test.clock.now()).await.unwrap();
    let known = known.with_files(&scan, Some(kept.folder.clone())).await.unwrap();
    let mut heard = Heard::default();
    audit::run(&scan, &known, &mut heard).await.unwrap();
    heard.0
}

async fn codes(kept: &Kept) -> Vec<Code> {
    found(kept).await.iter().map(|finding| finding.code).collect()
}

#[actix_web::test]
async fn a_content_that_is_gone_or_another_is_found_and_so_is_a_row() {
    let kept = Kept::new().await;
    let number = kept.app.dispatched().await;
    let seq = kept.attach("sun", &number, "a.png", PNG).await;
    kept.attach("sun", &number, "b.txt", b"other\n").await;
    kept.app
        .act(
            "sun",
            &number,
            "detach",
            &serde_json::json!({"attachment": seq, "reason": "x"}),
        )
        .await;
    kept.attach("sun", &number, "c.png", PNG).await;
    assert_eq!(codes(&kept).await, []);

    let content = kept.contents().remove(0);
    let bytes = std::fs::read(&content).unwrap();
    let mut other = bytes.clone();
    other[0] ^= 1;
    std::fs::write(&content, &other).unwrap();
    assert_eq!(codes(&kept).await, [Code::FileChanged]);
    std::fs::remove_file(&content).unwrap();
    let missing = found(&kept).await;
    assert_eq!(missing[0].code, Code::FileMissing);
    assert_eq!(missing[0].ticket.as_deref(), Some(number.as_str()));
    std::fs::write(&content, &bytes).unwrap();

    std::fs::rename(kept.folder.join(".ombud-files"), kept.folder.join("mark")).unwrap();
    assert_eq!(codes(&kept).await, [Code::FileFolder]);
    std::fs::rename(kept.folder.join("mark"), kept.folder.join(".ombud-files")).unwrap();

    let db = Database::connect(&kept.app.test.url).await.unwrap();
    db.execute_unprepared("update attachments set size = size + 1")
        .await
        .unwrap();
    assert!(codes(&kept).await.contains(&Code::FileRow));
    db.execute_unprepared("update attachments set size = size - 1")
        .await
        .unwrap();
    db.execute_unprepared("delete from attachments where size > 10")
        .await
        .unwrap();
    assert_eq!(codes(&kept).await, [Code::FileRow]);
    kept.app.stop().await;
}
