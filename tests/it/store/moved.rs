//! A dump that was restored elsewhere is noticed: cursors of the feed that were given out before are void, once.

use ombud::desk::Principal;
use ombud::store::connect::statement;
use ombud::store::settings;
use sea_orm::ConnectionTrait;

use crate::support::TestDesk;
use crate::support::database::is_postgres;

#[tokio::test]
async fn a_database_that_lies_elsewhere_than_before_begins_a_new_feed() {
    if !is_postgres() {
        // `ombud restore` does it there.
        return;
    }
    let test = TestDesk::new().await;
    test.submitted().await;
    test.feed_is_whole().await;
    let boss = Principal::whole("boss");
    let cursor = test.desk.feed(&boss, None, 2).await.unwrap().next;
    assert!(test.desk.feed(&boss, Some(&cursor), 2).await.is_ok());

    // The same place: the feed goes on.
    let test = test.again().await;
    test.feed_is_whole().await;
    assert!(test.desk.feed(&boss, Some(&cursor), 2).await.is_ok());

    // What a dump that was restored says of where it was.
    let db = test.desk.database();
    let sql = "update settings set value = '7/16384' where name = ?";
    let elsewhere = statement(db.backend(), sql, vec![settings::PLACE.into()]);
    assert_eq!(db.readers().execute_raw(elsewhere).await.unwrap().rows_affected(), 1);
    let test = test.again().await;
    test.feed_is_whole().await;
    let void = test.desk.feed(&boss, Some(&cursor), 2).await;
    assert!(format!("{void:?}").contains("feed_void"), "{void:?}");
    let fresh = test.desk.feed(&boss, None, 2).await.unwrap().next;
    let test = test.again().await;
    test.feed_is_whole().await;
    assert!(test.desk.feed(&boss, Some(&fresh), 2).await.is_ok(), "once");
}
