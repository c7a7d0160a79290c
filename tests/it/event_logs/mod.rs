//! `ombud export ocel`: valid by the specification, whole, and silent about what callers said.

mod ocel;

use std::process::Command;

use ombud::desk::Principal;
use ombud::desk::directory::EDITS_MAX;
use ombud::desk::import::edits;
use ombud::desk::open::{ContactReport, Open};
use ombud::ticket::event::Body;
use ombud::workflow::shipped::WORKFLOWS;
use serde_json::json;

use crate::audit::lived::save;
use crate::lives::STEPS;
use crate::lives::play::{Figures, Life, Stage};
use crate::seeded::{cases, first_seed};
use crate::support::{ERRAND, MONDAY_9, TestDesk, act, by, done, errand, whole};
pub use ocel::Ocel;

/// What the command wrote on its standard output.
pub fn export(test: &TestDesk, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_ombud"))
        .arg("export")
        .args(arguments)
        .args(["-", "--database", &test.url])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn ocel(test: &TestDesk, arguments: &[&str]) -> Ocel {
    Ocel::read(&export(test, &[&["ocel"], arguments].concat()))
}

/// One call about two matters, linked to each other; the second is of a workflow in which urgency is private.
async fn one_call_two_matters(test: &TestDesk) -> (String, String) {
    let discreet = ERRAND
        .replace("workflow: errand", "workflow: visit")
        .replace("default: false,", "default: false, private: true,");
    assert_ne!(discreet, ERRAND.replace("workflow: errand", "workflow: visit"));
    test.desk.publish(&Principal::machine(), &discreet, None).await.unwrap();
    let mut numbers = Vec::new();
    for workflow in ["errand", "visit"] {
        let mut values = errand(whole()).values;
        values.insert("urgent".to_owned(), json!(true));
        let open = Open {
            workflow: workflow.into(),
            values,
            contact: Some(ContactReport {
                id: Some("call-13800001111".to_owned()),
                caller_number: Some("13800001111".to_owned()),
                started_at: Some(MONDAY_9),
                recording: Some("rec/13800001111".to_owned()),
                ..ContactReport::default()
            }),
        };
        let opened = done(test.desk.open(by("li"), open).await.unwrap());
        numbers.push(opened.ticket.number.to_string());
    }
    let (one, two) = (numbers[0].clone(), numbers[1].clone());
    let mut link = act(&one, "link", json!({}));
    link.with.insert("ticket".to_owned(), json!(two));
    link.texts.insert("reason".into(), "王先生说是同一件事".into());
    done(test.desk.act(by("li"), link).await.unwrap());
    test.act("li", &one, "submit", json!({})).await;
    test.act("zhang", &one, "dispatch", json!({"lead": "finance"})).await;
    (one, two)
}

#[tokio::test]
async fn a_log_shows_how_tickets_tasks_contacts_people_and_departments_hang_together() {
    let test = TestDesk::new().await;
    one_call_two_matters(&test).await;
    let log = ocel(&test, &[]);
    log.is_whole();
    assert_eq!(
        log.objects_by_type(),
        [
            ("contact", 1),
            ("department", 3),
            ("person", 2),
            ("task", 1),
            ("ticket", 2)
        ]
    );
    let create = log.event("create");
    assert_eq!(create.qualifiers(), ["by", "contact", "ticket"]);
    assert_eq!(log.event("link").qualifiers(), ["by", "other", "ticket"]);
    let tickets = log.of("ticket");
    assert_eq!(
        tickets[0].values("state"),
        [json!("draft"), json!("review"), json!("handling")]
    );
    assert_eq!(tickets[0].values("field:urgent"), [json!(true)]);
    assert_eq!(tickets[0].values("field:lead"), [json!("finance")]);
    assert_eq!(tickets[1].values("field:urgent"), Vec::<serde_json::Value>::new());
    assert_eq!(tickets[0].qualifiers(), ["came by", "related"]);
    assert_eq!(log.of("task")[0].values("phase"), [json!("open")]);
    assert_eq!(log.of("department")[2].qualifiers(), ["part of"]);
}

#[tokio::test]
async fn nothing_that_callers_said_and_no_name_leaves_by_a_log() {
    let test = TestDesk::new().await;
    one_call_two_matters(&test).await;
    let bytes = export(&test, &["ocel", "--all"]);
    let text = String::from_utf8(bytes).unwrap();
    for private in [
        "王先生",
        "13800001111",
        "和平路",
        "路灯",
        "同一件事",
        "rec/",
        "\"li\"",
        "zhang",
    ] {
        assert!(!text.contains(private), "{private}");
    }
    let named = String::from_utf8(export(&test, &["ocel", "--people"])).unwrap();
    assert!(named.contains("\"person:zhang\"") && !named.contains("13800001111"));
    // The hash of a call is made anew each time: two logs cannot be joined by it.
    let contact = |log: &Ocel| log.of("contact")[0].id();
    assert_ne!(contact(&ocel(&test, &[])), contact(&ocel(&test, &[])));
}

#[tokio::test]
async fn a_log_of_one_kind_leads_nowhere_else() {
    let test = TestDesk::new().await;
    one_call_two_matters(&test).await;
    for (workflow, contacts) in [("errand", 1), ("visit", 0)] {
        let log = ocel(&test, &["--workflow", workflow, "--all"]);
        log.is_whole();
        assert_eq!((log.of("ticket").len(), log.of("contact").len()), (1, contacts));
    }
    let nothing = ocel(&test, &["--workflow", "nothing"]);
    nothing.is_whole();
    assert!(nothing.of("ticket").is_empty());
}

#[tokio::test]
async fn random_lives_of_all_shipped_workflows_make_valid_logs_with_every_event() {
    let test = TestDesk::empty().await;
    let stage = Stage::shipped();
    for part in edits::whole(&stage.directory).chunks(EDITS_MAX) {
        test.desk.edit(&Principal::machine(), part.to_vec()).await.unwrap();
    }
    let sources: Vec<&str> = WORKFLOWS.into_iter().map(|(_, source)| source).collect();
    test.desk
        .publish_together(&Principal::machine(), &sources)
        .await
        .unwrap();
    let mut events_saved = 0;
    for seed in first_seed()..first_seed() + cases(30) {
        let life = Life::random(&stage, seed, STEPS);
        let (definition, mut events) = life.live(&stage, &mut Figures::default()).unwrap();
        if let Body::Opened { number, .. } = &mut events[0].body {
            *number = format!("L{seed}").into();
        }
        events_saved += events.len();
        save(&test.desk, definition, events).await;
    }
    let log = ocel(&test, &["--all"]);
    log.is_whole();
    assert_eq!(log.events(), events_saved);
    let xes = String::from_utf8(export(&test, &["xes", "--all"])).unwrap();
    assert_eq!(xes.matches("<event>").count(), events_saved);
}
