//! Publishing: clean, by somebody else than the author, versions kept, open tickets stay on theirs.

use ombud::desk::{DeskError, Principal};
use serde_json::json;

use crate::support::{ERRAND, TestDesk, whole};

fn second() -> String {
    ERRAND
        .replace("version: 1", "version: 2")
        .replace("en: Errand", "en: Errand two")
}

#[tokio::test]
async fn open_tickets_stay_on_their_version() {
    let test = TestDesk::new().await;
    let boss = Principal::whole("boss");
    let old = test.open("li", whole()).await;
    let published = test.desk.publish(&boss, &second(), Some("ada".into())).await.unwrap();
    assert!(published.active);
    let new = test.open("li", whole()).await;
    assert_eq!(new.ticket.definition, published.hash);
    let test = test.again().await;
    let view = test.desk.read(&boss, &old.ticket.number).await.unwrap();
    assert_eq!(view.definition.version, 1);
    let acted = test.act("li", &old.ticket.number, "submit", json!({})).await;
    assert_eq!(acted.ticket.definition, old.ticket.definition);
    let versions = test.desk.versions(&boss).await.unwrap();
    let shown: Vec<_> = versions
        .iter()
        .map(|version| (version.version, version.active, version.open_tickets))
        .collect();
    assert_eq!(shown, [(2, true, 1), (1, false, 1)]);
    // Publishing the old version again rolls back.
    test.clock.advance(1_000);
    test.desk.publish(&boss, ERRAND, None).await.unwrap();
    assert_eq!(test.open("li", whole()).await.ticket.definition, old.ticket.definition);
}

#[tokio::test]
async fn what_is_not_clean_is_not_published() {
    let test = TestDesk::new().await;
    let boss = Principal::whole("boss");
    let broken = second().replace("to: callback}", "to: nowhere}");
    match test.desk.publish(&boss, &broken, None).await {
        Err(DeskError::Unclean(checked)) => assert!(!checked.findings.is_empty() && checked.definition.is_none()),
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        test.desk.publish(&boss, "no: [yaml", None).await,
        Err(DeskError::Unclean(_))
    ));
    let checked = test.desk.check(&boss, &second()).await.unwrap();
    assert!(checked.is_clean(), "{:?}", checked.findings);
}

#[tokio::test]
async fn a_version_number_stands_for_one_content() {
    let test = TestDesk::new().await;
    let changed = ERRAND.replace("en: Errand", "en: Another");
    match test.desk.publish(&Principal::whole("boss"), &changed, None).await {
        Err(DeskError::Conflict(problem)) => assert_eq!(problem.code, "version_taken"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_author_does_not_publish() {
    let test = TestDesk::new().await;
    match test
        .desk
        .publish(&Principal::whole("boss"), &second(), Some("boss".into()))
        .await
    {
        Err(DeskError::Conflict(problem)) => assert_eq!(problem.code, "four_eyes"),
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        test.desk.publish(&Principal::whole("li"), &second(), None).await,
        Err(DeskError::NotAllowed { .. })
    ));
}

#[tokio::test]
async fn another_process_that_publishes_is_noticed() {
    let test = TestDesk::new().await;
    let other = ombud::store::Database::open(&test.url).await.unwrap();
    let other = ombud::desk::Desk::start(other, test.clock.clone()).await.unwrap();
    test.clock.advance(1_000);
    let published = other.publish(&Principal::machine(), &second(), None).await.unwrap();
    test.desk.refresh().await.unwrap();
    assert_eq!(test.open("li", whole()).await.ticket.definition, published.hash);
}
