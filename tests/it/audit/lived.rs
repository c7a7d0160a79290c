//! Databases in which nothing is wrong: random lives of all shipped workflows leave nothing to find.

use std::sync::Arc;

use ombud::clock::Clock;
use ombud::desk::directory::EDITS_MAX;
use ombud::desk::import::edits;
use ombud::desk::{Desk, Principal};
use ombud::store::{Change, Database, Wants};
use ombud::texts::Language;
use ombud::ticket::apply::{apply, fold};
use ombud::ticket::event::{Body, Event};
use ombud::ticket::model::Ticket;
use ombud::workflow::definition::Definition;
use ombud::workflow::moment::DAY;
use ombud::workflow::shipped::WORKFLOWS;

use super::findings;
use crate::lives::STEPS;
use crate::lives::play::{Figures, Life, Stage, start};
use crate::seeded::{cases, first_seed};

/// Saves a history as if the desk had just decided it, what was recorded together at once.
pub async fn save(desk: &Desk, definition: Arc<Definition>, events: Vec<Event>) -> Ticket {
    let mut steps: Vec<(Arc<Ticket>, Arc<Definition>, Vec<Event>)> = Vec::new();
    let mut ticket: Option<Ticket> = None;
    for together in events.chunk_by(|one, next| one.recorded_at == next.recorded_at) {
        let after = match ticket.take() {
            None => fold(together).unwrap(),
            Some(mut ticket) => {
                for event in together {
                    apply(&mut ticket, event);
                }
                ticket
            }
        };
        // What another workflow has become runs on the one that is published.
        let runs_on = desk.active(&after.workflow).unwrap_or_else(|| Arc::clone(&definition));
        steps.push((Arc::new(after.clone()), runs_on, together.to_vec()));
        ticket = Some(after);
    }
    desk.writer()
        .run(Wants::default(), move |sheet| {
            steps.iter().try_for_each(|(ticket, definition, events)| {
                sheet.save(Change {
                    ticket,
                    definition,
                    events,
                    caller_number: None,
                    quiet: false,
                })
            })
        })
        .await
        .unwrap();
    ticket.unwrap()
}

#[tokio::test]
async fn random_lives_leave_nothing_to_find() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("lives.db").display());
    let mut stage = Stage::shipped();
    // Before everything began: what is entered later is never retroactive (L11).
    let clock = Clock::set_to(start().plus(-DAY));
    let desk = Desk::start(Database::open(&url).await.unwrap(), clock).await.unwrap();
    for part in edits::whole(&stage.directory).chunks(EDITS_MAX) {
        desk.edit(&Principal::machine(), part.to_vec()).await.unwrap();
    }
    let sources: Vec<&str> = WORKFLOWS.into_iter().map(|(_, source)| source).collect();
    desk.publish_together(&Principal::machine(), &sources).await.unwrap();
    stage.directory = (*desk.directory()).clone();
    let mut last = start();
    for seed in first_seed()..first_seed() + cases(60) {
        let life = Life::random(&stage, seed, STEPS);
        let (definition, mut events) = life.live(&stage, &mut Figures::default()).unwrap();
        if let Body::Opened { number, .. } = &mut events[0].body {
            *number = Arc::from(format!("L{seed}"));
        }
        let ticket = save(&desk, definition, events).await;
        last = last.max(ticket.last_at);
    }
    drop(desk);
    let found = findings(&url, last.plus(DAY)).await;
    let said: Vec<String> = found.iter().map(|finding| finding.sentence(Language::En)).collect();
    // `OMBUD_SEED` with the number behind the L repeats a life.
    assert!(said.is_empty(), "{} findings:\n{}", said.len(), said.join("\n"));
}
