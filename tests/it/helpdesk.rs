//! The help desk's log as history (L12): a made-up log of the public one's shape, case by case through the core.
//!
//! `tests/files/helpdesk.yaml` was made from the public log's state machine and accepts all of it;
//! `helpdesk_kept.yaml` has only the negative control's transitions. `scripts/helpdesk_log.py make --cases 150 --seed 1`
//! made the log; `… refused` with the same transitions counts the cases that must be refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use ombud::ticket::command::{Command, Opening, Order};
use ombud::ticket::event::{Actor, Body};
use ombud::ticket::model::Ticket;
use ombud::ticket::turn::{World, advance_imported, decide_recorded, open};
use ombud::workflow::definition::Definition;
use ombud::workflow::id::{ActionId, FieldId, PersonId, WorkflowId};
use ombud::workflow::moment::Moment;
use ombud::workflow::value::{Value, Values};
use uuid::Uuid;

use crate::shipped::{definition, organisation};

const LOG: &str = include_str!("../files/helpdesk_made.csv");
const WHOLE: &str = include_str!("../files/helpdesk.yaml");
const KEPT: &str = include_str!("../files/helpdesk_kept.yaml");
/// Cases of the log that need a transition which `helpdesk_kept.yaml` does not have.
const REFUSED: usize = 49;

#[test]
fn every_case_of_the_log_is_accepted_in_its_order() {
    let replayed = replay(WHOLE);
    assert_eq!(replayed.len(), 150);
    for (case, (events, ticket)) in &replayed {
        let ticket = ticket
            .as_ref()
            .unwrap_or_else(|activity| panic!("{case}: {activity} was refused"));
        assert_eq!(ticket.doings.len(), events.len(), "{case}");
        let last = events.last().unwrap();
        assert_eq!(ticket.is_closed(), last.0 == "closed", "{case} ends with {}", last.0);
        assert_eq!(ticket.last_at, last.1, "{case}");
    }
}

#[test]
fn with_the_usual_transitions_only_exactly_the_unusual_cases_are_refused() {
    let refused = replay(KEPT).values().filter(|(_, ticket)| ticket.is_err()).count();
    assert_eq!(refused, REFUSED);
}

#[test]
fn the_stories_of_both_files_go_as_told() {
    let directory = organisation();
    for source in [WHOLE, KEPT] {
        let definition = Arc::new(definition(source, &directory));
        let failures = ombud::ticket::story::run_all(&definition, &directory, &|_| None);
        assert!(failures.is_empty(), "{failures:#?}");
    }
}

type Activities = Vec<(String, Moment)>;

/// Each case with the ticket it became, or the first activity that was refused.
fn replay(source: &str) -> IndexMap<String, (Activities, Result<Ticket, String>)> {
    let directory = organisation();
    let definition = Arc::new(definition(source, &directory));
    let none = |_: &WorkflowId| None;
    let world = World {
        directory: &directory,
        active: &none,
    };
    let cases = cases();
    let played = cases.into_iter().map(|(case, events)| {
        let ticket = play(&definition, &case, &events, &world);
        (case, (events, ticket))
    });
    played.collect()
}

fn play(definition: &Arc<Definition>, case: &str, events: &Activities, world: &World<'_>) -> Result<Ticket, String> {
    let recorded = moment("2026-03-02T00:00:00Z");
    let opening = Opening {
        id: Uuid::nil(),
        number: case.into(),
        creator: Actor::System,
        contact: None,
        values: Values::from_iter([(FieldId::from("case_id"), Value::Text(case.to_owned()))]),
        imported: true,
    };
    let mut ticket = open(definition, &opening, events[0].1, world).unwrap().ticket;
    for (activity, at) in events {
        ticket = advance_imported(definition, &ticket, *at, recorded, world).ticket;
        let command = Command {
            actor: Actor::Person(PersonId::from("li")),
            on_behalf_of: None,
            order: Order::Do {
                action: ActionId::from(activity.as_str()),
                values: Values::new(),
            },
            texts: BTreeMap::new(),
            files: Vec::new(),
            imported: true,
        };
        let decision =
            decide_recorded(definition, &ticket, &command, *at, recorded, world).map_err(|_| activity.clone())?;
        let told = |body: &Body| matches!(body, Body::Told { .. });
        assert!(
            !decision.events.iter().any(|event| told(&event.body)),
            "{case}: history tells nobody"
        );
        ticket = decision.ticket;
    }
    Ok(ticket)
}

/// Activities by case, in the order of the file, under the ids that `scripts/helpdesk_workflow.py` gives them.
fn cases() -> IndexMap<String, Activities> {
    let mut cases: IndexMap<String, Activities> = IndexMap::new();
    for row in csv::Reader::from_reader(LOG.as_bytes()).records() {
        let row = row.unwrap();
        let activity = row[1].to_lowercase().replace(' ', "_");
        let at = moment(&row[2].replace(' ', "T"));
        cases.entry(row[0].to_owned()).or_default().push((activity, at));
    }
    cases
}

fn moment(text: &str) -> Moment {
    Moment::from_timestamp(text.parse().unwrap())
}
