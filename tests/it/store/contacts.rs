//! Contacts: reported before or after the ticket; the hang-up moves the clocks that count from it.

use ombud::desk::directory::Kind;
use ombud::desk::open::{ContactReport, Open};
use ombud::desk::{DeskError, Principal};
use ombud::ticket::model::Channel;
use ombud::workflow::moment::MINUTE;

use crate::support::{MONDAY_9, TestDesk, by, done, errand, put, whole};
use serde_json::json;

fn call(id: &str) -> ContactReport {
    ContactReport {
        id: Some(id.into()),
        channel: Some(Channel::Phone),
        caller_number: Some("010-5555 0000".into()),
        started_at: Some(MONDAY_9.plus(-2 * MINUTE)),
        ..ContactReport::default()
    }
}

#[tokio::test]
async fn the_hang_up_may_be_reported_later_and_moves_the_clock() {
    let test = TestDesk::new().await;
    let li = Principal::whole("li");
    let open = Open {
        contact: Some(call("c1")),
        ..errand(whole())
    };
    let opened = done(test.desk.open(by("li"), open).await.unwrap());
    let number = opened.ticket.number.to_string();
    assert!(opened.ticket.contact.as_ref().unwrap().running);
    test.clock.advance(10 * MINUTE);
    let hang_up = ContactReport {
        ended_at: Some(test.clock.now()),
        ..call("c1")
    };
    let view = test.desk.report_contact(&li, hang_up.clone()).await.unwrap();
    assert_eq!(view.ticket.as_deref(), Some(number.as_str()));
    let ticket = test.desk.read(&li, &number).await.unwrap().ticket;
    let write = ticket.clocks.iter().find(|run| run.clock == *"write").unwrap();
    assert_eq!(write.due_at, Some(MONDAY_9.plus(25 * MINUTE)));
    // Reported again, nothing happens.
    test.desk.report_contact(&li, hang_up).await.unwrap();
    assert_eq!(test.desk.read(&li, &number).await.unwrap().ticket.seq, ticket.seq);
    // The recording comes later still.
    let recording = ContactReport {
        recording: Some("rec/1".into()),
        ..call("c1")
    };
    test.desk.report_contact(&li, recording).await.unwrap();
    let ticket = test.desk.read(&li, &number).await.unwrap().ticket;
    let contact = ticket.contact.as_ref().unwrap();
    assert_eq!(contact.recording.as_deref(), Some("rec/1"));
    assert_eq!(contact.ended_at, Some(MONDAY_9.plus(10 * MINUTE)));
}

#[tokio::test]
async fn a_contact_may_be_known_before_its_ticket() {
    let test = TestDesk::new().await;
    let li = Principal::whole("li");
    let ended = ContactReport {
        ended_at: Some(MONDAY_9.plus(-MINUTE)),
        ..call("c2")
    };
    let view = test.desk.report_contact(&li, ended).await.unwrap();
    assert_eq!(view.ticket, None);
    let only_id = ContactReport {
        id: Some("c2".into()),
        ..ContactReport::default()
    };
    let open = Open {
        contact: Some(only_id),
        ..errand(whole())
    };
    let opened = done(test.desk.open(by("li"), open).await.unwrap());
    assert_eq!(
        opened.ticket.contact.as_ref().unwrap().ended_at,
        Some(MONDAY_9.plus(-MINUTE))
    );
    assert!(test.desk.contact(&Principal::whole("wang"), "c2").await.is_err());
    assert!(
        test.desk
            .contact(&Principal::whole("boss"), "c2")
            .await
            .unwrap()
            .ticket
            .is_some()
    );
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let test = TestDesk::new().await;
    let li = Principal::whole("li");
    for ended in [MONDAY_9.plus(-10 * MINUTE), MONDAY_9.plus(MINUTE)] {
        let report = ContactReport {
            ended_at: Some(ended),
            ..call("c3")
        };
        assert!(matches!(
            test.desk.report_contact(&li, report.clone()).await,
            Err(DeskError::Invalid(_))
        ));
        let open = Open {
            contact: Some(report),
            ..errand(whole())
        };
        assert!(matches!(
            test.desk.open(by("li"), open).await,
            Err(DeskError::Invalid(_))
        ));
    }
}

#[tokio::test]
async fn the_same_caller_is_known_by_the_contacts_number_too() {
    let test = TestDesk::new().await;
    let no_phone = serde_json::json!({"place": "某处", "summary": "某事"});
    let open = |values| Open {
        contact: Some(ContactReport {
            id: None,
            ended_at: Some(MONDAY_9),
            ..call("")
        }),
        ..errand(values)
    };
    let first = done(test.desk.open(by("li"), open(no_phone.clone())).await.unwrap());
    let number = first.ticket.number.to_string();
    let wang = Principal::whole("wang");
    assert!(test.desk.read(&wang, &number).await.is_err());
    test.desk.open(by("wang"), open(no_phone)).await.unwrap();
    assert!(test.desk.read(&wang, &number).await.is_ok());
}

#[tokio::test]
async fn a_contact_is_completed_by_whoever_reported_it_or_the_telephone_system() {
    let test = TestDesk::new().await;
    test.desk
        .report_contact(&Principal::whole("li"), call("c4"))
        .await
        .unwrap();
    let recording = || ContactReport {
        recording: Some("rec/4".into()),
        ..call("c4")
    };
    let refused = test.desk.report_contact(&Principal::whole("wang"), recording()).await;
    assert!(matches!(refused, Err(DeskError::NotAllowed { .. })), "{refused:?}");
    let edits = vec![
        put(
            Kind::Role,
            json!({"id": "telephony", "title": {"zh": "电话系统", "en": "Telephone system"}}),
        ),
        put(Kind::Membership, json!({"person": "wang", "role": "telephony"})),
    ];
    test.desk.edit(&Principal::machine(), edits).await.unwrap();
    test.desk
        .report_contact(&Principal::whole("wang"), recording())
        .await
        .unwrap();
}
