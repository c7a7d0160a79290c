//! Tokens: shown once, scoped, expiring, revoked at once.

use ombud::desk::directory::{Edit, Kind};
use ombud::desk::tokens::TokenWish;
use ombud::desk::{DeskError, Principal, Scope};
use ombud::store::connect::statement;
use ombud::workflow::moment::DAY;
use sea_orm::ConnectionTrait;

use crate::support::{MONDAY_9, TestDesk};

fn wish(person: &str, scopes: &[Scope]) -> TokenWish {
    TokenWish {
        person: person.into(),
        title: "工单同步".into(),
        scopes: scopes.iter().cloned().collect(),
        department: None,
        expires_at: None,
    }
}

#[tokio::test]
async fn a_token_says_who_and_what_for() {
    let test = TestDesk::new().await;
    let (secret, view) = test
        .desk
        .issue_token(None, wish("li", &[Scope::ReadTickets]))
        .await
        .unwrap();
    assert!(secret.starts_with("omb_"));
    let principal = test.desk.principal_of(&secret).await.unwrap().unwrap();
    assert_eq!(principal.person.as_str(), "li");
    assert!(principal.needs(Scope::ReadTickets).is_ok());
    assert!(matches!(
        principal.needs(Scope::OpenTickets),
        Err(DeskError::Forbidden { .. })
    ));
    assert_eq!(view.expires_at, MONDAY_9.plus(90 * DAY));
    assert!(test.desk.principal_of("omb_x_y").await.unwrap().is_none());
    // The secret stands nowhere.
    let db = test.desk.database();
    let sql = "select count(*) from tokens where hash = ? or id = ? or title = ?";
    let values = vec![
        secret.as_bytes().to_vec().into(),
        secret.as_str().into(),
        secret.as_str().into(),
    ];
    let row = db
        .readers()
        .query_one_raw(statement(db.backend(), sql, values))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), 0);
}

#[tokio::test]
async fn a_token_dies_by_time_by_revocation_and_with_its_person() {
    let test = TestDesk::new().await;
    let li = Principal::whole("li");
    let (secret, view) = test
        .desk
        .issue_token(Some(&li), wish("li", &[Scope::ReadTickets]))
        .await
        .unwrap();
    test.desk.principal_of(&secret).await.unwrap().unwrap();
    assert!(matches!(
        test.desk.revoke_token(&Principal::whole("wang"), &view.id).await,
        Err(DeskError::NotFound { .. })
    ));
    test.desk.revoke_token(&li, &view.id).await.unwrap();
    assert!(test.desk.principal_of(&secret).await.unwrap().is_none());

    let (secret, _) = test
        .desk
        .issue_token(Some(&li), wish("li", &[Scope::ReadTickets]))
        .await
        .unwrap();
    test.clock.advance(91 * DAY);
    assert!(test.desk.principal_of(&secret).await.unwrap().is_none());

    let (secret, _) = test
        .desk
        .issue_token(Some(&li), wish("li", &[Scope::ReadTickets]))
        .await
        .unwrap();
    assert!(test.desk.principal_of(&secret).await.unwrap().is_some());
    let end = Edit::End {
        kind: Kind::Person,
        key: "li".into(),
        at: None,
    };
    test.desk.edit(&Principal::machine(), vec![end]).await.unwrap();
    assert!(test.desk.principal_of(&secret).await.unwrap().is_none());
}

#[tokio::test]
async fn nobody_gives_away_more_than_they_have() {
    let test = TestDesk::new().await;
    let mut li = Principal::whole("li");
    li.scopes.remove(&Scope::ReadFeed);
    assert!(matches!(
        test.desk.issue_token(Some(&li), wish("li", &[Scope::ReadFeed])).await,
        Err(DeskError::Forbidden { need: Scope::ReadFeed })
    ));
    assert!(matches!(
        test.desk
            .issue_token(Some(&li), wish("boss", &[Scope::ReadTickets]))
            .await,
        Err(DeskError::NotAllowed { .. })
    ));
    let ada = Principal::whole("ada");
    test.desk
        .issue_token(Some(&ada), wish("boss", &[Scope::ReadTickets]))
        .await
        .unwrap();
    assert_eq!(test.desk.tokens(&ada).await.unwrap().len(), 1);
    assert!(test.desk.tokens(&li).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_wish_that_cannot_be_is_answered_by_all_its_faults() {
    let test = TestDesk::new().await;
    let bad = TokenWish {
        title: "two\nlines".into(),
        department: Some("nowhere".into()),
        expires_at: Some(MONDAY_9.plus(400 * DAY)),
        ..wish("nobody", &[])
    };
    match test.desk.issue_token(None, bad).await {
        Err(DeskError::Invalid(problems)) => {
            let pointers: Vec<_> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
            assert_eq!(pointers, ["/person", "/department", "/title", "/scopes", "/expires_at"]);
        }
        other => panic!("{other:?}"),
    }
}
