//! A clock that jumps (TRUST P16): times of a ticket never go back, every rung fires once, the audit finds nothing.
//! `tests/clock/run.py` does the same to the real server.

use std::collections::BTreeSet;

use ombud::desk::Principal;
use ombud::ticket::event::Body;
use ombud::workflow::moment::{DAY, HOUR, MINUTE, Moment, SECOND};
use serde_json::json;

use crate::audit::findings;
use crate::support::{MONDAY_9, TestDesk, whole};

fn moment(text: &str) -> Moment {
    Moment::from_timestamp(text.parse().unwrap())
}

/// Opens a ticket and writes on all of them between the jumps; then three quiet days.
async fn live_through(begin: Moment, jumps: &[i64]) {
    let test = TestDesk::new().await;
    test.clock.move_to(begin);
    let mut numbers = Vec::new();
    let mut latest = begin;
    for jump in jumps {
        numbers.push(test.open("li", whole()).await.ticket.number.to_string());
        latest = latest.max(test.clock.advance(*jump));
        test.desk.sweep().await.unwrap();
        for number in &numbers {
            test.try_act("li", number, "withdraw", json!({})).await.unwrap_err();
        }
        let fired = test.desk.sweep().await.unwrap();
        assert_eq!(fired.tickets, 0, "nothing is left due, nothing fires twice");
    }
    latest = latest.plus(3 * DAY);
    test.clock.move_to(latest);
    while test.desk.sweep().await.unwrap().tickets > 0 {}
    let boss = Principal::whole("boss");
    for number in &numbers {
        let (_, events) = test.desk.events(&boss, number, 0, 200).await.unwrap();
        let times: Vec<Moment> = events.iter().map(|event| event.event.at).collect();
        assert!(times.is_sorted(), "{number} from {}: {times:?}", begin.rfc3339());
        let rungs: Vec<String> = events
            .iter()
            .filter_map(|event| {
                let Body::Rung { clock, rung, cycle, .. } = &event.event.body else {
                    return None;
                };
                Some(format!("{clock} {cycle} {rung:?}"))
            })
            .collect();
        let distinct: BTreeSet<&String> = rungs.iter().collect();
        assert_eq!(
            (rungs.len(), distinct.len()),
            (3, 3),
            "{number} from {}: {rungs:?}",
            begin.rfc3339()
        );
    }
    let url = test.url.clone();
    let found = findings(&url, latest.plus(MINUTE)).await;
    assert!(found.is_empty(), "from {} with {jumps:?}: {found:?}", begin.rfc3339());
}

#[tokio::test]
async fn a_clock_that_is_set_forward_or_back_fires_each_rung_once() {
    live_through(MONDAY_9, &[10 * MINUTE, -10 * MINUTE, -DAY, 2 * DAY, -HOUR, 5 * MINUTE]).await;
}

#[tokio::test]
async fn a_clock_that_trembles_fires_each_rung_once() {
    let strobe: Vec<i64> = (0..12).flat_map(|_| [2 * SECOND + MINUTE, -2 * SECOND]).collect();
    live_through(MONDAY_9, &strobe).await;
}

#[tokio::test]
async fn days_that_calendars_get_wrong_are_days() {
    for begin in [
        "2028-02-28T23:59:50Z",
        "2026-12-31T15:59:55Z",
        "2026-12-31T23:59:55Z",
        "2038-01-19T03:14:02Z",
        // A leap second was announced for no such day yet; the second before midnight may come twice.
        "2029-06-30T23:59:59Z",
    ] {
        live_through(moment(begin), &[6 * SECOND, -SECOND, DAY, -MINUTE]).await;
    }
}
