//! M3: what servers do. Nobody waits longer than the time limit, and the outcome says whose trouble it is.

use std::time::{Duration, Instant};

use ombud::notify::line::{Lines, Outcome};
use ombud::notify::settings::{Secret, Security};

use super::server::{Fault, Server, Tls, fixture};
use super::{draft, mail, settings};

/// Whose trouble, without the words.
#[derive(Debug, PartialEq, Eq)]
enum Whose {
    Nobody,
    Mail,
    Server,
    Never,
}

fn whose(outcome: &Outcome) -> Whose {
    match outcome {
        Outcome::Accepted => Whose::Nobody,
        Outcome::Later(_) => Whose::Mail,
        Outcome::ServerDown(_) => Whose::Server,
        Outcome::Never(_) => Whose::Never,
    }
}

#[tokio::test]
async fn each_fault_of_a_server_is_somebodys() {
    let cases = [
        (Fault::HangInBanner, Whose::Server),
        (Fault::Banner("554 no mail service here"), Whose::Server),
        (Fault::Banner("421 too busy"), Whose::Server),
        (Fault::Banner("hello, who is there?"), Whose::Server),
        (Fault::Endless, Whose::Server),
        (Fault::Slow, Whose::Server),
        (Fault::Ehlo("421 closing"), Whose::Server),
        (Fault::Mail("421 closing"), Whose::Server),
        (Fault::Mail("451 try later"), Whose::Mail),
        (Fault::Rcpt("zhang", "451 greylisted"), Whose::Mail),
        (Fault::Rcpt("zhang", "450 mailbox busy"), Whose::Mail),
        (Fault::Rcpt("zhang", "550 no such user"), Whose::Never),
        (Fault::Rcpt("zhang", "552 mailbox full"), Whose::Never),
        (Fault::Data("451 not now"), Whose::Mail),
        (Fault::Data("554 no"), Whose::Never),
        (Fault::HangInData, Whose::Server),
        (Fault::CutInData, Whose::Mail),
        (Fault::End("451 not now"), Whose::Mail),
        (Fault::End("554 spam"), Whose::Never),
        (Fault::HangAfterData, Whose::Server),
        (Fault::CutAfterData, Whose::Mail),
        (Fault::None, Whose::Nobody),
    ];
    for (fault, expected) in cases {
        let server = Server::start(fault, Tls::None).await;
        let lines = Lines::new(&settings(&server)).unwrap();
        let begun = Instant::now();
        let outcome = lines.send(&mail(&lines, &draft("fault"))).await;
        assert_eq!(whose(&outcome), expected, "{fault:?}: {outcome:?}");
        assert!(
            begun.elapsed() < Duration::from_secs(3),
            "{fault:?} took {:?}",
            begun.elapsed()
        );
        assert!(!format!("{outcome:?}").contains('\n'), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_server_that_refuses_the_connection_is_down() {
    let server = Server::start(Fault::None, Tls::None).await;
    let settings = settings(&server);
    drop(server);
    tokio::task::yield_now().await;
    let lines = Lines::new(&settings).unwrap();
    let outcome = lines.send(&mail(&lines, &draft("refused"))).await;
    assert_eq!(whose(&outcome), Whose::Server, "{outcome:?}");
    assert!(
        format!("{outcome:?}").contains("localhost:"),
        "the reason names the server: {outcome:?}"
    );
}

#[tokio::test]
async fn a_bad_recipient_stops_nobody_else_and_connections_come_back() {
    let server = Server::start(Fault::Rcpt("bad", "550 no such user"), Tls::None).await;
    let lines = Lines::new(&settings(&server)).unwrap();
    for index in 0..10 {
        let mut draft = draft(&format!("mixed.{index}"));
        if index % 2 == 0 {
            draft.to = "bad@example.org".to_owned();
        }
        let outcome = lines.send(&mail(&lines, &draft)).await;
        assert_eq!(
            whose(&outcome),
            if index % 2 == 0 { Whose::Never } else { Whose::Nobody }
        );
    }
    assert_eq!(server.received().len(), 5);
    server.become_faulty(Fault::OneMailPerConnection);
    for index in 0..5 {
        let outcome = lines.send(&mail(&lines, &draft(&format!("closing.{index}")))).await;
        assert_eq!(outcome, Outcome::Accepted, "a connection the server closed is replaced");
    }
}

/// The answer to a mail that was given up must never be taken for the answer to the next one.
#[tokio::test]
async fn a_late_answer_never_passes_a_refused_mail_for_sent() {
    let server = Server::start(Fault::LateThenRefuse(1_300), Tls::None).await;
    let lines = Lines::new(&settings(&server)).unwrap();
    let first = lines.send(&mail(&lines, &draft("late"))).await;
    assert_eq!(whose(&first), Whose::Server, "{first:?}");
    tokio::time::sleep(Duration::from_millis(500)).await;
    let second = lines.send(&mail(&lines, &draft("next"))).await;
    assert_eq!(whose(&second), Whose::Never, "{second:?}");
    assert_eq!(server.received().len(), 0);
}

#[tokio::test]
async fn tls_is_spoken_and_certificates_are_judged() {
    // Which TLS the server has, what we demand, whether we know its authority, and what comes of it.
    let cases = [
        (Tls::Wrapped("localhost"), Security::Tls, true, Whose::Nobody),
        (Tls::Wrapped("localhost"), Security::Tls, false, Whose::Server),
        (Tls::Wrapped("elsewhere"), Security::Tls, true, Whose::Server),
        (Tls::None, Security::Tls, true, Whose::Server),
        (Tls::Offered("localhost"), Security::Starttls, true, Whose::Nobody),
        (Tls::Offered("elsewhere"), Security::Starttls, true, Whose::Server),
        (
            Tls::Offered("localhost"),
            Security::StarttlsIfOffered,
            true,
            Whose::Nobody,
        ),
        // Somebody in between took the word STARTTLS away.
        (Tls::None, Security::Starttls, true, Whose::Server),
        (Tls::None, Security::StarttlsIfOffered, true, Whose::Nobody),
    ];
    for (tls, security, known, expected) in cases {
        let server = Server::start(Fault::None, tls).await;
        let mut settings = settings(&server);
        settings.security = security;
        settings.timeout_seconds = 3;
        if known {
            settings.ca_file = fixture("ca.pem").display().to_string();
        }
        let lines = Lines::new(&settings).unwrap();
        let outcome = lines.send(&mail(&lines, &draft("tls"))).await;
        assert_eq!(whose(&outcome), expected, "{tls:?} {security:?}: {outcome:?}");
        for mail in server.received() {
            assert_eq!(mail.encrypted, tls != Tls::None);
        }
    }
}

#[tokio::test]
async fn a_password_is_tried_and_never_shown() {
    let server = Server::start(Fault::None, Tls::None).await;
    for (password, expected) in [("right", Whose::Nobody), ("wrong-password", Whose::Server)] {
        let mut settings = settings(&server);
        settings.user = "ombud".to_owned();
        settings.password = Secret(password.to_owned());
        let lines = Lines::new(&settings).unwrap();
        let outcome = lines.send(&mail(&lines, &draft("auth"))).await;
        assert_eq!(whose(&outcome), expected, "{outcome:?}");
        assert!(!format!("{outcome:?}").contains("wrong-password"));
    }
}
