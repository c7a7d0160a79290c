//! The two databases are each other's oracle: the same random lives, saved in the same parts, leave the same rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use ombud::clock::Clock;
use ombud::desk::Desk;
use ombud::store::chain::unseal;
use ombud::store::scan::{Scan, Wanted};
use ombud::store::{Change, Database, TicketRef, Wants};
use ombud::ticket::apply::fold;
use ombud::ticket::event::{Body, Event};
use ombud::workflow::definition::Definition;

use crate::lives::STEPS;
use crate::lives::play::{Figures, Life, Stage, start};
use crate::seeded::{Seeded, cases, first_seed};
use crate::support::database::{Fresh, is_postgres};

/// A life, cut into parts that are saved one after another.
struct Parts {
    definition: Arc<Definition>,
    events: Vec<Event>,
    ends: Vec<usize>,
}

fn parts(stage: &Stage, seed: u64) -> Parts {
    let life = Life::random(stage, seed, STEPS);
    let (definition, mut events) = life.live(stage, &mut Figures::default()).unwrap();
    if let Body::Opened { number, .. } = &mut events[0].body {
        *number = Arc::from(format!("L{seed}"));
    }
    let mut dice = Seeded::new(seed);
    let mut ends = vec![];
    let mut at = 0;
    while at < events.len() {
        at = events.len().min(at + 1 + usize::try_from(dice.below(4)).unwrap());
        ends.push(at);
    }
    Parts {
        definition,
        events,
        ends,
    }
}

async fn live(desk: &Desk, parts: &Parts) {
    let mut from = 0;
    for end in &parts.ends {
        let ticket = Arc::new(fold(&parts.events[..*end]).unwrap());
        let events = parts.events[from..*end].to_vec();
        let definition = Arc::clone(&parts.definition);
        let wants = Wants::tickets(vec![TicketRef::Id(ticket.id)]);
        desk.writer()
            .run_patiently(wants, move |sheet| {
                sheet.save(Change {
                    ticket: &ticket,
                    definition: &definition,
                    events: &events,
                    caller_number: None,
                    quiet: false,
                })
            })
            .await
            .unwrap();
        from = *end;
    }
}

/// All rows by ticket, without what is drawn by chance (salts, and the hashes over them) and the order of arrival.
async fn rows(url: &str) -> BTreeMap<String, Vec<String>> {
    let scan = Scan::open(url).await.unwrap();
    let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut after = None;
    loop {
        let page = scan.page(after, Wanted::Everything).await.unwrap();
        assert!(page.damaged.is_empty(), "{:?}", page.damaged);
        for mut ticket in page.tickets {
            ticket.head.clear();
            rows.entry(ticket.id.to_string())
                .or_default()
                .push(format!("{ticket:?}"));
        }
        for event in page.events {
            let read = unseal(&event.body, event.content.as_deref()).unwrap();
            let row = (event.seq, event.at, event.recorded_at, &event.actor, &event.kind, read);
            rows.entry(event.ticket.to_string())
                .or_default()
                .push(format!("{row:?}"));
        }
        let mut more = |ticket: uuid::Uuid, row: String| rows.entry(ticket.to_string()).or_default().push(row);
        page.rungs.iter().for_each(|row| more(row.ticket, format!("{row:?}")));
        page.outbox.iter().for_each(|row| more(row.ticket, format!("{row:?}")));
        page.departments
            .iter()
            .for_each(|row| more(row.ticket, format!("{row:?}")));
        page.owners.iter().for_each(|row| more(row.ticket, format!("{row:?}")));
        after = page.after;
        if after.is_none() {
            break;
        }
    }
    for row in rows.values_mut() {
        row.sort();
    }
    rows
}

#[tokio::test]
async fn the_same_lives_leave_the_same_rows_on_both_databases() {
    if !is_postgres() {
        return;
    }
    let stage = Stage::shipped();
    let seeds: Vec<u64> = (first_seed()..first_seed() + cases(60)).collect();
    let lives: Vec<Parts> = seeds.iter().map(|seed| parts(&stage, *seed)).collect();
    let mut left = Vec::new();
    for fresh in [Fresh::file(), Fresh::new().await] {
        let database = Database::open(&fresh.url).await.unwrap();
        let desk = Desk::start(database, Clock::set_to(start())).await.unwrap();
        // Side by side, so that batches hold parts of several lives.
        join_all(lives.iter().map(|parts| live(&desk, parts))).await;
        left.push((rows(&fresh.url).await, fresh));
    }
    let (sqlite, postgres) = (&left[0].0, &left[1].0);
    assert_eq!(sqlite.len(), lives.len());
    for (ticket, rows) in sqlite {
        assert_eq!(Some(rows), postgres.get(ticket), "OMBUD_SEED decides: {seeds:?}");
    }
    assert_eq!(sqlite.len(), postgres.len());
}
