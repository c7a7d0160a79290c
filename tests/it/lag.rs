//! How late rungs fire while many tickets are open: the real clock, the real loop, a database on disk.
//!
//! `scripts/soak lag` opens 100,000 tickets, one third of a thousand of them due each second; every run of the tests
//! does the same with a few hundred.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use ombud::clock::Clock;
use ombud::desk::open::Open;
use ombud::desk::{Desk, Principal, Request};
use ombud::jobs::{self, Settings};
use ombud::store::Database;
use ombud::workflow::moment::{DAY, Moment};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::seeded::cases;
use crate::support::database::Fresh;
use crate::support::{object, organisation};

/// One state, one clock of a day, one step: nothing but the waiting.
const WAITING: &str = "
ombud: 1
workflow: waiting
version: 1
title: {zh: 等待, en: Waiting}
subject: '{place}'
fields:
  place: {type: text, max: 80, title: {zh: 地点, en: Place}}
people:
  creator: {who: creator, else: manager}
  manager: {role: manager, always: true}
start: idle
states:
  idle:
    title: {zh: 待办, en: Open}
    owner: creator
    actions:
      finish: {title: {zh: 办结, en: Finish}, by: creator, require: [place], close: done}
outcomes:
  done: {title: {zh: 办结, en: Done}, counts_as: satisfied}
clocks:
  whole:
    title: {zh: 总时限, en: Whole}
    runs_in: open
    limit: 24 hours
    ladder:
      - {at: 100%, tell: manager, say: overdue}
messages:
  overdue: {zh: '工单{number}超时', en: '{number} is overdue'}
";

/// Tickets due each second.
const PER_SECOND: u64 = 333;
/// Tickets opened at the same moment.
const TOGETHER: u64 = 16;

async fn open(desk: &Desk, tickets: u64) {
    let opening = (0..tickets).map(|_| {
        let open = Open {
            workflow: "waiting".into(),
            values: object(json!({"place": "和平路12号"})),
            contact: None,
        };
        desk.open(Request::by(Principal::whole("li")), open)
    });
    for opened in join_all(opening).await {
        opened.unwrap();
    }
}

fn milliseconds(count: u64) -> i64 {
    i64::try_from(count * 1_000 / PER_SECOND).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rungs_fire_within_a_second_of_their_moment() {
    let tickets = cases(640);
    let fresh = Fresh::new().await;
    let url = fresh.url.clone();
    let clock = Clock::set_to(Moment(0));
    let filling = Desk::start(Database::open(&url).await.unwrap(), clock.clone())
        .await
        .unwrap();
    filling.edit(&Principal::machine(), organisation()).await.unwrap();
    filling.publish(&Principal::machine(), WAITING, None).await.unwrap();

    // How fast this machine fills decides when the first may be due.
    let begun = Instant::now();
    let probe = 20 * TOGETHER;
    let wall = Clock::system();
    clock.move_to(wall.now());
    for _ in 0..probe / TOGETHER {
        open(&filling, TOGETHER).await;
    }
    let each = begun.elapsed() / u32::try_from(probe).unwrap();
    // Closing and opening a large database takes its time as well.
    let fill = each * u32::try_from(tickets).unwrap() * 3 / 2 + Duration::from_millis(3_000 + tickets / 2);
    let first_due = wall.now().plus(i64::try_from(fill.as_millis()).unwrap());
    let mut opened = probe;
    while opened < tickets {
        clock.move_to(first_due.plus(milliseconds(opened - probe) - DAY));
        open(&filling, TOGETHER).await;
        opened += TOGETHER;
    }
    let due = opened - probe;
    assert!(
        wall.now() < first_due,
        "the machine became slower while it filled; run again"
    );
    drop(filling);

    let desk = Desk::start(Database::open(&url).await.unwrap(), wall.clone())
        .await
        .unwrap();
    let jobs = jobs::start(desk.clone(), &Settings::default()).await.unwrap();
    assert!(
        wall.now() < first_due,
        "the machine became slower while it opened the database; run again"
    );
    let last_due = first_due.plus(milliseconds(due));
    let figures = loop {
        let figures = jobs.figures().await;
        if figures.lag.count >= due || wall.now() > last_due.plus(30_000) {
            break figures;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    jobs.stop().await;

    let late = |percent: u64| {
        let database = desk.database().clone();
        async move {
            let sql = format!(
                "select fired_at - due_at from rungs order by 1 limit 1 offset {}",
                (due * percent / 100).min(due - 1)
            );
            let statement = sea_orm::Statement::from_string(database.backend(), sql);
            let row = database.readers().query_one_raw(statement).await.unwrap().unwrap();
            row.try_get_by_index::<i64>(0).unwrap()
        }
    };
    println!(
        "{opened} open tickets, {due} rungs at {PER_SECOND} a second: lag until saved median {} ms, p99 {} ms, max {} ms; \
         until decided median {} ms, p99 {} ms, max {} ms",
        figures.lag.median,
        figures.lag.p99,
        figures.lag.max,
        late(50).await,
        late(99).await,
        late(100).await
    );
    assert_eq!(figures.lag.count, due, "every rung fired");
    assert!(figures.lag.median < 1_000, "{:?}", figures.lag);
}
