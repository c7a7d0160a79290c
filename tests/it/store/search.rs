//! Lists once more: words that are looked for, every order, counting; and views that are saved.

use ombud::desk::canned::{CannedKind, CannedWish};
use ombud::desk::list::{Filter, SEARCH_DAYS, Sort};
use ombud::desk::views::{Audience, Listing, VIEWS_MAX, ViewWish};
use ombud::desk::{DeskError, Principal};
use ombud::workflow::moment::{DAY, HOUR, MINUTE};
use serde_json::json;

use crate::support::TestDesk;

fn who(person: &str) -> Principal {
    Principal::whole(person)
}

fn about(text: &str) -> Filter {
    Filter {
        text: Some(text.to_owned()),
        ..Filter::default()
    }
}

async fn numbers(test: &TestDesk, person: &str, filter: &Filter, sort: Sort) -> Vec<String> {
    let page = test.desk.list(&who(person), filter, sort, None, 200).await.unwrap();
    page.rows.into_iter().map(|row| row.number).collect()
}

async fn open_at(test: &TestDesk, place: &str, summary: &str) -> String {
    let values = json!({"place": place, "summary": summary, "caller": "王先生", "phone": "13800001111"});
    test.open("li", values).await.ticket.number.to_string()
}

#[tokio::test]
async fn words_of_the_title_are_found_and_nothing_in_them_stands_for_anything_else() {
    let test = TestDesk::new().await;
    let road = open_at(&test, "和平路12号", "路灯不亮").await;
    let lane = open_at(&test, "和平巷 Bell Tower", "100%停电_A").await;
    let find = |text: &'static str| {
        let test = &test;
        async move { numbers(test, "boss", &about(text), Sort::Updated).await }
    };
    assert_eq!(find("和平").await.len(), 2);
    assert_eq!(find("路灯 和平").await, [road.as_str()], "every word must be there");
    assert_eq!(find("bell").await, [lane.as_str()], "whatever the case");
    assert_eq!(find("100%停").await, [lane.as_str()]);
    assert_eq!(find("0%").await, [lane.as_str()]);
    assert!(find("1%号").await.is_empty(), "% is a sign like any other");
    assert_eq!(find("电_A").await, [lane.as_str()]);
    assert!(find("停_").await.is_empty(), "_ is a sign like any other");
    assert!(find("\\").await.is_empty());
    // Who may not see a ticket does not find it either.
    assert!(numbers(&test, "sun", &about("和平"), Sort::Updated).await.is_empty());
    for bad in ["", "a b c d e f", &"字".repeat(61)] {
        let refused = test.desk.list(&who("boss"), &about(bad), Sort::Updated, None, 10).await;
        assert!(matches!(refused, Err(DeskError::Invalid(_))), "{bad}");
    }
    let refused = test
        .desk
        .list(&who("boss"), &about("和平"), Sort::Number, None, 10)
        .await;
    assert!(matches!(refused, Err(DeskError::Invalid(_))), "not along the archive");
}

#[tokio::test]
async fn closed_tickets_are_looked_through_only_so_far_back() {
    let test = TestDesk::new().await;
    let closed = open_at(&test, "旧城路", "水管").await;
    test.act("li", &closed, "withdraw", json!({"remark": "已自行解决"}))
        .await;
    assert_eq!(
        numbers(&test, "boss", &about("旧城"), Sort::Updated).await,
        [closed.as_str()]
    );
    test.clock.advance((SEARCH_DAYS - 1) * DAY);
    assert_eq!(numbers(&test, "boss", &about("旧城"), Sort::Updated).await.len(), 1);
    test.clock.advance(2 * DAY);
    assert!(numbers(&test, "boss", &about("旧城"), Sort::Updated).await.is_empty());
    let by_number = Filter {
        number: Some(closed.clone()),
        ..Filter::default()
    };
    assert_eq!(numbers(&test, "boss", &by_number, Sort::Number).await, [closed]);
}

