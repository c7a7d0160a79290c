//! Many at once: repeats under one key have one effect (TRUST P4), one revision has one winner (P15).
//! `OMBUD_CASES` sends more.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::app::{Answer, App, errand};
use crate::seeded::{Seeded, cases, first_seed};

/// People looking at one ticket.
const CLIENTS: usize = 50;

async fn events(app: &App, number: &str, kind: &str) -> usize {
    let mut found = 0;
    let mut after = 0;
    loop {
        let path = format!("/api/v1/tickets/{number}/events?after={after}&limit=200");
        let page = app.get("boss", &path).await;
        let items = page.at("/items").as_array().unwrap().clone();
        found += items.iter().filter(|event| event["type"] == json!(kind)).count();
        let Some(last) = items.last() else { return found };
        after = last["seq"].as_u64().unwrap();
    }
}

/// All that were answered with success were answered with the same bytes; the others were told that it is running.
fn one_effect(answers: &[Answer]) -> &Answer {
    let (done, running): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status < 300);
    for answer in running {
        assert_eq!(
            (answer.status, answer.at("/code")),
            (409, json!("key_in_flight")),
            "{}",
            answer.text
        );
    }
    let first = *done.first().expect("somebody was answered");
    assert!(
        done.iter()
            .all(|answer| (answer.status, &answer.text) == (first.status, &first.text))
    );
    first
}

#[actix_web::test]
async fn every_request_sent_up_to_five_times_at_once_has_one_effect() {
    let app = App::with_settings(&[("OMBUD_LIMITS_REQUESTS_AT_ONCE", "1000000")]).await;
    let mut dice = Seeded::new(first_seed());
    let mut tickets: Vec<(String, usize)> = Vec::new();
    let count = cases(60);
    for case in 0..count {
        let opens = tickets.is_empty() || dice.chance(30);
        let chosen = usize::try_from(dice.below(u64::try_from(tickets.len().max(1)).unwrap())).unwrap();
        let (path, body, other): (String, Value, Value) = if opens {
            let mut other = errand();
            other["values"]["place"] = json!("另一处");
            ("/api/v1/tickets".to_owned(), errand(), other)
        } else {
            let path = format!("/api/v1/tickets/{}/actions/note", tickets[chosen].0);
            (path, json!({"note": format!("第{case}次")}), json!({"note": "别的"}))
        };
        let key = format!("case-{case}");
        let headers = [("Idempotency-Key", key.as_str()), ("If-Match", "*")];
        let headers = if opens { &headers[..1] } else { &headers[..] };
        let send = |body| app.post("li", &path, headers, body);
        let answers = join_all((0..=dice.below(5)).map(|_| send(&body))).await;
        let first = one_effect(&answers);
        if opens {
            tickets.push((first.at("/ticket/number").as_str().unwrap().to_owned(), 0));
        } else {
            tickets[chosen].1 += 1;
        }
        let again = send(&body).await;
        assert_eq!(
            (again.status, &again.text),
            (first.status, &first.text),
            "OMBUD_SEED={}",
            first_seed()
        );
        let reused = send(&other).await;
        assert_eq!((reused.status, reused.at("/code")), (422, json!("key_reused")));
    }
    for (number, notes) in &tickets {
        assert_eq!(
            events(&app, number, "noted").await,
            *notes,
            "{number}, OMBUD_SEED={}",
            first_seed()
        );
    }
    let listed = app.get("boss", "/api/v1/tickets?limit=200").await;
    assert_eq!(listed.at("/items").as_array().unwrap().len(), tickets.len().min(200));
    app.stop().await;
}

#[actix_web::test]
async fn of_fifty_at_one_ticket_one_wins_each_revision() {
    let app = App::with_settings(&[("OMBUD_LIMITS_REQUESTS_AT_ONCE", "1000000")]).await;
    let number = app.open("li").await;
    let page = format!("/api/v1/tickets/{number}");
    let rounds = cases(8);
    for round in 0..rounds {
        let tag = app.get("li", &page).await.header("etag").to_owned();
        let headers = [("If-Match", tag.as_str())];
        let path = format!("{page}/actions/note");
        let answers = join_all((0..CLIENTS).map(|client| {
            let (app, path, headers) = (&app, &path, &headers);
            let body = json!({"note": format!("{round}:{client}")});
            async move { app.post("li", path, headers, &body).await }
        }))
        .await;
        let won: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(won.len(), 1, "round {round}");
        for lost in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!((lost.status, lost.at("/code")), (412, json!("stale")), "{}", lost.text);
            assert_eq!(lost.at("/changed_by"), json!("li"));
        }
        assert_eq!(app.get("li", &page).await.header("etag"), won[0].header("etag"));
    }
    assert_eq!(events(&app, &number, "noted").await, usize::try_from(rounds).unwrap());
    app.stop().await;
}