#[tokio::test]
async fn what_is_late_longest_stands_first_whatever_its_clock_does_next() {
    let test = TestDesk::new().await;
    let first = open_at(&test, "一路", "路灯").await;
    test.clock.advance(10 * MINUTE);
    let second = open_at(&test, "二路", "路灯").await;
    test.clock.advance(15 * MINUTE);
    let third = open_at(&test, "三路", "路灯").await;
    let closed = open_at(&test, "四路", "路灯").await;
    let remark = json!({"remark": "已自行解决"});
    test.act("li", &closed, "withdraw", remark).await;
    // The first has no reminder left, the second one in nine minutes, the third one in three.
    test.clock.advance(6 * MINUTE);
    while test.desk.sweep().await.unwrap().more {}
    let all = Filter::default();
    let by_due = numbers(&test, "boss", &all, Sort::Due).await;
    assert_eq!(by_due, [first.as_str(), second.as_str(), third.as_str()]);
    let late = Filter {
        late: Some(true),
        ..Filter::default()
    };
    assert_eq!(numbers(&test, "boss", &late, Sort::Due).await, [first, second]);
}

#[tokio::test]
async fn every_order_runs_both_ways_page_by_page() {
    let test = TestDesk::new().await;
    for place in ["一路", "二路", "三路", "四路", "五路"] {
        open_at(&test, place, "路灯").await;
        test.clock.advance(HOUR / 60);
    }
    for (one, other) in [
        (Sort::Updated, Sort::UpdatedAsc),
        (Sort::Number, Sort::NumberAsc),
        (Sort::Due, Sort::DueDesc),
    ] {
        for person in ["boss", "li"] {
            let mut there = numbers(&test, person, &Filter::default(), one).await;
            assert_eq!(there.len(), 5, "{person} {}", one.as_str());
            there.reverse();
            let mut paged = Vec::new();
            let mut cursor: Option<String> = None;
            loop {
                let page = test
                    .desk
                    .list(&who(person), &Filter::default(), other, cursor.as_deref(), 2)
                    .await
                    .unwrap();
                paged.extend(page.rows.into_iter().map(|row| row.number));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(paged, there, "{person} {}", other.as_str());
        }
    }
}

#[tokio::test]
async fn open_tickets_are_counted_as_they_are_listed() {
    let test = TestDesk::new().await;
    for place in ["一路", "二路", "三路"] {
        open_at(&test, place, "路灯").await;
    }
    let closed = open_at(&test, "四路", "路灯").await;
    test.act("li", &closed, "withdraw", json!({"remark": "已自行解决"}))
        .await;
    for person in ["boss", "li", "zhang", "sun", "cai"] {
        for filter in [
            Filter::default(),
            Filter {
                mine: true,
                ..Filter::default()
            },
            about("二路"),
        ] {
            let open = Filter {
                open: Some(true),
                ..filter.clone()
            };
            let listed = numbers(&test, person, &open, Sort::Updated).await.len();
            let counted = test.desk.count(&who(person), &filter).await.unwrap();
            assert_eq!(usize::try_from(counted).unwrap(), listed, "{person} {filter:?}");
        }
    }
}

fn wish(id: &str, audience: Audience) -> ViewWish {
    ViewWish {
        id: id.to_owned(),
        title: "  夜班急件 ".to_owned(),
        audience,
        listing: Listing {
            filter: Filter {
                urgent: Some(true),
                open: Some(true),
                ..Filter::default()
            },
            sort: Sort::DueDesc,
            columns: vec!["number".to_owned(), "subject".to_owned()],
        },
    }
}

async fn titles(test: &TestDesk, person: &str) -> Vec<String> {
    let views = test.desk.views(&who(person)).await.unwrap();
    views.into_iter().map(|view| view.id).collect()
}

#[tokio::test]
async fn a_view_is_kept_for_its_owner_and_shared_by_who_leads() {
    let test = TestDesk::new().await;
    let saved = test
        .desk
        .save_view(&who("li"), wish("own", Audience::Own))
        .await
        .unwrap();
    assert_eq!(saved.title, "夜班急件");
    assert_eq!(
        test.desk.view(&who("li"), "own").await.unwrap().listing,
        wish("own", Audience::Own).listing
    );
    assert!(titles(&test, "zhang").await.is_empty(), "nobody else's");
    // Sharing is for who leads.
    let refused = test.desk.save_view(&who("li"), wish("all", Audience::Everybody)).await;
    assert!(matches!(refused, Err(DeskError::NotAllowed { .. })));
    test.desk
        .save_view(&who("zhang"), wish("all", Audience::Everybody))
        .await
        .unwrap();
    let finance = Audience::Department("finance".into());
    test.desk
        .save_view(&who("zhang"), wish("finance", finance))
        .await
        .unwrap();
    assert_eq!(titles(&test, "li").await, ["own", "all"]);
    assert_eq!(titles(&test, "sun").await, ["all", "finance"]);
    assert_eq!(titles(&test, "nora").await, ["all"]);
    // Somebody else's is not there to be changed, whatever its id.
    let taken = test.desk.save_view(&who("wang"), wish("own", Audience::Own)).await;
    assert!(matches!(taken, Err(DeskError::NotFound { .. })));
    assert!(matches!(
        test.desk.drop_view(&who("wang"), "own").await,
        Err(DeskError::NotFound { .. })
    ));
    assert!(matches!(
        test.desk.drop_view(&who("li"), "all").await,
        Err(DeskError::NotAllowed { .. })
    ));
    // One begins with a view; when it goes, so does that.
    test.desk.choose_view(&who("sun"), Some("all")).await.unwrap();
    assert!(test.desk.view(&who("sun"), "all").await.unwrap().usual);
    assert!(!test.desk.view(&who("li"), "all").await.unwrap().usual);
    assert!(test.desk.choose_view(&who("nora"), Some("finance")).await.is_err());
    test.desk.drop_view(&who("boss"), "all").await.unwrap();
    assert_eq!(titles(&test, "sun").await, ["finance"]);
}

#[tokio::test]
async fn nobody_keeps_more_views_than_allowed() {
    let test = TestDesk::new().await;
    for at in 0..VIEWS_MAX {
        test.desk
            .save_view(&who("li"), wish(&format!("v{at}"), Audience::Own))
            .await
            .unwrap();
    }
    let refused = test.desk.save_view(&who("li"), wish("more", Audience::Own)).await;
    assert!(matches!(refused, Err(DeskError::Invalid(_))));
    test.desk
        .save_view(&who("li"), wish("v3", Audience::Own))
        .await
        .unwrap();
    for bad in [
        ViewWish {
            title: " ".to_owned(),
            ..wish("v3", Audience::Own)
        },
        ViewWish {
            id: "../x".to_owned(),
            ..wish("v3", Audience::Own)
        },
        wish("v3", Audience::Department("nowhere".into())),
    ] {
        assert!(matches!(
            test.desk.save_view(&who("boss"), bad).await,
            Err(DeskError::Invalid(_))
        ));
    }
}

#[tokio::test]
async fn canned_answers_are_kept_by_managers_and_heads_and_found_by_their_departments() {
    let test = TestDesk::new().await;
    let wish = |id: &str, department: Option<&str>| CannedWish {
        id: id.to_owned(),
        department: department.map(Into::into),
        kind: CannedKind::Basis,
        title: "电费计算办法".to_owned(),
        text: "按抄表读数计算。".to_owned(),
        words: "电费  电价".to_owned(),
    };
    let find = |person: &'static str| {
        let test = &test;
        async move {
            let all = test.desk.canned(&who(person)).await.unwrap();
            all.into_iter().map(|answer| answer.id).collect::<Vec<_>>()
        }
    };
    test.desk.save_canned(&who("boss"), wish("all", None)).await.unwrap();
    test.desk
        .save_canned(&who("hao"), wish("ours", Some("finance")))
        .await
        .unwrap();
    for (person, department) in [
        ("li", None),
        ("hao", None),
        ("sun", Some("finance")),
        ("hao", Some("north")),
    ] {
        let refused = test.desk.save_canned(&who(person), wish("no", department)).await;
        assert!(
            matches!(refused, Err(DeskError::NotAllowed { .. } | DeskError::Invalid(_))),
            "{person} {department:?}: {refused:?}"
        );
    }
    // A head does not take over what is everybody's.
    assert!(
        test.desk
            .save_canned(&who("hao"), wish("all", Some("finance")))
            .await
            .is_err()
    );
    assert_eq!(find("sun").await, ["all", "ours"]);
    assert_eq!(find("nora").await, ["all"]);
    let answer = test.desk.canned(&who("li")).await.unwrap().remove(0);
    assert_eq!((answer.words.as_str(), answer.own), ("电费 电价", false));
    assert!(test.desk.drop_canned(&who("sun"), "ours").await.is_err());
    test.desk.drop_canned(&who("hao"), "ours").await.unwrap();
    assert_eq!(find("sun").await, ["all"]);
}
